package request

import (
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

// RemedyDays are the last days to contest an answer, with their sums.
type RemedyDays struct {
	From   workday.Date // the day on which the applicant had the letter; zero: nothing runs yet
	First  bool         // reconsideration must come first for all of it, so there is no day for a suit
	Review clock.Result // reconsideration
	Suit   clock.Result // a suit at once; empty when First
}

// RemedyUntil computes the last days of the answer that was served last: from
// the day it reached the applicant, never from the day of posting.
// Months and rests roll as package clock has it.
func RemedyUntil(_ *casework.Case, q *Request, cal workday.Calendar) RemedyDays {
	began, ok := q.reached()
	if !ok {
		return RemedyDays{}
	}
	out := RemedyDays{From: began.At.Day, First: q.onlyFirst(), Review: clock.Compute(clock.MustFind("A-90"), []clock.Fact{began}, cal)}
	if !out.First {
		out.Suit = clock.Compute(clock.MustFind("A-92"), []clock.Fact{began}, cal)
	}
	return out
}

// onlyFirst reports that nothing of the answer may be taken to a court at once
// . A letter that also answers free matters, or keeps back a part on other
// grounds than articles 14 to 16, tells both ways, and both days run.
func (q *Request) onlyFirst() bool {
	for _, it := range q.Decision.Items {
		if !it.First() {
			return false
		}
	}
	info, _ := q.Outcome.Info()
	return len(q.Decision.Items) > 0 || info.First
}

// reached is the fact from which the applicant's days count: the day on which
// the last answer reached them, by post the day on which they signed.
// False while nobody has it. A request of an old register knows one day only.
func (q *Request) reached() (clock.Fact, bool) {
	for round := q.Service.Round(); round > 0; round-- {
		if a := q.Service.delivered(round); a != nil {
			return a.remedyFact(), true
		}
	}
	if len(q.Service.Attempts) > 0 || q.ServedOn.IsZero() || q.ServedHow == ServePost {
		return clock.Fact{}, false
	}
	return clock.Fact{Event: clock.AnswerServed, At: clock.On(q.ServedOn)}, true
}

// Until is the last of these days; zero while nothing runs.
func (d RemedyDays) Until() workday.Date {
	last := d.Review.Due.Day
	if d.Suit.Due.Day.After(last) {
		last = d.Suit.Due.Day
	}
	return last
}
