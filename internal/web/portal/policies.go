package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// longestQuery bounds a question, in characters.
const longestQuery = 200

// policiesPage is the library of policies, narrowed as the address says.
type policiesPage struct {
	ui.Page
	Filter  document.Filter
	Total   int
	Cards   []ui.Card
	Facets  []facetView
	Chips   []chip
	Sorts   []sortView
	Clear   string
	Hidden  []hiddenField // what the search form must carry on
	Pager   ui.Pager
	Chosen  int
	Nothing ui.Empty
}

type facetView struct {
	Name   string
	Title  string
	Values []facetChoice
	More   int
}

type facetChoice struct {
	Label  string
	Count  int
	Href   string
	Chosen bool
}

// chip is a chosen value that a click removes.
type chip struct{ Title, Label, Href string }

// hiddenField carries a condition through the search form.
type hiddenField struct{ Name, Value string }

type sortView struct {
	Name   string
	Href   string
	Chosen bool
}

// readFilter reads a list's filter from the address.
func readFilter(q url.Values) (f document.Filter, err error) {
	f = document.Filter{
		Query: strings.TrimSpace(q.Get("q")), Validity: clean(q["validity"]), Kind: clean(q["kind"]), Region: clean(q["region"]),
		Year: clean(q["year"]), Organ: clean(q["organ"]), Topic: clean(q["topic"]), Sort: q.Get("sort"), Cursor: q.Get("cursor"), Limit: 20,
	}
	if n := len([]rune(f.Query)); n > longestQuery {
		return f, fault.Field("portal.readFilter", "搜索词", textLongQuery, longestQuery)
	}
	if s := q.Get("column"); s != "" {
		if f.Column, err = strconv.ParseInt(s, 10, 64); err != nil || f.Column < 1 {
			return f, fault.Field("portal.readFilter", "栏目", textBadNumber, "栏目", shorten(s, 20))
		}
	}
	if f.Sort == "" {
		f.Sort = "newest"
	}
	for _, s := range sortNames {
		if s.Value == f.Sort {
			return f, nil
		}
	}
	return f, fault.Field("portal.readFilter", "排序", textBadSort, shorten(f.Sort, 20))
}

func clean(values []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range values {
		for _, one := range strings.Split(v, ",") {
			if one = strings.TrimSpace(one); one != "" && !seen[one] {
				seen[one] = true
				out = append(out, one)
			}
		}
	}
	return out
}

// filterQuery writes a filter as an address, in one order.
func filterQuery(f document.Filter) string {
	q := url.Values{}
	if f.Query != "" {
		q.Set("q", f.Query)
	}
	for name, values := range chosen(&f) {
		for _, v := range *values {
			q.Add(name, v)
		}
	}
	if f.Column != 0 {
		q.Set("column", strconv.FormatInt(f.Column, 10))
	}
	if f.Sort != "" && f.Sort != "newest" {
		q.Set("sort", f.Sort)
	}
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	if len(q) == 0 {
		return "/policies"
	}
	return "/policies?" + q.Encode()
}

func chosen(f *document.Filter) map[string]*[]string {
	return map[string]*[]string{
		"validity": &f.Validity, "kind": &f.Kind, "region": &f.Region, "year": &f.Year, "organ": &f.Organ, "topic": &f.Topic,
	}
}

// toggled is the filter with a value added, or removed when it is there.
func toggled(f document.Filter, facet, value string) document.Filter {
	f.Cursor = ""
	values := chosen(&f)[facet]
	if values == nil {
		return f
	}
	var next []string
	found := false
	for _, v := range *values {
		if v == value {
			found = true
			continue
		}
		next = append(next, v)
	}
	if !found {
		next = append(next, value)
	}
	*values = next
	return f
}

func (p *Portal) policies(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.policies %s", r.URL.RawQuery)
	f, err := readFilter(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := p.deps.Library.List(r.Context(), f)
	if err != nil {
		return err
	}
	d := &policiesPage{Page: p.base(r, textPolicies), Filter: f, Total: list.Total, Cards: ui.Cards(list.Cards)}
	d.Wide, d.HideSearch = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textPolicies})
	d.Description = d.Site.Name + "现行有效和历史上的政策文件，可按有效性、文种、机构、年份、主题查找。"
	d.Canonical = filterQuery(f)
	columnMeta(&d.Page, &document.Column{Name: textPolicies, Type: textPolicies, Description: d.Description})
	if err := d.narrow(r, p, list); err != nil {
		return err
	}
	d.sortAndPage(f, list)
	return p.render(w, r, "policies", d)
}

// narrow fills facets and chips. A chosen value that the list no longer
// counts keeps its chip, so that it can be taken away.
func (d *policiesPage) narrow(r *http.Request, p *Portal, list *document.List) error {
	f := d.Filter
	labels := map[string]string{}
	for _, facet := range list.Facets {
		title, known := facetNames[facet.Name]
		if !known || len(facet.Values) == 0 {
			continue
		}
		view := facetView{Name: facet.Name, Title: title, More: facet.More}
		picked := *chosen(&f)[facet.Name]
		for _, v := range facet.Values {
			labels[facet.Name+"\n"+v.Value] = facetLabel(facet.Name, v)
			view.Values = append(view.Values, facetChoice{
				Label: facetLabel(facet.Name, v), Count: v.Count, Href: filterQuery(toggled(f, facet.Name, v.Value)), Chosen: contains(picked, v.Value),
			})
		}
		d.Facets = append(d.Facets, view)
	}
	for _, name := range []string{"validity", "kind", "region", "year", "organ", "topic"} {
		for _, v := range *chosen(&f)[name] {
			label := labels[name+"\n"+v]
			if label == "" {
				label = facetLabel(name, document.FacetValue{Value: v})
			}
			d.Chips = append(d.Chips, chip{facetNames[name], label, filterQuery(toggled(f, name, v))})
			d.Hidden = append(d.Hidden, hiddenField{name, v})
		}
	}
	if f.Column != 0 {
		c, err := p.deps.Library.Column(r.Context(), f.Column)
		if err != nil {
			return err
		}
		without := f
		without.Column, without.Cursor = 0, ""
		d.Chips = append(d.Chips, chip{"栏目", c.Name, filterQuery(without)})
		d.Hidden = append(d.Hidden, hiddenField{"column", strconv.FormatInt(f.Column, 10)})
	}
	if f.Query != "" {
		without := f
		without.Query, without.Cursor = "", ""
		d.Chips = append(d.Chips, chip{"搜索词", f.Query, filterQuery(without)})
	}
	d.Chosen = len(d.Chips)
	return nil
}

func facetLabel(facet string, v document.FacetValue) string {
	switch {
	case facet == "year" && (v.Label == "" || v.Label == v.Value):
		return v.Value + "年"
	case v.Label != "":
		return v.Label
	case facet == "region" && v.Value == "national":
		return textNationalLabel
	}
	return v.Value
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func (d *policiesPage) sortAndPage(f document.Filter, list *document.List) {
	first := f
	first.Cursor = ""
	for _, s := range sortNames {
		by := first
		by.Sort = s.Value
		d.Sorts = append(d.Sorts, sortView{s.Name, filterQuery(by), s.Value == f.Sort})
	}
	d.Clear = filterQuery(document.Filter{Sort: f.Sort})
	if f.Sort != "newest" {
		d.Hidden = append(d.Hidden, hiddenField{"sort", f.Sort})
	}
	if list.Previous {
		d.Pager.First = filterQuery(first)
	}
	if list.Next != "" {
		next := f
		next.Cursor = list.Next
		d.Pager.Next = filterQuery(next)
	}
	if list.Total > 0 {
		return
	}
	d.Nothing = ui.Empty{Title: "没有符合条件的文件", Lines: []string{"可以去掉上面的一个条件，或者换个说法再找。"}}
	if d.Chosen == 0 {
		d.Nothing = ui.Empty{Title: "还没有公开的文件", Lines: []string{"文件公开以后会列在这里，可以按有效性、文种、机构、年份和主题查找。"}}
		return
	}
	d.Nothing.Ways = []ui.Way{{Name: "去掉全部条件", Href: d.Clear}}
	if f.Query != "" {
		d.Nothing.Ways = append(d.Nothing.Ways, ui.Way{Name: "在全文里搜索“" + shorten(f.Query, 20) + "”", Href: "/search?q=" + url.QueryEscape(f.Query)})
	}
}
