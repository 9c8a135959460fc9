package docfile

import (
	"strconv"
	"strings"
)

// listLevel is one level of an automatic list.
type listLevel struct {
	start  int
	format string // a w:numFmt value
	text   string // a pattern such as 第%1条
	legal  bool   // print every level in arabic numerals
	given  bool
}

// formatNumber prints n in a w:numFmt style. known is false for a style that
// this package cannot print.
func formatNumber(format string, n int) (s string, known bool) {
	if n < 0 || n > 1<<20 {
		return "", false
	}
	switch format {
	case "decimal", "decimalHalfWidth", "":
		return strconv.Itoa(n), true
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n), true
		}
		return strconv.Itoa(n), true
	case "decimalFullWidth", "decimalFullWidth2":
		return strings.Map(func(r rune) rune { return r - '0' + '０' }, strconv.Itoa(n)), true
	case "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting", "ideographDigital", "japaneseDigitalTenThousand":
		if strings.HasSuffix(format, "igital") || strings.Contains(format, "DigitalTen") {
			return digitNumerals(n), true
		}
		return chineseNumerals(n, []rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}, true), true
	case "chineseLegalSimplified":
		return chineseNumerals(n, []rune("零壹贰叁肆伍陆柒捌玖"), []string{"", "拾", "佰", "仟"}, false), true
	case "ideographLegalTraditional", "japaneseLegal":
		return chineseNumerals(n, []rune("零壹貳參肆伍陸柒捌玖"), []string{"", "拾", "佰", "仟"}, false), true
	case "ideographTraditional":
		return pick("甲乙丙丁戊己庚辛壬癸", n)
	case "ideographZodiac":
		return pick("子丑寅卯辰巳午未申酉戌亥", n)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese", "ideographEnclosedCircle":
		if format == "ideographEnclosedCircle" {
			return pick("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉", n)
		}
		return pick("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", n)
	case "decimalEnclosedParen":
		return pick("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", n)
	case "decimalEnclosedFullstop":
		return pick("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛", n)
	case "upperRoman":
		return roman(n)
	case "lowerRoman":
		s, known = roman(n)
		return strings.ToLower(s), known
	case "upperLetter":
		return letters(n, 'A')
	case "lowerLetter":
		return letters(n, 'a')
	case "none":
		return "", true
	}
	return "", false
}

func pick(signs string, n int) (string, bool) {
	r := []rune(signs)
	if n < 1 || n > len(r) {
		return strconv.Itoa(n), true
	}
	return string(r[n-1]), true
}

func letters(n int, first rune) (string, bool) {
	// Word repeats the letter: z, aa, bb.
	if n < 1 || n > 26*20 {
		return "", false
	}
	return strings.Repeat(string(first+rune((n-1)%26)), (n-1)/26+1), true
}

func roman(n int) (string, bool) {
	if n < 1 || n > 3999 {
		return "", false
	}
	var out strings.Builder
	for _, r := range []struct {
		v int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= r.v {
			out.WriteString(r.s)
			n -= r.v
		}
	}
	return out.String(), true
}

func digitNumerals(n int) string {
	digits := []rune("〇一二三四五六七八九")
	var out strings.Builder
	for _, c := range strconv.Itoa(n) {
		out.WriteRune(digits[c-'0'])
	}
	return out.String()
}

// chineseNumerals prints up to eight digits; bareTen writes 十一 for 一十一.
func chineseNumerals(n int, digits []rune, units []string, bareTen bool) string {
	if n == 0 {
		return string(digits[0])
	}
	if n >= 10000 {
		head, rest := n/10000, n%10000
		s := chineseNumerals(head, digits, units, bareTen) + "万"
		switch {
		case rest == 0:
			return s
		case rest < 1000:
			return s + string(digits[0]) + chineseNumerals(rest, digits, units, false)
		}
		return s + chineseNumerals(rest, digits, units, false)
	}
	var out strings.Builder
	zero := false
	for i, unit := 3, 1000; i >= 0; i, unit = i-1, unit/10 {
		d := n / unit % 10
		if d == 0 {
			zero = out.Len() > 0
			continue
		}
		if zero {
			out.WriteRune(digits[0])
			zero = false
		}
		if !(bareTen && d == 1 && i == 1 && out.Len() == 0) {
			out.WriteRune(digits[d])
		}
		out.WriteString(units[i])
	}
	return out.String()
}

// fillPattern prints a level pattern with the counters of the levels above.
func fillPattern(levels []listLevel, counters []int, ilvl int) (string, bool) {
	l := levels[ilvl]
	var out strings.Builder
	for i := 0; i < len(l.text); i++ {
		if l.text[i] != '%' || i+1 >= len(l.text) || l.text[i+1] < '1' || l.text[i+1] > '9' {
			out.WriteByte(l.text[i])
			continue
		}
		k := int(l.text[i+1] - '1')
		i++
		if k > ilvl || k >= len(levels) {
			continue
		}
		format := levels[k].format
		if l.legal {
			format = "decimal"
		}
		s, known := formatNumber(format, counters[k])
		if !known {
			return "", false
		}
		out.WriteString(s)
	}
	return strings.TrimSpace(out.String()), true
}
