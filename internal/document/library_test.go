package document_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/filestore"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// noon is the fixed present of these tests: 2026-11-20 12:00 in legal time.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, workday.Zone)

type bench struct {
	t     *testing.T
	db    *store.DB
	lib   *document.Library
	files filestore.Store
	now   time.Time
}

// each runs a test on a fresh library of both engines.
func each(t *testing.T, fn func(b *bench)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, db *store.DB) { fn(newBench(t, db)) })
}

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	files, err := filestore.Dir(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, files: files, now: noon}
	b.lib = document.New(db, files, func() time.Time { return b.now })
	return b
}

// importLines imports JSONL text as published and returns the lines and totals.
func (b *bench) importLines(jsonl string, change ...func(*document.ImportOptions)) ([]document.ImportLine, document.ImportSummary) {
	b.t.Helper()
	opts := document.ImportOptions{Source: "test", Publish: true, Actor: "tester"}
	for _, f := range change {
		f(&opts)
	}
	var lines []document.ImportLine
	sum, err := b.lib.Import(context.Background(), document.Lines("test.jsonl", strings.NewReader(jsonl)), opts, func(l document.ImportLine) error {
		lines = append(lines, l)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return lines, sum
}

func (b *bench) view(work int64, on string) *document.View {
	b.t.Helper()
	at := document.At{}
	if on != "" {
		at.On = workday.MustDate(on)
	}
	v, err := b.lib.View(context.Background(), work, at)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// verify fails the test on any fault of the log or the editions.
func (b *bench) verify() {
	b.t.Helper()
	for _, f := range b.faults() {
		b.t.Errorf("verify: %+v", f)
	}
}

func (b *bench) faults() []publication.Fault {
	b.t.Helper()
	var out []publication.Fault
	keep := func(f publication.Fault) { out = append(out, f) }
	if _, err := publication.Verify(context.Background(), b.db, keep); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.lib.Verify(context.Background(), keep); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) count(query string) (n int) {
	b.t.Helper()
	if err := b.db.Reader().QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// law is a line of JSONL with the fields tests vary.
func law(id, work string, version int, title, published, text string, more ...string) string {
	extra := ""
	if len(more) > 0 {
		extra = "," + strings.Join(more, ",")
	}
	quoted := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	return fmt.Sprintf(`{"id":%s,"work_id":%s,"version":%d,"title":%s,"publish_date":%s,"type":"地方性法规","issuing_body":"清河市人民代表大会常务委员会","text":%s%s}`,
		quoted(id), quoted(work), version, quoted(title), quoted(published), quoted(text), extra) + "\n"
}

// oneFile is a text file on its way in.
type oneFile struct{ text, dir string }

func (f *oneFile) source(t *testing.T) document.Source {
	t.Helper()
	name := filepath.Join(f.dir, "one.txt")
	if err := os.WriteFile(name, []byte(f.text), 0o644); err != nil {
		t.Fatal(err)
	}
	src, err := document.Paths([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return src
}
