package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// What is given comes in the form asked for; another form needs one of the two
// grounds of article 40 and its reason, and the letter tells both.
func TestA100_AnotherFormNeedsAGroundThatTheLetterTells(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.submit(func(a *request.Application) { a.Way = "paper" }).Case
		d.must(id, "clerk", request.ActConfirm, &request.ConfirmForm{})
		whole := request.OtherForm{Way: "inspect", Ground: "carrier", Reason: "原件是1952年的手稿，复印会使纸张碎裂"}
		decide := func(f request.OtherForm, it request.Item) error {
			return d.do(id, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{it}, Form: f}})
		}
		given := request.Item{What: "手稿", Outcome: request.Grant, Content: "手稿一册"}
		for name, c := range map[string]struct {
			form  request.OtherForm
			item  request.Item
			field string
		}{
			"no ground":      {request.OtherForm{Way: "inspect", Reason: whole.Reason}, given, "换一种形式的依据"},
			"another ground": {request.OtherForm{Way: "inspect", Ground: "busy", Reason: "人手不够"}, given, "换一种形式的依据"},
			"no reason":      {request.OtherForm{Way: "inspect", Ground: "cost", Reason: " "}, given, "换一种形式的理由"},
			"unknown form":   {request.OtherForm{Way: "tape", Ground: "cost", Reason: "贵"}, given, "提供信息的形式"},
			"form as asked":  {request.OtherForm{Way: "paper", Ground: "cost", Reason: "贵"}, given, "提供信息的形式"},
			"only a reason":  {request.OtherForm{Reason: "贵"}, given, "提供信息的形式"},
			"nothing given":  {whole, request.Item{What: "手稿", Outcome: request.NotHeld, Search: "档案室检索过"}, "提供信息的形式"},
		} {
			if err := decide(c.form, c.item); fault.FieldOf(err) != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := decide(whole, given); err != nil {
			t.Fatal(err)
		}
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		body := d.letters(id)[1].Body
		for _, want := range []string{"您要求的形式为纸质。", "可能危及政府信息载体安全", "安排您查阅、抄录", "第四十条", "理由：原件是1952年的手稿，复印会使纸张碎裂。"} {
			if !strings.Contains(body, want) {
				t.Errorf("the letter lacks %q:\n%s", want, body)
			}
		}
		if n := d.tally(`SELECT COUNT(*) FROM case_events WHERE case_id = $1 AND action = 'decide' AND data LIKE '%carrier%' AND data NOT LIKE '%手稿%'`, id); n != 1 {
			t.Errorf("%d events name the ground without the words", n)
		}

		kept := d.submit(func(a *request.Application) { a.Way = "paper" }).Case // the form asked for is nothing to tell
		d.must(kept, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(kept, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{given}, Form: request.OtherForm{Way: "paper"}}})
		d.must(kept, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(kept, "signer", request.ActSign, &request.NoteForm{})
		if body := d.letters(kept)[1].Body; strings.Contains(body, "第四十条") {
			t.Error(body)
		}
	})
}
