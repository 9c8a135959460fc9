package proofread

import "strings"

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// plates looks for vehicle plates: province, letter, five or six characters.
func (p *personal) plates() {
	for i := 0; i+6 < len(p.fold); i++ {
		if !strings.ContainsRune(plateProvinces, p.fold[i]) {
			continue
		}
		end, ok := p.plate(i)
		if !ok || i > 0 && strings.ContainsRune(plateProvinces, p.fold[i-1]) {
			continue
		}
		class := labelNone
		if l, found := p.before(i, labelReach); found {
			class = l.class
		} else {
			class = classOf(p.heading(i))
		}
		mask := string(p.rs[i:i+2]) + "*****"
		switch class {
		case labelPlate:
			p.flag("PII.plate", i, end, mask)
		case labelOther:
		default:
			p.flag("PII.plate-doubt", i, end, mask)
		}
		i = end - 1
	}
}

func (p *personal) plate(i int) (end int, ok bool) {
	letter := p.at(i + 1)
	if letter < 'A' || letter > 'Z' || letter == 'I' || letter == 'O' {
		return 0, false
	}
	k := i + 2
	if r := p.at(k); r == '·' || r == '•' || r == ' ' || r == '.' {
		k++
	}
	start, digits := k, 0
	for k-start < 7 {
		r := p.at(k)
		if isDigit(r) {
			digits++
		} else if r < 'A' || r > 'Z' || r == 'I' || r == 'O' {
			break
		}
		k++
	}
	n := k - start
	if n == 4 && strings.ContainsRune("学警港澳挂使领", p.at(k)) && p.at(k) > 0 {
		return k + 1, digits >= 3
	}
	if isLetter(p.at(k)) || p.at(k) == '-' || p.at(k) == '〔' {
		return 0, false
	}
	if n == 6 { // new energy: D or F first or last, five digits
		first, last := p.at(start), p.at(k-1)
		return k, digits >= 4 && (strings.ContainsRune("DFABCEGHJK", first) || strings.ContainsRune("DFABCEGHJK", last)) && digits < 6
	}
	return k, n == 5 && digits >= 3
}

// personalMail are the mail services that people use; offices do too, so a hit
// is never firm alone.
const personalMail = " qq.com 163.com 126.com 139.com 189.cn gmail.com hotmail.com outlook.com foxmail.com sina.com sina.cn sohu.com yeah.net icloud.com live.com aliyun.com wo.cn vip.qq.com vip.163.com 188.com 21cn.com tom.com yahoo.com yahoo.com.cn yahoo.cn msn.com me.com "

func mailRune(r rune) bool {
	return isDigit(r) || isLetter(r) || r == '.' || r == '_' || r == '-' || r == '+'
}

// emails looks for addresses at personal mail services.
func (p *personal) emails() {
	for i, r := range p.fold {
		if r != '@' {
			continue
		}
		start, end := i, i+1
		for start > 0 && i-start < 64 && mailRune(p.fold[start-1]) {
			start--
		}
		for end < len(p.fold) && end-i < 64 && mailRune(p.fold[end]) && p.fold[end] != '+' && p.fold[end] != '_' {
			end++
		}
		for end > i && (p.fold[end-1] == '.' || p.fold[end-1] == '-') {
			end--
		}
		domain := strings.ToLower(string(p.fold[min(i+1, end):end]))
		if start == i || !strings.Contains(personalMail, " "+domain+" ") {
			continue
		}
		l, _ := p.before(start, labelReach)
		if l.class == labelEmail || p.beside(start) || p.namedColumn(start) {
			p.flag("PII.email", start, end, "")
		} else {
			p.flag("PII.email-doubt", start, end, "")
		}
	}
}

// addressMax is how long a home address may be, in runes.
const addressMax = 60

// addresses looks for homes behind their labels, in their columns, and behind
// 住 in a sentence. Down to the village or street an address may stay.
func (p *personal) addresses() {
	for _, l := range p.labels {
		if l.class != labelAddress && l.class != labelPlace {
			continue
		}
		i := p.skipBlanks(l.end)
		for strings.ContainsRune(":为是于在 ", p.at(i)) && p.at(i) > 0 {
			i++
		}
		end := p.addressEnd(i)
		if !p.house(i, end) {
			continue
		}
		switch {
		case l.class == labelAddress:
			p.flag("PII.address", i, end, p.streetOf(i, end))
		case p.beside(l.start):
			p.flag("PII.address-doubt", i, end, p.streetOf(i, end))
		}
	}
	for i := 1; i < len(p.fold); i++ {
		if p.fold[i] != '住' || !strings.ContainsRune("，,；;。（( ", p.fold[i-1]) {
			continue
		}
		start := i + 1
		if strings.ContainsRune("在址:所房宅院建户地宿户", p.at(start)) {
			continue
		}
		if end := p.addressEnd(start); p.house(start, end) {
			p.flag("PII.address", start, end, p.streetOf(start, end))
		}
	}
	p.columnAddresses()
}

func (p *personal) columnAddresses() {
	for n, l := range p.lines {
		heads := p.columns[n]
		if heads == nil {
			continue
		}
		for c, cell := range p.cells(l) {
			if c >= len(heads) {
				break
			}
			class := classOf(heads[c])
			cell = p.trimmed(cell)
			if class == labelAddress && p.house(cell.start, cell.end) || class == labelPlace && p.firm[n] && p.house(cell.start, cell.end) {
				p.flag("PII.address", cell.start, cell.end, p.streetOf(cell.start, cell.end))
			}
		}
	}
}

// addressEnd is where the words of an address stop.
func (p *personal) addressEnd(i int) int {
	end := i
	for end < len(p.fold) && end-i < addressMax && !strings.ContainsRune("，,。；;、\n\t()（）", p.fold[end]) {
		end++
	}
	for end > i && p.fold[end-1] == ' ' {
		end--
	}
	return end
}

// house says that the words name a region and, with a figure, a house or flat.
func (p *personal) house(start, end int) bool {
	region := false
	for i := start; i < end; i++ {
		switch p.fold[i] {
		case '省', '市', '区', '县', '镇', '乡', '村', '路', '街', '巷', '道', '里', '园', '苑':
			region = region || i > start
		case '号', '室', '栋', '幢', '座', '组', '户', '弄', '楼', '单':
			if region && i > start && (isDigit(p.fold[i-1]) || hanNumeral(p.fold[i-1])) && !p.has(i, "单位") {
				return true
			}
		}
	}
	return false
}

// streetOf is the address down to the street or village.
func (p *personal) streetOf(start, end int) string {
	cut := start
	for i := start; i < end; i++ {
		switch p.fold[i] {
		case '区', '县', '镇', '乡', '村', '路', '街', '道', '市':
			cut = i + 1
		}
		if isDigit(p.fold[i]) {
			break
		}
	}
	return string(p.rs[start:cut])
}
