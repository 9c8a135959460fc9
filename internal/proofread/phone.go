package proofread

import "strings"

// mobile judges eleven digits, with or without 86 before them. Office lines
// (landlines) never count; a mobile number counts by its label or neighbour.
func (p *personal) mobile(t token) {
	digits, start := t.text, t.start
	if len(digits) < 11 || len(digits) > 15 {
		return
	}
	for _, prefix := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) == 11 {
			digits = rest
			if !t.grouped {
				start += len(prefix)
			}
			break
		}
	}
	if !mobileShape(digits) {
		return
	}
	class := p.class(t.start)
	plus := p.at(t.start-1) == '+' || p.hasBefore(t.start, "86-")
	if t.joined && !plus && class != labelMobile && class != labelPhone {
		return
	}
	firm := class == labelMobile || p.beside(t.start)
	switch class {
	case labelPhone:
		firm = firm || p.namedColumn(t.start)
	case labelNone, labelID, labelBank:
		if !firm && !plus && !p.afterName(t.start) {
			return
		}
	case labelMobile:
	case labelOffice:
		firm = false
	default:
		return
	}
	rule := "PII.mobile-doubt"
	if firm {
		rule = "PII.mobile"
	}
	p.flag(rule, start, t.end, "*********"+digits[9:])
}

// mobileShape says that eleven digits can be a mainland mobile number.
func mobileShape(t string) bool {
	return len(t) == 11 && allDigits(t) && t[0] == '1' && t[1] >= '3'
}

// namedColumn says that the row of i has a column of names or ID numbers.
func (p *personal) namedColumn(i int) bool {
	for _, h := range p.columns[p.lineOf(i)] {
		if c := classOf(h); c == labelName || c == labelID {
			return true
		}
	}
	return false
}

// afterName says that a name and at most a sign or two stand before i.
func (p *personal) afterName(i int) bool {
	k := i
	for k > 0 && i-k < 3 && strings.ContainsRune(" :：,，(（、", p.fold[k-1]) {
		k--
	}
	_, ok := p.nameBefore(k)
	return ok && k < i
}

// bank judges 16 to 19 digits that pass Luhn's check: behind a label, or with
// the prefix of the bank-card union.
func (p *personal) bank(t token, class labelClass) bool {
	n := len(t.text)
	if n < 16 || n > 19 || !allDigits(t.text) || !luhn(t.text) {
		return false
	}
	union := strings.HasPrefix(t.text, "62") && n != 17 && n != 18
	mask := strings.Repeat("*", n-4) + t.text[n-4:]
	switch {
	case class == labelBank, class == labelAccount && union:
		p.flag("PII.bank", t.start, t.end, mask)
	case union && !t.joined && class != labelOther && class != labelID:
		p.flag("PII.bank-doubt", t.start, t.end, mask)
	default:
		return false
	}
	return true
}

func luhn(t string) bool {
	sum := 0
	for i := range len(t) {
		d := int(t[len(t)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// passport judges numbers of passports and travel permits behind their label.
func (p *personal) passport(t token, class labelClass) bool {
	if class == labelID && t.text[0] >= 'A' {
		class = labelPassport // 证件号码：E12345678
	}
	if class != labelPassport || t.joined {
		return false
	}
	letters := 0
	for letters < len(t.text) && isLetter(rune(t.text[letters])) {
		letters++
	}
	digits := t.text[letters:]
	if !allDigits(digits) {
		return false
	}
	switch {
	case letters == 1 && (len(digits) == 8 || len(digits) == 10) && strings.ContainsRune("EGDSPHMCWKTL", rune(t.text[0])),
		letters == 2 && len(digits) == 7,
		letters == 0 && len(digits) == 9 && (strings.HasPrefix(digits, "14") || strings.HasPrefix(digits, "15")):
		p.flag("PII.passport", t.start, t.end, strings.Repeat("*", len(t.text)-2)+t.text[len(t.text)-2:])
		return true
	}
	return false
}
