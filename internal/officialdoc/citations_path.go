package officialdoc

import (
	"fmt"
	"strings"

	"gongkai/internal/zh"
)

// citeRef is a provision named in the text: its anchor and its runes.
type citeRef struct {
	path       string
	start, end int
}

// citePlace is where the last provision pointed, so that 第一款、第三款 and
// 第十条、第十一条 can go on from it.
type citePlace struct {
	article   string // a12, a12_1
	paragraph int
}

// citeRangeMax is how many provisions 第三条至第九条 may stand for.
const citeRangeMax = 100

// refs reads provisions from i on: 第十二条第二款第（三）、（五）项和第十五条, 第三条至
// 第九条. A 项 without 款 belongs to the first 款.
func (c *citer) refs(i int) (refs []citeRef, end int) {
	end = i
	var place citePlace
	for at := i; len(refs) < citeRangeMax; {
		more, next := c.ref(at, &place)
		if len(more) == 0 {
			return refs, end
		}
		if last, after, ok := c.rangeEnd(next, place); ok {
			more = append(more, last...)
			for n := range more {
				more[n].start, more[n].end = at, after
			}
			place.article, place.paragraph = more[len(more)-1].path, 0
			next = after
		}
		refs, end = append(refs, more...), next
		if at = c.joiner(end); at == end {
			return refs, end
		}
	}
	return refs, end
}

// ref reads one provision, or several 项 that share a 项: 第（一）、（四）项.
func (c *citer) ref(start int, place *citePlace) ([]citeRef, int) {
	n, sub, at, unit := c.ordinal(start)
	switch {
	case unit == '条':
		place.article, place.paragraph = fmt.Sprintf("a%d", n), 0
		if sub > 0 {
			place.article += fmt.Sprintf("_%d", sub)
		}
		if n, _, next, unit := c.ordinal(at); unit == '款' {
			place.paragraph, at = n, next
		}
	case unit == '款' && place.article != "":
		place.paragraph = n
	case place.article == "":
		return nil, start
	default:
		at = start
	}
	items, next := c.items(at)
	if len(items) == 0 {
		if at == start {
			return nil, start
		}
		path := place.article
		if place.paragraph > 0 {
			path += fmt.Sprintf("-%d", place.paragraph)
		}
		return []citeRef{{path, start, at}}, at
	}
	var out []citeRef
	for _, item := range items {
		out = append(out, citeRef{fmt.Sprintf("%s-%d-%d", place.article, max(place.paragraph, 1), item), start, next})
	}
	return out, next
}

// items reads 第（三）项, 第三项, 第（一）、（四）项.
func (c *citer) items(i int) (items []int, end int) {
	at := c.gap(i)
	if c.rune(at) != '第' {
		return nil, i
	}
	at = c.gap(at + 1)
	for len(items) < citeRangeMax {
		brackets := c.rune(at) == '('
		if brackets {
			at++
		}
		from := at
		for at < len(c.key) && at-from < 6 && citeFigure(c.key[at]) {
			at++
		}
		n, ok := zh.ParseNumeral(string(c.key[from:at]))
		if !ok || n <= 0 || n > 999 || brackets && c.rune(at) != ')' {
			return nil, i
		}
		if brackets {
			at++
		}
		items = append(items, n)
		at = c.gap(at)
		switch c.rune(at) {
		case '项':
			return items, at + 1
		case '、', '和', '或', '及', ',':
			at = c.gap(at + 1)
		default:
			return nil, i
		}
	}
	return nil, i
}

// ordinal reads 第十二条之一 or 第二款 at i; unit is 条 or 款, else 0.
func (c *citer) ordinal(i int) (n, sub, end int, unit rune) {
	at := c.gap(i)
	if c.rune(at) != '第' {
		return 0, 0, i, 0
	}
	at = c.gap(at + 1)
	from := at
	for at < len(c.key) && at-from < 10 && citeFigure(c.key[at]) {
		at++
	}
	n, ok := zh.ParseNumeral(string(c.key[from:at]))
	if !ok || n <= 0 || n > 9999 {
		return 0, 0, i, 0
	}
	at = c.gap(at)
	switch unit = c.rune(at); {
	case unit == '款':
		return n, 0, at + 1, unit
	case unit == '条':
		if c.rune(at+1) == '之' {
			to := at + 2
			for to < len(c.key) && to-at < 6 && citeFigure(c.key[to]) {
				to++
			}
			if sub, ok = zh.ParseNumeral(string(c.key[at+2 : to])); ok && sub > 0 {
				return n, sub, to, unit
			}
			sub = 0
		}
		return n, 0, at + 1, unit
	}
	return 0, 0, i, 0
}

// rangeEnd reads 至第十条 after a whole article and names the articles after the first.
func (c *citer) rangeEnd(at int, place citePlace) ([]citeRef, int, bool) {
	if r := c.rune(at); (r != '至' && r != '到' && r != '-' && r != '—') || place.paragraph > 0 || place.article == "" {
		return nil, at, false
	}
	from := at + 1
	for c.rune(from) == '—' {
		from++
	}
	last, sub, end, unit := c.ordinal(from)
	var first int
	if _, err := fmt.Sscanf(place.article, "a%d", &first); err != nil || unit != '条' || last <= first || last-first > citeRangeMax {
		return nil, at, false
	}
	var out []citeRef
	for n := first + 1; n < last; n++ {
		out = append(out, citeRef{fmt.Sprintf("a%d", n), from, end})
	}
	path := fmt.Sprintf("a%d", last)
	if sub > 0 {
		out = append(out, citeRef{path, from, end})
		path += fmt.Sprintf("_%d", sub)
	}
	return append(out, citeRef{path, from, end}), end, true
}

// joiner steps over 、 和 及 或者 between provisions; it gives back at when the
// list ends here. 第… must follow.
func (c *citer) joiner(at int) int {
	i := c.gap(at)
	for _, w := range []string{"以及", "或者", "和", "及", "与", "或", "、", ","} {
		n := len([]rune(w))
		if i+n <= len(c.key) && string(c.key[i:i+n]) == w {
			i = c.gap(i + n)
			if c.rune(i) == '第' {
				return i
			}
			return at
		}
	}
	return at
}

func (c *citer) rune(i int) rune {
	if i < 0 || i >= len(c.key) {
		return 0
	}
	return c.key[i]
}

// gap steps over at most two layout blanks.
func (c *citer) gap(i int) int {
	for n := 0; n < 2 && c.rune(i) == ' '; n++ {
		i++
	}
	return i
}

func citeFigure(r rune) bool {
	return r >= '0' && r <= '9' || strings.ContainsRune("〇零○一二两三四五六七八九十百千", r)
}
