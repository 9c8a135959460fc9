package clock

import (
	"cmp"

	"gongkai/internal/workday"
)

// line is a stretch of days of one kind while the sum is written.
type line struct {
	kind       string
	from, to   workday.Date
	first, n   int // numbers of the working days in it
	works      int // working days that an excluded stretch holds
	status     workday.Status
	letterRule string
}

// explain writes the sum: stretches of counted days, holidays of a notice,
// make-up days and excluded stretches, then the last day.
func (a *answer) explain(due workday.Date) {
	var cur line
	flush := func() {
		if cur.kind != "" {
			a.r.step(cur.from, cur.rule(), cur.text())
		}
		cur = line{}
	}
	a.walk(func(d workday.Date, s workday.Status, n int, by *letter) {
		next := line{from: d, to: d, first: n, n: n, status: s}
		switch {
		case by != nil:
			next.kind, next.letterRule = "excluded", by.who.Rule()
			if s.Works {
				next.works = 1
			}
		case n > 0 && s.Why == workday.MakeUp:
			next.kind = "makeup"
		case n > 0:
			next.kind = "counted"
		case s.Why == workday.Holiday || s.Why == workday.Statutory:
			next.kind = "holiday " + s.Name
		}
		a.r.unsure(s.Known, d.Year)
		if next.kind != "" && next.kind == cur.kind && cur.to.AddDays(1) == d && next.kind != "makeup" && cur.status.Known == s.Known {
			cur.to, cur.n, cur.works = d, n, cur.works+next.works
			return
		}
		flush()
		cur = next
	})
	flush()
	a.r.step(due, a.l.Rule, textLastDay(a.cal.On(due), a.l.Number+a.extra))
}

func (x line) rule() string {
	switch {
	case x.kind == "excluded":
		return cmp.Or(x.letterRule, "A-76")
	case !x.status.Known:
		return "G"
	}
	return "A-81"
}

// waitingRule and waitingText name what a stopped clock waits for.
func (a *answer) waitingRule() string {
	switch {
	case a.unclear:
		return "A-72"
	case a.unpaid:
		return "C-08"
	}
	for _, x := range a.letters {
		if _, closed := x.last(); !closed {
			return x.who.Rule()
		}
	}
	return a.l.Rule
}

func (a *answer) waitingText() string {
	switch {
	case a.unclear:
		return textWaitCorrection
	case a.unpaid:
		return textWaitFee
	}
	for _, x := range a.letters {
		if _, closed := x.last(); !closed {
			return textWaitReply(x.who)
		}
	}
	return textNotBegun
}
