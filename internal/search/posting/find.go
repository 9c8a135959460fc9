package posting

import "sort"

// Level is what Find gives.
type Level uint8

// Levels.
const (
	Documents Level = iota // places in Documents
	Pieces                 // units, as Piece reads them
)

// Find lists in order what holds a phrase, each once: the lists are those of
// its words. The words stand side by side in one unit. Documents that dead
// holds (nil: none) are passed over. It ends when it has found limit, unless
// that is 0.
func (s *Segment) Find(phrase []List, level Level, dead []bool, limit int) []uint32 {
	if len(phrase) == 0 {
		return nil
	}
	f := newFinder(phrase)
	var out []uint32
	d, from := 0, uint32(0)
	for {
		place, ok := f.from(from)
		if !ok {
			return out
		}
		d += leapTo(len(s.numbers)-d, func(i int) bool { return s.starts[s.first[d+i+1]] > place })
		if d == len(s.numbers) {
			return out
		}
		begin, end := s.first[d], s.first[d+1]
		if dead != nil && dead[d] {
			from = s.starts[end]
			continue
		}
		if level == Documents && len(phrase) == 1 {
			out, from = append(out, uint32(d)), s.starts[end]
		} else {
			u := begin + uint32(sort.Search(int(end-begin), func(i int) bool { return s.starts[int(begin)+i+1] > place }))
			switch {
			case uint64(place)+uint64(len(phrase)) > uint64(s.starts[u+1]): // crosses the border
				from = place + 1
				continue
			case level == Documents:
				out, from = append(out, uint32(d)), s.starts[end]
			case u < begin+firstPiece: // headings
				from = s.starts[begin+firstPiece]
				continue
			default:
				out, from = append(out, u), s.starts[u+1]
			}
		}
		if len(out) == limit {
			return out
		}
	}
}

// finder walks over the places where a phrase begins.
type finder struct {
	words []finderWord // the rarest first
}

type finderWord struct {
	cursor
	offset uint32 // in the phrase
}

func newFinder(phrase []List) *finder {
	f := &finder{make([]finderWord, len(phrase))}
	for i, l := range phrase {
		f.words[i] = finderWord{cursor{list: l}, uint32(i)}
	}
	sort.SliceStable(f.words, func(i, k int) bool { return f.words[i].list.count < f.words[k].list.count })
	return f
}

// from gives the first place at or behind one where all words stand in order.
func (f *finder) from(place uint32) (uint32, bool) {
	for i := 0; i < len(f.words); {
		w := &f.words[i]
		if !w.seek(place + w.offset) {
			return 0, false
		}
		if start := w.place - w.offset; start > place && i > 0 {
			place, i = start, 0 // the words before must stand there, too
		} else {
			place = start
			i++
		}
	}
	return place, true
}

// Union is the list of all places of several lists.
func Union(lists []List) (List, error) {
	var all []uint32
	for _, l := range lists {
		for c := (cursor{list: l}); c.step(); {
			all = append(all, c.place)
		}
	}
	sort.Slice(all, func(i, k int) bool { return all[i] < all[k] })
	var w Writer
	for i, place := range all {
		if i == 0 || place != all[i-1] {
			w.Add(place)
		}
	}
	return ReadList(w.Bytes())
}
