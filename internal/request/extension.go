package request

import (
	"context"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// The acts about more time beside the head's own decision (ActExtend): asked
// for by who works on the request, granted or sent back by the head of the
// disclosure unit.
const (
	ActAskExtension    casework.Action = "ask_extension"
	ActGrantExtension  casework.Action = "grant_extension"
	ActReturnExtension casework.Action = "return_extension"
)

// Extension is one asking for more time. Verdict is "" while the head has not
// decided.
type Extension struct {
	ID        int64
	Days      int
	Reason    string
	AskedBy   string // login
	AskedOn   workday.Date
	Verdict   string
	DecidedOn workday.Date
	Why       string // it was sent back
}

// The verdicts of the head, as they stand in rows.
const (
	extensionGranted  = "granted"
	extensionReturned = "returned"
	extensionLapsed   = "lapsed" // the request was answered or withdrawn first
)

// Open reports that the head has to decide.
func (e Extension) Open() bool { return e.Verdict == "" }

// VerdictName is the verdict in Chinese.
func (e Extension) VerdictName() string {
	return map[string]string{"": "等负责人决定", extensionGranted: "已同意", extensionReturned: "已退回", extensionLapsed: "没有决定，申请已先答复或者撤回"}[e.Verdict]
}

// OpenExtension is the asking that waits for the head; nil for none.
func (w *Work) OpenExtension() *Extension {
	for i := range w.Extensions {
		if w.Extensions[i].Open() {
			return &w.Extensions[i]
		}
	}
	return nil
}

// taskExtend waits for the head of the disclosure unit.
const taskExtend = "extend"

// extensions is the chapter of asking for more time.
func (r *Room) extensions() chapter {
	in := []casework.State{Working, Reviewing, Signing}
	asked := []casework.Action{ActAskExtension}
	form := func() any { return &ExtendForm{} }
	return chapter{
		steps: []step{
			{Action: ActAskExtension, Name: "请求延期", From: in, Right: access.HandleRequest, Refuse: r.refuseAskExtension, Form: form, Check: checkExtend, Effect: r.askExtension},
			{Action: ActGrantExtension, Name: "同意延期", From: in, Task: taskExtend, Right: access.ApproveExtension, NotBy: asked, Refuse: r.refuseExtend, Form: form, Check: checkExtend, Effect: r.grantExtension},
			{Action: ActReturnExtension, Name: "退回延期请求", From: in, Task: taskExtend, Right: access.ApproveExtension, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: r.returnExtension},
		},
		tasks: func(c *casework.Case, q *Request) []casework.Task {
			if q.Work.OpenExtension() == nil || c.State != Working && c.State != Reviewing && c.State != Signing {
				return nil
			}
			return []casework.Task{q.dated(c, taskExtend, access.ApproveExtension, "A-70", asked...)}
		},
		names:   map[string]string{taskExtend: "决定是否延期"},
		notices: map[string]string{"ask_extension": "%s请求延期，请您决定。", "extension_granted": "%s的延期请求已经同意。", "extension_returned": "%s的延期请求被退回，请看原因。"},
		load:    loadExtensions,
		guards: map[casework.Action]guard{ActExtend: {refuse: func(_ *casework.Case, q *Request, _ workday.Date) string {
			if q.Work.OpenExtension() != nil {
				return "承办人已经请求延期，请办理“同意延期”或者“退回延期请求”。"
			}
			return ""
		}}},
	}
}

// refuseExtend asks the clock itself whether an extension would have an effect
// today: only once, and before the first deadline.
func (r *Room) refuseExtend(c *casework.Case, q *Request, today workday.Date) string {
	return clockRefuses(c, q, clock.Fact{Event: clock.ExtensionApproved, At: clock.On(today), WorkingDays: 20})
}

func (r *Room) refuseAskExtension(c *casework.Case, q *Request, today workday.Date) string {
	if q.Work.OpenExtension() != nil {
		return "已经请求延期，等政府信息公开工作机构负责人决定。"
	}
	return r.refuseExtend(c, q, today)
}

func (r *Room) askExtension(ctx context.Context, t *turn) error {
	f := t.Form.(*ExtendForm)
	t.Record(map[string]any{"days": f.Days})
	t.TellHolders("ask_extension", access.ApproveExtension, t.Case.Organ, 0)
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_extensions (case_id, days, reason, asked_by, asked_on) VALUES ($1, $2, $3, $4, $5)`,
		t.Case.ID, f.Days, strings.TrimSpace(f.Reason), t.Actor.Login, t.Today.String())
	return err
}

// grantExtension is the head's decision: the clock moves and the applicant is
// written to, as when the head decides unasked.
func (r *Room) grantExtension(ctx context.Context, t *turn) error {
	if err := r.decideExtension(ctx, t, extensionGranted, ""); err != nil {
		return err
	}
	return r.extend(ctx, t)
}

func (r *Room) returnExtension(ctx context.Context, t *turn) error {
	return r.decideExtension(ctx, t, extensionReturned, t.Form.(*NoteForm).Text)
}

func (r *Room) decideExtension(ctx context.Context, t *turn, verdict, why string) error {
	e := t.Data.Work.OpenExtension() // there is one: its task is open
	t.Tell("extension_"+verdict, e.AskedBy, 0)
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_extensions SET verdict = $2, decided_by = $3, decided_on = $4, why = $5 WHERE id = $1`,
		e.ID, verdict, t.Actor.Login, t.Today.String(), strings.TrimSpace(why))
	return err
}

// lapseExtension ends an asking that nobody decided before the request left the
// hands of the office: it must not come back with a later round.
func lapseExtension(ctx context.Context, t *turn) error {
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_extensions SET verdict = $2, decided_on = $3 WHERE case_id = $1 AND verdict = ''`, t.Case.ID, extensionLapsed, t.Today.String())
	return err
}

func loadExtensions(ctx context.Context, q store.Querier, out *Request) error {
	rows, err := q.QueryContext(ctx, `SELECT id, days, reason, asked_by, asked_on, verdict, decided_on, why FROM request_extensions WHERE case_id = $1 ORDER BY id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e Extension
		var asked, decided string
		if err := rows.Scan(&e.ID, &e.Days, &e.Reason, &e.AskedBy, &asked, &e.Verdict, &decided, &e.Why); err != nil {
			return err
		}
		if e.AskedOn, err = day(asked); err != nil {
			return err
		}
		if e.DecidedOn, err = day(decided); err != nil {
			return err
		}
		out.Work.Extensions = append(out.Work.Extensions, e)
	}
	return rows.Err()
}
