package docfile

import (
	"fmt"
	"strings"
)

// The fixed parts of a written docx. Lengths are twips (1/20 pt, 1 mm = 56.69)
// and half points: 2号 = 22 pt, 3号 = 16 pt, 4号 = 14 pt, 小4号 = 12 pt.
const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	nsW     = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	nsR     = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relBase = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`

	docxTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
		`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

	docxRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relBase + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
		`<Relationship Id="rId3" Type="` + relBase + `extended-properties" Target="docProps/app.xml"/></Relationships>`

	docxDocumentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relBase + `styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="` + relBase + `settings" Target="settings.xml"/>` +
		`<Relationship Id="rId3" Type="` + relBase + `footer" Target="footer1.xml"/></Relationships>`

	docxCore = xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title><dc:language>zh-CN</dc:language></cp:coreProperties>`

	docxApp = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Gongkai</Application></Properties>`

	docxSettings = xmlHead + `<w:settings ` + nsW + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="640"/>` +
		`<w:characterSpacingControl w:val="compressPunctuation"/></w:settings>`

	docxDocumentHead = xmlHead + `<w:document ` + nsW + ` ` + nsR + `><w:body>`

	// A4 with margins of 37, 26, 35 and 28 mm; the page number stands 7 mm
	// below the type area, that is 28 mm above the paper's edge.
	docxDocumentTail = `<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="851" w:footer="1400" w:gutter="0"/>` +
		`</w:sectPr></w:body></w:document>`

	docxFooter = xmlHead + `<w:ftr ` + nsW + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` +
		`<w:r><w:t xml:space="preserve">— </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>` +
		`<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
		`<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
)

// docxStyles writes the styles after GB/T 9704-2012, 5.2 and 7.
func docxStyles() string {
	var out strings.Builder
	out.WriteString(xmlHead + `<w:styles ` + nsW + `><w:docDefaults><w:rPrDefault><w:rPr>` + docxFonts("仿宋_GB2312") +
		`<w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>`)
	body := `<w:spacing w:before="0" w:after="0" w:line="560" w:lineRule="exact"/>`
	indent := `<w:ind w:firstLine="640" w:firstLineChars="200"/><w:jc w:val="both"/>`
	style := func(id, name, kind, ppr, rpr string) {
		based := `<w:basedOn w:val="Normal"/>`
		if kind != "" {
			based = ""
		}
		fmt.Fprintf(&out, `<w:style w:type="paragraph"%s w:styleId="%s"><w:name w:val="%s"/>%s<w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, kind, id, name, based, ppr, rpr)
	}
	style("Normal", "Normal", ` w:default="1"`, `<w:widowControl w:val="0"/>`+body+indent, "")
	style("Title", "Title", "", `<w:spacing w:before="0" w:after="560" w:line="640" w:lineRule="exact"/><w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="center"/>`,
		docxFonts("方正小标宋简体")+`<w:sz w:val="44"/><w:szCs w:val="44"/>`)
	for i, font := range []string{"黑体", "楷体_GB2312", "仿宋_GB2312", "仿宋_GB2312"} {
		bold := ""
		if i == 2 {
			bold = `<w:b/>`
		}
		style(fmt.Sprintf("Heading%d", i+1), fmt.Sprintf("heading %d", i+1), "", fmt.Sprintf(`<w:keepNext/>%s<w:outlineLvl w:val="%d"/>`, body+indent, i), docxFonts(font)+bold)
	}
	style("Addressee", "Addressee", "", body+`<w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="both"/>`, "")
	style("TableText", "Table Text", "", `<w:spacing w:before="0" w:after="0" w:line="360" w:lineRule="atLeast"/><w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="left"/>`,
		`<w:sz w:val="24"/><w:szCs w:val="24"/>`)
	style("Footer", "footer", "", `<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="center"/>`,
		docxFonts("宋体")+`<w:sz w:val="28"/><w:szCs w:val="28"/>`)
	out.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&out, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="auto"/>`, side)
	}
	out.WriteString(`</w:tblBorders><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`)
	return out.String()
}

// docxFonts names the Chinese font and the Latin one that goes with it.
func docxFonts(name string) string {
	return fmt.Sprintf(`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="%s"/>`, name)
}
