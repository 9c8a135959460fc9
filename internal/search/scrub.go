package search

import (
	"context"
	"database/sql"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Dirty reports that words were erased which the index's files may still hold.
func (x *Index) Dirty(ctx context.Context) (dirty bool, err error) {
	defer fault.Wrap(&err, "search.Dirty")
	s, err := x.state(ctx)
	return s.dirty, err
}

// Scrub makes removed words unreadable in the index's own files: segments with
// removed texts are written anew without them, and the journal is emptied. It
// is for erasure, not for every day. Errors: Unavailable when somebody reads
// on; the index stays Dirty then.
func (x *Index) Scrub(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "search.Scrub")
	x.writing.Lock()
	defer x.writing.Unlock()
	var gen int64
	err = x.tx(ctx, func(tx *sql.Tx) error {
		all, err := readSegments(ctx, tx)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.gone == 0 {
				continue
			}
			if err := joinSegments(ctx, tx, []int64{s.id}); err != nil {
				return err
			}
		}
		// Searches go on with the new segments.
		return tx.QueryRowContext(ctx, `UPDATE state SET gen = gen + 1 WHERE id = 1 RETURNING gen`).Scan(&gen)
	})
	if err != nil {
		return err
	}
	if err := store.EmptyJournal(ctx, x.write); err != nil {
		return err
	}
	// What another process erased meanwhile waits for the next time.
	_, err = x.write.ExecContext(ctx, `UPDATE state SET dirty = 0 WHERE id = 1 AND gen = $1`, gen)
	return sentence("search.Scrub", err)
}
