package workday

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNewDate_RefusesDaysThatDoNotExist(t *testing.T) {
	for _, c := range []struct {
		y  int
		m  time.Month
		d  int
		ok bool
	}{{2026, 2, 28, true}, {2026, 2, 29, false}, {2024, 2, 29, true}, {2026, 2, 30, false}, {2026, 13, 1, false}, {2026, 0, 1, false}, {0, 1, 1, false}, {10000, 1, 1, false}} {
		if _, ok := NewDate(c.y, c.m, c.d); ok != c.ok {
			t.Errorf("NewDate(%d, %d, %d) = %v", c.y, c.m, c.d, ok)
		}
	}
}

func TestParseDate_ISOOnly(t *testing.T) {
	for s, ok := range map[string]bool{"2026-02-28": true, "2026-02-30": false, "2026-2-8": false, "２０２６-02-28": false, "": false, "2026/02/28": false, "+026-01-01": false, "2026-01-01x": false} {
		if _, got := ParseDate(s); got != ok {
			t.Errorf("ParseDate(%q) = %v", s, got)
		}
	}
}

func TestDateOf_IsTheDayInLegalTime(t *testing.T) {
	if d := DateOf(time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)); d != MustDate("2026-11-21") {
		t.Error(d)
	}
}

func TestDate_OrderMovesAndText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := MustDate("1900-01-01").AddDays(rapid.IntRange(0, 80000).Draw(t, "a"))
		n := rapid.IntRange(-9000, 9000).Draw(t, "n")
		b := a.AddDays(n)
		if a.Before(b) != (n > 0) || a.After(b) != (n < 0) || b.AddDays(-n) != a {
			t.Fatalf("%s + %d = %s", a, n, b)
		}
		if back, ok := ParseDate(a.String()); !ok || back != a {
			t.Fatalf("%s does not read back", a)
		}
	})
	if (Date{}).String() != "" || (Date{}).Chinese() != "日期不详" || MustDate("2026-01-05").Chinese() != "2026年1月5日" {
		t.Error("words")
	}
	if !(Date{}).Before(MustDate("0001-01-01")) || !(Date{}).AddDays(3).IsZero() {
		t.Error("the unknown day stands first and stays unknown")
	}
}

func TestDate_JSON(t *testing.T) {
	var v struct {
		On Date `json:"on,omitzero"`
	}
	if b, err := json.Marshal(v); err != nil || string(b) != "{}" {
		t.Errorf("%s %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-02-30"}`), &v); err == nil {
		t.Error("a day that does not exist was read")
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-02-28"}`), &v); err != nil || v.On != MustDate("2026-02-28") {
		t.Errorf("%v %v", v, err)
	}
}
