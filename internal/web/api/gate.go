package api

import (
	"net/http"
	"net/netip"
	"time"
)

// Gate bounds how often one client does a thing beside the interface, such as
// trying a code; it counts as the interface counts its requests.
type Gate struct {
	limiter *limiter
	trusted []netip.Prefix
}

// NewGate makes a gate; proxies in trusted are believed when they say for whom
// a request came.
func NewGate(l Limits, now func() time.Time, trusted []netip.Prefix) *Gate {
	return &Gate{newLimiter(l, now), trusted}
}

// Pass takes one of the client's turns; when none is left it tells how long to wait.
func (g *Gate) Pass(r *http.Request) (wait time.Duration, ok bool) {
	v := g.limiter.take(clientAddr(r, g.trusted))
	return v.retry, v.allowed
}
