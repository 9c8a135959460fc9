package clock

import (
	"slices"

	"gongkai/internal/workday"
)

// receipt is the day a request counts as received.
type receipt struct {
	fact Fact
	at   Moment
	rule string
	ok   bool
}

// receiptEvents are the facts that can speak of receipt.
var receiptEvents = []Event{Posted, Submitted, Arrived, FaxReceived, Received, SignedFor, StaffConfirmed, ConfirmedWithApplicant, BothConfirmed}

// receive finds the receipt. Facts of receipt that came too early, too late or
// by another channel are refused; going by, as posting and arrival, is no claim.
func receive(facts []Fact, cal workday.Calendar, r *Result) receipt {
	first := func(kinds ...Event) (Fact, bool) {
		i := slices.IndexFunc(facts, func(f Fact) bool { return slices.Contains(kinds, f.Event) })
		if i < 0 {
			return Fact{}, false
		}
		return facts[i], true
	}
	var got receipt
	if f, ok := first(Received); ok {
		got = receipt{f, f.At, "A-80", true}
		r.step(f.At.Day, got.rule, receiptText("", f.At))
	} else {
		switch channel := channelOf(facts); channel {
		case InPerson:
			got = received(r, channel, "A-60", first, Submitted)
		case PostSigned:
			got = received(r, channel, "A-61", first, SignedFor)
		case PostOrdinary:
			got = confirmed(r, channel, "A-62", facts, Arrived, ConfirmedWithApplicant)
		case Fax:
			got = confirmed(r, channel, "A-63", facts, FaxReceived, BothConfirmed)
		case Online:
			got = online(facts, cal, r)
		}
	}
	if !got.ok {
		r.step(workday.Date{}, "A-60", textNotReceived)
		return got
	}
	r.Received, r.Counted = got.at, got.at
	for _, f := range facts {
		// Posting and signing go by; they also speak of the answer.
		claims := slices.Contains(receiptEvents, f.Event) && f.Event == got.fact.Event && f.Event != Posted && f.Event != SignedFor && f.Event != Arrived
		if claims && f != got.fact && !refused(r, f) {
			r.refuse(f, got.rule, textAlreadyBegun(got.at))
		}
	}
	return got
}

func refused(r *Result, f Fact) bool {
	return slices.ContainsFunc(r.Refused, func(x Refusal) bool { return x.Fact == f })
}

// channelOf is the stated channel, or the one the facts speak of.
func channelOf(facts []Fact) Channel {
	for _, f := range facts {
		if f.Channel != "" {
			return f.Channel
		}
	}
	has := func(e Event) bool { return slices.ContainsFunc(facts, func(f Fact) bool { return f.Event == e }) }
	switch {
	case has(StaffConfirmed), has(Submitted) && has(BothConfirmed):
		return Online
	case has(FaxReceived), has(BothConfirmed):
		return Fax
	case has(ConfirmedWithApplicant):
		return PostOrdinary
	case has(Submitted):
		return InPerson
	case has(SignedFor):
		return PostSigned
	}
	return ""
}

func received(r *Result, c Channel, rule string, first func(...Event) (Fact, bool), kind Event) receipt {
	f, ok := first(kind)
	if ok {
		r.step(f.At.Day, rule, receiptText(c, f.At))
	}
	return receipt{f, f.At, rule, ok}
}

// confirmed is a receipt by confirmation, which cannot come before the arrival.
func confirmed(r *Result, c Channel, rule string, facts []Fact, came, kind Event) receipt {
	var arrival Moment
	if i := slices.IndexFunc(facts, func(f Fact) bool { return f.Event == came }); i >= 0 {
		arrival = facts[i].At
		r.step(arrival.Day, rule, textArrived(c))
	}
	for _, f := range facts {
		if f.Event != kind {
			continue
		}
		if !arrival.IsZero() && before(f.At, arrival) {
			r.refuse(f, rule, textConfirmedTooEarly)
			continue
		}
		r.step(f.At.Day, rule, receiptText(c, f.At))
		return receipt{f, f.At, rule, true}
	}
	return receipt{}
}

// online is A-63 with its decision: staff confirm on the day or the next
// working day; then the system does it.
func online(facts []Fact, cal workday.Calendar, r *Result) receipt {
	i := slices.IndexFunc(facts, func(f Fact) bool { return f.Event == Submitted || f.Event == Arrived })
	if i < 0 {
		return confirmedOnline(facts, Moment{}, Moment{}, r)
	}
	sent := facts[i]
	r.step(sent.At.Day, "A-63", textArrived(Online))
	last, known := cal.NextWorkday(sent.At.Day)
	got := confirmedOnline(facts, sent.At, On(last), r)
	if !got.ok {
		got = receipt{sent, On(last), "A-63", true}
		r.unsure(known, last.Year)
		r.step(last, "A-63", textAutoConfirmed(last))
	}
	return got
}

func confirmedOnline(facts []Fact, sent, last Moment, r *Result) (got receipt) {
	for _, f := range facts {
		if f.Event != StaffConfirmed && f.Event != BothConfirmed && f.Event != ConfirmedWithApplicant {
			continue
		}
		switch {
		case !sent.IsZero() && before(f.At, sent):
			r.refuse(f, "A-63", textConfirmedTooEarly)
		case !last.IsZero() && f.At.Day.After(last.Day):
			r.refuse(f, "A-63", textConfirmedTooLate(last.Day))
		case !got.ok:
			got = receipt{f, f.At, "A-63", true}
			r.step(f.At.Day, "A-63", receiptText(Online, f.At))
		default:
			// Staff and applicant each confirm; the first day that both did is the stored one.
		}
	}
	return got
}
