package officialdoc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// article opens a 条 and, when words follow its number, its first 款.
func (b *structBuilder) article(l *structLine) {
	b.closeFree(l.start)
	b.closeFrom(rankArticle, l.start)
	path := b.prefix() + "a" + strconv.Itoa(l.number)
	if l.sub > 0 {
		path += "_" + strconv.Itoa(l.sub)
	}
	heading, rest := structBracket(l.after)
	b.push(KindArticle, path, l.label, heading, l.start, l.number, l.sub, rankArticle, 0)
	b.paragraphs = 0
	if rest != "" {
		b.paragraph(l.body + utf8.RuneCountInString(l.after[:len(l.after)-len(rest)]))
	}
}

// paragraph opens the next 款 of the open article.
func (b *structBuilder) paragraph(start int) {
	b.closeFrom(rankParagraph, start)
	b.paragraphs++
	b.itemStyle, b.subItem = styleNone, styleNone
	b.push(KindParagraph, b.top().Path+"-"+strconv.Itoa(b.paragraphs), "", "", start, b.paragraphs, 0, rankParagraph, 0)
}

// words places a line of text: inside an article it is a 款, 项 or 目; else it
// belongs to what is open.
func (b *structBuilder) words(l *structLine) {
	inArticle := len(b.open) > 0 && b.open[len(b.open)-1].rank >= rankArticle
	if l.blank() || !inArticle {
		return
	}
	if l.style == styleNone {
		b.paragraph(l.start)
		return
	}
	if b.paragraphs == 0 {
		b.paragraph(l.start)
	}
	switch {
	case b.itemStyle == styleNone || l.style == b.itemStyle:
		b.itemStyle, b.subItem = l.style, styleNone
		b.item(KindItem, l, rankItem)
	case l.style > b.itemStyle && (b.subItem == styleNone || l.style == b.subItem):
		b.subItem = l.style
		b.item(KindSubitem, l, rankSubitem)
	}
}

// item opens a 项 or 目.
func (b *structBuilder) item(kind ProvisionKind, l *structLine, rank int) {
	b.closeFrom(rank, l.start)
	b.push(kind, b.top().Path+"-"+strconv.Itoa(l.number), l.label, "", l.start, l.number, 0, rank, 0)
}

// structBracket cuts the bracketed heading off an article's words:
// 【立法目的】… A round bracket counts only when a blank or nothing follows.
func structBracket(s string) (heading, rest string) {
	for _, pair := range [][2]string{{"【", "】"}, {"〔", "〕"}, {"［", "］"}, {"[", "]"}, {"（", "）"}, {"(", ")"}} {
		inner, ok := strings.CutPrefix(s, pair[0])
		if !ok {
			continue
		}
		head, tail, found := strings.Cut(inner, pair[1])
		if !found || head == "" || utf8.RuneCountInString(head) > 30 {
			return "", s
		}
		r, _ := utf8.DecodeRuneInString(tail)
		if strings.ContainsAny(pair[0], "（(") && (tail == "" || !structBlank(r)) {
			return "", s
		}
		return head, strings.TrimLeftFunc(tail, structBlank)
	}
	return "", s
}

// structLead is the title part of a notice's heading: the whole line when it
// is a title, else its first sentence when that is short.
func structLead(s string) string {
	head, _, found := strings.Cut(s, "。")
	if n := utf8.RuneCountInString(head); n > 40 || !found && !structTitle(s) {
		return ""
	}
	if strings.ContainsAny(head, "；：") {
		return ""
	}
	return head
}
