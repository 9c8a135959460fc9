package docfile

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"gongkai/internal/fault"
)

// fuzzLimits keep each run short.
var fuzzLimits = Limits{MaxBytes: 1 << 20, MaxUncompressed: 4 << 20, MaxEntries: 100, MaxTextRunes: 100_000, MaxCells: 20_000, MaxPages: 50}

// sound checks what must hold for any input: no panic, a known kind of fault,
// bounded and clean output.
func sound(t *testing.T, name string, data []byte) {
	t.Helper()
	doc, err := Read(context.Background(), name, bytes.NewReader(data), int64(len(data)), fuzzLimits)
	if err != nil {
		switch fault.KindOf(err) {
		case fault.Invalid, fault.TooLarge, fault.Unsupported:
			if strings.Contains(err.Error(), "panic") {
				t.Fatal(err)
			}
		default:
			t.Fatalf("%v", err)
		}
		return
	}
	if n := utf8.RuneCountInString(doc.Text); n > 2*fuzzLimits.MaxTextRunes {
		t.Fatalf("%d runes", n)
	}
	if clean, n := cleanText(doc.Text); n > 0 && !strings.Contains(doc.Text, "\ufffd") || clean != doc.Text {
		t.Fatalf("unclean text %q", doc.Text)
	}
	if doc.State == StateNone && (doc.Text != "" || len(doc.Warnings) == 0) {
		t.Fatalf("none, but %+v", doc)
	}
}

// fuzzZip fuzzes one part of a container and the container's own bytes.
func fuzzZip(f *testing.F, name string, wrap func(t testing.TB, part string) []byte, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
		f.Add(wrap(f, s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sound(t, name, data)
		sound(t, name, wrap(t, string(data)))
	})
}

func FuzzReadDOCX(f *testing.F) {
	fuzzZip(f, "a.docx", func(t testing.TB, part string) []byte { return docxOf(t, part) },
		wp("文"), `<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/><w:gridSpan w:val="3"/></w:tcPr>`+wp("a")+`</w:tc></w:tr></w:tbl>`,
		`<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr><w:ins><w:r><w:t>a</w:t></w:r></w:ins></w:p>`)
}

func FuzzReadODT(f *testing.F) {
	fuzzZip(f, "a.odt", func(t testing.TB, part string) []byte { return odtOf(t, "", part) },
		`<text:p>a<text:s text:c="3"/></text:p>`, `<text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>`,
		`<table:table><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>c</text:p></table:table-cell></table:table-row></table:table>`)
}

func FuzzReadOFD(f *testing.F) {
	fuzzZip(f, "a.ofd", func(t testing.TB, part string) []byte { return ofdOf(t, part) },
		ofdText(1, 2, "字", `DeltaX="g 3 4.5 1"`), `<ofd:TextObject CTM="1 0 0 1 0 0" Size="x"><ofd:TextCode>a</ofd:TextCode></ofd:TextObject>`)
}

func FuzzReadXLSX(f *testing.F) {
	fuzzZip(f, "a.xlsx", func(t testing.TB, part string) []byte { return xlsxOf(t, part) },
		`<worksheet><cols><col min="1" max="2" hidden="1"/></cols><sheetData><row r="2" hidden="1"><c r="B2" t="inlineStr"><is><t>a</t></is></c><c><f>A1</f></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`)
}

func FuzzReadHTML(f *testing.F) {
	for _, s := range []string{"<html><p>a", `<meta charset=gbk><table><tr><td rowspan=3 colspan=2>a<td>b<tr><td>c</table>`, "<html><ol><li>a<pre>\n b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, "a.html", append([]byte("<html>"), data...)) })
}

func FuzzReadTXT(f *testing.F) {
	for _, s := range []string{"政务公开", "\xff\xfea\x00", "\xfe\xff\x00a", "\xd5\xfe\xce\xf1\xb9\xab\xbf\xaa", "\xac\x46\xb0\xc8\xa4\xbd\xb6\x7d"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sound(t, "a.txt", data)
		sound(t, "a.csv", data)
	})
}

func FuzzReadPDF(f *testing.F) {
	f.Add(pdfOf(f, "公开", "BT /F1 9 Tf 10 20 Td <00000001> Tj [<0000> -200 <0001>] TJ ET"))
	if data, err := os.ReadFile(filepath.Join("testdata", "notice.pdf")); err == nil {
		f.Add(data)
	}
	f.Add([]byte("%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[3 0 R]>>endobj 3 0 obj<</Contents 4 0 R>>endobj 4 0 obj<</Filter[/AHx/LZW/A85/RL]/DecodeParms<</Predictor 12>>/Length 3>>stream\n80b>\nendstream"))
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, "a.pdf", append([]byte("%PDF-"), data...)) })
}

func FuzzReadRTF(f *testing.F) {
	f.Add([]byte(`\ansicpg936{\*\x}\'cd\'a8\u20013?\pard\intbl a\cell\row\bin3 abc\par`))
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, "a.rtf", append([]byte(`{\rtf1`), data...)) })
}
