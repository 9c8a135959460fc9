package document_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
)

// A record made by a person wins over the source; what the source says now is
// told and kept beside it.
func TestImport_PersonsRecordWinsOverItsSource(t *testing.T) {
	source := func(title, text, day string, more ...string) string {
		return law("a", "A", 1, title, day, text, more...)
	}
	each(t, func(b *bench) {
		b.laws(source("示例办法", lawText, "2020-02-01", `"topics":["教育"]`, `"organs":["清河市教育局"]`))
		corrected := strings.Replace(lawText, "市教育局", "市教育局负责", 1)
		values, err := b.lib.CorrectionValues(ctx, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []struct{ field, v string }{
			{"title", "示例管理办法"}, {"text", corrected}, {"topics", "科技、教育\n教育"}, {"recipients", "各学校\n各区教育局"},
		} {
			if _, err := b.correct(1, 1, c.field, values[c.field], c.v, fmt.Sprintf("token-%04d", i)); err != nil {
				t.Fatalf("%s: %v", c.field, err)
			}
		}
		holds := func(step string) {
			t.Helper()
			v := b.view(1, "")
			if v.Edition.Title != "示例管理办法" || v.Text != corrected || strings.Join(v.Edition.Topics, "-") != "科技、教育-教育" || len(v.Edition.Recipients) != 2 {
				t.Errorf("%s: the source undid a correction: %+v", step, v.Edition)
			}
			b.verify()
		}
		claims := func() (out []string) {
			t.Helper()
			list, err := b.lib.SourceClaims(ctx, 1, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				out = append(out, c.Label+"="+strings.ReplaceAll(c.Value, "\n", "/"))
			}
			return out
		}

		// Another field changes; the source goes on saying what was corrected.
		lines, sum := b.importLines(source("示例办法", lawText, "2020-02-02", `"topics":["教育"]`, `"organs":["清河市教育局"]`))
		if notes := strings.Join(lines[0].Warnings, ""); sum.Updated != 1 || strings.Contains(notes, "保留更正") || !strings.Contains(notes, "发文日期") {
			t.Errorf("%+v %+v", sum, lines)
		}
		holds("another field changed")
		if got := claims(); len(got) != 0 {
			t.Errorf("%v", got)
		}

		// The source changes just what was corrected.
		now := source("示例暂行办法", lawText+"\n第四条　补充。", "2020-02-02", `"topics":["文化"]`, `"organs":["清河市教育局","清河市财政局"]`)
		lines, sum = b.importLines(now)
		notes := strings.Join(lines[0].Warnings, "")
		for _, want := range []string{"标题：来源现在写的是“示例暂行办法”", "正文：来源已改动", "主题分类：来源现在写的是“文化”", "保留更正，请核对", "发文机关：与来源不一致"} {
			if !strings.Contains(notes, want) {
				t.Errorf("no warning %q: %s", want, notes)
			}
		}
		holds("the same fields changed")
		if v := b.view(1, ""); len(v.Edition.Organs) != 2 {
			t.Errorf("what nobody corrected did not follow the source: %+v", v.Edition.Organs)
		}
		if got := strings.Join(claims(), " "); got != "标题=示例暂行办法 主题分类=文化 正文="+strings.ReplaceAll(lawText, "\n", "/")+"/第四条　补充。" {
			t.Errorf("%s", got)
		}
		if _, sum = b.importLines(now); sum.Unchanged != 1 {
			t.Errorf("the same again: %+v", sum)
		}

		// The source gives in: nothing is left to tell. A person who corrects
		// the field again has seen it too.
		b.importLines(source("示例管理办法", lawText, "2020-02-02", `"topics":["文化"]`, `"organs":["清河市教育局"]`))
		if got := strings.Join(claims(), " "); strings.Contains(got, "标题") {
			t.Errorf("%s", got)
		}
		if _, err := b.correct(1, 1, "topics", "科技、教育\n教育", "文化", "token-again"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(claims(), " "); strings.Contains(got, "主题") {
			t.Errorf("%s", got)
		}
		if _, err := b.lib.Correct(ctx, document.Correction{Work: 1, Label: 1, Field: "kind", Value: "办法", Was: document.Fingerprint(b.view(1, "").Edition.Kind), Reason: "来源更正", Actor: "m", Token: "token-false"}); fault.FieldOf(err) != "reason" {
			t.Errorf("a person wrote in the name of the source: %v", err)
		}
		b.verify()
		if err := b.lib.Expunge(ctx, 1, 0, "console", "误公开"); err != nil {
			t.Fatal(err)
		}
		if n := b.count(`SELECT COUNT(*) FROM source_claims`); n != 0 {
			t.Errorf("%d claims outlive the text", n)
		}
		b.verify()
	})
}

func TestImport_PersonsColumnsWinOverTheSource(t *testing.T) {
	each(t, func(b *bench) {
		b.addColumn("c-other")
		b.addColumn("c-third")
		line := func(column, text string) string {
			return law("a", "A", 1, "示例办法", "2020-02-01", text, `"columns":["`+column+`"]`)
		}
		b.laws(line("policy", lawText))
		if _, err := b.correct(1, 1, "columns", "policy", "c-other", "token-cccc"); err != nil {
			t.Fatal(err)
		}
		lines, _ := b.importLines(line("policy", lawText+"\n第四条　补充。"))
		if notes := strings.Join(lines[0].Warnings, ""); strings.Contains(notes, "栏目") || b.view(1, "").Placements[0].Code != "c-other" {
			t.Errorf("%s %+v", notes, b.view(1, "").Placements)
		}
		lines, _ = b.importLines(line("c-third", lawText))
		if notes := strings.Join(lines[0].Warnings, ""); !strings.Contains(notes, "栏目：来源现在写的是“c-third”") || len(b.view(1, "").Placements) != 1 || b.view(1, "").Placements[0].Code != "c-other" {
			t.Errorf("%s %+v", notes, b.view(1, "").Placements)
		}
		b.verify()
	})
}
