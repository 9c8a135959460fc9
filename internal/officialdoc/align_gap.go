package officialdoc

import (
	"strings"
	"unicode/utf8"
)

// between aligns the free pieces that lie between neighbours which kept their
// order, by the sequence of pairs with the greatest likeness.
func (a *alignment) between() {
	pairs := a.pairs()
	kept := alignIncreasing(pairs, func(int) int64 { return 1 })
	i, j := 0, 0
	for _, k := range kept {
		a.gap(i, pairs[k].old, j, pairs[k].new)
		i, j = pairs[k].old+1, pairs[k].new+1
	}
	a.gap(i, len(a.olds), j, len(a.news))
}

// gap aligns old pieces [i0,i1) with new pieces [j0,j1), crossing none.
func (a *alignment) gap(i0, i1, j0, j1 int) {
	var olds, news []int
	for i := i0; i < i1; i++ {
		if a.toNew[i] < 0 {
			olds = append(olds, i)
		}
	}
	for j := j0; j < j1; j++ {
		if a.toOld[j] < 0 {
			news = append(news, j)
		}
	}
	if len(olds) == 0 || len(news) == 0 || len(olds)*len(news) > alignMaxCell {
		return // what is like is still found by far
	}
	alone := len(olds) == 1 && len(news) == 1
	width := len(news) + 1
	best := make([]float32, (len(olds)+1)*width)
	for x := len(olds) - 1; x >= 0; x-- {
		for y := len(news) - 1; y >= 0; y-- {
			at := x*width + y
			best[at] = max(best[at+width], best[at+1])
			if v := a.worth(olds[x], news[y], alone); v > 0 {
				best[at] = max(best[at], best[at+width+1]+v)
			}
		}
	}
	for x, y := 0, 0; x < len(olds) && y < len(news); {
		at := x*width + y
		v := a.worth(olds[x], news[y], alone)
		switch {
		case v > 0 && best[at] == best[at+width+1]+v:
			a.pair(olds[x], news[y])
			x, y = x+1, y+1
		case best[at] == best[at+width]:
			x++
		default:
			y++
		}
	}
}

// worth is what a pair adds to a sequence; 0 for none. The same number at the
// same place, or being alone between neighbours, lets a heavily reworded piece
// pass; a preamble and a tail need no more than that.
func (a *alignment) worth(i, j int, alone bool) float32 {
	s := a.like.scores[alignPair{i, j}]
	o, n := a.olds[i], a.news[j]
	same := alignSameNumber(o, n) && o.kind == n.kind
	switch {
	case s >= alignLikely && same:
		return float32(s) + 0.05
	case s >= alignLikely:
		return float32(s)
	case s >= alignThere && same && o.number > 0 && alone:
		return float32(s) / 2
	case s >= alignAnyhow && (same && o.number > 0 || alone || o.kind == KindPreamble || o.kind == KindTail):
		return float32(s) / 2
	}
	return 0
}

// holder names the piece of the other text in which at least 60 % of the
// words of p stand in one piece, "" for none: the mark of a split or merger.
// Of several the one that holds most.
func (a *alignment) holder(p comparePiece, others []comparePiece) string {
	n := utf8.RuneCountInString(p.words)
	if p.label == "" || n < 10 || !alignProse(p) {
		return ""
	}
	size := (n*6 + 9) / 10
	name, most := "", size-1
	for _, o := range others {
		if o.label == "" || !alignProse(o) {
			continue
		}
		if h := alignHeld(p.words, o.words, n-size, size); h > most {
			name, most = o.label, h
		}
	}
	return name
}

// alignHeld counts the runes of the longest run of words that other holds and
// that covers the runes from first to last; every run of 60 % covers the
// middle 20 %. It tries the first few places only.
func alignHeld(words, other string, first, last int) int {
	from, to := alignByte(words, first), alignByte(words, last)
	if from >= to {
		return 0
	}
	most := 0
	for at, tries := 0, 0; tries < 8; tries++ {
		i := strings.Index(other[at:], words[from:to])
		if i < 0 {
			break
		}
		at += i
		left, right := 0, 0
		for left < from && left < at && words[from-left-1] == other[at-left-1] {
			left++
		}
		end := at + to - from
		for to+right < len(words) && end+right < len(other) && words[to+right] == other[end+right] {
			right++
		}
		for left > 0 && !utf8.RuneStart(words[from-left]) {
			left--
		}
		for right > 0 && to+right < len(words) && !utf8.RuneStart(words[to+right]) {
			right--
		}
		most = max(most, utf8.RuneCountInString(words[from-left:to+right]))
		at++
	}
	return most
}

// alignByte is the byte offset of the n-th rune.
func alignByte(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
