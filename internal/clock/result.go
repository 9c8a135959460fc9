package clock

import (
	"time"

	"gongkai/internal/workday"
)

// State is where a clock stands by its facts alone; it knows no today.
type State string

// The states.
const (
	Running State = "running"
	Stopped State = "stopped" // nothing runs down: not begun, waiting for a correction, a fee or a reply
	Met     State = "met"     // what was due was done in time
	Lapsed  State = "lapsed"  // it was done after the limit
)

// Step is a dated line of the sum that a citizen can check.
type Step struct {
	On   workday.Date `json:"on,omitzero"`
	Text string       `json:"text"`
	Rule string       `json:"rule"`
}

// Refusal is a fact that has no effect, with the rule and the reason. It
// changed nothing: without the fact the result would be the same.
type Refusal struct {
	Event Event  `json:"event"`
	At    Moment `json:"date"`
	Rule  string `json:"rule"`
	Text  string `json:"text"`
	Fact  Fact   `json:"-"`
}

// Result is what the facts amount to.
type Result struct {
	State State `json:"state"`
	// Due is the last day, which ends at 24:00 at +08, or for limits in hours
	// the moment; zero while stopped. An answer given while the clock stood
	// still has none either.
	Due         Moment    `json:"due,omitzero"`
	Provisional bool      `json:"provisional"`
	Reason      string    `json:"-"` // why provisional
	UnknownYear int       `json:"-"` // the first unknown year that was touched; loading it may move Due
	Refused     []Refusal `json:"refused"`
	Steps       []Step    `json:"steps"`

	Received  Moment `json:"-"` // the fact that began the duty; zero when none did
	Counted   Moment `json:"-"` // the fact that the count runs from: Received or the last restart
	Ended     Moment `json:"-"` // the fact that ended it
	Extended  bool   `json:"-"` // an extension is in effect
	Corrected bool   `json:"-"` // a correction restarted the clock
}

// HasDue reports whether there is a due time.
func (r Result) HasDue() bool { return !r.Due.IsZero() }

// DueAt is the first instant after the limit: 24:00 of the last day, or the
// moment of a limit in hours; zero while there is none.
func (r Result) DueAt() time.Time {
	switch {
	case !r.HasDue():
		return time.Time{}
	case r.Due.Timed:
		return r.Due.Instant()
	default:
		return r.Due.Day.AddDays(1).Time()
	}
}

// StateAt is the state at an instant: a running clock whose limit has passed
// has lapsed (A-83: the last day ends at 24:00).
func (r Result) StateAt(now time.Time) State {
	if r.State == Running && r.HasDue() && !now.Before(r.DueAt()) && !(r.Due.Timed && now.Equal(r.DueAt())) {
		return Lapsed
	}
	return r.State
}

func (r *Result) step(on workday.Date, rule, text string) {
	r.Steps = append(r.Steps, Step{On: on, Text: text, Rule: rule})
}

func (r *Result) refuse(f Fact, rule, text string) {
	r.Refused = append(r.Refused, Refusal{Event: f.Event, At: f.At, Rule: rule, Text: text, Fact: f})
}

// unsure marks the result provisional when a count touched an unknown year.
func (r *Result) unsure(known bool, year int) {
	if known || r.Provisional {
		return
	}
	r.Provisional, r.Reason, r.UnknownYear = true, workday.UnknownText(year), year
}
