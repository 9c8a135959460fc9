package casework_test

import (
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// year2027 is an arrangement as the notice of a coming year would have it; its
// days are a test's, not the State Council's.
func year2027(region string) (days []workday.Day) {
	for _, f := range []struct{ from, to, name string }{{"2027-01-01", "2027-01-03", "元旦"}, {"2027-02-05", "2027-02-11", "春节"}, {"2027-04-03", "2027-04-05", "清明节"},
		{"2027-05-01", "2027-05-05", "劳动节"}, {"2027-06-09", "2027-06-09", "端午节"}, {"2027-09-15", "2027-09-15", "中秋节"}, {"2027-10-01", "2027-10-07", "国庆节"}} {
		for d := workday.MustDate(f.from); !d.After(workday.MustDate(f.to)); d = d.AddDays(1) {
			days = append(days, workday.Day{Date: d, Kind: workday.Rest, Name: f.name, Year: 2027, Region: region})
		}
	}
	return append(days, workday.Day{Date: workday.MustDate("2027-02-14"), Kind: workday.Work, Year: 2027, Region: region})
}

func (h *house) load(days []workday.Day, region string) int64 {
	h.t.Helper()
	id, err := h.kernel.LoadYear(ctx, h.people["eye"], 2027, region, "测试用的通知", days)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// TestG_LoadingAYearRecountsJustTheOpenCasesItTouches: a limit that reaches
// into an unknown year is provisional; when the year's notice is loaded, just
// these are computed anew, once, and go on where a stopped recount stood.
func TestG_LoadingAYearRecountsJustTheOpenCasesItTouches(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		near := h.begin("jyj", "clerk", "2026-11-18").ID // 20 working days end in 2026
		h.now = workday.MustDate("2026-12-15").Time()
		var far []int64
		for range 120 { // more than two batches
			far = append(far, h.begin("jyj", "clerk", "2026-12-15").ID)
		}
		closed := h.begin("jyj", "clerk", "2026-12-15").ID
		before := h.task(closed)
		h.must(closed, "clerk", "drop")
		if h.task(near).Provisional || !h.task(far[0]).Provisional || !before.Provisional {
			t.Fatal("what is provisional is wrong before the load")
		}
		old, keep := h.task(far[0]).DueAt, h.task(near).DueAt

		days := year2027("")
		for d := workday.MustDate("2027-01-04"); d.Before(workday.MustDate("2027-01-09")); d = d.AddDays(1) {
			days = append(days, workday.Day{Date: d, Kind: workday.Rest, Name: "元旦", Year: 2027}) // five days more than the law: every limit moves
		}
		h.load(days, "")
		more, moved, err := h.kernel.RecountSome(ctx)
		if err != nil || !more || moved != 50 {
			t.Fatalf("the first batch moved %d, more %v, %v", moved, more, err)
		}
		l, err := h.kernel.Loads(ctx)
		if err != nil || len(l) != 1 || l[0].Done || l[0].Moved != 50 {
			t.Fatalf("%+v %v", l, err)
		}
		if left, err := h.kernel.Waiting(ctx, l[0]); err != nil || left != 70 {
			t.Errorf("%d are left, %v", left, err)
		}
		h.fresh() // the node was killed here
		if moved, err := h.kernel.Recount(ctx); err != nil || moved != 70 {
			t.Errorf("the rest: %d moved, %v", moved, err)
		}
		if moved, err := h.kernel.Recount(ctx); err != nil || moved != 0 {
			t.Errorf("again: %d moved, %v", moved, err)
		}
		if l, err = h.kernel.Loads(ctx); err != nil || !l[0].Done || l[0].Moved != 120 {
			t.Errorf("%+v %v", l, err)
		}
		if n := h.count(`SELECT COUNT(*) FROM case_events WHERE action = 'recount'`); n != 120 {
			t.Errorf("%d events of a moved due time", n)
		}
		for _, c := range far {
			task := h.task(c)
			if task.Provisional || !task.DueAt.Equal(old.AddDate(0, 0, 7)) || !h.get(c).DueAt.Equal(task.DueAt) {
				t.Fatalf("case %d is due %s, provisional %v; it was %s", c, task.DueAt, task.Provisional, old)
			}
		}
		if !h.task(near).DueAt.Equal(keep) || h.get(near).Events != 1 {
			t.Error("a case of 2026 was touched")
		}
		if h.get(closed).Events != 2 || h.count(`SELECT COUNT(*) FROM case_tasks WHERE case_id = $1 AND due_at = $2`, closed, before.DueAt.UnixMicro()) != 1 {
			t.Error("a closed case lost the judgement of its day")
		}
		if notices, _, _, err := h.kernel.Inbox(ctx, h.people["clerk"].Person, 0, 200); err != nil || len(notices) != 120 || !contains(notices[0].Text, "重新计算") {
			t.Errorf("%d notices, %v", len(notices), err)
		}
		sum, has, err := h.kernel.SumOf(ctx, h.task(far[0]))
		if err != nil || !has || !sum.DueAt().Equal(h.task(far[0]).DueAt) || len(sum.Steps) == 0 {
			t.Errorf("the sum on the page: %+v %v %v", sum, has, err)
		}
	})
}

// TestG_RegionalDaysHoldForTheirOrganAndBelow: an overlay moves due times of
// its organ only, and the highest version of a year counts.
func TestG_RegionalDaysHoldForTheirOrganAndBelow(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.now = workday.MustDate("2026-12-15").Time()
		here, there := h.begin("jyj", "clerk", "2026-12-15").ID, h.begin("gaj", "far", "2026-12-15").ID
		h.load(year2027(""), "")
		if _, err := h.kernel.Recount(ctx); err != nil {
			t.Fatal(err)
		}
		was := h.task(here).DueAt
		if !was.Equal(h.task(there).DueAt) {
			t.Fatal("two organs without days of their own differ")
		}
		own := []workday.Day{{Date: workday.MustDate("2027-01-05"), Kind: workday.Rest, Name: "本地节日", Year: 2027, Region: "jyj"}}
		h.load(own, "jyj")
		if moved, err := h.kernel.Recount(ctx); err != nil || moved != 1 {
			t.Fatalf("%d moved, %v", moved, err)
		}
		if got := h.task(here).DueAt; !got.After(was) || !h.task(there).DueAt.Equal(was) {
			t.Errorf("here %s, there %s, was %s", got, h.task(there).DueAt, was)
		}
		_, err := h.kernel.LoadYear(ctx, h.people["eye"], 2027, "nowhere", "x", []workday.Day{{Date: workday.MustDate("2027-01-05"), Kind: workday.Rest, Name: "x", Year: 2027, Region: "nowhere"}})
		h.refused(err, fault.Invalid, "“适用机构”")
		later := h.begin("jyj", "clerk", "2026-12-15").ID
		if !h.task(later).DueAt.Equal(h.task(here).DueAt) {
			t.Error("a new case does not see the days of its organ")
		}
	})
}

// TestG_BadYearsAreRefusedWhole: a gap, a doubled day, the wrong year.
func TestG_BadYearsAreRefusedWhole(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		for name, days := range map[string][]workday.Day{
			"doubled": append(year2027(""), workday.Day{Date: workday.MustDate("2027-02-05"), Kind: workday.Rest, Name: "春节", Year: 2027}),
			"gap":     append(year2027(""), workday.Day{Date: workday.MustDate("2027-06-11"), Kind: workday.Rest, Name: "端午节", Year: 2027}),
			"wrong":   append(year2027(""), workday.Day{Date: workday.MustDate("2028-02-05"), Kind: workday.Rest, Name: "春节", Year: 2027}),
			"nothing": nil,
		} {
			if _, err := h.kernel.LoadYear(ctx, h.people["eye"], 2027, "", "x", days); fault.KindOf(err) != fault.Invalid || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := h.count(`SELECT COUNT(*) FROM calendar_loads`) + h.count(`SELECT COUNT(*) FROM calendar_days`); n != 0 {
			t.Errorf("%d rows were saved", n)
		}
	})
}

// Every number of the board is the true total of the list it opens.
func TestBoard_NumbersEqualLists(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.begin("jyj", "clerk", "2026-09-01") // late
		h.begin("jyj", "clerk", "2026-10-23") // due this week
		stopped, back, gone := h.begin("jyj", "clerk", "2026-11-18"), h.begin("jyj", "clerk", "2026-11-19"), h.begin("gaj", "far", "2026-11-18")
		h.must(stopped.ID, "clerk", "pause")
		h.must(back.ID, "clerk", "submit")
		h.must(back.ID, "reviewer", casework.ActReturn)
		h.exec(`UPDATE cases SET closed_at = $1 WHERE id = $2`, h.now.UnixMicro(), gone.ID)
		h.exec(`UPDATE case_tasks SET closed_at = $1 WHERE case_id = $2`, h.now.UnixMicro(), gone.ID)
		h.now = workday.MustDate("2026-11-18").Time() // a Wednesday: the week has days left
		eye := h.people["eye"]
		tallies, err := h.kernel.Board(ctx, eye)
		if err != nil || len(tallies) != 2 {
			t.Fatalf("%+v %v", tallies, err)
		}
		some := map[string]bool{}
		for _, x := range tallies {
			for class, n := range map[string]int{"open": x.Open, "late": x.Late, "week": x.Week, "provisional": x.Provisional, "stopped": x.Stopped, "returned": x.Returned, "closed": x.Closed} {
				f := casework.CaseFilter{Kind: x.Kind, Organ: x.Organ, Class: class, Supervised: true}
				rows, total, _, err := h.kernel.Cases(ctx, eye, f)
				if err != nil || total != n || len(rows) != n {
					t.Errorf("%s of organ %d: the board says %d, the list has %d rows of %d, %v", class, x.Organ, n, len(rows), total, err)
				}
				some[class] = some[class] || n > 0
			}
		}
		for _, class := range []string{"open", "late", "week", "stopped", "returned", "closed"} {
			if !some[class] {
				t.Errorf("nothing in the class %s: the test proves nothing", class)
			}
		}
		_, err = h.kernel.Board(ctx, h.people["clerk"])
		h.refused(err, fault.Forbidden, "权限")
		if _, total, _, err := h.kernel.Cases(ctx, h.people["clerk"], casework.CaseFilter{Supervised: true}); err != nil || total != 0 {
			t.Errorf("who supervises nothing sees %d of the board's cases, %v", total, err)
		}
	})
}
