package search

import (
	"context"

	"gongkai/internal/fault"
)

// Scrub makes removed words unreadable in the index's own files: segments are
// merged, which drops the terms of removed rows, and the journal is emptied.
// It rewrites the whole index, so it is for erasure, not for every day.
func (x *Index) Scrub(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "search.Scrub")
	x.writing.Lock()
	defer x.writing.Unlock()
	for _, step := range []string{
		`INSERT INTO doc (doc) VALUES ('optimize')`,
		`INSERT INTO art (art) VALUES ('optimize')`,
		`PRAGMA wal_checkpoint(TRUNCATE)`,
	} {
		if _, err := x.write.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}
