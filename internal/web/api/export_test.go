package api

import (
	"net/netip"
	"time"
)

// NamedExample is an example as the tests see it.
type NamedExample struct{ Name, Path string }

// PageExamples lists the examples of the page.
func PageExamples() []NamedExample {
	out := make([]NamedExample, len(examples))
	for i, e := range examples {
		out[i] = NamedExample{e.name, e.path}
	}
	return out
}

// ClientAddr is clientAddr for the tests.
var ClientAddr = clientAddr

// BucketsAfter tells how many buckets are kept after so many clients.
func BucketsAfter(l Limits, clients int) int {
	b := newLimiter(l, time.Now)
	for i := range clients {
		b.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	return b.order.Len()
}

// SetMaxTexts makes the bound of a whole list of texts small, and gives back
// what restores it.
func SetMaxTexts(n int) (restore func()) {
	was := maxTexts
	maxTexts = n
	return func() { maxTexts = was }
}
