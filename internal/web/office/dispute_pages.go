package office

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

// The words of the register of disputes.
const (
	textDisputes      = "复议诉讼台账"
	textNewDispute    = "登记复议诉讼"
	textDisputeOpened = "已登记。答复和证据的到期日已经算好，见下面。"
	textDisputeYear   = "“年份”：请写成四位数字，例如 2026。"
	textDisputesOf    = "复议诉讼台账 %d.xlsx"
)

func disputeRoutes() []route {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	return []route{
		get("/office/requests/disputes", textDisputes, disputesPage),
		get("/office/requests/disputes.xlsx", "导出复议诉讼台账", disputesSheet),
		get("/office/requests/disputes/new", textNewDispute, newDisputePage),
		{method: http.MethodPost, pattern: "/office/requests/disputes/new", page: textNewDispute, act: access.HandleRequest, handler: addDispute},
	}
}

// showAnswers is the list of answers behind the first figure.
const showAnswers = "answers"

// disputesView is the register of a year with its two figures.
type disputesView struct {
	frame
	Year          int
	Show, Title   string
	Figures       request.DisputeFigures
	Arising, Lost string // the rates
	Rows          []disputeRow
	Answers       []answerRow
	Export        string
	Wrong         string
}

type disputeRow struct {
	request.DisputeRow
	OrganName, StateName string
}

type answerRow struct {
	request.AnswerRow
	OrganName string
}

var disputeShows = map[string]string{string(request.ShowAll): "本年收到或者审结的全部争议", string(request.ShowContested): "本年收到的复议和诉讼", string(request.ShowDecided): "本年审结的复议和诉讼",
	string(request.ShowLost): "本年被纠错、败诉的", string(request.ShowOpen): "尚未审结的", showAnswers: "本年送达的答复"}

func (o *Office) disputes(c *call) (d *disputesView, err error) {
	d = &disputesView{frame: o.frame(c, textDisputes, requestsCrumb), Year: o.access.Today().Year, Show: shorten(queryValue(c.r, "show"), 20)}
	if s := queryValue(c.r, "year"); s != "" {
		if d.Year, err = strconv.Atoi(s); err != nil || d.Year < 2008 || d.Year > 2200 {
			d.Year = o.access.Today().Year
			return d, fault.Field("office.disputes", "年份", textDisputeYear)
		}
	}
	var known bool
	if d.Title, known = disputeShows[d.Show]; !known {
		return d, fault.New(fault.NotFound, "office.disputes", textNotFound)
	}
	organs, err := o.ownOrgans(c, access.HandleRequest)
	if err != nil {
		return d, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return d, err
	}
	if d.Figures, err = o.deps.Requests.Figures(c.ctx(), organs, d.Year); err != nil {
		return d, err
	}
	d.Arising, d.Lost = request.Rate(d.Figures.Contested, d.Figures.Answers), request.Rate(d.Figures.Lost, d.Figures.Decided)
	d.Export = fmt.Sprintf("/office/requests/disputes.xlsx?year=%d&show=%s", d.Year, d.Show)
	if d.Show == showAnswers {
		rows, err := o.deps.Requests.Answers(c.ctx(), organs, d.Year)
		for _, x := range rows {
			d.Answers = append(d.Answers, answerRow{x, names.name(x.Organ)})
		}
		return d, err
	}
	rows, err := o.deps.Requests.Disputes(c.ctx(), organs, d.Year, request.DisputeShow(d.Show))
	for _, x := range rows {
		d.Rows = append(d.Rows, disputeRow{x, names.name(x.Organ), o.deps.Cases.StateName(request.DisputeCases, casework.State(x.State))})
	}
	return d, err
}

func disputesPage(o *Office, c *call) (*answer, error) {
	d, err := o.disputes(c)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		d.Wrong = fault.Text(err)
		return o.page(c, "disputes", statusFor(err), d)
	}
	return o.page(c, "disputes", http.StatusOK, d)
}

func disputesSheet(o *Office, c *call) (*answer, error) {
	d, err := o.disputes(c)
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"编号", "机构", "申请编号", "种类", "程序", "复议机关或者法院", "案号", "收到副本", "提交答复", "化解", "化解过程", "结果", "表四栏目", "决定日期", "责令重新答复", "收到复议意见书", "报告落实情况", "状态"}}
	for _, r := range d.Rows {
		procedure, redo := "", "否"
		if r.Kind == request.Reconsidered {
			procedure = "普通"
		}
		if r.Simple {
			procedure = "简易"
		}
		if r.Redo {
			redo = "是"
		}
		lines = append(lines, []any{r.CaseNumber, r.OrganName, r.RequestNumber, r.Kind.Name(), procedure, r.Body, r.DisputeRow.Number, r.ReceivedOn.String(), r.RepliedOn.String(), r.WorkedOut(), talkWords(r.Talks), r.Result.Name(), r.Result.Column(),
			r.DecidedOn.String(), redo, r.OpinionOn.String(), r.ReportedOn.String(), r.StateName})
	}
	if d.Show == showAnswers {
		lines = [][]any{{"申请编号", "机构", "答复文号", "答复结果", "送达日期"}}
		for _, r := range d.Answers {
			lines = append(lines, []any{r.Number, r.OrganName, r.LetterNo, r.Outcome.Name(), r.ServedOn.String()})
		}
	}
	f := d.Figures
	lines = append(lines, []any{fmt.Sprintf("争议发生率 %s（争议 %d 件，答复 %d 件）", d.Arising, f.Contested, f.Answers)}, []any{fmt.Sprintf("被纠错败诉率 %s（被纠错、败诉 %d 件，审结 %d 件）", d.Lost, f.Lost, f.Decided)})
	return excelAnswer(fmt.Sprintf(textDisputesOf, d.Year), func(b *bytes.Buffer) error { return writeLines(b, textDisputes, 18, lines) })
}

// talkWords are the steps of a dispute in one cell.
func talkWords(list []request.DisputeTalk) string {
	var out []string
	for _, t := range list {
		out = append(out, fmt.Sprintf("%s %s：%s（%s）", t.On.Chinese(), t.HowName(), t.Body, t.EndName()))
	}
	return strings.Join(out, "\n")
}

func newDisputePage(o *Office, c *call) (*answer, error) { return o.newDispute(c, http.StatusOK, nil) }

// askedAbout is the request that the address or the form names; nil for none.
func (o *Office) askedAbout(c *call, s string) (*casework.Case, error) {
	if s == "" {
		return nil, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fault.New(fault.NotFound, "office.askedAbout", textNotFound)
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, err
	}
	if v.Case.Kind != request.Kind {
		return nil, fault.New(fault.NotFound, "office.askedAbout", textNotFound)
	}
	return v.Case, o.may(c, access.HandleRequest, v.Case.Organ)
}

func (o *Office) newDispute(c *call, status int, wrong error) (*answer, error) {
	named := queryValue(c.r, "request")
	if c.r.Method == http.MethodPost {
		named = value(c.r, "request")
	}
	asked, err := o.askedAbout(c, named)
	if err != nil {
		return nil, err
	}
	d := &formView{frame: o.frame(c, textNewDispute, requestsCrumb, document.Crumb{Name: textDisputes, Href: "/office/requests/disputes"}), Heading: textNewDispute,
		Lead: "登记以后，提交答复和证据的期限从收到副本的次日起算。不要填写当事人的姓名和证件号码。"}
	organs, err := o.requestOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	kinds := []option{{Name: textChoose}}
	for _, k := range request.DisputeKinds {
		kinds = append(kinds, option{Value: string(k.Kind), Name: k.Name})
	}
	d.Form = form{ID: "dispute", Action: "/office/requests/disputes/new", Token: d.Token, Submit: "登记", Hidden: []option{{Name: "once", Value: onceToken()}}, Fields: []field{
		{Name: "organ", Label: "机构", Kind: "select", Options: organs, Required: true},
		{Name: "kind", Label: "种类", Kind: "select", Options: kinds, Required: true},
		{Name: "simple", Label: "程序", Kind: "select", Options: []option{{Value: "", Name: "普通程序，复议 10 个工作日内答复"}, {Value: "1", Name: "简易程序，复议 5 个工作日内答复"}}, Hint: "举报投诉不填；诉讼都是 15 日内提交。"},
		{Name: "body", Label: "复议机关或者法院", Kind: "text", Required: true, Max: 100, Hint: "举报投诉的，填写转来的机关。"},
		{Name: "number", Label: "案号", Kind: "text", Max: 100, Hint: "例如：清府复〔2026〕12号。举报投诉可以不填。"},
		{Name: "received", Label: "收到副本的日期", Kind: "date", Required: true, Value: o.access.Today().String()},
		{Name: "accepted", Label: "受理日期", Kind: "date", Hint: "复议机关受理、法院立案的日期。填了就算出复议机关、法院最迟什么时候作出决定；不知道的不填。"}}}
	if asked != nil {
		d.Lead += "针对的申请：" + asked.Number + "。"
		d.Form.Hidden = append(d.Form.Hidden, option{Name: "request", Value: strconv.FormatInt(asked.ID, 10)})
		names, err := o.organNames(c.ctx())
		if err != nil {
			return nil, err
		}
		for i := range organs {
			organs[i].Chosen = organs[i].Value == names.byID[asked.Organ].Code
		}
	}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_form", status, d)
}

func addDispute(o *Office, c *call) (*answer, error) {
	f, err := o.readDispute(c)
	var id int64
	if err == nil {
		id, err = o.deps.Requests.OpenDispute(c.ctx(), c.actor(), f)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.newDispute(c, statusFor(err), err)
	}
	return told(c, caseAddress(request.DisputeCases, id), textDisputeOpened), nil
}

func (o *Office) readDispute(c *call) (f request.DisputeForm, err error) {
	f = request.DisputeForm{Kind: request.DisputeKind(value(c.r, "kind")), Simple: value(c.r, "simple") != "", Body: value(c.r, "body"), Number: value(c.r, "number"), Token: value(c.r, "once")}
	if f.Received, err = dayValue(c.r, "received", "收到副本的日期"); err != nil {
		return f, err
	}
	if f.Accepted, err = dayValue(c.r, "accepted", "受理日期"); err != nil {
		return f, err
	}
	asked, err := o.askedAbout(c, value(c.r, "request"))
	if err != nil {
		return f, err
	}
	if asked != nil {
		f.Request = asked.ID
	}
	code := value(c.r, "organ")
	if code == "" {
		return f, fault.Field("office.readDispute", "机构", "“机构”：请选择。")
	}
	if f.Organ, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), code); err != nil {
		return f, err
	}
	return f, o.may(c, access.HandleRequest, f.Organ)
}
