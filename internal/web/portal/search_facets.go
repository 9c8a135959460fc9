package portal

import (
	"context"
	"slices"
	"strconv"

	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// filterGroup is a way to narrow an answer to chosen values.
type filterGroup struct {
	name, title string
	chosen      func(*search.Query) *[]string
	counted     func(*search.Facets) []search.Facet
}

var filterGroups = []filterGroup{
	{"validity", "有效性", func(q *search.Query) *[]string { return &q.Validity }, func(f *search.Facets) []search.Facet { return f.Validity }},
	{"kind", "文种", func(q *search.Query) *[]string { return &q.Kinds }, func(f *search.Facets) []search.Facet { return f.Kind }},
	{"organ", "发文机关", func(q *search.Query) *[]string { return &q.Organs }, func(f *search.Facets) []search.Facet { return f.Organ }},
	{"region", "地区", func(q *search.Query) *[]string { return &q.Regions }, func(f *search.Facets) []search.Facet { return f.Region }},
}

// facetShown is how many values of a group stand open; the rest unfolds.
const facetShown = 8

// searchFacet is a group with its values.
type searchFacet struct {
	Name, Title string
	Values      []facetChoice
	Rest        []facetChoice
}

// counts asks the index for the figures of one answer and of the same answer
// without one condition, each question once.
type counts struct {
	p     *Portal
	ctx   context.Context
	base  *search.Result
	asked map[string]*search.Facets
}

// without gives the figures of a wider question. One that is answered in
// another way than the page says nothing about the page, so then its own stay.
func (c *counts) without(wider question) (*search.Facets, error) {
	wider = wider.first()
	wider.Limit, wider.Facets = 1, true
	key := wider.href()
	if f, ok := c.asked[key]; ok {
		return f, nil
	}
	res, err := c.p.deps.Search.Search(c.ctx, wider.ask())
	if err != nil {
		return nil, err
	}
	f := res.Facets
	if f == nil || res.Mode != c.base.Mode || res.Corrected != c.base.Corrected {
		f = c.base.Facets
	}
	c.asked[key] = f
	return f, nil
}

// narrow fills tabs, facets and chips. Beside a chosen value stand the others
// of its group with what choosing them too would add.
func (d *searchPage) narrow(p *Portal, ctx context.Context, q question, res *search.Result) error {
	d.chips(q)
	if res.Facets == nil {
		return nil
	}
	c := &counts{p: p, ctx: ctx, base: res, asked: map[string]*search.Facets{q.first().href(): res.Facets}}
	if err := d.tabs(c, q); err != nil {
		return err
	}
	for _, g := range filterGroups {
		wider := q
		*g.chosen(&wider.Query) = nil
		if g.name == "validity" && q.Current {
			wider = q // 只看有效的 is a choice of validity itself
		}
		f, err := c.without(wider)
		if err != nil {
			return err
		}
		d.facet(g, q, g.counted(f))
	}
	wider := q
	wider.From, wider.To = workday.Date{}, workday.Date{}
	f, err := c.without(wider)
	if err != nil {
		return err
	}
	d.years(q, f.Year)
	return nil
}

// facet adds a group that says something: several values, or a chosen one.
func (d *searchPage) facet(g filterGroup, q question, values []search.Facet) {
	picked := *g.chosen(&q.Query)
	if len(values) < 2 && len(picked) == 0 {
		return
	}
	v := searchFacet{Name: g.name, Title: g.title}
	for _, one := range values {
		v.add(facetChoice{Label: valueLabel(g.name, one.Value), Count: one.Count, Href: q.toggled(g, one.Value).href(), Chosen: slices.Contains(picked, one.Value)})
	}
	if len(v.Values) > 0 {
		d.Facets = append(d.Facets, v)
	}
}

// add keeps a chosen value in view.
func (f *searchFacet) add(c facetChoice) {
	if len(f.Values) < facetShown || c.Chosen {
		f.Values = append(f.Values, c)
		return
	}
	f.Rest = append(f.Rest, c)
}

// years offers the years as spans of 发文日期.
func (d *searchPage) years(q question, values []search.Facet) {
	v := searchFacet{Name: "year", Title: "发文年份"}
	for _, one := range values {
		n, err := strconv.Atoi(one.Value)
		if err != nil {
			continue // the index writes years as numbers
		}
		from, to := workday.Date{Year: n, Month: 1, Day: 1}, workday.Date{Year: n, Month: 12, Day: 31}
		other, chosen := q.first(), q.From == from && q.To == to
		if other.From, other.To = from, to; chosen {
			other.From, other.To = workday.Date{}, workday.Date{}
		}
		v.add(facetChoice{Label: one.Value + "年", Count: one.Count, Href: other.href(), Chosen: chosen})
	}
	if len(values) > 1 || len(v.Values) == 1 && v.Values[0].Chosen {
		d.Facets = append(d.Facets, v)
	}
}

// tabs offers the classes that the answer has, when they part it.
func (d *searchPage) tabs(c *counts, q question) error {
	wider := q
	wider.Kinds, wider.Tab = nil, ""
	f, err := c.without(wider)
	if err != nil {
		return err
	}
	all := wider.first()
	list := []facetChoice{{Label: "全部", Href: all.href(), Chosen: q.Tab == ""}}
	for _, t := range kindTabs {
		n := 0
		for _, k := range f.Kind {
			if slices.Contains(t.kinds, k.Value) {
				n += k.Count
			}
		}
		if n == 0 && q.Tab != t.value {
			continue
		}
		other := all
		other.Tab = t.value
		list = append(list, facetChoice{Label: t.name, Count: n, Href: other.href(), Chosen: q.Tab == t.value})
	}
	if len(list) > 2 || q.Tab != "" {
		d.Tabs = list
	}
	return nil
}

// toggled is the question with a value chosen, or no longer chosen.
func (q question) toggled(g filterGroup, value string) question {
	q = q.first()
	list := g.chosen(&q.Query)
	if i := slices.Index(*list, value); i >= 0 {
		*list = slices.Delete(slices.Clone(*list), i, i+1)
	} else {
		*list = append(slices.Clone(*list), value)
	}
	return q
}

// chips are the chosen conditions, each with what is left without it, and what
// the form must carry on.
func (d *searchPage) chips(q question) {
	add := func(title, label string, without question) {
		d.Chips = append(d.Chips, chip{title, label, without.first().href()})
	}
	for _, g := range filterGroups {
		for _, v := range *g.chosen(&q.Query) {
			add(g.title, valueLabel(g.name, v), q.toggled(g, v))
			d.Hidden = append(d.Hidden, hiddenField{g.name, v})
		}
	}
	if !q.From.IsZero() || !q.To.IsZero() {
		without := q
		without.From, without.To = workday.Date{}, workday.Date{}
		add("发文日期", spanLabel(q.From, q.To), without)
	}
	if !q.On.IsZero() {
		without := q
		without.On = workday.Date{}
		add("某日适用", q.On.Chinese(), without)
	}
	if q.Current {
		without := q
		without.Current = false
		add("有效性", "只看有效的", without)
	}
	if q.National {
		without := q
		without.National = false
		add("地区", "只看全国性的", without)
	}
	for _, h := range []hiddenField{{"tab", q.Tab}, {"sort", q.Sort}} {
		if h.Value != "" {
			d.Hidden = append(d.Hidden, h)
		}
	}
	if q.Level == search.LevelArticle {
		d.Hidden = append(d.Hidden, hiddenField{"level", q.Level})
	}
	d.Clear = q.plain().href()
}

func valueLabel(group, value string) string {
	if group == "region" && value == search.NationalRegion {
		return textNationalLabel
	}
	return value
}

// spanLabel says a span of days, a whole year by its number.
func spanLabel(from, to workday.Date) string {
	switch {
	case from.IsZero():
		return to.Chinese() + "以前"
	case to.IsZero():
		return from.Chinese() + "以后"
	case from.Year == to.Year && from.Month == 1 && from.Day == 1 && to.Month == 12 && to.Day == 31:
		return strconv.Itoa(from.Year) + "年"
	case from == to:
		return from.Chinese()
	}
	return from.Chinese() + "至" + to.Chinese()
}
