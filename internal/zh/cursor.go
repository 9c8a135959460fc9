package zh

// maxGap is how many blanks in a row a broken layout may put inside one date
// or number. The bound keeps every finder linear.
const maxGap = 4

// skipBlanks steps over at most maxGap blanks on one line.
func skipBlanks(rs []rune, i int) int {
	for n := 0; n < maxGap && i < len(rs) && blank(rs[i]); n++ {
		i++
	}
	return i
}

// blank is a space inside a line, of any width.
func blank(r rune) bool { return r != '\n' && foldSign(r) == ' ' }

// trimBlanks takes blanks and line ends off both ends.
func trimBlanks(rs []rune) []rune {
	for len(rs) > 0 && (blank(rs[0]) || rs[0] == '\n' || invisible(rs[0])) {
		rs = rs[1:]
	}
	for len(rs) > 0 && (blank(rs[len(rs)-1]) || rs[len(rs)-1] == '\n' || invisible(rs[len(rs)-1])) {
		rs = rs[:len(rs)-1]
	}
	return rs
}

// readRun takes up to limit characters that ok accepts; n is past the last.
func readRun(rs []rune, i, limit int, ok func(rune) bool) (n int) {
	n = i
	for n < len(rs) && n-i < limit && ok(rs[n]) {
		n++
	}
	return n
}

func isArabic(r rune) bool { return arabicDigit(r) >= 0 }

func at(rs []rune, i int) rune {
	if i < 0 || i >= len(rs) {
		return -1
	}
	return rs[i]
}
