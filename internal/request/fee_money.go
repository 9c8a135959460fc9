package request

import (
	"fmt"
	"strings"

	"gongkai/internal/fault"
)

// Yuan writes an amount of 分 in figures, as 2200 or 12.50.
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	if fen%100 == 0 {
		return fmt.Sprintf("%s%d", sign, fen/100)
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

// maxYuan bounds an amount that somebody types, in yuan.
const maxYuan = 10_000_000

// ParseYuan reads an amount in yuan with at most two places after the point and
// gives 分. Errors: Invalid with the field.
func ParseYuan(field, s string) (int64, error) {
	bad := fault.Field("request.ParseYuan", field, "“%s”：请填写金额，例如 2200 或者 12.50。", field)
	whole, part, dotted := strings.Cut(strings.NewReplacer(",", "", "，", "", "元", "", " ", "").Replace(s), ".")
	if whole == "" || dotted && part == "" || len(part) > 2 || len(whole) > 9 {
		return 0, bad
	}
	fen := int64(0)
	for _, c := range whole + (part + "00")[:2] {
		if c < '0' || c > '9' {
			return 0, bad
		}
		fen = fen*10 + int64(c-'0')
	}
	if fen > maxYuan*100 {
		return 0, bad
	}
	return fen, nil
}

var (
	capitalDigits = []rune("零壹贰叁肆伍陆柒捌玖")
	capitalPlaces = []string{"", "拾", "佰", "仟"}
	capitalGroups = []string{"", "万", "亿"}
)

// Capitals writes an amount of 分 in the capital numerals of bills:
// 人民币贰仟贰佰元整 (C-06).
func Capitals(fen int64) string {
	if fen <= 0 {
		return "人民币零元整"
	}
	out := capitalWhole(fen / 100)
	if out != "" {
		out += "元"
	}
	jiao, cent := fen/10%10, fen%10
	switch {
	case jiao == 0 && cent == 0:
		return "人民币" + out + "整"
	case jiao == 0 && out != "":
		out += "零"
	case jiao > 0:
		out += string(capitalDigits[jiao]) + "角"
	}
	if cent > 0 {
		return "人民币" + out + string(capitalDigits[cent]) + "分"
	}
	return "人民币" + out + "整"
}

// capitalWhole writes whole yuan: a run of zeros between digits is one 零.
func capitalWhole(n int64) string {
	digits := fmt.Sprint(n)
	if n == 0 {
		return ""
	}
	out, gap, group := "", false, false
	for i, c := range digits {
		place := len(digits) - 1 - i
		if c == '0' {
			gap = true
		} else {
			if gap && out != "" {
				out += "零"
			}
			gap, group = false, true
			out += string(capitalDigits[c-'0']) + capitalPlaces[place%4]
		}
		if place%4 == 0 && place > 0 {
			if group {
				out += capitalGroups[place/4]
			}
			group = false
		}
	}
	return out
}
