package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

const thirdName, thirdProof, thirdReason = "丁戊己公司", "91110000MA01234X5K", "合同单价是商业秘密"

func (d *desk) today() workday.Date { return workday.DateOf(d.now) }

// request reads a request as it stands.
func (d *desk) request(id int64) *request.Request {
	d.t.Helper()
	c, err := d.kernel.Case(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	data, err := d.kernel.Data(ctx, d.db.Reader(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	return data.(*request.Request)
}

// working opens a request that is being worked on.
func (d *desk) working() int64 {
	d.t.Helper()
	d.setProfile()
	rc := d.submit(nil)
	d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
	return rc.Case
}

func (d *desk) ask(id int64) string {
	d.t.Helper()
	d.must(id, "clerk", request.ActConsult, &request.ConsultForm{Who: "third_party", Name: thirdName, Contact: "13911112222", Proof: thirdProof, What: "采购合同的单价"})
	who, err := d.room.RevealParty(ctx, d.people["clerk"], d.request(id), "third_party")
	if err != nil || who.Name != thirdName || who.Contact != "13911112222" {
		d.t.Fatalf("%+v %v", who, err)
	}
	return who.Code
}

func decision(o request.Outcome, item request.Item) *request.DecideForm {
	item.Outcome = o
	if item.What == "" {
		item.What = "采购合同"
	}
	return &request.DecideForm{Decision: request.Decision{Items: []request.Item{item}}}
}

// Parties are asked side by side; each has its own days, and the clock merges
// what it excludes.
func TestA76_A77_A78_ManyPartiesInParallel(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		for _, f := range []*request.ConsultForm{{Who: "third_party", Name: "甲公司", What: "合同"}, {Who: "third_party", Name: "乙公司", What: "合同"}, {Who: "joint_organ", Name: "市发展改革委", What: "规划"}, {Who: "other_organ", Name: "市财政局", What: "预算"}} {
			d.must(id, "clerk", request.ActConsult, f)
		}
		if err := d.do(id, "clerk", request.ActConsult, &request.ConsultForm{Who: "third_party", Name: "乙公司", What: "合同"}); fault.FieldOf(err) != "对方名称" {
			t.Fatalf("the same party twice: %v", err)
		}
		var who []string
		for _, p := range d.request(id).Work.Parties {
			who = append(who, string(p.Who)+p.Organ)
		}
		if got := strings.Join(who, " "); got != "third_party third_party_2 joint_organ市发展改革委 other_organ市财政局" {
			t.Fatal(got)
		}
		d.must(id, "clerk", request.ActConsultGot, &request.PartyForm{Who: "third_party_2", On: d.today()})
		d.must(id, "clerk", request.ActConsultGot, &request.PartyForm{Who: "joint_organ", On: d.today()})
		if err := d.do(id, "clerk", request.ActConsultGot, &request.PartyForm{Who: "joint_organ", On: d.today()}); fault.FieldOf(err) != "征求谁的意见" {
			t.Fatalf("received twice: %v", err)
		}
		d.now = d.now.AddDate(0, 0, 3)
		for _, p := range []string{"third_party", "other_organ"} {
			if d.due(id) != "" {
				t.Fatal("the clock runs while somebody without a limit is asked")
			}
			d.must(id, "clerk", request.ActReply, &request.PartyForm{Who: d.request(id).Work.Parties[map[string]int{"third_party": 0, "other_organ": 3}[p]].Who, On: d.today(), Agrees: "agree"})
		}
		if due := d.due(id); due != "2026-03-26" { // the 15 working days to 27 February are excluded once; Saturday 28 works
			t.Fatalf("due %s", due)
		}
		d.now = d.now.AddDate(0, 0, 30)
		q := d.request(id)
		if a, b := q.Work.Parties[1].Standing, q.Work.Parties[2].Standing; !strings.Contains(a, "由本机关依法决定") || !strings.Contains(b, "视为同意") {
			t.Fatalf("%s | %s", a, b)
		}
	})
}

// An answer after the 15 working days is kept and marked, and moves nothing.
func TestA76_ALateAnswerIsKeptAndDoesNotMoveTheClock(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		d.ask(id)
		d.must(id, "clerk", request.ActConsultGot, &request.PartyForm{Who: "third_party", On: d.today()})
		before := d.due(id)
		d.now = d.now.AddDate(0, 0, 32)
		d.must(id, "clerk", request.ActReply, &request.PartyForm{Who: "third_party", On: d.today(), Agrees: "refuse", Note: thirdReason})
		p := d.request(id).Work.Parties[0]
		if !p.Late || p.Opinion != "refuse" || !strings.Contains(p.Standing, "逾期答复") || before == "" || d.due(id) != before {
			t.Fatalf("%+v, due %s then %s", p, before, d.due(id))
		}
	})
}

func TestA76_ARefusalIsOverruledOnlyWithAReasonAndTheThirdPartyIsTold(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		code := d.ask(id)
		if err := d.do(id, "clerk", request.ActOverride, &request.OverrideForm{Who: "third_party", Reason: "公共利益"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("nobody refused: %v", err)
		}
		d.must(id, "clerk", request.ActReply, &request.PartyForm{Who: "third_party", On: d.today(), Agrees: "refuse", Note: thirdReason})
		grant := decision(request.Grant, request.Item{Content: "合同全文"})
		if err := d.do(id, "clerk", request.ActDecide, grant); fault.FieldOf(err) != "答复结果" || !strings.Contains(fault.Text(err), "第三方不同意公开") {
			t.Fatalf("granted against a refusal: %v", err)
		}
		if err := d.do(id, "clerk", request.ActOverride, &request.OverrideForm{Who: "third_party"}); fault.FieldOf(err) != "公开的理由" {
			t.Fatalf("without a reason: %v", err)
		}
		d.must(id, "clerk", request.ActOverride, &request.OverrideForm{Who: "third_party", Reason: "财政资金采购的单价应当接受监督"})
		d.must(id, "clerk", request.ActDecide, grant)
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		serve := &request.ServeForm{How: "post", On: d.today(), Proof: "EMS1"}
		if err := d.do(id, "clerk", request.ActServe, serve); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "书面告知第三方") {
			t.Fatalf("served before the third party knew: %v", err)
		}
		q := d.request(id)
		letter := q.Letters[len(q.Letters)-1]
		body, err := d.room.Addressed(ctx, d.people["clerk"], q, letter)
		if err != nil || letter.Kind != request.LetterOverride || letter.ToApplicant() {
			t.Fatalf("%v %+v", err, letter)
		}
		for _, want := range []string{thirdName + "：", "“采购合同”", "财政资金采购的单价应当接受监督。", "自收到本决定之日起60日内", "6个月内"} {
			if !strings.Contains(body, want) {
				t.Errorf("the letter lacks %q:\n%s", want, body)
			}
		}
		if strings.Contains(body, "先向行政复议机关") || strings.Contains(body, secretName) {
			t.Errorf("the letter says too much:\n%s", body)
		}
		if x, err := d.room.OpinionAsked(ctx, code, thirdProof[len(thirdProof)-4:]); err == nil && x.Told != nil {
			t.Error("the decision shows before it was served")
		}
		d.must(id, "clerk", request.ActThirdTold, &request.ToldForm{Who: "third_party", On: d.today(), Proof: "EMS2"})
	})
}

// A decision that withholds the part of the third party needs no such reason.
func TestA76_ARefusalThatIsFollowedNeedsNoReason(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		d.ask(id)
		d.must(id, "clerk", request.ActReply, &request.PartyForm{Who: "third_party", On: d.today(), Agrees: "refuse"})
		d.must(id, "clerk", request.ActDecide, decision(request.DenyThird, request.Item{Reason: "商业秘密"}))
	})
}

// The online answer of a third party: right pair, once, reasons with a refusal.
func TestA76_TheOnlineAnswerOfAThirdParty(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		code := d.ask(id)
		for _, pair := range [][2]string{{code, "0000"}, {"AAAAA-AAAAA", thirdProof[len(thirdProof)-4:]}, {"", ""}} {
			if _, err := d.room.OpinionAsked(ctx, pair[0], pair[1]); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v: %v", pair, err)
			}
		}
		second := thirdProof[len(thirdProof)-4:]
		x, err := d.room.OpinionAsked(ctx, strings.ToLower(code), strings.ToLower(second))
		if err != nil || !x.Open || !strings.Contains(x.Letter.Body, thirdName) || !strings.Contains(x.Letter.Body, code) {
			t.Fatalf("%v %+v", err, x)
		}
		if err := d.room.GiveOpinion(ctx, code, second, "refuse", " ", "t"); fault.FieldOf(err) != "理由" {
			t.Fatalf("without a reason: %v", err)
		}
		if err := d.room.GiveOpinion(ctx, code, second, "whatever", "x", "t"); fault.FieldOf(err) != "意见" {
			t.Fatalf("no such opinion: %v", err)
		}
		if err := d.room.GiveOpinion(ctx, code, second, "refuse", thirdReason, "t"); err != nil {
			t.Fatal(err)
		}
		if err := d.room.GiveOpinion(ctx, code, second, "agree", "", "t2"); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("answered twice: %v", err)
		}
		p := d.request(id).Work.Parties[0]
		if !p.Online || p.Opinion != "refuse" || d.due(id) == "" {
			t.Fatalf("%+v", p)
		}
		var plain int
		for table, columns := range map[string]string{"request_letters": "body", "case_events": "data", "audit_log": "detail", "request_parties": "matter || organ_name || reason_sealed || name_sealed || contact_sealed || code_sealed", "notices": "kind"} {
			for _, word := range []string{thirdName, thirdReason, "13911112222", thirdProof, code} {
				var n int
				if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table+` WHERE `+columns+` LIKE '%' || $1 || '%'`, word).Scan(&n); err != nil {
					t.Fatal(err)
				}
				if plain += n; n > 0 {
					t.Errorf("%s holds %s in plain words", table, word)
				}
			}
		}
		if rows := d.audits(audit.ViewPersonal); rows == 0 {
			t.Error("reading who was asked is not on record")
		}
	})
}

func (d *desk) audits(act audit.Act) (n int) {
	d.t.Helper()
	if err := d.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_log WHERE act = $1`, string(act)).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}
