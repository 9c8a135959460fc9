package clock

import (
	"cmp"
	"slices"

	"gongkai/internal/workday"
)

// answer is the main clock of a request while its facts are read in the
// order of their days. A fact is judged by what stood on its day, so that a
// later fact can never undo an earlier judgement.
type answer struct {
	l   Limit
	cal workday.Calendar
	r   *Result

	start workday.Date // the count runs from the day after this one
	extra int          // working days by extension and stated delay

	noticed, unclear bool         // a correction notice was given; its correction is awaited
	served           workday.Date // the notice reached the applicant
	period           int          // for correction, in working days
	billed, unpaid   bool
	bill             workday.Date // the fee notice reached the applicant
	delayed          bool
	posted           bool // the answer went out by post and is not yet known as served
	letters          []*letter
}

// letter is one consultation of one party.
type letter struct {
	who      Party
	sent     workday.Date
	received workday.Date
	limit    workday.Date // the 15 working days end; zero while unknown or without a cap
	reply    workday.Date
}

// last is the last excluded day; false while it is open.
func (x *letter) last() (workday.Date, bool) {
	switch {
	case x.limit.IsZero():
		return x.reply, !x.reply.IsZero()
	case !x.reply.IsZero() && x.reply.Before(x.limit):
		return x.reply, true
	default:
		return x.limit, true
	}
}

// covers reports whether a day is excluded by this letter: from the day after
// it was sent, both ends included.
func (x *letter) covers(d workday.Date) (in, open bool) {
	if !d.After(x.sent) {
		return false, false
	}
	last, closed := x.last()
	return !closed || !d.After(last), !closed
}

func answering(l Limit, facts []Fact, cal workday.Calendar, r *Result) {
	got := receive(facts, cal, r)
	if !got.ok {
		for _, f := range facts {
			if claimRule(f) != "" {
				r.refuse(f, claimRule(f), textNotReceived)
			}
		}
		return
	}
	a := &answer{l: l, cal: cal, r: r, start: got.at.Day}
	for _, f := range facts {
		a.read(f, got)
	}
	a.conclude()
}

// claimRule is the rule under which a fact would move the main clock, "" for
// facts that do not claim to.
func claimRule(f Fact) string {
	switch f.Event {
	case ExtensionApproved:
		return "A-71"
	case DelayStated:
		return "A-79"
	case CorrectionNoticeSent, CorrectionNoticeServed:
		return "A-72"
	case CorrectionReceived:
		return "A-73"
	case ConsultSent, ConsultReceived, ReplyReceived:
		return cmp.Or(f.Who.Rule(), "A-76")
	case FeeNoticeSent, FeeNoticeReceived:
		return "C-06"
	case FeePaid:
		return "C-08"
	case AnswerServed, Done:
		return "A-84"
	}
	return ""
}

func (a *answer) read(f Fact, got receipt) {
	rule := claimRule(f)
	// An answer goes out by post on the day of posting; up to the day of
	// receipt a posting is the applicant's, unless the request did not come by
	// post: then it may be answered on the spot.
	onTheSpot := f.At.Day == got.at.Day && (got.rule == "A-60" || got.rule == "A-63")
	if f.Event == Posted && (f.At.Day.After(got.at.Day) || onTheSpot) {
		rule = "A-84"
	}
	if f.Event == ConsultSent || f.Event == ConsultReceived || f.Event == ReplyReceived {
		f.Who = cmp.Or(f.Who, defaultParty(a.l.Rule))
		rule = f.Who.Rule()
	}
	switch {
	case rule == "":
		return
	case f.At.Day.Before(got.at.Day):
		a.r.refuse(f, rule, textBeforeStart(got.at))
		return
	case !a.r.Ended.IsZero():
		// Posting and service of one answer are two dates of one act.
		if f.Event == AnswerServed && a.posted {
			a.posted = false
			a.r.step(f.At.Day, rule, textSigned)
			return
		}
		a.r.refuse(f, rule, textAlreadyEnded(a.r.Ended))
		return
	}
	switch f.Event {
	case ExtensionApproved, DelayStated:
		a.extend(f, rule)
	case CorrectionNoticeSent, CorrectionNoticeServed, CorrectionReceived:
		a.correct(f)
	case FeeNoticeSent, FeeNoticeReceived, FeePaid:
		a.charge(f)
	case ConsultSent, ConsultReceived, ReplyReceived:
		a.consult(f, rule)
	default:
		a.answered(f)
	}
}

// longestExtension is the law's (art. 33), in working days.
const longestExtension = 20

// extend is A-71 (and A-79): once, at most 20 working days, decided while the
// first limit has not passed. The extension belongs to the request: a restart
// (A-73, C-08) counts the whole period anew, the extension included, and leaves
// no room for a second one.
func (a *answer) extend(f Fact, rule string) {
	due, stands := a.due()
	most := longestExtension
	done := &a.r.Extended
	if f.Event == DelayStated {
		done, most = &a.delayed, 0
	}
	n := cmp.Or(f.WorkingDays, most)
	switch {
	case *done:
		a.r.refuse(f, rule, textExtendedTwice)
	case n <= 0:
		a.r.refuse(f, rule, textNoLength)
	case most > 0 && n > most:
		a.r.refuse(f, rule, textExtendedTooLong(most))
	case stands && due.Before(f.At.Day):
		a.r.refuse(f, rule, textTooLate(f, due))
	default:
		*done = true
		a.extra += n
		a.r.step(f.At.Day, rule, textExtended(f, n))
	}
}

// correct is: one notice within 7 working days of receipt stops
// the clock; the correction restarts it in full.
func (a *answer) correct(f Fact) {
	limit := MustFind("A-72").Number
	switch f.Event {
	case CorrectionNoticeSent:
		last, known := a.cal.AddWorkdays(a.r.Received.Day, limit)
		due, stands := a.due()
		switch {
		case a.noticed:
			a.r.refuse(f, "A-72", textNoticedTwice)
		case f.At.Day.After(last):
			a.r.unsure(known, last.Year)
			a.r.refuse(f, "A-72", textNoticedLate(limit, last))
		case stands && due.Before(f.At.Day):
			a.r.refuse(f, "A-72", textTooLate(f, due))
		default:
			a.noticed, a.unclear, a.period = true, true, f.PeriodWorkingDays
			a.r.step(f.At.Day, "A-72", textNoticed)
		}
	case CorrectionNoticeServed:
		switch {
		case !a.noticed:
			a.r.refuse(f, "A-72", textNoNotice)
		case !a.unclear || !a.served.IsZero():
			a.r.refuse(f, "A-72", textServedTwice)
		default:
			a.served, a.period = f.At.Day, cmp.Or(a.period, f.PeriodWorkingDays, MustFind("A-75").Number)
			last, _ := a.cal.AddWorkdays(a.served, a.period)
			a.r.step(f.At.Day, "A-75", textCorrectBy(a.period, last))
		}
	default:
		var last workday.Date
		known := true
		if !a.served.IsZero() {
			last, known = a.cal.AddWorkdays(a.served, a.period)
		}
		switch {
		case !a.noticed:
			a.r.refuse(f, "A-73", textNoNotice)
		case !a.unclear:
			a.r.refuse(f, "A-73", textCorrectedTwice)
		case !last.IsZero() && f.At.Day.After(last) && !f.Excused:
			a.r.unsure(known, last.Year)
			a.r.refuse(f, "A-74", textCorrectedLate(last))
		default:
			a.unclear, a.r.Corrected = false, true
			a.restart(f, "A-73", textCorrected)
		}
	}
}

// charge is C-06 to C-08: a fee notice within the period stops the clock,
// payment in full restarts it.
func (a *answer) charge(f Fact) {
	due, stands := a.due()
	switch f.Event {
	case FeeNoticeSent, FeeNoticeReceived:
		switch {
		case f.Event == FeeNoticeReceived && a.unpaid && a.bill.IsZero():
		case a.billed:
			a.r.refuse(f, "C-02", textBilledTwice)
			return
		case stands && due.Before(f.At.Day):
			a.r.refuse(f, "C-06", textTooLate(f, due))
			return
		default:
			a.billed, a.unpaid = true, true
			a.r.step(f.At.Day, "C-08", textBilled)
		}
		if f.Event == FeeNoticeReceived {
			a.bill = f.At.Day
			last := end(MustFind("C-07"), f.At, a.cal, &Result{})
			a.r.step(f.At.Day, "C-07", textPayBy(last.Day))
		}
	default:
		var last Moment
		var sum Result
		if !a.bill.IsZero() {
			last = end(MustFind("C-07"), On(a.bill), a.cal, &sum)
		}
		switch {
		case !a.billed:
			a.r.refuse(f, "C-08", textNoBill)
		case !a.unpaid:
			a.r.refuse(f, "C-08", textPaidTwice)
		case !last.IsZero() && f.At.Day.After(last.Day):
			a.r.unsure(!sum.Provisional, last.Day.Year)
			a.r.refuse(f, "C-07", textPaidLate(last.Day))
		default:
			a.unpaid = false
			a.restart(f, "C-08", textPaid)
		}
	}
}

func (a *answer) restart(f Fact, rule, text string) {
	a.start, a.r.Counted = f.At.Day, f.At
	a.r.step(f.At.Day, rule, text)
}

// consult is. Whether a count of days was certain shows in the
// walk, which passes every day that matters.
func (a *answer) consult(f Fact, rule string) {
	who := f.Who
	i := slices.IndexFunc(a.letters, func(x *letter) bool { return x.who == who && x.reply.IsZero() })
	var x *letter
	if i >= 0 {
		x = a.letters[i]
	}
	switch f.Event {
	case ConsultSent:
		due, stands := a.due()
		switch {
		case x != nil && !x.limit.IsZero() && x.limit.Before(f.At.Day):
			a.r.refuse(f, rule, textSilentParty(who, x.limit))
		case x != nil:
			a.r.refuse(f, rule, textAskedTwice(who, x.sent))
		case stands && due == f.At.Day:
			a.r.refuse(f, rule, textAskedOnLastDay)
		case stands && due.Before(f.At.Day):
			a.r.refuse(f, rule, textTooLate(f, due))
		default:
			a.letters = append(a.letters, &letter{who: who, sent: f.At.Day})
			a.r.step(f.At.Day, rule, textAsked(who))
		}
	case ConsultReceived:
		switch {
		case x == nil:
			a.r.refuse(f, rule, textNoLetter(who))
		case !x.received.IsZero():
			a.r.refuse(f, rule, textReceivedTwice(who, x.received))
		default:
			x.received = f.At.Day
			if limit, ok := Find(rule + ".reply"); ok {
				last, _ := a.cal.AddWorkdays(f.At.Day, limit.Number)
				x.limit = last
				a.r.step(f.At.Day, rule, textReplyBy(who, limit.Number, last))
			} else {
				a.r.step(f.At.Day, rule, textReceivedLetter(who))
			}
		}
	default:
		switch {
		case x == nil:
			a.r.refuse(f, rule, textNoLetter(who))
		case !x.limit.IsZero() && x.limit.Before(f.At.Day):
			a.r.refuse(f, rule, textRepliedLate(rule, x.limit))
		default:
			x.reply = f.At.Day
			a.r.step(f.At.Day, rule, textReplied(who))
		}
	}
}

func defaultParty(rule string) Party {
	switch rule {
	case "A-77", "A-77.reply":
		return "joint_organ"
	case "A-78":
		return "other_organ"
	}
	return "third_party"
}

// answered ends the clock: in time when the answer was served, or posted, by
// the last day, or while no limit ran.
func (a *answer) answered(f Fact) {
	a.r.Ended, a.r.State, a.posted = f.At, Met, f.Event == Posted
	if due, stands := a.due(); stands && due.Before(f.At.Day) {
		a.r.State = Lapsed
	}
	a.r.step(f.At.Day, "A-84", endedText(f, a.r.State))
}

// due is the last day as the facts read so far have it; false while the clock
// stands still.
func (a *answer) due() (workday.Date, bool) {
	if a.unclear || a.unpaid {
		return workday.Date{}, false
	}
	last := workday.Date{}
	stands := a.walk(func(d workday.Date, _ workday.Status, n int, _ *letter) { last = d })
	return last, stands
}

// walk visits the days from the day after the start to the last one. n is the
// number of the working day, 0 when the day does not count; by is the letter
// that excludes it. It reports false when it meets a letter that is still open.
func (a *answer) walk(visit func(d workday.Date, s workday.Status, n int, by *letter)) bool {
	total := a.l.Number + a.extra
	d, n := a.start, 0
	if total == 0 {
		visit(d, a.cal.On(d), 0, nil)
	}
	for n < total {
		d = d.AddDays(1)
		var by *letter
		for _, x := range a.letters {
			in, open := x.covers(d)
			if open {
				return false
			}
			if in && by == nil {
				by = x
			}
		}
		s := a.cal.On(d)
		if s.Works && by == nil {
			n++
			visit(d, s, n, nil)
		} else {
			visit(d, s, 0, by)
		}
	}
	return true
}

// conclude puts the due day and the sum into the result.
func (a *answer) conclude() {
	due, stands := a.due()
	if stands {
		a.r.Due = On(due)
		a.explain(due)
	}
	if !a.r.Ended.IsZero() {
		return
	}
	if stands {
		a.r.State = Running
		return
	}
	a.r.State = Stopped
	a.r.step(workday.Date{}, a.waitingRule(), a.waitingText())
}
