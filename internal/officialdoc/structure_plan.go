package officialdoc

import (
	"strings"
	"unicode/utf8"
)

// structRole is what a line does in the text.
type structRole uint8

const (
	roleText   structRole = iota // words of what is open
	roleStart                    // begins a provision
	roleTail                     // begins a tail: 落款, 附件
	roleRunPre                   // begins the preamble of a further numbering
)

// structBuilder turns classified lines into provisions: plan decides what
// each line is, build opens and closes provisions.
type structBuilder struct {
	s     *Structure
	lines []structLine
	total int

	roles  []structRole
	newRun []bool // a further numbering begins with this line
	tailed []bool // see markSentences
	titles []bool // see markTitles

	structState
}

// plan gives every line its role.
func (b *structBuilder) plan() {
	n := len(b.lines)
	b.roles, b.newRun = make([]structRole, n), make([]bool, n)
	b.dropContents()
	articles := b.acceptArticles()
	b.markSentences()
	b.markTitles()
	if len(articles) == 0 {
		for i := range b.lines {
			if b.structural(i) {
				b.roles[i] = roleStart
			}
		}
		b.planNotice(0, n)
		return
	}
	first := b.runStart(articles[0], 0)
	begin := first
	if last := b.noticeBefore(first); last >= 0 {
		begin = b.runPreamble(last+1, first)
		b.planNotice(0, begin)
		b.newRun[begin] = true
		if begin < first {
			b.roles[begin] = roleRunPre
		}
	} else {
		b.planHeadings(0, first)
	}
	from, previous, counted := first, articles[0], false
	for _, a := range articles {
		if b.lines[a].number != 1 || b.lines[a].sub != 0 || !counted {
			counted = counted || b.lines[a].number == 1
			previous = a // a second 第一条 begins a further numbering
			continue
		}
		start := b.runStart(a, previous+1)
		pre := b.runPreamble(previous+1, start)
		b.planHeadings(from, pre)
		b.planTail(previous+1, pre)
		b.newRun[pre] = true
		if pre < start {
			b.roles[pre] = roleRunPre
		}
		from, previous = start, a
	}
	b.planHeadings(from, n)
	b.planTail(b.lastStart(previous)+1, n)
}

// dropContents takes the lines of a 目录 out of the headings: when the first
// heading comes a second time before any article, all up to there is contents.
func (b *structBuilder) dropContents() {
	first := -1
	for i := range b.lines {
		l := &b.lines[i]
		switch {
		case l.kind == KindArticle:
			return
		case first < 0:
			if b.structural(i) {
				first = i
			}
		case l.kind == b.lines[first].kind && l.label == b.lines[first].label:
			if first > 0 && structContentsWord(b.lines[first-1].text) {
				first--
			}
			for k := first; k < i; k++ {
				b.lines[k].kind, b.lines[k].marks, b.lines[k].style = "", 0, styleNone
			}
			return
		}
	}
}

// structContentsWord says whether a line is the word 目录, however spaced.
func structContentsWord(s string) bool {
	word := strings.Join(strings.Fields(s), "")
	return word == "目录" || word == "目錄"
}

// nextWords is the next line that holds words, from i on; -1 for none.
func (b *structBuilder) nextWords(i int) int {
	for ; i < len(b.lines); i++ {
		if !b.lines[i].blank() {
			return i
		}
	}
	return -1
}

// structural says whether line i is a 编 章 节 heading.
func (b *structBuilder) structural(i int) bool {
	k := b.lines[i].kind
	return k != "" && k != KindArticle
}

// overArticles says whether line i is a title and the next words begin an
// article or, under it, another such title.
func (b *structBuilder) overArticles(i int) bool { return b.titles[i] }

// markTitles fills titles from the end of the text, so that it costs one pass.
func (b *structBuilder) markTitles() {
	b.titles = make([]bool, len(b.lines))
	next := false // what the next words are
	for i := len(b.lines) - 1; i >= 0; i-- {
		l := &b.lines[i]
		if l.blank() {
			continue
		}
		if l.kind != KindArticle {
			next = next && l.style != styleNone && structTitle(l.text) && utf8.RuneCountInString(l.text) <= 30
		} else {
			next = true
		}
		b.titles[i] = next
	}
}

// planHeadings accepts the headings among lines [from, to) of a text with
// articles: 编 章 节, marked lines, and numbered titles over articles.
func (b *structBuilder) planHeadings(from, to int) {
	for i := from; i < to; i++ {
		l := &b.lines[i]
		switch {
		case b.roles[i] == roleStart, l.blank():
		case b.structural(i), l.marks > 0 && !b.foreword(i):
			b.roles[i] = roleStart
		case l.style == styleComma || l.style == styleParen:
			if b.overArticles(i) && !b.listed(i) {
				b.roles[i] = roleStart
			}
		}
	}
}

// listed says whether numbered line i goes on with a list: the last item
// before an article can look like a title.
func (b *structBuilder) listed(i int) bool {
	for k := i - 1; k >= 0; k-- {
		l := &b.lines[k]
		if l.blank() {
			continue
		}
		r, _ := utf8.DecodeLastRuneInString(l.text)
		return strings.ContainsRune("：；，:;,", r) || l.style == b.lines[i].style && b.roles[k] != roleStart
	}
	return false
}

// foreword says whether line i titles the preamble (序言) and nothing but
// blanks stands before it.
func (b *structBuilder) foreword(i int) bool {
	switch strings.Join(strings.Fields(b.lines[i].text), "") {
	case "序言", "前言", "引言", "序":
		return b.nextWords(0) == i
	}
	return false
}

// planNotice accepts the numbered and marked headings among lines [from, to)
// that hold no article. After a tail a 一、 opens a further numbering (an
// attached plan); other numbers there are a list of attachments.
func (b *structBuilder) planNotice(from, to int) {
	inTail, seen, lastStart, worded, quoted := false, false, from-1, false, false
	var last [styleCircle + 1]int
	for i := from; i < to; i++ {
		l := &b.lines[i]
		if l.blank() {
			continue
		}
		heading := l.style != styleNone || l.marks > 0 && !b.foreword(i)
		if quoted && l.marks == 0 && l.style != styleComma && (last[l.style] == 0 || l.number != last[l.style]+1) {
			heading = false // （一） of a provision that the notice quotes
		} else if heading {
			last[l.style] = l.number
			for s := l.style + 1; s <= styleCircle; s++ {
				last[s] = 0
			}
		}
		if at := strings.LastIndexAny(l.text, "“”"); at >= 0 {
			quoted = strings.HasPrefix(l.text[at:], "“")
		} else if heading {
			quoted = false
		}
		switch {
		case inTail && l.style == styleComma && l.number == 1 && seen:
			pre := b.runPreamble(lastStart+1, i)
			for k := pre; k < i; k++ {
				b.roles[k] = roleText
			}
			b.newRun[pre] = true
			if pre < i {
				b.roles[pre] = roleRunPre
			}
			b.roles[i] = roleStart
			inTail, lastStart = false, i
		case inTail && !structAttachment(l):
		case (seen || worded) && b.tailLine(i):
			b.roles[b.signatures(i, lastStart+1)] = roleTail
			inTail = true
		case b.structural(i) || heading:
			b.roles[i] = roleStart
			seen, lastStart = true, i
		}
		worded = worded || structSentence(l)
	}
}
