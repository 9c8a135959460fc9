package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// columnPage is a column of the site with what stands in it.
type columnPage struct {
	ui.Page
	Column *document.Column
	Cards  []ui.Card
	Total  int
	Pager  ui.Pager
	Belong string // what belongs here, when nothing does yet
	Law    string
}

func (p *Portal) column(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.column %s", r.PathValue("id"))
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return fault.New(fault.NotFound, "portal.column", "")
	}
	c, err := p.deps.Library.Column(r.Context(), id)
	if err != nil {
		return err
	}
	cursor := r.URL.Query().Get("cursor")
	list, err := p.deps.Library.List(r.Context(), document.Filter{Column: id, Sort: "newest", Cursor: cursor, Limit: 20, CardsOnly: true})
	if err != nil {
		return err
	}
	d := &columnPage{Page: p.base(r, c.Name), Column: c, Cards: ui.Cards(list.Cards), Total: list.Total}
	d.Crumbs = crumbs(withoutHome(c.Trail)...)
	if n := len(d.Crumbs); n > 1 && d.Crumbs[n-1].Name == c.Name {
		d.Crumbs = d.Crumbs[:n-1]
	}
	d.Crumbs = append(d.Crumbs, document.Crumb{Name: c.Name})
	d.Description = c.Description
	columnMeta(&d.Page, c)
	here := "/columns/" + strconv.FormatInt(id, 10)
	if list.Previous {
		d.Pager.First = here
	}
	if list.Next != "" {
		d.Pager.Next = here + "?cursor=" + url.QueryEscape(list.Next)
	}
	for _, part := range disclosureParts {
		if part.Part == c.Part {
			d.Belong, d.Law = part.What, part.Law
		}
	}
	return p.render(w, r, "column", d)
}
