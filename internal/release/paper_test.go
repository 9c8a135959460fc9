package release_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func officeForm() release.PaperForm {
	return release.PaperForm{How: release.SignedOffice, Number: "OA-2026-77", Signer: "李副市长", Reviewer: "王科长", On: workday.MustDate("2026-11-19")}
}

func (o *office) file(id int64, role string) error {
	_, err := o.room.AddFile(context.Background(), o.people["clerk"], id, release.File{Role: role, Name: role + ".pdf", SHA256: strings.Repeat("ab", 32), Size: 7, MIME: "application/pdf"})
	return err
}

func TestPaper_EveryRefusalNamesItsField(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.appoint("helper", o.organ, access.Clerk)
		plain := o.begin(nil)
		o.must(plain, "helper", release.ActSave, &release.SaveForm{Keep: true})
		norm := o.begin(normative)
		bare := o.begin(func(n *release.NewSlip) { normative(n); n.Paper.RegistrationNo, n.Traits.Discussion = "", "" })
		unsaid := o.begin(func(n *release.NewSlip) { normative(n); n.Traits.Discussion = "" })
		for _, c := range []struct {
			name, field string
			id          int64
			change      func(f *release.PaperForm)
		}{
			{"how", "审签方式", plain, func(f *release.PaperForm) { f.How = "phone" }},
			{"signer", "签发人", plain, func(f *release.PaperForm) { f.Signer = " " }},
			{"reviewer", "保密审查人", plain, func(f *release.PaperForm) { f.Reviewer = "" }},
			{"one person for both", "保密审查人", plain, func(f *release.PaperForm) { f.Reviewer = " 李副市长 " }},
			{"signed by the drafter", "签发人", plain, func(f *release.PaperForm) { f.Signer = access.Clerk.Chinese() }},
			{"reviewed by who changed it", "保密审查人", plain, func(f *release.PaperForm) { f.Reviewer = "姓名helper" }},
			{"no day", "签发日期", plain, func(f *release.PaperForm) { f.On = workday.Date{} }},
			{"day to come", "签发日期", plain, func(f *release.PaperForm) { f.On = workday.MustDate("2026-11-21") }},
			{"no number", "办公系统流水号", plain, func(f *release.PaperForm) { f.Number = "" }},
			{"no scan", "审签单扫描件", plain, func(f *release.PaperForm) { f.How = release.SignedPaper }},
			{"time past", "发布时间", plain, func(f *release.PaperForm) { f.At = o.now.Add(-time.Hour) }},
			{"no legality opinion", "合法性审核意见书", norm, func(*release.PaperForm) {}},
			{"no uniform number", "统一编号", bare, func(f *release.PaperForm) { f.Legality = "清法审〔2026〕3号" }},
			{"no discussion", "集体讨论", unsaid, func(f *release.PaperForm) { f.Legality = "清法审〔2026〕3号" }},
		} {
			f := officeForm()
			c.change(&f)
			err := o.do(c.id, "clerk", release.ActPaper, &f)
			if fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != c.field || !strings.HasPrefix(fault.Text(err), "“"+c.field+"”：") {
				t.Errorf("%s: %v", c.name, err)
			}
			if s := o.slip(c.id); o.state(c.id) != release.Drafting || len(s.Gates) != 0 || s.SignedBy != "" {
				t.Errorf("%s: half saved: %+v", c.name, s)
			}
		}
		f := officeForm()
		if err := o.do(plain, "signer", release.ActPaper, &f); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("registered by somebody who does not draft: %v", err)
		}
		if err := o.file(plain, release.Scan); err != nil {
			t.Fatal(err)
		}
		f.How, f.Number = release.SignedPaper, ""
		o.must(plain, "clerk", release.ActPaper, &f)
		s := o.slip(plain)
		for _, n := range release.FiveGates {
			g, ok := s.Gate(n)
			if want := map[bool]string{true: "王科长", false: "李副市长"}[n == release.Secrecy]; !ok || g.State != release.Passed || !g.Offline || g.Reviewer != want || g.Login != "clerk" {
				t.Errorf("%s: %+v", n, g)
			}
		}
		if s.SignedBy != "李副市长" || s.SignedHow != release.SignedPaper {
			t.Errorf("%+v", s)
		}
		f = officeForm()
		f.Legality = "清法审〔2026〕3号"
		o.must(norm, "clerk", release.ActPaper, &f)
		if g, _ := o.slip(norm).Gate(release.Legality); g.Outcome != release.Lawful || !strings.Contains(g.Opinion, f.Legality) {
			t.Errorf("%+v", g)
		}
		o.now = o.now.Add(5 * time.Minute)
		if o.sweep() != 2 || o.state(plain) != release.Published || o.state(norm) != release.Published {
			t.Error("not out")
		}
	})
}

func TestPaper_TakenBackGoesToTheDrafterAndThroughTheGates(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		f := officeForm()
		o.must(id, "clerk", release.ActPaper, &f)
		o.must(id, "signer", release.ActUnsign, &release.ReasonForm{})
		if s := o.state(id); s != release.Drafting {
			t.Fatalf("%s: no gate of ours stands behind it", s)
		}
		o.gates(id)
		if g, _ := o.slip(id).Gate(release.Secrecy); g.Offline || g.Round != 2 {
			t.Errorf("%+v", g)
		}
	})
}

// 涉密不上网: a slip in doubt holds no text, whoever sends one, and no file but
// the scan of its slip.
func TestA22_ASlipInDoubtNeverHoldsText(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(func(n *release.NewSlip) {
			n.Traits.SecretDoubt = true
			*n.Decision = release.Decision{Attribute: release.Withheld, Ground: "DENY_SECRET", Reason: "拿不准", FormedOn: workday.MustDate("2026-11-18")}
		})
		p := paper()
		p.Title = "一份文稿"
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &p})
		s := o.slip(id)
		if s.Paper.Text != "" || s.Paper.Title != "一份文稿" {
			t.Errorf("%+v", s.Paper)
		}
		list, err := o.room.Versions(context.Background(), id)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d versions, %v", len(list), err)
		}
		for _, v := range list {
			if v.Paper.Text != "" {
				t.Errorf("version %d holds text", v.No)
			}
		}
		for _, role := range []string{release.Attachment, release.Original, release.Material} {
			if err := o.file(id, role); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "不录入正文") {
				t.Errorf("%s: %v", role, err)
			}
		}
		if err := o.file(id, release.Scan); err != nil {
			t.Error(err)
		}
		o.gates(id)
		o.must(id, "disclosure_officer", release.ActPassUnit, &release.OpinionForm{Opinion: "不公开"})
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(5 * time.Minute)
		if o.sweep() != 1 || o.state(id) != release.Kept || len(o.shelf.orders) != 0 {
			t.Errorf("%s, %d orders", o.state(id), len(o.shelf.orders))
		}
	})
}

func TestA22_WhatHeldTextCannotBecomeASlipWithoutText(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		doubt := func() *release.SaveForm { return &release.SaveForm{Traits: &release.Traits{SecretDoubt: true}} }
		emptied := o.begin(nil)
		p := paper()
		p.Text = ""
		o.must(emptied, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &p})
		blank := func(n *release.NewSlip) { n.Paper.Text = "" }
		hung, dropped := o.begin(blank), o.begin(blank)
		for _, id := range []int64{hung, dropped} {
			if err := o.file(id, release.Attachment); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.room.DropFile(context.Background(), o.people["clerk"], dropped, o.slip(dropped).Files[0].ID); err != nil {
			t.Fatal(err)
		}
		for name, id := range map[string]int64{"text now": o.begin(nil), "text in an older version": emptied, "a file": hung, "a file that was dropped": dropped} {
			if err := o.do(id, "clerk", release.ActSave, doubt()); fault.KindOf(err) != fault.Invalid || o.slip(id).Traits.SecretDoubt {
				t.Errorf("%s: %v", name, err)
			}
		}
		clean := o.begin(blank)
		o.must(clean, "clerk", release.ActSave, doubt())
	})
}

func TestA22_ASlipWithoutTextIsNeverSignedForThePublic(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(func(n *release.NewSlip) { n.Traits.SecretDoubt = true })
		f := officeForm()
		if err := o.do(id, "clerk", release.ActPaper, &f); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "没有正文") {
			t.Errorf("on paper: %v", err)
		}
		o.gates(id)
		if err := o.do(id, "signer", release.ActSign, &release.SignForm{}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "没有正文") {
			t.Errorf("here: %v", err)
		}
		o.must(id, "signer", release.ActReturn, &release.ReasonForm{Reason: "确认不涉密"})
		p := paper()
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &p, Traits: &release.Traits{}})
		if s := o.slip(id); s.Paper.Text != p.Text {
			t.Fatalf("the text that came with the clearing was lost: %q", s.Paper.Text)
		}
	})
}
