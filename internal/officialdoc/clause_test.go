package officialdoc

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestF12_EffectiveClause(t *testing.T) {
	for _, tc := range []struct {
		name, text     string
		date, relative string
		words          string
	}{
		{"last article", "第一条 为了……制定本条例。\n第三十九条 本条例自2006年1月1日起施行。", "2006-01-01", "", "自2006年1月1日起施行"},
		{"with a repeal behind", "第八条 本办法自2024年4月1日起实施，有效期5年。《甲市办法》同时废止。", "2024-04-01", "", "自2024年4月1日起实施"},
		{"from publication", "第九条 本条例自公布之日起施行。", "", "公布", "自公布之日起施行"},
		{"from printing", "第十八条 本实施细则自印发之日起施行,有效期5年。", "", "印发", "自印发之日起施行"},
		{"after publication", "第九条 本办法自公布之日起30日后施行。", "", "公布之日起30日后", "自公布之日起30日后施行"},
		{"after an approval", "第二十八条 本规定经上海市人民代表大会常务委员会修订，自1989年3月1日起施行。", "1989-03-01", "", "自1989年3月1日起施行"},
		{"adoption in brackets", "第五十条 本法（原称《中国人民解放军现役军官服役条例》）自1989年1月1日起施行。", "1989-01-01", "", "自1989年1月1日起施行"},
		{"Chinese figures", "第三十五条 本规定自二零零三年二月一日起施行。", "2003-02-01", "", "自二零零三年二月一日起施行"},
		{"traditional script", "第九條 本辦法自2003年2月1日起實施。", "2003-02-01", "", "自2003年2月1日起實施"},
		{"yu for zi", "第七条 本规定于2002年3月1日起施行。", "2002-03-01", "", "于2002年3月1日起施行"},
		{"a notice", "七、本通知自2024年3月4日起施行，有效期5年。", "2024-03-04", "", "自2024年3月4日起施行"},
		{"an article without a subject", "第二十条 自2002年1月1日起施行。", "2002-01-01", "", "自2002年1月1日起施行"},
		{"the last of two", "第三条 本条例自2001年1月1日起施行。\n第四条 本条例自2002年1月1日起施行。", "2002-01-01", "", "自2002年1月1日起施行"},
		{"the article before the annexed decision", "第四条 本条例自2002年1月1日起施行。\n附：\n本决定自2009年1月1日起施行。", "2002-01-01", "", "自2002年1月1日起施行"},
		{"exceptions do not win", "第九条 本条例自2010年5月1日起施行，但第三条自2011年1月1日起施行。", "2010-05-01", "", "自2010年5月1日起施行"},
		{"note below the title", "甲法院关于乙的解释\n（2002年3月15日最高人民法院公告公布 自2002年3月26日起施行）\n为正确理解", "2002-03-26", "", "自2002年3月26日起施行"},
		{"another text", "《甲市条例》自2010年5月1日起施行。", "", "", ""},
		{"a repealed text's first day", "自1997年2月5日起施行的《广州市幼儿教育管理规定》同时废止。", "", "", ""},
		{"a rate", "本通知规定的最低生活保障标准均从2025年1月1日起执行。", "", "", ""},
		{"a part of it", "第九条 本条例自2010年5月1日起施行的部分，按照原规定办理。", "", "", ""},
		{"quoted", "将第十条修改为：“本条例自2010年5月1日起施行。”", "", "", ""},
		{"a contract", "第十二条 抵押合同自依法成立之日起生效。", "", "", ""},
		{"since it came into force", "自本办法施行之日起六个月内提出。", "", "", ""},
		{"none", "第一条 为了……", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, ok := EffectiveClause(tc.text)
			if ok != (tc.words != "") || c.Date.String() != tc.date || c.Relative != tc.relative {
				t.Fatalf("got %v %v", c, ok)
			}
			if words := string([]rune(tc.text)[c.Start:c.End]); words != tc.words {
				t.Errorf("words %q, want %q", words, tc.words)
			}
		})
	}
}

// Whatever day the last article names comes back, and a later sentence about
// another text never outweighs it.
func TestF12_EffectiveClauseReadsAnyDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, e := extractDrawDate(t, "own"), extractDrawDate(t, "other")
		self := rapid.SampledFrom([]string{"本法", "本条例", "本办法", "本规定", "本细则", "本通知", "本决定", "本解释"}).Draw(t, "self")
		verb := rapid.SampledFrom([]string{"施行", "生效", "实施", "执行"}).Draw(t, "verb")
		text := fmt.Sprintf("第一条 总则。\n第二条 %s自%s起%s。自%s起施行的《乙市办法》同时废止。", self, d.Chinese(), verb, e.Chinese())
		if c, ok := EffectiveClause(text); !ok || c.Date != d {
			t.Fatalf("%s: %v %v", text, c, ok)
		}
	})
}

func FuzzEffectiveClause(f *testing.F) {
	for _, s := range []string{"", "本条例自2006年1月1日起施行", "自自自施行施行", "“本法自", "第九条 本办法自公布之日起30日后施行。", "(公布 自2002年3月26日起施行)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := EffectiveClause(text)
		if ok && (c.Start < 0 || c.End <= c.Start || c.End > utf8.RuneCountInString(text) || c.Date.IsZero() == (c.Relative == "")) {
			t.Fatalf("bad clause %+v", c)
		}
	})
}
