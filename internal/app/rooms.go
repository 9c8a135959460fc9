package app

import (
	"context"
	"net/http"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/exchange"
	"gongkai/internal/request"
	"gongkai/internal/web/api"
	"gongkai/internal/web/office"
	"gongkai/internal/web/portal"
)

// rooms are the parts of a node that answer requests.
type rooms struct {
	portal   *portal.Portal
	machines *api.API
	staff    *office.Office
}

// rooms builds each room; a broken template stops the start and not a reader.
func (a *App) rooms() (r *rooms, err error) {
	r = &rooms{}
	if r.portal, err = a.portal(); err != nil {
		return nil, err
	}
	if r.machines, err = a.api(); err != nil {
		return nil, err
	}
	r.staff, err = a.office(r.portal)
	return r, err
}

// portal builds the public pages.
func (a *App) portal() (*portal.Portal, error) {
	p, err := portal.New(portal.Deps{
		Library: a.Documents, Organs: a.Organs, Search: a, Log: proofLog{a}, Requests: applicants{a.Requests, a.Cases}, Asking: a.gate(askLimits), Tracking: a.gate(trackLimits),
		Today: a.Today, Progress: a.portalProgress, BaseURL: a.Config.BaseURL, Build: Build,
	})
	if err != nil {
		return nil, err
	}
	p.LogTo(a.Log)
	p.MovedFrom(exchange.NewAddresses(a.DB))
	p.Observe(func(o portal.Observation) { a.metrics.observe(o.Page, o.Status, o.Took) })
	return p, nil
}

// applicants are the requests as the portal reaches them.
type applicants struct {
	*request.Room
	cases *casework.Kernel
}

func (x applicants) Apply(ctx context.Context, d casework.Do) (*casework.Result, error) {
	return x.cases.Apply(ctx, d)
}

// A service hall asks for many people from one address; a script that guesses
// codes gets ten a minute.
var (
	askLimits   = api.Limits{PerSecond: 1.0 / 20, Burst: 60, Clients: 20_000}
	trackLimits = api.Limits{PerSecond: 1.0 / 6, Burst: 60, Clients: 20_000}
)

func (a *App) gate(l api.Limits) portal.Gate {
	return api.NewGate(l, a.Now, a.Config.TrustedProxies).Pass
}

// api builds the interface for machines.
func (a *App) api() (*api.API, error) {
	return api.New(api.Deps{Library: a.Documents, Organs: a.Organs, Search: a, Log: api.LogOf(a.DB), Now: a.Now, BaseURL: a.Config.BaseURL, Build: Build,
		TrustedProxies: a.Config.TrustedProxies, Logger: a.Log, Observe: func(page string, status int, took time.Duration) { a.metrics.observe(page, status, took) }})
}

// office builds the staff pages.
func (a *App) office(public *portal.Portal) (*office.Office, error) {
	o, err := office.New(office.Deps{Access: a.Access, DB: a.DB, Organs: a.Organs, Site: a.Documents.Site, BaseURL: a.Config.BaseURL, Library: a.Documents, Cases: a.Cases, Notices: a.Hooks, Releases: a.Releases, Requests: a.Requests, Oversight: a.Oversight, Files: a.Files, Preview: a.preview(public)})
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
	open := everybody(http.StatusOK)
	rs, err := a.rooms()
	if err != nil {
		return nil, err
	}
	var out []Route
	for _, r := range rs.portal.Routes() {
		if r.Method == http.MethodPost { // an empty form is told what it lacks
			out = append(out, Route{r.Method, r.Pattern, r.Page, everybody(http.StatusBadRequest)})
			continue
		}
		out = append(out, Route{r.Method, r.Pattern, r.Page, open})
	}
	for _, r := range rs.machines.Routes() {
		out = append(out, Route{r.Method, r.Pattern, r.Page, open})
	}
	for _, r := range rs.staff.Routes() {
		out = append(out, Route{r.Method, r.Pattern, r.Page, r.Roles})
	}
	for _, r := range a.probes() {
		out = append(out, Route{r.Method, r.Pattern, r.Page, open})
	}
	return out, nil
}

func everybody(status int) map[access.Role]int {
	out := map[access.Role]int{}
	for _, role := range access.Roles {
		out[role] = status
	}
	return out
}
