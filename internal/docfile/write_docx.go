package docfile

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// DocxContent is what WriteDOCX lays out. Text that stands in several lines is
// written with line breaks.
type DocxContent struct {
	Title string // centred over the body and kept as metadata; may be ""
	// Blocks are written in order. A Paragraph's Level 1–4 chooses the fonts of
	// 一、（一）1.（1）; its Number is ignored, because Text holds it.
	Blocks []Block
}

// docxTime is the time of every entry, so that the same content gives the same bytes.
var docxTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// WriteDOCX writes a docx after GB/T 9704-2012: A4, margins 37 mm above, 35 mm
// below, 28 mm left and 26 mm right, title 2号 小标宋 centred, body 3号 仿宋 with
// an indent of two characters and lines of 28 pt, page number in the footer.
// The bytes depend on the content only and name no person.
// A text that a docx cannot hold (NUL, invalid UTF-8) is refused as Invalid.
func WriteDOCX(w io.Writer, doc DocxContent) error {
	body, pictures, err := docxBody(doc)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, part := range append([]docxPart{
		{"[Content_Types].xml", pictureTypes(docxTypes, pictures)},
		{"_rels/.rels", docxRels},
		{"docProps/core.xml", fmt.Sprintf(docxCore, escape(doc.Title))},
		{"docProps/app.xml", docxApp},
		{"word/_rels/document.xml.rels", pictureRels(docxDocumentRels, pictures)},
		{"word/document.xml", body},
		{"word/styles.xml", docxStyles()},
		{"word/settings.xml", docxSettings},
		{"word/footer1.xml", docxFooter},
	}, pictureParts(pictures)...) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: docxTime})
		if err == nil {
			_, err = io.WriteString(f, part.data)
		}
		if err != nil {
			return &fault.Error{Kind: fault.Unavailable, Op: "docfile.WriteDOCX", Text: msgWriteFailed, Err: err}
		}
	}
	if err := z.Close(); err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "docfile.WriteDOCX", Text: msgWriteFailed, Err: err}
	}
	return nil
}

func docxBody(doc DocxContent) (string, []Picture, error) {
	var out strings.Builder
	var pictures []Picture
	out.WriteString(docxDocumentHead)
	texts := []string{doc.Title}
	if doc.Title != "" {
		writePara(&out, "Title", doc.Title)
	}
	for i, b := range doc.Blocks {
		switch b := b.(type) {
		case Paragraph:
			texts = append(texts, b.Text)
			style := "Normal"
			switch {
			case i == 0 && b.Level == 0 && !b.Title && strings.HasSuffix(b.Text, "："):
				style = "Addressee" // GB/T 9704-2012, 7.3.2: 主送机关 stands flush left
			case b.Title:
				style = "Title"
			case b.Level > 0:
				style = fmt.Sprintf("Heading%d", min(b.Level, 4))
			}
			writePlaced(&out, style, b, signsAt(doc.Blocks, i-1), signsAt(doc.Blocks, i+1))
		case Table:
			for _, row := range b.Rows {
				for _, c := range row {
					texts = append(texts, c.Text)
				}
			}
			writeTable(&out, b)
		case Picture:
			texts = append(texts, b.Alt)
			if !writePicture(&out, b, len(pictures)+1) {
				return "", nil, fault.New(fault.Invalid, "docfile.WriteDOCX", msgUnwritable)
			}
			pictures = append(pictures, b)
		case PageBreak:
			out.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
		}
	}
	for _, t := range texts {
		if clean, _ := cleanText(t); clean != t {
			return "", nil, fault.New(fault.Invalid, "docfile.WriteDOCX", msgUnwritable)
		}
	}
	out.WriteString(docxDocumentTail)
	return out.String(), pictures, nil
}

func escape(s string) string {
	var out strings.Builder
	// A strings.Builder never fails.
	_ = xml.EscapeText(&out, []byte(s))
	return out.String()
}

func writePara(out *strings.Builder, style, text string) {
	writePlaced(out, style, Paragraph{Text: text}, false, false)
}

// charTwips is the width of a character of the body, 16 pt.
const charTwips = 320

// SealLines are the lines left empty above 署名, so that the seal, which stands
// over 署名 and 成文日期, does not reach more than a line into the text (GB/T
// 9704-2012, 7.3.5.1).
const SealLines = 2

// signsAt reports that a block is a line of 署名 and 成文日期.
func signsAt(blocks []Block, i int) bool {
	if i < 0 || i >= len(blocks) {
		return false
	}
	p, ok := blocks[i].(Paragraph)
	return ok && p.Align == AlignRight
}

// writePlaced writes a paragraph. signed and signs say that the one before or
// after it is a line of 署名 and 成文日期, which stay on one page with the end of
// the text (GB/T 9704-2012, 7.3.5.4).
func writePlaced(out *strings.Builder, style string, p Paragraph, signed, signs bool) {
	place := ""
	switch p.Align {
	case AlignLeft:
		style = "Addressee"
	case AlignCentre:
		place = `<w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="center"/>`
	case AlignRight:
		if !signed {
			place = fmt.Sprintf(`<w:spacing w:before="%d" w:after="0" w:line="560" w:lineRule="exact"/>`, SealLines*560)
		}
		place += fmt.Sprintf(`<w:ind w:right="%d" w:rightChars="%d" w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="right"/>`, int(p.Right*charTwips), int(p.Right*100))
	}
	if signs {
		place = `<w:keepNext/>` + place
	}
	out.WriteString(`<w:p>`)
	named := ""
	if style != "Normal" {
		named = fmt.Sprintf(`<w:pStyle w:val="%s"/>`, style)
	}
	if named+place != "" {
		out.WriteString(`<w:pPr>` + named + place + `</w:pPr>`)
	}
	writeRun(out, p.Text)
	out.WriteString(`</w:p>`)
}

// writeRun writes line breaks and tabs as elements, the rest as text.
func writeRun(out *strings.Builder, text string) {
	if text == "" {
		return
	}
	out.WriteString(`<w:r>`)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out.WriteString(`<w:br/>`)
		}
		for j, piece := range strings.Split(line, "\t") {
			if j > 0 {
				out.WriteString(`<w:tab/>`)
			}
			if piece != "" {
				out.WriteString(`<w:t xml:space="preserve">` + escape(piece) + `</w:t>`)
			}
		}
	}
	out.WriteString(`</w:r>`)
}

// textWidthTwips is the type area of the page: 210 − 28 − 26 mm.
const textWidthTwips = 8845

func writeTable(out *strings.Builder, t Table) {
	cols := 0
	for _, row := range t.Rows {
		cols = max(cols, len(row))
	}
	if cols == 0 {
		return
	}
	width := textWidthTwips / cols
	out.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLook w:val="04A0"/></w:tblPr><w:tblGrid>`)
	for range cols {
		fmt.Fprintf(out, `<w:gridCol w:w="%d"/>`, width)
	}
	out.WriteString(`</w:tblGrid>`)
	below := make([]int, cols) // rows that a cell above still covers
	reach := make([]int, cols) // its columns
	for i, row := range t.Rows {
		out.WriteString(`<w:tr>`)
		if i == 0 && len(t.Rows) > 1 {
			out.WriteString(`<w:trPr><w:tblHeader/></w:trPr>`)
		}
		for c := 0; c < cols; {
			cell := Cell{}
			if c < len(row) {
				cell = row[c]
			}
			span, merge := min(max(cell.ColSpan, 1), cols-c), ""
			switch {
			case below[c] > 0:
				below[c]--
				span, merge, cell.Text = reach[c], `<w:vMerge/>`, ""
			case cell.RowSpan > 1:
				merge = `<w:vMerge w:val="restart"/>`
				below[c], reach[c] = cell.RowSpan-1, span
			}
			fmt.Fprintf(out, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, width*span)
			if span > 1 {
				fmt.Fprintf(out, `<w:gridSpan w:val="%d"/>`, span)
			}
			out.WriteString(merge + `<w:vAlign w:val="center"/></w:tcPr>`)
			for _, line := range strings.Split(cell.Text, "\n") {
				writePara(out, "TableText", line)
			}
			out.WriteString(`</w:tc>`)
			c += span
		}
		out.WriteString(`</w:tr>`)
	}
	out.WriteString(`</w:tbl>`)
}
