package docfile

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"unicode/utf16"
)

// planted is the identity number that every planted file hides; it is the
// standard's own example.
const planted = "11010519491231002X"

const wNote = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// sheetFile is one workbook for a test.
type sheetFile struct {
	book, sheet, strings, rels string
	more                       []entry
}

func bookOf(t testing.TB, s sheetFile) []byte {
	if s.book == "" {
		s.book = `<sheets><sheet name="公开" sheetId="1" r:id="r1"/></sheets>`
	}
	if s.sheet == "" {
		s.sheet = `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row></sheetData>`
	}
	rel := func(id, kind, target string) string {
		return fmt.Sprintf(`<Relationship Id="%s" Type="`+relBase+`%s" Target="%s"/>`, id, kind, target)
	}
	s.rels += rel("r4", "styles", "styles.xml")
	if s.strings != "" {
		s.rels += rel("r3", "sharedStrings", "sharedStrings.xml")
	}
	for _, m := range s.more {
		if strings.HasSuffix(m.name, "sheet2.xml") {
			s.rels += rel("r2", "worksheet", "worksheets/sheet2.xml")
		}
	}
	e := []entry{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rel("a", "officeDocument", "xl/workbook.xml") + `</Relationships>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rel("r1", "worksheet", "worksheets/sheet1.xml") + s.rels + `</Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + nsSheet + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` + s.book + `</workbook>`},
		{"xl/styles.xml", `<styleSheet xmlns="` + nsSheet + `"><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + nsSheet + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` + s.sheet + `</worksheet>`},
	}
	if s.strings != "" {
		e = append(e, entry{"xl/sharedStrings.xml", `<sst xmlns="` + nsSheet + `">` + s.strings + `</sst>`})
	}
	return zipOf(t, append(e, s.more...)...)
}

const twoSheets = `<sheets><sheet name="公开" sheetId="1" r:id="r1"/><sheet name="名单" sheetId="2" %s r:id="r2"/></sheets>`

func secondSheet(text string) entry {
	return entry{"xl/worksheets/sheet2.xml", `<worksheet xmlns="` + nsSheet + `"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>身份证号</t></is></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>甲</t></is></c><c r="B3" t="inlineStr"><is><t>` + text + `</t></is></c></row></sheetData></worksheet>`}
}

// tiffWith builds a TIFF block with one text tag, and a place when gps is set.
func tiffWith(tag uint16, text string, gps bool) []byte {
	le := binary.LittleEndian
	value := append([]byte(text), 0)
	n := 1
	if gps {
		n = 2
	}
	out := make([]byte, 8+2+12*n+4)
	copy(out, "II*\x00\x08\x00\x00\x00")
	le.PutUint16(out[8:], uint16(n))
	put := func(at int, tag, kind uint16, count, v uint32) {
		le.PutUint16(out[at:], tag)
		le.PutUint16(out[at+2:], kind)
		le.PutUint32(out[at+4:], count)
		le.PutUint32(out[at+8:], v)
	}
	put(10, tag, 2, uint32(len(value)), uint32(len(out)))
	out = append(out, value...)
	if gps {
		at := len(out)
		put(22, 0x8825, 4, 1, uint32(at))
		dir := make([]byte, 2+12*4+4+48)
		out = append(out, dir...)
		le.PutUint16(out[at:], 4)
		put(at+2, 1, 2, 2, uint32('N'))
		put(at+14, 2, 5, 3, uint32(at+54))
		put(at+26, 3, 2, 2, uint32('E'))
		put(at+38, 4, 5, 3, uint32(at+78))
		for i, v := range []uint32{39, 1, 54, 1, 30, 1, 116, 1, 23, 1, 0, 1} {
			le.PutUint32(out[at+54+4*i:], v)
		}
	}
	return out
}

func plainPicture() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	for y := range 30 {
		img.Set(3, y, color.Black)
	}
	return img
}

func jpegWith(t testing.TB, marker byte, seg []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, plainPicture(), nil); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{0xff, 0xd8, 0xff, marker, byte((len(seg) + 2) >> 8), byte(len(seg) + 2)}, seg...)
	return append(out, buf.Bytes()[2:]...)
}

func pngWith(t testing.TB, kind, body string) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, plainPicture()); err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 8, len(body)+12)
	binary.BigEndian.PutUint32(chunk, uint32(len(body)))
	copy(chunk[4:], kind)
	chunk = append(append(chunk, body...), 0, 0, 0, 0)
	return append(buf.Bytes()[:33:33], append(chunk, buf.Bytes()[33:]...)...)
}

func zlibOf(s string) string {
	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return buf.String()
}

// pdfDoc is a PDF for a test: A4, the signs of the planted number and some
// words in one font.
type pdfDoc struct {
	content, page, catalog, resources, trailer string
	objects                                    []string // from number 10 on
}

const pdfSigns = "0123456789X公开名单甲乙丙 "

func shown(s string) string { return codes(pdfSigns, s) }

func pdfFileOf(t testing.TB, d pdfDoc) []byte {
	t.Helper()
	var p pdfBuilder
	var cmap strings.Builder
	cmap.WriteString("1 begincodespacerange <0000> <ffff> endcodespacerange\n")
	for i, r := range []rune(pdfSigns) {
		fmt.Fprintf(&cmap, "1 beginbfchar <%04x> <%04x> endbfchar\n", i, r)
	}
	p.obj("<</Type /Catalog /Pages 2 0 R " + d.catalog + ">>")
	p.obj("<</Type /Pages /Count 1 /Kids [3 0 R]>>")
	p.obj("<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources <</Font <</F 4 0 R>> " + d.resources + ">> " + d.page + ">>")
	p.obj("<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R>>")
	p.obj("<</Type /Font /Subtype /CIDFontType2 /DW 1000>>")
	p.stream("", cmap.String())
	p.stream("/Filter /FlateDecode", deflate(t, d.content))
	p.obj("<</Producer (office)>>")
	p.obj("null")
	for _, o := range d.objects {
		p.obj(o)
	}
	return p.finish("/Root 1 0 R /Info 8 0 R " + d.trailer)
}

func tj(x, y int, s string) string {
	return fmt.Sprintf("BT /F 12 Tf %d %d Td %s Tj ET\n", x, y, shown(s))
}

// pdfUpdated appends an incremental update with one changed object.
func pdfUpdated(data []byte, num int, body string) []byte {
	out := bytes.Clone(data)
	prev := bytes.LastIndex(out, []byte("startxref")) + 10
	var old int
	_, _ = fmt.Sscanf(string(out[prev:]), "%d", &old)
	at := len(out)
	out = append(out, fmt.Sprintf("%d 0 obj\n%s\nendobj\n", num, body)...)
	xref := len(out)
	return append(out, fmt.Sprintf("xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 30 /Root 1 0 R /Info 8 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", num, at, old, xref)...)
}

func utf16Hex(s string) string {
	out := "<feff"
	for _, u := range utf16.Encode([]rune(s)) {
		out += fmt.Sprintf("%04x", u)
	}
	return out + ">"
}

func streamObj(dict, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

func ofdWith(t testing.TB, page string, more ...entry) []byte {
	return zipOf(t, append([]entry{
		{"OFD.xml", `<OFD><DocBody><DocInfo><Author>` + "某某" + `</Author></DocInfo><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>`},
		{"Doc_0/Document.xml", `<Document><Pages><Page ID="1" BaseLoc="Pages/P0/Content.xml"/></Pages></Document>`},
		{"Doc_0/Pages/P0/Content.xml", `<Page><Content><Layer><TextObject Boundary="10 10 100 10" Size="4"><TextCode X="0" Y="4">公开</TextCode></TextObject>` + page + `</Layer></Content></Page>`},
	}, more...)...)
}

func odtWith(t testing.TB, content, styles string, more ...entry) []byte {
	return odtOf(t, content, styles, more...)
}

type plantedCase struct {
	name, file string
	kind       InspectedKind
	data       []byte
}

func plantedFiles(t testing.TB) []plantedCase {
	id := planted
	run := func(pr, text string) string {
		return `<w:p><w:r><w:rPr>` + pr + `</w:rPr><w:t>` + text + `</w:t></w:r></w:p>`
	}
	body := wp("公开名单")
	part := func(root, inner string) string { return `<w:` + root + ` ` + wNote + `>` + inner + `</w:` + root + `>` }
	exif := append([]byte("Exif\x00\x00"), tiffWith(0x013b, id, true)...)
	cell := func(ref, text string) string {
		return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	row := func(n int, attrs, text string) string {
		return fmt.Sprintf(`<row r="%d" %s>%s</row>`, n, attrs, cell(fmt.Sprintf("B%d", n), text))
	}
	head := `<row r="1">` + cell("A1", "姓名") + cell("B1", "身份证号") + `</row>`
	pdf := func(d pdfDoc) []byte {
		d.content = tj(72, 700, "公开名单") + d.content
		return pdfFileOf(t, d)
	}
	base := pdf(pdfDoc{content: tj(72, 650, id)})
	clean := streamObj("", tj(72, 700, "公开名单"))
	return []plantedCase{
		{"docx body", "a.docx", KindBody, docxOf(t, wp(id))},
		{"docx split runs", "a.docx", KindBody, docxOf(t, `<w:p><w:r><w:t>110105</w:t></w:r><w:r><w:t>19491231002X</w:t></w:r></w:p>`)},
		{"docx table", "a.docx", KindTable, docxOf(t, `<w:tbl><w:tr><w:tc>`+wp("身份证号")+`</w:tc></w:tr><w:tr><w:tc>`+wp(id)+`</w:tc></w:tr></w:tbl>`)},
		{"docx tracked insert", "a.docx", KindTrackedInsert, docxOf(t, `<w:p><w:ins w:author="甲"><w:r><w:t>`+id+`</w:t></w:r></w:ins></w:p>`)},
		{"docx tracked delete", "a.docx", KindTrackedDelete, docxOf(t, body+`<w:p><w:del w:author="甲"><w:r><w:delText>`+id+`</w:delText></w:r></w:del></w:p>`)},
		{"docx moved away", "a.docx", KindTrackedDelete, docxOf(t, body+`<w:p><w:moveFrom><w:r><w:t>`+id+`</w:t></w:r></w:moveFrom></w:p>`)},
		{"docx comment", "a.docx", KindComment, docxOf(t, body, entry{"word/comments.xml", part("comments", `<w:comment w:author="甲">`+wp(id)+`</w:comment>`)})},
		{"docx vanish", "a.docx", KindHiddenText, docxOf(t, body+run(`<w:vanish/>`, id))},
		{"docx white", "a.docx", KindWhiteText, docxOf(t, body+run(`<w:color w:val="FFFFFF"/>`, id))},
		{"docx one point", "a.docx", KindHiddenText, docxOf(t, body+run(`<w:sz w:val="2"/>`, id))},
		{"docx header", "a.docx", KindHeaderFooter, docxOf(t, body, entry{"word/header1.xml", part("hdr", wp(id))})},
		{"docx footer", "a.docx", KindHeaderFooter, docxOf(t, body, entry{"word/footer1.xml", part("ftr", wp(id))})},
		{"docx footnote", "a.docx", KindNote, docxOf(t, body, entry{"word/footnotes.xml", part("footnotes", `<w:footnote>`+wp(id)+`</w:footnote>`)})},
		{"docx endnote", "a.docx", KindNote, docxOf(t, body, entry{"word/endnotes.xml", part("endnotes", `<w:endnote>`+wp(id)+`</w:endnote>`)})},
		{"docx text box", "a.docx", KindBody, docxOf(t, body+`<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>`+wp(id)+`</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>`)},
		{"docx field code", "a.docx", KindHiddenText, docxOf(t, body+`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>MERGEFIELD `+id+`</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`)},
		{"docx simple field", "a.docx", KindHiddenText, docxOf(t, body+`<w:p><w:fldSimple w:instr="DOCPROPERTY `+id+`"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>`)},
		{"docx alt text", "a.docx", KindHiddenText, docxOf(t, body+`<w:p><w:r><w:drawing><wp:inline xmlns:wp="wp"><wp:docPr id="1" name="图片" descr="`+id+`"/></wp:inline></w:drawing></w:r></w:p>`)},
		{"docx bookmark", "a.docx", KindMetadata, docxOf(t, body+`<w:p><w:bookmarkStart w:name="n`+id+`"/></w:p>`)},
		{"docx content control", "a.docx", KindHiddenText, docxOf(t, body+`<w:sdt><w:sdtPr><w:tag w:val="`+id+`"/></w:sdtPr><w:sdtContent>`+wp("x")+`</w:sdtContent></w:sdt>`)},
		{"docx author", "a.docx", KindMetadata, docxOf(t, body, entry{"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>` + id + `</dc:creator></cp:coreProperties>`})},
		{"docx custom property", "a.docx", KindMetadata, docxOf(t, body, entry{"docProps/custom.xml", `<Properties xmlns:vt="v"><property name="p"><vt:lpwstr>` + id + `</vt:lpwstr></property></Properties>`})},
		{"docx custom xml", "a.docx", KindMetadata, docxOf(t, body, entry{"customXml/item1.xml", `<data><who>` + id + `</who></data>`})},
		{"docx variable", "a.docx", KindMetadata, docxOf(t, body, entry{"word/settings.xml", part("settings", `<w:docVars><w:docVar w:name="a" w:val="`+id+`"/></w:docVars>`)})},
		{"docx xml comment", "a.docx", KindComment, docxOf(t, body+`<!-- `+id+` -->`)},
		{"docx picture exif", "a.docx", KindEXIF, docxOf(t, body, entry{"word/media/image1.jpeg", string(jpegWith(t, 0xe1, exif))})},
		{"docx embedded workbook", "a.docx", KindTable, docxOf(t, body, entry{"word/embeddings/a.xlsx", string(bookOf(t, sheetFile{sheet: `<sheetData>` + head + row(2, "", id) + `</sheetData>`}))})},
		{"docx external link", "a.docx", KindExternalLink, docxOf(t, body, entry{"word/_rels/header1.xml.rels", `<Relationships><Relationship Id="a" Type="http://x/hyperlink" Target="http://a.test/` + id + `" TargetMode="External"/></Relationships>`})},
		{"docx glossary", "a.docx", KindHiddenText, docxOf(t, body, entry{"word/glossary/document.xml", part("glossaryDocument", `<w:docParts>`+wp(id)+`</w:docParts>`)})},
		{"docx chart", "a.docx", KindEmbedded, docxOf(t, body, entry{"word/charts/chart1.xml", `<c:chartSpace xmlns:c="c"><c:v>` + id + `</c:v></c:chartSpace>`})},

		{"xlsx cell", "a.xlsx", KindTable, bookOf(t, sheetFile{sheet: `<sheetData>` + head + row(2, "", id) + `</sheetData>`})},
		{"xlsx shared string", "a.xlsx", KindTable, bookOf(t, sheetFile{sheet: `<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>`, strings: `<si><r><t>110105</t></r><r><t>19491231002X</t></r></si>`})},
		{"xlsx hidden sheet", "a.xlsx", KindHiddenSheet, bookOf(t, sheetFile{book: fmt.Sprintf(twoSheets, `state="hidden"`), more: []entry{secondSheet(id)}})},
		{"xlsx very hidden sheet", "a.xlsx", KindVeryHidden, bookOf(t, sheetFile{book: fmt.Sprintf(twoSheets, `state="veryHidden"`), more: []entry{secondSheet(id)}})},
		{"xlsx hidden row", "a.xlsx", KindHiddenRows, bookOf(t, sheetFile{sheet: `<sheetData>` + head + row(3, `hidden="1"`, id) + `</sheetData>`})},
		{"xlsx row of no height", "a.xlsx", KindHiddenRows, bookOf(t, sheetFile{sheet: `<sheetData>` + head + row(3, `ht="0"`, id) + `</sheetData>`})},
		{"xlsx hidden column", "a.xlsx", KindHiddenColumns, bookOf(t, sheetFile{sheet: `<cols><col min="2" max="2" hidden="1"/></cols><sheetData>` + head + row(3, "", id) + `</sheetData>`})},
		{"xlsx comment", "a.xlsx", KindComment, bookOf(t, sheetFile{more: []entry{{"xl/comments1.xml", `<comments><authors><author>甲</author></authors><commentList><comment ref="A1" authorId="0"><text><t>` + id + `</t></text></comment></commentList></comments>`}}})},
		{"xlsx comment author", "a.xlsx", KindMetadata, bookOf(t, sheetFile{more: []entry{{"xl/comments1.xml", `<comments><authors><author>` + id + `</author></authors></comments>`}}})},
		{"xlsx threaded comment", "a.xlsx", KindComment, bookOf(t, sheetFile{more: []entry{{"xl/threadedComments/threadedComment1.xml", `<ThreadedComments><threadedComment ref="A1"><text>` + id + `</text></threadedComment></ThreadedComments>`}}})},
		{"xlsx defined name", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{book: `<sheets><sheet name="公开" sheetId="1" r:id="r1"/></sheets><definedNames><definedName name="n" hidden="1">"` + id + `"</definedName></definedNames>`})},
		{"xlsx formula", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{sheet: `<sheetData><row r="1"><c r="A1"><f>IF(1,2,"` + id + `")</f><v>2</v></c></row></sheetData>`})},
		{"xlsx header", "a.xlsx", KindHeaderFooter, bookOf(t, sheetFile{sheet: `<sheetData/><headerFooter><oddHeader>&amp;L` + id + `</oddHeader></headerFooter>`})},
		{"xlsx validation list", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{sheet: `<sheetData/><dataValidations><dataValidation><formula1>"` + id + `"</formula1></dataValidation></dataValidations>`})},
		{"xlsx pivot cache", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{more: []entry{{"xl/pivotCache/pivotCacheDefinition1.xml", `<pivotCacheDefinition><cacheFields><cacheField name="n"><sharedItems><s v="` + id + `"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>`}}})},
		{"xlsx pivot records", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{more: []entry{{"xl/pivotCache/pivotCacheRecords1.xml", `<pivotCacheRecords><r><s v="` + id + `"/></r></pivotCacheRecords>`}}})},
		{"xlsx unused string", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{strings: `<si><t>` + id + `</t></si>`})},
		{"xlsx phonetic guide", "a.xlsx", KindHiddenText, bookOf(t, sheetFile{strings: `<si><t>甲</t><rPh><t>` + id + `</t></rPh></si>`})},
		{"xlsx external link", "a.xlsx", KindExternalLink, bookOf(t, sheetFile{more: []entry{{"xl/externalLinks/externalLink1.xml", `<externalLink><v>` + id + `</v></externalLink>`}}})},
		{"xlsx drawing", "a.xlsx", KindBody, bookOf(t, sheetFile{more: []entry{{"xl/drawings/drawing1.xml", `<wsDr><a:p xmlns:a="a"><a:r><a:t>` + id + `</a:t></a:r></a:p></wsDr>`}}})},
		{"xlsx author", "a.xlsx", KindMetadata, bookOf(t, sheetFile{more: []entry{{"docProps/core.xml", `<c xmlns:dc="d"><dc:creator>` + id + `</dc:creator></c>`}}})},
		{"xlsx connection", "a.xlsx", KindMetadata, bookOf(t, sheetFile{more: []entry{{"xl/connections.xml", `<connections><connection name="` + id + `"/></connections>`}}})},
		{"xlsx number", "a.xlsx", KindTable, bookOf(t, sheetFile{sheet: `<sheetData><row r="1"><c r="A1" t="str"><v>` + id + `</v></c></row></sheetData>`})},

		{"pdf body", "a.pdf", KindBody, base},
		{"pdf invisible mode", "a.pdf", KindHiddenText, pdf(pdfDoc{content: "3 Tr " + tj(72, 650, id)})},
		{"pdf white", "a.pdf", KindWhiteText, pdf(pdfDoc{content: "1 1 1 rg " + tj(72, 650, id)})},
		{"pdf white in process colours", "a.pdf", KindWhiteText, pdf(pdfDoc{content: "0 0 0 0 k " + tj(72, 650, id)})},
		{"pdf under a black box", "a.pdf", KindHiddenText, pdf(pdfDoc{content: tj(72, 650, id) + "0 g 60 640 400 30 re f\n"})},
		{"pdf outside the page", "a.pdf", KindHiddenText, pdf(pdfDoc{content: tj(72, 2000, id)})},
		{"pdf tiny", "a.pdf", KindHiddenText, pdf(pdfDoc{content: "BT /F 0.5 Tf 72 600 Td " + shown(id) + " Tj ET\n"})},
		{"pdf hidden layer", "a.pdf", KindHiddenText, pdf(pdfDoc{content: "/OC /L BDC " + tj(72, 650, id) + "EMC\n", resources: "/Properties <</L 10 0 R>>", catalog: "/OCProperties <</OCGs [10 0 R] /D <</OFF [10 0 R]>>>>", objects: []string{"<</Type /OCG /Name (L)>>"}})},
		{"pdf author", "a.pdf", KindMetadata, pdf(pdfDoc{trailer: "/Info 10 0 R", objects: []string{"<</Author (" + id + ")>>"}})},
		{"pdf XMP", "a.pdf", KindMetadata, pdf(pdfDoc{catalog: "/Metadata 10 0 R", objects: []string{streamObj("/Type /Metadata", `<x:xmpmeta><dc:creator>`+id+`</dc:creator></x:xmpmeta>`)}})},
		{"pdf annotation", "a.pdf", KindAnnotation, pdf(pdfDoc{page: "/Annots [10 0 R]", objects: []string{"<</Type /Annot /Subtype /Text /Rect [0 0 1 1] /Contents " + utf16Hex(id) + ">>"}})},
		{"pdf form field", "a.pdf", KindAnnotation, pdf(pdfDoc{page: "/Annots [10 0 R]", objects: []string{"<</Type /Annot /Subtype /Widget /Rect [0 0 1 1] /FT /Tx /V (" + id + ")>>"}})},
		{"pdf attachment", "a.pdf", KindBody, pdf(pdfDoc{catalog: "/Names <</EmbeddedFiles <</Names [(a) 10 0 R]>>>>", objects: []string{"<</Type /Filespec /F (a.txt) /EF <</F 11 0 R>>>>", streamObj("/Type /EmbeddedFile", "号码 "+id)}})},
		{"pdf script", "a.pdf", KindHiddenText, pdf(pdfDoc{catalog: "/OpenAction 10 0 R", objects: []string{"<</S /JavaScript /JS (var a = '" + id + "')>>"}})},
		{"pdf alternative text", "a.pdf", KindHiddenText, pdf(pdfDoc{objects: []string{"<</S /Figure /Alt " + utf16Hex(id) + ">>"}})},
		{"pdf outline", "a.pdf", KindMetadata, pdf(pdfDoc{catalog: "/Outlines 10 0 R", objects: []string{"<</First 11 0 R>>", "<</Title (" + id + ")>>"}})},
		{"pdf link", "a.pdf", KindExternalLink, pdf(pdfDoc{page: "/Annots [10 0 R]", objects: []string{"<</Subtype /Link /A <</S /URI /URI (http://a.test/" + id + ")>>>>"}})},
		{"pdf earlier revision", "a.pdf", KindEarlierRevision, pdfUpdated(base, 7, clean)},
		{"pdf page taken out", "a.pdf", KindEarlierRevision, pdf(pdfDoc{objects: []string{"<</Type /Page /Contents 11 0 R /Resources <</Font <</F 4 0 R>>>>>>", streamObj("", tj(72, 650, id))}})},
		{"pdf stream no page uses", "a.pdf", KindEarlierRevision, pdf(pdfDoc{objects: []string{streamObj("", tj(72, 650, id))}})},

		{"ofd hidden text", "a.ofd", KindHiddenText, ofdWith(t, `<TextObject Visible="false" Boundary="0 0 9 9"><TextCode X="0" Y="0">`+id+`</TextCode></TextObject>`)},
		{"ofd white", "a.ofd", KindWhiteText, ofdWith(t, `<TextObject Boundary="0 20 90 9"><FillColor Value="255 255 255"/><TextCode X="0" Y="0">`+id+`</TextCode></TextObject>`)},
		{"ofd annotation", "a.ofd", KindAnnotation, ofdWith(t, "", entry{"Doc_0/Annots/A.xml", `<PageAnnot><Annot Creator="甲"><Remark>` + id + `</Remark></Annot></PageAnnot>`})},
		{"ofd attachment", "a.ofd", KindBody, ofdWith(t, "", entry{"Doc_0/Attachs/a.txt", "号码 " + id})},
		{"ofd old page", "a.ofd", KindEarlierRevision, ofdWith(t, "", entry{"Doc_0/Pages/P9/Content.xml", `<Page><TextObject><TextCode>` + id + `</TextCode></TextObject></Page>`})},

		{"odt annotation", "a.odt", KindComment, odtWith(t, `<text:p>公开<office:annotation><text:p>`+id+`</text:p></office:annotation></text:p>`, "")},
		{"odt deletion", "a.odt", KindTrackedDelete, odtWith(t, `<text:tracked-changes><text:changed-region><text:deletion><text:p>`+id+`</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>公开</text:p>`, "")},
		{"odt metadata", "a.odt", KindMetadata, odtWith(t, `<text:p>公开</text:p>`, "", entry{"meta.xml", `<m><meta><creator>` + id + `</creator></meta></m>`})},

		{"html comment", "a.html", KindComment, []byte(`<html><p>公开</p><!-- ` + id + ` -->`)},
		{"html display none", "a.html", KindHiddenText, []byte(`<html><p>公开</p><div style="display: none">` + id + `</div>`)},
		{"html hidden field", "a.html", KindHiddenText, []byte(`<html><p>公开</p><input type="hidden" name="a" value="` + id + `">`)},
		{"html white", "a.html", KindWhiteText, []byte(`<html><p>公开</p><span style="color: #ffffff">` + id + `</span>`)},
		{"html author", "a.html", KindMetadata, []byte(`<html><head><meta name="author" content="` + id + `"></head><p>公开</p>`)},
		{"html alt", "a.html", KindHiddenText, []byte(`<html><p>公开</p><img alt="` + id + `">`)},

		{"jpeg artist", "a.jpg", KindEXIF, jpegWith(t, 0xe1, exif)},
		{"jpeg comment", "a.jpg", KindEXIF, jpegWith(t, 0xfe, []byte(id))},
		{"jpeg XMP", "a.jpg", KindEXIF, jpegWith(t, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><dc:creator>"+id+"</dc:creator></x:xmpmeta>"))},
		{"png text", "a.png", KindEXIF, pngWith(t, "tEXt", "Author\x00"+id)},
		{"png packed text", "a.png", KindEXIF, pngWith(t, "zTXt", "Author\x00\x00"+zlibOf(id))},
		{"png exif", "a.png", KindEXIF, pngWith(t, "eXIf", string(tiffWith(0x013b, id, false)))},
		{"webp exif", "a.webp", KindEXIF, []byte("RIFF\x00\x00\x00\x00WEBPEXIF" + string([]byte{byte(len(tiffWith(0x013b, id, false))), 0, 0, 0}) + string(tiffWith(0x013b, id, false)))},
		{"heic exif", "a.heic", KindEXIF, []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + "Exif\x00\x00" + string(tiffWith(0x013b, id, false)))},
		{"zip inside", "a.zip", KindTable, zipOf(t, entry{"b.zip", string(zipOf(t, entry{"c.xlsx", string(bookOf(t, sheetFile{sheet: `<sheetData>` + head + row(2, "", id) + `</sheetData>`}))}))})},
		{"file name", id + ".txt", KindFileName, []byte("公开")},
		{"text", "a.txt", KindBody, []byte("号码 " + id)},
	}
}

// TestF20_PlantedDataIsFound: issue check 6; each hidden place is found by its kind.
func TestInspect_PlantedDataIsFound(t *testing.T) {
	cases := plantedFiles(t)
	if len(cases) < 60 {
		t.Fatalf("only %d planted files", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Inspect(context.Background(), c.file, c.data, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range got.Parts {
				if p.Opened && p.Kind == c.kind && strings.Contains(foldText(p.Text).String(), foldText(planted).String()) {
					if p.Where == "" {
						t.Errorf("%+v says not where", p)
					}
					return
				}
			}
			for _, p := range got.Parts {
				t.Logf("%s %s opened=%v %q %s", p.Kind, p.Where, p.Opened, p.Text, p.Why)
			}
			t.Errorf("not found as %s", c.kind)
		})
	}
}
