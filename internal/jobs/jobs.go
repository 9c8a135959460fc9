// Package jobs is the queue and the schedule. A job is enqueued in the
// caller's transaction: it exists when, and only when, what it belongs to was
// saved. It is worked at least once; Once makes its effect happen once. The
// queue library (River) appears only here.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Args is what a job carries: a struct that encodes as JSON, holding ids and
// never personal data. Kind names the work and must not change while jobs of
// it may be waiting.
type Args interface{ Kind() string }

// Options of one job; the zero value is now, with the usual number of tries.
type Options struct {
	At       time.Time // not before; zero is now
	MaxTries int       // 0 is 25, spread over about three weeks
}

// Enqueuer is what a package needs that only hands in jobs.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx *sql.Tx, args Args, o Options) error
}

// Job is one try of a job.
type Job[T Args] struct {
	ID       int64
	Try      int // from 1
	MaxTries int
	Args     T
}

// Config bounds the work of a node; zero fields take the defaults.
type Config struct {
	Workers     int           // jobs at the same time; default 50, for a fetch takes about so many
	Timeout     time.Duration // of one try; default 1 minute
	RescueAfter time.Duration // a try of which nothing was heard for so long is given to another node; default Timeout + 30 s
	StopWithin  time.Duration // how long Stop waits before it cancels running jobs; default 10 s
}

// Queue is the queue of one library.
type Queue struct {
	config   Config
	log      *slog.Logger
	db       *store.DB
	pool     *sql.DB
	driver   riverdriver.Driver[*sql.Tx]
	inserts  *river.Client[*sql.Tx]
	workers  *river.Workers
	periodic []*river.PeriodicJob
	kinds    int
	running  *river.Client[*sql.Tx]
}

// Open opens the queue of a library that is already open, making or migrating
// the queue's own tables. It uses connections of its own.
func Open(ctx context.Context, db *store.DB, library store.Config, c Config, log *slog.Logger) (q *Queue, err error) {
	defer fault.Wrap(&err, "jobs.Open")
	q = &Queue{config: c.withDefaults(), log: log, db: db, workers: river.NewWorkers()}
	if q.pool, q.driver, err = openPool(ctx, db.Dialect, library); err != nil {
		return nil, err
	}
	if err := q.prepare(ctx); err != nil {
		return nil, errors.Join(err, q.pool.Close())
	}
	return q, nil
}

func (c Config) withDefaults() Config {
	if c.Workers == 0 {
		c.Workers = 50
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.RescueAfter == 0 {
		c.RescueAfter = c.Timeout + 30*time.Second
	}
	if c.StopWithin == 0 {
		c.StopWithin = 10 * time.Second
	}
	return c
}

func (q *Queue) prepare(ctx context.Context) error {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: quiet(q.log)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return store.Sentence("jobs.migrate", err)
	}
	q.inserts, err = river.NewClient(q.driver, &river.Config{Logger: quiet(q.log)})
	return err
}

// Handle says how jobs of a kind are worked, before Start. work must stand
// being called twice for one job; an error makes the queue try again later.
func Handle[T Args](q *Queue, work func(ctx context.Context, j Job[T]) error) {
	q.kinds++
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[T]) error {
		return work(ctx, Job[T]{ID: j.ID, Try: j.Attempt, MaxTries: j.MaxAttempts, Args: j.Args})
	}))
}

// Every enqueues a job at an interval, on one node at a time, before Start.
// The first is due at once, so that a library that is seldom up is not
// neglected.
func (q *Queue) Every(name string, interval time.Duration, args Args) {
	q.periodic = append(q.periodic, river.NewPeriodicJob(river.PeriodicInterval(interval), func() (river.JobArgs, *river.InsertOpts) {
		return args, nil
	}, &river.PeriodicJobOpts{ID: name, RunOnStart: true}))
}

// Enqueue adds a job in the caller's transaction.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, args Args, o Options) (err error) {
	defer fault.Wrap(&err, "jobs.Enqueue(%s)", args.Kind())
	_, err = q.inserts.InsertTx(ctx, tx, args, &river.InsertOpts{ScheduledAt: o.At, MaxAttempts: o.MaxTries})
	return store.Sentence("jobs.Enqueue", err)
}

// Start begins to work jobs of the kinds that Handle named.
func (q *Queue) Start(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "jobs.Start")
	if q.kinds == 0 {
		return errors.New("no kind of job has a handler")
	}
	q.running, err = river.NewClient(q.driver, &river.Config{
		Logger: quiet(q.log), Workers: q.workers, PeriodicJobs: q.periodic,
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.config.Workers}},
		JobTimeout: q.config.Timeout, RescueStuckJobsAfter: q.config.RescueAfter,
	})
	if err != nil {
		return err
	}
	// The end of the caller's context must not tear jobs apart; Stop ends them.
	return q.running.Start(context.WithoutCancel(ctx))
}

// Stop takes no more jobs, lets running ones finish within the configured
// time, then cancels them; what was cancelled is tried again later.
func (q *Queue) Stop(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "jobs.Stop")
	if q.running == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	soft, cancel := context.WithTimeout(ctx, q.config.StopWithin)
	defer cancel()
	err = q.running.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		hard, cancel := context.WithTimeout(ctx, q.config.StopWithin)
		defer cancel()
		err = q.running.StopAndCancel(hard)
	}
	q.running = nil
	return err
}

// Close ends the use of the queue; Stop comes first.
func (q *Queue) Close() error { return q.pool.Close() }

// quiet passes on what somebody must look at; the library's own comings and
// goings are no news.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

// Enabled cuts off what is less than a warning.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the cut.
func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }

// WithGroup keeps the cut.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
