package release_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func (o *office) data(id int64) any {
	o.t.Helper()
	c, err := o.kernel.Case(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := o.kernel.Data(context.Background(), o.db.Reader(), c)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func (o *office) onlyTask(id int64) casework.OpenTask {
	o.t.Helper()
	list, err := o.kernel.Tasks(context.Background(), id)
	if err != nil || len(list) != 1 {
		o.t.Fatalf("%+v %v", list, err)
	}
	return list[0]
}

func TestA26_WhatIsWithheldComesUpWithinTwelveMonths(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.withhold() // on 20 November 2026
		last := workday.MustDate("2027-11-20")
		if w := o.data(id).(*release.WithheldText); w.ReviewOn != last || w.Ground != "DENY_PROCESS" {
			t.Fatalf("%+v", w)
		}
		if x := o.onlyTask(id); x.Name != "re_review" || workday.DateOf(x.DueAt.Add(-1)) != last {
			t.Errorf("%+v", x)
		}
		form := func(change func(*release.KeepForm)) *release.KeepForm {
			f := &release.KeepForm{Ground: "DENY_PROCESS", Reason: "仍在讨论", ReviewOn: last}
			change(f)
			return f
		}
		for name, c := range map[string]struct {
			field string
			f     *release.KeepForm
		}{
			"a day after":  {"下次复审日期", form(func(f *release.KeepForm) { f.ReviewOn = last.AddDays(1) })},
			"years after":  {"下次复审日期", form(func(f *release.KeepForm) { f.ReviewOn = last.AddDays(3000) })},
			"no day":       {"下次复审日期", form(func(f *release.KeepForm) { f.ReviewOn = workday.Date{} })},
			"today":        {"下次复审日期", form(func(f *release.KeepForm) { f.ReviewOn = workday.DateOf(o.now) })},
			"no ground":    {"法律依据", form(func(f *release.KeepForm) { f.Ground = "" })},
			"wrong ground": {"法律依据", form(func(f *release.KeepForm) { f.Ground = "DENY_WHIM" })},
			"no reason":    {"理由", form(func(f *release.KeepForm) { f.Reason = "  " })},
		} {
			if err := o.do(id, "disclosure_officer", release.ActKeep, c.f); fault.FieldOf(err) != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if w := o.data(id).(*release.WithheldText); w.Kept != 0 {
			t.Errorf("half kept: %+v", w)
		}
		if err := o.do(id, "clerk", release.ActKeep, form(func(*release.KeepForm) {})); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a clerk kept it: %v", err)
		}
		o.now = time.Date(2027, 11, 20, 1, 0, 0, 0, time.UTC)
		o.must(id, "disclosure_officer", release.ActKeep, form(func(f *release.KeepForm) { f.Ground, f.ReviewOn = "DENY_THIRD", workday.MustDate("2028-11-20") }))
		if w := o.data(id).(*release.WithheldText); w.Kept != 1 || w.Ground != "DENY_THIRD" || w.ReviewOn != workday.MustDate("2028-11-20") {
			t.Errorf("%+v", w)
		}
		if x := o.onlyTask(id); workday.DateOf(x.DueAt.Add(-1)) != workday.MustDate("2028-11-20") {
			t.Errorf("%+v", x)
		}
	})
}

func TestA26_ReopenedBeginsANewSlipWithEveryGate(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.withhold()
		if err := o.do(id, "disclosure_officer", release.ActReopen, &release.ReasonForm{}); fault.FieldOf(err) != "原因" {
			t.Errorf("%v", err)
		}
		o.must(id, "disclosure_officer", release.ActReopen, &release.ReasonForm{Reason: "已经定稿"})
		w := o.data(id).(*release.WithheldText)
		old, s := o.slip(w.Release), o.slip(w.NewSlip)
		if o.state(id) != release.Reopened || o.state(w.Release) != release.Kept || o.state(w.NewSlip) != release.Drafting {
			t.Fatalf("%s, %s, %s", o.state(id), o.state(w.Release), o.state(w.NewSlip))
		}
		if s.Case == old.Case || s.Paper.Text != old.Paper.Text || s.Attribute != release.Proactive || s.Drafter != "disclosure_officer" || len(s.Gates) != 0 || s.Checked != 0 || s.Ground != "" || s.FormedOn != workday.DateOf(o.now) {
			t.Errorf("%+v", s)
		}
		if b := o.button(w.NewSlip, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "重新检查") {
			t.Errorf("%+v", b)
		}
		if _, err := o.room.Recheck(context.Background(), w.NewSlip); err != nil {
			t.Fatal(err)
		}
		o.gates(w.NewSlip)
		if err := o.do(id, "disclosure_officer", release.ActReopen, &release.ReasonForm{Reason: "再来"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("reopened twice: %v", err)
		}
	})
}

// A33: three working days from the day the decision was voided; the National
// Day holiday of 2026 lies between and does not count.
func TestA33_AWithdrawalIsDueInThreeWorkingDays(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		o.now = time.Date(2026, 9, 29, 1, 0, 0, 0, time.UTC)
		n := release.NewTakedown{Organ: o.organ, Title: "处罚决定", Work: 9, Ground: "punishment", Reason: "法院撤销", Actor: o.people["disclosure_officer"]}
		for name, day := range map[string]workday.Date{"no day": {}, "a day to come": workday.MustDate("2026-09-30")} {
			n.EventOn = day
			if _, err := o.room.ProposeTakedown(ctx, n); fault.FieldOf(err) != "决定日期" {
				t.Errorf("%s: %v", name, err)
			}
		}
		n.EventOn = workday.MustDate("2026-09-29")
		c, err := o.room.ProposeTakedown(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		// 30 September is the first working day; 1 to 7 October are holidays.
		x := o.onlyTask(c.ID)
		if x.Rule != "A-33" || workday.DateOf(x.DueAt.Add(-1)) != workday.MustDate("2026-10-09") {
			t.Errorf("%s %s", x.Rule, x.DueAt)
		}
		if _, err := o.room.ProposeTakedown(ctx, n); fault.KindOf(err) != fault.Conflict {
			t.Errorf("proposed twice: %v", err)
		}
		if err := o.do(c.ID, "disclosure_officer", release.ActCarry, &release.OpinionForm{}); fault.KindOf(err) != fault.Forbidden || len(o.shelf.downs) != 0 {
			t.Errorf("carried out by who proposed it: %v", err)
		}
		o.must(c.ID, "head", release.ActCarry, &release.OpinionForm{Opinion: "同意"})
		if len(o.shelf.downs) != 1 || o.shelf.downs[0].Work != 9 || o.shelf.downs[0].Restore || o.shelf.downs[0].Reason != "法院撤销" || o.state(c.ID) != release.Carried {
			t.Errorf("%+v", o.shelf.downs)
		}
		n.Ground, n.Restore, n.EventOn = "restore", true, workday.Date{}
		if c, err = o.room.ProposeTakedown(ctx, n); err != nil {
			t.Fatal(err)
		}
		if x := o.onlyTask(c.ID); !x.DueAt.IsZero() {
			t.Errorf("%+v", x)
		}
		o.must(c.ID, "head", release.ActDecline, &release.ReasonForm{Reason: "证据不足"})
		if len(o.shelf.downs) != 1 || o.state(c.ID) != release.Declined {
			t.Errorf("%+v", o.shelf.downs)
		}
	})
}
