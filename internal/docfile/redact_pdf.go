package docfile

import (
	"image"
	"image/draw"
	"math"
	"slices"
	"sort"

	"gongkai/internal/fault"
)

// pageDPI is the resolution of page pictures; a page larger than A3 gets less,
// so that no picture has more than maxPagePixels.
const (
	pageDPI       = 200.0
	maxPagePixels = 40_000_000
)

// redactedPage is one page with what goes and what stays.
type redactedPage struct {
	seenPage
	gone  map[int]bool // glyphs by marks.index
	boxes []pdfBox
}

// pdf writes page pictures with black boxes and, over them, the words that
// stay as invisible text. Nothing of the old file comes along: no fonts, no
// objects, no earlier versions.
func (r *redactor) pdf(data []byte, draw PagePictures) ([]byte, error) {
	if draw == nil {
		return nil, fault.New(fault.Unsupported, opRedact, msgRedactPages)
	}
	pages, err := seeAll(r.budget, data)
	if err != nil {
		return nil, err
	}
	if err := r.markBoxes(pages); err != nil {
		return nil, err
	}
	if err := r.markTerms(pages); err != nil {
		return nil, err
	}
	return r.drawPages(data, pages, draw)
}

// markBoxes notes the boxes that were named; a glyph that a box touches goes.
func (r *redactor) markBoxes(pages []*redactedPage) error {
	for i, m := range r.removals {
		if m.Term != "" {
			continue
		}
		if m.Page < 1 || m.Page > len(pages) {
			return fault.Field(opRedact, "page", msgRedactPage, i+1, m.Page)
		}
		p := pages[m.Page-1]
		box := pdfBox{m.X, m.Y, m.X + m.W, m.Y + m.H}
		p.boxes = append(p.boxes, box)
		r.found(i, sprintf(wherePDFShown, m.Page))
		for _, g := range p.runs {
			// The ink of a glyph is smaller than its box.
			b := g.marks.box
			dx, dy := (b.x1-b.x0)*0.1, (b.y1-b.y0)*0.2
			if box.overlaps(pdfBox{b.x0 + dx, b.y0 + dy, b.x1 - dx, b.y1 - dy}) || box.covers(b) {
				p.gone[g.marks.index] = true
			}
		}
	}
	return nil
}

// sequence is words in one order with the glyph that each rune belongs to.
type sequence struct {
	text   []rune
	glyphs []glyphAt
}

type glyphAt struct{ page, index int }

func (s *sequence) add(page int, runs []glyphRun) {
	for _, g := range runs {
		for _, c := range g.text {
			s.text, s.glyphs = append(s.text, c), append(s.glyphs, glyphAt{page, g.marks.index})
		}
	}
}

// markTerms looks for the terms in the order of drawing and in the order of
// reading, page by page and over the ends of pages.
func (r *redactor) markTerms(pages []*redactedPage) error {
	if len(r.patterns) == 0 {
		return nil
	}
	var whole sequence
	for i, p := range pages {
		if err := r.check(); err != nil {
			return err
		}
		if err := r.readable(i, p); err != nil {
			return err
		}
		var drawn, read sequence
		drawn.add(i, p.runs)
		lines := readingLines(p.runs)
		for n, l := range lines {
			read.add(i, l)
			for _, piece := range splitWide(l) {
				var s sequence
				s.add(i, piece)
				r.markSequence(&s, r.patterns, pages)
			}
			if (n == 0 || n == len(lines)-1) && len(lines) > 1 && pageNumber.MatchString(runText(l)) {
				continue
			}
			whole.add(i, l)
		}
		r.markSequence(&drawn, r.wrapped(), pages)
		r.markSequence(&read, r.long, pages)
	}
	r.markSequence(&whole, r.long, pages)
	return nil
}

// wrapped are the terms that may run over a line's end: long ones, and short
// ones of hanzi, as a name.
func (r *redactor) wrapped() []pattern {
	return slices.DeleteFunc(slices.Clone(r.patterns), func(p pattern) bool { return !p.isLong() && !p.certain() })
}

// readable refuses a page whose words cannot be looked through.
func (r *redactor) readable(i int, p *redactedPage) error {
	boxed := len(p.boxes) > 0
	switch {
	case !p.ok && !boxed, len(p.runs) == 0 && p.images > 0 && !boxed, p.unknown*10 > len(p.runs) && p.unknown > 3 && !boxed:
		return fault.Newf(fault.Invalid, opRedact, msgRedactScan, i+1)
	case p.unknown > 0:
		r.unsure(unsureGlyphs, i+1, p.unknown)
	case p.images > 0:
		r.unsure(unsureImages, i+1)
	}
	return nil
}

func (r *redactor) markSequence(s *sequence, patterns []pattern, pages []*redactedPage) {
	for _, h := range foldRunes(s.text).find(patterns) {
		fresh := false
		for _, g := range s.glyphs[h.from:h.to] {
			if gone := pages[g.page].gone; !gone[g.index] {
				gone[g.index], fresh = true, true
			}
		}
		if first := s.glyphs[h.from]; fresh {
			r.found(h.term, sprintf(wherePDFShown, first.page+1))
		}
	}
}

func runText(runs []glyphRun) string {
	out := ""
	for _, g := range runs {
		out += g.text
	}
	return out
}

// readingLines orders glyphs into lines, left to right.
func readingLines(runs []glyphRun) [][]glyphRun {
	lines := groupLines(slices.Clone(runs))
	for _, l := range lines {
		sort.SliceStable(l, func(i, j int) bool { return l[i].x < l[j].x })
	}
	return lines
}

// splitWide parts a line where a gap tells columns of a table apart.
func splitWide(l []glyphRun) [][]glyphRun {
	var out [][]glyphRun
	start := 0
	for i := 1; i < len(l); i++ {
		if l[i].x-(l[i-1].x+l[i-1].w) > 2.5*max(l[i].size, l[i-1].size) {
			out = append(out, l[start:i])
			start = i
		}
	}
	return append(out, l[start:])
}

// drawPages blackens the pictures and writes the new file.
func (r *redactor) drawPages(data []byte, pages []*redactedPage, pictures PagePictures) ([]byte, error) {
	dpi := pageDPI
	for _, p := range pages {
		if p.w*p.h*dpi*dpi/72/72 > maxPagePixels {
			dpi = math.Sqrt(maxPagePixels * 72 * 72 / (p.w * p.h))
		}
	}
	w := newPDFWriter()
	next := 0
	hidden := 0
	err := pictures(r.ctx, data, dpi, func(page int, picture image.Image) error {
		if page != next+1 || page > len(pages) {
			return fault.New(fault.Internal, opRedact, msgRedactCount)
		}
		p := pages[next]
		next++
		if err := r.check(); err != nil {
			return err
		}
		canvas := image.NewRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
		draw.Draw(canvas, canvas.Bounds(), picture, picture.Bounds().Min, draw.Src)
		scaleX, scaleY := float64(canvas.Rect.Dx())/p.w, float64(canvas.Rect.Dy())/p.h
		pixels := func(b pdfBox) image.Rectangle {
			return image.Rect(int(math.Floor(b.x0*scaleX)), int(math.Floor(b.y0*scaleY)), int(math.Ceil(b.x1*scaleX)), int(math.Ceil(b.y1*scaleY)))
		}
		var kept []glyphRun
		for _, g := range p.runs {
			switch {
			case p.gone[g.marks.index]:
			case !blank(g.text) && !inked(canvas, pixels(g.marks.box)):
				hidden++
			default:
				kept = append(kept, g)
			}
		}
		for _, b := range p.blackBoxes() {
			blacken(canvas, pixels(b))
		}
		return w.page(p.w, p.h, canvas, kept, p.masks())
	})
	if err != nil {
		return nil, err
	}
	if next != len(pages) {
		return nil, fault.New(fault.Internal, opRedact, msgRedactCount)
	}
	for range hidden {
		r.drop(dropPDFText)
	}
	r.drop(dropPDFFile)
	return w.finish()
}

// blackBoxes are the named boxes and one for each stretch of removed glyphs.
func (p *redactedPage) blackBoxes() []pdfBox {
	out := slices.Clone(p.boxes)
	for _, stretch := range p.stretches() {
		out = append(out, stretch)
	}
	return out
}

// stretches joins the boxes of neighbouring removed glyphs of one line.
func (p *redactedPage) stretches() []pdfBox {
	var out []pdfBox
	for _, l := range readingLines(p.runs) {
		open := false
		for _, g := range l {
			if !p.gone[g.marks.index] {
				open = false
				continue
			}
			b := g.marks.box
			pad := 0.05 * g.size
			b.x0, b.x1 = b.x0-pad, b.x1+pad
			if n := len(out); open && b.x0 <= out[n-1].x1+g.size {
				out[n-1].add(b.x0, b.y0)
				out[n-1].add(b.x1, b.y1)
			} else {
				out = append(out, b)
			}
			open = true
		}
	}
	return out
}

// masks stand in the text where words were removed.
func (p *redactedPage) masks() []glyphRun {
	var out []glyphRun
	for _, b := range p.blackBoxes() {
		size := max(1, (b.y1-b.y0)/1.18)
		out = append(out, glyphRun{x: b.x0, y: b.y1 - 0.24*size, w: b.x1 - b.x0, size: size, text: mask})
	}
	return out
}

// inked tells whether a box of the picture shows anything: its darkest and its
// lightest point differ. Words without ink are hidden, and are not kept.
func inked(img *image.RGBA, box image.Rectangle) bool {
	box = box.Intersect(img.Rect)
	if box.Empty() {
		return false
	}
	low, high := 255, 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := img.Pix[img.PixOffset(box.Min.X, y) : img.PixOffset(box.Max.X-1, y)+4]
		for i := 0; i < len(row); i += 4 {
			v := (int(row[i])*3 + int(row[i+1])*6 + int(row[i+2])) / 10
			low, high = min(low, v), max(high, v)
		}
		if high-low > 24 {
			return true
		}
	}
	return false
}
