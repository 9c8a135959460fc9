package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

func printer(t testing.TB) *Printer {
	p, err := Load()
	if err != nil {
		t.Fatalf("%v: scripts/need-packages installs the font", err)
	}
	return p
}

// read gives a PDF to poppler, a reader that shares no code with us.
func read(t testing.TB, pdf []byte, program string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append(args, path, "-")...)
	if program == "pdfinfo" || program == "pdffonts" {
		cmd = exec.Command(program, append(args, path)...)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v %s", program, err, errs.String())
	}
	return string(out)
}

// bare leaves the characters, without spaces and page numbers.
func bare(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.IsControl(c) {
			return -1
		}
		return c
	}, s)
	for i := 1; i < 9; i++ {
		s = strings.ReplaceAll(s, "—"+strconv.Itoa(i)+"—", "")
	}
	return s
}

var sample = docfile.DocxContent{Title: "政府信息公开答复书", Blocks: []docfile.Block{
	docfile.Paragraph{Text: "清教公开〔2026〕1号", Align: docfile.AlignCentre},
	docfile.Paragraph{Text: "张某某：", Align: docfile.AlignLeft},
	docfile.Paragraph{Text: "本机关于2026年1月30日收到您提出的政府信息公开申请（依申请〔2026〕1号）。经审查，您申请公开的“2025年全市义务教育学校布局规划”可以公开，依照《中华人民共和国政府信息公开条例》第三十六条第（二）项，本机关予以提供，网址为https://www.example.gov.cn/gongkai/2026/plan.html。"},
	docfile.Paragraph{Text: "一、提供的内容", Level: 1},
	docfile.Table{Rows: [][]docfile.Cell{{{Text: "申请人"}, {Text: "颀𬱖 𠮷野家有限公司"}}, {{Text: "内容"}, {Text: strings.Repeat("规划文本一份。", 12)}}}},
	docfile.Paragraph{Text: "清河市教育局", Align: docfile.AlignRight, Right: 4.5},
	docfile.Paragraph{Text: "2026年2月3日", Align: docfile.AlignRight, Right: 4},
}}

// words is a document as it must be read from its PDF.
func words(doc docfile.DocxContent) string {
	var b strings.Builder
	b.WriteString(doc.Title)
	for _, x := range doc.Blocks {
		switch x := x.(type) {
		case docfile.Paragraph:
			b.WriteString(x.Text)
		case docfile.Table:
			for _, row := range x.Rows {
				for _, c := range row {
					b.WriteString(c.Text)
				}
			}
		}
	}
	return bare(b.String())
}

func TestPDF_TheTextLayerIsExact(t *testing.T) {
	pdf, err := printer(t).PDF(sample)
	if err != nil {
		t.Fatal(err)
	}
	if got := bare(read(t, pdf, "pdftotext", "-raw")); got != words(sample) {
		t.Errorf("read  %s\nwrote %s", got, words(sample))
	}
	info := read(t, pdf, "pdfinfo")
	for _, want := range []string{"政府信息公开答复书", "595.28 x 841.89 pts (A4)", "Pages:           1"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	if strings.Contains(info, "CreationDate") {
		t.Error("the file says when it was made, so it is never the same twice")
	}
}

func TestPDF_CharactersAboveFFFFAreFoundAndCopied(t *testing.T) {
	pdf, err := printer(t).PDF(docfile.DocxContent{Blocks: []docfile.Block{docfile.Paragraph{Text: "𠮷某、𬱖某：在表里排在一般汉字之后"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := bare(read(t, pdf, "pdftotext")); got != "𠮷某、𬱖某：在表里排在一般汉字之后" {
		t.Errorf("read %q", got)
	}
	if d, err := docfile.Read(t.Context(), "a.pdf", bytes.NewReader(pdf), int64(len(pdf)), docfile.Limits{}); err != nil || !strings.Contains(d.Text, "𠮷某、𬱖某") {
		t.Errorf("our own reader finds %+v, %v", d, err)
	}
}

func TestPDF_TheSameContentGivesTheSameBytes(t *testing.T) {
	a, err := printer(t).PDF(sample)
	if err != nil {
		t.Fatal(err)
	}
	b, err := (&Printer{}).again(t).PDF(sample)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("%d and %d bytes, %v", len(a), len(b), err)
	}
}

// again is a printer that has printed nothing yet.
func (*Printer) again(t *testing.T) *Printer {
	p := &Printer{Font: printer(t).Font}
	if err := p.fonts.AddTTFFont(family, p.Font); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPDF_ACharacterThatTheFontLacksIsNamed(t *testing.T) {
	for _, c := range []string{"\U0010FFFD", "\uE123"} {
		_, err := printer(t).PDF(docfile.DocxContent{Blocks: []docfile.Block{docfile.Paragraph{Text: "王" + c + "："}}})
		if fault.KindOf(err) != fault.Unsupported || !strings.Contains(fault.Text(err), "“"+c+"”") {
			t.Errorf("%q: %v", c, err)
		}
	}
	if _, err := printer(t).PDF(sample); err != nil {
		t.Errorf("the next letter fails too: %v", err)
	}
}

func TestPDF_LongLettersHaveNumberedPages(t *testing.T) {
	doc := docfile.DocxContent{Title: "答复书"}
	for range 30 {
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: strings.Repeat("依照规定公开的内容，", 9)})
	}
	pdf, err := printer(t).PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, pdf, "pdftotext", "-raw")
	for _, want := range []string{"— 1 —", "— 2 —", "— 5 —"} {
		if !strings.Contains(text, want) {
			t.Errorf("no page number %s", want)
		}
	}
	if bare(text) != words(doc) {
		t.Error("words are lost between pages")
	}
}

// Each line holds at most 28 characters, none begins with a closing mark, and
// the lines together are the text.
func TestFold_KeepsTextAndMargins(t *testing.T) {
	p := printer(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"公开", "。", "，", "（", "）", "《条例》", "2026年", "https://a.gov.cn/b", "”", "“", "第三十六条"}), 1, 60).Draw(rt, "words"), "")
		var lines []string
		var widths []float64
		p.sheetOf(rt, func(s *sheet) {
			lines = s.fold(text, 0, width)
			for _, l := range lines {
				widths = append(widths, s.measure(l))
			}
		})
		if strings.Join(lines, "") != text {
			rt.Fatalf("%q", lines)
		}
		for i, l := range lines {
			if widths[i] > width+0.02 {
				rt.Fatalf("%q is %.2f pt wide", l, widths[i])
			}
		}
	})
}

// sheetOf lends a sheet that is thrown away.
func (p *Printer) sheetOf(rt *rapid.T, use func(*sheet)) {
	p.turn.Lock()
	defer p.turn.Unlock()
	s, err := p.open("")
	if err != nil {
		rt.Fatal(err)
	}
	use(s)
	if s.err != nil {
		rt.Fatal(s.err)
	}
}

func TestFold_NoMarkStandsWhereItMayNot(t *testing.T) {
	p := printer(t)
	p.turn.Lock()
	defer p.turn.Unlock()
	s, err := p.open("")
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("字", 28)
	for _, c := range []struct {
		text string
		want []string
	}{
		{body, []string{body}},
		{body + "。", []string{body[:27*3], "字。"}},
		{body[:27*3] + "《条例", []string{body[:27*3], "《条例"}},
		{body[:26*3] + "EMS12", []string{body[:26*3], "EMS12"}},
		{strings.Repeat("9", 80), []string{strings.Repeat("9", 47), strings.Repeat("9", 33)}},
		{"", []string{""}},
	} {
		if got := s.fold(c.text, 0, width); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLoad_OnlyTrueTypeFontsAreTaken(t *testing.T) {
	dir := t.TempDir()
	ttc := filepath.Join(dir, "SimHei.ttf") // a collection under another name
	if err := os.WriteFile(ttc, []byte("ttcf\x00\x01\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := findFont("", []string{dir, filepath.Join(dir, "none")}); fault.KindOf(err) != fault.Unsupported || !strings.Contains(fault.Text(err), "fonts-lxgw-wenkai") {
		t.Errorf("no font: %v", err)
	}
	if _, err := findFont(ttc, nil); fault.KindOf(err) != fault.Unsupported || !strings.Contains(fault.Text(err), EnvFont) {
		t.Errorf("a collection: %v", err)
	}
	for _, name := range []string{"simkai.ttf", "LXGWWenKai-Regular.ttf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("\x00\x01\x00\x00"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := findFont("", []string{dir}); err != nil || filepath.Base(got) != name {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

// However long the text is, 署名 and 成文日期 stand on one page with its last
// lines (GB/T 9704-2012, 7.3.5.4).
func TestPDF_TheSignatureStaysWithTheText(t *testing.T) {
	p := printer(t)
	for n := range 30 {
		doc := docfile.DocxContent{Title: "政府信息公开答复书"}
		for i := range n + 8 {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: "第" + strconv.Itoa(i) + "段。"})
		}
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: "如对本答复不服，可以自收到本答复之日起60日内申请行政复议，也可以自收到本答复之日起6个月内向人民法院提起行政诉讼。末句"},
			docfile.Paragraph{Text: "清河市教育局", Align: docfile.AlignRight, Right: 4.5}, docfile.Paragraph{Text: "2026年2月3日", Align: docfile.AlignRight, Right: 4})
		pdf, err := p.PDF(doc)
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, page := range strings.Split(read(t, pdf, "pdftotext"), "\f") {
			page = bare(page)
			if strings.Contains(page, "清河市教育局") && strings.Contains(page, "2026年2月3日") && strings.Contains(page, "末句") {
				whole++
			}
		}
		if whole != 1 {
			t.Errorf("%d paragraphs: the signature is torn from the text", n+8)
		}
	}
}
