package publication

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/audit"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

var start = time.Date(2026, 11, 20, 9, 31, 0, 123456789, time.UTC)

// library is a database with a key and a clock that moves a second a call.
type library struct {
	*store.DB
	t   testing.TB
	key *Key

	mu  sync.Mutex
	now time.Time
}

func open(t testing.TB, db *store.DB) *library {
	t.Helper()
	l := &library{DB: db, t: t, now: start}
	var err error
	if l.key, err = LoadKey(context.Background(), db, KeySource{Now: l.clock}); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *library) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(time.Second)
	return l.now
}

// release publishes a new work with one edition, as the document domain does.
func (l *library) release(ctx context.Context) error {
	return l.Tx(ctx, func(tx *sql.Tx) error { return release(ctx, tx, l.Dialect, l.clock()) })
}

func release(ctx context.Context, tx *sql.Tx, d store.Dialect, at time.Time) error {
	var work, edition int64
	if err := tx.QueryRowContext(ctx, `INSERT INTO works (created_at) VALUES (1) RETURNING id`).Scan(&work); err != nil {
		return err
	}
	err := tx.QueryRowContext(ctx, `INSERT INTO editions (work_id, label, state, source, content_key, title, title_key, released_at)
		VALUES ($1, 3, 'published', 's', '', 't', 't', 1) RETURNING id`, work).Scan(&edition)
	if err != nil {
		return err
	}
	h, err := LockHead(ctx, tx, d)
	if err != nil {
		return err
	}
	public := h.NextPublicID()
	if _, err := tx.ExecContext(ctx, `UPDATE works SET public_id = $1 WHERE id = $2`, public, work); err != nil {
		return err
	}
	if _, err := h.Append(ctx, Entry{At: at, Act: Release, WorkID: work, EditionID: edition, Work: public, Edition: 3,
		Digests: map[string]string{"text": Digest("salt", "words"), "meta": Digest("salt", "<&>")}}); err != nil {
		return err
	}
	return h.Close(ctx)
}

func (l *library) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *library) exec(query string, args ...any) {
	l.t.Helper()
	l.must(l.Tx(context.Background(), func(tx *sql.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

func (l *library) audit(target string) {
	l.t.Helper()
	l.must(l.Tx(context.Background(), func(tx *sql.Tx) error {
		return audit.Record(context.Background(), tx, audit.Event{At: l.clock(), Actor: "console", Act: audit.Publish, Target: target, Outcome: audit.Done})
	}))
}

func (l *library) seal(want bool) {
	l.t.Helper()
	got, err := SealOnce(context.Background(), l.DB, l.key, l.clock())
	if err != nil || got != want {
		l.t.Fatalf("sealed %v, err = %v", got, err)
	}
}

// faults are "table id" strings in the order found.
func (l *library) faults() []string {
	l.t.Helper()
	var out []string
	_, err := Verify(context.Background(), l.DB, func(f Fault) {
		if f.Code == "" || f.Fault == "" {
			l.t.Errorf("a fault without words: %+v", f)
		}
		out = append(out, f.Table+" "+f.ID)
	})
	l.must(err)
	return out
}

func (l *library) sound() {
	l.t.Helper()
	if got := l.faults(); len(got) != 0 {
		l.t.Fatalf("faults: %v", got)
	}
}

func TestAppend_ConcurrentStaysDense(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		var handles []*library
		for range 2 {
			db, err := store.Open(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			handles = append(handles, open(t, db))
		}
		boom := errors.New("boom")
		errs := make(chan error, 400)
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				l := handles[i%2]
				if i%10 == 9 { // fails after it appended: no number is lost
					err := l.Tx(ctx, func(tx *sql.Tx) error {
						return errors.Join(release(ctx, tx, l.Dialect, l.clock()), boom)
					})
					if !errors.Is(err, boom) {
						errs <- fmt.Errorf("rolled back: %v", err)
					}
				}
				if err := l.release(ctx); err != nil {
					errs <- err
				}
				if i%20 == 0 {
					if _, err := SealOnce(ctx, l.DB, l.key, l.clock()); err != nil {
						errs <- err
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		l := handles[0]
		l.sound()
		rows, err := Changes(ctx, l.Reader(), 0, 1000)
		if err != nil || len(rows) != 200 {
			t.Fatalf("%d rows, err = %v", len(rows), err)
		}
		for i, r := range rows {
			if r.Seq != int64(i+1) || r.Work != int64(i+1) || r.Edition != 3 {
				t.Fatalf("row %d: %+v", i, r)
			}
		}
		if n, err := HeadSeq(ctx, l.Reader()); n != 200 || err != nil {
			t.Fatalf("head %d, err = %v", n, err)
		}
	})
}

func TestEntry_IsCanonical(t *testing.T) {
	e := Entry{At: start, Act: Release, WorkID: 9, EditionID: 8, Work: 1, Edition: 0, Digests: map[string]string{"b": "<&>", "a": "1"}, Detail: map[string]string{"z": "中", "y": "2"}}
	got, err := e.canonical(7)
	want := `{"act":"release","at":"2026-11-20T09:31:00.123456Z","detail":{"y":"2","z":"中"},"digests":{"a":"1","b":"<&>"},"edition":0,"seq":7,"work":1}`
	if err != nil || got != want {
		t.Fatalf("got  %s\nwant %s\nerr = %v", got, want, err)
	}
}

func TestAppend_RefusesWhatCannotBeProved(t *testing.T) {
	ok := Entry{At: start, Act: Fact, WorkID: 1, Work: 1}
	for name, change := range map[string]func(*Entry){
		"no act":           func(e *Entry) { e.Act = "" },
		"no time":          func(e *Entry) { e.At = time.Time{} },
		"no public id":     func(e *Entry) { e.Work = 0 },
		"no internal id":   func(e *Entry) { e.WorkID = 0 },
		"edition, no work": func(e *Entry) { e.WorkID, e.Work, e.EditionID = 0, 0, 4 },
		"a text":           func(e *Entry) { e.Detail = map[string]string{"title": strings.Repeat("关于", 50)} },
		"not UTF-8":        func(e *Entry) { e.Detail = map[string]string{"x": "\xff"} },
	} {
		e := ok
		change(&e)
		if err := e.check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := ok.check(); err != nil {
		t.Error(err)
	}
}

func TestDigest_PairsDoNotRunTogether(t *testing.T) {
	if Digest("ab", "c") == Digest("a", "bc") || Digest("", "abc") == Digest("abc", "") || Digest([]byte("a"), "b") != Digest("a", []byte("b")) {
		t.Error("digests do not tell salt from data")
	}
	// Kept in signed leaves: the form never changes.
	if got := Digest("salt", "words"); got != "d585412d2a4bf21d1052efd5b3930f4bf5627f65fcf8f6b4e1027aa13ed77122" {
		t.Error(got)
	}
	a, err := NewSalt(strings.NewReader(strings.Repeat("x", 16)))
	if err != nil || a != strings.Repeat("78", 16) {
		t.Errorf("%s %v", a, err)
	}
	if _, err := NewSalt(strings.NewReader("short")); err == nil {
		t.Error("a short salt")
	}
}

func TestProofs_AcceptedByTlog(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		l := open(t, db)
		for range 23 {
			l.must(l.release(ctx))
		}
		l.audit("work:1")
		l.seal(true)
		l.must(l.release(ctx)) // not signed yet
		verifiers, err := Verifiers(ctx, db.Reader())
		l.must(err)
		known, err := note.NewVerifier(verifiers[0])
		l.must(err)
		for work := int64(1); work <= 24; work++ {
			proofs, err := Proofs(ctx, db, work)
			if err != nil || len(proofs) != 1 {
				t.Fatalf("work %d: %d proofs, err = %v", work, len(proofs), err)
			}
			p := proofs[0]
			if p.LeafHash != hexOf(tlog.RecordHash([]byte(p.Entry))) {
				t.Fatalf("leaf hash of %+v", p)
			}
			if work == 24 {
				if p.Size != 0 || p.Head != "" || p.Path != nil {
					t.Fatalf("a proof before its head: %+v", p)
				}
				continue
			}
			signed, err := note.Open([]byte(p.Head), note.VerifierList(known))
			l.must(err)
			tree, err := tlog.ParseTree([]byte(signed.Text))
			l.must(err)
			if tree.N != p.Size || tree.N != 24 || p.RootHash != hexOf(tree.Hash) {
				t.Fatalf("head %+v, proof %+v", tree, p)
			}
			var path tlog.RecordProof
			for _, h := range p.Path {
				path = append(path, fromHex(t, h))
			}
			l.must(tlog.CheckRecord(path, tree.N, tree.Hash, p.Seq-1, tlog.RecordHash([]byte(p.Entry))))
		}
		if proofs, err := Proofs(ctx, db, 99); err != nil || len(proofs) != 0 {
			t.Fatalf("%v %v", proofs, err)
		}
	})
}

func TestSealOnce_IsIdempotentAndBindsAudit(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		l := open(t, db)
		l.seal(false)
		l.must(l.release(ctx))
		l.seal(true) // a head, no leaf: nothing to bind
		l.seal(false)
		for i := range 5 {
			l.audit(fmt.Sprintf("work:%d", i))
		}
		l.seal(true)
		l.seal(false)
		rows, _, err := audit.List(ctx, db.Reader(), audit.Filter{})
		l.must(err)
		if len(rows) != 5 || rows[0].Seal != 2 || rows[4].Seal != 2 {
			t.Fatalf("rows: %+v", rows)
		}
		changes, err := Changes(ctx, db.Reader(), 1, 1)
		if err != nil || len(changes) != 1 || changes[0].Act != Seal || changes[0].Work != 0 {
			t.Fatalf("%+v %v", changes, err)
		}
		l.sound()
	})
}

func TestSealOnce_LongQueueGetsSeveralSeals(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		l := open(t, db)
		l.must(db.Tx(ctx, func(tx *sql.Tx) error {
			for range maxSealed + 1 {
				if err := audit.Record(ctx, tx, audit.Event{At: start, Actor: "console", Act: audit.Import, Outcome: audit.Done}); err != nil {
					return err
				}
			}
			return nil
		}))
		l.seal(true)
		var seals, waiting int
		l.must(db.Reader().QueryRowContext(ctx, `SELECT COUNT(DISTINCT seal), COUNT(*) - COUNT(seal) FROM audit_log`).Scan(&seals, &waiting))
		if seals != 2 || waiting != 0 {
			t.Fatalf("%d seals, %d rows wait", seals, waiting)
		}
		l.sound()
	})
}

func TestSealOnce_SignsNoSecondHistory(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		l := open(t, db)
		for range 3 {
			l.must(l.release(ctx))
		}
		l.seal(true)
		// The whole log is rewritten, consistently, by someone with the database.
		l.exec(`DELETE FROM publication_log`)
		l.exec(`DELETE FROM log_hashes`)
		l.exec(`UPDATE log_head SET size = 0, root = ''`)
		for range 4 {
			l.must(l.release(ctx))
		}
		if _, err := SealOnce(ctx, db, l.key, l.clock()); err == nil || !strings.Contains(err.Error(), "存证日志已损坏") {
			t.Fatalf("err = %v", err)
		}
		if got := l.faults(); !contains(got, "log_seals 1") {
			t.Fatalf("faults: %v", got)
		}
	})
}

func TestLoadKey_FileEnvAndDatabase(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		file := filepath.Join(t.TempDir(), "keys", "log.key")
		a, err := LoadKey(ctx, db, KeySource{File: file})
		if err != nil {
			t.Fatal(err)
		}
		b, err := LoadKey(ctx, db, KeySource{File: file})
		if err != nil || a.Verifier != b.Verifier {
			t.Fatalf("%+v %+v %v", a, b, err)
		}
		checkSecret(t, file)
		var signers int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM log_keys WHERE signer <> ''`).Scan(&signers); err != nil || signers != 0 {
			t.Fatalf("%d private keys in the database, err = %v", signers, err)
		}
		skey, vkey, err := note.GenerateKey(strings.NewReader(strings.Repeat("k", 64)), "env-key")
		if err != nil {
			t.Fatal(err)
		}
		if c, err := LoadKey(ctx, db, KeySource{Env: skey + "\n"}); err != nil || c.Verifier != vkey {
			t.Fatalf("%+v %v", c, err)
		}
		if _, err := LoadKey(ctx, db, KeySource{Env: skey[:len(skey)-4]}); err == nil {
			t.Fatal("a cut key")
		}
		d, err := LoadKey(ctx, db, KeySource{})
		if err != nil {
			t.Fatal(err)
		}
		if e, err := LoadKey(ctx, db, KeySource{}); err != nil || e.Verifier != d.Verifier {
			t.Fatalf("%+v %+v %v", d, e, err)
		}
		// Heads of every key verify: keys follow one another.
		l := &library{DB: db, t: t, now: start}
		for _, k := range []*Key{a, d} {
			l.key = k
			l.must(l.release(ctx))
			l.seal(true)
		}
		l.sound()
	})
}

func TestRestart_GoesOn(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		for range 3 {
			db, err := store.Open(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			l := open(t, db)
			for range 5 {
				l.must(l.release(context.Background()))
			}
			l.seal(true)
			l.sound()
			l.must(db.Close())
		}
	})
}
