package search

import "context"

// Works counts the works that can be found.
func (x *Index) Works(ctx context.Context) (n int64, err error) {
	err = x.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM works WHERE removed = 0`).Scan(&n)
	return n, err
}
