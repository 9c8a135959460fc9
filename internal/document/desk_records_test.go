package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// published imports laws and returns nothing; works are numbered from 1.
func (b *bench) laws(lines ...string) {
	b.t.Helper()
	_, sum := b.importLines(strings.Join(lines, "\n"))
	if sum.Failed > 0 {
		b.t.Fatalf("%+v", sum)
	}
}

func (b *bench) correct(work int64, label int, field, was, v, token string) (int, error) {
	return b.lib.Correct(ctx, document.Correction{Work: work, Label: label, Field: field, Value: v, Was: document.Fingerprint(was), Reason: "录入有误", Actor: "manager", Token: token})
}

const lawText = "第一条　为了规范示例，制定本办法。\n第二条　本办法由市教育局解释。\n第三条　本办法自2020年3月1日起施行。"

func TestCorrect_RecordKeepsOldAndNew(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText))
		values, err := b.lib.CorrectionValues(ctx, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []struct{ field, v string }{
			{"title", "示例管理办法"}, {"text", strings.Replace(values["text"], "市教育局", "市教育局负责", 1)}, {"adopted_on", "2020-01-20"},
			{"topics", "科技、教育\n教育"}, {"organs", "清河市教育局\n清河市财政局"}, {"recipients", "各学校"}, {"doc_no", "清教发[2020]3号"},
		} {
			no, err := b.correct(1, 1, c.field, values[c.field], c.v, fmt.Sprintf("token-%04d", i))
			if err != nil || no != i+1 {
				t.Fatalf("%s: %d %v", c.field, no, err)
			}
		}
		v := b.view(1, "")
		if v.Edition.Title != "示例管理办法" || !strings.Contains(v.Text, "负责解释") || len(v.Records) != 7 || v.Records[0].Old != "示例办法" || v.Records[0].Actor != "manager" || v.Records[0].Reason != "录入有误" {
			t.Errorf("%+v %+v", v.Edition, v.Records)
		}
		if v.Edition.DocNo != "清教发〔2020〕3号" || len(v.Edition.Organs) != 2 || v.Edition.AdoptedOn != workday.MustDate("2020-01-20") {
			t.Errorf("%+v", v.Edition)
		}
		if _, err := b.correct(1, 1, "title", "示例办法", "另一个标题", "token-late"); !errors.As(err, new(*document.Overtaken)) || fault.KindOf(err) != fault.Conflict {
			t.Errorf("a correction upon an old value: %v", err)
		}
		if no, err := b.correct(1, 1, "title", values["title"], "示例管理办法", "token-0000"); err != nil || no != 1 {
			t.Errorf("the same form again: %d %v", no, err)
		}
		_, sum := b.importLines(law("a", "A", 1, "示例办法", "2020-02-01", lawText))
		if sum.Unchanged != 1 || b.view(1, "").Edition.Title != "示例管理办法" {
			t.Errorf("the source, unchanged, undid the correction: %+v", sum)
		}
		b.verify()
	})
}

func TestCorrect_Refuses(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText))
		for _, c := range []struct{ field, was, v, want string }{
			{"title", "示例办法", "", "不能空"}, {"adopted_on", "", "2020-02-30", "没有这一天"}, {"text", lawText, " ", "不能改成空的"},
			{"title", "示例办法", "示例办法", "没有变化"}, {"validity", "", "x", "请选择"}, {"columns", "policy", "nowhere", "没有代码"},
		} {
			if _, err := b.correct(1, 1, c.field, c.was, c.v, "token-"+c.field+c.v); err == nil || !strings.Contains(fault.Text(err), c.want) {
				t.Errorf("%s=%q: %v", c.field, c.v, err)
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM edition_records`); n != 0 {
			t.Errorf("%d records", n)
		}
	})
}

func TestFact_RepealCorrectedAndRestored(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText), law("b", "B", 1, "关于废止示例办法的决定", "2024-05-01", "废止《示例办法》。"))
		fact := func(f document.FactEntry) error {
			f.Work, f.Actor, f.Reason = 1, "manager", "按决定登记"
			return b.lib.AddFact(ctx, f)
		}
		state := func() string { return string(b.view(1, "").Validity) }
		if err := fact(document.FactEntry{Kind: document.FactRepealedPart, ValidOn: workday.MustDate("2023-01-01"), Authority: "清河市人民政府", Provisions: "第二条", Token: "token-1111"}); err != nil {
			t.Fatal(err)
		}
		if s := state(); s != "部分失效" {
			t.Errorf("after the part repeal: %s", s)
		}
		if err := fact(document.FactEntry{Kind: document.FactRepealed, ValidOn: workday.MustDate("2024-05-10"), ByWork: 2, Token: "token-2222"}); err != nil {
			t.Fatal(err)
		}
		v := b.view(1, "")
		if v.Validity != "废止" || v.EndedBy == nil || v.EndedBy.Work != 2 {
			t.Errorf("%s %+v", v.Validity, v.EndedBy)
		}
		last := v.Facts[len(v.Facts)-1].ID
		if err := fact(document.FactEntry{Kind: document.FactRepealed, ValidOn: workday.MustDate("2030-01-01"), ByWork: 2, Supersedes: last, Token: "token-3333"}); err != nil {
			t.Fatal(err)
		}
		if s := state(); s != "部分失效" {
			t.Errorf("after the correction: %s", s)
		}
		if err := fact(document.FactEntry{Kind: "retracted", Supersedes: last, Token: "token-4444"}); fault.KindOf(err) != fault.Conflict || err == nil {
			t.Errorf("a fact corrected already was corrected again: %v", err)
		}
		for want, f := range map[string]document.FactEntry{
			"请选择": {Kind: "x", Token: "token-5555"}, "由谁": {Kind: document.FactRepealed, Token: "token-6666"}, "没有公开编号": {Kind: document.FactRepealed, ByWork: 77, Token: "token-7777"},
			"现行文本里没有": {Kind: document.FactRepealedPart, Authority: "某机关", Provisions: "第九十九条", Token: "token-8888"},
		} {
			if err := fact(f); err == nil || !strings.Contains(fault.Text(err), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		b.verify()
	})
}

func TestRelate_AddedAndRemoved(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText), law("b", "B", 1, "另一办法", "2021-02-01", lawText+"\n根据《示例办法》制定。"))
		set := func(remove bool, token string) error {
			return b.lib.Relate(ctx, document.SetRelation{Work: 2, Label: 1, Kind: document.RelAmends, To: 1, Remove: remove, Actor: "manager", Token: token})
		}
		if err := set(false, "token-1111"); err != nil {
			t.Fatal(err)
		}
		if err := set(false, "token-2222"); err == nil || !strings.Contains(fault.Text(err), "已经有了") {
			t.Errorf("twice: %v", err)
		}
		b.importLines(law("b", "B", 1, "另一办法", "2021-02-01", lawText+"\n根据《示例办法》制定。已改。"))
		found := 0
		for _, r := range b.view(2, "").Relations {
			if r.Kind == document.RelAmends && r.Work == 1 {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d links after the source changed", found)
		}
		b.verify()
		if err := set(true, "token-3333"); err != nil {
			t.Fatal(err)
		}
		if list, err := b.lib.ManualRelations(ctx, 2, 1); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}

func TestMerge_DoubleLeadsToTheWorkThatStays(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText), law("c", "C", 1, "第三办法", "2022-02-01", "根据《示例办法》制定。"),
			law("b1", "B", 1, "示例办法", "2020-02-01", lawText), law("b2", "B", 2, "示例办法", "2023-02-01", lawText+"\n第四条　补充一条。"))
		if _, err := b.correct(3, 2, "kind", "", "办法", "token-rrrr"); err != nil && !strings.Contains(fault.Text(err), "刚被") {
			t.Fatal(err)
		}
		m := document.Merge{Keep: 1, Drop: 3, Reason: "重复导入", Actor: "manager", Token: "token-mmmm"}
		out, err := b.lib.MergeWorks(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Moved) != 1 || out.Moved[2] != 2 || out.Same[1] != 1 {
			t.Errorf("%+v", out)
		}
		v := b.view(1, "")
		if len(v.Editions) != 2 || !strings.Contains(v.Text, "第四条") || v.Edition.Label != 2 {
			t.Errorf("%d editions, %q", len(v.Editions), v.Text)
		}
		var moved *document.Moved
		if _, err := b.lib.View(ctx, 3, document.At{}); !errors.As(err, &moved) || moved.To != 1 {
			t.Errorf("the double: %v", err)
		}
		if w, err := b.lib.Whole(ctx, 3); w != nil || err != nil {
			t.Errorf("consumers still get the double: %v %v", w, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM publication_log WHERE act = 'merge' AND entry LIKE '%"as_edition":"2","merged_into":"1"%'`); n != 1 {
			t.Errorf("%d rows say where the second text went on", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM publication_log WHERE act = 'expunge'`); n != 0 {
			t.Errorf("the log calls %d of them a removal", n)
		}
		if r := b.view(2, "").Relations; len(r) != 1 || r[0].Work != 1 {
			t.Errorf("the link that stood open between two works of one title: %+v", r)
		}
		lines, sum := b.importLines(law("b2", "B", 2, "示例办法", "2023-02-01", lawText+"\n第四条　补充一条。") + "\n" + law("b1", "B", 1, "示例办法", "2020-02-01", lawText))
		if sum.Unchanged != 2 {
			t.Errorf("the source again: %+v %+v", sum, lines)
		}
		if _, err := b.lib.MergeWorks(ctx, m); err != nil {
			t.Errorf("the same form again: %v", err)
		}
		b.verify()
	})
}

func TestMerge_RefusesWhatIsNotOneDocument(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText), law("b", "B", 1, "示例办法", "2020-02-01", lawText+"\n第四条　另一文本。"))
		for want, m := range map[string]document.Merge{
			"文字却不同": {Keep: 1, Drop: 2, Reason: "重复", Token: "token-1111"}, "请写明合并的理由": {Keep: 1, Drop: 2, Token: "token-2222"},
			"另一份文件": {Keep: 1, Drop: 1, Reason: "重复", Token: "token-3333"}, "没有公开编号": {Keep: 1, Drop: 9, Reason: "重复", Token: "token-4444"},
		} {
			m.Actor = "manager"
			if _, err := b.lib.MergeWorks(ctx, m); err == nil || !strings.Contains(fault.Text(err), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		b.verify()
	})
}

func TestExpunge_TheDeskForgetsToo(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1))
		if err := b.release(batch, "token-aaaa", b.item(batch, 1).ID); err != nil {
			t.Fatal(err)
		}
		it := b.item(batch, 1)
		if err := b.lib.Expunge(ctx, it.Work, 0, "console", "误公开"); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{
			`SELECT COUNT(*) FROM desk_items WHERE source LIKE '%第1项%' OR sheet LIKE '%第1项%' OR facts LIKE '%第1项%'`,
			`SELECT COUNT(*) FROM desk_saves WHERE sheet LIKE '%第1项%'`, `SELECT COUNT(*) FROM files`,
		} {
			if n := b.count(query); n != 0 {
				t.Errorf("%s: %d", query, n)
			}
		}
		b.verify()
	})
}
