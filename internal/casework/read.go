package casework

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

const caseColumns = `c.id, c.kind, c.number, c.organ_id, c.title, c.state, c.version, c.events, c.due_at, c.opened_at, c.changed_at, c.closed_at`

func scanCase(row interface{ Scan(...any) error }, more ...any) (*Case, error) {
	var c Case
	var due, opened, changed, closed int64
	err := row.Scan(append([]any{&c.ID, &c.Kind, &c.Number, &c.Organ, &c.Title, &c.State, &c.Version, &c.Events, &due, &opened, &changed, &closed}, more...)...)
	c.DueAt, c.OpenedAt, c.Changed, c.ClosedAt = instant(due), instant(opened), instant(changed), instant(closed)
	return &c, err
}

// instant reads a stored time; 0 is none.
func instant(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// load reads a case with its facts and past acts; lock holds its row until the
// transaction ends.
func load(ctx context.Context, q store.Querier, id int64, lock string) (c *Case, err error) {
	defer fault.Wrap(&err, "casework.load(%d)", id)
	c, err = scanCase(q.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases c WHERE c.id = $1 `+lock, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "casework.load", textNoCase)
	}
	if err != nil {
		return nil, err
	}
	if c.Done, err = done(ctx, q, id); err != nil {
		return nil, err
	}
	c.Facts, err = facts(ctx, q, id)
	return c, err
}

func done(ctx context.Context, q store.Querier, id int64) (out []Done, err error) {
	rows, err := q.QueryContext(ctx, `SELECT no, action, actor, for_login, at FROM case_events WHERE case_id = $1 ORDER BY no`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Done
		var at int64
		if err := rows.Scan(&d.No, &d.Action, &d.Actor, &d.For, &at); err != nil {
			return nil, err
		}
		d.At = instant(at)
		out = append(out, d)
	}
	return out, rows.Err()
}

func facts(ctx context.Context, q store.Querier, id int64) (out []Fact, err error) {
	rows, err := q.QueryContext(ctx, `SELECT clock, fact FROM case_facts WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f Fact
		var raw string
		if err := rows.Scan(&f.Clock, &raw); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(raw), &f.Fact); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// OpenTask is a task that waits in a case.
type OpenTask struct {
	ID          int64
	Case        int64
	Name        string
	Organ       int64
	Right       string
	Person      int64 // 0: anybody with the right on the organ
	Barred      string
	Clock       string
	Rule        string
	DueAt       time.Time // zero: no due time, or stopped
	Stopped     bool      // its clock stands still
	Provisional bool      // the calendar of a year it needs is not known yet
	Urged       int
	OpenedAt    time.Time
}

const taskColumns = `t.id, t.case_id, t.name, t.organ_id, t.right_needed, t.person_id, t.barred, t.clock, t.rule, t.due_at, t.stopped, t.provisional, t.urged, t.opened_at`

func (t *OpenTask) scan() (into []any, finish func()) {
	var due, opened int64
	var stopped, provisional int
	return []any{&t.ID, &t.Case, &t.Name, &t.Organ, &t.Right, &t.Person, &t.Barred, &t.Clock, &t.Rule, &due, &stopped, &provisional, &t.Urged, &opened},
		func() {
			t.DueAt, t.OpenedAt, t.Stopped, t.Provisional = instant(due), instant(opened), stopped != 0, provisional != 0
		}
}

// Tasks lists what waits in a case, the earliest due first.
func (k *Kernel) Tasks(ctx context.Context, id int64) ([]OpenTask, error) {
	return openTasks(ctx, k.db.Reader(), id)
}

func openTasks(ctx context.Context, q store.Querier, id int64) (out []OpenTask, err error) {
	defer fault.Wrap(&err, "casework.openTasks(%d)", id)
	rows, err := q.QueryContext(ctx, `SELECT `+taskColumns+` FROM case_tasks t WHERE t.case_id = $1 AND t.closed_at = 0
		ORDER BY CASE WHEN t.due_at = 0 THEN 1 ELSE 0 END, t.due_at, t.id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t OpenTask
		into, finish := t.scan()
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		finish()
		out = append(out, t)
	}
	return out, rows.Err()
}

// Case reads a case. Whoever calls decides who may see it; see View.
func (k *Kernel) Case(ctx context.Context, id int64) (*Case, error) {
	return load(ctx, k.db.Reader(), id, "")
}

// Data reads what the domain knows of a case; the caller asserts its type.
func (k *Kernel) Data(ctx context.Context, q store.Querier, c *Case) (any, error) {
	return k.flows[c.Kind].load(ctx, q, c)
}

// Linked finds the cases of a kind that are about a thing, newest first.
func (k *Kernel) Linked(ctx context.Context, q store.Querier, kind Kind, what string, target int64) (out []*Case, err error) {
	defer fault.Wrap(&err, "casework.Linked(%s, %d)", what, target)
	rows, err := q.QueryContext(ctx, `SELECT `+caseColumns+` FROM case_links l JOIN cases c ON c.id = l.case_id
		WHERE l.kind = $1 AND l.target = $2 AND c.kind = $3 ORDER BY c.id DESC`, what, target, string(kind))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanCase(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// CaseIn is Case inside a transaction, with the case locked until its end.
func (k *Kernel) CaseIn(ctx context.Context, tx *sql.Tx, id int64) (*Case, error) {
	return load(ctx, tx, id, k.db.Dialect.ForUpdate())
}
