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

// cursor walks over the places of a list.
type cursor struct {
	list  List
	next  int // number of the place behind place
	at    int // where its gap begins
	place uint32
}

// step goes to the next place; false at the end, and where no Writer went.
func (c *cursor) step() bool {
	if c.next >= c.list.count {
		return false
	}
	if c.next > 0 && c.next%jumpEvery == 0 {
		c.place, c.at = c.list.jump(c.next/jumpEvery - 1)
		c.next++
		return c.inBounds(c.place)
	}
	if gaps := c.list.gaps; c.at < len(gaps) && gaps[c.at] < 0x80 {
		c.place += uint32(gaps[c.at])
		c.at++
	} else if c.at < len(gaps) {
		gap, n := binary.Uvarint(gaps[c.at:])
		if n <= 0 || gap > maxPlace {
			return c.inBounds(maxPlace + 1)
		}
		c.place += uint32(gap)
		c.at += n
	} else {
		return c.inBounds(maxPlace + 1)
	}
	c.next++
	return c.inBounds(c.place)
}

// inBounds ends the list at a place that no segment has.
func (c *cursor) inBounds(place uint32) bool {
	if place > maxPlace {
		c.next = c.list.count
		return false
	}
	return true
}

// seek goes forward to the first place at or behind one; false at the end.
// What was passed stays passed.
func (c *cursor) seek(place uint32) bool {
	if c.next > 0 && c.place >= place {
		return true
	}
	c.leap(place)
	for c.step() {
		if c.place >= place {
			return true
		}
	}
	return false
}

// leap goes to the last jump before a place when that is ahead.
func (c *cursor) leap(place uint32) {
	jumps := len(c.list.jumps) / jumpSize
	now := 0 // the jumps that were passed
	if c.next > 0 {
		now = (c.next - 1) / jumpEvery
	}
	if now >= jumps {
		return
	}
	if first, _ := c.list.jump(now); first >= place {
		return
	}
	k := now + sort.Search(jumps-now, func(i int) bool {
		first, _ := c.list.jump(now + i)
		return first >= place
	}) - 1 // the last jump before the place; at least now
	c.place, c.at = c.list.jump(k)
	c.next = (k+1)*jumpEvery + 1
}
