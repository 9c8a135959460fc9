package jobs

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"gongkai/internal/store"
)

// databaseFile is the library's file in its data folder, as package store
// names it. A test enqueues through store and works from here, so that the two
// cannot part.
const databaseFile = "gongkai.db"

// openPool opens the queue's own connections. On SQLite it is one, as the
// queue library asks: its parts run side by side and would lock each other
// out. Transactions begin IMMEDIATE, because one that reads first and writes
// later fails at once when somebody else wrote in between.
func openPool(ctx context.Context, d store.Dialect, c store.Config) (pool *sql.DB, driver riverdriver.Driver[*sql.Tx], err error) {
	if d == store.Postgres {
		// The name "postgres" would be lib/pq, which the driver brings along.
		if pool, err = sql.Open("pgx", c.URL); err != nil {
			return nil, nil, err
		}
		pool.SetMaxOpenConns(4)
		driver = riverdatabasesql.New(pool)
	} else {
		file := (&url.URL{Path: filepath.Join(c.DataDir, databaseFile)}).EscapedPath()
		pool, err = sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_pragma=secure_delete(1)&_txlock=immediate")
		if err != nil {
			return nil, nil, err
		}
		pool.SetMaxOpenConns(1)
		driver = riversqlite.New(pool)
	}
	if err := pool.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(store.Sentence("jobs.openPool", err), pool.Close())
	}
	return pool, driver, nil
}
