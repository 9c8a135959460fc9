package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// median is the middle of the values, the mean of the two middle ones for an
// even number, NaN of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	m := len(s) / 2
	if len(s)%2 == 1 {
		return s[m]
	}
	return (s[m-1] + s[m]) / 2
}

// percentile is the smallest value that at least p percent of the values do
// not exceed (nearest rank), 0 < p <= 100; NaN of none.
func percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p / 100 * float64(len(s))))
	return s[min(max(rank, 1), len(s))-1]
}

// ratio is a over b; NaN when b is not a positive number.
func ratio(a, b float64) float64 {
	if !(b > 0) {
		return math.NaN()
	}
	return a / b
}

// unit is how a figure is printed.
type unit string

const (
	perSecond unit = "/s"
	millis    unit = "ms"
	micros    unit = "µs"
	megabytes unit = "MB/s"
)

// figure prints three meaningful digits with the unit, at least whole ones.
func figure(v float64, u unit) string {
	if math.IsNaN(v) {
		return "?"
	}
	places := 0
	if a := math.Abs(v); a > 0 && a < 100 {
		places = max(0, 2-int(math.Floor(math.Log10(a))))
	}
	return fmt.Sprintf("%.*f%s", places, v, u)
}

// beside prints one measurement with its peer.
func (b *bench) beside(name string, ours, peer float64, u unit) {
	fmt.Fprintf(b.out, "%-34s ours=%-11s peer=%-11s ratio=%.2f\n", name, figure(ours, u), figure(peer, u), ratio(ours, peer))
}

// alone prints one measurement without a peer.
func (b *bench) alone(name string, ours float64, u unit) {
	fmt.Fprintf(b.out, "%-34s ours=%s\n", name, figure(ours, u))
}

func inMillis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
