package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"gongkai/internal/fault"
)

// patience is how long Scrub waits for others who read; pause is between tries.
var (
	patience = 20 * time.Second
	pause    = 200 * time.Millisecond
)

// rewritten is the largest table, in bytes, that Scrub rewrites while readers
// wait; of a larger one it clears the indexes only (docs/operations.md).
const rewritten = 1 << 30

// wordy are the tables that hold words of documents, each with a primary key
// of the default name.
var wordy = []string{"edition_texts", "editions", "edition_files", "edition_records", "edition_organs", "edition_salts", "provisions", "relations",
	"work_facts", "work_cards", "drafts", "card_keys", "desk_items", "desk_saves", "crawl_pages",
	"work_takedowns", "limited_acts"}

// Scrub makes deleted rows unreadable in the database's own files. SQLite
// overwrites what it deletes (secure_delete) and empties its journal here;
// PostgreSQL writes the tables that hold words anew, with their indexes.
// Errors: Unavailable when others go on reading an older state for long; call
// it again then.
func (db *DB) Scrub(ctx context.Context) error {
	if db.Dialect == SQLite {
		return EmptyJournal(ctx, db.write)
	}
	return Sentence("store.Scrub", db.scrubPostgres(ctx))
}

func stillRead(cause error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: "store.Scrub", Err: cause,
		Text: "清除已完成，但有别的程序正在读取，数据文件里可能还有残留。请等备份、核验或其他读取结束（或停止它们），再执行一次同样的清除命令。"}
}

// EmptyJournal moves everything from the journal of a SQLite database into its
// main file and cuts the journal to nothing. A reader of an older state
// prevents that. Errors: Unavailable.
func EmptyJournal(ctx context.Context, write *sql.DB) error {
	return persist(ctx, func() (bool, error) { return truncate(ctx, write) })
}

// truncate tries once, and waits less than writers usually do, because all
// writing stops while it waits.
func truncate(ctx context.Context, write *sql.DB) (done bool, err error) {
	conn, err := write.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var usual, busy, frames, moved int
	if err := conn.QueryRowContext(ctx, `PRAGMA busy_timeout`).Scan(&usual); err != nil {
		return false, err
	}
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 500`); err != nil {
		return false, err
	}
	err = conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	_, back := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA busy_timeout = `+strconv.Itoa(usual))
	return busy == 0, errors.Join(err, back)
}

// persist tries until it is done or patience ends.
func persist(ctx context.Context, try func() (bool, error)) error {
	for end := time.Now().Add(patience); ; {
		done, err := try()
		if err != nil {
			return Sentence("store.Scrub", err)
		}
		if done {
			return nil
		}
		if time.Now().After(end) {
			return stillRead(nil)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (db *DB) scrubPostgres(ctx context.Context) error {
	// Rows that a transaction older than this may still see cannot be dropped.
	var since time.Time
	if err := db.write.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&since); err != nil {
		return err
	}
	err := persist(ctx, func() (bool, error) {
		var n int
		err := db.write.QueryRowContext(ctx, `
			SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
				AND backend_type = 'client backend' AND backend_xmin IS NOT NULL AND xact_start < $1`, since).Scan(&n)
		return n == 0, err
	})
	if err != nil {
		return err
	}
	for _, table := range wordy {
		var size sql.NullInt64
		if err := db.write.QueryRowContext(ctx, `SELECT pg_table_size(to_regclass($1))`, table).Scan(&size); err != nil {
			return err
		}
		if !size.Valid {
			continue // a later step of the schema took it away
		}
		// Both forget dead rows of the indexes; CLUSTER those of the table too.
		how := `CLUSTER ` + table + ` USING ` + table + `_pkey`
		if size.Int64 > rewritten {
			how = `REINDEX TABLE ` + table
			if _, err := db.write.ExecContext(ctx, `VACUUM `+table); err != nil {
				return err
			}
		}
		if err := persist(ctx, func() (bool, error) { return db.alone(ctx, how) }); err != nil {
			return err
		}
		if _, err := db.write.ExecContext(ctx, `VACUUM ANALYZE `+table); err != nil {
			return err
		}
	}
	_, err = db.write.ExecContext(ctx, `VACUUM file_chunks`)
	return err
}

// alone runs a statement that needs a table for itself, and gives up soon when
// somebody has it, because readers queue behind the one who waits.
func (db *DB) alone(ctx context.Context, statement string) (done bool, err error) {
	err = db.once(ctx, func(tx *sql.Tx) error {
		for _, s := range []string{`SET LOCAL lock_timeout = '2s'`, statement} {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "55P03" || pg.Code == "40P01") {
		return false, nil
	}
	return err == nil, err
}
