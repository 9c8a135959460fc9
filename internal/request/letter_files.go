package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

// MaxLetterFile bounds a stamped letter in bytes; maxLetterFiles counts those of
// a letter.
const (
	MaxLetterFile  = 20 << 20
	maxLetterFiles = 10
)

// letterTypes are what a stamped letter may come back as.
var letterTypes = map[string][]string{LetterScan: {"application/pdf", "image/jpeg", "image/png", "image/tiff"}, LetterSealed: {"application/pdf"}}

// AddLetterFile keeps a stamped letter with its letter, sealed as all that names
// people, and notes it on the timeline. Rights are the caller's to check; the
// virus scanner has looked where there is one. A letter has one sealed PDF: a
// second one changes nothing. Errors: NotFound for a letter of another case,
// Invalid and TooLarge with the field 盖章件.
func (r *Room) AddLetterFile(ctx context.Context, a access.Actor, id, letter int64, kind, name string, content io.Reader) (err error) {
	defer fault.Wrap(&err, "request.AddLetterFile(%d, %d)", id, letter)
	bad := func(kind fault.Kind, format string, args ...any) error {
		return &fault.Error{Kind: kind, Op: "request.AddLetterFile", Field: "盖章件", Text: "“盖章件”：" + fmt.Sprintf(format, args...)}
	}
	types := letterTypes[kind]
	if types == nil {
		return fault.Newf(fault.Internal, "request.AddLetterFile", "kind %q", kind)
	}
	data, err := io.ReadAll(io.LimitReader(content, MaxLetterFile+1))
	mime := plainType(mimetype.Detect(data).String())
	switch {
	case err != nil:
		return err
	case len(data) > MaxLetterFile:
		return bad(fault.TooLarge, "文件超过 %d MB，没有保存。", MaxLetterFile>>20)
	case len(data) == 0:
		return bad(fault.Invalid, "文件是空的，没有保存。")
	case !slices.Contains(types, mime):
		return bad(fault.Invalid, "要 PDF 或者图片（按内容判断），没有保存。")
	}
	b, err := r.sealBytes(ctx, id, data)
	if err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := r.kernel.CaseIn(ctx, tx, id) // the lock makes the count true
		if err == nil {
			err = notDestroyed(ctx, tx, id)
		}
		if err != nil {
			return err
		}
		var n, all, sealed int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_letters WHERE id = $1 AND case_id = $2`, letter, c.ID).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "request.AddLetterFile", "没有找到这份文书。")
		}
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN kind = 'sealed' THEN 1 ELSE 0 END), 0) FROM request_letter_files WHERE letter_id = $1`, letter).Scan(&all, &sealed); err != nil {
			return err
		}
		if kind == LetterSealed && sealed > 0 {
			return nil
		}
		if all >= maxLetterFiles && kind == LetterScan {
			return bad(fault.Invalid, "一份文书最多保存 %d 个盖章件。", maxLetterFiles)
		}
		if err := filestore.Register(ctx, tx, b.Blob, r.now()); err != nil {
			return err
		}
		var file int64
		if err := tx.QueryRowContext(ctx, `INSERT INTO request_letter_files (letter_id, kind, name, sha256, size, mime, entered_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			letter, kind, fileName(name), b.SHA256, len(data), mime, a.Login, r.now().UnixMicro()).Scan(&file); err != nil {
			return err
		}
		if err := keepFileKey(ctx, tx, letterFileKeys, file, b); err != nil {
			return err
		}
		what := ActScanned
		if kind == LetterSealed {
			what = ActSealed
		}
		if err := r.kernel.NoteIn(ctx, tx, a, id, string(what), map[string]any{"letter": letter, "sha256": b.digest}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Upload, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: LetterFile{Kind: kind}.KindName()})
	})
}

// What became of a letter's stamped copies, on the timeline.
const (
	ActScanned   casework.Action = "letter_scanned"
	ActSealAsked casework.Action = "letter_seal_asked"
	ActSealed    casework.Action = "letter_sealed"
)

// letterFileKeys is where digest and key of a stamped letter stand.
const letterFileKeys = "request_letter_file_keys"

// fileName keeps the last part of a name, shortened.
func fileName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(len(r), 100)])
}

// LetterFile gives the bytes of a stamped letter. Each reading is an act in the
// audit log. Errors: NotFound for a file of another request.
func (r *Room) LetterFile(ctx context.Context, a access.Actor, q *Request, file int64) (out LetterFile, content []byte, err error) {
	defer fault.Wrap(&err, "request.LetterFile(%d)", file)
	for _, l := range q.Letters {
		for _, f := range l.Files {
			if f.ID != file {
				continue
			}
			content, err = r.openBytes(ctx, q.Case, f.SHA, f.digest)
			return f, content, errors.Join(err, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", q.Case), Outcome: audit.Done, Detail: f.KindName()}))
		}
	}
	return out, nil, fault.New(fault.NotFound, "request.LetterFile", "没有找到这个文件。")
}
