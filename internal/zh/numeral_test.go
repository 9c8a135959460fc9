package zh

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseNumeral(t *testing.T) {
	for s, want := range map[string]int{
		"零": 0, "五": 5, "十": 10, "十二": 12, "二十": 20, "廿": 20, "廿三": 23, "卅一": 31, "一百": 100, "一百零三": 103,
		"一百一十": 110, "一百十二": 112, "两百": 200, "一千零二十": 1020, "一千〇二十": 1020, "两千": 2000, "一万": 10000,
		"一万三千": 13000, "一万零三": 10003, "十二万": 120000, "一千万": 10000000, "三万零五十": 30050, "二〇二六": 2026, "二○○七": 2007,
		"17": 17, "１２": 12, "007": 7, "一亿零一万": 100010000, "六十八": 68, "711": 711,
	} {
		if got, ok := ParseNumeral(s); !ok || got != want {
			t.Errorf("ParseNumeral(%s) = %d, %v, want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "一百三", "一万三", "百", "十十", "二十十", "一百零", "一百零三十", "十万万万x", "千", "零十", "第一", "一.二", "百一", "一2", "99999999999999999999", "二十零三", "万", "一万零"} {
		if got, ok := ParseNumeral(s); ok {
			t.Errorf("ParseNumeral(%q) = %d, want refusal", s, got)
		}
	}
}

func TestFormatNumeral(t *testing.T) {
	for n, want := range map[int]string{
		0: "零", 7: "七", 10: "十", 12: "十二", 20: "二十", 103: "一百零三", 110: "一百一十", 1020: "一千零二十", 1001: "一千零一", 10000: "一万",
		10010: "一万零一十", 120000: "十二万", 100000000: "一亿", -3: "负三",
	} {
		if got := FormatNumeral(n); got != want {
			t.Errorf("FormatNumeral(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestNumeralRoundTrip(t *testing.T) {
	for n := 0; n < 100000; n++ {
		if got, ok := ParseNumeral(FormatNumeral(n)); !ok || got != n {
			t.Fatalf("%d -> %s -> %d, %v", n, FormatNumeral(n), got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1<<50).Draw(t, "n")
		if got, ok := ParseNumeral(FormatNumeral(n)); !ok || got != n {
			t.Fatalf("%d -> %s -> %d, %v", n, FormatNumeral(n), got, ok)
		}
	})
}

func FuzzParseNumeral(f *testing.F) {
	f.Add("一百零三")
	f.Add("二〇二六")
	f.Add("万亿十")
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := ParseNumeral(s)
		if !ok {
			return
		}
		if n < 0 || n > maxNumeral {
			t.Fatalf("%q = %d", s, n)
		}
		if again, ok := ParseNumeral(FormatNumeral(n)); !ok || again != n {
			t.Fatalf("%q = %d, written %s, read %d %v", s, n, FormatNumeral(n), again, ok)
		}
	})
}
