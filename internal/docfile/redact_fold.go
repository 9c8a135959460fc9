package docfile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folded is a text in the form in which terms are looked for: compatibility
// forms resolved (full-width digits and letters), lower case, without spaces
// and signs that show nothing. at says where each rune came from.
type folded struct {
	runes []rune
	at    []int // rune index in the source
}

func (f folded) String() string { return string(f.runes) }

// foldText folds a text; positions are runes of s.
func foldText(s string) folded {
	var f folded
	n := 0
	for _, r := range s {
		for _, c := range foldRune(r) {
			f.runes, f.at = append(f.runes, c), append(f.at, n)
		}
		n++
	}
	return f
}

func foldRune(r rune) []rune {
	if r < 0x80 {
		if r <= ' ' || r == 0x7f {
			return nil
		}
		return []rune{unicode.ToLower(r)}
	}
	if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) && r < 0x370 || r == 0x115f || r == 0x3164 {
		return nil
	}
	if r >= 0x4e00 && r < 0xa000 {
		return []rune{r}
	}
	var out []rune
	for _, c := range plainGlyph(norm.NFKC.String(string(r))) {
		if !unicode.IsSpace(c) {
			out = append(out, unicode.ToLower(c))
		}
	}
	return out
}

// pattern is one term in its folded form.
type pattern struct {
	term   int // index of the removal
	fold   string
	digits bool // a long number: dashes and dots in it do not matter
}

// longRunes is the length from which a term is also looked for across the
// borders of lines and paragraphs, and backwards: a short one would hit there
// by chance.
const longRunes = 4

// patternsOf folds the terms; one that folds to nothing is left out. A term of
// six signs or more is looked for backwards too, as some programs draw it.
func patternsOf(removals []Removal) []pattern {
	var out []pattern
	for i, r := range removals {
		f := foldText(r.Term)
		if len(f.runes) == 0 {
			continue
		}
		number := len(f.runes) >= 8
		for _, c := range f.runes {
			number = number && (c >= '0' && c <= '9' || c == 'x' || dash(c))
		}
		p := pattern{term: i, fold: f.String(), digits: number}
		if number {
			p.fold = strings.Map(dropDash, p.fold)
		}
		out = append(out, p)
		if back := reversed(p.fold); len(f.runes) >= 6 && back != p.fold {
			p.fold = back
			out = append(out, p)
		}
	}
	return out
}

func dash(r rune) bool { return r == '-' || r == '.' || r == '·' || r >= 0x2010 && r <= 0x2015 }

func dropDash(r rune) rune {
	if dash(r) {
		return -1
	}
	return r
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// hit is a found term: source positions, end exclusive.
type hit struct{ term, from, to int }

// find looks for every pattern and gives the hits in the order of patterns.
// Overlapping hits are all given.
func (f folded) find(patterns []pattern) []hit {
	if len(f.runes) == 0 {
		return nil
	}
	var hits []hit
	full := newSearchable(f)
	var bare *searchable
	for _, p := range patterns {
		s := full
		if p.digits {
			if bare == nil {
				g := folded{}
				for i, r := range f.runes {
					if !dash(r) {
						g.runes, g.at = append(g.runes, r), append(g.at, f.at[i])
					}
				}
				bare = newSearchable(g)
			}
			s = bare
		}
		hits = append(hits, s.find(p)...)
	}
	return hits
}

// searchable is a folded text as bytes with the way back to its runes.
type searchable struct {
	folded
	text  string
	start []int32 // byte offset of each rune
}

func newSearchable(f folded) *searchable {
	s := &searchable{folded: f, text: f.String(), start: make([]int32, 0, len(f.runes)+1)}
	for i := range s.text {
		s.start = append(s.start, int32(i))
	}
	s.start = append(s.start, int32(len(s.text)))
	return s
}

func (s *searchable) find(p pattern) []hit {
	var hits []hit
	for from := 0; ; {
		i := strings.Index(s.text[from:], p.fold)
		if i < 0 {
			return hits
		}
		first := s.runeAt(from + i)
		last := s.runeAt(from+i+len(p.fold)) - 1
		hits = append(hits, hit{p.term, s.at[first], s.at[last] + 1})
		from = int(s.start[first+1])
	}
}

func (s *searchable) runeAt(offset int) int {
	lo, hi := 0, len(s.start)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if int(s.start[mid]) < offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
