package publication

import (
	"context"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func hexOf(h tlog.Hash) string { return hex.EncodeToString(h[:]) }

func fromHex(t *testing.T, s string) tlog.Hash {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != tlog.HashSize {
		t.Fatalf("%q: %v", s, err)
	}
	return tlog.Hash(b)
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func checkSecret(t *testing.T, file string) {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
}

// filled has releases, updates, audit rows, three signed heads, and a tail
// that is not signed yet.
func filled(t *testing.T, db *store.DB) *library {
	ctx := context.Background()
	l := open(t, db)
	for range 3 {
		for range 3 {
			l.must(l.release(ctx))
			l.audit("work:1")
		}
		l.seal(true)
	}
	l.must(l.release(ctx))
	l.audit("work:2")
	l.sound()
	return l
}

// cell is a value that a hand with access to the database may change.
type cell struct {
	table, key, column string
	number             bool
}

var cells = []cell{
	{"publication_log", "seq", "entry", false}, {"publication_log", "seq", "act", false}, {"publication_log", "seq", "at", true},
	{"publication_log", "seq", "work_id", true}, {"publication_log", "seq", "edition_id", true},
	{"log_hashes", "no", "hash", false}, {"log_head", "id", "root", false}, {"log_head", "id", "size", true}, {"log_head", "id", "next_public_id", true},
	{"log_seals", "id", "note", false}, {"log_seals", "id", "size", true}, {"log_seals", "id", "at", true},
	{"log_keys", "name", "verifier", false},
	{"audit_log", "id", "actor", false}, {"audit_log", "id", "act", false}, {"audit_log", "id", "target", false}, {"audit_log", "id", "outcome", false},
	{"audit_log", "id", "digest", false}, {"audit_log", "id", "at", true}, {"audit_log", "id", "seal", true},
	{"works", "id", "public_id", true},
}

func TestVerify_NamesAnyFlippedByte(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // 42 properties, each on a database
		if err := f.Value.Set("40"); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := filled(t, db)
		for _, c := range cells {
			t.Run(c.table+"."+c.column, func(t *testing.T) {
				keys := l.keysOf(c)
				rapid.Check(t, func(r *rapid.T) { l.flip(r, c, rapid.SampledFrom(keys).Draw(r, "row")) })
			})
		}
		l.sound()
	})
}

func (l *library) keysOf(c cell) (out []any) {
	rows, err := l.Reader().QueryContext(context.Background(), `SELECT `+c.key+` FROM `+c.table+` WHERE `+c.column+` IS NOT NULL ORDER BY 1`)
	l.must(err)
	defer rows.Close()
	for rows.Next() {
		var k any
		l.must(rows.Scan(&k))
		out = append(out, k)
	}
	l.must(rows.Err())
	return out
}

// flip changes one bit of a value, looks whether the row is named, and puts it back.
func (l *library) flip(r *rapid.T, c cell, key any) {
	var old any
	l.must(l.Reader().QueryRowContext(context.Background(), `SELECT `+c.column+` FROM `+c.table+` WHERE `+c.key+` = $1`, key).Scan(&old))
	var changed any
	switch v := old.(type) {
	case int64:
		changed = v ^ 1<<rapid.IntRange(0, 40).Draw(r, "bit")
	case string:
		b := []byte(v)
		b[rapid.IntRange(0, len(b)-1).Draw(r, "byte")] ^= 1 << rapid.IntRange(0, 3).Draw(r, "bit")
		if c.column == "note" && !isText(b) { // the dash and the line ends of a note
			r.Skip()
		}
		changed = string(b)
	case []byte:
		b := slices.Clone(v)
		b[rapid.IntRange(0, len(b)-1).Draw(r, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		changed = b
	}
	set := `UPDATE ` + c.table + ` SET ` + c.column + ` = $1 WHERE ` + c.key + ` = $2`
	err := l.Tx(context.Background(), func(tx *sql.Tx) error { _, err := tx.Exec(set, changed, key); return err })
	if fault.KindOf(err) == fault.Conflict {
		r.Skip() // another row has that value
	}
	l.must(err)
	got := l.faults()
	l.exec(set, old, key)
	if want := fmt.Sprintf("%s %v", c.table, key); !contains(got, want) {
		r.Fatalf("%s.%s %v: %q to %q, named: %v", c.table, c.column, key, old, changed, got)
	}
}

func isText(b []byte) bool {
	for _, r := range string(b) {
		if r == '\uFFFD' || r == 0 {
			return false
		}
	}
	return true
}

func TestVerify_NamesOnlyTheOneThatChanged(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := filled(t, db)
		for _, c := range []struct {
			name, query, undo string
			want              []string
		}{
			{"entry", `UPDATE publication_log SET entry = 'x' || entry WHERE seq = 3`, `UPDATE publication_log SET entry = SUBSTR(entry, 2) WHERE seq = 3`, []string{"publication_log 3"}},
			{"unsigned entry", `UPDATE publication_log SET entry = 'x' || entry WHERE seq = 13`, `UPDATE publication_log SET entry = SUBSTR(entry, 2) WHERE seq = 13`, []string{"publication_log 13"}},
			{"root", `UPDATE log_head SET root = 'A' || root`, `UPDATE log_head SET root = SUBSTR(root, 2)`, []string{"log_head 1"}},
			{"size", `UPDATE log_head SET size = 5`, `UPDATE log_head SET size = 13`, []string{"log_head 1"}},
			{"a longer size", `UPDATE log_head SET size = 5000000000000`, `UPDATE log_head SET size = 13`, []string{"log_head 1"}},
			{"next id", `UPDATE log_head SET next_public_id = 5`, `UPDATE log_head SET next_public_id = 11`, []string{"log_head 1"}},
			{"number", `UPDATE publication_log SET seq = 1013 WHERE seq = 13`, `UPDATE publication_log SET seq = 13 WHERE seq = 1013`, []string{"publication_log 13", "publication_log 1013"}},
			{"hash number", `UPDATE log_hashes SET no = 1003 WHERE no = 3`, `UPDATE log_hashes SET no = 3 WHERE no = 1003`, []string{"log_hashes 3", "log_hashes 1003"}},
			{"note", `UPDATE log_seals SET note = note || ' ' WHERE id = 2`, `UPDATE log_seals SET note = SUBSTR(note, 1, LENGTH(note) - 1) WHERE id = 2`, []string{"log_seals 2"}},
			{"audit", `UPDATE audit_log SET actor = 'nobody' WHERE id = 2`, `UPDATE audit_log SET actor = 'console' WHERE id = 2`, []string{"audit_log 2"}},
			{"audit, not sealed", `UPDATE audit_log SET actor = 'nobody' WHERE id = 10`, `UPDATE audit_log SET actor = 'console' WHERE id = 10`, []string{"audit_log 10"}},
			{"seal taken away", `UPDATE audit_log SET seal = NULL WHERE id = 5`, `UPDATE audit_log SET seal = 8 WHERE id = 5`, []string{"audit_log 4-6"}},
			{"seal of nothing", `UPDATE audit_log SET seal = 7 WHERE id = 5`, `UPDATE audit_log SET seal = 8 WHERE id = 5`, []string{"audit_log 4-6", "audit_log 5"}},
		} {
			l.exec(c.query)
			got := l.faults()
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
			l.exec(c.undo)
			l.sound()
		}
	})
}

func TestVerify_NamesAHashAndNotItsLeaf(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := filled(t, db)
		for no := int64(0); no < tlog.StoredHashCount(13); no++ {
			var old []byte
			l.must(db.Reader().QueryRowContext(context.Background(), `SELECT hash FROM log_hashes WHERE no = $1`, no).Scan(&old))
			changed := slices.Clone(old)
			changed[no%32] ^= 1
			l.exec(`UPDATE log_hashes SET hash = $1 WHERE no = $2`, changed, no)
			got := l.faults()
			l.exec(`UPDATE log_hashes SET hash = $1 WHERE no = $2`, old, no)
			if want := []string{fmt.Sprintf("log_hashes %d", no)}; !slices.Equal(got, want) {
				t.Errorf("hash %d: %v", no, got)
			}
		}
	})
}

// The last digit of a signature has bits that mean nothing to base64.
func TestVerify_NamesASignatureSpelledAnotherWay(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := filled(t, db)
		var signed string
		l.must(db.Reader().QueryRowContext(context.Background(), `SELECT note FROM log_seals WHERE id = 2`).Scan(&signed))
		at := len(signed) - len("x=\n")
		b := []byte(signed)
		const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		b[at] = digits[strings.IndexByte(digits, b[at])^1]
		l.exec(`UPDATE log_seals SET note = $1 WHERE id = 2`, string(b))
		if got := l.faults(); !slices.Equal(got, []string{"log_seals 2"}) {
			t.Fatalf("%v", got)
		}
	})
}

func TestVerify_NamesWhatIsGone(t *testing.T) {
	for _, c := range []struct{ name, query, want string }{
		{"log row", `DELETE FROM publication_log WHERE seq = 6`, "publication_log 6"},
		{"last log row", `DELETE FROM publication_log WHERE seq = 13`, "publication_log 13"},
		{"hash", `DELETE FROM log_hashes WHERE no = 4`, "log_hashes 4"},
		{"inner hash", `DELETE FROM log_hashes WHERE no = 6`, "log_hashes 6"},
		{"head", `DELETE FROM log_head`, "log_head 1"},
		{"audit row", `DELETE FROM audit_log WHERE id = 5`, "audit_log 4-6"},
		{"key", `DELETE FROM log_keys`, "log_seals 1"},
		{"public id", `UPDATE works SET public_id = NULL WHERE public_id = 4`, "works 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, db *store.DB) {
				l := filled(t, db)
				l.exec(c.query)
				if got := l.faults(); !contains(got, c.want) {
					t.Errorf("%v, want %s", got, c.want)
				}
			})
		})
	}
}

func TestLockHead_RefusesADamagedTree(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := filled(t, db)
		l.exec(`UPDATE log_head SET root = 'x' || root`)
		if err := l.release(context.Background()); err == nil || fault.KindOf(err) != fault.Internal {
			t.Fatalf("err = %v", err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, batch := range []int{1, 100} {
		b.Run(fmt.Sprintf("sqlite/%d_a_transaction", batch), func(b *testing.B) {
			ctx := context.Background()
			db, err := store.Open(ctx, store.Config{DataDir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			l := open(b, db)
			for range b.N {
				l.must(db.Tx(ctx, func(tx *sql.Tx) error {
					h, err := LockHead(ctx, tx, db.Dialect)
					if err != nil {
						return err
					}
					for range batch {
						if _, err := h.Append(ctx, Entry{At: start, Act: Fact}); err != nil {
							return err
						}
					}
					return h.Close(ctx)
				}))
			}
			b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
