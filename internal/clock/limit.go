package clock

import (
	"slices"
	"time"
)

// Unit is what a limit is counted in.
type Unit string

// The units.
const (
	WorkingDay Unit = "working_day"
	Day        Unit = "day" // calendar day
	Hour       Unit = "hour"
	Month      Unit = "month"
	FixedDate  Unit = "fixed_date" // the next such day of the year
	MonthEnd   Unit = "month_end"
	QuarterEnd Unit = "quarter_end"
	HalfEnd    Unit = "half_year_end"
	YearEnd    Unit = "year_end"
)

// Bearer is who must keep a limit.
type Bearer string

// The bearers. Only limits of organs may be tightened.
const (
	Organ   Bearer = "organ"
	Citizen Bearer = "citizen" // applicant, third party: their time is a right
)

// Way is the set of rules by which facts move a clock.
type Way string

// The ways.
const (
	Plain      Way = "plain"      // from a fact to a fact
	Answering  Way = "answering"  // stops, restarts, exclusions, one extension
	Correcting Way = "correcting" // one notice, from receipt
	Replying   Way = "replying"   // A-76.reply: of one consulted party
)

// Limit is one rule's number. It is a value; the table of the law is Limits.
type Limit struct {
	Rule   string     `json:"rule"`
	Name   string     `json:"name"` // the duty, in Chinese
	Way    Way        `json:"way"`
	Number int        `json:"number"` // of Unit; negative counts back from the fact
	Unit   Unit       `json:"unit"`
	Month  time.Month `json:"month,omitempty"` // of a fixed date
	Day    int        `json:"day,omitempty"`
	Stays  bool       `json:"stays,omitempty"`  // the last day does not move off a rest day (exception to A-82)
	Least  bool       `json:"least,omitempty"`  // a minimum period: may end on its last day, not before
	Stated bool       `json:"stated,omitempty"` // a notice states the number; Number is the default
	Bearer Bearer     `json:"bearer"`
	Starts []Event    `json:"starts"` // the first of these that has a fact begins the clock, its day not counted
	Ends   []Event    `json:"ends"`
	// Untold is the longest limit, in months from the same fact, when the letter did not tell the remedy.
	Untold int    `json:"untold_months,omitempty"`
	Basis  string `json:"basis"`           // legal basis, in Chinese
	Mark   string `json:"mark"`            // confidence mark of the handbook: V, V*, M-high, DECISION …
	Local  string `json:"local,omitempty"` // who tightened it
	Moves  string `json:"moves,omitempty"` // a rule that moves another rule's clock
}

// Limits is the table of all limits of the law, in the order of the handbook.
// The caller owns the copy.
func Limits() []Limit {
	out := slices.Concat(releaseLimits, requestLimits, remedyLimits, otherLimits)
	for i := range out {
		out[i] = out[i].filled()
	}
	return out
}

// Find gives the limit of a rule id. A rule that only moves another clock
// (A-60 to, C-06, C-08) gives that
// clock under its own id.
func Find(rule string) (Limit, bool) {
	l, ok := table[rule]
	if !ok {
		return Limit{}, false
	}
	l.Starts, l.Ends = slices.Clone(l.Starts), slices.Clone(l.Ends)
	if l.Moves == "" {
		return l, true
	}
	name := l.Rule
	l, ok = Find(l.Moves)
	l.Rule = name
	return l, ok
}

// MustFind is Find for rule ids that stand in code; it panics on any other.
func MustFind(rule string) Limit {
	l, ok := Find(rule)
	if !ok {
		panic("clock: no such rule: " + rule)
	}
	return l
}

var table = func() map[string]Limit {
	m := map[string]Limit{}
	for _, l := range Limits() {
		if _, twice := m[l.Rule]; twice {
			panic("clock: rule stands twice: " + l.Rule)
		}
		m[l.Rule] = l
	}
	return m
}()

// filled puts in what most limits share.
func (l Limit) filled() Limit {
	if l.Way == "" {
		l.Way = Plain
	}
	if l.Bearer == "" {
		l.Bearer = Organ
	}
	if l.Unit == FixedDate || l.Least || l.Number < 0 {
		l.Stays = true // fixed dates and minimum periods do not roll
	}
	if l.Moves != "" {
		l.Starts, l.Ends = []Event{}, []Event{}
		return l
	}
	l.Starts = append([]Event{Received}, l.Starts...)
	l.Ends = append([]Event{Done}, l.Ends...)
	return l
}
