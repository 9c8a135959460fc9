package paper

import (
	"strings"
	"unicode"
)

// notFirst may not begin a line, notLast may not end one (GB/T 15834-2011, 5.1).
const (
	notFirst = "，。、；：？！）》〉」』】〕］｝”’…—～·%‰℃,.;:?!)]}%"
	notLast  = "（《〈「『【〔［｛“‘([{"
)

// fold breaks a text into lines of at most room points; the first begins after
// indent. Latin words and numbers stay whole while they fit a line. An empty
// text is one empty line.
func (s *sheet) fold(text string, indent, room float64) []string {
	runes := []rune(strings.ReplaceAll(text, "\t", "    "))
	var lines []string
	start, used := 0, indent
	for i := 0; i < len(runes); i++ {
		w := s.runeWide(runes[i])
		if used+w <= room+0.01 || i == start {
			used += w
			continue
		}
		cut := breakAt(runes, start, i)
		lines = append(lines, strings.TrimRightFunc(string(runes[start:cut]), unicode.IsSpace))
		start, used = cut, 0
		for _, c := range runes[start : i+1] {
			used += s.runeWide(c)
		}
	}
	return append(lines, string(runes[start:]))
}

// breakAt finds the last place at or before i where a line that began at start
// may end; where there is none it is i.
func breakAt(runes []rune, start, i int) int {
	for cut := i; cut > start; cut-- {
		before, after := runes[cut-1], runes[cut]
		switch {
		case strings.ContainsRune(notFirst, after), strings.ContainsRune(notLast, before):
		case latin(before) && latin(after):
		default:
			return cut
		}
	}
	return i
}

// latin tells the characters of words and numbers that are not parted.
func latin(c rune) bool {
	return c < 0x3000 && (unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("/-_.@:#&=+", c))
}
