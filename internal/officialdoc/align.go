package officialdoc

import "sort"

// Thresholds of likeness (0 nothing in common, 1 the same words). Measured on
// the revised laws of testdata/compare and on edited copies of them.
const (
	alignSure    = 0.75 // and clearly better than any other: a pair wherever it stands
	alignMargin  = 0.10 // what clearly better means
	alignLikely  = 0.45 // a pair between aligned neighbours
	alignAnyhow  = 0.25 // the same number at the same place, heavily reworded
	alignThere   = 0.16 // the same number, alone between aligned neighbours
	alignFar     = 0.52 // a pair out of order
	alignMaxCell = 4_000_000
)

// alignment pairs the pieces of two texts.
type alignment struct {
	olds, news   []comparePiece
	toNew, toOld []int // partner or -1
	like         *alignLikeness
}

// alignPair is a pair of places, one in each text.
type alignPair struct{ old, new int }

// alignPieces finds which piece of the new text is which of the old: first
// the same words, then clear likeness anywhere, then the best sequence
// between what is aligned, then what moved.
func alignPieces(olds, news []comparePiece) *alignment {
	a := &alignment{olds: olds, news: news, toNew: alignNone(len(olds)), toOld: alignNone(len(news))}
	a.sameWords()
	a.sameNeighbours()
	a.sameOrder()
	a.like = newAlignLikeness(a)
	a.sure()
	a.between()
	a.far()
	a.headings()
	return a
}

func alignNone(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// pair notes that old piece i is new piece j.
func (a *alignment) pair(i, j int) { a.toNew[i], a.toOld[j] = j, i }

// alignStructural says whether a piece is a 编 章 节 heading.
func alignStructural(p comparePiece) bool { return structRanks[p.kind] > 0 }

// alignProse says whether a piece is an article, a notice's heading with its
// words, or a line: these may become one another.
func alignProse(p comparePiece) bool {
	return p.kind == KindArticle || p.kind == KindHeading || p.kind == ""
}

// alignSameNumber compares numbers, not their writing: 第12条 is 第十二条.
func alignSameNumber(o, n comparePiece) bool {
	return o.number == n.number && o.sub == n.sub
}

// alignMayPair says whether two pieces can be one at all; same words allow
// more than likeness.
func alignMayPair(o, n comparePiece, same bool) bool {
	if o.kind == n.kind || alignProse(o) && alignProse(n) {
		return true
	}
	if !same {
		return o.kind == KindPreamble && n.kind == "" || o.kind == "" && n.kind == KindPreamble
	}
	return alignStructural(o) == alignStructural(n) || o.kind == KindHeading || n.kind == KindHeading
}

// sameWords pairs pieces whose words stand once in each text.
func (a *alignment) sameWords() {
	news := make(map[string][]int, len(a.news))
	for j, n := range a.news {
		news[n.words] = append(news[n.words], j)
	}
	olds := make(map[string]int, len(a.olds))
	for _, o := range a.olds {
		olds[o.words]++
	}
	for i, o := range a.olds {
		if o.words == "" || olds[o.words] != 1 || len(news[o.words]) != 1 {
			continue
		}
		if j := news[o.words][0]; alignMayPair(o, a.news[j], true) {
			a.pair(i, j)
		}
	}
}

// equal says whether two free pieces have the same words and may pair.
func (a *alignment) equal(i, j int) bool {
	return i >= 0 && j >= 0 && i < len(a.olds) && j < len(a.news) && a.toNew[i] < 0 && a.toOld[j] < 0 &&
		a.olds[i].words == a.news[j].words && alignMayPair(a.olds[i], a.news[j], true)
}

// sameNeighbours spreads from pairs to the equal pieces beside them: so the
// many 第一节 一般规定 of a code find their chapters.
func (a *alignment) sameNeighbours() {
	if a.equal(0, 0) && alignSameNumber(a.olds[0], a.news[0]) {
		a.pair(0, 0)
	}
	for i := 0; i+1 < len(a.olds); i++ {
		if j := a.toNew[i]; j >= 0 && a.equal(i+1, j+1) {
			a.pair(i+1, j+1)
		}
	}
	for i := len(a.olds) - 1; i > 0; i-- {
		if j := a.toNew[i]; j >= 0 && a.equal(i-1, j-1) {
			a.pair(i-1, j-1)
		}
	}
}

// sameOrder pairs what is left of equal words: those of one number first,
// then in the order of the texts.
func (a *alignment) sameOrder() {
	type key struct {
		words       string
		number, sub int
	}
	for _, withNumber := range []bool{true, false} {
		free := make(map[key][]int)
		keyOf := func(p comparePiece) key {
			if withNumber {
				return key{p.words, p.number, p.sub}
			}
			return key{words: p.words}
		}
		for j, n := range a.news {
			if a.toOld[j] < 0 {
				free[keyOf(n)] = append(free[keyOf(n)], j)
			}
		}
		for i, o := range a.olds {
			if a.toNew[i] >= 0 || o.words == "" && !withNumber {
				continue
			}
			k := keyOf(o)
			if f := free[k]; len(f) > 0 && alignMayPair(o, a.news[f[0]], true) {
				a.pair(i, f[0])
				free[k] = f[1:]
			}
		}
		a.sameNeighbours()
	}
}

// sure pairs free pieces that are clearly each other's best.
func (a *alignment) sure() {
	type best struct {
		at            int
		first, second float64
	}
	note := func(m map[int]best, from, to int, s float64) {
		b, ok := m[from]
		switch {
		case !ok:
			b = best{to, s, 0}
		case s > b.first:
			b = best{to, s, b.first}
		case s > b.second:
			b.second = s
		}
		m[from] = b
	}
	ofOld, ofNew := map[int]best{}, map[int]best{}
	for _, c := range a.like.candidates {
		note(ofOld, c.old, c.new, c.score)
		note(ofNew, c.new, c.old, c.score)
	}
	for i := range a.olds {
		o, ok := ofOld[i]
		if !ok || o.first < alignSure || o.first-o.second < alignMargin {
			continue
		}
		if n := ofNew[o.at]; n.at == i && n.first-n.second >= alignMargin {
			a.pair(i, o.at)
		}
	}
}

// far pairs what is left, best first, wherever it stands.
func (a *alignment) far() {
	var free []alignCandidate
	for _, c := range a.like.candidates {
		if a.toNew[c.old] < 0 && a.toOld[c.new] < 0 && c.score >= alignFar && c.dice >= alignLikely {
			free = append(free, c)
		}
	}
	sort.SliceStable(free, func(x, y int) bool {
		p, q := free[x], free[y]
		if p.score != q.score {
			return p.score > q.score
		}
		ps, qs := alignSameNumber(a.olds[p.old], a.news[p.new]), alignSameNumber(a.olds[q.old], a.news[q.new])
		if ps != qs {
			return ps
		}
		if p.old != q.old {
			return p.old < q.old
		}
		return p.new < q.new
	})
	for _, c := range free {
		if a.toNew[c.old] < 0 && a.toOld[c.new] < 0 {
			a.pair(c.old, c.new)
		}
	}
}

// headings pairs a renamed 第三章 whose first article is the same one, though
// the names share no word.
func (a *alignment) headings() {
	for i := len(a.olds) - 2; i >= 0; i-- {
		j := a.toNew[i+1] - 1
		if a.toNew[i] >= 0 || j < 0 || a.toOld[j] >= 0 {
			continue
		}
		o, n := a.olds[i], a.news[j]
		if alignStructural(o) && o.kind == n.kind && alignSameNumber(o, n) {
			a.pair(i, j)
		}
	}
}
