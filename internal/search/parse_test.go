package search

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/zh"
)

func TestTokens(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"行政许可", "行政 政许 许可 可·"},
		{"安全、卫生", "安全 全· 卫生 生·"},
		{"第12条", "第 12 条·"},
		{"12,条", "12 · 条·"},
		{"gb/t 5", "gb · t · 5 ·"},
		{"修订2018年", "修订 订 2018 年·"},
	} {
		if got := strings.TrimSpace(string(appendTokens(nil, zh.Fold(c.in)))); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestPhrase(t *testing.T) {
	for _, c := range []struct {
		in, want string
		open     bool
	}{
		{"", "", false}, {"。", "", false},
		{"税", "税", true},
		{"行政", "行政", false},
		{"行政许可", "行政 政许 许可", false},
		{"第12条", "第 12 条", true},
		{"修订2018", "修订 订 2018", false},
		{"2018", "2018", false},
		{"安全、卫生", "安全 全· 卫生", false},
		{"安全、水", "安全 全· 水", true},
	} {
		if got := phraseOf(zh.Fold(c.in)); got != (phrase{c.want, c.open}) {
			t.Errorf("%s: %+v, want %+v", c.in, got, c)
		}
	}
}

func TestParseQuery(t *testing.T) {
	type parts struct {
		Terms, Without, Quoted []string
		Question               bool
	}
	for _, c := range []struct {
		in   string
		want parts
	}{
		{"行政许可 听证", parts{Terms: []string{"行政许可", "听证"}}},
		{"行政许可 行政許可", parts{Terms: []string{"行政许可"}}},
		{"「行政 许可」-听证", parts{Terms: []string{"行政 许可", "听证"}, Quoted: []string{"行政 许可"}}},
		{"许可 -听证 －“当场”", parts{Terms: []string{"许可"}, Without: []string{"听证", "当场"}, Quoted: nil}},
		{"许可——听证 - 甲", parts{Terms: []string{"许可", "听证", "甲"}}},
		{"国办发[2018]23号 通知", parts{Terms: []string{"国办发(2018)23号", "通知"}}},
		{"什么是行政许可？", parts{Terms: []string{"什么是行政许可"}, Question: true}},
		{"是否", parts{Terms: []string{"是否"}}},
		{"可以带宠物进去吗", parts{Terms: []string{"可以带宠物进去吗"}, Question: true}},
		{"吗啡管理办法", parts{Terms: []string{"吗啡管理办法"}}},
		{"\"没有合上", parts{Terms: []string{"没有合上"}}},
	} {
		p := parseQuery(c.in)
		got := parts{texts(p.terms), texts(p.without), texts(p.quoted), p.question}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.in, d)
		}
	}
}

func texts(terms []term) (out []string) {
	for _, t := range terms {
		out = append(out, t.text)
	}
	return out
}

func TestParseLawRef(t *testing.T) {
	for _, c := range []struct{ in, law, path, label string }{
		{"民法典 第一百二十条", "民法典", "a120", "第一百二十条"},
		{"行政许可法第12条", "行政许可法", "a12", "第十二条"},
		{"行政许可法12条", "行政许可法", "a12", "第十二条"},
		{"《行政许可法》12条", "行政许可法", "a12", "第十二条"},
		{"刑法第一百二十条之一", "刑法", "a120_1", "第一百二十条之一"},
		{"刑法的第120条之2第一款", "刑法", "a120_2", "第一百二十条之二"},
		{"刑法第二百三十四条第（二）项", "刑法", "a234", "第二百三十四条"},
		{"若干意见三条", "", "", ""},
		{"刑法二百三十二条", "刑法", "a232", "第二百三十二条"},
		{"刑法二百三十二", "刑法", "a232", "第二百三十二条"},
		{"民法典 1184", "民法典", "a1184", "第一千一百八十四条"},
		{"《劳动合同法》47", "劳动合同法", "a47", "第四十七条"},
		{"工伤保险条例14", "工伤保险条例", "a14", "第十四条"},
		{"若干意见三", "", "", ""},
		{"法 12", "", "", ""},
		{"刑法修正案八", "", "", ""},
		{"第十二条", "", "", ""},
		{"工伤保险条例", "", "", ""},
		{"民法典第条", "", "", ""},
		{"民法典第零条", "", "", ""},
		{"民法典第一条和第二条", "民法典第一条和", "a2", "第二条"},
		{"民法典第一百二十条的规定", "", "", ""},
	} {
		var law, path, label string
		if ref := parseLawRef(zh.Fold(c.in)); ref != nil {
			law, path, label = ref.law, ref.path, ref.label
		}
		if law != c.law || path != c.path || label != c.label {
			t.Errorf("%s: %s %s %s", c.in, law, path, label)
		}
	}
}

func TestCutSnippet(t *testing.T) {
	long := strings.Repeat("前面的话。", 40) + "行政機關應當公開政府信息。" + strings.Repeat("后面的话。", 40)
	snippet, marks := cutSnippet(long, []weighted{{text: "政府信息", weight: 1}, {text: "行政", weight: 1}})
	if len(marks) != 2 || string([]rune(snippet)[marks[1][0]:marks[1][1]]) != "政府信息" || !strings.HasPrefix(snippet, "行政機關") {
		t.Errorf("%s %v", snippet, marks)
	}
	if snippet, marks := cutSnippet("", []weighted{{text: "甲", weight: 1}}); snippet != "" || marks != nil {
		t.Errorf("%q %v", snippet, marks)
	}
	// A word at the end of the snippet is not cut in two.
	snippet, marks = cutSnippet("公积金"+strings.Repeat("字", snippetRunes-5)+"公积金。", []weighted{{text: "公积金", weight: 1}})
	if !strings.HasSuffix(snippet, "公积金") || len(marks) != 2 {
		t.Errorf("%s %v", snippet, marks)
	}
	// ㎡ folds to two characters, the mark covers the one that stands there.
	snippet, marks = cutSnippet("每人12㎡以上", []weighted{{text: "12m2", weight: 1}})
	if len(marks) != 1 || string([]rune(snippet)[marks[0][0]:marks[0][1]]) != "12㎡" {
		t.Errorf("%q %v", snippet, marks)
	}
}

// The marks of headings are for the machine; a snippet shows the words.
func TestSnippetShowsNoHeadingMarks(t *testing.T) {
	item := &Item{Work: 1, Spans: []Span{{Edition: 1, Validity: "有效"}}, Editions: []ItemEdition{{Label: 1, Title: "渡船管理办法",
		Articles: []ItemArticle{{Text: "# 渡船管理办法\n## 第一章 总则"}, {Path: "a1", Label: "第一条", Text: "第一条 1#泊位停靠渡船。"}}}}}
	x := openIndex(t, t.TempDir())
	catchUp(t, x, newMemory([]*Item{item}))
	if h := find(t, x, Query{Text: "渡船管理办法"}).Hits; len(h) != 1 || h[0].Snippet != "渡船管理办法\n第一章 总则" {
		t.Errorf("%+v", h)
	}
	if h := find(t, x, Query{Text: "泊位停靠"}).Hits; len(h) != 1 || h[0].Snippet != "第一条 1#泊位停靠渡船。" {
		t.Errorf("%+v", h)
	}
}
