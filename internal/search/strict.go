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

// strict finds what holds every term. Its number is exact.
func (r *run) strict(exact map[*edition]reason) ([]candidate, error) {
	if r.q.Level == LevelArticle {
		return r.strictArticles(exact)
	}
	return r.strictDocuments(exact)
}

func (r *run) strictDocuments(exact map[*edition]reason) ([]candidate, error) {
	views := r.scope.cat.views
	all, total := make([][]uint32, len(views)), 0
	for i, v := range views {
		var err error
		if all[i], err = r.strictly(v, inDocument); err != nil {
			return nil, err
		}
		total += len(all[i])
	}
	// One character stands in most pieces: counting them says little.
	r.held = total <= countedDocuments && !r.p.single()
	out := takeCandidates(total + len(exact))
	for i, v := range views {
		var err error
		if out, err = r.weighDocuments(out, v, all[i], exact); err != nil {
			return nil, err
		}
	}
	for e, why := range exact { // named otherwise than by its own words
		c := candidate{ed: e, why: why}
		_, stand := r.scope.find(e.id)
		c.valid = stand.validity
		c.score = exactScore*float64(why) + stand.score
		out = append(out, c)
	}
	return out, nil
}

// weighDocuments appends those documents of a segment that are in scope, and
// takes them out of exact.
func (r *run) weighDocuments(out []candidate, v *view, documents []uint32, exact map[*edition]reason) ([]candidate, error) {
	if len(documents) == 0 {
		return out, nil
	}
	among := documents
	if len(r.p.terms) == 1 {
		among = nil // what is sought is known already
	}
	titled, err := r.every(v, r.p.terms, inTitle, among)
	if err != nil {
		return nil, err
	}
	partly := titled
	if among != nil {
		if partly, err = r.some(v, r.p.terms, inTitle, among); err != nil {
			return nil, err
		}
	}
	var pieces []uint32 // with all terms
	if r.held {
		if pieces, err = r.every(v, r.p.terms, inPiece, among); err != nil {
			return nil, err
		}
	}
	length := 0
	for _, t := range r.p.terms {
		length += utf8.RuneCountInString(t.text)
	}
	whole, part := walk(titled), walk(partly)
	for _, d := range documents {
		e, stand := r.scope.of(v, d)
		if e == nil {
			continue
		}
		c := candidate{ed: e, valid: stand.validity, score: stand.score}
		first, end := v.Pieces(int(d))
		if n := (*walk)(&pieces).pass(first, end); n > 0 {
			c.piece = e.row(int(pieces[0] - first))
			pieces = pieces[n:]
			c.score += wordScore * (0.6*float64(n)/(float64(n)+3) + 0.4*float64(n)/float64(len(e.sizes)+2))
		}
		switch {
		case whole.has(d):
			c.why = whyTitle
			c.score += titleScore + titleScore*min(float64(length)/float64(max(e.titleLen, 1)), 1)
		case part.has(d):
			c.score += titleScore / 4
		}
		if why := exact[e]; why != whyBody {
			c.why = why
			c.score += exactScore * float64(why)
			delete(exact, e)
		}
		out = append(out, c)
	}
	return out, nil
}

func (r *run) strictArticles(exact map[*edition]reason) ([]candidate, error) {
	var out []candidate
	for _, v := range r.scope.cat.views {
		pieces, err := r.strictly(v, inTitleOrPiece)
		if err != nil {
			return nil, err
		}
		if len(pieces) == 0 {
			continue
		}
		own, err := r.every(v, r.p.terms, inPiece, nil)
		if err != nil {
			return nil, err
		}
		itself, d, i := walk(own), 0, 0
		for _, unit := range pieces {
			d, i = v.Piece(unit, d)
			e, stand := r.scope.of(v, uint32(d))
			if e == nil {
				continue
			}
			c := candidate{ed: e, valid: stand.validity, piece: e.row(i), score: stand.score}
			if itself.has(unit) {
				c.score += titleScore
			}
			// A short article says more with the same words.
			c.score += wordScore / 2 * r.damp(e, c.piece, 1) / (bm25K1 + 1)
			if why := exact[e]; why.exact() {
				c.why = why
				c.score += exactScore * float64(why)
			}
			out = append(out, c)
		}
	}
	lead(out, rescored)
	return out, r.recount(out[:min(rescored, len(out))])
}

// recount adds to the best pieces how often the terms stand in them. The sum
// only grows, so they stay before all others.
func (r *run) recount(best []candidate) error {
	return r.eachText(best, func(c *candidate, _, _, text string) {
		folded, sum := zh.Fold(text), 0.0
		for _, t := range r.p.terms {
			sum += r.damp(c.ed, c.piece, float64(strings.Count(folded, t.text))) / (bm25K1 + 1)
		}
		c.score += wordScore / 2 * sum / float64(len(r.p.terms))
	})
}

// single reports a query whose terms are all one character.
func (p *parsed) single() bool {
	for _, t := range p.terms {
		if !t.match.open || utf8.RuneCountInString(t.text) > 1 {
			return false
		}
	}
	return true
}
