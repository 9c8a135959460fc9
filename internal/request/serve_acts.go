package request

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// The actions of service.
const (
	ActSigned       casework.Action = "service_signed"
	ActFailed       casework.Action = "service_failed"
	ActMendService  casework.Action = "service_corrected"
	ActMailArrived  casework.Action = "service_mail_arrived"
	ActMailReturned casework.Action = "service_mail_failed"
)

// remedyClock is the second clock of an answer: it starts when the applicant
// has the letter, not when it was posted.
const remedyClock = "remedy"

// SignedForm notes that an answer reached the applicant.
type SignedForm struct {
	Attempt int // 0 is the one on its way
	On      workday.Date
	Proof   string // who signed, or the number of the certificate; "" keeps what is there
}

// FailedForm notes that an attempt came back.
type FailedForm struct {
	Attempt int // 0 is the one on its way
	Reason  string
}

// MendServiceForm corrects what was registered of an attempt.
type MendServiceForm struct {
	Attempt  int
	How      string
	On       workday.Date
	SignedOn workday.Date // zero: not yet
	Proof    string
	Reason   string
}

// serving is the chapter of service: attempts with their proof,
// two dates, failures and corrections.
func (r *Room) serving() chapter {
	in := func(s ...casework.State) []casework.State { return s }
	to := in(Answered, Served)
	return chapter{
		steps: []step{
			{Action: ActServe, Name: "登记送达", From: in(Answered), To: to, Next: afterService, Task: "serve", Right: access.HandleRequest, Form: func() any { return &ServeForm{} }, Check: r.checkServe, Effect: r.serve},
			{Action: ActServe, Name: "登记送达", From: in(Served), To: to, Next: afterService, Right: access.HandleRequest, Refuse: refuseTwice, Form: func() any { return &ServeForm{} }, Check: r.checkServe, Effect: r.serve},
			{Action: ActSigned, Name: "登记签收", From: in(Answered, Served), To: to, Next: afterService, Right: access.HandleRequest, Refuse: refuseNothingOut, Form: func() any { return &SignedForm{} }, Check: checkSigned, Effect: r.signed},
			{Action: ActFailed, Name: "登记没有送达", From: in(Answered, Served), To: to, Next: afterService, Right: access.HandleRequest, Refuse: refuseNothingOut, Form: func() any { return &FailedForm{} }, Check: checkFailed, Effect: r.failed},
			{Action: ActMendService, Name: "更正送达登记", From: in(Answered, Served), To: to, Next: afterService, Right: access.HandleRequest, Refuse: refuseNoService, Form: func() any { return &MendServiceForm{} }, Check: r.checkMend, Effect: r.mendService},
			{Action: ActMailArrived, Name: "邮件已到达对方邮箱系统", From: in(Answered, Served), To: to, Next: afterService, System: true, Form: func() any { return &SignedForm{} }, Check: checkSigned, Effect: r.signed},
			{Action: ActMailReturned, Name: "邮件被对方邮箱系统退回", From: in(Answered, Served), To: to, Next: afterService, System: true, Form: func() any { return &FailedForm{} }, Check: checkFailed, Effect: r.failed},
		},
		tasks: serviceTasks,
		names: map[string]string{"serve": "送达", "signed": "登记签收", remedyClock: "救济期限"},
		load:  r.loadService,
	}
}

// serviceTasks says what waits after the signature: service, under the clock of
// the answer; then the day on which the applicant had it.
func serviceTasks(c *casework.Case, q *Request) []casework.Task {
	switch c.State {
	case Answered:
		return []casework.Task{q.dated(c, "serve", access.HandleRequest, "A-70")}
	case Served:
		if q.Service.Delivered() == nil && q.Service.Pending() != nil {
			return []casework.Task{{Name: "signed", Right: access.HandleRequest}}
		}
	}
	return nil
}

// dated is a task under the main clock. Where a decision of a reviewing organ
// or a court sets the day itself, that day stands.
func (q *Request) dated(c *casework.Case, name string, right access.Act, rule string, notBy ...casework.Action) casework.Task {
	t := casework.Task{Name: name, Right: right, NotBy: notBy}
	if last := q.Service.lastDay(); !last.IsZero() {
		t.Due = last.AddDays(1).Time()
		return t
	}
	t.Clock, t.Rule, t.Facts = answerClock, rule, q.AnswerFacts(c)
	return t
}

// AnswerFacts are the facts of the main clock as they stand now: what was
// recorded, with the service as it was last registered or corrected.
func (q *Request) AnswerFacts(c *casework.Case) []clock.Fact {
	facts := slices.DeleteFunc(c.Clock(answerClock), func(f clock.Fact) bool {
		return len(q.Service.Attempts) > 0 && (f.Event == clock.Posted || f.Event == clock.AnswerServed)
	})
	if a, f := q.Service.answered(q.Service.Round()); a != nil {
		facts = append(facts, f)
	}
	return facts
}

// afterService is the state after a note: served as soon as something answered
// the request and nothing that did has come back without a successor.
func afterService(_ *casework.Case, q *Request, _ any) casework.State {
	s := &q.Service // the effect has brought it up to date
	if s.Delivered() != nil {
		return Served
	}
	if p := s.Pending(); p != nil {
		if _, ok := p.answer(); ok {
			return Served
		}
	}
	return Answered
}

func refuseTwice(_ *casework.Case, q *Request, _ workday.Date) string {
	if p := q.Service.Pending(); p != nil {
		return "上一次送达还没有结果，请先登记签收或者没有送达。"
	}
	return ""
}

func refuseNothingOut(_ *casework.Case, q *Request, _ workday.Date) string {
	if q.Service.Pending() == nil {
		return "没有在等结果的送达。"
	}
	return ""
}

func refuseNoService(_ *casework.Case, q *Request, _ workday.Date) string {
	if len(q.Service.of(q.Service.Round())) == 0 {
		return "还没有登记过送达。"
	}
	return ""
}

// checkServe looks at a new attempt. Consent is the applicant's own word in the
// application; a courier is refused with the reason.
func (r *Room) checkServe(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*ServeForm)
	f.Proof = strings.TrimSpace(f.Proof)
	if q.Service.Pending() != nil {
		return fault.Field("request.checkServe", "送达方式", "“送达方式”：上一次送达还没有结果，请先登记签收或者没有送达。")
	}
	if f.How == ServeMail && r.post == nil {
		return fault.Field("request.checkServe", "送达方式", "“送达方式”：本系统没有配置发信服务器，不能用电子邮件送达。")
	}
	return q.checkAttempt(f.How, f.On, f.Proof, today)
}

func (q *Request) checkAttempt(how string, on workday.Date, proof string, today workday.Date) error {
	bad := func(field, text string) error {
		return fault.Field("request.checkAttempt", field, "“%s”：%s", field, text)
	}
	switch how {
	case ServePost, ServeCounter, ServeOnline, ServeMail:
	case "courier", "express":
		return bad("送达方式", "答复书是国家机关公文，只能交邮政企业寄送，不能用快递公司（邮政法第五十五条，A-85）。")
	default:
		return bad("送达方式", "请选中国邮政寄送、当面送达、网上送达或者电子邮件送达。")
	}
	if (how == ServeOnline || how == ServeMail) && !q.Electronic {
		return bad("送达方式", "申请人没有同意电子送达，请用邮政寄送或者当面送达（A-86）。")
	}
	if err := onServiceDay("送达日期", on, workday.DateOf(q.SignedAt), "签发", today); err != nil {
		return err
	}
	if how == ServePost && courier(proof) {
		return bad("凭证", "答复书是国家机关公文，只能交邮政企业寄送，不能用快递公司（邮政法第五十五条，A-85）。")
	}
	return words("凭证", proof, how == ServePost || how == ServeCounter)
}

// couriers are names by which a proof gives away that no postal enterprise has
// the letter.
var couriers = []string{"顺丰", "圆通", "中通", "申通", "韵达", "极兔", "京东", "德邦", "百世", "菜鸟", "跨越", "宅急送", "闪送", "跑腿", "快递公司"}

func courier(proof string) bool {
	up := strings.ToUpper(strings.ReplaceAll(proof, " ", ""))
	return slices.ContainsFunc(couriers, func(c string) bool { return strings.Contains(up, c) }) ||
		len(up) > 10 && slices.ContainsFunc([]string{"SF", "YT", "JT", "JD", "DPK"}, func(p string) bool {
			rest, ok := strings.CutPrefix(up, p)
			return ok && !strings.HasSuffix(rest, "CN") && strings.Trim(rest, "0123456789") == ""
		})
}

// onServiceDay refuses a day in the future or before what must come first.
func onServiceDay(field string, on, from workday.Date, first string, today workday.Date) error {
	switch {
	case on.IsZero():
		return fault.Field("request.onServiceDay", field, "“%s”：请填写日期。", field)
	case on.After(today):
		return fault.Field("request.onServiceDay", field, "“%s”：%s还没有到。", field, on.Chinese())
	case on.Before(from):
		return fault.Field("request.onServiceDay", field, "“%s”：%s在%s（%s）之前。", field, on.Chinese(), first, from.Chinese())
	}
	return nil
}

// serve notes a new attempt. Handed over and put online it has arrived; posted
// and mailed it is on its way.
func (r *Room) serve(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*ServeForm)
	n := serviceNote{round: q.Service.Round(), attempt: len(q.Service.Attempts) + 1, kind: noteSent, channel: f.How, on: f.On, proof: f.Proof}
	if f.How == ServeCounter || f.How == ServeOnline {
		n.signed = f.On
	}
	if err := r.noted(ctx, t, n); err != nil {
		return err
	}
	t.Record(map[string]any{"how": f.How, "on": f.On.String(), "attempt": n.attempt})
	if f.How != ServeMail {
		return nil
	}
	return r.mail(ctx, t, n.attempt)
}

// attempt is the one that a form names, or the one on its way.
func (s *Service) attempt(no int) *Attempt {
	if no == 0 {
		return s.Pending()
	}
	for i := range s.Attempts {
		if s.Attempts[i].No == no && s.Attempts[i].Round == s.Round() {
			return &s.Attempts[i]
		}
	}
	return nil
}

func checkSigned(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*SignedForm)
	a := q.Service.attempt(f.Attempt)
	if a == nil || a.Result != ServePosted {
		return fault.Field("request.checkSigned", "第几次送达", "“第几次送达”：这次送达没有在等结果。")
	}
	f.Attempt, f.Proof = a.No, strings.TrimSpace(f.Proof)
	if err := words("凭证", f.Proof, false); err != nil {
		return err
	}
	return onServiceDay("签收日期", f.On, a.On, "交邮或者发出", today)
}

// signed starts the remedy clock.
func (r *Room) signed(ctx context.Context, t *turn) error {
	f := t.Form.(*SignedForm)
	if err := r.noted(ctx, t, serviceNote{round: t.Data.Service.Round(), attempt: f.Attempt, kind: noteSigned, signed: f.On, proof: f.Proof}); err != nil {
		return err
	}
	t.Record(map[string]any{"on": f.On.String(), "attempt": f.Attempt})
	return nil
}

func checkFailed(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*FailedForm)
	a := q.Service.attempt(f.Attempt)
	if a == nil || a.Result != ServePosted {
		return fault.Field("request.checkFailed", "第几次送达", "“第几次送达”：这次送达没有在等结果。")
	}
	f.Attempt, f.Reason = a.No, strings.TrimSpace(f.Reason)
	return words("原因", f.Reason, true)
}

func (r *Room) failed(ctx context.Context, t *turn) error {
	f := t.Form.(*FailedForm)
	if err := r.noted(ctx, t, serviceNote{round: t.Data.Service.Round(), attempt: f.Attempt, kind: noteFailed, reason: f.Reason}); err != nil {
		return err
	}
	t.Record(map[string]any{"attempt": f.Attempt}) // the words may name somebody: they stand in the note
	t.TellHolders("not_served", access.HandleRequest, t.Data.Organ, 0)
	return nil
}

func (r *Room) checkMend(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*MendServiceForm)
	a := q.Service.attempt(f.Attempt)
	if a == nil {
		return fault.Field("request.checkMend", "第几次送达", "“第几次送达”：没有第 %d 次送达。", f.Attempt)
	}
	f.Attempt, f.Proof = a.No, strings.TrimSpace(f.Proof)
	if (f.How == ServeMail) != (a.Channel == ServeMail) {
		return fault.Field("request.checkMend", "送达方式", "“送达方式”：电子邮件由系统发出，不能更正成别的方式，也不能从别的方式更正过来。")
	}
	if err := q.checkAttempt(f.How, f.On, f.Proof, today); err != nil {
		return err
	}
	if f.How == ServeCounter || f.How == ServeOnline {
		f.SignedOn = f.On
	}
	if !f.SignedOn.IsZero() {
		if err := onServiceDay("签收日期", f.SignedOn, f.On, "交邮或者发出", today); err != nil {
			return err
		}
	}
	return words("更正理由", f.Reason, true)
}

// mendService corrects by a new note; the old ones stay.
func (r *Room) mendService(ctx context.Context, t *turn) error {
	f := t.Form.(*MendServiceForm)
	if err := r.noted(ctx, t, serviceNote{round: t.Data.Service.Round(), attempt: f.Attempt, kind: noteCorrected, channel: f.How, on: f.On, signed: f.SignedOn, proof: f.Proof, reason: f.Reason}); err != nil {
		return err
	}
	t.Record(map[string]any{"attempt": f.Attempt, "how": f.How, "on": f.On.String(), "signed_on": f.SignedOn.String()})
	return nil
}

// noted writes a note, brings the request up to date with it, and records the
// facts that are new: the first answer of the round, the first arrival.
func (r *Room) noted(ctx context.Context, t *turn, n serviceNote) error {
	q := t.Data
	answered, _ := q.Service.answered(q.Service.Round())
	had := q.Service.Delivered()
	if err := addNote(ctx, t, n); err != nil {
		return err
	}
	notes, err := serviceNotes(ctx, t.Tx, q.Case)
	if err != nil {
		return err
	}
	q.Service.Attempts = fold(notes)
	now, fact := q.Service.answered(q.Service.Round())
	if answered == nil && now != nil {
		t.Fact(answerClock, fact)
	}
	if d := q.Service.Delivered(); had == nil && d != nil {
		t.Fact(remedyClock, d.remedyFact())
	}
	q.ServedOn, q.ServedHow, q.Proof = workday.Date{}, "", ""
	if now != nil {
		q.ServedOn, q.ServedHow, q.Proof = fact.At.Day, now.Channel, now.Proof
	}
	return q.update(ctx, t.Tx)
}

// remedyFact is the fact that starts the remedy clock.
func (a *Attempt) remedyFact() clock.Fact {
	if a.Channel == ServePost {
		return clock.Fact{Event: clock.SignedFor, At: clock.On(a.SignedOn)}
	}
	return clock.Fact{Event: clock.AnswerServed, At: clock.On(a.SignedOn)}
}
