package officialdoc

import (
	"strings"

	"gongkai/internal/zh"
)

// Renumbering is one article whose number does not follow the one before it.
type Renumbering struct {
	Line     int    // of the text, from 0
	From, To string // labels: 第五条, 第四条
	Words    string // the line as it stands
}

// Renumber proposes the numbers that a text's articles would bear if they ran
// on from the first one. It changes nothing: what a text says of its articles
// elsewhere (依照第五条) would have to be changed with them, by somebody who
// reads it. A text that has an article with 之一 is left alone, for such a
// number was given so that the others need not move.
func Renumber(text string) []Renumbering {
	lines := strings.Split(text, "\n")
	var out []Renumbering
	next := 0
	for _, b := range Blocks(text) {
		if b.Kind != BlockArticle {
			continue
		}
		n, plain := articleNumber(b.Label)
		if !plain {
			return nil
		}
		if next == 0 {
			next = n
		}
		if n != next {
			out = append(out, Renumbering{Line: b.Line, From: b.Label, To: "第" + zh.FormatNumeral(next) + "条", Words: strings.TrimSpace(lines[b.Line])})
		}
		next++
	}
	return out
}

// ApplyRenumber writes the proposed numbers at the head of their lines.
func ApplyRenumber(text string, list []Renumbering) string {
	lines := strings.Split(text, "\n")
	for _, r := range list {
		if r.Line < len(lines) {
			lines[r.Line] = strings.Replace(lines[r.Line], r.From, r.To, 1)
		}
	}
	return strings.Join(lines, "\n")
}

func articleNumber(label string) (int, bool) {
	words, ok := strings.CutPrefix(label, "第")
	if !ok {
		return 0, false
	}
	words, ok = strings.CutSuffix(words, "条")
	if !ok {
		return 0, false
	}
	return zh.ParseNumeral(words)
}
