package posting

// Joint is several segments as one, without the documents that are gone.
type Joint struct {
	parts []*Segment
	moved [][]int64 // of each part's documents: how far its words move, gone for one left out
	whole *Segment
}

const gone = int64(-1) << 62

// Join plans it; keep says which documents, by number, stay.
func Join(parts []*Segment, keep func(number int64) bool) *Joint {
	j := &Joint{parts: parts, whole: &Segment{first: []uint32{0}, starts: []uint32{0}}}
	w, place := j.whole, uint32(0)
	for _, p := range parts {
		moved := make([]int64, len(p.numbers))
		for d, number := range p.numbers {
			if moved[d] = gone; !keep(number) {
				continue
			}
			moved[d] = int64(place) - int64(p.starts[p.first[d]])
			for u := p.first[d]; u < p.first[d+1]; u++ {
				place += p.starts[u+1] - p.starts[u]
				w.starts = append(w.starts, place)
			}
			w.add(number)
		}
		j.moved = append(j.moved, moved)
	}
	return j
}

// Segment gives the joint one.
func (j *Joint) Segment() *Segment { return j.whole }

// Move adds the places of a list of one part to the joint list of its word.
// Parts come in their order.
func (j *Joint) Move(part int, l List, to *Writer) {
	s, moved, d := j.parts[part], j.moved[part], 0
	for c := newCursor(l); c.step(); {
		d = leap(s.ends, d, c.place)
		if d == len(moved) {
			return
		}
		if moved[d] != gone {
			to.Add(uint32(int64(c.place) + moved[d]))
		}
	}
}

// Each calls fn for every place of a list: the document by its place in
// Documents, the unit in it, and how many words of the unit stand before.
func (s *Segment) Each(l List, fn func(document, unit int, offset uint32)) {
	d, u := 0, 0
	for c := newCursor(l); c.step(); {
		if u = leap(s.starts[1:], u, c.place); u == len(s.starts)-1 {
			return
		}
		d = leap(s.first[1:], d, uint32(u))
		fn(d, u-int(s.first[d]), c.place-s.starts[u])
	}
}
