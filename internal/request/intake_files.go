package request

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// Scan is a picture or copy of what came on paper.
type Scan struct {
	ID    int64
	Role  string
	Size  int64
	MIME  string
	Login string
	Of    int64 // opinion of counsel or words of the house that it came with, by role; 0 for none

	sha, digest string // of the stored bytes, and of the plain ones
	row         int64  // what the bytes are sealed for
}

// ScanRoles are what a scan shows.
var ScanRoles = []struct{ Code, Name string }{{"form", "申请表或者来信"}, {"proof", "身份证明"}, {"envelope", "信封和邮戳"}, {"mandate", "委托书"}, {"service", "送达回证或者邮件回执"}, {ScanCounsel, "法律顾问、公职律师的书面意见"}, {ScanHelp, "单位、机关答复的材料"}, {"other", "其他材料"}}

// The roles of files that belong to an opinion or an answer.
const (
	ScanCounsel = "counsel"
	ScanHelp    = "help"
)

// Name is what the scan shows, in Chinese.
func (s Scan) Name() string {
	for _, x := range ScanRoles {
		if x.Code == s.Role {
			return x.Name
		}
	}
	return s.Role
}

// Bounds of scans: bytes of one file, files of a request.
const (
	MaxScanBytes = 20 << 20
	maxScans     = 50
)

// scanTypes are the types told by content that a scan may have, with the ending
// of its name when it is handed out.
var scanTypes = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "image/webp": ".webp", "image/bmp": ".bmp",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "application/msword": ".doc"}

// Ending is the ending of the file's name by its type.
func (s Scan) Ending() string { return scanTypes[plainType(s.MIME)] }

func plainType(mime string) string {
	base, _, _ := strings.Cut(mime, ";")
	return base
}

// FilesOf are the files that came with an opinion or an answer.
func (q *Request) FilesOf(role string, of int64) []Scan {
	return slices.DeleteFunc(slices.Clone(q.Intake.Scans), func(s Scan) bool { return s.Role != role || s.Of != of })
}

// CameWith names the opinion or answer to which a file may be added; false for
// what this request does not have.
func (q *Request) CameWith(role string, of int64) (name string, ok bool) {
	for _, c := range q.Work.Counsels {
		if role == ScanCounsel && c.ID == of && !c.GivenOn.IsZero() {
			return c.KindName() + c.Name + "的意见", true
		}
	}
	for _, n := range q.Work.Notes {
		if role == ScanHelp && n.ID == of && n.Slot > 0 {
			return n.Unit + "的答复", true
		}
	}
	return "", false
}

// KeepIn gives the room the store of files; a scanner of viruses stands in
// front of it where one is configured, and without its word nothing is kept.
func (r *Room) KeepIn(files filestore.Store) *Room {
	r.files = files
	return r
}

func scans(ctx context.Context, q store.Querier, id int64) (out []Scan, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, role, sha256, digest, size, mime, added_by, CASE WHEN seal_row = 0 THEN case_id ELSE seal_row END, of_id FROM request_files WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Scan
		if err := rows.Scan(&s.ID, &s.Role, &s.sha, &s.digest, &s.Size, &s.MIME, &s.Login, &s.row, &s.Of); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// AddScans keeps files with a request, all of them or none. Rights are the
// caller's to check; of is what they came with, 0 for none. Errors: Invalid and TooLarge with the file's place in the
// upload, Unavailable when the virus scanner does not answer.
func (r *Room) AddScans(ctx context.Context, a access.Actor, id int64, role string, of int64, files []io.Reader) (err error) {
	defer fault.Wrap(&err, "request.AddScans(%d)", id)
	bad := func(kind fault.Kind, format string, args ...any) error {
		return &fault.Error{Kind: kind, Op: "request.AddScans", Field: "文件", Text: "“文件”：" + fmt.Sprintf(format, args...)}
	}
	if nameOf(ScanRoles, role) == role {
		return fault.Field("request.AddScans", "是什么材料", "“是什么材料”：请选择。")
	}
	if len(files) == 0 {
		return bad(fault.Invalid, "请选择要上传的扫描件。")
	}
	if err := r.vault.Ready(ctx); err != nil {
		return err
	}
	rule := scanRules{field: "文件", most: MaxScanBytes}
	var held []heldFile
	for i, f := range files {
		data, err := io.ReadAll(io.LimitReader(f, MaxScanBytes+1))
		if err != nil {
			return err
		}
		h, err := r.holdScan(ctx, rule, i+1, role, id, data)
		if err != nil {
			return err
		}
		held = append(held, h)
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := r.kernel.CaseIn(ctx, tx, id) // the lock makes the count true
		if err == nil {
			err = notDestroyed(ctx, tx, id)
		}
		if err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_files WHERE case_id = $1`, c.ID).Scan(&n); err != nil {
			return err
		}
		if n+len(held) > maxScans {
			return bad(fault.Invalid, "一件申请最多保存 %d 个扫描件，已经有 %d 个。", maxScans, n)
		}
		for _, h := range held {
			h.of = of
			if err := r.keepScan(ctx, tx, c.ID, a.Login, h); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Upload, Target: fmt.Sprintf("case:%d", c.ID), Outcome: audit.Done, Detail: fmt.Sprintf("扫描件 %d 个", len(held))})
	})
}

// ReadScan gives the bytes of a scan. Each reading is an act in the audit log.
func (r *Room) ReadScan(ctx context.Context, a access.Actor, id, scan int64) (s Scan, b []byte, err error) {
	defer fault.Wrap(&err, "request.ReadScan(%d, %d)", id, scan)
	list, err := scans(ctx, r.db.Reader(), id)
	if err != nil {
		return s, nil, err
	}
	i := slices.IndexFunc(list, func(x Scan) bool { return x.ID == scan })
	if i < 0 {
		return s, nil, fault.New(fault.NotFound, "request.ReadScan", "没有找到这个扫描件。")
	}
	if b, err = r.openBytes(ctx, list[i].row, list[i].sha, list[i].digest); err != nil {
		return s, nil, err
	}
	return list[i], b, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: "扫描件：" + list[i].Name()})
}
