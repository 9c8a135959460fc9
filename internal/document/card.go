package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// loadFacts reads the facts of a work, oldest record first.
func loadFacts(ctx context.Context, q store.Querier, workID int64) ([]Fact, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT f.id, f.kind, f.valid_on, f.recorded_at, f.authority, COALESCE(w.public_id, 0), f.reason, f.provisions, f.edition_label, COALESCE(f.supersedes, 0)
		FROM work_facts f LEFT JOIN works w ON w.id = f.by_work_id WHERE f.work_id = $1 ORDER BY f.id`, workID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Fact
	for rows.Next() {
		var f Fact
		var valid, paths string
		var at int64
		if err := rows.Scan(&f.ID, &f.Kind, &valid, &at, &f.Authority, &f.ByWork, &f.Reason, &paths, &f.Edition, &f.Supersedes); err != nil {
			return nil, err
		}
		f.ValidOn, f.RecordedAt = day(valid), instant(at)
		if err := json.Unmarshal([]byte(paths), &f.Provisions); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

const editionColumns = `e.id, e.work_id, COALESCE(w.public_id, 0), e.label,
	CASE WHEN w.withdrawn <> 0 AND e.state = 'published' THEN 'withdrawn' ELSE e.state END, e.source, COALESCE(e.external_id, ''), e.title, e.short_title,
	e.doc_no, e.index_no, e.registration_no, e.kind, e.category, e.region, e.attribute, e.adopted_on, e.published_on, e.effective_on, e.clause_on, e.expires_on,
	e.source_name, e.source_url, e.source_status, e.recipients, e.history, e.chars, e.articles, e.revision, e.released_at`

func scanEdition(rows *sql.Rows) (e Edition, err error) {
	var adopted, published, effectiveOn, clause, expires, recipients, history string
	var at int64
	err = rows.Scan(&e.ID, &e.WorkID, &e.Work, &e.Label, &e.State, &e.Source, &e.ExternalID, &e.Title, &e.ShortTitle,
		&e.DocNo, &e.IndexNo, &e.RegistrationNo, &e.Kind, &e.Category, &e.Region, &e.Attribute, &adopted, &published, &effectiveOn, &clause, &expires,
		&e.SourceName, &e.SourceURL, &e.SourceStatus, &recipients, &history, &e.Chars, &e.Articles, &e.Revision, &at)
	if err != nil {
		return e, err
	}
	e.AdoptedOn, e.PublishedOn, e.EffectiveOn = day(adopted), day(published), day(effectiveOn)
	e.ClauseOn, e.ExpiresOn, e.ReleasedAt = day(clause), day(expires), instant(at)
	if err := json.Unmarshal([]byte(recipients), &e.Recipients); err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(history), &e.History)
}

// loadEditions reads the editions of a work with organs and topics, arranged.
func loadEditions(ctx context.Context, q store.Querier, workID int64) ([]Edition, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+editionColumns+` FROM editions e JOIN works w ON w.id = e.work_id WHERE e.work_id = $1 ORDER BY e.label`, workID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var eds []Edition
	for rows.Next() {
		e, err := scanEdition(rows)
		if err != nil {
			return nil, err
		}
		eds = append(eds, e)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	for i := range eds {
		if eds[i].Organs, err = loadOrgans(ctx, q, eds[i].ID); err != nil {
			return nil, err
		}
		topics, err := joined(ctx, q, `SELECT t.name FROM edition_topics e JOIN topics t ON t.id = e.topic_id WHERE e.edition_id = $1 ORDER BY e.position`, eds[i].ID, "\x1f")
		if err != nil {
			return nil, err
		}
		if topics != "" {
			eds[i].Topics = strings.Split(topics, "\x1f")
		}
	}
	return arrange(eds), nil
}

func loadOrgans(ctx context.Context, q store.Querier, editionID int64) ([]OrganRef, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT o.id, o.code, eo.name_then, eo.role,
			COALESCE((SELECT n.name FROM organ_names n WHERE n.organ_id = o.id AND n.alias = 0 ORDER BY n.valid_from DESC, n.id DESC LIMIT 1), '')
		FROM edition_organs eo JOIN organs o ON o.id = eo.organ_id WHERE eo.edition_id = $1 ORDER BY eo.position`, editionID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []OrganRef
	for rows.Next() {
		var o OrganRef
		if err := rows.Scan(&o.ID, &o.Code, &o.Name, &o.Role, &o.Now); err != nil {
			return nil, err
		}
		if o.Now == o.Name {
			o.Now = ""
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

// cardColumnList is the columns of a stored list line, in the order of cardRow.
const cardColumnList = `work_id, public_id, edition_id, label, editions, title, title_key, doc_no, doc_no_key, kind, region,
	organ_id, organ_name, topic_id, topic_name, date_on, year, effective_from, validity, dateless, summary, changes_on, released_at`

// writeCard rewrites the list line of a work from its editions and facts as
// they stand on a day. A work without a published text has no card.
func writeCard(ctx context.Context, tx *sql.Tx, workID int64, today workday.Date) (err error) {
	defer fault.Wrap(&err, "document.writeCard(%d)", workID)
	defer countCard(ctx, tx, workID, &err)
	row, err := cardRow(ctx, tx, workID, today)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM work_cards WHERE work_id = $1`, workID); err != nil || row == nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO work_cards (`+cardColumnList+`) VALUES (`+placeholders(1, len(row))+`)`, row...)
	return err
}

// cardRow computes the stored list line; nil when nothing is published.
func cardRow(ctx context.Context, q store.Querier, workID int64, today workday.Date) ([]any, error) {
	eds, err := loadEditions(ctx, q, workID)
	if err != nil {
		return nil, err
	}
	facts, err := loadFacts(ctx, q, workID)
	if err != nil {
		return nil, err
	}
	return cardRowOf(ctx, q, eds, facts, today)
}

func cardRowOf(ctx context.Context, q store.Querier, eds []Edition, facts []Fact, today workday.Date) ([]any, error) {
	s := stateOn(eds, facts, today, false)
	if s.edition < 0 {
		s.edition = lastPublished(eds)
	}
	if s.edition < 0 {
		return nil, nil
	}
	e := &eds[s.edition]
	changes := ""
	for _, d := range boundaries(eds, facts) {
		if d.After(today) {
			changes = d.String()
			break
		}
	}
	date := issued(e).String()
	c := cardOf(e)
	var topicID any
	if len(e.Topics) > 0 {
		var id int64
		if err := q.QueryRowContext(ctx, `SELECT topic_id FROM edition_topics WHERE edition_id = $1 AND position = 0`, e.ID).Scan(&id); err != nil {
			return nil, err
		}
		topicID = id
	}
	var organID any
	if len(e.Organs) > 0 {
		organID = e.Organs[0].ID
	}
	var titleKey, docNoKey string
	if err := q.QueryRowContext(ctx, `SELECT title_key, doc_no_key FROM editions WHERE id = $1`, e.ID).Scan(&titleKey, &docNoKey); err != nil {
		return nil, err
	}
	text, err := currentText(ctx, q, e.ID)
	if err != nil {
		return nil, err
	}
	published := int64(0)
	for i := range eds {
		if eds[i].State == "published" {
			published++
		}
	}
	return []any{e.WorkID, e.Work, e.ID, int64(e.Label), published, e.Title, titleKey, e.DocNo, docNoKey, e.Kind, e.Region,
		organID, c.OrganName, topicID, c.Topic, date, date[:min(4, len(date))], e.From.String(), string(s.validity), int64(boolInt(s.dateless)),
		summaryOf(text, e.Title), changes, e.ReleasedAt.UnixMicro()}, nil
}

func lastPublished(eds []Edition) int {
	for i := len(eds) - 1; i >= 0; i-- {
		if eds[i].State == "published" {
			return i
		}
	}
	return -1
}

func cardOf(e *Edition) Card {
	c := Card{Work: e.Work, Title: e.Title, DocNo: e.DocNo, Kind: e.Kind, Region: e.Region, Date: issued(e), From: e.From}
	names := make([]string, len(e.Organs))
	for i, o := range e.Organs {
		names[i] = o.Name
	}
	c.OrganName = strings.Join(names, "、")
	if len(e.Organs) > 0 {
		c.OrganCode = e.Organs[0].Code
	}
	if len(e.Topics) > 0 {
		c.Topic = e.Topics[0]
	}
	return c
}

// summaryOf is the first line of a text that says something: not a heading,
// not the title again, at most 90 runes.
func summaryOf(text, title string) string {
	for i, line := range strings.SplitN(text, "\n", 40) {
		line = strings.TrimSpace(strings.TrimLeft(line, "#"))
		if line == "" || strings.Contains(title, line) || strings.HasPrefix(line, "第") && strings.HasSuffix(strings.Fields(line)[0], "章") {
			continue
		}
		if len([]rune(line)) < 16 && i < 30 {
			continue
		}
		return clip(line, 90)
	}
	return ""
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
