package casework

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Kernel runs the cases of one library.
type Kernel struct {
	db    *store.DB
	now   func() time.Time
	flows map[Kind]*flow
	kinds []Kind

	mu       sync.Mutex
	calendar *Years // the calendar last read from the library
}

// New makes a kernel without workflows.
func New(db *store.DB, now func() time.Time) *Kernel {
	return &Kernel{db: db, now: now, flows: map[Kind]*flow{}}
}

// flow is a workflow without its domain's types.
type flow struct {
	kind    Kind
	name    string
	number  string
	see     access.Act
	start   State
	states  []StateInfo
	steps   []step
	names   map[string]string
	notices map[string]string
	load    func(ctx context.Context, q store.Querier, c *Case) (any, error)
	tasks   func(c *Case, d any) []Task
}

type step struct {
	Action Action
	Name   string
	From   []State
	To     []State
	Task   string
	Right  access.Act
	NotBy  []Action
	System bool
	Quiet  bool
	form   func() any
	next   func(c *Case, d, form any) State
	refuse func(c *Case, d any, today workday.Date) string
	check  func(c *Case, d, form any, today workday.Date) error
	effect func(ctx context.Context, tx *sql.Tx, t *Turn[any]) error
}

// Register adds a workflow and panics when its table is wrong: a mistake of
// ours that must stop the start, not a user's.
func Register[D any](k *Kernel, w Workflow[D]) {
	f := &flow{kind: w.Kind, name: w.Name, number: w.Number, see: w.See, start: w.Start, states: w.States, names: w.Names, notices: w.Notices}
	if w.Load != nil {
		f.load = loadOf(w)
	}
	if w.Tasks != nil {
		f.tasks = func(c *Case, d any) []Task { return w.Tasks(c, d.(D)) }
	}
	for _, s := range w.Steps {
		f.steps = append(f.steps, erase(s))
	}
	if faults := f.validate(); len(faults) > 0 {
		panic(fmt.Sprintf("casework: workflow %s: %v", w.Kind, faults))
	}
	if _, double := k.flows[w.Kind]; double {
		panic(fmt.Sprintf("casework: workflow %s registered twice", w.Kind))
	}
	k.flows[w.Kind] = f
	k.kinds = append(k.kinds, w.Kind)
}

func loadOf[D any](w Workflow[D]) func(context.Context, store.Querier, *Case) (any, error) {
	return func(ctx context.Context, q store.Querier, c *Case) (any, error) { return w.Load(ctx, q, c) }
}

func erase[D any](s Step[D]) step {
	out := step{Action: s.Action, Name: s.Name, From: s.From, To: s.To, Task: s.Task, Right: s.Right, NotBy: s.NotBy, System: s.System, Quiet: s.Quiet, form: s.Form}
	if s.Next != nil {
		out.next = func(c *Case, d, form any) State { return s.Next(c, d.(D), form) }
	}
	if s.Refuse != nil {
		out.refuse = func(c *Case, d any, today workday.Date) string { return s.Refuse(c, d.(D), today) }
	}
	if s.Check != nil {
		out.check = func(c *Case, d, form any, today workday.Date) error { return s.Check(c, d.(D), form, today) }
	}
	if s.Effect != nil {
		out.effect = func(ctx context.Context, tx *sql.Tx, t *Turn[any]) error {
			return s.Effect(ctx, &Turn[D]{Tx: tx, Dialect: t.Dialect, Case: t.Case, Data: t.Data.(D), Form: t.Form,
				Actor: t.Actor, For: t.For, Now: t.Now, Today: t.Today, out: t.out})
		}
	}
	return out
}

// Kinds lists the registered workflows in order of registration.
func (k *Kernel) Kinds() []Kind { return k.kinds }

// KindName is the Chinese name of a workflow; an unknown kind shows itself.
func (k *Kernel) KindName(kind Kind) string {
	if f := k.flows[kind]; f != nil {
		return f.name
	}
	return string(kind)
}

// Table lists the states of a workflow and its actions, each once, in the order
// of its table; nothing for an unknown kind.
func (k *Kernel) Table(kind Kind) (states []StateInfo, actions []Action) {
	f := k.flows[kind]
	if f == nil {
		return nil, nil
	}
	for _, s := range f.steps {
		if !slices.Contains(actions, s.Action) {
			actions = append(actions, s.Action)
		}
	}
	return slices.Clone(f.states), actions
}

// StateName is the Chinese name of a state.
func (k *Kernel) StateName(kind Kind, s State) string {
	if f := k.flows[kind]; f != nil {
		for _, x := range f.states {
			if x.State == s {
				return x.Name
			}
		}
	}
	return string(s)
}

// TaskName is the Chinese name of a task or clock of a workflow.
func (k *Kernel) TaskName(kind Kind, name string) string {
	if f := k.flows[kind]; f != nil && f.names[name] != "" {
		return f.names[name]
	}
	return name
}

// ActionName is the Chinese name of an action of a workflow, or of one of the
// kernel's own acts.
func (k *Kernel) ActionName(kind Kind, a Action) string {
	if n, ok := ownActs[a]; ok {
		return n
	}
	if f := k.flows[kind]; f != nil {
		for _, s := range f.steps {
			if s.Action == a {
				return s.Name
			}
		}
		if n := f.names[string(a)]; n != "" {
			return n // a note beside the table
		}
	}
	return string(a)
}

// actionWords names an action for the audit log, where its workflow is not at
// hand: the name in the first workflow that has it.
func (k *Kernel) actionWords(a Action) string {
	for _, kind := range k.kinds {
		if n := k.ActionName(kind, a); n != string(a) {
			return n
		}
	}
	return k.ActionName("", a)
}

func (f *flow) state(s State) (StateInfo, bool) {
	for _, x := range f.states {
		if x.State == s {
			return x, true
		}
	}
	return StateInfo{}, false
}
