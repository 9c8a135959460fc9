package request

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

// OldField is something that an old register may say of a request.
type OldField struct {
	Code, Name string
	spellings  []string
}

// OldFields are what a register is read for, with the headings that name it in
// the registers of different offices.
var OldFields = []OldField{
	{"number", "原编号", []string{"原编号", "编号", "登记编号", "申请编号", "受理编号", "受理号", "流水号", "登记号", "申请号", "回执编号", "序号"}},
	{"on", "收到日期", []string{"收到日期", "收到申请日期", "收到申请时间", "收到时间", "受理日期", "受理时间", "申请日期", "申请时间", "登记日期", "登记时间", "收件日期", "接收日期", "来件日期", "收文日期", "日期"}},
	{"name", "申请人", []string{"申请人", "申请人姓名", "申请人名称", "申请人姓名或名称", "姓名", "姓名或者名称", "姓名或名称", "姓名名称", "申请单位", "申请者"}},
	{"kind", "申请人类别", []string{"申请人类别", "申请人类型", "申请人性质", "申请人身份", "申请主体", "类别"}},
	{"proof", "证件号码", []string{"证件号码", "证件号", "身份证号", "身份证号码", "身份证明", "有效证件号码", "统一社会信用代码", "身份证"}},
	{"phone", "联系电话", []string{"联系电话", "电话", "联系方式", "手机", "手机号", "手机号码"}},
	{"mail", "电子邮箱", []string{"电子邮箱", "邮箱", "电子邮件"}},
	{"address", "地址", []string{"地址", "通信地址", "通讯地址", "联系地址", "邮寄地址"}},
	{"content", "申请内容", []string{"申请内容", "申请公开内容", "申请公开的内容", "申请公开信息", "申请公开的信息", "申请事项", "申请信息", "所需信息", "所需信息的内容描述", "信息名称", "内容", "申请公开事项"}},
	{"channel", "申请方式", []string{"申请方式", "收到途径", "申请渠道", "申请途径", "受理方式", "受理渠道", "提交方式", "来源", "收到方式"}},
	{"outcome", "答复结果", []string{"答复结果", "办理结果", "处理结果", "答复类型", "答复情况", "办理情况", "答复内容", "结果"}},
	{"answered", "答复日期", []string{"答复日期", "答复时间", "办结日期", "办结时间", "回复日期", "回复时间"}},
	{"letter", "答复文号", []string{"答复文号", "答复书文号", "答复书编号", "答复编号", "文号"}},
	{"state", "办理状态", []string{"办理状态", "状态", "是否办结", "是否答复"}},
}

var asideWords = regexp.MustCompile(`[（(].*?[)）]|[\s　:：*★、/·]`)

// fieldOf recognises a heading: the words themselves, else the longest known
// spelling in them. The second result says how sure it is, 0 for not at all.
func fieldOf(heading string) (code string, sure int) {
	key := asideWords.ReplaceAllString(heading, "")
	if key == "" || len([]rune(key)) > 16 {
		return "", 0
	}
	for _, f := range OldFields {
		for i, s := range f.spellings {
			if n := len([]rune(s)); key == s && 1000-i > sure {
				code, sure = f.Code, 1000-i
			} else if n > 2 && strings.Contains(key, s) && n > sure {
				code, sure = f.Code, n
			}
		}
	}
	return code, sure
}

// header finds the line of headings among the first ten: the one that names
// most fields.
func (g *Grid) header() (row int, mapping []string) {
	best := 0
	for i := range min(10, len(g.Rows)) {
		if m, n := g.mapping(i); n > best {
			row, mapping, best = i, m, n
		}
	}
	if mapping == nil {
		mapping = make([]string, g.columns())
	}
	return row, mapping
}

// mapping reads a line as headings: a field for each column, each field once,
// and to the column that names it best.
func (g *Grid) mapping(row int) (out []string, known int) {
	out = make([]string, g.columns())
	type claim struct{ col, sure int }
	claims := map[string]claim{}
	for c := range out {
		code, sure := fieldOf(g.cell(row, c))
		if old, taken := claims[code]; sure > 0 && (!taken || sure > old.sure) {
			claims[code] = claim{c, sure}
		}
	}
	for code, x := range claims {
		out[x.col] = code
	}
	return out, len(claims)
}

// Loss is a cell of an old register that was not taken as it stood.
type Loss struct {
	Row     int    // as Excel counts
	Column  string // letter
	Heading string
	Value   string
	What    string // 没有收录, 改写, 缺
	Why     string
}

const (
	lossLeft    = "没有收录"
	lossChanged = "改写"
	lossMissing = "缺"
)

// OldLine is a line of a register with what becomes of it.
type OldLine struct {
	Row     int
	Entry   *OldEntry // nil when the line is refused
	Refused string
	Losses  []Loss
}

// lineReader reads the cells of one line by field.
type lineReader struct {
	g       *Grid
	row     int
	head    int
	columns map[string]int
	line    *OldLine
}

func (l *lineReader) note(col int, what, why string) {
	loss := Loss{Row: l.row + 1, What: what, Why: why}
	if col >= 0 {
		loss.Column, loss.Heading, loss.Value = column(col), l.g.cell(l.head, col), l.g.cell(l.row, col)
	}
	l.line.Losses = append(l.line.Losses, loss)
}

func (l *lineReader) at(code string) int {
	if c, ok := l.columns[code]; ok {
		return c
	}
	return -1
}

// text is what the line says of a field, "" when it has no column or no word.
func (l *lineReader) text(code string) string {
	c := l.at(code)
	s := l.g.cell(l.row, c)
	if s != "" && l.g.fromMerged(l.row, c) {
		l.note(c, lossChanged, "取自合并单元格，上下各行用同一内容")
	}
	return s
}

// day is a day of the line; one that cannot be read is reported.
func (l *lineReader) day(code string, today workday.Date) (d workday.Date, given bool) {
	s := l.text(code)
	if s == "" {
		return d, false
	}
	d, ok := sheetDay(s)
	switch {
	case !ok:
		l.note(l.at(code), lossLeft, "不是可以识别的日期")
		return workday.Date{}, true
	case d.After(today):
		l.note(l.at(code), lossLeft, d.Chinese()+"还没有到")
		return workday.Date{}, true
	case d.String() != s:
		l.note(l.at(code), lossChanged, "改写为"+d.String())
	}
	return d, true
}

// lines reads a register by a mapping, every line below its headings.
func (g *Grid) lines(head int, mapping []string, today workday.Date) (out []OldLine) {
	columns := map[string]int{}
	for c, code := range mapping {
		if code != "" {
			columns[code] = c
		}
	}
	numbers := map[string]int{}
	for row := head + 1; row < len(g.Rows); row++ {
		if g.empty(row) {
			continue
		}
		line := OldLine{Row: row + 1}
		l := &lineReader{g, row, head, columns, &line}
		line.Entry = l.entry(mapping, today)
		if line.Refused != "" {
			line.Entry, line.Losses = nil, nil
			for c := range g.Rows[row] {
				if g.cell(row, c) != "" {
					l.note(c, lossLeft, "整行没有收录："+line.Refused)
				}
			}
		} else if n := caseNumber(line.Entry); numbers[n] > 0 {
			l.note(l.at("number"), lossChanged, fmt.Sprintf("与第 %d 行的编号相同，编号后加上行号", numbers[n]))
			line.Entry.Twice = true
		} else {
			numbers[n] = row + 1
		}
		out = append(out, line)
	}
	return out
}

func (l *lineReader) entry(mapping []string, today workday.Date) *OldEntry {
	for c := range l.g.Rows[l.row] {
		if s := l.g.cell(l.row, c); s != "" {
			if strings.HasPrefix(s, "合计") || strings.HasPrefix(s, "总计") || strings.HasPrefix(s, "小计") {
				l.line.Refused = "合计行"
				return nil
			}
			break
		}
	}
	if again, n := l.g.mapping(l.row); n >= 3 && slices.Equal(again, mapping) {
		l.line.Refused = "这一行是表头"
		return nil
	}
	e := &OldEntry{Row: l.row + 1, Number: l.text("number"), Content: l.text("content"), LetterNo: l.text("letter"), Channel: clock.InPerson}
	on, given := l.day("on", today)
	switch {
	case on.IsZero() && given:
		l.line.Refused = "“收到日期”不是可以识别的日期，或者还没有到"
		return nil
	case on.IsZero():
		l.line.Refused = "没有“收到日期”"
		return nil
	case e.Content == "":
		l.line.Refused = "没有“申请内容”"
		return nil
	case len([]rune(e.Content)) > maxWords:
		e.Content = string([]rune(e.Content)[:maxWords])
		l.note(l.at("content"), lossChanged, fmt.Sprintf("超过 %d 个字，后面的没有收录", maxWords))
	}
	e.On = on
	l.applicant(e)
	l.result(e, today)
	for c, code := range mapping {
		if code == "" && l.g.cell(l.row, c) != "" {
			l.note(c, lossLeft, "这一列没有对应的项")
		}
	}
	slices.SortStableFunc(l.line.Losses, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(len(a.Column), len(b.Column)), cmp.Compare(a.Column, b.Column))
	})
	return e
}

// OldNobody stands for the applicant whom a register does not name.
const OldNobody = "（原台账未记载）"

var spoiltNumber = regexp.MustCompile(`^[0-9.]+[eE]\+?[0-9]+$`)

// spoilt reports a long number that Excel kept as a number: it has fifteen
// digits and then noughts.
func spoilt(s string) bool {
	return spoiltNumber.MatchString(s) || resident(s) && strings.HasSuffix(s, "000")
}

func (l *lineReader) applicant(e *OldEntry) {
	p := &e.Applicant
	p.Name, p.Proof, p.Phone, p.Mail, p.Address = l.text("name"), l.text("proof"), l.text("phone"), l.text("mail"), l.text("address")
	if p.Name == "" {
		p.Name = OldNobody
		l.note(l.at("name"), lossMissing, "没有写申请人")
	}
	if spoilt(p.Proof) {
		l.note(l.at("proof"), lossLeft, "Excel 把号码存成了数字，后几位已经丢失")
		p.Proof = ""
	}
	said := l.text("kind")
	p.Kind = kindOf(said)
	if p.Kind == "" && said != "" {
		l.note(l.at("kind"), lossChanged, "不是统计表里的申请人类别，按姓名或者名称判断")
	}
	if p.Kind == "" {
		p.Kind = Natural
		for _, end := range []string{"公司", "厂", "集团", "企业"} {
			if strings.HasSuffix(p.Name, end) {
				p.Kind = Business
			}
		}
		if strings.HasSuffix(p.Name, "律师事务所") {
			p.Kind = LawFirm
		}
	}
	said = l.text("channel")
	if ch, ok := firstOf(oldChannels, said); ok {
		e.Channel = ch
	} else if said != "" {
		l.note(l.at("channel"), lossChanged, "不是可以识别的申请方式，按当面提交收录")
	}
}

func kindOf(s string) ApplicantKind {
	k, _ := firstOf([]spelled[ApplicantKind]{{"公民", Natural}, {"个人", Natural}, {"自然人", Natural}, {"科研", Research}, {"公益", Charity}, {"社团", Charity}, {"律师", LawFirm}, {"法律服务", LawFirm},
		{"企业", Business}, {"公司", Business}, {"其他", OtherOrg}, {"组织", OtherOrg}, {"法人", OtherOrg}, {"单位", OtherOrg}}, s)
	return k
}

type spelled[T any] struct {
	words string
	is    T
}

func firstOf[T any](list []spelled[T], s string) (is T, ok bool) {
	for _, x := range list {
		if s != "" && strings.Contains(s, x.words) {
			return x.is, true
		}
	}
	return is, false
}

var oldChannels = []spelled[clock.Channel]{{"平信", clock.PostOrdinary}, {"平常信", clock.PostOrdinary}, {"传真", clock.Fax}, {"网", clock.Online}, {"邮箱", clock.Online}, {"电子邮件", clock.Online},
	{"平台", clock.Online}, {"系统", clock.Online}, {"在线", clock.Online}, {"邮寄", clock.PostSigned}, {"信函", clock.PostSigned}, {"挂号", clock.PostSigned}, {"特快", clock.PostSigned}, {"EMS", clock.PostSigned},
	{"快递", clock.PostSigned}, {"邮政", clock.PostSigned}, {"当面", clock.InPerson}, {"现场", clock.InPerson}, {"窗口", clock.InPerson}, {"来访", clock.InPerson}, {"直接", clock.InPerson}}

// oldOutcomes are the words of registers for the outcomes of A8.5, the closest first.
var oldOutcomes = []spelled[Outcome]{{"部分公开", Partial}, {"主动公开", GrantPublic}, {"国家秘密", DenySecret}, {"禁止公开", DenyLaw}, {"三安全", DenySafety}, {"危及", DenySafety}, {"第三方", DenyThird},
	{"商业秘密", DenyThird}, {"个人隐私", DenyThird}, {"内部事务", DenyInternal}, {"内部管理", DenyInternal}, {"过程性", DenyProcess}, {"执法案卷", DenyEnforce}, {"行政查询", DenyQuery}, {"不存在", NotHeld}, {"不掌握", NotHeld},
	{"非本机关", NotOurs}, {"不属于本机关", NotOurs}, {"不属本机关", NotOurs}, {"加工", WouldCreate}, {"另行制作", WouldCreate}, {"仍不明确", Unclear}, {"信访", Petition}, {"投诉举报", Petition}, {"重复", Repeat}, {"出版物", Publication},
	{"大量", Excessive}, {"频次", Excessive}, {"确认", Confirmation}, {"不补正", NoCorrection}, {"未补正", NoCorrection}, {"未缴", NoFee}, {"撤回", OtherEnding}, {"撤销申请", OtherEnding}, {"不属于政府信息", OtherEnding}, {"其他处理", OtherEnding},
	{"予以公开", Grant}, {"同意公开", Grant}, {"依申请公开", Grant}}

// result reads how a request of the past ended. Without any sign of an end it is
// still open, and its clock runs from its receipt.
func (l *lineReader) result(e *OldEntry, today workday.Date) {
	said := l.text("outcome")
	o, known := firstOf(oldOutcomes, said)
	for _, info := range Outcomes {
		if info.Name == said || string(info.Code) == said {
			o, known = info.Code, true
		}
	}
	if strings.Contains(said, "不予公开") && o == Grant { // 不予公开 without a ground is no outcome of A8.5
		o, known = "", false
	}
	running := strings.Contains(said, "办理中") || strings.Contains(said, "正在") || strings.Contains(said, "待")
	if known && !running {
		e.Outcome = o
	} else if said != "" {
		l.note(l.at("outcome"), lossLeft, "不是条例第三十六条规定的答复结果")
	}
	e.Answered, _ = l.day("answered", today)
	if !e.Answered.IsZero() && e.Answered.Before(e.On) {
		l.note(l.at("answered"), lossLeft, "答复日期在收到日期之前")
		e.Answered = workday.Date{}
	}
	state := l.text("state")
	done := state == "是" || strings.HasPrefix(state, "已") || strings.Contains(state, "办结") && !strings.Contains(state, "未") || state == "完成"
	e.Closed = !e.Answered.IsZero() || e.Outcome != "" || done || said != "" && !running
	if state != "" && !done && e.Closed {
		l.note(l.at("state"), lossChanged, "有答复结果或者答复日期，按已办结收录")
	}
}

var ownNumber = regexp.MustCompile(`^依申请〔[0-9]+〕[0-9]+号$`)

// caseNumber is the number under which a case of the past stands: its own where
// it can be told from others, else with the year and the word of the register.
func caseNumber(e *OldEntry) string {
	switch {
	case e.Number == "":
		return fmt.Sprintf("旧台账〔%d〕第%d行", e.On.Year, e.Row)
	case ownNumber.MatchString(e.Number): // a number of our own making may come again from the counter
		return "旧台账 " + e.Number
	case len([]rune(e.Number)) < 5 || !strings.ContainsAny(e.Number, "〔[（(-号第") && len(e.Number) < 8:
		return fmt.Sprintf("旧台账〔%d〕%s", e.On.Year, e.Number)
	}
	return e.Number
}
