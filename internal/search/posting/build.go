package posting

import (
	"bytes"
	"maps"
	"slices"
)

// Builder collects the words of documents for a segment.
type Builder struct {
	segment Segment
	place   uint32
	titles  map[string]*Writer
	bodies  map[string]*Writer
}

// NewBuilder gives an empty one.
func NewBuilder() *Builder {
	return &Builder{segment: Segment{first: []uint32{0}, starts: []uint32{0}}, titles: map[string]*Writer{}, bodies: map[string]*Writer{}}
}

// Add appends a document. Title, headings and pieces are words, each followed
// by a blank.
func (b *Builder) Add(number int64, title, headings []byte, pieces [][]byte) {
	b.unit(b.titles, title)
	b.unit(b.bodies, headings)
	for _, p := range pieces {
		b.unit(b.bodies, p)
	}
	b.segment.add(number)
}

func (b *Builder) unit(to map[string]*Writer, words []byte) {
	for word := range bytes.FieldsSeq(words) {
		w := to[string(word)]
		if w == nil {
			w = &Writer{}
			to[string(word)] = w
		}
		w.Add(b.place)
		b.place++
	}
	b.segment.starts = append(b.segment.starts, b.place)
}

// Segment gives what was added.
func (b *Builder) Segment() *Segment { return &b.segment }

// Words calls fn for every word, in order, with the bytes of its two lists.
func (b *Builder) Words(fn func(word string, titles, bodies []byte) error) error {
	words := slices.Sorted(maps.Keys(b.bodies))
	for w := range b.titles {
		if b.bodies[w] == nil {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	bytesOf := func(w *Writer) []byte {
		if w == nil {
			return nil
		}
		return w.Bytes()
	}
	for _, w := range words {
		if err := fn(w, bytesOf(b.titles[w]), bytesOf(b.bodies[w])); err != nil {
			return err
		}
	}
	return nil
}
