package request

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // told by its bytes
	_ "image/png"  // told by its bytes
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

// Bounds of what one request can hold.
const (
	MaxMaterialBytes = 50 << 20
	maxMaterials     = 200
	maxPicturePixels = 60_000_000
)

// collecting are the states in which documents are gathered and decided about.
var collecting = []casework.State{Submitted, Working, Correcting}

// Collecting reports a case whose documents may still change.
func Collecting(s casework.State) bool { return slices.Contains(collecting, s) }

// NewMaterial is a document as it is handed in.
type NewMaterial struct {
	Item   int
	Name   string // as the applicant will see it, with its ending
	Origin string
	Work   int64 // of the public library, instead of bytes
}

func (n *NewMaterial) check(q *Request) error {
	n.Name = strings.TrimSpace(path.Base(strings.ReplaceAll(n.Name, `\`, "/")))
	switch {
	case n.Name == "" || n.Name == "." || n.Name == "/":
		return fault.Field("request.NewMaterial", "材料名称", "“材料名称”：请填写。")
	case len([]rune(n.Name)) > 200:
		return fault.Field("request.NewMaterial", "材料名称", "“材料名称”：不能超过 200 个字。")
	case n.Item < 0 || n.Item > max(1, len(q.Decision.Items), 10):
		return fault.Field("request.NewMaterial", "回应哪一项", "“回应哪一项”：没有这一项。")
	}
	return words("来源", n.Origin, n.Work == 0)
}

// AddMaterial takes a document in. Its bytes are looked over by the virus
// scanner before they are sealed and stored; without its word nothing is kept.
// The right to handle the request is the caller's to check.
func (r *Room) AddMaterial(ctx context.Context, a access.Actor, id int64, n NewMaterial, data []byte) (out int64, err error) {
	defer fault.Wrap(&err, "request.AddMaterial(%d)", id)
	if _, q, err := r.gathering(ctx, id); err != nil {
		return 0, err
	} else if err := n.check(q); err != nil {
		return 0, err
	}
	f := &Material{Item: n.Item, Name: n.Name, Origin: n.Origin, Size: int64(len(data))}
	switch blob := (filestore.Blob{MIME: mimetype.Detect(data).String()}); {
	case len(data) == 0:
		return 0, fault.Field("request.AddMaterial", "文件", "“文件”：请选择一个文件，空文件不能保存。")
	case len(data) > MaxMaterialBytes:
		return 0, fault.Newf(fault.TooLarge, "request.AddMaterial", "“文件”：超过 %d MB，没有保存。", MaxMaterialBytes>>20)
	case blob.Executable():
		return 0, fault.Field("request.AddMaterial", "文件", "“文件”：这是程序文件，不能作为材料。")
	default:
		f.MIME = blob.MIME
	}
	if f.Format, f.Pages, err = layOut(ctx, n.Name, f.MIME, data); err != nil {
		return 0, err
	}
	if err := r.vault.Ready(ctx); err != nil {
		return 0, err
	}
	blob, err := r.sealBytes(ctx, id, data)
	if err != nil {
		return 0, err
	}
	f.Digest, f.sealed = blob.digest, blob.SHA256
	return r.insertMaterial(ctx, a, id, f, &blob)
}

// AddPublic takes a work of the public library: nothing is copied, the
// applicant is told its address (GRANT_PUBLIC, A-80).
func (r *Room) AddPublic(ctx context.Context, a access.Actor, id int64, n NewMaterial) (out int64, err error) {
	defer fault.Wrap(&err, "request.AddPublic(%d, %d)", id, n.Work)
	_, q, err := r.gathering(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := n.check(q); err != nil {
		return 0, err
	}
	if slices.ContainsFunc(q.Material.Files, func(f *Material) bool { return f.Work == n.Work }) {
		return 0, fault.Field("request.AddPublic", "资料编号", "“资料编号”：这份资料已经在材料里了。")
	}
	return r.insertMaterial(ctx, a, id, &Material{Item: n.Item, Name: n.Name, Origin: n.Origin, Work: n.Work}, nil)
}

func (r *Room) insertMaterial(ctx context.Context, a access.Actor, id int64, f *Material, blob *sealedBlob) (out int64, err error) {
	pages, err := json.Marshal(f.Pages)
	if err != nil {
		return 0, err
	}
	if f.Pages == nil {
		pages = []byte("[]")
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, _, err := r.gatheringIn(ctx, tx, id); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(no), 0) + 1 FROM request_materials WHERE case_id = $1`, id).Scan(&n); err != nil {
			return err
		}
		if n > maxMaterials {
			return fault.Newf(fault.TooLarge, "request.insertMaterial", "一件申请最多收集 %d 份材料。", maxMaterials)
		}
		key := ""
		if blob != nil {
			key = blob.key
			if err := filestore.Register(ctx, tx, blob.Blob, r.now()); err != nil {
				return err
			}
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO request_materials (case_id, no, item, name, origin, work, format, mime, size, digest, sealed, pages, actor, at, seal_key)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id`,
			id, n, f.Item, f.Name, f.Origin, f.Work, string(f.Format), f.MIME, f.Size, f.Digest, f.sealed, string(pages), a.Login, r.now().UnixMicro(), key).Scan(&out); err != nil {
			return err
		}
		return r.kernel.NoteIn(ctx, tx, a, id, string(ActMaterial), map[string]any{"material": n, "added": true})
	})
	return out, err
}

// DropMaterial takes a document off a request; the event keeps that it was there.
func (r *Room) DropMaterial(ctx context.Context, a access.Actor, id, file int64) (err error) {
	defer fault.Wrap(&err, "request.DropMaterial(%d, %d)", id, file)
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		_, f, err := r.materialIn(ctx, tx, id, file)
		if err != nil {
			return err
		}
		if f.Given() != nil {
			return fault.New(fault.Forbidden, "request.DropMaterial", "这份材料已经提供给申请人，不能移出。")
		}
		if _, err := tx.ExecContext(ctx, `UPDATE request_materials SET dropped = 1 WHERE id = $1`, file); err != nil {
			return err
		}
		return r.kernel.NoteIn(ctx, tx, a, id, string(ActMaterial), map[string]any{"material": f.No, "added": false})
	})
}

// layOut tells format and pages of a document from its bytes.
func layOut(ctx context.Context, name, mime string, data []byte) (docfile.Format, []PageSize, error) {
	switch base, _, _ := strings.Cut(mime, ";"); base {
	case "image/png", "image/jpeg":
		c, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil || c.Width*c.Height > maxPicturePixels {
			return "", nil, &fault.Error{Kind: fault.Invalid, Op: "request.layOut", Field: "文件", Text: "“文件”：这张图片读不出来，或者像素太多，请另存后再传。", Err: err}
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			return "", nil, &fault.Error{Kind: fault.Invalid, Op: "request.layOut", Field: "文件", Text: "“文件”：这张图片读不出来，请另存后再传。", Err: err}
		}
		b := docfile.Upright(img, data).Bounds()
		return docfile.FormatOther, []PageSize{{float64(b.Dx()), float64(b.Dy())}}, nil
	case "application/pdf":
		pages, err := docfile.PDFPages(ctx, data, docfile.DefaultLimits())
		if err != nil {
			return "", nil, err
		}
		var out []PageSize
		for _, p := range pages {
			out = append(out, PageSize{p.W, p.H})
		}
		return docfile.FormatPDF, out, nil
	}
	doc, err := docfile.Read(ctx, name, bytes.NewReader(data), int64(len(data)), docfile.DefaultLimits())
	switch kind := fault.KindOf(err); {
	case err == nil:
		return doc.Format, nil, nil
	case kind == fault.Unavailable:
		return "", nil, err
	}
	return docfile.FormatOther, nil, nil // what cannot be read can still be collected and withheld
}

// Original reads a collected document. Each reading is an act in the audit log.
func (r *Room) Original(ctx context.Context, a access.Actor, id, file int64) (f *Material, data []byte, err error) {
	defer fault.Wrap(&err, "request.Original(%d, %d)", id, file)
	if f, err = r.material(ctx, id, file); err != nil {
		return nil, nil, err
	}
	if data, err = r.openBytes(ctx, id, f.sealed, f.Digest); err != nil {
		return nil, nil, err
	}
	return f, data, r.saw(ctx, a, audit.ViewPersonal, id, fmt.Sprintf("材料%d原件", f.No))
}

// Built reads the version of a document that the present decisions made.
func (r *Room) Built(ctx context.Context, a access.Actor, id, file int64) (v *Version, data []byte, err error) {
	defer fault.Wrap(&err, "request.Built(%d, %d)", id, file)
	f, err := r.material(ctx, id, file)
	if err != nil {
		return nil, nil, err
	}
	if v = f.Current(); v == nil {
		return nil, nil, fault.New(fault.NotFound, "request.Built", "这份材料还没有生成提供件。")
	}
	if data, err = r.leaving(ctx, id, v); err != nil {
		return nil, nil, err
	}
	return v, data, r.saw(ctx, a, audit.Download, id, fmt.Sprintf("材料%d提供件第%d版", f.No, v.No))
}

// HandedOut reads a version that was handed out, for the applicant or an
// officer who hands it over. It leaves only past the virus scanner.
func (r *Room) HandedOut(ctx context.Context, a access.Actor, id, version int64) (v *Version, data []byte, err error) {
	defer fault.Wrap(&err, "request.HandedOut(%d, %d)", id, version)
	_, q, err := r.whole(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range q.Material.Files {
		for i := range f.Versions {
			if v := &f.Versions[i]; v.ID == version && !v.GivenAt.IsZero() {
				if data, err = r.leaving(ctx, id, v); err != nil {
					return nil, nil, err
				}
				return v, data, r.saw(ctx, a, audit.Download, id, fmt.Sprintf("材料%d提供件第%d版", f.No, v.No))
			}
		}
	}
	return nil, nil, fault.New(fault.NotFound, "request.HandedOut", "没有这个文件。")
}

func (r *Room) leaving(ctx context.Context, id int64, v *Version) ([]byte, error) {
	data, err := r.openBytes(ctx, id, v.sealed, v.Digest)
	if err != nil {
		return nil, err
	}
	return data, filestore.Look(ctx, r.store(), bytes.NewReader(data))
}

func (r *Room) saw(ctx context.Context, a access.Actor, act audit.Act, id int64, what string) error {
	return audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: act, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: what})
}
