package portal

import (
	"context"
	"net/http"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// searchLimit is the number of hits a page shows; an answer with fewer than
// poorAnswer hits also offers names that are written alike.
const (
	searchLimit = 10
	poorAnswer  = 3
)

// searchPage is a question and its answer.
type searchPage struct {
	ui.Page
	Q             string
	Day, From, To string       // as the form holds them
	On            workday.Date // zero is today
	Current       bool
	National      bool
	Level         string
	More          bool // the form's further conditions stand open
	Hidden        []hiddenField
	Asked         bool
	Wordless      string // why nothing was looked for

	Relaxed   bool
	Corrected string // the words that were looked for instead
	AsTyped   string // leads to the answer without correcting
	Total     int
	Answer    *directAnswer
	Found     *foundBlock // organs, leaders and units
	Hits      []hitView
	Tabs      []facetChoice
	Levels    []sortView
	Sorts     []sortView
	Facets    []searchFacet
	Chips     []chip
	Clear     string
	Pager     ui.Pager
	PagerEnd  bool // more hits than pages lead to

	Feed       string
	Exports    []ui.Way
	ExportMost int // rows a file holds at most, when the list is longer

	Suggestions []suggestionView
	Understood  []string // how the question was read, when nothing was found
	Ways        []ui.Way
}

// hitView is a found work or article.
type hitView struct {
	Href    string
	Title   string
	Article string
	DocNo   string
	Organ   string
	Kind    string
	Date    workday.Date
	State   ui.State
	Why     string
	Snippet []snippetPart
}

type snippetPart struct {
	Text   string
	Marked bool
}

func (p *Portal) search(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.search %s", shorten(r.URL.RawQuery, 200))
	q, err := readQuestion(r)
	if err != nil {
		return err
	}
	title := textSearch
	if q.Text != "" {
		title = textSearch + "：" + shorten(q.Text, 30)
	}
	d := &searchPage{Page: p.base(r, title), Q: q.Text, On: q.On, Day: q.On.String(), From: q.From.String(), To: q.To.String(),
		Current: q.Current, National: q.National, Level: q.Level}
	d.Crumbs = crumbs(document.Crumb{Name: textSearch})
	d.HideSearch, d.NoIndex, d.Wide = true, true, true
	d.Search, d.Asked = q.Text, q.Text != ""
	d.More = !q.On.IsZero() || !q.From.IsZero() || !q.To.IsZero() || q.Current || q.National
	switch {
	case !d.Asked:
	case wordless(q.Text):
		d.Wordless = shorten(q.Text, 30)
		d.Ways = waysAnywhere()
	default:
		if err := d.answer(p, r.Context(), q); err != nil {
			return err
		}
	}
	return p.render(w, r, "search", d)
}

// answer asks the index and lays out what it says.
func (d *searchPage) answer(p *Portal, ctx context.Context, q question) error {
	ask := q.ask()
	ask.Facets = true
	res, err := p.deps.Search.Search(ctx, ask)
	if err != nil {
		return err
	}
	d.Total, d.Relaxed, d.Corrected = res.Total, res.Mode == search.ModeRelaxed, res.Corrected
	if d.Corrected != "" {
		typed := q.first()
		typed.Words = true
		d.AsTyped = typed.href()
	}
	for _, h := range res.Hits {
		d.Hits = append(d.Hits, viewHit(h, q))
	}
	if d.Answer, err = p.directAnswer(ctx, q, res); err != nil {
		return err
	}
	if d.Found, err = p.organBlock(ctx, q); err != nil {
		return err
	}
	if err := d.narrow(p, ctx, q, res); err != nil {
		return err
	}
	d.order(q)
	d.page(q, len(res.Hits))
	d.takeAway(q)
	if d.Answer == nil && q.Offset == 0 && (d.Relaxed || d.Total < poorAnswer) {
		if d.Suggestions, err = p.suggestions(ctx, q.Text, poorSuggestions); err != nil {
			return err
		}
	}
	if d.Total > 0 {
		return nil
	}
	d.Understood = understood(q)
	d.Ways, err = p.waysOn(ctx, q)
	return err
}

// order offers the other ways to list the same hits.
func (d *searchPage) order(q question) {
	for _, l := range []choice{{search.LevelDocument, "按文件"}, {search.LevelArticle, "按条文"}} {
		other := q.first()
		other.Level = l.Value
		d.Levels = append(d.Levels, sortView{l.Name, other.href(), q.Level == l.Value})
	}
	for _, s := range searchSorts {
		other := q.first()
		other.Sort = s.Value
		d.Sorts = append(d.Sorts, sortView{s.Name, other.href(), q.Sort == s.Value})
	}
}

func (d *searchPage) page(q question, shown int) {
	if q.Offset > 0 {
		d.Pager.First = q.first().href()
	}
	next := q
	next.Offset += shown
	if shown == 0 || next.Offset >= d.Total {
		return
	}
	if d.PagerEnd = next.Offset > mostOffset; !d.PagerEnd {
		d.Pager.Next = next.href()
	}
}

// takeAway offers the list as a feed and as files.
func (d *searchPage) takeAway(q question) {
	if d.Total == 0 {
		return
	}
	if !q.Words { // a feed corrects as the index does
		d.Feed = q.feedHref()
	}
	for _, f := range exportFormats {
		d.Exports = append(d.Exports, ui.Way{Name: f.Name, Href: q.exportHref(f.Value)})
	}
	if d.Total > maxExport {
		d.ExportMost = maxExport
	}
}

func viewHit(h search.Hit, q question) hitView {
	v := hitView{
		Href: workPath(h.Work), Title: h.Title, Article: h.Article, DocNo: h.DocNo, Organ: h.Organ, Kind: h.Kind, Why: h.Why,
		State: ui.NewState(document.Validity(h.Validity), false), Snippet: mark(h.Snippet, h.Marks),
	}
	if d, ok := workday.ParseDate(h.Date); ok {
		v.Date = d
	}
	if !q.On.IsZero() {
		v.Href += "?on=" + q.On.String()
	}
	v.Href += fragment(h.Path)
	return v
}

// mark cuts a snippet at its matched spans, given in runes.
func mark(s string, spans [][2]int) []snippetPart {
	runes := []rune(s)
	var out []snippetPart
	at := 0
	for _, sp := range spans {
		if sp[0] < at || sp[1] <= sp[0] || sp[1] > len(runes) {
			continue
		}
		if sp[0] > at {
			out = append(out, snippetPart{string(runes[at:sp[0]]), false})
		}
		out = append(out, snippetPart{string(runes[sp[0]:sp[1]]), true})
		at = sp[1]
	}
	if at < len(runes) {
		out = append(out, snippetPart{string(runes[at:]), false})
	}
	return out
}
