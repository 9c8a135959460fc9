package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

var noCorrection = decision(request.NoCorrection, request.Item{})

func TestA74_LapseOnlyAfterThePeriodEndedAndThenAsATask(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		if err := d.do(id, "clerk", request.ActDecide, noCorrection); !strings.Contains(fault.Text(err), "没有告知过") {
			t.Fatalf("never asked: %v", err)
		}
		d.must(id, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}, Days: 5})
		if err := d.do(id, "clerk", request.ActDecide, noCorrection); !strings.Contains(fault.Text(err), "送达日期") {
			t.Fatalf("service unknown: %v", err)
		}
		d.must(id, "clerk", request.ActNoticeServed, &request.NoticeServedForm{On: d.today(), Proof: "EMS1"}) // five working days: to 6 February
		if err := d.do(id, "clerk", request.ActNoticeServed, &request.NoticeServedForm{On: d.today()}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("served twice: %v", err)
		}
		lapses := func() (n int) {
			if _, err := d.room.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			tasks, err := d.kernel.Tasks(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range tasks {
				if x.Name == "lapse" {
					n++
				}
			}
			return n
		}
		d.now = d.now.AddDate(0, 0, 7) // 6 February, the last day
		if err := d.do(id, "clerk", request.ActDecide, noCorrection); !strings.Contains(fault.Text(err), "2026年2月6日才届满") || lapses() != 0 {
			t.Fatalf("on the last day: %v", err)
		}
		d.now = d.now.AddDate(0, 0, 1)
		if lapses() != 1 || lapses() != 1 {
			t.Fatal("the handler is not told that the time is over")
		}
		if got := d.kernel.TaskName(request.Kind, "lapse"); got != "按逾期不补正办结" {
			t.Fatal(got)
		}
		d.must(id, "clerk", request.ActDecide, noCorrection)
		if q := d.request(id); q.Outcome != request.NoCorrection {
			t.Fatal(q.Outcome)
		}
	})
}

func TestA74_ALateCorrectionIsTakenOnlyWithAGoodReason(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		d.must(id, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}, Days: 5})
		d.must(id, "clerk", request.ActNoticeServed, &request.NoticeServedForm{On: d.today()})
		d.now = d.now.AddDate(0, 0, 12)
		late := func(excuse string) *request.CorrectedForm {
			return &request.CorrectedForm{Content: "2025年规划", On: d.today(), Excuse: excuse}
		}
		for _, who := range []string{"clerk", "applicant"} {
			act := map[string]casework.Action{"clerk": request.ActCorrected, "applicant": request.ActApplicant}[who]
			if err := d.do(id, who, act, late("")); fault.FieldOf(err) != "正当理由" {
				t.Fatalf("%s: %v", who, err)
			}
		}
		if d.due(id) != "" {
			t.Fatal("a refused correction moved the clock")
		}
		d.must(id, "clerk", request.ActCorrected, late("申请人住院"))
		if due := d.due(id); due != "2026-03-17" { // 20 working days from 11 February, the restart of A-73
			t.Fatalf("due %s", due)
		}
		notes, _, err := d.room.ReadNotes(ctx, d.people["clerk"], d.request(id), nil)
		if err != nil || len(notes) != 1 || notes[0].Body != "申请人住院" {
			t.Fatalf("%+v %v", notes, err)
		}
	})
}

// A notice after the seven working days is possible, and stops nothing.
func TestA72_ALateNoticeStopsNothing(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		if by := d.request(id).Work.CorrectBy; by.String() != "2026-02-10" { // seven working days from 30 January
			t.Fatal(by)
		}
		before := d.due(id)
		d.now = d.now.AddDate(0, 0, 13)
		d.must(id, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}})
		if d.due(id) != before {
			t.Fatalf("due %s, before %s", d.due(id), before)
		}
		if err := d.do(id, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"再写明"}}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a second notice: %v", err)
		}
	})
}

func TestA86_ANoticeToWhomReadsOnlineIsServedAtOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(func(a *request.Application) { a.Delivery, a.Electronic = "online", true })
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(rc.Case, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}})
		if err := d.do(rc.Case, "clerk", request.ActNoticeServed, &request.NoticeServedForm{On: d.today()}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("%v", err)
		}
	})
}

func TestA72_UnclearOnlyAfterACorrection(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		unclear := decision(request.Unclear, request.Item{Reason: "不知道要什么"})
		if err := d.do(id, "clerk", request.ActDecide, unclear); fault.FieldOf(err) != "答复结果" {
			t.Fatalf("%v", err)
		}
		d.must(id, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}})
		d.must(id, "clerk", request.ActCorrected, &request.CorrectedForm{Content: "还是全部", On: d.today()})
		d.must(id, "clerk", request.ActDecide, unclear)
	})
}
