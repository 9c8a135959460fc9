package api

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

//go:embed templates/*.html
var pageFiles embed.FS

type variantKey struct{}

func withVariant(ctx context.Context, v ui.Variant) context.Context {
	return context.WithValue(ctx, variantKey{}, v)
}

// guidePage explains the interface to people.
type guidePage struct {
	ui.Page
	Operations []operationView
	Examples   []exampleView
	Feeds      []feedView
	Limits     Limits
	Window     int // seconds in which an empty bucket refills
}

type operationView struct{ Path, Title, About string }

type exampleView struct{ ID, Title, Path, Href, Answer string }

type feedView struct{ Path, Title, Names string }

func (a *API) page(w http.ResponseWriter, r *http.Request) {
	if err := a.renderPage(w, r); err != nil {
		a.deps.Logger.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err)
		sendProblem(w, r, problemOf(err))
	}
}

func (a *API) renderPage(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "api.page")
	site, err := a.deps.Library.Site(r.Context())
	if err != nil {
		return err
	}
	named := *site
	if named.Name == "" {
		named.Name = textSite
	}
	variant, _ := r.Context().Value(variantKey{}).(ui.Variant)
	d := &guidePage{
		Page: ui.Page{Title: textTitle, Description: textAbout, Variant: variant, Path: Root, Canonical: Root, BaseURL: a.baseURL(r),
			Site: &named, Assets: a.assets, Nav: menu, Crumbs: []document.Crumb{{Name: "首页", Href: "/"}, {Name: textTitle}}},
		Limits: a.deps.Limits, Window: int(float64(a.deps.Limits.Burst)/a.deps.Limits.PerSecond + 0.5),
	}
	for _, o := range operations {
		d.Operations = append(d.Operations, operationView{Root + o.path, o.title, o.about})
	}
	for _, f := range feedRoutes {
		d.Feeds = append(d.Feeds, feedView{f.pattern, f.title, strings.Join(f.names, " ")})
	}
	for _, e := range examples {
		text, err := e.answer()
		if err != nil {
			return err
		}
		path := Root + e.path
		href := path
		if u, err := url.Parse(path); err == nil {
			u.RawQuery = u.Query().Encode()
			href = u.String()
		}
		d.Examples = append(d.Examples, exampleView{"example-" + e.name, e.title, path, href, text})
	}
	b, err := a.templates.Render(variant, "api", d)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", variant.Lang())
	_, err = w.Write(b)
	return err
}
