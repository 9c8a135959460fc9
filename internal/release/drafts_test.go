package release_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// Two drafts of one edition, both signed, both due at the same look: the second
// would wipe out the first, so it goes back to its drafter.
func TestEdition_OfTwoDraftsOfOneEditionTheSecondGoesBack(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		var ids []int64
		for i := range 2 {
			id := o.begin(func(n *release.NewSlip) { n.BaseWork = 7; n.Paper.Text += fmt.Sprintf("\n第 %d 稿", i) })
			o.gates(id)
			o.must(id, "signer", release.ActSign, &release.SignForm{})
			ids = append(ids, id)
		}
		o.now = o.now.Add(5 * time.Minute)
		if n := o.sweep(); n != 1 || len(o.shelf.orders) != 1 {
			t.Fatalf("%d went out, the library got %d", n, len(o.shelf.orders))
		}
		if s := o.slip(ids[0]); o.state(ids[0]) != release.Published || s.Work != 7 || s.Label != 2 {
			t.Errorf("%+v", s)
		}
		s := o.slip(ids[1])
		if o.state(ids[1]) != release.Drafting || !strings.Contains(s.Failed, "从第 1 版改的，现在已经有第 2 版") || s.SignedBy != "" {
			t.Fatalf("%s: %q, signed by %q", o.state(ids[1]), s.Failed, s.SignedBy)
		}
		if o.notices(ids[1], "failed", 0) != 2 {
			t.Error("drafter and signer are not told")
		}
		if err := o.do(ids[1], "clerk", release.ActSubmit, nil); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "合并") {
			t.Errorf("submitted over the newer edition: %v", err)
		}
	})
}

func TestFail_WhatTheLibraryRefusesGoesBackAndIsTriedAgain(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.toSigning()
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now, o.shelf.refuse = o.now.Add(5*time.Minute), "这个文件已经公开，是第 3 号文件的第 1 版。"
		if o.sweep() != 0 || o.state(id) != release.Drafting || o.slip(id).Failed != o.shelf.refuse || o.slip(id).Work != 0 {
			t.Fatalf("%s: %+v", o.state(id), o.slip(id))
		}
		line, err := o.kernel.Timeline(context.Background(), id)
		if last := line[len(line)-1]; err != nil || last.Action != release.ActFail || last.Actor != "system" || !strings.Contains(string(last.Data), "已经公开") {
			t.Errorf("%+v %v", last, err)
		}
		if o.notices(id, "failed", 0) != 2 {
			t.Error("drafter and signer are not told")
		}
		if o.sweep() != 0 {
			t.Error("tried again by itself")
		}
		o.shelf.refuse = ""
		p := paper()
		p.Text += "\n补充说明。"
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &p})
		if _, err := o.room.Recheck(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		o.gates(id)
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(5 * time.Minute)
		if o.sweep() != 1 || o.state(id) != release.Published || o.slip(id).Failed != "" {
			t.Errorf("%s: %+v", o.state(id), o.slip(id))
		}
	})
}

func TestReviewer_WhoLeavesHoldingASlipIsReplaced(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		o.appoint("reviewer2", o.organ, access.Reviewer)
		id := o.begin(nil)
		o.must(id, "clerk", release.ActSubmit, nil)
		if _, err := o.kernel.Take(ctx, casework.HandOver{Case: id, Task: "review", Actor: o.people["reviewer"]}); err != nil {
			t.Fatal(err)
		}
		if err := o.do(id, "reviewer2", release.ActPassReview, &release.OpinionForm{}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "交给别人") {
			t.Fatalf("%v", err)
		}
		if _, err := db.Writer().ExecContext(ctx, `UPDATE people SET disabled_at = 1 WHERE login = 'reviewer'`); err != nil {
			t.Fatal(err)
		}
		h := casework.HandOver{Case: id, Task: "review", To: "reviewer", Reason: "调离", Actor: o.people["head"]}
		if _, err := o.kernel.HandOver(ctx, h); fault.FieldOf(err) != "接办人" {
			t.Errorf("handed to who has left: %v", err)
		}
		h.To = "reviewer2"
		if _, err := o.kernel.HandOver(ctx, h); err != nil {
			t.Fatal(err)
		}
		o.must(id, "reviewer2", release.ActPassReview, &release.OpinionForm{})
	})
}

func TestSave_OfTwoPeopleKeepsBothTexts(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.appoint("clerk2", o.organ, access.Clerk)
		id := o.begin(nil)
		mine, theirs := paper(), paper()
		mine.Text, theirs.Text = "甲写的。", "乙写的。"
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &mine})
		err := o.do(id, "clerk2", release.ActSave, &release.SaveForm{Version: 1, Paper: &theirs})
		var stale *release.Stale
		if fault.KindOf(err) != fault.Conflict || !errors.As(err, &stale) || stale.Now.Text != mine.Text || theirs.Text != "乙写的。" {
			t.Fatalf("%v, %+v", err, stale)
		}
		if s := o.slip(id); s.Paper.Text != mine.Text || s.Version != 2 {
			t.Fatalf("%+v", s.Paper)
		}
		same := mine // the same words from an older page are no quarrel
		o.must(id, "clerk2", release.ActSave, &release.SaveForm{Version: 1, Paper: &same})
		o.must(id, "clerk2", release.ActSave, &release.SaveForm{Version: 2, Paper: &theirs})
		list, err := o.room.Versions(context.Background(), id)
		if err != nil || len(list) != 3 || list[0].Paper.Text != theirs.Text || list[1].Paper.Text != mine.Text || list[0].Actor != "clerk2" {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestA24_AnswersStayWhileTheWordsStand(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		o.eyes.found = []release.Finding{{Rule: "word", Level: "confirm", Place: "正文", Words: "按时供暖"}, {Rule: "word", Level: "confirm", Place: "正文", Words: "各单位"}}
		id := o.begin(nil)
		find := func(words string) *release.Finding {
			s := o.slip(id)
			if i := slices.IndexFunc(s.Findings, func(f release.Finding) bool { return f.Words == words }); i >= 0 {
				return &s.Findings[i]
			}
			return nil
		}
		o.must(id, "clerk", release.ActAnswer, &release.FindingForm{Mark: find("按时供暖").Mark, State: release.Dismissed, Reason: "文件用语"})
		save := func(version int, text string) {
			p := paper()
			p.Text = text
			o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: version, Paper: &p})
			if _, err := o.room.Recheck(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		save(1, paper().Text+"\n新的一段。")
		if f := find("按时供暖"); f == nil || f.State != release.Dismissed || f.Said != "文件用语" || f.Login != "clerk" {
			t.Errorf("a new version forgot the answer: %+v", f)
		}
		if f := find("各单位"); f == nil || f.State != release.Open {
			t.Errorf("%+v", f)
		}
		save(2, "没有那些话了。")
		if find("按时供暖") != nil || find("各单位") != nil {
			t.Error("findings of words that are gone")
		}
		save(3, paper().Text)
		if f := find("按时供暖"); f == nil || f.State != release.Dismissed {
			t.Errorf("the words are back, the answer is not: %+v", f)
		}
	})
}

// What comes while the checks look has not been seen by them.
func TestA24_WhatComesWhileTheChecksLookIsNotChecked(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		for name, happens := range map[string]func(id int64){
			"a file": func(id int64) {
				if err := o.file(id, release.Attachment); err != nil {
					t.Error(err)
				}
			},
			"words": func(id int64) {
				p := paper()
				p.Text = "换了一稿。"
				o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &p})
			},
		} {
			id := o.begin(nil)
			o.eyes.meanwhile = func() { o.eyes.meanwhile = nil; happens(id) }
			if _, err := o.room.Recheck(context.Background(), id); err != nil {
				t.Fatal(err)
			}
			if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "重新检查") {
				t.Errorf("%s: %+v", name, b)
			}
			if _, err := o.room.Recheck(context.Background(), id); err != nil {
				t.Fatal(err)
			}
			if b := o.button(id, "clerk", release.ActSubmit); b == nil || b.Reason != "" {
				t.Errorf("%s, looked again: %+v", name, b)
			}
		}
	})
}

// Whoever hung an attachment on a draft has drafted it; a scan proves only.
func TestA21_WhoAttachesHasDrafted(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		for role, barred := range map[string]bool{release.Attachment: true, release.Original: true, release.Scan: false, release.Material: false} {
			id := o.begin(nil)
			f := release.File{Role: role, Name: "x.pdf", SHA256: strings.Repeat("cd", 32), Size: 7, MIME: "application/pdf"}
			if _, err := o.room.AddFile(ctx, o.people["disclosure_officer"], id, f); err != nil {
				t.Fatal(err)
			}
			if _, err := o.room.Recheck(ctx, id); err != nil {
				t.Fatal(err)
			}
			o.must(id, "clerk", release.ActSubmit, nil)
			err := o.do(id, "disclosure_officer", release.ActPassReview, &release.OpinionForm{})
			if barred != (fault.KindOf(err) == fault.Forbidden && err != nil) {
				t.Errorf("%s: %v", role, err)
			}
		}
	})
}

func TestRule_DismissedTooOftenLowersItself(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		rules := []string{"word", "almost", "few", "PII.phone"}
		set := func(level string, which ...string) {
			o.eyes.found = nil
			for _, r := range which {
				o.eyes.found = append(o.eyes.found, release.Finding{Rule: r, Level: level, Place: "正文", Words: "按时供暖"})
			}
		}
		set("confirm", rules...)
		for i := range 20 {
			id := o.begin(nil)
			for _, f := range o.slip(id).Findings {
				// word: 16 of 20 dismissed; almost: 15 of 20; few: 19 of 19.
				if f.Rule == "word" && i < 16 || f.Rule == "almost" && i < 15 || f.Rule == "few" && i < 19 || f.Rule == "PII.phone" {
					o.must(id, "clerk", release.ActAnswer, &release.FindingForm{Mark: f.Mark, State: release.Dismissed, Reason: "误报"})
				}
			}
			if i == 19 {
				set("confirm", "few") // of the others, what is left over is gone, so accepted
			}
			gone := paper()
			gone.Text = "改过了。"
			o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &gone})
			if i < 19 {
				if _, err := o.room.Recheck(ctx, id); err != nil {
					t.Fatal(err)
				}
				continue
			}
			o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 2, Paper: ptr(paper())})
			if _, err := o.room.Recheck(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		list, err := o.room.RuleRecords(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]release.RuleRecord{"word": {"word", 20, 4, 16, true}, "almost": {"almost", 20, 5, 15, false}, "few": {"few", 20, 0, 19, false}, "PII.phone": {"PII.phone", 20, 0, 20, false}}
		for _, r := range list {
			if r != want[r.Rule] {
				t.Errorf("%+v, want %+v", r, want[r.Rule])
			}
		}
		set("block", rules...)
		id := o.begin(nil)
		for _, f := range o.slip(id).Findings {
			if want := map[bool]string{true: "confirm", false: "block"}[f.Rule == "word"]; f.Level != want {
				t.Errorf("%s speaks at level %s, want %s", f.Rule, f.Level, want)
			}
		}
		o.now = o.now.Add(91 * 24 * time.Hour)
		if list, err = o.room.RuleRecords(ctx); err != nil || len(list) != 0 {
			t.Errorf("records of more than 90 days ago: %+v %v", list, err)
		}
	})
}

func ptr[T any](v T) *T { return &v }
