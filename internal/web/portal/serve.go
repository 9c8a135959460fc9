package portal

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// renderLimit bounds the making of one page; readers who leave do not stop it,
// because others may wait for the same page.
const renderLimit = 30 * time.Second

// request is what every handler may need to know of how it was called.
type request struct {
	id      string
	variant ui.Variant
	base    string // https://host
	path    string // without the variant
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if q, ok := ctx.Value(requestKey{}).(*request); ok {
		return q
	}
	return &request{path: "/"}
}

// Handler is the whole portal, with its variants and static files.
func (p *Portal) Handler() http.Handler {
	return p.Front(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ui.SecurityHeaders(w.Header())
		variant, rest, ordered := ui.SplitVariant(r.URL.Path)
		clean := cleanPath(rest)
		canonical := variant.Link(clean)
		if !ordered || canonical != r.URL.Path {
			u := url.URL{Path: canonical, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, u.String(), http.StatusPermanentRedirect)
			return
		}
		q := &request{id: requestID(), variant: variant, base: p.baseURL(r), path: clean}
		w.Header().Set("X-Request-Id", q.id)
		inner := r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		address := *r.URL
		address.Path, address.RawPath = clean, ""
		inner.URL = &address
		p.mux.ServeHTTP(w, inner)
	}))
}

// cleanPath is the path without double slashes and dots; a final slash stays,
// because it tells a folder from a page.
func cleanPath(s string) string {
	c := path.Clean("/" + s)
	if strings.HasSuffix(s, "/") && c != "/" {
		c += "/"
	}
	return c
}

// requestID helps to find a log line; it is no secret.
func requestID() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], rand.Uint64())
	return hex.EncodeToString(b[:])
}

// baseURL is the configured address, else the one the reader used. A host that
// is no host name is not repeated.
func (p *Portal) baseURL(r *http.Request) string {
	if p.deps.BaseURL != "" {
		return strings.TrimSuffix(p.deps.BaseURL, "/")
	}
	host := r.Host
	if host == "" || strings.IndexFunc(host, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(".-:[]", c))
	}) >= 0 {
		host = "localhost"
	}
	if r.TLS != nil {
		return "https://" + host
	}
	return "http://" + host
}

// serve is the one place that answers: from the cache or by the handler, with
// errors as pages, a line in the log and a count.
func (p *Portal) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		status, cached := p.answer(route, w, r)
		ended := time.Now()
		q := requestOf(r.Context())
		p.record(r, q.id, logPath(q.variant.Link(q.path)), ended, Observation{Page: route.Page, Method: r.Method, Status: status, Took: ended.Sub(began), Cached: cached})
	})
}

// record logs and counts one answered request.
func (p *Portal) record(r *http.Request, id, path string, ended time.Time, o Observation) {
	level, h := levelOf(o.Status), p.log.Handler()
	if h.Enabled(r.Context(), level) {
		// The handler is called without the logger, which would look for the
		// line of source that all these records share.
		line := slog.NewRecord(ended, level, "request", 0)
		line.AddAttrs(slog.String("id", id), slog.String("method", o.Method), slog.String("path", path),
			slog.Int("status", o.Status), slog.Duration("took", o.Took), slog.Bool("cached", o.Cached))
		_ = h.Handle(r.Context(), line) // a log that fails has no place to say so
	}
	p.observe(o)
}

func levelOf(status int) slog.Level {
	if status >= 500 {
		return slog.LevelError
	}
	return slog.LevelInfo
}

func (p *Portal) answer(route Route, w http.ResponseWriter, r *http.Request) (status int, cached bool) {
	if route.live {
		rec := &statusWriter{ResponseWriter: w}
		if err := route.handler(rec, r); err != nil {
			if rec.status != 0 {
				p.logFailure(r, err) // part of the answer is out: it cannot become a page
				return rec.status, false
			}
			return p.send(w, r, p.failure(r, err)), false
		}
		return rec.sent(), false
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		return p.send(w, r, p.failure(r, errBadAddress())), false
	}
	gen, err := p.head.generation(r.Context(), p.today(), p.deps.Build)
	if err != nil {
		p.logFailure(r, err) // the pages themselves may still be readable
	}
	if route.unkept || p.busy() {
		gen = "" // made anew: it may lag, or shows the progress
	}
	key := p.cacheKey(r)
	made, hit, err := p.pages.get(gen, key, func() (*page, bool, error) { return p.make(route, r) })
	if err != nil {
		return p.send(w, r, p.failure(r, err)), false
	}
	q := requestOf(r.Context())
	p.pages.remember(gen, key, p.addressOf(r), func(m *page) *front { return newFront(route, q.variant.Link(q.path), m) })
	return p.send(w, r, made), hit
}

// make runs the handler apart from the reader's connection.
func (p *Portal) make(route Route, r *http.Request) (*page, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), renderLimit)
	defer cancel()
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	if err := route.handler(rec, r.WithContext(ctx)); err != nil {
		return nil, false, err
	}
	made, err := newPage(rec.status, rec.header, rec.body.Bytes())
	if err != nil {
		return nil, false, err
	}
	keep := rec.status == http.StatusOK && !p.busy()
	if !keep {
		made.header.Set("Cache-Control", "no-store")
	}
	return made, keep, nil
}

// busy reports work behind the pages that they speak of.
func (p *Portal) busy() bool {
	g := p.deps.Progress()
	return g.Running || g.Failed != ""
}

// cacheKey names the bytes: variant, path, sorted query and the host that
// stands in absolute addresses.
func (p *Portal) cacheKey(r *http.Request) string {
	q := requestOf(r.Context())
	return q.base + "\n" + q.variant.Link(q.path) + "\n" + r.URL.Query().Encode()
}

// send writes a made page and returns its status.
func (p *Portal) send(w http.ResponseWriter, r *http.Request, made *page) int {
	h := w.Header()
	for k, v := range made.header {
		h[k] = v
	}
	if made.etag != "" {
		h.Set("ETag", made.etag)
		if ui.NotModified(r, made.etag) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
	}
	ui.WriteStatus(w, r, made.status, made.raw, made.gz)
	return made.status
}

func (p *Portal) logFailure(r *http.Request, err error) {
	q := requestOf(r.Context())
	level := slog.LevelError
	if k := fault.KindOf(err); k != fault.Internal && k != fault.Unavailable || errors.Is(err, context.Canceled) {
		level = slog.LevelDebug
	}
	words, path := err.Error(), logPath(q.path)
	if path != q.path {
		words = fault.KindOf(err).String() // the words may repeat the address
	}
	p.log.LogAttrs(r.Context(), level, "request failed", slog.String("id", q.id), slog.String("path", path), slog.String("error", words))
}

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *recorder) Header() http.Header         { return c.header }
func (c *recorder) WriteHeader(status int)      { c.status = status }
func (c *recorder) Write(b []byte) (int, error) { return c.body.Write(b) }

// statusWriter remembers the status of an answer that streams.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

func (s *statusWriter) sent() int {
	if s.status == 0 {
		return http.StatusOK
	}
	return s.status
}
