package app

import (
	"time"

	"gongkai/internal/access"
	"gongkai/internal/web/api"
	"gongkai/internal/web/office"
	"gongkai/internal/web/portal"
)

// api builds the interface for machines.
func (a *App) api() (*api.API, error) {
	return api.New(api.Deps{Library: a.Documents, Organs: a.Organs, Search: a, Log: api.LogOf(a.DB), Now: a.Now, BaseURL: a.Config.BaseURL, Build: Build,
		TrustedProxies: a.Config.TrustedProxies, Logger: a.Log, Observe: func(page string, status int, took time.Duration) { a.metrics.observe(page, status, took) }})
}

// office builds the staff pages.
func (a *App) office() (*office.Office, error) {
	o, err := office.New(office.Deps{Access: a.Access, DB: a.DB, Organs: a.Organs, Site: a.Documents.Site, BaseURL: a.Config.BaseURL, Library: a.Documents})
	if err != nil {
		return nil, err
	}
	o.LogTo(a.Log)
	o.Observe(func(x office.Observation) { a.metrics.observe(x.Page, x.Status, x.Took) })
	return o, nil
}

// Route is one address with the status that each role gets.
type Route struct {
	Method  string              `json:"method"`
	Pattern string              `json:"pattern"`
	Page    string              `json:"page"`
	Roles   map[access.Role]int `json:"roles"`
}

// Routes is every address of a node: what is public answers everybody, the
// rest comes from the permission matrix of its room.
func (a *App) Routes() ([]Route, error) {
	open := map[access.Role]int{}
	for _, role := range access.Roles {
		open[role] = 200
	}
	p, err := portal.New(portal.Deps{Library: a.Documents, Organs: a.Organs, Search: a, Log: proofLog{a}, Today: a.Today, Progress: a.portalProgress, Build: Build})
	if err != nil {
		return nil, err
	}
	var out []Route
	for _, r := range p.Routes() {
		out = append(out, Route{r.Method, r.Pattern, r.Page, open})
	}
	machines, err := a.api()
	if err != nil {
		return nil, err
	}
	for _, r := range machines.Routes() {
		out = append(out, Route{r.Method, r.Pattern, r.Page, open})
	}
	staff, err := a.office()
	if err != nil {
		return nil, err
	}
	for _, r := range staff.Routes() {
		out = append(out, Route{r.Method, r.Pattern, r.Page, r.Roles})
	}
	for _, r := range []Route{{"GET", "/healthz", "存活检查", open}, {"GET", "/readyz", "就绪检查", open}, {"GET", "/metrics", "运行指标", open}} {
		out = append(out, r)
	}
	return out, nil
}
