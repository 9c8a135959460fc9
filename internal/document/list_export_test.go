package document

import (
	"context"
	"database/sql"

	"gongkai/internal/store"
)

// CubeFaults is cubeFaults over one state of a database.
func CubeFaults(ctx context.Context, db *store.DB) (out []string, err error) {
	err = db.Snapshot(ctx, func(q *sql.Tx) error {
		out, err = cubeFaults(ctx, q)
		return err
	})
	return out, err
}

// WalkLimit sets walkLimit and gives the former value.
func WalkLimit(n int) (was int) {
	was, walkLimit = walkLimit, n
	return was
}
