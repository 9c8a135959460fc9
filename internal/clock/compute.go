package clock

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gongkai/internal/workday"
)

// Compute derives the due time of a limit from facts. Facts that do not
// concern the limit are left alone; facts that should concern it but have no
// effect stand in Refused and change nothing. The result depends on the set of
// facts, not on their order.
func Compute(l Limit, facts []Fact, cal workday.Calendar) Result {
	facts = inOrder(facts)
	r := Result{State: Stopped, Refused: []Refusal{}, Steps: []Step{}}
	switch l.Way {
	case Answering:
		answering(l, facts, cal, &r)
	case Correcting:
		correcting(l, facts, cal, &r)
	case Replying:
		replying(l, facts, cal, &r)
	default:
		plain(l, facts, cal, &r)
	}
	if r.Provisional {
		r.step(r.Due.Day, "G", r.Reason)
	}
	r.date(facts)
	slices.SortStableFunc(r.Steps, func(a, b Step) int { return a.On.Compare(b.On) })
	return r
}

// date puts the lines that speak of now, as waiting, on the last day known.
func (r *Result) date(facts []Fact) {
	var last workday.Date
	for _, s := range r.Steps {
		if s.On.After(last) {
			last = s.On
		}
	}
	if last.IsZero() && len(facts) > 0 {
		last = facts[len(facts)-1].At.Day
	}
	for i := range r.Steps {
		if r.Steps[i].On.IsZero() {
			r.Steps[i].On = last
		}
	}
}

// rank orders facts of one day as they must have come: a letter before its
// reply, an extension before what it makes room for, the answer last.
var rank = func() map[Event]int {
	m := map[Event]int{}
	for i, e := range []Event{Posted, Submitted, Arrived, FaxReceived, Discovered, InformationFormed, DecisionMade, DecisionVoided, BudgetApproved,
		PeriodEnded, Received, SignedFor, StaffConfirmed, ConfirmedWithApplicant, BothConfirmed, ExtensionApproved, DelayStated,
		CorrectionNoticeSent, CorrectionNoticeServed, CorrectionReceived, FeeNoticeSent, FeeNoticeReceived, FeePaid,
		ConsultSent, ConsultReceived, ReplyReceived, AnswerServed, ReconsiderationServed, RemedyLearned, DocumentPublished, Closed, Done} {
		m[e] = i
	}
	return m
}()

// inOrder sorts a copy by day, then by the natural order of events, then by
// everything else, so that any order of input gives the same list.
func inOrder(facts []Fact) []Fact {
	out := slices.Clone(facts)
	slices.SortStableFunc(out, func(a, b Fact) int {
		return cmp.Or(a.At.Day.Compare(b.At.Day), rank[a.Event]-rank[b.Event], cmp.Compare(a.At.Clock, b.At.Clock),
			strings.Compare(string(a.Who), string(b.Who)), a.WorkingDays-b.WorkingDays, a.PeriodWorkingDays-b.PeriodWorkingDays,
			strings.Compare(string(a.Channel), string(b.Channel)), told(a)-told(b))
	})
	return out
}

func told(f Fact) int {
	switch {
	case f.RemedyTold == nil:
		return 0
	case *f.RemedyTold:
		return 1
	}
	return 2
}

// plain is a limit from one fact to another.
func plain(l Limit, facts []Fact, cal workday.Calendar, r *Result) {
	start, ok := begin(l, facts, r)
	if !ok {
		return
	}
	if p := noticePeriod(facts); l.Stated && p > 0 {
		l.Number = p
	}
	due := end(l, start.At, cal, r)
	if l.Untold > 0 {
		due = untold(l, start, facts, due, cal, r)
	}
	r.Due, r.State = due, Running
	r.explain(l, start.At, due, cal)
	finish(l, facts, start, r)
}

// explain writes the sum of a limit that no fact interrupts.
func (r *Result) explain(l Limit, from, due Moment, cal workday.Calendar) {
	if l.Unit == WorkingDay && l.Number > 0 {
		(&answer{l: l, cal: cal, r: r, start: from.Day}).explain(due.Day)
	}
	if l.Unit != WorkingDay || l.Least || l.Number == 0 {
		r.step(due.Day, l.Rule, dueText(l, from, due))
	}
}

// noticePeriod is the period for correction that the first notice set, 0 when none did.
func noticePeriod(facts []Fact) int {
	for _, f := range facts {
		if (f.Event == CorrectionNoticeSent || f.Event == CorrectionNoticeServed) && f.PeriodWorkingDays > 0 {
			return f.PeriodWorkingDays
		}
	}
	return 0
}

// begin finds the fact that starts a clock: the earliest of the first kind
// that has any. Later ones of that kind have no effect.
func begin(l Limit, facts []Fact, r *Result) (Fact, bool) {
	for _, kind := range l.Starts {
		i := slices.IndexFunc(facts, func(f Fact) bool { return f.Event == kind })
		if i < 0 {
			continue
		}
		start := facts[i]
		r.Received, r.Counted = start.At, start.At
		r.step(start.At.Day, l.Rule, startText(l, start))
		for _, f := range facts[i+1:] {
			if f.Event == kind && !(l.Untold > 0 && !f.untold() && start.untold()) {
				r.refuse(f, l.Rule, textAlreadyBegun(start.At))
			}
		}
		return start, true
	}
	r.step(workday.Date{}, l.Rule, textNotBegun)
	return Fact{}, false
}

// finish judges the fact that ends a clock.
func finish(l Limit, facts []Fact, start Fact, r *Result) {
	for _, f := range facts {
		if !slices.Contains(l.Ends, f.Event) || f == start {
			continue
		}
		switch {
		case before(f.At, start.At):
			r.refuse(f, l.Rule, textBeforeStart(start.At))
		case !r.Ended.IsZero():
			r.refuse(f, l.Rule, textAlreadyEnded(r.Ended))
		case l.Least && before(f.At, r.Due):
			r.refuse(f, l.Rule, textTooShort(r.Due))
		default:
			r.close(l, f)
		}
	}
}

// close ends the clock by a fact, in time or late.
func (r *Result) close(l Limit, f Fact) {
	r.Ended, r.State = f.At, Met
	if r.HasDue() && !l.Least && after(f.At, r.Due) {
		r.State = Lapsed
	}
	r.step(f.At.Day, l.Rule, endedText(f, r.State))
}

// before and after compare by day, by the clock only where both know it.
func before(a, b Moment) bool {
	if a.Timed && b.Timed {
		return a.Instant().Before(b.Instant())
	}
	return a.Day.Before(b.Day)
}

func after(a, b Moment) bool { return before(b, a) }

// end counts a limit from a moment.
func end(l Limit, from Moment, cal workday.Calendar, r *Result) Moment {
	d := from.Day
	known := true
	switch l.Unit {
	case Hour:
		return At(from.Instant().Add(time.Duration(l.Number) * time.Hour))
	case WorkingDay:
		d, known = cal.AddWorkdays(d, l.Number)
	case Day:
		d = d.AddDays(l.Number)
	case Month:
		d = d.AddMonths(l.Number)
	case FixedDate:
		d = workday.Date{Year: d.Year, Month: l.Month, Day: l.Day}
		if d.Before(from.Day) {
			d.Year++
		}
	default:
		d = periodEnd(l.Unit, d)
	}
	r.unsure(known, d.Year)
	if (l.Unit == Day || l.Unit == Month) && !l.Stays {
		rolled, known := cal.Roll(d)
		r.unsure(known, rolled.Year)
		if rolled != d {
			r.step(d, "A-82", textRolled(cal.On(d), rolled))
		}
		d = rolled
	}
	return On(d)
}

// periodEnd is the last day of the month, quarter, half-year or year of d.
func periodEnd(u Unit, d workday.Date) workday.Date {
	months := map[Unit]int{MonthEnd: 1, QuarterEnd: 3, HalfEnd: 6, YearEnd: 12}[u]
	if months == 0 {
		return d
	}
	first := workday.Date{Year: d.Year, Month: time.Month((int(d.Month)-1)/months*months + 1), Day: 1}
	return first.AddMonths(months).AddDays(-1)
}

// untold lengthens a remedy whose letter did not tell it: the limit runs from
// the day the right, the organ and the limit become known, at most Untold
// months from the letter itself (A-90: 行诉解释 64).
func untold(l Limit, start Fact, facts []Fact, due Moment, cal workday.Calendar, r *Result) Moment {
	if !start.untold() {
		return due
	}
	most := end(Limit{Unit: Month, Number: l.Untold}, start.At, cal, r)
	r.step(start.At.Day, l.Rule, textUntold(l.Untold))
	for _, f := range facts {
		tells := f.Event == RemedyLearned || slices.Contains(l.Starts, f.Event) && f != start && !f.untold()
		if !tells || before(f.At, start.At) {
			continue
		}
		told := end(l, f.At, cal, r)
		r.step(f.At.Day, l.Rule, textToldNow(l, f.At))
		if told.Day.Before(most.Day) {
			return told
		}
		break
	}
	return most
}
