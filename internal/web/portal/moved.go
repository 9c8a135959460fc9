package portal

import (
	"context"
	"net/http"
)

// OldAddresses finds the work that stood at an address of an old site; 0 when
// none did.
type OldAddresses interface {
	Find(ctx context.Context, host, path, rawQuery string) (work int64, err error)
}

// MovedFrom sets where works stood before; without it no old address is known.
// Call it before serving.
func (p *Portal) MovedFrom(a OldAddresses) { p.old = a }

// moved sends the reader of an old address on to the work, in the variant that
// was asked for (E-72). It answers only what no page of ours answers.
func (p *Portal) moved(w http.ResponseWriter, r *http.Request) (sent bool, err error) {
	if p.old == nil {
		return false, nil
	}
	q := requestOf(r.Context())
	id, err := p.old.Find(r.Context(), r.Host, q.path, r.URL.RawQuery)
	if err != nil || id == 0 {
		return false, err
	}
	// An hour, not for ever: a work may be merged into another.
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.Redirect(w, r, q.variant.Link(workPath(id)), http.StatusMovedPermanently)
	return true, nil
}
