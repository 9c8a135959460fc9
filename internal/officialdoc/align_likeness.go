package officialdoc

import (
	"math"
	"slices"
	"sort"
)

// Bounds that keep the search for like pieces short: up to alignAll pairs all
// are compared; above it each piece meets the alignTop pieces that share most
// of its rare bigrams.
const (
	alignAll  = 40_000
	alignTop  = 12
	alignRare = 60
	alignPost = 400
)

// alignGram is a bigram of words and how often a piece has it.
type alignGram struct {
	gram  uint64
	count int32
}

// alignCandidate is a free pair and its likeness: dice is the weighted share
// of common bigrams, score the same or, for a piece cut out of another, more.
type alignCandidate struct {
	old, new    int
	dice, score float64
}

// alignLikeness holds what the steps after equality ask for.
type alignLikeness struct {
	candidates []alignCandidate
	scores     map[alignPair]float64
}

// alignGrams counts the bigrams of the words, blanks left out; single runes
// too where there are few, as in headings.
func alignGrams(words string) []alignGram {
	var runes []rune
	for _, r := range words {
		if !structBlank(r) {
			runes = append(runes, r)
		}
	}
	var keys []uint64
	for i, r := range runes {
		if i > 0 {
			keys = append(keys, uint64(runes[i-1])<<32|uint64(r))
		}
		if len(runes) < 12 {
			keys = append(keys, uint64(r))
		}
	}
	slices.Sort(keys)
	var out []alignGram
	for _, k := range keys {
		if n := len(out); n > 0 && out[n-1].gram == k {
			out[n-1].count++
		} else {
			out = append(out, alignGram{k, 1})
		}
	}
	return out
}

// newAlignLikeness measures the free pieces of both texts against each other.
// A bigram weighs the less the more pieces have it, so that the phrases of
// every penal clause do not make two of them alike.
func newAlignLikeness(a *alignment) *alignLikeness {
	l := &alignLikeness{scores: make(map[alignPair]float64)}
	frequency := make(map[uint64]int)
	grams := func(pieces []comparePiece, partner []int) [][]alignGram {
		out := make([][]alignGram, len(pieces))
		for i, p := range pieces {
			if partner[i] >= 0 {
				continue
			}
			out[i] = alignGrams(p.words)
			for _, g := range out[i] {
				frequency[g.gram]++
			}
		}
		return out
	}
	olds, news := grams(a.olds, a.toNew), grams(a.news, a.toOld)
	var freeOld, freeNew []int
	for i, g := range olds {
		if len(g) > 0 {
			freeOld = append(freeOld, i)
		}
	}
	for j, g := range news {
		if len(g) > 0 {
			freeNew = append(freeNew, j)
		}
	}
	total := float64(len(freeOld) + len(freeNew))
	weight := func(g uint64) float64 { return math.Log(1 + total/float64(frequency[g])) }
	sums := func(all [][]alignGram) []float64 {
		out := make([]float64, len(all))
		for i, gs := range all {
			for _, g := range gs {
				out[i] += weight(g.gram) * float64(g.count)
			}
		}
		return out
	}
	sumOld, sumNew := sums(olds), sums(news)
	measure := func(i, j int) {
		if !alignMayPair(a.olds[i], a.news[j], false) {
			return
		}
		if _, done := l.scores[alignPair{i, j}]; done {
			return
		}
		common := 0.0
		for x, y := 0, 0; x < len(olds[i]) && y < len(news[j]); {
			g, h := olds[i][x], news[j][y]
			switch {
			case g.gram < h.gram:
				x++
			case g.gram > h.gram:
				y++
			default:
				common += weight(g.gram) * float64(min(g.count, h.count))
				x, y = x+1, y+1
			}
		}
		c := alignCandidate{old: i, new: j, dice: 2 * common / (sumOld[i] + sumNew[j])}
		c.score = c.dice
		small, large := min(sumOld[i], sumNew[j]), max(sumOld[i], sumNew[j])
		if common >= 0.85*small && small >= 0.3*large && min(len(olds[i]), len(news[j])) >= 20 {
			c.score = max(c.score, 0.55) // one cut out of the other
		}
		if c.score > 0.1 {
			l.candidates = append(l.candidates, c)
			l.scores[alignPair{i, j}] = c.score
		}
	}
	if len(freeOld)*len(freeNew) <= alignAll {
		for _, i := range freeOld {
			for _, j := range freeNew {
				measure(i, j)
			}
		}
		return l
	}
	l.sparse(a, olds, freeOld, news, frequency, measure)
	return l
}

// sparse measures each free old piece against those new ones that share its
// rarest bigrams, those of its number, and those near its place.
func (l *alignLikeness) sparse(a *alignment, olds [][]alignGram, free []int, news [][]alignGram, frequency map[uint64]int, measure func(i, j int)) {
	posts := make(map[uint64][]int32)
	byNumber := make(map[[2]int][]int)
	for j, gs := range news {
		for _, g := range gs {
			if frequency[g.gram] <= alignPost {
				posts[g.gram] = append(posts[g.gram], int32(j))
			}
		}
		if len(gs) > 0 {
			k := [2]int{a.news[j].number, a.news[j].sub}
			if len(byNumber[k]) < alignTop {
				byNumber[k] = append(byNumber[k], j)
			}
		}
	}
	hits := make([]int, len(news))
	for _, i := range free {
		rare := slices.Clone(olds[i])
		sort.SliceStable(rare, func(x, y int) bool { return frequency[rare[x].gram] < frequency[rare[y].gram] })
		var met []int
		for _, g := range rare[:min(len(rare), alignRare)] {
			for _, j := range posts[g.gram] {
				if hits[j] == 0 {
					met = append(met, int(j))
				}
				hits[j]++
			}
		}
		sort.Slice(met, func(x, y int) bool {
			if hits[met[x]] != hits[met[y]] {
				return hits[met[x]] > hits[met[y]]
			}
			return met[x] < met[y]
		})
		for n, j := range met {
			if n < alignTop {
				measure(i, j)
			}
			hits[j] = 0
		}
		for _, j := range byNumber[[2]int{a.olds[i].number, a.olds[i].sub}] {
			measure(i, j)
		}
	}
}
