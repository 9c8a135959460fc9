package vault_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
)

var (
	ctx   = context.Background()
	place = vault.Place{Table: "person_contacts", Column: "mail", Row: 7}
)

func must(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both runs a test with the keys in a file and in the database, on both engines.
func both(t *testing.T, fn func(t *testing.T, db *store.DB, src vault.Source)) {
	for _, where := range []string{"file", "database"} {
		t.Run(where, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, db *store.DB) {
				src := vault.Source{}
				if where == "file" {
					src.File = vault.FileIn(t.TempDir())
				}
				fn(t, db, src)
			})
		})
	}
}

func TestSeal_OpensAtItsPlaceOnly(t *testing.T) {
	both(t, func(t *testing.T, db *store.DB, src vault.Source) {
		v := vault.New(db, src)
		sealed, err := v.Seal(ctx, place, "lin@example.com")
		must(t, err)
		if !vault.Sealed(sealed) || strings.Contains(sealed, "lin") || vault.KeyOf(sealed) == "" {
			t.Fatalf("sealed %q", sealed)
		}
		again, err := v.Seal(ctx, place, "lin@example.com")
		must(t, err)
		if again == sealed {
			t.Error("two seals of one value look alike")
		}
		// Another process of the same library.
		other := vault.New(db, src)
		if got, err := other.Open(ctx, place, sealed); err != nil || got != "lin@example.com" {
			t.Fatalf("%q %v", got, err)
		}
		for name, p := range map[string]vault.Place{
			"row":    {Table: place.Table, Column: place.Column, Row: 8},
			"column": {Table: place.Table, Column: "mail_new", Row: 7},
			"table":  {Table: "credentials", Column: place.Column, Row: 7},
		} {
			if got, err := v.Open(ctx, p, sealed); err == nil || got != "" {
				t.Errorf("opened at another %s: %q", name, got)
			}
		}
		for name, s := range map[string]string{"cut": sealed[:len(sealed)-4], "short": sealed[:20], "plain": "lin@example.com", "empty": "", "turned": sealed[:len(sealed)-2] + "AA", "no base64": sealed + "*"} {
			if _, err := v.Open(ctx, place, s); err == nil {
				t.Errorf("%s was opened", name)
			}
		}
	})
}

// What was sealed opens, whatever it is; a changed byte never does.
func TestSeal_Property(t *testing.T) {
	db, err := store.Open(ctx, store.Config{DataDir: t.TempDir()})
	must(t, err)
	defer db.Close()
	v := vault.New(db, vault.Source{})
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		sealed, err := v.Seal(ctx, place, plain)
		must(t, err)
		if got, err := v.Open(ctx, place, sealed); err != nil || got != plain {
			t.Fatalf("%q %v", got, err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		b := []byte(sealed)
		b[at] ^= byte(rapid.IntRange(1, 127).Draw(t, "flip"))
		if got, err := v.Open(ctx, place, string(b)); err == nil {
			t.Fatalf("changed at %d and opened as %q", at, got)
		}
	})
}

func TestBlind_FindsEqualValues(t *testing.T) {
	both(t, func(t *testing.T, db *store.DB, src vault.Source) {
		v := vault.New(db, src)
		digest := func(v *vault.Vault, purpose, value string) string {
			d, err := v.Blind(ctx, purpose, value)
			must(t, err)
			return d
		}
		a := digest(v, "p", "x")
		if a != digest(vault.New(db, src), "p", "x") || len(a) != 64 {
			t.Error("equal values differ")
		}
		if a == digest(v, "q", "x") || a == digest(v, "p", "y") || digest(v, "p1", "x") == digest(v, "p", "1x") {
			t.Error("different values agree")
		}
	})
}

// Without the key nothing is read, and no new key takes its place.
func TestMissingKey_FailsClosed(t *testing.T) {
	both(t, func(t *testing.T, db *store.DB, src vault.Source) {
		sealed, err := vault.New(db, src).Seal(ctx, place, "x")
		must(t, err)
		if src.File != "" {
			if i, err := os.Stat(src.File); err != nil || i.Mode().Perm() != 0o600 {
				t.Fatalf("%v %v", i, err)
			}
			must(t, os.Rename(src.File, src.File+".away"))
		} else {
			_, err := db.Writer().ExecContext(ctx, `UPDATE vault_keys SET secret = ''`) // as a backup leaves it
			must(t, err)
		}
		v := vault.New(db, src)
		_, e1 := v.Open(ctx, place, sealed)
		_, e2 := v.Seal(ctx, place, "y")
		_, e3 := v.Blind(ctx, "p", "y")
		_, e4 := v.AddKey(ctx)
		for i, err := range []error{e1, e2, e3, e4} {
			if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "密钥") || !strings.Contains(fault.Text(err), "--vault-key") {
				t.Errorf("%d: %v", i+1, err)
			}
		}
		if src.File == "" {
			return
		}
		if _, err := os.Stat(src.File); err == nil {
			t.Fatal("a new key was made in its stead")
		}
		must(t, os.Rename(src.File+".away", src.File)) // brought back while running
		if got, err := v.Open(ctx, place, sealed); err != nil || got != "x" {
			t.Errorf("%q %v", got, err)
		}
	})
}

func TestKeyFile_OfAnotherLibraryOrDamaged(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		src := vault.Source{File: filepath.Join(t.TempDir(), "k")}
		sealed, err := vault.New(db, src).Seal(ctx, place, "x")
		must(t, err)
		whole, err := os.ReadFile(src.File)
		must(t, err)
		lines := strings.SplitAfter(string(whole), "\n")
		for name, text := range map[string]string{
			"empty": "", "head only": lines[0], "no blind key": lines[0] + lines[1], "no data key": lines[0] + lines[2],
			"a key twice": string(whole) + lines[1], "changed": strings.Replace(string(whole), "data ", "data 0", 1), "a word too many": lines[0] + "x " + lines[1] + lines[2],
		} {
			must(t, os.WriteFile(src.File, []byte(text), 0o600))
			if _, err := vault.New(db, src).Open(ctx, place, sealed); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "密钥文件") {
				t.Errorf("%s: %v", name, err)
			}
		}
		other, err := store.Open(ctx, store.Config{DataDir: t.TempDir()})
		must(t, err)
		defer other.Close()
		foreign := vault.Source{File: filepath.Join(t.TempDir(), "k")}
		must(t, vault.New(other, foreign).Ready(ctx))
		if _, err := vault.New(db, foreign).Open(ctx, place, sealed); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), vault.KeyOf(sealed)) {
			t.Errorf("another library's key: %v", err)
		}
	})
}

// Of several processes that need the first key at once, one makes it.
func TestFirstKey_IsMadeOnce(t *testing.T) {
	both(t, func(t *testing.T, db *store.DB, src vault.Source) {
		var wg sync.WaitGroup
		sealed := make([]string, 8)
		for i := range sealed {
			wg.Go(func() {
				var err error
				if sealed[i], err = vault.New(db, src).Seal(ctx, place, "x"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v := vault.New(db, src)
		for _, s := range sealed {
			if got, err := v.Open(ctx, place, s); err != nil || got != "x" || vault.KeyOf(s) != vault.KeyOf(sealed[0]) {
				t.Errorf("%q %v", got, err)
			}
		}
	})
}

// column stands in for a personal column: the addresses of hooks.
func column(fail *int) vault.Column {
	return vault.Column{Table: "topics", Column: "name", Name: "名称",
		Rows: func(ctx context.Context, q store.Querier, without string, after int64, limit int) (out []vault.Row, err error) {
			rows, err := q.QueryContext(ctx, `SELECT id, url FROM hooks WHERE url <> '' AND substr(url, 1, $1) <> $2 AND id > $3 ORDER BY id LIMIT $4`, len(without), without, after, limit)
			if err != nil {
				return nil, err
			}
			defer rows.Close()
			for rows.Next() {
				var r vault.Row
				if err := rows.Scan(&r.ID, &r.Value); err != nil {
					return nil, err
				}
				out = append(out, r)
			}
			return out, rows.Err()
		},
		Store: func(ctx context.Context, tx *sql.Tx, id int64, old, sealed string) error {
			if *fail--; *fail == 0 {
				return context.Canceled
			}
			_, err := tx.ExecContext(ctx, `UPDATE hooks SET url = $1 WHERE id = $2 AND url = $3`, sealed, id, old)
			return err
		}}
}

// Values are brought over to a new key; being stopped in the middle loses
// nothing, and the next call does the rest.
func TestRotate_BringsOldValuesOver(t *testing.T) {
	both(t, func(t *testing.T, db *store.DB, src vault.Source) {
		v := vault.New(db, src)
		fail := 0
		c := column(&fail)
		if n, err := v.Rotate(ctx, c); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		if list, err := v.Check(ctx, c); len(list) != 0 || err != nil {
			t.Fatal(list, err)
		}
		if src.File != "" {
			if _, err := os.Stat(src.File); err == nil {
				t.Error("a library without personal values got a key")
			}
		}
		const many = 450
		must(t, db.Tx(ctx, func(tx *sql.Tx) error {
			for range many {
				if _, err := tx.ExecContext(ctx, `INSERT INTO hooks (url, secret, state, position, created_at) VALUES ('plain words', '', 'x', 0, 0)`); err != nil {
					return err
				}
			}
			return nil
		}))
		if n, err := v.Rotate(ctx, c); n != many || err != nil {
			t.Fatal(n, err)
		}
		old := v
		before, err := c.Rows(ctx, db.Reader(), "-", 0, 1)
		must(t, err)
		id, err := vault.New(db, src).AddKey(ctx)
		must(t, err)
		v = vault.New(db, src)
		fail = 250
		if n, err := v.Rotate(ctx, c); err == nil || n != 200 {
			t.Fatal("was not stopped", n, err)
		}
		fail = 0
		if n, err := v.Rotate(ctx, c); n != many-200 || err != nil {
			t.Fatal(n, err)
		}
		rows, err := c.Rows(ctx, db.Reader(), "-", 0, many+1)
		must(t, err)
		if len(rows) != many {
			t.Fatal(len(rows))
		}
		for _, r := range rows {
			// A process that began before the new key reads it all the same.
			if got, err := old.Open(ctx, vault.Place{Table: "topics", Column: "name", Row: r.ID}, r.Value); err != nil || got != "plain words" || vault.KeyOf(r.Value) != id {
				t.Fatalf("%q %v", got, err)
			}
		}
		if got, err := v.Open(ctx, vault.Place{Table: "topics", Column: "name", Row: before[0].ID}, before[0].Value); err != nil || got != "plain words" {
			t.Errorf("the old key no longer opens: %v", err)
		}
		copied := filepath.Join(t.TempDir(), "copy")
		must(t, v.Export(ctx, copied))
		if err := v.Export(ctx, copied); fault.KindOf(err) != fault.Conflict {
			t.Errorf("overwritten: %v", err)
		}
		_, err = db.Writer().ExecContext(ctx, `UPDATE vault_keys SET secret = ''`)
		must(t, err)
		gone := vault.New(db, vault.Source{File: filepath.Join(t.TempDir(), "none")})
		list, err := gone.Check(ctx, c)
		if err != nil || len(list) != 1 || list[0].Count != many || !strings.Contains(list[0].Sentence(), "名称有 450 项读不出来") || !strings.Contains(list[0].Sentence(), id) {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := vault.New(db, vault.Source{File: copied}).Check(ctx, c); err != nil || len(list) != 0 {
			t.Errorf("the copy does not serve: %+v %v", list, err)
		}
	})
}
