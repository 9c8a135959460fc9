package filestore

import (
	"context"
	"fmt"
	"io"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Fault is one thing that Verify found; Table is always files, ID the hash.
// Its fields are those of publication.Fault, so that one converts to the other.
type Fault struct {
	Code  string `json:"code"`
	Fault string `json:"fault"`
	Table string `json:"table"`
	ID    string `json:"id"`
}

// Verify reads the bytes of every registered file and compares them with hash
// and size. Returns the number of files looked at. It runs beside writers: a
// file whose row went away meanwhile is no fault.
func Verify(ctx context.Context, db *store.DB, s Store, yield func(Fault)) (checked int64, err error) {
	defer fault.Wrap(&err, "filestore.Verify")
	q := db.Reader()
	for after := ""; ; {
		page, err := registeredPage(ctx, q, after)
		if err != nil || len(page) == 0 {
			return checked, err
		}
		for _, f := range page {
			if err := verifyOne(ctx, q, s, f, yield); err != nil {
				return checked, err
			}
			checked++
		}
		after = page[len(page)-1].SHA256
	}
}

func verifyOne(ctx context.Context, q store.Querier, s Store, f Blob, yield func(Fault)) error {
	code, text := "", ""
	size, err := sizeOf(ctx, s, f.SHA256)
	if err == nil {
		err = s.Check(ctx, f.SHA256)
	}
	switch {
	case err == nil && size == f.Size:
		return nil
	case err == nil:
		code, text = "file_size", fmt.Sprintf("附件有 %d 字节，登记的是 %d 字节", size, f.Size)
	case ctx.Err() != nil:
		return ctx.Err()
	case fault.KindOf(err) == fault.NotFound:
		code, text = "file_missing", "附件的内容不见了"
	case fault.KindOf(err) == fault.Internal:
		code, text = "file_changed", "附件内容与登记的指纹不符"
	default:
		return err
	}
	still, err := registered(ctx, q, f.SHA256)
	if err == nil && still {
		yield(Fault{Code: code, Fault: text, Table: "files", ID: f.SHA256})
	}
	return err
}

func sizeOf(ctx context.Context, s Store, sha string) (int64, error) {
	f, err := s.Open(ctx, sha)
	if err != nil {
		return 0, err
	}
	n, err := f.Seek(0, io.SeekEnd)
	if e := f.Close(); err == nil {
		err = e
	}
	return n, err
}

func registeredPage(ctx context.Context, q store.Querier, after string) (out []Blob, err error) {
	rows, err := q.QueryContext(ctx, `SELECT sha256, size, mime FROM files WHERE sha256 > $1 ORDER BY sha256 LIMIT 500`, after)
	if err != nil {
		return nil, store.Sentence("filestore.registeredPage", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b Blob
		if err := rows.Scan(&b.SHA256, &b.Size, &b.MIME); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, store.Sentence("filestore.registeredPage", rows.Err())
}

// Orphans calls fn for bytes that no row names and that were put before the
// given time. Younger ones may belong to a transaction that is still going on.
func Orphans(ctx context.Context, db *store.DB, s Store, before time.Time, fn func(Stored) error) (err error) {
	defer fault.Wrap(&err, "filestore.Orphans")
	return s.Walk(ctx, func(f Stored) error {
		if !f.PutAt.Before(before) {
			return nil
		}
		ok, err := registered(ctx, db.Reader(), f.SHA256)
		if err != nil || ok {
			return err
		}
		return fn(f)
	})
}

// Grace is how long bytes may wait for their row.
const Grace = 24 * time.Hour

// Sweep removes bytes without a row that were put more than Grace ago, and
// reports how many. Call it once a day.
func Sweep(ctx context.Context, db *store.DB, s Store, now time.Time) (removed int, err error) {
	defer fault.Wrap(&err, "filestore.Sweep")
	before := now.Add(-Grace)
	err = Orphans(ctx, db, s, before, func(f Stored) error {
		gone, err := s.DeleteIdle(ctx, f.SHA256, before)
		if gone {
			removed++
		}
		return err
	})
	if d, ok := s.(*dirStore); ok && err == nil {
		err = d.clean(now.Add(-staleTemp))
	}
	return removed, err
}
