package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

const secret = "不该留下的一句话"

// written puts a text into a library and removes it again.
func written(t *testing.T, db *store.DB, remove bool) {
	t.Helper()
	ctx := context.Background()
	query := `DELETE FROM work_facts`
	args := []any{}
	if !remove {
		query, args = `INSERT INTO work_facts (work_id, kind, recorded_at, authority, reason) VALUES (1, 'repealed', 1, '', $1)`, []any{strings.Repeat(secret, 300)}
		if _, err := db.Writer().ExecContext(ctx, `INSERT INTO works (id, created_at) VALUES (1, 1)`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Writer().ExecContext(ctx, query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestScrub_WaitsForReadersAndSaysWhenItCannotFinish(t *testing.T) {
	defer store.Hurry(time.Second)()
	storetest.Each(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		db, err := store.Open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		other, err := store.Open(ctx, c) // another program, such as a backup
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		written(t, db, false)
		err = other.Snapshot(ctx, func(q *sql.Tx) error {
			var n int
			if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM work_facts`).Scan(&n); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			written(t, db, true)
			if err := db.Scrub(ctx); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "残留") {
				t.Errorf("beside a reader: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Scrub(ctx); err != nil {
			t.Fatalf("after the reader: %v", err)
		}
		if c.DataDir == "" {
			return
		}
		for _, name := range []string{"gongkai.db", "gongkai.db-wal"} {
			b, err := os.ReadFile(filepath.Join(c.DataDir, name))
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s still holds the words", name)
			}
		}
	})
}

func TestScrub_WritesTablesAndIndexesAnew(t *testing.T) {
	db, err := store.Open(context.Background(), store.Config{URL: storetest.FreshPostgres(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	nodes := func() (out [3]int64) {
		t.Helper()
		if err := db.Reader().QueryRowContext(context.Background(), `
			SELECT pg_relation_filenode('edition_texts'), pg_relation_filenode('editions_title'), pg_relation_filenode('drafts_pkey')`).Scan(&out[0], &out[1], &out[2]); err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := nodes()
	written(t, db, false)
	written(t, db, true)
	if err := db.Scrub(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i, n := range nodes() {
		if n == before[i] {
			t.Errorf("relation %d is still in its old file", i)
		}
	}
}
