package officialdoc

import "slices"

// compareMerge swallows the equalities that stand between two edits by
// chance: one to three runes, no mark in them, and edits larger than they
// are. One that parts two insertions (or two deletions) needs more, because
// there nothing of it changed at all.
func compareMerge(blocks []compareBlock) []compareBlock {
	var out []compareBlock
	for _, b := range blocks {
		for len(out) > 0 && compareChance(out[len(out)-1], b) {
			p := out[len(out)-1]
			out = out[:len(out)-1]
			b = compareBlock{
				eq:  p.eq,
				del: slices.Concat(p.del, b.eq, b.del),
				ins: slices.Concat(p.ins, b.eq, b.ins),
			}
		}
		out = append(out, b)
	}
	return out
}

// compareChance says whether the equality of b, after the edit of p, is one
// of chance.
func compareChance(p, b compareBlock) bool {
	n := len(b.eq)
	if n == 0 || n > 3 || slices.ContainsFunc(b.eq, compareMark) {
		return n == 0
	}
	before, after := max(len(p.del), len(p.ins)), max(len(b.del), len(b.ins))
	need := [...]int{0, 2, 4, 10}[n]
	if len(p.del)+len(b.del) == 0 || len(p.ins)+len(b.ins) == 0 {
		need *= 3
	}
	return before >= need && after >= need
}

// compareSlide moves a pure insertion or deletion, where the runes at its
// edges allow, to the place that reads best: whole sentences, items, lines.
func compareSlide(blocks []compareBlock) []compareBlock {
	for i := range blocks {
		b := &blocks[i]
		edit := &b.ins
		if len(b.del) > 0 {
			edit = &b.del
		}
		if len(b.del) > 0 && len(b.ins) > 0 || len(*edit) == 0 || i+1 == len(blocks) {
			continue
		}
		next := &blocks[i+1]
		all := slices.Concat(b.eq, *edit, next.eq)
		n, at := len(*edit), len(b.eq)
		low, high := 0, len(next.eq)+at
		if i > 0 {
			low = 1 // edits stay apart
		}
		if len(next.del)+len(next.ins) > 0 {
			high--
		}
		left := at
		for left > low && all[left-1] == all[left+n-1] {
			left--
		}
		best, score := at, compareEdge(all, at, n)
		for p := left; p <= high; p++ {
			if p > left && all[p-1] != all[p+n-1] {
				break
			}
			if s := compareEdge(all, p, n); s > score {
				best, score = p, s
			}
		}
		b.eq, *edit, next.eq = all[:best:best], all[best:best+n:best+n], all[best+n:]
	}
	return blocks
}

// compareEdge rates an edit of n runes at p: how clean the cuts before it and
// at its end are.
func compareEdge(all []rune, p, n int) int {
	score := 8
	if p > 0 {
		score = compareCutRank(all[p-1])
	}
	return score + compareCutRank(all[p+n-1])
}

// compareCutRank says how well a text may be cut after a rune.
func compareCutRank(r rune) int {
	switch r {
	case '\n':
		return 8
	case '。', '；', '！', '？', '：':
		return 6
	case '，':
		return 4
	case '、':
		return 3
	case '”', '）', '》':
		return 1
	}
	return 0
}
