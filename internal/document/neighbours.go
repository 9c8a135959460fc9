package document

import (
	"context"
	"database/sql"
	"errors"

	"gongkai/internal/store"
)

// neighbours finds 上一篇 and 下一篇 in the first column of a work: the next
// newer and the next older document there (W18-0.1).
func neighbours(ctx context.Context, q store.Querier, v *View) error {
	column := v.Placements[0].ColumnID
	var date string
	err := q.QueryRowContext(ctx, `SELECT date_on FROM work_cards WHERE public_id = $1`, v.Work).Scan(&date)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, side := range []struct {
		to        **Neighbour
		op, order string
	}{{&v.Previous, ">", "ASC"}, {&v.Next, "<", "DESC"}} {
		var n Neighbour
		err := q.QueryRowContext(ctx, neighbourQuery(side.op, side.order), column, date, v.Work).Scan(&n.Work, &n.Title)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		*side.to = &n
	}
	return nil
}

func neighbourQuery(op, dir string) string {
	return `
		SELECT c.public_id, c.title FROM work_cards c WHERE c.public_id = (
			SELECT x.public_id FROM column_order x WHERE x.column_id = $1 AND (x.date_on, x.public_id) ` + op + ` ($2, $3)
			ORDER BY x.date_on ` + dir + `, x.public_id ` + dir + ` LIMIT 1)`
}
