package search

import (
	"math"
	"sync"
)

// sums are the scratch arrays of one relaxed search: a place for every piece
// and every document of the index.
type sums struct {
	own, legal, asked []float32 // by piece
	whole, title      []float32 // by document
	times             []uint16  // pieces of a document that hold the present word
}

var sumPool = sync.Pool{New: func() any { return &sums{} }}

func takeSums(pieces, documents int) *sums {
	s := sumPool.Get().(*sums)
	for _, a := range []*[]float32{&s.own, &s.legal, &s.asked} {
		*a = zeroed(*a, pieces)
	}
	s.whole, s.title = zeroed(s.whole, documents), zeroed(s.title, documents)
	s.times = zeroed(s.times, documents)
	return s
}

func zeroed[T float32 | uint16](a []T, n int) []T {
	if cap(a) < n {
		return make([]T, n)
	}
	a = a[:n]
	clear(a)
	return a
}

// wholeK1 is BM25's k1 where what is counted are the pieces of a document.
const wholeK1 = 2

// gather scores every piece that holds a word as if it held it once, and every
// document by how many of its pieces do.
func (r *run) gather(allowed func(int64) bool) ([]candidate, error) {
	cat := r.scope.cat
	s := takeSums(cat.pieces, len(cat.order))
	defer sumPool.Put(s)
	for i := range r.words {
		r.spread(s, &r.words[i])
	}
	if err := r.titles(s); err != nil {
		return nil, err
	}
	laws := r.remember(s)
	share := 1 / math.Max(r.full, 1)
	most := 0
	for _, w := range r.words {
		most += len(w.spots)
	}
	out := takeCandidates(min(most, cat.pieces))
	for d, e := range cat.order {
		in, stand := r.scope.at(int32(d))
		if in == nil {
			continue
		}
		common := e.prior(stand.validity) + share*(wholeShare*float64(s.whole[d])+titleShare*float64(s.title[d]))
		if e.law >= 0 {
			common += lawPrior*lay().lawN[e.law] + askedLaw*share*laws[e.law]
		}
		first := cat.firsts[d]
		for i := range e.sizes {
			own, legal, asked := s.own[first+i], s.legal[first+i], s.asked[first+i]
			if own == 0 && legal == 0 && asked == 0 {
				continue
			}
			row := e.id<<pieceBits | int64(i)
			if !allowed(row) {
				continue
			}
			damp := r.damp(e, row, 1)
			out = append(out, candidate{ed: e, text: int32(d), valid: stand.validity, piece: row, why: whyWeighted, rest: common + float64(asked),
				score: common + float64(asked) + share*damp*(bodyShare*float64(own)+legalShare*float64(legal))})
		}
	}
	return out, nil
}

// prior leans towards valid texts of high rank without shutting others out.
func (e *edition) prior(valid string) float64 {
	stands := [...]float64{standsGone: gonePrior, standsAhead: aheadPrior, standsValid: 0}
	return stands[standing(valid)] + kindPrior*e.weight
}

// spread adds one word to the pieces and documents that hold it.
func (r *run) spread(s *sums, w *weighted) {
	cat := r.scope.cat
	own := r.own(w)
	for _, at := range w.spots {
		i := cat.firsts[at.text] + int(at.piece)
		if own {
			s.own[i] += float32(w.weight)
			s.times[at.text]++
		}
		s.legal[i] += float32(w.legal * w.weight)
	}
	if !own {
		return
	}
	last, documents := int32(-1), 0
	for _, at := range w.spots {
		if at.text != last {
			last = at.text
			documents++
		}
	}
	weight := idf(documents, len(cat.order))
	mean := float64(cat.runes) / float64(max(len(cat.order), 1))
	last = -1
	for _, at := range w.spots {
		if d := at.text; d != last {
			last = d
			s.whole[d] += float32(weight * saturate(float64(s.times[d]), float64(cat.order[d].runes)/max(mean, 1), wholeK1, bm25B))
			s.times[d] = 0
		}
	}
}

// titles adds the words of the query to the documents that bear them in their title.
func (r *run) titles(s *sums) error {
	cat := r.scope.cat
	for i := range r.words {
		w := &r.words[i]
		if !r.own(w) {
			continue
		}
		n := 0
		for _, v := range cat.views {
			found, err := r.find(v, w.match, inTitle)
			if err != nil {
				return err
			}
			n += len(found)
		}
		weight := idf(n, len(cat.order))
		for _, v := range cat.views {
			found, err := r.find(v, w.match, inTitle)
			if err != nil {
				return err
			}
			for _, document := range found {
				d := v.place[document]
				s.title[d] += float32(weight * saturate(1, float64(cat.order[d].titleLen)/meanTitle, 0.5, 0.3))
			}
		}
	}
	return nil
}

// meanTitle is about how long a title is, in characters.
const meanTitle = 16

// remember adds what earlier questions like this one taught: to the articles
// that answered them, and by law, which it returns.
func (r *run) remember(s *sums) []float64 {
	m, cat := lay(), r.scope.cat
	share := 1 / math.Max(r.full, 1)
	for slot, v := range m.asked[askedArticles].score(r.asked, 0.5) {
		if v == 0 {
			continue
		}
		for _, row := range cat.learned[slot] {
			if d, ok := cat.place[row>>pieceBits]; ok {
				s.asked[cat.firsts[d]+int(row&(1<<pieceBits-1))] += float32(askedShare*share*v + articlePrior*m.artN[slot])
			}
		}
	}
	return m.asked[askedLaws].score(r.asked, 0.3)
}
