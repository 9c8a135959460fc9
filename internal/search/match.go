package search

import (
	"math"
	"slices"
	"strings"

	"gongkai/internal/search/posting"
)

// view is a segment as a catalog sees it.
type view struct {
	*posting.Segment
	id    int64
	place []int32 // of its documents in catalog.order
	dead  []bool  // documents that are gone; nil when none is
}

// where a phrase is looked for, and what is found: documents by their place in
// the segment, or pieces by their unit.
type where uint8

const (
	inTitle        where = iota // documents
	inText                      // documents, without the title
	inDocument                  // documents
	inPiece                     // pieces
	inTitleOrPiece              // pieces; all of a document whose title holds it
)

// asked is a part of a query whose answer is kept while the query lasts.
type asked struct {
	v  *view
	p  phrase
	in where
}

// find lists in order what holds a phrase.
func (r *run) find(v *view, p phrase, in where) ([]uint32, error) { return r.findAmong(v, p, in, nil) }

// findAmong is find in some documents only; nil is all of them.
func (r *run) findAmong(v *view, p phrase, in where, among []uint32) ([]uint32, error) {
	key := asked{v, p, in}
	if out, ok := r.memo[key]; ok && among == nil {
		return out, nil
	}
	if in == inDocument || in == inTitleOrPiece {
		return r.both(v, p, in, among)
	}
	titles, bodies, err := r.listsOf(v, p)
	if err != nil {
		return nil, err
	}
	w := posting.Wanted{Among: among, Dead: v.dead}
	switch {
	case among == nil && in != inTitle && rarest(bodies) <= splitWords: // mostly both are asked for
		w.Level = posting.Units
		r.memo[asked{v, p, inText}], r.memo[asked{v, p, inPiece}] = v.Split(v.Find(bodies, w))
		return r.memo[key], nil
	case in == inTitle:
		bodies = titles
	case in == inPiece:
		w.Level = posting.Pieces
	}
	out := v.Find(bodies, w)
	if among == nil {
		r.memo[key] = out
	}
	return out, nil
}

// findSome gives at most so many pieces.
func (r *run) findSome(v *view, p phrase, most int) ([]uint32, error) {
	_, bodies, err := r.listsOf(v, p)
	if err != nil {
		return nil, err
	}
	return v.Find(bodies, posting.Wanted{Level: posting.Pieces, Dead: v.dead, Limit: most}), nil
}

// both looks in titles and behind them.
func (r *run) both(v *view, p phrase, in where, among []uint32) ([]uint32, error) {
	titles, err := r.findAmong(v, p, inTitle, among)
	if err != nil {
		return nil, err
	}
	if in == inDocument {
		return r.orInText(v, p, titles, among)
	}
	pieces, err := r.findAmong(v, p, inPiece, among)
	var all []uint32
	for _, d := range titles {
		for u, end := v.Pieces(int(d)); u < end; u++ {
			all = append(all, u)
		}
	}
	return union(all, pieces), err
}

// orInText adds the documents that hold a phrase behind their titles.
func (r *run) orInText(v *view, p phrase, titles, among []uint32) ([]uint32, error) {
	_, bodies, err := r.listsOf(v, p)
	if err != nil {
		return nil, err
	}
	if among != nil || rarest(bodies) <= splitWords {
		texts, err := r.findAmong(v, p, inText, among)
		return union(titles, texts), err
	}
	known := make([]bool, len(v.place)) // found already, or dead
	copy(known, v.dead)
	for _, d := range titles {
		known[d] = true
	}
	out := union(titles, v.Find(bodies, posting.Wanted{Dead: known}))
	r.memo[asked{v, p, inDocument}] = out
	return out, nil
}

// splitWords is up to how many words documents and pieces are found at once.
// In more documents than countedDocuments no pieces are sought.
var splitWords = 2 * countedDocuments

// rarest gives the length of the shortest list.
func rarest(lists []posting.List) int {
	least := math.MaxInt
	for _, l := range lists {
		least = min(least, l.Len())
	}
	return least
}

// listsOf gives the lists of the words of a phrase.
func (r *run) listsOf(v *view, p phrase) (titles, bodies []posting.List, err error) {
	cat := r.scope.cat
	tokens := strings.Fields(p.tokens)
	if err := cat.lists.fetch(r.ctx, r.tx, cat.views, tokens); err != nil {
		return nil, nil, err
	}
	for i, token := range tokens {
		var l wordLists
		if p.open && i == len(tokens)-1 {
			if l, err = cat.lists.opening(r.ctx, r.tx, v.id, token); err != nil {
				return nil, nil, err
			}
		} else {
			l, _ = cat.lists.get(listKey{v.id, token, false})
		}
		titles, bodies = append(titles, l.titles), append(bodies, l.bodies)
	}
	return titles, bodies, nil
}

// every lists what holds all terms, the rarest first: the others are sought
// only where those before them stand.
func (r *run) every(v *view, terms []term, in where, among []uint32) ([]uint32, error) {
	var out []uint32
	if len(terms) > 1 {
		var err error
		if terms, err = r.rarestFirst(v, terms); err != nil {
			return nil, err
		}
	}
	for i, t := range terms {
		one, err := r.findAmong(v, t.match, in, among)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			out = one
		} else {
			out = common(out, one)
		}
		if len(out) == 0 {
			return nil, nil
		}
		if among = out; in == inPiece || in == inTitleOrPiece {
			among, _ = v.Split(out)
		}
	}
	return out, nil
}

// rarestFirst orders terms by how often they stand at most.
func (r *run) rarestFirst(v *view, terms []term) ([]term, error) {
	type sized struct {
		term
		n int
	}
	all := make([]sized, len(terms))
	for i, t := range terms {
		titles, bodies, err := r.listsOf(v, t.match)
		if err != nil {
			return nil, err
		}
		all[i] = sized{t, rarest(titles) + rarest(bodies)}
	}
	slices.SortStableFunc(all, func(a, b sized) int { return a.n - b.n })
	out := make([]term, len(all))
	for i, s := range all {
		out[i] = s.term
	}
	return out, nil
}

// some lists what holds at least one term.
func (r *run) some(v *view, terms []term, in where, among []uint32) ([]uint32, error) {
	var out []uint32
	for _, t := range terms {
		one, err := r.findAmong(v, t.match, in, among)
		if err != nil {
			return nil, err
		}
		out = union(out, one)
	}
	return out, nil
}

// strictly lists what holds all terms and none of the excluded.
func (r *run) strictly(v *view, in where) ([]uint32, error) {
	out, err := r.every(v, r.p.terms, in, nil)
	if err != nil || len(out) == 0 || len(r.p.without) == 0 {
		return out, err
	}
	without, err := r.some(v, r.p.without, in, nil)
	shut := walk(without)
	return slices.DeleteFunc(slices.Clone(out), shut.has), err
}

// documents counts those that hold a phrase, up to a bound.
func (r *run) documents(p phrase, bound int) (n int, err error) {
	for _, v := range r.scope.cat.views {
		titles, bodies, err := r.listsOf(v, p)
		if err != nil {
			return 0, err
		}
		w := posting.Wanted{Dead: v.dead, Limit: bound - n}
		if n += len(union(v.Find(titles, w), v.Find(bodies, w))); n >= bound {
			return bound, nil
		}
	}
	return n, nil
}
