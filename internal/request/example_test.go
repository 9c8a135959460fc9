package request_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// partly is a decision that keeps a part back on two grounds.
func partly() *request.DecideForm {
	return decision(request.Partial, request.Item{Content: "合同一份", Reason: "单价是商业秘密", Harm: "损害供应商的竞争地位", Grounds: []request.Outcome{request.DenyThird, request.DenyLaw}})
}

// archived is a request that was answered, served and closed.
func (d *desk) archived(form *request.DecideForm) int64 {
	d.t.Helper()
	id := d.working()
	d.must(id, "clerk", request.ActDecide, form)
	d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
	d.must(id, "signer", request.ActSign, &request.NoteForm{})
	d.must(id, "clerk", request.ActServe, &request.ServeForm{How: "post", On: d.today(), Proof: "EE123456785CN"})
	d.must(id, "clerk", request.ActSigned, &request.SignedForm{On: d.today()})
	d.must(id, "clerk", request.ActArchive, nil)
	return id
}

func entry() *request.ExampleForm {
	return &request.ExampleForm{Title: "校服采购合同部分公开", Facts: "申请公开某学校的校服采购合同，征求了供应商意见。", Gist: "单价属于商业秘密，不公开会损害公共利益的理由不成立；其余条款公开。"}
}

func (d *desk) library(f request.ExampleFilter) (titles string) {
	d.t.Helper()
	list, total, _, err := d.room.Examples(ctx, f)
	if err != nil || total != len(list) {
		d.t.Fatalf("%d of %d: %v", len(list), total, err)
	}
	for _, e := range list {
		titles += e.Title + ";"
	}
	return titles
}

// A closed request is told to those who answer the next one: what came out of
// it and on what ground comes from the request, and it is found by its words in
// either script, its outcome, ground, organ and year. A revision leaves the text
// before it as it was; what is taken out says why.
func TestZ25_2_3c_AClosedRequestIsToldAndFound(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.archived(partly())
		d.must(id, "disclosure_officer", request.ActExample, entry())
		for name, f := range map[string]request.ExampleFilter{"none": {}, "words": {Words: "校服 供应商"}, "the other script": {Words: "採購合同"}, "outcome": {Outcome: request.Partial}, "ground": {Ground: request.DenyThird}, "second ground": {Ground: request.DenyLaw},
			"organ": {Organ: d.organ}, "year": {Year: 2026}} {
			if got := d.library(f); got != "校服采购合同部分公开;" {
				t.Errorf("%s: %q", name, got)
			}
		}
		for name, f := range map[string]request.ExampleFilter{"words": {Words: "校服 学籍"}, "a sign": {Words: "%"}, "outcome": {Outcome: request.Grant}, "ground": {Ground: request.DenySecret}, "organ": {Organ: d.organ + 1}, "year": {Year: 2025}} {
			if got := d.library(f); got != "" {
				t.Errorf("%s finds %q", name, got)
			}
		}
		e, err := d.room.Example(ctx, id)
		if err != nil || e.Outcome != request.Partial || e.Contested() != "没有争议" || e.Changed() || !strings.Contains(strings.Join(e.Basis(), ";"), "损害第三方合法权益") {
			t.Fatalf("%+v %v", e, err)
		}
		if _, err := d.room.OpenDispute(ctx, d.people["clerk"], request.DisputeForm{Organ: d.organ, Request: id, Kind: request.Reconsidered, Body: "清河市人民政府", Number: "清府复〔2026〕1号", Received: d.today()}); err != nil {
			t.Fatal(err)
		}
		if e, err = d.room.Example(ctx, id); err != nil || e.Contested() != "行政复议：尚未审结" {
			t.Errorf("%+v %v", e, err)
		}
		if err := d.do(id, "disclosure_officer", request.ActExample, entry()); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("entered twice: %v", err)
		}
		f := entry()
		f.Gist = "复议维持：单价属于商业秘密。"
		d.must(id, "disclosure_officer", request.ActExampleMend, f)
		if q := d.request(id); len(q.Examples) != 2 || q.Example().Edition != 2 || q.Examples[1].Gist != entry().Gist || q.Examples[1].EndedOn.IsZero() {
			t.Errorf("%+v", q.Examples)
		}
		if got := d.library(request.ExampleFilter{Words: "公共利益"}); got != "" {
			t.Errorf("the old edition is found: %q", got)
		}
		if err := d.do(id, "disclosure_officer", request.ActExampleOut, &request.NoteForm{Text: " "}); fault.FieldOf(err) != "原因" {
			t.Errorf("%v", err)
		}
		d.must(id, "disclosure_officer", request.ActExampleOut, &request.NoteForm{Text: "口径已经改变"})
		if _, err := d.room.Example(ctx, id); fault.KindOf(err) != fault.Gone || d.library(request.ExampleFilter{}) != "" {
			t.Errorf("still there: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActExample, entry())
		if q := d.request(id); q.Example().Edition != 3 || q.Examples[1].Why != "口径已经改变" || q.Examples[1].Gist != f.Gist {
			t.Errorf("%+v", q.Examples)
		}
	})
}

// Officers of all organs read the library: no word of it tells who asked or who
// was heard, and only the disclosure office writes it.
func TestZ25_2_3c_AnEntryNamesNobody(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		if err := d.do(id, "disclosure_officer", request.ActExample, entry()); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("an open request: %v", err)
		}
		d.ask(id)
		d.must(id, "clerk", request.ActWithdraw, &request.NoteForm{Text: "书面撤回"})
		if err := d.do(id, "disclosure_officer", request.ActExample, entry()); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "没有答复结果") {
			t.Fatalf("a withdrawn request: %v", err)
		}
		if _, err := db.Writer().ExecContext(ctx, `UPDATE requests SET outcome = 'GRANT' WHERE case_id = $1`, id); err != nil {
			t.Fatal(err)
		}
		for i, x := range []struct {
			field  string
			change func(*request.ExampleForm)
		}{{"案例标题", func(f *request.ExampleForm) { f.Title = "" }}, {"案例标题", func(f *request.ExampleForm) { f.Title = strings.Repeat("字", 61) }}, {"案例标题", func(f *request.ExampleForm) { f.Title = "一\n二" }}, {"基本案情", func(f *request.ExampleForm) { f.Facts = "" }},
			{"办理要点", func(f *request.ExampleForm) { f.Gist = strings.Repeat("字", 2001) }}, {"案例标题", func(f *request.ExampleForm) { f.Title = secretName + "申请公开合同" }}, {"基本案情", func(f *request.ExampleForm) { f.Facts += secretName }},
			{"办理要点", func(f *request.ExampleForm) { f.Gist += "甲 乙　丙" }}, {"基本案情", func(f *request.ExampleForm) { f.Facts += secretPhone }}, {"基本案情", func(f *request.ExampleForm) { f.Facts += "身份证" + secretProof }}, {"办理要点", func(f *request.ExampleForm) { f.Gist += thirdName }}} {
			f := entry()
			x.change(f)
			err := d.do(id, "disclosure_officer", request.ActExample, f)
			if fault.FieldOf(err) != x.field {
				t.Errorf("%d: %v", i, err)
			}
			if s := fault.Text(err); strings.Contains(s, secretName) || strings.Contains(s, thirdName) {
				t.Errorf("%d: the refusal names somebody: %s", i, s)
			}
		}
		for _, who := range []string{"clerk", "legality_reviewer", "signer"} {
			if err := d.do(id, who, request.ActExample, entry()); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", who, err)
			}
		}
		if got := d.library(request.ExampleFilter{}); got != "" {
			t.Fatalf("half-saved: %q", got)
		}
		d.must(id, "disclosure_officer", request.ActExample, entry())
		if err := d.do(id, "disclosure_officer", request.ActExampleOut, &request.NoteForm{Text: "因为" + secretName + "不同意"}); fault.FieldOf(err) != "原因" {
			t.Errorf("%v", err)
		}
	})
}

// The list goes on where a page ends and counts the whole.
func TestZ25_2_3c_TheLibraryIsReadPageByPage(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		for i := range 5 {
			id := d.submit(nil).Case
			d.must(id, "clerk", request.ActWithdraw, &request.NoteForm{Text: "书面撤回"})
			if _, err := db.Writer().ExecContext(ctx, `UPDATE requests SET outcome = 'GRANT' WHERE case_id = $1`, id); err != nil {
				t.Fatal(err)
			}
			f := entry()
			f.Title = fmt.Sprintf("案例%d", i)
			d.must(id, "disclosure_officer", request.ActExample, f)
		}
		var got []string
		for before := int64(0); ; {
			list, total, next, err := d.room.Examples(ctx, request.ExampleFilter{Before: before, Limit: 2})
			if err != nil || total != 5 {
				t.Fatalf("%d %v", total, err)
			}
			for _, e := range list {
				got = append(got, e.Title)
			}
			if before = next; next == 0 {
				break
			}
		}
		if strings.Join(got, ";") != "案例4;案例3;案例2;案例1;案例0" {
			t.Error(got)
		}
		organs, years, err := d.room.ExampleChoices(ctx)
		if err != nil || len(organs) != 1 || len(years) != 1 || years[0] != 2026 {
			t.Errorf("%v %v %v", organs, years, err)
		}
	})
}
