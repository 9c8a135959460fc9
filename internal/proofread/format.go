package proofread

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// format checks what has a prescribed form.
func (s *sheet) format() {
	s.numbers()
	s.dates()
	s.amounts()
	if s.part.Kind == PartText {
		s.headings()
		s.attachments()
		s.attribute()
	}
}

// numberRules maps what zh says about a document number to the rule, the
// weightiest first.
var numberRules = []struct{ warning, rule string }{
	{"年份应使用六角括号〔〕", "F-06.bracket"},
	{"括号内只写年份数字", "F-06.bracket"},
	{"序号不编虚位，前面不加0", "F-06.zero"},
	{"序号前不加“第”字", "F-06.ordinal"},
	{"序号应使用阿拉伯数字", "F-06.digits"},
	{"数字应使用半角", "F-06.digits"},
	{"文号中不应有空格", "F-06.blank"},
}

// numbers checks the spelling of document numbers, one hit a number.
func (s *sheet) numbers() {
	for _, n := range zh.FindDocNumbers(s.part.Text) {
		if n.Number.Kind != zh.Numbered {
			continue
		}
		if rule := numberRule(n.Warnings); rule != "" {
			s.hit(rule, n.Start, n.End, numberText(n))
		}
	}
}

func numberRule(warnings []string) string {
	for _, r := range numberRules {
		for _, w := range warnings {
			if w == r.warning {
				return r.rule
			}
		}
	}
	return ""
}

func numberText(n zh.DocNumberSpan) string {
	text := n.Number.String()
	if n.Last != n.Number.Serial {
		text = strings.TrimSuffix(text, "号") + "—" + strconv.Itoa(n.Last) + "号"
	}
	return text
}

// dates checks days that cannot be, leading zeros, mixed numerals and the day
// of the week.
func (s *sheet) dates() {
	found := zh.FindDates(s.part.Text)
	for i := range found {
		s.date(&found[i])
	}
	s.monthDays(found)
}

func (s *sheet) date(d *zh.DateSpan) {
	if d.Invalid {
		s.hit("F4.date-impossible", d.Start, d.End, "")
		return
	}
	raw := []rune(d.Raw)
	arabic, han, worded, zero := false, false, false, false
	for i, r := range raw {
		switch {
		case r == '年' || r == '月':
			worded = true
			zero = zero || r == '月' && i >= 2 && raw[i-2] == '0' || i+3 < len(raw) && raw[i+1] == '0' && isDigit(raw[i+2])
		case isDigit(halfWidth(r)):
			arabic = true
		case strings.ContainsRune("一二三四五六七八九十〇零○元廿", r):
			han = true
		}
	}
	switch {
	case arabic && han && worded:
		s.hit("F4.date-mixed", d.Start, d.End, chineseDate(d.Date))
	case zero:
		s.hit("F4.date-zero", d.Start, d.End, chineseDate(d.Date))
	case han && !arabic && strings.ContainsRune(string(raw[:min(4, len(raw))]), '零'):
		s.hit("F4.date-ling", d.Start, d.End, strings.ReplaceAll(d.Raw, "零", "〇"))
	}
	s.weekday(d)
}

func chineseDate(d workday.Date) string {
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

var weekdays = map[rune]time.Weekday{'日': 0, '天': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6}

// weekday checks 2025年5月28日（星期三） against the calendar.
func (s *sheet) weekday(d *zh.DateSpan) {
	i := d.End
	for i < d.End+3 && (s.blank(i) || s.at(i) == '(' || s.at(i) == '，' || s.at(i) == ',') {
		i++
	}
	if !s.has(i, "星期") && !s.has(i, "周") {
		return
	}
	for s.at(i) == '星' || s.at(i) == '期' || s.at(i) == '周' {
		i++
	}
	claimed, ok := weekdays[s.at(i)]
	if s.has(i+1, "至") || s.has(i+1, "、") || s.has(i+1, "年") {
		return
	}
	real := d.Date.Time().In(workday.Zone).Weekday()
	if ok && claimed != real {
		s.hit("F4.weekday", d.Start, i+1, "星期"+string([]rune("日一二三四五六")[real]))
	}
}

// monthDays finds days without a year that no year has, such as 4月31日.
func (s *sheet) monthDays(found []zh.DateSpan) {
	next := 0
	for i := 1; i < len(s.fold); i++ {
		if s.fold[i] != '月' || !isDigit(s.fold[i-1]) || !isDigit(s.at(i+1)) {
			continue
		}
		for next < len(found) && found[next].End <= i {
			next++
		}
		if next < len(found) && found[next].Start < i {
			continue
		}
		start, end := i, i+1
		for isDigit(s.at(start - 1)) {
			start--
		}
		for isDigit(s.at(end)) {
			end++
		}
		if s.at(end) != '日' || i-start > 2 || end-i-1 > 2 || s.at(start-1) == '.' {
			continue
		}
		month, _ := strconv.Atoi(string(s.fold[start:i]))
		day, _ := strconv.Atoi(string(s.fold[i+1 : end]))
		if _, ok := workday.NewDate(2024, time.Month(month), day); !ok { // a leap year
			s.hit("F4.date-impossible", start, end+1, "")
		}
	}
}

// printedAttribute is a line that prints the attribute: the note below the date
// or the field of a header.
var printedAttribute = regexp.MustCompile(`^\(?(?:此件|(?:政府)?(?:信息)?公开(?:方式|属性|选项|类别|类型):)(公开发布|主动公开|依申请公开|不予公开|不公开)\)?$`)

// attribute compares the printed note with what was proposed and with
// other notes in the same text.
func (s *sheet) attribute() {
	var first string
	for _, l := range s.lines {
		l = s.trimmed(l)
		if l.end-l.start > 40 || !strings.Contains(string(s.rs[l.start:l.end]), "公开") {
			continue
		}
		m := printedAttribute.FindStringSubmatch(strings.ReplaceAll(string(s.fold[l.start:l.end]), " ", ""))
		if m == nil {
			continue
		}
		attribute := m[1]
		switch attribute {
		case "公开发布":
			attribute = "主动公开"
		case "不公开":
			attribute = "不予公开"
		}
		switch {
		case s.in.Attribute != "" && attribute != s.in.Attribute:
			s.hit("A-14.differs", l.start, l.end, attributeNote(s.in.Attribute))
		case first != "" && attribute != first:
			s.hit("A-14.twice", l.start, l.end, attributeNote(first))
		}
		first = attribute
	}
	if first == "" && s.in.Attribute != "" && s.facts.DocNo != "" && s.index == 0 {
		if l := s.lastLine(); l.end > l.start {
			s.hit("A-14.missing", l.start, l.end, attributeNote(s.in.Attribute))
		}
	}
}

func attributeNote(attribute string) string {
	if attribute == "主动公开" {
		return "（此件公开发布）"
	}
	return "（此件" + attribute + "）"
}

func (s *sheet) lastLine() span {
	for i := len(s.lines) - 1; i >= 0; i-- {
		if l := s.trimmed(s.lines[i]); l.end > l.start {
			return l
		}
	}
	return span{}
}
