package officialdoc

import "strings"

// comparePiece is a segment of one text before it is aligned.
type comparePiece struct {
	kind        ProvisionKind // "" for a bare line
	label       string
	number, sub int
	text        string // to the rune, with marks, number and LF
	words       string // without marks, number and blanks at the ends
	rest        int    // byte offset in text of what follows the label; 0 for none
}

// compareCut cuts a text into consecutive pieces that cover it: preamble,
// heading lines, articles, tails; of notices the headings of two levels with
// their words; of a text without any number, its lines.
func compareCut(text string) []comparePiece {
	s := Parse(text)
	var cuts []Provision
	numbered := false
	for _, p := range s.Provisions {
		switch p.Kind {
		case KindParagraph, KindItem, KindSubitem:
			continue
		case KindHeading:
			if s.headingLevel(p) > 2 {
				continue
			}
			numbered = true
		case KindPreamble, KindTail:
		default:
			numbered = true
		}
		cuts = append(cuts, p)
	}
	if !numbered {
		cuts = compareLines(s, cuts)
	}
	pieces := make([]comparePiece, 0, len(cuts))
	for i, p := range cuts {
		end := s.places[len(s.places)-1].runes
		if i+1 < len(cuts) {
			end = cuts[i+1].Start
		}
		pieces = append(pieces, compareNewPiece(p, s.slice(p.Start, end)))
	}
	return pieces
}

// compareLines replaces the preamble of an unnumbered text by its lines; blank
// ones stay with the line before them.
func compareLines(s *Structure, cuts []Provision) []Provision {
	if len(cuts) == 0 || cuts[0].Kind != KindPreamble {
		return cuts
	}
	var out []Provision
	for _, place := range s.places[:len(s.places)-1] {
		if place.runes >= cuts[0].End {
			break
		}
		line, _, _ := strings.Cut(s.text[place.bytes:], "\n")
		if len(out) == 0 || strings.TrimFunc(line, structBlank) != "" {
			out = append(out, Provision{Start: place.runes})
		}
	}
	return append(out, cuts[1:]...)
}

// compareNewPiece parts the words of a piece from its marks and number.
func compareNewPiece(p Provision, text string) comparePiece {
	c := comparePiece{kind: p.Kind, label: p.Label, number: p.Number, sub: p.Sub, text: text}
	body := strings.TrimLeftFunc(text, structBlank)
	if i := strings.Index(text, p.Label); p.Label != "" && i >= 0 {
		body = text[i+len(p.Label):] // only blanks and marks stand before a label
		c.rest = i + len(p.Label)
		body = strings.TrimLeft(strings.TrimLeftFunc(body, structBlank), "：:")
	} else if bare := strings.TrimLeft(body, "#"); bare != body {
		body = bare
	}
	c.words = strings.TrimFunc(body, structBlank)
	return c
}

// comparePair is the difference of two pieces: marks and number first, number
// against number, then the rest.
func comparePair(o, n comparePiece) []Op {
	if o.text == n.text {
		return compareOne("=", o.text)
	}
	if o.rest == 0 || n.rest == 0 {
		return DiffText(o.text, n.text)
	}
	oldMarks, newMarks := o.text[:o.rest-len(o.label)], n.text[:n.rest-len(n.label)]
	ops := DiffText(oldMarks, newMarks)
	ops = append(ops, compareTokens(compareLabel(o.label), compareLabel(n.label))...)
	return compareJoin(append(ops, DiffText(o.text[o.rest:], n.text[n.rest:])...))
}

// compareLabel cuts a label into numerals and what stands between them, so
// that 第十二条 becomes 第十三条 by its whole number.
func compareLabel(label string) []string {
	var out []string
	for len(label) > 0 {
		_, n := structNumeral(label)
		if n == 0 {
			for i := range label {
				if _, m := structNumeral(label[i:]); m > 0 {
					break
				}
				n = i
			}
			n = max(n, 1)
			for n < len(label) && label[n]&0xC0 == 0x80 {
				n++ // to the end of the rune
			}
		}
		out = append(out, label[:n])
		label = label[n:]
	}
	return out
}

// compareTokens replaces what lies between the common head and tail.
func compareTokens(a, b []string) []Op {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return compareJoin([]Op{
		{"=", strings.Join(a[:head], "")},
		{"-", strings.Join(a[head:len(a)-tail], "")},
		{"+", strings.Join(b[head:len(b)-tail], "")},
		{"=", strings.Join(a[len(a)-tail:], "")},
	})
}

// compareJoin drops empty ops and joins neighbours of one kind.
func compareJoin(ops []Op) []Op {
	out := ops[:0:0]
	for _, o := range ops {
		switch n := len(out); {
		case o.Text == "":
		case n > 0 && out[n-1].Kind == o.Kind:
			out[n-1].Text += o.Text
		case n > 1 && o.Kind == "-" && out[n-1].Kind == "+" && out[n-2].Kind == "-":
			out[n-2].Text += o.Text
		case n > 0 && o.Kind == "-" && out[n-1].Kind == "+":
			out = append(out[:n-1], o, out[n-1])
		default:
			out = append(out, o)
		}
	}
	return out
}
