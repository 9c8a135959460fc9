package zh

import (
	"strconv"
	"strings"
)

// DocKind is the family of a document's number.
type DocKind uint8

const (
	// Numbered is 机关代字〔年〕序号, F-06: 淄政办字〔2025〕17号.
	Numbered DocKind = iota
	// Decree is an order counted through the years: 国务院令第711号. Some organs
	// also give a year: 中国人民银行令〔2020〕第3号.
	Decree
	// Announcement is 公告 or 通告 counted within a year: 国家税务总局公告2020年第3号.
	Announcement
)

// DocNumber is a document number (文号). Organ is all that stands before the
// number: the organ's code (国办发), or the organ with 令, 公告 or 通告. Year is 0
// for a decree without one.
type DocNumber struct {
	Kind         DocKind
	Organ        string
	Year, Serial int
}

// String is the canonical spelling, F-06, with the organ as given.
func (n DocNumber) String() string {
	year, serial := strconv.Itoa(n.Year), strconv.Itoa(n.Serial)
	switch {
	case n.Kind == Announcement:
		return n.Organ + year + "年第" + serial + "号"
	case n.Kind == Decree && n.Year == 0:
		return n.Organ + "第" + serial + "号"
	case n.Kind == Decree:
		return n.Organ + "〔" + year + "〕第" + serial + "号"
	}
	return n.Organ + "〔" + year + "〕" + serial + "号"
}

// Key is equal for all spellings of the number: letters and digits only, so
// that it is one token in any index. 中华人民共和国 before an organ's name is left out.
func (n DocNumber) Key() string {
	organ := TitleKey(n.Organ)
	if rest := strings.TrimPrefix(organ, "中华人民共和国"); rest != "令" && rest != "公告" && rest != "" {
		organ = rest
	}
	if n.Year == 0 {
		return organ + "第" + strconv.Itoa(n.Serial) + "号"
	}
	return organ + strconv.Itoa(n.Year) + "年第" + strconv.Itoa(n.Serial) + "号"
}

// DocNumberKey is one key for all spellings of a number: 國辦發[2018]23號 and
// 国办发〔2018〕23号 have the same. A text that is no number has its TitleKey.
func DocNumberKey(s string) string {
	n, _, ok := ParseDocNumber(s)
	if !ok {
		return TitleKey(s)
	}
	return n.Key()
}

// ParseDocNumber reads a text that is one document number. The warnings say in
// Chinese how the spelling departs from F-06; the number is already mended.
func ParseDocNumber(s string) (DocNumber, []string, bool) {
	rs := trimBlanks([]rune(s))
	if len(rs) > 2 && foldSign(rs[0]) == '(' && foldSign(rs[len(rs)-1]) == ')' {
		rs = trimBlanks(rs[1 : len(rs)-1])
	}
	if len(rs) > maxOrgan+40 {
		return DocNumber{}, nil, false
	}
	for i := range rs {
		m, ok := numberAt(rs, i, true)
		if !ok || m.last != m.number.Serial {
			continue
		}
		before := rs[:i]
		if m.number.Kind == Decree && i > 0 && foldSign(rs[i-1]) == '(' && foldSign(at(rs, m.end)) == ')' {
			before, m.end = rs[:i-1], m.end+1 // 国务院令（第711号）
		}
		organ, clean := organName(before)
		if m.end != len(rs) || (organ == "" && m.word == "") {
			continue
		}
		if !clean {
			m.warn("文号中不应有空格")
		}
		n := m.finish(organ)
		if (n.Kind == Decree && !endsWith(n.Organ, "令")) || (m.bare && n.Kind == Numbered) {
			continue
		}
		return n, m.warnings, true
	}
	return DocNumber{}, nil, false
}

// organName joins the letters of an organ's code or name; "" when the text
// holds anything else. clean is false when blanks were taken out.
func organName(rs []rune) (name string, clean bool) {
	clean = true
	var b strings.Builder
	for i, r := range rs {
		switch {
		case organRune(r), r == '、':
			b.WriteRune(r)
		case i > 0 && foldSign(r) == '(' && throughGroup(rs, 0, len(rs)-1, len(rs)) <= i,
			i > 0 && foldSign(r) == ')' && i == len(rs)-2 && throughGroup(rs, 0, len(rs)-1, len(rs)) < i:
			b.WriteRune(r)
		case blank(r):
			clean = false
		default:
			return "", true
		}
	}
	return strings.Trim(b.String(), "、"), clean
}

// finish gives the number its organ. 第99号令 puts the word 令 behind.
func (m *numberMatch) finish(organ string) DocNumber {
	n := m.number
	n.Organ = organ + m.word
	switch {
	case n.Kind == Decree && n.Organ == "令":
		m.warn("没有写明发布机关")
	case n.Kind == Numbered && m.ordinal && endsWith(organ, "公告", "通告"):
		n.Kind = Announcement
	case n.Kind == Numbered && m.ordinal && endsWith(organ, "令"):
		n.Kind = Decree
	case n.Kind == Numbered:
		if m.ordinal {
			m.warn("序号前不加“第”字")
		}
		if m.square {
			m.warn("年份应使用六角括号〔〕")
		}
	}
	return n
}

func endsWith(s string, words ...string) bool {
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}
