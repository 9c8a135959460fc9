package search

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Bounds of a page of hits.
const (
	defaultLimit = 10
	maxLimit     = 100
)

// candidate is a text or a piece of one that answers a query.
type candidate struct {
	ed    *edition
	valid string
	piece int64 // row of the piece that answers, 0 when not chosen yet
	score float64
	rest  float64 // of a relaxed score: what does not come from the text
	why   reason
	text  int32 // of a relaxed search: the place of ed in the catalog
}

// candidatePool keeps lists of candidates, the largest thing that a search makes.
var candidatePool = sync.Pool{New: func() any { return &[]candidate{} }}

// takeCandidates gives an empty list with room for n.
func takeCandidates(n int) []candidate {
	kept := candidatePool.Get().(*[]candidate)
	return slices.Grow((*kept)[:0], n)
}

// reason says what matched.
type reason uint8

const (
	whyBody reason = iota
	whyTitle
	whyArticle  // law and article
	whyDated    // published on the day that the query is
	whyNumber   // year and serial of the document number
	whyFormer   // an earlier text's title or number
	whyShort    // short title
	whyDocNo    // document number
	whyWhole    // whole title
	whyWeighted // relaxed
)

// exact reports a query that is the whole name of the text.
func (r reason) exact() bool { return r >= whyFormer && r <= whyWhole }

// Search answers one query for the texts that count on a day: q.On, or today.
// It never fails because of what the query says, only for a level that does
// not exist or when the index cannot be read.
func (x *Index) Search(ctx context.Context, q Query, today workday.Date) (res *Result, err error) {
	defer fault.Wrap(&err, "search.Search")
	switch q.Level {
	case "":
		q.Level = LevelDocument
	case LevelDocument, LevelArticle:
	default:
		return nil, fault.Field("search.Search", "level", "检索层级只能是 document（文件）或 article（条文）。")
	}
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Limit, q.Offset = min(q.Limit, maxLimit), max(q.Offset, 0)
	if q.On.IsZero() {
		q.On = today
	}
	err = x.snapshot(ctx, func(tx *sql.Tx) error {
		cat, err := x.catalogFor(ctx, tx)
		if err != nil {
			return err
		}
		r := &run{ctx: ctx, x: x, tx: tx, q: q, p: parseQuery(q.Text), scope: newScope(cat, &q), memo: map[asked][]uint32{}}
		res, err = r.answer()
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// SearchAll answers queries with so many workers, in the order asked. The
// first error ends the batch.
func (x *Index) SearchAll(ctx context.Context, queries []Query, today workday.Date, workers int) ([]*Result, error) {
	out := make([]*Result, len(queries))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(workers, 1))
	for i, q := range queries {
		g.Go(func() error {
			res, err := x.Search(ctx, q, today)
			out[i] = res
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// run is one search under way.
type run struct {
	ctx   context.Context
	x     *Index
	tx    *sql.Tx
	q     Query
	p     *parsed
	scope *scope
	words []weighted // of a relaxed search
	asked []string   // the query's own among them
	full  float64    // their weight
	held  bool       // holding found the pieces with all terms
	said  string     // the query that was answered instead
	memo  map[asked][]uint32
}

func (r *run) answer() (*Result, error) {
	found, mode, err := r.collect()
	if err != nil {
		return nil, err
	}
	defer candidatePool.Put(&found)
	leadBy(found, r.q.Offset+r.q.Limit, r.q.order())
	res := &Result{Query: r.q.Text, Mode: mode, Total: len(found), Hits: []Hit{}, Corrected: r.said}
	if r.q.Facets {
		res.Facets = countFacets(found)
	}
	if c, ok := exactOf(found); ok {
		h, err := r.hits([]candidate{c})
		if err != nil {
			return nil, err
		}
		res.Exact = &h[0]
	}
	if r.q.Offset >= len(found) {
		return res, nil
	}
	res.Hits, err = r.hits(found[r.q.Offset:min(r.q.Offset+r.q.Limit, len(found))])
	return res, err
}

// exactOf gives the best candidate that the query names.
func exactOf(found []candidate) (best candidate, ok bool) {
	for _, c := range found {
		if c.why.exact() && (!ok || better(c, best) < 0) {
			best, ok = c, true
		}
	}
	return best, ok
}

// collect tries the ways to an answer, the most literal first.
func (r *run) collect() ([]candidate, string, error) {
	if r.p.law != nil {
		if found, err := r.lawArticle(r.p.law); err != nil || len(found) > 0 {
			return found, ModeStrict, err
		}
	}
	if len(r.p.terms) == 0 && r.p.docKey == "" {
		return nil, ModeStrict, nil
	}
	exact, err := r.exact()
	if err != nil {
		return nil, "", err
	}
	if len(exact) > 0 || !r.p.question && !r.p.cut {
		found, err := r.strict(exact)
		if err != nil || len(found) > 0 {
			return found, ModeStrict, err
		}
	}
	if !r.p.question {
		found, text, err := r.corrected()
		if err != nil || len(found) > 0 {
			r.said = text
			return found, ModeStrict, err
		}
	}
	found, err := r.relaxed()
	return found, ModeRelaxed, err
}

// better orders candidates; what the score leaves equal goes by date, newest
// first, then by number, so that pages never overlap.
func better(a, b candidate) int {
	if a.score != b.score {
		return cmp.Compare(b.score, a.score)
	}
	return cmp.Or(
		b.ed.date.Compare(a.ed.date),
		cmp.Compare(a.ed.work, b.ed.work),
		cmp.Compare(a.piece&(1<<pieceBits-1), b.piece&(1<<pieceBits-1)),
	)
}
