package docfile

import "testing"

func TestPlainGlyph_RadicalsBecomeHanzi(t *testing.T) {
	for in, want := range map[string]string{"最高人\u2ea0法院": "最高人民法院", "\u2f08\u2ea0": "人民", "\u2ed3\u2ed4": "长门", "民": "民"} {
		if got := plainGlyph(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
