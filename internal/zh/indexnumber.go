package zh

import (
	"fmt"
	"strings"
)

// IndexNumber is an index number (索引号) of one of the two common styles:
// F-02 <credit code>/<year>-<serial> and F-03 <organisation code>/<year>-<serial>.
type IndexNumber struct {
	Code         string // capital letters, as written with its hyphen
	Year, Serial int
	Width        int  // digits of the serial with its leading zeros
	Checked      bool // the code carries a check character and it is right
	Raw          string
}

// String is the number in half-width signs and capitals.
func (n IndexNumber) String() string {
	return fmt.Sprintf("%s/%d-%0*d", n.Code, n.Year, n.Width, n.Serial)
}

// IndexNumberSpan is an index number found in a text. Start and End are runes.
type IndexNumberSpan struct {
	IndexNumber
	Start, End int
}

// ParseIndexNumber reads a text that is one index number, in any width and
// with blanks around its signs. A code whose check character is wrong is
// refused. The short published form 0142768-8 of F-03 has no check character
// that could be computed; it is read with Checked false.
func ParseIndexNumber(s string) (IndexNumber, bool) {
	rs := trimBlanks([]rune(s))
	if len(rs) > 64 {
		return IndexNumber{}, false
	}
	for i, r := range rs {
		if slash(r) {
			n, ok := indexAt(rs, i)
			if !ok || n.Start != 0 || n.End != len(rs) {
				return IndexNumber{}, false
			}
			n.Raw = s
			return n.IndexNumber, true
		}
	}
	return IndexNumber{}, false
}

// FindIndexNumbers finds index numbers in reading order.
func FindIndexNumbers(text string) []IndexNumberSpan {
	rs := []rune(text)
	var out []IndexNumberSpan
	for i, r := range rs {
		if !slash(r) {
			continue
		}
		if n, ok := indexAt(rs, i); ok {
			out = append(out, n)
		}
	}
	return out
}

func slash(r rune) bool { return r == '/' || r == '／' }

// codeRune folds a character of a code to its half-width capital, or 0.
func codeRune(r rune) byte {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	switch {
	case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
		return byte(r)
	case r >= 'a' && r <= 'z':
		return byte(r - 'a' + 'A')
	}
	if foldSign(r) == '-' {
		return '-'
	}
	return 0
}

// indexAt reads the number around the slash at i.
func indexAt(rs []rune, i int) (IndexNumberSpan, bool) {
	var n IndexNumberSpan
	k := skipBlanks(rs, i+1)
	end := readRun(rs, k, 5, isArabic)
	if end-k != 4 {
		return n, false
	}
	n.Year, _ = readDigits(rs[k:end], arabicDigit)
	k = skipBlanks(rs, end)
	if foldSign(at(rs, k)) != '-' {
		return n, false
	}
	k = skipBlanks(rs, k+1)
	n.End = readRun(rs, k, 13, isArabic)
	n.Width = n.End - k
	if n.Width < 1 || n.Width > 12 || n.Year < 1900 || n.Year > 2999 || codeRune(at(rs, n.End)) != 0 {
		return n, false
	}
	n.Serial, _ = readDigits(rs[k:n.End], arabicDigit)
	stop := i
	for stop > 0 && i-stop < maxGap && blank(rs[stop-1]) {
		stop--
	}
	n.Start = stop
	for n.Start > 0 && stop-n.Start < 20 && codeRune(rs[n.Start-1]) != 0 {
		n.Start--
	}
	var b strings.Builder
	for _, r := range rs[n.Start:stop] {
		b.WriteByte(codeRune(r))
	}
	n.Code = b.String()
	n.Raw = string(rs[n.Start:n.End])
	n.Checked = ValidCreditCode(n.Code) || ValidOrgCode(n.Code)
	return n, n.Checked || shortOrgCode(n.Code)
}

// shortOrgCode is the 7+1 form of F-03, nine characters with its hyphen.
func shortOrgCode(s string) bool {
	if len(s) != 9 || s[7] != '-' {
		return false
	}
	for i := 0; i < 9; i++ {
		if i != 7 && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}
