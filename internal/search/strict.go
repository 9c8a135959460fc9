package search

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// Parts of a strict score. Each is larger than all below it together, so that
// the score falls along the list: exact names, then validity, then titles.
const (
	exactScore = 10000 // times the reason's place
	validScore = 1000
	titleScore = 200 // all terms in the title; as much again for the whole title
	kindScore  = 30
	wordScore  = 100 // of the articles that hold the terms; approached, never reached
)

// countedDocuments is up to how many matches it is counted how many pieces of
// each hold the terms. In more, titles and dates tell the hits apart; counting
// would take most of the time.
const countedDocuments = 3000

func standScore(validity string) float64 { return validScore * float64(standing(validity)) }

// strictMatch is the FTS5 expression of a query, all terms and none of the
// excluded; columns is a column filter or "".
func (p *parsed) strictMatch(columns string) string {
	m := joinTerms(p.terms, " AND ")
	if len(p.without) > 0 {
		m = "(" + m + " NOT " + joinTerms(p.without, " OR ") + ")"
	}
	return columns + m
}

func joinTerms(terms []term, op string) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = t.match
	}
	return "(" + strings.Join(parts, op) + ")"
}

// strict finds what holds every term. Its number is exact.
func (r *run) strict(exact map[*edition]reason) ([]candidate, error) {
	if r.q.Level == LevelArticle {
		return r.strictArticles(exact)
	}
	return r.strictDocuments(exact)
}

func (r *run) strictDocuments(exact map[*edition]reason) ([]candidate, error) {
	rows, err := r.list("doc", r.p.strictMatch(""))
	if err != nil {
		return nil, err
	}
	titled, err := r.set("doc", "title : "+joinTerms(r.p.terms, " AND "))
	if err != nil {
		return nil, err
	}
	partly := titled
	if len(r.p.terms) > 1 {
		if partly, err = r.set("doc", "title : "+joinTerms(r.p.terms, " OR ")); err != nil {
			return nil, err
		}
	}
	var pieces map[int64]pieceCount
	if len(rows) <= countedDocuments {
		if pieces, err = r.holding(); err != nil {
			return nil, err
		}
	}
	length := 0
	for _, t := range r.p.terms {
		length += utf8.RuneCountInString(t.text)
	}
	var out []candidate
	for _, row := range rows {
		e, valid := r.scope.find(row)
		if e == nil {
			continue
		}
		c := candidate{ed: e, valid: valid, score: standScore(valid) + kindScore*e.weight}
		if h := pieces[row]; h.count > 0 {
			c.piece = h.first
			n := float64(h.count)
			c.score += wordScore * (0.6*n/(n+3) + 0.4*n/float64(len(e.sizes)+2))
		}
		switch {
		case titled[row]:
			c.why = whyTitle
			c.score += titleScore + titleScore*min(float64(length)/float64(max(e.titleLen, 1)), 1)
		case partly[row]:
			c.score += titleScore / 4
		}
		if why := exact[e]; why != whyBody {
			c.why = why
			c.score += exactScore * float64(why)
			delete(exact, e)
		}
		out = append(out, c)
	}
	for e, why := range exact { // named otherwise than by its own words
		c := candidate{ed: e, why: why}
		_, c.valid = r.scope.find(e.id)
		c.score = exactScore*float64(why) + standScore(c.valid) + kindScore*e.weight
		out = append(out, c)
	}
	return out, nil
}

// pieceCount is how many pieces of a text hold all terms, and the first of them.
type pieceCount struct {
	first int64
	count int
}

// holding counts by text the pieces that hold all terms. FTS5's own bm25() is
// not used anywhere: its averages drift when rows of a contentless table are
// deleted, so that two equal indexes would rank differently.
func (r *run) holding() (map[int64]pieceCount, error) {
	out := map[int64]pieceCount{}
	if r.p.single() {
		// One character is the prefix of thousands of tokens: merging them
		// takes longer than all else and says little.
		return out, nil
	}
	rows, err := r.list("art", "body : "+joinTerms(r.p.terms, " AND "))
	if err != nil {
		return nil, err
	}
	r.held = true
	for _, row := range rows {
		h := out[row>>pieceBits]
		if h.count++; h.count == 1 {
			h.first = row
		}
		out[row>>pieceBits] = h
	}
	return out, nil
}

func (r *run) strictArticles(exact map[*edition]reason) ([]candidate, error) {
	rows, err := r.list("art", r.p.strictMatch("{title body} : "))
	if err != nil {
		return nil, err
	}
	own, err := r.set("art", "body : "+joinTerms(r.p.terms, " AND "))
	if err != nil {
		return nil, err
	}
	var out []candidate
	for _, row := range rows {
		e, valid := r.scope.find(row >> pieceBits)
		if e == nil {
			continue
		}
		c := candidate{ed: e, valid: valid, piece: row, score: standScore(valid) + kindScore*e.weight}
		if own[row] {
			c.score += titleScore
		}
		// A short article says more with the same words.
		c.score += wordScore / 2 * r.damp(e, row, 1) / (bm25K1 + 1)
		if why := exact[e]; why.exact() {
			c.why = why
			c.score += exactScore * float64(why)
		}
		out = append(out, c)
	}
	lead(out, rescored)
	return out, r.recount(out[:min(rescored, len(out))])
}

// recount adds to the best pieces how often the terms stand in them. The sum
// only grows, so they stay before all others.
func (r *run) recount(best []candidate) error {
	stmt, err := r.tx.PrepareContext(r.ctx, `SELECT text FROM pieces WHERE id = $1`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range best {
		c := &best[i]
		var text string
		if err := stmt.QueryRowContext(r.ctx, c.piece).Scan(&text); err != nil {
			return err
		}
		folded, sum := zh.Fold(text), 0.0
		for _, t := range r.p.terms {
			sum += r.damp(c.ed, c.piece, float64(strings.Count(folded, t.text))) / (bm25K1 + 1)
		}
		c.score += wordScore / 2 * sum / float64(len(r.p.terms))
	}
	return nil
}

// single reports a query whose terms are all one character.
func (p *parsed) single() bool {
	for _, t := range p.terms {
		if !strings.HasSuffix(t.match, "*") || utf8.RuneCountInString(t.text) > 1 {
			return false
		}
	}
	return true
}
