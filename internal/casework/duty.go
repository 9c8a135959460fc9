package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Bucket sorts duties by when they are due.
type Bucket string

// The buckets of 今日应办.
const (
	AllDuties  Bucket = ""
	Late       Bucket = "late"
	DueToday   Bucket = "today"
	DueWeek    Bucket = "week"
	Later      Bucket = "later"
	Undated    Bucket = "undated"
	WaitOthers Bucket = "others"
	// Decide are the duties of whatever due time that settle what others have
	// prepared: a signature, more time. A head finds them first.
	Decide Bucket = "decide"
)

// decideSQL is the condition for tasks that end in a decision.
var decideSQL = fmt.Sprintf("t.right_needed IN ('%s', '%s')", access.SignOff, access.ApproveExtension)

// DutyFilter narrows 今日应办.
type DutyFilter struct {
	Bucket Bucket
	Kind   Kind
	After  string // cursor of the page before
	Limit  int    // 1 to 200, 0 means 50
}

// Duty is one thing that waits for somebody.
type Duty struct {
	OpenTask
	Kind   Kind
	Number string
	Title  string
	State  State
	Mine   bool // given to this person, not just to anybody with the right
}

// Duties is a page of 今日应办 with its counts, each count over the same rows.
type Duties struct {
	Rows   []Duty
	Counts map[Bucket]int
	Kinds  map[Kind]int
	Next   string // cursor, "" at the end
}

// All is how many duties wait for this person, of every due time.
func (d *Duties) All() (n int) {
	for _, b := range []Bucket{Late, DueToday, DueWeek, Later, Undated} {
		n += d.Counts[b]
	}
	return n
}

// reachSQL is the condition for tasks that somebody may take: given to them or
// to somebody they stand in for, or to nobody and within the reach of a right.
// The numbers in it are ours.
func (w *crew) reachSQL() (string, []any) {
	var parts []string
	var args []any
	for _, m := range w.members {
		parts = append(parts, fmt.Sprintf("t.person_id = %d", m.Person))
		for right, organs := range w.rights(m) {
			args = append(args, string(right))
			parts = append(parts, fmt.Sprintf("t.person_id = 0 AND t.right_needed = $%d AND t.organ_id IN (%s)", len(args), joinIDs(organs)))
		}
	}
	where := "(" + strings.Join(parts, " OR ") + ")"
	for _, m := range w.members {
		args = append(args, "%|"+likeEscape(m.Login)+"|%")
		where += fmt.Sprintf(` AND t.barred NOT LIKE $%d ESCAPE '\'`, len(args))
	}
	return where, args
}

// rights are the acts that somebody may do and on which organs, whole subtrees.
func (w *crew) rights(a access.Actor) map[access.Act][]int64 {
	out := map[access.Act][]int64{}
	for _, act := range access.CaseActs() {
		if top := access.Holds(a, act); len(top) > 0 {
			out[act] = w.tree.Below(top...)
		}
	}
	return out
}

func joinIDs(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%d", id)
	}
	return b.String()
}

func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// edges are the moments at which the buckets meet.
func edges(now time.Time) (today, week int64) {
	d := workday.DateOf(now)
	end := d.AddDays(1).Time()
	toSunday := (7 - int(d.Weekday())) % 7
	return end.UnixMicro(), d.AddDays(toSunday + 1).Time().UnixMicro()
}

// bucketSQL sorts a task; a due moment of 24:00 belongs to the day it ends.
func bucketSQL(now time.Time) string {
	today, week := edges(now)
	return fmt.Sprintf(`CASE WHEN t.due_at = 0 THEN 'undated' WHEN t.due_at <= %d THEN 'late' WHEN t.due_at <= %d THEN 'today' WHEN t.due_at <= %d THEN 'week' ELSE 'later' END`,
		now.UnixMicro(), today, week)
}

// Duties lists what waits for somebody, the latest first, then by due time.
func (k *Kernel) Duties(ctx context.Context, a access.Actor, f DutyFilter) (out *Duties, err error) {
	defer fault.Wrap(&err, "casework.Duties(%s)", a.Login)
	q := k.db.Reader()
	who, err := k.crew(ctx, q, a)
	if err != nil {
		return nil, err
	}
	where, args := who.reachSQL()
	if f.Bucket == WaitOthers {
		where, args = k.othersSQL(a)
	}
	where = "t.closed_at = 0 AND " + where
	now := k.now()
	out = &Duties{Counts: map[Bucket]int{}, Kinds: map[Kind]int{}}
	// The kind that is asked for narrows the counts too: a tab must list as many
	// as it says.
	ofKind := func(where string, args []any) (string, []any) {
		if f.Kind == "" {
			return where, args
		}
		return fmt.Sprintf("%s AND c.kind = $%d", where, len(args)+1), append(slices.Clone(args), string(f.Kind))
	}
	narrow, narrowArgs := ofKind(where, args)
	if err := count(ctx, q, `SELECT `+bucketSQL(now)+`, COUNT(*) FROM case_tasks t JOIN cases c ON c.id = t.case_id WHERE `+narrow+` GROUP BY 1`, narrowArgs,
		func(name string, n int) { out.Counts[Bucket(name)] = n }); err != nil {
		return nil, err
	}
	if err := count(ctx, q, `SELECT c.kind, COUNT(*) FROM case_tasks t JOIN cases c ON c.id = t.case_id WHERE `+where+` GROUP BY c.kind`, args,
		func(name string, n int) { out.Kinds[Kind(name)] = n }); err != nil {
		return nil, err
	}
	if f.Bucket != WaitOthers {
		if err := count(ctx, q, `SELECT 'decide', COUNT(*) FROM case_tasks t JOIN cases c ON c.id = t.case_id WHERE `+narrow+` AND `+decideSQL, narrowArgs,
			func(name string, n int) { out.Counts[Bucket(name)] = n }); err != nil {
			return nil, err
		}
		others, otherArgs := ofKind(k.othersSQL(a))
		if err := count(ctx, q, `SELECT 'others', COUNT(*) FROM case_tasks t JOIN cases c ON c.id = t.case_id WHERE t.closed_at = 0 AND `+others, otherArgs,
			func(name string, n int) { out.Counts[Bucket(name)] = n }); err != nil {
			return nil, err
		}
	}
	out.Rows, out.Next, err = k.dutyRows(ctx, q, a, f, where, args, now)
	return out, err
}

// othersSQL is the condition for tasks of cases that somebody began and that
// now wait for others.
func (k *Kernel) othersSQL(a access.Actor) (string, []any) {
	return fmt.Sprintf(`t.person_id <> %d AND EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = t.case_id AND e.actor = $1 AND e.no = 1)
		AND NOT EXISTS (SELECT 1 FROM case_tasks o WHERE o.case_id = t.case_id AND o.closed_at = 0 AND o.person_id = %d)`, a.Person, a.Person), []any{a.Login}
}

func count(ctx context.Context, q store.Querier, query string, args []any, fn func(name string, n int)) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
		fn(name, n)
	}
	return rows.Err()
}

// undatedAt stands for "no due time" in the order and in cursors.
const undatedAt = 1 << 62

func (k *Kernel) dutyRows(ctx context.Context, q store.Querier, a access.Actor, f DutyFilter, where string, args []any, now time.Time) (out []Duty, next string, err error) {
	args = slices.Clone(args)
	switch f.Bucket {
	case AllDuties, WaitOthers:
	case Decide:
		where += " AND " + decideSQL
	default:
		args = append(args, string(f.Bucket))
		where += fmt.Sprintf(" AND %s = $%d", bucketSQL(now), len(args))
	}
	if f.Kind != "" {
		args = append(args, string(f.Kind))
		where += fmt.Sprintf(" AND c.kind = $%d", len(args))
	}
	order := fmt.Sprintf("CASE WHEN t.due_at = 0 THEN %d ELSE t.due_at END", int64(undatedAt))
	if f.After != "" {
		var due, id int64
		if _, err := fmt.Sscanf(f.After, "%d.%d", &due, &id); err != nil {
			return nil, "", fault.New(fault.Invalid, "casework.dutyRows", "页码有误，请从第一页看起。")
		}
		where += fmt.Sprintf(" AND (%s > %d OR %s = %d AND t.id > %d)", order, due, order, due, id)
	}
	limit := f.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	rows, err := q.QueryContext(ctx, `SELECT `+taskColumns+`, c.kind, c.number, c.title, c.state FROM case_tasks t JOIN cases c ON c.id = t.case_id
		WHERE `+where+` ORDER BY `+order+fmt.Sprintf(`, t.id LIMIT %d`, limit+1), args...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	for rows.Next() {
		var d Duty
		into, finish := d.OpenTask.scan()
		if err := rows.Scan(append(into, &d.Kind, &d.Number, &d.Title, &d.State)...); err != nil {
			return nil, "", err
		}
		finish()
		d.Mine = d.Person == a.Person
		out = append(out, d)
	}
	if len(out) > limit {
		out = out[:limit]
		last := out[limit-1]
		due := int64(undatedAt)
		if !last.DueAt.IsZero() {
			due = last.DueAt.UnixMicro()
		}
		next = fmt.Sprintf("%d.%d", due, last.ID)
	}
	return out, next, rows.Err()
}
