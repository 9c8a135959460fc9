package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Outcome is what became of one document.
type Outcome string

const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Failed    Outcome = "failed"
)

// saved is the result of one document in a transaction.
type saved struct {
	outcome Outcome
	workID  int64 // internal
	fresh   bool  // its work got its public id in this transaction
	work    int64 // public id, 0 while it is a draft
	draft   int64 // draft id, 0 once published
	edition int   // label
	notes   []string
}

// saver writes prepared documents in one transaction. Log rows are kept back
// until the end, because the head of the log is locked last.
type saver struct {
	tx      *sql.Tx
	dialect store.Dialect
	opts    ImportOptions
	now     time.Time
	today   workday.Date
	salt    func() (string, error)
	pending []pendingRow
	results []*saved
	touched []int64 // internal work ids whose card must be rewritten
}

// pendingRow is a log row to write when the head is locked.
type pendingRow struct {
	act       publication.Act
	workID    int64
	editionID int64
	label     int
	result    *saved // gets the public id
	prep      *prepared
}

// existing is what the library already holds of a document.
type existing struct {
	editionID  int64
	workID     int64
	public     int64
	label      int
	state      string
	contentKey string
}

// find looks a document up by its external id, else by its content.
func find(ctx context.Context, q store.Querier, source string, p *prepared) (*existing, error) {
	where, arg := `e.external_id = $2`, p.content.ExternalID
	if arg == "" {
		where, arg = `e.external_id IS NULL AND e.content_key = $2`, p.key
	}
	var x existing
	err := q.QueryRowContext(ctx, `
		SELECT e.id, e.work_id, COALESCE(w.public_id, 0), e.label, e.state, e.content_key
		FROM editions e JOIN works w ON w.id = e.work_id
		WHERE e.source = $1 AND `+where+` ORDER BY e.id LIMIT 1`, source, arg).
		Scan(&x.editionID, &x.workID, &x.public, &x.label, &x.state, &x.contentKey)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &x, err
}

// save writes one document and says what became of it.
func (s *saver) save(ctx context.Context, p *prepared) (*saved, error) {
	out, err := s.saveOne(ctx, p)
	if err == nil {
		s.results = append(s.results, out)
	}
	return out, err
}

func (s *saver) saveOne(ctx context.Context, p *prepared) (out *saved, err error) {
	defer fault.Wrap(&err, "document.save(%s)", p.content.ExternalID)
	x, err := find(ctx, s.tx, s.opts.Source, p)
	if err != nil {
		return nil, err
	}
	if x != nil {
		if to, err := movedTo(ctx, s.tx, x.public); err != nil || to != 0 {
			return &saved{outcome: Unchanged, workID: x.workID, work: to, notes: []string{fmt.Sprintf("这份文件已并入第 %d 号文件，没有重复导入。", to)}}, err
		}
		if x.state == "expunged" {
			return nil, fault.New(fault.Gone, "document.save", "这份文件已依法清除，不能再次导入。")
		}
		if x.contentKey == p.key {
			return &saved{outcome: Unchanged, workID: x.workID, work: x.public, edition: x.label}, nil
		}
	}
	if gone, err := expungedBefore(ctx, s.tx, s.opts.Source, tombstoneKeys(p)...); err != nil || gone {
		if gone {
			err = fault.New(fault.Gone, "document.save", "这份文件已依法清除，不能再次导入。")
		}
		return nil, err
	}
	d, err := findDraft(ctx, s.tx, s.opts.Source, p)
	if err != nil {
		return nil, err
	}
	if !s.opts.Publish {
		// What is public is never changed by a draft: the new words wait beside it.
		return s.saveDraft(ctx, x, d, p)
	}
	if d != nil {
		if err := dropDraft(ctx, s.tx, d.id); err != nil {
			return nil, err
		}
	}
	if x != nil {
		out = &saved{outcome: Updated, workID: x.workID, work: x.public, edition: x.label}
		return out, s.update(ctx, x, p, out)
	}
	out = &saved{outcome: Created}
	if d != nil {
		out.outcome, out.workID = Updated, d.workID
	} else if out.workID, err = s.workFor(ctx, p); err != nil {
		return nil, err
	}
	return out, s.release(ctx, out.workID, p, out)
}

// workFor finds the work that a revision belongs to, or makes a new one.
func (s *saver) workFor(ctx context.Context, p *prepared) (id int64, err error) {
	if key := p.content.WorkKey; key != "" {
		err = s.tx.QueryRowContext(ctx, `SELECT id FROM works WHERE source = $1 AND source_work_id = $2`, s.opts.Source, key).Scan(&id)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return id, err
		}
	}
	var owner any
	if s.opts.ownerID != 0 {
		owner = s.opts.ownerID
	}
	salt, err := s.salt()
	if err != nil {
		return 0, err
	}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO works (kind, owner_organ_id, source, source_work_id, facts_salt, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		p.content.Kind, owner, s.opts.Source, p.content.WorkKey, salt, s.now.UnixMicro()).Scan(&id)
	return id, err
}

// labelFor is the source's version when it states one, else the next free
// number. A label is permanent, so a taken one is a conflict, never a shift.
func (s *saver) labelFor(ctx context.Context, workID int64, p *prepared) (int, error) {
	if v := p.content.Version; v > 0 {
		var other sql.NullString
		err := s.tx.QueryRowContext(ctx, `SELECT external_id FROM editions WHERE work_id = $1 AND label = $2`, workID, v).Scan(&other)
		if errors.Is(err, sql.ErrNoRows) {
			return v, nil
		}
		if err != nil {
			return 0, err
		}
		return 0, &fault.Error{Kind: fault.Conflict, Op: "document.labelFor", Field: "version",
			Text: fmt.Sprintf("version：这份文件的第 %d 版已经是“%s”，一个版本号只能属于一个文本。", v, clip(other.String, 60))}
	}
	var n int
	err := s.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(label), 0) + 1 FROM editions WHERE work_id = $1`, workID).Scan(&n)
	return n, err
}

// release writes an edition with everything that hangs on it.
func (s *saver) release(ctx context.Context, workID int64, p *prepared, out *saved) error {
	label, err := s.labelFor(ctx, workID, p)
	if err != nil {
		return err
	}
	out.edition = label
	id, err := s.insertEdition(ctx, workID, label, p)
	if err != nil {
		return err
	}
	if err := s.insertBody(ctx, id, p); err != nil {
		return err
	}
	if err := s.insertOrgans(ctx, id, p); err != nil {
		return err
	}
	if err := s.giveIndexNumber(ctx, id, p); err != nil {
		return err
	}
	if err := s.insertTopics(ctx, id, p.content.Topics); err != nil {
		return err
	}
	if err := s.insertFiles(ctx, id, p.content.Files); err != nil {
		return err
	}
	if err := s.stateFacts(ctx, workID, label, p.content); err != nil {
		return err
	}
	if err := s.place(ctx, workID, p); err != nil {
		return err
	}
	s.pending = append(s.pending, pendingRow{act: publication.Release, workID: workID, editionID: id, label: label, result: out, prep: p})
	s.touched = append(s.touched, workID)
	return nil
}

func (s *saver) insertEdition(ctx context.Context, workID int64, label int, p *prepared) (id int64, err error) {
	c := p.content
	recipients, history, err := jsonLists(c)
	if err != nil {
		return 0, err
	}
	var external any
	if c.ExternalID != "" {
		external = c.ExternalID
	}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO editions (work_id, label, state, source, external_id, content_key, title, title_key, short_title, short_key,
			doc_no, doc_no_key, index_no, registration_no, kind, category, region, attribute,
			adopted_on, published_on, effective_on, clause_on, expires_on, source_name, source_url, source_status,
			recipients, history, chars, articles, revision, released_at)
		VALUES ($1, $2, 'published', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, 0, $30)
		RETURNING id`,
		workID, label, s.opts.Source, external, p.key, c.Title, p.titleKey, c.ShortTitle, p.shortKey,
		c.DocNo, p.docNoKey, c.IndexNo, c.RegistrationNo, c.Kind, c.Category, c.Region, c.Attribute,
		c.AdoptedOn.String(), c.PublishedOn.String(), c.EffectiveOn.String(), p.clauseOn, c.ExpiresOn.String(), c.SourceName, c.SourceURL, c.SourceStatus,
		recipients, history, p.chars, p.articles, s.now.UnixMicro()).Scan(&id)
	if err != nil {
		return 0, err
	}
	salt, err := s.salt()
	if err != nil {
		return 0, err
	}
	_, err = s.tx.ExecContext(ctx, `INSERT INTO edition_salts (edition_id, name, salt) VALUES ($1, 'edition', $2)`, id, salt)
	return id, err
}

func jsonLists(c *Content) (recipients, history string, err error) {
	r, err := json.Marshal(nonNil(c.Recipients))
	if err != nil {
		return "", "", err
	}
	h, err := json.Marshal(nonNil(c.History))
	return string(r), string(h), err
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// insertBody writes revision 0 of the text and its provisions.
func (s *saver) insertBody(ctx context.Context, id int64, p *prepared) error {
	if _, err := s.tx.ExecContext(ctx, `INSERT INTO edition_texts (edition_id, revision, body) VALUES ($1, 0, $2)`, id, p.content.Text); err != nil {
		return err
	}
	return insertProvisions(ctx, s.tx, id, p.provisions)
}

func insertProvisions(ctx context.Context, tx *sql.Tx, id int64, provisions []Provision) error {
	rows := make([][]any, len(provisions))
	for i, v := range provisions {
		rows[i] = []any{id, i, v.Kind, v.Path, v.Label, v.Heading, v.Start, v.End, v.Depth}
	}
	return store.InsertMany(ctx, tx, `provisions (edition_id, position, kind, path, label, heading, start_rune, end_rune, depth)`, rows)
}

func (s *saver) insertOrgans(ctx context.Context, id int64, p *prepared) error {
	on := issuedContent(p.content)
	for i, name := range p.content.Organs {
		organ, err := org.Resolve(ctx, s.tx, name, on, s.now)
		if err != nil {
			return err
		}
		role := "lead"
		if i > 0 {
			role = "joint"
		}
		if _, err := s.tx.ExecContext(ctx, `
			INSERT INTO edition_organs (edition_id, position, organ_id, role, name_then) VALUES ($1, $2, $3, $4, $5)`,
			id, i, organ, role, name); err != nil {
			return err
		}
	}
	return nil
}

func (s *saver) insertFiles(ctx context.Context, id int64, files []ContentFile) error {
	for i, f := range files {
		if _, err := s.tx.ExecContext(ctx, `
			INSERT INTO files (sha256, size, mime, scan_state, created_at) VALUES ($1, $2, $3, 'unscanned', $4)
			ON CONFLICT (sha256) DO NOTHING`, f.SHA256, f.Size, f.MIME, s.now.UnixMicro()); err != nil {
			return err
		}
		if _, err := s.tx.ExecContext(ctx, `
			INSERT INTO edition_files (edition_id, position, sha256, name, role, text_state, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, i+1, f.SHA256, f.Name, f.Role, f.TextState, f.Body); err != nil {
			return err
		}
	}
	return nil
}

// finish locks the head of the log, gives new works their public id, writes
// the log rows and the cards. It must be the last step of the transaction.
func (s *saver) finish(ctx context.Context) error {
	if len(s.pending) == 0 {
		return s.nameWorks(ctx)
	}
	head, err := publication.LockHead(ctx, s.tx, s.dialect)
	if err != nil {
		return err
	}
	for _, row := range s.pending {
		// Links are written under the lock: whoever commits later sees this
		// text, whoever committed before is seen, so no link is missed when two
		// imports run at once.
		if err := s.replaceLinks(ctx, row.editionID, row.workID, row.prep); err != nil {
			return err
		}
		public, fresh, err := publicID(ctx, s.tx, head, row.workID)
		if err != nil {
			return err
		}
		if fresh {
			row.result.fresh = true
		}
		digests, err := digestsOf(ctx, s.tx, row.workID, row.editionID)
		if err != nil {
			return err
		}
		if _, err := head.Append(ctx, publication.Entry{At: s.now, Act: row.act, WorkID: row.workID, EditionID: row.editionID,
			Work: public, Edition: row.label, Digests: digests}); err != nil {
			return err
		}
	}
	for _, id := range s.touched {
		if err := writeCard(ctx, s.tx, id, s.today); err != nil {
			return err
		}
	}
	if err := head.Close(ctx); err != nil {
		return err
	}
	return s.nameWorks(ctx)
}

// nameWorks fills in the public ids that results could not know before their
// work was released: a second equal line, a draft beside a published text.
func (s *saver) nameWorks(ctx context.Context) error {
	for _, r := range s.results {
		if r.work != 0 {
			continue
		}
		if err := s.tx.QueryRowContext(ctx, `SELECT COALESCE(public_id, 0) FROM works WHERE id = $1`, r.workID).Scan(&r.work); err != nil {
			return err
		}
	}
	return nil
}

// publicID is given at the first release, so that gaps tell nothing.
func publicID(ctx context.Context, tx *sql.Tx, head *publication.Head, workID int64) (id int64, fresh bool, err error) {
	var had sql.NullInt64
	if err := tx.QueryRowContext(ctx, `SELECT public_id FROM works WHERE id = $1`, workID).Scan(&had); err != nil || had.Valid {
		return had.Int64, false, err
	}
	n := head.NextPublicID()
	_, err = tx.ExecContext(ctx, `UPDATE works SET public_id = $1 WHERE id = $2`, n, workID)
	return n, true, err
}

// placeholders makes ($1, $2, …) lists for IN clauses, from a first number.
func placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}
