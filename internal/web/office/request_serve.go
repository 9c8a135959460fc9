package office

import (
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// servingChapter is what service, closing and keeping add to the page of a
// request.
func servingChapter() requestChapter {
	empty := func(*casework.View, workday.Date) []field { return nil }
	nothing := func(*http.Request) (any, error) { return nil, nil }
	return requestChapter{
		forms: map[casework.Action]actForm{
			request.ActServe:       {serveFields, readServe},
			request.ActSigned:      {signedFields, readSigned},
			request.ActFailed:      {failedFields, readFailed},
			request.ActMendService: {mendServiceFields, readMendService},
			request.ActArchive:     {empty, nothing},
			request.ActAnswerAnew:  {anewFields, readAnew},
			request.ActAnonymise:   {anonymiseFields, readAnonymise},
			request.ActErase:       {eraseFields, readErase},
			request.ActEraseGrant:  {noteFields("意见", false, "批准后立即销毁，不能恢复。提出的人不能批准。"), readNote},
			request.ActEraseDrop:   {noteFields("原因", true, ""), readNote},
		},
		parts:  []casePart{{part: "case_request_service", read: serviceFacts}},
		routes: archiveRoutes(),
	}
}

// channelChoices are the ways of service that a form offers.
func channelChoices(chosen string) []option {
	out := []option{{Name: textChoose}}
	for _, c := range request.ServeChannels {
		out = append(out, option{c.Code, c.Name, c.Code == chosen})
	}
	return out
}

const hintPostal = "邮件号码、签收人或者送达回证编号。邮寄和当面必填；公文只能交中国邮政，不能用快递公司。"

func serveFields(v *casework.View, today workday.Date) []field {
	chosen := ""
	if q := v.Data.(*request.Request); q.Delivery == request.ServePost || q.Delivery == request.ServeCounter || q.Electronic && (q.Delivery == request.ServeOnline || q.Delivery == request.ServeMail) {
		chosen = q.Delivery
	}
	return []field{{Name: "how", Label: "送达方式", Kind: "select", Required: true, Options: channelChoices(chosen)},
		{Name: "on", Label: "送达日期", Kind: "date", Required: true, Value: today.String(), Hint: "邮寄填交邮之日，它决定是否按期答复；当面填签收之日。"},
		{Name: "proof", Label: "凭证", Kind: "text", Max: 200, Hint: hintPostal}}
}

func readServe(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "送达日期")
	return &request.ServeForm{How: value(r, "how"), On: on, Proof: value(r, "proof")}, err
}

func signedFields(_ *casework.View, today workday.Date) []field {
	return []field{{Name: "on", Label: "签收日期", Kind: "date", Required: true, Value: today.String(), Hint: "复议和诉讼的期限从这一天起算，不从交邮之日起算。电子邮件填到达对方邮箱系统之日。"},
		{Name: "proof", Label: "凭证", Kind: "text", Max: 200, Hint: "签收人或者回执编号；不填就保留邮件号码。"}}
}

func readSigned(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "签收日期")
	return &request.SignedForm{On: on, Proof: value(r, "proof")}, err
}

func failedFields(*casework.View, workday.Date) []field {
	return []field{{Name: "why", Label: "原因", Kind: "area", Required: true, Max: 1000, Hint: "例如：无人签收退回、地址不详退回、拒收。登记以后可以再次送达。"}}
}

func readFailed(r *http.Request) (any, error) {
	return &request.FailedForm{Reason: value(r, "why")}, nil
}

func mendServiceFields(v *casework.View, _ workday.Date) []field {
	q := v.Data.(*request.Request)
	var last request.Attempt
	var which []option
	for _, a := range q.Service.Attempts {
		if a.Round == q.Service.Round() {
			last = a
			which = append(which, option{Value: strconv.Itoa(a.No), Name: "第 " + strconv.Itoa(a.No) + " 次：" + a.ChannelName() + "，" + a.On.String()})
		}
	}
	for i := range which {
		which[i].Chosen = i == len(which)-1
	}
	return []field{{Name: "attempt", Label: "第几次送达", Kind: "select", Required: true, Options: which},
		{Name: "how", Label: "送达方式", Kind: "select", Required: true, Options: channelChoices(last.Channel)},
		{Name: "on", Label: "送达日期", Kind: "date", Required: true, Value: last.On.String()},
		{Name: "signed", Label: "签收日期", Kind: "date", Value: last.SignedOn.String(), Hint: "还没有签收的不填。"},
		{Name: "proof", Label: "凭证", Kind: "text", Max: 200, Value: last.Proof, Hint: hintPostal},
		{Name: "why", Label: "更正理由", Kind: "area", Required: true, Max: 1000, Hint: "原来的登记不会抹去，更正记在后面。"}}
}

func readMendService(r *http.Request) (any, error) {
	f := &request.MendServiceForm{How: value(r, "how"), Proof: value(r, "proof"), Reason: value(r, "why")}
	var err error
	if f.Attempt, err = strconv.Atoi(value(r, "attempt")); err != nil {
		f.Attempt = -1 // the check names the field
	}
	if f.On, err = dayValue(r, "on", "送达日期"); err != nil {
		return f, err
	}
	f.SignedOn, err = dayValue(r, "signed", "签收日期")
	return f, err
}

func anewFields(_ *casework.View, today workday.Date) []field {
	bases := []option{{Name: textChoose}}
	for _, b := range request.RoundBases {
		bases = append(bases, option{Value: b.Code, Name: b.Name})
	}
	return []field{{Name: "basis", Label: "重新答复的依据", Kind: "select", Required: true, Options: bases},
		{Name: "number", Label: "决定书文号", Kind: "text", Max: 100, Hint: "本机关自行撤销的可以不填。"},
		{Name: "decided", Label: "决定日期", Kind: "date", Required: true},
		{Name: "received", Label: "收到日期", Kind: "date", Required: true, Value: today.String(), Hint: "没有限定日期的，答复期限从这一天起重新计算。"},
		{Name: "last", Label: "决定限定的最后日期", Kind: "date", Hint: "决定书限定了日期的填写；没有限定的不填。"}}
}

func readAnew(r *http.Request) (any, error) {
	f := &request.AnewForm{Basis: value(r, "basis"), Number: value(r, "number")}
	for _, x := range []struct {
		name, label string
		into        *workday.Date
	}{{"decided", "决定日期", &f.DecidedOn}, {"received", "收到日期", &f.ReceivedOn}, {"last", "决定限定的最后日期", &f.Last}} {
		d, err := dayValue(r, x.name, x.label)
		if err != nil {
			return f, err
		}
		*x.into = d
	}
	return f, nil
}

func anonymiseFields(v *casework.View, _ workday.Date) []field {
	return []field{{Name: "number", Label: "申请编号", Kind: "text", Required: true, Max: 60, Hint: "照抄“" + v.Case.Number + "”确认。姓名、证件、联系方式、申请内容、留言、凭证和扫描件都会销毁，只留统计用的类别、结果和日期，不能恢复。"}}
}

func readAnonymise(r *http.Request) (any, error) {
	return &request.AnonymiseForm{Number: value(r, "number")}, nil
}

func eraseFields(*casework.View, workday.Date) []field {
	list := []option{{Name: textChoose}}
	for _, e := range request.Erasures {
		list = append(list, option{Value: e.Code, Name: e.Name})
	}
	return []field{{Name: "what", Label: "销毁什么", Kind: "select", Required: true, Options: list},
		{Name: "target", Label: "编号", Kind: "text", Numeric: true, Max: 20, Hint: "留言和扫描件填它的编号，其他不填。"},
		{Name: "why", Label: "依据和理由", Kind: "area", Required: true, Max: 1000, Hint: "写明依哪部法律、哪份决定。另一个人批准以后才销毁。"}}
}

func readErase(r *http.Request) (any, error) {
	f := &request.EraseForm{What: value(r, "what"), Reason: value(r, "why")}
	if t := value(r, "target"); t != "" {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil || n < 1 {
			return f, fault.Field("office.readErase", "编号", "“编号”写的是“%s”，请填数字。", shorten(t, 20))
		}
		f.Target = n
	}
	return f, nil
}

// serviceView is the part of the page about service and keeping.
type serviceView struct {
	*request.Request
	Case     *casework.Case
	Attempts []attemptLine // the newest first
	Stages   []request.Stage
	Remedy   request.RemedyDays
	Waits    bool // answered, and nobody has it yet
	Closed   bool
}

type attemptLine struct {
	request.Attempt
	Answers bool   // this one answered the request in its round
	Mail    string // what became of a mail that is still out, and what to do
	Unclear bool   // nobody knows whether the mail arrived
}

// mailWords say what became of a mail on its way and what comes next.
func (a *attemptLine) mailWords(f request.MailFate) {
	switch {
	case a.Result != request.ServePosted:
	case f.State == string(notify.Unclear):
		a.Unclear = true
		a.Mail = "结果不明：信交给邮件服务器时线路断了，不知道有没有到达，系统不会重发。请联系申请人核实：收到了的，办“登记签收”；没有收到的，办“登记没有送达”，再换一种方式送达。"
	case f.State == string(notify.Waiting) && f.Reason != "":
		a.Mail = "还没有发出：" + strings.TrimSuffix(f.Reason, "。") + "。系统会再试；急着送达的，办“登记没有送达”，再换一种方式。"
	case f.State != "" && f.State != string(notify.Delivered):
		a.Mail = "正在发信，结果出来后自动登记。"
	}
}

func serviceFacts(o *Office, c *call, v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.serviceFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	s := &q.Service
	if len(s.Attempts) == 0 && len(s.Rounds) == 0 && len(s.Erased) == 0 && v.Case.Open() && v.Case.State != request.Answered {
		return nil, nil
	}
	years, err := o.deps.Cases.Years(c.ctx())
	if err != nil {
		return nil, err
	}
	fates, err := o.deps.Requests.MailFates(c.ctx(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	handles := o.may(c, access.HandleRequest, v.Case.Organ) == nil
	d := &serviceView{Request: q, Case: v.Case, Closed: !v.Case.Open(), Remedy: request.RemedyUntil(v.Case, q, years.For(v.Case.Organ))}
	for i := len(s.Attempts) - 1; i >= 0; i-- {
		a := s.Attempts[i]
		if !handles { // who signed for it and why it came back name people
			a.Proof, a.Reason = "", ""
		}
		l := attemptLine{Attempt: a, Answers: a.Round == s.Round() && a.Channel == request.ServePost && a.On == q.ServedOn}
		l.mailWords(fates[a.No])
		d.Attempts = append(d.Attempts, l)
	}
	d.Waits = len(s.Attempts) > 0 && s.Delivered() == nil
	if v.Case.State == request.Answered || v.Case.State == request.Served || v.Case.State == request.Archived {
		d.Stages = request.Completeness(v.Case, q)
	}
	return d, nil
}

// Sum is a computed day with its lines, for the template.
func (d *serviceView) Sums() []remedySum {
	if d.Remedy.From.IsZero() {
		return nil
	}
	out := []remedySum{{"申请行政复议", d.Remedy.Review}}
	if !d.Remedy.First {
		out = append(out, remedySum{"提起行政诉讼", d.Remedy.Suit})
	}
	return out
}

type remedySum struct {
	Name string
	clock.Result
}
