package proofread

import (
	"strings"
	"time"

	"gongkai/internal/workday"
)

// thinEnough is how many candidates a mask must leave more than: three digits.
const thinEnough = 1000

// thinMask refuses a mask that leaves three digits or fewer to guess. What
// dates and check characters give away is not counted as hidden.
func (p *personal) thinMask(t token, class labelClass) {
	if t.joined && class == labelOther {
		return
	}
	n, kind := 0, KindID
	switch {
	case len(t.text) == 18 && maskedID(t.text):
		n = idCandidates(t.text)
	case len(t.text) == 11 && t.text[0] == '1' && digitsAndMasks(t.text) && (t.text[1] >= '3' || t.text[1] == '*'):
		n, kind = power(strings.Count(t.text, "*")), KindMobile
	case len(t.text) >= 16 && len(t.text) <= 19 && digitsAndMasks(t.text) && (class == labelBank || class == labelAccount):
		n, kind = power(strings.Count(t.text, "*")-1), KindBank // Luhn gives one away
	}
	if n > 0 && n <= thinEnough {
		p.flag("PII.mask", t.start, t.end, "").Kind = kind
	}
}

func digitsAndMasks(t string) bool {
	return strings.Trim(t, "0123456789*") == ""
}

// maskedID says that a masked text of 18 can be an ID number: what is shown of
// region and check character fits one.
func maskedID(t string) bool {
	if !digitsAndMasks(t[:17]) || !strings.Contains("0123456789X*", t[17:]) {
		return false
	}
	return strings.Contains(t[:2], "*") || strings.Contains(regions, " "+t[:2]+" ")
}

// idCandidates counts the numbers a masked ID number can be, at most a million.
// The check character leaves one in eleven.
func idCandidates(t string) int {
	const most = 1_000_000
	n := power(strings.Count(t[:6], "*"))
	if n *= power(strings.Count(t[14:17], "*")); n >= most {
		return most
	}
	n *= birthdays(t[6:14])
	if t[17] != '*' && strings.Contains(t[:17], "*") {
		n = (n + 10) / 11
	}
	return min(n, most)
}

// birthdays counts the days that fit a masked YYYYMMDD.
func birthdays(t string) int {
	if !strings.Contains(t, "*") {
		if birthday(t) {
			return 1
		}
		return 0
	}
	var days [2]int // that fit, of a common and of a leap year
	for leap, year := range [2]int{2023, 2024} {
		for d := (workday.Date{Year: year, Month: time.January, Day: 1}); d.Year == year; d = d.AddDays(1) {
			if fitsMask(t[4:], int(d.Month)*100+d.Day) {
				days[leap]++
			}
		}
	}
	n := 0
	for year := 1920; year < 2030; year++ {
		if fitsMask(t[:4], year) {
			leap := 0
			if year%4 == 0 { // 2000 is one too
				leap = 1
			}
			n += days[leap]
		}
	}
	return n
}

// fitsMask says that the four digits of v fit a masked text of four.
func fitsMask(t string, v int) bool {
	for i := 3; i >= 0; i-- {
		if t[i] != '*' && int(t[i]-'0') != v%10 {
			return false
		}
		v /= 10
	}
	return true
}

func power(n int) int {
	out := 1
	for ; n > 0 && out < 100_000_000; n-- {
		out *= 10
	}
	return out
}
