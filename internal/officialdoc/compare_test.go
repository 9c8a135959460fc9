package officialdoc

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// compareSound checks the contract of design 5 (`compare`): both texts are
// rebuilt to the rune, positions are dense, `change` speaks of the words.
func compareSound(t structureFatal, from, to string, segs []Segment) {
	t.Helper()
	olds, news := map[int]string{}, map[int]string{}
	for _, s := range segs {
		var o, n strings.Builder
		last := ""
		for _, d := range s.Diff {
			if d.Text == "" || d.Kind == last || d.Kind != "=" && d.Kind != "-" && d.Kind != "+" {
				t.Fatalf("%s→%s: op %q after %q", s.From, s.To, d, last)
			}
			last = d.Kind
			if d.Kind != "+" {
				o.WriteString(d.Text)
			}
			if d.Kind != "-" {
				n.WriteString(d.Text)
			}
		}
		if (s.FromPos < 0) != (s.Change == ChangeAdded) || (s.ToPos < 0) != (s.Change == ChangeRemoved) {
			t.Fatalf("%s→%s: %s at %d→%d", s.From, s.To, s.Change, s.FromPos, s.ToPos)
		}
		if s.FromPos >= 0 {
			if _, twice := olds[s.FromPos]; twice {
				t.Fatalf("old %d twice", s.FromPos)
			}
			olds[s.FromPos] = o.String()
		}
		if s.ToPos >= 0 {
			if _, twice := news[s.ToPos]; twice {
				t.Fatalf("new %d twice", s.ToPos)
			}
			news[s.ToPos] = n.String()
		}
		if (s.Change == ChangeAdded || s.Change == ChangeRemoved) && s.Moved {
			t.Fatalf("%s→%s: %s and moved", s.From, s.To, s.Change)
		}
	}
	for _, c := range []struct {
		name string
		text string
		got  map[int]string
	}{{"old", from, olds}, {"new", to, news}} {
		var all strings.Builder
		for i := range len(c.got) {
			part, ok := c.got[i]
			if !ok {
				t.Fatalf("%s: position %d missing", c.name, i)
			}
			all.WriteString(part)
		}
		if all.String() != c.text {
			t.Fatalf("%s text not rebuilt:\n%q\n%q", c.name, c.text, all.String())
		}
	}
}

// compareRender prints a comparison as a person would mark it up.
func compareRender(segs []Segment) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%+v\n", Summary(segs))
	for _, s := range segs {
		fmt.Fprintf(&out, "--- %s\n", compareHead(s))
		for _, d := range s.Diff {
			switch d.Kind {
			case "-":
				fmt.Fprintf(&out, "[-%s-]", d.Text)
			case "+":
				fmt.Fprintf(&out, "{+%s+}", d.Text)
			default:
				out.WriteString(d.Text)
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// compareHead is one line about a segment without its words.
func compareHead(s Segment) string {
	head := fmt.Sprintf("%d %s → %d %s %s", s.FromPos, s.From, s.ToPos, s.To, s.Change)
	if s.Moved {
		head += " moved"
	}
	if s.SplitFrom != "" {
		head += " split from " + s.SplitFrom
	}
	if s.MergedInto != "" {
		head += " merged into " + s.MergedInto
	}
	return head
}

func TestCompareCases(t *testing.T) {
	files, err := filepath.Glob("testdata/compare/cases/*.from.txt")
	if err != nil || len(files) < 11 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, f := range files {
		base := strings.TrimSuffix(f, ".from.txt")
		t.Run(filepath.Base(base), func(t *testing.T) {
			from, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			to, err := os.ReadFile(base + ".to.txt")
			if err != nil {
				t.Fatal(err)
			}
			segs := Compare(string(from), string(to))
			compareSound(t, string(from), string(to), segs)
			structureGolden(t, base+".golden", compareRender(segs))
		})
	}
}

func TestCompareRealPairs(t *testing.T) {
	files, err := filepath.Glob("testdata/compare/pairs/*.from.txt.gz")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d pairs, %v", len(files), err)
	}
	for _, f := range files {
		base := strings.TrimSuffix(f, ".from.txt.gz")
		t.Run(filepath.Base(base), func(t *testing.T) {
			from, to := structureText(t, f), structureText(t, base+".to.txt.gz")
			segs := Compare(from, to)
			compareSound(t, from, to, segs)
			var out strings.Builder
			fmt.Fprintf(&out, "%+v\n", Summary(segs))
			for _, s := range segs {
				out.WriteString(compareHead(s) + "\n")
			}
			structureGolden(t, base+".golden", out.String())
		})
	}
}

func TestCompareJSON(t *testing.T) {
	segs := Compare("第一条 甲乙丙丁。\n第二条 戊己庚辛。\n", "第一条 戊己庚辛。\n")
	got, err := json.Marshal(segs)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"from":"第一条","to":"","from_pos":0,"to_pos":null,"change":"removed","moved":false,"diff":[["-","第一条 甲乙丙丁。\n"]]},` +
		`{"from":"第二条","to":"第一条","from_pos":1,"to_pos":0,"change":"same","moved":true,"diff":[["=","第"],["-","二"],["+","一"],["=","条 戊己庚辛。\n"]]}]`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var back []Segment
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(segs, back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

func TestDiffText(t *testing.T) {
	cases := []struct{ name, from, to, want string }{
		{"equal", "甲乙", "甲乙", "甲乙"},
		{"empty", "", "", ""},
		{"from nothing", "", "甲", "{甲}"},
		{"word", "应当自收到申请之日起十日内办结。", "应当自收到申请之日起十五日内办结。", "应当自收到申请之日起十{五}日内办结。"},
		{"no confetti", "由环境保护行政主管部门责令改正。", "由生态环境部门责令改正。", "由{生态}环境[保护行政主管]部门责令改正。"},
		{"chance rune", "处以警告并没收所得", "责令改正并吊销执照", "[处以警告并没收所得]{责令改正并吊销执照}"},
		{"comma stays", "甲乙丙丁，戊己庚辛", "子丑寅卯，辰巳午未", "[甲乙丙丁]{子丑寅卯}，[戊己庚辛]{辰巳午未}"},
		{"whole item", "：\n（一）甲；\n（二）乙；\n", "：\n（一）甲；\n（一）丙；\n（二）乙；\n", "：\n（一）甲；\n{（一）丙；\n}（二）乙；\n"},
		{"whole sentence", "甲应当公开。丙应当公开。", "甲应当公开。乙应当公开。丙应当公开。", "甲应当公开。{乙应当公开。}丙应当公开。"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got strings.Builder
			for _, o := range DiffText(c.from, c.to) {
				switch o.Kind {
				case "-":
					got.WriteString("[" + o.Text + "]")
				case "+":
					got.WriteString("{" + o.Text + "}")
				default:
					got.WriteString(o.Text)
				}
			}
			if got.String() != c.want {
				t.Errorf("got %s, want %s", got.String(), c.want)
			}
		})
	}
}

// Worst cases must stay bounded: nothing in common, everything alike, one
// huge line, one rune over and over.
func TestCompareIsBounded(t *testing.T) {
	var many, other strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&many, "第%d条 本条第%d号内容由甲部门负责办理，应当在%d日内完成并且报告。\n", i+1, i*7, i%90)
		fmt.Fprintf(&other, "第%d条 本条第%d号事项由乙机关负责审查，可以在%d日内答复或者移送。\n", i+1, i*11+3, i%70)
	}
	cases := map[string][2]string{
		"alike articles": {many.String(), other.String()},
		"one line":       {strings.Repeat("甲乙丙丁戊己庚辛，", 12000), strings.Repeat("子丑寅卯辰巳午未，", 12000)},
		"one rune":       {strings.Repeat("甲", 60000), strings.Repeat("甲乙", 40000)},
		"equal lines":    {strings.Repeat("甲乙丙丁。\n", 8000), strings.Repeat("甲乙丙丁。\n", 9000)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			compareSound(t, c[0], c[1], Compare(c[0], c[1]))
			t.Logf("%d and %d runes in %v", utf8.RuneCountInString(c[0]), utf8.RuneCountInString(c[1]), time.Since(start))
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	from := structureText(b, "testdata/compare/pairs/criminal_law.from.txt.gz")
	from += structureText(b, "testdata/structure/civil_code_property.txt.gz") // 94 thousand runes
	edited := compareEdit(compareUnits(from), 7, 60)
	for b.Loop() {
		Compare(from, edited.text)
	}
}
