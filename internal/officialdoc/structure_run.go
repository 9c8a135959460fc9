package officialdoc

import "strings"

// What follows 第N条 without a blank when the words only speak of it. The hard
// ones never begin an article; the soft ones do when the number is the next.
var (
	structHardReference = []string{"第", "规定", "修改", "和", "、", "及", "或", "与", "，", "。", "；", "至", "增加", "改为", "删除", "删去", "作为", "款", "项", "）", "》", "”", "—", "～", "-", "的规定"}
	structSoftReference = []string{"的", "中", "所", "对", "以", "之", "后", "前", "内", "关于", "是", "原"}
)

func structHasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// acceptArticles keeps the lines that begin an article and clears the kind of
// those that only cite one. It returns the indices of the articles.
func (b *structBuilder) acceptArticles() []int {
	var out []int
	last := 0
	for i := range b.lines {
		l := &b.lines[i]
		if l.kind != KindArticle {
			continue
		}
		ok := true
		if !l.spaced && l.marks == 0 {
			next := l.number == last+1 || l.number == 1 || l.sub > 0 && l.number == last
			switch {
			case structHasPrefix(l.after, structHardReference):
				ok = false
			case structHasPrefix(l.after, structSoftReference):
				ok = next
			default:
				ok = next || l.number > last && l.number <= last+20
			}
		}
		if !ok {
			l.kind, l.label = "", ""
			continue
		}
		b.roles[i] = roleStart
		last = l.number
		out = append(out, i)
	}
	return out
}

// runStart moves the start of a numbering from its first article back to the
// first of the headings that stand before it, not before floor.
func (b *structBuilder) runStart(article, floor int) int {
	start := article
	for i := article - 1; i >= floor; i-- {
		if b.structural(i) && (b.lines[i].number == 1 || floor == 0) {
			start = i
		}
	}
	return start
}

// runPreamble finds where the words before a further numbering begin: at its
// 附件 mark, after a date or 公开方式 line, or at the title above it.
func (b *structBuilder) runPreamble(from, start int) int {
	for i := start - 1; i >= from; i-- {
		l := &b.lines[i]
		if structAttachment(l) {
			return i
		}
		if structDateLine(l.text) || structClosing(l.text) {
			if w := b.nextWords(i + 1); w >= 0 && w < start {
				return w
			}
			return start
		}
	}
	pre := start
	for i := start - 1; i >= from; i-- {
		l := &b.lines[i]
		remark := l.style == styleNone && strings.HasPrefix(l.text, "（") && strings.HasSuffix(l.text, "）")
		if !l.blank() && !structSignature(l) && !remark {
			break
		}
		if !l.blank() {
			pre = i
		}
	}
	return pre
}

// noticeBefore says whether numbered provisions of a notice stand before the
// first article and returns the last of them, else -1. A title with articles
// right under it (一、管辖) is a chapter, not a provision of a notice.
func (b *structBuilder) noticeBefore(first int) int {
	count, last := 0, -1
	for i := 0; i < first; i++ {
		if b.lines[i].style == styleComma && !b.overArticles(i) {
			count++
			last = i
		}
	}
	if count < 2 {
		return -1
	}
	return last
}
