package document_test

import (
	"context"
	"testing"
)

func TestExpunge_BlanksWhatTheDeskHolds(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, enclosed("附件.csv", "甲,乙\n1,2\n")) +
			law("s-1", "s", 1, "清河市湖泊管理条例", "2011-03-01", newText))
		b.exec(`INSERT INTO organs (code, kind, created_at) VALUES ('desk', 'other', 1)`)
		b.exec(`INSERT INTO desk_batches (organ_id, actor, created_at) SELECT id, 'tester', 1 FROM organs WHERE code = 'desk'`)
		for _, values := range []string{
			`1, 'a.docx', 1, '', 'released', '{"title":"甲"}', '正文甲', 1, 1`,
			`2, 'b.docx', 1, '', 'released', '{"title":"乙"}', '正文乙', 2, 1`,
			`3, 'c.csv', 1, (SELECT sha256 FROM files), 'ready', '{"title":"丙"}', '正文丙', 0, 0`,
		} {
			b.exec(`INSERT INTO desk_items (batch_id, position, name, size, sha256, state, sheet, source, work, label, updated_at)
				VALUES ((SELECT id FROM desk_batches), ` + values + `, 1)`)
		}
		b.exec(`INSERT INTO desk_saves (item_id, version, actor, at, sheet) SELECT id, 1, 'tester', 1, sheet FROM desk_items`)
		if err := b.lib.Expunge(context.Background(), 1, 0, "tester", "误载"); err != nil {
			b.t.Fatal(err)
		}
		if n := b.count(`SELECT COUNT(*) FROM desk_items WHERE source <> ''`); n != 1 {
			b.t.Errorf("%d items hold words, want that of the other work", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM desk_saves`); n != 1 {
			b.t.Errorf("%d saves are left", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM desk_items WHERE state = 'dropped'`); n != 1 {
			b.t.Errorf("%d uploads of the expunged file are dropped", n)
		}
		if b.stored() != 0 {
			b.t.Error("the bytes are kept for the desk")
		}
		b.verify()
	})
}
