package document_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/workday"
)

// takeDown carries a withdrawal or restoration out in a transaction of its own.
func (b *bench) takeDown(t document.TakeDown) error {
	b.t.Helper()
	if t.Actor == "" {
		t.Actor = "manager"
	}
	return b.db.Tx(ctx, func(tx *sql.Tx) error { return b.lib.TakeDown(ctx, tx, t) })
}

func (b *bench) mustTakeDown(t document.TakeDown) {
	b.t.Helper()
	if err := b.takeDown(t); err != nil {
		b.t.Fatal(err)
	}
}

// state is what a refused act must leave as it was.
func (b *bench) state() [4]int {
	b.t.Helper()
	return [4]int{b.count(`SELECT COUNT(*) FROM publication_log`), b.count(`SELECT COUNT(*) FROM work_takedowns`),
		b.count(`SELECT COUNT(*) FROM audit_log`), b.count(`SELECT COALESCE(SUM(withdrawn), 0) FROM works`)}
}

func TestA33_AWithdrawnWorkLeavesATraceOnly(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "对张某的处罚决定", "2026-02-01", lawText), law("a2", "A", 2, "对张某的处罚决定", "2026-03-01", lawText+"\n再版"),
			law("b", "B", 1, "引用它的办法", "2026-04-01", "第一条 根据《对张某的处罚决定》制定。"))
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "decision", Reason: "原决定被撤销", On: workday.MustDate("2026-11-19")})
		_, err := b.lib.View(ctx, 1, document.At{})
		var w *document.Withdrawn
		if fault.KindOf(err) != fault.Gone || !errors.As(err, &w) {
			t.Fatalf("view: %v", err)
		}
		if w.Work != 1 || w.On != workday.MustDate("2026-11-19") || w.Reason != "原决定被撤销" || w.PublishedAt.IsZero() || w.Organ == nil {
			t.Errorf("%+v", w)
		}
		for name, err := range map[string]error{
			"edition": second(b.lib.View(ctx, 1, document.At{Edition: 1})),
			"on":      second(b.lib.View(ctx, 1, document.At{On: workday.MustDate("2026-02-10")})),
			"compare": second(b.lib.Compare(ctx, 1, 1, 2)),
			"file":    second(b.lib.FileText(ctx, 1, 1, 1)),
		} {
			if fault.KindOf(err) != fault.Gone {
				t.Errorf("%s: %v", name, err)
			}
		}
		if whole, err := b.lib.Whole(ctx, 1); whole != nil || err != nil {
			t.Errorf("whole: %v %v", whole, err)
		}
		if list, err := b.lib.List(ctx, document.Filter{}); err != nil || list.Total != 1 || list.Cards[0].Work != 2 {
			t.Errorf("list: %+v %v", list, err)
		}
		if list, err := b.lib.WorkIDs(ctx, 0, 10); err != nil || len(list) != 1 || list[0] != 2 {
			t.Errorf("site map: %v %v", list, err)
		}
		if v := b.view(2, ""); len(v.Relations) != 1 || v.Relations[0].Work != 0 {
			t.Errorf("links: %+v", v.Relations)
		}
		if cited, err := b.lib.FindCited(ctx, document.Citation{Title: "对张某的处罚决定"}); cited != nil || err != nil {
			t.Errorf("cited: %+v %v", cited, err)
		}
		seen := 0
		if err := b.lib.Labels(ctx, 0, 10, func(work int64, _ int, _ string) { seen += int(work) }); err != nil || seen != 2 {
			t.Errorf("labels: %d %v", seen, err)
		}
		if v, err := b.lib.View(ctx, 1, document.At{Staff: true}); err != nil || v.Edition == nil || !strings.Contains(v.Text, "再版") {
			t.Errorf("staff: %v", err)
		}
		b.verify()
	})
}

// The title itself may tell what must not be told.
func TestA33_TheGroundDecidesOnTheTitle(t *testing.T) {
	grounds := map[string]bool{"punishment": true, "decision": true, "mistake": true, "secret": false, "personal": false}
	each(t, func(b *bench) {
		work := int64(0)
		for ground, titled := range grounds {
			work++
			b.laws(law(ground, ground, 1, "对张某的处罚决定"+ground, "2026-02-01", lawText+ground))
			b.mustTakeDown(document.TakeDown{Work: work, Ground: ground, Reason: "不再公开"})
			_, err := b.lib.View(ctx, work, document.At{})
			var w *document.Withdrawn
			if !errors.As(err, &w) || (w.Title != "") != titled || strings.Contains(fault.Text(err), "张某") {
				t.Errorf("%s: %+v, text %q", ground, w, fault.Text(err))
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestA33_TheLogTellsTheDayAndNotTheReason(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2026-02-01", lawText))
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "personal", Reason: "含有李某的住址", On: workday.MustDate("2026-11-19")})
		b.mustTakeDown(document.TakeDown{Work: 1, Restore: true, Ground: "restore", Reason: "住址已经删去", On: workday.MustDate("2026-11-20")})
		rows, err := publication.Changes(ctx, b.db.Reader(), 1, 10)
		if err != nil || len(rows) != 2 {
			t.Fatalf("%v %v", rows, err)
		}
		reasons, err := b.lib.TakedownReasons(ctx, 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct {
			act        publication.Act
			on, reason string
		}{{publication.Withdraw, "2026-11-19", "含有李某的住址"}, {publication.Restore, "2026-11-20", "住址已经删去"}} {
			r := rows[i]
			if r.Act != want.act || r.Work != 1 || !strings.Contains(r.Entry, `"on":"`+want.on+`"`) || reasons[r.Seq] != want.reason {
				t.Errorf("row %+v, reason %q", r, reasons[r.Seq])
			}
			if strings.Contains(r.Entry, "住址") || strings.Contains(r.Entry, "personal") {
				t.Errorf("the log says %s", r.Entry)
			}
		}
		if !rows[0].Removes() || rows[1].Removes() {
			t.Error("removes")
		}
	})
}

func TestA33_RestoreBringsEverythingBack(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2026-02-01", lawText), law("a2", "A", 2, "示例办法", "2026-03-01", lawText+"\n再版"))
		before := b.view(1, "")
		card := b.lines()
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "mistake", Reason: "有误", On: workday.MustDate("2026-11-18")})
		if got := b.lines(); got == card {
			t.Fatal("the list did not change")
		}
		b.mustTakeDown(document.TakeDown{Work: 1, Restore: true, Ground: "restore", Reason: "更正了", On: workday.MustDate("2026-11-20")})
		after := b.view(1, "")
		if after.Text != before.Text || len(after.Editions) != 2 || after.Validity != before.Validity || b.lines() != card {
			t.Errorf("%+v", after)
		}
		if len(after.Takedowns) != 2 || after.Takedowns[0].Act != publication.Withdraw || after.Takedowns[1].On != workday.MustDate("2026-11-20") {
			t.Errorf("acts: %+v", after.Takedowns)
		}
		if _, err := b.lib.Compare(ctx, 1, 1, 2); err != nil {
			t.Error(err)
		}
		b.verify()
	})
}

// lines is the list as it stands, in one text.
func (b *bench) lines() string {
	b.t.Helper()
	list, err := b.lib.List(ctx, document.Filter{})
	if err != nil {
		b.t.Fatal(err)
	}
	var s strings.Builder
	for _, c := range list.Cards {
		s.WriteString(c.Title + c.Summary + string(c.Validity) + "\n")
	}
	return s.String()
}

func TestA33_WrongStateIsRefusedAndChangesNothing(t *testing.T) {
	down := func(work int64) document.TakeDown {
		return document.TakeDown{Work: work, Ground: "mistake", Reason: "有误"}
	}
	up := func(work int64) document.TakeDown {
		return document.TakeDown{Work: work, Restore: true, Ground: "restore", Reason: "改好了"}
	}
	but := func(change func(*document.TakeDown)) document.TakeDown {
		t := down(1)
		change(&t)
		return t
	}
	each(t, func(b *bench) {
		for i, same := range []string{"甲", "乙", "丙", "丁", "戊", "戊"} {
			b.laws(law(fmt.Sprint(i), fmt.Sprint(i), 1, "示例办法"+same, "2026-02-01", lawText+same))
		}
		b.mustTakeDown(down(2))
		b.expunge(3)
		b.mustTakeDown(down(4))
		b.expunge(4)
		b.merge(5, 6)
		was := b.state()
		for _, c := range []struct {
			name string
			act  document.TakeDown
			says string
		}{
			{"unknown", down(9), "没有公开编号为 9 的文件"},
			{"twice", down(2), "已经撤下"},
			{"restore what is public", up(1), "没有撤下"},
			{"expunged", down(3), "已依法清除"},
			{"restore expunged", up(4), "已依法清除"},
			{"merged", down(6), "并入第 5 号"},
			{"no reason", but(func(t *document.TakeDown) { t.Reason = " \n" }), "“理由”"},
			{"long reason", but(func(t *document.TakeDown) { t.Reason = strings.Repeat("长", 501) }), "“理由”"},
			{"NUL", but(func(t *document.TakeDown) { t.Reason = "有\x00误" }), "“理由”"},
			{"no ground", but(func(t *document.TakeDown) { t.Ground = "" }), "“情形”"},
			{"tomorrow", but(func(t *document.TakeDown) { t.On = workday.MustDate("2026-11-21") }), "“办理日期”"},
			{"unknown limited", down(-4), "没有这份限定范围公开的文件"},
		} {
			err := b.takeDown(c.act)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
			if now := b.state(); now != was {
				t.Fatalf("%s: %v, was %v", c.name, now, was)
			}
		}
		b.verify()
	})
}

func (b *bench) expunge(work int64) {
	b.t.Helper()
	if err := b.lib.Expunge(ctx, work, 0, "manager", "依法清除"); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) merge(keep, drop int64) {
	b.t.Helper()
	if _, err := b.lib.MergeWorks(ctx, document.Merge{Keep: keep, Drop: drop, Reason: "重复", Actor: "manager", Token: "token-merge"}); err != nil {
		b.t.Fatal(err)
	}
}

// A leaked secret is first taken down and then expunged: then neither its words
// nor the reason may stay.
func TestTakeDown_ThenExpunge(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "误发的名单", "2026-02-01", lawText))
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "secret", Reason: "名单不宜公开"})
		b.expunge(1)
		_, err := b.lib.View(ctx, 1, document.At{})
		if w := new(document.Withdrawn); fault.KindOf(err) != fault.Gone || errors.As(err, &w) || !strings.Contains(fault.Text(err), "清除") {
			t.Errorf("%v", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM work_takedowns WHERE reason <> ''`); n != 0 {
			t.Errorf("%d reasons are left", n)
		}
		b.verify()
	})
}

func TestTakeDown_WithAMerge(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2026-02-01", lawText), law("b", "B", 1, "示例办法", "2026-02-01", lawText))
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "mistake", Reason: "有误"})
		_, err := b.lib.MergeWorks(ctx, document.Merge{Keep: 1, Drop: 2, Reason: "重复", Actor: "manager", Token: "token-merge-1"})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "撤下") {
			t.Errorf("a withdrawn work was merged: %v", err)
		}
		b.mustTakeDown(document.TakeDown{Work: 1, Restore: true, Ground: "restore", Reason: "更正了"})
		b.merge(1, 2)
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "mistake", Reason: "又有误"})
		var moved *document.Moved
		if _, err := b.lib.View(ctx, 2, document.At{}); !errors.As(err, &moved) || moved.To != 1 {
			t.Errorf("the double: %v", err)
		}
		b.verify()
	})
}

func TestTakeDown_RolledBackLeavesNothing(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2026-02-01", lawText))
		was, stop := b.state(), errors.New("stop")
		err := b.db.Tx(ctx, func(tx *sql.Tx) error {
			if err := b.lib.TakeDown(ctx, tx, document.TakeDown{Work: 1, Ground: "mistake", Reason: "有误", Actor: "manager"}); err != nil {
				t.Error(err)
			}
			return stop
		})
		if !errors.Is(err, stop) || b.state() != was {
			t.Errorf("%v: %v, was %v", err, b.state(), was)
		}
		if v := b.view(1, ""); v.Edition == nil {
			t.Error("it is gone")
		}
		b.verify()
	})
}

// Every tampering with a withdrawal is named.
func TestVerify_NamesATamperedWithdrawal(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2026-02-01", lawText), law("b", "B", 1, "别的办法", "2026-02-01", lawText))
		b.mustTakeDown(document.TakeDown{Work: 1, Ground: "mistake", Reason: "有误", On: workday.MustDate("2026-11-20")})
		b.verify()
		for _, c := range []struct{ name, do, undo string }{
			{"put back by hand", `UPDATE works SET withdrawn = 0 WHERE public_id = 1`, `UPDATE works SET withdrawn = 1 WHERE public_id = 1`},
			{"withdrawn by hand", `UPDATE works SET withdrawn = 1 WHERE public_id = 2`, `UPDATE works SET withdrawn = 0 WHERE public_id = 2`},
			{"another reason", `UPDATE work_takedowns SET reason = '别的'`, `UPDATE work_takedowns SET reason = '有误'`},
			{"another day", `UPDATE work_takedowns SET on_day = '2026-01-01'`, `UPDATE work_takedowns SET on_day = '2026-11-20'`},
			{"no act", `DELETE FROM work_takedowns`, ``},
		} {
			b.changed(c.name, "takedowns", c.do, c.undo)
		}
	})
}

// changed does what nobody may do, expects a fault of a code, and undoes it.
func (b *bench) changed(name, code, do, undo string) {
	b.t.Helper()
	if _, err := b.db.Writer().ExecContext(ctx, do); err != nil {
		b.t.Fatal(err)
	}
	faults := b.faults()
	if !slices.ContainsFunc(faults, func(f publication.Fault) bool { return f.Code == code }) {
		b.t.Errorf("%s is not named: %+v", name, faults)
	}
	if undo == "" {
		return
	}
	if _, err := b.db.Writer().ExecContext(ctx, undo); err != nil {
		b.t.Fatal(err)
	}
	b.verify()
}
