package request

import (
	"context"

	"gongkai/internal/fault"
)

// Asked gives what the requests among the cases ask about; a case of another
// kind is left out. The caller shows it only to who may open those cases.
func (r *Room) Asked(ctx context.Context, cases []int64) (out map[int64]string, err error) {
	defer fault.Wrap(&err, "request.Asked")
	out = map[int64]string{}
	if len(cases) == 0 {
		return out, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT case_id, content FROM requests WHERE case_id IN (`+idList(cases)+`)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var content string
		if err := rows.Scan(&id, &content); err != nil {
			return nil, err
		}
		out[id] = content
	}
	return out, rows.Err()
}
