package officialdoc

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Patterns over gaps: the words of a sentence between its citations, with
// round brackets taken out.
var (
	citeListLead = regexp.MustCompile(`废止|宣布失效|失效`)
	citeEdition  = regexp.MustCompile(`^(?:\d{4}年?[\p{Han}]{0,8}|试行|暂行|草案|征求意见稿|修订|修正|[一二三四五六七八九十]{1,3})$`)
	// 《X》同时废止, 《X》自本办法施行之日起废止, 《X》等5件文件予以废止
	citeRepealed = regexp.MustCompile(`^(?:等[^,。;]{0,20})?,?(?:自[^,。;]{1,30}?起,?)?(?:(?:同时|予以|即行|一并|均|也|都|相应|即|现|已经|宣布|自行){0,3}(?:废止|停止执行|停止施行|不再执行|不再适用|作废)|(?:同时|予以|即行|一并|宣布|自行)失效)`)
	// 《X》中有关看守所的规定即行废止
	citePartly = regexp.MustCompile(`^(?:中|的|关于|有关)[^,。;]{0,30}?(?:同时|予以|即行|一并|相应)(?:废止|失效)`)
	// …《关于修改〈X〉的决定》第二次修正的《X》: the decision only dates the text
	citeDating    = regexp.MustCompile(`^(?:第[一二三四五六七八九十]{1,3}次)?(?:修正|修改|修订|批准|通过|公布)`)
	citeOrder     = regexp.MustCompile(`^(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.、])修改$`)
	citeServe     = regexp.MustCompile(`(?:实施|贯彻|落实|执行|适用)$`)
	citeRepeal    = regexp.MustCompile(`废止(?:了|下列[\p{Han}]{0,12}:?)?$`)
	citeAmend     = regexp.MustCompile(`(?:修改|修正|修订)$`)
	citeAmended   = regexp.MustCompile(`^(?:等?[\p{Han}\d]{0,16})?(?:的|部分[\p{Han}]{1,4}的)(?:决定|通知|公告)`)
	citeChange    = regexp.MustCompile(`^[^,。;]{0,30}?[,]?[^,。;]{0,20}?(?:作出?(?:如下|以下|相应|部分)?修(?:改|订|正)|修改如下|进行修改|予以修改|修改为|作如下补充)`)
	citeObject    = regexp.MustCompile(`(?:对|将|把)$`)
	citeBasis     = regexp.MustCompile(`(?:根据|依据|依照|按照|遵照)[^,。;:]{0,60}$`)
	citeMade      = regexp.MustCompile(`制定本|制订本|制定了?《|作出本|作如下|作出如下|规定如下|解释如下|决定如下|通知如下|通告如下|公告如下|意见如下|批复如下|提出如下|制定如下|制定以下|现就|特制定|编制本|修订本|制定$`)
	citeOwn       = regexp.MustCompile(`(?:制定|制订|编制|作出|修订)(?:了)?本`)
	citePrint     = regexp.MustCompile(`关于印发$|关于发布$|关于公布$`)
	citePrintTail = regexp.MustCompile(`^(?:等[\p{Han}\d]{0,16})?的(?:通知|公告|决定|函|批复)(?:$|[,、])`)
	citeForward   = regexp.MustCompile(`关于(?:转发|批转)[^,。;]{0,30}$`)
	citePrinted   = regexp.MustCompile(`现(?:予以?)?印发`)
	citeSent      = regexp.MustCompile(`现(?:予以?)?(?:转发|批转)`)
	// words after which a list of titles has ended
	citeStop = regexp.MustCompile(`施行|不一致|抵触|制定|依照|按照|根据|执行|适用|应当|可以|不得|处罚|认定|,本|,由|,对|,在|,以`)
)

// citeOpening is how many lines with words the opening of a text has.
const citeOpening = 12

// citeNotDocument are ends of titles in 《》 that name certificates, forms,
// papers and the like, not documents that have force.
var citeNotDocument = []string{
	"证", "证书", "证明", "许可证", "执照", "报", "日报", "晚报", "杂志", "通知书", "申请书", "表", "登记表", "承诺书", "协议书", "合同", "告知书",
	"决定书", "判决书", "裁定书", "调解书", "建议书", "意见书", "委托书", "身份证", "护照", "存根", "回执", "单", "证件", "登记证", "合格证", "批准书", "卡",
	"说明书", "证明书", "公报", "责任书", "许可书", "档案", "账", "册", "手册", "公函", "罚单", "发票", "收据", "声明", "报告书", "笔录", "保证书", "确认书", "资格证",
}

// citeDocument says that a title can be a document's.
func citeDocument(key string) bool {
	for range 2 {
		if at := lexiconKindTail.FindStringIndex(key); at != nil {
			key = key[:at[0]]
		}
	}
	n := utf8.RuneCountInString(key)
	if lexiconKindOf(key) == key {
		return false // 《条例》 alone names no document
	}
	if n < 2 || lexiconHan(key) < 2 && n < 4 {
		return false
	}
	if strings.HasSuffix(key, "清单") || strings.HasSuffix(key, "名单") {
		return true
	}
	for _, w := range citeNotDocument {
		if strings.HasSuffix(key, w) {
			return false
		}
	}
	return true
}

// sentence decides what the sentence says about each title in it, and emits them.
func (c *citer) sentence(from, to int, found []citeMention) {
	if len(found) == 0 {
		return
	}
	gaps := make([]string, 0, len(found)+1)
	at := from
	for _, m := range found {
		gaps = append(gaps, c.gapText(at, m.start))
		at = m.end
	}
	gaps = append(gaps, c.gapText(at, to))
	listed := c.listed()
	for i := range found {
		found[i].rel = RelCites
		if listed {
			found[i].rel = c.listing
		}
	}
	c.basis(found, gaps)
	c.printing(found, gaps)
	c.amending(found, gaps)
	c.repealing(found, gaps)
	c.emit(found)
}

// gapText is the text between two mentions without round brackets and blanks;
// of a very long gap only both ends matter.
func (c *citer) gapText(from, to int) string {
	if to-from > 800 {
		return c.gapText(from, from+400) + "。" + c.gapText(to-400, to)
	}
	var b strings.Builder
	depth := 0
	for _, r := range c.key[from:max(from, to)] {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth = max(0, depth-1)
		case depth == 0 && !structBlank(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// citeList says that a gap only goes on with a list of titles: 、 和 及其, or who
// issued the next one and when.
func citeList(gap string) bool {
	return utf8.RuneCountInString(gap) <= 160 && !citeStop.MatchString(gap) && !citeRepealed.MatchString(gap)
}

// basis marks 根据《A》《B》等…，制定本办法. Without 制定本 the sentence must open the
// document, before its first article has passed.
func (c *citer) basis(found []citeMention, gaps []string) {
	made, own := len(gaps), false
	for i := len(gaps) - 1; i > 0; i-- {
		if citeMade.MatchString(gaps[i]) {
			made = i
			own = own || citeOwn.MatchString(gaps[i])
		}
	}
	if made == len(gaps) || !own && (c.articles || c.lines > citeOpening) {
		return
	}
	for i := range found {
		if i < made && (citeBasis.MatchString(gaps[i]) || own && citeServe.MatchString(gaps[i])) || i > 0 && i < made && found[i-1].rel == RelBasedOn && citeList(gaps[i]) {
			found[i].rel = RelBasedOn
		}
	}
}

// printing marks 关于印发《X》的通知 and 《X》…现印发给你们.
func (c *citer) printing(found []citeMention, gaps []string) {
	for i := range found {
		if found[i].rel != RelCites {
			continue
		}
		switch {
		case c.lines <= citeOpening && citePrint.MatchString(gaps[i]) && citePrintTail.MatchString(gaps[i+1]):
			found[i].rel = RelPrints
		case c.lines <= citeOpening && citeForward.MatchString(gaps[i]) && citePrintTail.MatchString(gaps[i+1]):
			found[i].rel = RelForwards
		case i == len(found)-1 && citePrinted.MatchString(gaps[i+1]):
			found[i].rel = RelPrints
		case i == len(found)-1 && citeSent.MatchString(gaps[i+1]):
			found[i].rel = RelForwards
		}
	}
}

// amending marks 关于修改《X》的决定 and 对《X》作如下修改.
func (c *citer) amending(found []citeMention, gaps []string) {
	last := -1 // end of the list that holds title i, found once a list
	for i := range found {
		if citeAmend.MatchString(gaps[i]) || citeObject.MatchString(gaps[i]) {
			for last = max(last, i); last+1 < len(found) && !found[last+1].aside && citeJoin(gaps[last+1]); {
				last++
			}
			after := gaps[last+1]
			if citeAmend.MatchString(gaps[i]) && (citeAmended.MatchString(after) || after == "" && citeOrder.MatchString(gaps[i])) || citeObject.MatchString(gaps[i]) && citeChange.MatchString(after) {
				for j := i; j <= last && found[j].rel != RelAmends; j++ {
					found[j].rel = RelAmends
				}
			}
		}
		// 《X》（以下简称《解释》）作如下修改
		if found[i].rel == RelCites && citeDirect.MatchString(gaps[i+1]) {
			found[i].rel = RelAmends
		}
	}
}

var (
	citeDirect = regexp.MustCompile(`^(?:等[\p{Han}\d]{1,16})?(?:作出?(?:如下|以下)修(?:改|订|正)|修改如下)`)
	citeJoined = regexp.MustCompile(`^(?:、|和|及|与|以及|,)?(?:[\p{Han}]{0,20})$`)
)

// citeJoin says that a gap is a mere joint between two titles.
func citeJoin(gap string) bool { return citeJoined.MatchString(gap) && !citeStop.MatchString(gap) }

// repealing marks 《A》、《B》同时废止, back through the list, and 废止《A》《B》, forward.
func (c *citer) repealing(found []citeMention, gaps []string) {
	listing := false
	for i := len(found) - 1; i >= 0; i-- {
		switch {
		case citePartly.MatchString(gaps[i+1]):
			found[i].rel, listing = RelRepealsPart, false
			continue
		case citeRepealed.MatchString(gaps[i+1]):
			listing = true
		case listing && citeDating.MatchString(gaps[i+1]):
			continue
		case listing && i+1 < len(found) && citeList(gaps[i+1]):
		default:
			listing = false
		}
		if listing && found[i].rel != RelBasedOn {
			found[i].rel = RelRepeals
		}
	}
	listing = false
	for i := range found {
		switch {
		case citeRepeal.MatchString(gaps[i]) && !strings.HasPrefix(gaps[i+1], "前"):
			listing = true
		case listing && citeJoin(gaps[i]):
		default:
			listing = false
		}
		if listing {
			found[i].rel = RelRepeals
		}
	}
}
