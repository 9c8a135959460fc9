package request

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// ArchiveFilter narrows the archive; a zero field does not narrow.
type ArchiveFilter struct {
	Organs  []int64 // those in reach
	Words   string  // in what was asked, in the number of the request or of its letter
	Outcome Outcome
	Year    int  // in which it was closed
	Due     bool // only those whose time to be kept is over
	Before  int64
	Limit   int // at most 200, 0 means 50
}

// ArchivedRow is a closed request as the archive lists it.
type ArchivedRow struct {
	Case        int64
	Number      string
	Organ       int64
	State       casework.State
	Content     string // "" once destroyed
	Outcome     Outcome
	LetterNo    string
	ClosedOn    workday.Date
	RetainUntil workday.Date
	Anonymised  bool
}

// Archive lists closed requests, the newest first, with their true total; next
// continues, 0 at the end.
func (r *Room) Archive(ctx context.Context, f ArchiveFilter) (out []ArchivedRow, total int, next int64, err error) {
	defer fault.Wrap(&err, "request.Archive")
	if len(f.Organs) == 0 {
		return nil, 0, 0, nil
	}
	args := []any{string(Kind)}
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	ids := make([]string, len(f.Organs))
	for i, o := range f.Organs {
		ids[i] = fmt.Sprint(o)
	}
	const gone = `EXISTS (SELECT 1 FROM request_erasures e WHERE e.case_id = c.id AND e.what = 'all' AND e.state = 'done')`
	where := ` FROM cases c JOIN requests q ON q.case_id = c.id WHERE c.kind = $1 AND c.closed_at > 0 AND c.organ_id IN (` + strings.Join(ids, ",") + `)`
	if w := strings.TrimSpace(f.Words); w != "" {
		p := arg("%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w) + "%")
		where += ` AND (q.content LIKE ` + p + ` ESCAPE '\' OR c.number LIKE ` + p + ` ESCAPE '\' OR q.letter_no LIKE ` + p + ` ESCAPE '\')`
	}
	if f.Outcome != "" {
		where += ` AND q.outcome = ` + arg(string(f.Outcome))
	}
	if f.Year != 0 {
		from := workday.Date{Year: f.Year, Month: 1, Day: 1}
		where += ` AND c.closed_at >= ` + arg(from.Time().UnixMicro()) + ` AND c.closed_at < ` + arg(from.AddMonths(12).Time().UnixMicro())
	}
	if f.Due {
		where += ` AND q.retain_until < ` + arg(workday.DateOf(r.now()).String()) + ` AND NOT ` + gone
	}
	db := r.db.Reader()
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*)`+where, args...).Scan(&total); err != nil {
		return nil, 0, 0, err
	}
	limit := f.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	if f.Before > 0 {
		where += ` AND c.id < ` + arg(f.Before)
	}
	rows, err := db.QueryContext(ctx, `SELECT c.id, c.number, c.organ_id, c.state, c.closed_at, q.content, q.outcome, q.letter_no, q.retain_until, CASE WHEN `+gone+` THEN 1 ELSE 0 END`+where+
		` ORDER BY c.id DESC LIMIT `+arg(limit+1), args...)
	if err != nil {
		return nil, 0, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var x ArchivedRow
		var closed int64
		var until string
		var destroyed int
		if err := rows.Scan(&x.Case, &x.Number, &x.Organ, &x.State, &closed, &x.Content, &x.Outcome, &x.LetterNo, &until, &destroyed); err != nil {
			return nil, 0, 0, err
		}
		x.ClosedOn, x.Anonymised = workday.DateOf(instant(closed)), destroyed != 0
		if x.RetainUntil, err = day(until); err != nil {
			return nil, 0, 0, err
		}
		out = append(out, x)
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].Case
	}
	return out, total, next, rows.Err()
}
