package backup

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
)

// library is a database with its files.
type library struct {
	*store.DB
	files filestore.Store
}

func newLibrary(t testing.TB, c store.Config) library {
	t.Helper()
	db, err := store.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if c.URL != "" {
		return library{db, filestore.Rows(db)}
	}
	files, err := filestore.Dir(filepath.Join(c.DataDir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	return library{db, files}
}

func config(t testing.TB, d store.Dialect) store.Config {
	if d == store.Postgres {
		return store.Config{URL: storetest.FreshPostgres(t)}
	}
	return store.Config{DataDir: t.TempDir()}
}

// pairs runs a test from each engine to each engine.
func pairs(t *testing.T, fn func(t *testing.T, from, to library)) {
	for _, a := range []store.Dialect{store.SQLite, store.Postgres} {
		for _, b := range []store.Dialect{store.SQLite, store.Postgres} {
			t.Run(string(a)+"_to_"+string(b), func(t *testing.T) { fn(t, newLibrary(t, config(t, a)), newLibrary(t, config(t, b))) })
		}
	}
}

// column is what the schema says of a column, read from SQLite, where both
// engines' schema comes from one text.
type column struct {
	name, kind, refers string
	notNull            bool
}

func schema(t testing.TB) map[string][]column {
	t.Helper()
	db := newLibrary(t, store.Config{DataDir: t.TempDir()})
	out := map[string][]column{}
	var names []string
	query(t, db.Reader(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, func(scan func(...any)) {
		var n string
		scan(&n)
		names = append(names, n)
	})
	for _, n := range names {
		refers := map[string]string{}
		query(t, db.Reader(), `SELECT "from", "table" FROM pragma_foreign_key_list('`+n+`')`, func(scan func(...any)) {
			var from, to string
			scan(&from, &to)
			refers[from] = to
		})
		out[n] = nil
		query(t, db.Reader(), `SELECT name, type, "notnull" OR pk > 0 FROM pragma_table_info('`+n+`')`, func(scan func(...any)) {
			var c column
			scan(&c.name, &c.kind, &c.notNull)
			c.refers = refers[c.name]
			out[n] = append(out[n], c)
		})
	}
	return out
}

func query(t testing.TB, q store.Querier, text string, each func(scan func(...any))) {
	t.Helper()
	rows, err := q.QueryContext(ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		each(func(dest ...any) {
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
		})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

const filled = 3 // rows a table

// fill puts rows into every table, following references, with nulls where they
// are allowed and text that is hard to quote.
func fill(t testing.TB, l library) {
	t.Helper()
	var shas []any
	for i := range filled {
		b, err := l.files.Put(ctx, bytes.NewReader(bytes.Repeat([]byte{byte(i), 0, 255}, 1+i*100_000)), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		shas = append(shas, b.SHA256)
	}
	cols := schema(t)
	err := l.Tx(ctx, func(tx *sql.Tx) error {
		for _, tab := range tables {
			if tab.name == "log_head" {
				if _, err := tx.Exec(`UPDATE log_head SET size = 3, next_public_id = 4, root = 'r'`); err != nil {
					return err
				}
				continue
			}
			for i := range filled {
				var names, marks []string
				var args []any
				for _, c := range cols[tab.name] {
					names = append(names, c.name)
					args = append(args, value(tab, c, i, shas))
					marks = append(marks, fmt.Sprintf("$%d", len(args)))
				}
				if _, err := tx.Exec(`INSERT INTO `+tab.name+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, args...); err != nil {
					return fmt.Errorf("%s row %d: %w", tab.name, i+1, err)
				}
			}
			if tab.self != "" { // the first row refers to the last
				if _, err := tx.Exec(`UPDATE `+tab.name+` SET `+tab.self+` = $1 WHERE id = 1`, filled); err != nil {
					return err
				}
			}
		}
		for _, tab := range tables {
			if reset := l.Dialect.ResetIdentity(tab.name); reset != "" && tab.order == "id" && tab.name != "log_head" {
				if _, err := tx.Exec(reset); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func value(tab table, c column, i int, shas []any) any {
	switch {
	case c.name == "sha256":
		return shas[i]
	case tab.name == "files" && c.name == "size":
		return 3 * (1 + i*100_000)
	case c.name == tab.self:
		return nil
	case c.refers != "" || c.name == "id":
		return i + 1
	case !c.notNull && i == 1 && c.kind != "INTEGER":
		return nil
	case strings.HasPrefix(c.kind, "BLOB"):
		return []byte{0, byte(i), 255, '\n'}
	case c.kind == "TEXT":
		return fmt.Sprintf("%s-%d 中文 𠮷 \"\\<&>\n\t'\u2028{\"$bytes\":\"\"}", c.name, i)
	}
	return int64(i)*1000 + 7
}

// dump reads every table, for comparing libraries.
func dump(t testing.TB, l library) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, tab := range tables {
		cols, err := columnsOf(ctx, l.Reader(), tab.name)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		query(t, l.Reader(), `SELECT `+strings.Join(cols, ", ")+` FROM `+tab.name+` ORDER BY `+tab.order, func(scan func(...any)) {
			row, dest := make([]any, len(cols)), make([]any, len(cols))
			for i := range row {
				dest[i] = &row[i]
			}
			scan(dest...)
			for i, c := range cols {
				if c == tab.blank {
					row[i] = nil
				}
			}
			fmt.Fprintf(&b, "%#v\n", row)
		})
		out[tab.name] = b.String()
	}
	err := l.files.Walk(ctx, func(f filestore.Stored) error {
		r, err := l.files.Open(ctx, f.SHA256)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		out["bytes "+f.SHA256] = string(b)
		return r.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
