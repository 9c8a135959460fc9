package cli

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// TestG_DeadlineCountsByTheLibrarysCalendar: what somebody loaded moves the
// command's number as it moves the one on the screen.
func TestG_DeadlineCountsByTheLibrarysCalendar(t *testing.T) {
	data := t.TempDir()
	a, err := app.Open(context.Background(), app.Config{DataDir: data}, slog.New(slog.DiscardHandler), func() time.Time { return time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	var days []workday.Day
	for _, f := range []struct{ from, to, name string }{{"2027-01-01", "2027-01-03", "元旦"}, {"2027-02-05", "2027-02-11", "春节"}, {"2027-04-05", "2027-04-05", "清明节"},
		{"2027-05-01", "2027-05-05", "劳动节"}, {"2027-06-09", "2027-06-09", "端午节"}, {"2027-09-15", "2027-09-15", "中秋节"}, {"2027-10-01", "2027-10-07", "国庆节"}} {
		for d := workday.MustDate(f.from); !d.After(workday.MustDate(f.to)); d = d.AddDays(1) {
			days = append(days, workday.Day{Date: d, Kind: workday.Rest, Name: f.name, Year: 2027})
		}
	}
	if _, err := a.Cases.LoadYear(context.Background(), casework.Product, 2027, "", "测试用的通知", days); err != nil {
		t.Fatal(err)
	}
	if _, err := a.DB.Writer().ExecContext(context.Background(), `INSERT INTO organs (code, kind, created_at) VALUES ('jyj', '部门', 1)`); err != nil {
		t.Fatal(err)
	}
	own := []workday.Day{{Date: workday.MustDate("2027-01-05"), Kind: workday.Rest, Name: "本地节日", Year: 2027, Region: "jyj"}}
	if _, err := a.Cases.LoadYear(context.Background(), casework.Product, 2027, "jyj", "测试用的通知", own); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		args        []string
		due         string
		provisional bool
	}{
		{"the program's own", nil, "2027-01-13", true},
		{"the library's", []string{"--library"}, "2027-01-13", false},
		{"an organ with a day of its own", []string{"--organ", "jyj"}, "2027-01-14", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := command(t, "", append([]string{"deadline", "--rule", "A-70", "--received", "2026-12-15", "--json", "--data", data}, c.args...)...)
			if got := answers(t, out); code != exitDone || *got[0].Due != c.due || *got[0].Provisional != c.provisional {
				t.Errorf("%d %s %s", code, out, errs)
			}
			line := `{"id":1,"rule":"A-70","channel":"in_person","events":[{"date":"2026-12-15","event":"submitted"}]}`
			_, out, errs = command(t, line, append([]string{"deadline", "--batch", "-", "--data", data}, c.args...)...)
			if got := answers(t, out); len(got) != 1 || *got[0].Due != c.due {
				t.Errorf("batch: %s %s", out, errs)
			}
		})
	}
	if code, _, errs := command(t, "", "deadline", "--rule", "A-70", "--received", "2026-12-15", "--data", data, "--organ", "none"); code == exitDone || !strings.Contains(errs, "没有代码为“none”的机构") {
		t.Error(code, errs)
	}
	if code, _, errs := command(t, "", "deadline", "--rule", "A-70", "--received", "2026-12-15", "--data", t.TempDir(), "--library"); code == exitDone || errs == "" {
		t.Error("a folder without a library counts by itself")
	}
}

// vectors are those of handbook A8.4 and others that a batch must hold.
var vectors = []struct{ name, rule, events, due, refused string }{
	{"spring", "A-70", `{"date":"2026-01-30","event":"submitted"}`, "2026-03-05", ""},
	{"working Saturday", "A-70", `{"date":"2026-02-14","event":"submitted"}`, "2026-03-20", ""},
	{"two holidays", "A-70", `{"date":"2026-09-18","event":"submitted"}`, "2026-10-22", ""},
	{"eight days", "A-70", `{"date":"2025-09-26","event":"submitted"}`, "2025-10-30", ""},
	{"extended", "A-70", `{"date":"2025-09-26","event":"submitted"},{"date":"2025-10-20","event":"extension_approved","working_days":20}`, "2025-11-27", ""},
	{"plain", "A-70", `{"date":"2026-11-20","event":"submitted"}`, "2026-12-18", ""},
	{"correction notice", "A-72", `{"date":"2026-02-13","event":"submitted"}`, "2026-03-02", ""},
	{"rest day", "A-72", `{"date":"2024-02-03","event":"submitted"}`, "2024-02-18", ""},
	{"late extension", "A-70", `{"date":"2026-01-30","event":"submitted"},{"date":"2026-03-06","event":"extension_approved","working_days":20}`, "2026-03-05", "A-71"},
	{"second extension", "A-70", `{"date":"2026-01-30","event":"submitted"},{"date":"2026-03-02","event":"extension_approved","working_days":5},{"date":"2026-03-03","event":"extension_approved","working_days":5}`, "2026-03-12", "A-71"},
	{"corrected", "A-70", `{"date":"2026-01-30","event":"submitted"},{"date":"2026-02-04","event":"correction_notice_sent"},{"date":"2026-02-13","event":"correction_received"}`, "2026-03-19", ""},
}

// TestA84_ABatchOfTwoThousandLines: every line is answered once, in order, the
// same history always with the same day, and what has no effect is explained.
func TestA84_ABatchOfTwoThousandLines(t *testing.T) {
	const lines = 2000
	var in strings.Builder
	for i := range lines {
		v := vectors[i%len(vectors)]
		fmt.Fprintf(&in, `{"id":%d,"rule":%q,"channel":"in_person","events":[%s]}`+"\n", i, v.rule, v.events)
	}
	code, out, errs := command(t, in.String(), "deadline", "--batch", "-")
	got := answers(t, out)
	if code != exitDone || len(got) != lines {
		t.Fatalf("%d, %d answers, %s", code, len(got), errs)
	}
	for i, a := range got {
		v := vectors[i%len(vectors)]
		if string(a.ID) != fmt.Sprint(i) || a.Due == nil || *a.Due != v.due {
			t.Fatalf("%s: %+v, want %s", v.name, a, v.due)
		}
		if explained := len(*a.Refused) > 0; explained != (v.refused != "") || explained && ((*a.Refused)[0].Rule != v.refused || (*a.Refused)[0].Text == "") {
			t.Fatalf("%s: refused %+v", v.name, *a.Refused)
		}
	}
}
