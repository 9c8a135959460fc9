package main

import (
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	for name, c := range map[string]struct {
		in   []float64
		want float64
	}{
		"one":   {[]float64{7}, 7},
		"odd":   {[]float64{9, 1, 5}, 5},
		"even":  {[]float64{4, 1, 3, 100}, 3.5},
		"equal": {[]float64{2, 2}, 2},
		"none":  {nil, math.NaN()},
	} {
		t.Run(name, func(t *testing.T) { same(t, median(c.in), c.want) })
	}
	in := []float64{3, 1, 2}
	median(in)
	if in[0] != 3 {
		t.Error("median reorders what it is given")
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for name, c := range map[string]struct {
		in      []float64
		p, want float64
	}{
		"95 of 100":    {hundred, 95, 95},
		"99 of 100":    {hundred, 99, 99},
		"100 of 100":   {hundred, 100, 100},
		"50 of two":    {[]float64{8, 2}, 50, 2},
		"51 of two":    {[]float64{8, 2}, 51, 8},
		"tiny of some": {[]float64{8, 2, 5}, 0.1, 2},
		"none":         {nil, 50, math.NaN()},
	} {
		t.Run(name, func(t *testing.T) { same(t, percentile(c.in, c.p), c.want) })
	}
}

func TestRatio(t *testing.T) {
	same(t, ratio(3, 4), 0.75)
	same(t, ratio(0, 4), 0)
	same(t, ratio(3, 0), math.NaN())
	same(t, ratio(3, math.NaN()), math.NaN())
}

func TestFigure(t *testing.T) {
	for want, c := range map[string]struct {
		v float64
		u unit
	}{
		"12346/s": {12345.6, perSecond}, "123ms": {123.4, millis}, "12.3ms": {12.34, millis}, "1.23ms": {1.234, millis},
		"0.123ms": {0.1234, millis}, "0MB/s": {0, megabytes}, "?": {math.NaN(), millis},
	} {
		if got := figure(c.v, c.u); got != want {
			t.Errorf("figure(%v) = %s, want %s", c.v, got, want)
		}
	}
}

func same(t *testing.T, got, want float64) {
	t.Helper()
	if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("got %v, want %v", got, want)
	}
}
