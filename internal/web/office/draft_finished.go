package office

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/release"
)

// isFinished reports a file as an office system gives it out at the end: laid
// out, numbered and sealed, no longer meant to be edited.
func isFinished(f draftFile) bool {
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".pdf", ".ofd":
		return true
	}
	return false
}

// wordsFirst orders the files of an upload for reading: those that keep
// headings, articles and tables come before finished ones, whatever order a
// browser sends them in.
func wordsFirst(files []draftFile) []int {
	var words, laidOut []int
	for i, f := range files {
		if isFinished(f) {
			laidOut = append(laidOut, i)
		} else {
			words = append(words, i)
		}
	}
	return append(words, laidOut...)
}

// finished takes number and date from a finished file that came with the Word
// text, where that lacks them, and says in how many paragraphs the two differ:
// what was numbered and sealed is what goes out. Nothing is said without one.
func finished(c *call, n *release.NewSlip, files []draftFile, text int, organ string) string {
	if isFinished(files[text]) {
		return ""
	}
	for _, f := range files {
		if !isFinished(f) {
			continue
		}
		n.Opened = "finished"
		doc, ok := readDraft(c, f)
		if !ok {
			return fmt.Sprintf(textFinishedUnread, f.Name)
		}
		p, _, formed := paperOf(doc.Text, organ)
		if n.Paper.DocNo == "" {
			n.Paper.DocNo = p.DocNo
		}
		if n.Paper.AdoptedOn.IsZero() {
			n.Paper.AdoptedOn, n.Decision.FormedOn = p.AdoptedOn, formed
		}
		if other := unlike(n.Paper.Text, doc.Text); other > 0 {
			return fmt.Sprintf(textFinishedUnlike, other, f.Name)
		}
		return fmt.Sprintf(textFinishedAlike, f.Name)
	}
	return ""
}

// shortest is how many characters a paragraph has at least to be looked for: a
// shorter one stands in many places.
const shortest = 8

// unlike counts the paragraphs of a text that a finished file does not hold.
// Only letters and digits count: a page breaks lines and draws signs as it likes.
func unlike(text, finished string) (n int) {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s)
	}
	all := bare(finished)
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "〔图片：") {
			continue
		}
		if b := bare(line); utf8.RuneCountInString(b) >= shortest && !strings.Contains(all, b) {
			n++
		}
	}
	return n
}
