package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// uncachedPage asks for a different work each time, first from a server that
// has just started, then again: what making a page costs over keeping it.
func (b *bench) uncachedPage() (err error) {
	if err := b.needLaws(); err != nil {
		return err
	}
	s, err := b.serve(b.laws)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	c := client(1)
	works := pick(b, 500, 200)
	b.note("uncached page: %d works in turn over one connection, each for the first time; peer = the same pages again, from our cache", works)
	first, err := askEach(c, s.url, "/works/%d", works)
	if err != nil {
		return err
	}
	again, err := askEach(c, s.url, "/works/%d", works)
	if err != nil {
		return err
	}
	b.beside("uncached-page", rate(first), rate(again), perSecond)
	b.beside("uncached-page/p50", percentile(first, 50), percentile(again, 50), millis)
	b.beside("uncached-page/p99", percentile(first, 99), percentile(again, 99), millis)
	return nil
}

// rate is how many a second of what took so many milliseconds each, one after another.
func rate(times []float64) float64 {
	sum := 0.0
	for _, t := range times {
		sum += t
	}
	return ratio(1000*float64(len(times)), sum)
}

// askEach fetches the pages 1 … n of a pattern and times each, in ms.
func askEach(c *http.Client, base, pattern string, n int) ([]float64, error) {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = fmt.Sprintf(pattern, i+1)
	}
	return askAll(c, base, paths)
}

// askAll times each page, in ms, until the patience of one kind of page ends.
func askAll(c *http.Client, base string, paths []string) (times []float64, err error) {
	for began := time.Now(); len(times) < len(paths) && time.Since(began) < patience; {
		asked := time.Now()
		if _, _, err := fetch(c, base+paths[len(times)], true); err != nil {
			return nil, err
		}
		times = append(times, inMillis(time.Since(asked)))
	}
	return times, nil
}

// patience bounds the time for one kind of page.
const patience = 20 * time.Second
