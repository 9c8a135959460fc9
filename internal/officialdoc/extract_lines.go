package officialdoc

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// extractShort is the longest line, in runes, that can be a line of the page
// or of the document's frame. Longer lines are paragraphs and are not looked
// at with patterns, which keeps Extract linear.
const extractShort = 200

// extractLine is one line of the text without its outer blanks. key has the
// same number of runes as text: simplified, full-width signs made half-width,
// so that one set of patterns reads both scripts and an offset in key is an
// offset in text.
type extractLine struct {
	start, end int // runes of text within the whole text
	text, key  string
	n          int  // runes of text
	cell       bool // begins with a tab, as cells of flattened tables do
}

// extractSplit cuts the text into lines in one pass.
func extractSplit(text string) []extractLine {
	lines := make([]extractLine, 0, strings.Count(text, "\n")+1)
	at := 0
	for more := true; more; {
		var raw string
		raw, text, more = strings.Cut(text, "\n")
		total := utf8.RuneCountInString(raw)
		left := strings.TrimLeftFunc(raw, structBlank)
		body := strings.TrimRightFunc(left, structBlank)
		start := at + total - utf8.RuneCountInString(left)
		n := utf8.RuneCountInString(body)
		lines = append(lines, extractLine{
			start: start, end: start + n, n: n, text: body, key: extractKey(body),
			cell: strings.HasPrefix(raw, "\t"),
		})
		at += total + 1
	}
	return lines
}

// extractKey is the form patterns read; see extractLine.
func extractKey(s string) string {
	key := zh.Simplify(s)
	if len(key) != len(s) && utf8.RuneCountInString(key) != utf8.RuneCountInString(s) {
		key = s // a phrase that changes its length would shift every offset
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0' || r == '\t' || r == '\u2002' || r == '\u2003':
			return ' '
		case r == '﹝':
			return '〔'
		case r == '﹞':
			return '〕'
		}
		return r
	}, key)
}

// extractCut gives the piece of a line between two byte offsets of its key,
// with the words of the source and their place in the whole text.
func extractCut(l *extractLine, line, from, to int) extractPiece {
	for from < to && l.key[from] == ' ' {
		from++
	}
	for to > from && l.key[to-1] == ' ' {
		to--
	}
	a := utf8.RuneCountInString(l.key[:from])
	b := a + utf8.RuneCountInString(l.key[from:to])
	runes := []rune(l.text)
	if b > len(runes) {
		return extractPiece{line: line}
	}
	return extractPiece{text: string(runes[a:b]), start: l.start + a, end: l.start + b, line: line}
}

// extractWhole is the piece of a whole line.
func extractWhole(l *extractLine, line int) extractPiece {
	return extractPiece{text: l.text, start: l.start, end: l.end, line: line}
}

// extractSqueeze takes every blank out, for comparing titles over line breaks.
func extractSqueeze(s string) string {
	return strings.Map(func(r rune) rune {
		if structBlank(r) {
			return -1
		}
		return r
	}, s)
}

// before gives the last line above i that holds words, or -1.
func (x *extractor) before(i int) int {
	for i--; i >= 0; i-- {
		if x.lines[i].n > 0 {
			return i
		}
	}
	return -1
}

// after gives the next line below i, within the document, that holds words, or x.tail.
func (x *extractor) after(i int) int {
	for i++; i < x.tail; i++ {
		if x.lines[i].n > 0 {
			return i
		}
	}
	return x.tail
}
