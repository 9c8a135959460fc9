// Package posting is the word index of a batch of documents: which words stand
// where. It knows bytes and numbers only; package search keeps them.
//
// The documents of one index, a segment, are one long row of words, numbered
// from 0. Each document begins with its title, then come the headings of the
// whole document, then its pieces, one behind the other; each of these is a
// unit (Segment says where units begin). A List holds the places of one word,
// in the titles or in all that follows them. Words that follow each other
// in a text have places that follow each other, so a phrase is found from the
// lists of its words.
package posting

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"sort"
)

// ErrDamaged is given for bytes that no List or Segment of this package wrote.
var ErrDamaged = errors.New("posting: damaged data")

// jumpEvery is how many places lie between two jumps of a list.
const jumpEvery = 128

// maxPlace bounds the words of a segment, so that places can be added up.
const maxPlace = math.MaxInt32

// jumpSize is the bytes of one jump.
const jumpSize = 8

// sumSize is the bytes of the check sum at the end.
const sumSize = 4

var sumTable = crc32.MakeTable(crc32.Castagnoli)

// List is the places of one word, ready to read. The zero List is empty. As
// bytes (Writer writes them, ReadList reads them) it is
//
//	count  uvarint
//	jumps  for every 128th place but the first: the place, and where its
//	       followers begin in gaps; two uint32, little endian
//	gaps   uvarints: the first place, then the distance of each to the one
//	       before; places that stand in jumps are left out
//	sum    CRC-32C of all before, little endian
type List struct {
	count int
	jumps []byte
	gaps  []byte
}

// ReadList checks the bytes of a list, which must not change afterwards. No
// bytes are an empty list. Errors: ErrDamaged.
func ReadList(b []byte) (List, error) {
	if len(b) == 0 {
		return List{}, nil
	}
	b, ok := checked(b)
	if !ok {
		return List{}, ErrDamaged
	}
	count, n := binary.Uvarint(b)
	if n <= 0 || count == 0 || count > uint64(len(b))*jumpEvery {
		return List{}, ErrDamaged
	}
	l := List{count: int(count)}
	jumps := (l.count - 1) / jumpEvery * jumpSize
	if len(b)-n < jumps {
		return List{}, ErrDamaged
	}
	l.jumps, l.gaps = b[n:n+jumps], b[n+jumps:]
	if len(l.gaps) < l.count-len(l.jumps)/jumpSize {
		return List{}, ErrDamaged
	}
	for i := range jumps / jumpSize {
		if _, at := l.jump(i); at > len(l.gaps) {
			return List{}, ErrDamaged
		}
	}
	return l, nil
}

// Len is how many places a list has.
func (l List) Len() int { return l.count }

// Size is the bytes it takes in memory, about.
func (l List) Size() int { return len(l.jumps) + len(l.gaps) }

func (l List) jump(i int) (place uint32, at int) {
	b := l.jumps[i*jumpSize:]
	return binary.LittleEndian.Uint32(b), int(binary.LittleEndian.Uint32(b[4:]))
}

// checked cuts the check sum off.
func checked(b []byte) ([]byte, bool) {
	if len(b) < sumSize {
		return nil, false
	}
	body := b[:len(b)-sumSize]
	return body, binary.LittleEndian.Uint32(b[len(body):]) == crc32.Checksum(body, sumTable)
}

func sealed(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, sumTable))
}

// Writer makes a list of places that come in order.
type Writer struct {
	count       int
	last        uint32
	jumps, gaps []byte
}

// Add appends a place, which is behind all added before.
func (w *Writer) Add(place uint32) {
	if w.count > 0 && w.count%jumpEvery == 0 {
		w.jumps = binary.LittleEndian.AppendUint32(w.jumps, place)
		w.jumps = binary.LittleEndian.AppendUint32(w.jumps, uint32(len(w.gaps)))
	} else {
		w.gaps = binary.AppendUvarint(w.gaps, uint64(place-w.last))
	}
	w.last = place
	w.count++
}

// Bytes gives the list; nil when it is empty.
func (w *Writer) Bytes() []byte {
	if w.count == 0 {
		return nil
	}
	b := make([]byte, 0, binary.MaxVarintLen32+len(w.jumps)+len(w.gaps)+sumSize)
	b = binary.AppendUvarint(b, uint64(w.count))
	b = append(b, w.jumps...)
	return sealed(append(b, w.gaps...))
}

// cursor walks over the places of a list, block by block: a block is what
// stands between two jumps.
type cursor struct {
	list  List
	left  int    // places of the block behind place
	jump  int    // the number of the next block's jump
	ahead uint32 // where that jump leads; maxPlace+1 without one
	at    int    // where the next gap begins
	place uint32
	begun bool
}

func newCursor(l List) cursor {
	c := cursor{list: l, left: min(l.count, jumpEvery)}
	c.lookAhead()
	return c
}

func (c *cursor) lookAhead() {
	c.ahead = maxPlace + 1
	if c.jump*jumpSize < len(c.list.jumps) {
		c.ahead, _ = c.list.jump(c.jump)
	}
}

// enter goes to the first place of a block.
func (c *cursor) enter(jump int) bool {
	c.place, c.at = c.list.jump(jump)
	c.jump = jump + 1
	c.left = min(c.list.count-c.jump*jumpEvery, jumpEvery) - 1
	c.begun = true
	c.lookAhead()
	return c.inBounds()
}

// inBounds ends the list at a place that no segment has.
func (c *cursor) inBounds() bool {
	if c.place > maxPlace {
		c.end()
		return false
	}
	return true
}

// end leaves nothing ahead.
func (c *cursor) end() bool {
	c.left, c.ahead, c.jump = 0, maxPlace+1, len(c.list.jumps)/jumpSize
	return false
}

// step goes to the next place; false at the end, and where no Writer went.
func (c *cursor) step() bool {
	if c.left == 0 {
		if c.jump*jumpSize >= len(c.list.jumps) {
			return false
		}
		return c.enter(c.jump)
	}
	gap, n := uint64(0), 1
	switch rest := c.list.gaps[c.at:]; {
	case len(rest) == 0:
		return c.end()
	case rest[0] < 0x80:
		gap = uint64(rest[0])
	default:
		if gap, n = binary.Uvarint(rest); n <= 0 || gap > maxPlace {
			return c.end()
		}
	}
	c.at += n
	c.left--
	c.place += uint32(gap)
	c.begun = true
	return c.inBounds()
}

// seek goes forward to the first place at or behind one; false at the end.
// What was passed stays passed.
func (c *cursor) seek(place uint32) bool {
	if c.begun && c.place >= place {
		return true
	}
	if c.ahead < place && !c.enter(c.lastBefore(place)) {
		return false
	}
	// Most gaps are one byte, and most ways are short.
	gaps := c.list.gaps
	for c.begun && c.left > 0 && c.at < len(gaps) && gaps[c.at] < 0x80 && c.place < place {
		c.place += uint32(gaps[c.at])
		c.at++
		c.left--
	}
	if c.begun && c.place >= place {
		return c.inBounds()
	}
	for c.step() {
		if c.place >= place {
			return true
		}
	}
	return false
}

// lastBefore gives the last jump that leads before a place; ahead does.
func (c *cursor) lastBefore(place uint32) int {
	return c.jump + sort.Search(len(c.list.jumps)/jumpSize-c.jump, func(i int) bool {
		first, _ := c.list.jump(c.jump + i)
		return first >= place
	}) - 1
}
