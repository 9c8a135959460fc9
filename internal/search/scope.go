package search

import "gongkai/internal/workday"

// scope decides for one query which texts count and how good they stand.
type scope struct {
	cat    *catalog
	query  *Query
	stands []stand // of the texts of cat.order
	all    bool    // the query shuts no text out
}

// stand is how a text stands on a day.
type stand struct {
	counts   bool // it is the text of its work
	validity string
	score    float64 // of validity and kind
}

// days is a sheet of stands; a catalog keeps the last one.
type days struct {
	day    workday.Date
	stands []stand
}

func newScope(cat *catalog, q *Query) *scope {
	sheet := cat.today.Load()
	if sheet == nil || sheet.day != q.On {
		sheet = &days{q.On, make([]stand, len(cat.order))}
		for i, e := range cat.order {
			if span, ok := e.entry.at(q.On); ok && span.Edition == e.label {
				sheet.stands[i] = stand{true, span.Validity, standScore(span.Validity) + kindScore*e.weight}
			}
		}
		cat.today.Store(sheet)
	}
	return &scope{cat: cat, query: q, stands: sheet.stands, all: q.admitsAll()}
}

// Places of a validity in an answer; valid ones first.
const (
	standsValid = 2
	standsAhead = 1
	standsGone  = 0
)

// standing of a validity: F-11 and F-13 first, then F-10, then F-14 and F-15.
func standing(validity string) int {
	switch validity {
	case "废止", "失效":
		return standsGone
	case "尚未施行":
		return standsAhead
	}
	return standsValid
}

// find gives a text when it is the one that counts on the day and the query
// does not shut it out.
func (s *scope) find(id int64) (*edition, *stand) {
	place, ok := s.cat.place[id]
	if !ok {
		return nil, &stand{}
	}
	return s.at(int32(place))
}

// of is find for a document of a segment.
func (s *scope) of(v *view, document uint32) (*edition, *stand) { return s.at(v.place[document]) }

// at is find for a place in the catalog's order.
func (s *scope) at(place int32) (*edition, *stand) {
	e, st := s.cat.order[place], &s.stands[place]
	if !st.counts || !s.all && !s.query.admits(e, st.validity) {
		return nil, st
	}
	return e, st
}
