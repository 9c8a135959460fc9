package main

import (
	"maps"
	"slices"
)

// pair is the words of a question and those of an article that answers it.
type pair struct{ asked, legal []string }

// Bounds of the table: rounds of estimation, the least share a term may have,
// how often a word must have been asked, and terms a word.
const (
	rounds     = 4
	leastShare = 0.01
	leastAsked = 2
	mostTerms  = 12
)

// translate estimates which legal terms stand for which words of questions:
// the first of the IBM alignment models, with the language of all articles as
// the source of what no word explains.
func translate(pairs []pair, frequency map[string]float64) map[string][]meaning {
	asked := map[string]float64{}
	for _, p := range pairs {
		for _, w := range p.asked {
			asked[w]++
		}
	}
	const start = 0.05
	var shares map[string]map[string]float64
	of := func(w, t string) float64 {
		if shares == nil {
			return start
		}
		return shares[w][t]
	}
	for range rounds {
		next := map[string]map[string]float64{}
		for _, p := range pairs {
			for _, t := range p.legal {
				sum := 2 * frequency[t]
				for _, w := range p.asked {
					sum += of(w, t)
				}
				if sum == 0 {
					continue
				}
				for _, w := range p.asked {
					v := of(w, t)
					if v == 0 {
						continue
					}
					if next[w] == nil {
						next[w] = map[string]float64{}
					}
					next[w][t] += v / sum
				}
			}
		}
		for w, terms := range next {
			for t := range terms {
				terms[t] /= asked[w] + 1
			}
			maps.DeleteFunc(terms, func(_ string, v float64) bool { return v < leastShare })
		}
		shares = next
	}
	out := map[string][]meaning{}
	for w, terms := range shares {
		if asked[w] < leastAsked {
			continue
		}
		var list []meaning
		for t, v := range terms {
			if t != w {
				list = append(list, meaning{t, v})
			}
		}
		slices.SortFunc(list, byShare)
		if list = list[:min(mostTerms, len(list))]; len(list) > 0 {
			out[w] = list
		}
	}
	return out
}
