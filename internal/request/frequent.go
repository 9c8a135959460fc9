package request

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// The acts about requests that are clearly too many.
const (
	ActAskReasons casework.Action = "ask_reasons"
	ActReasons    casework.Action = "reasons_given"
	ActDelay      casework.Action = "state_delay"
)

// What the office makes of the reasons.
const (
	Reasonable   = "reasonable"
	Unreasonable = "unreasonable"
)

// Verdicts lists them with their names.
var Verdicts = []struct{ Code, Name string }{{Reasonable, "理由合理"}, {Unreasonable, "理由不合理"}}

// Frequent is how often an applicant asked, and what came of asking why. The
// counts are of the blind index only and of requests to the same organ: what
// others were asked is theirs to know.
type Frequent struct {
	Year, Month int // requests of the same applicant in the year and month of this one, this one included
	AskedOn     workday.Date
	Until       workday.Date // by when the reasons are asked
	GivenOn     workday.Date
	Verdict     string
	Why         string // of the office
	DelayDays   int    // working days, 0 while none was stated
}

// VerdictName is the verdict in Chinese.
func (f Frequent) VerdictName() string {
	if f.Verdict == "" {
		return ""
	}
	return nameOf(Verdicts, f.Verdict)
}

// AskReasonsForm asks the applicant why there are so many requests.
type AskReasonsForm struct{ Until workday.Date }

// ReasonsForm brings the reasons and what the office makes of them.
type ReasonsForm struct {
	Reasons string
	On      workday.Date
	Verdict string
	Why     string
}

// DelayForm states a reasonable delay.
type DelayForm struct {
	Days   int // working days
	Reason string
}

// frequency is the chapter of A-79.
func (r *Room) frequency() chapter {
	in := []casework.State{Working}
	return chapter{
		steps: []step{
			{Action: ActAskReasons, Name: "要求说明理由", From: in, Task: "handle", Right: access.HandleRequest, Refuse: refuseAskReasons, Form: func() any { return &AskReasonsForm{} }, Check: checkAskReasons, Effect: r.askReasons},
			{Action: ActReasons, Name: "登记说明的理由", From: in, Task: "handle", Right: access.HandleRequest, Refuse: refuseReasons, Form: func() any { return &ReasonsForm{} }, Check: checkReasons, Effect: r.reasons},
			{Action: ActDelay, Name: "告知合理延迟", From: in, Right: access.ApproveExtension, Refuse: refuseDelay, Form: func() any { return &DelayForm{} }, Check: checkDelay, Effect: r.delay},
		},
		load:   r.loadFrequent,
		guards: map[casework.Action]guard{ActDecide: {check: checkExcessive}},
	}
}

func frequentPlace(id int64) vault.Place {
	return vault.Place{Table: "request_frequent", Column: "reasons_sealed", Row: id}
}

func refuseAskReasons(_ *casework.Case, r *Request, _ workday.Date) string {
	if !r.Work.Frequent.AskedOn.IsZero() {
		return "已经要求申请人说明理由。"
	}
	return ""
}

func checkAskReasons(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*AskReasonsForm)
	if !f.Until.After(today) || f.Until.After(today.AddDays(60)) {
		return fault.Field("request.checkAskReasons", "说明期限", "“说明期限”：请填今天以后六十天以内的一天。")
	}
	return nil
}

func (r *Room) askReasons(ctx context.Context, t *turn) error {
	f, w := t.Form.(*AskReasonsForm), t.Data.Work.Frequent
	t.Record(map[string]string{"until": f.Until.String()})
	if _, err := t.Tx.ExecContext(ctx, `INSERT INTO request_frequent (case_id, asked_on, until_on) VALUES ($1, $2, $3)`, t.Case.ID, t.Today.String(), f.Until.String()); err != nil {
		return err
	}
	return r.issueFrom(ctx, t, LetterReasons, reasonsFacts(w.Year, w.Month, f.Until))
}

func refuseReasons(_ *casework.Case, r *Request, _ workday.Date) string {
	switch f := r.Work.Frequent; {
	case f.AskedOn.IsZero():
		return "还没有要求申请人说明理由。"
	case !f.GivenOn.IsZero():
		return "申请人说明的理由已经登记。"
	}
	return ""
}

func checkReasons(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*ReasonsForm)
	if err := words("申请人说明的理由", f.Reasons, true); err != nil {
		return err
	}
	if err := choose("是否合理", f.Verdict, Verdicts); err != nil {
		return err
	}
	if err := words("认定的原因", f.Why, f.Verdict == Unreasonable); err != nil {
		return err
	}
	return onDay("收到日期", f.On, r.Work.Frequent.AskedOn, today)
}

func (r *Room) reasons(ctx context.Context, t *turn) error {
	f := t.Form.(*ReasonsForm)
	sealed, err := r.vault.Seal(ctx, frequentPlace(t.Case.ID), strings.TrimSpace(f.Reasons))
	if err != nil {
		return err
	}
	t.Record(map[string]string{"on": f.On.String(), "verdict": nameOf(Verdicts, f.Verdict)})
	_, err = t.Tx.ExecContext(ctx, `UPDATE request_frequent SET given_on = $2, reasons_sealed = $3, verdict = $4, why = $5 WHERE case_id = $1`, t.Case.ID, f.On.String(), sealed, f.Verdict, strings.TrimSpace(f.Why))
	return err
}

func refuseDelay(c *casework.Case, r *Request, today workday.Date) string {
	switch f := r.Work.Frequent; {
	case f.Verdict != Reasonable:
		return "先要求申请人说明理由；认定理由合理，才能告知合理延迟（A-79）。"
	case f.DelayDays > 0:
		return "已经告知过合理延迟。"
	}
	for _, x := range clock.Compute(clock.MustFind("A-70"), append(c.Clock(answerClock), clock.Fact{Event: clock.DelayStated, At: clock.On(today), WorkingDays: 1}), r.Work.calendar).Refused {
		if x.Fact.Event == clock.DelayStated && x.At.Day == today {
			return x.Text
		}
	}
	return ""
}

func checkDelay(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	f := form.(*DelayForm)
	if f.Days < 1 || f.Days > 250 {
		return fault.Field("request.checkDelay", "延迟天数", "“延迟天数”：请填 1 到 250 个工作日。")
	}
	return words("原因", f.Reason, true)
}

func (r *Room) delay(ctx context.Context, t *turn) error {
	f := t.Form.(*DelayForm)
	t.Fact(answerClock, clock.Fact{Event: clock.DelayStated, At: clock.On(t.Today), WorkingDays: f.Days})
	t.Record(map[string]any{"days": f.Days}) // the words stand in the letter
	if _, err := t.Tx.ExecContext(ctx, `UPDATE request_frequent SET delay_days = $2 WHERE case_id = $1`, t.Case.ID, f.Days); err != nil {
		return err
	}
	return r.issueFrom(ctx, t, LetterDelay, delayFacts(f))
}

// checkExcessive is A-79: nobody is turned away for asking too often before
// their reasons were heard, or the time to give them was over.
func checkExcessive(_ *casework.Case, r *Request, form any, today workday.Date) error {
	w := r.Work.Frequent
	for _, it := range form.(*DecideForm).Decision.Items {
		if it.Outcome != Excessive {
			continue
		}
		why := ""
		switch {
		case w.AskedOn.IsZero():
			why = "先要求申请人说明理由，才能以数量、频次明显超过合理范围为由不予处理（A-79）。"
		case w.Verdict == Reasonable:
			why = "已经认定理由合理，不能不予处理（A-79）。"
		case w.Verdict == "" && !today.After(w.Until):
			why = "说明理由的期限到" + w.Until.Chinese() + "才届满（A-79）。"
		}
		if why != "" {
			return fault.Field("request.checkExcessive", "答复结果", "“答复结果”：%s", why)
		}
	}
	return nil
}

// loadFrequent counts the requests of the same applicant by the blind index and
// reads what was asked of them.
func (r *Room) loadFrequent(ctx context.Context, q store.Querier, out *Request) error {
	w := &out.Work.Frequent
	on := workday.DateOf(out.Submitted)
	year := time.Date(on.Year, 1, 1, 0, 0, 0, 0, workday.Zone)
	month := time.Date(on.Year, on.Month, 1, 0, 0, 0, 0, workday.Zone)
	err := q.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN o.submitted_at >= $3 AND o.submitted_at < $4 THEN 1 ELSE 0 END), 0) FROM requests me JOIN requests o ON o.blind = me.blind JOIN cases c ON c.id = o.case_id
		WHERE me.case_id = $1 AND me.blind <> '' AND o.submitted_at >= $2 AND o.submitted_at < $5 AND c.organ_id = $6`,
		out.Case, year.UnixMicro(), month.UnixMicro(), month.AddDate(0, 1, 0).UnixMicro(), year.AddDate(1, 0, 0).UnixMicro(), out.Organ).Scan(&w.Year, &w.Month)
	if err != nil {
		return err
	}
	var askedOn, until, given string
	err = q.QueryRowContext(ctx, `SELECT asked_on, until_on, given_on, verdict, why, delay_days FROM request_frequent WHERE case_id = $1`, out.Case).Scan(&askedOn, &until, &given, &w.Verdict, &w.Why, &w.DelayDays)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, x := range []struct {
		to   *workday.Date
		from string
	}{{&w.AskedOn, askedOn}, {&w.Until, until}, {&w.GivenOn, given}} {
		if *x.to, err = day(x.from); err != nil {
			return err
		}
	}
	return nil
}
