package org_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

var bg = context.Background()

// noon is the moment at which these tests happen.
var noon = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

var by = org.By{Author: "boss", Now: noon}

// house is a library with one organ.
type house struct {
	*testing.T
	db *store.DB
	r  *org.Registry
}

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	put(t, db, org.Seed{Code: "qh-jyj", Kind: "department", Phone: "0000-1234504", Names: []org.NamePeriod{{Name: "清河市教育局"}}})
	return &house{t, db, org.New(db)}
}

func (h *house) organ() *org.Organ {
	h.Helper()
	o, err := h.r.Organ(bg, "qh-jyj")
	if err != nil {
		h.Fatal(err)
	}
	return o
}

// do runs a change in a transaction.
func (h *house) do(fn func(tx *sql.Tx, o *org.Organ) error) error {
	h.Helper()
	o := h.organ()
	return h.db.Tx(bg, func(tx *sql.Tx) error { return fn(tx, o) })
}

func (h *house) must(fn func(tx *sql.Tx, o *org.Organ) error) {
	h.Helper()
	if err := h.do(fn); err != nil {
		h.Fatal(err)
	}
}

// inOffice are the names of those whom the page shows on a day.
func (h *house) inOffice(day string) string {
	h.Helper()
	list, err := h.r.Leaders(bg, h.organ().ID)
	if err != nil {
		h.Fatal(err)
	}
	var out []string
	for _, l := range list {
		if l.On(workday.MustDate(day)) {
			out = append(out, l.Name+l.Post)
		}
	}
	return strings.Join(out, " ")
}

func (h *house) leader(id int64) *org.Leader {
	h.Helper()
	l, err := h.r.Leader(bg, h.organ().ID, id)
	if err != nil {
		h.Fatal(err)
	}
	return l
}

func (h *house) add(name, post, from string) (id int64) {
	h.Helper()
	h.must(func(tx *sql.Tx, o *org.Organ) (err error) {
		d, _ := workday.ParseDate(from)
		id, err = org.AddLeader(bg, tx, o, org.LeaderFacts{Name: name, Post: post, From: d}, by)
		return err
	})
	return id
}

func TestQ24_1b_LeadersChangeAndKeepTheirHistory(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		a, b := h.add("澹台明溪", "局长", "2024-03-01"), h.add("端木知秋", "副局长", "")
		if got := h.inOffice("2026-11-20"); got != "澹台明溪局长 端木知秋副局长" {
			t.Fatal(got)
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			l, err := org.LockLeader(bg, tx, db.Dialect, o, b, h.stampIn(tx, o, b))
			if err != nil {
				return err
			}
			f := l.LeaderFacts
			f.Post, f.Duties = "副局长、一级调研员", "分管基础教育。"
			return org.ChangeLeader(bg, tx, o, l, f, org.By{Author: "boss", Now: noon, On: workday.MustDate("2026-11-10")})
		})
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.EndLeader(bg, tx, o, h.leaderIn(tx, o, a), workday.MustDate("2026-11-01"), by)
		})
		if got := h.inOffice("2026-11-20"); got != "端木知秋副局长、一级调研员" {
			t.Error(got)
		}
		if got := h.inOffice("2026-10-31"); got != "澹台明溪局长 端木知秋副局长、一级调研员" {
			t.Error(got)
		}
		history, err := h.r.History(bg, h.organ().ID, org.WhatLeader, b, 10)
		if err != nil || len(history) != 2 {
			t.Fatalf("%+v %v", history, err)
		}
		if c := history[0]; c.Deed != org.Changed || c.ChangedOn.String() != "2026-11-10" || c.PublishedOn.String() != "2026-11-20" || c.Author != "boss" ||
			!strings.Contains(c.Old, `"post":"副局长"`) || !strings.Contains(c.New, "分管基础教育") {
			t.Errorf("%+v", c)
		}
		rows, _, err := audit.List(bg, db.Reader(), audit.Filter{Target: "organ:qh-jyj"})
		if err != nil || len(rows) != 4 || !strings.Contains(rows[0].Detail, "结束任期：领导信息") {
			t.Errorf("%+v %v", rows, err)
		}
		for _, r := range rows {
			if strings.Contains(r.Detail, "澹台") || strings.Contains(r.Detail, "端木") {
				t.Errorf("the audit log names a person: %s", r.Detail)
			}
		}
	})
}

// leaderIn reads a leader inside a transaction, which on SQLite sees no other.
func (h *house) leaderIn(tx *sql.Tx, o *org.Organ, id int64) *org.Leader {
	h.Helper()
	l, err := org.LockLeader(bg, tx, h.db.Dialect, o, id, h.stampIn(tx, o, id))
	if err != nil {
		h.Fatal(err)
	}
	return l
}

func (h *house) stampIn(tx *sql.Tx, o *org.Organ, id int64) (stamp int64) {
	h.Helper()
	err := tx.QueryRowContext(bg, `SELECT MAX(id) FROM organ_changes WHERE organ_id = $1 AND what = 'leader' AND subject = $2 AND act <> 'order'`, o.ID, id).Scan(&stamp)
	if err != nil {
		h.Fatal(err)
	}
	return stamp
}

func TestLeaders_UndoTakesOneChangeBackAndTwiceDoesItAgain(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		id := h.add("澹台明溪", "局长", "")
		undo := func() error {
			return h.do(func(tx *sql.Tx, o *org.Organ) error {
				return org.Undo(bg, tx, o, org.WhatLeader, id, h.stampIn(tx, o, id), by)
			})
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.EndLeader(bg, tx, o, h.leaderIn(tx, o, id), workday.MustDate("2026-11-20"), by)
		})
		if err := undo(); err != nil || h.inOffice("2026-11-20") != "澹台明溪局长" {
			t.Fatal(err, h.inOffice("2026-11-20"))
		}
		if err := undo(); err != nil || h.inOffice("2026-11-20") != "" {
			t.Fatal(err, h.inOffice("2026-11-20"))
		}
		fresh := h.add("端木知秋", "副局长", "")
		stale := h.leader(fresh).Stamp
		h.must(func(tx *sql.Tx, o *org.Organ) error { return org.RemoveLeader(bg, tx, o, h.leaderIn(tx, o, fresh), by) })
		if !h.leader(fresh).Gone {
			t.Error("still there")
		}
		if err := h.do(func(tx *sql.Tx, o *org.Organ) error { return org.Undo(bg, tx, o, org.WhatLeader, fresh, stale, by) }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale undo: %v", err)
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.Undo(bg, tx, o, org.WhatLeader, fresh, h.stampIn(tx, o, fresh), by)
		})
		if h.inOffice("2026-11-20") != "端木知秋副局长" {
			t.Error("an entry does not come back")
		}
		if err := h.do(func(tx *sql.Tx, o *org.Organ) error { return org.Undo(bg, tx, o, org.WhatFacts, 0, 0, by) }); fault.KindOf(err) != fault.Invalid {
			t.Errorf("nothing to undo: %v", err)
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			f := o.Facts()
			f.Website, f.Fax = "https://jyj.example.cn/", "0000-1234599"
			return org.SetFacts(bg, tx, o, f, by)
		})
		if o := h.organ(); o.Website != "https://jyj.example.cn/" || o.Fax != "0000-1234599" || o.Phone != "0000-1234504" {
			t.Errorf("%+v", o)
		}
		last, err := h.r.History(bg, h.organ().ID, org.WhatFacts, 0, 1)
		if err != nil || len(last) != 1 {
			t.Fatal(err)
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error { return org.Undo(bg, tx, o, org.WhatFacts, 0, last[0].ID, by) })
		if o := h.organ(); o.Website != "" || o.Phone != "0000-1234504" {
			t.Errorf("%+v", o)
		}
	})
}

func TestLeaders_Refusals(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		id := h.add("澹台明溪", "局长", "2024-01-01")
		for name, c := range map[string]struct {
			change func(f *org.LeaderFacts)
			on     string
			field  string
		}{
			"no name":         {func(f *org.LeaderFacts) { f.Name = " " }, "", "姓名"},
			"no post":         {func(f *org.LeaderFacts) { f.Post = "" }, "", "职务"},
			"long duties":     {func(f *org.LeaderFacts) { f.Duties = strings.Repeat("长", 1001) }, "", "分工"},
			"long cv":         {func(f *org.LeaderFacts) { f.CV = strings.Repeat("长", 4001) }, "", "简历"},
			"ends first":      {func(f *org.LeaderFacts) { f.To = workday.MustDate("2023-01-01") }, "", "离任日期"},
			"in the future":   {func(f *org.LeaderFacts) { f.Duties = "x" }, "2026-11-21", org.FieldChangedOn},
			"nothing differs": {func(f *org.LeaderFacts) {}, "", ""},
		} {
			err := h.do(func(tx *sql.Tx, o *org.Organ) error {
				l := h.leaderIn(tx, o, id)
				f, on := l.LeaderFacts, workday.Date{}
				c.change(&f)
				if c.on != "" {
					on = workday.MustDate(c.on)
				}
				return org.ChangeLeader(bg, tx, o, l, f, org.By{Author: "boss", Now: noon, On: on})
			})
			if fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != c.field {
				t.Errorf("%s: %v, field %q", name, err, fault.FieldOf(err))
			}
		}
		if list, err := h.r.History(bg, h.organ().ID, org.WhatLeader, id, 10); err != nil || len(list) != 1 {
			t.Errorf("a refusal left a row: %+v %v", list, err)
		}
		if err := h.do(func(tx *sql.Tx, o *org.Organ) error {
			f := o.Facts()
			f.Website = "javascript:alert(1)"
			return org.SetFacts(bg, tx, o, f, by)
		}); fault.FieldOf(err) != "网址" {
			t.Errorf("website: %v", err)
		}
	})
}

func TestOrder_PassesOverThoseWhoLeft(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		a, b, c := h.add("甲", "局长", ""), h.add("乙", "副局长", ""), h.add("丙", "副局长", "")
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.EndLeader(bg, tx, o, h.leaderIn(tx, o, b), workday.MustDate("2026-11-01"), by)
		})
		h.must(func(tx *sql.Tx, o *org.Organ) error { return org.OrderLeader(bg, tx, db.Dialect, o, a, false, by) })
		if got := h.inOffice("2026-11-20"); got != "丙副局长 甲局长" {
			t.Error(got)
		}
		if err := h.do(func(tx *sql.Tx, o *org.Organ) error { return org.OrderLeader(bg, tx, db.Dialect, o, c, true, by) }); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}

func TestQ24_1c_UnitsInTwoKinds(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var ids []int64
		for _, f := range []org.UnitFacts{{Kind: org.InnerUnit, Name: "办公室", Phone: "0000-1"}, {Kind: org.BelowUnit, Name: "教育考试院"}, {Kind: org.InnerUnit, Name: "基础教育科", Duties: "义务教育"}} {
			h.must(func(tx *sql.Tx, o *org.Organ) error {
				id, err := org.AddUnit(bg, tx, o, f, by)
				ids = append(ids, id)
				return err
			})
		}
		shown := func() string {
			list, err := h.r.Units(bg, h.organ().ID)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, u := range list {
				if !u.Gone {
					out = append(out, u.Name)
				}
			}
			return strings.Join(out, " ")
		}
		move := func(id int64, up bool) error {
			return h.do(func(tx *sql.Tx, o *org.Organ) error { return org.OrderUnit(bg, tx, db.Dialect, o, id, up, by) })
		}
		if err := move(ids[2], true); err != nil || shown() != "基础教育科 教育考试院 办公室" {
			t.Errorf("%v %s", err, shown())
		}
		for _, c := range []struct {
			id   int64
			up   bool
			kind fault.Kind
		}{{ids[2], true, fault.Invalid}, {ids[0], false, fault.Invalid}, {ids[1], true, fault.Invalid}, {999, true, fault.NotFound}} {
			if err := move(c.id, c.up); fault.KindOf(err) != c.kind {
				t.Errorf("%d up %v: %v", c.id, c.up, err)
			}
		}
		if err := h.do(func(tx *sql.Tx, o *org.Organ) error {
			_, err := org.AddUnit(bg, tx, o, org.UnitFacts{Kind: org.InnerUnit, Name: "办公室"}, by)
			return err
		}); fault.FieldOf(err) != "名称" {
			t.Errorf("doubled: %v", err)
		}
		if err := h.do(func(tx *sql.Tx, o *org.Organ) error {
			_, err := org.AddUnit(bg, tx, o, org.UnitFacts{Kind: "x", Name: "甲科"}, by)
			return err
		}); fault.FieldOf(err) != "类别" {
			t.Errorf("kind: %v", err)
		}
		u, err := h.r.Unit(bg, h.organ().ID, ids[0])
		if err != nil {
			t.Fatal(err)
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error { return org.RemoveUnit(bg, tx, o, u, by) })
		if shown() != "基础教育科 教育考试院" {
			t.Error(shown())
		}
	})
}

func TestQ24_1b_ChangesSinceTellsOrganWhatAndDay(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.add("澹台明溪", "局长", "")
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.Rename(bg, tx, o, "清河市教育和体育局", "", workday.MustDate("2026-11-05"), by)
		})
		all, err := h.r.ChangesSince(bg, workday.MustDate("2026-11-01"), 0, 0)
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v %v", all, err)
		}
		if c := all[1]; c.Organ.Code != "qh-jyj" || c.What != org.WhatName || c.ChangedOn.String() != "2026-11-05" || c.PublishedOn.String() != "2026-11-20" {
			t.Errorf("%+v", c)
		}
		if next, err := h.r.ChangesSince(bg, workday.Date{}, all[0].ID, 1); err != nil || len(next) != 1 || next[0].ID != all[1].ID {
			t.Errorf("%+v %v", next, err)
		}
		if none, err := h.r.ChangesSince(bg, workday.MustDate("2026-11-21"), 0, 10); err != nil || len(none) != 0 {
			t.Errorf("%+v %v", none, err)
		}
	})
}
