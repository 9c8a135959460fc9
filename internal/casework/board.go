package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Tally counts the cases of one organ and kind. Late, Week, Provisional and
// Stopped speak of open tasks; Open and Closed of cases; Returned of acts that
// sent something back. Each number opens to the rows that it counts: see Cases.
type Tally struct {
	Organ       int64
	Kind        Kind
	Open        int
	Late        int
	Week        int
	Provisional int
	Stopped     int
	Returned    int
	Closed      int // within the last 365 days
}

// Board counts duties over every organ that somebody supervises.
func (k *Kernel) Board(ctx context.Context, a access.Actor) (out []Tally, err error) {
	defer fault.Wrap(&err, "casework.Board(%s)", a.Login)
	q := k.db.Reader()
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, err
	}
	organs := tree.Below(access.Holds(a, access.Supervise)...)
	if len(organs) == 0 {
		return nil, fault.New(fault.Forbidden, "casework.Board", textNoRight)
	}
	now := k.now()
	_, week := edges(now)
	at := map[tallyKey]*Tally{}
	for _, part := range []struct {
		query string
		into  func(*Tally) []any
	}{
		{fmt.Sprintf(`SELECT c.organ_id, c.kind, COUNT(*), SUM(CASE WHEN c.due_at > 0 AND c.due_at <= %d THEN 1 ELSE 0 END), SUM(CASE WHEN c.due_at > %d AND c.due_at <= %d THEN 1 ELSE 0 END)
			FROM cases c WHERE c.closed_at = 0 AND c.organ_id IN (%s) GROUP BY c.organ_id, c.kind`, now.UnixMicro(), now.UnixMicro(), week, joinIDs(organs)),
			func(t *Tally) []any { return []any{&t.Open, &t.Late, &t.Week} }},
		{fmt.Sprintf(`SELECT c.organ_id, c.kind, COUNT(DISTINCT CASE WHEN t.provisional = 1 THEN c.id END), COUNT(DISTINCT CASE WHEN t.stopped = 1 THEN c.id END)
			FROM case_tasks t JOIN cases c ON c.id = t.case_id WHERE t.closed_at = 0 AND (t.provisional = 1 OR t.stopped = 1) AND c.closed_at = 0 AND c.organ_id IN (%s) GROUP BY c.organ_id, c.kind`, joinIDs(organs)),
			func(t *Tally) []any { return []any{&t.Provisional, &t.Stopped} }},
		{fmt.Sprintf(`SELECT c.organ_id, c.kind, COUNT(DISTINCT c.id) FROM case_events e JOIN cases c ON c.id = e.case_id WHERE e.action = '%s' AND c.organ_id IN (%s) GROUP BY c.organ_id, c.kind`, ActReturn, joinIDs(organs)),
			func(t *Tally) []any { return []any{&t.Returned} }},
		{fmt.Sprintf(`SELECT c.organ_id, c.kind, COUNT(*) FROM cases c WHERE c.closed_at > %d AND c.organ_id IN (%s) GROUP BY c.organ_id, c.kind`, now.AddDate(-1, 0, 0).UnixMicro(), joinIDs(organs)),
			func(t *Tally) []any { return []any{&t.Closed} }},
	} {
		if err := tally(ctx, q, part.query, part.into, at); err != nil {
			return nil, err
		}
	}
	for _, t := range at {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Organ, b.Organ), cmp.Compare(a.Kind, b.Kind))
	})
	return out, nil
}

type tallyKey struct {
	organ int64
	kind  Kind
}

// tally reads some of the numbers, one row an organ and kind.
func tally(ctx context.Context, q store.Querier, query string, into func(*Tally) []any, at map[tallyKey]*Tally) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var part Tally
		if err := rows.Scan(append([]any{&part.Organ, &part.Kind}, into(&part)...)...); err != nil {
			return err
		}
		key := tallyKey{part.Organ, part.Kind}
		t := at[key]
		if t == nil {
			t = &Tally{Organ: part.Organ, Kind: part.Kind}
			at[key] = t
		}
		t.Open, t.Late, t.Week = t.Open+part.Open, t.Late+part.Late, t.Week+part.Week
		t.Provisional, t.Stopped, t.Returned, t.Closed = t.Provisional+part.Provisional, t.Stopped+part.Stopped, t.Returned+part.Returned, t.Closed+part.Closed
	}
	return rows.Err()
}

// ActReturn is the action under which a workflow sends something back for
// mending, so that the board can count it in every workflow alike.
const ActReturn Action = "return"

// CaseFilter narrows a register of cases. Class is one of the columns of a
// Tally in lower case: open, late, week, provisional, stopped, returned, closed.
type CaseFilter struct {
	Kind  Kind
	Organ int64 // this organ alone; 0: all in reach
	// Supervised keeps to the organs that the board counts.
	Supervised bool
	Class      string
	State      State  // of this state alone, "" for all
	Text       string // part of number or title
	After      int64  // cursor: cases with smaller ids
	Limit      int    // 1 to 500, 0 means 50
}

// Cases lists the cases that somebody may see, the newest first, with their
// true total.
func (k *Kernel) Cases(ctx context.Context, a access.Actor, f CaseFilter) (out []*Case, total int, next int64, err error) {
	defer fault.Wrap(&err, "casework.Cases(%s)", a.Login)
	q := k.db.Reader()
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, 0, 0, err
	}
	where, args, err := k.seen(a, tree, f)
	if err != nil {
		return nil, 0, 0, err
	}
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM cases c WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, 0, err
	}
	limit := f.Limit
	if limit < 1 || limit > 500 {
		limit = 50
	}
	if f.After > 0 {
		where += fmt.Sprintf(" AND c.id < %d", f.After)
	}
	rows, err := q.QueryContext(ctx, `SELECT `+caseColumns+` FROM cases c WHERE `+where+fmt.Sprintf(` ORDER BY c.id DESC LIMIT %d`, limit+1), args...)
	if err != nil {
		return nil, 0, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanCase(rows)
		if err != nil {
			return nil, 0, 0, err
		}
		out = append(out, c)
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	return out, total, next, rows.Err()
}

// seen is the condition for the cases that somebody may see and asked for.
func (k *Kernel) seen(a access.Actor, tree *access.Tree, f CaseFilter) (where string, args []any, err error) {
	var parts []string
	supervised := tree.Below(access.Holds(a, access.Supervise)...)
	for _, kind := range k.kinds {
		if f.Kind != "" && f.Kind != kind {
			continue
		}
		organs := tree.Below(append(access.Holds(a, k.flows[kind].see), access.Holds(a, access.Supervise)...)...)
		if f.Organ != 0 {
			if !slices.Contains(organs, f.Organ) {
				continue
			}
			organs = []int64{f.Organ}
		}
		if f.Supervised {
			organs = slices.DeleteFunc(organs, func(id int64) bool { return !slices.Contains(supervised, id) })
		}
		if len(organs) > 0 {
			args = append(args, string(kind))
			parts = append(parts, fmt.Sprintf("c.kind = $%d AND c.organ_id IN (%s)", len(args), joinIDs(organs)))
		}
	}
	where = "1 = 0"
	for i, p := range parts {
		if i == 0 {
			where = p
			continue
		}
		where += " OR " + p
	}
	where = "(" + where + ")"
	if f.State != "" {
		args = append(args, string(f.State))
		where += fmt.Sprintf(" AND c.state = $%d", len(args))
	}
	now := k.now()
	_, week := edges(now)
	task := ` AND EXISTS (SELECT 1 FROM case_tasks t WHERE t.case_id = c.id AND t.closed_at = 0 AND `
	switch f.Class {
	case "":
	case "open":
		where += " AND c.closed_at = 0"
	case "late":
		where += fmt.Sprintf(" AND c.closed_at = 0 AND c.due_at > 0 AND c.due_at <= %d", now.UnixMicro())
	case "week":
		where += fmt.Sprintf(" AND c.closed_at = 0 AND c.due_at > %d AND c.due_at <= %d", now.UnixMicro(), week)
	case "provisional":
		where += " AND c.closed_at = 0" + task + "t.provisional = 1)"
	case "stopped":
		where += " AND c.closed_at = 0" + task + "t.stopped = 1)"
	case "returned":
		where += fmt.Sprintf(" AND c.id IN (SELECT e.case_id FROM case_events e WHERE e.action = '%s')", ActReturn)
	case "closed":
		where += fmt.Sprintf(" AND c.closed_at > %d", now.AddDate(-1, 0, 0).UnixMicro())
	default:
		return "", nil, fault.Field("casework.seen", "类别", "“类别”：没有“%s”这一类。", f.Class)
	}
	if f.Text != "" {
		args = append(args, "%"+likeEscape(f.Text)+"%")
		where += fmt.Sprintf(` AND (c.number LIKE $%d ESCAPE '\' OR c.title LIKE $%d ESCAPE '\')`, len(args), len(args))
	}
	return where, args, nil
}
