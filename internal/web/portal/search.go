package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// searchLimit is the number of hits a page shows.
const searchLimit = 10

// searchPage is a question and its answer.
type searchPage struct {
	ui.Page
	Q          string
	Day        string
	On         workday.Date // zero is today
	Current    bool
	National   bool
	Level      string
	Asked      bool
	Relaxed    bool
	Total      int
	Exact      *hitView
	Hits       []hitView
	Tabs       []sortView
	Pager      ui.Pager
	Understood []string // how the question was read, when nothing was found
	Ways       []ui.Way
}

// hitView is a found work or article.
type hitView struct {
	Href    string
	Title   string
	Article string
	DocNo   string
	Organ   string
	Date    workday.Date
	State   ui.State
	Why     string
	Snippet []snippetPart
}

type snippetPart struct {
	Text   string
	Marked bool
}

// readSearch reads a question from the address.
func readSearch(r *http.Request) (q search.Query, err error) {
	v := r.URL.Query()
	q = search.Query{
		Text: strings.TrimSpace(v.Get("q")), Level: v.Get("level"), Limit: searchLimit,
		Current: v.Get("current") == "1", National: v.Get("national") == "1", Kinds: clean(v["kind"]),
	}
	if len([]rune(q.Text)) > longestQuery {
		return q, fault.Field("portal.readSearch", "搜索词", textLongQuery, longestQuery)
	}
	if q.On, err = queryDay(r, "on", "日期"); err != nil {
		return q, err
	}
	switch q.Level {
	case "":
		q.Level = search.LevelDocument
	case search.LevelDocument, search.LevelArticle:
	default:
		return q, fault.Field("portal.readSearch", "范围", textBadLevel, shorten(q.Level, 20))
	}
	if c := v.Get("cursor"); c != "" {
		if q.Offset, err = strconv.Atoi(c); err != nil || q.Offset < 0 || q.Offset > 10000 {
			return q, fault.Field("portal.readSearch", "页", textBadNumber, "页", shorten(c, 20))
		}
	}
	return q, nil
}

// searchHref writes a question as an address.
func searchHref(q search.Query) string {
	v := url.Values{}
	v.Set("q", q.Text)
	if q.Level != "" && q.Level != search.LevelDocument {
		v.Set("level", q.Level)
	}
	if !q.On.IsZero() {
		v.Set("on", q.On.String())
	}
	if q.Current {
		v.Set("current", "1")
	}
	if q.National {
		v.Set("national", "1")
	}
	for _, k := range q.Kinds {
		v.Add("kind", k)
	}
	if q.Offset > 0 {
		v.Set("cursor", strconv.Itoa(q.Offset))
	}
	return "/search?" + v.Encode()
}

func (p *Portal) search(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.search %s", shorten(r.URL.RawQuery, 200))
	q, err := readSearch(r)
	if err != nil {
		return err
	}
	title := textSearch
	if q.Text != "" {
		title = textSearch + "：" + shorten(q.Text, 30)
	}
	d := &searchPage{Page: p.base(r, title), Q: q.Text, On: q.On, Day: q.On.String(), Current: q.Current, National: q.National, Level: q.Level}
	d.Crumbs = crumbs(document.Crumb{Name: textSearch})
	d.HideSearch, d.NoIndex = true, true
	d.Search = q.Text
	if q.Text == "" {
		return p.render(w, r, "search", d)
	}
	d.Asked = true
	answer, err := p.deps.Search.Search(r.Context(), q)
	if err != nil {
		return err
	}
	d.fill(q, answer)
	return p.render(w, r, "search", d)
}

func (d *searchPage) fill(q search.Query, answer *search.Result) {
	d.Total, d.Relaxed = answer.Total, answer.Mode == search.ModeRelaxed
	if answer.Exact != nil && q.Offset == 0 {
		v := viewHit(*answer.Exact, q)
		d.Exact = &v
	}
	for _, h := range answer.Hits {
		d.Hits = append(d.Hits, viewHit(h, q))
	}
	for _, t := range []choice{{search.LevelDocument, "按文件"}, {search.LevelArticle, "按条文"}} {
		other := q
		other.Level, other.Offset = t.Value, 0
		d.Tabs = append(d.Tabs, sortView{t.Name, searchHref(other), q.Level == t.Value})
	}
	if q.Offset > 0 {
		first := q
		first.Offset = 0
		d.Pager.First = searchHref(first)
	}
	if q.Offset+len(answer.Hits) < answer.Total && len(answer.Hits) > 0 {
		next := q
		next.Offset += len(answer.Hits)
		d.Pager.Next = searchHref(next)
	}
	if len(d.Hits) == 0 && d.Exact == nil {
		d.Understood = understood(q)
		d.Ways = waysOn(q)
	}
}

func viewHit(h search.Hit, q search.Query) hitView {
	v := hitView{
		Href: workPath(h.Work), Title: h.Title, Article: h.Article, DocNo: h.DocNo, Organ: h.Organ, Why: h.Why,
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

// understood says how the question was read.
func understood(q search.Query) []string {
	var out []string
	if _, _, ok := zh.ParseDocNumber(q.Text); ok {
		out = append(out, "“"+q.Text+"”像一个发文字号，按文号找过")
	} else {
		out = append(out, "找同时含有“"+q.Text+"”各个词的文件")
	}
	if !q.On.IsZero() {
		out = append(out, "只看 "+q.On.Chinese()+" 当天的文本")
	}
	if q.Current {
		out = append(out, "只看有效的")
	}
	if q.National {
		out = append(out, "只看全国性的")
	}
	if len(q.Kinds) > 0 {
		out = append(out, "只看"+strings.Join(q.Kinds, "、"))
	}
	return out
}

// waysOn are the ways to go on from an empty answer.
func waysOn(q search.Query) []ui.Way {
	var ways []ui.Way
	plain := search.Query{Text: q.Text}
	if searchHref(plain) != searchHref(q) {
		ways = append(ways, ui.Way{Name: "去掉附加条件，重新搜索", Href: searchHref(plain)})
	}
	if q.Level == search.LevelDocument {
		other := plain
		other.Level = search.LevelArticle
		ways = append(ways, ui.Way{Name: "到条文里逐条找", Href: searchHref(other)})
	}
	return append(ways, ui.Way{Name: "在标题和文号里找", Href: "/policies?q=" + url.QueryEscape(q.Text)},
		ui.Way{Name: "按主题、机构、年份筛选", Href: "/policies"})
}
