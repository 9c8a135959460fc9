package document

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// A document without an id of its own is known by its content and its files.
func TestTombstones_KnowWhatWasExpunged(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		files, err := filestore.Dir(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		lib := New(db, files, time.Now)
		line := `{"title":"误发的通知","publish_date":"2026-11-01","text":"第一条 内容。","attachments":[{"name":"名单.csv","data":"MSwyCg=="}]}`
		other := `{"title":"别的通知","publish_date":"2026-11-01","text":"第一条 别的内容。"}`
		var keys, open []string
		for i, l := range []string{line, other} {
			c, inline, _, err := parseRecord([]byte(l))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range inline {
				kept, _, _, err := lib.keep(ctx, f.name, strings.NewReader(string(f.data)), int64(len(f.data)), "attachment")
				if err != nil {
					t.Fatal(err)
				}
				c.Files = append(c.Files, *kept)
			}
			p, err := prepare(c)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				keys = tombstoneKeys(p)
			} else {
				open = tombstoneKeys(p)
			}
		}
		ask := func(source string, keys ...string) bool {
			t.Helper()
			gone, err := expungedBefore(ctx, db.Reader(), source, keys...)
			if err != nil {
				t.Fatal(err)
			}
			return gone
		}
		_, err = lib.Import(ctx, Lines("t", strings.NewReader(line+"\n"+other+"\n")), ImportOptions{Source: "pages", Publish: true}, func(l ImportLine) error {
			if l.State != Created {
				t.Errorf("%+v", l)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) != 2 || ask("pages", keys...) {
			t.Fatalf("before the order: keys %v", keys)
		}
		if err := lib.Expunge(ctx, 1, 0, "tester", "误发"); err != nil {
			t.Fatal(err)
		}
		for i, k := range keys {
			if !ask("pages", k) {
				t.Errorf("key %d is not known", i)
			}
		}
		if ask("pages", open...) || ask("elsewhere", keys...) {
			t.Error("what was not expunged there is refused")
		}
		var plain int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM tombstones WHERE hash = $1 OR hash = $2`, keys[0], keys[1]).Scan(&plain); err != nil || plain != 0 {
			t.Errorf("%d tombstones are plain digests, %v", plain, err)
		}
	})
}
