package casework

import (
	"context"
	"slices"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
)

// SumOf gives the computation behind the due time of an open task, with its
// dated lines: the facts are those that the workflow names for the task, else
// the recorded ones of its clock. The result is false for a task without a
// clock, whose due time is planned or not set.
func (k *Kernel) SumOf(ctx context.Context, t OpenTask) (res clock.Result, ok bool, err error) {
	defer fault.Wrap(&err, "casework.SumOf(%d)", t.ID)
	q := k.db.Reader()
	c, err := load(ctx, q, t.Case, "")
	if err != nil {
		return res, false, err
	}
	f := k.flows[c.Kind]
	if f == nil {
		return res, false, fault.Newf(fault.Internal, "casework.SumOf", "unknown kind %s", c.Kind)
	}
	data, err := f.load(ctx, q, c)
	if err != nil {
		return res, false, err
	}
	facts := c.Clock(t.Clock)
	tasks := f.tasks(c, data)
	if i := slices.IndexFunc(tasks, func(w Task) bool { return w.Name == t.Name }); i >= 0 && tasks[i].Facts != nil {
		facts = tasks[i].Facts
	}
	years, err := k.years(ctx, q)
	if err != nil {
		return res, false, err
	}
	res, ok = years.Sum(t.Organ, t.Rule, facts)
	return res, ok, nil
}
