package casework

import (
	"context"
	"database/sql"
	"slices"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// crew is somebody with those for whom they act today: the actor first, then
// everybody absent whose deputy they are.
type crew struct {
	tree    *access.Tree
	members []access.Actor
}

// crew reads the tree and the absent people for whom an actor stands in.
func (k *Kernel) crew(ctx context.Context, q store.Querier, a access.Actor) (*crew, error) {
	out := &crew{members: []access.Actor{a}}
	var err error
	if out.tree, err = access.LoadTree(ctx, q); err != nil || a.Person == 0 {
		return out, err
	}
	today := k.today()
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT person_id FROM absences WHERE deputy_id = $1 AND ended_at = 0 AND from_on <= $2 AND to_on >= $2 ORDER BY person_id`,
		a.Person, today.String())
	if err != nil {
		return nil, err
	}
	var absent []int64
	err = eachID(rows, func(id int64) { absent = append(absent, id) })
	if err != nil {
		return nil, err
	}
	for _, id := range absent {
		p, err := access.ActorOf(ctx, q, id, today)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue // the account was disabled: nothing to stand in for
		}
		if err != nil {
			return nil, err
		}
		out.members = append(out.members, p)
	}
	return out, nil
}

func eachID(rows *sql.Rows, fn func(int64)) error {
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		fn(id)
	}
	return rows.Err()
}

// verdict says whether a step may be done, and as whom.
type verdict struct {
	ok       bool
	hidden   bool // the actor has nothing to do with the step at all
	reason   string
	forLogin string
}

// choose finds the step of an action that the crew may do. Several lines of the
// table may share an action, as sending back from several gates; the first that
// is allowed counts, else the refusal of the one closest to it.
func (f *flow) choose(c *Case, data any, action Action, tasks []OpenTask, who *crew, today workday.Date) (*step, verdict, error) {
	if !who.sees(f, c, tasks) {
		return nil, verdict{}, fault.New(fault.NotFound, "casework.choose", textNoCase)
	}
	known := false
	var refused *verdict
	for i := range f.steps {
		s := &f.steps[i]
		if s.Action != action {
			continue
		}
		known = true
		if !slices.Contains(s.From, c.State) {
			continue
		}
		v := f.judge(c, data, s, tasks, who, today)
		if v.ok {
			return s, v, nil
		}
		if refused == nil || refused.hidden && !v.hidden {
			refused = &v
		}
	}
	if refused != nil {
		return nil, *refused, fault.New(fault.Forbidden, "casework.choose", refused.reason)
	}
	if !known {
		return nil, verdict{}, fault.New(fault.Invalid, "casework.choose", textNoAction)
	}
	info, _ := f.state(c.State)
	return nil, verdict{}, fault.Newf(fault.Forbidden, "casework.choose", textWrongState, info.Name)
}

// judge decides about one step in the present state.
func (f *flow) judge(c *Case, data any, s *step, tasks []OpenTask, who *crew, today workday.Date) verdict {
	v := verdict{ok: true}
	if !s.System {
		v = f.may(c, s, tasks, who)
	} else if !outside(who.members[0]) {
		v = verdict{hidden: true, reason: textSystemOnly}
	}
	if v.ok && s.refuse != nil {
		if reason := s.refuse(c, data, today); reason != "" {
			return verdict{reason: reason}
		}
	}
	return v
}

// may looks for a member of the crew with the right and without a bar. The bar
// holds for everybody who takes part: a deputy may not sign for another what
// they drafted themselves.
func (f *flow) may(c *Case, s *step, tasks []OpenTask, who *crew) verdict {
	organ, owner := c.Organ, int64(0)
	if s.Task != "" {
		i := slices.IndexFunc(tasks, func(t OpenTask) bool { return t.Name == s.Task })
		if i < 0 {
			return verdict{hidden: true, reason: textNotWaiting} // nothing of this kind waits: no button for it
		}
		organ, owner = tasks[i].Organ, tasks[i].Person
	}
	thing := access.Thing{Above: who.tree.Above(organ)}
	worst := verdict{hidden: true, reason: textNoRight}
	for i, m := range who.members {
		if ok, reason := access.Can(m, s.Right, thing); !ok {
			if i == 0 {
				worst.reason = reason
			}
			continue
		}
		if owner != 0 && owner != m.Person {
			worst = verdict{reason: textOthersTask}
			continue
		}
		if c.Did(who.members[0].Login, s.NotBy...) || c.Did(m.Login, s.NotBy...) {
			worst = verdict{reason: textOwnWork}
			continue
		}
		v := verdict{ok: true}
		if i > 0 {
			v.forLogin = m.Login
		}
		return v
	}
	return worst
}

// sees reports whether a case exists for the crew: by the right to see cases
// of its organ, because they supervise it, or because something of it waits in
// an organ of theirs.
func (w *crew) sees(f *flow, c *Case, tasks []OpenTask) bool {
	for _, m := range w.members {
		if outside(m) {
			return true
		}
		for _, right := range []access.Act{f.see, access.Supervise} {
			if ok, _ := access.Can(m, right, access.Thing{Above: w.tree.Above(c.Organ)}); ok {
				return true
			}
		}
		for _, t := range tasks {
			if ok, _ := access.Can(m, access.Act(t.Right), access.Thing{Above: w.tree.Above(t.Organ)}); ok {
				return true
			}
		}
	}
	return false
}

// Button is a step that a person sees on the page of a case.
type Button struct {
	Action Action
	Name   string
	Task   string
	Reason string // why it cannot be done now; "" when it can
	For    string // login of the absent person for whom it would be done
}

// View is a case as one person may see it.
type View struct {
	Case    *Case
	Data    any
	Tasks   []OpenTask
	Buttons []Button
}

// View reads a case for somebody, with the buttons that the table allows them
// and the reasons for those it refuses. NotFound when it is out of their sight.
func (k *Kernel) View(ctx context.Context, a access.Actor, id int64) (v *View, err error) {
	defer fault.Wrap(&err, "casework.View(%d)", id)
	q := k.db.Reader()
	c, err := load(ctx, q, id, "")
	if err != nil {
		return nil, err
	}
	f := k.flows[c.Kind]
	if f == nil {
		return nil, fault.Newf(fault.Internal, "casework.View", "unknown kind %s", c.Kind)
	}
	v = &View{Case: c}
	if v.Tasks, err = openTasks(ctx, q, id); err != nil {
		return nil, err
	}
	who, err := k.crew(ctx, q, a)
	if err != nil {
		return nil, err
	}
	if !who.sees(f, c, v.Tasks) {
		return nil, fault.New(fault.NotFound, "casework.View", textNoCase)
	}
	if v.Data, err = f.load(ctx, q, c); err != nil {
		return nil, err
	}
	for i := range f.steps {
		s := &f.steps[i]
		if s.System || s.Quiet || !slices.Contains(s.From, c.State) {
			continue
		}
		if x := f.judge(c, v.Data, s, v.Tasks, who, k.today()); !x.hidden {
			v.add(Button{Action: s.Action, Name: s.Name, Task: s.Task, Reason: x.reason, For: x.forLogin})
		}
	}
	return v, nil
}

// add keeps one button an action: the one that works, where there is one.
func (v *View) add(b Button) {
	for i, have := range v.Buttons {
		if have.Action == b.Action {
			if have.Reason != "" && b.Reason == "" {
				v.Buttons[i] = b
			}
			return
		}
	}
	v.Buttons = append(v.Buttons, b)
}
