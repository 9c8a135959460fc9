package app

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// columnsLike are all columns of the schema whose names match.
func columnsLike(t *testing.T, db *store.DB, where string) (out [][2]string) {
	t.Helper()
	query := `SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.name ` + where
	if db.Dialect != store.SQLite {
		query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name ` + where
	}
	rows, err := db.Reader().QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every column that ends in _sealed comes over to a new key, and every table
// whose files name the key that sealed them is looked at by vault check.
func TestVault_NoSealedColumnIsForgotten(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		a, err := Open(context.Background(), Config{DataDir: c.DataDir, Database: c.URL, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		known := map[[2]string]bool{}
		for _, col := range append(personal(), keysOfFiles()...) {
			known[[2]string{col.Table, col.Column}] = true
			if _, err := col.Rows(context.Background(), a.DB.Reader(), "-", 0, 1); err != nil {
				t.Errorf("%s.%s: %v", col.Table, col.Column, err)
			}
		}
		sealed, keys := columnsLike(t, a.DB, `LIKE '%\_sealed' ESCAPE '\'`), columnsLike(t, a.DB, `= 'seal_key'`)
		if len(sealed) < 20 || len(keys) < 3 {
			t.Fatalf("%d columns, %d tables of files", len(sealed), len(keys))
		}
		for _, c := range append(sealed, keys...) {
			if !known[c] {
				t.Errorf("%s.%s stays under the old key", c[0], c[1])
			}
		}
	})
}

// Every file of a request lies sealed, by its table; what does not is listed
// here with its reason.
func TestA28_EveryFileOfARequestLiesSealed(t *testing.T) {
	open := map[string]string{
		"request_imports":  "the digest of a table whose rows stand sealed in the column beside it",
		"request_councils": "minutes of a meeting of the house, which belong to many requests",
		"request_counsels": "nothing writes a file there", "request_notes": "nothing writes a file there",
	}
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		db, err := store.Open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		sealed := request.SealedFileTables()
		found := columnsLike(t, db, `IN ('sha256', 'file_sha', 'sealed')`)
		seen := 0
		for _, c := range found {
			if !strings.HasPrefix(c[0], "request") {
				continue
			}
			seen++
			if !slices.Contains(sealed, c[0]) && open[c[0]] == "" {
				t.Errorf("the files of %s lie open", c[0])
			}
		}
		if seen < 8 {
			t.Errorf("%d tables with files: %v", seen, found)
		}
	})
}
