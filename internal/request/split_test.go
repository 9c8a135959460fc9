package request_test

import (
	"strings"
	"testing"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func TestA52_ARequestIsSplitIntoMattersWithTheSameClock(t *testing.T) {
	for _, confirmed := range []bool{false, true} {
		storetest.Run(t, func(t *testing.T, db *store.DB) {
			d := open(t, db)
			rc := d.submit(nil)
			if confirmed {
				d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
			}
			for name, list := range map[string][]string{"one": {"规划", " "}, "twice": {"规划文本", "规划文本。"}} {
				if err := d.do(rc.Case, "clerk", request.ActSplit, &request.SplitForm{Matters: list}); fault.FieldOf(err) != "拆分成的事项" {
					t.Errorf("%s: %v", name, err)
				}
			}
			d.now = d.now.AddDate(0, 0, 3)
			d.must(rc.Case, "clerk", request.ActSplit, &request.SplitForm{Matters: []string{"2025年规划", "2024年年检结论", "", "午餐合同"}})
			whole := d.asked(rc.Case)
			if whole.Content != "2025年规划" || len(whole.Intake.Kin) != 2 || !strings.Contains(strings.Join(whole.Trail(), ""), "拆分出依申请〔2026〕2号、依申请〔2026〕3号") {
				t.Fatalf("%+v %v", whole.Intake.Kin, whole.Trail())
			}
			for i, k := range whole.Intake.Kin {
				part := d.asked(k.Case)
				c, err := d.kernel.Case(ctx, k.Case)
				if err != nil {
					t.Fatal(err)
				}
				if want := map[bool]casework.State{false: request.Submitted, true: request.Working}[confirmed]; c.State != want || part.ReceivedOn != whole.ReceivedOn || part.Submitted != whole.Submitted {
					t.Errorf("part %d: %s %s", i, c.State, part.ReceivedOn)
				}
				if d.due(k.Case) != d.due(rc.Case) || part.Content != []string{"2024年年检结论", "午餐合同"}[i] || part.Trail()[0] != "由"+rc.Number+"拆分而来，收到日期和期限与它相同。" {
					t.Errorf("part %d: %s %q %v", i, d.due(k.Case), part.Content, part.Trail())
				}
				who, err := d.room.Reveal(ctx, d.people["clerk"], k.Case)
				if err != nil || who.Name != secretName {
					t.Errorf("%+v %v", who, err)
				}
			}
		})
	}
}

func TestMerge_TheLaterOfADoubleClosesAndLeadsOn(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		first := d.submit(nil)
		if err := d.do(first.Case, "clerk", request.ActMerge, &request.MergeForm{Case: first.Case}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("merged into itself: %v", err)
		}
		stranger := d.submit(func(a *request.Application) { a.Applicant.Proof = "E0000001" })
		again := d.submit(nil)
		if err := d.do(again.Case, "clerk", request.ActMerge, &request.MergeForm{Case: stranger.Case}); fault.FieldOf(err) != "并入哪一件" {
			t.Errorf("merged into a stranger's: %v", err)
		}
		due := d.due(first.Case)
		d.must(again.Case, "clerk", request.ActMerge, &request.MergeForm{Case: first.Case})
		c, q, err := d.room.Track(ctx, again.Code, "002X")
		if err != nil || c.State != request.Merged || c.Open() {
			t.Fatalf("%+v %v", c, err)
		}
		if on := q.Intake.Onward; on == nil || on.Number != first.Number || on.Code != first.Code {
			t.Fatalf("%+v", on)
		}
		if d.due(first.Case) != due || !strings.Contains(strings.Join(d.asked(first.Case).Trail(), ""), again.Number+"的内容并入本件") {
			t.Errorf("%v", d.asked(first.Case).Trail())
		}
		if n := d.tally(`SELECT COUNT(*) FROM case_events WHERE case_id = $1 AND action = 'take_in'`, first.Case); n != 1 {
			t.Errorf("%d events in the earlier one", n)
		}
	})
}

func TestTransfer_WithinTheTreeBeforeTheReceiptOrWithConsent(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.id(`INSERT INTO organs (code, kind, created_at) VALUES ('far', '部门', 1) RETURNING id`)
		d.id(`INSERT INTO organ_names (organ_id, name, name_key) SELECT id, '外市某局', 'y' FROM organs WHERE code = 'far' RETURNING id`)
		code, clerk := d.second()
		rc := d.submit(nil)
		for name, f := range map[string]*request.TransferForm{"nowhere": {Organ: "none", Reason: "职责"}, "itself": {Organ: "jyj", Reason: "职责"}, "another tree": {Organ: "far", Reason: "职责"}, "none": {Reason: "职责"}} {
			if err := d.do(rc.Case, "clerk", request.ActTransfer, f); fault.FieldOf(err) != "转送给哪个机关" {
				t.Errorf("%s: %v", name, err)
			}
		}
		d.now = time.Date(2026, 2, 2, 2, 0, 0, 0, time.UTC)
		d.must(rc.Case, "clerk", request.ActTransfer, &request.TransferForm{Organ: code, Reason: "劳动监察由人社局负责"})
		c, q, err := d.room.Track(ctx, rc.Code, "002X")
		if err != nil || c.State != request.Transferred || len(q.Letters) != 1 || !strings.Contains(q.Letters[0].Body, "清河市人力资源和社会保障局") {
			t.Fatalf("%+v %+v %v", c, q, err)
		}
		if on := q.Intake.Onward; on == nil || on.Organ == c.Organ {
			t.Fatalf("%+v", on)
		}
		next := q.Intake.Kin[0].Case
		if _, err := d.kernel.View(ctx, d.people["clerk"], next); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the first organ still sees it: %v", err)
		}
		if _, err := d.kernel.Apply(ctx, casework.Do{Case: next, Action: request.ActConfirm, Actor: clerk, Form: &request.ConfirmForm{}}); err != nil {
			t.Fatal(err)
		}
		if due := d.due(next); due != "2026-03-06" { // 20 working days from 2 February, the new organ's receipt
			t.Errorf("due %s", due)
		}
		late := d.submit(nil)
		d.must(late.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if err := d.do(late.Case, "clerk", request.ActTransfer, &request.TransferForm{Organ: code, Reason: "职责"}); fault.FieldOf(err) != "申请人同意的方式和日期" {
			t.Errorf("handed on without consent: %v", err)
		}
		d.must(late.Case, "clerk", request.ActTransfer, &request.TransferForm{Organ: code, Reason: "职责", Consent: "2月2日电话同意"})
	})
}

// A part of a corrected request was asked once already: the law lets an organ
// ask once, and the parting begins nothing anew.
func TestA72_APartOfACorrectedRequestIsNotAskedAgain(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(rc.Case, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}})
		d.must(rc.Case, "clerk", request.ActCorrected, &request.CorrectedForm{Content: "2025年规划和2024年年检结论", On: d.today()})
		d.must(rc.Case, "clerk", request.ActSplit, &request.SplitForm{Matters: []string{"2025年规划", "2024年年检结论"}})
		part := d.asked(rc.Case).Intake.Kin[0].Case
		if err := d.do(part, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"再写明"}}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "一次") {
			t.Errorf("a part is asked again: %v", err)
		}
		if d.due(part) != d.due(rc.Case) {
			t.Errorf("due %s, of the whole %s", d.due(part), d.due(rc.Case))
		}
		unclear := &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "2024年年检结论", Outcome: request.Unclear, Reason: "没有指明是哪一所学校"}}}}
		if err := d.do(part, "clerk", request.ActDecide, unclear); fault.FieldOf(err) == "答复结果" {
			t.Errorf("the correction of the whole is forgotten: %v", err)
		}
		fresh := d.submit(func(a *request.Application) { a.Applicant.Proof = "E0000002" })
		d.must(fresh.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(fresh.Case, "clerk", request.ActSplit, &request.SplitForm{Matters: []string{"2025年规划", "2024年年检结论"}})
		d.must(d.asked(fresh.Case).Intake.Kin[0].Case, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}})
	})
}

// A request that went into another case or to another organ counts there, once.
func TestA106_AMergedOrTransferredRequestCountsOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		code, _ := d.second()
		first, again, third := d.submit(nil), d.submit(nil), d.submit(func(a *request.Application) { a.Applicant.Proof = "E0000003" })
		d.must(again.Case, "clerk", request.ActMerge, &request.MergeForm{Case: first.Case})
		d.must(third.Case, "clerk", request.ActTransfer, &request.TransferForm{Organ: code, Reason: "劳动监察由人社局负责"})
		d.must(first.Case, "clerk", request.ActSplit, &request.SplitForm{Matters: []string{"2025年规划", "2024年年检结论"}})
		if n := d.tally(`SELECT COUNT(*) FROM cases c WHERE c.kind = 'request' AND c.id > $1`, 0); n != 5 {
			t.Fatalf("%d cases", n)
		}
		// two matters of the first applicant, and one at the other organ
		if n := d.tally(`SELECT COUNT(*) FROM cases c WHERE c.kind = 'request' AND c.id > $1 AND `+request.CountedOnce, 0); n != 3 {
			t.Errorf("%d are counted", n)
		}
		for id, want := range map[int64]string{again.Case: "年度统计只计那一件", third.Case: "年度统计由对方计"} {
			if got := strings.Join(d.asked(id).Trail(), ""); !strings.Contains(got, want) {
				t.Errorf("%s", got)
			}
		}
	})
}

// Another organ of the tree gets the request over the network: it is received on
// the day its staff confirm, and at the latest on the next working day.
func TestA63_ATransferredRequestIsReceivedByTheNewOrgan(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		code, clerk := d.second()
		rc := d.submit(nil)
		d.now = time.Date(2026, 2, 6, 2, 0, 0, 0, time.UTC) // a Friday
		d.must(rc.Case, "clerk", request.ActTransfer, &request.TransferForm{Organ: code, Reason: "劳动监察由人社局负责"})
		next := d.asked(rc.Case).Intake.Kin[0].Case
		read := func() *request.Request {
			v, err := d.kernel.View(ctx, clerk, next) // the clerk of the first organ no longer sees it
			if err != nil {
				t.Fatal(err)
			}
			return v.Data.(*request.Request)
		}
		if q := read(); !q.ReceivedOn.IsZero() || q.ConfirmBy().String() != "2026-02-09" {
			t.Fatalf("received %s, by %s", q.ReceivedOn, q.ConfirmBy())
		}
		d.now = time.Date(2026, 2, 10, 0, 0, 1, 0, time.UTC)
		if n, err := d.room.Sweep(ctx); err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		if q := read(); q.ReceivedOn.String() != "2026-02-09" {
			t.Errorf("received on %s", q.ReceivedOn)
		}
	})
}
