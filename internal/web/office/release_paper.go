package office

import (
	"sort"
	"strings"

	"gongkai/internal/officialdoc"
	"gongkai/internal/release"
)

// bodyPlace is how findings name the text itself.
const bodyPlace = "正文"

// gravity orders levels, the gravest last, so that where findings overlap the
// gravest gives the mark its look.
var gravity = map[string]int{"hint": 1, "confirm": 2, "unsure": 3, "block": 4}

// paperLine is one line of the document as it will be published.
type paperLine struct {
	Class string // title, signed or ""
	Parts []paperPart
	// Picture is the address of the picture that the line marks, with its words.
	Picture, Alt string
}

// paperPart is a run of a line; one with a Mark was found by the checks.
type paperPart struct {
	Text  string
	Mark  string // of the finding that it leads to
	Level string
	Word  string // the level in words, for readers of the screen
	First bool   // it carries the anchor of its finding
}

// paperLines cuts a text into lines with the findings marked in place.
func paperLines(p *release.Paper, found []release.Finding) []paperLine {
	text := []rune(p.Text)
	cuts := map[int]bool{0: true, len(text): true}
	var here []release.Finding
	for _, f := range found {
		if f.Place == bodyPlace && f.From >= 0 && f.From < f.To && f.To <= len(text) {
			here = append(here, f)
			cuts[f.From], cuts[f.To] = true, true
		}
	}
	for i, r := range text {
		if r == '\n' {
			cuts[i], cuts[i+1] = true, true
		}
	}
	points := make([]int, 0, len(cuts))
	for at := range cuts {
		points = append(points, at)
	}
	sort.Ints(points)
	sort.SliceStable(here, func(i, j int) bool { return here[i].From < here[j].From })
	var out []paperLine
	line := paperLine{}
	seen := map[string]bool{}
	first, active := 0, []release.Finding(nil)
	for i := 0; i+1 < len(points); i++ {
		from, to := points[i], points[i+1]
		if text[from] == '\n' {
			out, line = append(out, line), paperLine{}
			continue
		}
		for first < len(here) && here[first].From <= from {
			active = append(active, here[first])
			first++
		}
		part := paperPart{Text: string(text[from:to])}
		kept := active[:0]
		for _, f := range active {
			if f.To <= from {
				continue
			}
			kept = append(kept, f)
			if gravity[f.Level] > gravity[part.Level] {
				part.Mark, part.Level, part.Word = f.Mark, f.Level, levelWords[f.Level]
			}
		}
		active = kept
		if part.Mark != "" && !seen[part.Mark] {
			seen[part.Mark], part.First = true, true
		}
		line.Parts = append(line.Parts, part)
	}
	if len(line.Parts) > 0 {
		out = append(out, line)
	}
	return dressed(out, p)
}

// withPictures puts the pictures of a slip in the place of their marks.
func withPictures(lines []paperLine, s *release.Slip) []paperLine {
	for i := range lines {
		alt, ok := officialdoc.PictureAlt(lines[i].words())
		if !ok {
			continue
		}
		for _, f := range s.Files {
			if f.Role == release.Picture && f.Alt() == alt {
				lines[i].Picture, lines[i].Alt = fileAddress(s.Case, f), alt
			}
		}
	}
	return lines
}

// dressed gives title and signature their places, and drops empty lines.
func dressed(lines []paperLine, p *release.Paper) []paperLine {
	var out []paperLine
	for i, l := range lines {
		words := strings.TrimSpace(l.words())
		switch {
		case words == "":
			continue
		case words == strings.TrimSpace(p.Title) || words == p.DocNo && p.DocNo != "" && i < 6:
			l.Class = "title"
		case i > len(lines)/2 && signature(words, p):
			l.Class = "signed"
		}
		out = append(out, l)
	}
	return out
}

func (l paperLine) words() string {
	var b strings.Builder
	for _, p := range l.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// signature reports a line that holds nothing but an organ's name or the date.
func signature(words string, p *release.Paper) bool {
	for _, o := range p.Organs {
		if words == o {
			return true
		}
	}
	return !p.AdoptedOn.IsZero() && words == p.AdoptedOn.Chinese()
}
