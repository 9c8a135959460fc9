package oversight

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Served is a request whose answer was served, with the organ that answered.
type Served struct{ Case, Organ int64 }

// Requests is what oversight needs of the room of requests.
type Requests interface {
	// ServedBetween lists the answers served from one day to another, both
	// included, in a fixed order.
	ServedBetween(ctx context.Context, from, to workday.Date) ([]Served, error)
	// Answered reads what the records say of one of them.
	Answered(ctx context.Context, id int64) (Answered, error)
}

// Room keeps the samples of one library.
type Room struct {
	db       *store.DB
	kernel   *casework.Kernel
	requests Requests
	now      func() time.Time
}

// New builds the room and registers the workflow of mending.
func New(db *store.DB, k *casework.Kernel, requests Requests, now func() time.Time) *Room {
	r := &Room{db: db, kernel: k, requests: requests, now: now}
	casework.Register(k, r.workflow())
	return r
}

// Order asks for a sample.
type Order struct {
	Organ  int64 // this organ and those below it
	From   workday.Date
	To     workday.Date
	Wanted int
	MendBy workday.Date // the last day for mending what is found
	Seed   int64        // 0 has one drawn
}

// Sampling is a sample with its answers.
type Sampling struct {
	ID       int64
	Organ    int64
	From, To workday.Date
	Wanted   int
	Pool     int // how many answers it was drawn from
	Seed     int64
	MendBy   workday.Date
	MadeBy   string
	MadeAt   time.Time
	ClosedAt time.Time // zero while it is being scored
	Answers  []Answer
	Scored   int
	Mean     int // of the scored answers, out of 100
}

// Answer is one sampled request with its sheet.
type Answer struct {
	ID       int64
	Sampling int64
	Case     int64
	Organ    int64
	Marks    []Mark
	Score    int
	ScoredBy string
	ScoredAt time.Time // zero until it is scored
}

const (
	maxWanted = 500
	textSeen  = "没有找到这次抽查。"
)

// reach are the organs that somebody supervises.
func (r *Room) reach(ctx context.Context, a access.Actor) (*access.Tree, []int64, error) {
	tree, err := access.LoadTree(ctx, r.db.Reader())
	if err != nil {
		return nil, nil, err
	}
	return tree, tree.Below(access.Holds(a, access.Supervise)...), nil
}

func (o Order) check(today workday.Date) error {
	bad := func(field, format string, args ...any) error {
		return fault.Field("oversight.Order", field, "“"+field+"”："+format, args...)
	}
	switch {
	case o.Organ == 0:
		return bad("抽查范围", "请选择机构。")
	case o.From.IsZero() || o.To.IsZero():
		return bad("送达时间", "请写明从哪一天到哪一天。")
	case o.To.Before(o.From):
		return bad("送达时间", "结束的日期在开始的日期之前。")
	case o.To.After(today):
		return bad("送达时间", "%s还没有到。", o.To.Chinese())
	case o.Wanted < 1 || o.Wanted > maxWanted:
		return bad("抽取件数", "请填 1 到 %d。", maxWanted)
	case !o.MendBy.After(today):
		return bad("整改期限", "请选今天以后的日期。")
	}
	return nil
}

// Draw makes a sample. Errors: Invalid names a field, also when no answer was
// served in that time; NotFound for an organ out of reach.
func (r *Room) Draw(ctx context.Context, a access.Actor, o Order) (id int64, err error) {
	defer fault.Wrap(&err, "oversight.Draw(%d)", o.Organ)
	if err := o.check(workday.DateOf(r.now())); err != nil {
		return 0, err
	}
	tree, reach, err := r.reach(ctx, a)
	if err != nil {
		return 0, err
	}
	if !slices.Contains(reach, o.Organ) {
		return 0, fault.New(fault.NotFound, "oversight.Draw", "没有找到这个机构。")
	}
	pool, err := r.requests.ServedBetween(ctx, o.From, o.To)
	if err != nil {
		return 0, err
	}
	below := tree.Below(o.Organ)
	pool = slices.DeleteFunc(pool, func(x Served) bool { return !slices.Contains(below, x.Organ) })
	if len(pool) == 0 {
		return 0, fault.Field("oversight.Draw", "送达时间", "“送达时间”：这段时间里没有送达过答复，换一段时间再抽。")
	}
	if o.Seed == 0 {
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return 0, err
		}
		o.Seed = int64(binary.LittleEndian.Uint64(b[:])>>12) + 1 // short enough to be read out
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `INSERT INTO samplings (organ_id, from_on, to_on, wanted, pool, seed, mend_by, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
			o.Organ, o.From.String(), o.To.String(), o.Wanted, len(pool), o.Seed, o.MendBy.String(), a.Login, r.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		for i, x := range draw(pool, o.Wanted, o.Seed) {
			if _, err := tx.ExecContext(ctx, `INSERT INTO sampled_answers (sampling_id, case_id, organ_id, position) VALUES ($1, $2, $3, $4)`, id, x.Case, x.Organ, i+1); err != nil {
				return err
			}
		}
		return r.record(ctx, tx, a, id, "抽查依申请公开答复")
	})
	return id, err
}

func (r *Room) record(ctx context.Context, q store.Querier, a access.Actor, id int64, what string) error {
	return audit.Record(ctx, q, audit.Event{At: r.now(), Actor: a.Login, Act: audit.CaseAct, Target: fmt.Sprintf("sampling:%d", id), Outcome: audit.Done, Detail: what})
}

// Mark enters the sheet of one answer; a sheet may be changed until the sample
// is closed.
func (r *Room) Mark(ctx context.Context, a access.Actor, answer int64, marks []Mark) (sampling int64, err error) {
	defer fault.Wrap(&err, "oversight.Mark(%d)", answer)
	score, err := Score(marks)
	if err != nil {
		return 0, err
	}
	kept := make([]Mark, len(Criteria))
	for i, c := range Criteria {
		j := slices.IndexFunc(marks, func(m Mark) bool { return m.Code == c.Code })
		kept[i] = Mark{c.Code, marks[j].Verdict, strings.TrimSpace(marks[j].Note)}
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return 0, err
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		s, err := r.locked(ctx, tx, a, `SELECT sampling_id FROM sampled_answers WHERE id = $1`, answer)
		if err != nil {
			return err
		}
		sampling = s.ID
		if !s.ClosedAt.IsZero() {
			return fault.New(fault.Conflict, "oversight.Mark", "这次抽查已经结束，评分不能再改。")
		}
		if _, err := tx.ExecContext(ctx, `UPDATE sampled_answers SET marks = $2, score = $3, scored_by = $4, scored_at = $5 WHERE id = $1`, answer, string(b), score, a.Login, r.now().UnixMicro()); err != nil {
			return err
		}
		return r.record(ctx, tx, a, s.ID, "评分")
	})
	return sampling, err
}

// locked reads the sample that a query names, within somebody's reach.
func (r *Room) locked(ctx context.Context, tx *sql.Tx, a access.Actor, query string, arg int64) (*Sampling, error) {
	var id int64
	switch err := tx.QueryRowContext(ctx, query, arg).Scan(&id); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fault.New(fault.NotFound, "oversight.locked", textSeen)
	case err != nil:
		return nil, err
	}
	s, err := scanSampling(tx.QueryRowContext(ctx, `SELECT `+samplingColumns+` FROM samplings WHERE id = $1 `+r.db.Dialect.ForUpdate(), id))
	if err != nil {
		return nil, err
	}
	_, reach, err := r.reach(ctx, a)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(reach, s.Organ) {
		return nil, fault.New(fault.NotFound, "oversight.locked", textSeen)
	}
	return s, nil
}

const samplingColumns = `id, organ_id, from_on, to_on, wanted, pool, seed, mend_by, made_by, made_at, closed_at`

func scanSampling(row interface{ Scan(...any) error }) (*Sampling, error) {
	var s Sampling
	var from, to, by string
	var made, closed int64
	if err := row.Scan(&s.ID, &s.Organ, &from, &to, &s.Wanted, &s.Pool, &s.Seed, &by, &s.MadeBy, &made, &closed); err != nil {
		return nil, err
	}
	for _, d := range []struct {
		into *workday.Date
		text string
	}{{&s.From, from}, {&s.To, to}, {&s.MendBy, by}} {
		day, ok := workday.ParseDate(d.text)
		if !ok {
			return nil, fault.Newf(fault.Internal, "oversight.scanSampling", "a stored day reads %q", d.text)
		}
		*d.into = day
	}
	s.MadeAt = time.UnixMicro(made).UTC()
	if closed > 0 {
		s.ClosedAt = time.UnixMicro(closed).UTC()
	}
	return &s, nil
}
