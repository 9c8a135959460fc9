package casework

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// sync makes the open task rows of a case those that its workflow names now.
// A task that stays keeps whose it is and since when it waits.
func (k *Kernel) sync(ctx context.Context, tx *sql.Tx, f *flow, c *Case, now time.Time) error {
	data, err := f.load(ctx, tx, c)
	if err != nil {
		return err
	}
	var want []Task
	if c.Open() {
		want = f.tasks(c, data)
	}
	have, err := openTasks(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, h := range have {
		if !slices.ContainsFunc(want, func(w Task) bool { return w.Name == h.Name }) {
			if _, err := tx.ExecContext(ctx, `UPDATE case_tasks SET closed_at = $2 WHERE id = $1`, h.ID, now.UnixMicro()); err != nil {
				return err
			}
		}
	}
	years, err := k.years(ctx, tx)
	if err != nil {
		return err
	}
	c.DueAt = time.Time{}
	for _, w := range want {
		if w.Organ == 0 {
			w.Organ = c.Organ
		}
		facts := w.Facts
		if facts == nil {
			facts = c.Clock(w.Clock)
		}
		due := years.due(w, facts, now)
		if !due.at.IsZero() && (c.DueAt.IsZero() || due.at.Before(c.DueAt)) {
			c.DueAt = due.at
		}
		if err := k.putTask(ctx, tx, c, w, due, have, now); err != nil {
			return err
		}
	}
	return nil
}

func (k *Kernel) putTask(ctx context.Context, tx *sql.Tx, c *Case, w Task, due due, have []OpenTask, now time.Time) error {
	barred := c.barred(w.NotBy)
	if i := slices.IndexFunc(have, func(h OpenTask) bool { return h.Name == w.Name }); i >= 0 {
		h := have[i]
		person := h.Person
		if w.Person != 0 {
			person = w.Person
		}
		_, err := tx.ExecContext(ctx, `UPDATE case_tasks SET organ_id = $2, right_needed = $3, person_id = $4, barred = $5, clock = $6, rule = $7,
			due_at = $8, stopped = $9, provisional = $10, touches = $11, calendar = $12 WHERE id = $1`,
			h.ID, w.Organ, string(w.Right), person, barred, w.Clock, w.Rule, micro(due.at), flag(due.stopped), flag(due.provisional), due.touches, due.calendar)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO case_tasks (case_id, name, organ_id, right_needed, person_id, barred, clock, rule, due_at, stopped, provisional, touches, calendar, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		c.ID, w.Name, w.Organ, string(w.Right), w.Person, barred, w.Clock, w.Rule, micro(due.at), flag(due.stopped), flag(due.provisional), due.touches, due.calendar, now.UnixMicro())
	return err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// barred lists who may not take a task, as |a|b|, for lists that must not
// offer somebody what they may not do.
func (c *Case) barred(actions []Action) string {
	var out []string
	for _, d := range c.Done {
		if slices.Contains(actions, d.Action) {
			for _, login := range []string{d.Actor, d.For} {
				if login != "" && !slices.Contains(out, login) {
					out = append(out, login)
				}
			}
		}
	}
	if out == nil {
		return ""
	}
	return "|" + strings.Join(out, "|") + "|"
}

// reload brings tasks and due times of a case up to what its domain says now,
// without an act: after a calendar was loaded, or a hand-over.
func (k *Kernel) reload(ctx context.Context, tx *sql.Tx, c *Case, now time.Time) error {
	f := k.flows[c.Kind]
	if f == nil {
		return fault.Newf(fault.Internal, "casework.reload", "unknown kind %s", c.Kind)
	}
	if err := k.sync(ctx, tx, f, c, now); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE cases SET due_at = $2 WHERE id = $1`, c.ID, micro(c.DueAt))
	return err
}
