package posting

import "sort"

// Level is what Find gives.
type Level uint8

// Levels.
const (
	Documents Level = iota // places in Documents
	Pieces                 // units, as Piece reads them
	Units                  // the same with the headings
)

// Wanted says what of it Find gives.
type Wanted struct {
	Level Level
	Among []uint32 // only of these documents, in order; nil: of all
	Dead  []bool   // documents that are passed over; nil: none
	Limit int      // so many, then it ends; 0: all
}

// Find lists in order what holds a phrase, each once: the lists are those of
// its words. The words stand side by side in one unit.
func (s *Segment) Find(phrase []List, w Wanted) []uint32 {
	if len(phrase) == 0 {
		return nil
	}
	f := newFinder(phrase)
	most := min(f.words[0].list.count, len(s.starts))
	if w.Level == Documents {
		most = min(most, len(s.numbers))
	}
	if most == 0 {
		return nil
	}
	if w.Limit > 0 {
		most = min(most, w.Limit)
	}
	out := make([]uint32, 0, min(most, 4*len(w.Among)+1024))
	behind := s.starts[1:] // each unit
	d, u, a, from := 0, 0, 0, uint32(0)
	for {
		place, ok := f.from(from)
		if !ok {
			return out
		}
		if d = leap(s.ends, d, place); d == len(s.ends) {
			return out
		}
		begin := int(s.first[d])
		if w.Among != nil {
			for a < len(w.Among) && w.Among[a] < uint32(d) {
				a++
			}
			if a == len(w.Among) {
				return out
			}
			if next := w.Among[a]; next > uint32(d) {
				from = s.starts[s.first[next]]
				continue
			}
		}
		if w.Dead != nil && w.Dead[d] {
			from = s.ends[d]
			continue
		}
		if w.Level == Documents && len(phrase) == 1 {
			out, from = append(out, uint32(d)), s.ends[d]
		} else {
			u = leap(behind, max(u, begin), place)
			switch {
			case uint64(place)+uint64(len(phrase)) > uint64(behind[u]): // crosses the border
				from = place + 1
				continue
			case w.Level == Documents:
				out, from = append(out, uint32(d)), s.ends[d]
			case w.Level == Pieces && u < begin+firstPiece: // headings
				from = s.starts[begin+firstPiece]
				continue
			default:
				out, from = append(out, uint32(u)), behind[u]
			}
		}
		if len(out) == w.Limit {
			return out
		}
	}
}

// Split gives the documents of units, and those of the units that are pieces.
func (s *Segment) Split(units []uint32) (documents, pieces []uint32) {
	pieces = make([]uint32, 0, len(units))
	behind := s.first[1:]
	d := 0
	for _, u := range units {
		d = leap(behind, d, u)
		if n := len(documents); n == 0 || documents[n-1] != uint32(d) {
			documents = append(documents, uint32(d))
		}
		if u >= s.first[d]+firstPiece {
			pieces = append(pieces, u)
		}
	}
	return documents, pieces
}

// leap gives the first index from i on whose number is above one; numbers rise,
// and the index is likely near.
func leap(numbers []uint32, i int, above uint32) int {
	step := 1
	for i+step <= len(numbers) && numbers[i+step-1] <= above {
		i += step
		step *= 2
	}
	end := min(i+step, len(numbers))
	for i < end {
		if mid := int(uint(i+end) / 2); numbers[mid] > above {
			end = mid
		} else {
			i = mid + 1
		}
	}
	return i
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
		f.words[i] = finderWord{newCursor(l), uint32(i)}
	}
	sort.SliceStable(f.words, func(i, k int) bool { return f.words[i].list.count < f.words[k].list.count })
	return f
}

// from gives the first place at or behind one where all words stand in order.
func (f *finder) from(place uint32) (uint32, bool) {
	if len(f.words) == 1 {
		w := &f.words[0]
		ok := w.seek(place)
		return w.place, ok
	}
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
		for c := newCursor(l); c.step(); {
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
