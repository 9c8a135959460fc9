package paper

import (
	"fmt"
	"strings"

	"github.com/signintech/gopdf"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

// Lengths in points; 1 mm is 72/25.4 pt. The type area is 156 mm × 225 mm
// (GB/T 9704-2012, 5.2.1).
const (
	mm         = 72 / 25.4
	pageWide   = 210 * mm
	pageHigh   = 297 * mm
	left       = 28 * mm
	top        = 37 * mm
	width      = 156 * mm
	bottom     = pageHigh - 35*mm
	bodySize   = 16.0 // 3号
	titleSize  = 22.0 // 2号
	cellSize   = 12.0 // 小4号
	footSize   = 14.0 // 4号
	lineHigh   = 28.0
	titleHigh  = 32.0
	cellHigh   = 18.0
	cellPad    = 5.0
	perLine    = 28 // characters in a line (5.2.3)
	footBelow  = 7 * mm
	indentBody = 2 // characters before a paragraph
)

// sheet is a PDF while it is written.
type sheet struct {
	pdf  *gopdf.GoPdf
	y    float64 // top of the next line
	page int
	size float64
	wide map[rune]float64 // of a character, in ems
	err  error
}

// PDF prints a document. The same content and font give the same bytes. A
// character that the font lacks is refused with its name, never left out.
func (p *Printer) PDF(doc docfile.DocxContent) (out []byte, err error) {
	defer fault.Wrap(&err, "paper.PDF")
	p.turn.Lock()
	defer p.turn.Unlock()
	s, err := p.open(doc.Title)
	if err != nil {
		return nil, err
	}
	if doc.Title != "" {
		s.title(doc.Title)
	}
	for i, b := range doc.Blocks {
		switch b := b.(type) {
		case docfile.Paragraph:
			if signs(doc.Blocks, i) && !signs(doc.Blocks, i-1) {
				s.y += docfile.SealLines * lineHigh
			}
			s.paragraph(b, i == 0, signature(doc.Blocks, i+1))
		case docfile.Table:
			s.table(b)
		case docfile.PageBreak:
			s.newPage()
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	raw, err := s.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, &fault.Error{Kind: fault.Internal, Op: "paper.PDF", Text: textFailed, Err: err}
	}
	return utf16Targets(raw)
}

// open begins a file and its first page.
func (p *Printer) open(title string) (*sheet, error) {
	s := &sheet{pdf: &gopdf.GoPdf{}, wide: map[rune]float64{}}
	s.pdf.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: pageWide, H: pageHigh}})
	if err := s.pdf.AddTTFFontFromFontContainer(family, &p.fonts); err != nil {
		return nil, err
	}
	s.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: "Gongkai", Producer: "Gongkai"})
	s.setSize(bodySize)
	s.newPage()
	return s, nil
}

func (s *sheet) fail(err error) {
	if s.err == nil && err != nil {
		s.err = err
	}
}

func (s *sheet) setSize(size float64) {
	s.size = size
	s.fail(s.pdf.SetFont(family, "", size))
	s.fail(s.pdf.SetCharSpacing(s.tight()))
}

// tight is what stands between two characters: 28 of 16 pt fill 156 mm.
func (s *sheet) tight() float64 {
	if s.size == bodySize {
		return width/perLine - bodySize
	}
	return 0
}

// newPage begins a page with its number in the foot: — 1 —, 7 mm below the type
// area, odd pages right and even pages left (7.5).
func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.page++
	s.y = top
	was := s.size
	s.setSize(footSize)
	text := fmt.Sprintf("— %d —", s.page)
	x := left + width - s.measure(text) - footSize
	if s.page%2 == 0 {
		x = left + footSize
	}
	s.write(x, bottom+footBelow, text)
	s.setSize(was)
}

// measure is the width of a text in points; it meets every character before it
// is printed and refuses what the font lacks.
func (s *sheet) measure(text string) (sum float64) {
	for _, c := range text {
		sum += s.runeWide(c)
	}
	return sum
}

func (s *sheet) runeWide(c rune) float64 {
	w, ok := s.wide[c]
	if !ok && s.err == nil {
		has, err := s.pdf.IsCurrFontContainGlyph(c)
		if err == nil && !has {
			err = fault.Newf(fault.Unsupported, "paper.runeWide", textNoGlyph, string(c), c)
		}
		if err == nil {
			s.fail(s.pdf.SetCharSpacing(0)) // the library rounds it
			w, err = s.pdf.MeasureTextWidth(string(c))
			s.fail(s.pdf.SetCharSpacing(s.tight()))
		}
		s.fail(err)
		w /= s.size
		s.wide[c] = w
	}
	return w*s.size + s.tight()
}

// write puts a text with its baseline where a line that begins at y has it.
func (s *sheet) write(x, baseline float64, text string) {
	if s.err != nil || strings.TrimSpace(text) == "" {
		return
	}
	s.pdf.SetXY(x, baseline)
	s.fail(s.pdf.Text(text))
}

// line gives the top of the next line of a height, on a new page when this one
// is full.
func (s *sheet) line(high float64) float64 {
	if s.y+high > bottom+0.01 {
		s.newPage()
	}
	y := s.y
	s.y += high
	return y
}

// baseline is where the letters of a line stand: a Chinese character reaches
// 0.88 of its size above and 0.12 below.
func (s *sheet) baseline(y, high float64) float64 { return y + (high-s.size)/2 + 0.88*s.size }

func (s *sheet) title(text string) {
	s.setSize(titleSize)
	for _, l := range s.fold(text, 0, width) {
		y := s.line(titleHigh)
		s.write(left+(width-s.measure(l))/2, s.baseline(y, titleHigh), l)
	}
	s.setSize(bodySize)
	s.y += lineHigh
}

// signs reports that a block is a line of 署名 and 成文日期.
func signs(blocks []docfile.Block, i int) bool {
	if i < 0 || i >= len(blocks) {
		return false
	}
	p, ok := blocks[i].(docfile.Paragraph)
	return ok && p.Align == docfile.AlignRight
}

// signature is how high the signature is that begins at a block, with the room
// for the seal above it; 0 when none does. It stays on one page with the end of
// the text (7.3.5.4). A line of it that is folded is not looked at: organs' names
// are shorter.
func signature(blocks []docfile.Block, i int) float64 {
	if !signs(blocks, i) {
		return 0
	}
	high := 0.0
	if !signs(blocks, i-1) {
		high = docfile.SealLines * lineHigh
	}
	for ; signs(blocks, i); i++ {
		high += lineHigh
	}
	return high
}

// keptLines is how many lines of the text go with a signature to a new page.
const keptLines = 2

func (s *sheet) paragraph(b docfile.Paragraph, first bool, after float64) {
	if b.Title {
		s.title(b.Text)
		return
	}
	indent := float64(indentBody * width / perLine)
	room := float64(width)
	switch {
	case b.Align != docfile.AlignBody, first && b.Level == 0 && strings.HasSuffix(b.Text, "："): // 主送机关 (7.3.2)
		indent = 0
	}
	if b.Align == docfile.AlignRight {
		room -= b.Right * width / perLine
	}
	type placed struct {
		text string
		x    float64
	}
	var lines []placed
	for _, part := range strings.Split(b.Text, "\n") {
		for i, l := range s.fold(part, indent, room) {
			x := float64(left)
			switch b.Align {
			case docfile.AlignCentre:
				x += (width - s.measure(l)) / 2
			case docfile.AlignRight:
				x += room - s.measure(l)
			default:
				if i == 0 {
					x += indent
				}
			}
			lines = append(lines, placed{l, x})
		}
		indent = 0 // a line break inside a paragraph begins at the margin
	}
	for i, l := range lines {
		if left := len(lines) - i; after > 0 && (left == keptLines || i == 0 && left < keptLines) && s.y > top && s.y+float64(left)*lineHigh+after > bottom {
			s.newPage()
		}
		y := s.line(lineHigh)
		s.write(l.x, s.baseline(y, lineHigh), l.text)
	}
}
