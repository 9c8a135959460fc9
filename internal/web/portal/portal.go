package portal

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

//go:embed templates/*.html
var pageFiles embed.FS

// cacheBytes bounds what the page cache holds in memory.
const cacheBytes = 64 << 20

// Observation is one answered request, for counting.
type Observation struct {
	Page   string // the route's page name, not the address
	Method string
	Status int
	Took   time.Duration
	Cached bool
}

// Portal serves the public pages.
type Portal struct {
	deps      Deps
	assets    *ui.Assets
	templates *ui.Templates
	mux       *http.ServeMux
	pages     *cache
	head      *headPoll
	old       OldAddresses
	observe   func(Observation)
	log       *slog.Logger
	exports   chan struct{} // a place for each export under way
	uploads   chan struct{} // a place for each form with files under way
	origin    *http.CrossOriginProtection
	wrongWait time.Duration // what a wrong pair of code and second fact costs
	duties    dutyKeeper    // what the organs do, for who asks
}

// New builds the portal; every template is parsed here, so a broken one stops
// the start and not a reader.
func New(deps Deps) (*Portal, error) {
	if deps.Library == nil || deps.Organs == nil || deps.Search == nil || deps.Log == nil || deps.Requests == nil {
		return nil, errors.New("portal.New: Library, Organs, Search, Log and Requests are needed")
	}
	if deps.Today == nil {
		return nil, errors.New("portal.New: Today is needed")
	}
	if deps.Progress == nil {
		deps.Progress = func() Progress { return Progress{} }
	}
	assets, err := ui.LoadAssets()
	if err != nil {
		return nil, err
	}
	templates, err := ui.ParseTemplates(pageFiles)
	if err != nil {
		return nil, err
	}
	p := &Portal{
		deps: deps, assets: assets, templates: templates,
		pages:   newCache(cacheBytes),
		head:    newHeadPoll(deps.Log.Head, time.Now),
		observe: func(Observation) {},
		log:     slog.Default(),
		exports: make(chan struct{}, exportSlots), uploads: make(chan struct{}, uploadPlaces),
		origin: http.NewCrossOriginProtection(), wrongWait: wrongPairWait,
	}
	p.mux = http.NewServeMux()
	for _, r := range p.Routes() {
		p.mux.Handle(r.Method+" "+r.Pattern, p.serve(r))
	}
	p.mux.Handle("/", p.serve(Route{Page: "没有这个页面", handler: p.missing, live: true}))
	return p, nil
}

// Observe sets the function that counts requests. Call it before serving.
func (p *Portal) Observe(f func(Observation)) { p.observe = f }

// LogTo sets where requests are logged; the default logger is used otherwise.
// Call it before serving.
func (p *Portal) LogTo(l *slog.Logger) { p.log = l }

// today is the civil day on which the page is made.
func (p *Portal) today() workday.Date { return p.deps.Today() }
