package search

import (
	"database/sql"
	"fmt"
	"math"
	"strings"

	"gongkai/internal/zh"
)

// weighted is a word of a query with its weight.
type weighted struct {
	text   string // folded
	match  string
	weight float64
	rows   []int64 // pieces that hold it; nil for a common word
}

// Bounds of a relaxed search. Words in more pieces than commonRows bring no
// candidates of their own; they only order what the others bring. The best
// rescored pieces are weighed again by their text.
const (
	maxWords   = 60
	commonRows = 12000
	rescored   = 400
)

// BM25's two constants, and the weight of a word that stands in the title or a
// heading beside one in the text.
const (
	bm25K1        = 1.2
	bm25B         = 0.75
	titleWeight   = 0.6
	headingWeight = 0.6
	otherPieces   = 0.1 // of a further piece's score that its document gains
)

// relaxed ranks pieces by the weight of the words they hold: first all by which
// words, then the best by how often. A document stands where its best pieces
// put it. Its total counts what holds at least one word that is not common.
func (r *run) relaxed() ([]candidate, error) {
	if err := r.weigh(); err != nil || len(r.words) == 0 {
		return nil, err
	}
	allowed, err := r.allowed()
	if err != nil {
		return nil, err
	}
	found := r.gather(allowed)
	lead(found, rescored)
	if err := r.rescore(found[:min(rescored, len(found))]); err != nil {
		return nil, err
	}
	if r.q.Level == LevelArticle {
		return found, nil
	}
	return byDocument(found), nil
}

// relaxedFactor leans towards valid texts of high rank without shutting others out.
func relaxedFactor(e *edition, valid string) float64 {
	stands := [...]float64{standsGone: 0.6, standsAhead: 0.85, standsValid: 1}
	return stands[standing(valid)] * (0.9 + 0.1*e.weight)
}

// stopWords say nothing about a subject.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`什么 怎么 怎样 如何 是否 能否 可否 能不 不能 可以 以不 是不 不是 有没 没有 哪些 哪个
		哪里 为何 多少 多久 的话 请问 我的 了吗 的吗 是什 么是 么办 怎办 应该 需要 还是 如果 吗 呢 的 了 是 在 和 与 及 或 吧 啊`) {
		m[w] = true
	}
	return m
}()

// weigh lists the words of the query, each with the pieces that hold it.
func (r *run) weigh() error {
	seen := map[string]bool{}
	stmt, err := r.tx.PrepareContext(r.ctx, fmt.Sprintf(rowids, "art"))
	if err != nil {
		return err
	}
	defer stmt.Close()
	add := func(text, match string) error {
		if stopWords[text] || match == "" || seen[match] || len(r.words) == maxWords {
			return nil
		}
		seen[match] = true
		w := weighted{text: text, match: match}
		if err := w.read(r, stmt); err != nil {
			return err
		}
		if w.weight > 0 {
			r.words = append(r.words, w)
		}
		return nil
	}
	for _, t := range r.p.terms {
		for _, w := range zh.Terms(t.text) {
			if err := add(w, phrase(w)); err != nil {
				return err
			}
		}
		if t.docNo {
			if err := add(t.text, t.match); err != nil {
				return err
			}
		}
	}
	return nil
}

// read finds the pieces of a word.
func (w *weighted) read(r *run, stmt *sql.Stmt) error {
	var list sql.NullString
	if err := stmt.QueryRowContext(r.ctx, w.match, commonRows+1).Scan(&list); err != nil {
		return err
	}
	rows, err := parseRows(list.String)
	if err != nil || len(rows) == 0 {
		return err
	}
	w.weight = idf(len(rows), r.scope.cat.pieces)
	if len(rows) <= commonRows {
		w.rows = rows
	}
	return nil
}

// idf is the weight of a word that n of all pieces hold.
func idf(n, all int) float64 {
	return math.Log(1 + (float64(max(all, n))-float64(n)+0.5)/(float64(n)+0.5))
}

// allowed decides what quoted and excluded words shut out.
func (r *run) allowed() (func(row int64) bool, error) {
	if len(r.p.quoted) == 0 && len(r.p.without) == 0 {
		return func(int64) bool { return true }, nil
	}
	table, shift := "doc", pieceBits
	if r.q.Level == LevelArticle {
		table, shift = "art", 0
	}
	set := func(terms []term, op string) (map[int64]bool, error) {
		if len(terms) == 0 {
			return nil, nil
		}
		return r.set(table, joinTerms(terms, op))
	}
	quoted, err := set(r.p.quoted, " AND ")
	if err != nil {
		return nil, err
	}
	without, err := set(r.p.without, " OR ")
	if err != nil {
		return nil, err
	}
	return func(row int64) bool {
		row >>= shift
		return !without[row] && (len(r.p.quoted) == 0 || quoted[row])
	}, nil
}

// gather scores every piece that holds a word as if it held it once.
func (r *run) gather(allowed func(int64) bool) []candidate {
	sums := map[int64]float64{}
	for _, w := range r.words {
		for _, row := range w.rows {
			sums[row] += w.weight
		}
	}
	out := make([]candidate, 0, len(sums))
	for row, sum := range sums {
		e, valid := r.scope.find(row >> pieceBits)
		if e == nil || !allowed(row) {
			continue
		}
		out = append(out, candidate{ed: e, valid: valid, piece: row, why: whyWeighted,
			score: relaxedFactor(e, valid) * sum * r.damp(e, row, 1)})
	}
	return out
}

// damp is BM25's share of a word's weight for tf appearances in a piece.
func (r *run) damp(e *edition, row int64, tf float64) float64 {
	size := 0.0
	if i := int(row & (1<<pieceBits - 1)); i < len(e.sizes) {
		size = float64(e.sizes[i])
	}
	mean := float64(r.scope.cat.runes) / float64(max(r.scope.cat.pieces, 1))
	return tf * (bm25K1 + 1) / (tf + bm25K1*(1-bm25B+bm25B*size/max(mean, 1)))
}
