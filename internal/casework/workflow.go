// Package casework is the kernel of every duty: a case with one responsible
// organ, a state, tasks that wait for somebody, due times and a timeline. A
// domain registers a workflow as a Go value; Apply is the only way a case's
// state changes. It checks, writes the event, moves the clocks and tasks,
// writes the audit row and the notices in one transaction.
//
// A domain adds its own typed table keyed by the case, its letters and rules;
// it never writes its own inbox, timer, hand-over or reminder.
package casework

import (
	"context"
	"database/sql"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/clock"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Kind names a workflow; it stands in rows: add, never rename.
type Kind string

// State is where a case stands; it stands in rows: add, never rename.
type State string

// Action is what somebody does to a case; it stands in rows: add, never rename.
type Action string

// StateInfo is one state of a workflow. A final state has no way out and
// nothing waits in it.
type StateInfo struct {
	State State
	Name  string // Chinese, two to four characters
	Final bool
}

// Workflow is the table of a duty: which action leads from which state to
// which, who may do it and when it is refused. D is what the domain knows of a
// case; Load reads it inside the transaction of the act.
type Workflow[D any] struct {
	Kind   Kind
	Name   string     // Chinese
	Number string     // of a case, from year and serial: "审签〔%d〕%d号"
	See    access.Act // the right that lets somebody see a case of an organ
	Start  State
	States []StateInfo
	Steps  []Step[D]
	Load   func(ctx context.Context, q store.Querier, c *Case) (D, error)
	// Tasks says what waits in a case as it stands; pure.
	Tasks func(c *Case, d D) []Task
	// Names are the Chinese names of tasks, clocks and notes; Notices the sentences of
	// notices, in which %s is the number of the case and its title.
	Names   map[string]string
	Notices map[string]string
}

// Step is one line of the table.
type Step[D any] struct {
	Action Action
	Name   string  // the button
	From   []State // at least one; the first step of a case is Open's and has none
	To     []State // where it may lead; empty when the state stays
	// Next chooses among To and the present state; nil when To has one state.
	Next func(c *Case, d D, form any) State

	// Task is the open task that the step works on; the right is then needed on
	// the task's organ, and a task given to a person is theirs alone. Empty: the
	// right is needed on the organ of the case.
	Task  string
	Right access.Act
	// NotBy keeps away whoever did one of these actions in this case: nobody
	// releases or signs what they drafted (design section 7).
	NotBy []Action
	// System steps are done by the product itself when a time comes.
	System bool
	// Quiet steps are kept as events but send nobody a notice and do not show
	// as buttons, as an automatic save.
	Quiet bool

	// Form makes an empty form; nil when the step needs none.
	Form func() any
	// Refuse gives the Chinese reason why the step is not possible now, shown
	// beside the button; "" allows it. Pure.
	Refuse func(c *Case, d D, today workday.Date) string
	// Check looks at the filled form; its errors name fields. Pure.
	Check func(c *Case, d D, form any, today workday.Date) error
	// Effect writes the domain's own rows in the transaction of the act.
	Effect func(ctx context.Context, t *Turn[D]) error
}

// Task is something that waits for somebody.
type Task struct {
	Name   string     // unique among the open tasks of a case
	Organ  int64      // 0: the organ of the case
	Right  access.Act // who may take it
	Person int64      // whose it is, 0: of anybody with the right
	NotBy  []Action   // see Step.NotBy
	Clock  string     // which of the case's clocks it stands under, "" for none
	Rule   string     // the limit that runs, a rule id of package clock
	// Facts stand for the recorded facts of the clock where the domain's own
	// rows hold them and a correction must move the due time.
	Facts []clock.Fact
	Due   time.Time // a due time that is not computed, as a planned hour; zero for none
}

// Case is a duty as it stands.
type Case struct {
	ID       int64
	Kind     Kind
	Number   string
	Organ    int64
	Title    string
	State    State
	Version  int
	Events   int
	DueAt    time.Time // the earliest due time of its open tasks; zero for none
	OpenedAt time.Time
	Changed  time.Time
	ClosedAt time.Time // zero while open
	Facts    []Fact
	Done     []Done // who did what so far, for the separation of duties
}

// Open reports a case that still waits for something.
func (c *Case) Open() bool { return c.ClosedAt.IsZero() }

// Did reports whether somebody did one of these actions, for themselves or
// through another.
func (c *Case) Did(login string, actions ...Action) bool {
	for _, d := range c.Done {
		for _, a := range actions {
			if d.Action == a && (d.Actor == login || d.For == login) {
				return true
			}
		}
	}
	return false
}

// Has reports whether an action was ever done.
func (c *Case) Has(a Action) bool {
	for _, d := range c.Done {
		if d.Action == a {
			return true
		}
	}
	return false
}

// Clock gives the facts of one clock, in the order they were recorded. A fact
// of the event received begins it anew: what was recorded before belongs to a
// duty that was done.
func (c *Case) Clock(name string) []clock.Fact {
	var out []clock.Fact
	for _, f := range c.Facts {
		if f.Clock != name {
			continue
		}
		if f.Event == clock.Received {
			out = nil
		}
		out = append(out, f.Fact)
	}
	return out
}

// Done is one act of the past.
type Done struct {
	No     int
	Action Action
	Actor  string
	For    string
	At     time.Time
}

// Fact is a fact about one clock of a case.
type Fact struct {
	Clock string
	clock.Fact
}

// Turn is one act while it happens. Effect writes through Tx and says with its
// methods what else the act brings about.
type Turn[D any] struct {
	Tx      *sql.Tx
	Dialect store.Dialect
	Case    *Case
	Data    D
	Form    any
	Actor   access.Actor
	For     string // login of the absent person for whom Actor acts, "" mostly
	Now     time.Time
	Today   workday.Date
	out     *outcome
}

// outcome is what an effect asked the kernel to write.
type outcome struct {
	data    any
	title   string
	facts   []Fact
	notices []noticeTo
	links   []link
	cancel  bool
}

type noticeTo struct {
	kind   string
	person int64
	login  string
	right  access.Act
	organ  int64
	after  time.Duration
}

type link struct {
	kind   string
	target int64
}

// Record sets the typed record of the act that its event keeps.
func (t *Turn[D]) Record(data any) { t.out.data = data }

// Rename gives the case another title.
func (t *Turn[D]) Rename(title string) { t.out.title = title }

// Fact adds a fact to a clock of the case.
func (t *Turn[D]) Fact(name string, f clock.Fact) { t.out.facts = append(t.out.facts, Fact{name, f}) }

// Link notes what the case is about.
func (t *Turn[D]) Link(kind string, target int64) {
	t.out.links = append(t.out.links, link{kind, target})
}

// Tell sends a notice to a person by login, after a time in which the act can
// be taken back; unknown logins (the console) are passed over.
func (t *Turn[D]) Tell(kind, login string, after time.Duration) {
	t.out.notices = append(t.out.notices, noticeTo{kind: kind, login: login, after: after})
}

// TellHolders sends a notice to everybody who holds a right on an organ itself.
func (t *Turn[D]) TellHolders(kind string, right access.Act, organ int64, after time.Duration) {
	t.out.notices = append(t.out.notices, noticeTo{kind: kind, right: right, organ: organ, after: after})
}

// CancelNotices takes back the notices of this case that nobody has seen yet.
func (t *Turn[D]) CancelNotices() { t.out.cancel = true }
