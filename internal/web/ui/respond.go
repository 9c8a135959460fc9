package ui

import (
	"net/http"
	"strconv"
	"strings"
)

// PagePolicy is the content security policy of every page: nothing from
// elsewhere, nothing inline, no frame around it.
const PagePolicy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// SecurityHeaders sets what every answer carries.
func SecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", PagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// NotModified reports that the reader already holds this entity (weak comparison).
func NotModified(r *http.Request, etag string) bool {
	for _, tag := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") && tag != "" {
			return true
		}
	}
	return false
}

// AcceptsGzip reads Accept-Encoding; q=0 refuses.
func AcceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.TrimSpace(name)
		if name != "gzip" && name != "*" {
			continue
		}
		_, q, weighted := strings.Cut(strings.ReplaceAll(params, " ", ""), "q=")
		if !weighted {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}

// WriteBody sends the smaller form the reader accepts; HEAD gets the headers
// only. gz may be nil. A write that fails means the reader has gone.
func WriteBody(w http.ResponseWriter, r *http.Request, raw, gz []byte) {
	WriteStatus(w, r, http.StatusOK, raw, gz)
}

// WriteStatus is WriteBody with a status other than 200.
func WriteStatus(w http.ResponseWriter, r *http.Request, status int, raw, gz []byte) {
	body := raw
	if gz != nil && len(gz) < len(raw) && AcceptsGzip(r) {
		body = gz
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(body); err != nil {
		return // the connection is closed; there is nobody left to tell
	}
}
