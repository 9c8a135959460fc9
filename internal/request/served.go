package request

import (
	"context"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// ServedAnswer is a request whose answer was served.
type ServedAnswer struct{ Case, Organ int64 }

// ServedBetween lists the answers served from one day to another, both
// included, in the order of their cases; whoever calls decides which organs
// they may look at.
func (r *Room) ServedBetween(ctx context.Context, from, to workday.Date) (out []ServedAnswer, err error) {
	defer fault.Wrap(&err, "request.ServedBetween(%s, %s)", from, to)
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT q.case_id, c.organ_id FROM requests q JOIN cases c ON c.id = q.case_id
		WHERE q.served_on >= $1 AND q.served_on <= $2 ORDER BY q.case_id`, from.String(), to.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s ServedAnswer
		if err := rows.Scan(&s.Case, &s.Organ); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
