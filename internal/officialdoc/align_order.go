package officialdoc

import (
	"sort"
	"unicode/utf8"
)

// pairs lists the aligned pairs by their old place.
func (a *alignment) pairs() []alignPair {
	var out []alignPair
	for i, j := range a.toNew {
		if j >= 0 {
			out = append(out, alignPair{i, j})
		}
	}
	return out
}

// keptOrder marks the old pieces that kept the common order: the most pieces
// that can be called unmoved; of equally many, those that kept their number,
// then the longer ones.
func (a *alignment) keptOrder() []bool {
	pairs := a.pairs()
	kept := make([]bool, len(a.olds))
	for _, k := range alignIncreasing(pairs, func(k int) int64 {
		o, n := a.olds[pairs[k].old], a.news[pairs[k].new]
		w := int64(1) << 42
		if alignSameNumber(o, n) {
			w += 1 << 24
		}
		return w + int64(min(utf8.RuneCountInString(o.words), 200))
	}) {
		kept[pairs[k].old] = true
	}
	return kept
}

// alignIncreasing returns the indices of the heaviest sequence of pairs that
// rises in the new text; pairs rise in the old.
func alignIncreasing(pairs []alignPair, weight func(int) int64) []int {
	order := make([]int, 0, len(pairs))
	for _, p := range pairs {
		order = append(order, p.new)
	}
	sort.Ints(order)
	rank := make(map[int]int, len(order))
	for i, v := range order {
		if _, ok := rank[v]; !ok {
			rank[v] = i + 1
		}
	}
	type state struct {
		sum  int64
		last int // index in pairs, plus one
	}
	tree := make([]state, len(order)+1)
	back := make([]int, len(pairs))
	end := state{}
	for k, p := range pairs {
		prior := state{}
		for x := rank[p.new] - 1; x > 0; x -= x & -x {
			if tree[x].sum > prior.sum {
				prior = tree[x]
			}
		}
		back[k] = prior.last
		now := state{prior.sum + weight(k), k + 1}
		for x := rank[p.new]; x <= len(order); x += x & -x {
			if now.sum > tree[x].sum {
				tree[x] = now
			}
		}
		if now.sum > end.sum {
			end = now
		}
	}
	var out []int
	for k := end.last; k > 0; k = back[k-1] {
		out = append(out, k-1)
	}
	for x, y := 0, len(out)-1; x < y; x, y = x+1, y-1 {
		out[x], out[y] = out[y], out[x]
	}
	return out
}
