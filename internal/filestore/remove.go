package filestore

import (
	"context"
	"database/sql"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Order notes in the caller's transaction that the bytes of a file are to be
// removed. The order outlives a kill; Remove carries it out.
func Order(ctx context.Context, tx store.Querier, sha string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO file_removals (sha256, at) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING`, sha, at.UTC().UnixMicro())
	return store.Sentence("filestore.Order", err)
}

// Remove removes the bytes that were ordered to be removed and that no row has
// named again meanwhile, and reports how many. An order that fails stays.
func Remove(ctx context.Context, db *store.DB, s Store) (removed int, err error) {
	defer fault.Wrap(&err, "filestore.Remove")
	for after := ""; ; {
		page, err := ordered(ctx, db.Reader(), after)
		if err != nil || len(page) == 0 {
			return removed, err
		}
		for _, sha := range page {
			gone, err := removeOne(ctx, db, s, sha)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
		after = page[len(page)-1]
	}
}

func ordered(ctx context.Context, q store.Querier, after string) (out []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT sha256 FROM file_removals WHERE sha256 > $1 ORDER BY sha256 LIMIT 500`, after)
	if err != nil {
		return nil, store.Sentence("filestore.ordered", err)
	}
	defer rows.Close()
	for rows.Next() {
		var sha string
		if err := rows.Scan(&sha); err != nil {
			return nil, err
		}
		out = append(out, sha)
	}
	return out, store.Sentence("filestore.ordered", rows.Err())
}

// removeOne holds the file's row while it removes the bytes: who registers the
// same content at that moment has either committed, and keeps it, or waits.
func removeOne(ctx context.Context, db *store.DB, s Store, sha string) (gone bool, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `
			INSERT INTO files (sha256, size, mime, scan_state, created_at) VALUES ($1, 0, '', $2, 0) ON CONFLICT (sha256) DO NOTHING`, sha, string(Unscanned))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if gone = n == 1; gone {
			if err := deleteWithin(ctx, tx, s, sha); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM files WHERE sha256 = $1`, sha); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM file_removals WHERE sha256 = $1`, sha)
		return err
	})
	return gone && err == nil, err
}

// deleteWithin deletes in the caller's transaction where the bytes are rows,
// because SQLite has one writer at a time.
func deleteWithin(ctx context.Context, tx *sql.Tx, s Store, sha string) error {
	if _, ok := s.(*rowStore); ok {
		_, err := tx.ExecContext(ctx, `DELETE FROM file_chunks WHERE sha256 = $1`, sha)
		return err
	}
	return s.Delete(ctx, sha)
}
