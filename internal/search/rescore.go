package search

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// rescore weighs the best pieces by their text; they stay before all others.
func (r *run) rescore(best []candidate) error {
	if len(best) == 0 {
		return nil
	}
	t, chars := newTally(r), newCharTally(r.p)
	headings := map[string]float64{} // chapters are shared by their articles
	share := 1 / math.Max(r.full, 1)
	floor := best[len(best)-1].score
	return r.eachText(best, func(c *candidate, label, heading, text string) {
		above, ok := headings[heading]
		if !ok {
			above = r.heading(t, zh.Fold(heading))
			headings[heading] = above
		}
		clear(t.tf)
		folded := zh.Fold(text)
		t.count(folded)
		own, legal := 0.0, 0.0
		for i, n := range t.tf {
			if n == 0 {
				continue
			}
			w := &r.words[i]
			v := w.weight * r.damp(c.ed, c.piece, n)
			if t.own[i] {
				own += v
			}
			legal += v * w.legal
		}
		length := r.length(c.ed, c.piece)
		c.score = c.rest + share*(bodyShare*own+legalShare*legal+headingShare*above+charShare*chars.score(folded, length)) +
			lengthPrior*math.Log1p(length)
		if label == "" && r.q.Level == LevelArticle {
			c.score += noArticle
		}
		c.score = max(c.score, floor)
	})
}

// eachText calls fn with the texts of pieces. Few are in memory at a time,
// because a piece may be a whole text.
func (r *run) eachText(list []candidate, fn func(c *candidate, label, heading, text string)) error {
	for ; len(list) > 0; list = list[min(textsAtOnce, len(list)):] {
		some := list[:min(textsAtOnce, len(list))]
		ids := make([]int64, len(some))
		for i, c := range some {
			ids[i] = c.piece
		}
		rows, err := readRows(r, pieceRows, textsAtOnce, ids)
		if err != nil {
			return err
		}
		for i := range some {
			row := rows[some[i].piece]
			if row == nil {
				return fmt.Errorf("piece %d: %w", some[i].piece, sql.ErrNoRows)
			}
			fn(&some[i], row[0], row[1], row[2])
		}
	}
	return nil
}

// heading weighs the words of the query in the headings above a piece.
func (r *run) heading(t *tally, folded string) float64 {
	if folded == "" {
		return 0
	}
	clear(t.tf)
	t.count(folded)
	length, sum := float64(utf8.RuneCountInString(folded))/meanTitle, 0.0
	for i, n := range t.tf {
		if n > 0 && t.own[i] {
			sum += r.words[i].weight * saturate(n, length, 0.5, 0.3)
		}
	}
	return sum
}

// charTally weighs single characters of a query in a text.
type charTally struct {
	place   map[rune]int
	weights []float64
	times   []float64
}

func newCharTally(p *parsed) *charTally {
	t := &charTally{place: map[rune]int{}}
	for _, term := range p.terms {
		for _, c := range term.text {
			if _, seen := t.place[c]; seen || !isHan(c) || stopWords[string(c)] {
				continue
			}
			w, known := lay().chars[c]
			if !known {
				w = rareChar
			}
			t.place[c] = len(t.weights)
			t.weights = append(t.weights, w)
		}
	}
	t.times = make([]float64, len(t.weights))
	return t
}

// rareChar is the weight of a character that the learned data has not seen.
const rareChar = 10

func (t *charTally) score(folded string, length float64) float64 {
	clear(t.times)
	for _, c := range folded {
		if i, ok := t.place[c]; ok {
			t.times[i]++
		}
	}
	sum := 0.0
	for i, n := range t.times {
		if n > 0 {
			sum += t.weights[i] * saturate(n, length, bm25K1, bm25B)
		}
	}
	return sum
}

// tally counts words in folded texts. Pairs of characters are looked up as
// numbers, which spares a string each.
type tally struct {
	pairs map[uint64]int
	words map[string]int
	tf    []float64
	own   []bool
}

func newTally(r *run) *tally {
	words := r.words
	t := &tally{pairs: map[uint64]int{}, words: map[string]int{}, tf: make([]float64, len(words)), own: make([]bool, len(words))}
	for i, w := range words {
		t.own[i] = r.own(&words[i])
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

func (t *tally) count(folded string) {
	var last rune
	for i := 0; i < len(folded); {
		r, n := utf8.DecodeRuneInString(folded[i:])
		switch {
		case isHan(r):
			if k, ok := t.pairs[pair(last, r)]; ok && last != 0 {
				t.tf[k]++
			}
			if k, ok := t.pairs[pair(r, 0)]; ok {
				t.tf[k]++
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
				t.tf[k]++
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
func (r *run) byDocument(pieces []candidate) []candidate {
	places := make([]int32, len(r.scope.cat.order)) // in out, plus one
	var out []candidate
	var next []float64 // best of each document
	for _, c := range pieces {
		p := places[c.text] - 1
		switch {
		case p < 0:
			out, next = append(out, c), append(next, 0)
			places[c.text] = int32(len(out))
		case better(c, out[p]) < 0:
			next[p] = out[p].score
			out[p] = c
		default:
			next[p] = max(next[p], c.score)
		}
	}
	for i := range out {
		out[i].score += next[i] * otherPieces
	}
	return out
}

// lead brings the k best candidates to the front, in order, and leaves the
// others behind them in any order.
func lead(all []candidate, k int) { leadBy(all, k, better) }

func leadBy(all []candidate, k int, better func(a, b candidate) int) {
	if k*8 >= len(all) {
		slices.SortFunc(all, better)
		return
	}
	heap := all[:k] // the worst of the best on top
	for i := k/2 - 1; i >= 0; i-- {
		sink(heap, i, better)
	}
	for i := k; i < len(all); i++ {
		if better(all[i], heap[0]) < 0 {
			all[i], heap[0] = heap[0], all[i]
			sink(heap, 0, better)
		}
	}
	slices.SortFunc(heap, better)
}

func sink(heap []candidate, i int, better func(a, b candidate) int) {
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
