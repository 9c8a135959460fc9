package store

import (
	"context"
	"fmt"
	"strings"
)

// maxParams bounds the values of one statement. SQLite keeps numbered
// parameters in a list that it searches from the front, so the cost of a
// statement grows with their square: a collection of 2,500 laws took three
// times as long to import with 9,000 values a statement.
const maxParams = 300

// InsertMany writes rows with as few statements as the engines allow. into is
// "table (column, column …)"; every row has one value a column.
func InsertMany(ctx context.Context, q Querier, into string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), max(1, maxParams/max(1, len(rows[0]))))
		var b strings.Builder
		b.WriteString("INSERT INTO " + into + " VALUES ")
		args := make([]any, 0, n*len(rows[0]))
		for i, row := range rows[:n] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('(')
			for j := range row {
				if j > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, "$%d", len(args)+j+1)
			}
			b.WriteByte(')')
			args = append(args, row...)
		}
		if _, err := q.ExecContext(ctx, b.String(), args...); err != nil {
			return Sentence("store.InsertMany("+into+")", err)
		}
		rows = rows[n:]
	}
	return nil
}
