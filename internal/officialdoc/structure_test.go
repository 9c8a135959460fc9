package officialdoc

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// structureFlag is -update, shared by the golden tests of the package: one
// test file defines it, the others look it up.
var structureFlag = func() *flag.Flag {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "rewrite golden files")
	}
	return flag.Lookup("update")
}()

// structureGolden compares got with the golden file, or rewrites it.
func structureGolden(t *testing.T, path, got string) {
	t.Helper()
	if structureFlag.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// structureText reads a gzipped text from testdata.
func structureText(t testing.TB, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// structureOutline prints what a reader can check against the text: each
// provision down to the articles, with the counts of their 款 项 目.
func structureOutline(s *Structure) string {
	var out strings.Builder
	for i, p := range s.Provisions {
		switch p.Kind {
		case KindParagraph, KindItem, KindSubitem:
			continue
		}
		fmt.Fprintf(&out, "%s%s %s", strings.Repeat("  ", p.Depth), p.Path, p.Kind)
		if p.Label != "" {
			fmt.Fprintf(&out, " %s", p.Label)
		}
		if p.Heading != "" {
			fmt.Fprintf(&out, " [%s]", p.Heading)
		}
		fmt.Fprintf(&out, " %d-%d", p.Start, p.End)
		if p.Kind == KindArticle {
			count := map[ProvisionKind]int{}
			for _, c := range s.Provisions[i+1:] {
				if c.Depth <= p.Depth {
					break
				}
				count[c.Kind]++
			}
			fmt.Fprintf(&out, " %d款%d项%d目", count[KindParagraph], count[KindItem], count[KindSubitem])
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func TestParseRealTexts(t *testing.T) {
	files, err := filepath.Glob("testdata/structure/*.txt.gz")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d texts, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".txt.gz")
		t.Run(name, func(t *testing.T) {
			text := structureText(t, f)
			s := Parse(text)
			structureSound(t, text, s)
			structureGolden(t, "testdata/structure/"+name+".golden", structureOutline(s))
		})
	}
}

// structureFatal is what both *testing.T and *rapid.T can do.
type structureFatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// structureSound checks what holds for every text: unique paths, children
// inside parents and in order, no gap and no overlap outside.
func structureSound(t structureFatal, text string, s *Structure) {
	t.Helper()
	runes := utf8.RuneCountInString(text)
	at := 0
	seen := map[string]bool{}
	last := map[int]int{} // end of the last child, by parent
	for i, p := range s.Provisions {
		if seen[p.Path] || p.Path == "" {
			t.Fatalf("path %q twice or empty", p.Path)
		}
		seen[p.Path] = true
		if p.Start >= p.End || p.End > runes {
			t.Fatalf("%s: span %d-%d of %d", p.Path, p.Start, p.End, runes)
		}
		if p.Parent >= i || p.Parent < -1 {
			t.Fatalf("%s: parent %d of %d", p.Path, p.Parent, i)
		}
		if p.Parent < 0 {
			if p.Depth != 0 || p.Start != at {
				t.Fatalf("%s: depth %d, starts %d, want %d", p.Path, p.Depth, p.Start, at)
			}
			at = p.End
		} else {
			q := s.Provisions[p.Parent]
			if p.Depth != q.Depth+1 || p.Start < q.Start || p.End > q.End {
				t.Fatalf("%s %d-%d not inside %s %d-%d", p.Path, p.Start, p.End, q.Path, q.Start, q.End)
			}
		}
		if p.Start < last[p.Parent] {
			t.Fatalf("%s begins %d before its sister ends %d", p.Path, p.Start, last[p.Parent])
		}
		last[p.Parent] = p.End
		if got, ok := s.At(p.Path); !ok || got != p {
			t.Fatalf("At(%s) = %v, %v", p.Path, got, ok)
		}
		if p.Label != "" && !strings.Contains(s.Text(p), p.Label) {
			t.Fatalf("%s: label %q not in its text", p.Path, p.Label)
		}
	}
	if at != runes {
		t.Fatalf("covered %d of %d runes", at, runes)
	}
}

func TestParsePaths(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string // path=first runes
	}{
		{"paragraphs, items, subitems", "第十二条 甲：\n（一）乙：\n1.丙；\n2.丁；\n（二）戊。\n己。\n第十二条之一 庚。\n",
			[]string{"a12=第十二条", "a12-1=甲：", "a12-1-1=（一）", "a12-1-1-1=1.丙", "a12-1-1-2=2.丁", "a12-1-2=（二）", "a12-2=己。", "a12_1=第十二条之一", "a12_1-1=庚。"}},
		{"arabic and full-width numbers", "第12条　甲\n第１３条：乙\n第14条丙丁\n",
			[]string{"a12=第12条", "a12-1=甲", "a13=第１３条", "a13-1=乙", "a14=第14条", "a14-1=丙丁"}},
		{"bracket heading", "第一条【目的】甲\n第二条 （范围） 乙\n第三条 （删去）\n",
			[]string{"a1=第一条", "a1-1=甲", "a2=第二条", "a2-1=乙", "a3=第三条", "a3-1=（删去）"}},
		{"references are not articles", "第一条 甲\n第三条第二款规定乙。\n第十条修改为丙。\n第五条的例外。\n第二条 丁\n",
			[]string{"a1=第一条", "a1-1=甲", "a1-2=第三条第二款", "a1-3=第十条修改为", "a1-4=第五条的", "a2=第二条", "a2-1=丁"}},
		{"parts and chapters", "第一编 甲\n第一章 乙\n第一条 丙\n第二编 丁\n第一章 戊\n第一节 己\n第二条 庚\n",
			[]string{"p1=第一编", "p1c1=第一章", "a1=第一条", "a1-1=丙", "p2=第二编", "p2c1=第一章", "p2c1s1=第一节", "a2=第二条", "a2-1=庚"}},
		{"contents are preamble", "某条例\n目录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 甲\n第二章 附则\n第二条 乙\n",
			[]string{"pre=某条例", "c1=第一章", "a1=第一条", "a1-1=甲", "c2=第二章", "a2=第二条", "a2-1=乙"}},
		{"notice levels and tail", "各区：\n现通知如下：\n一、甲\n（一）乙。\n1.丙\n（1）丁\n二、戊\n附件：1.己\n2.庚\n某市人民政府\n2024年3月4日\n",
			[]string{"pre=各区：", "h1=一、", "h1-1=（一）", "h1-1-1=1.", "h1-1-1-1=（1）", "h2=二、", "end=附件："}},
		{"notice with attached rules", "某局关于印发办法的通知\n一、认真学习。\n二、抓好落实。\n某局\n2024年3月4日\n某办法\n第一条 甲\n第二条 乙\n",
			[]string{"pre=某局关于", "h1=一、", "h2=二、", "end=某局", "x2-pre=某办法", "x2-a1=第一条", "x2-a1-1=甲", "x2-a2=第二条", "x2-a2-1=乙"}},
		{"two regulations in one file", "第一章 总则\n第一条 甲\n附件\n另一办法\n第一章 总则\n第一条 乙\n第二条 丙\n",
			[]string{"c1=第一章", "a1=第一条", "a1-1=甲", "x2-pre=附件", "x2-c1=第一章", "x2-a1=第一条", "x2-a1-1=乙", "x2-a2=第二条", "x2-a2-1=丙"}},
		{"out of order is no further numbering", "第三条 甲：\n（一）乙\n第一条 丙\n第二条 丁\n",
			[]string{"a3=第三条", "a3-1=甲：", "a3-1-1=（一）", "a1=第一条", "a1-1=丙", "a2=第二条", "a2-1=丁"}},
		{"traditional script", "目錄\n第一章 總則\n第二章 附則\n第一章 總則\n第一條　甲\n第二章 附則\n第二條之一　乙\n附錄：丙\n",
			[]string{"pre=目錄", "c1=第一章", "a1=第一條", "a1-1=甲", "c2=第二章", "a2_1=第二條之一", "a2_1-1=乙", "end=附錄"}},
		{"a number twice", "第一条 甲\n第二条 乙\n第二条 丙\n",
			[]string{"a1=第一条", "a1-1=甲", "a2=第二条", "a2-1=乙", "a2~2=第二条", "a2~2-1=丙"}},
		{"titles over articles", "一、管辖\n第一条 甲\n二、送达\n第二条 乙\n",
			[]string{"h1=一、管辖", "a1=第一条", "a1-1=甲", "h2=二、送达", "a2=第二条", "a2-1=乙"}},
		{"unmarked chapter without blank", "第一章总则\n第一条 甲\n第一章规定的事项，从其规定。\n",
			[]string{"c1=第一章", "a1=第一条", "a1-1=甲", "a1-2=第一章规定"}},
		{"marked headings", "## 基本案情\n甲。\n### 一审\n乙。\n## 裁判要旨\n丙。\n",
			[]string{"u1=## 基本", "u2=### 一审", "u3=## 裁判"}},
		{"signature after articles", "第一条 甲。\n公开方式：主动公开\n某市政府\n2024年3月4日\n", []string{"a1=第一条", "a1-1=甲。", "end=公开方式"}},
		{"no number at all", "某某：\n你单位请示收悉。\n此复。\n", []string{"pre=某某"}},
		{"empty", "", nil},
		{"blank", "\n \n", []string{"pre=\n"}},
		{"quoted items of a decision", "一、第五条修改为：“有下列情形之一的：\n（一）甲；\n（二）乙。”\n二、删去第六条。\n", []string{"h1=一、第五条", "h2=二、删去"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := Parse(c.text)
			structureSound(t, c.text, s)
			var got []string
			for i, p := range s.Provisions {
				words := []rune(s.Text(p))
				n := 0
				if i < len(c.want) {
					_, w, _ := strings.Cut(c.want[i], "=")
					n = min(len(words), utf8.RuneCountInString(w))
				}
				got = append(got, p.Path+"="+string(words[:n]))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s\n%s", d, structureOutline(s))
			}
		})
	}
}

func TestStructureViews(t *testing.T) {
	s := Parse("## 第一章 总则\n第一条【目的】甲\n第二条之三 乙\n")
	if toc := s.TOC(); len(toc) != 1 || toc[0].Heading != "总则" || toc[0].Label != "第一章" || toc[0].Number != 1 {
		t.Errorf("TOC = %+v", toc)
	}
	a := s.Articles()
	if len(a) != 2 || a[0].Heading != "目的" || a[1].Number != 2 || a[1].Sub != 3 || a[1].Label != "第二条之三" {
		t.Errorf("Articles = %+v", a)
	}
	if _, ok := s.At("a9"); ok {
		t.Error("At finds an article that is not there")
	}
	notice := Parse("一、甲。\n（一）乙。\n1.丙。\n")
	if got := len(notice.TOC()); got != 2 {
		t.Errorf("a notice's TOC has %d entries, want the two upper levels", got)
	}
}

// structurePieces are lines that texts of law are made of.
var structurePieces = []string{
	"第一条 甲", "第二条 乙丙", "第十二条之一 丁", "第一章 总则", "## 第二章 附则", "第一节 戊", "第一编 己", "第一分编 庚",
	"（一）辛；", "（二）壬；", "1.癸", "一、子", "二、丑。", "（1）寅", "①卯", "附件", "附件：1.辰", "附：", "某市人民政府", "2024年3月4日",
	"公开方式：主动公开", "目录", "序言", "## 序言", "## ", "##", "第三条第二款规定巳。", "为了规范午，根据未法，结合本市申实际情况，制定本办法。", "“酉。", "戌”", "", " ", "\u200b",
}

// structureGen draws texts out of such lines, or out of any runes.
func structureGen() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 4).Draw(t, "wild") == 0 {
			return rapid.String().Draw(t, "text")
		}
		lines := rapid.SliceOfN(rapid.SampledFrom(structurePieces), 0, 30).Draw(t, "lines")
		return strings.Join(lines, "\n")
	})
}

func TestParseIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := structureGen().Draw(t, "text")
		structureSound(t, text, Parse(text))
	})
}

// Worst cases must stay linear: many titles, many restarts, one long line.
func TestParseIsFast(t *testing.T) {
	for name, text := range map[string]string{
		"titles":     strings.Repeat("一、甲\n", 50000) + "第一条 乙\n",
		"restarts":   strings.Repeat("附件\n第一条 甲\n", 20000),
		"dates":      strings.Repeat("2024年3月4日\n", 50000),
		"paragraphs": "第一条 甲\n" + strings.Repeat("乙\n（一）丙\n", 30000),
		"one line":   strings.Repeat("第一条 甲乙丙。", 30000),
		"notice":     strings.Repeat("一、甲。\n附件\n", 20000),
	} {
		t.Run(name, func(t *testing.T) { structureSound(t, text, Parse(text)) })
	}
}

func FuzzParse(f *testing.F) {
	f.Add("第一条 甲\n（一）乙\n")
	f.Add("一、甲\n（一）乙\n附件\n第一章 丙\n第一条 丁\n")
	f.Fuzz(func(t *testing.T, text string) {
		structureSound(t, text, Parse(text))
	})
}

func BenchmarkParse(b *testing.B) {
	text := structureText(b, "testdata/structure/criminal_law.txt.gz")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Parse(text)
	}
}
