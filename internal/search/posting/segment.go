package posting

import (
	"encoding/binary"
	"math"
)

// Units of a document before its pieces.
const (
	titleUnit   = 0
	headingUnit = 1
	firstPiece  = 2
)

// Segment says where the documents of a batch begin, and their units. It never
// changes. As bytes it is
//
//	documents  uvarint
//	           of each: its number as a varint, the distance to the one before;
//	           how many units it has; how many words each of them has; uvarints
//	sum        CRC-32C of all before, little endian
type Segment struct {
	numbers []int64  // of the documents
	first   []uint32 // the first unit of each; one more at the end
	starts  []uint32 // the first word of each unit; one more at the end
	ends    []uint32 // the word behind each document
}

// add appends a document whose units are in starts already.
func (s *Segment) add(number int64) {
	s.numbers = append(s.numbers, number)
	s.first = append(s.first, uint32(len(s.starts)-1))
	s.ends = append(s.ends, s.starts[len(s.starts)-1])
}

// ReadSegment reads what Bytes wrote. Errors: ErrDamaged.
func ReadSegment(b []byte) (*Segment, error) {
	b, ok := checked(b)
	if !ok {
		return nil, ErrDamaged
	}
	next := func() (v uint64) {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > math.MaxUint32 {
			ok = false
			return 0
		}
		b = b[n:]
		return v
	}
	documents := next()
	if documents > uint64(len(b)) {
		return nil, ErrDamaged
	}
	s := &Segment{numbers: make([]int64, 0, documents), first: make([]uint32, 1, documents+1), starts: make([]uint32, 1, len(b)+1)}
	number, place := int64(0), uint64(0)
	for range documents {
		step, n := binary.Varint(b)
		if n <= 0 {
			return nil, ErrDamaged
		}
		b = b[n:]
		number += step
		units := next()
		if units < firstPiece || units > uint64(len(b)) {
			return nil, ErrDamaged
		}
		for range units {
			place += next()
			s.starts = append(s.starts, uint32(place))
		}
		if !ok || place > maxPlace {
			return nil, ErrDamaged
		}
		s.add(number)
	}
	if !ok || len(b) > 0 {
		return nil, ErrDamaged
	}
	return s, nil
}

// Bytes gives the segment as ReadSegment reads it.
func (s *Segment) Bytes() []byte {
	b := binary.AppendUvarint(nil, uint64(len(s.numbers)))
	last := int64(0)
	for d, number := range s.numbers {
		b = binary.AppendVarint(b, number-last)
		last = number
		b = binary.AppendUvarint(b, uint64(s.first[d+1]-s.first[d]))
		for u := s.first[d]; u < s.first[d+1]; u++ {
			b = binary.AppendUvarint(b, uint64(s.starts[u+1]-s.starts[u]))
		}
	}
	return sealed(b)
}

// Documents gives the numbers of the documents, in their order.
func (s *Segment) Documents() []int64 { return s.numbers }

// Piece gives the document of a piece that Find found, by its place in
// Documents, and which of its pieces it is, from 0. from is a document at or
// before it, which spares a search.
func (s *Segment) Piece(unit uint32, from int) (document, piece int) {
	d := leap(s.first[1:], from, unit)
	return d, int(unit-s.first[d]) - firstPiece
}

// Pieces gives the pieces of a document as Find numbers them: from first up to end.
func (s *Segment) Pieces(document int) (first, end uint32) {
	return s.first[document] + firstPiece, s.first[document+1]
}
