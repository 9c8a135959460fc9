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
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// The states and actions of a withdrawal or restoration.
const (
	Proposed casework.State = "proposed"
	Carried  casework.State = "carried"
	Declined casework.State = "declined"

	ActCarry   casework.Action = "carry"
	ActDecline casework.Action = "decline"
)

// TakedownGround is why a published text is taken down, with its clock.
type TakedownGround struct {
	Code  string
	Name  string
	Rule  string // of the clock, "" when it is promptly
	Event clock.Event
}

// TakedownGrounds lists them; the first two carry the limits of.
var TakedownGrounds = []TakedownGround{
	{"punishment", "行政处罚决定被变更、撤销、确认违法或者无效", "A-33", clock.DecisionVoided},
	{"decision", "行政执法决定被撤销、确认违法或者要求重新作出", "A-33", clock.DecisionVoided},
	{"secret", "涉嫌涉密或者不宜公开", "", ""},
	{"personal", "含有不应公开的个人信息", "", ""},
	{"mistake", "内容有误，更正后重新公开", "", ""},
	{"restore", "撤下的原因已经消除", "", ""},
}

// Takedown is the withdrawal of a published work, or its restoration.
type Takedown struct {
	Case    int64
	Work    int64 // public id
	Restore bool
	Ground  string
	Reason  string // stands on the trace page
	EventOn workday.Date
}

// NewTakedown proposes to take a work down or to put it back.
type NewTakedown struct {
	Organ   int64
	Title   string
	Work    int64
	Restore bool
	Ground  string
	Reason  string
	EventOn workday.Date // day of the decision that makes it necessary
	Token   string
	Actor   access.Actor
}

func groundOfTakedown(code string) (TakedownGround, bool) {
	for _, g := range TakedownGrounds {
		if g.Code == code {
			return g, true
		}
	}
	return TakedownGround{}, false
}

// ProposeTakedown opens the case; another person carries it out.
func (r *Room) ProposeTakedown(ctx context.Context, n NewTakedown) (c *casework.Case, err error) {
	defer fault.Wrap(&err, "release.ProposeTakedown(%d)", n.Work)
	g, ok := groundOfTakedown(n.Ground)
	if !ok || (g.Code == "restore") != n.Restore {
		return nil, fault.Field("release.ProposeTakedown", "情形", "“情形”：请选择为什么要%s。", map[bool]string{true: "恢复公开", false: "撤下"}[n.Restore])
	}
	if g.Rule != "" && (n.EventOn.IsZero() || n.EventOn.After(workday.DateOf(r.now()))) {
		return nil, fault.Field("release.ProposeTakedown", "决定日期", "“决定日期”：请填写原决定被变更、撤销或者确认违法、无效的日期，撤回期限从这一天起算（A-33）。")
	}
	if err := checkWords("理由", n.Reason, true); err != nil {
		return nil, err
	}
	direction := "withdraw"
	if n.Restore {
		direction = "restore"
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		var open int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM takedowns d JOIN cases c ON c.id = d.case_id WHERE d.work = $1 AND c.closed_at = 0`, n.Work).Scan(&open); err != nil {
			return err
		}
		if open > 0 && n.Token == "" {
			return errPending()
		}
		var err error
		c, _, err = casework.Open(ctx, r.kernel, tx, casework.Start{Kind: TakedownKind, Organ: n.Organ, Title: n.Title, Form: n, Token: n.Token, Actor: n.Actor},
			func(ctx context.Context, t *casework.Turn[*Takedown]) error {
				if open > 0 {
					return errPending()
				}
				t.Link("published", n.Work)
				t.TellHolders("proposed", access.Withdraw, n.Organ, 0)
				_, err := t.Tx.ExecContext(ctx, `INSERT INTO takedowns (case_id, work, direction, ground, reason, event_on, pending) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
					t.Case.ID, n.Work, direction, n.Ground, strings.TrimSpace(n.Reason), n.EventOn.String())
				if store.IsUnique(err) { // somebody proposed since we looked
					return errPending()
				}
				return err
			})
		return err
	})
	return c, err
}

func (r *Room) takedownWorkflow() casework.Workflow[*Takedown] {
	type step = casework.Step[*Takedown]
	from := []casework.State{Proposed}
	opened := []casework.Action{casework.ActOpen}
	return casework.Workflow[*Takedown]{
		Kind: TakedownKind, Name: "撤下恢复", Number: "撤复〔%d〕%d号", See: access.ReadDraft, Start: Proposed,
		States: []casework.StateInfo{{State: Proposed, Name: "待批"}, {State: Carried, Name: "已办", Final: true}, {State: Declined, Name: "未批准", Final: true}},
		Load: func(ctx context.Context, q store.Querier, c *casework.Case) (*Takedown, error) {
			return readTakedown(ctx, q, c.ID)
		},
		Tasks: func(_ *casework.Case, d *Takedown) []casework.Task {
			t := casework.Task{Name: "carry", Right: access.Withdraw, NotBy: opened}
			if g, _ := groundOfTakedown(d.Ground); g.Rule != "" {
				t.Clock, t.Rule, t.Facts = "takedown", g.Rule, []clock.Fact{{Event: g.Event, At: clock.On(d.EventOn)}}
			}
			return []casework.Task{t}
		},
		Steps: []step{
			{Action: ActCarry, Name: "批准办理", From: from, To: []casework.State{Carried}, Task: "carry", Right: access.Withdraw, NotBy: opened,
				Form: func() any { return &OpinionForm{} }, Effect: r.carry},
			{Action: ActDecline, Name: "不批准", From: from, To: []casework.State{Declined}, Task: "carry", Right: access.Withdraw, NotBy: opened,
				Form: func() any { return &ReasonForm{} },
				Check: func(_ *casework.Case, _ *Takedown, form any, _ workday.Date) error {
					return checkWords("原因", form.(*ReasonForm).Reason, true)
				},
				Effect: func(ctx context.Context, t *casework.Turn[*Takedown]) error {
					t.Record(t.Form)
					t.Tell("declined", t.Case.Done[0].Actor, 0)
					return settled(ctx, t)
				}},
		},
		Names:   map[string]string{"carry": "批准撤下或恢复", "takedown": "撤下期限"},
		Notices: map[string]string{"proposed": "%s等您批准。", "carried": "%s已经办理。", "declined": "%s没有批准。"},
	}
}

func (r *Room) carry(ctx context.Context, t *casework.Turn[*Takedown]) error {
	d := t.Data
	t.Record(t.Form)
	t.Tell("carried", t.Case.Done[0].Actor, 0)
	if err := settled(ctx, t); err != nil {
		return err
	}
	return r.library.TakeDown(ctx, t.Tx, TakeDown{Work: d.Work, Restore: d.Restore, Reason: d.Reason, Ground: d.Ground, Actor: t.Actor.Login, On: t.Today})
}

func errPending() error {
	return fault.New(fault.Conflict, "release.ProposeTakedown", "这份文件已经有一件撤下或者恢复的事项在办。")
}

// settled makes room for the next proposal about the work.
func settled(ctx context.Context, t *casework.Turn[*Takedown]) error {
	_, err := t.Tx.ExecContext(ctx, `UPDATE takedowns SET pending = 0 WHERE case_id = $1`, t.Case.ID)
	return err
}

func readTakedown(ctx context.Context, q store.Querier, id int64) (d *Takedown, err error) {
	defer fault.Wrap(&err, "release.readTakedown(%d)", id)
	d = &Takedown{Case: id}
	var direction, on string
	err = q.QueryRowContext(ctx, `SELECT work, direction, ground, reason, event_on FROM takedowns WHERE case_id = $1`, id).Scan(&d.Work, &direction, &d.Ground, &d.Reason, &on)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "release.readTakedown", "没有找到这件事项。")
	}
	if err != nil {
		return nil, err
	}
	d.Restore = direction == "restore"
	if on != "" {
		d.EventOn, err = storedDay(on)
	}
	return d, err
}
