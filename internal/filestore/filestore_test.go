package filestore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// each runs a test on both backends and both engines, with a way to age and to
// damage stored bytes from outside.
func each(t *testing.T, fn func(t *testing.T, h *harness)) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		t.Run("dir", func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "files")
			s, err := Dir(root)
			if err != nil {
				t.Fatal(err)
			}
			fn(t, &harness{db: db, s: s, temp: filepath.Join(root, "tmp"),
				breakSink: func(wrap func(sink) sink) {
					d := s.(*dirStore)
					create := d.create
					d.create = func() (sink, error) { f, err := create(); return wrap(f), err }
				},
				age: func(sha string, to time.Time) error { return os.Chtimes(s.(*dirStore).path(sha), to, to) },
				flip: func(sha string) error {
					p := s.(*dirStore).path(sha)
					b, err := os.ReadFile(p)
					if err != nil {
						return err
					}
					b[len(b)/2] ^= 1
					return os.WriteFile(p, b, 0o600)
				}})
		})
		t.Run("rows", func(t *testing.T) {
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			s := Rows(db)
			exec := func(query string, args ...any) error {
				return db.Tx(context.Background(), func(tx *sql.Tx) error { _, err := tx.Exec(query, args...); return err })
			}
			fn(t, &harness{db: db, s: s, temp: temp,
				breakSink: func(wrap func(sink) sink) {
					d := s.(*rowStore)
					create := d.create
					d.create = func() (sink, error) { f, err := create(); return wrap(f), err }
				},
				age: func(sha string, to time.Time) error {
					return exec(`UPDATE file_chunks SET put_at = $1 WHERE sha256 = $2`, to.UnixMicro(), sha)
				},
				flip: func(sha string) error {
					var b []byte
					if err := db.Reader().QueryRowContext(context.Background(), `SELECT data FROM file_chunks WHERE sha256 = $1 AND no = 0`, sha).Scan(&b); err != nil {
						return err
					}
					b[len(b)/2] ^= 1
					return exec(`UPDATE file_chunks SET data = $1 WHERE sha256 = $2 AND no = 0`, b, sha)
				}})
		})
	})
}

type harness struct {
	db        *store.DB
	s         Store
	temp      string
	breakSink func(func(sink) sink)
	age       func(sha string, to time.Time) error
	flip      func(sha string) error
}

func (h *harness) put(t *testing.T, b []byte) Blob {
	t.Helper()
	blob, err := h.s.Put(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

func (h *harness) left(t *testing.T) []string {
	t.Helper()
	var out []string
	list, err := os.ReadDir(h.temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, e.Name())
	}
	err = h.s.Walk(context.Background(), func(f Stored) error { out = append(out, f.SHA256); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func TestStore_KeepsBytesUnderTheirHash(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		ctx := context.Background()
		for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
			data := pattern(n)
			sum := sha256.Sum256(data)
			b := h.put(t, data)
			if b.SHA256 != hex.EncodeToString(sum[:]) || b.Size != int64(n) {
				t.Fatalf("%d bytes: %+v", n, b)
			}
			h.put(t, data) // again changes nothing
			r, err := h.s.Open(ctx, b.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(r, data); err != nil {
				t.Fatalf("%d bytes: %v", n, err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			if ok, err := h.s.Has(ctx, b.SHA256); !ok || err != nil {
				t.Fatalf("has: %v %v", ok, err)
			}
			if err := h.s.Check(ctx, b.SHA256); err != nil {
				t.Fatal(err)
			}
			if err := h.s.Delete(ctx, b.SHA256); err != nil {
				t.Fatal(err)
			}
			if ok, err := h.s.Has(ctx, b.SHA256); ok || err != nil {
				t.Fatalf("has after delete: %v %v", ok, err)
			}
		}
		if got := h.left(t); len(got) != 0 {
			t.Fatalf("left: %v", got)
		}
	})
}

func TestStore_UnknownIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		ctx := context.Background()
		for _, sha := range []string{"", "x", "../../etc/passwd", strings.Repeat("a", 64), strings.Repeat("A", 64), strings.Repeat("../", 21) + "a"} {
			if _, err := h.s.Open(ctx, sha); fault.KindOf(err) != fault.NotFound {
				t.Errorf("open %q: %v", sha, err)
			}
			if err := h.s.Check(ctx, sha); fault.KindOf(err) != fault.NotFound {
				t.Errorf("check %q: %v", sha, err)
			}
			if ok, err := h.s.Has(ctx, sha); ok || err != nil {
				t.Errorf("has %q: %v %v", sha, ok, err)
			}
			if err := h.s.Delete(ctx, sha); err != nil {
				t.Errorf("delete %q: %v", sha, err)
			}
		}
	})
}

func TestPut_TellsTypeByContent(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		cases := []struct {
			name, data, mime string
			executable       bool
		}{
			{"pdf", "%PDF-1.7\n…", "application/pdf", false},
			{"text", "清河市人民政府办公室", "text/plain; charset=utf-8", false},
			{"elf", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00", "application/x-executable", true},
			{"exe", "MZ\x90\x00" + strings.Repeat("\x00", 200), "application/vnd.microsoft.portable-executable", true},
			{"script", "#!/bin/sh\necho\n", "text/x-shellscript", true},
		}
		for _, c := range cases {
			b := h.put(t, []byte(c.data))
			if b.MIME != c.mime || b.Executable() != c.executable {
				t.Errorf("%s: %s, executable %v", c.name, b.MIME, b.Executable())
			}
		}
	})
}

// endless counts what was read of it.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) { e.n += len(p); return len(p), nil }

func TestPut_RefusesEarlyAboveMax(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		r := &endless{}
		_, err := h.s.Put(context.Background(), r, 1<<20)
		if fault.KindOf(err) != fault.TooLarge || !strings.Contains(fault.Text(err), "1 MB") {
			t.Fatalf("err = %v", err)
		}
		if r.n > 1<<20+64<<10 {
			t.Fatalf("read %d bytes", r.n)
		}
		if got := h.left(t); len(got) != 0 {
			t.Fatalf("left: %v", got)
		}
	})
}

// full is a disk that fills up, or that fails at the very end.
type full struct {
	sink
	room   int
	onSync bool
}

func (f *full) Write(p []byte) (int, error) {
	if f.onSync || len(p) <= f.room {
		f.room -= len(p)
		return f.sink.Write(p)
	}
	n, _ := f.sink.Write(p[:f.room])
	f.room = 0
	return n, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
}

func (f *full) Sync() error {
	if f.onSync {
		return syscall.ENOSPC
	}
	return f.sink.Sync()
}

func TestPut_FullDiskLeavesNothing(t *testing.T) {
	for _, onSync := range []bool{false, true} {
		each(t, func(t *testing.T, h *harness) {
			h.breakSink(func(s sink) sink { return &full{sink: s, room: 100_000, onSync: onSync} })
			_, err := h.s.Put(context.Background(), bytes.NewReader(pattern(300_000)), 1<<20)
			if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "磁盘空间不足") {
				t.Fatalf("err = %v, text %s", err, fault.Text(err))
			}
			if got := h.left(t); len(got) != 0 {
				t.Fatalf("left: %v", got)
			}
		})
	}
}

func TestPut_BrokenReaderLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		boom := errors.New("boom")
		_, err := h.s.Put(context.Background(), io.MultiReader(bytes.NewReader(pattern(1000)), iotest.ErrReader(boom)), 1<<20)
		if !errors.Is(err, boom) {
			t.Fatalf("err = %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := h.s.Put(ctx, bytes.NewReader(pattern(1000)), 1<<20); !errors.Is(err, context.Canceled) {
			t.Fatalf("err = %v", err)
		}
		if got := h.left(t); len(got) != 0 {
			t.Fatalf("left: %v", got)
		}
	})
}

func TestVerify_NamesFlippedAndMissing(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		ctx := context.Background()
		var blobs []Blob
		for n := range 4 {
			b := h.put(t, pattern(chunk+n))
			if n == 3 {
				b.Size++ // the row says more than there is
			}
			blobs = append(blobs, b)
			err := h.db.Tx(ctx, func(tx *sql.Tx) error { return Register(ctx, tx, b, time.Unix(0, 0)) })
			if err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]string{blobs[1].SHA256: "file_changed", blobs[2].SHA256: "file_missing", blobs[3].SHA256: "file_size"}
		if err := errors.Join(h.flip(blobs[1].SHA256), h.s.Delete(ctx, blobs[2].SHA256)); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		n, err := Verify(ctx, h.db, h.s, func(f Fault) { got[f.ID] = f.Code })
		if err != nil || n != 4 || len(got) != len(want) {
			t.Fatalf("n = %d, got %v, err = %v", n, got, err)
		}
		for id, code := range want {
			if got[id] != code {
				t.Errorf("%s: %q, want %q", id, got[id], code)
			}
		}
		h.put(t, pattern(chunk+1)) // putting the same content mends it
		if err := h.s.Check(ctx, blobs[1].SHA256); err != nil {
			t.Error(err)
		}
	})
}

func TestSweep_SparesTheYoungAndTheRegistered(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		ctx := context.Background()
		now := time.Now()
		old, young, kept := h.put(t, []byte("old")), h.put(t, []byte("young")), h.put(t, []byte("kept"))
		again := h.put(t, []byte("again"))
		err := h.db.Tx(ctx, func(tx *sql.Tx) error { return Register(ctx, tx, kept, now) })
		for _, b := range []Blob{old, kept, again} {
			err = errors.Join(err, h.age(b.SHA256, now.Add(-Grace-time.Hour)))
		}
		if err != nil {
			t.Fatal(err)
		}
		h.put(t, []byte("again")) // handed in anew, its row is on the way
		n, err := Sweep(ctx, h.db, h.s, now)
		if err != nil || n != 1 {
			t.Fatalf("n = %d, err = %v", n, err)
		}
		for _, c := range []struct {
			b    Blob
			want bool
		}{{old, false}, {young, true}, {kept, true}, {again, true}} {
			if ok, err := h.s.Has(ctx, c.b.SHA256); ok != c.want || err != nil {
				t.Errorf("%v: %v %v", c.b, ok, err)
			}
		}
	})
}

func TestDeleteIdle_LooksAtTheTimeItself(t *testing.T) {
	each(t, func(t *testing.T, h *harness) {
		ctx := context.Background()
		b := h.put(t, pattern(chunk+1))
		for _, c := range []struct {
			name   string
			before time.Time
			gone   bool
		}{{"young", time.Now().Add(-time.Hour), false}, {"idle", time.Now().Add(time.Hour), true}, {"gone already", time.Now().Add(time.Hour), false}} {
			gone, err := h.s.DeleteIdle(ctx, b.SHA256, c.before)
			if gone != c.gone || err != nil {
				t.Fatalf("%s: %v %v", c.name, gone, err)
			}
			if has, err := h.s.Has(ctx, b.SHA256); has == (c.name != "young") || err != nil {
				t.Fatalf("%s: has %v %v", c.name, has, err)
			}
		}
		if got := h.left(t); len(got) != 0 {
			t.Fatalf("left: %v", got)
		}
	})
}

func TestDir_CleansWhatAKilledProcessLeft(t *testing.T) {
	root := t.TempDir()
	if _, err := Dir(root); err != nil {
		t.Fatal(err)
	}
	dead, live := filepath.Join(root, "tmp", "put-dead"), filepath.Join(root, "tmp", "put-live")
	for _, p := range []string{dead, live} {
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hour := time.Now().Add(-time.Hour)
	if err := os.Chtimes(dead, hour, hour); err != nil {
		t.Fatal(err)
	}
	if _, err := Dir(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead one: %v", err)
	}
	if _, err := os.Stat(live); err != nil {
		t.Errorf("the live one: %v", err)
	}
}
