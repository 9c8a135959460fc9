package docfile

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"gongkai/internal/fault"
)

// entry is one file of a container built for a test.
type entry struct{ name, data string }

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		f, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const wNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="wps" xmlns:v="urn:schemas-microsoft-com:vml"`

// docxOf builds a docx with the body's inner XML and further parts.
func docxOf(t testing.TB, body string, more ...entry) []byte {
	t.Helper()
	var rels strings.Builder
	for i, e := range more {
		kind := strings.TrimRight(strings.TrimSuffix(e.name[strings.LastIndex(e.name, "/")+1:], ".xml"), "0123456789")
		fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="http://x/relationships/%s" Target="/%s"/>`, i, kind, e.name)
	}
	return zipOf(t, append([]entry{
		{"[Content_Types].xml", `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", `<Relationships>` + rels.String() + `</Relationships>`},
		{"word/document.xml", `<?xml version="1.0"?><w:document ` + wNS + `><w:body>` + body + `</w:body></w:document>`},
	}, more...)...)
}

func wp(text string) string { return `<w:p><w:r><w:t>` + text + `</w:t></w:r></w:p>` }

func mustRead(t testing.TB, name string, data []byte) *Document {
	t.Helper()
	doc, err := Read(context.Background(), name, bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatalf("Read(%s): %v", name, err)
	}
	return doc
}

// refused wants a fault of the kind whose Chinese text holds want.
func refused(t testing.TB, name string, data []byte, lim Limits, kind fault.Kind, want string) {
	t.Helper()
	doc, err := Read(context.Background(), name, bytes.NewReader(data), int64(len(data)), lim)
	if err == nil {
		t.Fatalf("Read(%s) = %+v, want a refusal", name, doc)
	}
	if fault.KindOf(err) != kind || !strings.Contains(fault.Text(err), want) {
		t.Errorf("Read(%s): %v %q, want kind %v and %q (%v)", name, fault.KindOf(err), fault.Text(err), kind, want, err)
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Errorf("Read(%s): %T is no fault", name, err)
	}
}

func wantText(t testing.TB, doc *Document, want string) {
	t.Helper()
	if doc.Text != want {
		t.Errorf("text:\n%q\nwant:\n%q", doc.Text, want)
	}
}

func wantWarnings(t testing.TB, doc *Document, codes ...WarningCode) {
	t.Helper()
	for _, c := range codes {
		if !doc.HasWarning(c) {
			t.Errorf("warning %s is missing in %v", c, doc.Warnings)
		}
	}
	if len(codes) != len(doc.Warnings) {
		t.Errorf("warnings %v, want %v", doc.Warnings, codes)
	}
}

// oleOf builds the directory sector of a compound file with stream names.
func oleOf(names ...string) []byte {
	data := make([]byte, 512+128*4)
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for i, name := range names {
		e := data[512+128*i:]
		u := utf16.Encode([]rune(name))
		for j, c := range u {
			binary.LittleEndian.PutUint16(e[2*j:], c)
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(u)+2))
		e[66] = 2
	}
	return data
}

// pdfBuilder writes objects one after another with a plain table.
type pdfBuilder struct {
	buf     bytes.Buffer
	offsets []int
}

func (p *pdfBuilder) obj(body string) int {
	if p.buf.Len() == 0 {
		p.buf.WriteString("%PDF-1.4\n")
	}
	p.offsets = append(p.offsets, p.buf.Len())
	fmt.Fprintf(&p.buf, "%d 0 obj\n%s\nendobj\n", len(p.offsets), body)
	return len(p.offsets)
}

func (p *pdfBuilder) stream(dict, data string) int {
	return p.obj(fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

func (p *pdfBuilder) finish(trailer string) []byte {
	at := p.buf.Len()
	fmt.Fprintf(&p.buf, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1)
	for _, o := range p.offsets {
		fmt.Fprintf(&p.buf, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&p.buf, "trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets)+1, trailer, at)
	return p.buf.Bytes()
}

// pdfOf makes a PDF whose pages show the content streams in a font that maps
// code n to the n-th rune of signs.
func pdfOf(t testing.TB, signs string, pages ...string) []byte {
	t.Helper()
	var p pdfBuilder
	var cmap strings.Builder
	cmap.WriteString("1 begincodespacerange <0000> <ffff> endcodespacerange\n")
	for i, r := range []rune(signs) {
		u := ""
		for _, c := range utf16.Encode([]rune{r}) {
			u += fmt.Sprintf("%04x", c)
		}
		fmt.Fprintf(&cmap, "1 beginbfchar <%04x> <%s> endbfchar\n", i, u)
	}
	to := p.stream("/Filter /FlateDecode", deflate(t, cmap.String()))
	kid := p.obj("<</Type /Font /Subtype /CIDFontType2 /DW 1000>>")
	font := p.obj(fmt.Sprintf("<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>", kid, to))
	kids := ""
	tree := len(p.offsets) + 2*len(pages) + 1
	for _, content := range pages {
		c := p.stream("", content)
		kids += fmt.Sprintf("%d 0 R ", p.obj(fmt.Sprintf("<</Type /Page /Parent %d 0 R /Contents %d 0 R /Resources <</Font <</F1 %d 0 R>>>>>>", tree, c, font)))
	}
	p.obj(fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s]>>", len(pages), kids))
	root := p.obj(fmt.Sprintf("<</Type /Catalog /Pages %d 0 R>>", tree))
	info := p.obj("<</Title <feff516c544a> /Author (A)>>")
	return p.finish(fmt.Sprintf("/Root %d 0 R /Info %d 0 R", root, info))
}

// codes writes the runes of text as a hex string for the font of signs.
func codes(signs, text string) string {
	all := []rune(signs)
	out := "<"
	for _, r := range text {
		for i, s := range all {
			if s == r {
				out += fmt.Sprintf("%04x", i)
				break
			}
		}
	}
	return out + ">"
}

func deflate(t testing.TB, s string) string {
	t.Helper()
	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}
