package request_test

import (
	"strings"
	"testing"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// signed brings a request to the signature; it was received on 30 January 2026
// and signed on the day of the desk.
func (d *desk) signed(change func(*request.Application), items ...request.Item) *request.Receipt {
	d.t.Helper()
	if len(items) == 0 {
		items = []request.Item{{What: "布局规划", Outcome: request.Grant, Content: "规划文本一份"}}
	}
	rc := d.submit(change)
	d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
	d.decided(rc.Case, items...)
	return rc
}

func (d *desk) decided(id int64, items ...request.Item) {
	d.t.Helper()
	d.must(id, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: items}})
	d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
	d.must(id, "signer", request.ActSign, &request.NoteForm{})
}

// view reads a request with its case.
func (d *desk) view(id int64) (*casework.Case, *request.Request) {
	d.t.Helper()
	c, err := d.kernel.Case(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	data, err := d.kernel.Data(ctx, d.db.Reader(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	return c, data.(*request.Request)
}

func (d *desk) later(days int) workday.Date {
	d.now = d.now.AddDate(0, 0, days)
	return workday.DateOf(d.now)
}

const ems = "EE123456785CN"

func electronic(a *request.Application) {
	a.Electronic, a.Applicant.Mail = true, "someone@example.test"
}

func TestA84_PostingAnswersAndSigningStartsTheRemedy(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		d.now = time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC) // the last day
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: workday.DateOf(d.now), Proof: ems})
		c, q := d.view(rc.Case)
		due, err := d.room.Due(ctx, rc.Case)
		if err != nil || due.State != clock.Met || c.State != request.Served || q.ServedOn.String() != "2026-03-05" {
			t.Fatalf("posted on the last day is in time: %v %s %s %v", due.State, c.State, q.ServedOn, err)
		}
		if r := request.RemedyUntil(c, q, workday.National()); !r.From.IsZero() {
			t.Fatalf("a remedy runs before anybody has the letter: %+v", r)
		}
		signed := d.later(5)
		d.must(rc.Case, "clerk", request.ActSigned, &request.SignedForm{On: signed})
		c, q = d.view(rc.Case)
		r := request.RemedyUntil(c, q, workday.National())
		// 60 days from 10 March are 9 May, a working Saturday by the notice; six months end on 10 September.
		if r.From != signed || r.Review.Due.Day.String() != "2026-05-09" || r.Suit.Due.Day.String() != "2026-09-10" || len(r.Review.Steps) == 0 {
			t.Fatalf("from %s review %s suit %s", r.From, r.Review.Due, r.Suit.Due)
		}
		if q.ServedOn.String() != "2026-03-05" || q.Service.Attempts[0].SignedOn != signed {
			t.Errorf("both days are kept: %s %s", q.ServedOn, q.Service.Attempts[0].SignedOn)
		}
		if due, _ := d.room.Due(ctx, rc.Case); due.State != clock.Met || due.Ended.Day.String() != "2026-03-05" {
			t.Errorf("the signature moved the answer: %+v", due)
		}
	})
}

func TestA91_NoDayForASuitWhereReconsiderationComesFirst(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil, request.Item{What: "讨论记录", Outcome: request.DenyProcess, Reason: "尚在讨论"})
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: workday.DateOf(d.now), Proof: "送达回证1号"})
		c, q := d.view(rc.Case)
		if r := request.RemedyUntil(c, q, workday.National()); !r.First || r.Suit.HasDue() || r.Review.Due.Day.String() != "2026-03-31" {
			t.Fatalf("%+v", r)
		}
	})
}

// A part kept back on other grounds than articles 14 to 16 leaves the suit open,
// and so does a free matter beside a withheld one: the days on the page are those
// of the letter.
func TestA92_TheDayForASuitFollowsTheLetter(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		partial := request.Item{What: "登记资料汇编", Outcome: request.Partial, Content: "汇编一份", Reason: "其余是登记资料", Grounds: []request.Outcome{request.DenyQuery}}
		secret := request.Item{What: "讨论记录", Outcome: request.DenyProcess, Reason: "尚在讨论"}
		for _, items := range [][]request.Item{{partial}, {secret, {What: "布局规划", Outcome: request.Grant, Content: "规划一份"}}} {
			rc := d.signed(nil, items...)
			d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: workday.DateOf(d.now), Proof: "送达回证1号"})
			c, q := d.view(rc.Case)
			if r := request.RemedyUntil(c, q, workday.National()); r.First || !r.Suit.HasDue() || !strings.Contains(q.Letters[len(q.Letters)-1].Body, "6个月") {
				t.Errorf("%s: %+v", q.Outcome, r)
			}
		}
	})
}

func TestA84_AReturnedLetterIsServedAgain(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		posted := d.later(3)
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: posted, Proof: ems})
		if err := d.do(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: posted, Proof: ems}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a second letter while one is out: %v", err)
		}
		if err := d.do(rc.Case, "clerk", request.ActFailed, &request.FailedForm{}); fault.FieldOf(err) != "原因" {
			t.Fatalf("a failure without a reason: %v", err)
		}
		d.later(40)
		d.must(rc.Case, "clerk", request.ActFailed, &request.FailedForm{Reason: "地址不详退回"})
		if c, _ := d.view(rc.Case); c.State != request.Answered {
			t.Fatalf("state %s", c.State)
		}
		again := d.later(1)
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: again, Proof: "送达回证2号"})
		c, q := d.view(rc.Case)
		due, err := d.room.Due(ctx, rc.Case)
		if err != nil || due.State != clock.Met || due.Ended.Day != posted {
			t.Errorf("the first posting answers the clock: %v %+v", err, due)
		}
		if r := request.RemedyUntil(c, q, workday.National()); r.From != again {
			t.Errorf("the remedy runs from the hand-over: %s", r.From)
		}
		if len(q.Service.Attempts) != 2 || q.Service.Attempts[0].Result != request.ServeFailed || q.Service.Attempts[0].Reason == "" || c.State != request.Served {
			t.Errorf("the trail is kept: %+v %s", q.Service.Attempts, c.State)
		}
	})
}

func TestA85_OnlyThePostalEnterprise(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		today := workday.DateOf(d.now)
		for name, x := range map[string]struct {
			form  request.ServeForm
			field string
			words string
		}{
			"a courier by name":     {request.ServeForm{How: "courier", On: today, Proof: "1"}, "送达方式", "邮政企业"},
			"a courier's number":    {request.ServeForm{How: request.ServePost, On: today, Proof: "SF1234567890123"}, "凭证", "邮政企业"},
			"a courier in words":    {request.ServeForm{How: request.ServePost, On: today, Proof: "顺丰 123"}, "凭证", "邮政企业"},
			"no number":             {request.ServeForm{How: request.ServePost, On: today}, "凭证", "请填写"},
			"a day to come":         {request.ServeForm{How: request.ServePost, On: today.AddDays(1), Proof: ems}, "送达日期", "还没有到"},
			"before the signature":  {request.ServeForm{How: request.ServePost, On: today.AddDays(-1), Proof: ems}, "送达日期", "签发"},
			"no day":                {request.ServeForm{How: request.ServePost, Proof: ems}, "送达日期", "请填写"},
			"counter without proof": {request.ServeForm{How: request.ServeCounter, On: today}, "凭证", "请填写"},
			"an unknown way":        {request.ServeForm{How: "pigeon", On: today, Proof: "1"}, "送达方式", "请选"},
		} {
			if err := d.do(rc.Case, "clerk", request.ActServe, &x.form); fault.FieldOf(err) != x.field || !strings.Contains(fault.Text(err), x.words) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, q := d.view(rc.Case); len(q.Service.Attempts) != 0 {
			t.Errorf("a refused service left something: %+v", q.Service.Attempts)
		}
	})
}

func TestA85_ANumberThatLooksOddIsKeptWithAWarning(t *testing.T) {
	for number, warns := range map[string]bool{ems: false, "EE 123 456 785 CN": false, "1234567890123": false, "EE123456789CN": true, "KD1234": true, "RR123456785CN": false, "EE123456785US": true} {
		if got := request.PostalWarning(request.ServePost, number) != ""; got != warns {
			t.Errorf("%s: warning %v", number, got)
		}
	}
	if request.PostalWarning(request.ServeCounter, "回证") != "" {
		t.Error("a certificate is no postal number")
	}
}

func TestA86_ElectronicOnlyWithConsent(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		today := workday.DateOf(d.now)
		for _, how := range []string{request.ServeOnline, request.ServeMail} {
			if err := d.do(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: how, On: today}); fault.FieldOf(err) != "送达方式" {
				t.Errorf("%s without consent: %v", how, err)
			}
		}
		with := d.signed(electronic)
		d.must(with.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeOnline, On: today})
		c, q := d.view(with.Case)
		if c.State != request.Served || q.Service.Delivered() == nil {
			t.Errorf("%s %+v", c.State, q.Service.Attempts)
		}
		// A paper copy on request: one more service, the remedy runs from the first.
		d.must(with.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: d.later(2), Proof: ems})
		if c, q = d.view(with.Case); c.State != request.Served || request.RemedyUntil(c, q, workday.National()).From != today {
			t.Errorf("%s %+v", c.State, q.Service.Attempts)
		}
	})
}

func TestA84_AWrongRegistrationIsCorrectedByANewNote(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		wrong := d.later(45) // too late
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: wrong, Proof: ems})
		if due, _ := d.room.Due(ctx, rc.Case); due.State != clock.Lapsed {
			t.Fatalf("%v", due.State)
		}
		right := wrong.AddDays(-20)
		form := request.MendServiceForm{Attempt: 1, How: request.ServePost, On: right, Proof: ems}
		if err := d.do(rc.Case, "clerk", request.ActMendService, &form); fault.FieldOf(err) != "更正理由" {
			t.Fatalf("without a reason: %v", err)
		}
		form.Reason = "日期录错，以邮政回执为准"
		d.must(rc.Case, "clerk", request.ActMendService, &form)
		due, err := d.room.Due(ctx, rc.Case)
		_, q := d.view(rc.Case)
		if err != nil || due.State != clock.Met || due.Ended.Day != right || q.ServedOn != right || q.Service.Attempts[0].Corrected != 1 {
			t.Fatalf("%v %+v %+v", err, due.State, q.Service.Attempts)
		}
		var notes int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM request_services WHERE case_id = $1 AND on_day IN ($2, $3)`, rc.Case, wrong.String(), right.String()).Scan(&notes); err != nil || notes != 2 {
			t.Errorf("the first note is gone: %d %v", notes, err)
		}
		if err := d.do(rc.Case, "clerk", request.ActWithdraw, &request.NoteForm{Text: "撤回"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("withdrawn after service: %v", err)
		}
	})
}

func TestA70_AnUndoneAnswerIsGivenAnew(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil, request.Item{What: "讨论记录", Outcome: request.DenyProcess, Reason: "尚在讨论"})
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: workday.DateOf(d.now), Proof: "送达回证1号"})
		d.must(rc.Case, "clerk", request.ActArchive, nil)
		today := d.later(60) // 31 March
		form := request.AnewForm{Basis: "reconsideration", Number: "清府复决〔2026〕5号", DecidedOn: today.AddDays(-2), ReceivedOn: today}
		if err := d.do(rc.Case, "clerk", request.ActAnswerAnew, &form); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk reopened: %v", err)
		}
		for field, bad := range map[string]request.AnewForm{
			"重新答复的依据": {}, "决定书文号": {Basis: "court", DecidedOn: today, ReceivedOn: today}, "收到日期": {Basis: "self", DecidedOn: today, ReceivedOn: today.AddDays(-1)},
			"决定限定的最后日期": {Basis: "self", DecidedOn: today, ReceivedOn: today, Last: today.AddDays(-1)},
		} {
			if err := d.do(rc.Case, "disclosure_officer", request.ActAnswerAnew, &bad); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		d.must(rc.Case, "disclosure_officer", request.ActAnswerAnew, &form)
		c, q := d.view(rc.Case)
		if c.State != request.Working || !c.Open() || q.Service.Round() != 2 || d.due(rc.Case) != "2026-04-29" { // 20 working days from 31 March; 6 April is off
			t.Fatalf("%s round %d due %s", c.State, q.Service.Round(), d.due(rc.Case))
		}
		if got := workday.DateOf(c.DueAt.Add(-time.Second)).String(); got != "2026-04-29" {
			t.Errorf("the task is due %s", got)
		}
		d.decided(rc.Case, request.Item{What: "讨论记录", Outcome: request.Grant, Content: "纪要一份"})
		posted := d.later(6)
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: posted, Proof: ems})
		c, q = d.view(rc.Case)
		var answers []string
		for _, l := range q.Letters {
			if l.Kind == request.LetterAnswer {
				answers = append(answers, l.Number)
			}
		}
		if len(answers) != 2 || answers[0] == answers[1] || q.LetterNo != answers[1] {
			t.Errorf("both letters stand: %q", answers)
		}
		due, err := d.room.Due(ctx, rc.Case)
		if err != nil || due.State != clock.Met || due.Ended.Day != posted {
			t.Errorf("%v %+v", err, due)
		}
		if err := d.do(rc.Case, "clerk", request.ActArchive, nil); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "登记签收") {
			t.Errorf("archived on the service of the first answer: %v", err)
		}
		d.must(rc.Case, "clerk", request.ActSigned, &request.SignedForm{On: posted})
		d.must(rc.Case, "clerk", request.ActArchive, nil)
		// A third time, with a day that the court sets.
		last := posted.AddDays(10)
		d.must(rc.Case, "disclosure_officer", request.ActAnswerAnew, &request.AnewForm{Basis: "court", Number: "（2026）行初1号", DecidedOn: posted, ReceivedOn: posted, Last: last})
		c, _ = d.view(rc.Case)
		if d.due(rc.Case) != last.String() || !c.DueAt.Equal(last.AddDays(1).Time()) {
			t.Errorf("the day of the decision stands: %s %s", d.due(rc.Case), c.DueAt)
		}
	})
}
