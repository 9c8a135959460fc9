package request

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// loadMaterials reads the documents of a request with all that is decided about
// them; words to remove stay sealed, bytes stay in the store.
func loadMaterials(ctx context.Context, q store.Querier, out *Request) (err error) {
	defer fault.Wrap(&err, "request.loadMaterials(%d)", out.Case)
	m := &out.Material
	err = each(ctx, q, `SELECT id, no, ground, name, lifted_on, lifted_at FROM request_layers WHERE case_id = $1 ORDER BY no`, out.Case, func(scan func(...any) error) error {
		var l Layer
		var at int64
		err := scan(&l.ID, &l.No, &l.Ground, &l.Name, &l.LiftedOn, &at)
		l.LiftedAt = instant(at)
		m.Layers = append(m.Layers, l)
		return err
	})
	if err != nil {
		return err
	}
	err = each(ctx, q, `SELECT id, no, item, name, origin, work, format, mime, size, digest, sealed, pages, actor, at FROM request_materials WHERE case_id = $1 AND dropped = 0 ORDER BY no`, out.Case, func(scan func(...any) error) error {
		f := &Material{Rulings: map[int]Ruling{}, layers: m.Layers}
		var pages string
		var at int64
		if err := scan(&f.ID, &f.No, &f.Item, &f.Name, &f.Origin, &f.Work, &f.Format, &f.MIME, &f.Size, &f.Digest, &f.sealed, &pages, &f.Actor, &at); err != nil {
			return err
		}
		f.At = instant(at)
		m.Files = append(m.Files, f)
		return json.Unmarshal([]byte(pages), &f.Pages)
	})
	if err != nil {
		return err
	}
	for _, read := range []func(context.Context, store.Querier, int64, *Materials) error{loadRulings, loadMarks, loadVersions} {
		if err := read(ctx, q, out.Case, m); err != nil {
			return err
		}
	}
	return nil
}

func loadRulings(ctx context.Context, q store.Querier, id int64, m *Materials) error {
	return each(ctx, q, `SELECT p.file_id, p.page, p.decision, p.layer_id, p.reason FROM request_rulings p JOIN request_materials f ON f.id = p.file_id
		WHERE f.case_id = $1 AND f.dropped = 0 ORDER BY p.file_id, p.page`, id, func(scan func(...any) error) error {
		var file int64
		var page int
		var d Ruling
		if err := scan(&file, &page, &d.Choice, &d.Layer, &d.Reason); err != nil {
			return err
		}
		m.Find(file).Rulings[page] = d
		return nil
	})
}

func loadMarks(ctx context.Context, q store.Querier, id int64, m *Materials) error {
	return each(ctx, q, `SELECT k.file_id, k.id, k.layer_id, k.kind, k.page, k.x, k.y, k.w, k.h, k.words_sealed, k.reason, k.actor FROM request_marks k JOIN request_materials f ON f.id = k.file_id
		WHERE f.case_id = $1 AND f.dropped = 0 AND k.dropped = 0 ORDER BY k.id`, id, func(scan func(...any) error) error {
		var file int64
		var k Mark
		var x, y, w, h int64
		if err := scan(&file, &k.ID, &k.Layer, &k.Kind, &k.Page, &x, &y, &w, &h, &k.sealed, &k.Reason, &k.Actor); err != nil {
			return err
		}
		k.X, k.Y, k.W, k.H = float64(x)/100, float64(y)/100, float64(w)/100, float64(h)/100
		f := m.Find(file)
		f.Marks = append(f.Marks, k)
		return nil
	})
}

func loadVersions(ctx context.Context, q store.Querier, id int64, m *Materials) error {
	return each(ctx, q, `SELECT v.file_id, v.id, v.no, v.stand, v.name, v.mime, v.size, v.digest, v.sealed, v.redacted, v.report, v.made_by, v.made_at, v.checked_by, v.checked_at, v.given_at
		FROM request_versions v JOIN request_materials f ON f.id = v.file_id WHERE f.case_id = $1 AND f.dropped = 0 ORDER BY v.file_id, v.no`, id, func(scan func(...any) error) error {
		var file, made, checked, given int64
		var v Version
		var redacted int
		var report string
		if err := scan(&file, &v.ID, &v.No, &v.stand, &v.Name, &v.MIME, &v.Size, &v.Digest, &v.sealed, &redacted, &report, &v.MadeBy, &made, &v.CheckedBy, &checked, &given); err != nil {
			return err
		}
		v.Redacted, v.MadeAt, v.CheckedAt, v.GivenAt = redacted != 0, instant(made), instant(checked), instant(given)
		f := m.Find(file)
		if err := json.Unmarshal([]byte(report), &v.Report); err != nil {
			return err
		}
		f.Versions = append(f.Versions, v)
		return nil
	})
}

// each reads all rows of a query about one case.
func each(ctx context.Context, q store.Querier, query string, id int64, row func(scan func(...any) error) error) error {
	rows, err := q.QueryContext(ctx, query, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// standing are the marks that remove something: neither dismissed nor of a
// lifted layer.
func (f *Material) standing() (out []Mark) {
	for _, k := range f.Marks {
		if k.Kind != MarkPass && f.stands(k.Layer) {
			out = append(out, k)
		}
	}
	return out
}

// stand is a digest of everything by which a version is built: the bytes, what
// works on each page, and the marks that remove.
func (f *Material) stand() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s", f.Digest, f.Name)
	for _, n := range f.numbers() {
		fmt.Fprintf(&b, "|%d:%s", n, f.On(n))
	}
	for _, k := range f.standing() {
		fmt.Fprintf(&b, "|m%d", k.ID)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// makers are those who redacted a document: whoever drew one of its marks.
func (f *Material) makers() (out []string) {
	for _, k := range f.Marks {
		if k.Kind != MarkPass && !slices.Contains(out, k.Actor) {
			out = append(out, k.Actor)
		}
	}
	return out
}
