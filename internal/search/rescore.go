package search

import (
	"slices"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// rescore weighs the best pieces by their text; they stay before all others.
func (r *run) rescore(best []candidate) error {
	if len(best) == 0 {
		return nil
	}
	stmt, err := r.tx.PrepareContext(r.ctx, `SELECT heading, text FROM pieces WHERE id = $1`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	t := newTally(r.words)
	titles := map[*edition]string{}
	floor := best[len(best)-1].score
	for k := range best {
		c := &best[k]
		title, ok := titles[c.ed]
		if !ok {
			if err := r.tx.QueryRowContext(r.ctx, `SELECT title FROM editions WHERE id = $1`, c.ed.id).Scan(&title); err != nil {
				return err
			}
			title = zh.Fold(title)
			titles[c.ed] = title
		}
		var heading, text string
		if err := stmt.QueryRowContext(r.ctx, c.piece).Scan(&heading, &text); err != nil {
			return err
		}
		clear(t.tf)
		t.count(title, titleWeight)
		t.count(zh.Fold(heading), headingWeight)
		t.count(zh.Fold(text), 1)
		sum := 0.0
		for i, n := range t.tf {
			if n > 0 {
				sum += r.words[i].weight * r.damp(c.ed, c.piece, n)
			}
		}
		c.score = max(sum*relaxedFactor(c.ed, c.valid), floor)
	}
	return nil
}

// tally counts words in folded texts. Pairs of characters are looked up as
// numbers, which spares a string each.
type tally struct {
	pairs map[uint64]int
	words map[string]int
	tf    []float64
}

func newTally(words []weighted) *tally {
	t := &tally{pairs: map[uint64]int{}, words: map[string]int{}, tf: make([]float64, len(words))}
	for i, w := range words {
		rs := []rune(w.text)
		switch {
		case len(rs) == 2 && isHan(rs[0]) && isHan(rs[1]):
			t.pairs[pair(rs[0], rs[1])] = i
		case len(rs) == 1 && isHan(rs[0]):
			t.pairs[pair(rs[0], 0)] = i
		default:
			t.words[w.text] = i
		}
	}
	return t
}

func pair(a, b rune) uint64 { return uint64(a)<<32 | uint64(b) }

func (t *tally) count(folded string, weight float64) {
	var last rune
	for i := 0; i < len(folded); {
		r, n := utf8.DecodeRuneInString(folded[i:])
		switch {
		case isHan(r):
			if k, ok := t.pairs[pair(last, r)]; ok && last != 0 {
				t.tf[k] += weight
			}
			if k, ok := t.pairs[pair(r, 0)]; ok {
				t.tf[k] += weight
			}
			last = r
		case isWord(r):
			for i+n < len(folded) {
				next, m := utf8.DecodeRuneInString(folded[i+n:])
				if !isWord(next) {
					break
				}
				n += m
			}
			if k, ok := t.words[folded[i:i+n]]; ok {
				t.tf[k] += weight
			}
			last = 0
		default:
			last = 0
		}
		i += n
	}
}

// byDocument keeps the best piece of each document, which gains a little from
// its next best.
func byDocument(pieces []candidate) []candidate {
	type two struct {
		at   int
		next float64
	}
	places := map[*edition]*two{}
	var out []candidate
	for _, c := range pieces {
		p := places[c.ed]
		switch {
		case p == nil:
			places[c.ed] = &two{at: len(out)}
			out = append(out, c)
		case better(c, out[p.at]) < 0:
			p.next = out[p.at].score
			out[p.at] = c
		default:
			p.next = max(p.next, c.score)
		}
	}
	for _, p := range places {
		out[p.at].score += p.next * otherPieces
	}
	return out
}

// lead brings the k best candidates to the front, in order, and leaves the
// others behind them in any order.
func lead(all []candidate, k int) {
	if k*8 >= len(all) {
		slices.SortFunc(all, better)
		return
	}
	heap := all[:k] // the worst of the best on top
	for i := k/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for i := k; i < len(all); i++ {
		if better(all[i], heap[0]) < 0 {
			all[i], heap[0] = heap[0], all[i]
			sink(heap, 0)
		}
	}
	slices.SortFunc(heap, better)
}

func sink(heap []candidate, i int) {
	for {
		worst := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(heap) && better(heap[child], heap[worst]) > 0 {
				worst = child
			}
		}
		if worst == i {
			return
		}
		heap[i], heap[worst] = heap[worst], heap[i]
		i = worst
	}
}
