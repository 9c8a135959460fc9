package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// LetterDraft is what was entered for the answer before it is signed.
type LetterDraft struct {
	Number string          // the office's own; "" leaves it to the counter
	Edits  map[string]Edit // by section
	By     string          // login
}

// LetterFile is a letter as it came back with its seal.
type LetterFile struct {
	ID     int64
	Letter int64
	Kind   string // LetterScan or LetterSealed
	Name   string
	SHA    string
	Size   int64
	MIME   string
	By     string // login
	digest string // of the plain bytes; "" from before files were sealed
}

// The kinds of files of a letter.
const (
	LetterScan   = "scan"   // printed, stamped, scanned
	LetterSealed = "sealed" // a PDF that a seal service signed
)

// KindName is the kind in Chinese.
func (f LetterFile) KindName() string {
	if f.Kind == LetterSealed {
		return "电子印章件"
	}
	return "盖章扫描件"
}

// issue keeps a letter as it was composed.
func (r *Room) issue(ctx context.Context, t *turn, c *Composed) error {
	return keepLetter(ctx, t.Tx, t.Case, t.Today, c)
}

// keepLetter keeps a composed letter of any case; nothing may be missing.
func keepLetter(ctx context.Context, tx *sql.Tx, of *casework.Case, today workday.Date, c *Composed) error {
	if len(c.Missing) > 0 {
		return fault.Newf(fault.Invalid, "request.keepLetter", "“%s”还缺：%s。", c.Title, join(c.Names()))
	}
	if _, known := toApplicant[c.Kind]; !known {
		return fault.Newf(fault.Internal, "request.keepLetter", "nobody said who reads letters of the kind %s", c.Kind)
	}
	parts, err := json.Marshal(c.Sections)
	if err != nil {
		return err
	}
	facts, err := json.Marshal(c.Facts)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO request_letters (case_id, kind, number, title, body, template, event_no, issued_on, template_id, parts, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		of.ID, c.Kind, c.Number, c.Title, c.Body(), c.Version, of.Events+1, today.String(), c.Template, string(parts), string(facts))
	return err
}

// issueFrom fills a template of A8.7 and keeps the letter.
func (r *Room) issueFrom(ctx context.Context, t *turn, id string, more Facts) error {
	tpl, ok := FindTemplate(id)
	if !ok {
		return fault.Newf(fault.Internal, "request.issueFrom", "no template %s", id)
	}
	f := t.Data.facts(t.Case, t.Today)
	delete(f, factNumber) // the number of the answer is not this letter's
	if f[factOrgan] == "" {
		var err error
		if f[factOrgan], err = organName(ctx, t.Tx, t.Case.Organ, t.Today.String()); err != nil {
			return err
		}
	}
	for k, v := range more {
		f[k] = v
	}
	return r.issue(ctx, t, tpl.write(f, nil))
}

// organName is how an organ is called today; its code where it has no name.
func organName(ctx context.Context, q store.Querier, organ int64, today string) (name string, err error) {
	err = q.QueryRowContext(ctx, `SELECT name FROM organ_names WHERE organ_id = $1 AND alias = 0 AND valid_from <= $2 ORDER BY valid_from DESC, id DESC LIMIT 1`, organ, today).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		err = q.QueryRowContext(ctx, `SELECT code FROM organs WHERE id = $1`, organ).Scan(&name)
	}
	return name, err
}

// claim takes a number for a case; false when the organ has given it before.
func claim(ctx context.Context, q store.Querier, organ int64, number string, id int64) (bool, error) {
	res, err := q.ExecContext(ctx, `INSERT INTO request_letter_numbers (organ_id, number, case_id) VALUES ($1, $2, $3) ON CONFLICT (organ_id, number) DO NOTHING`, organ, number, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// letterNumber is the number an answer is signed with: the office's own, or the
// next of the counter that nobody took by hand.
func (r *Room) letterNumber(ctx context.Context, t *turn) (string, error) {
	if own := t.Data.Draft.Number; own != "" {
		ok, err := claim(ctx, t.Tx, t.Case.Organ, own, t.Case.ID)
		if err == nil && !ok {
			err = numberTaken(own)
		}
		return own, err
	}
	for {
		no, err := r.number(ctx, t)
		if err != nil {
			return "", err
		}
		if ok, err := claim(ctx, t.Tx, t.Case.Organ, no, t.Case.ID); err != nil || ok {
			return no, err
		}
	}
}

func numberTaken(number string) error {
	return fault.Field("request.letterNumber", "文号", "“文号”：本机关已经用过“%s”，请换一个。", number)
}

// loadLetters reads the draft of the answer and the files of the letters.
func (r *Room) loadLetters(ctx context.Context, q store.Querier, out *Request) error {
	var edits string
	err := q.QueryRowContext(ctx, `SELECT number, edits, set_by FROM request_letter_drafts WHERE case_id = $1`, out.Case).Scan(&out.Draft.Number, &edits, &out.Draft.By)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal([]byte(edits), &out.Draft.Edits); err != nil {
			return err
		}
	}
	for i := range out.Letters {
		l := &out.Letters[i]
		var parts string
		if err := q.QueryRowContext(ctx, `SELECT template, template_id, parts FROM request_letters WHERE id = $1`, l.ID).Scan(&l.Version, &l.Template, &parts); err != nil {
			return err
		}
		if parts == "" {
			continue
		}
		if err := json.Unmarshal([]byte(parts), &l.Parts); err != nil {
			return err
		}
	}
	rows, err := q.QueryContext(ctx, `SELECT f.id, f.letter_id, f.kind, f.name, f.sha256, f.size, f.mime, f.entered_by, COALESCE(k.digest, '') FROM request_letter_files f JOIN request_letters l ON l.id = f.letter_id
		LEFT JOIN request_letter_file_keys k ON k.id = f.id WHERE l.case_id = $1 ORDER BY f.id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f LetterFile
		if err := rows.Scan(&f.ID, &f.Letter, &f.Kind, &f.Name, &f.SHA, &f.Size, &f.MIME, &f.By, &f.digest); err != nil {
			return err
		}
		if i := slices.IndexFunc(out.Letters, func(l Letter) bool { return l.ID == f.Letter }); i >= 0 {
			out.Letters[i].Files = append(out.Letters[i].Files, f)
		}
	}
	return rows.Err()
}

// LetterSections are the paragraphs of a letter with the names in them. Each
// reading is an act in the audit log.
func (r *Room) LetterSections(ctx context.Context, a access.Actor, q *Request, l Letter) (out []Section, err error) {
	defer fault.Wrap(&err, "request.LetterSections(%d)", l.ID)
	const between = "\x1f"
	out = slices.Clone(l.Sections())
	texts := make([]string, len(out))
	for i, s := range out {
		texts[i] = s.Text
	}
	l.Body = strings.Join(texts, between)
	named, err := r.Addressed(ctx, a, q, l)
	if err != nil {
		return nil, err
	}
	for i, text := range strings.Split(named, between) {
		out[i].Text = text
	}
	return out, nil
}
