package portal

import (
	"errors"
	"net/http"
	"strings"

	"gongkai/internal/document"
)

// double leads the reader of a work that was merged into another on to that
// work, to the same kind of page where it does not speak of one edition; nil
// when the error says nothing of the kind.
func (p *Portal) double(r *http.Request, err error) *page {
	var moved *document.Moved
	if !errors.As(err, &moved) {
		return nil
	}
	q := requestOf(r.Context())
	to := workPath(moved.To)
	parts := strings.Split(strings.Trim(q.path, "/"), "/")
	if len(parts) == 3 && !r.URL.Query().Has("edition") {
		to += "/" + parts[2]
	}
	if on := r.URL.Query().Get("on"); on != "" && len(parts) == 2 {
		to += "?on=" + strings.NewReplacer("&", "", "#", "", "%", "").Replace(on)
	}
	header := http.Header{}
	header.Set("Location", q.variant.Link(to))
	// An hour, not for ever: the work may be merged again.
	header.Set("Cache-Control", "public, max-age=3600")
	header.Set("Content-Type", "text/html; charset=utf-8")
	return &page{status: http.StatusMovedPermanently, header: header, raw: []byte("<!DOCTYPE html><html lang=\"zh-CN\"><title>已并入别的文件</title><p>这份文件已并入别的文件。</p></html>")}
}
