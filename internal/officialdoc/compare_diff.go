package officialdoc

import (
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Sizes, in rune pairs, that bound the cost of a difference: below
// compareDirect runes are compared at once; above it the common sentences
// part the texts first; a stretch without any common sentence or run of
// compareGram runes is compared up to compareLimit and replaced whole above.
const (
	compareDirect = 200 * 200
	compareLimit  = 2000 * 2000
	compareGram   = 8
)

// compareBlock is an edit after what stays before it.
type compareBlock struct {
	eq, del, ins []rune
}

// DiffText tells what changed from one text to the other, rune by rune, in
// runs fit to read: an edit is not torn apart by a rune that both sides share
// by chance. = and - join to from, = and + to to. Both must be valid UTF-8.
func DiffText(from, to string) []Op {
	if from == to {
		return compareJoin([]Op{{"=", from}})
	}
	var d compareDiff
	d.hunk([]rune(from), []rune(to))
	blocks := compareSlide(compareMerge(d.done()))
	ops := make([]Op, 0, 3*len(blocks))
	for _, b := range blocks {
		ops = append(ops, Op{"=", string(b.eq)}, Op{"-", string(b.del)}, Op{"+", string(b.ins)})
	}
	return compareJoin(ops)
}

// compareDiff gathers blocks in the order of the texts.
type compareDiff struct {
	blocks []compareBlock
}

func (d *compareDiff) equal(r []rune) {
	if len(r) == 0 {
		return
	}
	if n := len(d.blocks); n > 0 && len(d.blocks[n-1].del)+len(d.blocks[n-1].ins) == 0 {
		d.blocks[n-1].eq = append(d.blocks[n-1].eq, r...)
		return
	}
	d.blocks = append(d.blocks, compareBlock{eq: slices.Clone(r)})
}

func (d *compareDiff) edit(del, ins []rune) {
	if len(del)+len(ins) == 0 {
		return
	}
	if len(d.blocks) == 0 {
		d.blocks = append(d.blocks, compareBlock{})
	}
	b := &d.blocks[len(d.blocks)-1]
	b.del = append(b.del, del...)
	b.ins = append(b.ins, ins...)
}

// done returns the blocks; the last may hold an equality only.
func (d *compareDiff) done() []compareBlock { return d.blocks }

// hunk compares two stretches.
func (d *compareDiff) hunk(a, b []rune) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	d.equal(a[:head])
	a, b = a[head:], b[head:]
	tail := 0
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	end := a[len(a)-tail:]
	a, b = a[:len(a)-tail], b[:len(b)-tail]
	switch {
	case len(a) == 0 || len(b) == 0:
		d.edit(a, b)
	case len(a)*len(b) <= compareDirect:
		d.runes(a, b)
	case d.anchored(a, b, compareSentences(a), compareSentences(b)):
	case d.anchored(a, b, compareGrams(a), compareGrams(b)):
	case len(a)*len(b) <= compareLimit:
		d.runes(a, b)
	default:
		d.edit(a, b)
	}
	d.equal(end)
}

// runes is Myers' difference without a time limit, so that it is the same on
// every machine.
func (d *compareDiff) runes(a, b []rune) {
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0
	for _, e := range dmp.DiffMainRunes(a, b, false) {
		r := []rune(e.Text)
		switch e.Type {
		case diffmatchpatch.DiffEqual:
			d.equal(r)
		case diffmatchpatch.DiffDelete:
			d.edit(r, nil)
		case diffmatchpatch.DiffInsert:
			d.edit(nil, r)
		}
	}
}

// compareToken is a stretch of runes with its offset.
type compareToken struct {
	at   int
	text string
}

// compareSentences cuts runes after sentence marks and line ends.
func compareSentences(r []rune) []compareToken {
	var out []compareToken
	start := 0
	for i, c := range r {
		if compareStop(c) || i == len(r)-1 {
			out = append(out, compareToken{start, string(r[start : i+1])})
			start = i + 1
		}
	}
	return out
}

// compareGrams lists every run of compareGram runes.
func compareGrams(r []rune) []compareToken {
	var out []compareToken
	for i := 0; i+compareGram <= len(r); i++ {
		out = append(out, compareToken{i, string(r[i : i+compareGram])})
	}
	return out
}

// anchored parts both stretches at the tokens that stand once in each and
// keep their order, and compares what lies between. It reports whether there
// were any.
func (d *compareDiff) anchored(a, b []rune, ta, tb []compareToken) bool {
	type place struct{ count, at int }
	inB := make(map[string]place, len(tb))
	for _, t := range tb {
		p := inB[t.text]
		inB[t.text] = place{p.count + 1, t.at}
	}
	inA := make(map[string]int, len(ta))
	for _, t := range ta {
		inA[t.text]++
	}
	var anchors []alignPair
	var lengths []int
	for _, t := range ta {
		if p := inB[t.text]; p.count == 1 && inA[t.text] == 1 {
			anchors = append(anchors, alignPair{t.at, p.at})
			lengths = append(lengths, len([]rune(t.text)))
		}
	}
	kept := alignIncreasing(anchors, func(i int) int64 { return int64(lengths[i]) })
	if len(kept) == 0 {
		return false
	}
	pa, pb := 0, 0
	for _, k := range kept {
		x, y, n := anchors[k].old, anchors[k].new, lengths[k]
		if x < pa || y < pb {
			if x-pa != y-pb {
				continue // overlaps what is done, askew
			}
			n -= pa - x
			x, y = pa, pb
			if n <= 0 {
				continue
			}
		}
		d.hunk(a[pa:x], b[pb:y])
		d.equal(a[x : x+n])
		pa, pb = x+n, y+n
	}
	d.hunk(a[pa:], b[pb:])
	return true
}

// compareStop says whether a rune ends a sentence or a line.
func compareStop(r rune) bool {
	return strings.ContainsRune("。；！？：\n;!?:", r)
}

// compareMark says whether a rune is a mark that an edit does not swallow.
func compareMark(r rune) bool {
	return compareStop(r) || strings.ContainsRune("，、（）《》“”〔〕|,()", r)
}
