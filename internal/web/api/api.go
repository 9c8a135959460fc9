// Package api is the public interface for machines: JSON under /api/v1 with
// its OpenAPI description, the publication log by cursor, and Atom feeds. It
// says the same as the pages and the commands, with the same words.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/org"
	"gongkai/internal/publication"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// Root is the address of the interface's own page; everything else of it
// stands below.
const Root = "/api/v1/"

// Library is what the interface needs of the document domain. Errors are of
// package fault: NotFound for what does not exist or was never published, Gone
// for what was expunged or withdrawn.
type Library interface {
	// View shows a work for a day or an edition. A day before the first text
	// gives a View without Edition, not an error.
	View(ctx context.Context, work int64, at document.At) (*document.View, error)
	// Whole is a work with the words of every published edition; nil when none
	// is left.
	Whole(ctx context.Context, work int64) (*document.Whole, error)
	Compare(ctx context.Context, work int64, from, to int) (*document.Comparison, error)
	List(ctx context.Context, f document.Filter) (*document.List, error)
	Column(ctx context.Context, id int64) (*document.Column, error)
	Site(ctx context.Context) (*document.Site, error)
	// TakedownReasons are the reasons of the withdrawals and restorations whose
	// log rows lie after one number and up to another, by that row.
	TakedownReasons(ctx context.Context, after, upTo int64) (map[int64]string, error)
}

// Organs is what the interface needs of the organ domain.
type Organs interface {
	Organ(ctx context.Context, code string) (*org.Organ, error)
}

// Searcher answers questions.
type Searcher interface {
	Search(ctx context.Context, q search.Query) (*search.Result, error)
}

// Log is what the interface needs of the publication log; LogOf makes one.
type Log interface {
	// Head is the newest sequence number, 0 for an empty log.
	Head(ctx context.Context) (int64, error)
	// Changes are the rows after a number, in order, at most limit (1 to 1000).
	Changes(ctx context.Context, after int64, limit int) ([]publication.Row, error)
	// OfWork are the rows about one work, newest first; none for an unknown one.
	OfWork(ctx context.Context, work int64) ([]publication.Row, error)
}

// Deps is everything the interface is built from.
type Deps struct {
	Library Library
	Organs  Organs
	Search  Searcher
	Log     Log
	Now     func() time.Time
	BaseURL string // https://host; "" derives it from the request
	Build   string // identifies this build in cache keys
	Limits  Limits // zero is DefaultLimits
	// TrustedProxies are the addresses whose X-Forwarded-For is believed; a
	// request from elsewhere counts for the address it comes from.
	TrustedProxies []netip.Prefix
	Logger         *slog.Logger
	// Observe is told of each answered request; nil is nobody.
	Observe func(page string, status int, took time.Duration)
}

// API answers machines.
type API struct {
	deps      Deps
	assets    *ui.Assets
	templates *ui.Templates
	limiter   *limiter
	mux       *http.ServeMux
	feeds     *feedCache
}

// New builds the interface; it fails when a template or an asset is broken.
func New(deps Deps) (*API, error) {
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Observe == nil {
		deps.Observe = func(string, int, time.Duration) {}
	}
	if deps.Limits == (Limits{}) {
		deps.Limits = DefaultLimits
	}
	a := &API{deps: deps, limiter: newLimiter(deps.Limits, deps.Now), mux: http.NewServeMux(), feeds: newFeedCache()}
	var err error
	if a.assets, err = ui.LoadAssets(); err != nil {
		return nil, err
	}
	if a.templates, err = ui.ParseTemplates(pageFiles); err != nil {
		return nil, err
	}
	if err := a.describe(); err != nil {
		return nil, err
	}
	a.mux.HandleFunc("GET "+Root+"{$}", a.page)
	a.routeFeeds()
	a.mux.HandleFunc("/", a.unknown)
	return a, nil
}

// Patterns are the addresses that belong to Handler, for the mux of a node.
func Patterns() []string {
	out := []string{"/feeds/"}
	for _, v := range ui.Variants {
		out = append(out, v.Link(Root))
	}
	return out
}

// Routes lists what is answered, for the table of routes.
func (a *API) Routes() []Route {
	out := []Route{{http.MethodGet, Root + "{$}", "开放接口说明"}}
	for _, o := range operations {
		out = append(out, Route{http.MethodGet, Root + o.path, o.title})
	}
	out = append(out, Route{http.MethodGet, Root + "openapi.json", "接口描述（JSON）"}, Route{http.MethodGet, Root + "openapi.yaml", "接口描述（YAML）"})
	for _, f := range feedRoutes {
		out = append(out, Route{http.MethodGet, f.pattern, f.title})
	}
	return out
}

// Route is one address of the interface; anybody may read it.
type Route struct {
	Method  string
	Pattern string
	Page    string // Chinese name
}

func (a *API) today() workday.Date { return workday.DateOf(a.deps.Now()) }
