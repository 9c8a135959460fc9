package request

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

func join(list []string) string { return strings.Join(list, "、") }

func needsWords(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	return words("原因", form.(*NoteForm).Text, true)
}

func checkConfirm(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*ConfirmForm)
	if f.On.IsZero() {
		return nil
	}
	if by := r.confirmBy(); r.Channel == clock.Online && f.On.After(by) && !f.On.After(today) {
		return fault.Field("request.checkConfirm", "收到日期", "“收到日期”：网上、邮箱和其他系统收到的申请，最迟在下一个工作日（%s）视为收到，不能更晚（A-63）。不填就按这一天。", by.Chinese())
	}
	return onDay("收到日期", f.On, workday.DateOf(r.Submitted), today)
}

func (r *Room) confirm(ctx context.Context, t *turn) error {
	on := t.Form.(*ConfirmForm).On
	if on.IsZero() {
		on = t.Today
	}
	return r.received(ctx, t, on)
}

// autoConfirm notes what the clock counts by itself: an online request that
// nobody confirmed is received on the next working day.
func (r *Room) autoConfirm(ctx context.Context, t *turn) error {
	q := t.Data
	q.ReceivedOn = workday.DateOf(q.Submitted)
	if q.Channel == clock.Online {
		q.ReceivedOn = q.confirmBy()
	}
	return r.receipt(ctx, t)
}

// receipt issues the receipt with the last day as it is counted now.
func (r *Room) receipt(ctx context.Context, t *turn, more ...clock.Fact) error {
	t.Record(map[string]string{"received_on": t.Data.ReceivedOn.String()})
	due, err := r.latest(ctx, t, more...)
	if err != nil {
		return err
	}
	if err := r.issueFrom(ctx, t, LetterReceipt, Facts{factDue: due}); err != nil {
		return err
	}
	return t.Data.update(ctx, t.Tx)
}

// received begins the main clock and issues the receipt.
func (r *Room) received(ctx context.Context, t *turn, on workday.Date) error {
	q := t.Data
	begun := receiptFacts(q.Channel, workday.DateOf(q.Submitted), on)[1:]
	for _, f := range begun {
		t.Fact(answerClock, f)
	}
	q.ReceivedOn = on
	switch by := q.confirmBy(); {
	case q.Channel == clock.InPerson || q.Channel == clock.PostSigned:
		q.ReceivedOn = workday.DateOf(q.Submitted)
	case q.Channel == clock.Online && on.After(by):
		q.ReceivedOn = by // the clock has counted from it since
	}
	return r.receipt(ctx, t, begun...)
}

func checkCorrect(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	f := form.(*CorrectForm)
	f.Points = slices.DeleteFunc(f.Points, func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(f.Points) == 0 {
		return fault.Field("request.checkCorrect", "需要补正的事项", "“需要补正的事项”：请一次写全，每行一项（A-72）。")
	}
	if f.Days < 0 || f.Days > 60 {
		return fault.Field("request.checkCorrect", "补正期限", "“补正期限”：请填 1 到 60 个工作日。")
	}
	return nil
}

func (r *Room) correct(ctx context.Context, t *turn) error {
	f := t.Form.(*CorrectForm)
	days := f.Days
	if days == 0 {
		days = clock.MustFind("A-75").Number
	}
	t.Fact(answerClock, clock.Fact{Event: clock.CorrectionNoticeSent, At: clock.On(t.Today), PeriodWorkingDays: days})
	t.Record(map[string]any{"days": days, "points": len(f.Points)}) // the words stand in the letter
	return r.issueFrom(ctx, t, LetterCorrection, correctionFacts(f.Points, days))
}

func checkCorrected(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*CorrectedForm)
	if err := words("补正内容", f.Content, true); err != nil {
		return err
	}
	return onDay("收到补正的日期", f.On, r.ReceivedOn, today)
}

func (r *Room) corrected(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*CorrectedForm)
	q.Content = strings.TrimSpace(f.Content)
	t.Fact(answerClock, clock.Fact{Event: clock.CorrectionReceived, At: clock.On(f.On), Excused: f.Excuse != ""})
	t.TellHolders("corrected", access.HandleRequest, q.Organ, 0)
	t.Record(map[string]string{"on": f.On.String()}) // the words stand in the request, not in the event
	return q.update(ctx, t.Tx)
}

func checkExtend(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	f := form.(*ExtendForm)
	if most := clock.MustFind("A-71").Number; f.Days < 1 || f.Days > 20 {
		return fault.Field("request.checkExtend", "延长天数", "“延长天数”：最多延长 %d 个工作日（A-71）。", most)
	}
	return words("原因", f.Reason, true)
}

func (r *Room) extend(ctx context.Context, t *turn) error {
	f := t.Form.(*ExtendForm)
	longer := clock.Fact{Event: clock.ExtensionApproved, At: clock.On(t.Today), WorkingDays: f.Days}
	t.Fact(answerClock, longer)
	t.Record(map[string]any{"days": f.Days}) // the words stand in the letter
	due, err := r.latest(ctx, t, longer)
	if err != nil {
		return err
	}
	facts := extensionFacts(f)
	facts[factDue] = due
	return r.issueFrom(ctx, t, LetterExtension, facts)
}

func checkDecide(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*DecideForm)
	if err := f.Decision.check(); err != nil {
		return err
	}
	return f.Decision.checkForm(q.Way)
}

func (r *Room) decide(ctx context.Context, t *turn) error {
	q := t.Data
	q.Decision = t.Form.(*DecideForm).Decision
	var all []Outcome
	for _, it := range q.Decision.Items {
		all = append(all, it.Outcome)
	}
	q.Outcome = Together(all)
	q.Decision.Outcome = q.Outcome
	record := map[string]string{"outcome": string(q.Outcome)}
	if f := q.Decision.Form; f.Way != "" { // codes only: the words stand in the letter
		record["form"], record["form_ground"] = f.Way, f.Ground
	}
	t.Record(record)
	t.TellHolders("to_review", access.ReviewLegality, q.Organ, 0)
	return q.update(ctx, t.Tx)
}

// note keeps an opinion or a reason with the event.
func (r *Room) note(_ context.Context, t *turn) error {
	t.Record(t.Form)
	return nil
}

// sign gives the letter its number and freezes its words.
func (r *Room) sign(ctx context.Context, t *turn) error {
	q := t.Data
	no, err := r.letterNumber(ctx, t)
	if err != nil {
		return err
	}
	q.LetterNo, q.SignedBy, q.SignedAt = no, t.Actor.Name, t.Now
	if err := r.issue(ctx, t, ComposeAnswer(t.Case, q, t.Today)); err != nil {
		return err
	}
	t.Record(map[string]string{"number": no})
	t.TellHolders("to_serve", access.HandleRequest, q.Organ, 0)
	if err := lapseExtension(ctx, t); err != nil {
		return err
	}
	return q.update(ctx, t.Tx)
}

// number is the next letter number of the organ and year: 清教公开〔2026〕3号.
func (r *Room) number(ctx context.Context, t *turn) (string, error) {
	return letterNumber(ctx, t.Tx, t.Case.Organ, t.Data.Profile.Prefix, t.Today)
}

func letterNumber(ctx context.Context, tx *sql.Tx, organ int64, prefix string, on workday.Date) (string, error) {
	var n int
	err := tx.QueryRowContext(ctx, `INSERT INTO case_counters (organ_id, kind, year, last) VALUES ($1, 'request_letter', $2, 1)
		ON CONFLICT (organ_id, kind, year) DO UPDATE SET last = case_counters.last + 1 RETURNING last`, organ, on.Year).Scan(&n)
	return fmt.Sprintf("%s〔%d〕%d号", prefix, on.Year, n), err
}
