package proofread

import (
	"unicode"

	"gongkai/internal/officialdoc"
)

// span is a range of runes.
type span struct{ start, end int }

// sheet is one part under check.
type sheet struct {
	in    *Input
	opt   *Options
	facts *officialdoc.Facts
	index int
	part  Part
	rs    []rune // the text
	fold  []rune // rune for rune the same with full-width ASCII made half-width
	lines []span // without line ends
	hits  []Hit
}

func newSheet(in *Input, opt *Options, facts *officialdoc.Facts, index int) *sheet {
	s := &sheet{in: in, opt: opt, facts: facts, index: index, part: in.Parts[index]}
	s.rs = []rune(s.part.Text)
	s.fold = make([]rune, len(s.rs))
	from := 0
	for i, r := range s.rs {
		s.fold[i] = halfWidth(r)
		if r == '\n' {
			s.lines = append(s.lines, span{from, i})
			from = i + 1
		}
	}
	s.lines = append(s.lines, span{from, len(s.rs)})
	return s
}

// halfWidth folds full-width ASCII and the wide blank, one rune for one.
func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　', r == '\u00a0':
		return ' '
	}
	return r
}

// hit notes a place; the caller may fill in what is particular to it until the
// next call.
func (s *sheet) hit(rule string, start, end int, suggest string) *Hit {
	r, ok := ruleByID()[rule]
	if !ok {
		panic("proofread: no rule " + rule)
	}
	h := Hit{Part: s.index, Start: start, End: end, Text: string(s.rs[start:end]), Rule: rule,
		Level: r.Level, Suggest: suggest, Why: r.Why, Kind: r.Kind}
	if s.index > 0 || s.part.Kind != PartText {
		h.Where = s.part.Name
	}
	s.hits = append(s.hits, h)
	return &s.hits[len(s.hits)-1]
}

// at gives the folded rune at i, or -1 outside the text.
func (s *sheet) at(i int) rune {
	if i < 0 || i >= len(s.fold) {
		return -1
	}
	return s.fold[i]
}

// blank says that a blank stands at i; a line end is none.
func (s *sheet) blank(i int) bool {
	r := s.at(i)
	return r == ' ' || r == '\t' || r == '\u2002' || r == '\u2003' || r == '\u200b' || r == '\ufeff'
}

func (s *sheet) skipBlanks(i int) int {
	for s.blank(i) {
		i++
	}
	return i
}

// has says that the folded text reads word at i.
func (s *sheet) has(i int, word string) bool {
	for _, r := range word {
		if s.at(i) != r {
			return false
		}
		i++
	}
	return true
}

// hasBefore says that the folded text before i ends with word.
func (s *sheet) hasBefore(i int, word string) bool {
	return s.has(i-len([]rune(word)), word)
}

// trimmed is a line without blanks around it.
func (s *sheet) trimmed(l span) span {
	for l.start < l.end && s.blank(l.start) {
		l.start++
	}
	for l.end > l.start && (s.blank(l.end-1) || s.rs[l.end-1] == '\r') {
		l.end--
	}
	return l
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r == '〇' || r > 0x2e80 && unicode.Is(unicode.Han, r)
}
