package docfile

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestReadDOCXBody(t *testing.T) {
	numbering := entry{"word/numbering.xml", `<w:numbering ` + wNS + `><w:abstractNum w:abstractNumId="7">
		<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
		<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
		<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
		<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="*"/></w:lvl></w:abstractNum>
		<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
		<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>`}
	styles := entry{"word/styles.xml", `<w:styles ` + wNS + `><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
		<w:style w:styleId="2"><w:name w:val="mine"/><w:basedOn w:val="1"/></w:style>
		<w:style w:styleId="T"><w:name w:val="Title"/></w:style><w:style w:styleId="H"><w:name w:val="x"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>`}
	li := func(num, lvl, text string) string {
		return `<w:p><w:pPr><w:numPr><w:ilvl w:val="` + lvl + `"/><w:numId w:val="` + num + `"/></w:numPr></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
	}
	tests := []struct {
		name, body, want string
		warn             []WarningCode
	}{
		{"paragraphs and indents", wp("　　各县人民政府：") + `<w:p/>` + wp("通知如下"), "　　各县人民政府：\n通知如下", nil},
		{"runs, tab and break", `<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:tab/><w:t xml:space="preserve"> 乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>`, "甲\t 乙\n丙", nil},
		{"automatic numbers", li("1", "0", "总则") + li("1", "1", "目的") + li("1", "1", "依据") + li("1", "2", "法律") + li("1", "0", "附则") + li("1", "1", "施行"),
			"一、总则\n（一）目的\n（二）依据\n1. 法律\n二、附则\n（一）施行", []WarningCode{WarnAutoNumber}},
		{"restarted list", li("1", "0", "甲") + li("2", "0", "乙"), "一、甲\n五、乙", []WarningCode{WarnAutoNumber}},
		{"bullets say nothing", li("1", "3", "点"), "点", nil},
		{"unknown list", li("9", "0", "丢"), "丢", []WarningCode{WarnNumberLost}},
		{"tracked changes", `<w:p><w:r><w:t>原</w:t></w:r><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>`,
			"原增", []WarningCode{WarnInsertions, WarnDeletions}},
		{"deleted paragraph mark", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>` + wp("后"), "前后", []WarningCode{WarnDeletions}},
		{"hidden text", `<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>明</w:t></w:r><w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>密</w:t></w:r></w:p>`,
			"明", []WarningCode{WarnHiddenText}},
		{"field code stays out", `<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple><w:r><w:t>3</w:t></w:r></w:fldSimple></w:p>`, "3", nil},
		{"choice and fallback", `<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>新</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>旧</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>`, "新", nil},
		{"content control", `<w:sdt><w:sdtContent>` + wp("控件") + `</w:sdtContent></w:sdt>`, "控件", nil},
		{"hyperlink", `<w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink></w:p>`, "链接", nil},
		{"symbol font", `<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>同意</w:t></w:r></w:p>`, "□同意", []WarningCode{WarnSymbols}},
		{"control characters", `<w:p><w:r><w:t>a&#xFFFE;b</w:t></w:r></w:p>`, "ab", []WarningCode{WarnReplaced}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Contains(tt.body, "FFFE") {
				tt.body = strings.Replace(tt.body, "&#xFFFE;", "\ufffd", 1)
				tt.want = "a\ufffdb"
			}
			doc := mustRead(t, "a.docx", docxOf(t, tt.body, numbering, styles))
			wantText(t, doc, tt.want)
			wantWarnings(t, doc, tt.warn...)
			if doc.Format != FormatDOCX {
				t.Errorf("format %s", doc.Format)
			}
		})
	}
	t.Run("heading levels", func(t *testing.T) {
		styled := func(id, text string) string {
			return `<w:p><w:pPr><w:pStyle w:val="` + id + `"/></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
		}
		doc := mustRead(t, "a.docx", docxOf(t, styled("T", "题")+styled("1", "章")+styled("2", "节")+`<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>纲</w:t></w:r></w:p><w:p><w:r><w:br w:type="page"/></w:r></w:p>`+wp("文"), styles))
		want := []Block{Paragraph{Text: "题", Title: true}, Paragraph{Text: "章", Level: 1}, Paragraph{Text: "节", Level: 1}, Paragraph{Text: "纲", Level: 3}, PageBreak{}, Paragraph{Text: "文"}}
		if diff := cmp.Diff(want, doc.Blocks); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReadDOCXTable(t *testing.T) {
	tc := func(props, text string) string { return `<w:tc><w:tcPr>` + props + `</w:tcPr>` + text + `</w:tc>` }
	doc := mustRead(t, "a.docx", docxOf(t, wp("表前")+`<w:tbl>`+
		`<w:tr>`+tc(`<w:gridSpan w:val="2"/>`, wp("合"))+tc(`<w:vMerge w:val="restart"/>`, wp("竖"))+`</w:tr>`+
		`<w:tr>`+tc("", wp("一")+wp("二"))+tc("", wp("三"))+tc(`<w:vMerge/>`, `<w:p/>`)+`</w:tr>`+
		`<w:tr><w:trPr><w:del/></w:trPr>`+tc("", wp("删"))+`</w:tr></w:tbl>`))
	wantText(t, doc, "表前\n合\t\t竖\n一 二\t三\t")
	want := [][]Cell{
		{{Text: "合", ColSpan: 2, RowSpan: 1}, {ColSpan: 1, RowSpan: 1, Merged: true}, {Text: "竖", ColSpan: 1, RowSpan: 2}},
		{{Text: "一\n二", ColSpan: 1, RowSpan: 1}, {Text: "三", ColSpan: 1, RowSpan: 1}, {ColSpan: 1, RowSpan: 1, Merged: true}},
	}
	if diff := cmp.Diff(want, doc.Blocks[1].(Table).Rows); diff != "" {
		t.Error(diff)
	}
	if doc.Tables != 1 {
		t.Errorf("tables %d", doc.Tables)
	}
}

func TestReadDOCXAsides(t *testing.T) {
	doc := mustRead(t, "a.docx", docxOf(t,
		`<w:p><w:r><w:drawing><wps:txbx><w:txbxContent>`+wp("框中")+`</w:txbxContent></wps:txbx><blip/></w:drawing></w:r><w:r><w:t>正文</w:t></w:r></w:p>`,
		entry{"word/header1.xml", `<w:hdr ` + wNS + `>` + wp("页眉") + `</w:hdr>`},
		entry{"word/header2.xml", `<w:hdr ` + wNS + `>` + wp("页眉") + `</w:hdr>`},
		entry{"word/footer1.xml", `<w:ftr ` + wNS + `>` + wp("页脚") + `</w:ftr>`},
		entry{"word/footnotes.xml", `<w:footnotes ` + wNS + `><w:footnote w:type="separator">` + wp("x") + `</w:footnote><w:footnote>` + wp("脚注") + `</w:footnote></w:footnotes>`},
		entry{"word/comments.xml", `<w:comments ` + wNS + `><w:comment>` + wp("批注") + `</w:comment></w:comments>`},
		entry{"docProps/core.xml", `<c xmlns:dc="d"><dc:title>题名</dc:title><dc:creator>起草人</dc:creator><lastModifiedBy>改稿人</lastModifiedBy></c>`},
		entry{"docProps/app.xml", `<c><Company>某单位</Company></c>`},
		entry{"word/embeddings/a.xlsx", "x"},
		entry{"word/vbaProject.bin", "x"},
	))
	wantText(t, doc, "正文")
	wantWarnings(t, doc, WarnComments, WarnEmbedded, WarnMacros)
	want := []Part{{PartTextBox, "框中"}, {PartHeader, "页眉"}, {PartFooter, "页脚"}, {PartFootnote, "脚注"}, {PartComment, "批注"}}
	if diff := cmp.Diff(want, doc.Parts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"author": "起草人", "last_modified_by": "改稿人", "company": "某单位"}, doc.Meta); diff != "" {
		t.Error(diff)
	}
	if doc.Title != "题名" || !doc.Macros || doc.Pictures != 1 || len(doc.Embedded) != 1 || doc.Embedded[0].Size != 1 {
		t.Errorf("%+v", doc)
	}
}

func TestFormatNumber(t *testing.T) {
	for _, tt := range []struct {
		format string
		n      int
		want   string
	}{
		{"chineseCounting", 1, "一"}, {"chineseCounting", 10, "十"}, {"chineseCounting", 11, "十一"}, {"chineseCountingThousand", 20, "二十"},
		{"chineseCountingThousand", 101, "一百零一"}, {"chineseCountingThousand", 110, "一百一十"}, {"chineseCountingThousand", 1005, "一千零五"},
		{"chineseCountingThousand", 10010, "一万零一十"}, {"chineseLegalSimplified", 12, "壹拾贰"}, {"ideographDigital", 20, "二〇"},
		{"decimalEnclosedCircle", 3, "③"}, {"ideographTraditional", 2, "乙"}, {"upperRoman", 9, "IX"}, {"lowerLetter", 28, "bb"},
		{"decimalZero", 7, "07"}, {"decimalFullWidth", 12, "１２"}, {"decimal", 5, "5"},
	} {
		if got, known := formatNumber(tt.format, tt.n); got != tt.want || !known {
			t.Errorf("%s %d = %q %v, want %q", tt.format, tt.n, got, known, tt.want)
		}
	}
	if _, known := formatNumber("hebrew1", 1); known {
		t.Error("an unknown style was printed")
	}
}

func TestWriteDOCX(t *testing.T) {
	content := DocxContent{Title: "关于做好政务公开工作的通知", Blocks: []Block{
		Paragraph{Text: "各区县人民政府："},
		Paragraph{Text: "一、总体要求", Level: 1},
		Paragraph{Text: "（一）主要目标 <&> \"引号\"", Level: 2},
		Paragraph{Text: "第一行\n第二行\t制表"},
		Table{Rows: [][]Cell{
			{{Text: "序号", RowSpan: 2}, {Text: "事项", ColSpan: 2}, {Merged: true}},
			{{Merged: true}, {Text: "甲\n乙"}, {Text: "丙"}},
		}},
		PageBreak{},
		Paragraph{Text: "附件𠮷"},
	}}
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := WriteDOCX(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same content gave other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(a.Bytes()), int64(a.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !f.Modified.Equal(docxTime) {
			t.Errorf("%s bears the time %v", f.Name, f.Modified)
		}
	}
	doc := mustRead(t, "a.docx", a.Bytes())
	wantText(t, doc, "关于做好政务公开工作的通知\n各区县人民政府：\n一、总体要求\n（一）主要目标 <&> \"引号\"\n第一行\n第二行\t制表\n序号\t事项\t\n\t甲 乙\t丙\n附件𠮷")
	wantWarnings(t, doc)
	if doc.Title != content.Title || len(doc.Meta) != 1 || doc.Meta["application"] != "Gongkai" {
		t.Errorf("title %q meta %v", doc.Title, doc.Meta)
	}
	if got := doc.Blocks[2].(Paragraph).Level; got != 1 {
		t.Errorf("level %d", got)
	}
	table := doc.Blocks[5].(Table)
	if table.Rows[0][0].RowSpan != 2 || table.Rows[0][1].ColSpan != 2 || !table.Rows[1][0].Merged {
		t.Errorf("spans lost: %+v", table.Rows)
	}
	if err := WriteDOCX(&a, DocxContent{Title: "a\x00b"}); err == nil {
		t.Error("NUL was written")
	}
}

func TestWriteDOCXRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		line := rapid.StringOf(rapid.SampledFrom([]rune("一二三 　、。（）〔〕2026abc<>&\"'𠮷\u00a0“”")))
		texts := rapid.SliceOf(line).Draw(rt, "texts")
		content := DocxContent{}
		var want []string
		for _, s := range texts {
			content.Blocks = append(content.Blocks, Paragraph{Text: s})
			if !blank(s) {
				want = append(want, s)
			}
		}
		var buf bytes.Buffer
		if err := WriteDOCX(&buf, content); err != nil {
			rt.Fatal(err)
		}
		if got := mustRead(t, "a.docx", buf.Bytes()).Text; got != strings.Join(want, "\n") {
			rt.Fatalf("got %q want %q", got, want)
		}
	})
}
