package docfile

import (
	"bytes"
	"encoding/xml"
	"strings"

	"gongkai/internal/fault"
)

// odtReader reads OpenDocument text.
type odtReader struct {
	*builder
	lists  map[string][]listLevel // by list style
	hidden map[string]bool        // automatic styles that hide their text
	open   []odtList
}

// odtList is an open text:list with the counter of its level.
type odtList struct {
	style   string
	counter int
}

func readODT(out *builder, a *archive) error {
	if a.has("META-INF/manifest.xml") {
		manifest, err := a.bytes("META-INF/manifest.xml", 8<<20)
		if err != nil {
			return err
		}
		if bytes.Contains(manifest, []byte("encryption-data")) {
			return fault.New(fault.Unsupported, op, msgEncryptedOOXML)
		}
	}
	o := &odtReader{builder: out, lists: map[string][]listLevel{}, hidden: map[string]bool{}}
	for _, name := range []string{"styles.xml", "content.xml"} {
		if name == "styles.xml" && !a.has(name) {
			continue
		}
		x, closePart, err := a.xmlPart(name)
		if err != nil {
			return err
		}
		err = o.document(x)
		closePart()
		if err != nil {
			return err
		}
	}
	for _, name := range a.names {
		switch {
		case strings.HasPrefix(name, "Basic/") || strings.HasPrefix(name, "Scripts/"):
			out.doc.Macros = true
		case strings.HasPrefix(name, "Pictures/"):
			out.doc.Pictures++
		case strings.HasPrefix(name, "Object ") && strings.Count(name, "/") == 0:
			out.doc.Embedded = append(out.doc.Embedded, EmbeddedFile{Name: name, Size: int64(a.files[name].UncompressedSize64)})
		}
	}
	if !a.has("meta.xml") {
		return nil
	}
	x, closePart, err := a.xmlPart("meta.xml")
	if err != nil {
		return err
	}
	defer closePart()
	if _, err := x.root(); err != nil {
		return err
	}
	keys := map[string]string{
		"title": "title", "initial-creator": "author", "creator": "last_modified_by", "subject": "subject", "keyword": "keywords",
		"description": "comments", "creation-date": "created", "date": "modified", "generator": "application",
	}
	return x.each(func(e xml.StartElement) error {
		return x.each(func(e xml.StartElement) error {
			text, err := x.text()
			if key := keys[e.Name.Local]; key != "" && err == nil {
				out.meta(key, text)
			}
			return err
		})
	})
}

// document reads styles.xml or content.xml: styles, headers and the body.
func (o *odtReader) document(x *xmlReader) error {
	if _, err := x.root(); err != nil {
		return err
	}
	return x.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "styles", "automatic-styles":
			return x.each(func(e xml.StartElement) error { return o.style(x, e) })
		case "master-styles":
			return x.each(func(e xml.StartElement) error {
				return x.each(func(e xml.StartElement) error {
					kind := PartHeader
					switch {
					case strings.HasPrefix(e.Name.Local, "footer"):
						kind = PartFooter
					case !strings.HasPrefix(e.Name.Local, "header"):
						return x.skip()
					}
					return o.aside(x, kind)
				})
			})
		case "body":
			return x.each(func(e xml.StartElement) error {
				if e.Name.Local != "text" {
					return x.skip()
				}
				return o.blocks(x, &odtBody{o})
			})
		}
		return x.skip()
	})
}

// odtBody puts paragraphs and tables into the document's body.
type odtBody struct{ o *odtReader }

func (s *odtBody) addParagraph(p Paragraph) error { return s.o.paragraph(p) }
func (s *odtBody) addTable(t Table) error         { return s.o.table(t) }
func (s *odtBody) addBreak()                      { s.o.pageBreak() }

func (o *odtReader) style(x *xmlReader, e xml.StartElement) error {
	name := attr(e, "name")
	switch e.Name.Local {
	case "list-style":
		levels := make([]listLevel, listLevels)
		o.lists[name] = levels
		return x.each(func(e xml.StartElement) error {
			i := atoiIn(attr(e, "level"), 1, listLevels) - 1
			levels[i] = listLevel{given: true, format: "bullet"}
			if e.Name.Local == "list-level-style-number" {
				levels[i] = odtLevel(e, i)
			}
			return x.skip()
		})
	case "style":
		return x.each(func(e xml.StartElement) error {
			if e.Name.Local == "text-properties" && attr(e, "display") == "none" {
				o.hidden[name] = true
			}
			return x.skip()
		})
	}
	return x.skip()
}

// odtFormats maps the sample signs of style:num-format to number styles.
var odtFormats = map[string]string{
	"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none",
	"一, 二, 三, ...": "chineseCounting", "一, 十, 一百(繁), ...": "chineseCounting", "甲, 乙, 丙, ...": "ideographTraditional",
	"子, 丑, 寅, ...": "ideographZodiac", "壹, 贰, 叁, ...": "chineseLegalSimplified", "①, ②, ③, ...": "decimalEnclosedCircle",
	"１, ２, ３, ...": "decimalFullWidth", "壹, 貳, 參, ...": "ideographLegalTraditional",
}

func odtLevel(e xml.StartElement, i int) listLevel {
	format, known := odtFormats[attr(e, "num-format")]
	if !known {
		format = "unknown"
	}
	l := listLevel{given: true, format: format, start: atoiIn(attr(e, "start-value"), 1, 1<<20)}
	if list := attr(e, "num-list-format"); list != "" {
		// LibreOffice 7.2 and later write the whole pattern: 第%1%条.
		for k := '1'; k <= '9'; k++ {
			list = strings.ReplaceAll(list, "%"+string(k)+"%", "%"+string(k))
		}
		l.text = list
		return l
	}
	var pattern strings.Builder
	pattern.WriteString(attr(e, "num-prefix"))
	for k := max(0, i+1-atoiIn(attr(e, "display-levels"), 1, listLevels)); k <= i; k++ {
		if k < i {
			pattern.WriteString("%" + string(rune('1'+k)) + ".")
			continue
		}
		pattern.WriteString("%" + string(rune('1'+k)))
	}
	pattern.WriteString(attr(e, "num-suffix"))
	l.text = pattern.String()
	return l
}

// aside reads a header, footer, note, box or comment.
func (o *odtReader) aside(x *xmlReader, kind PartKind) error {
	sink := &partSink{}
	open := o.open
	o.open = nil
	err := o.blocks(x, sink)
	o.open = open
	if err != nil {
		return err
	}
	return o.builder.part(kind, sink.text())
}

// blocks reads block elements until the end of the container.
func (o *odtReader) blocks(x *xmlReader, to sink) error {
	return x.each(func(e xml.StartElement) error { return o.block(x, to, e) })
}

func (o *odtReader) block(x *xmlReader, to sink, e xml.StartElement) error {
	switch e.Name.Local {
	case "h", "p":
		return o.para(x, to, e, "")
	case "list":
		return o.list(x, to, e)
	case "table":
		t, err := o.tableElement(x)
		if err != nil {
			return err
		}
		t.Name = attr(e, "name")
		return to.addTable(t)
	case "section":
		if attr(e, "display") == "none" {
			o.counts[WarnHiddenText]++
			return x.skip()
		}
		return o.blocks(x, to)
	case "index-body", "table-of-content", "index-title", "numbered-paragraph":
		return o.blocks(x, to)
	case "tracked-changes":
		return x.each(func(e xml.StartElement) error {
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "insertion":
					o.counts[WarnInsertions]++
				case "deletion":
					o.counts[WarnDeletions]++
				}
				return x.skip()
			})
		})
	case "frame", "custom-shape", "rect", "g":
		return o.frame(x)
	}
	return x.skip()
}

// para reads text:p or text:h; number is the list number in front.
func (o *odtReader) para(x *xmlReader, to sink, e xml.StartElement, number string) error {
	p := Paragraph{Number: number}
	if e.Name.Local == "h" {
		p.Level = max(1, atoiIn(attr(e, "outline-level"), 1, 9))
	}
	p.Title = attr(e, "style-name") == "Title"
	var text strings.Builder
	if o.hidden[attr(e, "style-name")] {
		o.counts[WarnHiddenText]++
		return x.skip()
	}
	if err := o.inline(x, &text); err != nil {
		return err
	}
	p.Text = text.String()
	if number != "" && !blank(p.Text) {
		p.Text = joinNumber(number, p.Text)
		o.counts[WarnAutoNumber]++
	}
	return to.addParagraph(p)
}

func (o *odtReader) inline(x *xmlReader, out *strings.Builder) error {
	return x.content(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "s":
			out.WriteString(strings.Repeat(" ", max(1, atoiIn(attr(e, "c"), 1, 1000))))
		case "tab":
			out.WriteByte('\t')
		case "line-break":
			out.WriteByte('\n')
		case "span":
			if o.hidden[attr(e, "style-name")] {
				o.counts[WarnHiddenText]++
				return x.skip()
			}
			return o.inline(x, out)
		case "hidden-text", "hidden-paragraph":
			o.counts[WarnHiddenText]++
		case "note":
			kind := PartFootnote
			if attr(e, "note-class") == "endnote" {
				kind = PartEndnote
			}
			return x.each(func(e xml.StartElement) error {
				if e.Name.Local == "note-body" {
					return o.aside(x, kind)
				}
				return x.skip()
			})
		case "annotation":
			o.counts[WarnComments]++
			return o.aside(x, PartComment)
		case "frame", "custom-shape", "rect", "g":
			return o.frame(x)
		case "ruby-text", "script", "tracked-changes", "soft-page-break":
		default:
			return o.inline(x, out)
		}
		return x.skip()
	}, func(s string) error {
		out.WriteString(collapse(out.String(), s))
		return nil
	})
}

// collapse applies the format's white space rule: runs of ASCII space are one
// space, and none follows another.
func collapse(before, s string) string {
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	var out strings.Builder
	space := before == "" || strings.HasSuffix(before, " ")
	for _, r := range s {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			if !space {
				out.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		out.WriteRune(r)
	}
	return out.String()
}

// frame reads text boxes inside a drawing; pictures are counted by entry.
func (o *odtReader) frame(x *xmlReader) error {
	return x.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "text-box":
			return o.aside(x, PartTextBox)
		case "p":
			var text strings.Builder
			if err := o.inline(x, &text); err != nil {
				return err
			}
			return o.builder.part(PartTextBox, text.String())
		case "g", "frame", "custom-shape", "rect":
			return o.frame(x)
		}
		return x.skip()
	})
}

// list reads text:list; the first paragraph of an item bears its number.
func (o *odtReader) list(x *xmlReader, to sink, e xml.StartElement) error {
	style := attr(e, "style-name")
	if style == "" && len(o.open) > 0 {
		style = o.open[len(o.open)-1].style
	}
	depth := len(o.open)
	start := 0
	if levels := o.lists[style]; depth < len(levels) {
		start = max(levels[depth].start, 1) - 1
	}
	if attr(e, "continue-numbering") == "true" || attr(e, "continue-list") != "" {
		start += o.counts[WarningCode("list:"+style+string(rune('0'+depth)))]
	}
	o.open = append(o.open, odtList{style: style, counter: start})
	defer func() {
		o.counts[WarningCode("list:"+style+string(rune('0'+depth)))] = o.open[depth].counter
		o.open = o.open[:depth]
	}()
	return x.each(func(item xml.StartElement) error {
		first := item.Name.Local == "list-item"
		return x.each(func(e xml.StartElement) error {
			if first && (e.Name.Local == "p" || e.Name.Local == "h") {
				first = false
				return o.para(x, to, e, o.listNumber())
			}
			return o.block(x, to, e)
		})
	})
}

// listNumber counts the innermost open list and prints its number.
func (o *odtReader) listNumber() string {
	depth := len(o.open) - 1
	o.open[depth].counter++
	levels := o.lists[o.open[depth].style]
	if depth >= len(levels) || !levels[depth].given || levels[depth].format == "bullet" {
		return ""
	}
	counters := make([]int, listLevels)
	for i := range o.open[:depth+1] {
		counters[i] = o.open[i].counter
	}
	number, known := fillPattern(levels, counters, depth)
	if !known {
		o.counts[WarnNumberLost]++
	}
	return number
}

const maxRepeat = 256 // rows and cells that a sheet repeats for its looks

// tableElement reads table:table; repeated positions are written out.
func (o *odtReader) tableElement(x *xmlReader) (Table, error) {
	g := &grid{budget: o.budget}
	var row func(e xml.StartElement) error
	row = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "table-header-rows", "table-rows", "table-row-group":
			return x.each(row)
		case "table-row":
		default:
			return x.skip()
		}
		g.newRow()
		err := x.each(func(e xml.StartElement) error {
			if e.Name.Local != "table-cell" {
				return x.skip() // covered cells follow from the spans
			}
			sink := &partSink{}
			if err := o.blocks(x, sink); err != nil {
				return err
			}
			c := Cell{Text: sink.text(), ColSpan: span(attr(e, "number-columns-spanned")), RowSpan: span(attr(e, "number-rows-spanned"))}
			for range min(span(attr(e, "number-columns-repeated")), maxRepeat) {
				if err := g.add(c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return g.endRow()
	}
	err := x.each(row)
	return Table{Rows: g.rows}, err
}
