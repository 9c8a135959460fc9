package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gongkai/internal/zh"
)

// weighted is a word of a query with its weight; or a word that the law says
// for it, with a weight of its own.
type weighted struct {
	text   string // folded
	match  phrase
	weight float64
	legal  float64 // share that a word not in the query has, 0 for the query's own
	spots  []spot  // pieces that hold it; nil for a common word
}

// Bounds of a relaxed search. Words in more pieces than commonRows bring no
// candidates of their own; they only order what the others bring. The best
// rescored pieces are weighed again by their text.
const (
	maxWords   = 60
	maxLegal   = 25
	commonRows = 12000
	rescored   = 400
)

// BM25's two constants.
const (
	bm25K1      = 1.2
	bm25B       = 0.75
	otherPieces = 0.1 // of a further piece's score that its document gains
)

// Weights of what speaks for a piece. The figures under "share" are taken of
// the best that the query's own words could reach, so that they mean the same
// for short and long queries. They were chosen on the questions that the
// learned data was made of, and checked on the fifth that it was not
// (go run ./internal/searcheval).
const (
	bodyShare    = 4.6 // words of the query in the text
	headingShare = 2.0 // in the headings above it
	titleShare   = 1.0 // in the title of the document
	charShare    = 8.4 // single characters of the query in the text
	legalShare   = 7.5 // words that the law says for those of the query
	wholeShare   = 1.2 // words in the whole document
	askedShare   = 5.8 // words of questions that the article answered
	askedLaw     = 2.2 // words of questions that the law answered
	lawPrior     = 0.28
	articlePrior = 0.2
	kindPrior    = 0.25
	gonePrior    = -2.0 // repealed, expired
	aheadPrior   = -0.4 // not yet in force
	lengthPrior  = -0.15
	noArticle    = -1.0 // a piece that is no article, among articles
)

// relaxed ranks pieces: first all by which words they hold, then the best by
// their text. A document stands where its best pieces put it. Its total counts
// what holds at least one word that is not common.
func (r *run) relaxed() ([]candidate, error) {
	if err := r.weigh(); err != nil || len(r.words) == 0 {
		return nil, err
	}
	allowed, err := r.allowed()
	if err != nil {
		return nil, err
	}
	found, err := r.gather(allowed)
	if err != nil {
		return nil, err
	}
	lead(found, rescored)
	if err := r.rescore(found[:min(rescored, len(found))]); err != nil {
		return nil, err
	}
	if r.q.Level == LevelArticle {
		return found, nil
	}
	return r.byDocument(found), nil
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

// weigh lists the words of the query, each with the pieces that hold it, and
// after them the words that the law says for them.
func (r *run) weigh() error {
	seen := map[phrase]bool{}
	add := func(text string, match phrase, legal float64) error {
		if stopWords[text] || match.empty() || seen[match] || len(r.words) >= maxWords+maxLegal {
			return nil
		}
		seen[match] = true
		w := weighted{text: text, match: match, legal: legal}
		if err := w.read(r); err != nil {
			return err
		}
		if w.weight > 0 {
			r.words = append(r.words, w)
		}
		return nil
	}
	for _, t := range r.p.terms {
		for _, w := range zh.Terms(t.text) {
			if !stopWords[w] && len(r.asked) < maxWords && !slices.Contains(r.asked, w) {
				r.asked = append(r.asked, w)
			}
		}
	}
	legal := lay().legal(r.asked, maxLegal)
	if err := r.fetch(r.asked, legal); err != nil {
		return err
	}
	for _, w := range r.asked {
		if err := add(w, phraseOf(w), 0); err != nil {
			return err
		}
	}
	for _, t := range r.p.terms {
		if t.docNo {
			if err := add(t.text, t.match, 0); err != nil {
				return err
			}
		}
	}
	for _, w := range r.words {
		r.full += w.weight
	}
	if len(r.words) == 0 {
		return nil
	}
	for _, t := range legal {
		if i := slices.IndexFunc(r.words, func(w weighted) bool { return w.text == t.text }); i >= 0 {
			r.words[i].legal = t.weight
			continue
		}
		if err := add(t.text, phraseOf(t.text), t.weight); err != nil {
			return err
		}
	}
	return nil
}

// fetch reads the lists of many words at once.
func (r *run) fetch(own []string, legal []layTerm) error {
	var tokens []string
	for _, w := range own {
		tokens = append(tokens, strings.Fields(phraseOf(w).tokens)...)
	}
	for _, t := range legal {
		tokens = append(tokens, strings.Fields(phraseOf(t.text).tokens)...)
	}
	return r.scope.cat.lists.fetch(r.ctx, r.tx, r.scope.cat.views, tokens)
}

// own reports a word of the query itself.
func (r *run) own(w *weighted) bool {
	return slices.Contains(r.asked, w.text) || w.match.isDocNo()
}

// spot is a piece: which of the catalog's texts, and which piece of it.
type spot struct{ text, piece int32 }

// read finds the pieces of a word.
func (w *weighted) read(r *run) error {
	var spots []spot
	for _, v := range r.scope.cat.views {
		units, err := r.findSome(v, w.match, commonRows+1-len(spots))
		if err != nil {
			return err
		}
		d, i := 0, 0
		spots = slices.Grow(spots, len(units))
		for _, unit := range units {
			d, i = v.Piece(unit, d)
			spots = append(spots, spot{v.place[d], int32(i)})
		}
		if len(spots) > commonRows {
			break
		}
	}
	if len(spots) == 0 && w.legal > 0 {
		return nil
	}
	w.weight = idf(len(spots), r.scope.cat.pieces)
	if len(spots) <= commonRows {
		w.spots = spots
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
	in, shift := inDocument, pieceBits
	if r.q.Level == LevelArticle {
		in, shift = inTitleOrPiece, 0
	}
	set := func(terms []term, find func(v *view, terms []term, in where, among []uint32) ([]uint32, error)) (map[int64]bool, error) {
		out := map[int64]bool{}
		for _, v := range r.scope.cat.views {
			found, err := find(v, terms, in, nil)
			if err != nil {
				return nil, err
			}
			d, i := 0, 0
			for _, n := range found {
				if in == inDocument {
					out[v.Documents()[n]] = true
					continue
				}
				d, i = v.Piece(n, d)
				out[v.Documents()[d]<<pieceBits|int64(i)] = true
			}
		}
		return out, nil
	}
	quoted, err := set(r.p.quoted, r.every)
	if err != nil {
		return nil, err
	}
	without, err := set(r.p.without, r.some)
	if err != nil {
		return nil, err
	}
	return func(row int64) bool {
		row >>= shift
		return !without[row] && (len(r.p.quoted) == 0 || quoted[row])
	}, nil
}

// sortTerms puts the heaviest first.
func sortTerms(terms []layTerm) {
	slices.SortFunc(terms, func(a, b layTerm) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.text, b.text)) })
}

// damp is BM25's share of a word's weight for tf appearances in a piece.
func (r *run) damp(e *edition, row int64, tf float64) float64 {
	return saturate(tf, r.length(e, row), bm25K1, bm25B)
}

// length of a piece as a multiple of the mean.
func (r *run) length(e *edition, row int64) float64 {
	size := 0.0
	if i := int(row & (1<<pieceBits - 1)); i < len(e.sizes) {
		size = float64(e.sizes[i])
	}
	mean := float64(r.scope.cat.runes) / float64(max(r.scope.cat.pieces, 1))
	return size / max(mean, 1)
}
