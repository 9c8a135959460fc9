package portal

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/document"
	"gongkai/internal/officialdoc"
)

var tags = regexp.MustCompile(`(?s)<caption.*?</caption>|<p class="dead-note">.*?</p>|<a class="anchor".*?</a>|<[^>]*>`)

// squeezed is a text without the white space and marks that a page lays out anew.
func squeezed(s string) string {
	return strings.NewReplacer(" ", "", "\u3000", "", "\n", "", "\t", "", "#", "").Replace(s)
}

func provisionsOf(text string) []document.Provision {
	var out []document.Provision
	for _, p := range officialdoc.Parse(text).Provisions {
		out = append(out, document.Provision{Kind: string(p.Kind), Path: p.Path, Label: p.Label, Heading: p.Heading, Start: p.Start, End: p.End, Depth: p.Depth})
	}
	return out
}

// Whatever the text, the page holds its words, all of them, in order, escaped.
func TestTextKeepsItsWords(t *testing.T) {
	pieces := []string{"第一条 ", "第二条 为了", "第三条之一　", "## 第一章 总则\n", "（一）项", "1.目", "一、要求\n", "甲\t乙\n", "丙\t丁\n", "\n", "<b>&\"x\"", "《某办法》", "《", "》", "清河市人民政府\n", "2025年5月28日\n", "（此件公开发布）\n", "。", "附件：表\n"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(t, "pieces"), "")
		list := provisionsOf(text)
		dead := map[string]string{}
		if len(list) > 0 {
			dead[list[rapid.IntRange(0, len(list)-1).Draw(t, "dead")].Path] = "已失效"
		}
		v := writeText(&document.Edition{Title: "某办法"}, text, list, dead, map[string]citation{"某办法": {href: "/works/1"}}, nil)
		got := squeezed(html.UnescapeString(tags.ReplaceAllString(string(v.Body), "")))
		if want := squeezed(text); got != want {
			t.Fatalf("text %q\ngives %q\nfrom %s", text, got, v.Body)
		}
	})
}

func TestProvisionsThatDoNotFitAreLeftOut(t *testing.T) {
	for name, list := range map[string][]document.Provision{
		"beyond the end":    {{Kind: "article", Path: "a1", Start: 0, End: 99}},
		"backwards":         {{Kind: "article", Path: "a1", Start: 3, End: 1}},
		"deeper by two":     {{Kind: "article", Path: "a1", Start: 0, End: 3, Depth: 2}},
		"child sticks out":  {{Kind: "article", Path: "a1", Start: 0, End: 2}, {Kind: "paragraph", Path: "a1-1", Start: 1, End: 4, Depth: 1}},
		"beside but inside": {{Kind: "article", Path: "a1", Start: 0, End: 3}, {Kind: "article", Path: "a2", Start: 1, End: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			if v := writeText(&document.Edition{}, "甲乙丙丁", list, nil, nil, nil); strings.Contains(string(v.Body), "id=") || !strings.Contains(string(v.Body), "甲乙丙丁") {
				t.Errorf("%s", v.Body)
			}
		})
	}
}

func TestSnippetMarks(t *testing.T) {
	for _, tt := range []struct {
		spans [][2]int
		want  string
	}{
		{nil, "充电车位"}, {[][2]int{{0, 2}}, "[充电]车位"}, {[][2]int{{2, 4}}, "充电[车位]"}, {[][2]int{{2, 9}}, "充电车位"}, {[][2]int{{2, 3}, {0, 1}}, "充电[车]位"}, {[][2]int{{1, 1}}, "充电车位"},
	} {
		var b strings.Builder
		for _, p := range mark("充电车位", tt.spans) {
			if p.Marked {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if b.String() != tt.want {
			t.Errorf("%v: %s, want %s", tt.spans, b.String(), tt.want)
		}
	}
}
