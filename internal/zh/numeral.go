package zh

import "strings"

// maxNumeral bounds what ParseNumeral reads, far above any legal number.
const maxNumeral = 1 << 53

// ParseNumeral reads a whole number in Arabic digits (half or full width), in
// Chinese with units (十二, 一百零三, 两千, 廿三, 三万零五十) or digit by digit
// (二〇二六). It refuses spoken short forms such as 一百三, which mean two things.
func ParseNumeral(s string) (int, bool) {
	rs := []rune(s)
	if len(rs) == 0 || len(rs) > 40 {
		return 0, false
	}
	if n, ok := readDigits(rs, arabicDigit); ok {
		return n, true
	}
	if n, ok := readDigits(rs, hanDigit); ok {
		return n, true
	}
	n, ok := readUnits(rs)
	return n, ok && n <= maxNumeral
}

// arabicDigit is the value of a half- or full-width digit, or -1.
func arabicDigit(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	}
	return -1
}

// hanDigit is the value of a Chinese digit, or -1. ○ is how old files write 〇.
func hanDigit(r rune) int {
	switch r {
	case '零', '〇', '○':
		return 0
	case '一':
		return 1
	case '二', '两', '兩':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}

func readDigits(rs []rune, digit func(rune) int) (int, bool) {
	n := 0
	for _, r := range rs {
		d := digit(r)
		if d < 0 || n > (maxNumeral-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, len(rs) > 0
}

// readUnits reads by the largest unit first: what stands before the last 亿
// counts 亿, then the last 万, then the thousands.
func readUnits(rs []rune) (int, bool) {
	for _, u := range []struct {
		names string
		value int
	}{{"亿億", 1e8}, {"万萬", 1e4}} {
		at := lastIndex(rs, u.names)
		if at < 0 {
			continue
		}
		high, ok := readUnits(rs[:at])
		if !ok || high == 0 || high > maxNumeral/u.value {
			return 0, false
		}
		low, zero := rs[at+1:], false
		if len(low) > 0 && hanDigit(low[0]) == 0 {
			low, zero = low[1:], true
		}
		if len(low) == 0 {
			return high * u.value, !zero
		}
		n, ok := readUnits(low)
		// 一万三 is the spoken 13000; only 一万零三 is 10003.
		if !ok || n == 0 || n >= u.value || (len(low) == 1 && !zero) {
			return 0, false
		}
		return high*u.value + n, true
	}
	return readSection(rs)
}

// readSection reads a number below 10000 written with 千 百 十.
func readSection(rs []rune) (int, bool) {
	total, last := 0, 10000 // value of the last unit read; units must fall
	for i := 0; i < len(rs); {
		zero := false
		if i > 0 && hanDigit(rs[i]) == 0 {
			zero = true
			i++
			if i == len(rs) {
				return 0, false
			}
		}
		d := hanDigit(rs[i])
		switch {
		case rs[i] == '廿' || rs[i] == '卅':
			d = 2
			if rs[i] == '卅' {
				d = 3
			}
			if last <= 10 {
				return 0, false
			}
			total, last = total+d*10, 10
			i++
			continue
		case rs[i] == '十':
			d = 1 // 十二, and 一百十二 in older texts
			i--
		case d <= 0:
			return 0, d == 0 && len(rs) == 1
		}
		i++
		unit := 1
		if i < len(rs) {
			unit = unitValue(rs[i])
			i++
		}
		if unit == 0 || unit >= last || (zero && unit*10 >= last) || (unit == 1 && last > 10 && last < 10000 && !zero) {
			return 0, false
		}
		total, last = total+d*unit, unit
		if unit == 1 {
			return total, i >= len(rs)
		}
	}
	return total, len(rs) > 0
}

// unitValue is 10, 100 or 1000, or 0 for any other character.
func unitValue(r rune) int {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	}
	return 0
}

func lastIndex(rs []rune, names string) int {
	for i := len(rs) - 1; i >= 0; i-- {
		if strings.ContainsRune(names, rs[i]) {
			return i
		}
	}
	return -1
}

// FormatNumeral writes n with units: 十二, 一百零三, 一千零二十. Below zero it writes 负 first.
func FormatNumeral(n int) string {
	if n == 0 {
		return "零"
	}
	var b strings.Builder
	u := uint64(n)
	if n < 0 {
		b.WriteString("负")
		u = -u
	}
	writeUnits(&b, u, true)
	return b.String()
}

const hanDigits = "零一二三四五六七八九"

// writeUnits writes n > 0; start says that nothing stands before it, so that
// 十二 needs no 一.
func writeUnits(b *strings.Builder, n uint64, start bool) {
	for _, u := range []struct {
		name  string
		value uint64
	}{{"亿", 1e8}, {"万", 1e4}, {"千", 1000}, {"百", 100}, {"十", 10}} {
		if n < u.value {
			continue
		}
		high, low := n/u.value, n%u.value
		if !(u.value == 10 && high == 1 && start) {
			writeUnits(b, high, start)
		}
		b.WriteString(u.name)
		if low == 0 {
			return
		}
		if low < u.value/10 {
			b.WriteString("零")
		}
		writeUnits(b, low, false)
		return
	}
	b.WriteString(hanDigits[n*3 : n*3+3])
}
