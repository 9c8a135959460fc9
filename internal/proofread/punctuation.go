package proofread

import (
	"fmt"
	"strings"
	"unicode"
)

// wording checks the text as text.
func (s *sheet) wording() {
	s.doubled()
	s.pairs()
	s.widths()
	s.wrongWords()
	s.misspelled()
	s.formerOrgans()
}

// pauses are signs of which only one may stand. … — · ！ ？ and full stops of
// figures (…… —— ！！ 1..) are left alone.
const pauses = "，。、；：,;"

// doubled flags two pauses side by side. Three or more full stops stand for an
// ellipsis or lead to a page number.
func (s *sheet) doubled() {
	for i := 0; i < len(s.rs); i++ {
		if !strings.ContainsRune(pauses, s.rs[i]) {
			continue
		}
		end := i + 1
		for end < len(s.rs) && strings.ContainsRune(pauses, s.rs[end]) {
			end++
		}
		switch run := string(s.rs[i:end]); {
		case strings.Trim(run, "。") == "" && end-i >= 3:
			s.hit("TXT.ellipsis", i, end, "……")
		// Half-width signs belong to figures and code; ：， begins a table cell.
		case end-i >= 2 && strings.ContainsAny(run, "，。、；："):
			s.hit("TXT.doubled", i, end, strongest(run))
		}
		i = end - 1
	}
}

// strongest is the sign of a run that closes most.
func strongest(run string) string {
	for _, r := range "。；：，、" {
		if strings.ContainsRune(run, r) {
			return string(r)
		}
	}
	return run
}

var closers = map[rune]rune{'“': '”', '‘': '’', '《': '》', '〈': '〉', '【': '】', '〔': '〕', '「': '」', '『': '』', '(': ')'}

var openers = func() map[rune]rune {
	out := map[rune]rune{}
	for o, c := range closers {
		out[c] = o
	}
	return out
}()

// opened is a sign that waits for its partner.
type opened struct {
	sign rune
	at   int
}

// maxOpen bounds how many signs may wait at once; more are surely faults.
const maxOpen = 64

// pairs checks quotation marks and brackets over the whole text, for a
// quotation may run through many paragraphs, each of which opens it again.
func (s *sheet) pairs() {
	var open []opened
	lineStart := true
	for i, r := range s.fold {
		switch {
		case closers[r] != 0:
			if (r == '“' || r == '‘') && holds(open, r) && lineStart {
				continue // the quotation goes on
			}
			if len(open) == maxOpen {
				s.hit("TXT.unclosed", open[0].at, open[0].at+1, "")
				open = append(open[:0], open[1:]...)
			}
			open = append(open, opened{r, i})
		case openers[r] != 0:
			open = s.closePair(open, r, i)
		}
		lineStart = r == '\n' || lineStart && (unicode.IsSpace(r) || r == '#')
		if r == '\n' {
			open = s.endLine(open, i)
		}
	}
	for _, o := range open {
		s.hit("TXT.unclosed", o.at, o.at+1, "")
	}
}

func holds(open []opened, sign rune) bool {
	for _, o := range open {
		if o.sign == sign {
			return true
		}
	}
	return false
}

// closePair takes the partner of r off the stack and flags what it leaves
// unclosed above it.
func (s *sheet) closePair(open []opened, r rune, i int) []opened {
	for k := len(open) - 1; k >= 0; k-- {
		if open[k].sign != openers[r] {
			continue
		}
		for _, o := range open[k+1:] {
			s.hit("TXT.unclosed", o.at, o.at+1, "")
		}
		return open[:k]
	}
	if r == '’' && (isLetter(s.at(i-1)) || isDigit(s.at(i-1))) || r == ')' && s.listMark(i) {
		return open // an apostrophe, a minute of arc; 1) and a) at the head of an item
	}
	s.hit("TXT.unopened", i, i+1, "")
	return open
}

// listMark says that a closing bracket at i follows the number of an item.
func (s *sheet) listMark(i int) bool {
	k := i - 1
	for k >= 0 && i-k < 4 && (isDigit(s.fold[k]) || isLetter(s.fold[k]) || hanNumeral(s.fold[k])) {
		k--
	}
	return k < i-1 && !isLetter(s.at(k)) && !isDigit(s.at(k))
}

// titleBreak is how many runes before a line end a title may have begun that
// goes on in the next line.
const titleBreak = 40

// endLine gives up on titles and brackets of numbers that were not closed on
// their line, so that one missing sign does not spoil the rest; quotations and
// round brackets stay open, and a title may be broken once by the layout.
func (s *sheet) endLine(open []opened, i int) []opened {
	kept := open[:0]
	for _, o := range open {
		if strings.ContainsRune("“‘「『(", o.sign) || o.sign == '《' && i-o.at < titleBreak {
			kept = append(kept, o)
			continue
		}
		s.hit("TXT.unclosed", o.at, o.at+1, "")
	}
	return kept
}

// wide is the full-width sign of a half-width one.
var wide = map[rune]rune{',': '，', ';': '；', ':': '：', '?': '？', '!': '！'}

// widths flags half-width pauses between Chinese characters, and full-width
// figures and letters: one hit each at the first place, because all places are
// mended in one go.
func (s *sheet) widths() {
	var half, full []span
	for i := 0; i < len(s.rs); i++ {
		r := s.rs[i]
		if wide[r] != 0 && isHan(s.at(i-1)) && isHan(s.at(i+1)) {
			half = append(half, span{i, i + 1})
		}
		if end := s.fullWidth(i); end > i {
			full = append(full, span{i, end})
			i = end - 1
		}
	}
	if len(half) > 0 {
		h := s.hit("TXT.half", half[0].start, half[0].end, string(wide[s.rs[half[0].start]]))
		h.Why = places(h.Why, len(half))
	}
	if len(full) > 0 {
		h := s.hit("TXT.full", full[0].start, full[0].end, string(s.fold[full[0].start:full[0].end]))
		h.Why = places(h.Why, len(full))
	}
}

// fullWidth is the end of a run of full-width figures and letters at i.
func (s *sheet) fullWidth(i int) int {
	end := i
	for end < len(s.rs) && s.rs[end] != s.fold[end] && (isDigit(s.fold[end]) || isLetter(s.fold[end]) || s.fold[end] == '.' && end > i) {
		end++
	}
	return end
}

func places(why string, n int) string {
	if n == 1 {
		return why
	}
	return fmt.Sprintf("%s全文共有%d处。", why, n)
}
