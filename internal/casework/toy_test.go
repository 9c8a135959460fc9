package casework_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

var ctx = context.Background()

// toy is a small workflow: a draft is checked, signed and done; the check may
// be sent back, the clock may be stopped.
const toy casework.Kind = "toy"

type words struct{ Words string }

// effects counts what the acts of a case did beside the kernel's own rows.
func effects(w string) func(context.Context, *casework.Turn[int]) error {
	return func(ctx context.Context, t *casework.Turn[int]) error {
		if f, ok := t.Form.(*words); ok && f.Words == "break" {
			return fault.New(fault.Invalid, "toy", "坏了")
		}
		t.Record(map[string]string{"did": w})
		if w == "pause" {
			t.Fact("main", clock.Fact{Event: clock.CorrectionNoticeSent, At: clock.On(t.Today)})
			t.Fact("main", clock.Fact{Event: clock.CorrectionNoticeServed, At: clock.On(t.Today)})
		}
		_, err := t.Tx.ExecContext(ctx, `UPDATE toys SET effects = effects + 1 WHERE case_id = $1`, t.Case.ID)
		return err
	}
}

func toyFlow() casework.Workflow[int] {
	type step = casework.Step[int]
	form := func() any { return &words{} }
	wrote := []casework.Action{casework.ActOpen, "submit"}
	return casework.Workflow[int]{
		Kind: toy, Name: "试办", Number: "试办〔%d〕%d号", See: access.ReadDraft, Start: "draft",
		States: []casework.StateInfo{{State: "draft", Name: "起草"}, {State: "check", Name: "审核"}, {State: "sign", Name: "待签"}, {State: "done", Name: "办结", Final: true}, {State: "dropped", Name: "作废", Final: true}},
		Load: func(ctx context.Context, q store.Querier, c *casework.Case) (n int, err error) {
			err = q.QueryRowContext(ctx, `SELECT effects FROM toys WHERE case_id = $1`, c.ID).Scan(&n)
			return n, err
		},
		Tasks: func(c *casework.Case, _ int) []casework.Task {
			t := casework.Task{Clock: "main", Rule: "A-70"}
			switch c.State {
			case "draft":
				t.Name, t.Right = "write", access.WriteDraft
			case "check":
				t.Name, t.Right, t.NotBy = "review", access.ReviewDraft, wrote
			default:
				t.Name, t.Right, t.NotBy = "sign", access.SignOff, wrote
			}
			return []casework.Task{t}
		},
		Steps: []step{
			{Action: "pause", Name: "停", From: []casework.State{"draft"}, Right: access.WriteDraft, Form: form, Effect: effects("pause")},
			{Action: "submit", Name: "送审", From: []casework.State{"draft"}, To: []casework.State{"check"}, Task: "write", Right: access.WriteDraft, Form: form, Effect: effects("submit")},
			{Action: "pass", Name: "通过", From: []casework.State{"check"}, To: []casework.State{"sign"}, Task: "review", Right: access.ReviewDraft, NotBy: wrote, Form: form, Effect: effects("pass")},
			{Action: casework.ActReturn, Name: "退回", From: []casework.State{"check"}, To: []casework.State{"draft"}, Task: "review", Right: access.ReviewDraft, NotBy: wrote, Form: form, Effect: effects("return")},
			{Action: casework.ActReturn, Name: "退回", From: []casework.State{"sign"}, To: []casework.State{"draft"}, Task: "sign", Right: access.SignOff, NotBy: wrote, Form: form, Effect: effects("return")},
			{Action: "sign", Name: "签发", From: []casework.State{"sign"}, To: []casework.State{"done"}, Task: "sign", Right: access.SignOff, NotBy: wrote, Form: form, Effect: effects("sign")},
			{Action: "drop", Name: "作废", From: []casework.State{"draft"}, To: []casework.State{"dropped"}, Right: access.WriteDraft, Form: form, Effect: effects("drop")},
			{Action: "tick", Name: "到时办结", From: []casework.State{"sign"}, To: []casework.State{"done"}, System: true, Form: form, Effect: effects("tick")},
		},
		Names: map[string]string{"write": "起草", "review": "审核", "sign": "签发"},
	}
}

// house is a small office, its time in the test's hand: the government 1 with
// two organs below it.
type house struct {
	t      testing.TB
	db     *store.DB
	now    time.Time
	kernel *casework.Kernel
	organs map[string]int64
	people map[string]access.Actor
	serial int
}

func (h *house) clock() time.Time { return h.now }

func run(t *testing.T, fn func(t *testing.T, h *house)) {
	storetest.Run(t, func(t *testing.T, db *store.DB) { fn(t, newHouse(t, db)) })
}

func newHouse(t testing.TB, db *store.DB) *house {
	h := &house{t: t, db: db, now: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC), organs: map[string]int64{}, people: map[string]access.Actor{}}
	h.exec(`CREATE TABLE toys (case_id BIGINT PRIMARY KEY, effects INTEGER NOT NULL)`)
	h.fresh()
	for _, o := range []struct{ code, above string }{{"zf", ""}, {"jyj", "zf"}, {"gaj", "zf"}} {
		h.organs[o.code] = h.id(`INSERT INTO organs (code, kind, created_at) VALUES ($1, '部门', 1) RETURNING id`, o.code)
		if o.above != "" {
			h.exec(`INSERT INTO organ_parents (organ_id, parent_id, valid_from) VALUES ($1, $2, '2001-01-01')`, h.organs[o.code], h.organs[o.above])
		}
	}
	for _, p := range []struct {
		login, organ string
		role         access.Role
	}{{"clerk", "jyj", access.Clerk}, {"clerk2", "jyj", access.Clerk}, {"reviewer", "jyj", access.Reviewer}, {"signer", "jyj", access.Signer}, {"head", "jyj", access.Head},
		{"officer", "jyj", access.DisclosureOfficer}, {"eye", "zf", access.Supervisor}, {"far", "gaj", access.Head}, {"admin", "zf", access.SystemAdmin}} {
		h.hire(p.login, p.organ, p.role)
	}
	return h
}

// fresh starts the kernel anew, as after a restart.
func (h *house) fresh() {
	h.kernel = casework.New(h.db, h.clock)
	casework.Register(h.kernel, toyFlow())
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	if _, err := h.db.Writer().ExecContext(ctx, query, args...); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) id(query string, args ...any) (id int64) {
	h.t.Helper()
	if err := h.db.Writer().QueryRowContext(ctx, query, args...).Scan(&id); err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *house) hire(login, organ string, r access.Role) {
	h.t.Helper()
	id := h.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, $2, $3, 1) RETURNING id`, login, "演示"+login, h.organs[organ])
	h.exec(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1)`, id, h.organs[organ], string(r))
	a, err := access.ActorOf(ctx, h.db.Reader(), id, workday.DateOf(h.now))
	if err != nil {
		h.t.Fatal(err)
	}
	h.people[login] = a
}

// begin opens a case of an organ whose clock runs from a day on.
func (h *house) begin(organ, login, received string) *casework.Case {
	h.t.Helper()
	h.serial++
	var c *casework.Case
	err := h.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		c, _, err = casework.Open(ctx, h.kernel, tx, casework.Start{Kind: toy, Organ: h.organs[organ], Title: fmt.Sprintf("第%d件", h.serial), Actor: h.people[login], Token: fmt.Sprintf("begin-%d", h.serial)},
			func(ctx context.Context, t *casework.Turn[int]) error {
				t.Fact("main", clock.Fact{Event: clock.Received, At: clock.On(workday.MustDate(received))})
				_, err := t.Tx.ExecContext(ctx, `INSERT INTO toys (case_id, effects) VALUES ($1, 0)`, t.Case.ID)
				return err
			})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) do(id int64, login string, a casework.Action) (*casework.Result, error) {
	return h.kernel.Apply(ctx, casework.Do{Case: id, Action: a, Actor: h.actor(login)})
}

func (h *house) actor(login string) access.Actor {
	if login == casework.Product.Login {
		return casework.Product
	}
	return h.people[login]
}

func (h *house) must(id int64, login string, actions ...casework.Action) {
	h.t.Helper()
	for _, a := range actions {
		if _, err := h.do(id, login, a); err != nil {
			h.t.Fatalf("%s by %s: %v", a, login, err)
		}
	}
}

func (h *house) get(id int64) *casework.Case {
	h.t.Helper()
	c, err := h.kernel.Case(ctx, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) task(id int64) casework.OpenTask {
	h.t.Helper()
	tasks, err := h.kernel.Tasks(ctx, id)
	if err != nil || len(tasks) != 1 {
		h.t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	return tasks[0]
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.db.Reader().QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// refused fails unless an act was refused as a kind of error, with a reason.
func (h *house) refused(err error, kind fault.Kind, words string) {
	h.t.Helper()
	if err == nil || fault.KindOf(err) != kind || !contains(fault.Text(err), words) {
		h.t.Errorf("got %v, want %s with %q", err, kind, words)
	}
}
