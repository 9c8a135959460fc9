package main

import (
	"cmp"
	"math"
	"slices"

	"gongkai/internal/search"
	"gongkai/internal/zh"
)

// plain is the baseline: BM25 over character bigrams of articles, nothing else.
type plain struct {
	articles []place
	sizes    []float64
	mean     float64
	posts    map[string][]post
}

type post struct {
	article int
	times   float64
}

const (
	plainK1 = 1.2
	plainB  = 0.75
)

func newPlain(texts []search.ItemEdition) *plain {
	p := &plain{posts: map[string][]post{}}
	for _, e := range texts {
		for _, a := range e.Articles {
			if a.Label != "" {
				p.add(place{e.ExternalID, a.Label}, zh.Terms(a.Text))
			}
		}
	}
	p.mean /= math.Max(float64(len(p.articles)), 1)
	return p
}

func (p *plain) add(at place, terms []string) {
	times := map[string]float64{}
	for _, t := range terms {
		times[t]++
	}
	for t, n := range times {
		p.posts[t] = append(p.posts[t], post{len(p.articles), n})
	}
	p.articles = append(p.articles, at)
	p.sizes = append(p.sizes, float64(len(terms)))
	p.mean += float64(len(terms))
}

func (p *plain) search(text string, limit int) []place {
	sums := map[int]float64{}
	terms := zh.Terms(text)
	slices.Sort(terms)
	for _, t := range slices.Compact(terms) {
		posts := p.posts[t]
		idf := math.Log(1 + (float64(len(p.articles))-float64(len(posts))+0.5)/(float64(len(posts))+0.5))
		for _, o := range posts {
			sums[o.article] += idf * o.times * (plainK1 + 1) / (o.times + plainK1*(1-plainB+plainB*p.sizes[o.article]/p.mean))
		}
	}
	order := make([]int, 0, len(sums))
	for a := range sums {
		order = append(order, a)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	out := make([]place, 0, limit)
	for _, a := range order[:min(limit, len(order))] {
		out = append(out, p.articles[a])
	}
	return out
}
