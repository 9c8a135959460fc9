package request

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// feeChapter is the fee of clearly excessive requests (C-01 to C-10): notice,
// service, payment with its receipt, waiver, and the ending when nobody pays.
func (r *Room) feeChapter() chapter {
	in := func(s ...casework.State) []casework.State { return s }
	return chapter{
		states: []casework.StateInfo{{State: FeeDue, Name: "待缴费"}},
		steps: []step{
			{Action: ActFeeNotice, Name: "发出收费通知", From: in(Working), To: in(FeeDue), Task: "handle", Right: access.HandleRequest, Refuse: refuseFeeNotice, Form: func() any { return &FeeNoticeForm{} }, Check: checkFeeNotice, Effect: r.feeNotice},
			{Action: ActFeeServed, Name: "登记收费通知送达", From: in(FeeDue), Task: "serve_fee", Right: access.HandleRequest, Form: func() any { return &FeeServedForm{} }, Check: checkFeeServed, Effect: r.feeServed},
			{Action: ActFeePaid, Name: "登记缴费", From: in(FeeDue), To: in(Working), Next: afterPayment, Right: access.HandleRequest, Refuse: refuseFeePaid, Form: func() any { return &FeePaidForm{} }, Check: checkFeePaid, Effect: r.feePaid},
			{Action: ActFeeWaive, Name: "免收", From: in(FeeDue), To: in(Working), Right: access.ApproveExtension, Refuse: refuseWaive, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: r.feeWaive},
			{Action: ActFeeLapse, Name: "按逾期未缴费办结", From: in(FeeDue), To: in(Reviewing), Task: "await_fee", Right: access.HandleRequest, Refuse: refuseLapse, Effect: r.feeLapse},
			{Action: ActWithdraw, Name: "登记撤回申请", From: in(FeeDue), To: in(Withdrawn), Right: access.HandleRequest, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: r.left},
			{Action: ActTakeBack, Name: "申请人撤回", From: in(FeeDue), To: in(Withdrawn), System: true, Form: func() any { return &NoteForm{} }, Effect: r.left},
		},
		tasks:   feeTasks,
		names:   map[string]string{"serve_fee": "送达收费通知", "await_fee": "等申请人缴费，到期未缴的按逾期未缴费办结"},
		notices: map[string]string{"fee_paid": "%s的申请人已经缴清信息处理费，答复期限重新计算。"},
		load:    r.loadFee,
		guards:  map[casework.Action]guard{ActDecide: {check: checkNoFee}},
	}
}

func feeTasks(c *casework.Case, r *Request) []casework.Task {
	switch {
	case c.State != FeeDue:
		return nil
	case r.Fee.Notice == nil || r.Fee.Notice.DeliveredOn.IsZero():
		return []casework.Task{{Name: "serve_fee", Right: access.HandleRequest}}
	}
	return []casework.Task{{Name: "await_fee", Right: access.HandleRequest, Clock: answerClock, Rule: "C-07"}}
}

// clockRefuses asks the main clock itself whether a fact would have an effect
// today, by the calendar as it is loaded now; "" when it would.
func clockRefuses(c *casework.Case, q *Request, f clock.Fact) string {
	for _, x := range clock.Compute(clock.MustFind("A-70"), append(c.Clock(answerClock), f), q.Work.calendar).Refused {
		if x.Fact.Event == f.Event && x.At.Day == f.At.Day {
			return x.Text
		}
	}
	return ""
}

func refuseFeeNotice(c *casework.Case, q *Request, today workday.Date) string {
	if n := q.Fee.Notice; n != nil {
		return fmt.Sprintf("这件申请已经%s发过收费通知，一件申请只选一种方式、只收一次（C-02）。", n.Method.Name())
	}
	if q.Profile == nil {
		return "还没有登记本机关的文号和落款，不能发收费通知。请先在“答复设置”里登记。"
	}
	return clockRefuses(c, q, clock.Fact{Event: clock.FeeNoticeSent, At: clock.On(today)}) // C-06
}

// maxUnits bounds a number of items or pages that somebody types.
const maxUnits = 1_000_000

func checkFeeNotice(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*FeeNoticeForm)
	bad := func(field, format string, args ...any) error {
		return fault.Field("request.checkFeeNotice", field, "“"+field+"”："+format, args...)
	}
	if err := words("理由", f.Reason, true); err != nil {
		return err
	}
	if err := words("缴费方式", f.HowToPay, true); err != nil {
		return err
	}
	switch {
	case f.Items < 0 || f.Items > maxUnits:
		return bad("件数", "请填写 1 到 %d 的整数。", maxUnits)
	case f.Pages < 0 || f.Pages > maxUnits:
		return bad("页数", "请填写 1 到 %d 的整数。", maxUnits)
	case f.Items > 0 && f.Pages > 0:
		return bad("收费方式", "件数和页数只能填一个，一件申请只选一种方式（C-02）。")
	case f.Method == ByItems && f.Items == 0:
		return bad("件数", "按件计收的，请填写本件拆成几件，不拆的填 1。")
	case f.Method == ByPages && f.Pages == 0:
		return bad("页数", "按量计收的，请填写本件提供多少页。")
	case f.Method == ByPages && f.Points:
		return bad("收费方式", "答复只告知已公开信息的获取途径的，不能按量计收（C-04）。")
	case f.Method == ByPages && q.Way == "inspect":
		return bad("收费方式", "申请人要求查阅、抄录，没有要求提供纸质或者电子文件，不能按量计收（C-04）。")
	case f.Method == ByItems && q.Fee.Prices.ForItems(q.Fee.Before, f.Items) == 0:
		return bad("件数", "申请人%s此前申请 %d 件，加上本件 %d 件还在不收费的件数以内，不能收费（C-02）。", monthWords(q.Fee.Month), q.Fee.Before, f.Items)
	case f.Method == ByPages && q.Fee.Prices.ByPage(f.Pages) == 0:
		return bad("页数", "%d 页还在不收费的页数以内，不能收费（C-02）。", f.Pages)
	case f.Method != ByItems && f.Method != ByPages:
		return bad("收费方式", "请选按件计收或者按量计收。")
	}
	return nil
}

// monthWords is 2026年11月 of 2026-11.
func monthWords(month string) string {
	year, m, _ := strings.Cut(month, "-")
	return year + "年" + strings.TrimPrefix(m, "0") + "月"
}

func (r *Room) feeNotice(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*FeeNoticeForm)
	n := &FeeNotice{Method: f.Method, Reason: strings.TrimSpace(f.Reason), HowToPay: strings.TrimSpace(f.HowToPay), IssuedOn: t.Today, Units: f.Pages}
	if f.Method == ByItems {
		n.Units = f.Items
		before, err := r.countItems(ctx, t.Tx, q, f.Items)
		if err != nil {
			return err
		}
		q.Fee.Before = before
		n.Before = before
		n.Amount = q.Fee.Prices.ForItems(before, f.Items)
	} else {
		n.Amount = q.Fee.Prices.ByPage(f.Pages)
	}
	if n.Amount <= 0 { // somebody else's act meanwhile moved the month
		return fault.Field("request.feeNotice", "件数", "“件数”：还在不收费的件数以内，不能收费（C-02）。")
	}
	var err error
	if n.Number, err = r.number(ctx, t); err != nil {
		return err
	}
	q.Fee.Notice = n
	t.Fact(answerClock, clock.Fact{Event: clock.FeeNoticeSent, At: clock.On(t.Today)})
	t.Record(map[string]any{"fee_method": n.Method.Name(), "fee_units": n.Units, "fee_yuan": Yuan(n.Amount), "number": n.Number})
	if err := r.issueFrom(ctx, t, LetterFee, feeFacts(q)); err != nil {
		return err
	}
	return insertNotice(ctx, t.Tx, q)
}

func checkFeeServed(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*FeeServedForm)
	if err := checkHow(q, f.How, f.Proof); err != nil {
		return err
	}
	if err := onDay("送达日期", f.On, q.Fee.Notice.IssuedOn, today); err != nil {
		return fault.Field("request.checkFeeServed", "送达日期", "“送达日期”：请填写收费通知发出之日（%s）到今天之间的日期。", q.Fee.Notice.IssuedOn.Chinese())
	}
	return nil
}

// checkHow looks at a way of service: nothing goes over the net without the
// applicant's consent, and what goes on paper has its proof.
func checkHow(q *Request, how, proof string) error {
	switch {
	case !slices.Contains([]string{"online", "mail", "post", "counter"}, how):
		return fault.Field("request.checkHow", "送达方式", "“送达方式”：请选网上、电子邮箱、邮政寄送或者当面。")
	case (how == "online" || how == "mail") && !q.Electronic:
		return fault.Field("request.checkHow", "送达方式", "“送达方式”：申请人没有同意电子送达，请用邮政寄送或者当面送达（A-86）。")
	}
	return words("凭证", proof, how == "post" || how == "counter")
}

func (r *Room) feeServed(ctx context.Context, t *turn) error {
	f := t.Form.(*FeeServedForm)
	t.Fact(answerClock, clock.Fact{Event: clock.FeeNoticeReceived, At: clock.On(f.On)})
	t.Record(map[string]string{"how": f.How, "on": f.On.String()})
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_fees SET delivered_on = $2, delivered_how = $3, proof = $4 WHERE case_id = $1`, t.Case.ID, f.On.String(), f.How, strings.TrimSpace(f.Proof))
	return err
}

// overdue reports that the 30 days have passed (C-07).
func (n *FeeNotice) overdue(today workday.Date) bool {
	last := n.LastDay()
	return !last.IsZero() && today.After(last)
}

func refuseFeePaid(_ *casework.Case, q *Request, _ workday.Date) string {
	if q.Fee.Notice.DeliveredOn.IsZero() {
		return "收费通知还没有送达，请先登记送达。没有收到通知以前缴的钱不能登记（C-07）。"
	}
	return ""
}

func checkFeePaid(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f, n := form.(*FeePaidForm), q.Fee.Notice
	bad := func(field, format string, args ...any) error {
		return fault.Field("request.checkFeePaid", field, "“"+field+"”："+format, args...)
	}
	open := n.Open()
	switch {
	case f.Amount <= 0:
		return bad("缴费金额", "请填写实际缴纳的金额。")
	case f.Amount > open:
		return bad("缴费金额", "还应缴 %s 元，登记的是 %s 元，多了 %s 元。多缴的请退还后按应缴数登记。", Yuan(open), Yuan(f.Amount), Yuan(f.Amount-open))
	case f.Amount < open && !f.Part:
		return bad("缴费金额", "还应缴 %s 元，登记的是 %s 元，少了 %s 元。分次缴纳的，请选“分次缴纳”。", Yuan(open), Yuan(f.Amount), Yuan(open-f.Amount))
	case f.On.IsZero() || f.On.After(today):
		return bad("缴费日期", "请填写今天或者以前的日期。")
	case f.On.Before(n.DeliveredOn):
		return bad("缴费日期", "%s在收费通知送达（%s）之前。", f.On.Chinese(), n.DeliveredOn.Chinese())
	case n.overdue(f.On):
		return bad("缴费日期", "缴费期限到%s为止，逾期缴的不能登记，请退还（C-07）。", n.LastDay().Chinese())
	case len(n.Payments) > 0 && f.On.Before(n.Payments[len(n.Payments)-1].On):
		return bad("缴费日期", "%s在上一次缴费之前。", f.On.Chinese())
	case strings.TrimSpace(f.Receipt) == "":
		return bad("财政票据号", "请填写开给申请人的财政票据号码（C-10）。")
	case len([]rune(f.Receipt)) > 60:
		return bad("财政票据号", "不能超过 60 个字。")
	}
	return nil
}

// afterPayment leads on only when everything is paid.
func afterPayment(c *casework.Case, q *Request, _ any) casework.State {
	if q.Fee.Notice.Settled == FeeSettledPaid {
		return Working
	}
	return c.State
}

func (r *Room) feePaid(ctx context.Context, t *turn) error {
	f, n := t.Form.(*FeePaidForm), t.Data.Fee.Notice
	f.Receipt = strings.TrimSpace(f.Receipt)
	if err := insertPayment(ctx, t, f); err != nil {
		return err
	}
	t.Record(map[string]string{"fee_yuan": Yuan(f.Amount), "on": f.On.String(), "fee_receipt": f.Receipt})
	n.Paid += f.Amount
	if n.Paid < n.Amount {
		return nil
	}
	t.Fact(answerClock, clock.Fact{Event: clock.FeePaid, At: clock.On(f.On)})
	t.TellHolders("fee_paid", access.HandleRequest, t.Data.Organ, 0)
	return r.settle(ctx, t, FeeSettledPaid, f.On, "")
}

func refuseWaive(_ *casework.Case, q *Request, today workday.Date) string {
	if q.Fee.Notice.overdue(today) {
		return fmt.Sprintf("缴费期限已经在%s届满，不能再免收，请按逾期未缴费办结（C-07）。", q.Fee.Notice.LastDay().Chinese())
	}
	return ""
}

// feeWaive takes the fee back: nothing is left to pay, so the period counts
// anew as after a payment (C-08).
func (r *Room) feeWaive(ctx context.Context, t *turn) error {
	why := strings.TrimSpace(t.Form.(*NoteForm).Text)
	t.Fact(answerClock, clock.Fact{Event: clock.FeePaid, At: clock.On(t.Today)})
	t.Record(map[string]string{"fee_yuan": Yuan(t.Data.Fee.Notice.Open())})
	return r.settle(ctx, t, FeeSettledWaived, t.Today, why)
}

func refuseLapse(_ *casework.Case, q *Request, today workday.Date) string {
	switch n := q.Fee.Notice; {
	case n.LastDay().IsZero():
		return "收费通知还没有送达，缴费期限还没有开始（C-07）。"
	case !n.overdue(today):
		return fmt.Sprintf("缴费期限到%s为止，还没有届满（C-07）。", n.LastDay().Chinese())
	}
	return ""
}

// feeLapse proposes the ending OT_NOFEE; the letter goes through review and
// signature, because the applicant may contest it (C-09).
func (r *Room) feeLapse(ctx context.Context, t *turn) error {
	q := t.Data
	q.Decision = Decision{Outcome: NoFee, Items: []Item{{What: "本件申请", Outcome: NoFee, Reason: fmt.Sprintf("收费通知（%s）于%s送达，应缴%s元，至%s没有缴清", q.Fee.Notice.Number, q.Fee.Notice.DeliveredOn.Chinese(), Yuan(q.Fee.Notice.Amount), q.Fee.Notice.LastDay().Chinese())}}}
	q.Outcome = NoFee
	t.Record(map[string]string{"outcome": string(NoFee)})
	t.TellHolders("to_review", access.ReviewLegality, q.Organ, 0)
	if err := r.settle(ctx, t, FeeSettledLapsed, t.Today, ""); err != nil {
		return err
	}
	return q.update(ctx, t.Tx)
}

// checkNoFee keeps the ending for unpaid fees from requests whose fee is not
// overdue (B-29).
func checkNoFee(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	lapsed := q.Fee.Notice != nil && q.Fee.Notice.Settled == FeeSettledLapsed
	for _, it := range form.(*DecideForm).Decision.Items {
		if it.Outcome == NoFee && !lapsed {
			return fault.Field("request.checkNoFee", "答复结果", "“答复结果”：这件申请没有逾期未缴的收费通知，不能按逾期未缴费办结（B-29）。")
		}
	}
	return nil
}
