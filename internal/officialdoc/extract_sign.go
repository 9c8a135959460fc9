package officialdoc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

var (
	extractNote    = regexp.MustCompile(`^\(?\s*此件\s*(公开发布|主动公开|依申请公开|不予公开|不公开)\s*\)?$`)
	extractOption  = regexp.MustCompile(`^\(?\s*(?:政府)?(?:信息)?(?:公开方式|公开属性|公开选项|公开类别|公开类型)\s*:\s*(主动公开|依申请公开|不予公开|不公开)\s*\)?$`)
	extractBare    = regexp.MustCompile(`^\(?\s*(主动公开|依申请公开|不予公开)\s*\)?$`)
	extractPrinted = regexp.MustCompile(`^(.*?)\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*印发$`)
	extractCopy    = regexp.MustCompile(`^(?:抄送|分送|抄报|主题词)\s*:`)
	extractAnnex   = regexp.MustCompile(`^附\s*件\s*[一二三四五六七八九十\d]{0,3}\s*[:.、]?$`)
	extractSeal    = regexp.MustCompile(`\s*\((?:盖章|公章|印章|代章|印)\)$`)
)

// extractAttribute reads the disclosure attribute a line of its own prints.
// 此件公开发布 is 主动公开.
func extractAttribute(key string) string {
	if len(key) > 120 || !strings.Contains(key, "公开") {
		return ""
	}
	for _, re := range []*regexp.Regexp{extractNote, extractOption, extractBare} {
		if m := re.FindStringSubmatch(key); m != nil {
			switch m[1] {
			case "公开发布":
				return "主动公开"
			case "不公开":
				return "不予公开"
			}
			return m[1]
		}
	}
	return ""
}

// extractOrgans reads a key that holds nothing but names of organs, parted by
// blanks: one for most, several for a joint document. Layout blanks inside one
// name are closed.
func extractOrgans(key string) []string {
	key = strings.TrimSpace(key)
	if strings.HasSuffix(key, ")") {
		key = extractSeal.ReplaceAllString(key, "")
	}
	if key == "" || utf8.RuneCountInString(key) > extractShort {
		return nil
	}
	parts := strings.Fields(key)
	for _, p := range parts {
		if !lexiconIsOrgan(p) {
			if whole := strings.Join(parts, ""); len(parts) > 1 && lexiconIsOrgan(whole) {
				return []string{whole}
			}
			return nil
		}
	}
	return parts
}

// organPieces are the organs of a line in the words of the source.
func (x *extractor) organPieces(i int, to int) []extractPiece {
	l := &x.lines[i]
	organs := extractOrgans(l.key[:to])
	if organs == nil {
		return nil
	}
	p := extractCut(l, i, 0, to)
	if len(organs) == 1 {
		p.text = extractSqueeze(p.text)
		if at := extractSeal.FindStringIndex(extractKey(p.text)); at != nil {
			p.text = string([]rune(p.text)[:utf8.RuneCountInString(extractKey(p.text)[:at[0]])])
		}
		return []extractPiece{p}
	}
	var out []extractPiece
	at := 0
	runes := []rune(p.text)
	for at < len(runes) {
		if structBlank(runes[at]) {
			at++
			continue
		}
		end := at
		for end < len(runes) && !structBlank(runes[end]) {
			end++
		}
		out = append(out, extractPiece{string(runes[at:end]), p.start + at, p.start + end, i})
		at = end
	}
	return out
}

// extractImprint says that a line belongs to the 版记: 抄送, or organ and 印发日期.
func extractImprint(key string) bool {
	return strings.HasSuffix(key, "印发") && extractPrinted.MatchString(key) || extractCopy.MatchString(key)
}

// extractIsAnnex says that a line only says 附件, perhaps with a number.
func extractIsAnnex(key string) bool {
	return strings.HasPrefix(key, "附") && extractAnnex.MatchString(key)
}

// readSignature finds the 落款 of the letter: organs, then a date on a line of
// its own, where a sentence or the list of annexes has just ended. The first
// one counts: what a cover letter prints may have its own.
func (x *extractor) readSignature() {
	for i := x.head; i < x.tail; i++ {
		l := &x.lines[i]
		if l.n == 0 || l.n > extractShort || x.inTable(i) {
			continue
		}
		if extractIsAnnex(l.key) {
			return
		}
		if extractImprint(l.key) {
			continue
		}
		date, organTo, ok := extractSignDate(l.key)
		if ok && x.sign(i, date, organTo) {
			return
		}
		if !ok && x.signWithoutDate(i) {
			return
		}
	}
}

// inTable says that a line is a cell of a flattened table.
func (x *extractor) inTable(i int) bool {
	before := x.before(i)
	return x.lines[i].cell && before >= 0 && x.lines[before].cell
}

// extractSignDate reads a line that is only a date, or organs and a date, with
// perhaps the note (此件公开发布) behind. organTo is the byte where the date begins.
func extractSignDate(key string) (date string, organTo int, ok bool) {
	if len(key) > 360 || !strings.ContainsAny(key, "年-/.") {
		return "", 0, false
	}
	body := key
	if at := strings.LastIndex(body, "(此件"); at > 0 && extractAttribute(strings.TrimSpace(body[at:])) != "" {
		body = strings.TrimSpace(body[:at])
	}
	if body == "" {
		return "", 0, false
	}
	if _, ok := zh.ParseDate(body); ok && strings.ContainsAny(body, "年-/.") {
		return body, 0, true
	}
	for _, d := range zh.FindDates(body) {
		at := len(string([]rune(body)[:d.Start]))
		if strings.TrimSpace(body[at+len(d.Raw):]) != "" {
			continue
		}
		if at == 0 || len(extractOrgans(body[:at])) > 0 {
			return d.Raw, at, true
		}
	}
	return "", 0, false
}

// sign takes a date line as the 落款 when it stands where one stands.
func (x *extractor) sign(i int, date string, organTo int) bool {
	var organs []extractPiece
	first := i
	if organTo > 0 {
		organs = x.organPieces(i, organTo)
	}
	for j := x.before(first); j >= x.head && len(organs) < 20; j = x.before(j) {
		more := x.organPieces(j, len(x.lines[j].key))
		if more == nil {
			break
		}
		organs, first = append(more, organs...), j
	}
	if !x.closed(first) || len(organs) == 0 && !x.ends(i) {
		return false
	}
	x.signAt, x.signOrgans = i, organs
	l := &x.lines[i]
	d, ok := zh.ParseDate(date)
	if !ok {
		x.f.Warnings = append(x.f.Warnings, fmt.Sprintf("落款日期“%s”不存在，未采用。", strings.TrimSpace(date)))
		return true
	}
	x.signDate = extractCut(l, i, organTo, organTo+len(date))
	x.signDate.text = d.String()
	return true
}

// signWithoutDate takes organs that close a letter whose date is missing.
func (x *extractor) signWithoutDate(i int) bool {
	organs := x.organPieces(i, len(x.lines[i].key))
	if organs == nil || !x.closed(i) || !x.ends(i) {
		return false
	}
	x.signAt, x.signOrgans = i, organs
	return true
}

// closed says that what stands before line i ends a letter: a sentence, 特此
// or a list of annexes.
func (x *extractor) closed(i int) bool {
	j := x.before(i)
	if j < x.head {
		return false
	}
	l := &x.lines[j]
	r, _ := utf8.DecodeLastRuneInString(l.key)
	return strings.ContainsRune("。!;”)》", r) || strings.Contains(l.key, "特此") || strings.HasPrefix(l.key, "附") ||
		l.n <= extractShort && extractListed.MatchString(l.key)
}

// ends says that nothing of the letter follows line i: only the end, a note,
// the 版记, an annex, or the text that the letter prints.
func (x *extractor) ends(i int) bool {
	j := x.after(i)
	if j >= x.tail {
		return true
	}
	key := x.lines[j].key
	if x.lines[j].n > extractShort {
		return false
	}
	return extractAttribute(key) != "" || extractImprint(key) || strings.HasPrefix(key, "附件") || extractIsAnnex(key) || lexiconKindOf(key) != "" && x.named(j, i)
}

// readNotes reads the attribute and the 印发日期, which stand on lines of their own.
func (x *extractor) readNotes() {
	if p, ok := x.field["attribute"]; ok {
		for _, a := range lexiconAttributes {
			if strings.HasPrefix(extractKey(p.text), a) {
				x.f.Attribute = a
				x.markPiece("attribute", p)
			}
		}
	}
	for i := x.head; i < x.tail; i++ {
		l := &x.lines[i]
		if l.n == 0 || l.n > extractShort || x.inTable(i) {
			continue
		}
		if x.f.Attribute == "" {
			note := l.key
			if at := strings.LastIndex(note, "(此件"); at > 0 {
				if _, _, ok := extractSignDate(note); ok {
					note = note[at:]
				}
			}
			if a := extractAttribute(note); a != "" {
				x.f.Attribute = a
				from := utf8.RuneCountInString(l.key) - utf8.RuneCountInString(note)
				x.mark("attribute", l.start+from, l.end)
			}
		}
		if !strings.HasSuffix(l.key, "印发") || !x.f.PrintedOn.IsZero() {
			continue
		}
		if m := extractPrinted.FindStringSubmatchIndex(l.key); m != nil {
			if lead := l.key[:m[3]]; lead == "" || len(extractOrgans(lead)) > 0 {
				p := extractCut(l, i, m[4], m[5])
				if d, ok := zh.ParseDate(p.text); ok {
					x.f.PrintedOn = d
					x.markPiece("printed_on", p)
				}
			}
		}
	}
}

// chooseOrgans takes the header's 发文机关, else the 落款, else the red head,
// else the organs that the title begins with. The title alone never outweighs
// the signature: a page may repost another's document under its own title.
func (x *extractor) chooseOrgans() {
	organs := x.signOrgans
	if p, ok := x.field["organ"]; ok {
		if given := x.splitOrgans(p); len(given) > 0 {
			if len(organs) > 0 && !slices.ContainsFunc(given, func(g extractPiece) bool { return zh.TitleKey(g.text) == zh.TitleKey(organs[0].text) }) {
				x.f.Warnings = append(x.f.Warnings, fmt.Sprintf("页面所列发文机关（%s）与落款（%s）不一致。", given[0].text, organs[0].text))
			}
			organs = given
		}
	}
	if len(organs) == 0 {
		organs = x.red
	}
	if len(organs) == 0 {
		organs = x.titleOrgans()
	}
	for _, o := range organs {
		x.f.Organs = append(x.f.Organs, o.text)
		x.markPiece("organ", o)
	}
	if len(x.f.Organs) > 0 {
		x.f.Organ = x.f.Organs[0]
	}
	x.f.AdoptedOn = x.chooseDate("adopted_on")
	if x.signDate.text != "" {
		signed := workday.MustDate(x.signDate.text)
		if x.f.AdoptedOn.IsZero() {
			x.f.AdoptedOn = signed
			x.markPiece("adopted_on", x.signDate)
		} else if x.f.AdoptedOn != signed {
			x.f.Warnings = append(x.f.Warnings, fmt.Sprintf("页面所列成文日期（%s）与落款日期（%s）不一致。", x.f.AdoptedOn.Chinese(), signed.Chinese()))
		}
	}
}

// splitOrgans parts the value of a header's organ field.
func (x *extractor) splitOrgans(p extractPiece) []extractPiece {
	var out []extractPiece
	at := 0
	runes := []rune(p.text)
	for at < len(runes) {
		end := at
		for end < len(runes) && !structBlank(runes[end]) && !strings.ContainsRune("、,，;；", runes[end]) {
			end++
		}
		if end > at {
			out = append(out, extractPiece{string(runes[at:end]), p.start + at, p.start + end, p.line})
		}
		at = end + 1
	}
	for _, o := range out {
		if len(out) > 1 && !lexiconIsOrgan(extractKey(o.text)) {
			return []extractPiece{p}
		}
	}
	return out
}

// titleOrgans are the organs before 关于 in the title.
func (x *extractor) titleOrgans() []extractPiece {
	if x.f.Title == "" || len(x.f.Marks) == 0 {
		return nil
	}
	key := extractKey(x.f.Title)
	head, _, found := strings.Cut(key, "关于")
	if !found || len(extractOrgans(strings.ReplaceAll(head, "、", " "))) == 0 {
		return nil
	}
	at := slices.IndexFunc(x.f.Marks, func(m Mark) bool { return m.Field == "title" })
	if at < 0 {
		return nil
	}
	mark := x.f.Marks[at]
	var out []extractPiece
	n := utf8.RuneCountInString(head)
	for _, o := range strings.FieldsFunc(string([]rune(x.f.Title)[:n]), func(r rune) bool { return structBlank(r) || r == '、' }) {
		out = append(out, extractPiece{text: o, start: mark.Start, end: min(mark.Start+n, mark.End)})
	}
	return out
}
