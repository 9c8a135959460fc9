package request_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func TestA52_OneMatterARequestIsOffered(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []string
	}{
		{"one", "2025年全市义务教育学校布局规划", nil},
		{"one title", "《清河市停车管理办法》的修改说明，2024、2025年都要", nil},
		{"list", "请公开以下信息：\n1. 学校布局规划\n2. 午餐采购合同\n", []string{"请公开以下信息：学校布局规划", "请公开以下信息：午餐采购合同"}},
		{"list in a line", "一、学校布局规划；二、午餐采购合同", []string{"学校布局规划", "午餐采购合同"}},
		{"brackets", "（一）学校布局规划\n（二）午餐采购合同\n（三）招生计划", []string{"学校布局规划", "午餐采购合同", "招生计划"}},
		{"titles", "申请公开《甲办法》、《乙办法》；《丙细则》", []string{"申请公开《甲办法》", "申请公开《乙办法》", "申请公开《丙细则》"}},
		{"titles told apart", "《甲办法》第三条依据《乙办法》的理由", nil},
		{"an amount", "2025年预算3.5亿元的项目，1.5亿元的合同", nil},
		{"too short", "1、甲\n2、乙", nil},
	} {
		if got := request.Matters(c.content); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("甲乙丙《》、；。1234.（一）①\n ，：")), 0, 80, -1).Draw(t, "content")
		list := request.Matters(s)
		if len(list) == 1 || len(list) > 8 {
			t.Fatalf("%d matters", len(list))
		}
		for _, part := range list {
			if strings.TrimSpace(part) == "" {
				t.Fatal("an empty matter")
			}
		}
	})
}

// answer serves an answer to a request in given words.
func (d *desk) answer(content string, items ...request.Item) int64 {
	d.t.Helper()
	rc := d.submit(func(a *request.Application) { a.Content = content })
	d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
	if items[0].Outcome == request.NotHeld {
		d.must(rc.Case, "clerk", request.ActSearched, &request.SearchForm{SearchLine: request.SearchLine{Place: "档案室", Searcher: "王某", Words: content, On: workday.DateOf(d.now), Result: "none"}})
	}
	d.must(rc.Case, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: items}})
	d.must(rc.Case, "legality_reviewer", request.ActPass, &request.NoteForm{})
	d.must(rc.Case, "signer", request.ActSign, &request.NoteForm{})
	return rc.Case
}

func (d *desk) serve(id int64, how string) {
	d.t.Helper()
	d.must(id, "clerk", request.ActServe, &request.ServeForm{How: how, On: workday.DateOf(d.now), Proof: "EMS1234567890"})
}

func TestM23_23a_EarlierAnswersNameNobodyAndOnlyWhatWasGiven(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		d.serve(d.answer("学校布局规划", request.Item{What: "义务教育学校布局规划文本", Outcome: request.Grant, Content: "内容甲"}), "post")
		d.serve(d.answer("学校布局规划", request.Item{What: "义务教育学校布局规划图", Outcome: request.GrantPublic, Way: "网站规划栏目"}), "post")
		d.serve(d.answer("学校布局规划", request.Item{What: "义务教育学校布局规划讨论稿", Outcome: request.DenyProcess, Reason: "尚在讨论"}), "post")
		d.serve(d.answer("学校布局规划", request.Item{What: "我家附近义务教育学校布局规划", Outcome: request.Grant, Content: "内容乙"}), "post")
		d.serve(d.answer("学校布局规划", request.Item{What: "义务教育学校布局规划，电话13800000000", Outcome: request.Grant, Content: "内容丙"}), "post")
		d.answer("学校布局规划", request.Item{What: "义务教育学校布局规划草案", Outcome: request.Grant, Content: "还没有送达"})
		got, err := d.room.Similar(ctx, "2025年义务教育学校布局规划", 5)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range got {
			said = append(said, e.What+"|"+e.Outcome.Name()+"|"+e.Way)
		}
		if want := []string{"义务教育学校布局规划图|已主动公开|网站规划栏目", "义务教育学校布局规划文本|予以公开|"}; !slices.Equal(said, want) {
			t.Errorf("%q", said)
		}
		if got, err := d.room.Similar(ctx, "殡葬服务收费标准", 5); err != nil || got != nil {
			t.Errorf("%v %v", got, err)
		}
		went, err := d.room.WentTo(ctx, "义务教育学校布局规划")
		if err != nil || len(went) != 1 || went[0] != (request.Went{Organ: d.organ, Times: 6}) {
			t.Errorf("%v %v", went, err)
		}
	})
}

func TestM23_23a_FewRequestsPointAtNobody(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		for range 2 {
			d.submit(nil)
		}
		if went, err := d.room.WentTo(ctx, "2025年全市义务教育学校布局规划"); err != nil || went != nil {
			t.Errorf("%v %v", went, err)
		}
		d.submit(nil)
		d.now = d.now.Add(2 * time.Minute) // what is kept in memory is old now
		if went, err := d.room.WentTo(ctx, "2025年全市义务教育学校布局规划"); err != nil || len(went) != 1 || went[0].Times != 3 {
			t.Errorf("%v %v", went, err)
		}
	})
}

func TestZC21_15a_WhoNeedNotAskIsCountedWithoutAPerson(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		for _, work := range []int64{7, 7, 0} {
			if err := d.room.CountUnneeded(ctx, work); err != nil {
				t.Fatal(err)
			}
		}
		d.now = d.now.AddDate(0, 0, 1)
		if err := d.room.CountUnneeded(ctx, 7); err != nil {
			t.Fatal(err)
		}
		got, err := d.room.UnneededSince(ctx, workday.DateOf(d.now).AddDays(-1))
		if err != nil || got.Times != 4 || len(got.Works) != 2 || got.Works[0] != (request.UnneededWork{Work: 7, Times: 3}) {
			t.Errorf("%+v %v", got, err)
		}
		if got, err := d.room.UnneededSince(ctx, workday.DateOf(d.now)); err != nil || got.Times != 1 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func (d *desk) contest(id int64) *request.Contest {
	d.t.Helper()
	c, err := d.kernel.Case(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	data, err := d.kernel.Data(ctx, d.db.Reader(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	out, err := d.room.Contest(ctx, c, data.(*request.Request))
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func TestA90_A92_HowLongAnAnswerCanBeContested(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		denied := d.answer("讨论意见", request.Item{What: "讨论意见", Outcome: request.DenyProcess, Reason: "尚在讨论"})
		d.serve(denied, "counter")
		d.now = d.now.AddDate(0, 0, 10)
		got := d.contest(denied)
		// no direct suit. 60 days from 30 January end on 31 March.
		if len(got.Limits) != 1 || got.Limits[0].Rule != "A-90" || got.Limits[0].Sum.Due.Day.String() != "2026-03-31" || got.Limits[0].Left != 50 {
			t.Errorf("denied: %+v", got)
		}
		other := d.answer("规划", request.Item{What: "规划", Outcome: request.NotHeld, Search: "查了档案室"})
		d.serve(other, "post")
		if got := d.contest(other); !got.Unsigned || got.Limits != nil {
			t.Errorf("by post, unsigned: %+v", got)
		}
		d.serve(func() int64 {
			other = d.answer("规划", request.Item{What: "规划", Outcome: request.NotHeld, Search: "查了档案室"})
			return other
		}(), "counter")
		if got := d.contest(other); len(got.Limits) != 2 || got.Limits[1].Rule != "A-92" || got.Limits[1].Sum.Due.Day.String() != "2026-08-10" { // 9 August is a Sunday
			t.Errorf("free choice: %+v", got)
		}
	})
}

func TestA117_SilenceCanBeContested(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if got := d.contest(rc.Case); got.Silent || got.Limits != nil {
			t.Errorf("in time: %+v", got)
		}
		d.now = time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC) // due on 5 March
		got := d.contest(rc.Case)
		if !got.Silent || len(got.Limits) != 2 || got.Limits[0].Sum.Due.Day.String() != "2026-05-06" || got.Limits[1].Sum.Due.Day.String() != "2026-09-07" {
			t.Errorf("%+v", got)
		}
	})
}
