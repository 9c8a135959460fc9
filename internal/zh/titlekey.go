package zh

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// TitleKey is equal for titles that differ only in script, width, spaces,
// punctuation, book-title marks or the kind of brackets. Words in brackets
// stay, the brackets go; only a last bracket that names a revision by its
// year, such as （2018年修订）, stays whole, because it tells one text of a
// law from another. It is idempotent.
func TitleKey(s string) string {
	key := titleKey(s)
	for range maxFoldRounds {
		again := titleKey(key)
		if again == key {
			break
		}
		key = again
	}
	return key
}

func titleKey(s string) string {
	kept := strings.Map(func(r rune) rune {
		if r == '(' || r == ')' || titleRune(r) {
			return r
		}
		return -1
	}, Fold(s))
	body, revision := cutRevision(kept)
	return strings.Map(func(r rune) rune {
		if r == '(' || r == ')' {
			return -1
		}
		return r
	}, body) + revision
}

// titleRune says what carries meaning in a title: letters, digits, marks, and
// signs such as % or ℃ but not the waves and bars used as dashes.
func titleRune(r rune) bool {
	switch {
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == '%':
		return true
	case unicode.IsSymbol(r):
		return !strings.ContainsRune("~^`|<>=", r)
	}
	return false
}

// cutRevision splits off a last bracket (NNNN年…修订), also 修正, 修改 and 版.
func cutRevision(s string) (body, revision string) {
	if !strings.HasSuffix(s, ")") {
		return s, ""
	}
	open := strings.LastIndexByte(s, '(')
	if open < 0 {
		return s, ""
	}
	inner := s[open+1 : len(s)-1]
	if strings.ContainsRune(inner, ')') {
		return s, ""
	}
	year, rest, ok := strings.Cut(inner, "年")
	if !ok || utf8.RuneCountInString(year) != 4 {
		return s, ""
	}
	if _, ok := ParseNumeral(year); !ok {
		return s, ""
	}
	for _, word := range []string{"修订", "修正", "修改", "版", "修订本", "修正本", "修订版"} {
		if strings.HasSuffix(rest, word) {
			return s[:open], s[open:]
		}
	}
	return s, ""
}
