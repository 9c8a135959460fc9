package portal

import (
	"net/http"
	"strconv"
	"time"

	"gongkai/internal/web/ui"
)

// address is how a reader asked for a page: the request URI as it came, and
// the host where it stands in the page. The cache's own key needs the query
// parsed and sorted; the same question asked again needs neither.
type address struct {
	host, uri string
	tls       bool
}

// addressesPerPage bounds how many spellings of one page are remembered.
const addressesPerPage = 4

// What an address and a page's ready headers weigh in memory, roughly.
const (
	addressBytes = 128
	frontBytes   = 4 << 10
)

// addressOf is "" in host where the configured address stands in the pages.
func (p *Portal) addressOf(r *http.Request) address {
	if p.deps.BaseURL != "" {
		return address{uri: r.RequestURI}
	}
	return address{host: r.Host, uri: r.RequestURI, tls: r.TLS != nil}
}

// field is a header of an answer with its values, made once. The values are
// shared by all answers and never changed.
type field struct {
	name   string
	values []string
}

// front is what a kept page needs to be sent without another look at it.
type front struct {
	page      string // name of the route
	path      string // as it stands in the log
	raw, gz   []byte
	etag      string
	identity  []field
	zipped    []field
	unchanged []field // 304
}

// newFront lays out the headers that send would write for the page.
func newFront(route Route, path string, m *page) *front {
	base := http.Header{}
	ui.SecurityHeaders(base)
	for k, v := range m.header {
		base[k] = v
	}
	if m.etag != "" {
		base.Set("ETag", m.etag)
	}
	f := &front{page: route.Page, path: path, raw: m.raw, gz: m.gz, etag: m.etag}
	length := func(b []byte) field { return field{"Content-Length", []string{strconv.Itoa(len(b))}} }
	f.identity = append(fields(base), length(m.raw))
	if m.gz != nil {
		f.zipped = append(fields(base), length(m.gz), field{"Content-Encoding", []string{"gzip"}})
	}
	base.Del("Content-Type")
	f.unchanged = fields(base)
	return f
}

func fields(h http.Header) []field {
	list := make([]field, 0, len(h)+2)
	for k, v := range h {
		list = append(list, field{k, v[:len(v):len(v)]})
	}
	return list
}

// Front answers what the page cache holds under the very address that was
// asked before, and leaves all else to next. An App puts it before its mux.
func (p *Portal) Front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		f := p.kept(r)
		if f == nil {
			next.ServeHTTP(w, r)
			return
		}
		id := requestID()
		status := f.send(w, r, id)
		ended := time.Now()
		p.record(r, id, f.path, ended, Observation{Page: f.page, Method: r.Method, Status: status, Took: ended.Sub(began), Cached: true})
	})
}

// kept finds the page of the present generation, without asking for the
// sequence: where that is due, the long way does so.
func (p *Portal) kept(r *http.Request) *front {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || p.busy() {
		return nil
	}
	gen, ok := p.head.current(p.today(), p.deps.Build)
	if !ok {
		return nil
	}
	return p.pages.front(gen, p.addressOf(r))
}

// send writes the kept page as Portal.send would.
func (f *front) send(w http.ResponseWriter, r *http.Request, id string) int {
	list, body, status := f.identity, f.raw, http.StatusOK
	switch {
	case f.etag != "" && r.Header["If-None-Match"] != nil && ui.NotModified(r, f.etag):
		list, body, status = f.unchanged, nil, http.StatusNotModified
	case f.zipped != nil && acceptsGzip(r):
		list, body = f.zipped, f.gz
	}
	h := w.Header()
	for _, x := range list {
		h[x.name] = x.values
	}
	h["X-Request-Id"] = []string{id}
	if r.Method == http.MethodHead || body == nil {
		w.WriteHeader(status)
		return status
	}
	writeWhole(w, r, status, body)
	return status
}

// acceptsGzip knows by heart what browsers and proxies say.
func acceptsGzip(r *http.Request) bool {
	said := r.Header["Accept-Encoding"]
	if len(said) == 0 {
		return false
	}
	switch said[0] {
	case "gzip", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd":
		return true
	}
	return ui.AcceptsGzip(r)
}
