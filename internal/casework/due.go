package casework

import (
	"time"

	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

// due is a due time as a task row keeps it: a projection of facts.
type due struct {
	at          time.Time
	stopped     bool
	provisional bool
	touches     int // the last year its computation may have looked at
	calendar    int64
}

// margin is how many days past its due time a computation may have looked at:
// the walk over a rest that the limit ends in. A year that begins within it
// counts as touched.
const margin = 15

// due computes when a task must be done. A task without a running clock has no
// due time; a planned hour is taken as it is.
func (y *Years) due(t Task, facts []clock.Fact, now time.Time) due {
	d := due{at: t.Due, calendar: y.Generation}
	if t.Rule == "" || len(facts) == 0 {
		return d
	}
	limit, ok := clock.Find(t.Rule)
	if !ok {
		panic("casework: task " + t.Name + " names the unknown limit " + t.Rule) // a fault of ours: the tables are tested
	}
	res := clock.Compute(limit, facts, y.For(t.Organ))
	d.provisional = res.Provisional
	d.touches = workday.DateOf(now).AddDays(margin).Year
	switch res.State {
	case clock.Stopped:
		d.stopped = true
		d.touches = 9999 // how far it will look when it runs again nobody knows
	case clock.Running, clock.Lapsed:
		d.at = res.DueAt()
	}
	if !res.Due.IsZero() {
		d.touches = max(d.touches, res.Due.Day.AddDays(margin).Year)
	}
	return d
}

// Sum gives the due time of a task with the lines of its sum, for the page of
// a case.
func (y *Years) Sum(organ int64, rule string, facts []clock.Fact) (clock.Result, bool) {
	limit, ok := clock.Find(rule)
	if !ok || len(facts) == 0 {
		return clock.Result{}, false
	}
	return clock.Compute(limit, facts, y.For(organ)), true
}
