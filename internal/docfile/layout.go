package docfile

import (
	"math"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// glyphRun is a piece of text at a place on a fixed page. Lengths are in the
// page's own unit; y grows downwards.
type glyphRun struct {
	x, y, w float64 // left end of the base line, and advance
	size    float64 // font size
	text    string
	marks   *glyphMarks // how the glyph was drawn; nil outside a PDF
}

// pageLine is one visual line.
type pageLine struct {
	x, end, y, size float64
	text            string
}

// layoutLines puts runs into lines: runs whose base lines lie within a third
// of a character of each other, from left to right.
func layoutLines(runs []glyphRun) []pageLine {
	var lines []pageLine
	for _, group := range groupLines(runs) {
		lines = append(lines, joinRuns(group))
	}
	return slices.DeleteFunc(lines, func(l pageLine) bool { return blank(l.text) })
}

// groupLines sorts runs into lines from top to bottom; it reorders runs.
func groupLines(runs []glyphRun) (lines [][]glyphRun) {
	runs = slices.DeleteFunc(runs, func(r glyphRun) bool {
		return r.text == "" || !finite(r.x) || !finite(r.y) || !finite(r.w) || !finite(r.size)
	})
	sort.SliceStable(runs, func(i, j int) bool { return runs[i].y < runs[j].y })
	for i := 0; i < len(runs); {
		j := i + 1
		for j < len(runs) && runs[j].y-runs[j-1].y <= 0.34*max(runs[i].size, runs[j].size, 0.1) && runs[j].y-runs[i].y <= 0.6*max(runs[i].size, 0.1) {
			j++
		}
		lines = append(lines, runs[i:j:j])
		i = j
	}
	return lines
}

func finite(f float64) bool { return !math.IsNaN(f) && math.Abs(f) < 1e7 }

// joinRuns joins the runs of one line. A gap becomes a space where letters or
// a clear distance ask for one.
func joinRuns(runs []glyphRun) pageLine {
	sort.SliceStable(runs, func(i, j int) bool { return runs[i].x < runs[j].x })
	// Blanks at the ends must not hide where the line begins and ends.
	for len(runs) > 1 && blank(runs[0].text) {
		runs = runs[1:]
	}
	for len(runs) > 1 && blank(runs[len(runs)-1].text) {
		runs = runs[:len(runs)-1]
	}
	l := pageLine{x: runs[0].x, y: runs[0].y, size: runs[0].size}
	var out strings.Builder
	var prev glyphRun
	last := ' '
	for i, r := range runs {
		if i > 0 {
			// Bold text is sometimes drawn twice, a hair apart.
			if r.text == prev.text && math.Abs(r.x-prev.x) < 0.15*r.size && math.Abs(r.y-prev.y) < 0.15*r.size {
				continue
			}
			gap, size := r.x-(prev.x+prev.w), max(r.size, prev.size)
			first, _ := utf8.DecodeRuneInString(r.text)
			switch wide := isWide(last) || isWide(first); {
			case last == ' ' || first == ' ':
			case gap > 3*size:
				out.WriteByte('\t')
			case gap > 0.75*size, !wide && gap > 0.18*size:
				out.WriteByte(' ')
			}
		}
		out.WriteString(r.text)
		last, _ = utf8.DecodeLastRuneInString(r.text)
		prev = r
		l.end, l.size = max(l.end, r.x+r.w), max(l.size, r.size)
	}
	l.text = strings.Trim(out.String(), " \t\u00a0")
	return l
}

func isWide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60 || r >= 0x2010 && r <= 0x2026
}

var pageNumber = regexp.MustCompile(`^[\s—－\-–·]*(第\s*)?\d{1,4}(\s*页)?([\s/，,]*共\s*\d{1,4}\s*页|\s*/\s*\d{1,4})?[\s—－\-–·]*$`)

// layoutPages turns pages of lines into paragraphs: page numbers go to the
// footers, and a line that reaches the right edge runs on into the next line
// when that starts at the left edge without an indent, also over a page.
func layoutPages(out *builder, pages [][]pageLine) error {
	left, right := bodyEdges(pages)
	var open *pageLine
	var text string
	flush := func() error {
		if open == nil {
			return nil
		}
		open = nil
		return out.paragraph(Paragraph{Text: text})
	}
	for i, lines := range pages {
		for j, l := range lines {
			if (j == 0 || j == len(lines)-1) && len(lines) > 1 && pageNumber.MatchString(l.text) {
				if err := out.part(PartFooter, l.text); err != nil {
					return err
				}
				continue
			}
			if open != nil && runsOn(*open, l, left, right) {
				text = glue(text, l.text)
			} else {
				if err := flush(); err != nil {
					return err
				}
				text = l.text
			}
			open = &l
		}
		// A break stands only where no paragraph runs over it.
		if i+1 < len(pages) && (open == nil || !reaches(*open, right)) {
			if err := flush(); err != nil {
				return err
			}
			out.pageBreak()
		}
	}
	return flush()
}

// bodyEdges finds the left and right edge that most lines keep to.
func bodyEdges(pages [][]pageLine) (left, right float64) {
	var xs, ends []float64
	for _, lines := range pages {
		for _, l := range lines {
			if pageNumber.MatchString(l.text) {
				continue
			}
			xs, ends = append(xs, l.x), append(ends, l.end)
		}
	}
	if len(xs) == 0 {
		return 0, 0
	}
	slices.Sort(xs)
	slices.Sort(ends)
	// A stray mark in the margin must not move the edge of a long text.
	return xs[len(xs)/20], ends[len(ends)-1-len(ends)/20]
}

func reaches(l pageLine, right float64) bool {
	return l.end > right-1.6*l.size && !strings.ContainsRune(l.text, '\t')
}

func runsOn(prev, next pageLine, left, right float64) bool {
	if !reaches(prev, right) || math.Abs(prev.size-next.size) > 0.15*max(prev.size, next.size) {
		return false
	}
	if next.x > left+0.8*next.size || prev.end-prev.x < 10*prev.size || strings.HasPrefix(next.text, "　") {
		return false
	}
	return true
}

// glue joins two lines of one paragraph; words of Latin letters keep a space.
func glue(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if last < 0x250 && first < 0x250 && (unicode.IsLetter(last) && unicode.IsLetter(first) || last == ',' || last == '.' && unicode.IsLetter(first)) {
		return a + " " + b
	}
	return a + b
}
