// Package store opens the library's database, SQLite or PostgreSQL, and runs
// transactions on it. SQL is written by hand in the domains, one text for both
// engines; what differs stands in dialect.go.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // driver "sqlite"

	"gongkai/internal/fault"
)

// Config names one library: a data folder (SQLite) or a database URL.
type Config struct {
	DataDir string // folder that holds gongkai.db; made when missing
	URL     string // postgres://…; wins over DataDir
}

// DB is an open library database. It is safe for concurrent use.
type DB struct {
	Dialect Dialect
	write   *sql.DB
	read    *sql.DB
}

// Querier is what a query needs; *sql.Tx and *sql.DB both have it.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open connects and migrates. The folder is made when it does not exist.
func Open(ctx context.Context, c Config) (db *DB, err error) {
	defer func() {
		if err != nil {
			err = Sentence("store.Open", err)
		}
	}()
	if c.URL != "" {
		db, err = openPostgres(ctx, c.URL)
	} else {
		db, err = openSQLite(ctx, c.DataDir)
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	if _, err := url.Parse(dsn); err != nil {
		return nil, fault.New(fault.Invalid, "store.openPostgres", "数据库地址写法不对，应形如 postgres://用户:口令@主机:5432/库名。")
	}
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	// Behind PgBouncer in transaction mode many nodes share few servers.
	pool.SetMaxOpenConns(4 * max(runtime.NumCPU(), 2))
	pool.SetMaxIdleConns(2 * max(runtime.NumCPU(), 2))
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "store.openPostgres", Text: "连不上数据库，请检查地址、口令和数据库是否已启动。", Err: err}
	}
	return &DB{Dialect: Postgres, write: pool, read: pool}, nil
}

func openSQLite(ctx context.Context, dir string) (*DB, error) {
	if dir == "" {
		return nil, fault.New(fault.Invalid, "store.openSQLite", "没有指定资料库：请用 --data 文件夹 或 --database 地址。")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "store.openSQLite", Text: "不能建立数据文件夹，请检查路径和权限。", Err: err}
	}
	file := filepath.Join(dir, "gongkai.db")
	pragmas := "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=temp_store(2)&_pragma=secure_delete(1)"
	write, err := sql.Open("sqlite", "file:"+uriPath(file)+"?"+pragmas+"&_pragma=cache_size(-32000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		write.Close()
		return nil, err
	}
	read, err := sql.Open("sqlite", "file:"+uriPath(file)+"?"+pragmas+"&_pragma=cache_size(-8000)&_pragma=query_only(1)")
	if err != nil {
		write.Close()
		return nil, err
	}
	n := max(4, 2*runtime.NumCPU())
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return &DB{Dialect: SQLite, write: write, read: read}, nil
}

func uriPath(p string) string { return (&url.URL{Path: p}).EscapedPath() }

func (db *DB) migrate(ctx context.Context) error {
	steps, err := migrationsFor(db.Dialect)
	if err != nil {
		return err
	}
	d := goose.DialectSQLite3
	if db.Dialect == Postgres {
		d = goose.DialectPostgres
	}
	// Steps are independent files that rooms add beside one another, so one with
	// a smaller number may come later than one with a larger.
	p, err := goose.NewProvider(d, db.write, steps, goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// Tx runs fn in one write transaction and commits it when fn returns nil. On
// PostgreSQL a lost race is tried again, so fn must not act outside the database.
func (db *DB) Tx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := db.once(ctx, fn)
		if err == nil || !retryable(err, attempt) || attempt == 9 || ctx.Err() != nil {
			return Sentence("store.Tx", err)
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		if rb := tx.Rollback(); rb != nil && ctx.Err() == nil {
			return fmt.Errorf("%w (rollback: %v)", err, rb)
		}
		return err
	}
	return tx.Commit()
}

// Reader answers single queries from committed state.
func (db *DB) Reader() Querier { return db.read }

// Snapshot runs fn over one unchanging state of the whole database.
func (db *DB) Snapshot(ctx context.Context, fn func(q *sql.Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.Dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.read.BeginTx(ctx, opts)
	if err != nil {
		return Sentence("store.Snapshot", err)
	}
	err = fn(tx)
	if rb := tx.Rollback(); rb != nil && err == nil && ctx.Err() == nil {
		err = rb
	}
	return Sentence("store.Snapshot", err)
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return Sentence("store.Ping", db.read.PingContext(ctx))
}

// Close releases the connections; SQLite then has everything in its main file.
func (db *DB) Close() error {
	err := db.read.Close()
	if db.write != db.read {
		if e := db.write.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Writer runs a single statement outside a transaction of the caller's.
func (db *DB) Writer() Querier { return db.write }
