package request

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/vault"
)

// MarkForm names what to remove: a box on a page, or words wherever they stand
// in the document. Ground and Layer say what it rests on.
type MarkForm struct {
	Page       int
	X, Y, W, H float64 // points from the top left; pixels of a picture
	Words      string
	Ground     string
	Layer      string
	Reason     string
}

// maxMarks bounds the removals of one document.
const maxMarks = 2000

// Mark adds a removal. The pages that it touches are then given in part.
func (r *Room) Mark(ctx context.Context, a access.Actor, id, file int64, f MarkForm) (err error) {
	defer fault.Wrap(&err, "request.Mark(%d, %d)", id, file)
	if f.Words = strings.TrimSpace(f.Words); f.Words != "" {
		if err := r.vault.Ready(ctx); err != nil {
			return err
		}
	}
	if err := words("理由", f.Reason, true); err != nil {
		return err
	}
	m, err := r.material(ctx, id, file)
	if err != nil {
		return err
	}
	pages, err := r.touched(ctx, id, m, f)
	if err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		q, m, err := r.materialIn(ctx, tx, id, file)
		if err != nil {
			return err
		}
		if len(m.Marks) >= maxMarks {
			return fault.Newf(fault.TooLarge, "request.Mark", "一份材料最多遮盖 %d 处。", maxMarks)
		}
		layer, err := r.layer(ctx, tx, a, &q.Material, id, f.Ground, f.Layer)
		if err != nil {
			return err
		}
		kind := MarkBox
		if f.Words != "" {
			kind = MarkWords
		}
		if err := r.insertMark(ctx, tx, a, file, layer, kind, f); err != nil {
			return err
		}
		for _, n := range pages {
			if d, ok := m.Ruled(n); ok && d.Choice == KeepBack {
				continue // what is withheld as a whole stays so
			}
			if err := r.rule(ctx, tx, a, file, n, Ruling{Choice: GivePart}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Room) insertMark(ctx context.Context, tx *sql.Tx, a access.Actor, file, layer int64, kind string, f MarkForm) error {
	hundredths := func(v float64) int64 { return int64(math.Round(v * 100)) }
	var mark int64
	if err := tx.QueryRowContext(ctx, `INSERT INTO request_marks (file_id, layer_id, kind, page, x, y, w, h, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		file, layer, kind, f.Page, hundredths(f.X), hundredths(f.Y), hundredths(f.W), hundredths(f.H), strings.TrimSpace(f.Reason), a.Login, r.now().UnixMicro()).Scan(&mark); err != nil {
		return err
	}
	if f.Words == "" {
		return nil
	}
	sealed, err := r.vault.Seal(ctx, markPlace(mark), f.Words)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE request_marks SET words_sealed = $2 WHERE id = $1`, mark, sealed)
	return err
}

func markPlace(mark int64) vault.Place {
	return vault.Place{Table: "request_marks", Column: "words_sealed", Row: mark}
}

// touched checks a new mark and says which pages it is on; 0 is the whole of a
// document without pages.
func (r *Room) touched(ctx context.Context, id int64, m *Material, f MarkForm) ([]int, error) {
	if m.Public() {
		return nil, fault.New(fault.Invalid, "request.Mark", "已经主动公开的资料不用遮盖。")
	}
	if f.Words == "" {
		if f.Page < 1 || f.Page > len(m.Pages) {
			return nil, fault.Field("request.Mark", "页码", "“页码”：材料%d没有第 %d 页。", m.No, f.Page)
		}
		p := m.Pages[f.Page-1]
		if f.W <= 0 || f.H <= 0 || f.X < 0 || f.Y < 0 || f.X >= p.W || f.Y >= p.H {
			return nil, fault.Field("request.Mark", "方框", "“方框”：要有宽和高，并且在这一页以内。")
		}
		return []int{f.Page}, nil
	}
	if len([]rune(f.Words)) > 200 {
		return nil, fault.Field("request.Mark", "要遮盖的词语", "“要遮盖的词语”：一次不超过 200 个字。")
	}
	if m.picture() {
		return nil, fault.Field("request.Mark", "要遮盖的词语", "“要遮盖的词语”：图片里的文字找不到，请画方框。")
	}
	data, err := r.openBytes(ctx, id, m.sealed, m.Digest)
	if err != nil {
		return nil, err
	}
	removal := []docfile.Removal{{Term: f.Words}}
	if m.Format == docfile.FormatPDF {
		places, err := docfile.PDFPlaces(ctx, data, removal, docfile.DefaultLimits())
		if err != nil {
			return nil, err
		}
		var pages []int
		for _, p := range places {
			if !slices.Contains(pages, p.Page) {
				pages = append(pages, p.Page)
			}
		}
		if len(pages) == 0 {
			return nil, notFound(m)
		}
		return pages, nil
	}
	texts, err := m.texts(ctx, data)
	if err != nil {
		return nil, err
	}
	if len(docfile.FindRemovals(strings.Join(texts, "\n"), removal)) == 0 {
		return nil, notFound(m)
	}
	return []int{0}, nil
}

func notFound(m *Material) error {
	return fault.Field("request.Mark", "要遮盖的词语", "“要遮盖的词语”：在材料%d里没有找到。扫描页上的文字请画方框。", m.No)
}

func (m *Material) picture() bool {
	return strings.HasPrefix(m.MIME, "image/")
}

// texts are the words of a document page by page; a document without pages is
// one page.
func (m *Material) texts(ctx context.Context, data []byte) (out []string, err error) {
	switch {
	case m.picture():
		return nil, nil
	case m.Format == docfile.FormatPDF:
		pages, err := docfile.PDFPages(ctx, data, docfile.DefaultLimits())
		for _, p := range pages {
			out = append(out, p.Text)
		}
		return out, err
	}
	in, err := docfile.Inspect(ctx, m.Name, data, docfile.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var all []string
	for _, p := range in.Parts {
		if p.Opened && p.Kind != docfile.KindFileName && p.Kind != docfile.KindMetadata {
			all = append(all, p.Text)
		}
	}
	return []string{strings.Join(all, "\n")}, nil
}

// DropMark takes a removal back before the decision is proposed.
func (r *Room) DropMark(ctx context.Context, a access.Actor, id, file, mark int64) (err error) {
	defer fault.Wrap(&err, "request.DropMark(%d, %d, %d)", id, file, mark)
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		_, m, err := r.materialIn(ctx, tx, id, file)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(m.Marks, func(k Mark) bool { return k.ID == mark }) {
			return fault.New(fault.NotFound, "request.DropMark", "没有找到这处遮盖。")
		}
		_, err = tx.ExecContext(ctx, `UPDATE request_marks SET dropped = 1 WHERE id = $1`, mark)
		return err
	})
}

// Words opens the words of marks, by mark. The caller shows them to somebody
// who may see the document.
func (r *Room) Words(ctx context.Context, marks []Mark) (out map[int64]string, err error) {
	defer fault.Wrap(&err, "request.Words")
	out = map[int64]string{}
	for _, k := range marks {
		if k.sealed == "" {
			continue
		}
		if out[k.ID], err = r.vault.Open(ctx, markPlace(k.ID), k.sealed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Suggestion is a place that the rules for personal data would remove.
type Suggestion struct {
	Page  int
	Words string
	Name  string // of the rule
	Why   string
	Sure  bool // at level block
}

// Look is a document as the person sees it who decides about it.
type Look struct {
	Texts       []string // by page
	Places      []docfile.Place
	Words       map[int64]string // of marks
	Suggestions []Suggestion
	Hidden      []string // kinds of hidden data in the file, Chinese
	Unopened    []string // what could not be looked into, Chinese
}

// Study reads a document for the page on which it is decided about: its words,
// what the rules suggest and nobody has dismissed or marked, hidden data, and
// where the words of marks stand. The reading is an act in the audit log.
func (r *Room) Study(ctx context.Context, a access.Actor, id, file int64) (m *Material, out *Look, err error) {
	defer fault.Wrap(&err, "request.Study(%d, %d)", id, file)
	m, data, err := r.Original(ctx, a, id, file)
	if err != nil {
		return nil, nil, err
	}
	out = &Look{}
	if out.Words, err = r.Words(ctx, m.Marks); err != nil {
		return nil, nil, err
	}
	if out.Texts, err = m.texts(ctx, data); err != nil {
		return nil, nil, err
	}
	if out.Hidden, out.Unopened, err = hidden(ctx, m.Name, data); err != nil {
		return nil, nil, err
	}
	var removals []docfile.Removal
	for _, k := range m.Marks {
		if w := out.Words[k.ID]; w != "" && k.Kind == MarkWords && m.stands(k.Layer) {
			removals = append(removals, docfile.Removal{Term: w})
		}
	}
	if m.Format == docfile.FormatPDF && len(removals) > 0 {
		if out.Places, err = docfile.PDFPlaces(ctx, data, removals, docfile.DefaultLimits()); err != nil {
			return nil, nil, err
		}
	}
	out.suggest()
	return m, out, nil
}

// suggest runs the rules for personal data over the pages.
func (l *Look) suggest() {
	known := map[string]bool{}
	for _, w := range l.Words {
		known[w] = true
	}
	in := proofread.Input{}
	for _, t := range l.Texts {
		in.Parts = append(in.Parts, proofread.Part{Kind: proofread.PartText, Text: t, Opened: true})
	}
	for _, h := range proofread.Check(in, proofread.Options{PersonalOnly: true}).Hits {
		w := strings.TrimSpace(h.Text)
		if h.Kind == "" || w == "" || known[w] {
			continue
		}
		known[w] = true
		rule, _ := proofread.RuleByID(h.Rule)
		l.Suggestions = append(l.Suggestions, Suggestion{Page: h.Part + 1, Words: w, Name: rule.Name, Why: h.Why, Sure: h.Level == proofread.Block})
	}
}

// Dismiss keeps a suggestion from being made again.
func (r *Room) Dismiss(ctx context.Context, a access.Actor, id, file int64, w string) (err error) {
	defer fault.Wrap(&err, "request.Dismiss(%d, %d)", id, file)
	if err := words("词语", w, true); err != nil {
		return err
	}
	if err := r.vault.Ready(ctx); err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, _, err := r.materialIn(ctx, tx, id, file); err != nil {
			return err
		}
		return r.insertMark(ctx, tx, a, file, 0, MarkPass, MarkForm{Words: strings.TrimSpace(w)})
	})
}

// hiddenNames are the kinds of data that travel with a file unseen.
var hiddenNames = map[docfile.InspectedKind]string{
	docfile.KindHiddenSheet: "隐藏的工作表", docfile.KindVeryHidden: "隐藏的工作表", docfile.KindHiddenRows: "隐藏的行", docfile.KindHiddenColumns: "隐藏的列",
	docfile.KindTrackedInsert: "修订标记", docfile.KindTrackedDelete: "修订删除的文字", docfile.KindComment: "批注", docfile.KindMetadata: "属性（作者、单位等）",
	docfile.KindEXIF: "拍摄信息", docfile.KindEmbedded: "嵌入的文件", docfile.KindEarlierRevision: "以前的版本", docfile.KindWhiteText: "看不见的文字",
	docfile.KindHiddenText: "隐藏的文字", docfile.KindAnnotation: "注释", docfile.KindAttachment: "附件", docfile.KindExternalLink: "外部链接",
}

// hidden lists what a file carries unseen, and what nobody could look into.
func hidden(ctx context.Context, name string, data []byte) (kinds, unopened []string, err error) {
	in, err := docfile.Inspect(ctx, name, data, docfile.DefaultLimits())
	if err != nil {
		return nil, nil, err
	}
	for _, p := range in.Parts {
		if !p.Opened {
			if s := p.Where + "：" + p.Why; !slices.Contains(unopened, s) {
				unopened = append(unopened, s)
			}
			continue
		}
		if n := hiddenNames[p.Kind]; n != "" && strings.TrimSpace(p.Text) != "" && !pageField(p) && !slices.Contains(kinds, n) {
			kinds = append(kinds, n)
		}
	}
	return kinds, unopened, nil
}

// pageField reports the code of a page number, which every footer has and which
// tells nothing.
func pageField(p docfile.InspectedPart) bool {
	code := strings.ToUpper(strings.TrimSpace(p.Text))
	return p.Kind == docfile.KindHiddenText && (code == "PAGE" || code == "NUMPAGES")
}
