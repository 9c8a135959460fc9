package officialdoc

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// Patterns of page furniture. They read keys (see extractLine).
var (
	extractNav = regexp.MustCompile(`^(?:您?(?:当前所在|所在|当前|现在)的?位置|首页\s*[>»/]|>>|[>»])|\s[>»]{1,2}\s`)
	// links to readings of the document, printed above or below it
	extractLink   = regexp.MustCompile(`^(?:点击(?:查看|下载|阅读)|【?(?:音频|文字|视频|图片|动漫|图文|专家|部门)解读】?|【?(?:一图读懂|图解|政策解读|解读|相关链接|相关解读|相关文件|相关稿件|相关阅读)】?)`)
	extractFoot   = regexp.MustCompile(`^(?:上一[篇条页]|下一[篇条页]|扫码|扫一扫|用手机|手机扫|使用手机|微信扫|分享|打印|关闭|返回顶部|收藏|【?(?:打印|关闭|字体|返回)|版权所有|主办单位|主办:|承办单位|技术支持|网站标识码|网站地图|联系我们|关于我们|备案号|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤川青藏琼宁]ICP备|.{0,6}公网安备|produced by|powered by|copyright|©|责任编辑|附件下载|相关附件|浏览次数|点击数|为了更好地浏览|您访问的链接)`)
	extractChrome = regexp.MustCompile(`^(?:[-—_=*·\s]{3,}|\[?\s*大\s+中\s+小\s*\]?|关注\s*·.*|a[+-]|无障碍.{0,8}|繁体版?|简体版?|移动版|收藏本站|(?:网站)?首页)$`)
	extractFile   = regexp.MustCompile(`(?i)\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|jpg|png|txt|pptx?)$`)
	// 份号, 密级, 紧急程度 of the 版头 (GB/T 9704 7.2)
	extractRank   = regexp.MustCompile(`^(?:\d{6}|№?\s*\d{4,7}|(?:绝密|机密|秘密)(?:\s*★?\s*(?:\d{1,2}年|长期|[一二三四五六七八九十]{1,3}年)?)?|特急|加急|平急|特提|(?:密级|份号|紧急程度|缓急)\s*:.*)$`)
	extractSigner = regexp.MustCompile(`签发人?\s*:`)
	extractRed    = regexp.MustCompile(`^(.{3,38}?)(?:文件|\(?函\)?)$`)
	// GZ0320240034: two letters and ten digits
	extractRegister = regexp.MustCompile(`^[A-Za-z]{1,4}\d{8,14}$`)
	extractClock    = regexp.MustCompile(`(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*\d{2})?$`)
)

// furniture says that a line belongs to the page, not to the document.
func (x *extractor) furniture(i int) bool {
	l := &x.lines[i]
	if l.n > extractShort {
		return false
	}
	low := strings.ToLower(l.key)
	return extractNav.MatchString(l.key) || extractLink.MatchString(l.key) ||
		extractFoot.MatchString(low) || extractChrome.MatchString(low)
}

// extractLawful are words of documents that deal with gambling or lotteries:
// a line that holds one is not advertising.
var extractLawful = regexp.MustCompile(`关于|《|打击|整治|治理|管理|查处|犯罪|案件|条例|规定|办法|中心|公益|福利`)

// hidden says that a line outside the document is injected advertising. The
// documents of a lottery office, or on gambling, are not.
func (x *extractor) hidden(i int) bool {
	l := &x.lines[i]
	if l.n > extractShort || strings.ContainsAny(l.key, "。;") || !lexiconGambling.MatchString(strings.ToLower(l.key)) {
		return false
	}
	return !extractLawful.MatchString(l.key) && extractOrgans(l.key) == nil && lexiconKindOf(l.key) == "" && extractAttribute(l.key) == ""
}

// cutTail takes page furniture off the end: prev and next links, sharing,
// imprint of the site, bare file links, injected advertising.
func (x *extractor) cutTail() {
	x.tail = len(x.lines)
	for x.tail > 0 {
		i := x.tail - 1
		l := &x.lines[i]
		switch {
		case l.n == 0:
		case x.hidden(i):
			x.spam = append(x.spam, i+1)
		case x.furniture(i):
		case x.parent(i):
		case l.n <= extractShort && extractFile.MatchString(l.key) && x.linked(i):
		default:
			return
		}
		x.tail--
	}
}

// parent says that a title below the document's 公开方式 is the page's link to
// the notice that printed it (关于印发…的通知).
func (x *extractor) parent(i int) bool {
	l := &x.lines[i]
	if l.n > extractShort || !strings.Contains(l.key, "关于") || strings.ContainsAny(l.key, "。;:") || lexiconKindOf(l.key) == "" {
		return false
	}
	j := x.before(i)
	return j >= 0 && extractAttribute(x.lines[j].key) != ""
}

// linked says that a file name at the end is a link of the page: the same
// name, or a 公开方式 line, stands above it.
func (x *extractor) linked(i int) bool {
	name := extractAttachmentName(x.lines[i].key)
	for j, left := i-1, 40; j >= 0 && left > 0; j, left = j-1, left-1 {
		key := x.lines[j].key
		if x.lines[j].n > extractShort {
			continue
		}
		if extractAttribute(key) != "" || extractAttachmentName(key) == name {
			return true
		}
	}
	return false
}

// readFields reads `label：value` pairs of one line into x.field. It says
// whether the line begins with a label (or with the page's date before one),
// and so is a line of the header.
func (x *extractor) readFields(i int) bool {
	l := &x.lines[i]
	if l.n > extractShort {
		return false
	}
	type label struct {
		name     string
		from, at int // bytes where the label and its value begin
	}
	var all []label
	floor := 0
	for at := 0; at < len(l.key); {
		colon := strings.IndexByte(l.key[at:], ':')
		if colon < 0 {
			break
		}
		colon += at
		if name, from := extractLabel(l.key, floor, colon); name != "" {
			all = append(all, label{name, from, colon + 1})
			floor = colon + 1
		}
		at = colon + 1
	}
	if len(all) == 0 {
		return false
	}
	if lead := strings.TrimSpace(l.key[:all[0].from]); lead != "" {
		if _, ok := zh.ParseDate(lead); !ok {
			return false // a sentence with a colon in it
		}
		x.setPageTime(extractCut(l, i, 0, all[0].from))
	}
	for n, f := range all {
		to := len(l.key)
		if n+1 < len(all) {
			to = all[n+1].from
		}
		x.setField(f.name, extractCut(l, i, f.at, to))
	}
	return true
}

// extractLabel finds the longest known label that ends at the colon and begins
// at the line's start or after a blank or bar: 索 引 号： is read too.
func extractLabel(key string, floor, colon int) (name string, from int) {
	start := colon
	for n := 0; n < 16 && start > floor; n++ {
		_, w := utf8.DecodeLastRuneInString(key[:start])
		start -= w
		if start > floor {
			if r, _ := utf8.DecodeLastRuneInString(key[:start]); !strings.ContainsRune(" |【[·", r) {
				continue
			}
		}
		word := strings.Trim(extractSqueeze(key[start:colon]), "【】[]·|")
		if f := lexiconField[word]; f != "" {
			name, from = f, start
		}
	}
	return name, from
}

// readTable reads a header table flattened to lines: a label alone on its
// line, its value on the next (Z25). It gives the last line it has used, or -1.
// Some pages run the first label into the title's end (…的通知发文机关).
func (x *extractor) readTable(i int) int {
	name, ok := lexiconField[extractSqueeze(x.lines[i].key)]
	if !ok {
		return -1
	}
	v := x.after(i)
	if v >= x.tail || lexiconField[extractSqueeze(x.lines[v].key)] != "" || x.lines[v].n > extractShort {
		return i // a label without a value: the fact is absent
	}
	l := &x.lines[v]
	for glued, next := range lexiconField {
		if utf8.RuneCountInString(glued) < 3 || !strings.HasSuffix(l.key, glued) || len(l.key) == len(glued) {
			continue
		}
		u := x.after(v)
		if u >= x.tail || lexiconField[extractSqueeze(x.lines[u].key)] != "" || !x.fits(next, u) {
			continue
		}
		x.setField(name, extractCut(l, v, 0, len(l.key)-len(glued)))
		x.setField(next, extractWhole(&x.lines[u], u))
		return u
	}
	x.setField(name, extractWhole(l, v))
	return v
}

// fits says that a line can be the value of a field whose label was run into
// the line before it; without that test a title that ends in 分类 would lose it.
func (x *extractor) fits(field string, i int) bool {
	key := x.lines[i].key
	switch field {
	case "organ":
		return len(extractOrgans(key)) > 0
	case "doc_no":
		_, _, ok := zh.ParseDocNumber(key)
		return ok
	case "adopted_on", "published_on", "effective_on", "expires_on":
		_, ok := zh.ParseDate(key)
		return ok
	case "index_no":
		return len(zh.FindIndexNumbers(key)) > 0
	}
	return false
}

// readCells reads a table row whose cells are parted by tabs: label, value, label, value.
func (x *extractor) readCells(i int) bool {
	l := &x.lines[i]
	if l.n > extractShort || !strings.Contains(l.text, "\t") {
		return false
	}
	at, name, any := 0, "", false
	for _, cell := range strings.Split(l.text, "\t") {
		n := utf8.RuneCountInString(cell)
		word := strings.TrimSuffix(extractSqueeze(extractKey(cell)), ":")
		if f, ok := lexiconField[word]; ok {
			name, any = f, true
		} else if name != "" && strings.TrimSpace(cell) != "" {
			left := strings.TrimLeftFunc(cell, structBlank)
			start := l.start + at + n - utf8.RuneCountInString(left)
			value := strings.TrimRightFunc(left, structBlank)
			x.setField(name, extractPiece{value, start, start + utf8.RuneCountInString(value), i})
			name = ""
		}
		at += n + 1
	}
	return any
}

// readRegister reads the header that the register of normative documents
// prints without labels: 统一编号, 文号, 实施日期, 失效日期, then perhaps 发文机关
// and 标题. Only the whole shape counts. It gives the last line used, or -1.
func (x *extractor) readRegister(i int) int {
	if !extractRegister.MatchString(x.lines[i].key) {
		return -1
	}
	n := x.after(i)
	from := x.after(n)
	till := x.after(from)
	if till >= x.tail {
		return -1
	}
	number, ok := x.numberOf(n)
	start, okFrom := zh.ParseDate(x.lines[from].key)
	end, okTill := zh.ParseDate(x.lines[till].key)
	if !ok || !okFrom || !okTill || !start.Before(end) {
		return -1
	}
	x.setField("registration_no", extractWhole(&x.lines[i], i))
	x.setField("doc_no", number)
	x.setField("effective_on", extractWhole(&x.lines[from], from))
	x.setField("expires_on", extractWhole(&x.lines[till], till))
	organ := x.after(till)
	if organ >= x.tail || len(extractOrgans(x.lines[organ].key)) == 0 {
		return till
	}
	x.setField("organ", extractWhole(&x.lines[organ], organ))
	title := x.after(organ)
	if next := x.after(title); next < x.tail && lexiconKindOf(x.lines[title].key) != "" {
		if _, ok := x.numberOf(next); ok || extractSqueeze(x.lines[next].key) == extractSqueeze(x.lines[title].key) {
			x.setField("title", extractWhole(&x.lines[title], title))
			return title
		}
	}
	return organ
}

// setField keeps the first value a header gives for a fact.
func (x *extractor) setField(name string, p extractPiece) {
	if name == "other" || p.text == "" || p.text == "无" || strings.Trim(p.text, "-—/ ") == "" {
		return
	}
	if _, dup := x.field[name]; dup {
		return
	}
	if name == "published_on" && !x.setPageTime(p) {
		return
	}
	x.field[name] = p
}

// setPageTime reads the page's own date, with the time of day when it has one.
func (x *extractor) setPageTime(p extractPiece) bool {
	key := extractKey(p.text)
	d, ok := zh.ParseDate(key)
	if !ok {
		return false
	}
	if x.f.PublishedOn.IsZero() {
		x.f.PublishedOn = d
		x.markPiece("published_on", p)
	}
	if m := extractClock.FindStringSubmatch(key); m != nil && x.f.SourceTime == "" && d == x.f.PublishedOn {
		x.f.SourceTime = fmt.Sprintf("%s %s:%s", d, ("0" + m[1])[len(m[1])-1:], m[2])
		x.markPiece("source_time", p)
	}
	return true
}
