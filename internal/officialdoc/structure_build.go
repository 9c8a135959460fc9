package officialdoc

import (
	"strconv"
	"strings"
)

// structState is what build keeps while it walks the lines.
type structState struct {
	open   []structOpen
	used   map[string]int // how often a path was given
	run    int            // numberings begun
	levels [styleCircle + 1]int
	heads  int // unmarked headings of this numbering

	paragraphs         int
	itemStyle, subItem structStyle
}

// structOpen is a provision whose end is not yet known.
type structOpen struct {
	index int
	rank  int
	marks int
}

// Ranks order what closes what: a line closes everything open of its rank or
// deeper. Headings of notices stand between 节 and 条, by level.
const (
	rankHeading   = 10
	rankArticle   = 20
	rankParagraph = 21
	rankItem      = 22
	rankSubitem   = 23
)

var structRanks = map[ProvisionKind]int{KindPart: 1, KindSubpart: 2, KindChapter: 3, KindSection: 4}

var structLetters = map[ProvisionKind]string{KindPart: "p", KindSubpart: "b", KindChapter: "c", KindSection: "s"}

// build opens and closes provisions line by line.
func (b *structBuilder) build() {
	b.used = make(map[string]int)
	b.beginRun(0)
	first := len(b.lines)
	for i := range b.lines {
		if b.roles[i] != roleText {
			first = i
			break
		}
	}
	if w := b.nextWords(0); w >= 0 && w < first || first == len(b.lines) && b.total > 0 {
		heading := ""
		if w >= 0 && b.lines[w].marks > 0 {
			heading = b.lines[w].text
		}
		b.push(KindPreamble, "pre", "", heading, 0, 0, 0, 0, 0)
	}
	for i := range b.lines {
		if b.newRun[i] {
			b.closeFrom(0, b.lines[i].start)
			b.beginRun(i)
		}
		b.line(i)
	}
	b.closeFrom(0, b.total)
	if len(b.s.Provisions) > 0 {
		b.s.Provisions[0].Start = 0 // blank lines at the head
	}
}

// line handles one line by its role.
func (b *structBuilder) line(i int) {
	l := &b.lines[i]
	switch b.roles[i] {
	case roleRunPre:
		b.closeFrom(0, l.start)
		b.push(KindPreamble, b.prefix()+"pre", "", "", l.start, 0, 0, 0, 0)
	case roleTail:
		b.closeFrom(0, l.start)
		label := ""
		if structAttachment(l) {
			label, _, _ = strings.Cut(strings.NewReplacer("：", " ", ":", " ", "\u3000", " ").Replace(l.text), " ")
		}
		b.push(KindTail, b.prefix()+"end", label, "", l.start, 0, 0, 0, 0)
	case roleStart:
		switch {
		case l.kind == KindArticle:
			b.article(l)
		case l.kind != "":
			b.structuralHeading(l)
		case l.style != styleNone:
			b.numberedHeading(l)
		default:
			b.markedHeading(l)
		}
	default:
		b.words(l)
	}
}

// beginRun starts the numbering whose first line is i: the styles of its
// headings, ranked, are its levels.
func (b *structBuilder) beginRun(i int) {
	b.run++
	b.heads = 0
	var has [styleCircle + 1]bool
	for k := i; k < len(b.lines) && (k == i || !b.newRun[k]); k++ {
		if b.roles[k] == roleStart && b.lines[k].kind == "" {
			has[b.lines[k].style] = true
		}
	}
	level := 0
	for s := styleComma; s <= styleCircle; s++ {
		if has[s] {
			level++
		}
		b.levels[s] = level
	}
}

// prefix tells the numberings of one text apart.
func (b *structBuilder) prefix() string {
	if b.run < 2 {
		return ""
	}
	return "x" + strconv.Itoa(b.run) + "-"
}

// push opens a provision inside what is open.
func (b *structBuilder) push(kind ProvisionKind, path, label, heading string, start, number, sub, rank, marks int) {
	b.used[path]++
	if n := b.used[path]; n > 1 {
		path += "~" + strconv.Itoa(n)
	}
	parent := -1
	if n := len(b.open); n > 0 {
		parent = b.open[n-1].index
	}
	b.open = append(b.open, structOpen{len(b.s.Provisions), rank, marks})
	b.s.Provisions = append(b.s.Provisions, Provision{
		Kind: kind, Path: path, Label: label, Heading: heading, Start: start,
		Depth: len(b.open) - 1, Parent: parent, Number: number, Sub: sub,
	})
}

// closeFrom ends every open provision of this rank or deeper.
func (b *structBuilder) closeFrom(rank, at int) {
	for i := 0; i < len(b.open); i++ {
		if b.open[i].rank >= rank {
			b.closeAt(i, at)
			return
		}
	}
}

// closeAt ends the open provisions from stack place i on.
func (b *structBuilder) closeAt(i, at int) {
	for _, o := range b.open[i:] {
		b.s.Provisions[o.index].End = at
	}
	b.open = b.open[:i]
}

// top is the innermost open provision, or nil.
func (b *structBuilder) top() *Provision {
	if len(b.open) == 0 {
		return nil
	}
	return &b.s.Provisions[b.open[len(b.open)-1].index]
}

// closeFree ends the preamble or a tail before something else begins.
func (b *structBuilder) closeFree(at int) {
	if t := b.top(); t != nil && (t.Kind == KindPreamble || t.Kind == KindTail) {
		b.closeAt(0, at)
	}
}

// structuralHeading opens a 编, 分编, 章 or 节.
func (b *structBuilder) structuralHeading(l *structLine) {
	b.closeFree(l.start)
	rank := structRanks[l.kind]
	for i, o := range b.open {
		if o.rank >= rank && (o.rank < rankHeading || o.rank >= rankArticle || l.marks == 0 || o.marks >= l.marks) {
			b.closeAt(i, l.start)
			break
		}
	}
	path := b.prefix()
	for i := len(b.open) - 1; i >= 0; i-- {
		if p := &b.s.Provisions[b.open[i].index]; structRanks[p.Kind] > 0 {
			path = p.Path
			break
		}
	}
	path += structLetters[l.kind] + strconv.Itoa(l.number)
	b.push(l.kind, path, l.label, l.after, l.start, l.number, 0, rank, l.marks)
}

// numberedHeading opens 一、 （一） 1. （1） of a notice, at the level of its
// style.
func (b *structBuilder) numberedHeading(l *structLine) {
	b.closeFree(l.start)
	b.closeFrom(rankArticle, l.start)
	rank := rankHeading + b.levels[l.style]
	b.closeFrom(rank, l.start)
	b.closeMarked(l)
	path, parent := b.prefix()+"h", ""
	if t := b.top(); t != nil {
		parent = t.Path
	}
	levels := 1
	switch {
	case len(b.open) > 0 && b.open[len(b.open)-1].rank > rankHeading:
		path, levels = parent+"-", b.open[len(b.open)-1].rank-rankHeading+1
	case parent != "":
		path = parent + "-h"
	}
	for ; levels < b.levels[l.style]; levels++ {
		path += "0-" // the level above it is not there
	}
	b.push(KindHeading, path+strconv.Itoa(l.number), l.label, structLead(l.after), l.start, l.number, 0, rank, l.marks)
}

// markedHeading opens a heading that has only its marks: ## 基本案情.
func (b *structBuilder) markedHeading(l *structLine) {
	b.closeFree(l.start)
	b.closeFrom(rankArticle, l.start)
	b.closeMarked(l)
	for i, o := range b.open {
		if o.rank >= rankHeading && o.marks == 0 {
			b.closeAt(i, l.start) // a numbered line stands under marked ones
			break
		}
	}
	b.heads++
	b.push(KindHeading, b.prefix()+"u"+strconv.Itoa(b.heads), "", l.text, l.start, 0, 0, rankHeading, l.marks)
}

// closeMarked ends what has as many marks as l, or more.
func (b *structBuilder) closeMarked(l *structLine) {
	if l.marks == 0 {
		return
	}
	for i, o := range b.open {
		if o.marks >= l.marks {
			b.closeAt(i, l.start)
			return
		}
	}
}
