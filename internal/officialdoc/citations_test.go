package officialdoc

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// citeLine writes a citation as rel|title|number|path|label.
func citeLine(c Citation) string {
	return strings.Join([]string{c.Rel, c.Title, c.DocNo, c.Path, c.Label}, "|")
}

func TestF13_Citations(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"basis in the first article", "第一条 为了加强对烟草专卖的管理，根据《中华人民共和国烟草专卖法》（以下简称烟草专卖法）、《中华人民共和国行政处罚法》等有关法律、法规，结合本市实际，制定本条例。",
			[]string{"based_on|中华人民共和国烟草专卖法|||", "based_on|中华人民共和国行政处罚法|||"}},
		{"a law put into practice is its basis", "第一条 为了实施《中华人民共和国水法》，结合本市实际，制定本规定。",
			[]string{"based_on|中华人民共和国水法|||"}},
		{"basis of a notice, traditional script", "根據《國務院辦公廳關于印發2018年政務公開工作要點的通知》(國辦發〔2018〕23號)和《山東省人民政府辦公廳關于進一步做好政務公開工作的通知》(魯政辦發〔2018〕21號)要求,經市政府同意,現就進一步做好政務公開工作通知如下:",
			[]string{"based_on|國務院辦公廳關于印發2018年政務公開工作要點的通知|國辦發〔2018〕23号||", "based_on|山東省人民政府辦公廳關于進一步做好政務公開工作的通知|魯政辦發〔2018〕21号||"}},
		{"according to, but nothing is made", "第三十一条 根据《广东省城镇住房保障办法》（广东省人民政府令第181号）第二十五条，方可办理入住手续。",
			[]string{"cites|广东省城镇住房保障办法|广东省人民政府令第181号|a25|第二十五条"}},
		{"repeal of one", "第三十五条 本规定自2005年12月1日起施行。1993年10月12日北京市人民政府发布的《北京市养犬管理办法》同时废止。",
			[]string{"repeals|北京市养犬管理办法|||"}},
		{"repeal of a list with numbers", "本通知自印发之日起施行，有效期5年。《广州市民政局关于进一步规范广州市特困人员救助供养管理工作的通知》（穗民规字〔2018〕10号）、《广州市民政局转发广东省民政厅关于加强护理工作的通知》（穗民〔2016〕324号）同时废止。",
			[]string{"repeals|广州市民政局关于进一步规范广州市特困人员救助供养管理工作的通知|穗民规字〔2018〕10号||", "repeals|广州市民政局转发广东省民政厅关于加强护理工作的通知|穗民〔2016〕324号||"}},
		{"the amending decision only dates the text", "1999年通过，根据2001年10月16日《关于修改〈北京市统计管理条例〉的决定》第二次修正的《北京市统计管理条例》同时废止。",
			[]string{"cites|关于修改〈北京市统计管理条例〉的决定|||", "repeals|北京市统计管理条例|||"}},
		{"repeal from a day on", "《甲市粮食管理办法》自本办法施行之日起废止。", []string{"repeals|甲市粮食管理办法|||"}},
		{"repeal in advance", "废止《甲市户外广告管理规定》第十条。", []string{"repeals_part|甲市户外广告管理规定||a10|第十条"}},
		{"repeal of the part on a matter", "1954年政务院公布的《中华人民共和国劳动改造条例》中有关看守所的规定即行废止。", []string{"repeals_part|中华人民共和国劳动改造条例|||"}},
		{"repeal list on lines below", "现决定对下列文件予以废止：\n1.《甲市人才引进办法》（甲政发〔2009〕3号）\n2.《甲市夜市管理规定》\n以上决定自公布之日起施行。参照《甲市机构方案》办理。",
			[]string{"repeals|甲市人才引进办法|甲政发〔2009〕3号||", "repeals|甲市夜市管理规定|||", "cites|甲市机构方案|||"}},
		{"not a repeal", "本办法施行前，《甲市停车办法》与本办法不一致的，以本办法为准。", []string{"cites|甲市停车办法|||"}},
		{"spoiled goods are not repealed", "依照《中华人民共和国产品质量法》第五十二条关于销售失效、变质的产品的处罚规定处罚。", []string{"cites|中华人民共和国产品质量法||a52|第五十二条"}},
		{"decision to amend", "全国人民代表大会常务委员会关于修改《中华人民共和国邮政法》的决定", []string{"amends|中华人民共和国邮政法|||"}},
		{"amends, with short name", "现决定对《关于审理非法行医刑事案件的解释》（法释〔2008〕5号，以下简称《解释》）作如下修改：\n一、删除《解释》第一条第二项。",
			[]string{"amends|关于审理非法行医刑事案件的解释|法释〔2008〕5号||", "cites|关于审理非法行医刑事案件的解释||a1-1-2|第一条第二项"}},
		{"amends one provision", "三、将《甲市城市管理办法》第二条第三款修改为：“……”", []string{"amends|甲市城市管理办法||a2-3|第二条第三款"}},
		{"prints", "甲市人民政府办公室关于印发《甲市应急预案》的通知", []string{"prints|甲市应急预案|||"}},
		{"prints, said in the letter", "《淄博市贯彻落实〈2025年山东省政务公开工作要点〉实施方案》已经市政府同意,现印发给你们,请认真贯彻执行。",
			[]string{"prints|淄博市贯彻落实〈2025年山东省政务公开工作要点〉实施方案|||"}},
		{"forwards", "甲市教育局关于转发《乙省教育厅校车管理办法》的通知", []string{"forwards|乙省教育厅校车管理办法|||"}},
		{"article, paragraph and item", "违反《甲市条例》第十二条第二款第（三）项规定的", []string{"cites|甲市条例||a12-2-3|第十二条第二款第（三）项"}},
		{"item without paragraph", "《甲市条例》第四十六条第三项", []string{"cites|甲市条例||a46-1-3|第四十六条第三项"}},
		{"article zhi", "《甲市条例》第十二条之一第二款", []string{"cites|甲市条例||a12_1-2|第十二条之一第二款"}},
		{"several items and articles", "《甲市条例》第三十二条第一款第（一）、（四）项和第四十条规定", []string{
			"cites|甲市条例||a32-1-1|第三十二条第一款第（一）、（四）项", "cites|甲市条例||a32-1-4|第三十二条第一款第（一）、（四）项", "cites|甲市条例||a40|第四十条"}},
		{"paragraphs of one article", "《甲市条例》第八条第一款、第三款", []string{"cites|甲市条例||a8-1|第八条第一款", "cites|甲市条例||a8-3|第三款"}},
		{"a range", "《甲市条例》第三条至第五条", []string{"cites|甲市条例||a3|第三条至第五条", "cites|甲市条例||a4|第三条至第五条", "cites|甲市条例||a5|第三条至第五条"}},
		{"Arabic figures", "《甲市条例》第12条第2款", []string{"cites|甲市条例||a12-2|第12条第2款"}},
		{"short name without marks", "根据《中华人民共和国公路法》（以下简称公路法）制定本办法。\n依照公路法第七十六条的规定处罚，也依照本办法第十条。",
			[]string{"based_on|中华人民共和国公路法|||", "cites|中华人民共和国公路法||a76|第七十六条"}},
		{"self reference", "违反本法第十条规定的，依照本条例第三条处罚。", nil},
		{"certificates are not documents", "持有《出生医学证明》和《食品经营许可证》的，登载于《甲市日报》。", nil},
		{"a bare kind names nothing", "按照《条例》办理。", nil},
		{"two documents joined without a sign", "贯彻《甲市条例》《乙市办法》的精神", []string{"cites|甲市条例|||", "cites|乙市办法|||"}},
		{"title over a line break", "結合《中華人民共和國政府信息公開\n\n  條例》實施10周年", []string{"cites|中華人民共和國政府信息公開條例|||"}},
		{"unclosed mark", "《甲市条例第三条\n第二条 《乙市办法》", []string{"cites|乙市办法|||"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, c := range Citations(tc.text) {
				got = append(got, citeLine(c))
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("citations differ (-want +got):\n%s", d)
			}
		})
	}
}

func TestF13_CitationSpansHoldTheWords(t *testing.T) {
	text := "序言\n依照《甲市条例》（甲政发〔2009〕3号）第八条第一款、第三款办理。"
	var got []string
	for _, c := range Citations(text) {
		got = append(got, string([]rune(text)[c.Start:c.End]))
	}
	want := []string{"《甲市条例》（甲政发〔2009〕3号）第八条第一款", "第三款"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("spans differ (-want +got):\n%s", d)
	}
}

func TestF13_IsSelfTitle(t *testing.T) {
	for _, tc := range []struct {
		cited, own string
		want       bool
	}{
		{"《政府信息公开条例》", "中华人民共和国政府信息公开条例", true},
		{"中華人民共和國政府信息公開條例", "政府信息公开条例（2019年修订）", true},
		{"甲市 停车条例", "甲市停车条例", true},
		{"甲市停车条例", "乙市停车条例", false},
		{"", "", false},
	} {
		if got := IsSelfTitle(tc.cited, tc.own); got != tc.want {
			t.Errorf("IsSelfTitle(%q, %q) = %v", tc.cited, tc.own, got)
		}
	}
}

// A provision written in any of the usual ways comes back with its anchor.
func TestF13_ProvisionAnchors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		article, paragraph, item := rapid.IntRange(1, 999).Draw(t, "article"), rapid.IntRange(0, 9).Draw(t, "paragraph"), rapid.IntRange(0, 20).Draw(t, "item")
		write := func(n int) string {
			if rapid.Bool().Draw(t, "arabic") {
				return fmt.Sprint(n)
			}
			return citeTestNumeral(n)
		}
		text, path := "《甲市条例》第"+write(article)+"条", fmt.Sprintf("a%d", article)
		if paragraph > 0 {
			text += "第" + write(paragraph) + "款"
			path += fmt.Sprintf("-%d", paragraph)
		}
		if item > 0 {
			text += "第（" + write(item) + "）项"
			if paragraph == 0 {
				path += "-1"
			}
			path += fmt.Sprintf("-%d", item)
		}
		got := Citations("按照" + text + "的规定")
		if len(got) != 1 || got[0].Path != path {
			t.Fatalf("%s: %+v, want %s", text, got, path)
		}
	})
}

// citeTestNumeral writes 1 to 999 in Chinese.
func citeTestNumeral(n int) string {
	d := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	out := ""
	if n >= 100 {
		out = d[n/100] + "百"
		if n%100 > 0 && n%100 < 10 {
			out += "零"
		}
	}
	if t := n / 10 % 10; t > 0 {
		if t > 1 || n >= 100 {
			out += d[t]
		}
		out += "十"
	}
	return out + d[n%10]
}

func FuzzCitations(f *testing.F) {
	for _, s := range []string{"", "《", "《甲》》第", "《甲市条例》第三条至第九十九条（", "根据《甲市条例》（以下简称《条例》），制定本办法。公路法第十条", "《甲〈乙〉丙》第（一）、（二）项同时废止", "\xff《甲市条例》\xfe第十条"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := utf8.RuneCountInString(text)
		last := 0
		for _, c := range Citations(text) {
			if c.Start < 0 || c.End <= c.Start || c.End > n || c.Title == "" || c.Rel == "" {
				t.Fatalf("bad citation %+v of %d runes", c, n)
			}
			if c.Start < last && c.Path == "" {
				t.Fatalf("citations overlap: %+v", c)
			}
			last = c.Start
		}
	})
}
