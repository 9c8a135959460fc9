package officialdoc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const blockText = "清河市停车办法\n\n第一章　总则\n第一条　为了方便停车，制定本办法。\n〔图片：停车场位置示意图〕\n第二章　收费\n第二条　收费标准如下：\n车型\t首小时\n小型车\t5元\n第四条　本办法自2027年1月1日起施行。\n附件：1.申请表\n"

func TestBlocks(t *testing.T) {
	type short struct {
		Kind  BlockKind
		Line  int
		Words string
	}
	var got []short
	for _, b := range Blocks(blockText) {
		got = append(got, short{b.Kind, b.Line, b.Words})
	}
	want := []short{{BlockParagraph, 0, "清河市停车办法"}, {BlockHeading, 2, "第一章　总则"}, {BlockArticle, 3, "第一条　为了方便停车，制定本办法。"}, {BlockPicture, 4, "停车场位置示意图"},
		{BlockHeading, 5, "第二章　收费"}, {BlockArticle, 6, "第二条　收费标准如下："}, {BlockTable, 7, ""}, {BlockArticle, 9, "第四条　本办法自2027年1月1日起施行。"}, {BlockAppendix, 10, "附件：1.申请表"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if rows := Blocks(blockText)[6].Rows; len(rows) != 2 || rows[1][1] != "5元" {
		t.Errorf("rows %q", rows)
	}
}

func TestPictureAlt(t *testing.T) {
	for line, want := range map[string]string{"〔图片：流程图〕": "流程图", "　〔图片：流程图〕 ": "流程图", "见〔图片：流程图〕": "", "〔图片：〕": "", "〔图片：a/b〕": "",
		"〔2026〕": "", "〔图片：" + strings.Repeat("长", LongestAlt+1) + "〕": ""} {
		if alt, ok := PictureAlt(line); alt != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", line, alt, ok)
		}
	}
}

// Renumbering is a proposal: the words themselves stay as they are until
// somebody takes it.
func TestRenumber(t *testing.T) {
	list := Renumber(blockText)
	if len(list) != 1 || list[0].From != "第四条" || list[0].To != "第三条" {
		t.Fatalf("%+v", list)
	}
	if out := ApplyRenumber(blockText, list); !strings.Contains(out, "\n第三条　本办法") || strings.Contains(out, "第四条") || len(Renumber(out)) != 0 {
		t.Errorf("%s", out)
	}
	if list := Renumber("第一条　甲。\n第一条之一　乙。\n第三条　丙。\n"); list != nil {
		t.Errorf("a text with 之一 is proposed %+v", list)
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add(blockText)
	f.Add("第五条\n\t\n\t\n〔图片：x〕")
	f.Fuzz(func(t *testing.T, text string) {
		lines, last := strings.Split(text, "\n"), 0
		for _, b := range Blocks(text) {
			if b.Line < last || b.Lines < 1 || b.Line+b.Lines > len(lines) {
				t.Fatalf("block %+v of %d lines after line %d", b, len(lines), last)
			}
			last = b.Line + b.Lines
		}
		if out := ApplyRenumber(text, Renumber(text)); strings.Count(out, "\n") != strings.Count(text, "\n") {
			t.Fatal("renumbering moved a line")
		}
	})
}
