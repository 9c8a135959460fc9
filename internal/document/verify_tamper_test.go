package document_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// tampered is a library in which every kind of row stands.
func (b *bench) tampered() {
	b.t.Helper()
	b.importLines(law("base", "base", 1, "清河市基础条例", "2009-03-01", oldText) +
		law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", "第一条 根据《清河市基础条例》，制定本条例。\n第二条 本条例自2010年4月1日起施行。",
			`"facts":[{"kind":"repealed","valid_on":"2022-07-01","by":"清河市基础条例"},{"kind":"restored","valid_on":"2022-08-01","authority":"清河市人大常委会"}]`,
			enclosed("附件.csv", "甲,乙\n1,2\n"), `"topics":["水利","河道"]`) +
		law("s-1", "s", 1, "清河市别的条例", "2011-03-01", newText))
	b.importLines(law("d-1", "d", 1, "清河市草稿", "2026-11-01", oldText), asDraft)
	b.exec(`INSERT INTO organs (code, kind, created_at) VALUES ('other', 'other', 1)`)
	b.verify()
}

// mutable are the tables that the cases below change.
var mutable = []string{"works", "editions", "edition_organs", "edition_files", "files", "provisions", "relations", "work_facts", "work_cards", "placements", "drafts"}

// unchecked lets a test break what the database itself would refuse, and
// remembers the rows as they are.
func (b *bench) unchecked() {
	b.t.Helper()
	if b.db.Dialect == store.SQLite {
		b.exec(`PRAGMA foreign_keys = 0`)
	}
	for _, table := range mutable {
		if b.db.Dialect == store.Postgres {
			b.exec(`ALTER TABLE ` + table + ` DISABLE TRIGGER ALL`)
		}
		b.exec(`CREATE TABLE saved_` + table + ` AS SELECT * FROM ` + table)
	}
}

// mend puts the rows back.
func (b *bench) mend() {
	b.t.Helper()
	for _, table := range mutable {
		b.exec(`DELETE FROM ` + table)
		b.exec(`INSERT INTO ` + table + ` SELECT * FROM saved_` + table)
	}
}

func (b *bench) exec(query string) {
	b.t.Helper()
	if _, err := b.db.Writer().ExecContext(context.Background(), query); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
}

func TestVerify_NamesWhatWasChangedBehindItsBack(t *testing.T) {
	const (
		work    = `(SELECT id FROM works WHERE public_id = 2)`
		edition = `(SELECT id FROM editions WHERE external_id = 'r-1')`
	)
	cases := []struct{ name, query, table, id string }{
		{"a fact that supersedes itself", `UPDATE work_facts SET supersedes = id WHERE kind = 'repealed'`, "work_facts", ""},
		{"a fact by another work", `UPDATE work_facts SET by_work_id = (SELECT id FROM works WHERE public_id = 3) WHERE kind = 'repealed'`, "work_facts", ""},
		{"the time of a fact", `UPDATE work_facts SET recorded_at = recorded_at + 1 WHERE kind = 'repealed'`, "work_facts", ""},
		{"the order of facts", `UPDATE work_facts SET id = 900 WHERE kind = 'repealed'`, "work_facts", ""},
		{"a letter moved to the next column", `UPDATE work_facts SET authority = '', reason = '|' || authority WHERE kind = 'restored'`, "work_facts", ""},
		{"validity in a list line", `UPDATE work_cards SET validity = '废止' WHERE public_id = 2`, "work_cards", "2"},
		{"title in a list line", `UPDATE work_cards SET title = title || '。' WHERE public_id = 2`, "work_cards", "2"},
		{"summary in a list line", `UPDATE work_cards SET summary = 'x' WHERE public_id = 3`, "work_cards", "3"},
		{"day of change in a list line", `UPDATE work_cards SET changes_on = '2999-01-01' WHERE public_id = 3`, "work_cards", "3"},
		{"organ of a list line", `UPDATE work_cards SET organ_id = NULL WHERE public_id = 2`, "work_cards", "2"},
		{"a list line is missing", `DELETE FROM work_cards WHERE public_id = 3`, "work_cards", "3"},
		{"a list line changes hands", `UPDATE work_cards SET work_id = (SELECT work_id FROM drafts) WHERE public_id = 3`, "work_cards", "3"},
		{"heading of a provision", `UPDATE provisions SET label = '第九条' WHERE path = 'a2' AND edition_id = ` + edition, "provisions", ""},
		{"extent of a provision", `UPDATE provisions SET end_rune = end_rune - 1 WHERE path = 'a1' AND edition_id = ` + edition, "provisions", ""},
		{"a provision is missing", `DELETE FROM provisions WHERE path = 'a1' AND edition_id = ` + edition, "provisions", ""},
		{"kind of a relation", `UPDATE relations SET kind = 'repeals' WHERE edition_id = ` + edition, "relations", ""},
		{"a relation without its origin", `UPDATE relations SET basis = 'clerk' WHERE edition_id = ` + edition, "relations", ""},
		{"place of a relation", `UPDATE relations SET from_path = 'a2' WHERE edition_id = ` + edition, "relations", ""},
		{"target of a relation", `UPDATE relations SET to_work_id = (SELECT id FROM works WHERE public_id = 3) WHERE edition_id = ` + edition, "relations", ""},
		{"organ of an edition", `UPDATE edition_organs SET organ_id = (SELECT id FROM organs WHERE code = 'other') WHERE edition_id = ` + edition, "editions", ""},
		{"place of an organ", `UPDATE edition_organs SET position = 5 WHERE edition_id = ` + edition, "editions", ""},
		{"title key", `UPDATE editions SET title_key = 'x' WHERE id = ` + edition, "editions", ""},
		{"key of the number", `UPDATE editions SET doc_no_key = 'x' WHERE id = ` + edition, "editions", ""},
		{"count of characters", `UPDATE editions SET chars = chars + 1 WHERE id = ` + edition, "editions", ""},
		{"count of articles", `UPDATE editions SET articles = articles + 1 WHERE id = ` + edition, "editions", ""},
		{"time of release", `UPDATE editions SET released_at = released_at + 1 WHERE id = ` + edition, "editions", ""},
		{"content key", `UPDATE editions SET content_key = 'x' WHERE id = ` + edition, "editions", ""},
		{"place of a file", `UPDATE edition_files SET position = 7`, "edition_files", ""},
		{"type of a file", `UPDATE files SET mime = 'text/html'`, "edition_files", ""},
		{"row of a file", `DELETE FROM files`, "files", ""},
		{"column of a work", `UPDATE placements SET from_on = '2001-01-01' WHERE work_id = ` + work, "works", ""},
		{"out of its column", `DELETE FROM placements WHERE work_id = ` + work, "works", ""},
		{"origin of a work", `UPDATE works SET source_work_id = 'z' WHERE id = ` + work, "works", ""},
		{"words of a draft", `UPDATE drafts SET body = REPLACE(body, '草稿', '草案')`, "drafts", ""},
		{"a draft that cannot be read", `UPDATE drafts SET body = SUBSTR(body, 2)`, "drafts", ""},
		{"a list that cannot be read", `UPDATE editions SET recipients = '[' WHERE id = ` + edition, "editions", ""},
	}
	each(t, func(b *bench) {
		b.tampered()
		b.unchecked()
		for _, c := range cases {
			b.exec(c.query)
			all := b.faults()
			if !slices.ContainsFunc(all, func(f publication.Fault) bool { return f.Table == c.table && (c.id == "" || f.ID == c.id) }) {
				b.t.Errorf("%s is not named: %+v", c.name, all)
			}
			b.mend()
		}
		b.verify()
	})
}

func TestVerify_AMissingHeadIsNamed(t *testing.T) {
	each(t, func(b *bench) {
		b.tampered()
		b.exec(`DELETE FROM log_head`)
		all := b.faults()
		if !slices.ContainsFunc(all, func(f publication.Fault) bool { return f.Table == "log_head" && f.Code == "missing" }) {
			b.t.Errorf("not named: %+v", all)
		}
	})
}

// What changes by itself or by right is no fault.
func TestVerify_AcceptsTheCourseOfThings(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(b *bench)
	}{
		{"a text comes into force", func(b *bench) {
			b.importLines(law("f-1", "f", 1, "清河市将来条例", "2026-11-01", oldText, `"effective_date":"2026-12-01"`))
			b.now = b.now.AddDate(0, 0, 20)
		}},
		{"a title is corrected that others name", func(b *bench) {
			b.importLines(law("base", "base", 1, "清河市基础管理条例", "2009-03-01", oldText))
		}},
		{"the text named is expunged", func(b *bench) {
			if err := b.lib.Expunge(context.Background(), 1, 0, "tester", "误载"); err != nil {
				b.t.Fatal(err)
			}
		}},
		{"one text of the work named is expunged", func(b *bench) {
			b.importLines(law("base-2", "base", 2, "清河市基础办法", "2015-03-01", newText))
			if err := b.lib.Expunge(context.Background(), 1, 1, "tester", "误载"); err != nil {
				b.t.Fatal(err)
			}
			if n := b.count(`SELECT COUNT(*) FROM relations WHERE to_work_id IS NOT NULL`) + b.count(`SELECT COUNT(*) FROM work_facts WHERE by_work_id IS NOT NULL`); n != 0 {
				b.t.Errorf("%d links to a title that is gone", n)
			}
		}},
		{"the words and files are replaced", func(b *bench) {
			b.importLines(law("r-1", "r", 1, "清河市河道管理条例", "2010-03-01", newText, enclosed("新附件.csv", "丙,丁\n3,4\n")))
		}},
		{"a draft is published", func(b *bench) {
			b.importLines(law("d-1", "d", 1, "清河市草稿", "2026-11-01", oldText))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(b *bench) {
				b.tampered()
				c.do(b)
				b.verify()
			})
		})
	}
}

func TestVerify_CountsEveryEdition(t *testing.T) {
	each(t, func(b *bench) {
		lines := ""
		for i := range 30 {
			lines += law(fmt.Sprint("x", i), fmt.Sprint("x", i), 1, fmt.Sprintf("第%d号文件", i), "2010-01-01", oldText)
		}
		b.importLines(lines)
		n, err := b.lib.Verify(context.Background(), func(f publication.Fault) { b.t.Errorf("%+v", f) })
		if err != nil || n != 30 {
			b.t.Errorf("checked %d, %v", n, err)
		}
	})
}
