package document_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

// enclosed is the JSON of one attachment.
func enclosed(name, data string) string {
	return fmt.Sprintf(`"attachments":[{"name":%q,"data":%q}]`, name, base64.StdEncoding.EncodeToString([]byte(data)))
}

func asDraft(o *document.ImportOptions) { o.Publish = false }

// stored counts the files whose bytes are there.
func (b *bench) stored() (n int) {
	b.t.Helper()
	if err := b.files.Walk(context.Background(), func(filestore.Stored) error { n++; return nil }); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *bench) sweep() int {
	b.t.Helper()
	n, err := b.lib.Sweep(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// later moves the present to where bytes put now are older than the grace.
func (b *bench) later() { b.now = time.Now().Add(2 * filestore.Grace) }

func TestSweep_LeavesTheBytesOfDraftsAndTakesThoseOfNobody(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("d-1", "d", 1, "清河市办法草稿", "2026-11-01", oldText, enclosed("附件.csv", "甲,乙\n1,2\n")), asDraft)
		b.importLines(law("x-1", "x", 1, "只是试读", "2026-11-01", oldText, enclosed("试读.csv", "丙,丁\n3,4\n")),
			func(o *document.ImportOptions) { o.DryRun = true })
		if b.stored() != 2 {
			b.t.Fatalf("%d files stored", b.stored())
		}
		if n := b.sweep(); n != 0 || b.stored() != 2 {
			b.t.Errorf("within the grace: %d removed, %d left", n, b.stored())
		}
		b.later()
		if n := b.sweep(); n != 1 || b.stored() != 1 || b.count(`SELECT COUNT(*) FROM draft_files`) != 1 {
			b.t.Errorf("after the grace: %d removed, %d left, %d held by drafts", n, b.stored(), b.count(`SELECT COUNT(*) FROM draft_files`))
		}
		b.verify()
		// A draft that is gone lets go of its files.
		if _, err := b.db.Writer().ExecContext(context.Background(), `DELETE FROM drafts`); err != nil {
			b.t.Fatal(err)
		}
		if n := b.sweep(); n != 1 || b.stored() != 0 {
			b.t.Errorf("without the draft: %d removed, %d left", n, b.stored())
		}
	})
}

// stubborn is a store that cannot delete for a while.
type stubborn struct {
	filestore.Store
	refuse bool
}

func (s *stubborn) Delete(ctx context.Context, sha string) error {
	if s.refuse {
		return fault.New(fault.Unavailable, "stubborn", "附件没有删除。")
	}
	return s.Store.Delete(ctx, sha)
}

func TestExpunge_ARemovalThatFailedIsFinishedLater(t *testing.T) {
	for _, c := range []struct {
		name   string
		finish func(b *bench, lib *document.Library) error
	}{
		{"by expunging again", func(b *bench, lib *document.Library) error {
			return lib.Expunge(context.Background(), 1, 0, "tester", "再次清除")
		}},
		{"by the daily sweep", func(_ *bench, lib *document.Library) error {
			_, err := lib.Sweep(context.Background())
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(b *bench) {
				b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, enclosed("附件.csv", "甲,乙\n1,2\n")))
				files := &stubborn{Store: b.files, refuse: true}
				lib := document.New(b.db, files, func() time.Time { return b.now })
				if err := lib.Expunge(context.Background(), 1, 0, "tester", "误载个人信息"); fault.KindOf(err) != fault.Unavailable {
					b.t.Fatalf("err = %v", err)
				}
				if b.count(`SELECT COUNT(*) FROM edition_texts`) != 0 || b.stored() != 1 {
					b.t.Fatalf("the text must be gone and the file be left for later")
				}
				files.refuse = false
				if err := c.finish(b, lib); err != nil {
					b.t.Fatal(err)
				}
				if b.stored() != 0 || b.count(`SELECT COUNT(*) FROM file_removals`) != 0 || b.count(`SELECT COUNT(*) FROM files`) != 0 {
					b.t.Errorf("%d files left, %d removals open", b.stored(), b.count(`SELECT COUNT(*) FROM file_removals`))
				}
				b.verify()
			})
		})
	}
}

func TestExpunge_KeepsBytesThatAnotherTextHolds(t *testing.T) {
	each(t, func(b *bench) {
		same := enclosed("附件.csv", "甲,乙\n1,2\n")
		b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, same) + law("s-1", "s", 1, "清河市湖泊管理条例", "2011-03-01", newText, same))
		if err := b.lib.Expunge(context.Background(), 1, 0, "tester", "误载"); err != nil {
			b.t.Fatal(err)
		}
		if b.stored() != 1 {
			b.t.Errorf("%d files left", b.stored())
		}
		b.verify()
		if err := b.lib.Expunge(context.Background(), 2, 0, "tester", "误载"); err != nil {
			b.t.Fatal(err)
		}
		if b.stored() != 0 {
			b.t.Errorf("%d files left after the last holder", b.stored())
		}
	})
}

// An importer that registers the same bytes between the order and its
// execution keeps them.
func TestExpunge_KeepsBytesThatCameBackMeanwhile(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, enclosed("附件.csv", "甲,乙\n1,2\n")))
		files := &stubborn{Store: b.files, refuse: true}
		lib := document.New(b.db, files, func() time.Time { return b.now })
		if err := lib.Expunge(context.Background(), 1, 0, "tester", "误载"); err == nil {
			b.t.Fatal("the store refused nothing")
		}
		b.importLines(law("s-1", "s", 1, "清河市湖泊管理条例", "2011-03-01", newText, enclosed("附件.csv", "甲,乙\n1,2\n")),
			func(o *document.ImportOptions) { o.Source = "another" })
		if err := b.lib.Expunge(context.Background(), 1, 0, "tester", "误载"); err != nil {
			b.t.Fatal(err)
		}
		if b.stored() != 1 {
			b.t.Errorf("%d files left, the second text holds one", b.stored())
		}
		b.verify()
	})
}

func TestExpunge_TakesOnlyTheDraftsOfWhatGoes(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText) + law("r-2", "r", 2, "清河市河道管理条例", "2020-11-11", newText))
		b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText+"改一字。")+law("r-3", "r", 3, "清河市河道管理条例", "2026-11-11", newText+"新。"), asDraft)
		if n := b.count(`SELECT COUNT(*) FROM drafts`); n != 2 {
			b.t.Fatalf("%d drafts", n)
		}
		highest := b.count(`SELECT MAX(id) FROM drafts`)
		if err := b.lib.Expunge(context.Background(), 1, 1, "tester", "误载"); err != nil {
			b.t.Fatal(err)
		}
		if b.count(`SELECT COUNT(*) FROM drafts`) != 1 || b.count(`SELECT COUNT(*) FROM drafts WHERE external_id = 'r-3'`) != 1 {
			b.t.Error("the draft of the expunged text must go, the other must stay")
		}
		if err := b.lib.Expunge(context.Background(), 1, 0, "tester", "全部"); err != nil {
			b.t.Fatal(err)
		}
		if n := b.count(`SELECT COUNT(*) FROM drafts`); n != 0 {
			b.t.Errorf("%d drafts of a work without text", n)
		}
		b.verify()
		lines, _ := b.importLines(law("q-1", "q", 1, "另一份草稿", "2026-11-11", newText), asDraft)
		if lines[0].Draft <= int64(highest) {
			b.t.Errorf("draft id %d was given before (highest %d)", lines[0].Draft, highest)
		}
	})
}

func TestExpunge_AnUnknownEditionIsNotFound(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		if err := b.lib.Expunge(context.Background(), 1, 7, "tester", "误载"); fault.KindOf(err) != fault.NotFound {
			b.t.Errorf("err = %v", err)
		}
		if err := b.lib.Expunge(context.Background(), 1, 1, "tester", "误载"); err != nil {
			b.t.Fatal(err)
		}
		before := b.count(`SELECT size FROM log_head`)
		if err := b.lib.Expunge(context.Background(), 1, 1, "tester", "误载"); err != nil {
			b.t.Errorf("again: %v", err)
		}
		if b.count(`SELECT size FROM log_head`) != before {
			b.t.Error("finishing writes no second act")
		}
	})
}
