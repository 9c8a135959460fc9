package release

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// The states and actions of a withheld text that comes up for review.
const (
	Standing casework.State = "standing"
	Reopened casework.State = "reopened"
	HandedIn casework.State = "handed_in"

	ActKeep   casework.Action = "keep"
	ActReopen casework.Action = "reopen"
	ActHandIn casework.Action = "hand_in"
)

// WithheldText is a text that is not disclosed, as it stands.
type WithheldText struct {
	Case     int64
	Release  int64 // the slip that decided it
	Ground   string
	Reason   string
	ReviewOn workday.Date
	Kept     int   // how often it was decided to keep it so
	NewSlip  int64 // the slip that publishes it after all
}

// KeepForm keeps a text undisclosed for another time.
type KeepForm struct {
	Ground   string
	Reason   string
	ReviewOn workday.Date
}

func (r *Room) withheldWorkflow() casework.Workflow[*WithheldText] {
	type step = casework.Step[*WithheldText]
	standing := []casework.State{Standing}
	needs := func(_ *casework.Case, _ *WithheldText, form any, _ workday.Date) error {
		return checkWords("原因", form.(*ReasonForm).Reason, true)
	}
	return casework.Workflow[*WithheldText]{
		Kind: WithheldKind, Name: "不予公开复审", Number: "复审〔%d〕%d号", See: access.ReadDraft, Start: Standing,
		States: []casework.StateInfo{{State: Standing, Name: "不公开"}, {State: Reopened, Name: "转公开", Final: true}, {State: HandedIn, Name: "已移交", Final: true}},
		Load: func(ctx context.Context, q store.Querier, c *casework.Case) (*WithheldText, error) {
			return readWithheld(ctx, q, c.ID)
		},
		Tasks: func(c *casework.Case, w *WithheldText) []casework.Task {
			return []casework.Task{{Name: "re_review", Right: access.ReviewAttribute, Due: w.ReviewOn.AddDays(1).Time()}}
		},
		Steps: []step{
			{Action: ActKeep, Name: "继续不公开", From: standing, Task: "re_review", Right: access.ReviewAttribute, Form: func() any { return &KeepForm{} }, Check: checkKeep, Effect: r.keep},
			{Action: ActReopen, Name: "转为公开", From: standing, To: []casework.State{Reopened}, Task: "re_review", Right: access.ReviewAttribute,
				Form: func() any { return &ReasonForm{} }, Check: needs, Effect: r.reopen},
			{Action: ActHandIn, Name: "移交档案馆", From: standing, To: []casework.State{HandedIn}, Task: "re_review", Right: access.ReviewAttribute,
				Form: func() any { return &ReasonForm{} }, Check: needs,
				Effect: func(_ context.Context, t *casework.Turn[*WithheldText]) error { t.Record(t.Form); return nil }},
		},
		Names:   map[string]string{"re_review": "重新评估能否公开"},
		Notices: map[string]string{"reopened": "%s已转为公开，请办理发布。"},
	}
}

func readWithheld(ctx context.Context, q store.Querier, id int64) (w *WithheldText, err error) {
	defer fault.Wrap(&err, "release.readWithheld(%d)", id)
	w = &WithheldText{Case: id}
	var on string
	err = q.QueryRowContext(ctx, `SELECT release_id, ground, reason, review_on, kept, reopened_as FROM withheld WHERE case_id = $1`, id).
		Scan(&w.Release, &w.Ground, &w.Reason, &on, &w.Kept, &w.NewSlip)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "release.readWithheld", "没有找到这条不予公开记录。")
	}
	if err != nil {
		return nil, err
	}
	w.ReviewOn, err = storedDay(on)
	return w, err
}

// reviewWithin is the longest time between two looks: A-26, in months.
func reviewWithin(today workday.Date) workday.Date {
	return today.AddMonths(clock.MustFind("A-26").Number)
}

// openWithheld begins the case of a text that was decided not to be public.
func (r *Room) openWithheld(ctx context.Context, t *turn) error {
	s := t.Data
	c, _, err := casework.Open(ctx, r.kernel, t.Tx, casework.Start{Kind: WithheldKind, Organ: s.Owner(), Title: s.Paper.title(), Actor: t.Actor},
		func(ctx context.Context, u *casework.Turn[*WithheldText]) error {
			u.Link("release", s.Case)
			_, err := u.Tx.ExecContext(ctx, `INSERT INTO withheld (case_id, release_id, ground, reason, review_on) VALUES ($1, $2, $3, $4, $5)`,
				u.Case.ID, s.Case, s.Ground, s.Reason, reviewWithin(t.Today).String())
			return err
		})
	if err != nil {
		return err
	}
	t.Link("withheld", c.ID)
	return nil
}

func checkKeep(_ *casework.Case, _ *WithheldText, form any, today workday.Date) error {
	f := form.(*KeepForm)
	if _, ok := ground.Named(f.Ground); !ok {
		return fault.Field("release.checkKeep", "法律依据", "“法律依据”：继续不公开也要选明依据（A-16）。")
	}
	switch last := reviewWithin(today); {
	case f.ReviewOn.IsZero() || !f.ReviewOn.After(today):
		return fault.Field("release.checkKeep", "下次复审日期", "“下次复审日期”：请选今天以后的日期。")
	case f.ReviewOn.After(last):
		return fault.Field("release.checkKeep", "下次复审日期", "“下次复审日期”：不能晚于%s（A-26，不予公开的信息要定期评估）。", last.Chinese())
	}
	return checkWords("理由", f.Reason, true)
}

func (r *Room) keep(ctx context.Context, t *casework.Turn[*WithheldText]) error {
	f := t.Form.(*KeepForm)
	t.Record(f)
	_, err := t.Tx.ExecContext(ctx, `UPDATE withheld SET ground = $2, reason = $3, review_on = $4, kept = kept + 1 WHERE case_id = $1`,
		t.Case.ID, f.Ground, strings.TrimSpace(f.Reason), f.ReviewOn.String())
	return err
}

// reopen starts a new slip with the words of the old one: what can now be
// public goes through the same gates as everything else.
func (r *Room) reopen(ctx context.Context, t *casework.Turn[*WithheldText]) error {
	old, err := r.readSlip(ctx, t.Tx, t.Data.Release, t.Case.Organ)
	if err != nil {
		return err
	}
	c, _, err := casework.Open(ctx, r.kernel, t.Tx, casework.Start{Kind: SlipKind, Organ: t.Case.Organ, Title: old.Paper.title(), Actor: t.Actor},
		func(ctx context.Context, u *casework.Turn[*Slip]) error {
			s := &Slip{Case: u.Case.ID, Organ: t.Case.Organ, Drafter: t.Actor.Login, Paper: old.Paper, Version: 1, Opened: old.Opened, Traits: old.Traits,
				Attribute: Proactive, Reason: strings.TrimSpace(t.Form.(*ReasonForm).Reason), FormedOn: t.Today}
			if err := insertSlip(ctx, u.Tx, s); err != nil {
				return err
			}
			u.Link("withheld", t.Case.ID)
			return saveVersion(ctx, u.Tx, s, t.Actor.Login, t.Now, true)
		})
	if err != nil {
		return err
	}
	t.Record(t.Form)
	t.TellHolders("reopened", access.WriteDraft, t.Case.Organ, 0)
	_, err = t.Tx.ExecContext(ctx, `UPDATE withheld SET reopened_as = $2 WHERE case_id = $1`, t.Case.ID, c.ID)
	return err
}
