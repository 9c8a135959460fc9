package portal

import (
	"net/http"
	"net/url"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/web/ui"
)

// organsPage is the tree of organs and the issuing bodies outside it.
type organsPage struct {
	ui.Page
	Tree     []org.Node
	External []org.Ref
}

func (p *Portal) organs(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.organs")
	d := &organsPage{Page: p.base(r, textOrgans)}
	d.Wide = true
	d.Crumbs = crumbs(document.Crumb{Name: textOrgans})
	if d.Tree, err = p.deps.Organs.Tree(r.Context()); err != nil {
		return err
	}
	if d.External, err = p.deps.Organs.External(r.Context()); err != nil {
		return err
	}
	columnMeta(&d.Page, &document.Column{Name: textOrgans, Type: "机构职能"})
	return p.render(w, r, "organs", d)
}

// organPage is one organ and what it published.
type organPage struct {
	ui.Page
	Organ *org.Organ
	Cards []ui.Card
	Total int
	All   string
}

func (p *Portal) organ(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.organ %s", r.PathValue("code"))
	code := r.PathValue("code")
	o, err := p.deps.Organs.Organ(r.Context(), code)
	if err != nil {
		return err
	}
	d := &organPage{Page: p.base(r, o.Name), Organ: o, All: "/policies?organ=" + url.QueryEscape(code)}
	steps := []document.Crumb{{Name: textOrgans, Href: "/organs"}}
	for _, parent := range o.Parents {
		steps = append(steps, document.Crumb{Name: parent.Name, Href: organHref(parent.Code)})
	}
	d.Crumbs = crumbs(append(steps, document.Crumb{Name: o.Name})...)
	list, err := p.deps.Library.List(r.Context(), document.Filter{Organ: []string{code}, Sort: "newest", Limit: 10, CardsOnly: true})
	if err != nil {
		return err
	}
	d.Cards, d.Total = ui.Cards(list.Cards), list.Total
	columnMeta(&d.Page, &document.Column{Name: o.Name, Type: "机构职能", Description: o.Duties})
	return p.render(w, r, "organ", d)
}
