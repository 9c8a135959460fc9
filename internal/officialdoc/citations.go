package officialdoc

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// The relations a citation can state.
const (
	RelCites       = "cites"
	RelBasedOn     = "based_on"     // 根据《X》，制定本办法
	RelRepeals     = "repeals"      // 《X》同时废止
	RelRepealsPart = "repeals_part" // 废止《X》第十条
	RelAmends      = "amends"       // 关于修改《X》的决定, 对《X》作如下修改
	RelPrints      = "prints"       // 关于印发《X》的通知
	RelForwards    = "forwards"     // 关于转发《X》的通知
)

// Citation is one mention of another document, or of one provision of it. A
// sentence that names several provisions gives one Citation each.
type Citation struct {
	Rel   string // see the Rel constants
	Title string // words of the source, outer marks off; a short name is resolved to the full title
	DocNo string // the number in brackets right behind the title
	Path  string // anchor of the provision: a12, a12_1, a12-2, a12-2-3; "" for the whole
	Label string // the provision as printed: 第十二条第二款第（三）项
	// Start and End are runes: from 《 to the end of number and provision; of a
	// second provision only its own words.
	Start, End int
}

const (
	citeTitleMax = 160 // runes of the longest title
	citeBreakMax = 60  // runes of a title that a line break may divide
)

// citeMention is a title in the text with what stands right behind it.
type citeMention struct {
	start, end int // runes: 《 to what is consumed behind 》
	title      string
	docNo      string
	refs       []citeRef
	rel        string
	aside      bool // opens a round bracket
}

// Citations finds what a text cites, in reading order. Outer 《…》 count, inner
// ones (《关于修改〈X〉的决定》) are part of their title. Names of certificates and
// forms (《食品经营许可证》) are not documents. 本法第十条 is no citation. Short names
// (以下简称《条例》, 以下简称公路法) are resolved from where they are introduced on. The
// cost is linear in the length of the text.
func Citations(text string) []Citation {
	c := citer{raw: []rune(text), key: []rune(extractKey(text)), short: map[string]string{}, spoken: map[string]string{}}
	c.scan()
	return c.out
}

// IsSelfTitle says that a cited title is the title of the citing text itself:
// equal but for marks, blanks, script, a year of revision or 中华人民共和国 in front.
func IsSelfTitle(cited, own string) bool {
	a, b := citeSelfKey(cited), citeSelfKey(own)
	return a != "" && a == b
}

func citeSelfKey(s string) string {
	key := zh.TitleKey(s)
	if i := strings.LastIndexByte(key, '('); i > 0 && strings.HasSuffix(key, ")") {
		key = key[:i]
	}
	return strings.TrimPrefix(key, "中华人民共和国")
}

type citer struct {
	raw, key []rune
	short    map[string]string // TitleKey of a short name -> full title
	spoken   map[string]string // the same by its plain words, for mentions without marks
	longest  int               // runes of the longest short name
	out      []Citation
	lineFrom int    // where the line begins
	listing  string // relation that a lead-in line gives to the list below it
	articles bool   // a 条 has begun
	lines    int    // lines with words so far
}

// scan walks the text sentence by sentence; a title is never cut.
func (c *citer) scan() {
	var found []citeMention
	from := 0
	for i := 0; i < len(c.key); {
		switch c.key[i] {
		case '《':
			if m, ok := c.mention(i); ok {
				found = append(found, m)
				i = m.end
				continue
			}
		case '第':
			if m, ok := c.bare(i, from, found); ok {
				found = append(found, m)
				i = m.end
				continue
			}
		case '。', ';', '\n':
			c.sentence(from, i, found)
			found, from = nil, i+1
			if c.key[i] == '\n' {
				c.line(c.lineFrom, i)
				c.lineFrom = i + 1
			}
		}
		i++
	}
	c.sentence(from, len(c.key), found)
}

// listed says that the line is an item of the list that a lead-in opened: it
// begins with a number or with the title itself.
func (c *citer) listed() bool {
	from, to := c.trim(c.lineFrom, min(len(c.key), c.lineFrom+40))
	head := string(c.key[from:to])
	return c.listing != "" && (strings.HasPrefix(head, "《") || extractNumbered.MatchString(head))
}

// line notes the end of a line: lead-ins (下列文件予以废止：) give their relation to
// the lines below, until one without a title.
func (c *citer) line(from, to int) {
	from, to = c.trim(from, to)
	if from == to {
		return
	}
	c.lines++
	if to-from > extractShort {
		c.listing = ""
		return
	}
	line := string(c.key[from:to])
	if clauseArticle.MatchString(line) {
		c.articles = true
	}
	switch {
	case strings.HasSuffix(line, ":") && citeListLead.MatchString(line):
		c.listing = RelRepeals
	case !strings.Contains(line, "《"):
		c.listing = ""
	}
}

func (c *citer) trim(from, to int) (int, int) {
	for from < to && structBlank(c.key[from]) {
		from++
	}
	for to > from && structBlank(c.key[to-1]) {
		to--
	}
	return from, to
}

// mention reads the title that opens at i and what stands right behind it.
func (c *citer) mention(i int) (citeMention, bool) {
	close := c.closing(i)
	if close < 0 {
		return citeMention{}, false
	}
	m := citeMention{start: i, end: close + 1, title: extractSqueezeTitle(string(c.raw[i+1 : close]))}
	m.aside = i > 0 && c.key[i-1] == '('
	if full, ok := c.short[zh.TitleKey(m.title)]; ok {
		m.title = full
	} else if m.title == "" || !citeDocument(extractKey(m.title)) {
		return m, false
	}
	c.behind(&m)
	return m, true
}

// closing finds the 》 that closes the 《 at i, -1 when there is none near.
func (c *citer) closing(i int) int {
	depth, broken := 0, false
	for j := i; j < len(c.key) && j-i <= citeTitleMax; j++ {
		switch c.key[j] {
		case '《':
			depth++
			if broken {
				return -1
			}
		case '》':
			if depth--; depth == 0 {
				return j
			}
		case '\n':
			broken = true
		case '。':
			return -1
		}
		if broken && (j-i > citeBreakMax || depth > 1) {
			return -1
		}
	}
	return -1
}

// behind reads number, short name and provisions after 》.
func (c *citer) behind(m *citeMention) {
	for range 4 {
		i := m.end
		for i < len(c.key) && i-m.end < 3 && c.key[i] == ' ' {
			i++
		}
		if i >= len(c.key) {
			return
		}
		if c.key[i] == '(' {
			end := c.bracket(i)
			if end < 0 || !c.inBracket(m, i+1, end) {
				return
			}
			m.end = end + 1
			continue
		}
		refs, end := c.refs(i)
		if len(refs) == 0 {
			return
		}
		m.refs = append(m.refs, refs...)
		m.end = end
	}
}

// bracket finds the round bracket that closes the one at i, on the same line.
func (c *citer) bracket(i int) int {
	depth := 0
	for j := i; j < len(c.key) && j-i < 120 && c.key[j] != '\n'; j++ {
		switch c.key[j] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}

// citeShort are the words that introduce a short name.
var citeShort = []string{"以下简称", "以下统称", "以下合称", "下称", "简称"}

// inBracket reads the words of a bracket behind a title; false when they say
// nothing about the title and belong to the sentence.
func (c *citer) inBracket(m *citeMention, from, to int) bool {
	words := string(c.key[from:to])
	used := false
	for _, w := range citeShort {
		at := strings.Index(words, w)
		if at < 0 {
			continue
		}
		start := from + utf8.RuneCountInString(words[:at+len(w)])
		name := strings.Trim(string(c.raw[start:to]), " 　:：为“”\"《》")
		if n := utf8.RuneCountInString(name); n >= 2 && n <= 40 {
			c.short[zh.TitleKey(name)] = m.title
			c.spoken[extractKey(name)] = m.title
			c.longest = max(c.longest, n)
		}
		words, used = strings.TrimRight(words[:at], ", 、;"), true
		break
	}
	if n, _, ok := zh.ParseDocNumber(string(c.raw[from : from+utf8.RuneCountInString(words)])); ok && words != "" {
		if m.docNo == "" {
			m.docNo = citeNumber(n, strings.TrimSpace(string(c.raw[from:from+utf8.RuneCountInString(words)])))
		}
		return true
	}
	if spans := zh.FindDocNumbers(words); len(spans) > 0 {
		if m.docNo == "" {
			m.docNo = citeNumber(spans[0].Number, strings.TrimSpace(string(c.raw[from+spans[0].Start:from+spans[0].End])))
		}
		return true
	}
	return used || citeEdition.MatchString(words)
}

// citeNumber writes a number as F-06 asks, orders as they are printed.
func citeNumber(n zh.DocNumber, printed string) string {
	if n.Kind == zh.Numbered {
		return n.String()
	}
	return printed
}

// bare reads a provision whose document is named by its short name without
// marks: 公路法第十条, once 以下简称公路法 has been said.
func (c *citer) bare(i, from int, found []citeMention) (citeMention, bool) {
	if len(found) > 0 {
		from = max(from, found[len(found)-1].end)
	}
	for n := min(c.longest, i-from); n >= 2; n-- {
		full, ok := c.spoken[string(c.key[i-n:i])]
		if !ok {
			continue
		}
		refs, end := c.refs(i)
		if len(refs) == 0 {
			return citeMention{}, false
		}
		return citeMention{start: i - n, end: end, title: full, refs: refs}, true
	}
	return citeMention{}, false
}

// emit writes the mentions of a sentence as citations.
func (c *citer) emit(found []citeMention) {
	for _, m := range found {
		first := Citation{Rel: m.rel, Title: m.title, DocNo: m.docNo, Start: m.start, End: m.end}
		if len(m.refs) == 0 {
			c.out = append(c.out, first)
			continue
		}
		for n, r := range m.refs {
			one := first
			one.Path, one.Label, one.End = r.path, string(c.raw[r.start:r.end]), r.end
			if n > 0 {
				one.Start = r.start
			}
			if one.Rel == RelRepeals {
				one.Rel = RelRepealsPart
			}
			c.out = append(c.out, one)
		}
	}
}
