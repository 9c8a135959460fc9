package document_test

import (
	"context"
	"strings"
	"testing"

	"gongkai/internal/document"
)

func TestZ250_5_AttributeIsReadFromTheTextAndKept(t *testing.T) {
	for text, want := range map[string]string{
		"关于做好防汛工作的通知\n各单位：\n请认真落实。\n清河市水务局\n2025年5月1日\n（此件公开发布）":     "主动公开",
		"关于做好防汛工作的通知\n各单位：\n请认真落实。\n清河市水务局\n2025年5月1日\n公开方式：依申请公开":   "依申请公开",
		"关于做好防汛工作的通知\n各单位：\n请认真落实，此件公开发布的要求另行通知。\n清河市水务局\n2025年5月1日": "",
	} {
		each(t, func(b *bench) {
			src := &oneFile{text: text, dir: b.t.TempDir()}
			if _, err := b.lib.Import(context.Background(), src.source(b.t), document.ImportOptions{Source: "f", Publish: true}, func(document.ImportLine) error { return nil }); err != nil {
				b.t.Fatal(err)
			}
			v := b.view(1, "")
			if v.Edition.Attribute != want {
				b.t.Errorf("attribute %q, want %q", v.Edition.Attribute, want)
			}
		})
	}
}

func TestM232_1b_ValidNormativeDocumentsInOneQuery(t *testing.T) {
	each(t, func(b *bench) {
		normative := func(id, more string) string {
			return `{"id":"` + id + `","work_id":"` + id + `","title":"办法` + id + `","type":"行政规范性文件","publish_date":"2020-01-01","text":"第一条 ` + id + `。"` + more + "}\n"
		}
		b.importLines(normative("a", "") + normative("b", `,"facts":[{"kind":"repealed","valid_on":"2024-01-01","authority":"市政府"}]`) +
			normative("c", `,"expires_on":"2025-12-31"`) + law("d", "d", 1, "条例", "2020-01-01", oldText))
		list, err := b.lib.List(context.Background(), document.Filter{Kind: []string{"行政规范性文件"}, Validity: []string{"有效", "部分失效"}})
		if err != nil {
			b.t.Fatal(err)
		}
		if list.Total != 1 || list.Cards[0].Title != "办法a" {
			b.t.Errorf("%d: %+v", list.Total, list.Cards)
		}
	})
}

func TestZ250_3_TwoLevelsOfTopicAreKept(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("a", "a", 1, "甲", "2020-01-01", oldText, `"topics":["综合政务","其他"]`) + law("b", "b", 1, "乙", "2020-01-01", newText, `"topics":["国防","其他"]`))
		for work, want := range map[int64]string{1: "综合政务-其他", 2: "国防-其他"} {
			if got := strings.Join(b.view(work, "").Edition.Topics, "-"); got != want {
				b.t.Errorf("work %d: topics %q, want %q", work, got, want)
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM topics`); n != 4 {
			b.t.Errorf("%d topics, want 4: the same word under two parents is two", n)
		}
	})
}
