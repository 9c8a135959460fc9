package docfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gongkai/internal/fault"
)

// TestRefusals holds one line for each way a file may be unfit.
func TestRefusals(t *testing.T) {
	good := docxOf(t, wp("正文"))
	pdf := pdfOf(t, "公", "BT /F1 9 Tf <0000> Tj ET")
	doctype := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>`
	bad := func(name string) []byte { return zipOf(t, entry{name, "x"}) }
	tests := []struct {
		name, file string
		data       []byte
		lim        Limits
		kind       fault.Kind
		text       string
	}{
		{"0 bytes", "a.docx", nil, Limits{}, fault.Invalid, "0 字节"},
		{"above the limit", "a.docx", good, Limits{MaxBytes: 10}, fault.TooLarge, "10 字节"},
		{"truncated docx", "a.docx", good[:len(good)*2/3], Limits{}, fault.Invalid, "不完整"},
		{"truncated part", "a.docx", docxOf(t, `<w:p><w:r><w:t>断`), Limits{}, fault.Invalid, "document.xml"},
		{"truncated pdf", "a.pdf", pdf[:40], Limits{}, fault.Invalid, "不完整"},
		{"missing part", "a.docx", zipOf(t, entry{"[Content_Types].xml", `<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`}), Limits{}, fault.Invalid, "缺少"},
		{"encrypted office file", "a.docx", oleOf("EncryptionInfo", "EncryptedPackage"), Limits{}, fault.Unsupported, "密码"},
		{"encrypted pdf", "a.pdf", bytes.Replace(pdf, []byte("/Info 8 0 R"), []byte("/Encrypt 8 0 R"), 1), Limits{}, fault.Unsupported, "加密"},
		{"encrypted odt", "a.odt", odtOf(t, "", "", entry{"META-INF/manifest.xml", `<m><encryption-data/></m>`}), Limits{}, fault.Unsupported, "密码"},
		{"encrypted zip", "a.zip", encryptedZip(t), Limits{}, fault.Unsupported, "密码"},
		{"zip bomb by ratio", "a.docx", docxOf(t, strings.Repeat(" ", 12<<20)), Limits{}, fault.TooLarge, "压缩炸弹"},
		{"zip bomb by total", "a.zip", zipOf(t, entry{"a", noise(60_000)}, entry{"b", noise(60_000)}), Limits{MaxUncompressed: 100_000}, fault.TooLarge, "压缩炸弹"},
		{"lying size", "a.docx", lyingZip(t), Limits{MaxUncompressed: 4 << 20}, fault.Invalid, "损坏"},
		{"too many entries", "a.zip", manyEntries(t, 30), Limits{MaxEntries: 20}, fault.TooLarge, "20"},
		{"twin entries", "a.docx", zipOf(t, entry{"OFD.xml", "x"}, entry{"OFD.xml", "y"}), Limits{}, fault.Invalid, "同名"},
		{"path up", "a.zip", bad("../../etc/passwd"), Limits{}, fault.Invalid, "路径"},
		{"path up inside", "a.zip", bad("a/../../b"), Limits{}, fault.Invalid, "路径"},
		{"absolute path", "a.zip", bad("/etc/passwd"), Limits{}, fault.Invalid, "路径"},
		{"drive", "a.zip", bad("C:evil"), Limits{}, fault.Invalid, "路径"},
		{"backslash", "a.zip", bad(`word\document.xml`), Limits{}, fault.Invalid, "路径"},
		{"NUL in name", "a.zip", bad("a\x00.xml"), Limits{}, fault.Invalid, "路径"},
		{"entities in docx", "a.docx", docxOf(t, "", entry{"word/styles.xml", doctype + `<styles>&b;</styles>`}), Limits{}, fault.Invalid, "DOCTYPE"},
		{"external entity in odt", "a.odt", odtOf(t, "", "", entry{"styles.xml", `<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`}), Limits{}, fault.Invalid, "DOCTYPE"},
		{"undeclared entity", "a.docx", docxOf(t, wp("&xxe;")), Limits{}, fault.Invalid, "DOCTYPE"},
		{"entities in xlsx", "a.xlsx", xlsxOf(t, doctype+`<worksheet/>`), Limits{}, fault.Invalid, "DOCTYPE"},
		{"entities in ofd", "a.ofd", zipOf(t, entry{"OFD.xml", doctype + "<OFD/>"}), Limits{}, fault.Invalid, "DOCTYPE"},
		{"deep xml", "a.docx", docxOf(t, strings.Repeat("<w:sdt><w:sdtContent>", 5000)), Limits{}, fault.Invalid, "嵌套太深"},
		{"deep html", "a.html", []byte("<html>" + strings.Repeat("<div>", 3000) + "x"), Limits{}, fault.Invalid, "嵌套太深"},
		{"deep rtf", "a.rtf", []byte(`{\rtf1` + strings.Repeat("{", 9000)), Limits{}, fault.Invalid, "嵌套太深"},
		{"deep pdf", "a.pdf", pdfOf(t, "公", strings.Repeat("[", 100_000)), Limits{}, fault.Invalid, "嵌套太深"},
		{"too much text", "a.docx", docxOf(t, wp(strings.Repeat("字", 101))), Limits{MaxTextRunes: 100}, fault.TooLarge, "100"},
		{"too much plain text", "a.txt", []byte(strings.Repeat("字", 101)), Limits{MaxTextRunes: 100}, fault.TooLarge, "100"},
		{"too many cells", "a.docx", docxOf(t, "<w:tbl>"+strings.Repeat(`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="999"/></w:tcPr></w:tc></w:tr>`, 9)+"</w:tbl>"), Limits{MaxCells: 5000}, fault.TooLarge, "5000"},
		{"html spans", "a.html", []byte("<html><table>" + strings.Repeat("<tr><td colspan=1000>a<td rowspan=9999>b", 9) + "</table>"), Limits{MaxCells: 5000}, fault.TooLarge, "5000"},
		{"sparse sheet", "a.xlsx", xlsxOf(t, `<worksheet><sheetData>`+strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 9)+`</sheetData></worksheet>`), Limits{MaxCells: 50_000}, fault.TooLarge, "50000"},
		{"row beyond the grid", "a.xlsx", xlsxOf(t, `<worksheet><sheetData><row r="9000000000000"/></sheetData></worksheet>`), Limits{}, fault.Invalid, "损坏"},
		{"too many pages", "a.pdf", pdfOf(t, "公", "n", "n", "n"), Limits{MaxPages: 2}, fault.TooLarge, "2 页"},
		{"pdf stream bomb", "a.pdf", pdfBomb(t), Limits{MaxUncompressed: 1 << 20}, fault.TooLarge, "压缩炸弹"},
		{"unknown encoding", "a.txt", []byte("\xff\x81\xfe\x90\xff\xff\x80\x80\xe9\xff\xa0\xff abc \xff\xff"), Limits{}, fault.Invalid, "编码"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { refused(t, tt.file, tt.data, tt.lim, tt.kind, tt.text) })
	}
}

// noise is text that does not pack well.
func noise(n int) string {
	out, x := make([]byte, n), uint32(7)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = byte(x >> 24)
	}
	return string(out)
}

func encryptedZip(t *testing.T) []byte {
	data := zipOf(t, entry{"a.txt", "x"})
	i := bytes.Index(data, []byte("PK\x01\x02"))
	data[i+8] |= 1
	return data
}

// lyingZip declares a small size for a part that unpacks to more.
func lyingZip(t *testing.T) []byte {
	data := docxOf(t, strings.Repeat("<w:p/>", 200_000))
	for i := 0; i+46 < len(data); i++ {
		if string(data[i:i+4]) == "PK\x01\x02" && strings.HasPrefix(string(data[i+46:]), "word/document.xml") {
			binary.LittleEndian.PutUint32(data[i+24:], 500)
		}
	}
	return data
}

func manyEntries(t *testing.T, n int) []byte {
	var entries []entry
	for i := range n {
		entries = append(entries, entry{fmt.Sprint(i), ""})
	}
	return zipOf(t, entries...)
}

// xlsxOf builds a workbook with one sheet.
func xlsxOf(t testing.TB, sheet string) []byte {
	return zipOf(t,
		entry{"[Content_Types].xml", `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		entry{"_rels/.rels", `<Relationships><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		entry{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		entry{"xl/workbook.xml", `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>`},
		entry{"xl/worksheets/sheet1.xml", sheet})
}

func pdfBomb(t *testing.T) []byte {
	var p pdfBuilder
	c := p.stream("/Filter /FlateDecode", deflate(t, strings.Repeat("1 ", 2<<20)))
	p.obj(fmt.Sprintf("<</Type /Page /Parent 3 0 R /Contents %d 0 R>>", c))
	p.obj("<</Type /Pages /Count 1 /Kids [2 0 R]>>")
	p.obj("<</Type /Catalog /Pages 3 0 R>>")
	return p.finish("/Root 4 0 R")
}

// TestPDFLoops reads files whose structure never ends for a naive reader.
func TestPDFLoops(t *testing.T) {
	build := func(objects ...string) []byte {
		var p pdfBuilder
		for _, o := range objects {
			p.obj(o)
		}
		return p.finish("/Root 1 0 R")
	}
	xrefStream := func() []byte {
		// Object 2 is said to stand in object stream 2, that is in itself.
		var p pdfBuilder
		p.obj("<</Type /Catalog /Pages 2 0 R>>")
		at := p.buf.Len()
		rows := "\x00\x00\x00" + "\x01\x00\x09" + "\x02\x00\x02" + "\x01" + string([]byte{byte(at >> 8), byte(at)})
		fmt.Fprintf(&p.buf, "3 0 obj\n<</Type /XRef /Size 4 /W [1 2 0] /Root 1 0 R /Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(rows), rows, at)
		return p.buf.Bytes()
	}
	for name, data := range map[string][]byte{
		"page tree":       build("<</Pages 2 0 R>>", "<</Type /Pages /Kids [2 0 R 2 0 R]>>"),
		"reference":       build("<</Pages 2 0 R>>", "3 0 R", "2 0 R"),
		"length":          build("<</Pages 2 0 R>>", "<</Length 2 0 R>>\nstream\nx\nendstream"),
		"form":            build("<</Pages 2 0 R>>", "<</Kids [3 0 R]>>", "<</Contents 4 0 R /Resources <</XObject <</X 4 0 R>>>>>>", "<</Subtype /Form /Length 11>>\nstream\n/X Do /X Do\nendstream"),
		"previous xref":   append(pdfOf(t, "公", "n"), []byte("\nxref\n0 0\ntrailer<</Prev 1>>\nstartxref\n9\n%%EOF")...),
		"object stream":   xrefStream(),
		"no end of array": build("<</Pages [ << [ << ("),
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Read(context.Background(), "a.pdf", bytes.NewReader(data), int64(len(data)), Limits{})
			if err == nil && doc.State == StateExtracted && doc.Text == "" {
				t.Errorf("an empty text passes for extracted: %+v", doc)
			}
			if err != nil && fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.TooLarge {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestMislabelledFile(t *testing.T) {
	doc := mustRead(t, "通知.docx", pdfOf(t, "公", "BT /F1 9 Tf <0000> Tj ET"))
	wantText(t, doc, "公")
	wantWarnings(t, doc, WarnMislabelled)
	if want := "文件名的后缀是 .docx，内容却是 pdf，已按内容读取。"; doc.Warnings[0].Text != want || doc.Format != FormatPDF {
		t.Errorf("%s %q", doc.Format, doc.Warnings[0].Text)
	}
	if doc := mustRead(t, "a.jpg", docxOf(t, wp("文"))); doc.Format != FormatDOCX || !doc.HasWarning(WarnMislabelled) {
		t.Errorf("%+v", doc)
	}
}

// TestNotExtracted lists what is kept as an attachment only.
func TestNotExtracted(t *testing.T) {
	png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00")
	nested := zipOf(t, entry{"inner.zip", string(zipOf(t, entry{"../evil", "x"}))})
	for _, tt := range []struct {
		name, want string
		data       []byte
		macros     bool
	}{
		{"a.doc", ".doc", oleOf("Root Entry", "WordDocument"), false},
		{"b.doc", ".doc", oleOf("WordDocument", "Macros", "VBA"), true},
		{"a.wps", "WPS", oleOf("WordDocument"), false},
		{"a.xls", ".xls", oleOf("Workbook"), false},
		{"a.png", "图片", png, false},
		{"a.zip", "压缩包", nested, false},
		{"a.bin", "不读取", []byte("\x00\x01\x02\x03\xff\xfe\x00\x00\x07"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := mustRead(t, tt.name, tt.data)
			if doc.State != StateNone || doc.Format != FormatOther || doc.Text != "" || doc.Macros != tt.macros {
				t.Errorf("%+v", doc)
			}
			if !doc.HasWarning(WarnNotExtracted) || !strings.Contains(doc.Warnings[0].Text, tt.want) || !strings.Contains(doc.Warnings[0].Text, "未提取正文") {
				t.Errorf("%v", doc.Warnings)
			}
		})
	}
}

func TestBadCharactersAreCounted(t *testing.T) {
	doc := mustRead(t, "a.txt", []byte("\ufeff"+strings.Repeat("政务公开", 50)+"\x00甲\xff乙"))
	wantText(t, doc, strings.Repeat("政务公开", 50)+"甲\ufffd乙")
	wantWarnings(t, doc, WarnReplaced)
	if doc.State != StatePartial || !strings.Contains(doc.Warnings[0].Text, "2 个") {
		t.Errorf("%s %v", doc.State, doc.Warnings)
	}
}

func TestReadStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	data := docxOf(t, strings.Repeat(wp("正文"), 20_000))
	_, err := Read(ctx, "a.docx", cancelling{bytes.NewReader(data), cancel}, int64(len(data)), Limits{})
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

// cancelling ends the context with the first byte read.
type cancelling struct {
	io.ReaderAt
	cancel context.CancelFunc
}

func (c cancelling) ReadAt(p []byte, off int64) (int, error) {
	c.cancel()
	return c.ReaderAt.ReadAt(p, off)
}

// failing is a disk that breaks.
type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk") }

func TestReadFailure(t *testing.T) {
	_, err := Read(context.Background(), "a.docx", failing{}, 100, Limits{})
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(fault.Text(err), "disk") {
		t.Errorf("%v %q", err, fault.Text(err))
	}
}

func TestParserPanicIsAFault(t *testing.T) {
	_, err := guarded(func() (*Document, error) {
		var none []int
		return nil, errors.New(fmt.Sprint(none[len(none)]))
	})
	if fault.KindOf(err) != fault.Unsupported || fault.Text(err) != msgParserFailed {
		t.Errorf("%v", err)
	}
}

// endless is a stream that never ends and counts what was taken.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.n += int64(len(p))
	return len(p), nil
}

func TestReadAllLimited(t *testing.T) {
	if data, err := ReadAllLimited(strings.NewReader("abc"), 3); err != nil || string(data) != "abc" {
		t.Errorf("%q %v", data, err)
	}
	src := &endless{}
	if _, err := ReadAllLimited(src, 1000); fault.KindOf(err) != fault.TooLarge || src.n > 4096 {
		t.Errorf("%v after %d bytes", err, src.n)
	}
	if _, err := ReadAllLimited(io.MultiReader(strings.NewReader("a"), brokenPipe{}), 1000); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Read([]byte) (int, error) { return 0, errors.New("pipe") }
