package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/jobs"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// greet is a job that names whom to greet.
type greet struct {
	Name string `json:"name"`
}

func (greet) Kind() string { return "test.greet" }

type opened struct {
	t  *testing.T
	db *store.DB
	q  *jobs.Queue
}

func open(t *testing.T, c store.Config, config jobs.Config) *opened {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	q, err := jobs.Open(ctx, db, c, config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(q.Stop(ctx), q.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return &opened{t, db, q}
}

func each(t *testing.T, config jobs.Config, fn func(o *opened)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) { fn(open(t, c, config)) })
}

func (o *opened) start() {
	o.t.Helper()
	if err := o.q.Start(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

func (o *opened) enqueue(args jobs.Args) {
	o.t.Helper()
	if err := o.db.Tx(context.Background(), func(tx *sql.Tx) error { return o.q.Enqueue(context.Background(), tx, args, jobs.Options{}) }); err != nil {
		o.t.Fatal(err)
	}
}

// organ is an effect that can be counted: a row that may be doubled.
func organ(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO organs (code, kind, created_at) VALUES ('o' || (SELECT COUNT(*) FROM organs), 'x', 1)`)
	return err
}

func (o *opened) count(query string) (n int) {
	o.t.Helper()
	if err := o.db.Reader().QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s did not happen", what)
}

// A job exists when, and only when, what it belongs to was saved.
func TestEnqueue_LivesAndDiesWithTheTransaction(t *testing.T) {
	each(t, jobs.Config{}, func(o *opened) {
		ctx := context.Background()
		var worked atomic.Int32
		var last atomic.Value
		jobs.Handle(o.q, func(_ context.Context, j jobs.Job[greet]) error {
			worked.Add(1)
			last.Store(j.Args.Name)
			return nil
		})
		boom := errors.New("boom")
		err := o.db.Tx(ctx, func(tx *sql.Tx) error {
			if err := organ(ctx, tx); err != nil {
				return err
			}
			if err := o.q.Enqueue(ctx, tx, greet{"lost"}, jobs.Options{}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || o.count(`SELECT COUNT(*) FROM river_job`) != 0 || o.count(`SELECT COUNT(*) FROM organs`) != 0 {
			o.t.Fatalf("%v: %d jobs", err, o.count(`SELECT COUNT(*) FROM river_job`))
		}
		if err := o.db.Tx(ctx, func(tx *sql.Tx) error {
			return errors.Join(organ(ctx, tx), o.q.Enqueue(ctx, tx, greet{"kept"}, jobs.Options{}))
		}); err != nil {
			o.t.Fatal(err)
		}
		if o.count(`SELECT COUNT(*) FROM river_job`) != 1 || o.count(`SELECT COUNT(*) FROM organs`) != 1 {
			o.t.Fatal("job or row is missing")
		}
		o.start()
		eventually(o.t, "the job", func() bool { return worked.Load() == 1 })
		if last.Load() != "kept" {
			o.t.Errorf("worked %v", last.Load())
		}
	})
}

func TestWork_FailureIsTriedAgain(t *testing.T) {
	each(t, jobs.Config{}, func(o *opened) {
		var tries atomic.Int32
		jobs.Handle(o.q, func(_ context.Context, j jobs.Job[greet]) error {
			tries.Store(int32(j.Try))
			switch j.Try {
			case 1:
				return errors.New("not yet")
			default:
				return nil
			}
		})
		o.start()
		o.enqueue(greet{"x"})
		eventually(o.t, "the second try", func() bool {
			return tries.Load() == 2 && o.count(`SELECT COUNT(*) FROM river_job WHERE state = 'completed'`) == 1
		})
	})
}

func TestEnqueue_NotBeforeItsTime(t *testing.T) {
	each(t, jobs.Config{}, func(o *opened) {
		ctx := context.Background()
		var worked atomic.Int32
		jobs.Handle(o.q, func(context.Context, jobs.Job[greet]) error { worked.Add(1); return nil })
		if err := o.db.Tx(ctx, func(tx *sql.Tx) error {
			return o.q.Enqueue(ctx, tx, greet{"later"}, jobs.Options{At: time.Now().Add(time.Hour)})
		}); err != nil {
			o.t.Fatal(err)
		}
		o.start()
		o.enqueue(greet{"now"})
		eventually(o.t, "the job of now", func() bool { return worked.Load() >= 1 })
		if o.count(`SELECT COUNT(*) FROM river_job WHERE state = 'scheduled'`) != 1 {
			o.t.Error("the later job is not waiting")
		}
	})
}

func TestEvery_RunsAtOnceAndOnSchedule(t *testing.T) {
	each(t, jobs.Config{}, func(o *opened) {
		var worked atomic.Int32
		jobs.Handle(o.q, func(context.Context, jobs.Job[greet]) error { worked.Add(1); return nil })
		o.q.Every("greeting", time.Second, greet{"all"})
		o.start()
		eventually(o.t, "the second greeting", func() bool { return worked.Load() >= 2 })
	})
}

// Stop lets a running job finish; one that takes too long is cancelled and
// comes again.
func TestStop_Graceful(t *testing.T) {
	each(t, jobs.Config{StopWithin: 500 * time.Millisecond}, func(o *opened) {
		var began, finished, cancelled atomic.Int32
		jobs.Handle(o.q, func(ctx context.Context, j jobs.Job[greet]) error {
			began.Add(1)
			if j.Args.Name == "short" {
				time.Sleep(200 * time.Millisecond)
				finished.Add(1)
				return nil
			}
			<-ctx.Done()
			cancelled.Add(1)
			return ctx.Err()
		})
		o.start()
		o.enqueue(greet{"short"})
		o.enqueue(greet{"long"})
		eventually(o.t, "both jobs", func() bool { return began.Load() == 2 })
		if err := o.q.Stop(context.Background()); err != nil {
			o.t.Fatal(err)
		}
		if finished.Load() != 1 || cancelled.Load() != 1 {
			o.t.Errorf("finished %d, cancelled %d", finished.Load(), cancelled.Load())
		}
		if n := o.count(`SELECT COUNT(*) FROM river_job WHERE state = 'completed'`); n != 1 {
			o.t.Errorf("%d completed", n)
		}
		if n := o.count(`SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'retryable', 'scheduled')`); n != 1 {
			o.t.Errorf("%d will come again", n)
		}
	})
}

func TestOnce_SecondTimeDoesNothing(t *testing.T) {
	each(t, jobs.Config{}, func(o *opened) {
		ctx := context.Background()
		now := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
		mark := func(at time.Time, fail error) (first bool) {
			err := o.db.Tx(ctx, func(tx *sql.Tx) (err error) {
				if first, err = jobs.Once(ctx, tx, "k", at); err != nil {
					return err
				}
				return fail
			})
			if !errors.Is(err, fail) {
				o.t.Fatal(err)
			}
			return first
		}
		if !mark(now, errors.New("boom")) || !mark(now, nil) || mark(now, nil) {
			o.t.Error("the key is not marked exactly with the effect")
		}
		if err := jobs.ForgetOldKeys(ctx, o.db, now.AddDate(0, 1, 0)); err != nil || mark(now, nil) {
			o.t.Errorf("forgotten too early: %v", err)
		}
		if err := jobs.ForgetOldKeys(ctx, o.db, now.AddDate(1, 0, 0)); err != nil || !mark(now, nil) {
			o.t.Errorf("never forgotten: %v", err)
		}
	})
}
