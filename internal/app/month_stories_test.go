package app_test

import (
	"context"
	"fmt"

	"gongkai/internal/casework"
	"gongkai/internal/request"
)

// Ways by which a request of the month goes; each is met by several outcomes.
const (
	straight = iota
	corrected
	consulted
	silent
	parallel
	extended
	paid
	delayed
	returned
	takenBack
	ways
)

// fill makes up the requests: every outcome, every channel, every way.
func (m *month) fill(n, days int) {
	channels := []string{"online", "in_person", "post_signed", "online", "post_ordinary", "fax", "mailbox", "system"}
	for i := range n {
		e := &errand{month: m, diary: &diary{}, no: i, organ: m.organs[i*7%len(m.organs)], channel: channels[i%len(channels)], outcome: request.Outcomes[i%len(request.Outcomes)].Code}
		e.delivery = []string{"post", "counter"}[i%2]
		if e.channel == "online" && i%3 > 0 {
			e.delivery = "online"
		}
		e.at = plus(monthBegins, i*days/n)
		for e.channel != "online" && !m.wall.works(e.at) { // the counter is closed
			e.at = plus(e.at, 1)
		}
		e.write(i / 3 % ways)
		m.list = append(m.list, e)
	}
}

// write writes down what will happen to a request.
func (e *errand) write(way int) {
	clerk := "c" + e.organ
	e.in(0, e.submit)
	// Online, one in four waits for the product to confirm by itself.
	if e.channel == "online" && e.no%4 == 0 {
		e.in(2, func() {
			e.received = e.wall.after(e.from, 1)
			e.from = e.received
		})
		e.steps[0].do = func() { e.submit(); e.from = e.day }
	} else {
		late := e.no / 5 % 2 // on the same day or the next working day
		e.in(late, func() {
			e.act(clerk, request.ActConfirm)
			e.received = e.day
			if e.channel == "in_person" || e.channel == "post_signed" {
				e.received = e.from
			}
			e.from = e.received
		})
		e.steps[0].do = func() { e.submit(); e.from = e.day }
	}
	switch e.outcome {
	case request.NoCorrection:
		e.askCorrection()
		e.in(17, func() {}) // the 15 working days pass; the product notes it
	case request.Unclear:
		e.askCorrection()
		e.mend(3 + e.no%9)
	case request.NoFee:
		e.bill()
		e.in(1, func() { e.served(request.ActFeeServed); e.clockFor = e.payBy() })
		e.in(31, func() { e.act(clerk, request.ActFeeLapse) })
	case request.Excessive:
		e.in(1, func() { e.act(clerk, request.ActAskReasons) })
		e.in(2, func() {
			e.act(clerk, request.ActReasons, "reasons", "想多了解情况", "verdict", request.Unreasonable, "why", "与所申请的信息无关")
		})
	case request.NotHeld:
		e.in(1, func() {
			e.act(clerk, request.ActSearched, "place", "档案室", "searcher", "演示", "words", "事项", "result", "none")
		})
	case request.DenyThird:
		e.consult("third_party", 2, 4, request.Refuses)
	default:
		e.detour(way)
		if way == takenBack {
			return
		}
	}
	if e.outcome != request.NoFee {
		e.in(1+e.no%3, e.decide)
	}
	if way == returned {
		e.in(1, func() { e.act("lawyer", casework.ActReturn, "why", "请补充理由") })
		if e.outcome == request.NoFee || e.outcome == request.NoCorrection {
			e.steps = e.steps[:len(e.steps)-1]
		} else {
			e.in(1, e.decide)
		}
	}
	e.in(1, func() { e.composed(); e.act("lawyer", request.ActPass) })
	e.in(e.no%2, func() { e.composed(); e.act("signer", request.ActSign) })
	e.serve()
}

// detour is what happens between receipt and decision.
func (e *errand) detour(way int) {
	clerk := "c" + e.organ
	switch way {
	case corrected:
		e.askCorrection()
		e.mend(1 + e.no%10)
	case consulted:
		e.consult("third_party", 1+e.no%3, 1+e.no%12, request.Agrees)
	case silent:
		e.consult("third_party", 1, 0, "")
		e.in(17, func() {}) // the 15 working days pass
	case parallel:
		e.consult("third_party", 1, 3, request.Partly)
		e.consult("joint_organ", 1, 2+e.no%6, request.Agrees)
		e.consult("other_organ", 2, 5, request.Agrees)
	case extended:
		e.in(2, func() {
			days := 5 + e.no%16
			e.act("officer", request.ActExtend, "days", fmt.Sprint(days), "why", "需要查阅的档案较多")
			e.extra += days
		})
		e.consult("other_organ", 1, 4, request.Agrees)
	case paid:
		e.bill()
		e.in(1, func() { e.served(request.ActFeeServed); e.clockFor = e.payBy() })
		e.in(1+e.no%12, func() {
			e.act(clerk, request.ActFeePaid, "receipt", fmt.Sprintf("票%06d", e.no))
			e.stands, e.from, e.clockFor = false, e.day, ""
		})
	case delayed:
		e.in(1, func() { e.act(clerk, request.ActAskReasons) })
		e.in(2, func() {
			e.act(clerk, request.ActReasons, "reasons", "学术研究", "verdict", request.Reasonable)
		})
		e.in(1, func() {
			e.act("officer", request.ActDelay, "days", "12", "why", "数量较多")
			e.extra += 12
		})
	case takenBack:
		if e.channel == "online" {
			e.in(2, func() { e.track("withdraw") })
		} else {
			e.in(2, func() { e.act(clerk, request.ActWithdraw, "why", "申请人书面撤回") })
		}
	}
}

// askCorrection stops the clock; on paper somebody notes the service.
func (e *errand) askCorrection() {
	clerk := "c" + e.organ
	e.in(1+e.no%4, func() {
		e.act(clerk, request.ActCorrect, "points", "写明文件的名称或者文号")
		e.stands, e.clockFor = true, e.wall.after(e.day, 15)
	})
	if e.delivery != "online" {
		e.in(1, func() {
			e.act(clerk, request.ActNoticeServed, "proof", "XA00000001")
			e.clockFor = e.wall.after(e.day, 15)
		})
	}
}

// mend restarts the clock in full on the day of the correction.
func (e *errand) mend(wait int) {
	words := fmt.Sprintf("第%d号事项2025年的办理结果", e.no)
	if e.channel == "online" { // from home, on any day
		e.steps = append(e.steps, errandStep{wait: wait, civil: true, do: func() {
			e.track("mend", "content", words)
			e.stands, e.from, e.clockFor = false, e.day, ""
		}})
		return
	}
	e.in(wait, func() {
		e.act("c"+e.organ, request.ActCorrected, "content", words)
		e.stands, e.from, e.clockFor = false, e.day, ""
	})
}

// consult asks somebody; got and reply are working days after the letter and
// after its receipt, reply 0 is silence.
func (e *errand) consult(who string, got, reply int, opinion string) {
	clerk := "c" + e.organ
	a := &consultation{capped: who != "other_organ"}
	e.in(1, func() {
		e.act(clerk, request.ActConsult, "who", who, "name", "演示单位"+who, "contact", "清河市某路2号", "what", "涉及对方的部分", "on", e.day)
		a.sent = e.day
		e.asked = append(e.asked, a)
	})
	e.in(got, func() {
		e.act(clerk, request.ActConsultGot, "who", who, "on", e.day)
		a.got = e.day
	})
	if reply > 0 {
		e.in(reply, func() {
			e.act(clerk, request.ActReply, "who", who, "agrees", opinion, "why", "书面意见", "on", e.day)
			a.reply = e.day
		})
	}
}

func (e *errand) bill() {
	e.in(2, func() {
		e.act("c"+e.organ, request.ActFeeNotice, "reason", "一次申请的页数明显超过合理范围", "method", string(request.ByPages), "pages", "80", "pay", "缴款码另行告知")
		e.stands, e.clockFor = true, ""
	})
}

func (e *errand) served(a casework.Action) {
	e.act("c"+e.organ, a, "how", e.delivery, "on", e.day, "proof", "XA00000002")
}

// payBy is the thirtieth day, or the first working day after it (C-07, A-82).
func (e *errand) payBy() string {
	day := plus(e.day, 30)
	for !e.wall.works(day) {
		day = plus(day, 1)
	}
	return day
}

// decide proposes the outcome with all that its letter needs.
func (e *errand) decide() {
	info, _ := e.outcome.Info()
	v := []string{"what1", fmt.Sprintf("第%d号事项", e.no), "outcome1", string(e.outcome), "owner1", ""}
	for _, need := range info.Needs {
		switch need {
		case request.NeedReason:
			v = append(v, "reason1", "经审查，该信息属于上述情形")
		case request.NeedWay:
			v = append(v, "way1", "清河市政府网站政府信息公开栏目")
		case request.NeedSearch:
			v = append(v, "search1", "在档案室以“事项”检索，没有找到")
		case request.NeedContent:
			v = append(v, "content1", "随答复书提供复印件")
		case request.NeedOwner:
			v = append(v, "owner1", "清河市发展和改革委员会")
		}
	}
	switch {
	case e.outcome == request.Partial:
		v = append(v, "ground1", string(request.PartialGrounds[e.no/len(request.Outcomes)%len(request.PartialGrounds)]), "harm1", "公开后会损害第三方的合法权益")
	case request.NeedsHarm(e.outcome):
		v = append(v, "harm1", "公开后会损害第三方的合法权益")
	}
	if s := request.Sorts[e.outcome]; len(s) > 0 {
		v = append(v, "sort1", s[e.no%len(s)])
	}
	// A grant goes out together with a refusal of another matter now and then.
	if e.outcome == request.Grant && e.no%2 == 1 {
		v = append(v, "what2", "另一部分", "outcome2", string(request.DenyInternal), "reason2", "属于内部管理", "sort2", request.Sorts[request.DenyInternal][0])
	}
	e.act("c"+e.organ, request.ActDecide, v...)
	e.clockFor = ""
}

// composed wants the composer's own list of what is missing to be empty.
func (e *errand) composed() {
	v := e.request()
	c, err := e.Cases.Case(context.Background(), e.id)
	e.must(err)
	if x := request.ComposeAnswer(c, v, e.Today()); len(x.Missing) > 0 {
		e.t.Errorf("%s, request %d (%s): the letter lacks %v", e.day, e.no, e.outcome, x.Missing)
	}
}

func (e *errand) request() *request.Request {
	ctx := context.Background()
	c, err := e.Cases.Case(ctx, e.id)
	e.must(err)
	d, err := e.Cases.Data(ctx, e.DB.Reader(), c)
	e.must(err)
	return d.(*request.Request)
}

// serve brings the answer to the applicant and the files to the archive. Now
// and then the post comes back and goes out again.
func (e *errand) serve() {
	clerk := "c" + e.organ
	e.in(1, func() { e.served(request.ActServe); e.out = true })
	if e.delivery == "post" {
		if e.no%8 == 0 {
			e.in(3, func() { e.act(clerk, request.ActFailed, "why", "地址不详退回") })
			e.in(1, func() { e.served(request.ActServe) })
		}
		e.in(2, func() { e.act(clerk, request.ActSigned, "on", e.day) })
	}
	e.in(1, func() { e.act(clerk, request.ActArchive) })
}
