package workday

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gongkai/internal/fault"
)

// TestG_WorkingDaysPerYear holds the counts that the handbook states; the years
// before 2021 were counted from the data once and are kept here as a guard.
func TestG_WorkingDaysPerYear(t *testing.T) {
	c := National()
	for year, want := range map[int]int{2007: 249, 2008: 251, 2013: 250, 2015: 249, 2020: 249,
		2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248} {
		got, known := c.CountWorkdays(Date{year - 1, 12, 31}, Date{year, 12, 31})
		if got != want || !known {
			t.Errorf("%d: %d working days, known %v; want %d", year, got, known, want)
		}
	}
}

func TestG_EveryYearFrom2007To2026IsKnownAndSourced(t *testing.T) {
	years := National().Years()
	if len(years) != 20 || years[0].Year != 2007 || years[19].Year != 2026 || National().Known(2027) || National().Known(2006) {
		t.Fatalf("%v", years)
	}
	for _, y := range years {
		if !strings.HasPrefix(y.Notice, "http") || y.Version < 1 {
			t.Errorf("%+v has no source", y)
		}
	}
	if years[13].Version != 2 {
		t.Error("2020 had two notices")
	}
}

// TestA81_Vectors are the counts of handbook A8.4.
func TestA81_Vectors(t *testing.T) {
	for _, v := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-30", 20, "2026-03-05"}, {"2026-02-13", 7, "2026-03-02"}, {"2026-02-14", 20, "2026-03-20"},
		{"2026-09-18", 20, "2026-10-22"}, {"2025-09-26", 20, "2025-10-30"}, {"2025-09-26", 40, "2025-11-27"},
		{"2026-04-30", 1, "2026-05-06"}, {"2024-02-03", 7, "2024-02-18"}, {"2026-11-20", 20, "2026-12-18"},
	} {
		if got, known := National().AddWorkdays(MustDate(v.from), v.n); got.String() != v.want || !known {
			t.Errorf("%s + %d = %s, known %v; want %s", v.from, v.n, got, known, v.want)
		}
	}
}

func TestG_UnknownYearIsProvisional(t *testing.T) {
	c := National()
	due, known := c.AddWorkdays(MustDate("2026-12-15"), 20)
	// 元旦 rests by law even though the notice is missing: 12 days in 2026, eight from 4 January 2027.
	if known || due != MustDate("2027-01-13") {
		t.Errorf("%s known %v", due, known)
	}
	if _, known := c.AddWorkdays(MustDate("2026-12-15"), 12); !known {
		t.Error("a count that ends on 2026-12-31 is certain")
	}
	if s := c.On(MustDate("2027-02-08")); s.Works || s.Known || s.Why != Statutory || s.Name != "春节" {
		t.Errorf("%+v", s)
	}
	if s := c.On(MustDate("2027-02-09")); !s.Works || s.Known || s.Text() != "2月9日 星期二 推定上班" {
		t.Errorf("%+v %s", s, s.Text())
	}
	if !strings.Contains(UnknownText(2027), "2027年") {
		t.Error(UnknownText(2027))
	}
}

func TestStatus_Text(t *testing.T) {
	c := National()
	for day, want := range map[string]string{
		"2026-02-14": "2月14日 星期六 调休上班", "2026-02-16": "2月16日 星期一 春节放假", "2026-03-05": "3月5日 星期四 工作日",
		"2026-03-07": "3月7日 星期六 周末休息", "2022-12-31": "12月31日 星期六 元旦放假", "2027-01-01": "1月1日 星期五 元旦，法定节日",
	} {
		if got := c.On(MustDate(day)).Text(); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

func TestA82_Roll(t *testing.T) {
	for from, want := range map[string]string{"2026-10-01": "2026-10-08", "2026-02-14": "2026-02-14", "2026-03-07": "2026-03-09", "2026-02-15": "2026-02-24"} {
		if got, known := National().Roll(MustDate(from)); got.String() != want || !known {
			t.Errorf("%s rolls to %s, want %s", from, got, want)
		}
	}
	if _, known := National().Roll(MustDate("2026-12-31")); !known {
		t.Error("a worked day does not look further")
	}
}

func TestDate_MonthsAndWeekdays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"2026-08-31", 6, "2027-02-28"}, {"2023-08-31", 6, "2024-02-29"}, {"2026-01-31", 1, "2026-02-28"}, {"2026-03-31", -1, "2026-02-28"}, {"2024-02-29", 12, "2025-02-28"}} {
		if got := MustDate(c.from).AddMonths(c.n); got.String() != c.want {
			t.Errorf("%s + %d months = %s", c.from, c.n, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := MustDate("1600-01-01").AddDays(rapid.IntRange(0, 300000).Draw(t, "days"))
		if d.Weekday() != d.Time().Weekday() || d.next() != d.AddDays(1) {
			t.Fatalf("%s: %s, next %s", d, d.Weekday(), d.next())
		}
	})
}

func TestCalendar_CountUndoesAdd(t *testing.T) {
	c := National()
	rapid.Check(t, func(t *rapid.T) {
		d := MustDate("2007-01-01").AddDays(rapid.IntRange(0, 7200).Draw(t, "day"))
		n := rapid.IntRange(1, 80).Draw(t, "n")
		end, _ := c.AddWorkdays(d, n)
		if got, _ := c.CountWorkdays(d, end); got != n || !c.IsWorkday(end) {
			t.Fatalf("%s + %d = %s, counted back %d", d, n, end, got)
		}
		if got, _ := c.CountWorkdays(end, d); got != -n {
			t.Fatalf("backwards %d", got)
		}
	})
}

func TestCalendar_VersionsRegionsAndImmutability(t *testing.T) {
	base := National()
	overlay := []Day{{Date: MustDate("2026-04-20"), Kind: Rest, Name: "广西三月三", Year: 2026, Version: 1, Region: "450000"}}
	c, err := base.With(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if !c.IsWorkday(MustDate("2026-04-20")) || c.In("450000", "450100").IsWorkday(MustDate("2026-04-20")) || c.In("440000").On(MustDate("2026-04-20")).Why != Ordinary {
		t.Error("overlay days count in their region only")
	}
	second := []Day{}
	for _, d := range NationalDays() {
		if d.Year == 2026 && d.Date != MustDate("2026-05-09") {
			d.Version = 2
			second = append(second, d)
		}
	}
	v2, err := c.With(second)
	if err != nil {
		t.Fatal(err)
	}
	if v2.IsWorkday(MustDate("2026-05-09")) || !base.IsWorkday(MustDate("2026-05-09")) {
		t.Error("the second notice replaces the first, and only in the new value")
	}
	back, err := v2.With(NationalDays())
	if err != nil || back.IsWorkday(MustDate("2026-05-09")) {
		t.Errorf("an earlier version never wins: %v", err)
	}
	var zero Calendar
	if s := zero.On(MustDate("2026-02-16")); !s.Works || s.Known {
		t.Errorf("the zero calendar knows nothing: %+v", s)
	}
}

func TestCheck_NamesEachFault(t *testing.T) {
	year := func(change func([]Day) []Day) []Day {
		var days []Day
		for _, d := range NationalDays() {
			if d.Year == 2026 {
				days = append(days, d)
			}
		}
		return change(days)
	}
	drop := func(days []Day, day string) []Day {
		var out []Day
		for _, d := range days {
			if d.Date.String() != day {
				out = append(out, d)
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		days []Day
		want string
	}{
		"nothing": {nil, "没有任何"},
		"gap":     {year(func(d []Day) []Day { return drop(d, "2026-02-18") }), "春节假期在2026年2月18日中断"},
		"doubled": {year(func(d []Day) []Day { return append(d, d[3]) }), "出现了两次"},
		"year": {year(func(d []Day) []Day {
			return append(d, Day{Date: MustDate("2027-01-02"), Kind: Rest, Name: "元旦", Year: 2026, Version: d[0].Version})
		}), "不在2026年"},
		"weekday": {year(func(d []Day) []Day {
			return append(d, Day{Date: MustDate("2026-03-03"), Kind: Work, Year: 2026, Version: d[0].Version})
		}), "2026年3月3日是星期二"},
		"festival": {year(func(d []Day) []Day { return drop(drop(drop(d, "2026-06-19"), "2026-06-20"), "2026-06-21") }), "缺少端午节"},
		"fixed":    {year(func(d []Day) []Day { return drop(d, "2026-01-01") }), "2026年1月1日是法定节日"},
		"kind":     {year(func(d []Day) []Day { d[0].Kind = "off"; return d }), "没有写明放假还是上班"},
		"no day":   {year(func(d []Day) []Day { d[0].Date = Date{2026, 2, 30}; return d }), "没有这一天"},
		"versions": {year(func(d []Day) []Day { d[0].Version = 9; return d }), "同一份通知"},
	} {
		t.Run(name, func(t *testing.T) {
			var all []string
			for _, err := range Check(2026, c.days) {
				if fault.KindOf(err) != fault.Invalid {
					t.Error(err)
				}
				all = append(all, fault.Text(err))
			}
			if !strings.Contains(strings.Join(all, ""), c.want) {
				t.Errorf("%v does not say %q", all, c.want)
			}
		})
	}
	if _, err := New([]Day{{Date: MustDate("2026-01-01"), Kind: Rest, Name: "元旦", Year: 2026}}); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "缺少春节") {
		t.Error(err)
	}
	if e := Check(2023, func() []Day {
		var out []Day
		for _, d := range NationalDays() {
			if d.Year == 2023 {
				out = append(out, d)
			}
		}
		return out
	}()); len(e) != 0 || MustDate("2022-12-31").Weekday() != time.Saturday {
		t.Error("the first day of 元旦 2023 lies in 2022", e)
	}
}
