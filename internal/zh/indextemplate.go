package zh

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gongkai/internal/fault"
)

// IndexTemplate is an organisation's own form of index number, F-01. In the
// text {credit} stands for the 18-character credit code, {org} for the
// 9-character organisation code, {year} for four digits and {serial:N} for the
// serial in N digits; all else is literal: {credit}/{year}-{serial:7}.
type IndexTemplate struct {
	text  string
	parts []templatePart
	read  *regexp.Regexp
}

type templatePart struct {
	name    string // credit, org, year, serial, or "" for a literal
	literal string
	width   int
}

const templateField = "索引号模板"

// maxTemplate bounds a template in bytes.
const maxTemplate = 120

// ParseIndexTemplate reads a template; a bad one is an Invalid fault that says
// in Chinese what is wrong.
func ParseIndexTemplate(s string) (IndexTemplate, error) {
	const op = "zh.ParseIndexTemplate"
	if len(s) > maxTemplate {
		return IndexTemplate{}, fault.Field(op, templateField, "索引号模板太长，最多%d个字节。", maxTemplate)
	}
	t := IndexTemplate{text: s}
	seen := map[string]bool{}
	for rest := s; rest != ""; {
		literal, after, open := strings.Cut(rest, "{")
		if i := strings.IndexFunc(literal, func(r rune) bool { return r == '}' || r < ' ' || blank(r) || r == '\ufffd' }); i >= 0 {
			return IndexTemplate{}, fault.Field(op, templateField, "索引号模板里不能有空格、多余的“}”或不可见字符。")
		}
		if literal != "" {
			t.parts = append(t.parts, templatePart{literal: literal})
		}
		if !open {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return IndexTemplate{}, fault.Field(op, templateField, "索引号模板里的“{”没有配上“}”。")
		}
		p, err := parsePlace(op, name)
		if err != nil {
			return IndexTemplate{}, err
		}
		if seen[p.name] {
			return IndexTemplate{}, fault.Field(op, templateField, "索引号模板里“{%s}”只能出现一次。", p.name)
		}
		seen[p.name] = true
		t.parts = append(t.parts, p)
		rest = tail
	}
	if !seen["year"] || !seen["serial"] {
		return IndexTemplate{}, fault.Field(op, templateField, "索引号模板要有年份“{year}”和序号“{serial:位数}”，否则号码会重复。")
	}
	if seen["credit"] && seen["org"] {
		return IndexTemplate{}, fault.Field(op, templateField, "索引号模板里“{credit}”和“{org}”只能用一个。")
	}
	t.read = t.pattern()
	return t, nil
}

func parsePlace(op, name string) (templatePart, error) {
	switch name {
	case "credit", "org", "year":
		return templatePart{name: name}, nil
	}
	if digits, ok := strings.CutPrefix(name, "serial:"); ok {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > 12 {
			return templatePart{}, fault.Field(op, templateField, "序号位数应为1到12，例如“{serial:7}”。")
		}
		return templatePart{name: "serial", width: n}, nil
	}
	return templatePart{}, fault.Field(op, templateField, "索引号模板不认识“{%s}”，可以用{credit}、{org}、{year}、{serial:位数}。", name)
}

// pattern reads back what Format writes; every place has a fixed width, so
// that no two readings exist.
func (t IndexTemplate) pattern() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, p := range t.parts {
		switch p.name {
		case "credit":
			b.WriteString(`(?P<code>[0-9A-Z]{18})`)
		case "org":
			b.WriteString(`(?P<code>[0-9A-Z]{9})`)
		case "year":
			b.WriteString(`(?P<year>[0-9]{4})`)
		case "serial":
			fmt.Fprintf(&b, `(?P<serial>[0-9]{%d})`, p.width)
		default:
			b.WriteString(regexp.QuoteMeta(p.literal))
		}
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// String is the template as it was given.
func (t IndexTemplate) String() string { return t.text }

// Format writes the index number of a serial. code is the credit code or
// organisation code the template names; it may be empty when it names none.
func (t IndexTemplate) Format(code string, year, serial int) (string, error) {
	const op = "zh.IndexTemplate.Format"
	if t.read == nil {
		return "", fault.Field(op, templateField, "还没有设置索引号模板。")
	}
	if year < 1900 || year > 2999 {
		return "", fault.Field(op, "年份", "索引号的年份应为四位数字。")
	}
	var b strings.Builder
	for _, p := range t.parts {
		switch p.name {
		case "credit":
			if !ValidCreditCode(code) {
				return "", fault.Field(op, "统一社会信用代码", "统一社会信用代码应为18位，校验码要正确。")
			}
			b.WriteString(code)
		case "org":
			if !ValidOrgCode(code) {
				return "", fault.Field(op, "组织机构代码", "组织机构代码应为9位，校验码要正确。")
			}
			b.WriteString(strings.ReplaceAll(code, "-", ""))
		case "year":
			b.WriteString(strconv.Itoa(year))
		case "serial":
			digits := strconv.Itoa(serial)
			if serial < 1 || len(digits) > p.width {
				return "", fault.Field(op, "序号", "序号应从1开始，最多%d位。", p.width)
			}
			b.WriteString(strings.Repeat("0", p.width-len(digits)) + digits)
		default:
			b.WriteString(p.literal)
		}
	}
	return b.String(), nil
}

// Parse reads a number that this template wrote; codes are checked.
func (t IndexTemplate) Parse(s string) (IndexNumber, bool) {
	if t.read == nil {
		return IndexNumber{}, false
	}
	m := t.read.FindStringSubmatch(s)
	if m == nil {
		return IndexNumber{}, false
	}
	n := IndexNumber{Raw: s}
	for i, name := range t.read.SubexpNames() {
		switch name {
		case "code":
			n.Code = m[i]
			n.Checked = ValidCreditCode(n.Code) || ValidOrgCode(n.Code)
			if !n.Checked {
				return IndexNumber{}, false
			}
		case "year":
			n.Year, _ = strconv.Atoi(m[i]) // four digits by the pattern
		case "serial":
			n.Serial, _ = strconv.Atoi(m[i]) // at most twelve digits by the pattern
			n.Width = len(m[i])
		}
	}
	return n, n.Serial > 0
}
