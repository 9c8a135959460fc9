package portal

import (
	"net/http"
	"strconv"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// disclosurePage is 政府信息公开 with its four parts (handbook D-02, D-03).
type disclosurePage struct {
	ui.Page
	Parts  []partView
	Beside []document.Column // columns next to the four parts that hold something (D-04)
}

// partView is one of the four parts.
type partView struct {
	disclosurePart
	Filled []document.Column // columns below it that hold something
	Blank  []document.Column // columns below it that hold nothing yet
	Cards  []ui.Card
	Total  int
	All    string // "" when the cards are all
}

// partCards is how many works a part shows; yearly reports show all years (D-06).
const partCards = 5

func (p *Portal) disclosure(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.disclosure")
	d := &disclosurePage{Page: p.base(r, textDisclosure)}
	d.Wide = true
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure})
	d.Description = d.Site.Name + "政府信息公开指南、制度、法定主动公开内容和年报。"
	columns, err := p.deps.Library.Columns(r.Context())
	if err != nil {
		return err
	}
	d.Beside = besideParts(columns)
	for _, part := range disclosureParts {
		v := partView{disclosurePart: part}
		tops := columnsOf(columns, part.Part)
		v.sort(tops)
		for i, c := range tops {
			limit := partCards
			if part.Part == "reports" {
				limit = 100
			}
			list, err := p.deps.Library.List(r.Context(), document.Filter{Column: c.ID, Sort: "newest", Limit: limit, CardsOnly: true})
			if err != nil {
				return err
			}
			v.Total += list.Total
			v.Cards = append(v.Cards, ui.Cards(list.Cards)...)
			if i == 0 {
				v.All = "/columns/" + strconv.FormatInt(c.ID, 10)
			}
		}
		if v.Total <= len(v.Cards) {
			v.All = ""
		}
		d.Parts = append(d.Parts, v)
	}
	columnMeta(&d.Page, &document.Column{Name: textDisclosure, Type: "信息公开目录", Description: d.Description})
	return p.render(w, r, "disclosure", d)
}

// sort parts the columns by whether they hold anything (E-66: no blank
// columns among the full ones). A column that only repeats the part's name is
// the part itself.
func (v *partView) sort(tops []document.Column) {
	for _, top := range tops {
		list := top.Children
		if top.Name != v.Name {
			list = append([]document.Column{top}, list...)
		}
		for _, c := range list {
			if c.Count > 0 {
				v.Filled = append(v.Filled, c)
			} else {
				v.Blank = append(v.Blank, c)
			}
		}
	}
}

// besideParts are the filled columns that stand next to a part without being one.
func besideParts(list []document.Column) []document.Column {
	var out []document.Column
	parts := false
	for _, c := range list {
		parts = parts || c.Part != ""
	}
	for _, c := range list {
		switch {
		case parts && c.Part == "" && c.Count > 0:
			out = append(out, c)
		case !parts:
			out = append(out, besideParts(c.Children)...)
		}
	}
	return out
}

// columnsOf finds the topmost columns of a part.
func columnsOf(list []document.Column, part string) []document.Column {
	var out []document.Column
	for _, c := range list {
		if c.Part == part {
			out = append(out, c)
			continue
		}
		out = append(out, columnsOf(c.Children, part)...)
	}
	return out
}
