package request

import (
	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

type (
	step = casework.Step[*Request]
	turn = casework.Turn[*Request]
)

// answerClock is the main clock of a request: A-70 with all that moves it.
const answerClock = "answer"

// mainLine is the chapter from receipt to archive (A8.8). Clocks are facts: a
// consultation does not change the state, it stands beside the work and its
// time is excluded.
func (r *Room) mainLine() chapter {
	in := func(s ...casework.State) []casework.State { return s }
	decided := []casework.Action{ActDecide, ActFeeLapse}
	return chapter{
		states: []casework.StateInfo{{State: Submitted, Name: "待确认"}, {State: Working, Name: "办理中"}, {State: Correcting, Name: "待补正"}, {State: Reviewing, Name: "待审核"},
			{State: Signing, Name: "待签发"}, {State: Answered, Name: "待送达"}, {State: Served, Name: "已送达"}, {State: Archived, Name: "已归档", Final: true}, {State: Withdrawn, Name: "已撤回", Final: true}},
		steps: []step{
			{Action: ActConfirm, Name: "确认收到", From: in(Submitted), To: in(Working), Task: "confirm", Right: access.HandleRequest, Form: func() any { return &ConfirmForm{} }, Check: checkConfirm, Effect: r.confirm},
			{Action: ActAutoConfirm, Name: "自动确认收到", From: in(Submitted), To: in(Working), System: true, Effect: r.autoConfirm},
			{Action: ActCorrect, Name: "补正告知", From: in(Working), To: in(Correcting), Task: "handle", Right: access.HandleRequest, Refuse: refuseCorrect, Form: func() any { return &CorrectForm{} }, Check: checkCorrect, Effect: r.correct},
			{Action: ActCorrected, Name: "登记补正", From: in(Correcting), To: in(Working), Task: "await", Right: access.HandleRequest, Form: func() any { return &CorrectedForm{} }, Check: checkCorrected, Effect: r.corrected},
			{Action: ActApplicant, Name: "申请人补正", From: in(Correcting), To: in(Working), System: true, Form: func() any { return &CorrectedForm{} }, Check: checkCorrected, Effect: r.corrected},
			{Action: ActExtend, Name: "批准延期", From: in(Working, Reviewing, Signing), Right: access.ApproveExtension, Refuse: r.refuseExtend, Form: func() any { return &ExtendForm{} }, Check: checkExtend, Effect: r.extend},
			{Action: ActDecide, Name: "提出答复意见", From: in(Working, Correcting), To: in(Reviewing), Right: access.HandleRequest, Refuse: refuseDecide, Form: func() any { return &DecideForm{} }, Check: checkDecide, Effect: r.decide},
			{Action: ActPass, Name: "审核通过", From: in(Reviewing), To: in(Signing), Task: "review", Right: access.ReviewLegality, NotBy: decided, Form: func() any { return &NoteForm{} }, Effect: r.note},
			{Action: casework.ActReturn, Name: "退回修改", From: in(Reviewing), To: in(Working), Task: "review", Right: access.ReviewLegality, NotBy: decided, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: r.note},
			{Action: casework.ActReturn, Name: "退回修改", From: in(Signing), To: in(Working), Task: "sign", Right: access.SignOff, NotBy: decided, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: r.note},
			{Action: ActSign, Name: "签发", From: in(Signing), To: in(Answered), Task: "sign", Right: access.SignOff, NotBy: decided, Refuse: refuseSign, Form: func() any { return &NoteForm{} }, Effect: r.sign},
			{Action: ActWithdraw, Name: "登记撤回申请", From: in(Submitted, Working, Correcting, Reviewing, Signing), To: in(Withdrawn), Right: access.HandleRequest, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: r.left},
			{Action: ActTakeBack, Name: "申请人撤回", From: in(Submitted, Working, Correcting, Reviewing, Signing), To: in(Withdrawn), System: true, Form: func() any { return &NoteForm{} }, Effect: r.left},
		},
		tasks: tasks,
		names: map[string]string{"confirm": "确认收到", "handle": "办理", "await": "等申请人补正", "review": "审核", "sign": "签发", answerClock: "答复期限"},
		notices: map[string]string{"new": "收到新的公开申请%s。", "corrected": "%s的申请人已经补正。", "to_review": "%s请您审核。", "to_sign": "%s请您签发。", "to_serve": "%s已经签发，请送达。",
			"returned": "%s被退回，请修改。", "withdrawn": "%s的申请人撤回了申请。"},
	}
}

// tasks says what waits. Every step until service shows the day by which the
// answer must be out.
func tasks(c *casework.Case, r *Request) []casework.Task {
	decided := []casework.Action{ActDecide, ActFeeLapse}
	dated := func(name string, right access.Act, rule string, notBy ...casework.Action) []casework.Task {
		return []casework.Task{r.dated(c, name, right, rule, notBy...)}
	}
	switch c.State {
	case Submitted:
		return []casework.Task{{Name: "confirm", Right: access.HandleRequest, Due: r.confirmBy().AddDays(1).Time()}}
	case Working:
		return dated("handle", access.HandleRequest, "A-70")
	case Correcting:
		return dated("await", access.HandleRequest, "A-75")
	case Reviewing:
		return dated("review", access.ReviewLegality, "A-70", decided...)
	case Signing:
		return dated("sign", access.SignOff, "A-70", decided...)
	}
	return nil
}

// confirmBy is the last day on which somebody confirms a request before the
// product does: the next working day.
func (r *Request) confirmBy() workday.Date {
	d, _ := workday.National().NextWorkday(workday.DateOf(r.Submitted))
	return d
}

// receiptFacts begin the main clock by the channel.
func receiptFacts(ch clock.Channel, submitted, confirmed workday.Date) []clock.Fact {
	event := map[clock.Channel]clock.Event{clock.InPerson: clock.Submitted, clock.PostSigned: clock.SignedFor, clock.PostOrdinary: clock.Arrived, clock.Fax: clock.FaxReceived, clock.Online: clock.Submitted}[ch]
	out := []clock.Fact{{Event: event, At: clock.On(submitted), Channel: ch}}
	switch {
	case confirmed.IsZero():
	case ch == clock.PostOrdinary:
		out = append(out, clock.Fact{Event: clock.ConfirmedWithApplicant, At: clock.On(confirmed), Channel: ch})
	case ch == clock.Online:
		out = append(out, clock.Fact{Event: clock.StaffConfirmed, At: clock.On(confirmed), Channel: ch})
	case ch == clock.Fax:
		out = append(out, clock.Fact{Event: clock.BothConfirmed, At: clock.On(confirmed), Channel: ch})
	}
	return out
}

func refuseCorrect(c *casework.Case, _ *Request, _ workday.Date) string {
	if askedToCorrect(c) {
		return "补正只能一次告知，已经告知过了（A-72）。"
	}
	return ""
}

func refuseDecide(c *casework.Case, _ *Request, _ workday.Date) string {
	if c.State == Correcting {
		for _, f := range c.Clock(answerClock) {
			if f.Event == clock.CorrectionReceived {
				return ""
			}
		}
	}
	return ""
}

func refuseSign(_ *casework.Case, r *Request, _ workday.Date) string {
	if r.Profile == nil {
		return "还没有登记本机关的复议机关、管辖法院和文号，不能签发。请先在“答复设置”里登记（A-94、A-115）。"
	}
	return ""
}
