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

// The acts about a notice of correction beside asking and mending.
const (
	ActNoticeServed casework.Action = "correction_notice_served"
	ActLapsed       casework.Action = "correction_lapsed"
)

// NoticeServedForm notes when the notice of correction reached the applicant.
type NoticeServedForm struct {
	On    workday.Date
	Proof string
}

// correction is the chapter of what happens while a correction is awaited
// service of the notice, the end of its time, a late correction.
func (r *Room) correction() chapter {
	in := []casework.State{Correcting}
	return chapter{
		steps: []step{
			{Action: ActNoticeServed, Name: "登记补正告知送达", From: in, Right: access.HandleRequest, Refuse: refuseNoticeServed, Form: func() any { return &NoticeServedForm{} }, Check: checkNoticeServed, Effect: r.noticeReached},
			{Action: ActLapsed, Name: "补正期限届满", From: in, System: true, Refuse: refuseLapsed, Effect: r.lapsed},
		},
		tasks: func(c *casework.Case, _ *Request) []casework.Task {
			if c.State == Correcting && c.Has(ActLapsed) {
				return []casework.Task{{Name: "lapse", Right: access.HandleRequest}}
			}
			return nil
		},
		names:   map[string]string{"lapse": "按逾期不补正办结"},
		notices: map[string]string{"lapsed": "%s的补正期限已满，申请人没有补正，请按逾期不补正办结。"},
		load:    r.loadDays,
		guards: map[casework.Action]guard{
			ActCorrect:   {effect: r.noticeOnline},
			ActCorrected: {check: checkLateCorrection},
			ActApplicant: {check: checkLateCorrection},
			ActDecide:    {check: checkUncorrected},
		},
	}
}

// askedToCorrect reports that a correction was asked, in this case or in the one
// that it was parted from: the clock of a part has the facts of the whole, and
// the law lets an organ ask once.
func askedToCorrect(c *casework.Case) bool {
	return c.Has(ActCorrect) || onClock(c, clock.CorrectionNoticeSent)
}

// hasCorrected reports that a correction came, in this case or before it was parted.
func hasCorrected(c *casework.Case) bool {
	return c.Has(ActCorrected) || c.Has(ActApplicant) || onClock(c, clock.CorrectionReceived)
}

func onClock(c *casework.Case, e clock.Event) bool {
	return slices.ContainsFunc(c.Clock(answerClock), func(f clock.Fact) bool { return f.Event == e })
}

func refuseNoticeServed(c *casework.Case, _ *Request, _ workday.Date) string {
	if _, ok := noticeServed(c); ok {
		return "补正告知书的送达已经登记。"
	}
	return ""
}

func checkNoticeServed(c *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*NoticeServedForm)
	sent := workday.Date{}
	for _, x := range c.Clock(answerClock) {
		if x.Event == clock.CorrectionNoticeSent {
			sent = x.At.Day
		}
	}
	if err := onDay("送达日期", f.On, sent, today); err != nil {
		return err
	}
	return words("凭证", f.Proof, false)
}

// servedFact carries the period of the notice, from which A-75 counts.
func servedFact(c *casework.Case, on workday.Date) clock.Fact {
	f := clock.Fact{Event: clock.CorrectionNoticeServed, At: clock.On(on)}
	for _, x := range c.Clock(answerClock) {
		if x.Event == clock.CorrectionNoticeSent {
			f.PeriodWorkingDays = x.PeriodWorkingDays
		}
	}
	return f
}

func (r *Room) noticeReached(_ context.Context, t *turn) error {
	f := t.Form.(*NoticeServedForm)
	t.Fact(answerClock, servedFact(t.Case, f.On))
	t.Record(map[string]string{"on": f.On.String(), "proof": strings.TrimSpace(f.Proof)})
	return nil
}

// noticeOnline notes at once that the notice was served where the applicant
// reads online by their own consent.
func (r *Room) noticeOnline(_ context.Context, t *turn) error {
	if t.Data.Electronic && t.Data.Delivery == "online" {
		f := clock.Fact{Event: clock.CorrectionNoticeServed, At: clock.On(t.Today), PeriodWorkingDays: t.Form.(*CorrectForm).Days}
		if f.PeriodWorkingDays == 0 {
			f.PeriodWorkingDays = clock.MustFind("A-75").Number
		}
		t.Fact(answerClock, f)
	}
	return nil
}

// checkLateCorrection takes a correction after its time only with a good reason
// that the office found; an applicant cannot find it for themselves.
func checkLateCorrection(c *casework.Case, r *Request, form any, _ workday.Date) error {
	f := form.(*CorrectedForm)
	ends, ok := correctionEnds(c, &r.Work)
	f.Excuse = strings.TrimSpace(f.Excuse)
	if !ok || !f.On.After(ends) {
		f.Excuse = ""
		return nil
	}
	if f.Excuse == "" {
		return fault.Field("request.checkLateCorrection", "正当理由", "“正当理由”：补正期限已于%s届满。逾期补正有正当理由的，由受理机关写明理由后登记；没有的，视为放弃申请（A-74）。", ends.Chinese())
	}
	return words("正当理由", f.Excuse, true)
}

func refuseLapsed(c *casework.Case, r *Request, today workday.Date) string {
	if c.Has(ActLapsed) {
		return "已经登记补正期限届满。"
	}
	return uncorrected(c, r, today)
}

// uncorrected is why a request cannot be ended for want of a correction yet.
func uncorrected(c *casework.Case, r *Request, today workday.Date) string {
	if !askedToCorrect(c) {
		return "没有告知过申请人补正，不能按逾期不补正办结（A-74）。"
	}
	if hasCorrected(c) {
		return "申请人已经补正，不能按逾期不补正办结（A-74）。"
	}
	ends, ok := correctionEnds(c, &r.Work)
	switch {
	case !ok:
		return "还没有登记补正告知书的送达日期，补正期限没有起算（A-75）。"
	case !today.After(ends):
		return "补正期限到" + ends.Chinese() + "才届满，不能按逾期不补正办结（A-74）。"
	}
	return ""
}

func (r *Room) lapsed(_ context.Context, t *turn) error {
	t.TellHolders("lapsed", access.HandleRequest, t.Data.Organ, 0)
	return nil
}

// checkUncorrected is A-74 and art. 30: for want of a correction only after its
// time, as unclear only after a correction.
func checkUncorrected(c *casework.Case, r *Request, form any, today workday.Date) error {
	for _, it := range form.(*DecideForm).Decision.Items {
		switch it.Outcome {
		case NoCorrection:
			if why := uncorrected(c, r, today); why != "" {
				return fault.Field("request.checkUncorrected", "答复结果", "“答复结果”：%s", why)
			}
		case Unclear:
			if !hasCorrected(c) {
				return fault.Field("request.checkUncorrected", "答复结果", "“答复结果”：“补正后仍不明确”要先告知补正，收到补正以后才能用。")
			}
		}
	}
	return nil
}

// sweepCorrections notes for every request whose time for a correction is over
// that it is; the handler then ends it. It reports how many.
func (r *Room) sweepCorrections(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "request.sweepCorrections")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT c.id FROM cases c WHERE c.kind = $1 AND c.state = $2 AND c.due_at > 0 AND c.due_at <= $3
		AND NOT EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.action = $4) ORDER BY c.id LIMIT 200`, string(Kind), string(Correcting), r.now().UnixMicro(), string(ActLapsed))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, id := range ids {
		_, err := r.kernel.Apply(ctx, casework.Do{Case: id, Action: ActLapsed, Actor: casework.Product})
		switch {
		case err == nil:
			n++
		case fault.KindOf(err) != fault.Forbidden: // its time is not over, or its notice not served
			return n, err
		}
	}
	return n, nil
}
