package docfile

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
	"pgregory.net/rapid"
)

// drawnPages stands for pdftoppm in tests of the pure room: it inks the place
// of every word that can be seen.
func drawnPages(ctx context.Context, pdf []byte, dpi float64, each func(page int, picture image.Image) error) error {
	f, err := openPDF(&budget{ctx: ctx, lim: DefaultLimits()}, pdf)
	if err != nil {
		return err
	}
	pages, err := f.pages()
	if err != nil {
		return err
	}
	for i, p := range pages {
		seen := f.seePage(p, map[string]*pdfFont{}, f.hiddenLayers())
		k := min(dpi, 72) / 72 // coarse is enough here, and quick
		img := image.NewRGBA(image.Rect(0, 0, int(seen.w*k), int(seen.h*k)))
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		for _, g := range seen.runs {
			if seen.scene.whyHidden(g, pdfBox{0, 0, seen.w, seen.h}) != "" {
				continue
			}
			b := g.marks.box
			mid := image.Rect(int((b.x0+b.x1)/2*k)-3, int((b.y0+b.y1)/2*k)-3, int((b.x0+b.x1)/2*k)+3, int((b.y0+b.y1)/2*k)+3)
			draw.Draw(img, mid, image.NewUniform(color.Black), image.Point{}, draw.Src)
		}
		if err := each(i+1, img); err != nil {
			return err
		}
	}
	return nil
}

func redact(t testing.TB, name string, data []byte, removals ...Removal) ([]byte, RedactReport) {
	t.Helper()
	out, report, err := Redact(context.Background(), name, data, removals, RedactOptions{Pages: drawnPages})
	if err != nil {
		t.Fatalf("Redact(%s): %v", name, err)
	}
	return out, report
}

// everything is all that a curious person finds in a file: every entry of
// every container, inflated, with its tags taken out and left in.
func everything(t testing.TB, data []byte) string {
	t.Helper()
	out := string(data)
	for _, s := range unpackedStreams(data) {
		out += "\n" + string(s)
	}
	if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
		for _, f := range z.File {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(rc)
			if err != nil {
				t.Fatal(err)
			}
			out += "\n" + f.Name + "\n" + string(b) + "\n" + xmlTag.ReplaceAllString(string(b), "")
		}
	}
	return out
}

func contains(haystack, needle string) bool {
	return strings.Contains(haystack, needle) || strings.Contains(foldText(haystack).String(), foldText(needle).String())
}

// TestRedact_PlantedDataIsGone takes the number out of every planted office
// and PDF file, wherever it hides.
func TestRedact_PlantedDataIsGone(t *testing.T) {
	n := 0
	for _, c := range plantedFiles(t) {
		format := c.file[strings.LastIndex(c.file, ".")+1:]
		if format != "docx" && format != "xlsx" && format != "pdf" && format != "txt" {
			continue
		}
		n++
		t.Run(c.name, func(t *testing.T) {
			out, _ := redact(t, "a."+format, c.data, Removal{Term: planted})
			if contains(everything(t, out), planted) {
				t.Error("still there")
			}
			left, err := Inspect(context.Background(), "a."+format, out, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range left.Parts {
				if contains(p.Text, planted) {
					t.Errorf("%s: %s", p.Where, p.Text)
				}
			}
			if body := mustRead(t, "a."+format, out); strings.Contains(mustRead(t, "a."+format, c.data).Text, "公开") && !strings.Contains(body.Text, "公开") {
				t.Errorf("lost what may stay: %q", body.Text)
			}
		})
	}
	if n < 60 {
		t.Errorf("only %d files", n)
	}
}

func TestRedact_WordKeepsTheRest(t *testing.T) {
	name := "张三"
	body := wp("申请人张三，住清河市。") +
		`<w:p w:rsidR="00AB12CD"><w:r><w:rPr><w:b/></w:rPr><w:t>联系张</w:t></w:r><w:r><w:t>三电话138</w:t></w:r><w:r><w:tab/><w:t>1234-5678。</w:t></w:r></w:p>` +
		`<w:p><w:ins w:author="李四"><w:r><w:t>新增一句</w:t></w:r></w:ins><w:del w:author="李四"><w:r><w:delText>删去一句</w:delText></w:r></w:del></w:p>` +
		`<w:p><w:pPr><w:rPr><w:del w:author="李四"/></w:rPr></w:pPr><w:r><w:t>上半段</w:t></w:r></w:p>` + wp("下半段") +
		`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏着的话</w:t></w:r><w:hyperlink r:id="r9"><w:r><w:t>链接文字</w:t></w:r></w:hyperlink></w:p>` +
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE 李四</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>域的结果</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` +
		`<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:docPr id="1" name="张三.png" descr="张三的照片"/></wp:inline></w:drawing></w:r></w:p>`
	data := docxOf(t, body, entry{"word/comments.xml", `<w:comments ` + wNote + `><w:comment w:author="李四">` + wp("批注") + `</w:comment></w:comments>`},
		entry{"docProps/core.xml", `<c xmlns:dc="d"><dc:creator>李四</dc:creator></c>`})
	out, report := redact(t, "a.docx", data, Removal{Term: name}, Removal{Term: "13812345678"}, Removal{Term: "没有的人"})
	doc := mustRead(t, "a.docx", out)
	want := "申请人■■■，住清河市。\n联系■■■电话■■■。\n新增一句\n上半段下半段\n链接文字\n域的结果"
	if doc.Text != want {
		t.Errorf("text\n%q\nwant\n%q", doc.Text, want)
	}
	all := everything(t, out)
	for _, gone := range []string{name, "李四", "删去一句", "藏着的话", "批注", "13812345678", "00AB12CD"} {
		if contains(all, gone) {
			t.Errorf("%s is left", gone)
		}
	}
	if !strings.Contains(all, "<w:b/>") {
		t.Error("the style of a run is lost")
	}
	if len(report.Missing) != 1 || report.Missing[0] != 2 {
		t.Errorf("missing %v", report.Missing)
	}
	for _, want := range []string{"批注", "修订", "隐藏文字", "链接"} {
		if !strings.Contains(fmt.Sprint(report.Dropped), want) {
			t.Errorf("%v does not tell of %s", report.Dropped, want)
		}
	}
}

// TestRedact_MaskTellsNoLength gives the same bytes for terms of any length.
func TestRedact_MaskTellsNoLength(t *testing.T) {
	one, _ := redact(t, "a.docx", docxOf(t, wp("甲：张三；乙")), Removal{Term: "张三"})
	two, _ := redact(t, "a.docx", docxOf(t, wp("甲：欧阳修文远；乙")), Removal{Term: "欧阳修文远"})
	if !bytes.Equal(one, two) {
		t.Error("the files differ")
	}
}

func TestRedact_Forms(t *testing.T) {
	for name, c := range map[string]struct{ text, term, want string }{
		"spaces":            {"张 三来了", "张三", "■■■来了"},
		"full width":        {"电话１３８１２３４５６７８。", "13812345678", "电话■■■。"},
		"dashes":            {"电话138-1234-5678。", "13812345678", "电话■■■。"},
		"term with spaces":  {"电话13812345678。", "138 1234 5678", "电话■■■。"},
		"letters of a case": {"号码11010519491231002x。", planted, "号码■■■。"},
		"backwards":         {"号码X20013219491501011。", "11010519491231002X", "号码■■■。"},
		"zero width":        {"张\u200b三", "张三", "■■■"},
		"twice":             {"张三和张三", "张三", "■■■和■■■"},
		"overlapping":       {"王小明明", "小明", "王■■■明"},
		"near miss":         {"张四三", "张三", "张四三"},
	} {
		t.Run(name, func(t *testing.T) {
			for format, data := range map[string][]byte{"a.docx": docxOf(t, wp(c.text)), "a.txt": []byte(c.text),
				"a.xlsx": bookOf(t, sheetFile{sheet: `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>` + c.text + `</t></is></c></row></sheetData>`})} {
				out, _ := redact(t, format, data, Removal{Term: c.term})
				if got := strings.TrimSpace(mustRead(t, format, out).Text); got != c.want && strings.ReplaceAll(got, "\u200b", "") != c.want {
					t.Errorf("%s: %q, want %q", format, got, c.want)
				}
			}
		})
	}
}

func TestRedact_LongTermOverParagraphs(t *testing.T) {
	out, _ := redact(t, "a.docx", docxOf(t, wp("住清河市滨江区")+wp("幸福路八号院")), Removal{Term: "滨江区幸福路八号"})
	wantText(t, mustRead(t, "a.docx", out), "住清河市■■■\n■■■院")
	cells, _ := redact(t, "a.docx", docxOf(t, `<w:tbl><w:tr><w:tc>`+wp("张")+`</w:tc><w:tc>`+wp("三丰")+`</w:tc></w:tr></w:tbl>`), Removal{Term: "张三"})
	wantText(t, mustRead(t, "a.docx", cells), "张\t三丰")
}

func TestRedact_Workbook(t *testing.T) {
	data := bookOf(t, sheetFile{
		book: fmt.Sprintf(twoSheets, `state="hidden"`) + `<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">公开!$A$1:$C$4</definedName><definedName name="密">公开!$A$1</definedName></definedNames>`,
		sheet: `<cols><col min="3" max="3" width="20" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1.3812345678E10</v></c><c r="C1"><v>77</v></c></row>` +
			`<row r="2"><c r="A2"><f>LEN("张三")</f><v>42</v></c><c r="B2" t="str"><f>A1</f><v>申请人张三</v></c></row><row r="3" hidden="1"><c r="A3"><v>99</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A4:B4"/></mergeCells>`,
		strings: `<si><r><rPr><b/></rPr><t>申请人张</t></r><r><t>三，男</t></r></si><si><t>废弃的张三</t></si>`,
		more:    []entry{secondSheet("藏")},
	})
	out, report := redact(t, "a.xlsx", data, Removal{Term: "张三"}, Removal{Term: "13812345678"}, Removal{Sheet: "公开", Cells: "A2"})
	wantText(t, mustRead(t, "a.xlsx", out), "申请人■■■，男\t■■■\n■■■\t申请人■■■")
	all := everything(t, out)
	for _, gone := range []string{"张三", "13812345678", "1.3812345678E10", "<f>", "77", "99", "藏", "废弃", "sharedStrings"} {
		if strings.Contains(all, gone) {
			t.Errorf("%s is left", gone)
		}
	}
	for _, kept := range []string{"mergeCell", "Print_Area", "<b/>", `width="20"`} {
		if !strings.Contains(all, kept) {
			t.Errorf("%s is lost", kept)
		}
	}
	if !strings.Contains(fmt.Sprint(report.Dropped), "隐藏的工作表 1 处") {
		t.Errorf("%v", report.Dropped)
	}
}

func TestRedact_Spans(t *testing.T) {
	data := docxOf(t, wp("第一段")+wp("第二段话"))
	text, err := PartText(context.Background(), data, "word/document.xml", Limits{})
	if err != nil || text != "第一段\n第二段话" {
		t.Fatalf("%q %v", text, err)
	}
	out, report := redact(t, "a.docx", data, Removal{Part: "word/document.xml", Start: 2, End: 6})
	wantText(t, mustRead(t, "a.docx", out), "第一■■■\n■■■段话")
	if len(report.Hits) != 1 || len(report.Missing) != 0 {
		t.Errorf("%+v", report)
	}
}

func TestRedact_PDF(t *testing.T) {
	data := pdfFileOf(t, pdfDoc{content: tj(72, 700, "公开名单 甲") + tj(72, 650, planted+" 乙") + "3 Tr " + tj(72, 600, "丙丙丙")})
	t.Run("term", func(t *testing.T) {
		out, report := redact(t, "a.pdf", data, Removal{Term: planted})
		text := mustRead(t, "a.pdf", out).Text
		if !strings.Contains(text, "公开名单 甲") || !strings.Contains(text, "■■■ 乙") || contains(text, planted) || strings.Contains(text, "丙") {
			t.Errorf("%q", text)
		}
		if !strings.Contains(fmt.Sprint(report.Dropped), "看不见的文字 3 处") {
			t.Errorf("%v", report.Dropped)
		}
	})
	t.Run("box", func(t *testing.T) {
		out, _ := redact(t, "a.pdf", data, Removal{Page: 1, X: 60, Y: 842 - 712, W: 300, H: 16})
		if text := mustRead(t, "a.pdf", out).Text; strings.Contains(text, "名单") || !strings.Contains(text, planted) {
			t.Errorf("%q", text)
		}
	})
	t.Run("wrapped name", func(t *testing.T) {
		out, _ := redact(t, "a.pdf", pdfFileOf(t, pdfDoc{content: tj(72, 700, "公开甲") + tj(72, 680, "乙名单")}), Removal{Term: "甲乙"})
		if text := mustRead(t, "a.pdf", out).Text; strings.ContainsAny(text, "甲乙") || !strings.Contains(text, "公开") || !strings.Contains(text, "名单") {
			t.Errorf("%q", text)
		}
	})
	t.Run("turned page", func(t *testing.T) {
		turned := pdfFileOf(t, pdfDoc{content: tj(72, 700, planted+"公开"), page: "/Rotate 90"})
		out, _ := redact(t, "a.pdf", turned, Removal{Term: planted})
		if text := mustRead(t, "a.pdf", out).Text; contains(text, planted) {
			t.Errorf("%q", text)
		}
	})
}

func TestRedact_Refusals(t *testing.T) {
	good := docxOf(t, wp("张三"))
	scan := pdfFileOf(t, pdfDoc{content: "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q\n"})
	term := []Removal{{Term: "张三"}}
	for name, c := range map[string]struct {
		file     string
		data     []byte
		removals []Removal
		pages    PagePictures
		kind     fault.Kind
		says     string
	}{
		"nothing to remove": {"a.docx", good, nil, nil, fault.Invalid, "没有说明"},
		"vague":             {"a.docx", good, []Removal{{Page: 1}}, nil, fault.Invalid, "第 1 项"},
		"two at once":       {"a.docx", good, []Removal{{Term: "x", Sheet: "a", Cells: "A1"}}, nil, fault.Invalid, "第 1 项"},
		"only spaces":       {"a.docx", good, []Removal{{Term: " 　"}}, nil, fault.Invalid, "第 1 项"},
		"no such part":      {"a.docx", good, []Removal{{Part: "word/x.xml", End: 3}}, nil, fault.Invalid, "word/x.xml"},
		"no such sheet":     {"a.xlsx", bookOf(t, sheetFile{}), []Removal{{Sheet: "无", Cells: "A1"}}, nil, fault.Invalid, "无"},
		"no such page":      {"a.pdf", pdfFileOf(t, pdfDoc{}), []Removal{{Page: 9, W: 1, H: 1}}, drawnPages, fault.Invalid, "第 9 页"},
		"no page pictures":  {"a.pdf", pdfFileOf(t, pdfDoc{}), term, nil, fault.Unsupported, "poppler-utils"},
		"scanned page":      {"a.pdf", scan, term, drawnPages, fault.Invalid, "文字层"},
		"encrypted":         {"a.docx", oleOf("EncryptedPackage"), term, nil, fault.Unsupported, "密码"},
		"format":            {"a.rtf", []byte(`{\rtf1 x}`), term, nil, fault.Unsupported, "另存为"},
		"web page":          {"a.html", []byte("<html><body><p>x</p></body></html>"), term, nil, fault.Unsupported, "请另存为 .docx、.xlsx 或 PDF"},
		"open document":     {"a.odt", odtOf(t, "", `<text:p>x</text:p>`), term, nil, fault.Unsupported, "请另存为 .docx、.xlsx 或 PDF"},
		"empty":             {"a.docx", []byte{}, term, nil, fault.Invalid, "0 字节"},
		"too large a drawing": {"a.docx", docxOf(t, `<w:p><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" r:embed="r0"/></w:drawing></w:r></w:p>`,
			entry{"word/media/image.xml", string(hugePNG())}), term, nil, fault.TooLarge, "像素太多"},
		"200 megapixels": {"a.png", hugePNG(), []Removal{{Page: 1, W: 1, H: 1}}, nil, fault.TooLarge, "像素太多"},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := Redact(context.Background(), c.file, c.data, c.removals, RedactOptions{Pages: c.pages})
			if out != nil || fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("%d bytes, %v", len(out), err)
			}
		})
	}
}

// TestRedact_LeakIsCaught breaks the result on purpose: the check that reads it
// again must refuse each way in which a term can stay.
func TestRedact_LeakIsCaught(t *testing.T) {
	r := &redactor{budget: &budget{ctx: context.Background(), lim: DefaultLimits()}, removals: []Removal{{Term: planted}}, counts: map[RedactHit]int{}}
	r.patterns = patternsOf(r.removals)
	r.long = r.patterns
	for _, c := range plantedFiles(t) {
		switch c.name {
		case "xlsx cell", "docx body", "docx split runs", "docx table", "docx header", "docx alt text", "docx author", "pdf body", "docx bookmark", "docx custom xml", "xlsx pivot cache", "xlsx unused string", "text":
		default:
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if err := r.verify(c.file, c.data); fault.KindOf(err) != fault.Internal || !strings.Contains(fault.Text(err), "核验没有通过") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestRedact_PictureLosesItsFacts(t *testing.T) {
	exif := append([]byte("Exif\x00\x00"), tiffWith(0x013b, planted, true)...)
	out, _ := redact(t, "a.jpg", jpegWith(t, 0xe1, exif), Removal{Page: 1, X: 0, Y: 0, W: 20, H: 20})
	if facts, _ := pictureFacts(out); len(facts) > 0 || bytes.Contains(out, []byte("Exif")) {
		t.Errorf("%v", facts)
	}
	img, _, err := decodePicture(out)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := img.At(5, 5).RGBA(); r+g+b > 3*0x1000 {
		t.Error("the box is not black")
	}
}

// TestRedact_AnyText: whatever the text and the term, the term is gone and
// what stands around it stays.
func TestRedact_AnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := rapid.StringMatching(`[甲乙丙0-9x]{2,6}`).Draw(t, "term")
		head := rapid.StringMatching(`[丁戊a-c]{0,6}`).Draw(t, "head")
		tail := rapid.StringMatching(`[丁戊a-c]{0,6}`).Draw(t, "tail")
		cut := rapid.IntRange(0, len([]rune(term))).Draw(t, "cut")
		r := []rune(term)
		var body bytes.Buffer
		for _, piece := range []string{head + string(r[:cut]), string(r[cut:]) + tail} {
			body.WriteString(`<w:r><w:t xml:space="preserve">` + piece + `</w:t></w:r>`)
		}
		data := docxOf(silent{}, `<w:p>`+body.String()+`</w:p>`)
		out, _, err := Redact(context.Background(), "a.docx", data, []Removal{{Term: term}}, RedactOptions{})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Read(context.Background(), "a.docx", bytes.NewReader(out), int64(len(out)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if want := head + mask + tail; doc.Text != want {
			t.Fatalf("%q, want %q", doc.Text, want)
		}
	})
}

// silent lets a fixture be built inside a property.
type silent struct{ testing.TB }

func (silent) Helper() {}

func TestRedact_LongWordFileIsQuick(t *testing.T) {
	start := time.Now()
	out, _ := redact(t, "a.docx", bigTracked(t), Removal{Term: "常态"}, Removal{Term: "政府信息应当坚持"})
	if d := time.Since(start); d > 15*time.Second {
		t.Errorf("took %v", d)
	}
	if text := mustRead(t, "a.docx", out).Text; strings.Contains(text, "常态") || strings.Contains(text, "删除") || strings.Count(text, "插入") != 2000 {
		t.Error("the text is not what it should be")
	}
}

// TestRedact_OtherPrograms lets unzip, strings and pdftotext look, where they
// are installed (scripts/need-packages installs poppler-utils).
func TestRedact_OtherPrograms(t *testing.T) {
	dir := t.TempDir()
	run := func(program string, args ...string) string {
		path, err := exec.LookPath(program)
		if err != nil {
			return ""
		}
		out, err := exec.Command(path, args...).Output()
		if err != nil {
			t.Fatalf("%s %v: %v", program, args, err)
		}
		return string(out)
	}
	for _, c := range plantedFiles(t) {
		format := c.file[strings.LastIndex(c.file, ".")+1:]
		if format != "docx" && format != "xlsx" && format != "pdf" {
			continue
		}
		out, _ := redact(t, "a."+format, c.data, Removal{Term: planted})
		file := filepath.Join(dir, "o."+format)
		if err := os.WriteFile(file, out, 0o600); err != nil {
			t.Fatal(err)
		}
		said := run("strings", "-n", "4", file) + run("strings", "-n", "4", "-e", "l", file) + run("strings", "-n", "4", "-e", "b", file)
		if format == "pdf" {
			text := run("pdftotext", file, "-")
			if _, err := exec.LookPath("pdftotext"); err == nil && !strings.Contains(text, "公开名单") && c.name != "pdf body" {
				t.Errorf("%s: pdftotext finds no kept words: %q", c.name, text)
			}
			said += text
		} else {
			said += run("unzip", "-p", file)
		}
		if contains(said, planted) {
			t.Errorf("%s: still found", c.name)
		}
	}
}

func FuzzRedact(f *testing.F) {
	for _, c := range plantedFiles(f) {
		if len(c.data) < 2500 && !strings.HasPrefix(c.name, "jpeg") {
			f.Add(c.file, c.data, planted)
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte, term string) {
		out, _, err := Redact(context.Background(), name, data, []Removal{{Term: term}}, RedactOptions{Limits: Limits{MaxUncompressed: 1 << 20, MaxCells: 10_000, MaxPages: 2}})
		if err == nil && len(foldText(term).runes) >= 6 && contains(everything(t, out), term) {
			t.Errorf("%q is left in %q", term, out)
		}
	})
}
