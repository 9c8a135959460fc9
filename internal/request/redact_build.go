package request

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

// made is a version before it is kept.
type made struct {
	name, mime string
	data       []byte
	redacted   bool
	report     Report
}

// Build makes the version of a document that the present decisions ask for:
// from the original, with every layer that stands, without what a file carries
// unseen. Other readers look for the removed words at once; when one is found,
// or the scanner does not answer, nothing is kept. Errors: Forbidden while a
// page is undecided or nothing is given, Invalid and Unsupported with the
// reason, Internal when the check failed, Conflict when the decisions changed
// meanwhile.
func (r *Room) Build(ctx context.Context, a access.Actor, id, file int64) (v *Version, err error) {
	defer fault.Wrap(&err, "request.Build(%d, %d)", id, file)
	c, q, err := r.whole(ctx, id)
	if err != nil {
		return nil, err
	}
	m, err := found(q, file)
	if err != nil {
		return nil, err
	}
	if err := mayBuild(c, m); err != nil {
		return nil, err
	}
	if v := m.Current(); v != nil {
		return v, nil
	}
	data, err := r.openBytes(ctx, id, m.sealed, m.Digest)
	if err != nil {
		return nil, err
	}
	out, err := r.make(ctx, m, data)
	if err != nil {
		failed := audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.CaseAct, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Failed, Detail: fmt.Sprintf("生成提供件：材料%d没有生成", m.No)})
		if failed != nil {
			return nil, failed
		}
		return nil, err
	}
	if err := r.vault.Ready(ctx); err != nil {
		return nil, err
	}
	blob, err := r.sealBytes(ctx, id, out.data)
	if err != nil {
		return nil, err
	}
	v = &Version{No: len(m.Versions) + 1, Name: out.name, MIME: out.mime, Size: int64(len(out.data)), Digest: blob.digest, Redacted: out.redacted, Report: out.report, MadeBy: a.Login, stand: m.stand(), sealed: blob.SHA256}
	return v, r.db.Tx(ctx, func(tx *sql.Tx) error { return r.keep(ctx, tx, a, c, m, v, blob) })
}

// mayBuild says when a version may be made: while documents are decided about,
// and later only where a lifted layer changed what was handed out.
func mayBuild(c *casework.Case, m *Material) error {
	if !Collecting(c.State) && (c.State != Served && c.State != Archived || m.Given() == nil && !m.liftedWhole()) {
		return mayGather(c)
	}
	if s := m.Undecided(); len(s) > 0 {
		return fault.Newf(fault.Invalid, "request.Build", "%s。", m.Missing(false))
	}
	if !m.Goes() {
		return fault.New(fault.Invalid, "request.Build", "这份材料的各页都不提供，没有可以生成的文件。")
	}
	return nil
}

// liftedWhole reports a document that was withheld whole until its layer was lifted.
func (m *Material) liftedWhole() bool {
	for _, d := range m.Rulings {
		if l, ok := layerOf(m.layers, d.Layer); ok && d.Choice == KeepBack && !l.Stands() {
			return true
		}
	}
	return false
}

// make builds and checks the bytes.
func (r *Room) make(ctx context.Context, m *Material, data []byte) (out made, err error) {
	removals, words, err := r.removals(ctx, m)
	if err != nil {
		return out, err
	}
	out = made{name: m.Name, mime: m.MIME, data: data, redacted: len(removals) > 0}
	if len(docfile.FindRemovals(m.Name, words)) > 0 {
		return out, fault.Field("request.make", "材料名称", "“材料名称”：名称里有要遮盖的词语，请移出后换一个名称再上传。")
	}
	var unopened []string
	if out.report.Hidden, unopened, err = hidden(ctx, m.Name, data); err != nil {
		return out, err
	}
	if len(removals) == 0 && len(out.report.Hidden) == 0 && len(unopened) == 0 {
		return out, nil
	}
	built, report, err := docfile.Redact(ctx, m.Name, data, removals, docfile.RedactOptions{Pages: r.papers.Pages, Anew: true})
	if kind := fault.KindOf(err); err != nil && len(removals) == 0 && (kind == fault.Unsupported || kind == fault.Invalid) {
		return out, fault.Newf(fault.Unsupported, "request.make", "文件里有看不见的内容（%s），这种文件又不能清理，不能提供。%s", strings.Join(append(out.report.Hidden, unopened...), "；"), fault.Text(err))
	}
	if err != nil {
		return out, err
	}
	if len(report.Missing) > 0 {
		return out, fault.Newf(fault.Invalid, "request.make", "有 %d 处要遮盖的内容在文件里没有找到，没有生成文件，请核对遮盖清单。", len(report.Missing))
	}
	out.data, out.report.Dropped, out.report.Unsure, out.report.Removed = built, report.Dropped, report.Unsure, len(removals)
	out.report.Readers, err = r.readAgain(ctx, m, built, words)
	return out, err
}

// removals turns decisions and marks into what Redact understands; words are
// those of them that name words.
func (r *Room) removals(ctx context.Context, m *Material) (all, words []docfile.Removal, err error) {
	opened, err := r.Words(ctx, m.standing())
	if err != nil {
		return nil, nil, err
	}
	for _, k := range m.standing() {
		switch {
		case k.Kind == MarkWords:
			words = append(words, docfile.Removal{Term: opened[k.ID]})
			all = append(all, docfile.Removal{Term: opened[k.ID]})
		default:
			all = append(all, docfile.Removal{Page: k.Page, X: k.X, Y: k.Y, W: k.W, H: k.H})
		}
	}
	for i, p := range m.Pages {
		switch n := i + 1; m.On(n) {
		case KeepBack:
			all = append(all, docfile.Removal{Page: n, W: p.W, H: p.H})
		case GivePart:
			if !m.lifted(n) && !m.removes(n) {
				return nil, nil, fault.Newf(fault.Invalid, "request.removals", "材料%d第%d页决定遮盖后提供，还没有标出要遮盖什么。", m.No, n)
			}
		}
	}
	if len(m.Pages) == 0 && m.On(0) == GivePart && len(m.Marks) == 0 {
		return nil, nil, fault.Newf(fault.Invalid, "request.removals", "材料%d决定遮盖后提供，还没有写要遮盖的词语。", m.No)
	}
	return all, words, nil
}

// removes reports a page that a mark is on; words may be on any.
func (m *Material) removes(page int) bool {
	for _, k := range m.standing() {
		if k.Kind == MarkWords || k.Page == page {
			return true
		}
	}
	return false
}

// lifted reports a page whose marks were of lifted layers.
func (m *Material) lifted(page int) bool {
	for _, k := range m.Marks {
		if k.Kind != MarkPass && !m.stands(k.Layer) && (k.Kind == MarkWords || k.Page == page) {
			return true
		}
	}
	return false
}

// readAgain looks for removed words and hidden data in a version with readers
// that did not write it; the names of those that could look come back.
func (r *Room) readAgain(ctx context.Context, m *Material, built []byte, words []docfile.Removal) (readers []string, err error) {
	left := func(reader string) error {
		return fault.Newf(fault.Internal, "request.readAgain", "核验没有通过：“%s”在处理后的文件里仍找得到要遮盖的内容，没有生成文件，也没有送出。请改用方框。", reader)
	}
	texts, err := m.texts(ctx, built)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		if len(docfile.FindRemovals(t, words)) > 0 {
			return nil, left("重新读取")
		}
	}
	for _, w := range words {
		if len(w.Term) >= 6 && bytes.Contains(built, []byte(w.Term)) {
			return nil, left("逐字节查找")
		}
	}
	readers = []string{"重新读取", "解包", "逐字节查找"} // Redact itself unpacks every stream and entry
	kinds, _, err := hidden(ctx, m.Name, built)
	if err != nil {
		return nil, err
	}
	for _, k := range kinds {
		if k != hiddenNames[docfile.KindMetadata] { // those that remain name this program only
			return nil, fault.Newf(fault.Internal, "request.readAgain", "核验没有通过：处理后的文件里还有%s，没有生成文件，也没有送出。", k)
		}
	}
	if m.Format != docfile.FormatPDF || r.papers.Text == nil {
		return readers, nil
	}
	text, ok, err := r.papers.Text(ctx, built)
	if err != nil || !ok {
		return readers, err
	}
	for _, page := range strings.Split(text, "\f") {
		if len(docfile.FindRemovals(page, words)) > 0 {
			return nil, left("pdftotext")
		}
	}
	return append(readers, "pdftotext"), nil
}
