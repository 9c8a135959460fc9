package proofread

import (
	"fmt"
	"strconv"
	"strings"

	"gongkai/internal/zh"
)

// capitalDigits are the capital numerals of accounts in plain writing.
var capitalDigits = strings.NewReplacer("壹", "一", "贰", "二", "貳", "二", "叁", "三", "參", "三", "肆", "四", "伍", "五",
	"陆", "六", "陸", "六", "柒", "七", "捌", "八", "玖", "九", "拾", "十", "佰", "百", "仟", "千", "萬", "万", "億", "亿", "圆", "元", "圓", "元")

const capitalRunes = "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億零元圆圓角分整正"

// amountGap is how far the figures may stand from the capitals, in runes.
const amountGap = 14

// amounts compares sums written in capitals with the figures beside them, and
// checks the grouping of thousands.
func (s *sheet) amounts() {
	for i := 0; i < len(s.rs); i++ {
		switch r := s.rs[i]; {
		case strings.ContainsRune("壹贰貳叁肆伍陆柒捌玖拾", r):
			end := i
			for end < len(s.rs) && end-i < 40 && strings.ContainsRune(capitalRunes, s.rs[end]) {
				end++
			}
			s.capitals(i, end)
			i = end
		case isDigit(s.fold[i]):
			i = s.grouping(i)
		}
	}
}

// capitals compares the sum at start with the first figures behind it.
func (s *sheet) capitals(start, end int) {
	want, ok := capitalCents(string(s.rs[start:end]))
	if !ok {
		return
	}
	i := end
	for i < len(s.fold) && i-end < amountGap && !isDigit(s.fold[i]) {
		if strings.ContainsRune("。；;\n", s.rs[i]) {
			return
		}
		i++
	}
	between := string(s.fold[end:min(i, len(s.fold))])
	if !strings.ContainsAny(between, "¥￥(（") && !strings.Contains(between, "小写") {
		return
	}
	got, stop, ok := s.cents(i)
	if ok && got != want {
		s.hit("F4.amount", start, stop, "").Why = fmt.Sprintf("大写是%s元，小写是%s元，两者应当一致。", yuan(want), yuan(got))
	}
}

func yuan(cents int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%02d", cents/100, cents%100), ".00")
}

// capitalCents reads 壹万贰仟元伍角整 in 分.
func capitalCents(text string) (int64, bool) {
	text = strings.TrimRight(capitalDigits.Replace(text), "整正")
	whole, rest, ok := strings.Cut(text, "元")
	if !ok {
		return 0, false
	}
	n, ok := zh.ParseNumeral(whole)
	if !ok || n > 1e13 {
		return 0, false
	}
	cents := int64(n) * 100
	for _, unit := range []struct {
		word string
		of   int64
	}{{"角", 10}, {"分", 1}} {
		digit, after, found := strings.Cut(rest, unit.word)
		if !found {
			continue
		}
		d, ok := zh.ParseNumeral(strings.TrimLeft(digit, "零"))
		if !ok || d > 9 {
			return 0, false
		}
		cents, rest = cents+int64(d)*unit.of, after
	}
	return cents, rest == "" || rest == "零"
}

// cents reads 12,000.50元 or 1.2万元 at i in 分.
func (s *sheet) cents(i int) (cents int64, end int, ok bool) {
	end = i
	for end < len(s.fold) && end-i < 24 && (isDigit(s.fold[end]) || s.fold[end] == ',' || s.fold[end] == '.') {
		end++
	}
	text := strings.TrimRight(strings.ReplaceAll(string(s.fold[i:end]), ",", ""), ".")
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f > 1e13 {
		return 0, end, false
	}
	switch s.at(s.skipBlanks(end)) {
	case '万':
		f *= 1e4
	case '亿':
		f *= 1e8
	}
	return int64(f*100 + 0.5), end, true
}

// grouping checks 12,000元: after a comma always three digits. It gives back
// the last rune of the figure.
func (s *sheet) grouping(start int) int {
	i, group, bad, commas := start, 0, false, 0
	for ; i < len(s.fold) && i-start < 40; i++ {
		if isDigit(s.fold[i]) {
			group++
			continue
		}
		if s.fold[i] != ',' || !isDigit(s.at(i+1)) {
			break
		}
		bad = bad || commas > 0 && group != 3 || commas == 0 && group > 3
		commas, group = commas+1, 0
	}
	if commas == 0 || !bad && group == 3 {
		return max(start, i-1)
	}
	after := s.skipBlanks(i)
	if s.at(i) == '.' {
		for after = i + 1; isDigit(s.at(after)); after++ {
		}
	}
	// Only sums: 1,2,3 may be a list.
	if s.has(after, "元") || s.has(after, "万元") || s.has(after, "亿元") {
		digits := strings.ReplaceAll(string(s.fold[start:i]), ",", "")
		s.hit("F4.grouping", start, i, groupThousands(digits))
	}
	return i - 1
}

func groupThousands(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
