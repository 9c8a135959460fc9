package search

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// snippetRunes is about how long a snippet is.
const snippetRunes = 90

// found is a match in a folded text, in runes.
type found struct {
	start, end int
	weight     float64
}

// cutSnippet cuts the part of an original text where the words weigh most, and
// marks them there.
func cutSnippet(text string, words []weighted) (string, [][2]int) {
	folded, pos := zh.FoldMap(text)
	spans := findWords(folded, words)
	if len(spans) == 0 {
		return firstRunes(text), nil
	}
	rs := []rune(text)
	back := func(i int) int { // a folded place in the original
		if i >= len(pos) {
			return len(rs)
		}
		return pos[i]
	}
	for i, s := range spans {
		spans[i].start, spans[i].end = back(s.start), max(back(s.end), back(s.end-1)+1)
	}
	start := bestWindow(spans)
	start = sentenceStart(rs, start)
	end := min(start+snippetRunes, len(rs))
	for _, s := range spans {
		if s.start < end && end < s.end && s.end-s.start <= snippetRunes {
			end = s.end // no word is cut in two
		}
	}
	if start = max(min(start, end-snippetRunes), 0); start < sentenceSlack/2 {
		start = 0
	}
	for end > start && rs[end-1] == '\n' {
		end--
	}
	var marks [][2]int
	for _, s := range spans {
		a, b := max(s.start, start)-start, min(s.end, end)-start
		if a >= b {
			continue
		}
		if n := len(marks); n > 0 && a <= marks[n-1][1] {
			marks[n-1][1] = max(marks[n-1][1], b)
			continue
		}
		marks = append(marks, [2]int{a, b})
	}
	return string(rs[start:end]), marks
}

// findWords lists where the words stand in a folded text, in order.
func findWords(folded string, words []weighted) []found {
	var out []found
	for _, w := range words {
		if w.text == "" {
			continue
		}
		if key, ok := strings.CutPrefix(w.match.tokens, docNoMark); ok {
			for _, n := range zh.FindDocNumbers(folded) {
				if n.Number.Key() == key {
					out = append(out, found{n.Start, n.End, w.weight})
				}
			}
			continue
		}
		n := utf8.RuneCountInString(w.text)
		at, runes := 0, 0
		for {
			i := strings.Index(folded[at:], w.text)
			if i < 0 {
				break
			}
			runes += utf8.RuneCountInString(folded[at : at+i])
			if wholeWord(folded, at+i, w.text) {
				out = append(out, found{runes, runes + n, w.weight})
			}
			runes += n
			at += i + len(w.text)
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return a.start - b.start })
	return out
}

// wholeWord reports that a word in letters or digits does not go on at either
// end: 12 is not in 2012.
func wholeWord(folded string, at int, w string) bool {
	first, _ := utf8.DecodeRuneInString(w)
	before, n := utf8.DecodeLastRuneInString(folded[:at])
	if isWord(first) && n > 0 && isWord(before) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(w)
	after, n := utf8.DecodeRuneInString(folded[at+len(w):])
	return !(isWord(last) && n > 0 && isWord(after))
}

// bestWindow gives the start of the first match from which the most weight
// follows within a snippet. A word counts once for each place, repeated words
// less, so that a place with different words wins.
func bestWindow(spans []found) int {
	best, at, sum := 0.0, spans[0].start, 0.0
	j := 0
	for i := range spans {
		for j < len(spans) && spans[j].end <= spans[i].start+snippetRunes-sentenceSlack {
			sum += spans[j].weight
			j++
		}
		if sum > best {
			best, at = sum, spans[i].start
		}
		if j > i {
			sum -= spans[i].weight
		} else {
			j = i + 1
		}
	}
	return at
}

// sentenceSlack is how far before the first mark a snippet may begin.
const sentenceSlack = 24

// sentenceStart moves a start back to the beginning of its sentence or clause
// when that is near.
func sentenceStart(rs []rune, at int) int {
	for i := at; i > 0 && at-i < sentenceSlack; i-- {
		if strings.ContainsRune("。；\n！？", rs[i-1]) {
			return i
		}
	}
	if at < sentenceSlack {
		return 0
	}
	for i := at; i > 0 && at-i < sentenceSlack; i-- {
		if strings.ContainsRune("，、：, ", rs[i-1]) {
			return i
		}
	}
	return at - sentenceSlack/2
}

// headingMarks begin a line that is a heading; a reader sees the words alone.
var headingMarks = regexp.MustCompile(`(?m)^#+[ \t]+`)

// withoutMarks is a text without the marks of its headings.
func withoutMarks(text string) string {
	if !strings.Contains(text, "#") {
		return text
	}
	return headingMarks.ReplaceAllString(text, "")
}

func firstRunes(text string) string {
	n := 0
	for i := range text {
		if n == snippetRunes {
			return text[:i]
		}
		n++
	}
	return text
}
