package office

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/oversight"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// The words of the pages of sampling.
const (
	textSampling     = "抽查答复"
	textDrawn        = "已抽出 %d 件。逐件评分，评完后结束抽查。"
	textScored       = "已评分。%s"
	textScoredLeft   = "还有 %d 件没有评。"
	textScoredAll    = "都评完了，可以结束抽查。"
	textSampleClosed = "抽查已经结束，%d 个机构收到了整改通知。"
)

// oversightRoutes are the addresses of sampling.
func oversightRoutes() []route {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.Supervise, handler: h}
	}
	post := func(pattern, page string, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: access.Supervise, handler: h}
	}
	return []route{
		get("/office/oversight", textSampling, samplingsPage),
		post("/office/oversight", "抽取答复", drawSampling),
		get("/office/oversight/{sampling}", "一次抽查", samplingPage),
		post("/office/oversight/{sampling}/close", "结束抽查", closeSampling),
		get("/office/oversight/{sampling}/result.xlsx", "导出抽查结果", samplingSheet),
		get("/office/sampled/{answer}", "评分表", answerPage),
		post("/office/sampled/{answer}", "评分", markAnswer),
	}
}

// samplingsView lists samples and offers a new one.
type samplingsView struct {
	frame
	Rows []samplingRow
	Form form
}

type samplingRow struct {
	*oversight.Sampling
	Organ string
}

func samplingsPage(o *Office, c *call) (*answer, error) { return o.samplings(c, http.StatusOK, nil) }

func (o *Office) samplings(c *call, status int, wrong error) (*answer, error) {
	d := &samplingsView{frame: o.frame(c, textSampling, document.Crumb{Name: textBoard, Href: "/office/board"})}
	list, err := o.deps.Oversight.Samplings(c.ctx(), c.actor())
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		d.Rows = append(d.Rows, samplingRow{s, names.name(s.Organ)})
	}
	organs, err := o.organOptions(c, access.Supervise, textChoose)
	if err != nil {
		return nil, err
	}
	today := o.access.Today()
	d.Form = form{ID: "sampling", Action: "/office/oversight", Token: d.Token, Submit: "抽取", Fields: []field{
		{Name: "organ", Label: "抽查范围", Kind: "select", Options: organs, Required: true, Hint: "这个机构和它的下属机构。"},
		{Name: "from", Label: "送达时间", Kind: "date", Required: true, Value: today.AddMonths(-3).String(), Hint: "从这一天起送达的答复。"},
		{Name: "to", Label: "送达时间（止）", Kind: "date", Required: true, Value: today.String()},
		{Name: "wanted", Label: "抽取件数", Kind: "text", Numeric: true, Required: true, Value: "20", Hint: "每个机构先抽一件，再轮着抽。"},
		{Name: "mend_by", Label: "整改期限", Kind: "date", Required: true, Value: today.AddDays(30).String(), Hint: "发现问题的机构要在这一天之前整改。"},
		{Name: "seed", Label: "种子", Kind: "text", Numeric: true, Hint: "不填就随机产生。用同一个种子能抽出同一批，谁都可以复核。"}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "oversight", status, d)
}

func drawSampling(o *Office, c *call) (*answer, error) {
	order, err := o.readOrder(c)
	var id int64
	if err == nil {
		id, err = o.deps.Oversight.Draw(c.ctx(), c.actor(), order)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.samplings(c, statusFor(err), err)
	}
	s, err := o.deps.Oversight.Sampling(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, err
	}
	return told(c, fmt.Sprintf("/office/oversight/%d", id), fmt.Sprintf(textDrawn, len(s.Answers))), nil
}

func (o *Office) readOrder(c *call) (x oversight.Order, err error) {
	if code := value(c.r, "organ"); code != "" {
		if x.Organ, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), code); err != nil {
			return x, err
		}
	}
	for _, d := range []struct {
		name, label string
		into        *workday.Date
	}{{"from", "送达时间", &x.From}, {"to", "送达时间（止）", &x.To}, {"mend_by", "整改期限", &x.MendBy}} {
		if *d.into, err = dayValue(c.r, d.name, d.label); err != nil {
			return x, err
		}
	}
	if x.Wanted, err = strconv.Atoi(value(c.r, "wanted")); err != nil {
		x.Wanted, err = 0, nil // the check names the field
	}
	if s := value(c.r, "seed"); s != "" {
		if x.Seed, err = strconv.ParseInt(s, 10, 64); err != nil || x.Seed < 1 {
			return x, fault.Field("office.readOrder", "种子", "“种子”：请填正整数，或者留空。")
		}
	}
	return x, nil
}

// samplingView is one sample with what was found so far.
type samplingView struct {
	frame
	*oversight.Sampling
	OrganName string
	Rows      []sampledRow
	Left      int
	Close     form
	Faults    []faultCount
}

type sampledRow struct {
	oversight.Answer
	Number string
	Organ  string
	Found  []string // the lines it does not meet
}

// faultCount says how often a line was not met.
type faultCount struct {
	Name string
	N    int
}

func (o *Office) sampled(c *call) (*oversight.Sampling, []sampledRow, string, error) {
	id, err := pathNumber(c.r, "sampling")
	if err != nil {
		return nil, nil, "", err
	}
	s, err := o.deps.Oversight.Sampling(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, nil, "", err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, nil, "", err
	}
	var rows []sampledRow
	for _, x := range s.Answers {
		k, err := o.deps.Cases.Case(c.ctx(), x.Case)
		if err != nil {
			return nil, nil, "", err
		}
		row := sampledRow{Answer: x, Number: k.Number, Organ: names.name(x.Organ)}
		for _, m := range x.Marks {
			if m.Verdict == oversight.Fails {
				row.Found = append(row.Found, criterionName(m.Code))
			}
		}
		rows = append(rows, row)
	}
	return s, rows, names.name(s.Organ), nil
}

func criterionName(code string) string {
	return oversight.Fault{Code: code}.Name()
}

func samplingPage(o *Office, c *call) (*answer, error) {
	s, rows, organ, err := o.sampled(c)
	if err != nil {
		return nil, err
	}
	d := &samplingView{frame: o.frame(c, s.From.Chinese()+"至"+s.To.Chinese()+"的抽查", document.Crumb{Name: textBoard, Href: "/office/board"}, document.Crumb{Name: textSampling, Href: "/office/oversight"}),
		Sampling: s, OrganName: organ, Rows: rows, Left: len(s.Answers) - s.Scored}
	d.Wide = true
	for _, x := range oversight.Criteria {
		n := 0
		for _, r := range rows {
			if slices.Contains(r.Found, x.Name) {
				n++
			}
		}
		if n > 0 {
			d.Faults = append(d.Faults, faultCount{x.Name, n})
		}
	}
	if s.ClosedAt.IsZero() && d.Left == 0 {
		d.Close = form{ID: "close", Action: fmt.Sprintf("/office/oversight/%d/close", s.ID), Token: d.Token, Submit: "结束抽查，发整改通知"}
	}
	return o.page(c, "sampling", http.StatusOK, d)
}

func closeSampling(o *Office, c *call) (*answer, error) {
	id, err := pathNumber(c.r, "sampling")
	if err != nil {
		return nil, err
	}
	n, err := o.deps.Oversight.Close(c.ctx(), c.actor(), id)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return told(c, fmt.Sprintf("/office/oversight/%d", id), fault.Text(err)), nil
	}
	return told(c, fmt.Sprintf("/office/oversight/%d", id), fmt.Sprintf(textSampleClosed, n)), nil
}

func samplingSheet(o *Office, c *call) (*answer, error) {
	s, rows, _, err := o.sampled(c)
	if err != nil {
		return nil, err
	}
	head := []any{"序号", "申请编号", "机构", "得分", "评分人"}
	for _, x := range oversight.Criteria {
		head = append(head, fmt.Sprintf("%s（%d分）", x.Name, x.Points))
	}
	lines := [][]any{head}
	for i, r := range rows {
		line := []any{i + 1, r.Number, r.Organ, "", r.ScoredBy}
		if !r.ScoredAt.IsZero() {
			line[3] = r.Score
		}
		for _, m := range r.Marks {
			word := verdictName(m.Verdict)
			if m.Note != "" {
				word += "：" + m.Note
			}
			line = append(line, word)
		}
		lines = append(lines, line)
	}
	lines = append(lines, []any{"", "", fmt.Sprintf("从 %d 件里抽出，种子 %d", s.Pool, s.Seed), s.Mean, ""})
	return excelAnswer("依申请公开抽查结果.xlsx", func(b *bytes.Buffer) error { return writeLines(b, "抽查结果", 18, lines) })
}

func verdictName(v oversight.Verdict) string {
	for _, x := range oversight.Verdicts {
		if x.Verdict == v {
			return x.Name
		}
	}
	return ""
}

// answerView is the score sheet of one answer, the letter beside it.
type answerView struct {
	frame
	Sampling *oversight.Sampling
	Number   string
	Organ    string
	Case     int64
	Request  *request.Request
	Lines    []sheetLine
	Action   string
	Wrong    string
	Next     int64 // the next answer without a score
}

type sheetLine struct {
	oversight.Criterion
	Options []option
	Note    string
	Hint    oversight.Hint
	Says    string // the hint's verdict in words
	Bad     bool
}

func answerPage(o *Office, c *call) (*answer, error) {
	return o.scoreSheet(c, http.StatusOK, nil, nil)
}

func (o *Office) scoreSheet(c *call, status int, sent []oversight.Mark, wrong error) (*answer, error) {
	id, err := pathNumber(c.r, "answer")
	if err != nil {
		return nil, err
	}
	s, x, err := o.deps.Oversight.Answer(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, err
	}
	k, err := o.deps.Cases.Case(c.ctx(), x.Case)
	if err != nil {
		return nil, err
	}
	data, err := o.deps.Cases.Data(c.ctx(), o.deps.DB.Reader(), k)
	if err != nil {
		return nil, err
	}
	q, ok := data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.scoreSheet", "case %d holds %T", x.Case, data)
	}
	hints, err := o.deps.Oversight.Hints(c.ctx(), x)
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	d := &answerView{frame: o.frame(c, "评分："+k.Number, document.Crumb{Name: textSampling, Href: "/office/oversight"}, document.Crumb{Name: "抽查", Href: fmt.Sprintf("/office/oversight/%d", s.ID)}),
		Sampling: s, Number: k.Number, Organ: names.name(x.Organ), Case: x.Case, Request: q, Action: fmt.Sprintf("/office/sampled/%d", x.ID)}
	d.Wide = true
	marks := x.Marks
	if sent != nil {
		marks = sent
	}
	d.Lines = sheetLines(marks, hints, fault.FieldOf(wrong))
	if wrong != nil {
		d.Wrong = fault.Text(wrong)
	}
	return o.page(c, "sampling_sheet", status, d)
}

// sheetLines lays out the sheet: what was marked, else what the records say.
func sheetLines(marks []oversight.Mark, hints map[string]oversight.Hint, bad string) (out []sheetLine) {
	for _, x := range oversight.Criteria {
		l := sheetLine{Criterion: x, Hint: hints[x.Code], Bad: bad == x.Name}
		l.Says = verdictName(l.Hint.Verdict)
		chosen := l.Hint.Verdict
		if i := slices.IndexFunc(marks, func(m oversight.Mark) bool { return m.Code == x.Code }); i >= 0 {
			chosen, l.Note = marks[i].Verdict, marks[i].Note
		}
		for _, v := range oversight.Verdicts {
			l.Options = append(l.Options, option{string(v.Verdict), v.Name, v.Verdict == chosen})
		}
		out = append(out, l)
	}
	return out
}

func markAnswer(o *Office, c *call) (*answer, error) {
	id, err := pathNumber(c.r, "answer")
	if err != nil {
		return nil, err
	}
	var marks []oversight.Mark
	for _, x := range oversight.Criteria {
		marks = append(marks, oversight.Mark{Code: x.Code, Verdict: oversight.Verdict(value(c.r, "v_"+x.Code)), Note: value(c.r, "n_"+x.Code)})
	}
	sampling, err := o.deps.Oversight.Mark(c.ctx(), c.actor(), id, marks)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.scoreSheet(c, statusFor(err), marks, err)
	}
	s, err := o.deps.Oversight.Sampling(c.ctx(), c.actor(), sampling)
	if err != nil {
		return nil, err
	}
	to, words := fmt.Sprintf("/office/oversight/%d", sampling), textScoredAll
	if i := slices.IndexFunc(s.Answers, func(x oversight.Answer) bool { return x.ScoredAt.IsZero() }); i >= 0 {
		to, words = fmt.Sprintf("/office/sampled/%d", s.Answers[i].ID), fmt.Sprintf(textScoredLeft, len(s.Answers)-s.Scored)
	}
	return told(c, to, fmt.Sprintf(textScored, words)), nil
}

// sampleMendKind is the page of what an organ has to mend after a sample.
var sampleMendKind = caseKind{part: "case_sampling_mend", facts: func(v *casework.View) (any, error) {
	m, ok := v.Data.(*oversight.Mending)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.sampleMendKind", "case %d holds %T", v.Case.ID, v.Data)
	}
	return m, nil
}, forms: map[casework.Action]actForm{
	oversight.ActReport: {mendFields("整改情况", true, "逐项写明怎样改的，例如重新制作、补盖、重新送达。"), readMend},
	oversight.ActAccept: {mendFields("意见", false, ""), readMend},
	casework.ActReturn:  {mendFields("原因", true, "写明哪一项还没有改到位。"), readMend},
}}

func mendFields(label string, required bool, hint string) func(*casework.View, workday.Date) []field {
	return func(*casework.View, workday.Date) []field {
		return []field{{Name: "why", Label: label, Kind: "area", Required: required, Max: 2000, Hint: hint}}
	}
}

func readMend(r *http.Request) (any, error) {
	return &oversight.ReportForm{Text: longValue(r, "why")}, nil
}
