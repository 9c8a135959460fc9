package docfile

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// sink takes paragraphs and tables: the body, a cell or a part.
type sink interface {
	addParagraph(p Paragraph) error
	addTable(t Table) error
	addBreak()
}

// bodySink puts them into the document's body.
type bodySink struct{ d *docxReader }

func (s *bodySink) addParagraph(p Paragraph) error { return s.d.shown(s.d.paragraph(p)) }
func (s *bodySink) addTable(t Table) error         { return s.d.shown(s.d.table(t)) }
func (s *bodySink) addBreak()                      { s.d.pageBreak() }

// partSink joins them as lines; a table inside a cell or note becomes lines.
type partSink struct{ lines []string }

func (s *partSink) addParagraph(p Paragraph) error {
	if !blank(p.Text) {
		s.lines = append(s.lines, p.Text)
	}
	return nil
}

func (s *partSink) addTable(t Table) error {
	for _, row := range t.Rows {
		if line := rowText(row); !blank(line) {
			s.lines = append(s.lines, line)
		}
	}
	return nil
}

func (s *partSink) addBreak() {}

func (s *partSink) text() string { return strings.Join(s.lines, "\n") }

// docxPara is a paragraph being read. A paragraph whose mark was deleted by a
// tracked change runs on into the next, so the value outlives one w:p.
type docxPara struct {
	text   strings.Builder
	level  int
	title  bool
	num    string
	ilvl   int
	noNum  bool
	joined bool
	breaks bool
}

// body reads block elements until the end of the container element.
func (d *docxReader) body(x *xmlReader, to sink) error {
	var run *docxPara
	var block func(e xml.StartElement) error
	block = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "p":
			var err error
			run, err = d.paragraphElement(x, to, run)
			return err
		case "tbl":
			t, err := d.tableElement(x)
			if err != nil {
				return err
			}
			return to.addTable(t)
		case "sdt", "sdtContent", "customXml", "smartTag", "AlternateContent", "Choice":
			return x.each(block)
		case "ins", "moveTo":
			d.counts[WarnInsertions]++
			return x.each(block)
		case "del", "moveFrom":
			d.counts[WarnDeletions]++
			return x.skip()
		case "altChunk":
			d.warn(WarnExternal, warnExternal)
		}
		return x.skip()
	}
	if err := x.each(block); err != nil {
		return err
	}
	if run != nil {
		return d.flushPara(to, run)
	}
	return nil
}

// paragraphElement reads one w:p. It answers the paragraph when it runs on.
func (d *docxReader) paragraphElement(x *xmlReader, to sink, p *docxPara) (*docxPara, error) {
	if p == nil {
		p = &docxPara{}
	}
	p.joined = false
	if err := x.each(func(e xml.StartElement) error { return d.inline(x, to, p, e) }); err != nil {
		return nil, err
	}
	if p.joined {
		return p, nil
	}
	return nil, d.flushPara(to, p)
}

func (d *docxReader) flushPara(to sink, p *docxPara) error {
	if p.breaks && blank(p.text.String()) {
		to.addBreak()
		return nil
	}
	out := Paragraph{Text: strings.Trim(p.text.String(), "\n"), Level: p.level, Title: p.title}
	// An empty numbered paragraph shows its number, but says nothing: Word
	// counts it all the same.
	if p.num != "" && p.num != "0" {
		number, known := d.lists.next(p.num, p.ilvl)
		switch {
		case blank(out.Text):
		case number != "":
			out.Number, out.Text = number, joinNumber(number, out.Text)
			d.counts[WarnAutoNumber]++
		case !known:
			d.counts[WarnNumberLost]++
		}
	}
	if err := to.addParagraph(out); err != nil {
		return err
	}
	if p.breaks {
		to.addBreak()
	}
	return nil
}

// joinNumber puts a number before its text: close after Chinese punctuation,
// else with a space for the tab or space that the list draws.
func joinNumber(number, text string) string {
	for _, end := range []string{"、", "）", "．", "。", "，", "：", "〕", "】"} {
		if strings.HasSuffix(number, end) {
			return number + text
		}
	}
	return number + " " + text
}

// inline reads a child of w:p.
func (d *docxReader) inline(x *xmlReader, to sink, p *docxPara, e xml.StartElement) error {
	descend := func() error {
		return x.each(func(e xml.StartElement) error { return d.inline(x, to, p, e) })
	}
	switch e.Name.Local {
	case "pPr":
		return d.paraProps(x, p)
	case "r":
		if strings.Contains(e.Name.Space, "math") {
			text, err := x.text()
			p.text.WriteString(text)
			return err
		}
		return d.run(x, to, p)
	case "ins", "moveTo":
		d.counts[WarnInsertions]++
		return descend()
	case "del", "moveFrom":
		d.counts[WarnDeletions]++
		return x.skip()
	case "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo", "AlternateContent", "Choice",
		"ruby", "rubyBase", "oMath", "oMathPara", "e", "num", "den", "sup", "sub", "f", "sSup", "sSub", "d", "rad", "nary":
		return descend()
	}
	return x.skip()
}

// paraProps reads w:pPr: style, level, list and a deleted paragraph mark.
func (d *docxReader) paraProps(x *xmlReader, p *docxPara) error {
	return x.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "pStyle":
			s := d.styles[attr(e, "val")]
			p.level, p.title = s.level, s.title
			if s.num != "" && p.num == "" && !p.noNum {
				p.num, p.ilvl = s.num, s.ilvl
			}
		case "outlineLvl":
			if n, err := strconv.Atoi(attr(e, "val")); err == nil {
				p.level = 0
				if n >= 0 && n < 9 {
					p.level = n + 1
				}
			}
		case "numPr":
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "numId":
					p.num = attr(e, "val")
					p.noNum = p.num == "0"
				case "ilvl":
					p.ilvl = atoiIn(attr(e, "val"), 0, 8)
				}
				return x.skip()
			})
		case "pageBreakBefore":
			if on(e) {
				d.pageBreak()
			}
		case "rPr":
			return x.each(func(e xml.StartElement) error {
				if e.Name.Local == "del" {
					d.counts[WarnDeletions]++
					p.joined = true
				}
				return x.skip()
			})
		}
		return x.skip()
	})
}

// run reads one w:r.
func (d *docxReader) run(x *xmlReader, to sink, p *docxPara) error {
	hidden, counted := false, false
	put := func(s string) {
		switch {
		case !hidden:
			p.text.WriteString(s)
		case !counted && !blank(s):
			counted = true
			d.counts[WarnHiddenText]++
		}
	}
	var child func(e xml.StartElement) error
	child = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "rPr":
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "vanish":
					hidden = on(e)
				case "rStyle":
					hidden = hidden || d.styles[attr(e, "val")].hidden
				}
				return x.skip()
			})
		case "t":
			text, err := x.text()
			put(text)
			return err
		case "tab", "ptab":
			put("\t")
		case "br", "cr":
			if attr(e, "type") == "page" {
				p.breaks = true
			} else {
				put("\n")
			}
		case "noBreakHyphen":
			put("-")
		case "sym":
			d.counts[WarnSymbols]++
			put("□")
		case "ruby", "rubyBase", "AlternateContent", "Choice":
			return x.each(child)
		case "r":
			return d.run(x, to, p)
		case "drawing", "pict", "object":
			return d.drawing(x)
		}
		return x.skip()
	}
	return x.each(child)
}

// drawing counts pictures and reads text boxes, which stand outside the body.
func (d *docxReader) drawing(x *xmlReader) error {
	return x.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "txbxContent":
			box := &partSink{}
			if err := d.body(x, box); err != nil {
				return err
			}
			return d.builder.part(PartTextBox, box.text())
		case "docPr":
			d.alt = attr(e, "descr")
		case "blip", "imagedata":
			d.doc.Pictures++
			d.picture(e)
		case "Fallback":
			return x.skip()
		}
		return d.drawing(x)
	})
}
