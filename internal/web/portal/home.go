package portal

import (
	"net/http"
	"net/url"
	"sort"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/web/ui"
)

// homePage shows in three seconds what can be done here.
type homePage struct {
	ui.Page
	Heading  string
	Recent   []ui.Card
	Topics   []homeTopic
	Organs   []org.Ref
	Columns  []document.Column
	Totals   document.Totals
	Examples []ui.Card // works with several texts, to show comparing
}

type homeTopic struct {
	Name  string
	Count int
	Href  string
}

// How many of each the home page shows.
const (
	homeRecent   = 6
	homeTopics   = 12
	homeOrgans   = 12
	homeExamples = 3
	homeColumns  = 8
)

func (p *Portal) home(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.home")
	d := &homePage{Page: p.base(r, "")}
	d.HideSearch, d.Wide = true, true
	d.Heading = homeHeading(d.Site.Name)
	d.Description = d.Site.Name + "：查政策文件，看历次文本，比较修改前后的不同。"
	if d.Progress != nil && d.Progress.Failed == "" {
		d.RefreshIn = 5
	}
	ctx := r.Context()
	recent, err := p.deps.Library.Recent(ctx, homeRecent)
	if err != nil {
		return err
	}
	d.Recent = ui.Cards(recent)
	topics, err := p.deps.Library.Topics(ctx)
	if err != nil {
		return err
	}
	for _, t := range topics {
		if t.Count > 0 && len(d.Topics) < homeTopics {
			d.Topics = append(d.Topics, homeTopic{labelOr(t), t.Count, "/policies?topic=" + url.QueryEscape(t.Value)})
		}
	}
	tree, err := p.deps.Organs.Tree(ctx)
	if err != nil {
		return err
	}
	d.Organs = publishing(tree, homeOrgans)
	columns, err := p.deps.Library.Columns(ctx)
	if err != nil {
		return err
	}
	d.Columns = fullest(columns, homeColumns)
	if d.Totals, err = p.deps.Library.Totals(ctx); err != nil {
		return err
	}
	if d.Totals.MultiEdition > 0 {
		revised, err := p.deps.Library.Revised(ctx, homeExamples)
		if err != nil {
			return err
		}
		for _, c := range ui.Cards(revised) {
			c.Href += "/compare"
			d.Examples = append(d.Examples, c)
		}
	}
	return p.render(w, r, "home", d)
}

// homeHeading joins the place and the room: 清河市 and 政府信息公开.
func homeHeading(site string) string {
	if strings.HasSuffix(site, textDisclosure) {
		return site
	}
	return strings.TrimSuffix(strings.TrimSuffix(site, "门户网站"), "人民政府") + textDisclosure
}

// fullest are the lowest columns that hold works, those with most first.
func fullest(list []document.Column, limit int) []document.Column {
	var out []document.Column
	var walk func([]document.Column) int
	walk = func(list []document.Column) int {
		found := 0
		for _, c := range list {
			if c.Count == 0 {
				continue
			}
			if found++; walk(c.Children) == 0 {
				out = append(out, c)
			}
		}
		return found
	}
	walk(list)
	sort.SliceStable(out, func(i, k int) bool { return out[i].Count > out[k].Count })
	return out[:min(limit, len(out))]
}

func labelOr(v document.FacetValue) string {
	if v.Label != "" {
		return v.Label
	}
	return v.Value
}

// publishing picks the organs of the tree that have published, parents first.
func publishing(nodes []org.Node, limit int) []org.Ref {
	var out []org.Ref
	for level := nodes; len(level) > 0 && len(out) < limit; {
		var below []org.Node
		for _, n := range level {
			if n.Count > 0 && len(out) < limit {
				out = append(out, n.Ref)
			}
			below = append(below, n.Children...)
		}
		level = below
	}
	return out
}
