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
	extractListed   = regexp.MustCompile(`^(\d{1,2})\s*[.、]\s*(\S.*)$`)
	extractAttached = regexp.MustCompile(`^附\s*件\s*([一二三四五六七八九十\d]{0,3})\s*[:.、]\s*(\S.*)$`)
	extractListNo   = regexp.MustCompile(`^\d{1,2}\s*[.、]\s*`)
	extractLasting  = regexp.MustCompile(`本[\p{Han}]{1,6}[^。]*?(有效期限?(?:为|至|:)?\s*(?:(?:自|到)?[\p{Han}]{0,6}\d{4}年\d{1,2}月\d{1,2}日|[\d一二三四五六七八九十]{1,3}个?[年月]))`)
)

// extractAnnexes bounds the annexes of one document.
const extractAnnexes = 200

// extractAttachmentName is the key by which two mentions of one annex are equal.
func extractAttachmentName(s string) string {
	s = extractKey(s)
	if m := extractAttached.FindStringSubmatch(s); m != nil {
		s = m[2]
	}
	s = extractListNo.ReplaceAllString(strings.TrimSpace(s), "")
	return zh.TitleKey(extractFile.ReplaceAllString(s, ""))
}

// readAttachments reads the 附件说明 (附件：1.… 2.…), the headings of annexes
// (附件 on its own line, then the title), and the numbered list right above
// the signature when the letter speaks of 附件1 or the items are file names.
func (x *extractor) readAttachments() {
	seen, tries := map[string]bool{}, 0
	add := func(p extractPiece) {
		p.text = strings.TrimRight(strings.TrimFunc(p.text, structBlank), "。；;")
		if p.text == "" || len(x.annexes) >= extractAnnexes {
			return
		}
		key := extractAttachmentName(p.text)
		if tries++; key == "" || seen[key] || tries > 10*extractAnnexes {
			return
		}
		seen[key] = true
		x.f.Attachments = append(x.f.Attachments, p.text)
		x.markPiece("attachments", p)
		x.annexes = append(x.annexes, Mark{"attachments", p.start, p.end})
	}
	for i := x.head; i < x.tail && len(x.annexes) < extractAnnexes && tries <= 10*extractAnnexes; i++ {
		l := &x.lines[i]
		if l.n > extractShort || !strings.HasPrefix(l.key, "附") {
			continue
		}
		if m := extractAttached.FindStringSubmatchIndex(l.key); m != nil && !strings.Contains(l.key, "。") {
			from := m[4]
			if n := extractListNo.FindStringIndex(l.key[from:]); n != nil && m[2] == m[3] {
				from += n[1]
				add(extractCut(l, i, from, len(l.key)))
				i = x.listItems(i+1, 2, add)
				continue
			}
			add(extractCut(l, i, from, len(l.key)))
		} else if extractIsAnnex(l.key) {
			if j := x.after(i); j < x.tail && x.lines[j].n <= 80 && !strings.ContainsAny(x.lines[j].key, "。;") && !extractIsAnnex(x.lines[j].key) && !x.lines[j].cell {
				if n := extractListNo.FindStringIndex(x.lines[j].key); n != nil {
					i = x.listItems(j, 1, add)
				} else if extractOrgans(x.lines[j].key) == nil {
					add(extractWhole(&x.lines[j], j))
				}
			}
		}
	}
	x.listAboveSignature(add)
	slices.SortFunc(x.annexes, func(a, b Mark) int { return a.Start - b.Start })
}

// listItems reads lines numbered from `next` on; it gives the last line used.
func (x *extractor) listItems(i, next int, add func(extractPiece)) int {
	last := i - 1
	for ; i < x.tail; i++ {
		l := &x.lines[i]
		if l.n == 0 {
			continue
		}
		m := extractListed.FindStringSubmatchIndex(l.key)
		if l.n > extractShort || m == nil || l.key[m[2]:m[3]] != fmt.Sprint(next) {
			break
		}
		add(extractCut(l, i, m[4], m[5]))
		last, next = i, next+1
	}
	return last
}

// listAboveSignature reads annexes listed without the word 附件.
func (x *extractor) listAboveSignature(add func(extractPiece)) {
	if x.signAt < 0 {
		return
	}
	i := x.before(x.signAt)
	for i >= x.head && x.organPieces(i, len(x.lines[i].key)) != nil {
		i = x.before(i)
	}
	first, want, files := -1, 0, true
	for ; i >= x.head; i = x.before(i) {
		l := &x.lines[i]
		m := extractListed.FindStringSubmatch(l.key)
		if l.n > 80 || m == nil || strings.ContainsAny(l.key, "。;,") {
			return
		}
		n, ok := zh.ParseNumeral(m[1])
		if !ok || want > 0 && n != want {
			return
		}
		files = files && extractFile.MatchString(l.key)
		if first, want = i, n-1; n == 1 {
			break
		}
	}
	if first < 0 || want != 0 {
		return
	}
	spoken := files
	for j := x.head; j < first && !spoken; j++ {
		spoken = strings.Contains(x.lines[j].key, "附件1")
	}
	if spoken {
		x.listItems(first, 1, add)
	}
}

// chooseNumber takes the header's 文号, else the number on a line of its own
// in the head. Numbers anywhere else belong to other documents.
func (x *extractor) chooseNumber() {
	p, ok := x.field["doc_no"]
	if !ok && len(x.numbers) > 0 {
		p, ok = x.numbers[len(x.numbers)-1], true
	}
	if !ok {
		return
	}
	n, _, parsed := zh.ParseDocNumber(p.text)
	if !parsed {
		if lexiconHan(p.text) < 2 || utf8.RuneCountInString(p.text) > 60 {
			return
		}
		x.f.Warnings = append(x.f.Warnings, fmt.Sprintf("文号“%s”的写法不规范，请核对。", p.text))
	}
	x.f.DocNo = p.text
	if parsed && n.Kind == zh.Numbered {
		x.f.DocNo = n.String()
	}
	x.markPiece("doc_no", p)
	for _, o := range x.numbers {
		if zh.DocNumberKey(o.text) != zh.DocNumberKey(p.text) {
			x.f.Warnings = append(x.f.Warnings, fmt.Sprintf("标题附近还有另一个文号“%s”，请核对。", o.text))
			break
		}
	}
}

// chooseDate reads a date field of the header.
func (x *extractor) chooseDate(field string) workday.Date {
	p, ok := x.field[field]
	if !ok {
		return workday.Date{}
	}
	d, ok := zh.ParseDate(extractKey(p.text))
	if ok {
		x.markPiece(field, p)
	}
	return d
}

// readBody fixes where the document proper stands and reads what is in it.
func (x *extractor) readBody(text string) {
	first := min(x.docAt, x.tail)
	for first < x.tail && x.lines[first].n == 0 {
		first++
	}
	if first < x.tail {
		x.f.Body = Span{x.lines[first].start, x.lines[x.tail-1].end}
	}
	x.readPlainFields()
	body := extractRunes(text, x.f.Body)
	x.readEffect(body, first)
	x.readSections(body)
}

// extractRunes cuts a text by runes.
func extractRunes(text string, s Span) string {
	at, from := 0, len(text)
	for i := range text {
		if at == s.Start {
			from = i
		}
		if at == s.End {
			return text[min(from, i):i]
		}
		at++
	}
	return text[from:]
}

// readPlainFields takes over the header fields that need no judgement.
func (x *extractor) readPlainFields() {
	for _, f := range []struct {
		name string
		to   *string
	}{
		{"index_no", &x.f.IndexNo}, {"validity", &x.f.Validity}, {"registration_no", &x.f.RegistrationNo},
		{"source", &x.f.Source}, {"expires_note", &x.f.ExpiresNote},
	} {
		if p, ok := x.field[f.name]; ok {
			*f.to = p.text
			x.markPiece(f.name, p)
		}
	}
	if p, ok := x.field["topics"]; ok {
		x.f.Topics = strings.FieldsFunc(p.text, func(r rune) bool {
			return structBlank(r) || strings.ContainsRune("-－—>＞/／\\|｜,，;；、", r)
		})
		x.markPiece("topics", p)
	}
	x.f.ExpiresOn = x.chooseDate("expires_on")
}

// readEffect reads 施行日期 from the header, else from the text's own clause,
// and how long the text says it lasts.
func (x *extractor) readEffect(body string, first int) {
	x.f.EffectiveOn = x.chooseDate("effective_on")
	if c, ok := EffectiveClause(body); ok && x.f.EffectiveOn.IsZero() && !c.Date.IsZero() {
		x.f.EffectiveOn = c.Date
		x.mark("effective_on", x.f.Body.Start+c.Start, x.f.Body.Start+c.End)
	}
	for i := x.tail - 1; i >= first && x.f.ExpiresNote == ""; i-- {
		l := &x.lines[i]
		at := strings.LastIndex(l.key, "有效期")
		if at < 0 {
			continue
		}
		from := max(0, strings.LastIndex(l.key[:at], "。"))
		if at-from > 400 {
			continue
		}
		window := l.key[from:min(len(l.key), at+80)]
		if m := extractLasting.FindStringSubmatchIndex(window); m != nil {
			p := extractCut(l, i, from+m[2], from+m[3])
			x.f.ExpiresNote = p.text
			x.markPiece("expires_note", p)
		}
	}
}

// readSections lists the numbered parts of the document with the anchors of
// its provisions. The own words of a part end where its first subpart begins.
func (x *extractor) readSections(body string) {
	s := Parse(body)
	for i, p := range s.Provisions {
		switch p.Kind {
		case KindPart, KindSubpart, KindChapter, KindSection, KindArticle, KindHeading:
		default:
			continue
		}
		if x.annexItem(x.f.Body.Start+p.Start, x.f.Body.Start+p.End) {
			continue
		}
		end := p.End
		for _, c := range s.Provisions[i+1:] {
			if c.Start >= p.End {
				break
			}
			if c.Kind != KindParagraph && c.Kind != KindItem && c.Kind != KindSubitem {
				end = min(end, c.Start)
				break
			}
		}
		x.f.Sections = append(x.f.Sections, extractSection(p, s.slice(p.Start, end)))
	}
}

// annexItem says that a provision is an item of the list of annexes. Marks
// of annexes stand in the order of the text.
func (x *extractor) annexItem(start, end int) bool {
	n, _ := slices.BinarySearchFunc(x.annexes, start, func(m Mark, at int) int { return m.Start - at })
	return n < len(x.annexes) && x.annexes[n].Start-start <= 8 && x.annexes[n].End <= end
}

// extractSection parts the heading from the words. A heading that runs on into
// its paragraph ends at the first full stop, when it is short; a numbered
// sentence or an item of a list has no heading.
func extractSection(p Provision, text string) Section {
	first, rest, _ := strings.Cut(text, "\n")
	first = strings.TrimLeftFunc(strings.TrimLeft(strings.TrimLeftFunc(first, structBlank), "#"), structBlank)
	words := strings.TrimFunc(strings.TrimPrefix(first, p.Label), structBlank)
	words = strings.TrimLeftFunc(strings.TrimLeft(words, "：:"), structBlank)
	sec := Section{Path: p.Path, Heading: p.Heading}
	head, tail, stop := strings.Cut(words, "。")
	switch {
	case p.Kind == KindArticle:
		sec.Text = words
	case utf8.RuneCountInString(head) > 40 || strings.ContainsAny(head, "：:；;"),
		stop && tail == "" && strings.ContainsAny(head, "，,0123456789"):
		sec.Heading, sec.Text = "", words
	default:
		sec.Heading, sec.Text = head, tail
	}
	sec.Text = strings.TrimFunc(sec.Text+"\n"+rest, structBlank)
	return sec
}

// warn says what a person should look at.
func (x *extractor) warn() {
	slices.Sort(x.spam)
	for _, n := range x.spam {
		x.f.Warnings = append(x.f.Warnings, fmt.Sprintf("疑似暗链：第%d行不属于文件，已略去，请清理来源网页。", n))
	}
	var missing []string
	for _, m := range []struct {
		name   string
		absent bool
	}{{"标题", x.f.Title == ""}, {"发文机关", x.f.Organ == ""}, {"成文日期", x.f.AdoptedOn.IsZero()}} {
		if m.absent {
			missing = append(missing, m.name)
		}
	}
	if len(missing) > 0 {
		x.f.Warnings = append(x.f.Warnings, "没有读到"+strings.Join(missing, "、")+"，请人工补录。")
	}
	slices.SortStableFunc(x.f.Marks, func(a, b Mark) int { return a.Start - b.Start })
}
