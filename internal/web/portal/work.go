package portal

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// workPage is a work on a day: the page citizens come for.
type workPage struct {
	ui.Page
	View     *document.View
	Edition  *document.Edition // nil before the first text
	State    ui.State
	Band     []string // sentences beside the state
	Ended    *endedBand
	Elsewhen *elsewhen
	First    workday.Date // first day with a text, when the page has none
	Facts    []factRow    // Z25-0.1, in its order
	More     []factRow
	Text     textView
	Files    []fileLine
	Links    []relationGroup
	DeadBase int // bases that are no longer in force
	Editions []editionLine
	Cites    []citeLine
	At       string // query that asks for this same text, or ""
	Day      string // value of the date field
	QR       string
	Released string
	Preview  bool // not public yet; only the staff see it
}

// endedBand is the full-width notice of a work that no longer counts.
type endedBand struct {
	Verb     string
	By       *document.Backlink
	Since    workday.Date
	Dateless bool
	Instead  *document.Backlink
}

// elsewhen says that the text shown is not today's.
type elsewhen struct {
	On      workday.Date // day asked for, zero when an edition was asked for
	Label   int
	Amended bool
	Now     int // label of the text in force today, 0 when unknown
}

// editionLine is one text of the work in the side column.
type editionLine struct {
	Label   int
	Href    string
	Words   string
	Current bool // shown on this page
}

// citeLine is one way to cite the work.
type citeLine struct{ Name, Text string }

// workRequest is what the address asks of a work.
type workRequest struct {
	id int64
	at document.At
}

// readWork reads number, day and edition from the address.
func readWork(r *http.Request) (q workRequest, err error) {
	defer fault.Wrap(&err, "portal.readWork")
	if q.id, err = workID(r); err != nil {
		return q, err
	}
	if q.at.On, err = queryDay(r, "on", "日期"); err != nil {
		return q, err
	}
	if q.at.Edition, err = queryNumber(r, "edition", "文本号"); err != nil {
		return q, err
	}
	if !q.at.On.IsZero() && q.at.Edition > 0 {
		return q, fault.Field("portal.readWork", "日期", textBothAt)
	}
	return q, nil
}

// query repeats the choice of text in an address.
func (q workRequest) query() string {
	switch {
	case q.at.Edition > 0:
		return "?edition=" + strconv.Itoa(q.at.Edition)
	case !q.at.On.IsZero():
		return "?on=" + q.at.On.String()
	}
	return ""
}

func (p *Portal) work(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.work %s", r.PathValue("id"))
	q, err := readWork(r)
	if err != nil {
		return err
	}
	v, err := p.deps.Library.View(r.Context(), q.id, q.at)
	if err != nil {
		return err
	}
	d := &workPage{Page: p.base(r, viewTitle(v)), View: v, Edition: v.Edition, At: q.query(), Day: q.at.On.String()}
	d.Wide = true
	d.QR = d.Link(workPath(q.id) + "/qr.svg")
	d.State = stateOf(v)
	if err := p.placeWork(r.Context(), &d.Page, v); err != nil {
		return err
	}
	d.Editions = editionLines(v)
	d.Elsewhen = elsewhenOf(q, v, p.today())
	if v.Edition == nil {
		d.First = firstDay(v)
		d.NoIndex = true
		return p.render(w, r, "work", d)
	}
	e := v.Edition
	d.Released = ui.Minute(e.ReleasedAt)
	d.Band = bandWords(v, p.today())
	d.Ended = endedOf(v)
	d.Facts, d.More = workFacts(v, d.State)
	d.Text = writeText(e, v.Text, v.Provisions, deadNotes(v), citations(v, d.Variant), picturesOf(v.Files, func(f document.File) string { return d.Link(filePath(v.Work, e.Label, f.Position) + "/raw?inline=1") }))
	d.Files = fileLines(v)
	d.Links, d.DeadBase = relationGroups(v)
	d.Cites = citeLines(v, d.BaseURL+workPath(v.Work), p.today())
	d.Description = strings.Join(append([]string{e.Title, e.DocNo}, organNames(e)), "，")
	articleMeta(&d.Page, e, d.BaseURL+workPath(v.Work))
	return p.render(w, r, "work", d)
}

// stateOf is the mark of a work; the note tells a repeal without a day.
func stateOf(v *document.View) ui.State {
	return ui.NewState(v.Validity, strings.Contains(v.ValidityNote, "日期不详"))
}

// Link keeps a path in the page's variant, for addresses made in Go.
func (d *workPage) Link(path string) string { return d.Variant.Link(path) }

func viewTitle(v *document.View) string {
	if v.Edition != nil {
		return v.Edition.Title
	}
	if n := len(v.Editions); n > 0 {
		return v.Editions[0].Title
	}
	return fmt.Sprintf("文件 %d", v.Work)
}

// placeWork sets the path above the page and the tags of its column; a work
// that stands in no column belongs to the library of policies.
func (p *Portal) placeWork(ctx context.Context, b *ui.Page, v *document.View) error {
	if len(v.Placements) == 0 {
		b.Crumbs = crumbs(document.Crumb{Name: textPolicies, Href: "/policies"}, document.Crumb{Name: shorten(b.Title, 24)})
		columnMeta(b, &document.Column{Name: textPolicies, Type: textPolicies})
		return nil
	}
	pl := v.Placements[0]
	c := &document.Column{Name: pl.Name, Type: pl.Type, Description: pl.Description, Keywords: pl.Keywords}
	steps := pl.Trail
	if len(steps) == 0 {
		steps = []document.Crumb{{Name: pl.Name, Href: "/columns/" + strconv.FormatInt(pl.ColumnID, 10)}}
	}
	b.Crumbs = crumbs(withoutHome(steps)...)
	b.Crumbs = append(b.Crumbs, document.Crumb{Name: shorten(b.Title, 24)})
	columnMeta(b, c)
	return nil
}

// withoutHome drops a first step that is the site itself: 首页 stands for it.
func withoutHome(steps []document.Crumb) []document.Crumb {
	if len(steps) > 0 && steps[0].Href == "/" {
		return steps[1:]
	}
	return steps
}

// articleMeta adds the page tags of a content page (E2a).
func articleMeta(b *ui.Page, e *document.Edition, address string) {
	source := e.SourceName
	if source == "" {
		source = organNames(e)
	}
	published := ""
	if !e.ReleasedAt.IsZero() {
		published = ui.Minute(e.ReleasedAt)
	}
	b.Meta = append(b.Meta, ui.Meta{Name: "ArticleTitle", Content: e.Title}, ui.Meta{Name: "PubDate", Content: published},
		ui.Meta{Name: "ContentSource", Content: source}, ui.Meta{Name: "Keywords", Content: strings.Join(e.Topics, ";")},
		ui.Meta{Name: "Author", Content: organNames(e)}, ui.Meta{Name: "Url", Content: address})
}

func firstDay(v *document.View) workday.Date {
	var first workday.Date
	for _, e := range v.Editions {
		if !e.From.IsZero() && (first.IsZero() || e.From.Before(first)) {
			first = e.From
		}
	}
	return first
}

// elsewhenOf is nil when the page shows today's text.
func elsewhenOf(q workRequest, v *document.View, today workday.Date) *elsewhen {
	s := &elsewhen{}
	if v.Edition != nil {
		s.Label = v.Edition.Label
		s.Amended = v.Edition.Standing == document.StandingAmended
	}
	for _, e := range v.Editions {
		if !e.From.IsZero() && !e.From.After(today) && (e.Until.IsZero() || e.Until.After(today)) {
			s.Now = e.Label
		}
	}
	switch {
	case q.at.Edition > 0 && s.Label != s.Now && len(v.Editions) > 1:
		return s
	case !q.at.On.IsZero() && q.at.On != today:
		s.On = q.at.On
		return s
	}
	return nil
}

func editionLines(v *document.View) []editionLine {
	lines := make([]editionLine, 0, len(v.Editions))
	for i := len(v.Editions) - 1; i >= 0; i-- {
		e := &v.Editions[i]
		words := "日期不详"
		switch {
		case !e.From.IsZero() && !e.Until.IsZero():
			words = e.From.Chinese() + "至" + e.Until.AddDays(-1).Chinese()
		case !e.From.IsZero():
			words = e.From.Chinese() + "起"
		}
		lines = append(lines, editionLine{
			Label: e.Label, Words: words, Href: workPath(v.Work) + "?edition=" + strconv.Itoa(e.Label),
			Current: v.Edition != nil && v.Edition.Label == e.Label,
		})
	}
	return lines
}

// citeLines follow GB/T 9704 (title first, then number) and GB/T 7714.
func citeLines(v *document.View, address string, today workday.Date) []citeLine {
	e := v.Edition
	official := "《" + strings.Trim(e.Title, "《》") + "》"
	if e.DocNo != "" {
		official += "（" + e.DocNo + "）"
	}
	paper := e.Title
	if e.DocNo != "" {
		paper += ": " + e.DocNo
	}
	if o := organNames(e); o != "" {
		paper = o + ". " + paper
	}
	paper += "[A/OL]. "
	if !e.PublishedOn.IsZero() {
		paper += "(" + e.PublishedOn.String() + ")"
	}
	paper += "[" + today.String() + "]. " + address + "."
	return []citeLine{{"公文引用", official}, {"论文引用", paper}}
}

// organNames joins the issuing organs with the names they bore that day.
func organNames(e *document.Edition) string {
	names := make([]string, len(e.Organs))
	for i, o := range e.Organs {
		names[i] = o.Name
	}
	return strings.Join(names, "、")
}

func organHref(code string) string {
	if code == "" {
		return ""
	}
	return "/organs/" + url.PathEscape(code)
}
