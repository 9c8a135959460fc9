package proofread

import (
	"fmt"
	"strconv"

	"gongkai/internal/zh"
)

// headingForm is one way of numbering lines, F4.
type headingForm int

const (
	formPart    headingForm = iota // 第一编
	formChapter                    // 第一章
	formSection                    // 第一节
	formArticle                    // 第一条
	formOne                        // 一、
	formTwo                        // （一）
	formThree                      // 1.
	formFour                       // （1）
	forms
)

// heading is a number at the head of a line.
type heading struct {
	form       headingForm
	number     int
	start, end int // of the number with its signs
}

// headings checks that the numbers of each level follow one another. A number
// one begins anew anywhere; the first number of a list may be any, because
// pages lose their headings.
func (s *sheet) headings() {
	var last [forms]int
	for _, l := range s.lines {
		h, ok := s.heading(s.trimmed(l))
		if !ok {
			continue
		}
		s.headingMark(&h)
		p := last[h.form]
		// 第五条之一 stands beside 第五条.
		if p > 0 && h.number != 1 && h.number != p+1 && !(h.form == formArticle && s.at(h.end) == '之') {
			s.hit("F4.heading-order", h.start, h.end, h.text(p+1))
		}
		last[h.form] = h.number
		for f := h.form + 1; f < forms; f++ {
			// Articles run through the chapters; what stands in them begins anew.
			if f != formArticle || h.form == formPart {
				last[f] = 0
			}
		}
	}
}

func (h *heading) text(n int) string {
	han := zh.FormatNumeral(n)
	switch h.form {
	case formPart:
		return "第" + han + "编"
	case formChapter:
		return "第" + han + "章"
	case formSection:
		return "第" + han + "节"
	case formArticle:
		return "第" + han + "条"
	case formOne:
		return han + "、"
	case formTwo:
		return "（" + han + "）"
	case formThree:
		return strconv.Itoa(n) + "."
	}
	return fmt.Sprintf("（%d）", n)
}

// heading reads the number at the head of a line; marks of headings (## ) may
// stand before it.
func (s *sheet) heading(l span) (heading, bool) {
	i := l.start
	for i < l.end && s.fold[i] == '#' {
		i++
	}
	i = s.skipBlanks(i)
	h := heading{start: i}
	switch r := s.at(i); {
	case r == '第':
		return s.counted(h, i+1)
	case r == '(':
		h.number, h.end = s.numeral(i + 1)
		h.form = formTwo
		if isDigit(s.at(i + 1)) {
			h.form = formFour
		}
		if s.at(h.end) != ')' {
			return h, false
		}
		h.end++
	case isDigit(r):
		h.number, h.end = s.numeral(i)
		h.form = formThree
		mark := s.at(h.end)
		if h.end-i > 2 || mark != '.' && mark != '、' || isDigit(s.at(h.end+1)) {
			return h, false
		}
		h.end++
	default:
		h.number, h.end = s.numeral(i)
		h.form = formOne
		if s.at(h.end) != '、' {
			return h, false
		}
		h.end++
	}
	if s.at(h.end) == '、' && s.at(h.end+1) == '(' {
		return h, false // （四）、（五）项所列人员 begins a sentence
	}
	// 一、二、三年级 is a list, no heading.
	if n, end := s.numeral(h.end); n > 0 && (h.form == formOne || h.form == formThree) && s.at(end) == '、' {
		return h, false
	}
	return h, h.number > 0 && h.end <= l.end
}

func (s *sheet) counted(h heading, i int) (heading, bool) {
	h.number, h.end = s.numeral(i)
	if h.number == 0 {
		return h, false
	}
	switch s.at(h.end) {
	case '编':
		h.form = formPart
	case '章':
		h.form = formChapter
	case '节':
		h.form = formSection
	case '条':
		h.form = formArticle
	default:
		return h, false
	}
	h.end++
	// 第三条第二款 and 第三条、 begin a sentence, not an article.
	if next := s.at(h.end); next == '第' || next == '、' || next == '和' || next == '至' || next == '的' || next == '规' {
		return h, false
	}
	return h, true
}

// numeral reads a number of at most four digits or nine characters.
func (s *sheet) numeral(i int) (n, end int) {
	end = i
	if isDigit(s.at(i)) {
		for isDigit(s.at(end)) && end-i < 5 {
			end++
		}
	} else {
		for end-i < 10 && hanNumeral(s.at(end)) {
			end++
		}
	}
	n, ok := zh.ParseNumeral(string(s.fold[i:end]))
	if !ok || end-i > 9 {
		return 0, i
	}
	return n, end
}

func hanNumeral(r rune) bool {
	switch r {
	case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '零', '〇', '千':
		return true
	}
	return false
}

// headingMark flags signs that do not stand after a bracketed number: （一）、
func (s *sheet) headingMark(h *heading) {
	next := s.at(h.end)
	if (h.form == formTwo || h.form == formFour) && (next == '、' || next == '.') {
		s.hit("F4.heading-mark", h.start, h.end+1, string(s.rs[h.start:h.end]))
	}
}
