package backup

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// expunging loses a file at the moment it is opened, or in the middle.
type expunging struct {
	filestore.Store
	db     *store.DB
	sha    string
	midway bool
	tables []string // that hold the file, those that refer to others first
}

// holding lists the tables that refer to files, and files itself at the end.
func holding(t *testing.T) (names []string) {
	t.Helper()
	cols := schema(t)
	for _, tab := range slices.Backward(tables) {
		if slices.ContainsFunc(cols[tab.name], func(c column) bool { return c.name == "sha256" }) {
			names = append(names, tab.name)
		}
	}
	if len(names) < 3 || names[len(names)-1] != "files" {
		t.Fatalf("files are held by %v", names)
	}
	return names
}

func (e *expunging) Open(c context.Context, sha string) (io.ReadSeekCloser, error) {
	f, err := e.Store.Open(c, sha)
	if err != nil || sha != e.sha {
		return f, err
	}
	err = e.db.Tx(c, func(tx *sql.Tx) error {
		for _, table := range e.tables {
			if _, err := tx.Exec(`DELETE FROM `+table+` WHERE sha256 = $1`, sha); err != nil {
				return err
			}
		}
		return nil
	})
	if err = errors.Join(err, e.Delete(c, sha)); err != nil || e.midway {
		return f, err // a folder's open file still reads; rows are gone
	}
	return nil, errors.Join(f.Close(), fault.New(fault.NotFound, "test", ""))
}

func TestWrite_ToleratesAFileExpungedMeanwhile(t *testing.T) {
	tables := holding(t)
	for _, midway := range []bool{false, true} {
		storetest.Each(t, func(t *testing.T, c store.Config) {
			from, to := newLibrary(t, c), newLibrary(t, config(t, store.SQLite))
			fill(t, from)
			var sha string
			if err := from.Reader().QueryRowContext(ctx, `SELECT sha256 FROM files WHERE size > 100 ORDER BY sha256 LIMIT 1`).Scan(&sha); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := Write(ctx, from.DB, &expunging{from.files, from.DB, sha, midway, tables}, &b, now); err != nil {
				t.Fatal(err)
			}
			if err := Restore(ctx, to.DB, to.files, bytes.NewReader(b.Bytes())); err != nil {
				t.Fatal(err)
			}
			ok, err := to.files.Has(ctx, sha)
			gone := bytes.Contains(unzipped(t, b.Bytes()), []byte("\"gone\": [\n      \""+sha))
			if err != nil || ok == gone {
				t.Fatalf("has %v, gone %v, %v", ok, gone, err)
			}
			if !midway && !gone {
				t.Fatal("not recorded")
			}
		})
	}
}

func TestWrite_FailsOnADamagedFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		l := newLibrary(t, c)
		fill(t, l)
		var sha string
		if err := l.Reader().QueryRowContext(ctx, `SELECT sha256 FROM files ORDER BY sha256 LIMIT 1`).Scan(&sha); err != nil {
			t.Fatal(err)
		}
		if err := l.files.Delete(ctx, sha); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "b.gongkai")
		err := ToFile(ctx, l.DB, l.files, path, now)
		if fault.KindOf(err) != fault.Internal || !strings.Contains(fault.Text(err), sha) {
			t.Fatalf("err = %v", err)
		}
		if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 0 {
			t.Fatalf("left: %v %v", list, err)
		}
	})
}

func TestToFile_AndBack(t *testing.T) {
	from, to := newLibrary(t, config(t, store.SQLite)), newLibrary(t, config(t, store.SQLite))
	fill(t, from)
	path := filepath.Join(t.TempDir(), "b.gongkai")
	for range 2 { // a second backup takes the place of the first
		if err := ToFile(ctx, from.DB, from.files, path, now); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	if err := FromFile(ctx, to.DB, to.files, path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, from), dump(t, to)); diff != "" {
		t.Fatal(diff)
	}
	if err := FromFile(ctx, to.DB, to.files, path+"x"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := ToFile(ctx, from.DB, from.files, filepath.Join(path, "under", "a", "file"), now); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "备份没有完成") {
		t.Error(err)
	}
	if err := Write(ctx, from.DB, from.files, fullDisk{}, now); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "备份没有完成") {
		t.Errorf("%v: %s", err, fault.Text(err))
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
