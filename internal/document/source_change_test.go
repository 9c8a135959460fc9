package document_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/document"
)

func draft(o *document.ImportOptions) { o.Publish = false }

func TestImport_DraftNeverTouchesWhatIsPublic(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		lines, sum := b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", newText), draft)
		if sum.Created != 1 || lines[0].Draft == 0 || lines[0].Work == nil || *lines[0].Work != 1 {
			b.t.Fatalf("%+v %+v", sum, lines)
		}
		if v := b.view(1, ""); v.Text != oldText {
			b.t.Fatal("a draft changed the public text")
		}
		if _, sum = b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", newText)); sum.Updated != 1 || b.view(1, "").Text != newText || b.count(`SELECT COUNT(*) FROM drafts`) != 0 {
			b.t.Fatalf("publishing it: %+v", sum)
		}
		b.verify()
	})
}

func TestImport_FactsFollowTheirSource(t *testing.T) {
	repeal := func(day string) string {
		return law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, `"facts":[{"kind":"repealed","valid_on":"`+day+`","authority":"市人大常委会"}]`)
	}
	each(t, func(b *bench) {
		b.importLines(repeal("2021-01-01"))
		b.importLines(repeal("2023-01-01"))
		if v := b.view(1, "2022-01-01"); v.Validity != document.InForce {
			b.t.Errorf("2022 after the correction: %s", v.Validity)
		}
		if v := b.view(1, "2023-01-01"); v.Validity != document.Repealed {
			b.t.Errorf("2023: %s", v.Validity)
		}
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, `"status":"已废止"`))
		if v := b.view(1, ""); v.ValidityNote != "废止（日期不详）" {
			b.t.Errorf("flagged: %s %s", v.Validity, v.ValidityNote)
		}
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, `"status":"现行有效"`))
		if v := b.view(1, ""); v.Validity != document.InForce {
			b.t.Errorf("the flag was taken back: %s", v.Validity)
		}
		if n := b.count(`SELECT COUNT(*) FROM work_facts`); n != 6 {
			b.t.Errorf("%d facts on record, want every one and what took it back: 6", n)
		}
		b.verify()
	})
}

func TestF13_TwoPartRepealsOnOneDayBothCount(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText,
			`"facts":[{"kind":"repealed_part","valid_on":"2022-07-01","authority":"甲","provisions":["a1"]},{"kind":"repealed_part","valid_on":"2022-07-01","authority":"甲","provisions":["a2"]}]`))
		if v := b.view(1, "2022-07-01"); len(v.DeadPaths) != 2 {
			b.t.Errorf("dead: %v", v.DeadPaths)
		}
	})
}

func TestF12_RepealFlagOnAFormerTextSaysNothingOfTheWork(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, `"status":"已废止"`) +
			law("r-v2", "r", 2, "清河市河道管理条例", "2020-11-11", newText, `"status":"现行有效"`))
		if v := b.view(1, ""); v.Validity != document.InForce || v.Editions[0].Standing != document.StandingAmended {
			b.t.Errorf("%s, first text %s", v.Validity, v.Editions[0].Standing)
		}
	})
}

func TestImport_EveryLineOfAPublishedWorkNamesIt(t *testing.T) {
	each(t, func(b *bench) {
		same := `{"title":"无编号文件","text":"一、第一项工作要求如下。","publish_date":"2024-01-01"}` + "\n"
		lines, _ := b.importLines(same + same)
		for _, l := range lines {
			if l.Work == nil || *l.Work != 1 || l.Edition != 1 {
				b.t.Errorf("%+v", l)
			}
		}
		lines, _ = b.importLines(law("x-v1", "x", 1, "甲办法", "2020-01-01", oldText))
		if lines, _ = b.importLines(law("x-v2", "x", 2, "甲办法", "2024-01-01", newText), func(o *document.ImportOptions) { o.DryRun = true }); lines[0].Work == nil || *lines[0].Work != 2 {
			b.t.Errorf("dry run of a new text of a published work: %+v", lines[0])
		}
	})
}

func TestImport_TheSameBytesAreTheSameDocumentUnderAnyName(t *testing.T) {
	dir := t.TempDir()
	text := []byte("清河市水务局关于防汛的通知\n各单位：\n请落实。\n清河市水务局\n2025年5月1日\n")
	for _, name := range []string{"一.txt", "二.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	each(t, func(b *bench) {
		src, err := document.Paths([]string{link})
		if err != nil {
			b.t.Fatal(err)
		}
		sum, err := b.lib.Import(context.Background(), src, document.ImportOptions{Source: "f", Publish: true}, func(document.ImportLine) error { return nil })
		if err != nil || sum.Created != 1 || sum.Unchanged != 1 {
			b.t.Errorf("%+v %v", sum, err)
		}
	})
}

func TestImport_SourceMovesColumnsButNotLabels(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		lines, _ := b.importLines(law("r-v1", "other", 3, "清河市河道管理条例", "2010-03-01", oldText, `"columns":["policy"]`))
		notes := strings.Join(lines[0].Warnings, "")
		if !strings.Contains(notes, "仍为 1") || !strings.Contains(notes, "已公布的文本不移动") || len(b.view(1, "").Placements) != 1 {
			b.t.Errorf("%+v", lines[0])
		}
		if lines, _ = b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, `"columns":["nowhere"]`)); lines[0].State != document.Failed {
			b.t.Errorf("unknown column: %+v", lines[0])
		}
	})
}

func TestRelations_ATitleOfTwoWorksIsNeverGuessed(t *testing.T) {
	citing := law("c", "c", 1, "引用办法", "2020-01-01", "第一条 根据《同名条例》，制定本办法。\n第二条 其他。")
	first := law("a", "a", 1, "同名条例", "2010-01-01", oldText)
	second := law("b", "b", 1, "同名条例", "2015-01-01", newText)
	each(t, func(b *bench) {
		b.importLines(citing + first)
		if r := b.view(1, "").Relations; len(r) != 1 || r[0].Work != 2 {
			b.t.Fatalf("one work bears the title: %+v", r)
		}
		b.importLines(second)
		if r := b.view(1, "").Relations; len(r) != 1 || r[0].Work != 0 {
			b.t.Errorf("two works bear the title: %+v", r)
		}
	})
}

func TestImport_IsOnTheAuditLogWithItsDocuments(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		if n := b.count(`SELECT COUNT(*) FROM audit_log WHERE act = 'import' AND actor = 'tester'`); n != 1 {
			b.t.Errorf("%d audit rows, want one for the batch that changed something", n)
		}
	})
}
