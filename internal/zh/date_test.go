package zh

import (
	"testing"
)

func TestFindDates(t *testing.T) {
	for _, c := range []struct {
		text, raw, want string
	}{
		{"（2025年5月28日印发）", "2025年5月28日", "2025-05-28"},
		{"日期２０１３-01-01。", "２０１３-01-01", "2013-01-01"},
		{"自2025-05-28起", "2025-05-28", "2025-05-28"},
		{"自2025.5.28起", "2025.5.28", "2025-05-28"},
		{"自2025/5/28起", "2025/5/28", "2025-05-28"},
		{"发布日期：2018- 08- 21 19: 39", "2018- 08- 21", "2018-08-21"},
		{"二〇一八年八月二十日", "二〇一八年八月二十日", "2018-08-20"},
		{"二○○七年十二月廿九日", "二○○七年十二月廿九日", "2007-12-29"},
		{"二О一八年元月一日", "二О一八年元月一日", "2018-01-01"},
		{"二Ｏ一八年十月三十一日", "二Ｏ一八年十月三十一日", "2018-10-31"},
		{"二零一零年十月十日", "二零一零年十月十日", "2010-10-10"},
		{"二00八年5月1日", "二00八年5月1日", "2008-05-01"},
		{"2025 年 5 月 28 日", "2025 年 5 月 28 日", "2025-05-28"},
		{"1998年3月1号", "1998年3月1号", "1998-03-01"},
		{"2025—05—28", "2025—05—28", "2025-05-28"},
	} {
		got := FindDates(c.text)
		if len(got) != 1 || got[0].Invalid || got[0].Raw != c.raw || got[0].Date.String() != c.want {
			t.Errorf("%s: %+v", c.text, got)
			continue
		}
		if string([]rune(c.text)[got[0].Start:got[0].End]) != c.raw {
			t.Errorf("%s: span %d to %d", c.text, got[0].Start, got[0].End)
		}
	}
}

func TestFindDatesInvalidAndNone(t *testing.T) {
	for _, s := range []string{"2025年2月30日", "2025-13-01", "二〇二五年二月三十日", "2025年0月1日"} {
		got := FindDates(s)
		if len(got) != 1 || !got[0].Invalid || !got[0].Date.IsZero() {
			t.Errorf("%s: %+v", s, got)
		}
	}
	for _, s := range []string{"12025-05-28", "2025-05-281", "v2025.5.28.1", "2025-05/28", "SDPR-2021-0010001", "000014349/2018-00216", "2025年5月", "5月28日", "2025\n年5月28日", "0533-3183123", "20250528"} {
		if got := FindDates(s); len(got) != 0 {
			t.Errorf("%s: %+v", s, got)
		}
	}
	if got := FindDates("2024年5月1日至2025年6月1日，2025-07-01"); len(got) != 3 {
		t.Errorf("three dates: %+v", got)
	}
}

func TestParseDate(t *testing.T) {
	for s, want := range map[string]string{
		"２０１３-01-01": "2013-01-01", " 2025年5月28日 ": "2025-05-28", "2025年5月28": "2025-05-28", "20250528": "2025-05-28",
		"2018- 08- 21 19: 39": "2018-08-21", "2025-05-28T10:00:00+08:00": "2025-05-28", "2025年5月28日（星期三）": "2025-05-28",
		"二〇一八年八月二十日": "2018-08-20", "2025/5/28 10:00": "2025-05-28",
	} {
		if got, ok := ParseDate(s); !ok || got.String() != want {
			t.Errorf("ParseDate(%q) = %s, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "日期不详", "2025-02-30", "2025年5月", "自2025年5月28日起", "2025-05-28至2025-06-01", "20251301", "2025-5-28号文"} {
		if got, ok := ParseDate(s); ok {
			t.Errorf("ParseDate(%q) = %s", s, got)
		}
	}
}

func FuzzFindDates(f *testing.F) {
	f.Add("2025年5月28日 2018- 08- 21")
	f.Add("二○○七年十二月廿九日")
	f.Fuzz(func(t *testing.T, s string) {
		rs, last := []rune(s), 0
		for _, d := range FindDates(s) {
			if d.Start < last || d.End <= d.Start || d.End > len(rs) || string(rs[d.Start:d.End]) != d.Raw {
				t.Fatalf("%q: span %+v", s, d)
			}
			if d.Invalid != d.Date.IsZero() {
				t.Fatalf("%q: %+v", s, d)
			}
			if got, ok := ParseDate(d.Raw); ok == d.Invalid || got != d.Date {
				t.Fatalf("%q found %v, alone %v %v", d.Raw, d.Date, got, ok)
			}
			last = d.End
		}
		ParseDate(s)
	})
}
