package officialdoc

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// extractHeadLines bounds the head: a text that shows no paragraph in so many
// lines is a list, and its lines are not searched for facts.
const (
	extractHeadLines  = 60
	extractFrameLines = 400 // of all kinds, page furniture included
)

var (
	extractNumbered = regexp.MustCompile(`^(?:#|第[〇零一二三四五六七八九十百千\d]{1,9}(?:编|分编|章|节|条)|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、]\s*\D)`)
	extractRelay    = regexp.MustCompile(`^[\[【(]?(?:转发|转载)[\]】)]?\s*:\s*`)
	extractAsk      = regexp.MustCompile(`如下|以下|为|根据|按照|通知|公告|现将|下列|\d{4}年`)
)

// extractAddressee are the ends of words that name who is written to.
var extractAddressee = []string{
	"政府", "部门", "单位", "机构", "管委", "管委会", "委员会", "局", "厅", "部", "委", "办", "室", "处", "科", "中心", "办事处", "街道", "乡镇",
	"企业", "公司", "集团", "银行", "大学", "学校", "院", "院校", "高校", "校", "法院", "检察院", "团体", "组织", "协会", "学会", "会", "所", "站", "队",
	"人员", "同志", "厂", "社", "机关", "党委", "党组", "开发区", "园区", "乡", "镇", "村", "社区", "市", "县", "区", "省", "自治区", "州", "盟", "旗", "司", "署", "企事业", "职工", "纳税人", "用人单位", "组", "局)", "下同)",
}

// readHead walks the lines above the document's first words and sorts them:
// page furniture, header fields, number, red head, ranks; what is left over
// may be the title.
func (x *extractor) readHead() {
	x.field = map[string]extractPiece{}
	x.signAt = -1
	var free []int
	i, seen := 0, 0
	for ; i < x.tail && len(free) < extractHeadLines && seen < extractFrameLines; i++ {
		l := &x.lines[i]
		if l.n == 0 {
			continue
		}
		seen++
		if x.hidden(i) {
			x.spam = append(x.spam, i+1)
			x.docAt = i + 1
			continue
		}
		if x.furniture(i) || x.readCells(i) || x.readFields(i) || x.pageTime(i) {
			x.docAt = i + 1
			continue
		}
		if used := max(x.readTable(i), x.readRegister(i)); used >= 0 {
			i, x.docAt = used, used+1
			continue
		}
		if x.words(i) {
			break
		}
		if !x.frame(i) {
			free = append(free, i)
		}
	}
	x.head = i
	if i < x.tail {
		x.readRecipients()
	}
	x.findTitles(free)
}

// words says that the document's own words begin here: whom it writes to, a
// numbered heading, or a sentence.
func (x *extractor) words(i int) bool {
	l := &x.lines[i]
	if l.n > extractShort || extractNumbered.MatchString(l.key) || strings.Contains(l.key, "。") {
		return true
	}
	return strings.HasSuffix(l.key, ":") && l.n > 3
}

// pageTime reads a line that is only the page's date: 2018- 08- 21 19: 39. A
// date in words (2025年5月28日) here could be many things and is left alone.
func (x *extractor) pageTime(i int) bool {
	l := &x.lines[i]
	if l.n > 40 || strings.Contains(l.key, "年") && !extractClock.MatchString(l.key) {
		return false
	}
	if _, ok := zh.ParseDate(l.key); !ok || !strings.ContainsAny(l.key, "-/.:") {
		return false
	}
	return x.setPageTime(extractWhole(l, i))
}

// numberOf reads a line that holds nothing but a document number with its
// organ's code, perhaps in round brackets, perhaps with 签发人 behind it.
func (x *extractor) numberOf(i int) (extractPiece, bool) {
	if i >= x.tail || x.lines[i].n > 80 {
		return extractPiece{}, false
	}
	l := &x.lines[i]
	to := len(l.key)
	if at := extractSigner.FindStringIndex(l.key); at != nil && at[0] > 0 {
		to = at[0]
	}
	p := extractCut(l, i, 0, to)
	n, _, ok := zh.ParseDocNumber(p.text)
	if !ok || n.Organ == "令" || n.Organ == "" || strings.HasPrefix(extractKey(n.Organ), "关于") {
		return extractPiece{}, false
	}
	if r, _ := utf8.DecodeRuneInString(p.text); (r == '（' || r == '(') && p.end-p.start > 2 {
		runes := []rune(p.text)
		p = extractPiece{strings.TrimSpace(string(runes[1 : len(runes)-1])), p.start + 1, p.end - 1, i}
	}
	return p, true
}

// frame says that a line of the head is part of the 版头: number, red head,
// copy number, secrecy, urgency, signer.
func (x *extractor) frame(i int) bool {
	l := &x.lines[i]
	if n, ok := x.numberOf(i); ok {
		x.numbers = append(x.numbers, n)
		return true
	}
	if extractRank.MatchString(l.key) || extractSigner.MatchString(l.key) {
		return true
	}
	if m := extractRed.FindStringSubmatch(l.key); m != nil && strings.HasSuffix(l.key, "文件") {
		if len(extractOrgans(m[1])) > 0 {
			x.red = append(x.red, extractCut(l, i, 0, len(m[1])))
			return true
		}
	}
	return false
}

// readRecipients reads the 主送机关 where the document begins. Names parted by
// commas are single; a group parted by 、 stays together, as it is written.
func (x *extractor) readRecipients() {
	last := x.head
	joined := x.lines[last].key
	for n := 0; n < 4 && !strings.HasSuffix(joined, ":") && strings.HasSuffix(joined, ",") && last+1 < x.tail; n++ {
		last++
		joined += x.lines[last].key
	}
	if utf8.RuneCountInString(joined) > 600 || !strings.HasSuffix(joined, ":") || !extractAddresses(joined) {
		return
	}
	var text []rune
	for i := x.head; i <= last; i++ {
		text = append(text, []rune(x.lines[i].text)...)
	}
	for part := range strings.FieldsFuncSeq(string(text[:len(text)-1]), func(r rune) bool { return r == '，' || r == ',' }) {
		if part = strings.TrimFunc(part, structBlank); part != "" {
			x.f.Recipients = append(x.f.Recipients, part)
		}
	}
	x.mark("recipients", x.lines[x.head].start, x.lines[last].end)
}

// extractAddresses says that a line that ends with a colon names organs and
// people, and is not the lead-in of a paragraph.
func extractAddresses(key string) bool {
	key = strings.TrimSuffix(key, ":")
	if strings.ContainsAny(key, "。;《") || extractNumbered.MatchString(key) {
		return false
	}
	parts := strings.Split(key, ",")
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" || utf8.RuneCountInString(part) > 120 || extractAsk.MatchString(part) {
			return false
		}
		ends := false
		bare := part
		if at := strings.LastIndexByte(bare, '('); at > 0 && strings.HasSuffix(bare, ")") {
			bare = bare[:at]
		}
		for _, w := range extractAddressee {
			ends = ends || strings.HasSuffix(part, w) || strings.HasSuffix(bare, w)
		}
		if !ends {
			return false
		}
	}
	return true
}
