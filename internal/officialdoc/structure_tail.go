package officialdoc

import (
	"strings"
	"unicode/utf8"
)

// lastStart is the last line, from i on, that begins a provision.
func (b *structBuilder) lastStart(i int) int {
	last := i
	for ; i < len(b.lines); i++ {
		if b.roles[i] == roleStart && !structAttachment(&b.lines[i]) {
			last = i
		} else if structAttachment(&b.lines[i]) && b.lines[i].marks > 0 {
			break // ## 附件一: what is marked under it belongs to it
		}
	}
	return last
}

// planTail finds the tail among lines [from, to) after the last provision of
// a numbering; marks inside it (a second 附件) begin further tails.
func (b *structBuilder) planTail(from, to int) {
	found := false
	for i := from; i < to; i++ {
		if b.tailLine(i) && (!found || structAttachment(&b.lines[i])) {
			b.roles[b.signatures(i, from)] = roleTail
			found = true
		} else if found && b.roles[i] == roleStart {
			b.roles[i] = roleText
		}
	}
}

// markSentences notes for every line whether a whole sentence follows it
// before the next attachment or article: a date with such words after it is
// not the date of signing.
func (b *structBuilder) markSentences() {
	b.tailed = make([]bool, len(b.lines)+1)
	for i := len(b.lines) - 1; i >= 0; i-- {
		l := &b.lines[i]
		switch {
		case structAttachment(l), l.kind == KindArticle, b.structural(i):
			b.tailed[i] = false
		case structSentence(l):
			b.tailed[i] = true
		default:
			b.tailed[i] = b.tailed[i+1]
		}
	}
}

// tailLine says whether line i begins or belongs to a tail.
func (b *structBuilder) tailLine(i int) bool {
	l := &b.lines[i]
	if structAttachment(l) {
		return true
	}
	return !b.tailed[i+1] && (structDateLine(l.text) || structClosing(l.text))
}

// signatures walks from a date line back over the names of the signing
// organs, not before floor.
func (b *structBuilder) signatures(i, floor int) int {
	if !structDateLine(b.lines[i].text) {
		return i
	}
	start := i
	for k := i - 1; k >= floor && k >= 0; k-- {
		l := &b.lines[k]
		if b.roles[k] != roleText || !l.blank() && !structSignature(l) {
			break
		}
		if !l.blank() {
			start = k
		}
	}
	return start
}

// structSentence says whether a line is a sentence of the text.
func structSentence(l *structLine) bool {
	return strings.HasSuffix(l.text, "。") && utf8.RuneCountInString(l.text) > 25
}

// structSignature says whether a line can be the name of an organ or a title:
// short, unnumbered, no mark at its end.
func structSignature(l *structLine) bool {
	if l.blank() || l.style != styleNone || l.kind != "" || l.marks > 0 || utf8.RuneCountInString(l.text) > 40 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(l.text)
	return !strings.ContainsRune("。；：，！？、;:,”", r) && !strings.Contains(l.text, "。")
}

// structAttachment says whether a line names an attachment: 附件, 附件2：…,
// 附：, 附录, 附表一. 附件三所列… is a sentence about one.
func structAttachment(l *structLine) bool {
	rest, ok := strings.CutPrefix(l.text, "附")
	if !ok || utf8.RuneCountInString(l.text) > 80 {
		return false
	}
	named := false
	for _, w := range []string{"件", "录", "錄", "表", "图", "圖"} {
		if cut, has := strings.CutPrefix(rest, w); has {
			rest, named = cut, true
			break
		}
	}
	rest = strings.TrimLeftFunc(rest, structBlank)
	if named {
		_, n := structNumeral(rest)
		rest = rest[n:]
	}
	if rest == "" {
		return named || l.text == "附"
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return r == '：' || r == ':' || named && structBlank(r) && !strings.HasSuffix(rest, "。")
}

// structDateLine says whether a line is nothing but a date, as under a
// signature or in an imprint: 2024年3月4日, 二〇二四年三月四日, …印发.
func structDateLine(s string) bool {
	if utf8.RuneCountInString(s) > 40 {
		return false
	}
	s = strings.TrimSuffix(strings.TrimSpace(strings.TrimSuffix(s, "印发")), " ")
	rest, ok := strings.CutSuffix(s, "日")
	if !ok {
		return false
	}
	i := strings.LastIndex(rest, "年")
	j := strings.LastIndex(rest, "月")
	if i < 0 || j < i {
		return false
	}
	head := rest[:i]
	if at := strings.LastIndexAny(head, " \u3000\t"); at >= 0 {
		_, w := utf8.DecodeRuneInString(head[at:])
		head = head[at+w:] // 某某办公室 2021年12月6日印发
	}
	return structWholeNumeral(head) && structWholeNumeral(rest[i+len("年"):j]) && structWholeNumeral(rest[j+len("月"):])
}

// structWholeNumeral says whether a string is one numeral, blanks aside.
func structWholeNumeral(s string) bool {
	s = strings.TrimSpace(s)
	_, n := structNumeral(s)
	return s != "" && n == len(s)
}

// structClosing says whether a line is one of the formal last lines of an
// official document (GB/T 9704: 附注, 抄送, 印发).
func structClosing(s string) bool {
	if strings.HasPrefix(s, "（此件") || strings.HasPrefix(s, "(此件") {
		return true
	}
	for _, p := range []string{"公开方式", "公開方式", "信息公开选项", "抄送", "主办单位", "公开属性", "公开类别"} {
		if rest, ok := strings.CutPrefix(s, p); ok && (strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, ":")) {
			return true
		}
	}
	return false
}
