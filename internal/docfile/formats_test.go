package docfile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

const noticeText = "清河市政务公开工作提示\n各单位：\n一、公开内容要准\n" +
	"各单位公开政策文件时，应当同时公开解读材料，说明文件的依据、目标、任务和新旧变化，方便群众看懂能用。信息形成后20个工作日内公开。\n" +
	"单位\t时限\n内设机构\t3日\n二、公开时间要快\n2026年3月1日"

// TestLibreOfficeFiles reads the same text from what a real office suite wrote.
func TestLibreOfficeFiles(t *testing.T) {
	for _, tt := range []struct {
		file   string
		format Format
		pages  int
		tables int
	}{{"notice.pdf", FormatPDF, 2, 0}, {"notice.odt", FormatODT, 0, 1}, {"notice.rtf", FormatRTF, 0, 1}} {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			doc := mustRead(t, tt.file, data)
			wantText(t, doc, noticeText)
			wantWarnings(t, doc)
			if doc.Format != tt.format || doc.State != StateExtracted || doc.Pages != tt.pages || doc.Tables != tt.tables {
				t.Errorf("%s %s %d pages %d tables", doc.Format, doc.State, doc.Pages, doc.Tables)
			}
		})
	}
}

func encode(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const sampleSimplified = "关于印发《清河市政务公开工作要点》的通知\n各区县人民政府，市政府各部门：\n　　现将有关事项通知如下，请认真贯彻执行。"
const sampleTraditional = "關於進一步推進政務公開工作的通知\n各區縣人民政府，市政府各部門：\n　　現將有關事項通知如下，請認真貫徹執行。"

func TestReadTextCharsets(t *testing.T) {
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for _, tt := range []struct {
		name, charset, text string
		data                []byte
	}{
		{"UTF-8", "UTF-8", sampleSimplified, []byte(sampleSimplified)},
		{"UTF-8 with mark", "UTF-8", sampleSimplified, []byte("\ufeff" + sampleSimplified)},
		{"ASCII", "UTF-8", "plain, words\n", []byte("plain, words\n")},
		{"UTF-16LE with mark", "UTF-16LE", sampleSimplified, append([]byte{0xff, 0xfe}, encode(t, le, sampleSimplified)...)},
		{"UTF-16BE with mark", "UTF-16BE", sampleSimplified, append([]byte{0xfe, 0xff}, encode(t, be, sampleSimplified)...)},
		{"UTF-16LE", "UTF-16LE", sampleSimplified, encode(t, le, sampleSimplified)},
		{"UTF-16BE", "UTF-16BE", sampleSimplified, encode(t, be, sampleSimplified)},
		{"GBK", "GB18030", sampleSimplified, encode(t, simplifiedchinese.GBK, sampleSimplified)},
		{"GB18030 four bytes", "GB18030", sampleSimplified + "𠮷㐀", encode(t, simplifiedchinese.GB18030, sampleSimplified+"𠮷㐀")},
		{"Big5", "Big5", sampleTraditional, encode(t, traditionalchinese.Big5, sampleTraditional)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := mustRead(t, "a.txt", tt.data)
			wantText(t, doc, strings.TrimRight(tt.text, "\n"))
			wantWarnings(t, doc)
			if doc.Charset != tt.charset || doc.Format != FormatText {
				t.Errorf("charset %s format %s", doc.Charset, doc.Format)
			}
		})
	}
}

func TestReadTextLines(t *testing.T) {
	doc := mustRead(t, "a.txt", []byte("一\r\n\r\n二\r三\n\n"))
	wantText(t, doc, "一\n\n二\n三")
	if doc := mustRead(t, "a.md", []byte("# 题\n\n文")); doc.Format != FormatMD || doc.Text != "# 题\n\n文" {
		t.Errorf("%+v", doc)
	}
	doc = mustRead(t, "a.csv", []byte("单位,数量\n\"市,局\",\"1\n2\"\n"))
	wantText(t, doc, "单位\t数量\n市,局\t1 2")
	if doc.Tables != 1 {
		t.Errorf("tables %d", doc.Tables)
	}
}

func TestReadHTML(t *testing.T) {
	page := func(meta, body string) string {
		return `<!DOCTYPE html><html><head>` + meta + `<title>页 题</title><script>var x="脚本"</script><style>p{}</style></head><body>` + body + `</body></html>`
	}
	tests := []struct {
		name, body, want string
		warn             []WarningCode
	}{
		{"blocks", `<h1>标题</h1><div>甲<p>乙</p>丙</div>丁<br>戊`, "标题\n甲\n乙\n丙\n丁\n戊", nil},
		{"white space", "<p>一\n  二&nbsp;三 </p><p>　　缩进</p><p>&nbsp;</p>", "一 二\u00a0三\n　　缩进", nil},
		{"entities", `<p>&lt;条&gt; &#12298;法&#x300b; &amp;</p>`, "<条> 《法》 &", nil},
		{"left out", `<p>文</p><script>x</script><select><option>选</option></select><noscript>否</noscript>`, "文", nil},
		{"hidden", `<p>文<span style="display: NONE">藏</span></p><div hidden>藏</div>`, "文", []WarningCode{WarnHiddenText}},
		{"numbered list", `<ol start="3"><li>三</li><li>四</li></ol><ul><li>点</li></ul>`, "3. 三\n4. 四\n点", []WarningCode{WarnAutoNumber}},
		{"layout table", `<table><tr><td><table><tr><td>甲</td><td>乙</td></tr></table></td></tr></table>`, "甲\t乙", nil},
		{"spans", `<table><tr><td rowspan=2>竖</td><td colspan=2>横</td></tr><tr><td>a</td><td>b<br>c</td></tr></table>`, "竖\t横\t\n\ta\tb c", nil},
		{"pre", "<pre>  a\n  b</pre>", "  a\n  b", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := mustRead(t, "a.html", []byte(page(`<meta charset="utf-8">`, tt.body)))
			wantText(t, doc, tt.want)
			wantWarnings(t, doc, tt.warn...)
			if doc.Title != "页 题" || doc.Format != FormatHTML {
				t.Errorf("title %q format %s", doc.Title, doc.Format)
			}
		})
	}
	const body = "<p>现将有关事项通知如下</p>"
	for _, tt := range []struct {
		name, meta, charset string
		enc                 encoding.Encoding
		warn                []WarningCode
	}{
		{"meta gb2312", `<meta http-equiv="Content-Type" content="text/html; charset=gb2312">`, "GB18030", simplifiedchinese.GBK, nil},
		{"meta wrong", `<meta charset="utf-8">`, "GB18030", simplifiedchinese.GBK, []WarningCode{WarnCharsetClash}},
		{"meta gbk but UTF-8", `<meta charset="gbk">`, "UTF-8", encoding.Nop, []WarningCode{WarnCharsetClash}},
		{"no meta", ``, "GB18030", simplifiedchinese.GBK, nil},
		{"UTF-16 with mark", ``, "UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := mustRead(t, "a.html", encode(t, tt.enc, page(tt.meta, body)))
			wantText(t, doc, "现将有关事项通知如下")
			wantWarnings(t, doc, tt.warn...)
			if doc.Charset != tt.charset {
				t.Errorf("charset %s", doc.Charset)
			}
		})
	}
}

func TestReadPDF(t *testing.T) {
	const signs = "清河市人民政府通知各单位：一二三四五六七八九十公开ab "
	at := func(x, y int, text string) string {
		return " BT /F1 16 Tf 1 0 0 1 " + itoa(x) + " " + itoa(y) + " Tm " + codes(signs, text) + " Tj ET"
	}
	t.Run("order, lines and joins", func(t *testing.T) {
		data := pdfOf(t, signs,
			at(100, 700, "一二三四五六七八九十公开")+at(68, 680, "公开")+at(100, 720, "清河市")+at(148, 720, "人民政府"),
			at(68, 700, "各单位：")+at(68, 660, "ab")+at(110, 660, "ab"))
		doc := mustRead(t, "a.pdf", data)
		wantText(t, doc, "清河市人民政府\n一二三四五六七八九十公开公开\n各单位：\nab ab")
		wantWarnings(t, doc)
		if doc.Pages != 2 || doc.Title != "公告" || doc.Meta["author"] != "A" {
			t.Errorf("pages %d title %q meta %v", doc.Pages, doc.Title, doc.Meta)
		}
	})
	t.Run("an indent opens a paragraph", func(t *testing.T) {
		doc := mustRead(t, "a.pdf", pdfOf(t, signs,
			at(100, 700, "一二三四五六七八九十公开")+at(68, 680, "一二三四五六七八九十公开各单")+at(100, 660, "公开")+at(68, 640, "通知")))
		wantText(t, doc, "一二三四五六七八九十公开一二三四五六七八九十公开各单\n公开\n通知")
	})
	t.Run("page numbers stand apart", func(t *testing.T) {
		doc := mustRead(t, "a.pdf", pdfOf(t, signs+"—1", at(68, 700, "公开")+" BT /F1 14 Tf 200 50 Td "+codes(signs+"—1", "—1—")+" Tj ET"))
		wantText(t, doc, "公开")
		if diff := cmp.Diff([]Part{{PartFooter, "—1—"}}, doc.Parts); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("unmapped glyphs", func(t *testing.T) {
		doc := mustRead(t, "a.pdf", pdfOf(t, "公", "BT /F1 16 Tf 0 0 Td <00000007> Tj ET"))
		wantText(t, doc, "公□")
		wantWarnings(t, doc, WarnGlyphs)
		if doc.State != StatePartial {
			t.Errorf("state %s", doc.State)
		}
	})
	t.Run("no text layer", func(t *testing.T) {
		doc := mustRead(t, "a.pdf", pdfOf(t, "公", "0 0 10 10 re f"))
		wantWarnings(t, doc, WarnNoTextLayer)
		if doc.State != StateNone || doc.Text != "" {
			t.Errorf("%s %q", doc.State, doc.Text)
		}
	})
	t.Run("broken table is repaired", func(t *testing.T) {
		data := bytes.Replace(pdfOf(t, signs, at(68, 700, "公开")), []byte("startxref\n"), []byte("startxref\n9"), 1)
		doc := mustRead(t, "a.pdf", data)
		wantText(t, doc, "公开")
		wantWarnings(t, doc, WarnRepaired)
	})
}

func itoa(n int) string { return sprintf("%d", n) }

func TestReadXLSX(t *testing.T) {
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "汇总"))
	must(f.SetSheetRow("汇总", "A1", &[]any{"单位", "", "数量"}))
	must(f.MergeCell("汇总", "A1", "B1"))
	must(f.SetSheetRow("汇总", "A3", &[]any{"市局", "甲", 1.5}))
	must(f.SetCellFormula("汇总", "D3", "C3*2"))
	must(f.SetRowVisible("汇总", 3, false))
	must(f.SetDocProps(&excelize.DocProperties{Creator: "制表人", Title: "表题"}))
	_, err := f.NewSheet("底稿")
	must(err)
	must(f.SetCellValue("底稿", "A1", "密"))
	must(f.SetSheetVisible("底稿", false))
	must(f.AddComment("汇总", excelize.Comment{Cell: "A3", Author: "a", Text: "批注"}))
	var buf bytes.Buffer
	must(f.Write(&buf))
	doc := mustRead(t, "a.xlsx", buf.Bytes())
	wantText(t, doc, "单位\t\t数量\n市局\t甲\t1.5\n密")
	wantWarnings(t, doc, WarnHiddenCells, WarnFormula, WarnHiddenSheet, WarnComments)
	first := doc.Blocks[0].(Table)
	if first.Name != "汇总" || first.Rows[0][0].ColSpan != 2 || !first.Rows[0][1].Merged || !first.Rows[1][0].Hidden || first.Rows[0][0].Hidden {
		t.Errorf("%+v", first)
	}
	if !doc.Blocks[1].(Table).Hidden || doc.Tables != 2 || doc.Meta["author"] != "制表人" {
		t.Errorf("%+v", doc)
	}
}

const odtNS = `xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:style="s" xmlns:draw="d"`

func odtOf(t testing.TB, styles, body string, more ...entry) []byte {
	return zipOf(t, append([]entry{
		{"mimetype", "application/vnd.oasis.opendocument.text"},
		{"content.xml", `<office:document-content ` + odtNS + `><office:automatic-styles>` + styles + `</office:automatic-styles><office:body><office:text>` + body + `</office:text></office:body></office:document-content>`},
	}, more...)...)
}

func TestReadODT(t *testing.T) {
	styles := `<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/></text:list-style>` +
		`<style:style style:name="X"><style:text-properties text:display="none"/></style:style>`
	doc := mustRead(t, "a.odt", odtOf(t, styles,
		`<text:tracked-changes><text:changed-region><text:deletion><text:p>删</text:p></text:deletion></text:changed-region></text:tracked-changes>`+
			`<text:h text:outline-level="2">标题</text:h><text:p>甲<text:s text:c="2"/>乙<text:tab/>丙<text:span text:style-name="X">密</text:span>`+
			`<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>注</text:p></text:note-body></text:note></text:p>`+
			`<text:list text:style-name="L"><text:list-item><text:p>总则</text:p></text:list-item><text:list-item><text:p>附则</text:p></text:list-item></text:list>`+
			`<table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>合</text:p></table:table-cell><table:covered-table-cell/></table:table-row>`+
			`<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>同</text:p></table:table-cell></table:table-row></table:table>`,
		entry{"meta.xml", `<m><n><title>题</title><initial-creator>起草人</initial-creator></n></m>`}, entry{"Basic/a.xml", "<x/>"}))
	wantText(t, doc, "标题\n甲  乙\t丙\n一、总则\n二、附则\n合\t\n同\t同")
	wantWarnings(t, doc, WarnDeletions, WarnHiddenText, WarnAutoNumber, WarnMacros)
	if doc.Blocks[0].(Paragraph).Level != 2 || doc.Title != "题" || doc.Meta["author"] != "起草人" || len(doc.Parts) != 1 {
		t.Errorf("%+v", doc)
	}
}

func ofdOf(t testing.TB, pages ...string) []byte {
	entries := []entry{{"OFD.xml", `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo><ofd:Title>题</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`}}
	list := ""
	for i, p := range pages {
		list += sprintf(`<ofd:Page ID="%d" BaseLoc="Pages/Page_%d/Content.xml"/>`, i+10, i)
		entries = append(entries, entry{sprintf("Doc_0/Pages/Page_%d/Content.xml", i), `<ofd:Page xmlns:ofd="x"><ofd:Template TemplateID="1"/><ofd:Content><ofd:Layer>` + p + `</ofd:Layer></ofd:Content></ofd:Page>`})
	}
	entries = append(entries,
		entry{"Doc_0/Document.xml", `<ofd:Document xmlns:ofd="x"><ofd:CommonData><ofd:TemplatePage ID="1" BaseLoc="/Doc_0/Tpls/T.xml"/></ofd:CommonData><ofd:Pages>` + list + `</ofd:Pages></ofd:Document>`},
		entry{"Doc_0/Tpls/T.xml", `<ofd:Page xmlns:ofd="x"><ofd:Content><ofd:Layer>` + ofdText(20, 5, "页眉", "") + `</ofd:Layer></ofd:Content></ofd:Page>`})
	return zipOf(t, entries...)
}

func ofdText(x, y int, text, delta string) string {
	return sprintf(`<ofd:TextObject Boundary="%d %d 200 10" Size="5"><ofd:TextCode X="0" Y="5" %s>%s</ofd:TextCode></ofd:TextObject>`, x, y, delta, text)
}

func TestReadOFD(t *testing.T) {
	doc := mustRead(t, "a.ofd", ofdOf(t,
		ofdText(30, 60, "第二行", "")+ofdText(60, 40, "政府", `DeltaX="5"`)+ofdText(30, 40, "清河市人民", `DeltaX="g 4 6"`)+`<ofd:ImageObject/>`,
		ofdText(30, 40, "次页", "")))
	wantText(t, doc, "清河市人民政府\n第二行\n次页")
	wantWarnings(t, doc)
	if doc.Pages != 2 || doc.Title != "题" || doc.Pictures != 1 {
		t.Errorf("%+v", doc)
	}
	if diff := cmp.Diff([]Part{{PartHeader, "页眉"}}, doc.Parts); diff != "" {
		t.Error(diff)
	}
	if doc := mustRead(t, "a.ofd", ofdOf(t, "<ofd:ImageObject/>")); doc.State != StateNone || !doc.HasWarning(WarnNoTextLayer) {
		t.Errorf("%+v", doc)
	}
}

func TestReadRTF(t *testing.T) {
	doc := mustRead(t, "a.rtf", []byte(`{\rtf1\ansi\ansicpg936\uc1{\fonttbl{\f0 Song;}}{\*\x y}\pard \'cd\'a8\'d6\'aa\par \u20013?\u25991?\line{\v \'c3\'dc}a\par}`))
	wantText(t, doc, "通知\n中文\na")
	wantWarnings(t, doc, WarnHiddenText)
}
