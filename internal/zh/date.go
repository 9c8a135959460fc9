package zh

import (
	"strings"
	"time"

	"gongkai/internal/workday"
)

// DateSpan is a date found in a text. Start and End are runes. Invalid marks a
// day that does not exist (2月30日); its Date is then the zero Date.
type DateSpan struct {
	Date       workday.Date
	Start, End int
	Raw        string
	Invalid    bool
}

// FindDates finds whole dates (year, month and day) in reading order:
// 2025年5月28日, ２０１３-01-01, 2025.5.28, 2025/5/28, "2018- 08- 21" (a time
// after it is left out), 二〇一八年八月二十日 with any glyph for zero.
func FindDates(s string) []DateSpan {
	rs := []rune(s)
	var out []DateSpan
	for i := 0; i < len(rs); {
		d, end := readDate(rs, i, false)
		if end == 0 {
			i++
			continue
		}
		d.Raw = string(rs[d.Start:d.End])
		out = append(out, d)
		i = end
	}
	return out
}

// ParseDate reads a text that holds one date and at most a time or weekday
// after it. Full-width digits, blanks and 20250528 are read; a day that does
// not exist is not a date.
func ParseDate(s string) (workday.Date, bool) {
	rs := trimBlanks([]rune(s))
	if d, ok := compactDate(rs); ok {
		return d, true
	}
	if len(rs) > 64 {
		return workday.Date{}, false
	}
	d, end := readDate(rs, 0, true)
	if end == 0 || d.Invalid || !onlyTime(rs[end:]) {
		return workday.Date{}, false
	}
	return d.Date, true
}

// compactDate reads 20250528.
func compactDate(rs []rune) (workday.Date, bool) {
	if len(rs) != 8 {
		return workday.Date{}, false
	}
	n, ok := readDigits(rs, arabicDigit)
	if !ok || n < 1000_00_00 {
		return workday.Date{}, false
	}
	return workday.NewDate(n/10000, time.Month(n/100%100), n%100)
}

// onlyTime reports what may follow a date: a time of day, a zone, a weekday.
func onlyTime(rs []rune) bool {
	for i, r := range rs {
		if i == 0 && isArabic(r) {
			return false
		}
		if !blank(r) && !isArabic(r) && !strings.ContainsRune(":：.TtZz+-时分秒上下午星期周一二三四五六日天（）()", r) {
			return false
		}
	}
	return true
}

// readDate reads a date that begins at i. lone says the text holds nothing
// else, so a missing 日 at its end is forgiven. end is 0 when there is none.
func readDate(rs []rune, i int, lone bool) (DateSpan, int) {
	j, year, han := readYear(rs, i)
	if j == 0 {
		return DateSpan{}, 0
	}
	k := skipBlanks(rs, j)
	var month, day, end int
	switch {
	case at(rs, k) == '年':
		month, day, end = readMonthDay(rs, k+1, lone)
	case !han && dateSeparator(at(rs, k)) != 0:
		month, day, end = readSeparated(rs, k)
	}
	if end == 0 {
		return DateSpan{}, 0
	}
	d, ok := workday.NewDate(year, time.Month(month), day)
	return DateSpan{Date: d, Start: i, End: end, Invalid: !ok}, end
}

// readYear reads four digits, Arabic or Chinese, that no digit stands before.
func readYear(rs []rune, i int) (end, year int, han bool) {
	if i+4 > len(rs) {
		return 0, 0, false
	}
	if isArabic(rs[i]) {
		before := at(rs, i-1)
		if isArabic(before) || (dateSeparator(before) != 0 && isArabic(at(rs, i-2))) {
			return 0, 0, false
		}
		year, ok := readDigits(rs[i:i+4], arabicDigit)
		if !ok || year < 1000 || year > 2999 {
			return 0, 0, false
		}
		return i + 4, year, false
	}
	if (rs[i] != '一' && rs[i] != '二') || hanDigit(at(rs, i-1)) >= 0 {
		return 0, 0, false
	}
	year, ok := readDigits(rs[i:i+4], yearDigit)
	if !ok {
		return 0, 0, false
	}
	return i + 4, year, true
}

// yearDigit is hanDigit with every glyph that files use for 〇.
func yearDigit(r rune) int {
	switch r {
	case '0', '０', 'O', 'o', 'Ｏ', 'О', 'Ο', '◯':
		return 0
	case '两', '兩':
		return -1
	}
	return hanDigit(r)
}

// dateSeparator folds a separator to '-', '.' or '/', or 0.
func dateSeparator(r rune) rune {
	switch r {
	case '.', '．':
		return '.'
	case '/', '／':
		return '/'
	case '\n', -1:
		return 0
	}
	if foldSign(r) == '-' {
		return '-'
	}
	return 0
}

func readMonthDay(rs []rune, i int, lone bool) (month, day, end int) {
	i = skipBlanks(rs, i)
	month, i = readSmall(rs, i)
	if i == 0 {
		return 0, 0, 0
	}
	i = skipBlanks(rs, i)
	if at(rs, i) != '月' {
		return 0, 0, 0
	}
	i = skipBlanks(rs, i+1)
	day, i = readSmall(rs, i)
	if i == 0 {
		return 0, 0, 0
	}
	k := skipBlanks(rs, i)
	switch r := at(rs, k); {
	case r == '日' || r == '号' || r == '號':
		return month, day, k + 1
	case lone && k == len(rs):
		return month, day, i
	}
	return 0, 0, 0
}

// readSmall reads a month or day: one or two Arabic digits, or up to four
// Chinese characters. 元 is the first month.
func readSmall(rs []rune, i int) (n, end int) {
	if at(rs, i) == '元' {
		return 1, i + 1
	}
	if end = readRun(rs, i, 3, isArabic); end > i {
		if end-i > 2 {
			return 0, 0
		}
		n, _ = readDigits(rs[i:end], arabicDigit)
		return n, end
	}
	end = readRun(rs, i, 4, func(r rune) bool { return hanDigit(r) >= 0 || r == '十' || r == '廿' || r == '卅' })
	n, ok := ParseNumeral(string(rs[i:end]))
	if !ok {
		return 0, 0
	}
	return n, end
}

// readSeparated reads -M-D from the first separator on.
func readSeparated(rs []rune, i int) (month, day, end int) {
	sep := dateSeparator(rs[i])
	month, i = readSmallArabic(rs, skipBlanks(rs, i+1))
	if i == 0 {
		return 0, 0, 0
	}
	i = skipBlanks(rs, i)
	if dateSeparator(at(rs, i)) != sep {
		return 0, 0, 0
	}
	day, end = readSmallArabic(rs, skipBlanks(rs, i+1))
	if end == 0 || (dateSeparator(at(rs, end)) == sep && isArabic(at(rs, end+1))) {
		return 0, 0, 0 // 2025.5.28.1 is a version or a section
	}
	return month, day, end
}

func readSmallArabic(rs []rune, i int) (n, end int) {
	if end = readRun(rs, i, 3, isArabic); end == i || end-i > 2 {
		return 0, 0
	}
	n, _ = readDigits(rs[i:end], arabicDigit)
	return n, end
}
