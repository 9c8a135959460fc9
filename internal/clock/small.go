package clock

import (
	"slices"

	"gongkai/internal/workday"
)

// correcting is A-72: from receipt to the one notice.
func correcting(l Limit, facts []Fact, cal workday.Calendar, r *Result) {
	got := receive(facts, cal, r)
	if !got.ok {
		return
	}
	r.Due, r.State = end(l, got.at, cal, r), Running
	r.explain(l, got.at, r.Due, cal)
	start := got.fact
	start.At = got.at // an online request counts from its confirmation
	finish(l, facts, start, r)
}

// replying is the time of one consulted party. Letters to others are left
// alone; without a name the first named party of the rule's kind is meant.
func replying(l Limit, facts []Fact, cal workday.Calendar, r *Result) {
	who := defaultParty(l.Rule)
	if i := slices.IndexFunc(facts, func(f Fact) bool { return f.Event == ConsultReceived && f.Who != "" }); i >= 0 {
		who = facts[i].Who
	}
	var mine []Fact
	for _, f := range facts {
		if f.Event != ConsultReceived && f.Event != ReplyReceived || f.Who == "" || f.Who == who {
			mine = append(mine, f)
		}
	}
	plain(l, mine, cal, r)
}
