package docfile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// builder collects the body, the parts and the warnings of one file. Readers
// feed it; it cleans every text and keeps the limits.
type builder struct {
	*budget
	doc      *Document
	counts   map[WarningCode]int
	seen     map[Warning]bool
	replaced int
}

func newBuilder(b *budget, doc *Document) *builder {
	return &builder{budget: b, doc: doc, counts: map[WarningCode]int{}, seen: map[Warning]bool{}}
}

// warn adds a warning once.
func (b *builder) warn(code WarningCode, format string, args ...any) {
	w := Warning{Code: code, Text: fmt.Sprintf(format, args...)}
	if !b.seen[w] && len(b.seen) < 200 {
		b.seen[w] = true
		b.doc.Warnings = append(b.doc.Warnings, w)
	}
}

// clean takes out what no text may hold: NUL, other control characters,
// noncharacters and invalid UTF-8. It counts what it changed.
func (b *builder) clean(s string) string {
	s, n := cleanText(s)
	b.replaced += n
	return s
}

// cleanText is clean without a builder: the text and the number of characters
// removed or replaced. CRLF and CR become LF.
func cleanText(s string) (string, int) {
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	bad := func(r rune) bool {
		return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfeff || r&0xfffe == 0xfffe
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s, 0
	}
	var out strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			n++
			out.WriteRune(utf8.RuneError)
		case r == 0xfeff, r == 0x0b, r == 0x0c:
			// A stray byte order mark or form feed has no meaning in the text.
		case bad(r):
			n++
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), n
}

// blank tells whether a text shows nothing.
func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && r != 0x200b }) < 0
}

// paragraph adds a paragraph to the body; a blank one is layout and is left out.
func (b *builder) paragraph(p Paragraph) error {
	p.Text = b.clean(p.Text)
	if blank(p.Text) {
		return nil
	}
	p.Text = strings.Trim(p.Text, "\n")
	if err := b.text(utf8.RuneCountInString(p.Text) + 1); err != nil {
		return err
	}
	b.doc.Blocks = append(b.doc.Blocks, p)
	return nil
}

func (b *builder) pageBreak() {
	if n := len(b.doc.Blocks); n > 0 {
		if _, ok := b.doc.Blocks[n-1].(PageBreak); ok {
			return
		}
		b.doc.Blocks = append(b.doc.Blocks, PageBreak{})
	}
}

// table adds a table to the body. Rows are padded to one width.
func (b *builder) table(t Table) error {
	width, used := 0, false
	for _, row := range t.Rows {
		width = max(width, len(row))
	}
	if err := b.cell(width * len(t.Rows)); err != nil {
		return err
	}
	for i, row := range t.Rows {
		for j := range row {
			row[j].Text = strings.Trim(b.clean(row[j].Text), "\n")
			if err := b.text(utf8.RuneCountInString(row[j].Text) + 1); err != nil {
				return err
			}
			used = used || !blank(row[j].Text)
			row[j].ColSpan, row[j].RowSpan = max(row[j].ColSpan, 1), max(row[j].RowSpan, 1)
		}
		for len(row) < width {
			row = append(row, Cell{ColSpan: 1, RowSpan: 1})
		}
		t.Rows[i] = row
	}
	if !used {
		return nil
	}
	b.doc.Tables++
	b.doc.Blocks = append(b.doc.Blocks, t)
	return nil
}

// part adds a text outside the body.
func (b *builder) part(kind PartKind, text string) error {
	text = strings.Trim(b.clean(text), "\n")
	if blank(text) {
		return nil
	}
	for _, p := range b.doc.Parts {
		// The same header stands in the file once for each section and page kind.
		if p.Kind == kind && p.Text == text && (kind == PartHeader || kind == PartFooter) {
			return nil
		}
	}
	if err := b.text(utf8.RuneCountInString(text) + 1); err != nil {
		return err
	}
	b.doc.Parts = append(b.doc.Parts, Part{Kind: kind, Text: text})
	return nil
}

// meta keeps a piece of metadata that is not blank.
func (b *builder) meta(key, value string) {
	value, _ = cleanText(strings.TrimSpace(value))
	if value == "" || utf8.RuneCountInString(value) > 1000 {
		return
	}
	if key == "title" {
		b.doc.Title = value
		return
	}
	if b.doc.Meta == nil {
		b.doc.Meta = map[string]string{}
	}
	b.doc.Meta[key] = value
}

// finish builds Text from the blocks and the counted warnings.
func (b *builder) finish() {
	d := b.doc
	if d.Blocks != nil {
		d.Text = blocksText(d.Blocks, nil)
	}
	for _, c := range []struct {
		code   WarningCode
		format string
	}{
		{WarnInsertions, warnInsertions}, {WarnDeletions, warnDeletions}, {WarnHiddenText, warnHiddenText},
		{WarnAutoNumber, warnAutoNumber}, {WarnNumberLost, warnNumberLost}, {WarnComments, warnComments},
		{WarnSymbols, warnSymbols}, {WarnGlyphs, warnGlyphs},
	} {
		if n := b.counts[c.code]; n > 0 {
			b.warn(c.code, c.format, n)
		}
	}
	if b.counts[WarnGlyphs] > 0 && d.State == StateExtracted {
		d.State = StatePartial
	}
	if len(d.Embedded) > 0 {
		b.warn(WarnEmbedded, warnEmbedded, len(d.Embedded))
	}
	if d.Macros {
		b.warn(WarnMacros, warnMacros)
	}
	if b.replaced > 0 {
		b.warn(WarnReplaced, warnReplaced, b.replaced)
		if d.State == StateExtracted {
			d.State = StatePartial
		}
	}
	if d.State == StateExtracted && blank(d.Text) {
		b.warn(WarnEmpty, warnEmpty)
	}
}

// TextWith is Text with a line for each picture of the body, in its place; a
// picture whose line is "" gets none.
func (d *Document) TextWith(mark func(Picture) string) string { return blocksText(d.Blocks, mark) }

// blocksText renders blocks as lines.
func blocksText(blocks []Block, mark func(Picture) string) string {
	var out strings.Builder
	line := func(s string) {
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(s)
	}
	for _, blk := range blocks {
		switch blk := blk.(type) {
		case Paragraph:
			line(blk.Text)
		case Picture:
			if mark == nil {
				continue
			}
			if s := mark(blk); s != "" {
				line(s)
			}
		case Table:
			for _, row := range blk.Rows {
				if s := rowText(row); !blank(s) {
					line(s)
				}
			}
		}
	}
	return out.String()
}

var cellSpace = strings.NewReplacer("\n", " ", "\t", " ")

func rowText(row []Cell) string {
	cells := make([]string, len(row))
	for i, c := range row {
		cells[i] = cellSpace.Replace(c.Text)
	}
	return strings.Join(cells, "\t")
}
