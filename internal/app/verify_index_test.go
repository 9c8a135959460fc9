package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/document"
	"gongkai/internal/publication"
	"gongkai/internal/search"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func openAt(t *testing.T, c store.Config, index string) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: index}, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func TestIndex_OfAnotherLibraryIsBuiltAnew(t *testing.T) {
	index := t.TempDir()
	one := openAt(t, store.Config{DataDir: t.TempDir()}, index)
	importText(t, one, notice)
	if _, err := one.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	other := openAt(t, store.Config{DataDir: t.TempDir()}, index)
	importText(t, other, strings.ReplaceAll(notice, "河道", "湖泊"))
	for _, c := range []struct {
		a    *app.App
		word string
	}{{other, "湖泊"}, {one, "河道"}} {
		if _, err := c.a.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"湖泊", "河道"} {
			res, err := c.a.Search(context.Background(), search.Query{Text: word})
			if err != nil || (res.Total == 1) != (word == c.word) {
				t.Errorf("%s in the library of %s: %+v %v", word, c.word, res, err)
			}
		}
	}
}

func TestVerify_ComparesTheIndexWorkByWork(t *testing.T) {
	index := t.TempDir()
	a := openAt(t, store.Config{DataDir: t.TempDir()}, index)
	importText(t, a, notice+strings.ReplaceAll(strings.ReplaceAll(notice, "n1", "n2"), "河道", "湖泊"))
	faults := func() (out []publication.Fault) {
		t.Helper()
		if _, err := a.Verify(context.Background(), func(f publication.Fault) { out = append(out, f) }); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if all := faults(); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	for _, query := range []string{
		`UPDATE editions SET title = 'x' WHERE work = 2`,
		`UPDATE editions SET label = 9 WHERE work = 2`,
	} {
		execFile(t, filepath.Join(index, "search.db"), query)
		if all := faults(); !slices.ContainsFunc(all, func(f publication.Fault) bool { return f.Table == "index" && f.ID == "2" }) {
			t.Errorf("%s is not named: %+v", query, all)
		}
	}
}

func TestVerify_SpeaksOfAMissingHead(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		index := t.TempDir()
		a := openAt(t, c, index)
		importText(t, a, notice)
		if _, err := a.DB.Writer().ExecContext(context.Background(), `DELETE FROM log_head`); err != nil {
			t.Fatal(err)
		}
		again := openAt(t, c, t.TempDir())
		for _, a := range []*app.App{a, again} {
			var all []publication.Fault
			got, err := a.Verify(context.Background(), func(f publication.Fault) { all = append(all, f) })
			if err != nil || got.Editions != 1 {
				t.Fatalf("%+v %v", got, err)
			}
			if !slices.ContainsFunc(all, func(f publication.Fault) bool { return f.Table == "log_head" }) {
				t.Errorf("not named: %+v", all)
			}
		}
	})
}

// A node that serves follows an erasure by somebody else into its own files.
func TestServe_ForgetsWhatAnotherExpunged(t *testing.T) {
	const word = "绝密内容甲乙丙"
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		index := t.TempDir()
		a := openAt(t, c, index)
		importText(t, a, notice+strings.ReplaceAll(strings.ReplaceAll(notice, "n1", "n2"), "第二条 河道", "第二条 "+word))
		l, err := app.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- a.Serve(ctx, l, h) }()
		holds := func() bool {
			for _, name := range []string{"search.db", "search.db-wal"} {
				b, err := os.ReadFile(filepath.Join(index, name))
				if err == nil && bytes.Contains(b, []byte(word)) {
					return true
				}
			}
			return false
		}
		until(t, "the index has the words", holds)
		other := openAt(t, c, t.TempDir())
		if err := other.Expunge(ctx, 2, 0, "误载"); err != nil {
			t.Fatal(err)
		}
		until(t, "the index has lost the words", func() bool { return !holds() })
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

func TestBackup_TakesTheFilesOfDrafts(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		a := openAt(t, c, t.TempDir())
		data := base64.StdEncoding.EncodeToString([]byte("甲,乙\n1,2\n"))
		draft := strings.Replace(notice, `"type"`, `"attachments":[{"name":"名单.csv","data":"`+data+`"}],"type"`, 1)
		importDraft(t, a, draft)
		file := filepath.Join(t.TempDir(), "library.backup")
		if err := a.Backup(ctx, file); err != nil {
			t.Fatal(err)
		}
		b := openAt(t, store.Config{DataDir: t.TempDir()}, t.TempDir())
		if err := b.Restore(ctx, file); err != nil {
			t.Fatal(err)
		}
		got, err := b.Verify(ctx, func(f publication.Fault) { t.Errorf("%+v", f) })
		if err != nil || got.Files != 1 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func importDraft(t *testing.T, a *app.App, jsonl string) {
	t.Helper()
	_, err := a.Documents.Import(context.Background(), document.Lines("t", strings.NewReader(jsonl)), document.ImportOptions{Source: "t"}, func(l document.ImportLine) error {
		if l.State == document.Failed {
			t.Error(l.Error)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// execFile changes a SQLite file behind the library's back.
func execFile(t *testing.T, file, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}
