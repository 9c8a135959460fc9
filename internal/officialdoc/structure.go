// Package officialdoc reads the anatomy of an official document out of its
// text: the provisions (编 章 节 条 款 项 目 and the numbered headings of
// notices), the header facts, and the difference between two texts.
//
// A text is the source's text with LF line ends and nothing else changed
// (design 2.2); every offset counts runes of it, ends exclusive. The package
// is pure: no I/O, no clock, no randomness.
package officialdoc

import (
	"sort"
	"unicode/utf8"
)

// ProvisionKind names a level of an official text.
type ProvisionKind string

// The kinds of provision, outermost first. Paragraph, item and subitem are
// the 款, 项 and 目 of an article (立法法 art. 65).
const (
	KindPreamble  ProvisionKind = "preamble"  // what stands before the first provision
	KindPart      ProvisionKind = "part"      // 编
	KindSubpart   ProvisionKind = "subpart"   // 分编
	KindChapter   ProvisionKind = "chapter"   // 章
	KindSection   ProvisionKind = "section"   // 节
	KindArticle   ProvisionKind = "article"   // 条
	KindParagraph ProvisionKind = "paragraph" // 款
	KindItem      ProvisionKind = "item"      // 项
	KindSubitem   ProvisionKind = "subitem"   // 目
	KindHeading   ProvisionKind = "heading"   // numbered or marked heading outside articles
	KindTail      ProvisionKind = "tail"      // 落款, 附件, 公开方式 after the last provision
)

// Provision is one addressable piece of a text.
type Provision struct {
	Kind ProvisionKind
	// Path is the anchor: a12, a12_1, a12-2-3, c3s2, p1c3, h1-2, pre, end;
	// x2- before it for the second numbering in one text, ~2 after it for a
	// number that the source gives twice.
	Path    string
	Label   string // as in the text: 第十二条之一, 第三章, （一）
	Heading string // chapter title, or the bracketed heading of an article
	Start   int    // first rune, with its own marks (## )
	End     int    // rune after the last; covers own words and children
	Depth   int    // 0 outside, one more for each enclosing provision
	Parent  int    // index in Structure.Provisions, -1 outside
	Number  int    // 12 for 第十二条; a 款 counts its place; 0 when it bears none
	Sub     int    // 1 for 之一, 0 without
}

// Structure is a text cut into its provisions, in the order of the text,
// parents before children.
type Structure struct {
	Provisions []Provision

	text   string
	places []structPlace
	index  map[string]int
}

// structPlace ties the rune offset of a line start to its byte offset.
type structPlace struct{ runes, bytes int }

// Parse cuts an official text into provisions. Every text parses: one without
// any number is a preamble (and a tail). The outermost provisions follow one
// another and cover the text from its first rune to its last.
func Parse(text string) *Structure {
	lines, runes := structScan(text)
	s := &Structure{text: text, index: make(map[string]int)}
	for _, l := range lines {
		s.places = append(s.places, structPlace{l.start, l.byteStart})
	}
	s.places = append(s.places, structPlace{runes, len(text)})
	b := structBuilder{s: s, lines: lines, total: runes}
	b.plan()
	b.build()
	for i, p := range s.Provisions {
		s.index[p.Path] = i
	}
	return s
}

// At finds the provision with this path.
func (s *Structure) At(path string) (Provision, bool) {
	i, ok := s.index[path]
	if !ok {
		return Provision{}, false
	}
	return s.Provisions[i], true
}

// Text is the provision's own words and those of its children, to the rune.
func (s *Structure) Text(p Provision) string {
	return s.slice(p.Start, p.End)
}

// Articles lists the 条 in the order of the text.
func (s *Structure) Articles() []Provision {
	var out []Provision
	for _, p := range s.Provisions {
		if p.Kind == KindArticle {
			out = append(out, p)
		}
	}
	return out
}

// TOC lists what a table of contents shows: parts, chapters, sections, and of
// notices the headings of the first two levels.
func (s *Structure) TOC() []Provision {
	var out []Provision
	for _, p := range s.Provisions {
		switch p.Kind {
		case KindPart, KindSubpart, KindChapter, KindSection:
			out = append(out, p)
		case KindHeading:
			if s.headingLevel(p) <= 2 {
				out = append(out, p)
			}
		}
	}
	return out
}

// headingLevel counts the headings that enclose p, itself included.
func (s *Structure) headingLevel(p Provision) int {
	n := 1
	for i := p.Parent; i >= 0; i = s.Provisions[i].Parent {
		if s.Provisions[i].Kind == KindHeading {
			n++
		}
	}
	return n
}

// slice cuts the text by rune offsets, clamped to it. It walks runes only
// inside the line that holds the offset, so all provisions together cost one
// pass.
func (s *Structure) slice(start, end int) string {
	a, z := s.byteAt(start), s.byteAt(end)
	if a >= z {
		return ""
	}
	return s.text[a:z]
}

// byteAt turns a rune offset into a byte offset.
func (s *Structure) byteAt(r int) int {
	i := sort.Search(len(s.places), func(i int) bool { return s.places[i].runes > r }) - 1
	if i < 0 {
		return 0
	}
	at := s.places[i].bytes
	for n := s.places[i].runes; n < r && at < len(s.text); n++ {
		_, w := utf8.DecodeRuneInString(s.text[at:])
		at += w
	}
	return at
}
