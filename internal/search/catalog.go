package search

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// catalog is what every search needs of every work, held in memory: about 600
// bytes an edition and two a piece. A catalog never changes; a newer one takes its place.
type catalog struct {
	gen, base int64
	works     map[int64]*workEntry
	editions  map[int64]*edition // by row id
	order     []*edition         // by row id
	place     map[int64]int      // of a row id in order
	firsts    []int              // the first piece of each among all pieces
	pieces    int                // of all texts
	runes     int64              // in all pieces
	learned   [][]int64          // pieces by number of a learned article
	views     []*view
	home      []home // where the words of each in order are
	lists     *lists // of all catalogs since the last reset
	today     atomic.Pointer[days]
}

// home is where the words of a text are: a segment and its place there.
type home struct {
	view     *view
	document uint32
}

// row is the number of a piece of the text.
func (e *edition) row(piece int) int64 { return e.id<<pieceBits | int64(piece) }

type workEntry struct {
	spans    []Span
	editions []*edition
}

// edition is what decides whether a text is in scope, and where it ranks.
type edition struct {
	id, work int64
	label    int
	entry    *workEntry
	kind     string
	region   string // empty is national
	organ    string
	weight   float64     // of its kind
	law      int         // number of the learned law of this name, -1 for none
	runes    int         // in its pieces
	spelling zh.Spelling // of the title key without 中华人民共和国
	short    string      // title key of the short title
	number   string      // document number, compact
	titleLen int         // runes of the title key without 中华人民共和国
	date     workday.Date
	sizes    []uint16 // of its pieces, in runes
}

// at gives the span of a day: the last one that has begun. So a span may name
// as its end its last day or the first day of the next.
func (w *workEntry) at(day workday.Date) (Span, bool) {
	for i := len(w.spans) - 1; i >= 0; i-- {
		s := w.spans[i]
		if s.From.After(day) {
			continue
		}
		if !s.To.IsZero() && day.After(s.To) {
			return Span{}, false
		}
		return s, s.Edition != 0
	}
	return Span{}, false
}

// catalogFor gives the catalog of the state that tx sees.
func (x *Index) catalogFor(ctx context.Context, tx *sql.Tx) (*catalog, error) {
	s, err := scanState(tx.StmtContext(ctx, x.prepared[stateRow]).QueryRowContext(ctx))
	if err != nil {
		return nil, err
	}
	x.caching.Lock()
	defer x.caching.Unlock()
	old := x.cached
	if old != nil && old.gen == s.gen {
		return old, nil
	}
	if old == nil || old.gen > s.gen || old.gen < s.base {
		old = &catalog{works: map[int64]*workEntry{}, editions: map[int64]*edition{}, gen: -1, lists: newLists()}
	}
	c, err := old.advance(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	if x.cached == nil || x.cached.gen < c.gen {
		x.cached = c
	}
	return c, nil
}

// advance reads the works that changed since.
func (c *catalog) advance(ctx context.Context, tx *sql.Tx, s state) (*catalog, error) {
	next := &catalog{gen: s.gen, base: s.base, works: maps.Clone(c.works), editions: maps.Clone(c.editions), pieces: c.pieces, runes: c.runes, lists: c.lists}
	changed, err := tx.QueryContext(ctx, `SELECT work, removed, spans FROM works WHERE gen > $1`, c.gen)
	if err != nil {
		return nil, err
	}
	defer changed.Close()
	for changed.Next() {
		var work int64
		var removed bool
		var spans string
		if err := changed.Scan(&work, &removed, &spans); err != nil {
			return nil, err
		}
		if old := next.works[work]; old != nil {
			for _, e := range old.editions {
				delete(next.editions, e.id)
				next.count(e, -1)
			}
			delete(next.works, work)
		}
		if removed {
			continue
		}
		entry := &workEntry{}
		if entry.spans, err = parseSpans(spans); err != nil {
			return nil, err
		}
		next.works[work] = entry
	}
	if err := changed.Err(); err != nil {
		return nil, err
	}
	if err := next.readEditions(ctx, tx, c.gen); err != nil {
		return nil, err
	}
	next.arrange()
	if err := next.readViews(ctx, tx, c.views); err != nil {
		return nil, err
	}
	return next, next.readLearned(ctx, tx)
}

// readViews finds the texts in the segments; those known from before need no
// reading.
func (c *catalog) readViews(ctx context.Context, tx *sql.Tx, before []*view) error {
	known := map[int64]*view{}
	for _, v := range before {
		known[v.id] = v
	}
	stored, err := readSegments(ctx, tx)
	if err != nil {
		return err
	}
	c.home = make([]home, len(c.order))
	for _, s := range stored {
		v := &view{id: s.id}
		if old := known[s.id]; old != nil {
			v.Segment = old.Segment
		} else if v.Segment, err = readSegment(ctx, tx, s.id); err != nil {
			return err
		}
		v.place = make([]int32, len(v.Documents()))
		for d, id := range v.Documents() {
			place, ok := c.place[id]
			if !ok {
				if v.dead == nil {
					v.dead = make([]bool, len(v.place))
				}
				v.dead[d] = true
				continue
			}
			v.place[d] = int32(place)
			c.home[place] = home{v, uint32(d)}
		}
		c.views = append(c.views, v)
	}
	return nil
}

// arrange numbers editions and pieces through, so that a search can keep its
// sums in plain arrays.
func (c *catalog) arrange() {
	ids := slices.Sorted(maps.Keys(c.editions))
	c.place = make(map[int64]int, len(ids))
	c.order, c.firsts = make([]*edition, len(ids)), make([]int, len(ids))
	first := 0
	for i, id := range ids {
		c.place[id], c.order[i], c.firsts[i] = i, c.editions[id], first
		first += len(c.editions[id].sizes)
	}
}

// readLearned finds the pieces that the learned data speaks of.
func (c *catalog) readLearned(ctx context.Context, tx *sql.Tx) error {
	c.learned = make([][]int64, len(lay().artN))
	rows, err := tx.QueryContext(ctx, `SELECT slot, piece FROM learned ORDER BY piece`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var slot, piece int64
		if err := rows.Scan(&slot, &piece); err != nil {
			return err
		}
		if slot < int64(len(c.learned)) {
			c.learned[slot] = append(c.learned[slot], piece)
		}
	}
	return rows.Err()
}

func (c *catalog) readEditions(ctx context.Context, tx *sql.Tx, since int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT e.id, e.work, e.label, e.kind, e.region, e.organ, e.title, e.short_title, e.doc_no, e.date, e.sizes
		FROM works w JOIN editions e ON e.work = w.work WHERE w.gen > $1 AND w.removed = 0`, since)
	if err != nil {
		return err
	}
	defer rows.Close()
	words := map[string]string{} // one copy of each
	one := func(w string) string {
		if _, ok := words[w]; !ok {
			words[w] = strings.Clone(w)
		}
		return words[w]
	}
	for rows.Next() {
		e := &edition{}
		var kind, region, organ, title, short, docNo, date string
		var sizes []byte
		if err := rows.Scan(&e.id, &e.work, &e.label, &kind, &region, &organ, &title, &short, &docNo, &date, &sizes); err != nil {
			return err
		}
		e.kind, e.region, e.organ, e.weight = one(kind), one(region), one(organ), kindWeight(kind)
		e.law = -1
		if n, ok := lay().laws[LawName(title)]; ok {
			e.law = n
		}
		e.spelling, e.short, e.number = zh.Spell(LawName(title)), zh.TitleKey(short), compactNumber(docNo)
		e.titleLen = utf8.RuneCountInString(bareTitle(zh.TitleKey(title)))
		e.date, _ = workday.ParseDate(date) // "" is the unknown day
		e.sizes = unpackSizes(sizes)
		for _, n := range e.sizes {
			e.runes += int(n)
		}
		c.count(e, 1)
		e.entry = c.works[e.work]
		e.entry.editions = append(e.entry.editions, e)
		c.editions[e.id] = e
	}
	return rows.Err()
}

// count adds an edition's pieces to the totals, or takes them away.
func (c *catalog) count(e *edition, sign int) {
	c.pieces += sign * len(e.sizes)
	c.runes += int64(sign) * int64(e.runes)
}

// kindWeight orders texts of equal match by the rank of their kind (立法法).
func kindWeight(kind string) float64 {
	switch kind {
	case "宪法":
		return 1
	case "法律":
		return 0.9
	case "行政法规":
		return 0.75
	case "监察法规", "司法解释":
		return 0.6
	case "部门规章", "规章":
		return 0.5
	case "地方性法规", "自治条例", "单行条例":
		return 0.4
	case "地方政府规章":
		return 0.3
	}
	return 0.2
}
