package store_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func TestTx_RollsBackWhole(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		err := db.Tx(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO organs (code, kind, created_at) VALUES ($1, $2, $3)`, "a", "government", 1); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("err = %v", err)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM organs`).Scan(&n); err != nil || n != 0 {
			t.Fatalf("n = %d, err = %v", n, err)
		}
	})
}

func TestTx_UniqueBecomesConflict(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		insert := func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO organs (code, kind, created_at) VALUES ('a', 'government', 1)`)
			return err
		}
		if err := db.Tx(ctx, insert); err != nil {
			t.Fatal(err)
		}
		err := db.Tx(ctx, insert)
		if fault.KindOf(err) != fault.Conflict || !store.IsUnique(err) {
			t.Fatalf("err = %v", err)
		}
	})
}

func TestKeys_CompareByBytes(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		err := db.Tx(ctx, func(tx *sql.Tx) error {
			for _, code := range []string{"b", "B", "a", "中", "_"} {
				if _, err := tx.ExecContext(ctx, `INSERT INTO organs (code, kind, created_at) VALUES ($1, 'x', 1)`, code); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Reader().QueryContext(ctx, `SELECT code FROM organs ORDER BY code`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		got := ""
		for rows.Next() {
			var c string
			if err := rows.Scan(&c); err != nil {
				t.Fatal(err)
			}
			got += c
		}
		if got != "B_ab中" || rows.Err() != nil {
			t.Fatalf("order = %q, err = %v", got, rows.Err())
		}
	})
}

func TestOpen_NamesWhatIsWrong(t *testing.T) {
	_, err := store.Open(context.Background(), store.Config{URL: "postgres://nobody@127.0.0.1:1/x?sslmode=disable&connect_timeout=1"})
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("err = %v", err)
	}
	if _, err = store.Open(context.Background(), store.Config{}); fault.KindOf(err) != fault.Invalid {
		t.Fatalf("err = %v", err)
	}
}

// A step with a smaller number that arrives after one with a larger is done
// when the library is next opened.
func TestOpen_DoesAStepThatCameLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		db, err := store.Open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{`DROP TABLE check_exceptions`, `DELETE FROM goose_db_version WHERE version_id = 85`} {
			if _, err := db.Writer().ExecContext(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if db, err = store.Open(ctx, c); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM check_exceptions`).Scan(&n); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
