package zh

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"政府信息公开", "政府 府信 信息 息公 公开"},
		{"國務院", "国务 务院"},
		{"水，电", "水 电"},
		{"GB/T 37668-2019《规范》", "gb t 37668 2019 规范"},
		{"第5G网", "第 5g 网"},
		{"国办发[2018]23号", "国办 办发 2018 23 号 国办发2018年第23号"},
		{"國辦發〔2018〕第023號", "国办 办发 2018 第 023 号 国办发2018年第23号"},
		{"国发〔2020〕1—3号", "国发 2020 1 3 号 国发2020年第1号 国发2020年第2号 国发2020年第3号"},
		{"第711号", "第 711 号"},
	} {
		if d := cmp.Diff(strings.Fields(c.want), Terms(c.in)); d != "" && len(Terms(c.in))+len(c.want) > 0 {
			t.Errorf("%s: %s", c.in, d)
		}
		if got := string(TermsInto([]byte("x "), c.in)); strings.TrimSpace(got) != strings.TrimSpace("x "+c.want) {
			t.Errorf("%s into: %q", c.in, got)
		}
	}
}

func FuzzTerms(f *testing.F) {
	f.Add("国办发[2018]23号 a")
	f.Add("\xff水e\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range Terms(s) {
			if Fold(w) != w {
				t.Fatalf("%q gives %q, which folds to %q", s, w, Fold(w))
			}
			if utf8.ValidString(s) && !utf8.ValidString(w) {
				t.Fatalf("%q gives broken %q", s, w)
			}
		}
	})
}
