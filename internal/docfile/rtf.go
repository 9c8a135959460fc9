package docfile

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"gongkai/internal/fault"
)

// rtfGroup is the state that a brace saves.
type rtfGroup struct {
	skip, hidden bool
	uc           int // fallback characters after \u
}

// rtfReader reads rich text: words, paragraph ends and cells.
type rtfReader struct {
	*builder
	data  []byte
	pos   int
	group rtfGroup
	stack []rtfGroup
	bytes []byte // pending bytes of the code page
	units []uint16
	line  strings.Builder
	row   []Cell
	rows  [][]Cell
	cp    encoding.Encoding
	drop  int
	intbl bool // the open paragraph belongs to a table
}

// rtfSkipped are destinations whose text is not the body's.
var rtfSkipped = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "header": true, "footer": true,
	"headerl": true, "headerr": true, "headerf": true, "footerl": true, "footerr": true, "footerf": true, "footnote": true,
	"object": true, "fldinst": true, "listtable": true, "listoverridetable": true, "themedata": true, "datastore": true,
	"generator": true, "rsidtbl": true, "xmlnstbl": true, "latentstyles": true, "filetbl": true, "revtbl": true, "annotation": true,
}

func readRTF(out *builder, data []byte) error {
	r := &rtfReader{builder: out, data: data, cp: charmap.Windows1252, group: rtfGroup{uc: 1}}
	out.doc.Charset = "RTF"
	for r.pos < len(r.data) {
		if r.pos&0xffff == 0 {
			if err := r.check(); err != nil {
				return err
			}
		}
		c := r.data[r.pos]
		r.pos++
		var err error
		switch c {
		case '{':
			r.flushText()
			if r.stack = append(r.stack, r.group); len(r.stack) > 10*r.lim.MaxDepth {
				return fault.New(fault.Invalid, op, msgTooDeep)
			}
		case '}':
			r.flushText()
			if n := len(r.stack); n > 0 {
				r.group, r.stack = r.stack[n-1], r.stack[:n-1]
			}
		case '\\':
			err = r.control()
		case '\r', '\n':
		default:
			r.char(c)
		}
		if err != nil {
			return err
		}
	}
	if len(r.stack) > 0 {
		out.warn(WarnRepaired, warnRepaired)
		out.doc.State = StatePartial
	}
	return r.endParagraph()
}

func (r *rtfReader) char(c byte) {
	if r.drop > 0 {
		r.drop--
		return
	}
	if len(r.units) > 0 {
		r.flushText()
	}
	r.bytes = append(r.bytes, c)
}

// flushText decodes what is pending.
func (r *rtfReader) flushText() {
	if len(r.units) > 0 {
		r.write(string(utf16.Decode(r.units)))
		r.units = r.units[:0]
	}
	if len(r.bytes) == 0 {
		return
	}
	text, err := r.cp.NewDecoder().String(string(r.bytes))
	if err != nil {
		text = strings.ToValidUTF8(string(r.bytes), "�")
	}
	r.bytes = r.bytes[:0]
	r.write(text)
}

func (r *rtfReader) write(s string) {
	switch {
	case r.group.skip:
	case r.group.hidden:
		if !blank(s) {
			r.counts[WarnHiddenText]++
		}
	default:
		r.line.WriteString(s)
	}
}

// control reads a control word or sign.
func (r *rtfReader) control() error {
	if r.pos >= len(r.data) {
		return nil
	}
	c := r.data[r.pos]
	if c < 'A' || c > 'z' || c > 'Z' && c < 'a' {
		r.pos++
		switch c {
		case '\'':
			if r.pos+2 <= len(r.data) {
				v, err := strconv.ParseUint(string(r.data[r.pos:r.pos+2]), 16, 8)
				r.pos += 2
				if err == nil {
					r.char(byte(v))
				}
			}
		case '\\', '{', '}':
			r.char(c)
		case '~':
			r.char(' ')
		case '_':
			r.char('-')
		case '*':
			r.flushText()
			r.group.skip = true
		}
		return nil
	}
	start := r.pos
	for r.pos < len(r.data) && (r.data[r.pos] >= 'a' && r.data[r.pos] <= 'z' || r.data[r.pos] >= 'A' && r.data[r.pos] <= 'Z') {
		r.pos++
	}
	word := string(r.data[start:r.pos])
	start = r.pos
	if r.pos < len(r.data) && r.data[r.pos] == '-' {
		r.pos++
	}
	for r.pos < len(r.data) && r.data[r.pos] >= '0' && r.data[r.pos] <= '9' && r.pos-start < 11 {
		r.pos++
	}
	arg, err := strconv.Atoi(string(r.data[start:r.pos]))
	given := err == nil
	if r.pos < len(r.data) && r.data[r.pos] == ' ' {
		r.pos++
	}
	return r.word(word, arg, given)
}

func (r *rtfReader) word(word string, arg int, given bool) error {
	if word == "u" {
		if len(r.bytes) > 0 {
			r.flushText()
		}
		r.units = append(r.units, uint16(arg))
		r.drop = r.group.uc
		return nil
	}
	r.flushText()
	r.drop = 0
	switch word {
	case "ansicpg":
		switch arg {
		case 936, 54936:
			r.cp = simplifiedchinese.GB18030
		case 950:
			r.cp = traditionalchinese.Big5
		}
	case "uc":
		r.group.uc = min(max(arg, 0), 8)
	case "v":
		r.group.hidden = !given || arg != 0
	case "deleted":
		if r.group.skip = !given || arg != 0; r.group.skip {
			r.counts[WarnDeletions]++
		}
	case "bin":
		r.pos = min(len(r.data), r.pos+max(arg, 0))
	case "tab":
		r.write("\t")
	case "line":
		r.write("\n")
	case "emdash":
		r.write("—")
	case "lquote":
		r.write("‘")
	case "rquote":
		r.write("’")
	case "ldblquote":
		r.write("“")
	case "rdblquote":
		r.write("”")
	case "par", "sect":
		if !r.group.skip {
			return r.endParagraph()
		}
	case "page":
		if !r.group.skip {
			r.pageBreak()
		}
	case "cell":
		if len(r.row) < maxSpan {
			r.row = append(r.row, Cell{Text: r.line.String()})
		}
		r.line.Reset()
	case "intbl":
		r.intbl = true
	case "pard":
		r.intbl = false
	case "row":
		r.rows, r.row = append(r.rows, r.row), nil
		r.intbl = false
	case "pict":
		r.doc.Pictures++
		r.group.skip = true
	default:
		if rtfSkipped[word] {
			r.group.skip = true
		}
	}
	return nil
}

// endParagraph ends the paragraph; the first one after a table ends that too.
func (r *rtfReader) endParagraph() error {
	r.flushText()
	text := r.line.String()
	if (r.intbl || len(r.row) > 0) && utf8.RuneCountInString(text) < r.lim.MaxTextRunes {
		r.write("\n") // a paragraph end inside a cell
		return nil
	}
	r.line.Reset()
	if len(r.rows) > 0 {
		t := Table{Rows: r.rows}
		r.rows = nil
		if err := r.table(t); err != nil {
			return err
		}
	}
	return r.paragraph(Paragraph{Text: text})
}
