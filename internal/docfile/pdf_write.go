package docfile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"strings"
	"unicode/utf16"

	"gongkai/internal/fault"
)

// pdfWriter writes a PDF of page pictures with an invisible text layer, object
// after object, with nothing in it that no page needs.
type pdfWriter struct {
	buf     bytes.Buffer
	offsets []int // by object number - 1; 0 while it is not written
	pages   []int
	codes   map[string]int // text of a glyph to its code
	texts   []string       // by code - 1
}

// The objects that every page names are written last, under these numbers.
const (
	pdfTreeObject = 1
	pdfFontObject = 2
)

func newPDFWriter() *pdfWriter {
	w := &pdfWriter{codes: map[string]int{}, offsets: make([]int, 2)}
	w.buf.WriteString("%PDF-1.5\n%\xe5\x85\xac\xe5\xbc\x80\n")
	return w
}

func (w *pdfWriter) object(num int, body string) int {
	if num == 0 {
		w.offsets = append(w.offsets, 0)
		num = len(w.offsets)
	}
	w.offsets[num-1] = w.buf.Len()
	fmt.Fprintf(&w.buf, "%d 0 obj\n%s\nendobj\n", num, body)
	return num
}

func (w *pdfWriter) stream(dict string, data []byte) (int, error) {
	packed := data
	if !strings.Contains(dict, "DCTDecode") {
		var out bytes.Buffer
		z := zlib.NewWriter(&out)
		_, err := z.Write(data)
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			return 0, &fault.Error{Kind: fault.Internal, Op: opRedact, Text: msgParserFailed, Err: err}
		}
		packed, dict = out.Bytes(), dict+" /Filter /FlateDecode"
	}
	return w.object(0, fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(packed), packed)), nil
}

// page adds one page: its picture, the words that stay and the masks.
func (w *pdfWriter) page(width, height float64, picture *image.RGBA, kept, masks []glyphRun) error {
	pic, err := w.picture(picture)
	if err != nil {
		return err
	}
	var c bytes.Buffer
	fmt.Fprintf(&c, "q %.3f 0 0 %.3f 0 0 cm /P Do Q\n", width, height)
	w.text(&c, height, append(kept, masks...))
	content, err := w.stream("", c.Bytes())
	if err != nil {
		return err
	}
	w.pages = append(w.pages, w.object(0, fmt.Sprintf("<</Type /Page /Parent %d 0 R /MediaBox [0 0 %.3f %.3f] /Contents %d 0 R /Resources <</XObject <</P %d 0 R>> /Font <</F %d 0 R>>>>>>",
		pdfTreeObject, width, height, content, pic, pdfFontObject)))
	return nil
}

// text writes the invisible words, line after line. Every glyph is 1000 units
// wide and is stretched to the width that it had.
func (w *pdfWriter) text(c *bytes.Buffer, height float64, runs []glyphRun) {
	if len(runs) == 0 {
		return
	}
	c.WriteString("BT 3 Tr\n")
	size, wide := 0.0, 0.0
	for _, l := range readingLines(runs) {
		var open []byte
		next := 0.0
		flush := func() {
			if len(open) > 0 {
				fmt.Fprintf(c, "<%x> Tj\n", open)
				open = open[:0]
			}
		}
		for _, g := range l {
			code := w.code(g.text)
			if code == 0 {
				continue
			}
			s, z := max(g.size, 0.5), max(g.w, 0.01*g.size)/max(g.size, 0.5)*100
			moved := g.x-next > 0.02*s || next-g.x > 0.02*s
			if len(open) == 0 || moved || s != size || z-wide > 0.5 || wide-z > 0.5 {
				flush()
				if s != size {
					fmt.Fprintf(c, "/F %.3f Tf\n", s)
				}
				if z != wide {
					fmt.Fprintf(c, "%.2f Tz\n", z)
				}
				size, wide = s, z
				fmt.Fprintf(c, "1 0 0 1 %.3f %.3f Tm\n", g.x, height-g.y)
				next = g.x
			}
			open = append(open, byte(code>>8), byte(code))
			next += g.w
		}
		flush()
	}
	c.WriteString("ET\n")
}

func (w *pdfWriter) code(text string) int {
	if n, ok := w.codes[text]; ok {
		return n
	}
	if len(w.texts) >= 0xfff0 || text == "" {
		return 0
	}
	w.texts = append(w.texts, text)
	w.codes[text] = len(w.texts)
	return len(w.texts)
}

// finish writes font, page tree, catalog and table.
func (w *pdfWriter) finish() ([]byte, error) {
	file, err := w.stream("", emptyFont())
	if err != nil {
		return nil, err
	}
	gids, err := w.stream("", make([]byte, 2*(len(w.texts)+1)))
	if err != nil {
		return nil, err
	}
	var cmap strings.Builder
	cmap.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n")
	for i := 0; i < len(w.texts); i += 100 {
		part := w.texts[i:min(i+100, len(w.texts))]
		fmt.Fprintf(&cmap, "%d beginbfchar\n", len(part))
		for k, t := range part {
			fmt.Fprintf(&cmap, "<%04x> <", i+k+1)
			for _, u := range utf16.Encode([]rune(t)) {
				fmt.Fprintf(&cmap, "%04x", u)
			}
			cmap.WriteString(">\n")
		}
		cmap.WriteString("endbfchar\n")
	}
	cmap.WriteString("endcmap\nend\nend\n")
	to, err := w.stream("", []byte(cmap.String()))
	if err != nil {
		return nil, err
	}
	desc := w.object(0, fmt.Sprintf("<</Type /FontDescriptor /FontName /Empty /Flags 4 /FontBBox [0 -240 1000 940] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 /FontFile2 %d 0 R>>", file))
	kid := w.object(0, fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /Empty /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /DW 1000 /CIDToGIDMap %d 0 R /FontDescriptor %d 0 R>>", gids, desc))
	w.object(pdfFontObject, fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /Empty /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>", kid, to))
	var kids strings.Builder
	for _, n := range w.pages {
		fmt.Fprintf(&kids, "%d 0 R ", n)
	}
	w.object(pdfTreeObject, fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s]>>", len(w.pages), kids.String()))
	root := w.object(0, fmt.Sprintf("<</Type /Catalog /Pages %d 0 R>>", pdfTreeObject))
	at := w.buf.Len()
	fmt.Fprintf(&w.buf, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, o := range w.offsets {
		fmt.Fprintf(&w.buf, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&w.buf, "trailer\n<</Size %d /Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, root, at)
	return w.buf.Bytes(), nil
}

// picture packs a page: sixteen greys or a table of colours where that loses
// nothing that an eye sees, else JPEG.
func (w *pdfWriter) picture(img *image.RGBA) (int, error) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	dict := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d", width, height)
	var table [1 << 12]int16 // place in colours, from 1, by the three levels
	var colours []byte
	data := make([]byte, 0, width*height)
	middling := 0
	for i := 0; i < len(img.Pix); i += 4 {
		r, g, b := level[img.Pix[i]], level[img.Pix[i+1]], level[img.Pix[i+2]]
		if far(r, img.Pix[i]) || far(g, img.Pix[i+1]) || far(b, img.Pix[i+2]) {
			middling++
		}
		key := int(r)<<8 | int(g)<<4 | int(b)
		if table[key] == 0 {
			if len(colours) == 3*256 {
				data = nil
				break
			}
			colours = append(colours, r*17, g*17, b*17)
			table[key] = int16(len(colours) / 3)
		}
		data = append(data, byte(table[key]-1))
	}
	if data == nil || middling*5 > width*height {
		packed, err := encodeJPEG(img)
		if err != nil {
			return 0, err
		}
		return w.stream(dict+" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode", packed)
	}
	bits := 8
	if len(colours) <= 3*16 {
		bits, data = 4, halved(data, width)
	}
	return w.stream(fmt.Sprintf("%s /ColorSpace [/Indexed /DeviceRGB %d <%x>] /BitsPerComponent %d", dict, len(colours)/3-1, colours, bits), data)
}

// level rounds a value to one of sixteen steps.
var level = func() (t [256]byte) {
	for v := range t {
		t[v] = byte((v*15 + 127) / 255)
	}
	return t
}()

// far tells a value that its step does not meet.
func far(step, v byte) bool { d := int(step)*17 - int(v); return d > 6 || d < -6 }

// halved packs two table entries into a byte; rows start at a byte.
func halved(data []byte, width int) []byte {
	out := make([]byte, 0, len(data)/2+len(data)/max(width, 1)+1)
	for len(data) > 0 {
		row := data[:width]
		data = data[width:]
		for i := 0; i < width; i += 2 {
			b := row[i] << 4
			if i+1 < width {
				b |= row[i+1]
			}
			out = append(out, b)
		}
	}
	return out
}

// emptyFont is a TrueType file with one glyph that draws nothing: readers want
// a font in the file, and a font without shapes cannot give a word away.
func emptyFont() []byte {
	be := binary.BigEndian
	head := make([]byte, 54)
	be.PutUint32(head[0:], 0x00010000)
	be.PutUint32(head[12:], 0x5f0f3cf5)
	be.PutUint16(head[18:], 1000) // units in an em
	be.PutUint16(head[40:], 1000)
	be.PutUint16(head[42:], 1000)
	be.PutUint16(head[46:], 8)
	hhea := make([]byte, 36)
	be.PutUint32(hhea[0:], 0x00010000)
	be.PutUint16(hhea[4:], 880)
	be.PutUint16(hhea[6:], 0xff88) // -120
	be.PutUint16(hhea[10:], 1000)
	be.PutUint16(hhea[34:], 1)
	maxp := make([]byte, 32)
	be.PutUint32(maxp[0:], 0x00010000)
	be.PutUint16(maxp[4:], 1)
	be.PutUint16(maxp[14:], 1)
	tables := []struct {
		tag  string
		data []byte
	}{{"glyf", make([]byte, 4)}, {"head", head}, {"hhea", hhea}, {"hmtx", []byte{0x03, 0xe8, 0, 0}}, {"loca", make([]byte, 4)}, {"maxp", maxp}}
	out := make([]byte, 12, 512)
	be.PutUint32(out, 0x00010000)
	be.PutUint16(out[4:], uint16(len(tables)))
	be.PutUint16(out[6:], 64)
	be.PutUint16(out[8:], 2)
	be.PutUint16(out[10:], uint16(len(tables)*16-64))
	at := 12 + 16*len(tables)
	var body []byte
	for _, t := range tables {
		sum := uint32(0)
		for len(t.data)%4 != 0 {
			t.data = append(t.data, 0)
		}
		for i := 0; i < len(t.data); i += 4 {
			sum += be.Uint32(t.data[i:])
		}
		entry := append([]byte(t.tag), make([]byte, 12)...)
		be.PutUint32(entry[4:], sum)
		be.PutUint32(entry[8:], uint32(at+len(body)))
		be.PutUint32(entry[12:], uint32(len(t.data)))
		out = append(out, entry...)
		body = append(body, t.data...)
	}
	return append(out, body...)
}
