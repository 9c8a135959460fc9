package filestore

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteWhole_IsThereWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "钥匙")
	put := func(text string, failing error) error {
		return WriteWhole(path, 0o640, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, failing)
		})
	}
	holds := func(want string) {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil || string(b) != want {
			t.Fatalf("holds %q, %v; want %q", b, err, want)
		}
		names, err := os.ReadDir(dir)
		if err != nil || len(names) != 1 {
			t.Fatalf("%d files in the folder, %v; want one", len(names), err)
		}
	}
	if err := put("一", nil); err != nil {
		t.Fatal(err)
	}
	holds("一")
	broken := errors.New("broken")
	if err := put("半", broken); !errors.Is(err, broken) {
		t.Fatalf("error %v, want the writer's", err)
	}
	holds("一")
	if err := put("二", nil); err != nil {
		t.Fatal(err)
	}
	holds("二")
	if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o640 {
		t.Fatalf("mode %v, %v", i.Mode(), err)
	}
	if err := WriteWhole(filepath.Join(dir, "无", "钥匙"), 0o600, func(io.Writer) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a folder that is not there: %v", err)
	}
}
