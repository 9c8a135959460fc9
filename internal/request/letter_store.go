package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
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
	rows, err := q.QueryContext(ctx, `SELECT f.id, f.letter_id, f.kind, f.name, f.sha256, f.size, f.mime, f.entered_by FROM request_letter_files f JOIN request_letters l ON l.id = f.letter_id WHERE l.case_id = $1 ORDER BY f.id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f LetterFile
		if err := rows.Scan(&f.ID, &f.Letter, &f.Kind, &f.Name, &f.SHA, &f.Size, &f.MIME, &f.By); err != nil {
			return err
		}
		if i := slices.IndexFunc(out.Letters, func(l Letter) bool { return l.ID == f.Letter }); i >= 0 {
			out.Letters[i].Files = append(out.Letters[i].Files, f)
		}
	}
	return rows.Err()
}

// MaxLetterFile bounds a scan in bytes; maxLetterFiles counts those of a letter.
const (
	MaxLetterFile  = 20 << 20
	maxLetterFiles = 10
)

// letterTypes are what a stamped letter may come back as.
var letterTypes = map[string][]string{LetterScan: {"application/pdf", "image/jpeg", "image/png", "image/tiff"}, LetterSealed: {"application/pdf"}}

// AddLetterFile keeps a stamped letter with its letter. Rights are the caller's
// to check; files has the virus scanner in front of it where there is one.
// Errors: NotFound for a letter of another case, Invalid and TooLarge with the
// field 盖章件.
func (r *Room) AddLetterFile(ctx context.Context, a access.Actor, files filestore.Store, id, letter int64, kind, name string, content io.Reader) (err error) {
	defer fault.Wrap(&err, "request.AddLetterFile(%d, %d)", id, letter)
	bad := func(kind fault.Kind, format string, args ...any) error {
		return &fault.Error{Kind: kind, Op: "request.AddLetterFile", Field: "盖章件", Text: "“盖章件”：" + fmt.Sprintf(format, args...)}
	}
	types := letterTypes[kind]
	if types == nil {
		return fault.Newf(fault.Internal, "request.AddLetterFile", "kind %q", kind)
	}
	b, err := files.Put(ctx, content, MaxLetterFile)
	switch {
	case fault.KindOf(err) == fault.TooLarge:
		return bad(fault.TooLarge, "文件超过 %d MB，没有保存。", MaxLetterFile>>20)
	case err != nil:
		return err
	case b.Size == 0:
		return bad(fault.Invalid, "文件是空的，没有保存。")
	}
	mime, _, _ := strings.Cut(b.MIME, ";")
	if !slices.Contains(types, mime) {
		return bad(fault.Invalid, "要 PDF 或者图片（按内容判断），没有保存。")
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_letters WHERE id = $1 AND case_id = $2`, letter, id).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "request.AddLetterFile", "没有找到这份文书。")
		}
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_letter_files WHERE letter_id = $1`, letter).Scan(&n); err != nil {
			return err
		}
		if n >= maxLetterFiles {
			return bad(fault.Invalid, "一份文书最多保存 %d 个盖章件。", maxLetterFiles)
		}
		if err := filestore.Register(ctx, tx, b, r.now()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO request_letter_files (letter_id, kind, name, sha256, size, mime, entered_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			letter, kind, fileName(name), b.SHA256, b.Size, mime, a.Login, r.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Upload, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: LetterFile{Kind: kind}.KindName()})
	})
}

// fileName keeps the last part of a name, shortened.
func fileName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(len(r), 100)])
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

// LetterFile gives the bytes of a stamped letter. Each reading is an act in the
// audit log. Errors: NotFound for a file of another request.
func (r *Room) LetterFile(ctx context.Context, a access.Actor, files filestore.Store, q *Request, file int64) (out LetterFile, content []byte, err error) {
	defer fault.Wrap(&err, "request.LetterFile(%d)", file)
	for _, l := range q.Letters {
		for _, f := range l.Files {
			if f.ID != file {
				continue
			}
			r1, err := files.Open(ctx, f.SHA)
			if err != nil {
				return f, nil, err
			}
			content, err = io.ReadAll(io.LimitReader(r1, MaxLetterFile+1))
			if err = errors.Join(err, r1.Close()); err != nil {
				return f, nil, err
			}
			return f, content, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", q.Case), Outcome: audit.Done, Detail: f.KindName()})
		}
	}
	return out, nil, fault.New(fault.NotFound, "request.LetterFile", "没有找到这个文件。")
}
