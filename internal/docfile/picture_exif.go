package docfile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
)

// inflateSome unpacks zlib data up to a limit; damage ends it early.
func inflateSome(data []byte, limit int64) []byte {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	// What was read before the damage is still a fact of the file.
	_, _ = io.Copy(&out, io.LimitReader(r, limit))
	return out.Bytes()
}

// exifNames are the tags of TIFF and EXIF that say something of people,
// places, times and tools.
var exifNames = map[uint16]string{
	0x010e: "description", 0x010f: "make", 0x0110: "model", 0x0131: "software", 0x0132: "time", 0x013b: "artist", 0x013c: "host",
	0x8298: "copyright", 0x9003: "time taken", 0x9286: "user comment", 0x9c9b: "title", 0x9c9c: "comment", 0x9c9d: "author",
	0x9c9e: "keywords", 0x9c9f: "subject", 0xa430: "owner", 0xa431: "serial number", 0xa435: "lens serial number", 0xa420: "unique id",
	0x9c9a: "rating", 0x02bc: "XMP", 0x83bb: "IPTC", 0x927c: "maker note",
}

// tiffReader reads the directories of a TIFF block; each is entered once.
type tiffReader struct {
	data  []byte
	order binary.ByteOrder
	seen  map[uint32]bool
	facts []pictureFact
	gps   map[uint16][]float64
	ref   map[uint16]string
}

func tiffFacts(data []byte) []pictureFact {
	if len(data) < 8 {
		return nil
	}
	t := &tiffReader{data: data, order: binary.LittleEndian, seen: map[uint32]bool{}, gps: map[uint16][]float64{}, ref: map[uint16]string{}}
	if data[0] == 'M' {
		t.order = binary.BigEndian
	}
	t.directory(t.order.Uint32(data[4:]), false)
	if lat, lon := t.gps[2], t.gps[4]; len(lat) == 3 && len(lon) == 3 {
		deg := func(v []float64, minus bool) float64 {
			d := v[0] + v[1]/60 + v[2]/3600
			if minus {
				return -d
			}
			return d
		}
		t.facts = append(t.facts, pictureFact{"GPS", sprintf("%.6f, %.6f", deg(lat, t.ref[1] == "S"), deg(lon, t.ref[3] == "W"))})
	}
	return t.facts
}

// exifOrientation is the EXIF orientation 1–8 of a JPEG, 1 when it has none.
func exifOrientation(data []byte) int {
	i := bytes.Index(data[:min(len(data), 1<<17)], []byte("Exif\x00\x00"))
	if i < 0 || i+14 > len(data) {
		return 1
	}
	t := &tiffReader{data: data[i+6:], order: binary.LittleEndian}
	if t.data[0] == 'M' {
		t.order = binary.BigEndian
	}
	at := int(t.order.Uint32(t.data[4:]))
	if at < 8 || at+2 > len(t.data) {
		return 1
	}
	for n, p := int(t.order.Uint16(t.data[at:])), at+2; n > 0 && p+12 <= len(t.data); n, p = n-1, p+12 {
		if v := int(t.order.Uint16(t.data[p+8:])); t.order.Uint16(t.data[p:]) == 0x0112 && v >= 1 && v <= 8 {
			return v
		}
	}
	return 1
}

func (t *tiffReader) directory(at uint32, gps bool) {
	if t.seen[at] || len(t.seen) > 16 || int64(at)+2 > int64(len(t.data)) {
		return
	}
	t.seen[at] = true
	n := int(t.order.Uint16(t.data[at:]))
	p := int(at) + 2
	for ; n > 0 && p+12 <= len(t.data); n, p = n-1, p+12 {
		t.entry(t.data[p:p+12], gps)
	}
	if p+4 <= len(t.data) && !gps {
		if next := t.order.Uint32(t.data[p:]); next != 0 {
			t.directory(next, false)
		}
	}
}

var tiffSizes = map[uint16]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 9: 4, 10: 8}

func (t *tiffReader) entry(e []byte, gps bool) {
	tag, kind, count := t.order.Uint16(e), t.order.Uint16(e[2:]), t.order.Uint32(e[4:])
	size := tiffSizes[kind] * int(min(count, 1<<20))
	value := e[8:12]
	if size > 4 {
		at := int64(t.order.Uint32(e[8:]))
		if at+int64(size) > int64(len(t.data)) {
			return
		}
		value = t.data[at : at+int64(size)]
	} else {
		value = value[:max(size, 0)]
	}
	switch {
	case !gps && (tag == 0x8769 || tag == 0x014a) && len(value) >= 4:
		t.directory(t.order.Uint32(value), false)
	case !gps && tag == 0x8825 && len(value) >= 4:
		t.directory(t.order.Uint32(value), true)
	case gps:
		t.place(tag, kind, value)
	case exifNames[tag] != "":
		if text := t.exifText(tag, value); text != "" {
			t.facts = append(t.facts, pictureFact{exifNames[tag], text})
		}
	}
}

// place keeps GPS values: 1–4 latitude and longitude, others as facts.
func (t *tiffReader) place(tag, kind uint16, value []byte) {
	switch {
	case kind == 2:
		t.ref[tag] = strings.Trim(string(value), "\x00 ")
		if tag > 4 {
			t.facts = append(t.facts, pictureFact{"GPS", t.ref[tag]})
		}
	case kind == 5:
		var v []float64
		for ; len(value) >= 8; value = value[8:] {
			if d := t.order.Uint32(value[4:]); d != 0 {
				v = append(v, float64(t.order.Uint32(value))/float64(d))
			}
		}
		t.gps[tag] = v
	case tag == 0x1b || tag == 0x1c:
		t.facts = append(t.facts, pictureFact{"GPS", printable(value)})
	}
}

func (t *tiffReader) exifText(tag uint16, value []byte) string {
	switch {
	case tag >= 0x9c9b && tag <= 0x9c9f: // Windows writes these as UTF-16
		var u []uint16
		for ; len(value) >= 2; value = value[2:] {
			u = append(u, binary.LittleEndian.Uint16(value))
		}
		return strings.Trim(string(utf16.Decode(u)), "\x00 ")
	case tag == 0x9286 && len(value) > 8:
		if string(value[:7]) == "UNICODE" {
			var u []uint16
			for rest := value[8:]; len(rest) >= 2; rest = rest[2:] {
				u = append(u, t.order.Uint16(rest))
			}
			return strings.Trim(string(utf16.Decode(u)), "\x00 ")
		}
		value = value[8:]
	case tag == 0x02bc:
		return xmpText(value)
	case tag == 0x927c || tag == 0x83bb:
		return printable(value)
	}
	text, _, ok := decodeText(bytes.Trim(value, "\x00 "))
	if !ok {
		return printable(value)
	}
	return text
}
