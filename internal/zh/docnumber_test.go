package zh

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestF06_F07_ParseDocNumber(t *testing.T) {
	const square, ordinal, zeros, blanks, wide = "年份应使用六角括号〔〕", "序号前不加“第”字", "序号不编虚位，前面不加0", "文号中不应有空格", "数字应使用半角"
	for _, c := range []struct {
		in, want string
		warnings []string
	}{
		{"淄政办字〔2025〕17号", "淄政办字〔2025〕17号", nil},
		{"淄政办字[2025]17号", "淄政办字〔2025〕17号", []string{square}},
		{"淄政办字（2025）17号", "淄政办字〔2025〕17号", []string{square}},
		{"淄政办字〔2025]17号", "淄政办字〔2025〕17号", []string{square}},
		{"淄政办字【2025】第017号", "淄政办字〔2025〕17号", []string{zeros, ordinal, square}},
		{"国办发 〔２０１８〕 23 号", "国办发〔2018〕23号", []string{wide, blanks}},
		{"（国办发〔2018〕23号）", "国办发〔2018〕23号", nil},
		{"國辦發〔2018〕23號", "國辦發〔2018〕23号", nil},
		{"国办发〔2018〕23", "国办发〔2018〕23号", []string{"文号末尾应有“号”字"}},
		{"国办发〔2018年〕23号", "国办发〔2018〕23号", []string{"括号内只写年份数字"}},
		{"法释〔1998〕4号", "法释〔1998〕4号", nil},
		{"法（研）发〔1987〕32号", "法（研）发〔1987〕32号", nil},
		{"国务院令第711号", "国务院令第711号", nil},
		{"中华人民共和国主席令第六十八号", "中华人民共和国主席令第68号", nil},
		{"广州市人民政府令 第193号", "广州市人民政府令第193号", []string{blanks}},
		{"广州市人民政府令（第193号）", "广州市人民政府令第193号", nil},
		{"中华人民共和国国务院、中央军事委员会令第706号", "中华人民共和国国务院、中央军事委员会令第706号", nil},
		{"广东省人民政府第99号令", "广东省人民政府令第99号", nil},
		{"第9号令", "令第9号", []string{"没有写明发布机关"}},
		{"中国人民银行令〔2020〕第3号", "中国人民银行令〔2020〕第3号", nil},
		{"公告〔2020〕第3号", "公告2020年第3号", nil},
		{"国家税务总局公告2020年第3号", "国家税务总局公告2020年第3号", nil},
	} {
		n, warnings, ok := ParseDocNumber(c.in)
		if !ok || n.String() != c.want {
			t.Errorf("%s: %s, %v", c.in, n, ok)
			continue
		}
		if d := cmp.Diff(c.warnings, warnings); d != "" {
			t.Errorf("%s: %s", c.in, d)
		}
	}
	for _, s := range []string{"", "（2025年第一批常态分配通告）", "（年度通告）", "穗府办规〔2021〕14号为依据", "〔2025〕17号", "国办发〔25〕17号", "国办发〔2025〕号", "国办发〔2025〕0号",
		"国办发〔3025〕1号", "国发〔2020〕1-3号", "（2012）江宁开民初字第646号", "第三号", "国务院第711号", "国务院公报2020年第7号"} {
		if n, _, ok := ParseDocNumber(s); ok {
			t.Errorf("%q read as %s", s, n)
		}
	}
}

func TestF07_DocNumberKeyJoinsSpellings(t *testing.T) {
	for _, group := range [][]string{
		{"国办发〔2018〕23号", "國辦發〔2018〕23號", "国办发[2018]23号", "国办发（２０１８）第023号", "国办发 【2018】 23号", "國辦發﹝2018﹞23號"},
		{"中华人民共和国主席令第六十八号", "主席令第68号", "中华人民共和国主席令（第六十八号）"},
		{"广东省人民政府令第99号", "广东省人民政府第99号令"},
		{"财政部公告2020年第3号", "财政部公告〔2020〕第3号", "财政部公告〔2020〕3号"},
	} {
		for _, s := range group[1:] {
			if DocNumberKey(s) != DocNumberKey(group[0]) {
				t.Errorf("%s: %s, want %s", s, DocNumberKey(s), DocNumberKey(group[0]))
			}
		}
	}
	if DocNumberKey("国办发〔2018〕23号") == DocNumberKey("国办发〔2018〕2号") || DocNumberKey("国发〔2018〕23号") == DocNumberKey("国办发〔2018〕23号") {
		t.Error("different numbers have one key")
	}
}

func TestF06_FindDocNumbers(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // raw => canonical
	}{
		{"quoted", "《通知》（国办发〔2018〕23号）要求", []string{"国办发〔2018〕23号 => 国办发〔2018〕23号"}},
		{"run in", "国务院办公厅关于废止国办发〔1990〕33号文件的通知", []string{"国办发〔1990〕33号 => 国办发〔1990〕33号"}},
		{"organ before", "市人民政府京政发〔1985〕167号文件发布", []string{"京政发〔1985〕167号 => 京政发〔1985〕167号"}},
		{"our court", "我院法〔1998〕86号通知", []string{"法〔1998〕86号 => 法〔1998〕86号"}},
		{"by", "按国办发(1985)49号文件规定办理", []string{"国办发(1985)49号 => 国办发〔1985〕49号"}},
		{"traditional", "根據國辦發〔2018〕23號", []string{"國辦發〔2018〕23號 => 國辦發〔2018〕23号"}},
		{"two joined", "国发〔2019〕1号和国办发〔2019〕2号", []string{"国发〔2019〕1号 => 国发〔2019〕1号", "国办发〔2019〕2号 => 国办发〔2019〕2号"}},
		{"header", "和政发〔2020〕1号", []string{"和政发〔2020〕1号 => 和政发〔2020〕1号"}},
		{"range", "国发〔2020〕1—3号", []string{"国发〔2020〕1—3号 => 国发〔2020〕1号..3"}},
		{"range with marks", "国发〔2020〕1号至3号", []string{"国发〔2020〕1号至3号 => 国发〔2020〕1号..3"}},
		{"decree", "根据国务院令第711号公布", []string{"国务院令第711号 => 国务院令第711号"}},
		{"decree in brackets", "国务院令（第711号）", []string{"国务院令（第711号） => 国务院令第711号"}},
		{"decree with blank", "广州市人民政府令 第193号", []string{"广州市人民政府令 第193号 => 广州市人民政府令第193号"}},
		{"decree behind", "1994年广东省人民政府第9号令公布", []string{"广东省人民政府第9号令 => 广东省人民政府令第9号"}},
		{"former organ", "2014年8月19日原国家工商行政管理总局令第71号公布", []string{"国家工商行政管理总局令第71号 => 国家工商行政管理总局令第71号"}},
		{"made by", "原温江区国土局作出温国土资发〔2005〕5号批复", []string{"温国土资发〔2005〕5号 => 温国土资发〔2005〕5号"}},
		{"bracket in the code", "解释》（法（研）发〔1987〕32号）同", []string{"法（研）发〔1987〕32号 => 法（研）发〔1987〕32号"}},
		{"bracket of a title", "问题的解释（二）法释〔2023〕12号", []string{"法释〔2023〕12号 => 法释〔2023〕12号"}},
		{"joint decree", "国务院、中央军委令第706号", []string{"国务院、中央军委令第706号 => 国务院、中央军委令第706号"}},
		{"announcement", "财政部 税务总局公告2020年第3号", []string{"税务总局公告2020年第3号 => 税务总局公告2020年第3号"}},
		{"dates and articles", "2025年第一批常态分配通告，第三条第二款第1号，（2018年修订）2020年第7号", nil},
		{"court case", "（2012）江宁开民初字第646号", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, d := range FindDocNumbers(c.text) {
				line := d.Raw + " => " + d.Number.String()
				if d.Last != d.Number.Serial {
					line += ".." + serialText(d.Last)
				}
				got = append(got, line)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// serialText keeps the table above readable.
func serialText(n int) string { return strconv.Itoa(n) }

func TestF07_CanonicalRoundTrip(t *testing.T) {
	organs := []string{"国发", "淄政办字", "鲁府法备", "财税", "法", "高检发释字", "HX环函"}
	brackets := []string{"〔〕", "[]", "()", "（）", "【】", "［］", "〈〉", "﹝﹞"}
	rapid.Check(t, func(t *rapid.T) {
		n := DocNumber{Organ: rapid.SampledFrom(organs).Draw(t, "organ"), Year: rapid.IntRange(1000, 2999).Draw(t, "year"), Serial: rapid.IntRange(1, 99999).Draw(t, "serial")}
		got, warnings, ok := ParseDocNumber(n.String())
		if !ok || got != n || warnings != nil {
			t.Fatalf("%s: %+v %v %v", n, got, warnings, ok)
		}
		b := []rune(rapid.SampledFrom(brackets).Draw(t, "bracket"))
		other := strings.NewReplacer("〔", string(b[0]), "〕", string(b[1])).Replace(n.String())
		if DocNumberKey(other) != n.Key() {
			t.Fatalf("%s: %s, want %s", other, DocNumberKey(other), n.Key())
		}
		found := FindDocNumbers("《甲》（" + other + "）。")
		if len(found) != 1 || found[0].Number != n {
			t.Fatalf("%s: found %+v", other, found)
		}
	})
}

func FuzzDocNumbers(f *testing.F) {
	f.Add("根据国办发〔2018〕23号和国务院令第711号")
	f.Add("公告2020年第3号、国发[2020]1—3号")
	f.Fuzz(func(t *testing.T, s string) {
		rs, last := []rune(s), 0
		for _, d := range FindDocNumbers(s) {
			if d.Start < last || d.End <= d.Start || d.End > len(rs) || string(rs[d.Start:d.End]) != d.Raw {
				t.Fatalf("%q: %+v", s, d)
			}
			if d.Number.Serial < 1 || d.Last < d.Number.Serial || d.Number.Organ == "" {
				t.Fatalf("%q: %+v", s, d)
			}
			last = d.End
		}
		if n, _, ok := ParseDocNumber(s); ok {
			again, _, ok := ParseDocNumber(n.String())
			if !ok || again != n {
				t.Fatalf("%q: %+v, written %s, read %+v", s, n, n, again)
			}
		}
		if key := DocNumberKey(s); DocNumberKey(key) != key {
			t.Fatalf("%q: key %q, then %q", s, key, DocNumberKey(key))
		}
	})
}
