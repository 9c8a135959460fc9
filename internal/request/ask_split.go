package request

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxMatters is into how many requests one text is split at most.
const maxMatters = 8

var (
	numbered  = regexp.MustCompile(`(?:^|[\n；;。])[ \t　]*(?:[（(][一二三四五六七八九十0-9]{1,2}[）)]|[一二三四五六七八九十]{1,2}[、.．]|[0-9]{1,2}(?:[、）)]|[.．][^0-9])|[①②③④⑤⑥⑦⑧⑨])`)
	mark      = regexp.MustCompile(`^[ \t　]*(?:[（(][一二三四五六七八九十0-9]{1,2}[）)]|[一二三四五六七八九十]{1,2}[、.．]|[0-9]{1,2}[、）).．]|[①②③④⑤⑥⑦⑧⑨])[ \t　]*`)
	named     = regexp.MustCompile(`《[^《》\n]{2,100}》`)
	betweenOf = regexp.MustCompile(`^[^《》。\n]{0,30}[、；;，,和及与]\s*$`)
)

// Matters reads a request for several matters in one text: a numbered list, or
// several titles set side by side with 、 or ；. One matter a request is good
// practice, no duty, so the page only offers to split. nil is one matter.
func Matters(content string) []string {
	content = strings.TrimSpace(content)
	if list := listed(content); len(list) > 1 {
		return list
	}
	return titled(content)
}

// listed splits at the numbers of a list; words before the first number stand
// before every part, because they say what the list is of.
func listed(content string) (out []string) {
	at := numbered.FindAllStringIndex(content, -1)
	if len(at) < 2 || len(at) > maxMatters {
		return nil
	}
	cut := func(i int) int { // where the number itself begins
		s := content[at[i][0]:]
		return at[i][0] + len(s) - len(strings.TrimLeft(s, "\n；;。 \t　"))
	}
	lead := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(content[:cut(0)]), "：:；;。"))
	for i := range at {
		end := len(content)
		if i+1 < len(at) {
			end = cut(i + 1)
		}
		part := content[cut(i):end]
		part = strings.Trim(strings.TrimSpace(part[len(mark.FindString(part)):]), "；;。 \n")
		if utf8.RuneCountInString(part) < 2 {
			return nil
		}
		if lead != "" {
			part = lead + "：" + part
		}
		out = append(out, part)
	}
	return out
}

// titled splits where titles follow each other with nothing but a sign between.
func titled(content string) (out []string) {
	at := named.FindAllStringIndex(content, -1)
	if len(at) < 2 || len(at) > maxMatters {
		return nil
	}
	for i := 1; i < len(at); i++ {
		if !betweenOf.MatchString(content[at[i-1][1]:at[i][0]]) {
			return nil
		}
	}
	lead, tail := strings.TrimSpace(content[:at[0][0]]), strings.TrimSpace(content[at[len(at)-1][1]:])
	for i, a := range at {
		part := content[a[0]:a[1]]
		if i+1 < len(at) {
			part += strings.TrimRight(strings.TrimSpace(content[a[1]:at[i+1][0]]), "、；;，,和及与 ")
		} else {
			part += tail
		}
		out = append(out, strings.TrimRight(lead+part, "。；;"))
	}
	return out
}
