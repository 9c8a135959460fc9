package casework

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Years is the calendar of a library: what the program brings along and what
// was loaded since. Generation is the number of the newest load.
type Years struct {
	Generation int64
	calendar   workday.Calendar
	regional   bool
	above      func(organ int64) []string // codes of an organ and those above it, the highest first
}

// For is the calendar as it counts for an organ: a region's own days hold for
// the organ they were loaded for and all below it.
func (y *Years) For(organ int64) workday.Calendar {
	if !y.regional {
		return y.calendar
	}
	return y.calendar.In(y.above(organ)...)
}

// National is the calendar without regional days.
func (y *Years) National() workday.Calendar { return y.calendar }

// Years reads the calendar of the library.
func (k *Kernel) Years(ctx context.Context) (*Years, error) { return k.years(ctx, k.db.Reader()) }

// YearsIn is Years read inside a transaction. Who holds one must not wait for a
// second connection: transactions that all do so wait for each other for ever.
func (k *Kernel) YearsIn(ctx context.Context, q store.Querier) (*Years, error) {
	return k.years(ctx, q)
}

// years reads the calendar anew only when something was loaded.
func (k *Kernel) years(ctx context.Context, q store.Querier) (_ *Years, err error) {
	defer fault.Wrap(&err, "casework.years")
	var newest int64
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM calendar_loads`).Scan(&newest); err != nil {
		return nil, err
	}
	k.mu.Lock()
	have := k.calendar
	k.mu.Unlock()
	if have != nil && have.Generation == newest && !have.regional {
		return have, nil
	}
	y := &Years{Generation: newest, calendar: workday.National()}
	if newest > 0 {
		days, err := loadedDays(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range days {
			y.regional = y.regional || d.Region != ""
		}
		if y.calendar, err = y.calendar.With(days); err != nil {
			return nil, err
		}
	}
	if y.regional {
		if y.above, err = codesAbove(ctx, q); err != nil {
			return nil, err
		}
	}
	k.mu.Lock()
	k.calendar = y
	k.mu.Unlock()
	return y, nil
}

func loadedDays(ctx context.Context, q store.Querier) (out []workday.Day, err error) {
	rows, err := q.QueryContext(ctx, `SELECT l.region, l.year, l.version, l.notice, d.day, d.kind, d.name
		FROM calendar_loads l JOIN calendar_days d ON d.load_id = l.id ORDER BY l.id, d.day`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d workday.Day
		var day string
		if err := rows.Scan(&d.Region, &d.Year, &d.Version, &d.Notice, &day, &d.Kind, &d.Name); err != nil {
			return nil, err
		}
		if d.Date, err = storedDay(day); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// codesAbove gives the codes of an organ and of those above it, the highest first.
func codesAbove(ctx context.Context, q store.Querier) (func(int64) []string, error) {
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, err
	}
	codes := map[int64]string{}
	rows, err := q.QueryContext(ctx, `SELECT id, code FROM organs`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var code string
		if err := rows.Scan(&id, &code); err != nil {
			return nil, err
		}
		codes[id] = code
	}
	return func(organ int64) []string {
		up := tree.Above(organ)
		out := make([]string, len(up))
		for i, id := range up {
			out[len(up)-1-i] = codes[id]
		}
		return out
	}, rows.Err()
}

// Load is one notice that was brought in.
type Load struct {
	ID       int64
	Region   string // code of the organ it holds for with all below; "" for the whole country
	Year     int
	Version  int
	Notice   string
	LoadedBy string
	At       time.Time
	Moved    int // due times that its recount changed
	Done     bool
}

// LoadYear brings in a year's arrangement of holidays. The highest version of a
// year and region counts, so a corrected notice is loaded again. Nothing is
// saved when a day is wrong; the errors name every fault. The open cases that
// the year touches are recomputed afterwards, by Recount.
func (k *Kernel) LoadYear(ctx context.Context, a access.Actor, year int, region, notice string, days []workday.Day) (id int64, err error) {
	defer fault.Wrap(&err, "casework.LoadYear(%d)", year)
	if faults := workday.Check(year, days); len(faults) > 0 {
		return 0, errors.Join(faults...)
	}
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		if region != "" {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM organs WHERE code = $1`, region).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				return fault.Field("casework.LoadYear", "适用机构", "“适用机构”：没有代码为“%s”的机构。", region)
			}
		}
		version := 1
		for _, s := range workday.National().Years() {
			if s.Year == year && region == "" {
				version = s.Version + 1
			}
		}
		var last sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT MAX(version) FROM calendar_loads WHERE region = $1 AND year = $2`, region, year).Scan(&last); err != nil {
			return err
		}
		version = max(version, int(last.Int64)+1)
		if err := tx.QueryRowContext(ctx, `INSERT INTO calendar_loads (region, year, version, notice, loaded_by, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
			region, year, version, notice, a.Login, k.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		rows := make([][]any, len(days))
		for i, d := range days {
			rows[i] = []any{id, d.Date.String(), string(d.Kind), d.Name}
		}
		if err := store.InsertMany(ctx, tx, `calendar_days (load_id, day, kind, name)`, rows); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: k.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("calendar:%d", year), Outcome: audit.Done, Detail: notice})
	})
	return id, err
}

// Loads lists the notices brought in, the newest first.
func (k *Kernel) Loads(ctx context.Context) (out []Load, err error) {
	defer fault.Wrap(&err, "casework.Loads")
	rows, err := k.db.Reader().QueryContext(ctx, `SELECT id, region, year, version, notice, loaded_by, at, moved, done_at FROM calendar_loads ORDER BY id DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Load
		var at, done int64
		if err := rows.Scan(&l.ID, &l.Region, &l.Year, &l.Version, &l.Notice, &l.LoadedBy, &at, &l.Moved, &done); err != nil {
			return nil, err
		}
		l.At, l.Done = instant(at), done != 0
		out = append(out, l)
	}
	return out, rows.Err()
}

// recountBatch is how many tasks one transaction of a recount looks at.
const recountBatch = 50

// recountRecord is what the event of a moved due time keeps.
type recountRecord struct {
	Task string `json:"task"`
	Old  string `json:"old"`
	New  string `json:"new"`
	Load int64  `json:"load"`
}

// Recount recomputes the open tasks that unfinished loads touch, in small
// transactions: killed in the middle it goes on where it stood, and no task is
// moved twice for one load. A moved due time is an event, and its holder is
// told; closed cases keep the judgement of their day.
func (k *Kernel) Recount(ctx context.Context) (moved int, err error) {
	defer fault.Wrap(&err, "casework.Recount")
	for {
		more, n, err := k.recountSome(ctx)
		moved += n
		if err != nil || !more {
			return moved, err
		}
	}
}

func (k *Kernel) recountSome(ctx context.Context) (more bool, moved int, err error) {
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		more, moved = false, 0
		var id, scanned int64
		var year int
		err := tx.QueryRowContext(ctx, `SELECT id, year, scanned FROM calendar_loads WHERE done_at = 0 ORDER BY id LIMIT 1 `+k.db.Dialect.ForUpdate()).Scan(&id, &year, &scanned)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT t.id, t.case_id FROM case_tasks t WHERE t.closed_at = 0 AND t.touches >= $1 AND t.calendar < $2 AND t.id > $3 ORDER BY t.id LIMIT %d`, recountBatch),
			year, id, scanned)
		if err != nil {
			return err
		}
		var cases []int64
		n, last := 0, scanned
		defer rows.Close()
		for rows.Next() {
			var c int64
			if err := rows.Scan(&last, &c); err != nil {
				return err
			}
			n++
			if len(cases) == 0 || cases[len(cases)-1] != c {
				cases = append(cases, c)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, c := range cases {
			m, err := k.recountCase(ctx, tx, c, id)
			if err != nil {
				return err
			}
			moved += m
		}
		doneAt := int64(0)
		if n < recountBatch {
			doneAt = k.now().UnixMicro()
		}
		_, err = tx.ExecContext(ctx, `UPDATE calendar_loads SET scanned = $2, moved = moved + $3, done_at = $4 WHERE id = $1`, id, last, moved, doneAt)
		return err
	})
	return more, moved, err
}

func (k *Kernel) recountCase(ctx context.Context, tx *sql.Tx, id, loadID int64) (moved int, err error) {
	c, err := load(ctx, tx, id, k.db.Dialect.ForUpdate())
	if err != nil || !c.Open() {
		return 0, err
	}
	before, err := openTasks(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	now := k.now().UTC().Truncate(time.Microsecond)
	if err := k.reload(ctx, tx, c, now); err != nil {
		return 0, err
	}
	after, err := openTasks(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	for _, old := range before {
		for _, t := range after {
			if t.ID != old.ID || t.DueAt.Equal(old.DueAt) {
				continue
			}
			turn := &Turn[any]{Now: now, Today: workday.DateOf(now), Actor: Product, out: &outcome{
				data:    recountRecord{Task: t.Name, Old: minuteOrNone(old.DueAt), New: minuteOrNone(t.DueAt), Load: loadID},
				notices: []noticeTo{{kind: NoticeMoved, person: t.Person, right: access.Act(t.Right), organ: t.Organ}}}}
			if err := k.write(ctx, tx, k.flows[c.Kind], c, ActRecount, t.Name, c.State, turn); err != nil {
				return moved, err
			}
			moved++
		}
	}
	return moved, nil
}

func minuteOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return minute(t)
}
