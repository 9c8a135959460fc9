package request

import (
	"context"
	"maps"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// chapter is a part of the procedure with all that belongs to it: the states
// and acts it adds to the table of A8.8, what waits in them, its sentences,
// and how its own rows are read. A chapter stands in files of its own.
type chapter struct {
	states  []casework.StateInfo
	steps   []step
	tasks   func(c *casework.Case, r *Request) []casework.Task // beside those of the other chapters; nil for none
	names   map[string]string                                  // see casework.Workflow
	notices map[string]string
	load    func(ctx context.Context, q store.Querier, r *Request) error // nil when it has no rows
	guards  map[casework.Action]guard                                    // what it asks of acts of other chapters
}

// guard is what a chapter asks of an act that another chapter brings: a reason
// why it cannot be done now, a look at its form, and what it also writes. All
// of it comes after the step's own. Each part may be nil.
type guard struct {
	refuse func(c *casework.Case, r *Request, today workday.Date) string
	check  func(c *casework.Case, r *Request, form any, today workday.Date) error
	effect func(ctx context.Context, t *turn) error
}

// guarded is a step with a guard behind its own refusals, checks and effect.
func guarded(s step, g guard) step {
	refuse, check, effect := s.Refuse, s.Check, s.Effect
	if g.refuse != nil {
		s.Refuse = func(c *casework.Case, r *Request, today workday.Date) string {
			if refuse != nil {
				if reason := refuse(c, r, today); reason != "" {
					return reason
				}
			}
			return g.refuse(c, r, today)
		}
	}
	if g.check != nil {
		s.Check = func(c *casework.Case, r *Request, form any, today workday.Date) error {
			if check != nil {
				if err := check(c, r, form, today); err != nil {
					return err
				}
			}
			return g.check(c, r, form, today)
		}
	}
	if g.effect != nil {
		s.Effect = func(ctx context.Context, t *turn) error {
			if effect != nil {
				if err := effect(ctx, t); err != nil {
					return err
				}
			}
			return g.effect(ctx, t)
		}
	}
	return s
}

// chapters are all of them, in the order of the table.
func (r *Room) chapters() []chapter {
	return r.withKeeping(r.withExamples(r.withConversation(r.withSubjects(r.withHelps([]chapter{
		r.letterChapter(),
		r.mainLine(), r.onSpot(), r.extensions(),
		r.materials(),
		r.parties(), r.correction(), r.frequency(), r.searching(), r.counsels(), r.notes(), r.councils(), r.proactiveChapter(),
		r.receiving(),
		r.feeChapter(),
		r.disputeChapter(),
		r.serving(),
		r.archiving(),
		r.again(),
	})))))
}

// workflow is the table of A8.8, put together from its chapters.
func (r *Room) workflow() casework.Workflow[*Request] {
	w := casework.Workflow[*Request]{Kind: Kind, Name: "依申请公开", Number: "依申请〔%d〕%d号", See: access.SeeRequest, Start: Submitted, Load: r.load,
		Names: map[string]string{}, Notices: map[string]string{}}
	for _, c := range r.written {
		w.States = append(w.States, c.states...)
		w.Steps = append(w.Steps, c.steps...)
		maps.Copy(w.Names, c.names)
		maps.Copy(w.Notices, c.notices)
	}
	for _, c := range r.written {
		for i, s := range w.Steps {
			if g, ok := c.guards[s.Action]; ok {
				w.Steps[i] = guarded(s, g)
			}
		}
	}
	w.Tasks = func(c *casework.Case, q *Request) (out []casework.Task) {
		for _, x := range r.written {
			if x.tasks != nil {
				out = append(out, x.tasks(c, q)...)
			}
		}
		return out
	}
	return w
}

// load reads a request inside the transaction of an act.
func (r *Room) load(ctx context.Context, q store.Querier, c *casework.Case) (*Request, error) {
	return r.read(ctx, q, c.ID, c.Organ)
}

// readChapters adds what the chapters keep in rows of their own.
func (r *Room) readChapters(ctx context.Context, q store.Querier, out *Request) (err error) {
	defer fault.Wrap(&err, "request.readChapters(%d)", out.Case)
	for _, c := range r.written {
		if c.load == nil {
			continue
		}
		if err := c.load(ctx, q, out); err != nil {
			return err
		}
	}
	return nil
}
