package search

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"gongkai/internal/fault"
)

// Works counts the works that can be found.
func (x *Index) Works(ctx context.Context) (n int64, err error) {
	err = x.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM works WHERE removed = 0`).Scan(&n)
	return n, err
}

// Labels gives what the index holds of the works with public ids after one and
// up to another: a mark over labels and titles, as MarkLabel makes it, in order
// of labels. A verification compares them with the library.
func (x *Index) Labels(ctx context.Context, after, upTo int64) (_ map[int64]string, err error) {
	defer fault.Wrap(&err, "search.Labels")
	rows, err := x.read.QueryContext(ctx, `
		SELECT w.work, COALESCE(e.label, 0), COALESCE(e.title, '') FROM works w LEFT JOIN editions e ON e.work = w.work
		WHERE w.removed = 0 AND w.work > $1 AND w.work <= $2 ORDER BY w.work, e.label`, after, upTo)
	if err != nil {
		return nil, sentence("search.Labels", err)
	}
	defer rows.Close()
	out := map[int64]string{}
	for rows.Next() {
		var work int64
		var label int
		var title string
		if err := rows.Scan(&work, &label, &title); err != nil {
			return nil, err
		}
		out[work] = MarkLabel(out[work], label, title)
	}
	return out, rows.Err()
}

// MarkLabel goes on from the mark of the texts before.
func MarkLabel(mark string, label int, title string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d %s", mark, label, title))
	return hex.EncodeToString(sum[:])
}
