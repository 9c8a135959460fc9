package casework

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// HandOver gives a waiting step to a person, with a reason.
type HandOver struct {
	Case    int64
	Version int
	Task    string
	To      string // login
	Reason  string
	Token   string
	Actor   access.Actor
}

// handRecord is what the events of hand-over and urging keep.
type handRecord struct {
	Task   string `json:"task"`
	From   string `json:"from,omitempty"` // login
	To     string `json:"to,omitempty"`   // login
	Reason string `json:"reason,omitempty"`
}

// HandOver passes a step to somebody who may do it. Its holder may, whoever
// supervises the organ may, and a step that is nobody's may be taken or given
// by anybody who could do it. A step of a person who left can so be moved on.
func (k *Kernel) HandOver(ctx context.Context, h HandOver) (res *Result, err error) {
	defer fault.Wrap(&err, "casework.HandOver(%d, %s)", h.Case, h.Task)
	if h.Reason, err = reason(h.Reason); err != nil {
		return nil, err
	}
	return k.own(ctx, h.Actor, h.Case, h.Version, ActHandOver, h.Token, h, func(ctx context.Context, tx *sql.Tx, c *Case, t *OpenTask, who *crew, o *outcome) error {
		to, err := k.candidate(ctx, tx, c, t, who.tree, h.To)
		if err != nil {
			return err
		}
		if ok, _ := access.Can(h.Actor, access.Supervise, access.Thing{Above: who.tree.Above(t.Organ)}); !who.holds(t) && !ok {
			return fault.New(fault.Forbidden, "casework.HandOver", textNotHolder)
		}
		rec := handRecord{Task: t.Name, To: to.Login, Reason: h.Reason}
		if t.Person != 0 {
			if err := tx.QueryRowContext(ctx, `SELECT login FROM people WHERE id = $1`, t.Person).Scan(&rec.From); err != nil {
				return err
			}
		}
		if t.Person == to.Person {
			return fault.Newf(fault.Invalid, "casework.HandOver", textSamePerson, to.Name)
		}
		o.data = rec
		o.notices = append(o.notices, noticeTo{kind: NoticeHanded, person: to.Person})
		_, err = tx.ExecContext(ctx, `UPDATE case_tasks SET person_id = $2 WHERE id = $1`, t.ID, to.Person)
		return err
	}, h.Task)
}

// Urge asks whoever a step waits for to hurry, at most once in four hours.
func (k *Kernel) Urge(ctx context.Context, h HandOver) (res *Result, err error) {
	defer fault.Wrap(&err, "casework.Urge(%d, %s)", h.Case, h.Task)
	if h.Reason, err = reason(h.Reason); err != nil {
		return nil, err
	}
	return k.own(ctx, h.Actor, h.Case, 0, ActUrge, h.Token, h, func(ctx context.Context, tx *sql.Tx, c *Case, t *OpenTask, who *crew, o *outcome) error {
		supervises, _ := access.Can(h.Actor, access.Supervise, access.Thing{Above: who.tree.Above(t.Organ)})
		if !supervises && !(len(c.Done) > 0 && c.Done[0].Actor == h.Actor.Login) {
			return fault.New(fault.Forbidden, "casework.Urge", textNoRight)
		}
		if k.urgedLately(c, h.Actor.Login) {
			return fault.New(fault.Invalid, "casework.Urge", textNotOver)
		}
		o.data = handRecord{Task: t.Name, Reason: h.Reason}
		o.notices = append(o.notices, noticeTo{kind: NoticeUrged, person: t.Person, right: access.Act(t.Right), organ: t.Organ})
		_, err := tx.ExecContext(ctx, `UPDATE case_tasks SET urged = urged + 1 WHERE id = $1`, t.ID)
		return err
	}, h.Task)
}

// urgedLately reports whether somebody urged a case within four hours.
func (k *Kernel) urgedLately(c *Case, login string) bool {
	return slices.ContainsFunc(c.Done, func(d Done) bool {
		return d.Action == ActUrge && d.Actor == login && k.now().Sub(d.At) < 4*time.Hour
	})
}

func reason(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", fault.Field("casework.reason", "原因", textReasonMissing)
	case utf8.RuneCountInString(s) > 500:
		return "", fault.Field("casework.reason", "原因", textReasonLong)
	}
	return s, nil
}

// candidate is the person to whom a step shall go, when they may do it.
func (k *Kernel) candidate(ctx context.Context, tx *sql.Tx, c *Case, t *OpenTask, tree *access.Tree, login string) (to access.Actor, err error) {
	var id int64
	err = tx.QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, strings.TrimSpace(login)).Scan(&id)
	if err == nil {
		to, err = access.ActorOf(ctx, tx, id, k.today())
	}
	if errors.Is(err, sql.ErrNoRows) || err != nil && fault.KindOf(err) == fault.NotFound {
		return to, fault.Field("casework.candidate", "接办人", textNoSuchPerson)
	}
	if err != nil {
		return to, err
	}
	if ok, _ := access.Can(to, access.Act(t.Right), access.Thing{Above: tree.Above(t.Organ)}); !ok {
		return to, fault.Field("casework.candidate", "接办人", textCannotTake, to.Name)
	}
	if strings.Contains(t.Barred, "|"+to.Login+"|") {
		return to, fault.Field("casework.candidate", "接办人", textBarredPerson, to.Name)
	}
	return to, nil
}

// Candidates lists who could take a waiting step, people of its organ first.
func (k *Kernel) Candidates(ctx context.Context, t OpenTask) (out []access.Actor, err error) {
	defer fault.Wrap(&err, "casework.Candidates(%d)", t.ID)
	q := k.db.Reader()
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, err
	}
	today := k.today()
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT p.id FROM people p WHERE p.disabled_at = 0 AND EXISTS (
		SELECT 1 FROM grants g WHERE g.person_id = p.id AND g.ended_at = 0 AND g.organ_id IN (%s) AND g.valid_from <= $1 AND (g.valid_to = '' OR g.valid_to > $1))
		ORDER BY CASE WHEN p.organ_id = %d THEN 0 ELSE 1 END, p.login LIMIT 200`, joinIDs(tree.Above(t.Organ)), t.Organ), today.String())
	if err != nil {
		return nil, err
	}
	var ids []int64
	if err := eachID(rows, func(id int64) { ids = append(ids, id) }); err != nil {
		return nil, err
	}
	for _, id := range ids {
		a, err := access.ActorOf(ctx, q, id, today)
		if err != nil {
			return nil, err
		}
		if ok, _ := access.Can(a, access.Act(t.Right), access.Thing{Above: tree.Above(t.Organ)}); ok && !strings.Contains(t.Barred, "|"+a.Login+"|") {
			out = append(out, a)
		}
	}
	return out, nil
}

// own runs one of the kernel's own acts on a task: same checks, same trace.
func (k *Kernel) own(ctx context.Context, a access.Actor, id int64, version int, act Action, token string, form any,
	do func(ctx context.Context, tx *sql.Tx, c *Case, t *OpenTask, who *crew, o *outcome) error, task string) (res *Result, err error) {
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := load(ctx, tx, id, k.db.Dialect.ForUpdate())
		if err != nil {
			return err
		}
		f := k.flows[c.Kind]
		tasks, err := openTasks(ctx, tx, id)
		if err != nil {
			return err
		}
		who, err := k.crew(ctx, tx, a)
		if err != nil {
			return err
		}
		if !who.sees(f, c, tasks) {
			return fault.New(fault.NotFound, "casework.own", textNoCase)
		}
		if no, err := replay(ctx, tx, a.Login, act, token, form, id, k.now()); err != nil || no > 0 {
			res = &Result{Case: c, Event: no, Replayed: true}
			return err
		}
		if version != 0 && version != c.Version {
			return k.moved(c)
		}
		i := slices.IndexFunc(tasks, func(t OpenTask) bool { return t.Name == task })
		if i < 0 {
			return fault.New(fault.Forbidden, "casework.own", textNotWaiting)
		}
		now := k.now().UTC().Truncate(time.Microsecond)
		t := &Turn[any]{Now: now, Today: workday.DateOf(now), Actor: a, out: &outcome{}}
		if err := do(ctx, tx, c, &tasks[i], who, t.out); err != nil {
			return err
		}
		if err := k.write(ctx, tx, f, c, act, task, c.State, t); err != nil {
			return err
		}
		if err := settle(ctx, tx, a.Login, act, token, id, c.Events); err != nil {
			return err
		}
		res = &Result{Case: c, Event: c.Events}
		return audit.Record(ctx, tx, k.auditRow(a, id, act, audit.Done, ""))
	})
	if err != nil && (fault.KindOf(err) == fault.Forbidden || fault.KindOf(err) == fault.NotFound) {
		err = errors.Join(err, audit.Record(ctx, k.db.Writer(), k.auditRow(a, id, act, audit.Refused, fault.Text(err))))
	}
	if err != nil {
		return nil, err
	}
	return res, nil
}

// Note records on the timeline of a case something its domain did beside the
// table, without a change of state; data is the domain's typed record. The
// right to do it is the caller's to check.
func (k *Kernel) Note(ctx context.Context, a access.Actor, id int64, what string, data any) (err error) {
	defer fault.Wrap(&err, "casework.Note(%d, %s)", id, what)
	return k.db.Tx(ctx, func(tx *sql.Tx) error { return k.NoteIn(ctx, tx, a, id, what, data) })
}

// NoteIn is Note inside the caller's transaction.
func (k *Kernel) NoteIn(ctx context.Context, tx *sql.Tx, a access.Actor, id int64, what string, data any) error {
	c, err := load(ctx, tx, id, k.db.Dialect.ForUpdate())
	if err != nil {
		return err
	}
	now := k.now().UTC().Truncate(time.Microsecond)
	t := &Turn[any]{Now: now, Today: workday.DateOf(now), Actor: a, out: &outcome{data: data}}
	if err := k.write(ctx, tx, k.flows[c.Kind], c, Action(what), "", c.State, t); err != nil {
		return err
	}
	return audit.Record(ctx, tx, k.auditRow(a, id, Action(what), audit.Done, ""))
}
