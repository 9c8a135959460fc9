package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func handedOut() *request.OnSpotForm {
	return &request.OnSpotForm{Item: request.Item{What: "布局规划", Outcome: request.Grant, Content: "规划文本一份"}, Paper: request.PaperSlip, NoThird: true, Proof: "申请人在答复单上签名"}
}

// What can be answered on the spot is answered on the spot: decided, written and
// served at once, and afterwards a request like any other.
func TestA70_AnAnswerOnTheSpotEndsLikeAnyOther(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActOnSpot, handedOut())
		q := d.request(rc.Case)
		c, err := d.kernel.Case(ctx, rc.Case)
		if err != nil {
			t.Fatal(err)
		}
		if c.State != request.Served || q.Outcome != request.Grant || q.ReceivedOn != d.today() || q.ServedOn != d.today() || q.ServedHow != request.ServeCounter || q.LetterNo != "清教公开〔2026〕1号" {
			t.Fatalf("%s %+v", c.State, q)
		}
		var events []clock.Event
		for _, f := range c.Facts {
			events = append(events, f.Event)
		}
		if len(events) != 3 || events[0] != clock.Submitted || events[1] != clock.AnswerServed || events[2] != clock.AnswerServed || c.Facts[2].Clock != "remedy" {
			t.Errorf("facts %v", c.Facts)
		}
		kinds := ""
		for _, l := range q.ForApplicant() {
			kinds += l.Kind + " "
		}
		if kinds != "receipt answer " {
			t.Errorf("the applicant reads %q", kinds)
		}
		slip := q.Letters[len(q.Letters)-1]
		for _, want := range []string{"第三十六条第（二）项", "规划文本一份。", "60日内向清河市人民政府", "申请人收到答复和材料，签名", "clerk"} {
			if want == "clerk" {
				want = d.people["clerk"].Name
			}
			if !strings.Contains(slip.Body, want) {
				t.Errorf("the slip lacks %q:\n%s", want, slip.Body)
			}
		}
		d.must(rc.Case, "clerk", request.ActArchive, nil)

		confirmed := d.working()
		public := handedOut()
		public.Item, public.Paper = request.Item{What: "布局规划", Outcome: request.GrantPublic, Way: "清河市教育局网站"}, request.PaperLetter
		d.must(confirmed, "clerk", request.ActOnSpot, public)
		if l := d.request(confirmed).Letters; l[len(l)-1].Title != "政府信息公开告知书" {
			t.Errorf("%+v", l[len(l)-1])
		}
	})
}

// What the organ did not allow, what came by another way or on another day, and
// what lacks something is answered the long way.
func TestA70_WhatMayNotBeAnsweredOnTheSpot(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		if err := d.do(rc.Case, "clerk", request.ActOnSpot, handedOut()); !strings.Contains(fault.Text(err), "答复设置") {
			t.Fatalf("without settings: %v", err)
		}
		d.setProfile()
		for field, change := range map[string]func(*request.OnSpotForm){
			"答复结果":   func(f *request.OnSpotForm) { f.Item.Outcome, f.Item.Reason = request.DenyInternal, "内部事务" },
			"出具文书":   func(f *request.OnSpotForm) { f.Paper = "" },
			"不涉及第三方": func(f *request.OnSpotForm) { f.NoThird = false },
			"凭证":     func(f *request.OnSpotForm) { f.Proof = " " },
			"提供的内容":  func(f *request.OnSpotForm) { f.Item.Content = "" },
		} {
			f := handedOut()
			change(f)
			if err := d.do(rc.Case, "clerk", request.ActOnSpot, f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if q := d.request(rc.Case); len(q.Letters) != 0 || q.LetterNo != "" {
			t.Errorf("a refused answer left something: %+v", q)
		}
		if err := d.do(rc.Case, "signer", request.ActOnSpot, handedOut()); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a signer at the counter: %v", err)
		}
		p := profile(request.Department)
		p.Prefix, p.OnSpot = "清教公开", []request.Outcome{request.Partial}
		set := func() error { return d.room.SetProfile(ctx, d.people["disclosure_officer"], d.organ, p) }
		if err := set(); fault.FieldOf(err) != "当场答复的范围" {
			t.Errorf("a refusal on the spot was allowed: %v", err)
		}
		p.OnSpot = request.OnSpotOutcomes
		if err := set(); err != nil {
			t.Fatal(err)
		}
		f := handedOut()
		f.Item = request.Item{What: "出生登记", Outcome: request.NotOurs, Reason: "由卫生健康委负责", Owner: "清河市卫生健康委员会"}
		if err := d.do(rc.Case, "clerk", request.ActOnSpot, f); fault.FieldOf(err) != "出具文书" || !strings.Contains(fault.Text(err), "非本机关政府信息告知书") {
			t.Errorf("a slip where a letter is due: %v", err)
		}
		p.OnSpot = []request.Outcome{}
		if err := set(); err != nil {
			t.Fatal(err)
		}
		if err := d.do(rc.Case, "clerk", request.ActOnSpot, handedOut()); !strings.Contains(fault.Text(err), "不当场答复") {
			t.Errorf("%v", err)
		}
		p.OnSpot, p.Counsel = nil, true
		if err := set(); err != nil {
			t.Fatal(err)
		}
		if err := d.do(rc.Case, "clerk", request.ActOnSpot, handedOut()); !strings.Contains(fault.Text(err), "法律顾问") {
			t.Errorf("past the organ's own review rule: %v", err)
		}
		d.setProfile()
		online := d.submit(func(a *request.Application) { a.Channel = clock.Online })
		if err := d.do(online.Case, "clerk", request.ActOnSpot, handedOut()); !strings.Contains(fault.Text(err), "当面提出") {
			t.Errorf("%v", err)
		}
		third := d.working()
		d.must(third, "clerk", request.ActConsult, &request.ConsultForm{Who: "third_party", Name: "某公司", What: "合同"})
		if err := d.do(third, "clerk", request.ActOnSpot, handedOut()); !strings.Contains(fault.Text(err), "已经征求") {
			t.Errorf("%v", err)
		}
		d.now = d.now.AddDate(0, 0, 1)
		if err := d.do(rc.Case, "clerk", request.ActOnSpot, handedOut()); !strings.Contains(fault.Text(err), "收到申请的当天") {
			t.Errorf("%v", err)
		}
	})
}
