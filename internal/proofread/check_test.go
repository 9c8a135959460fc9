package proofread_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/proofread"
	"gongkai/internal/workday"

	"pgregory.net/rapid"
)

func text(s string) proofread.Part {
	return proofread.Part{Name: "正文", Kind: proofread.PartText, Text: s, Opened: true}
}

func check(s string) proofread.Report {
	return proofread.Check(proofread.Input{Parts: []proofread.Part{text(s)}}, proofread.Options{})
}

func rules(rep proofread.Report) []string {
	var out []string
	for _, h := range rep.Hits {
		out = append(out, h.Rule)
	}
	return out
}

func TestVerdicts(t *testing.T) {
	closed := proofread.Part{Name: "嵌入文件“a.doc”", Kind: proofread.PartEmbedded, Why: "旧格式"}
	for _, c := range []struct {
		name  string
		parts []proofread.Part
		want  proofread.Verdict
	}{
		{"clean", []proofread.Part{text("请认真执行。")}, proofread.Clean},
		{"only a hint", []proofread.Part{text("各区,各县执行。")}, proofread.Clean},
		{"fault", []proofread.Part{text("请执行清政发[2025]3号。")}, proofread.Fault},
		{"nobody can tell", []proofread.Part{text("请认真执行。"), closed}, proofread.CannotTell},
		{"a fault is one whatever else", []proofread.Part{closed, text("请执行清政发[2025]3号。")}, proofread.Fault},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep := proofread.Check(proofread.Input{Parts: c.parts}, proofread.Options{})
			if rep.Verdict != c.want {
				t.Errorf("verdict %s, want %s: %v", rep.Verdict, c.want, rep.Hits)
			}
			if slices.ContainsFunc(c.parts, func(p proofread.Part) bool { return !p.Opened }) && len(rep.Unopened) != 1 {
				t.Errorf("unopened parts %v", rep.Unopened)
			}
		})
	}
}

func TestF07_SuggestionIsTheRightSpelling(t *testing.T) {
	for in, want := range map[string]string{
		"按国办发[2018]23号办理":  "国办发〔2018〕23号",
		"按国办发（2018）23号办理":  "国办发〔2018〕23号",
		"按国办发【2018】023号办理": "国办发〔2018〕23号",
		"按国发[2020]1—3号办理":  "国发〔2020〕1—3号",
	} {
		rep := check(in)
		if len(rep.Hits) != 1 || rep.Hits[0].Suggest != want || rep.Hits[0].Rule != "F-06.bracket" {
			t.Errorf("%s: %+v", in, rep.Hits)
		}
	}
}

func TestA14_NoteAgainstAttribute(t *testing.T) {
	rep := proofread.Check(proofread.Input{Parts: []proofread.Part{text("正文。\n（此件公开发布）")}, Attribute: "不予公开"}, proofread.Options{})
	if len(rep.Hits) != 1 || rep.Hits[0].Level != proofread.Block || rep.Hits[0].Suggest != "（此件不予公开）" {
		t.Errorf("%+v", rep.Hits)
	}
}

func TestF4_AttachmentTexts(t *testing.T) {
	rep := proofread.Check(proofread.Input{Parts: []proofread.Part{text("附件：1.名单\n2.流程图")}, Attachments: []string{"a"}}, proofread.Options{})
	if len(rep.Hits) != 1 || !strings.Contains(rep.Hits[0].Why, "列了2个") || !strings.Contains(rep.Hits[0].Why, "有1个") {
		t.Errorf("%+v", rep.Hits)
	}
}

func TestA25_CreditCodeIsNoPerson(t *testing.T) {
	for in, want := range map[string][]string{
		"统一社会信用代码11370300004224423Q":         nil,
		"身份证号11010519491231002X":             {"PII.id"},
		"联系人李四，手机13800138000，邮箱lisi@163.com": {"PII.name", "PII.mobile", "PII.email"},
		"办公室电话0000-8123456，邮箱office@gov.cn":  nil,
	} {
		if got := rules(check(in)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
}

func TestA25_ThinMaskHasTheKindOfItsNumber(t *testing.T) {
	for in, want := range map[string]proofread.Kind{
		"1101051949****002X":       proofread.KindID,
		"138001380**":              proofread.KindMobile,
		"银行卡号：62220200000000000**": proofread.KindBank,
		"110105********002X":       "",
	} {
		var got proofread.Kind
		for _, h := range check(in).Hits {
			got = h.Kind
		}
		if got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestA25_ColumnIsJudgedByItsHeading(t *testing.T) {
	table := "序号\t姓名\t身份证号\t手机号\t统一社会信用代码\n" +
		"1\t张三\t11010519491231002X\t13800138000\t11370300004224423Q\n" +
		"2\t李四\t110105194912310021\t1380013800\t11370300004224423Q"
	want := []string{"PII.name", "PII.id", "PII.mobile", "PII.name-doubt", "PII.id-doubt"}
	rep := proofread.Check(proofread.Input{Parts: []proofread.Part{{Name: "工作表“名单”", Kind: proofread.PartTable, Text: table, Opened: true}}}, proofread.Options{})
	if got := rules(rep); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, h := range rep.Hits {
		if h.Where != "工作表“名单”" {
			t.Errorf("where %q", h.Where)
		}
	}
}

func TestA25_HiddenPartsAreReadForPersonalData(t *testing.T) {
	const id = "身份证号11010519491231002X"
	for _, kind := range []proofread.PartKind{proofread.PartText, proofread.PartTable, proofread.PartHiddenSheet, proofread.PartHiddenRows,
		proofread.PartTrackedChange, proofread.PartComment, proofread.PartMetadata, proofread.PartFileName, proofread.PartEXIF,
		proofread.PartEmbedded, proofread.PartEarlierRevision, proofread.PartWhiteText} {
		rep := proofread.Check(proofread.Input{Parts: []proofread.Part{text("正文。"), {Name: "别处", Kind: kind, Text: id, Opened: true}}}, proofread.Options{PersonalOnly: true})
		if !slices.Contains(rules(rep), "PII.id") {
			t.Errorf("%s: %v", kind, rules(rep))
		}
	}
}

func TestExceptionsAndLevels(t *testing.T) {
	in := proofread.Input{Parts: []proofread.Part{text("请执行清政发[2025]3号。")}}
	e := proofread.Exception{Rule: "F-06.bracket", Text: "清政发[2025]3号", Until: workday.MustDate("2026-06-30")}
	for _, c := range []struct {
		name string
		opt  proofread.Options
		want int
	}{
		{"in its time", proofread.Options{Exceptions: []proofread.Exception{e}, On: workday.MustDate("2026-06-30")}, 0},
		{"past its time", proofread.Options{Exceptions: []proofread.Exception{e}, On: workday.MustDate("2026-07-01")}, 1},
		{"of other words", proofread.Options{Exceptions: []proofread.Exception{{Rule: e.Rule, Text: "别的"}}}, 1},
	} {
		if rep := proofread.Check(in, c.opt); len(rep.Hits) != c.want {
			t.Errorf("%s: %v", c.name, rep.Hits)
		}
	}
	lowered := proofread.Check(in, proofread.Options{Levels: map[string]proofread.Level{"F-06.bracket": proofread.Hint}})
	if lowered.Hits[0].Level != proofread.Hint || lowered.Verdict != proofread.Clean {
		t.Errorf("%+v", lowered)
	}
	raised := proofread.Check(in, proofread.Options{Levels: map[string]proofread.Level{"F-06.bracket": proofread.Block}})
	if raised.Hits[0].Level != proofread.Confirm {
		t.Errorf("%+v", raised.Hits)
	}
}

type brokenLibrary struct{}

func (brokenLibrary) Lookup(proofread.Cited) (proofread.Found, error) {
	return proofread.Found{}, errors.New("away")
}

func TestF14_CitationShowsWhatTheLibraryKnows(t *testing.T) {
	in := proofread.Input{Parts: []proofread.Part{text("根据《清河市旧办法》和《清河市政务公开办法》第三条，制定本办法。")}, Date: workday.MustDate("2025-05-28")}
	rep := proofread.Check(in, proofread.Options{Citations: library{}})
	if len(rep.Hits) != 1 || rep.Hits[0].Rule != "CIT.repealed" || !strings.Contains(rep.Hits[0].Why, "2020年1月1日") {
		t.Errorf("%+v", rep.Hits)
	}
	if len(rep.Cited) != 2 || rep.Cited[1].Found.Text == "" || rep.Cited[1].Cited.Path != "a3" {
		t.Errorf("%+v", rep.Cited)
	}
	rep = proofread.Check(in, proofread.Options{Citations: brokenLibrary{}})
	if rep.Verdict != proofread.CannotTell || len(rep.Unchecked) != 1 {
		t.Errorf("%+v", rep)
	}
}

// pieces make texts that touch every rule.
var pieces = []string{"一、", "（一）", "1.", "第三条", "\n", "\t", "，", "。", "“", "”", "《", "》", "（", "）", "姓名", "：", "张三", "身份证号", "11010519491231002X", "1101051949****002X",
	"手机", "13800138000", "银行卡号", "6222020000000000000", "护照", "E12345678", "车牌", "京A12345", "a@qq.com", "家庭住址", "清河市和平路12号3栋", "住", "国办发[2018]023号", "2025年2月30日",
	"2025年05月28日（星期一）", "附件：1.甲\n3.乙", "附件2", "壹万元（¥1.00）", "1,00元", "布署", "截止2025年", "国土资源部", "管里权限", "１２", ",", "各区", "*", "X", "８", "\u200b", "🙂", "\x00", "\xff"}

func propertySpans(t *rapid.T) {
	s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "pieces"), "")
	spansHold(t, s)
}

// spansHold checks that each hit lies in its text and shows its words.
func spansHold(t interface{ Errorf(string, ...any) }, s string) {
	kinds := []proofread.PartKind{proofread.PartText, proofread.PartTable, proofread.PartComment, proofread.PartEXIF}
	in := proofread.Input{Attribute: "主动公开", Attachments: []string{"a"}, Date: workday.MustDate("2025-05-28")}
	for _, k := range kinds {
		in.Parts = append(in.Parts, proofread.Part{Name: "某处", Kind: k, Text: s, Opened: true})
	}
	rs := []rune(s)
	for _, h := range proofread.Check(in, proofread.Options{Citations: library{}}).Hits {
		if h.Start < 0 || h.Start >= h.End || h.End > len(rs) {
			t.Errorf("%s: span %d..%d of %d", h.Rule, h.Start, h.End, len(rs))
			continue
		}
		if string(rs[h.Start:h.End]) != h.Text {
			t.Errorf("%s: shows %q, the text says %q", h.Rule, h.Text, string(rs[h.Start:h.End]))
		}
		if h.Why == "" || h.Level == "" {
			t.Errorf("%s: no reason or level", h.Rule)
		}
	}
}

func TestSpansLieInTheText(t *testing.T) { rapid.Check(t, propertySpans) }

func FuzzCheck(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
	}
	f.Add(strings.Join(pieces, ""))
	f.Fuzz(func(t *testing.T, s string) { spansHold(t, s) })
}

// TestLinear holds a quarter of a megabyte of the worst lines, with
// GONGKAI_SOAK=1 a whole one, to a time that only linear work meets, with much
// room for slow machines.
func TestLinear(t *testing.T) {
	size := 1 << 18
	if os.Getenv("GONGKAI_SOAK") != "" {
		size = 1 << 20
	}
	for name, unit := range map[string]string{
		"all pieces":   strings.Join(pieces, ""),
		"one line":     strings.ReplaceAll(strings.ReplaceAll(strings.Join(pieces, ""), "\n", ""), "\t", ""),
		"one row":      "姓名\t身份证号\t11010519491231002X\t",
		"open quotes":  "“甲《乙（",
		"open lines":   "（甲\n",
		"long numbers": "1101051949****002X 13800138000 6222020000000000000 ",
		"labels":       "身份证号手机住址：",
	} {
		t.Run(name, func(t *testing.T) {
			s := strings.Repeat(unit, size/len(unit))
			start := time.Now()
			check(s)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%d bytes took %s", len(s), took)
			}
		})
	}
}
