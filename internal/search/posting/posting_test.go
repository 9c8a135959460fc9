package posting

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// text is a document as the tests keep it: units of words, the title first.
type text struct {
	number int64
	units  [][]string
}

func words(t *rapid.T, most int) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 0, most).Draw(t, "words")
}

func texts(t *rapid.T, from int64) []text {
	out := make([]text, rapid.IntRange(0, 12).Draw(t, "texts"))
	for i := range out {
		out[i].number = from + int64(i*3)
		for range rapid.IntRange(2, 6).Draw(t, "units") {
			out[i].units = append(out[i].units, words(t, 60))
		}
	}
	return out
}

// index is a segment with its lists, read back from bytes.
type index struct {
	*Segment
	titles, bodies map[string]List
}

func build(t *rapid.T, all []text) index {
	b := NewBuilder()
	line := func(words []string) []byte { return []byte(strings.Join(words, " ") + " ") }
	for _, d := range all {
		var pieces [][]byte
		for _, u := range d.units[2:] {
			pieces = append(pieces, line(u))
		}
		b.Add(d.number, line(d.units[0]), line(d.units[1]), pieces)
	}
	x := index{titles: map[string]List{}, bodies: map[string]List{}}
	last := ""
	err := b.Words(func(word string, titles, bodies []byte) error {
		if word <= last {
			t.Fatalf("%q behind %q", word, last)
		}
		last = word
		return errors.Join(x.read(word, titles, bodies))
	})
	if err != nil {
		t.Fatal(err)
	}
	x.Segment = readBack(t, b.Segment())
	return x
}

func readBack(t *rapid.T, s *Segment) *Segment {
	again, err := ReadSegment(s.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func (x *index) read(word string, titles, bodies []byte) (err error) {
	if x.titles[word], err = ReadList(titles); err != nil {
		return err
	}
	x.bodies[word], err = ReadList(bodies)
	return err
}

// scan is Find by reading the texts.
func scan(all []text, phrase []string, titles bool, level Level, dead []bool, among []uint32) (out []string) {
	for d, doc := range all {
		if dead != nil && dead[d] || among != nil && !slices.Contains(among, uint32(d)) {
			continue
		}
		found := false
		for u, unit := range doc.units {
			if titles != (u == titleUnit) || level == Pieces && u < firstPiece || level == Units && u < headingUnit || found && level == Documents {
				continue
			}
			for i := 0; i+len(phrase) <= len(unit); i++ {
				if slices.Equal(unit[i:i+len(phrase)], phrase) {
					found = true
					out = append(out, fmt.Sprint(d, u-firstPiece))
					break
				}
			}
		}
	}
	if level == Documents {
		for i, s := range out {
			out[i], _, _ = strings.Cut(s, " ")
		}
	}
	return out
}

func checkFind(t *rapid.T, x index, all []text) {
	phrase := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 1, 4).Draw(t, "phrase")
	dead := rapid.SliceOfN(rapid.Bool(), len(all), len(all)).Draw(t, "dead")
	if rapid.Bool().Draw(t, "all live") {
		dead = nil
	}
	var among []uint32
	if rapid.Bool().Draw(t, "among some") {
		among = []uint32{}
		for d := range all {
			if rapid.Bool().Draw(t, "among") {
				among = append(among, uint32(d))
			}
		}
	}
	for _, c := range []struct {
		titles bool
		level  Level
	}{{true, Documents}, {false, Documents}, {false, Pieces}, {false, Units}} {
		var lists []List
		for _, w := range phrase {
			if c.titles {
				lists = append(lists, x.titles[w])
			} else {
				lists = append(lists, x.bodies[w])
			}
		}
		want := scan(all, phrase, c.titles, c.level, dead, among)
		limit := rapid.IntRange(0, 5).Draw(t, "limit")
		if limit > 0 && len(want) > limit {
			want = want[:limit]
		}
		var got []string
		d, i := 0, 0
		for _, n := range x.Find(lists, Wanted{c.level, among, dead, limit}) {
			if c.level == Documents {
				got = append(got, fmt.Sprint(n))
				continue
			}
			d, i = x.Piece(n, d)
			got = append(got, fmt.Sprint(d, i))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v titles %v level %d dead %v: %v, want %v", phrase, c.titles, c.level, dead, got, want)
		}
	}
}

func TestFindEqualsReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := texts(t, 1)
		checkFind(t, build(t, all), all)
	})
}

// TestJoinEqualsBuildingAtOnce: parts joined, some texts left out.
func TestJoinEqualsBuildingAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []index
		var segments []*Segment
		var kept []text
		keep := map[int64]bool{}
		for k := range rapid.IntRange(1, 4).Draw(t, "parts") {
			all := texts(t, int64(k*100-150))
			parts = append(parts, build(t, all))
			segments = append(segments, parts[k].Segment)
			for _, d := range all {
				if keep[d.number] = rapid.Bool().Draw(t, "keep"); keep[d.number] {
					kept = append(kept, d)
				}
			}
		}
		joint := Join(segments, func(number int64) bool { return keep[number] })
		x := index{Segment: readBack(t, joint.Segment()), titles: map[string]List{}, bodies: map[string]List{}}
		want := build(t, kept)
		for _, word := range []string{"a", "b", "c", "d", "e"} {
			var titles, bodies Writer
			for k, p := range parts {
				joint.Move(k, p.titles[word], &titles)
				joint.Move(k, p.bodies[word], &bodies)
			}
			if err := x.read(word, titles.Bytes(), bodies.Bytes()); err != nil {
				t.Fatal(err)
			}
			for i, pair := range [][2]List{{x.titles[word], want.titles[word]}, {x.bodies[word], want.bodies[word]}} {
				if pair[0].count != pair[1].count || !bytes.Equal(pair[0].gaps, pair[1].gaps) || !bytes.Equal(pair[0].jumps, pair[1].jumps) {
					t.Fatalf("%s, list %d: another", word, i)
				}
			}
		}
		if !bytes.Equal(x.Segment.Bytes(), want.Segment.Bytes()) {
			t.Fatal("another segment")
		}
		checkFind(t, x, kept)
	})
}

func TestEachTellsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := texts(t, 1)
		x, n := build(t, all), 0
		for word, l := range x.bodies {
			x.Each(l, func(d, u int, offset uint32) {
				n++
				if got := all[d].units[u][offset]; got != word || u == titleUnit {
					t.Fatalf("document %d unit %d word %d is %s, not %s", d, u, offset, got, word)
				}
			})
		}
		for _, d := range all {
			for _, u := range d.units[1:] {
				n -= len(u)
			}
		}
		if n != 0 {
			t.Fatal(n)
		}
	})
}

func TestUnionIsAllPlacesOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lists []List
		want := map[uint32]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "lists") {
			var w Writer
			for _, p := range distinct(rapid.SliceOfN(rapid.Uint32Range(0, 500), 0, 300).Draw(t, "places")) {
				w.Add(p)
				want[p] = true
			}
			l, err := ReadList(w.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			lists = append(lists, l)
		}
		u, err := Union(lists)
		if err != nil || u.Len() != len(want) {
			t.Fatal(u.Len(), len(want), err)
		}
		for c := newCursor(u); c.step(); {
			if !want[c.place] {
				t.Fatal(c.place)
			}
		}
	})
}

func distinct(places []uint32) []uint32 {
	slices.Sort(places)
	return slices.Compact(places)
}

// TestSeek compares jumps with steps, over lists of many jumps.
func TestSeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w Writer
		var places []uint32
		place := uint32(0)
		for range rapid.IntRange(0, 2000).Draw(t, "count") {
			place += uint32(1 + len(places)%7*len(places)%300)
			w.Add(place)
			places = append(places, place)
		}
		l, err := ReadList(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		c, at := newCursor(l), uint32(0)
		for range 20 {
			at += rapid.Uint32Range(0, place/4+1).Draw(t, "by")
			i, _ := slices.BinarySearch(places, at)
			if ok := c.seek(at); ok != (i < len(places)) || ok && c.place != places[i] {
				t.Fatalf("from %d: %d %v", at, c.place, ok)
			}
			if i == len(places) {
				return
			}
		}
	})
}

func TestDamagedBytesAreTold(t *testing.T) {
	var w Writer
	for i := range uint32(1000) {
		w.Add(i * 3)
	}
	b := NewBuilder()
	b.Add(7, []byte("a b "), nil, [][]byte{[]byte("c ")})
	for name, whole := range map[string][]byte{"list": w.Bytes(), "segment": b.Segment().Bytes()} {
		for i := range whole {
			bad := bytes.Clone(whole)
			bad[i] ^= 4
			_, err := ReadList(bad)
			if name == "segment" {
				_, err = ReadSegment(bad)
			}
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s: byte %d is another and nobody notices: %v", name, i, err)
			}
		}
	}
}

// FuzzRead reads any bytes under a true sum: no reader may fall or hang.
func FuzzRead(f *testing.F) {
	var w Writer
	for i := range uint32(300) {
		w.Add(i * i)
	}
	b := NewBuilder()
	b.Add(7, []byte("a b "), []byte("c "), [][]byte{[]byte("a "), []byte("b a b ")})
	f.Add(unsealed(w.Bytes()), unsealed(b.Segment().Bytes()), uint32(9))
	f.Add([]byte{2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}, []byte{1, 2, 2, 1, 1}, uint32(0))
	f.Add(binary.AppendUvarint(nil, 1<<60), []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, uint32(1))
	f.Fuzz(func(t *testing.T, list, segment []byte, place uint32) {
		l, err := ReadList(sealed(list))
		if err != nil {
			l = List{}
		}
		for c := newCursor(l); c.seek(place % maxPlace); place += 7 {
			if !c.step() {
				break
			}
		}
		s, err := ReadSegment(sealed(segment))
		if err != nil {
			return
		}
		again, err := ReadSegment(s.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), s.Bytes()) {
			t.Fatal("a segment is another when written again", err)
		}
		for _, level := range []Level{Documents, Pieces} {
			d := 0
			for _, n := range s.Find([]List{l, l}, Wanted{Level: level}) {
				if level == Pieces {
					d, _ = s.Piece(n, d)
				}
			}
			s.Find([]List{l}, Wanted{level, nil, make([]bool, len(s.numbers)), 3})
		}
		s.Each(l, func(int, int, uint32) {})
		j := Join([]*Segment{s}, func(n int64) bool { return n%2 == 0 })
		var to Writer
		j.Move(0, l, &to)
	})
}

func unsealed(b []byte) []byte { return b[:len(b)-sumSize] }
