package proofread

import (
	"strings"
	"time"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// regions are the first two digits of an ID number: province of first
// registration (GB/T 2260); 81 to 83 are those of the residence permits.
const regions = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 "

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// idShape says that 18 characters have the form of an ID number: region, a day
// that exists, seventeen digits.
func idShape(t string) bool {
	if len(t) != 18 || !strings.Contains(regions, " "+t[:2]+" ") {
		return false
	}
	for i := range 17 {
		if !isDigit(rune(t[i])) {
			return false
		}
	}
	return (isDigit(rune(t[17])) || t[17] == 'X') && birthday(t[6:14])
}

// birthday reads YYYYMMDD of a person who may live.
func birthday(t string) bool {
	n := 0
	for i := range len(t) {
		n = n*10 + int(t[i]-'0')
	}
	_, ok := workday.NewDate(n/10000, time.Month(n/100%100), n%100)
	return ok && n >= 1890_01_01 && n < 2100_01_01
}

// idCheck is the check character of GB 11643 over the first 17 digits.
func idCheck(t string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(t[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// identity judges 18 characters. A credit code is tested first: it is a
// company's, and 1 ID number in 31 also passes as one.
func (p *personal) identity(t token, class labelClass) bool {
	if !idShape(t.text) {
		return false
	}
	valid := idCheck(t.text) == t.text[17]
	credit := zh.ValidCreditCode(t.text)
	switch {
	case valid && class == labelID, valid && !credit && class != labelOther && !t.joined:
		p.flag("PII.id", t.start, t.end, maskID(t.text))
	case valid && !credit && !t.joined, valid && credit && class != labelOther && !t.joined:
		p.flag("PII.id-doubt", t.start, t.end, maskID(t.text))
	case class == labelID && !credit:
		p.flag("PII.id-doubt", t.start, t.end, maskID(t.text))
	default:
		return false
	}
	return true
}

// maskID keeps the last two characters, as the mask rule of handbook A4 says.
func maskID(t string) string { return strings.Repeat("*", len(t)-2) + t[len(t)-2:] }

// oldIdentity judges the 15 digits of before 1999: without check character,
// so only behind a label.
func (p *personal) oldIdentity(t token, class labelClass) bool {
	if len(t.text) != 15 || class != labelID || !allDigits(t.text) || !strings.Contains(regions, " "+t.text[:2]+" ") || !birthday("19"+t.text[6:12]) {
		return false
	}
	p.flag("PII.id-old", t.start, t.end, maskID(t.text))
	return true
}

func allDigits(t string) bool {
	for i := range len(t) {
		if t[i] < '0' || t[i] > '9' {
			return false
		}
	}
	return t != ""
}
