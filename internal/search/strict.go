package search

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Parts of a strict score. Each is larger than all below it together, so that
// the score falls along the list: exact names, then validity, then titles.
const (
	exactScore = 10000 // times the reason's place
	validScore = 1000
	titleScore = 200 // all terms in the title; as much again for the whole title
	kindScore  = 60
	wordScore  = 100 // of the words' weight, which approaches it
)

func standScore(validity string) float64 { return validScore * float64(standing(validity)) }

// saturate maps a weight of words from 0 up into [0, wordScore).
func saturate(bm25 float64) float64 {
	s := max(-bm25, 0) // FTS5 gives better matches smaller numbers
	return wordScore * s / (s + 8)
}

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
	if len(r.p.terms) == 0 {
		return nil, nil
	}
	if r.q.Level == LevelArticle {
		return r.strictArticles(exact)
	}
	return r.strictDocuments(exact)
}

func (r *run) strictDocuments(exact map[*edition]reason) ([]candidate, error) {
	titled := map[int64]bool{}
	err := r.rows(`SELECT rowid, 0.0 FROM doc WHERE doc MATCH $1`, "title : "+joinTerms(r.p.terms, " AND "),
		func(row int64, _ float64) { titled[row] = true })
	if err != nil {
		return nil, err
	}
	length := 0
	for _, t := range r.p.terms {
		length += utf8.RuneCountInString(t.text)
	}
	var out []candidate
	query := `SELECT rowid, bm25(doc, 6.0, 1.0) FROM doc WHERE doc MATCH $1`
	if r.p.single() {
		// One character is the prefix of thousands of tokens; their weight
		// says nothing and takes longer than all else.
		query = `SELECT rowid, 0.0 FROM doc WHERE doc MATCH $1`
	}
	err = r.rows(query, r.p.strictMatch(""), func(row int64, bm25 float64) {
		e, valid := r.scope.find(row)
		if e == nil {
			return
		}
		c := candidate{ed: e, valid: valid, score: standScore(valid) + saturate(bm25) + kindScore*e.weight}
		if titled[row] {
			c.why = whyTitle
			c.score += titleScore + titleScore*min(float64(length)/float64(max(e.titleLen, 1)), 1)
		}
		if why := exact[e]; why.exact() {
			c.why = why
			c.score += exactScore * float64(why)
			delete(exact, e)
		}
		out = append(out, c)
	})
	if err != nil {
		return nil, err
	}
	for e, why := range exact { // named otherwise than by its own words
		c := candidate{ed: e, why: why}
		_, c.valid = r.scope.find(e.id)
		c.score = exactScore*float64(why) + standScore(c.valid) + kindScore*e.weight
		out = append(out, c)
	}
	return out, nil
}

func (r *run) strictArticles(exact map[*edition]reason) ([]candidate, error) {
	var out []candidate
	err := r.rows(`SELECT rowid, bm25(art, 1.0, 0.0, 1.5) FROM art WHERE art MATCH $1`, r.p.strictMatch("{title body} : "),
		func(row int64, bm25 float64) {
			e, valid := r.scope.find(row >> pieceBits)
			if e == nil {
				return
			}
			c := candidate{ed: e, valid: valid, piece: row, score: standScore(valid) + saturate(bm25) + kindScore*e.weight}
			if why := exact[e]; why.exact() {
				c.why = why
				c.score += exactScore * float64(why)
			}
			out = append(out, c)
		})
	return out, err
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

// idf is the weight of a word that n of all rows hold.
func idf(n, all int) float64 {
	return math.Log(1 + (float64(all)-float64(n)+0.5)/(float64(n)+0.5))
}
