package officialdoc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// structStyle is the way a line is numbered. The values rank the levels of a
// notice (党政机关公文格式 GB/T 9704: 一、 （一） 1. （1）).
type structStyle uint8

const (
	styleNone   structStyle = iota
	styleComma              // 一、
	styleParen              // （一）
	styleDot                // 1. １． 1、 ⒈
	styleDigits             // （1） ⑴
	styleCircle             // ①
)

// structLine is one line of the text and what its first words say. Offsets
// count runes; byteStart counts bytes. A line ends after its LF.
type structLine struct {
	start, end, byteStart int

	text   string // without marks, leading blanks and LF
	marks  int    // number of leading #
	kind   ProvisionKind
	label  string
	number int
	sub    int
	after  string // what follows the label, blanks cut
	body   int    // rune offset in the text where after begins
	spaced bool   // a blank, a colon or nothing follows the label
	style  structStyle
}

// blank says whether the line holds no words.
func (l *structLine) blank() bool { return l.text == "" }

// structScan cuts the text into classified lines and counts its runes, in one
// pass.
func structScan(text string) ([]structLine, int) {
	lines := make([]structLine, 0, strings.Count(text, "\n")+1)
	at := 0
	for pos := 0; pos < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		raw := text[pos:end]
		n := utf8.RuneCountInString(raw)
		l := structLine{start: at, end: at + n, byteStart: pos}
		l.classify(raw)
		lines = append(lines, l)
		at += n
		pos = end
	}
	return lines, at
}

// structBlank is a blank of any width, with the invisible ones that exported
// pages carry (zero width space, byte order mark).
func structBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u2060'
}

// classify reads the marks, the label and the style of a line.
func (l *structLine) classify(raw string) {
	rest := strings.TrimLeftFunc(raw, structBlank)
	for l.marks < len(rest) && l.marks < 6 && rest[l.marks] == '#' {
		l.marks++
	}
	if l.marks > 0 {
		cut := rest[l.marks:]
		if r, _ := utf8.DecodeRuneInString(cut); cut != "" && !structBlank(r) {
			l.marks = 0 // #1 is a word, not a mark
		} else {
			rest = strings.TrimLeftFunc(cut, structBlank)
		}
	}
	l.text = strings.TrimRightFunc(rest, structBlank)
	l.after = l.text
	l.body = l.start + utf8.RuneCountInString(raw[:len(raw)-len(rest)])
	if strings.HasPrefix(l.text, "第") {
		l.readOrdinal()
	} else {
		l.readStyle()
	}
}

// setLabel notes the label and where the words after it begin.
func (l *structLine) setLabel(label string) {
	rest := l.text[len(label):]
	r, w := utf8.DecodeRuneInString(rest)
	l.spaced = rest == "" || structBlank(r) || r == '：' || r == ':'
	if r == '：' || r == ':' {
		rest = rest[w:]
	}
	l.label = label
	l.after = strings.TrimLeftFunc(rest, structBlank)
	l.body += utf8.RuneCountInString(l.text[:len(l.text)-len(l.after)])
}

// structUnits are the words after 第N that make a structural heading.
var structUnits = []struct {
	word string
	kind ProvisionKind
}{
	{"分编", KindSubpart}, {"编", KindPart}, {"部分", KindPart}, {"章", KindChapter}, {"节", KindSection},
	{"分編", KindSubpart}, {"編", KindPart}, {"節", KindSection},
}

// readOrdinal reads 第十二条之一, 第三章, 第一分编.
func (l *structLine) readOrdinal() {
	n, used := structNumeral(l.text[len("第"):])
	if used == 0 {
		return
	}
	at := len("第") + used
	rest := l.text[at:]
	for _, word := range []string{"条", "條"} {
		if !strings.HasPrefix(rest, word) {
			continue
		}
		at += len(word)
		sub := 0
		for strings.HasPrefix(l.text[at:], "之") {
			m, w := structNumeral(l.text[at+len("之"):])
			if w == 0 || sub > 0 {
				break
			}
			sub, at = m, at+len("之")+w
		}
		l.kind, l.number, l.sub = KindArticle, n, sub
		l.setLabel(l.text[:at])
		return
	}
	for _, u := range structUnits {
		if !strings.HasPrefix(rest, u.word) {
			continue
		}
		l.setLabel(l.text[:at+len(u.word)])
		if !l.spaced && l.marks == 0 && !structTitle(l.after) {
			l.label, l.after = "", l.text // 第三章规定的程序……
			return
		}
		l.kind, l.number = u.kind, n
		return
	}
}

// readStyle reads 一、 （一） 1. （1） ①.
func (l *structLine) readStyle() {
	first, w := utf8.DecodeRuneInString(l.text)
	switch {
	case first >= '①' && first <= '⑳':
		l.setStyle(styleCircle, int(first-'①')+1, w)
	case first >= '⑴' && first <= '⒇':
		l.setStyle(styleDigits, int(first-'⑴')+1, w)
	case first >= '⒈' && first <= '⒛':
		l.setStyle(styleDot, int(first-'⒈')+1, w)
	case first == '（' || first == '(':
		n, used := structNumeral(l.text[w:])
		close, cw := utf8.DecodeRuneInString(l.text[w+used:])
		if used == 0 || n > 999 || (close != '）' && close != ')') {
			return
		}
		if structHasPrefix(l.text[w+used+cw:], structItemReference) {
			return
		}
		style := styleParen
		if structDigits(l.text[w : w+used]) {
			style = styleDigits
		}
		l.setStyle(style, n, w+used+cw)
	default:
		n, used := structNumeral(l.text)
		if used == 0 || n > 999 {
			return
		}
		digits := structDigits(l.text[:used])
		mark, mw := utf8.DecodeRuneInString(l.text[used:])
		next, _ := utf8.DecodeRuneInString(l.text[used+mw:])
		switch {
		case mark == '、' && !digits:
			l.setStyle(styleComma, n, used+mw)
		case (mark == '、' || mark == '．' || mark == '.') && digits && !unicode.IsDigit(next):
			l.setStyle(styleDot, n, used+mw)
		}
	}
}

// structItemReference follows a number that only cites an item:
// （一）至（三）项所列人员.
var structItemReference = []string{"至", "、（", "、(", "项", "和（", "到"}

func (l *structLine) setStyle(style structStyle, n, bytes int) {
	l.style, l.number = style, n
	l.setLabel(l.text[:bytes])
}

// structDigits says whether a numeral is written in digits.
func structDigits(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= '0' && r <= '9' || r >= '０' && r <= '９'
}

// structNumeral reads a numeral at the head of s in Chinese, Arabic or
// full-width figures and returns its value and length in bytes. 一二〇 is read
// by places, 一百二十 by weights.
func structNumeral(s string) (value, bytes int) {
	total, current, runes := 0, 0, 0
	weighted, pending := false, false
	for i, r := range s {
		d, weight := structFigure(r)
		if d < 0 && weight == 0 || runes == 9 {
			break
		}
		runes++
		bytes = i + utf8.RuneLen(r)
		if weight > 0 {
			if !pending || current == 0 {
				current = 1
			}
			total += current * weight
			current, weighted, pending = 0, true, false
			continue
		}
		if weighted {
			current = d
		} else {
			current = current*10 + d
		}
		pending = true
	}
	return total + current, bytes
}

// structFigure gives the value of a figure, or the weight of 十 百 千.
func structFigure(r rune) (digit, weight int) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), 0
	case r >= '０' && r <= '９':
		return int(r - '０'), 0
	}
	switch r {
	case '〇', '零', '○':
		return 0, 0
	case '一':
		return 1, 0
	case '二', '两':
		return 2, 0
	case '三':
		return 3, 0
	case '四':
		return 4, 0
	case '五':
		return 5, 0
	case '六':
		return 6, 0
	case '七':
		return 7, 0
	case '八':
		return 8, 0
	case '九':
		return 9, 0
	case '十':
		return -1, 10
	case '百':
		return -1, 100
	case '千':
		return -1, 1000
	}
	return -1, 0
}

// structTitle says whether words can be a title: short, no sentence in them,
// and not the go-on of a reference (第三章规定的…).
func structTitle(s string) bool {
	if utf8.RuneCountInString(s) > 40 || strings.ContainsAny(s, "。；：:;") {
		return false
	}
	for _, p := range []string{"规定", "中", "的", "所", "和", "、", "，", "至", "第", "修改", "增加"} {
		if strings.HasPrefix(s, p) {
			return false
		}
	}
	return true
}
