package docfile

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

func bytesReader(data []byte) io.ReaderAt { return bytes.NewReader(data) }

// slot is one shown character of a story: rune i of a text node, or a whole
// node (a tab, a line break) when i is -1.
type slot struct {
	node *xmlNode
	i    int
}

// line is one paragraph's characters.
type line struct {
	text  []rune
	slots []slot
	// barrier parts a cell or text box from what comes before it: no term runs
	// over it.
	barrier bool
}

// story collects the paragraphs of a tree in order. A paragraph inside another
// (a text box) follows it.
type story struct {
	lines []line
	known map[*xmlNode]bool // text nodes that belong to a line
}

func storyOf(root *xmlNode) *story {
	s := &story{known: map[*xmlNode]bool{}}
	s.blocks(root, false)
	return s
}

// blocks looks for paragraphs.
func (s *story) blocks(n *xmlNode, barrier bool) bool {
	switch n.local {
	case "p":
		s.paragraph(n, barrier)
		return false
	case "v", "f", "si", "is", "text", "formula":
		// Chart values and cell texts are a paragraph of their own.
		if n.local == "si" || n.local == "is" || onlyText(n) {
			s.paragraph(n, true)
			return true
		}
	}
	border := n.local == "tc" || n.local == "txbxContent" || n.local == "footnote" || n.local == "endnote" || n.local == "txBody" || n.local == "comment"
	barrier = barrier || border
	for _, k := range n.kids {
		barrier = s.blocks(k, barrier)
	}
	return barrier || border
}

func onlyText(n *xmlNode) bool {
	for _, k := range n.kids {
		if k.local != "" {
			return false
		}
	}
	return len(n.kids) > 0
}

func (s *story) paragraph(p *xmlNode, barrier bool) {
	l := line{barrier: barrier}
	var inner []*xmlNode
	var walk func(n *xmlNode)
	walk = func(n *xmlNode) {
		switch n.local {
		case "txbxContent", "txBody", "rPh":
			inner = append(inner, n)
			return
		case "tab", "ptab":
			l.text, l.slots = append(l.text, '\t'), append(l.slots, slot{n, -1})
			return
		case "br", "cr":
			l.text, l.slots = append(l.text, '\n'), append(l.slots, slot{n, -1})
			return
		case "noBreakHyphen":
			l.text, l.slots = append(l.text, '-'), append(l.slots, slot{n, -1})
			return
		case "sym":
			l.text, l.slots = append(l.text, '□'), append(l.slots, slot{n, -1})
			return
		case "pPr", "rPr", "instrText", "posOffset", "align":
			return
		case "":
			return
		}
		for _, k := range n.kids {
			if k.local == "" && (n.local == "t" || n == p) {
				s.known[k] = true
				for i, r := range []rune(k.text) {
					l.text, l.slots = append(l.text, r), append(l.slots, slot{k, i})
				}
				continue
			}
			walk(k)
		}
	}
	walk(p)
	s.lines = append(s.lines, l)
	for _, n := range inner {
		s.blocks(n, true)
	}
}

// text is the words of the story, a paragraph a line.
func (s *story) text() string {
	var out strings.Builder
	for i, l := range s.lines {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(string(l.text))
	}
	return out.String()
}

// redactTree takes the terms, and the spans of one part, out of a tree: its
// paragraphs, its other texts and its attributes.
func (r *redactor) redactTree(root *xmlNode, part, where string) error {
	s := storyOf(root)
	gone := map[slot]bool{}
	at := 0
	starts := make([]int, len(s.lines))
	for i, l := range s.lines {
		starts[i] = at
		at += len(l.text) + 1
		for _, h := range foldRunes(l.text).find(r.patterns) {
			r.found(h.term, where)
			for _, sl := range l.slots[h.from:h.to] {
				gone[sl] = true
			}
		}
		if err := r.check(); err != nil {
			return err
		}
	}
	r.acrossLines(s, gone, where)
	r.spans(s, starts, gone, part, where)
	for i := range s.lines {
		maskLine(&s.lines[i], gone)
	}
	r.rest(root, s.known, where)
	return nil
}

// acrossLines looks for long terms over the ends of paragraphs.
func (r *redactor) acrossLines(s *story, gone map[slot]bool, where string) {
	for i := 0; i < len(s.lines); {
		j := i + 1
		var text []rune
		var slots []slot
		text, slots = append(text, s.lines[i].text...), append(slots, s.lines[i].slots...)
		for j < len(s.lines) && !s.lines[j].barrier {
			text, slots = append(text, s.lines[j].text...), append(slots, s.lines[j].slots...)
			j++
		}
		if j > i+1 {
			for _, h := range foldRunes(text).find(r.long) {
				fresh := false
				for _, sl := range slots[h.from:h.to] {
					fresh = fresh || !gone[sl]
					gone[sl] = true
				}
				if fresh {
					r.found(h.term, where)
				}
			}
		}
		i = j
	}
}

// spans marks the places that removals name by part and position.
func (r *redactor) spans(s *story, starts []int, gone map[slot]bool, part, where string) {
	for i, m := range r.removals {
		if m.Part != part || part == "" || m.End <= m.Start {
			continue
		}
		for n, l := range s.lines {
			for k := range l.slots {
				if p := starts[n] + k; p >= m.Start && p < m.End {
					if !gone[l.slots[k]] {
						gone[l.slots[k]] = true
					}
					r.counts[RedactHit{Removal: i, Where: where}] = 1
				}
			}
		}
	}
}

// maskLine writes the line's characters back without those that are gone; each
// stretch of them becomes one mask.
func maskLine(l *line, gone map[slot]bool) {
	out := map[*xmlNode]*strings.Builder{}
	changed, in := false, false
	for i, sl := range l.slots {
		if sl.i >= 0 && out[sl.node] == nil {
			out[sl.node] = &strings.Builder{}
		}
		switch {
		case !gone[sl]:
			in = false
			if sl.i >= 0 {
				out[sl.node].WriteRune(l.text[i])
			}
		case sl.i < 0:
			// A break inside removed words goes with them.
			sl.node.name, sl.node.local, sl.node.attrs, sl.node.kids, sl.node.text = "", "", nil, nil, ""
			changed = true
		default:
			changed = true
			if !in {
				out[sl.node].WriteString(mask)
			}
			in = true
		}
	}
	if !changed {
		return
	}
	for n, b := range out {
		n.text = b.String()
	}
}

// rest masks attributes and texts that belong to no paragraph. Short numbers
// there are measures, not words.
func (r *redactor) rest(root *xmlNode, known map[*xmlNode]bool, where string) {
	root.each(func(n *xmlNode) bool {
		if n.local == "" && !known[n] {
			if i, hit := r.hitsCertain(n.text); hit {
				r.found(i, where)
				n.text = mask
			}
		}
		for i := range n.attrs {
			if a := &n.attrs[i]; !strings.HasPrefix(a.name, "xmlns") {
				if t, hit := r.hitsCertain(a.value); hit || spokenAttrs[a.local] && r.hitsAny(a.value, &t) {
					r.found(t, where)
					a.value = mask
				}
			}
		}
		return true
	})
}

// spokenAttrs hold words for people.
var spokenAttrs = map[string]bool{"descr": true, "title": true, "alt": true, "string": true, "lvlText": true}

func (r *redactor) hitsCertain(s string) (term int, hit bool) {
	if len(s) < 2 {
		return 0, false
	}
	for _, h := range foldText(s).find(r.patterns) {
		for _, p := range r.patterns {
			if p.term == h.term && p.certain() {
				return h.term, true
			}
		}
	}
	return 0, false
}

func (r *redactor) hitsAny(s string, term *int) bool {
	hits := foldText(s).find(r.patterns)
	if len(hits) > 0 {
		*term = hits[0].term
	}
	return len(hits) > 0
}

// foldRunes is foldText for runes.
func foldRunes(s []rune) folded {
	var f folded
	for n, r := range s {
		for _, c := range foldRune(r) {
			f.runes, f.at = append(f.runes, c), append(f.at, n)
		}
	}
	return f
}

// plainText masks a text file; its line ends become LF and its code UTF-8.
func (r *redactor) plainText(text string) []byte {
	l := line{text: []rune(text)}
	n := &xmlNode{text: text}
	for i := range l.text {
		l.slots = append(l.slots, slot{n, i})
	}
	gone := map[slot]bool{}
	for _, h := range foldRunes(l.text).find(r.patterns) {
		if span := l.text[h.from:h.to]; strings.ContainsRune(string(span), '\n') && utf8.RuneCountInString(r.removals[h.term].Term) < longRunes {
			continue
		}
		r.found(h.term, whereBody)
		for _, sl := range l.slots[h.from:h.to] {
			gone[sl] = true
		}
	}
	maskLine(&l, gone)
	return []byte(n.text)
}
