package api

import (
	"container/list"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits bounds how often one client may ask. Each client has a bucket of
// Burst requests that refills at PerSecond.
type Limits struct {
	PerSecond float64
	Burst     int
	Clients   int // buckets kept in memory at most; the longest unused go first
}

// DefaultLimits lets a reader copy a library page by page and stops a loop
// that has gone wrong.
var DefaultLimits = Limits{PerSecond: 50, Burst: 1000, Clients: 50_000}

// limiter keeps the buckets of the clients seen lately.
type limiter struct {
	limits Limits
	now    func() time.Time

	mu    sync.Mutex
	byKey map[netip.Prefix]*list.Element
	order *list.List // of *bucket, latest use first
}

type bucket struct {
	key    netip.Prefix
	tokens float64
	at     time.Time
}

func newLimiter(l Limits, now func() time.Time) *limiter {
	return &limiter{limits: l, now: now, byKey: map[netip.Prefix]*list.Element{}, order: list.New()}
}

// verdict is the answer to one request, as the headers tell it.
type verdict struct {
	allowed   bool
	remaining int           // whole requests left
	reset     time.Duration // until the bucket is full again
	retry     time.Duration // until one request is allowed; 0 when allowed
}

// take asks for one request. A bucket that was forgotten starts full, so
// forgetting never refuses anybody wrongly.
func (l *limiter) take(client netip.Addr) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, full := l.now(), float64(l.limits.Burst)
	b := l.bucket(clientKey(client), now)
	b.tokens = math.Min(full, b.tokens+max(0, now.Sub(b.at).Seconds())*l.limits.PerSecond)
	b.at = now
	v := verdict{allowed: b.tokens >= 1}
	if v.allowed {
		b.tokens--
	} else {
		v.retry = l.until(1 - b.tokens)
	}
	v.remaining, v.reset = int(b.tokens), l.until(full-b.tokens)
	return v
}

func (l *limiter) until(tokens float64) time.Duration {
	return time.Duration(tokens / l.limits.PerSecond * float64(time.Second))
}

func (l *limiter) bucket(key netip.Prefix, now time.Time) *bucket {
	if el, ok := l.byKey[key]; ok {
		l.order.MoveToFront(el)
		return el.Value.(*bucket)
	}
	for l.order.Len() > 0 && l.order.Len() >= l.limits.Clients {
		oldest := l.order.Back()
		delete(l.byKey, oldest.Value.(*bucket).key)
		l.order.Remove(oldest)
	}
	b := &bucket{key: key, tokens: float64(l.limits.Burst), at: now}
	l.byKey[key] = l.order.PushFront(b)
	return b
}

// clientKey is one IPv4 address, or the /64 that an IPv6 subscriber has to
// himself: counting single addresses there would count nothing.
func clientKey(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // the zero address: clients without one share a bucket
	}
	return p
}

// headers tells the client where it stands. Seconds are rounded up, so that
// waiting as long as told is enough.
func (l *limiter) headers(h http.Header, v verdict) {
	window := int(math.Ceil(float64(l.limits.Burst) / l.limits.PerSecond))
	h.Set("RateLimit-Policy", strconv.Itoa(l.limits.Burst)+";w="+strconv.Itoa(window))
	h.Set("RateLimit-Limit", strconv.Itoa(l.limits.Burst))
	h.Set("RateLimit-Remaining", strconv.Itoa(v.remaining))
	h.Set("RateLimit-Reset", strconv.Itoa(seconds(v.reset)))
	if !v.allowed {
		h.Set("Retry-After", strconv.Itoa(seconds(v.retry)))
	}
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// clientAddr is the address that a request counts for: the connection's, or
// behind trusted proxies the last one in X-Forwarded-For that no trusted proxy
// wrote for another trusted proxy. What stands further left is hearsay.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := ap.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(at, trusted); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = next.Unmap()
	}
	return at
}

func within(a netip.Addr, known []netip.Prefix) bool {
	for _, p := range known {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
