package jobs

import (
	"context"
	"database/sql"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Once marks a key in the transaction of an effect and reports whether this is
// the first time. When it is not, the effect has been saved before and must
// not be repeated; the mark and the effect are saved together or not at all.
func Once(ctx context.Context, tx *sql.Tx, key string, now time.Time) (first bool, err error) {
	defer fault.Wrap(&err, "jobs.Once(%s)", key)
	res, err := tx.ExecContext(ctx, `INSERT INTO job_keys (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, key, now.UnixMicro())
	if err != nil {
		return false, store.Sentence("jobs.Once", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// keepKeys is for how long a key is remembered; no job is tried for so long.
const keepKeys = 90 * 24 * time.Hour

// ForgetOldKeys deletes the marks of jobs that can no longer come back.
func ForgetOldKeys(ctx context.Context, db *store.DB, now time.Time) (err error) {
	defer fault.Wrap(&err, "jobs.ForgetOldKeys")
	_, err = db.Writer().ExecContext(ctx, `DELETE FROM job_keys WHERE at < $1`, now.Add(-keepKeys).UnixMicro())
	return store.Sentence("jobs.ForgetOldKeys", err)
}

type forgetKeys struct{}

// Kind names the work.
func (forgetKeys) Kind() string { return "jobs.forget_keys" }

// Housekeeping makes the queue forget old keys once a day.
func Housekeeping(q *Queue, now func() time.Time) {
	Handle(q, func(ctx context.Context, _ Job[forgetKeys]) error { return ForgetOldKeys(ctx, q.db, now()) })
	q.Every("jobs.forget_keys", 24*time.Hour, forgetKeys{})
}
