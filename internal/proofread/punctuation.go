package proofread

import (
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
			open = append(open, opened{r, i})
		case openers[r] != 0:
			open = s.closePair(open, r, i)
		}
		lineStart = r == '\n' || lineStart && (unicode.IsSpace(r) || r == '#')
		if r == '\n' {
			open = s.endLine(open)
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

// endLine gives up on brackets that do not run over lines, so that one missing
// sign does not spoil the rest; quotations stay open.
func (s *sheet) endLine(open []opened) []opened {
	kept := open[:0]
	for _, o := range open {
		if o.sign == '“' || o.sign == '‘' || o.sign == '「' || o.sign == '『' || o.sign == '(' {
			kept = append(kept, o)
			continue
		}
		s.hit("TXT.unclosed", o.at, o.at+1, "")
	}
	return kept
}

// wide is the full-width sign of a half-width one.
var wide = map[rune]rune{',': '，', ';': '；', ':': '：', '?': '？', '!': '！'}

// widths flags half-width pauses between Chinese characters and full-width
// figures and letters, one hit a line each.
func (s *sheet) widths() {
	for _, l := range s.lines {
		half, full := false, false
		for i := l.start; i < l.end; i++ {
			r := s.rs[i]
			if w, ok := wide[r]; ok && !half && isHan(s.at(i-1)) && (isHan(s.at(i+1)) || i+1 == l.end) {
				s.hit("TXT.half", i, i+1, string(w))
				half = true
			}
			if !full && r != s.fold[i] && (isDigit(s.fold[i]) || isLetter(s.fold[i])) {
				end := i
				for end < l.end && s.rs[end] != s.fold[end] && (isDigit(s.fold[end]) || isLetter(s.fold[end]) || s.fold[end] == '.') {
					end++
				}
				s.hit("TXT.full", i, end, string(s.fold[i:end]))
				full = true
			}
		}
	}
}
