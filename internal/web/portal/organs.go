package portal

import (
	"context"
	"net/http"
	"net/url"
	"time"

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

// organPage is one organ, who leads it, its units and what it published.
type organPage struct {
	ui.Page
	Organ   *org.Organ
	Leaders []leaderCard
	Units   []unitGroup
	Cards   []ui.Card
	Total   int
	All     string
}

// leaderCard is a leader with the address of the picture, "" for none.
type leaderCard struct {
	org.Leader
	Picture string
}

// unitGroup is the units of one kind.
type unitGroup struct {
	Kind  org.UnitKind
	Units []org.Unit
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
	if err := p.faces(r.Context(), d); err != nil {
		return err
	}
	list, err := p.deps.Library.List(r.Context(), document.Filter{Organ: []string{code}, Sort: "newest", Limit: 10, CardsOnly: true})
	if err != nil {
		return err
	}
	d.Cards, d.Total = ui.Cards(list.Cards), list.Total
	columnMeta(&d.Page, &document.Column{Name: o.Name, Type: "机构职能", Description: o.Duties})
	return p.render(w, r, "organ", d)
}

// faces adds who leads an organ today and its units (Q24-1b, Q24-1c).
func (p *Portal) faces(ctx context.Context, d *organPage) error {
	leaders, err := p.deps.Organs.Leaders(ctx, d.Organ.ID)
	if err != nil {
		return err
	}
	for _, l := range leaders {
		if !l.On(p.today()) {
			continue
		}
		card := leaderCard{Leader: l}
		if l.Photo != "" {
			card.Picture = d.Variant.Link(organHref(d.Organ.Code) + "/photos/" + l.Thumb)
		}
		d.Leaders = append(d.Leaders, card)
	}
	units, err := p.deps.Organs.Units(ctx, d.Organ.ID)
	if err != nil {
		return err
	}
	for _, k := range org.UnitKinds {
		g := unitGroup{Kind: k}
		for _, u := range units {
			if u.Kind == k && !u.Gone {
				g.Units = append(g.Units, u)
			}
		}
		if g.Units != nil {
			d.Units = append(d.Units, g)
		}
	}
	return nil
}

// organPhoto sends a picture of somebody in office; it may be kept for a short
// time only, because it goes when they leave.
func (p *Portal) organPhoto(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.organPhoto %s", r.URL.Path)
	sha := r.PathValue("sha")
	body, err := p.deps.Organs.OpenPhoto(r.Context(), r.PathValue("code"), sha, p.today())
	if err != nil {
		return err
	}
	defer closeQuietly(body, p, r)
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("ETag", `"`+sha+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}
