package portal

import (
	"errors"
	"net/http"

	"gongkai/internal/document"
	"gongkai/internal/web/ui"
)

// withdrawnPage is the trace that a work leaves when it is taken down:
// what it was, as far as that may be said, when and why it went, whom to ask.
type withdrawnPage struct {
	ui.Page
	Trace   *document.Withdrawn
	Limited bool // it was meant for a limited audience
}

// withdrawn makes the trace page of a work that is taken down; nil when the
// error says nothing of the kind. It answers 410, so that search engines drop
// the address, and is never cached: the work may come back any minute.
func (p *Portal) withdrawn(r *http.Request, err error) *page {
	var w *document.Withdrawn
	if !errors.As(err, &w) {
		return nil
	}
	b, renderErr := p.trace(r, w)
	if renderErr != nil {
		p.logFailure(r, renderErr)
		return nil
	}
	header := http.Header{}
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Type", "text/html; charset=utf-8")
	made, pageErr := newPage(http.StatusGone, header, b)
	if pageErr != nil {
		p.logFailure(r, pageErr)
		return nil
	}
	return made
}

func (p *Portal) trace(r *http.Request, w *document.Withdrawn) ([]byte, error) {
	d := &withdrawnPage{Page: p.base(r, textWithdrawn), Trace: w, Limited: document.IsLimited(w.Work)}
	d.NoIndex = true
	d.Crumbs = crumbs(document.Crumb{Name: textWithdrawn})
	if !d.Limited {
		d.Canonical = workPath(w.Work)
	}
	return p.templates.Render(requestOf(r.Context()).variant, "withdrawn", d)
}
