package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/document"
	"gongkai/internal/web/ui"
)

// Handler answers everything below Patterns.
func (a *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		status := a.serve(w, r)
		took := time.Since(began)
		level := slog.LevelInfo
		if status >= 500 {
			level = slog.LevelError
		}
		a.deps.Logger.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", status), slog.Duration("took", took))
		a.deps.Observe(pageName(r.URL.Path), status, took)
	})
}

func pageName(path string) string {
	if strings.HasPrefix(path, "/feeds/") {
		return "订阅"
	}
	return textTitle
}

func (a *API) serve(w http.ResponseWriter, r *http.Request) int {
	h := w.Header()
	ui.SecurityHeaders(h)
	crossOrigin(h)
	if r.Method == http.MethodOptions {
		h.Set("Allow", "GET, HEAD, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return http.StatusNoContent
	}
	v := a.limiter.take(clientAddr(r, a.deps.TrustedProxies))
	a.limiter.headers(h, v)
	switch {
	case !v.allowed:
		return sendProblem(w, r, problem(http.StatusTooManyRequests, fmt.Sprintf(textTooMany, seconds(v.retry))))
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD, OPTIONS")
		return sendProblem(w, r, problem(http.StatusMethodNotAllowed, ""))
	}
	if p := refused(r.URL); p != nil {
		return sendProblem(w, r, p)
	}
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	a.mux.ServeHTTP(rec, withAddress(a.withoutVariant(r)))
	return rec.send(w, r)
}

// withoutVariant takes /hant and /elder off the address of the human page; a
// prefix in another order is no address at all.
func (a *API) withoutVariant(r *http.Request) *http.Request {
	variant, rest, ordered := ui.SplitVariant(r.URL.Path)
	if variant == (ui.Variant{}) || !ordered || rest != Root {
		return r
	}
	inner := r.WithContext(withVariant(r.Context(), variant))
	address := *r.URL
	address.Path, address.RawPath = rest, ""
	inner.URL = &address
	return inner
}

// crossOrigin lets pages of other sites read: all of this is public and
// nothing here depends on who asks.
func crossOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "If-None-Match")
	h.Set("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// refused stops what no database column may see: NUL and bytes that are no
// UTF-8, in the path or in any parameter.
func refused(u *url.URL) *Problem {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return problem(http.StatusBadRequest, textBadQuery)
	}
	if !clean(u.Path) {
		return problem(http.StatusBadRequest, textBadEncoding)
	}
	for name, values := range query {
		for _, v := range append(values, name) {
			if !clean(v) {
				p := problem(http.StatusBadRequest, textBadEncoding)
				p.Field = shorten(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "?"), 40)
				return p
			}
		}
	}
	return nil
}

func clean(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	sendProblem(w, r, problem(http.StatusNotFound, ""))
}

// sendProblem writes a problem that no operation of the framework produced.
func sendProblem(w http.ResponseWriter, r *http.Request, p *Problem) int {
	b, err := document.Line(p)
	if err != nil {
		b = []byte("{}") // strings and a number always encode
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	ui.WriteStatus(w, r, p.Status, b, nil)
	return p.Status
}

// recorder holds an answer until its tag is known.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *recorder) Header() http.Header         { return c.header }
func (c *recorder) WriteHeader(status int)      { c.status = status }
func (c *recorder) Write(b []byte) (int, error) { return c.body.Write(b) }

// send tags the bytes and writes them, or only says that nothing has changed.
// Answers are revalidated before each use, unless the operation says that
// they never move: a reader of the log who gets a work from a cache must not
// get it as it was before the row that sent him.
func (c *recorder) send(w http.ResponseWriter, r *http.Request) int {
	h := w.Header()
	for k, v := range c.header {
		h[k] = v
	}
	body := c.body.Bytes()
	h.Set("Vary", "Accept-Encoding")
	switch {
	case c.status != http.StatusOK:
		h.Set("Cache-Control", "no-store")
	case h.Get("Cache-Control") == "":
		h.Set("Cache-Control", "public, no-cache")
	}
	if c.status == http.StatusOK {
		sum := sha256.Sum256(body)
		etag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", etag)
		if ui.NotModified(r, etag) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
	}
	var gz []byte
	if len(body) > 1024 && ui.AcceptsGzip(r) {
		var err error
		if gz, err = ui.Gzip(body); err != nil {
			gz = nil // the plain bytes are as good
		}
	}
	ui.WriteStatus(w, r, c.status, body, gz)
	return c.status
}

// baseURL is the configured address, else the one the reader used. A host that
// is no host name is not repeated.
func (a *API) baseURL(r *http.Request) string {
	if a.deps.BaseURL != "" {
		return strings.TrimSuffix(a.deps.BaseURL, "/")
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
