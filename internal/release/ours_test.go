package release_test

import (
	"context"
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
	"gongkai/internal/workday"
)

// A department's draft for its government: the department drafts and looks it
// over, the government's lawyers review it, the government signs or sends it
// back, and the work is the government's.
func TestA13_TheGovernmentSignsAndOwnsADraftMadeForIt(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.appoint("mayor", o.above, access.Signer)
		o.appoint("counsel", o.above, access.LegalityReviewer)
		o.appoint("guard", o.above, access.SecrecyReviewer)
		id := o.begin(func(n *release.NewSlip) {
			normative(n)
			n.Decision.For, n.Decision.Reason = o.above, "涉及公众利益"
		})
		pass := func() {
			t.Helper()
			o.gates(id)
			o.must(id, "guard", release.ActPassOwn, &release.OpinionForm{Opinion: "不涉密"})
			form := &release.OpinionForm{Outcome: release.Lawful, Opinion: "合法"}
			if err := o.do(id, "legality_reviewer", release.ActPassLegality, form); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("F-25: the drafting department reviewed the government's document: %v", err)
			}
			o.must(id, "counsel", release.ActPassLegality, form)
			if err := o.do(id, "signer", release.ActSign, &release.SignForm{}); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("the department signed for the government: %v", err)
			}
		}
		pass()
		if o.notices(id, "to_sign", 0) != 1 {
			t.Error("the government's signer is not told")
		}
		o.must(id, "mayor", release.ActReturn, &release.ReasonForm{Reason: "理由不充分"}) // 退文
		if o.state(id) != release.Drafting {
			t.Fatalf("sent back, the slip is %s", o.state(id))
		}
		pass()
		o.must(id, "mayor", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(5 * time.Minute)
		if o.sweep() != 1 || o.shelf.orders[0].Organ != o.above {
			t.Fatalf("%+v", o.shelf.orders)
		}
	})
}

// Who publishes reviews: what a department drafts for its government is looked
// at by the department first and by the government itself before it signs.
func TestA21_TheGovernmentReviewsWhatIsDraftedForIt(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.appoint("mayor", o.above, access.Signer)
		o.appoint("guard", o.above, access.SecrecyReviewer)
		o.appoint("guard2", o.above, access.SecrecyReviewer)
		begin := func() int64 {
			return o.begin(func(n *release.NewSlip) { n.Decision.For, n.Decision.Reason = o.above, "涉及公众利益" })
		}
		id := begin()
		o.must(id, "clerk", release.ActSubmit, nil)
		opinion := &release.OpinionForm{Opinion: "不涉密"}
		if err := o.do(id, "guard", release.ActPassOwn, opinion); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the government reviewed before the department: %v", err)
		}
		o.must(id, "reviewer", release.ActPassReview, opinion)
		o.must(id, "secrecy_reviewer", release.ActPassSecrecy, opinion)
		if o.state(id) != release.Checking || !slices.Equal(o.waits(id), []string{"own_secrecy"}) || !slices.Contains(o.told(id, "submitted"), "guard") {
			t.Fatalf("%s: %v, told %v", o.state(id), o.waits(id), o.told(id, "submitted"))
		}
		if err := o.do(id, "secrecy_reviewer", release.ActPassOwn, opinion); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the department reviewed for the government: %v", err)
		}
		says := func(rule, want string) {
			t.Helper()
			if !slices.ContainsFunc(o.slip(id).Missing(true, workday.DateOf(o.now)), func(r release.Refusal) bool { return r.ID == rule && strings.Contains(r.Text, want) }) {
				t.Errorf("%s does not say %q: %+v", rule, want, o.slip(id).Missing(true, workday.DateOf(o.now)))
			}
		}
		says("A-21", "谁公开、谁审查")
		o.must(id, "guard", release.ActRefer, &release.ReasonForm{Reason: "能否公开不能确定"})
		says("A-22", "答复之前不能公开")
		if err := o.do(id, "guard", release.ActPassOwn, opinion); fault.FieldOf(err) != "答复文号" {
			t.Errorf("passed without the reply: %v", err)
		}
		o.must(id, "guard", release.ActReturn, &release.ReasonForm{Reason: "第三条待定"})
		if _, err := o.room.Recheck(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "reviewer", release.ActPassReview, opinion)
		o.must(id, "guard", release.ActPassSecrecy, opinion) // the government's people may stand in for the department's
		if err := o.do(id, "guard", release.ActPassOwn, opinion); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("one person did both reviews: %v", err)
		}
		o.must(id, "guard2", release.ActPassOwn, opinion)
		if o.state(id) != release.Signing {
			t.Fatalf("%s", o.state(id))
		}
		o.must(id, "mayor", release.ActSign, &release.SignForm{})
		own := o.begin(nil)
		o.gates(own)
		if _, ok := o.slip(own).Gate(release.OwnSecrecy); ok || o.state(own) != release.Signing {
			t.Errorf("an organ's own text waits for a second review: %s", o.state(own))
		}
	})
}

func TestA13_NobodyDraftsForAStrangerAndTheUrgentLaneIsTheGovernmentsOwn(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		stranger := o.id(`INSERT INTO organs (code, kind, created_at) VALUES ('other', '政府', 1) RETURNING id`)
		id := o.begin(func(n *release.NewSlip) { n.Decision.For, n.Decision.Reason = o.above, "涉及公众利益" })
		for _, government := range []int64{stranger, o.organ} {
			d := release.Decision{Attribute: release.Proactive, Reason: "涉及公众利益", For: government}
			if err := o.do(id, "clerk", release.ActSave, &release.SaveForm{Decision: &d}); fault.FieldOf(err) != "文件归属" {
				t.Errorf("for %d: %v", government, err)
			}
			if _, err := o.room.Begin(context.Background(), release.NewSlip{Organ: o.organ, Paper: paper(), Actor: o.people["clerk"], Token: "x", Decision: &release.Decision{For: government}}); fault.FieldOf(err) != "文件归属" {
				t.Errorf("begun for %d: %v", government, err)
			}
		}
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{Opinion: "不涉密"})
		if err := o.do(id, "signer", release.ActSignUrgent, &release.SignForm{Reason: "汛情"}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "清河市人民政府签发") {
			t.Errorf("the department signed urgently for the government: %v", err)
		}
	})
}

// refusesOthers wants the rule to keep a slip back because of who made a work,
// and to let it go when the organ or one below it made it.
func refusesOthers(t *testing.T, rule, words string, change func(*release.NewSlip)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		below := o.id(`INSERT INTO organs (code, kind, created_at) VALUES ('below', '部门', 1) RETURNING id`)
		o.id(`INSERT INTO organ_parents (organ_id, parent_id) VALUES ($1, $2) RETURNING id`, below, o.organ)
		id := o.begin(change)
		for organ, ok := range map[int64]bool{o.above: false, o.organ: true, below: true} {
			o.shelf.made = map[int64]release.Made{7: {Title: "城市供水办法", Organs: []int64{organ}}}
			m := o.slip(id).Missing(false, workday.DateOf(o.now))
			if got := !slices.ContainsFunc(m, func(r release.Refusal) bool { return r.ID == rule && strings.Contains(r.Text, words) }); got != ok {
				t.Errorf("made by %d: %+v", organ, m)
			}
			if b := o.button(id, "clerk", release.ActSubmit); b == nil || (b.Reason == "") != ok {
				t.Errorf("made by %d: %+v", organ, b)
			}
		}
		o.shelf.made = map[int64]release.Made{7: {Organs: []int64{o.above}}}
		for _, a := range []casework.Action{release.ActSubmit, release.ActPaper} {
			if err := o.do(id, "clerk", a, nil); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", a, err)
			}
		}
	})
}

func TestA02_WhatAnotherOrganMadeIsNotAmended(t *testing.T) {
	refusesOthers(t, "A-02", "制作机关", func(n *release.NewSlip) { n.BaseWork = 7 })
}

func TestF17_WhatAnotherOrganMadeIsNotRepealed(t *testing.T) {
	refusesOthers(t, "F-17", "不能由本机关废止", func(n *release.NewSlip) { n.Paper.Repeals = []release.Repeal{{Work: 7}} })
}

func TestF17_WhatHasEndedOrIsUnknownIsRefusedWhileDrafting(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.shelf.made = map[int64]release.Made{7: {Title: "旧办法", Ended: "废止"}}
		id := o.begin(func(n *release.NewSlip) { n.Paper.Repeals = []release.Repeal{{Work: 8}, {Work: 7}} })
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "《旧办法》已经废止") {
			t.Errorf("%+v", b)
		}
		o.shelf.none = 8
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "没有公开编号为 8 的文件") {
			t.Errorf("%+v", b)
		}
	})
}
