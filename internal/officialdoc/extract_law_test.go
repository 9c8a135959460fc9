package officialdoc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gongkai/internal/workday"
	"pgregory.net/rapid"
)

func extractDrawDate(t *rapid.T, label string) workday.Date {
	d, ok := workday.NewDate(rapid.IntRange(1979, 2030).Draw(t, label+"Year"), time.Month(rapid.IntRange(1, 12).Draw(t, label+"Month")), rapid.IntRange(1, 28).Draw(t, label+"Day"))
	if !ok {
		t.Fatal("no such day")
	}
	return d
}

// extractOwn are the own facts of the plans as they are printed.
var extractOwn = []struct {
	name, organ, number, day string
}{
	{"W18", "威海市人民政府辦公室", "", "2018年8月20日"},
	{"Z25", "淄博市人民政府办公室", "淄政办字〔2025〕17号", "2025年5月28日"},
	{"ZC21", "周村区人民政府办公室", "周政办字〔2021〕14号", "2021年5月24日"},
	{"Q24", "青岛市城市管理局", "", "2024年6月25日"},
}

var extractOrgansToDraw = []string{
	"平阳县自然资源和规划局", "清河市人民政府办公室", "海淀区中关村街道办事处", "国务院办公厅", "甲省医疗保障局", "乌鲁木齐市水磨沟区人民政府", "临港新片区管理委员会", "中共清河市委办公室", "清河市中级人民法院",
}

// What the document says of itself comes out, whatever it is (Z25-0.1).
func TestZ25_ReplacedFactsComeOut(t *testing.T) {
	for _, own := range extractOwn {
		text := extractSample(t, own.name)
		t.Run(own.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				organ := rapid.SampledFrom(extractOrgansToDraw).Draw(t, "organ")
				day := extractDrawDate(t, "day")
				number := fmt.Sprintf("%s〔%d〕%d号", rapid.SampledFrom([]string{"清政办字", "国办发", "浙土字", "甲府规"}).Draw(t, "code"), day.Year, rapid.IntRange(1, 400).Draw(t, "serial"))
				s := strings.ReplaceAll(text, own.organ, organ)
				if own.number != "" {
					s = strings.ReplaceAll(s, own.number, number)
				}
				s = strings.ReplaceAll(s, own.day, day.Chinese())
				if own.name == "Z25" {
					s = strings.ReplaceAll(s, "2025-05-28", day.String())
				}
				f := Extract(s)
				if f.Organ != organ {
					t.Errorf("organ %q, want %q", f.Organ, organ)
				}
				if f.AdoptedOn != day {
					t.Errorf("adopted %v, want %v", f.AdoptedOn, day)
				}
				if want := number; own.number != "" && f.DocNo != want || own.number == "" && f.DocNo != "" {
					t.Errorf("number %q, want %q", f.DocNo, want)
				}
			})
		})
	}
}

// Without its own number, day or organ a document has none: those that its
// text cites are never taken.
func TestZ25_DeletedFactsStayAbsent(t *testing.T) {
	for _, own := range extractOwn {
		text := extractSample(t, own.name)
		t.Run(own.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				noOrgan, noNumber, noDay := rapid.Bool().Draw(t, "organ"), rapid.Bool().Draw(t, "number"), rapid.Bool().Draw(t, "day")
				s := text
				if noOrgan {
					s = strings.ReplaceAll(s, own.organ, "")
				}
				if noNumber && own.number != "" {
					s = strings.ReplaceAll(s, own.number, "")
				}
				if noDay {
					s = strings.ReplaceAll(s, own.day, "")
					if own.name == "Z25" {
						s = strings.ReplaceAll(s, "2025-05-28", "")
					}
				}
				f := Extract(s)
				if (f.Organ == "") != noOrgan || !noOrgan && f.Organ != own.organ {
					t.Errorf("organ %q", f.Organ)
				}
				if f.DocNo != "" && (noNumber || f.DocNo != own.number) {
					t.Errorf("number %q", f.DocNo)
				}
				if f.AdoptedOn.IsZero() != noDay {
					t.Errorf("adopted %v", f.AdoptedOn)
				}
				if noDay && own.name != "W18" && !f.PublishedOn.IsZero() {
					t.Errorf("published %v", f.PublishedOn)
				}
			})
		})
	}
}

// M23 states nothing of itself; cutting it anywhere does not change that.
func TestM23_NothingIsGuessed(t *testing.T) {
	lines := strings.Split(extractSample(t, "M23"), "\n")
	for i := range lines {
		f := Extract(strings.Join(lines[i:], "\n"))
		if f.Title != "" || f.DocNo != "" || f.Organ != "" || !f.AdoptedOn.IsZero() || !f.PublishedOn.IsZero() || !f.EffectiveOn.IsZero() || f.Attribute != "" || f.Recipients != nil || f.Kind != "" {
			t.Fatalf("from line %d: %+v", i+1, f)
		}
	}
}

// W18's injected line stands outside the body, is named in a warning, and its
// words are nowhere in the facts.
func TestW18_InjectedLineIsLeftOut(t *testing.T) {
	text := extractSample(t, "W18")
	f := Extract(text)
	body := string([]rune(text)[f.Body.Start:f.Body.End])
	for _, w := range []string{"开奖", "Produced", "上一篇", "當前位置", "視力保護色", "乳山市政府辦"} {
		if strings.Contains(body, w) {
			t.Errorf("body holds %q", w)
		}
	}
	if !slices.ContainsFunc(f.Warnings, func(w string) bool { return strings.Contains(w, "疑似暗链") && strings.Contains(w, "189") }) {
		t.Errorf("warnings: %q", f.Warnings)
	}
	for _, s := range f.Sections {
		if strings.Contains(s.Text, "开奖") {
			t.Errorf("section %s holds the injected line", s.Path)
		}
	}
}

// A document as it is typed: 红头, copy number, secrecy, urgency, signer, 版记.
func TestGBT9704_TypedLetter(t *testing.T) {
	text := `000001
机密★1年
特急
清河市人民政府办公室文件

清政办发〔2026〕3号          签发人：某某

清河市人民政府办公室
关于印发《清河市停车
管理办法（试行）》的通知

各区、县（市）人民政府，市直各单位：
    《清河市停车管理办法（试行）》已经市政府同意，现印发给你们，请遵照国办发〔2018〕23号文件精神执行。
    特此通知。

    附件：1.清河市停车管理办法（试行）
          2.收费标准表

                         清河市人民政府办公室
                            2026年2月3日
    （此件依申请公开）

抄送：市委办公室，市人大常委会办公室。
清河市人民政府办公室              2026年2月4日印发
`
	f := Extract(text)
	f.Sections, f.Marks, f.Body = nil, nil, Span{}
	want := Facts{
		Title: "清河市人民政府办公室关于印发《清河市停车管理办法（试行）》的通知", DocNo: "清政办发〔2026〕3号",
		Organ: "清河市人民政府办公室", Organs: []string{"清河市人民政府办公室"},
		AdoptedOn: workday.MustDate("2026-02-03"), PrintedOn: workday.MustDate("2026-02-04"),
		Attribute: "依申请公开", Kind: "通知",
		Recipients:  []string{"各区、县（市）人民政府", "市直各单位"},
		Attachments: []string{"清河市停车管理办法（试行）", "收费标准表"},
	}
	if d := cmp.Diff(want, f); d != "" {
		t.Errorf("facts differ (-want +got):\n%s", d)
	}
}

func TestExtractHeaders(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       func(Facts) string
		is         string
	}{
		{"fields on one line", "索引号：113703/2025-1 发布机构：清河市财政局 成文日期：2025-05-28\n清河市财政局关于开展检查的通知\n一、检查。", func(f Facts) string { return f.IndexNo + f.Organ + f.AdoptedOn.String() }, "113703/2025-1清河市财政局2025-05-28"},
		{"fields in cells", "发文字号\t清财字〔2025〕9号\t发布日期\t2025-06-01\n关于开展检查的通知\n一、检查。", func(f Facts) string { return f.DocNo + f.PublishedOn.String() + f.Title }, "清财字〔2025〕9号2025-06-01关于开展检查的通知"},
		{"page line", "关于开展检查的通知\n2025-06-01 9:05 来源：清河市财政局 字号：[大 中 小]\n一、检查。", func(f Facts) string { return f.SourceTime + f.Source + f.Organ }, "2025-06-01 09:05清河市财政局"},
		{"label without a value", "发文字号\n索引号\n成文日期\n2025-06-01\n关于开展检查的通知\n一、检查。", func(f Facts) string { return f.DocNo + f.IndexNo + f.AdoptedOn.String() }, "2025-06-01"},
		{"number in brackets below the title", "关于开展检查的通知\n（清财字〔2025〕9号）\n各区财政局：\n检查。", func(f Facts) string { return f.DocNo }, "清财字〔2025〕9号"},
		{"joint organs", "各区：\n请执行。\n清河市财政局 清河市民政局\n2025年6月1日", func(f Facts) string { return strings.Join(f.Organs, "+") }, "清河市财政局+清河市民政局"},
		{"a day that does not exist", "请执行。\n清河市财政局\n2025年2月30日", func(f Facts) string { return f.AdoptedOn.String() + fmt.Sprint(len(f.Warnings)) }, "2"},
		{"organ from the title when unsigned", "清河市财政局关于开展检查的通知\n一、检查。", func(f Facts) string { return f.Organ }, "清河市财政局"},
		{"the signature outweighs the title", "上级省财政厅关于开展检查的通知\n请执行。\n清河市财政局\n2025年6月1日", func(f Facts) string { return f.Organ }, "清河市财政局"},
		{"a table's cells are no signature", "关于开展检查的通知\n一、检查。\n\t清河市财政局\n\t2025年6月1日\n\t完成", func(f Facts) string { return f.Organ + f.AdoptedOn.String() }, ""},
		{"a timetable is no signature", "关于开展检查的通知\n一、时间安排\n清河市财政局\n2025年6月1日\n清河市民政局\n2025年6月2日", func(f Facts) string { return f.Organ + f.AdoptedOn.String() }, ""},
		{"a date between paragraphs is no signature", "关于开展检查的通知\n第一批已经结束。\n2025年6月1日\n第二批开始", func(f Facts) string { return f.AdoptedOn.String() }, ""},
		{"a number in the text is another's", "关于开展检查的通知\n根据清财字〔2025〕9号，检查。\n清政发〔2024〕1号\n文件同时执行。", func(f Facts) string { return f.DocNo }, ""},
		{"lead-in is no recipient", "关于开展检查的通知\n现将有关事项通知如下：\n一、检查。", func(f Facts) string { return strings.Join(f.Recipients, "+") }, ""},
		{"a clause about another text", "关于开展检查的通知\n《甲市条例》自2025年6月1日起施行。", func(f Facts) string { return f.EffectiveOn.String() }, ""},
		{"kind of an action plan", "2025年政务公开工作要点\n一、公开。", func(f Facts) string { return f.Kind }, "工作要点"},
		{"kind behind a bracket", "清河市停车管理办法（试行）\n第一条 停车。", func(f Facts) string { return f.Kind }, "办法"},
		{"a title broken without 关于", "清河市实施《中华人民共和国\n反恐怖主义法》办法\n第一条 总则。", func(f Facts) string { return f.Title }, "清河市实施《中华人民共和国反恐怖主义法》办法"},
		{"a text on gambling is no advertising", "清河市公安局关于办理赌博案件的通知\n一、查处赌场。\n清河市体育彩票管理中心\n2025年6月1日", func(f Facts) string { return f.Title + fmt.Sprint(f.Warnings) + f.Organ }, "清河市公安局关于办理赌博案件的通知[]清河市体育彩票管理中心"},
		{"a lottery advertisement below is left out", "关于停车的通知\n一、停车。\n清河市公安局\n2025年6月1日\n时时彩官网 11选5走势", func(f Facts) string { return f.AdoptedOn.String() + fmt.Sprint(len(f.Warnings)) }, "2025-06-011"},
		{"joint organs in the title", "清河市财政局、清河市民政局关于救助的通知\n一、救助。", func(f Facts) string { return strings.Join(f.Organs, "+") }, "清河市财政局+清河市民政局"},
		{"traditional kind", "清河市人民政府關於停車的意見\n一、停車。", func(f Facts) string { return f.Kind + f.Organ }, "意见清河市人民政府"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.want(Extract(tc.text)); got != tc.is {
				t.Errorf("got %q, want %q\n%+v", got, tc.is, Extract(tc.text))
			}
		})
	}
}

// Every mark holds words of the text, and those of single facts hold the fact.
func TestExtractMarks(t *testing.T) {
	blank := regexp.MustCompile(`\s+`)
	for _, name := range extractSamples(t) {
		text := extractSample(t, name)
		runes := []rune(text)
		f := Extract(text)
		for _, m := range f.Marks {
			words := blank.ReplaceAllString(string(runes[m.Start:m.End]), "")
			value := map[string]string{"title": f.Title, "doc_no": f.DocNo, "index_no": f.IndexNo, "validity": f.Validity, "source": f.Source, "registration_no": f.RegistrationNo}[m.Field]
			if words == "" || value != "" && words != blank.ReplaceAllString(value, "") {
				t.Errorf("%s: mark %s holds %q, fact %q", name, m.Field, words, value)
			}
		}
		s := Parse(string(runes[f.Body.Start:f.Body.End]))
		for _, sec := range f.Sections {
			if _, ok := s.At(sec.Path); !ok {
				t.Errorf("%s: no provision %s", name, sec.Path)
			}
		}
	}
}

// The cost grows with the text, not with its square: twice the text, hardly
// more than twice the allocations.
func TestExtractIsLinear(t *testing.T) {
	shapes := map[string]string{
		"lines": "一、工作。清政办字〔2021〕14号，自2021年5月1日起施行\n清河市财政局\n2021年5月24日\n", "one line": "本办法自《甲市条例》第三条，", "heads": "甲局\n", "quotes": "《“（", "fields": "来源：", "annexes": "附件\n1.表\n",
	}
	for name, s := range shapes {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				text := strings.Repeat(s, n)
				return testing.AllocsPerRun(1, func() { Extract(text); Citations(text); EffectiveClause(text) })
			}
			small, large := cost(2000), cost(8000)
			if large > 6*small+2000 {
				t.Errorf("allocations %v for 2000 pieces, %v for 8000", small, large)
			}
		})
	}
}

func BenchmarkExtract5MB(b *testing.B) {
	piece := extractSample(b, "ZC21") + "\n"
	text := strings.Repeat(piece, 5<<20/len(piece)+1)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Extract(text)
	}
}

func FuzzExtract(f *testing.F) {
	for _, s := range []string{"", "\n\n", "标题\n甲局关于乙的通知发文机关\n甲局\n", "GZ0320240034\n甲字〔2024〕5号\n2024年3月4日\n2029年3月3日\n", "附件：1.甲\n2.乙\n甲市财政局\n2024年3月4日", "《“（〔：", "轉發：甲市政府辦公室關于乙的通知\n2018- 08- 21 19: 39\n", "\xff\xfe：\t标题\t\xff", "公开方式：主动公开\n甲局 2021年2月7日印发"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := utf8.RuneCountInString(text)
		facts := Extract(text)
		for _, m := range append(facts.Marks, Mark{"body", facts.Body.Start, facts.Body.End}) {
			if m.Start < 0 || m.End < m.Start || m.End > n {
				t.Fatalf("bad mark %+v of %d runes", m, n)
			}
		}
		if facts.Organ != "" && facts.Organs[0] != facts.Organ {
			t.Fatalf("organ %q is not the first of %q", facts.Organ, facts.Organs)
		}
	})
}
