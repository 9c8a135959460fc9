package zh

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/fault"
)

var realCredits = []string{"11370300004224423Q", "11370322004222241N", "11441700007280420Y", "11620622013933539B"}

func TestF04_CreditCode(t *testing.T) {
	for _, s := range realCredits {
		if !ValidCreditCode(s) {
			t.Errorf("%s refused", s)
		}
	}
	for _, s := range []string{"", "11370300004224423", "11370300004224423q", "11370300004224423QQ", "I1370300004224423Q", "１1370300004224423Q"} {
		if ValidCreditCode(s) {
			t.Errorf("%q accepted", s)
		}
	}
}

func TestF04_EveryChangedCharacterIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(rapid.StringMatching("["+creditAlphabet+"]{17}").Draw(t, "code"))
		c, ok := CreditCheck(string(b))
		if !ok {
			t.Fatal("no check character")
		}
		b = append(b, c)
		for i, was := range b {
			for j := 0; j < len(creditAlphabet); j++ {
				b[i] = creditAlphabet[j]
				if ValidCreditCode(string(b)) != (b[i] == was) {
					t.Fatalf("%s at %d, was %c", b, i, was)
				}
			}
			b[i] = was
		}
	})
}

func TestOrgCode(t *testing.T) {
	for _, s := range []string{"000014349", "00001434-9", "01427686-8"} {
		if !ValidOrgCode(s) {
			t.Errorf("%s refused", s)
		}
	}
	for _, s := range []string{"", "000014348", "0000-14349", "00001434-X", "0000143499"} {
		if ValidOrgCode(s) {
			t.Errorf("%s accepted", s)
		}
	}
}

func TestF02_F03_ParseIndexNumber(t *testing.T) {
	for _, c := range []struct {
		in, want string
		checked  bool
	}{
		{"11370300004224423Q/2025-5521836", "11370300004224423Q/2025-5521836", true},
		{"11441700007280420Y/2021-00050", "11441700007280420Y/2021-00050", true},
		{"000014349/2018-00216", "000014349/2018-00216", true},
		{"00001434-9/2018-00216", "00001434-9/2018-00216", true},
		{"0142768-8/2022-00185", "0142768-8/2022-00185", false},
		{" 11441700007280420y ／ ２０２１ — 00050 ", "11441700007280420Y/2021-00050", true},
	} {
		n, ok := ParseIndexNumber(c.in)
		if !ok || n.String() != c.want || n.Checked != c.checked || n.Raw != c.in {
			t.Errorf("%s: %+v %v", c.in, n, ok)
		}
		found := FindIndexNumbers("索引号：" + c.in + "。")
		if len(found) != 1 || found[0].String() != c.want || found[0].Start != 4+strings.Count(c.in[:1], " ") {
			t.Errorf("%s: found %+v", c.in, found)
		}
	}
	for _, s := range []string{"", "11370300004224423A/2025-5521836", "000014348/2018-00216", "11370300004224423Q/25-1", "11370300004224423Q/2025-", "x11370300004224423Q/2025-1", "2025/05-01", "11370300004224423Q/2025-1/2025-1"} {
		if n, ok := ParseIndexNumber(s); ok {
			t.Errorf("%q read as %+v", s, n)
		}
	}
}

func TestF01_IndexTemplate(t *testing.T) {
	tpl, err := ParseIndexTemplate("{credit}/{year}-{serial:7}")
	if err != nil {
		t.Fatal(err)
	}
	s, err := tpl.Format("11370300004224423Q", 2025, 1836)
	if err != nil || s != "11370300004224423Q/2025-0001836" {
		t.Fatalf("%s %v", s, err)
	}
	if n, ok := tpl.Parse(s); !ok || n.Serial != 1836 || n.Year != 2025 || n.Code != "11370300004224423Q" {
		t.Fatalf("%+v %v", n, ok)
	}
	for _, c := range []struct {
		code         string
		year, serial int
		text         string
	}{{"11370300004224423A", 2025, 1, "校验码"}, {"11370300004224423Q", 25, 1, "年份"}, {"11370300004224423Q", 2025, 0, "序号"}, {"11370300004224423Q", 2025, 10000000, "最多7位"}} {
		if _, err := tpl.Format(c.code, c.year, c.serial); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), c.text) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for s, text := range map[string]string{
		"": "要有年份", "{year}": "要有年份", "{serial:5}": "要有年份", "{year}-{serial}": "不认识", "{year}-{serial:0}": "1到12", "{year}-{serial:x}": "1到12",
		"{year}{year}{serial:5}": "只能出现一次", "{credit}{org}{year}{serial:5}": "只能用一个", "{year-{serial:5}": "不认识", "{year}-{serial:5": "没有配上", "{year}}{serial:5}": "多余",
		"{year} {serial:5}": "空格", "{month}{year}{serial:5}": "不认识", strings.Repeat("a", 200): "太长",
	} {
		if _, err := ParseIndexTemplate(s); fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) == "" || !strings.Contains(fault.Text(err), text) {
			t.Errorf("%q: %v, want %s", s, err, text)
		}
	}
}

func TestF05_TemplateNumbersNeverMeet(t *testing.T) {
	codes := append([]string{}, realCredits...)
	rapid.Check(t, func(t *rapid.T) {
		literal := rapid.StringMatching(`[A-Z0-9/\-号]{0,3}`)
		tpl, err := ParseIndexTemplate(literal.Draw(t, "a") + "{credit}" + literal.Draw(t, "b") + "{year}" + literal.Draw(t, "c") + "{serial:5}" + literal.Draw(t, "d"))
		if err != nil {
			t.Fatal(err)
		}
		code, year, serial := rapid.SampledFrom(codes).Draw(t, "code"), rapid.IntRange(1900, 2999).Draw(t, "year"), rapid.IntRange(1, 99999).Draw(t, "serial")
		s, err := tpl.Format(code, year, serial)
		if err != nil {
			t.Fatal(err)
		}
		n, ok := tpl.Parse(s)
		if !ok || n.Code != code || n.Year != year || n.Serial != serial {
			t.Fatalf("%s with %s: %+v %v", s, tpl, n, ok)
		}
	})
}

func FuzzIndexNumbers(f *testing.F) {
	f.Add("索引号：11370300004224423Q/2025-5521836")
	f.Add("{credit}/{year}-{serial:7}")
	f.Add("0142768-8/2022-00185")
	f.Fuzz(func(t *testing.T, s string) {
		rs := []rune(s)
		for _, n := range FindIndexNumbers(s) {
			if n.Start < 0 || n.End > len(rs) || string(rs[n.Start:n.End]) != n.Raw {
				t.Fatalf("%q: %+v", s, n)
			}
			if again, ok := ParseIndexNumber(n.String()); !ok || again.Code != n.Code || again.Serial != n.Serial {
				t.Fatalf("%q: %+v, read again %+v", s, n, again)
			}
		}
		if tpl, err := ParseIndexTemplate(s); err == nil && tpl.String() != s {
			t.Fatalf("%q became %q", s, tpl)
		}
		ValidCreditCode(s)
		ValidOrgCode(s)
	})
}
