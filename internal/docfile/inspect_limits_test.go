package docfile

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
)

func TestInspect_CannotTell(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		data []byte
		says string
	}{
		"encrypted office file": {"a.docx", oleOf("EncryptionInfo", "EncryptedPackage"), "密码"},
		"encrypted pdf":         {"a.pdf", bytes.Replace(pdfFileOf(t, pdfDoc{}), []byte("/Info 8 0 R"), []byte("/Encrypt 8 0 R"), 1), "加密"},
		"old word":              {"a.doc", oleOf("WordDocument"), ".docx"},
		"damaged":               {"a.docx", docxOf(t, wp("x"))[:300], "损坏"},
		"picture":               {"a.jpg", jpegWith(t, 0xfe, []byte("x")), "读不出来"},
		"old object inside":     {"a.docx", docxOf(t, wp("x"), entry{"word/embeddings/o.bin", "\xd0\xcf\x11\xe0"}), "旧格式"},
		"bomb":                  {"a.docx", docxOf(t, strings.Repeat(" ", 12<<20)), "压缩炸弹"},
		"macros":                {"a.docx", docxOf(t, wp("x"), entry{"word/vbaProject.bin", "x"}), "宏"},
		"200 megapixels":        {"a.png", hugePNG(), "像素太多"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Inspect(context.Background(), c.file, c.data, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range got.CannotTell() {
				if strings.Contains(p.Why, c.says) {
					return
				}
			}
			t.Errorf("%+v", got.Parts)
		})
	}
}

// hugePNG is a header that promises 20,000 × 10,000 pixels.
func hugePNG() []byte {
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x4e\x20\x00\x00\x27\x10\x08\x02\x00\x00\x00")
	crc := crcOf(out[12:])
	return append(out, byte(crc>>24), byte(crc>>16), byte(crc>>8), byte(crc))
}

func TestInspect_CleanFilesHideNothing(t *testing.T) {
	quiet := map[InspectedKind]bool{KindBody: true, KindTable: true, KindFileName: true, KindMetadata: true, KindHeaderFooter: true}
	var word bytes.Buffer
	if err := WriteDOCX(&word, DocxContent{Title: "通知", Blocks: []Block{Paragraph{Text: "各区人民政府："}, Table{Rows: [][]Cell{{{Text: "甲"}, {Text: "乙"}}}}}}); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"a.docx": word.Bytes(), "a.xlsx": bookOf(t, sheetFile{}),
		"a.pdf":  pdfFileOf(t, pdfDoc{content: "0 0 0.6 rg 60 640 400 30 re f 1 g " + tj(72, 650, "公开名单") + "0 g " + tj(72, 600, "甲乙丙")}),
		"a.html": []byte("<html><p>公开</p>"), "a.txt": []byte("公开"),
	} {
		got, err := Inspect(context.Background(), name, data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range got.Parts {
			if !quiet[p.Kind] && !(p.Kind == KindHiddenText && strings.Contains(p.Text, "PAGE")) || !p.Opened {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
}

func TestInspect_ColumnsHaveTheirHeadings(t *testing.T) {
	data := bookOf(t, sheetFile{book: fmt.Sprintf(twoSheets, `state="hidden"`), more: []entry{secondSheet(planted)}})
	got, err := Inspect(context.Background(), "a.xlsx", data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got.Parts {
		if p.Kind == KindHiddenSheet && p.Table != nil {
			c := p.Table.Columns[1]
			if p.Where != "工作表“名单”（隐藏）" || c.Heading != "身份证号" || c.Letter != "B" || len(c.Cells) != 1 || c.Cells[0].Ref != "B3" || c.Cells[0].Text != planted {
				t.Errorf("%s %+v", p.Where, c)
			}
			return
		}
	}
	t.Error("no hidden sheet")
}

func TestInspect_GPS(t *testing.T) {
	facts, ok := pictureFacts(jpegWith(t, 0xe1, append([]byte("Exif\x00\x00"), tiffWith(0x013b, "某某", true)...)))
	if !ok || !strings.Contains(fmt.Sprint(facts), "39.908333, 116.383333") {
		t.Errorf("%v %v", facts, ok)
	}
}

// bigTracked is a Word file of 300 pages with 2,000 tracked changes.
func bigTracked(t testing.TB) []byte {
	var b strings.Builder
	text := strings.Repeat("公开政府信息应当坚持以公开为常态。", 8)
	for i := range 4000 {
		b.WriteString(wp(text))
		if i%2 == 0 {
			fmt.Fprintf(&b, `<w:p><w:r><w:t>第%d处</w:t></w:r><w:ins w:author="甲"><w:r><w:t>插入%d</w:t></w:r></w:ins><w:del w:author="甲"><w:r><w:delText>删除%d</w:delText></w:r></w:del></w:p>`, i, i, i)
		}
	}
	return docxOf(t, b.String())
}

func TestInspect_LongWordFileIsQuick(t *testing.T) {
	data := bigTracked(t)
	start := time.Now()
	got, err := Inspect(context.Background(), "a.docx", data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	inserted := 0
	for _, p := range got.Parts {
		if p.Kind == KindTrackedInsert {
			inserted += strings.Count(p.Text, "插入")
		}
	}
	if inserted != 2000 {
		t.Errorf("%d tracked insertions", inserted)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestInspect_Refusals(t *testing.T) {
	if _, err := Inspect(context.Background(), "a", nil, Limits{}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Inspect(ctx, "a", []byte("x"), Limits{}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

func FuzzInspect(f *testing.F) {
	for _, c := range plantedFiles(f) {
		if len(c.data) < 3000 {
			f.Add(c.file, c.data)
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		got, err := Inspect(context.Background(), name, data, Limits{MaxUncompressed: 1 << 20, MaxCells: 10_000})
		if err != nil {
			return
		}
		for _, p := range got.Parts {
			if p.Where == "" || p.Kind == "" || !p.Opened && p.Why == "" || p.Opened && blank(p.Text) {
				t.Errorf("%+v", p)
			}
		}
	})
}

func crcOf(b []byte) uint32 { return crc32.ChecksumIEEE(b) }
