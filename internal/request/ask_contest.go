package request

import (
	"context"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Contest is until when an answer, or its absence, can be contested (A-90, A-92,
// A-117), as the clock counts it.
type Contest struct {
	Silent   bool // no answer came in time
	Unsigned bool // it went by post and the day of signing is not known yet
	Limits   []ContestLimit
}

// ContestLimit is one way with its last day.
type ContestLimit struct {
	Rule, Name string
	Sum        clock.Result
	Left       int // days from today to the last one; below 0 when it has passed
}

// Contest computes the limits for the page of the applicant. First says that
// reconsideration must come first, so that no direct suit is offered.
func (r *Room) Contest(ctx context.Context, c *casework.Case, q *Request) (out *Contest, err error) {
	defer fault.Wrap(&err, "request.Contest(%d)", c.ID)
	years, err := r.kernel.Years(ctx)
	if err != nil {
		return nil, err
	}
	today, out := workday.DateOf(r.now()), &Contest{}
	last := func(rule, name string, res clock.Result) {
		if res.HasDue() {
			out.Limits = append(out.Limits, ContestLimit{Rule: rule, Name: name, Sum: res, Left: int(res.Due.Day.Time().Sub(today.Time()).Hours() / 24)})
		}
	}
	add := func(rule, name string, f clock.Fact) {
		res, _ := years.Sum(c.Organ, rule, []clock.Fact{f})
		last(rule, name, res)
	}
	if q.ServedOn.IsZero() {
		main := q.Deadline(c, years)
		if main.State != clock.Running || !main.HasDue() || !today.After(main.Due.Day) || !c.Open() {
			return out, nil
		}
		out.Silent = true
		ended := clock.Fact{Event: clock.PeriodEnded, At: main.Due}
		add("A-117", "申请行政复议", ended)
		add("A-117.suit", "提起行政诉讼", ended)
		return out, nil
	}
	d := RemedyUntil(c, q, years.For(c.Organ))
	if d.From.IsZero() {
		out.Unsigned = true
		return out, nil
	}
	last("A-90", "申请行政复议", d.Review)
	if !d.First {
		last("A-92", "提起行政诉讼", d.Suit)
	}
	return out, nil
}
