package officialdoc

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// extractTitle is a title and the lines it stands on.
type extractTitle struct {
	text       string
	first      int
	last       int
	start, end int
}

// findTitles looks for titles among the head's free lines. A title ends with
// the name of a kind; it may be broken over lines (ZC21), the organs' names
// first.
func (x *extractor) findTitles(free []int) {
	for n, i := range free {
		if n+1 < len(free) && x.touch(i, free[n+1]) && extractTitleTail(x.lines[free[n+1]].key) {
			continue // (试行) stands on the next line
		}
		key := x.lines[i].key
		if extractTitleTail(key) && n > 0 {
			key = x.lines[free[n-1]].key + key
		}
		if lexiconKindOf(key) == "" || strings.ContainsAny(key, "。;!?") {
			continue
		}
		x.titles = append(x.titles, x.titleUp(free, n))
	}
	if len(x.titles) > 0 || len(free) == 0 || x.head >= x.tail {
		return
	}
	// Without a kind only a short line of its own at the very top is a title.
	l := &x.lines[free[0]]
	if len(free) == 1 && !strings.HasPrefix(l.key, "(") && !strings.HasSuffix(l.key, ")") && l.n >= 5 && l.n <= 60 && !strings.ContainsAny(l.key, "。;!?:,…=") && !strings.Contains(l.key, "会议") && len(extractOrgans(l.key)) == 0 && lexiconHan(l.key) >= 4 {
		x.titles = append(x.titles, x.titleOf(free[:1]))
	}
}

// extractTitleTail says that a line is only the bracket after a title.
func extractTitleTail(key string) bool {
	at := lexiconKindTail.FindStringIndex(key)
	return at != nil && at[0] == 0
}

// touch says that two lines follow one another with at most one blank between.
func (x *extractor) touch(i, j int) bool { return j-i <= 2 && j > i }

// extractColumn is the name of a column of the site above a title (规范性文件).
var extractColumn = regexp.MustCompile(`^.{0,6}(?:文件|公开|首页|信息|专栏|动态|法规|政策|库)$`)

// titleUp joins the lines above that belong to the title which ends on
// free[n]: those right above it up to the line with 关于, then the organs above.
func (x *extractor) titleUp(free []int, n int) extractTitle {
	first := n
	if extractTitleTail(x.lines[free[n]].key) && n > 0 {
		first--
	}
	for about := extractAbout(x.lines[free[first]].key); first > 0 && !about && x.touch(free[first-1], free[first]); {
		key := x.lines[free[first-1]].key
		// Over a blank line only the end of a title, too short to be one, reaches up.
		if free[first]-free[first-1] > 1 && x.lines[free[first]].n > 8 {
			break
		}
		if strings.ContainsAny(key, "。;!?:") || strings.HasPrefix(key, "(") || extractColumn.MatchString(key) ||
			lexiconKindOf(key) != "" && !strings.HasPrefix(x.lines[free[first]].key, "的") {
			break
		}
		first--
		about = extractAbout(key)
	}
	for lead := x.lines[free[first]].key; first > 0 && x.touch(free[first-1], free[first]); first-- {
		if !strings.HasPrefix(lead, "关于") && !strings.HasPrefix(lead, "印发") && !strings.HasPrefix(lead, "转发") {
			break
		}
		if len(extractOrgans(x.lines[free[first-1]].key)) == 0 {
			break
		}
	}
	return x.titleOf(free[first : n+1])
}

// extractAbout says that a title's matter begins on the line.
func extractAbout(key string) bool {
	return strings.Contains(key, "关于") || strings.HasPrefix(key, "印发") || strings.HasPrefix(key, "转发")
}

// titleOf joins lines to one title.
func (x *extractor) titleOf(lines []int) extractTitle {
	t := extractTitle{first: lines[0], last: lines[len(lines)-1]}
	t.start, t.end = x.lines[t.first].start, x.lines[t.last].end
	text := ""
	for _, i := range lines {
		piece := x.lines[i].text
		if at := extractRelay.FindString(x.lines[i].key); at != "" && i == t.first {
			n := utf8.RuneCountInString(at)
			piece = string([]rune(piece)[n:])
			t.start += n
		}
		organs := len(extractOrgans(extractKey(text))) > 0 && len(extractOrgans(extractKey(piece))) > 0
		if organs {
			text += " " // joint organs on lines of their own
		}
		text += piece
	}
	t.text = extractTitleText(text)
	return t
}

// extractTitleText takes layout blanks out of a title; between the names of
// joint organs before 关于 one blank stays.
func extractTitleText(s string) string {
	key := extractKey(s)
	head, rest, found := strings.Cut(key, "关于")
	if !found {
		return extractSqueezeTitle(s)
	}
	n := utf8.RuneCountInString(head)
	runes := []rune(s)
	organs := strings.Fields(head)
	for _, o := range organs {
		if !lexiconIsOrgan(o) {
			organs = nil
		}
	}
	tail := extractSqueezeTitle(string(runes[n:]))
	_ = rest
	if len(organs) > 1 {
		return strings.Join(strings.FieldsFunc(string(runes[:n]), structBlank), " ") + tail
	}
	return extractSqueezeTitle(string(runes[:n])) + tail
}

// extractSqueezeTitle takes blanks out except between two ASCII words.
func extractSqueezeTitle(s string) string {
	runes := []rune(strings.TrimFunc(s, structBlank))
	var b strings.Builder
	for i, r := range runes {
		if structBlank(r) {
			if i > 0 && i+1 < len(runes) && runes[i-1] < 0x80 && runes[i+1] < 0x80 && !structBlank(runes[i-1]) {
				b.WriteByte(' ')
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// chooseTitle takes the header's title, else the title nearest to the
// document's words; of two that differ in blanks only, the one without. A
// cover letter without a title of its own gives way to the text it prints,
// when the letter names that text in 《》 and it follows the signature (Q24).
func (x *extractor) chooseTitle() {
	if p, ok := x.field["title"]; ok {
		x.f.Title = extractTitleText(p.text)
		x.markPiece("title", p)
	} else if n := len(x.titles); n > 0 {
		t := x.titles[n-1]
		x.f.Title = t.text
		x.mark("title", t.start, t.end)
	} else if t, ok := x.printedTitle(); ok {
		x.f.Title = t.text
		x.mark("title", t.start, t.end)
		x.f.Warnings = append(x.f.Warnings, "来文没有标题，标题取自其印发的文件。")
	}
	x.f.Kind = lexiconKindOf(extractKey(x.f.Title))
}

// printedTitle reads the title of the text that a cover letter prints.
func (x *extractor) printedTitle() (extractTitle, bool) {
	if x.signAt < 0 {
		return extractTitle{}, false
	}
	i := x.after(x.signAt)
	for i < x.tail && extractAttribute(x.lines[i].key) != "" {
		i = x.after(i)
	}
	if i >= x.tail || x.lines[i].n > 80 || lexiconKindOf(x.lines[i].key) == "" || !x.named(i, x.signAt) {
		return extractTitle{}, false
	}
	return x.titleOf([]int{i}), true
}

// named says that the words between the head and line `until` name the title
// on line i inside 《》.
func (x *extractor) named(i, until int) bool {
	if x.quoted == nil {
		x.quoted = map[string]int{}
		for j := x.head; j < x.tail; j++ {
			if x.lines[j].n > 4*extractShort {
				continue
			}
			for _, c := range extractQuotedTitles(x.lines[j].key) {
				if key := zh.TitleKey(c); key != "" {
					if _, dup := x.quoted[key]; !dup {
						x.quoted[key] = j
					}
				}
			}
		}
	}
	at, ok := x.quoted[zh.TitleKey(x.lines[i].text)]
	return ok && at < until
}

// extractQuotedTitles lists the outermost 《…》 of a line.
func extractQuotedTitles(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range s {
		switch r {
		case '《':
			if depth++; depth == 1 {
				from = i + len("《")
			}
		case '》':
			if depth--; depth == 0 {
				out = append(out, s[from:i])
			}
			depth = max(depth, 0)
		}
	}
	return out
}
