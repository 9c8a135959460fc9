package zh

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// maxRangeTerms bounds the terms that a range of serials (1—300号) may add.
const maxRangeTerms = 20

// Terms gives the search terms of s in order: of each run of Chinese
// characters the overlapping pairs (of a lone character itself), of Latin
// letters and digits the whole words in lower case, and at the end one term
// for each document number (DocNumberKey).
func Terms(s string) []string {
	return strings.Fields(string(TermsInto(nil, s)))
}

// maxPooled keeps one giant text from holding its buffer for ever.
const maxPooled = 1 << 20

var foldBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// TermsInto appends the terms of s to dst, one blank after each. It allocates
// next to nothing beyond dst, except where s holds document numbers.
func TermsInto(dst []byte, s string) []byte {
	buffer := foldBuffers.Get().(*[]byte)
	folded := appendFold((*buffer)[:0], s)
	dst = appendTerms(dst, folded)
	if cap(folded) <= maxPooled {
		*buffer = folded
		foldBuffers.Put(buffer)
	}
	if !strings.Contains(s, "号") && !strings.Contains(s, "號") {
		return dst
	}
	for _, d := range FindDocNumbers(s) {
		n := d.Number
		for range maxRangeTerms {
			dst = append(dst, n.Key()...)
			dst = append(dst, ' ')
			if n.Serial++; n.Serial > d.Last {
				break
			}
		}
	}
	return dst
}

func appendTerms(dst, s []byte) []byte {
	const (
		none = iota
		word
		han
	)
	run := none
	start, before := 0, -1 // of the word; of the last character of a Han run, before it another
	single := false
	flush := func(end int) {
		if run == word || (run == han && single) {
			dst = append(dst, s[start:end]...)
			dst = append(dst, ' ')
		}
		run = none
	}
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(s[i:])
		}
		switch kind := termKind(r); {
		case kind == isHan && run == han:
			dst = append(dst, s[before:i+n]...)
			dst = append(dst, ' ')
			before, single = i, false
		case kind == isHan:
			flush(i)
			run, start, before, single = han, i, i, true
		case kind == isWord && run == word:
		case kind == isWord:
			flush(i)
			run, start = word, i
		default:
			flush(i)
		}
		i += n
	}
	flush(len(s))
	return dst
}

const (
	isOther = iota
	isWord
	isHan
)

// termKind sorts characters; the range check spares most text the tables.
func termKind(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return isWord
		}
		return isOther
	case r >= 0x4E00 && r <= 0x9FFF:
		return isHan
	case unicode.Is(unicode.Han, r):
		return isHan
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return isWord
	}
	return isOther
}
