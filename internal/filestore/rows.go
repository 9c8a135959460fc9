package filestore

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// chunk is the size of one row of bytes; only the last of a file is shorter.
const chunk = 256 << 10

// rowStore keeps bytes in table file_chunks, for a library of several nodes
// that share no folder. An upload waits in the machine's temporary folder, so
// that the database holds no transaction open while it comes in.
type rowStore struct {
	db     *store.DB
	create func() (sink, error)
}

// Rows opens a store in the database.
func Rows(db *store.DB) Store {
	return &rowStore{db: db, create: func() (sink, error) { return os.CreateTemp("", "gongkai-put-*") }}
}

func (s *rowStore) Put(ctx context.Context, r io.Reader, max int64) (b Blob, err error) {
	defer fault.Wrap(&err, "filestore.Put(max %d)", max)
	b, temp, err := spool(ctx, s.create, r, max)
	if err != nil {
		return Blob{}, err
	}
	f, err := os.Open(temp)
	if err == nil {
		err = s.db.Tx(ctx, func(tx *sql.Tx) error { return insertChunks(ctx, tx, f, b, time.Now()) })
		err = errors.Join(err, f.Close())
	}
	if err = errors.Join(err, os.Remove(temp)); err != nil {
		return Blob{}, err
	}
	return b, nil
}

func insertChunks(ctx context.Context, tx *sql.Tx, f io.ReaderAt, b Blob, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM file_chunks WHERE sha256 = $1 AND no > $2`, b.SHA256, (b.Size-1)/chunk); err != nil {
		return err
	}
	for no, at := 0, int64(0); no == 0 || at < b.Size; no, at = no+1, at+chunk {
		data := make([]byte, min(chunk, b.Size-at))
		if _, err := io.ReadFull(io.NewSectionReader(f, at, int64(len(data))), data); err != nil {
			return err
		}
		// Two nodes may put the same content at once; the later one rewrites it.
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO file_chunks (sha256, no, data, put_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (sha256, no) DO UPDATE SET data = excluded.data, put_at = excluded.put_at`,
			b.SHA256, no, data, now.UTC().UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

func (s *rowStore) Open(ctx context.Context, sha string) (io.ReadSeekCloser, error) {
	size, err := s.size(ctx, sha)
	if err != nil {
		return nil, err
	}
	return &chunkReader{ctx: ctx, q: s.db.Reader(), sha: sha, size: size, no: -1}, nil
}

// size is taken from the last chunk. Errors: NotFound.
func (s *rowStore) size(ctx context.Context, sha string) (int64, error) {
	var no, last int64
	err := s.db.Reader().QueryRowContext(ctx, `SELECT no, LENGTH(data) FROM file_chunks WHERE sha256 = $1 ORDER BY no DESC LIMIT 1`, sha).Scan(&no, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, notFound("Open", sha)
	}
	return no*chunk + last, store.Sentence("filestore.Open("+sha+")", err)
}

func (s *rowStore) Has(ctx context.Context, sha string) (bool, error) {
	_, err := s.size(ctx, sha)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return false, nil
	}
	return err == nil, err
}

func (s *rowStore) Delete(ctx context.Context, sha string) (err error) {
	defer fault.Wrap(&err, "filestore.Delete(%s)", sha)
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM file_chunks WHERE sha256 = $1`, sha)
		return err
	})
}

// DeleteIdle relies on the row locks: a Put that came first moved put_at.
func (s *rowStore) DeleteIdle(ctx context.Context, sha string, before time.Time) (gone bool, err error) {
	defer fault.Wrap(&err, "filestore.DeleteIdle(%s)", sha)
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM file_chunks WHERE sha256 = $1 AND no = 0 AND put_at < $2`, sha, before.UTC().UnixMicro())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if gone = n > 0; err != nil || !gone {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM file_chunks WHERE sha256 = $1`, sha)
		return err
	})
	return gone, err
}

func (s *rowStore) Walk(ctx context.Context, fn func(Stored) error) (err error) {
	defer fault.Wrap(&err, "filestore.Walk")
	for after := ""; ; {
		page, err := s.page(ctx, after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, f := range page {
			if err := fn(f); err != nil {
				return err
			}
		}
		after = page[len(page)-1].SHA256
	}
}

func (s *rowStore) page(ctx context.Context, after string) (out []Stored, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT sha256, SUM(LENGTH(data)), MAX(put_at) FROM file_chunks WHERE sha256 > $1 GROUP BY sha256 ORDER BY sha256 LIMIT 500`, after)
	if err != nil {
		return nil, store.Sentence("filestore.Walk", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f Stored
		var at int64
		if err := rows.Scan(&f.SHA256, &f.Size, &at); err != nil {
			return nil, err
		}
		f.PutAt = time.UnixMicro(at)
		out = append(out, f)
	}
	return out, store.Sentence("filestore.Walk", rows.Err())
}

func (s *rowStore) Check(ctx context.Context, sha string) (err error) {
	defer fault.Wrap(&err, "filestore.Check(%s)", sha)
	f, err := s.Open(ctx, sha)
	if err != nil {
		return err
	}
	err = rehash(ctx, f, sha)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		err = differs(sha) // the last chunk is there, an earlier one is not
	}
	return errors.Join(err, f.Close())
}
