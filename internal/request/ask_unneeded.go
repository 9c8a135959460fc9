package request

import (
	"context"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// CountUnneeded counts that somebody who began to ask found it already public:
// the day and the work (0 for an earlier answer), no person.
func (r *Room) CountUnneeded(ctx context.Context, work int64) (err error) {
	defer fault.Wrap(&err, "request.CountUnneeded(%d)", work)
	_, err = r.db.Writer().ExecContext(ctx, `INSERT INTO request_unneeded (day, work_id, times) VALUES ($1, $2, 1)
		ON CONFLICT (day, work_id) DO UPDATE SET times = request_unneeded.times + 1`, workday.DateOf(r.now()).String(), work)
	return err
}

// Unneeded is how often nobody had to ask, over a span of days.
type Unneeded struct {
	Times int
	Works []UnneededWork // what was found, the most often first
}

// UnneededWork is one public document that answered before anybody asked.
type UnneededWork struct {
	Work  int64 // 0: an earlier answer
	Times int
}

// unneededWorks is how many documents are listed.
const unneededWorks = 5

// UnneededSince sums the counts from a day on.
func (r *Room) UnneededSince(ctx context.Context, from workday.Date) (out Unneeded, err error) {
	defer fault.Wrap(&err, "request.UnneededSince")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT work_id, SUM(times) FROM request_unneeded WHERE day >= $1 GROUP BY work_id ORDER BY SUM(times) DESC, work_id`, from.String())
	if err != nil {
		return out, err
	}
	defer rows.Close()
	for rows.Next() {
		var w UnneededWork
		if err := rows.Scan(&w.Work, &w.Times); err != nil {
			return out, err
		}
		out.Times += w.Times
		if len(out.Works) < unneededWorks {
			out.Works = append(out.Works, w)
		}
	}
	return out, rows.Err()
}
