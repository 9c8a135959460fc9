package backup

import (
	"archive/tar"
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func TestTables_AreTheWholeSchema(t *testing.T) {
	cols := schema(t)
	listed := map[string]int{}
	for i, tab := range tables {
		listed[tab.name] = i
		if _, ok := cols[tab.name]; !ok {
			t.Errorf("%s is listed and not in the schema", tab.name)
		}
		self := ""
		for _, c := range cols[tab.name] {
			if c.refers == tab.name {
				self = c.name
			} else if at, ok := listed[c.refers]; c.refers != "" && (!ok || at >= i) {
				t.Errorf("%s refers to %s, which stands later", tab.name, c.refers)
			}
		}
		if self != tab.self {
			t.Errorf("%s refers to itself by %q, listed %q", tab.name, self, tab.self)
		}
	}
	for name := range cols {
		if _, ok := listed[name]; !ok && elsewhere[name] == "" {
			t.Errorf("table %s is new: list it in tables.go, or say in elsewhere why it is not archived", name)
		}
	}
}

func archive(t testing.TB, l library) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(ctx, l.DB, l.files, &b, now); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRestore_GivesTheSameLibrary(t *testing.T) {
	pairs(t, func(t *testing.T, from, to library) {
		fill(t, from)
		a := archive(t, from)
		if bytes.Contains(unzipped(t, a), []byte("signer-0")) {
			t.Error("a private key is in the archive")
		}
		// Not seekable, so nothing is checked beforehand.
		if err := Restore(ctx, to.DB, to.files, io.MultiReader(bytes.NewReader(a))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dump(t, from), dump(t, to)); diff != "" {
			t.Fatal(diff)
		}
		// Ids go on behind the restored ones.
		err := to.Tx(ctx, func(tx *sql.Tx) error {
			var id int64
			err := tx.QueryRow(`INSERT INTO organs (code, kind, created_at) VALUES ('new', 'x', 1) RETURNING id`).Scan(&id)
			if err == nil && id != filled+1 {
				err = fmt.Errorf("the next id is %d", id)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := Restore(ctx, to.DB, to.files, bytes.NewReader(a)); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Text(err), "空的") {
			t.Fatalf("into a full library: %v", err)
		}
	})
}

func unzipped(t testing.TB, a []byte) []byte {
	t.Helper()
	zr, err := zstd.NewReader(bytes.NewReader(a)) // other tools skip the trailer
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	b, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refused makes sure that an archive changes nothing, read once or twice.
func refused(t *testing.T, to library, name string, a []byte, kind fault.Kind) {
	t.Helper()
	for _, r := range []io.Reader{bytes.NewReader(a), io.MultiReader(bytes.NewReader(a))} {
		err := Restore(ctx, to.DB, to.files, r)
		if fault.KindOf(err) != kind || fault.Text(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if where, err := occupied(ctx, to.Reader()); where != "" || err != nil {
		t.Fatalf("%s left rows in %s, %v", name, where, err)
	}
	if err := to.files.Walk(ctx, func(f filestore.Stored) error { return errors.New(f.SHA256) }); err != nil {
		t.Fatalf("%s left bytes: %v", name, err)
	}
	var heads int
	if err := to.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM log_head WHERE size = 0 AND next_public_id = 1`).Scan(&heads); err != nil || heads != 1 {
		t.Fatalf("%s left %d heads, %v", name, heads, err)
	}
}

func TestRestore_RefusesCutAndChangedArchives(t *testing.T) {
	from := newLibrary(t, config(t, store.SQLite))
	fill(t, from)
	a := archive(t, from)
	storetest.Each(t, func(t *testing.T, c store.Config) {
		to := newLibrary(t, c)
		step := len(a)/12 + 1
		for i := 0; i < len(a); i += step {
			b := slices.Clone(a)
			b[i] ^= 1
			refused(t, to, fmt.Sprintf("byte %d of %d", i, len(a)), b, fault.Invalid)
			refused(t, to, fmt.Sprintf("cut at %d", i), a[:i], fault.Invalid)
		}
		for _, i := range []int{4, 5, len(a) - trailerSize - 1, len(a) - 1} {
			b := slices.Clone(a)
			b[i] ^= 0x40
			refused(t, to, fmt.Sprintf("byte %d of %d", i, len(a)), b, fault.Invalid)
			refused(t, to, fmt.Sprintf("cut at %d", i), a[:i], fault.Invalid)
		}
		refused(t, to, "more at the end", append(slices.Clone(a), 0), fault.Invalid)
		refused(t, to, "another kind of file", []byte(strings.Repeat("清河市人民政府", 100)), fault.Invalid)
		refused(t, to, "nothing", nil, fault.Invalid)
		if err := Restore(ctx, to.DB, to.files, bytes.NewReader(a)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRestore_EveryFlippedByteIsSeen(t *testing.T) {
	from, to := newLibrary(t, config(t, store.SQLite)), newLibrary(t, config(t, store.SQLite))
	a := archive(t, from)
	for i := range a {
		b := slices.Clone(a)
		b[i] ^= 1 << (i % 8)
		if err := Restore(ctx, to.DB, to.files, bytes.NewReader(b)); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("byte %d of %d: %v", i, len(a), err)
		}
	}
}

// rewritten makes an archive anew from changed entries, with a digest that fits.
func rewritten(t testing.TB, a []byte, change func(h *tar.Header, data []byte) (*tar.Header, []byte)) []byte {
	t.Helper()
	var out bytes.Buffer
	p, err := newPacker(&out, now)
	if err != nil {
		t.Fatal(err)
	}
	tr := tar.NewReader(bytes.NewReader(unzipped(t, a)))
	for {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		h, data = change(h, data)
		if h == nil {
			continue
		}
		h.Size = int64(len(data))
		if err := p.tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := p.tw.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRestore_RefusesForgedEntries(t *testing.T) {
	from := newLibrary(t, config(t, store.SQLite))
	fill(t, from)
	a := archive(t, from)
	rename := func(from, to string) func(*tar.Header, []byte) (*tar.Header, []byte) {
		return func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if strings.HasPrefix(h.Name, from) {
				h.Name = to
			}
			return h, data
		}
	}
	swap := func(name, old, new string) func(*tar.Header, []byte) (*tar.Header, []byte) {
		return func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if strings.HasPrefix(h.Name, name) {
				if !bytes.Contains(data, []byte(old)) {
					t.Fatalf("%s does not hold %s", name, old)
				}
				data = bytes.ReplaceAll(data, []byte(old), []byte(new))
			}
			return h, data
		}
	}
	drop := func(name string) func(*tar.Header, []byte) (*tar.Header, []byte) {
		return func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if strings.HasPrefix(h.Name, name) {
				return nil, nil
			}
			return h, data
		}
	}
	cases := map[string]struct {
		change func(*tar.Header, []byte) (*tar.Header, []byte)
		kind   fault.Kind
	}{
		"a path upwards":      {rename("files/", "files/../../../etc/passwd"), fault.Invalid},
		"an absolute path":    {rename("files/", "/etc/passwd"), fault.Invalid},
		"a table's path":      {rename("tables/organs/", "tables/../organs/000001.jsonl"), fault.Invalid},
		"a table twice":       {rename("tables/organ_names/", "tables/organs/000002.jsonl"), fault.Invalid},
		"no header":           {drop(headerName), fault.Invalid},
		"no manifest":         {drop(manifestName), fault.Invalid},
		"a table left out":    {drop("tables/audit_log/"), fault.Invalid},
		"a file left out":     {drop("files/"), fault.Invalid},
		"a changed value":     {swap("tables/organs/", "code-0", "code-9"), fault.Invalid},
		"a changed file":      {swap("files/", "\xff", "\xfe"), fault.Invalid},
		"a changed count":     {swap(manifestName, `"rows": 3`, `"rows": 4`), fault.Invalid},
		"a changed digest":    {swap(manifestName, `"sha256": "`, `"sha256": "0`), fault.Invalid},
		"a column of its own": {swap(headerName, `"credit_code"`, `"code) SELECT 1; --"`), fault.Invalid},
		"an unknown table":    {swap(headerName, `"organ_names"`, `"sqlite_master"`), fault.Invalid},
		"not a row":           {swap("tables/organs/", "[", "{"), fault.Invalid},
		"a newer schema":      {swap(headerName, `"schema": `, `"schema": 9`), fault.Unsupported},
		"an older schema":     {swap(headerName, `"schema": `, `"schema": -`), fault.Unsupported},
		"a newer format":      {swap(headerName, `"format": 1`, `"format": 2`), fault.Unsupported},
		"a link": {func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if strings.HasPrefix(h.Name, "files/") {
				return &tar.Header{Typeflag: tar.TypeSymlink, Name: h.Name, Linkname: "/etc/passwd"}, nil
			}
			return h, data
		}, fault.Invalid},
		"a reference to nothing": {func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if strings.HasPrefix(h.Name, "tables/organ_names/") {
				data = bytes.Replace(data, []byte("[1,1,"), []byte("[1,77,"), 1)
			}
			return h, data
		}, fault.Invalid},
	}
	storetest.Each(t, func(t *testing.T, c store.Config) {
		to := newLibrary(t, c)
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			refused(t, to, name, rewritten(t, a, cases[name].change), cases[name].kind)
		}
		same := rewritten(t, a, func(h *tar.Header, data []byte) (*tar.Header, []byte) { return h, data })
		if err := Restore(ctx, to.DB, to.files, bytes.NewReader(same)); err != nil {
			t.Fatal(err)
		}
	})
}

// publish writes an organ and a log row, as a clerk would.
func publish(l library, n int) error {
	return l.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO organs (code, kind, created_at) VALUES ($1, 'x', 1)`, fmt.Sprint("c", n)); err != nil {
			return err
		}
		h, err := publication.LockHead(ctx, tx, l.Dialect)
		if err != nil {
			return err
		}
		if _, err := h.Append(ctx, publication.Entry{At: now, Act: publication.Fact}); err != nil {
			return err
		}
		return h.Close(ctx)
	})
}

func TestWrite_IsOneMomentWhileOthersWrite(t *testing.T) {
	pairs(t, func(t *testing.T, from, to library) {
		key, err := publication.LoadKey(ctx, from.DB, publication.KeySource{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := publication.LoadKey(ctx, to.DB, publication.KeySource{}); err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := publish(from, n); err != nil {
					t.Error(err)
					return
				}
				if _, err := publication.SealOnce(ctx, from.DB, key, now.Add(time.Duration(n)*time.Second)); err != nil {
					t.Error(err)
					return
				}
			}
		})
		var a []byte
		for range 5 {
			a = archive(t, from)
			time.Sleep(20 * time.Millisecond)
		}
		a = archive(t, from)
		close(stop)
		wg.Wait()
		if err := Restore(ctx, to.DB, to.files, bytes.NewReader(a)); err != nil {
			t.Fatal(err)
		}
		checked, err := publication.Verify(ctx, to.DB, func(f publication.Fault) { t.Error(f) })
		if err != nil || checked.Log == 0 {
			t.Fatalf("%+v %v", checked, err)
		}
		var organs int64
		if err := to.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM organs`).Scan(&organs); err != nil || organs != checked.Log {
			t.Fatalf("%d organs, %d log rows, %v", organs, checked.Log, err)
		}
		if err := publish(to, 1_000_000); err != nil { // the log goes on
			t.Fatal(err)
		}
	})
}

func TestRestore_KeyFilePutBackFirst(t *testing.T) {
	from, to := newLibrary(t, config(t, store.SQLite)), newLibrary(t, config(t, store.SQLite))
	file := filepath.Join(t.TempDir(), "log.key")
	for _, l := range []library{from, to} {
		if _, err := publication.LoadKey(ctx, l.DB, publication.KeySource{File: file}); err != nil {
			t.Fatal(err)
		}
	}
	if err := Restore(ctx, to.DB, to.files, bytes.NewReader(archive(t, from))); err != nil {
		t.Fatal(err)
	}
}

func TestRestore_ReferencesToALaterPart(t *testing.T) {
	pairs(t, func(t *testing.T, from, to library) {
		err := from.Tx(ctx, func(tx *sql.Tx) error {
			for id := 1; id <= 3; id++ {
				if _, err := tx.Exec(`INSERT INTO topics (id, name, name_key) VALUES ($1, $2, $3)`, id, strings.Repeat("题", partBytes/2), fmt.Sprint(id)); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`UPDATE topics SET parent_id = 3 WHERE id = 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := Restore(ctx, to.DB, to.files, bytes.NewReader(archive(t, from))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dump(t, from), dump(t, to)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// What decodes also encodes, and to the same values.
func FuzzDecodePart(f *testing.F) {
	f.Add([]byte(`[1,null,"题"]`+"\n"), 3)
	f.Add([]byte(`[{"$bytes":"AP8="},{"$text":"/w=="}]`+"\n[1,2]\n"), 2)
	f.Add([]byte(`[{"$bytes":1,"x":2},1.5]`+"\n"), 2)
	f.Fuzz(func(t *testing.T, part []byte, columns int) {
		rows, err := decodePart(part, columns)
		if err != nil {
			return
		}
		var again []byte
		for _, row := range rows {
			if again, err = encodeRow(again, row); err != nil {
				t.Fatal(err)
			}
		}
		back, err := decodePart(again, columns)
		if diff := cmp.Diff(rows, back); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
	})
}
