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
	"gongkai/internal/workday"
)

// dispute opens a dispute of which the copy came on 30 January 2026.
func (d *desk) dispute(change func(*request.DisputeForm)) int64 {
	d.t.Helper()
	d.serial++
	f := request.DisputeForm{Organ: d.organ, Kind: request.Reconsidered, Body: "清河市人民政府", Number: "清府复〔2026〕1号", Received: workday.MustDate("2026-01-30")}
	if change != nil {
		change(&f)
	}
	id, err := d.room.OpenDispute(ctx, d.people["clerk"], f)
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

func (d *desk) taskDue(id int64) (name, last string) {
	d.t.Helper()
	tasks, err := d.kernel.Tasks(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	if len(tasks) == 0 {
		return "", ""
	}
	if tasks[0].DueAt.IsZero() {
		return tasks[0].Name, ""
	}
	return tasks[0].Name, workday.DateOf(tasks[0].DueAt).AddDays(-1).String()
}

func TestA118_ReplyAndEvidenceAreDue(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		for name, c := range map[string]struct {
			kind   request.DisputeKind
			simple bool
			due    string
		}{"review 10 working days": {request.Reconsidered, false, "2026-02-13"}, "simplified 5": {request.Reconsidered, true, "2026-02-06"},
			"court 15 days": {request.SuedAtOnce, false, "2026-02-14"}, "court after review": {request.SuedAfter, false, "2026-02-14"}} {
			id := d.dispute(func(f *request.DisputeForm) { f.Kind, f.Simple = c.kind, c.simple })
			if task, due := d.taskDue(id); task != "reply" || due != c.due {
				t.Errorf("%s: %s due %s, want %s", name, task, due, c.due)
			}
		}
		bad := func(change func(*request.DisputeForm)) string {
			f := request.DisputeForm{Organ: d.organ, Kind: request.Reconsidered, Body: "清河市人民政府", Number: "1号", Received: workday.MustDate("2026-01-30")}
			change(&f)
			_, err := d.room.OpenDispute(ctx, d.people["clerk"], f)
			return fault.FieldOf(err)
		}
		for field, change := range map[string]func(*request.DisputeForm){"机构": func(f *request.DisputeForm) { f.Organ = 0 }, "种类": func(f *request.DisputeForm) { f.Kind = "x" }, "案号": func(f *request.DisputeForm) { f.Number = "" },
			"程序": func(f *request.DisputeForm) { f.Kind, f.Simple = request.Complained, true }, "复议机关或者法院": func(f *request.DisputeForm) { f.Body = " " },
			"收到副本的日期": func(f *request.DisputeForm) { f.Received = workday.MustDate("2026-01-31") }, "申请编号": func(f *request.DisputeForm) { f.Request = 999 }} {
			if got := bad(change); got != field {
				t.Errorf("%s: %q", field, got)
			}
		}
	})
}

// Across the Spring Festival: ten and five days are working days, fifteen and
// sixty are not.
func TestA87_ReplyIsCountedInWorkingDaysAndASuitInCalendarDays(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.now = time.Date(2026, 2, 13, 2, 0, 0, 0, time.UTC) // 14 and 28 February work, 15 to 23 rest
		for name, c := range map[string]struct {
			kind   request.DisputeKind
			simple bool
			due    string
		}{"10 working days": {request.Reconsidered, false, "2026-03-05"}, "5 working days": {request.Reconsidered, true, "2026-02-27"},
			"15 days": {request.SuedAtOnce, false, "2026-02-28"}, "15 days, simplified": {request.SuedAfter, true, "2026-02-28"}} {
			id := d.dispute(func(f *request.DisputeForm) { f.Kind, f.Simple, f.Received = c.kind, c.simple, d.today() })
			if _, due := d.taskDue(id); due != c.due {
				t.Errorf("%s: due %s, want %s", name, due, c.due)
			}
		}
		id := d.dispute(func(f *request.DisputeForm) { f.Received = d.today() })
		d.must(id, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: request.Upheld, On: d.today(), Opinion: d.today()})
		if _, due := d.taskDue(id); due != "2026-04-14" {
			t.Errorf("the report after 60 days is due %s", due)
		}
	})
}

// Until when a dispute must be decided is counted from its acceptance.
func TestA96_TheDisputeTellsUntilWhenItMustBeDecided(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		periods := func(id int64) (out []string) {
			c, err := d.kernel.Case(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			q, err := d.kernel.Data(ctx, db.Reader(), c)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range q.(*request.Dispute).Periods {
				out = append(out, p.Sum.Due.Day.String())
			}
			return out
		}
		accepted := workday.MustDate("2026-01-05")
		for name, c := range map[string]struct {
			kind   request.DisputeKind
			simple bool
			want   string
		}{"60, extended 90": {request.Reconsidered, false, "2026-03-06 2026-04-07"}, "30": {request.Reconsidered, true, "2026-02-04"},
			"court 45": {request.SuedAfter, true, "2026-02-24"}, "court, ordinary": {request.SuedAtOnce, false, ""}} {
			id := d.dispute(func(f *request.DisputeForm) { f.Kind, f.Simple, f.Accepted = c.kind, c.simple, accepted })
			if got := strings.Join(periods(id), " "); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
			d.must(id, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: request.Upheld, On: d.today()})
			if got := periods(id); len(got) > 0 {
				t.Errorf("%s: decided, and still %v", name, got)
			}
		}
		if got := periods(d.dispute(nil)); len(got) > 0 {
			t.Errorf("without a day of acceptance: %v", got)
		}
		for _, change := range []func(*request.DisputeForm){func(f *request.DisputeForm) { f.Accepted = workday.MustDate("2026-01-31") }, func(f *request.DisputeForm) { f.Kind, f.Accepted = request.Complained, accepted }} {
			f := request.DisputeForm{Organ: d.organ, Kind: request.Reconsidered, Body: "清河市人民政府", Number: "1号", Received: d.today()}
			change(&f)
			if _, err := d.room.OpenDispute(ctx, d.people["clerk"], f); fault.FieldOf(err) != "受理日期" {
				t.Errorf("%v", err)
			}
		}
	})
}

// A complaint to the superior organ or the supervising department is registered
// like a dispute, without a number or a limit, and stays out of table four.
func TestA98_AComplaintIsRegisteredAndStaysOutOfTheFigures(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.dispute(func(f *request.DisputeForm) {
			f.Kind, f.Body, f.Number = request.Complained, "清河市人民政府办公室", ""
		})
		if task, due := d.taskDue(id); task != "reply" || due != "" {
			t.Errorf("%s due %q", task, due)
		}
		d.must(id, "clerk", request.ActDisputeReply, &request.DisputeDayForm{On: d.today(), Note: "书面回复"})
		d.must(id, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: request.Overruled, On: d.today(), Redo: true})
		f, err := d.room.Figures(ctx, []int64{d.organ}, 2026)
		if err != nil || f != (request.DisputeFigures{}) {
			t.Errorf("%+v %v", f, err)
		}
		if list, err := d.room.Disputes(ctx, []int64{d.organ}, 2026, request.ShowAll); err != nil || len(list) != 1 {
			t.Errorf("%d in the register, %v", len(list), err)
		}
	})
}

func TestZC211_5e_TheRegisterFollowsADisputeToItsReport(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		asked := d.submit(nil).Case
		d.must(asked, "clerk", request.ActConfirm, &request.ConfirmForm{})
		id := d.dispute(func(f *request.DisputeForm) { f.Request = asked })
		d.now = d.now.AddDate(0, 0, 10) // 9 February
		on := workday.DateOf(d.now)
		if err := d.do(id, "clerk", request.ActDisputeReply, &request.DisputeDayForm{On: workday.MustDate("2026-01-29")}); fault.FieldOf(err) != "提交日期" {
			t.Fatalf("replied before the copy came: %v", err)
		}
		d.must(id, "clerk", request.ActDisputeReply, &request.DisputeDayForm{On: on, Note: "寄出"})
		for field, f := range map[string]request.DisputeResultForm{"结果": {On: on}, "责令重新答复": {Result: request.Upheld, On: on, Redo: true}, "决定日期": {Result: request.Upheld},
			"收到复议意见书的日期": {Result: request.Upheld, On: on, Opinion: workday.MustDate("2027-01-01")}} {
			if err := d.do(id, "clerk", request.ActDisputeResult, &f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		d.must(id, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: request.Overruled, On: on, Redo: true, Opinion: on})
		if task, due := d.taskDue(id); task != "report" || due != "2026-04-10" { // A-118.report: 60 days
			t.Fatalf("%s due %s", task, due)
		}
		d.must(id, "clerk", request.ActDisputeReport, &request.DisputeDayForm{On: on})
		c, err := d.kernel.Case(ctx, asked)
		if err != nil {
			t.Fatal(err)
		}
		q, err := d.kernel.Data(ctx, db.Reader(), c)
		if err != nil {
			t.Fatal(err)
		}
		if list := q.(*request.Request).Disputes; len(list) != 1 || !list[0].Redo || list[0].Result != request.Overruled || list[0].ReportedOn != on {
			t.Errorf("%+v", list)
		}
		if got, err := d.kernel.Linked(ctx, db.Reader(), request.DisputeCases, "request", asked); err != nil || len(got) != 1 || got[0].Open() {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestM232_3d_TwoFiguresEachOpenToTheirCases(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		on := workday.DateOf(d.now)
		for i, x := range []struct {
			kind   request.DisputeKind
			result request.Result
		}{{request.Reconsidered, request.Upheld}, {request.Reconsidered, request.Unlawful}, {request.SuedAtOnce, request.Dismissed}, {request.SuedAfter, request.Pending}, {request.Complained, request.Overruled}} {
			id := d.dispute(func(f *request.DisputeForm) { f.Kind = x.kind })
			if x.result != request.Pending {
				d.must(id, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: x.result, On: on})
			}
			if i < 2 {
				rc := d.submit(nil)
				if _, err := db.Writer().ExecContext(ctx, `UPDATE requests SET served_on = '2026-01-30' WHERE case_id = $1`, rc.Case); err != nil {
					t.Fatal(err)
				}
			}
		}
		d.dispute(func(f *request.DisputeForm) { f.Received = workday.MustDate("2025-12-31") })
		organs := []int64{d.organ}
		f, err := d.room.Figures(ctx, organs, 2026)
		if err != nil || f != (request.DisputeFigures{Contested: 4, Answers: 2, Lost: 1, Decided: 3}) || request.Rate(f.Lost, f.Decided) != "33.3%" || request.Rate(1, 0) != "—" {
			t.Fatalf("%+v %v", f, err)
		}
		for show, want := range map[request.DisputeShow]int{request.ShowAll: 5, request.ShowContested: f.Contested, request.ShowDecided: f.Decided, request.ShowLost: f.Lost, request.ShowOpen: 2} {
			if list, err := d.room.Disputes(ctx, organs, 2026, show); err != nil || len(list) != want {
				t.Errorf("%q: %d, want %d, %v", show, len(list), want, err)
			}
		}
		if list, err := d.room.Disputes(ctx, []int64{d.organ + 99}, 2026, request.ShowAll); err != nil || len(list) != 0 {
			t.Errorf("another organ sees %d, %v", len(list), err)
		}
	})
}

func TestB23_EveryResultHasItsColumnOfTableFour(t *testing.T) {
	columns := map[string]bool{}
	for _, x := range request.Results {
		columns[x.Result.Column()] = true
		if x.Result.Lost() != strings.HasSuffix(x.Column, "纠正") {
			t.Errorf("%s", x.Name)
		}
	}
	if len(columns) != 4 || !columns["结果维持"] || !columns["结果纠正"] || !columns["其他结果"] || !columns["尚未审结"] {
		t.Errorf("%v", columns)
	}
	if casework.Kind("dispute") != request.DisputeCases {
		t.Error("the kind stands in rows")
	}
}
