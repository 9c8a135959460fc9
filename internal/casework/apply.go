package casework

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Do asks for one act on a case.
type Do struct {
	Case   int64
	Action Action
	// Version is the case as the actor saw it; 0 takes it as it is now, for
	// acts of the product and of scripts.
	Version int
	Form    any    // a pointer of the step's form type, nil when it has none
	Token   string // one a form; the same token with the same words is answered once
	Actor   access.Actor
}

// Result is what an act did.
type Result struct {
	Case     *Case
	Event    int  // number of the event in its case
	Replayed bool // the same form was sent before; nothing happened again
}

// Product is the actor of steps that the product does by itself, Applicant and
// ThirdParty those of steps that a person outside does through the product.
// None is an account: nobody can sign in as one.
var (
	Product    = access.Actor{Login: "system"}
	Applicant  = access.Actor{Login: "applicant"}
	ThirdParty = access.Actor{Login: "third_party"}
)

// outside reports an actor that is no account; rights are the caller's to check.
func outside(a access.Actor) bool {
	return a.Person == 0 && (a.Login == Product.Login || a.Login == Applicant.Login || a.Login == ThirdParty.Login)
}

// Apply does one act, whole or not at all. Errors: NotFound for a case out of
// the actor's sight, Forbidden with the reason when a right, the separation of
// duties or the state forbids it, Conflict when the case moved on meanwhile or
// a token is used again with other words, Invalid with the field. A refusal is
// written to the audit log.
func (k *Kernel) Apply(ctx context.Context, d Do) (res *Result, err error) {
	defer fault.Wrap(&err, "casework.Apply(%d, %s)", d.Case, d.Action)
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		var err error
		res, err = k.ApplyIn(ctx, tx, d)
		return err
	})
	if err == nil {
		return res, nil
	}
	if kind := fault.KindOf(err); kind == fault.Forbidden || kind == fault.NotFound {
		e := k.auditRow(d.Actor, d.Case, d.Action, audit.Refused, fault.Text(err))
		err = errors.Join(err, audit.Record(ctx, k.db.Writer(), e))
	}
	return nil, err
}

func (k *Kernel) auditRow(a access.Actor, id int64, action Action, o audit.Outcome, words string) audit.Event {
	login := a.Login
	if login == "" {
		login = string(access.Visitor)
	}
	detail := k.actionWords(action)
	if words != "" {
		detail += "：" + words
	}
	return audit.Event{At: k.now(), Actor: login, Act: audit.CaseAct, Target: fmt.Sprintf("case:%d", id), Outcome: o, Detail: detail}
}

// ApplyIn is Apply inside the caller's transaction; refusals are then the
// caller's to record.
func (k *Kernel) ApplyIn(ctx context.Context, tx *sql.Tx, d Do) (*Result, error) {
	c, err := load(ctx, tx, d.Case, k.db.Dialect.ForUpdate())
	if err != nil {
		return nil, err
	}
	f := k.flows[c.Kind]
	if f == nil {
		return nil, fault.Newf(fault.Internal, "casework.ApplyIn", "case %d is of kind %s, which this build does not know", c.ID, c.Kind)
	}
	if no, err := replay(ctx, tx, d.Actor.Login, d.Action, d.Token, d.Form, c.ID, k.now()); err != nil || no > 0 {
		return &Result{Case: c, Event: no, Replayed: true}, err
	}
	data, err := f.load(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	tasks, err := openTasks(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	crew, err := k.crew(ctx, tx, d.Actor)
	if err != nil {
		return nil, err
	}
	s, v, err := f.choose(c, data, d.Action, tasks, crew, k.today())
	if err != nil {
		return nil, err
	}
	if d.Version != 0 && d.Version != c.Version {
		return nil, k.moved(c)
	}
	form := d.Form
	if form == nil && s.form != nil {
		form = s.form()
	}
	if s.check != nil {
		if err := s.check(c, data, form, k.today()); err != nil {
			return nil, err
		}
	}
	now := k.now().UTC().Truncate(time.Microsecond)
	t := &Turn[any]{Dialect: k.db.Dialect, Case: c, Data: data, Form: form, Actor: d.Actor, For: v.forLogin, Now: now, Today: k.today(), out: &outcome{}}
	if s.effect != nil {
		if err := s.effect(ctx, tx, t); err != nil {
			return nil, err
		}
	}
	to := c.State
	switch {
	case s.next != nil:
		if to = s.next(c, data, form); to != c.State && !slices.Contains(s.To, to) {
			return nil, fault.Newf(fault.Internal, "casework.ApplyIn", "%s chose the state %s that its table does not name", s.Action, to)
		}
	case len(s.To) == 1:
		to = s.To[0]
	}
	if err := k.write(ctx, tx, f, c, s.Action, s.Task, to, t); err != nil {
		return nil, err
	}
	if err := settle(ctx, tx, d.Actor.Login, d.Action, d.Token, c.ID, c.Events); err != nil {
		return nil, err
	}
	return &Result{Case: c, Event: c.Events}, audit.Record(ctx, tx, k.auditRow(d.Actor, c.ID, s.Action, audit.Done, ""))
}

func (k *Kernel) today() workday.Date { return workday.DateOf(k.now()) }

func (k *Kernel) moved(c *Case) error {
	last := c.Done[len(c.Done)-1]
	return fault.Newf(fault.Conflict, "casework.ApplyIn", textMoved, last.Actor, last.At.In(workday.Zone).Format("15:04"), k.ActionName(c.Kind, last.Action))
}

// write keeps what an act brought about: event, state, facts, tasks, notices.
func (k *Kernel) write(ctx context.Context, tx *sql.Tx, f *flow, c *Case, action Action, task string, to State, t *Turn[any]) error {
	from := c.State
	info, _ := f.state(to)
	c.State, c.Changed = to, t.Now
	c.Version++
	c.Events++
	if t.out.title != "" {
		c.Title = t.out.title
	}
	switch {
	case !info.Final:
		c.ClosedAt = time.Time{}
	case c.ClosedAt.IsZero(): // a note on what is closed does not close it again
		c.ClosedAt = t.Now
	}
	e := Event{Case: c.ID, No: c.Events, At: t.Now, Actor: t.Actor.Login, For: t.For, Action: action, From: from, To: to, Task: task}
	if err := insertEvent(ctx, tx, &e, t.out.data); err != nil {
		return err
	}
	c.Done = append(c.Done, Done{No: e.No, Action: action, Actor: e.Actor, For: e.For, At: e.At})
	for _, x := range t.out.facts {
		raw, err := json.Marshal(x.Fact)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO case_facts (case_id, event_no, clock, event, fact) VALUES ($1, $2, $3, $4, $5)`,
			c.ID, e.No, x.Clock, string(x.Fact.Event), string(raw)); err != nil {
			return err
		}
		c.Facts = append(c.Facts, x)
	}
	for _, l := range t.out.links {
		if _, err := tx.ExecContext(ctx, `INSERT INTO case_links (case_id, kind, target) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, c.ID, l.kind, l.target); err != nil {
			return err
		}
	}
	if t.out.cancel {
		if _, err := tx.ExecContext(ctx, `UPDATE notices SET cancelled = 1 WHERE case_id = $1 AND cancelled = 0 AND after_at > $2`, c.ID, t.Now.UnixMicro()); err != nil {
			return err
		}
	}
	if err := k.sync(ctx, tx, f, c, t.Now); err != nil {
		return err
	}
	for _, n := range t.out.notices {
		if err := k.tell(ctx, tx, c, e, n); err != nil {
			return err
		}
	}
	res, err := tx.ExecContext(ctx, `UPDATE cases SET title = $3, state = $4, version = $5, events = $6, due_at = $7, changed_at = $8, closed_at = $9
		WHERE id = $1 AND version = $2`, c.ID, c.Version-1, c.Title, string(c.State), c.Version, c.Events, micro(c.DueAt), t.Now.UnixMicro(), micro(c.ClosedAt))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fault.New(fault.Conflict, "casework.write", ""))
	}
	return nil
}

// replay finds the event of a form that was sent before; 0 when it is new, and
// then its token is taken.
func replay(ctx context.Context, tx *sql.Tx, actor string, action Action, token string, form any, id int64, now time.Time) (no int, err error) {
	if token == "" {
		return 0, nil
	}
	if len(token) > 100 {
		return 0, fault.New(fault.Invalid, "casework.replay", textBadToken)
	}
	b, err := json.Marshal([]any{id, form})
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	res, err := tx.ExecContext(ctx, `INSERT INTO case_tokens (actor, action, token, hash, case_id, event_no, at) VALUES ($1, $2, $3, $4, $5, 0, $6)
		ON CONFLICT (actor, action, token) DO NOTHING`, actor, string(action), token, hash, id, now.UnixMicro())
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return 0, err
	}
	var had string
	if err := tx.QueryRowContext(ctx, `SELECT hash, event_no FROM case_tokens WHERE actor = $1 AND action = $2 AND token = $3`, actor, string(action), token).Scan(&had, &no); err != nil {
		return 0, err
	}
	if had != hash {
		return 0, fault.New(fault.Conflict, "casework.replay", textTokenUsed)
	}
	return no, nil
}

// settle notes under a token which event it made.
func settle(ctx context.Context, tx *sql.Tx, actor string, action Action, token string, id int64, no int) error {
	if token == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE case_tokens SET event_no = $4, case_id = $5 WHERE actor = $1 AND action = $2 AND token = $3`, actor, string(action), token, no, id)
	return err
}

// Start says which case to open.
type Start struct {
	Kind  Kind
	Organ int64
	Title string // neutral words
	Form  any    // the domain's own, given to Begin and hashed for the token
	Token string
	Actor access.Actor
	// Number is a number given elsewhere, as in an old register; it takes none
	// from the counter. "" mostly.
	Number string
}

// Open starts a case: gives it its number, lets begin write the domain's row,
// and records the event "open". begin gets a Turn like any effect. The right
// to open is the caller's to check. Same token, same case.
func Open[D any](ctx context.Context, k *Kernel, tx *sql.Tx, s Start, begin func(ctx context.Context, t *Turn[D]) error) (c *Case, replayed bool, err error) {
	defer fault.Wrap(&err, "casework.Open(%s, %d)", s.Kind, s.Organ)
	f := k.flows[s.Kind]
	if f == nil {
		return nil, false, fault.Newf(fault.Internal, "casework.Open", "unknown kind %s", s.Kind)
	}
	if no, err := replay(ctx, tx, s.Actor.Login, ActOpen, s.Token, s.Form, 0, k.now()); err != nil {
		return nil, false, err
	} else if no > 0 {
		var id int64
		if err := tx.QueryRowContext(ctx, `SELECT case_id FROM case_tokens WHERE actor = $1 AND action = $2 AND token = $3`, s.Actor.Login, string(ActOpen), s.Token).Scan(&id); err != nil {
			return nil, false, err
		}
		c, err := load(ctx, tx, id, "")
		return c, true, err
	}
	now := k.now().UTC().Truncate(time.Microsecond)
	year := k.today().Year
	number := s.Number
	if number == "" {
		var serial int
		if err := tx.QueryRowContext(ctx, `INSERT INTO case_counters (organ_id, kind, year, last) VALUES ($1, $2, $3, 1)
			ON CONFLICT (organ_id, kind, year) DO UPDATE SET last = case_counters.last + 1 RETURNING last`, s.Organ, string(s.Kind), year).Scan(&serial); err != nil {
			return nil, false, err
		}
		number = fmt.Sprintf(f.number, year, serial)
	}
	c = &Case{Kind: s.Kind, Number: number, Organ: s.Organ, Title: s.Title, State: f.start, OpenedAt: now}
	if err := tx.QueryRowContext(ctx, `INSERT INTO cases (kind, number, organ_id, title, state, version, events, opened_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $6) RETURNING id`, string(c.Kind), c.Number, c.Organ, c.Title, string(c.State), now.UnixMicro()).Scan(&c.ID); err != nil {
		return nil, false, err
	}
	t := &Turn[D]{Tx: tx, Dialect: k.db.Dialect, Case: c, Form: s.Form, Actor: s.Actor, Now: now, Today: k.today(), out: &outcome{}}
	if err := begin(ctx, t); err != nil {
		return nil, false, err
	}
	if err := k.write(ctx, tx, f, c, ActOpen, "", f.start, &Turn[any]{Now: now, Actor: s.Actor, out: t.out}); err != nil {
		return nil, false, err
	}
	if err := settle(ctx, tx, s.Actor.Login, ActOpen, s.Token, c.ID, c.Events); err != nil {
		return nil, false, err
	}
	return c, false, audit.Record(ctx, tx, k.auditRow(s.Actor, c.ID, ActOpen, audit.Done, ""))
}

// Event is one act on a case as it is kept.
type Event struct {
	Case   int64
	No     int
	At     time.Time
	Actor  string
	For    string // login of the absent person for whom Actor acted
	Action Action
	From   State
	To     State
	Task   string
	Data   json.RawMessage // the domain's typed record, {} when none
}

func insertEvent(ctx context.Context, tx *sql.Tx, e *Event, data any) error {
	e.Data = json.RawMessage("{}")
	if data != nil {
		b, err := json.Marshal(data)
		if err != nil {
			return err
		}
		e.Data = b
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO case_events (case_id, no, at, actor, for_login, action, from_state, to_state, task, data, digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, e.Case, e.No, e.At.UnixMicro(), e.Actor, e.For, string(e.Action),
		string(e.From), string(e.To), e.Task, string(e.Data), e.digest(hex.EncodeToString(salt)))
	return err
}

// digest is "salt:hex" over the whole row; the salt keeps the seal in the
// public log from confirming a guess.
func (e *Event) digest(salt string) string {
	// A []any of numbers and valid UTF-8 always encodes.
	b, _ := json.Marshal([]any{salt, e.Case, e.No, e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.For, string(e.Action), string(e.From), string(e.To), e.Task, string(e.Data)})
	sum := sha256.Sum256(b)
	return salt + ":" + hex.EncodeToString(sum[:])
}
