// Package office serves the staff pages: sign-in, one's account, people and
// their roles, organs, and the audit log. One page is one file with a template
// of the same name; routes.go is the table of addresses from which both the
// server and the permission matrix are made.
package office

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/filestore"
	"gongkai/internal/notify"
	"gongkai/internal/org"
	"gongkai/internal/oversight"
	"gongkai/internal/release"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/web/ui"
)

//go:embed templates/*.html
var pageFiles embed.FS

//go:embed css/*.css
var styleFiles embed.FS

//go:embed js/desk.js
var deskScript []byte

//go:embed js/duties.js
var dutyScript []byte

//go:embed js/draft.js
var draftScript []byte

// Deps is what the office needs of the application.
type Deps struct {
	Access   *access.Service
	DB       *store.DB
	Organs   *org.Registry
	Library  *document.Library
	Cases    *casework.Kernel
	Releases *release.Room
	Requests *request.Room
	// Oversight draws samples of answers.
	Oversight *oversight.Room
	Files     filestore.Store
	Site      func(ctx context.Context) (*document.Site, error)
	BaseURL   string // https://host; with https the cookies are Secure
	// Preview renders a slip as its public page would look; at gives the address
	// of one of its files. nil where there is no public side.
	Preview func(ctx context.Context, s *release.Slip, at func(release.File) string) ([]byte, error)
	// Notices is the way of messages out of the office; nil where there is none.
	Notices func(ctx context.Context) (*notify.Notifier, error)
}

// Observation is one answered request, for counting.
type Observation struct {
	Page   string
	Method string
	Status int
	Took   time.Duration
}

// Office serves the staff pages.
type Office struct {
	deps      Deps
	access    *access.Service
	sessions  *scs.SessionManager
	origin    *http.CrossOriginProtection
	assets    *ui.Assets
	templates *ui.Templates
	style     []byte
	styleURL  string
	deskURL   string
	draftURL  string
	dutyURL   string
	mux       *http.ServeMux
	observe   func(Observation)
	log       *slog.Logger
}

// New builds the office. A broken template or an incomplete table stops the
// start and not a reader.
func New(deps Deps) (*Office, error) {
	if deps.Access == nil || deps.DB == nil || deps.Organs == nil || deps.Library == nil || deps.Cases == nil || deps.Releases == nil || deps.Requests == nil || deps.Oversight == nil || deps.Files == nil || deps.Site == nil {
		return nil, errors.New("office.New: Access, DB, Organs, Library, Cases, Releases, Requests, Oversight, Files and Site are needed")
	}
	o := &Office{deps: deps, access: deps.Access, origin: http.NewCrossOriginProtection(), observe: func(Observation) {}, log: slog.Default()}
	o.sessions = deps.Access.Sessions(o.secure())
	if deps.BaseURL != "" {
		if err := o.origin.AddTrustedOrigin(strings.TrimSuffix(deps.BaseURL, "/")); err != nil {
			return nil, err
		}
	}
	var err error
	if o.assets, err = ui.LoadAssets(); err != nil {
		return nil, err
	}
	pages, err := framed()
	if err != nil {
		return nil, err
	}
	if o.templates, err = ui.ParseTemplates(pages); err != nil {
		return nil, err
	}
	if err := o.loadStyle(); err != nil {
		return nil, err
	}
	o.mux = http.NewServeMux()
	for _, r := range o.routes() {
		o.mux.Handle(r.method+" "+r.pattern, o.serve(r))
	}
	o.mux.Handle("/", o.serve(route{page: textNoPage, handler: missing}))
	return o, nil
}

// secure reports that the public address is https.
func (o *Office) secure() bool { return strings.HasPrefix(o.deps.BaseURL, "https://") }

// framed puts the frame of the office in front of every page's own template.
func framed() (fs.FS, error) {
	names, err := fs.Glob(pageFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	frame, err := fs.ReadFile(pageFiles, "templates/frame.html")
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for _, n := range names {
		if n == "templates/frame.html" {
			continue
		}
		b, err := fs.ReadFile(pageFiles, n)
		if err != nil {
			return nil, err
		}
		out[n] = &fstest.MapFile{Data: append(append([]byte(nil), frame...), b...)}
	}
	return out, nil
}

// styles are joined in this order.
var styles = []string{"frame", "form", "parts", "faces", "desk", "cases", "letters", "board", "draft", "release", "sheet", "talk", "redact"}

func (o *Office) loadStyle() error {
	for _, n := range styles {
		b, err := fs.ReadFile(styleFiles, path.Join("css", n+".css"))
		if err != nil {
			return err
		}
		o.style = append(o.style, b...)
	}
	sum := sha256.Sum256(o.style)
	o.styleURL = "/office/assets/" + hex.EncodeToString(sum[:8]) + "/office.css"
	sum = sha256.Sum256(deskScript)
	o.deskURL = "/office/assets/" + hex.EncodeToString(sum[:8]) + "/desk.js"
	sum = sha256.Sum256(dutyScript)
	o.dutyURL = "/office/assets/" + hex.EncodeToString(sum[:8]) + "/duties.js"
	sum = sha256.Sum256(draftScript)
	o.draftURL = "/office/assets/" + hex.EncodeToString(sum[:8]) + "/draft.js"
	return nil
}

// Observe sets the function that counts requests. Call it before serving.
func (o *Office) Observe(f func(Observation)) { o.observe = f }

// LogTo sets where requests are logged. Call it before serving.
func (o *Office) LogTo(l *slog.Logger) { o.log = l }
