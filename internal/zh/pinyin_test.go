package zh

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPinyin(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"政府信息公开", "zheng fu xin xi gong kai"},
		{"政府信息公開", "zheng fu xin xi gong kai"},
		{"重庆市银行业条例", "chong qing shi yin hang ye tiao li"},
		{"绿化率", "lv hua lv"},
		{"会计法2024", "kuai ji fa 2 0 2 4"},
		{"", ""},
	} {
		var got []string
		for _, s := range Pinyin(c.text) {
			got = append(got, s.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

func TestPinyinLetters(t *testing.T) {
	for _, c := range []struct {
		text, want string
		ok         bool
	}{{"zhengfu xinxi", "zhengfuxinxi", true}, {"ZFXXGK", "zfxxgk", true}, {"xi'an", "xian", true}, {"lü", "lv", true}, {"a", "a", false}, {"政fu", "", false}, {"abc1", "", false}, {"", "", false}} {
		if got, ok := PinyinLetters(c.text); got != c.want && ok || ok != c.ok {
			t.Errorf("%q: %q %v", c.text, got, ok)
		}
	}
}

func TestConfusions(t *testing.T) {
	for _, c := range []struct {
		list  []rune
		holds rune
	}{{Homophones('工'), '公'}, {Homophones('政'), '证'}, {Homophones('深'), '森'}, {Homophones('南'), '兰'}, {Lookalikes('未'), '末'}, {Lookalikes('己'), '已'}, {Lookalikes('故'), '政'}} {
		if !slices.Contains(c.list, c.holds) {
			t.Errorf("%c is not in %s", c.holds, string(c.list))
		}
	}
}

// TestConfusionsGoBothWays: a slip can be mended in either direction.
func TestConfusionsGoBothWays(t *testing.T) {
	all := loadReadings()
	var chars []rune
	for r := range all.first {
		chars = append(chars, r)
	}
	slices.Sort(chars)
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SampledFrom(chars).Draw(rt, "character")
		for _, o := range Homophones(r) {
			if o == r || !slices.Contains(Homophones(o), r) {
				rt.Fatalf("%c and %c", r, o)
			}
		}
		for _, o := range Lookalikes(r) {
			if o == r || !slices.Contains(Lookalikes(o), r) {
				rt.Fatalf("%c looks like %c", r, o)
			}
		}
		if s := Pinyin(string(r)); Fold(string(r)) == string(r) && (len(s) != 1 || s[0] != Syllable{Readings(r)[0], true}) {
			rt.Fatalf("%c: %v", r, s)
		}
	})
}
