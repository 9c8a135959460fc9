package request

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/gabriel-vasile/mimetype"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

// Enclosure is a file that is handed in with an application: what proves who asks
// or at the counter a scan of what came on paper.
type Enclosure struct {
	Role string // see ScanRoles; an applicant online sends "proof" only
	Data []byte
}

// Bounds of what an applicant adds online: bytes of one file and of all, files.
const (
	MaxProofBytes  = 10 << 20
	MaxProofsBytes = 20 << 20
	MaxProofs      = 4
)

// FieldProof is the field of the form online that refusals name.
const FieldProof = "身份证明材料"

// FieldScan is the field of the counter form that refusals of a scan name.
func FieldScan(role string) string { return nameOf(ScanRoles, role) + "的扫描件" }

// proofTypes are what an applicant may add; a clerk may add scanTypes.
var proofTypes = []string{"application/pdf", "image/jpeg", "image/png", "image/webp"}

// Online reports a file that the applicant added to the form themselves.
func (s Scan) Online() bool { return s.Login == casework.Applicant.Login }

// heldFile is a file that was looked over, sealed and stored, but belongs to no
// row yet.
type heldFile struct {
	sealedBlob
	role, mime string
	size, row  int64 // row is what its bytes are sealed for, 0 is the case
	of         int64 // opinion or answer it came with, 0 for none
}

// scanRules are the bounds of one upload.
type scanRules struct {
	field string
	types []string // nil is all of scanTypes
	most  int      // bytes of a file
}

// holdScan checks a file by its content, lets the virus scanner see it, and
// stores it sealed. What is stored without a row is swept by the file store.
// Errors: Invalid, Unsupported and TooLarge with the file's place in the upload,
// Unavailable when the virus scanner does not answer.
func (r *Room) holdScan(ctx context.Context, rule scanRules, no int, role string, row int64, data []byte) (h heldFile, err error) {
	bad := func(kind fault.Kind, err error, format string, args ...any) error {
		return &fault.Error{Kind: kind, Op: "request.holdScan", Field: rule.field, Text: fmt.Sprintf("“%s”：第 %d 个", rule.field, no) + fmt.Sprintf(format, args...), Err: err}
	}
	b := filestore.Blob{Size: int64(len(data)), MIME: mimetype.Detect(data).String()}
	base := plainType(b.MIME)
	switch {
	case len(data) > rule.most:
		return h, bad(fault.TooLarge, nil, "文件超过 %d MB，没有保存。", rule.most>>20)
	case len(data) == 0:
		return h, bad(fault.Invalid, nil, "是空文件，没有保存。")
	case rule.types != nil && !slices.Contains(rule.types, base):
		return h, bad(fault.Unsupported, nil, "文件不是图片或者 PDF（按内容判断），没有保存。")
	case b.Executable() || scanTypes[base] == "":
		return h, bad(fault.Unsupported, nil, "文件不是图片、PDF 或者 Word（按内容判断），没有保存。")
	case r.store() == nil:
		return h, fault.New(fault.Unavailable, "request.holdScan", "这里没有设置存放材料的地方。")
	}
	if err := filestore.Look(ctx, r.store(), bytes.NewReader(data)); err != nil {
		return h, bad(fault.KindOf(err), err, "%s", fault.Text(err))
	}
	h = heldFile{role: role, mime: b.MIME, size: b.Size, row: row}
	h.sealedBlob, err = r.putSealed(ctx, row, data)
	return h, err
}

// keepScan writes the row of a held file. Its bytes are sealed for the number
// of the case unless they were held before there was one.
func (r *Room) keepScan(ctx context.Context, tx *sql.Tx, id int64, login string, h heldFile) error {
	if err := filestore.Register(ctx, tx, h.Blob, r.now()); err != nil {
		return err
	}
	row := h.row
	if row == id {
		row = 0
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO request_files (case_id, role, sha256, size, mime, added_by, added_at, digest, seal_key, seal_row, of_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id, h.role, h.SHA256, h.size, h.mime, login, r.now().UnixMicro(), h.digest, h.key, row, h.of)
	return err
}

// hold takes the enclosures of an application, all of them or none. A form that was
// already taken gives its receipt again whatever the scanner says today.
func (r *Room) hold(ctx context.Context, a *Application) (out []heldFile, err error) {
	if len(a.Enclosed) == 0 {
		return nil, nil
	}
	if a.Token != "" {
		if sent, err := r.Sent(ctx, a.Actor.Login, a.Token); err != nil || sent {
			return nil, err
		}
	}
	rule, most := scanRules{field: FieldProof, types: proofTypes, most: MaxProofBytes}, MaxProofs
	if a.Door != nil {
		rule, most = scanRules{field: FieldScan(a.Enclosed[0].Role), most: MaxScanBytes}, maxScans
	}
	if len(a.Enclosed) > most {
		return nil, fault.Field("request.hold", rule.field, "“%s”：一次最多 %d 个文件，选了 %d 个，都没有保存。", rule.field, most, len(a.Enclosed))
	}
	no := map[string]int{} // of a file among those of its kind
	for _, p := range a.Enclosed {
		no[p.Role]++
		if p.Role != "proof" && a.Door == nil || nameOf(ScanRoles, p.Role) == p.Role {
			return nil, fault.Field("request.hold", rule.field, "“%s”：第 %d 个文件没有说明是什么材料。", rule.field, no[p.Role])
		}
		if a.Door != nil {
			rule.field = FieldScan(p.Role)
		}
		row, err := heldRow()
		if err != nil {
			return nil, err
		}
		h, err := r.holdScan(ctx, rule, no[p.Role], p.Role, row, p.Data)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// heldRow makes a number for bytes that have no case yet; it is below 0, where
// no case is.
func heldRow() (int64, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, err
	}
	return -1 - int64(binary.BigEndian.Uint64(b[:])>>2), nil
}

// enclosedDigests stand for the enclosures in what a token is compared with.
func (a *Application) enclosedDigests() (out []string) {
	for _, p := range a.Enclosed {
		sum := sha256.Sum256(p.Data)
		out = append(out, p.Role+":"+hex.EncodeToString(sum[:]))
	}
	return out
}
