package request_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

var ctx = context.Background()

// desk is an office that answers requests, its time in the test's hand.
type desk struct {
	t      *testing.T
	db     *store.DB
	now    time.Time
	kernel *casework.Kernel
	room   *request.Room
	organ  int64
	people map[string]access.Actor
	serial int
}

func open(t *testing.T, db *store.DB) *desk {
	d := &desk{t: t, db: db, now: time.Date(2026, 1, 30, 2, 0, 0, 0, time.UTC), people: map[string]access.Actor{}}
	hands := func() time.Time { return d.now }
	d.kernel = casework.New(db, hands)
	d.room = request.New(db, d.kernel, vault.New(db, vault.Source{File: filepath.Join(t.TempDir(), "vault.key")}), hands)
	d.organ = d.id(`INSERT INTO organs (code, kind, created_at) VALUES ('jyj', '部门', 1) RETURNING id`)
	for _, r := range []access.Role{access.Clerk, access.LegalityReviewer, access.Signer, access.DisclosureOfficer} {
		id := d.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, $2, $3, 1) RETURNING id`, string(r), r.Chinese(), d.organ)
		d.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, id, d.organ, string(r))
		a, err := access.ActorOf(ctx, db.Reader(), id, workday.DateOf(d.now))
		if err != nil {
			t.Fatal(err)
		}
		d.people[string(r)] = a
	}
	return d
}

func (d *desk) id(query string, args ...any) (id int64) {
	d.t.Helper()
	if err := d.db.Writer().QueryRowContext(ctx, query, args...).Scan(&id); err != nil {
		d.t.Fatal(err)
	}
	return id
}

const secretName, secretProof, secretPhone = "甲乙丙", "11010519491231002X", "13800000000"

func (d *desk) application() request.Application {
	d.serial++
	return request.Application{Organ: d.organ, Channel: clock.InPerson, Content: "2025年全市义务教育学校布局规划", Way: "electronic", Delivery: "post", Informed: true, Token: fmt.Sprintf("t%d", d.serial),
		Applicant: request.Applicant{Kind: request.Natural, Name: secretName, Proof: secretProof, Phone: secretPhone, Address: "清河市某路1号"}}
}

func (d *desk) submit(change func(*request.Application)) *request.Receipt {
	d.t.Helper()
	a := d.application()
	if change != nil {
		change(&a)
	}
	rc, err := d.room.Submit(ctx, a)
	if err != nil {
		d.t.Fatal(err)
	}
	return rc
}

func (d *desk) do(id int64, who string, a casework.Action, form any) error {
	actor := d.people[who]
	if who == "applicant" {
		actor = casework.Applicant
	}
	_, err := d.kernel.Apply(ctx, casework.Do{Case: id, Action: a, Actor: actor, Form: form})
	return err
}

func (d *desk) must(id int64, who string, a casework.Action, form any) {
	d.t.Helper()
	if err := d.do(id, who, a, form); err != nil {
		d.t.Fatalf("%s %s: %v", who, a, err)
	}
}

func (d *desk) due(id int64) string {
	d.t.Helper()
	res, err := d.room.Due(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return res.Due.String()
}

func (d *desk) setProfile() {
	d.t.Helper()
	p := profile(request.Department)
	p.Prefix = "清教公开"
	if err := d.room.SetProfile(ctx, d.people["disclosure_officer"], d.organ, p); err != nil {
		d.t.Fatal(err)
	}
}

func TestRequest_FromReceiptToArchive(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.submit(nil)
		if rc.Due.Due.String() != "2026-03-05" { // vector of A8.4
			t.Fatalf("due %s", rc.Due.Due)
		}
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(rc.Case, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{
			{What: "布局规划", Outcome: request.Grant, Content: "规划文本一份"}, {What: "讨论意见", Outcome: request.DenyProcess, Reason: "尚在讨论"}}}})
		if err := d.do(rc.Case, "clerk", request.ActPass, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("the clerk passed their own decision: %v", err)
		}
		d.must(rc.Case, "legality_reviewer", request.ActPass, &request.NoteForm{Text: "同意"})
		d.must(rc.Case, "signer", request.ActSign, &request.NoteForm{})
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: "post", On: workday.DateOf(d.now), Proof: "EE123456785CN"})
		d.must(rc.Case, "clerk", request.ActSigned, &request.SignedForm{On: workday.DateOf(d.now)})
		d.must(rc.Case, "clerk", request.ActArchive, nil)
		c, q, err := d.room.Track(ctx, strings.ToLower(rc.Code), "002x")
		if err != nil || c.State != request.Archived || q.Outcome != request.Partial || q.LetterNo != "清教公开〔2026〕1号" {
			t.Fatalf("%v %+v %+v", err, c, q)
		}
		body := q.Letters[len(q.Letters)-1].Body
		for _, want := range []string{"清教公开〔2026〕1号", "2026年1月30日收到", "一、您申请公开的“布局规划”可以公开", "第三十六条第（二）项", "尚在讨论。", "先向行政复议机关清河市人民政府", "15日内向清河市河东区人民法院"} {
			if !strings.Contains(body, want) {
				t.Errorf("the letter lacks %q:\n%s", want, body)
			}
		}
	})
}

func TestA54_NobodyIsAskedForAPurpose(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		a := d.application()
		for field, change := range map[string]func(*request.Application){
			"您想了解什么": func(a *request.Application) { a.Content = " " }, "姓名或者名称": func(a *request.Application) { a.Applicant.Name = "" }, "身份证明": func(a *request.Application) { a.Applicant.Proof = "" },
			"地址": func(a *request.Application) { a.Applicant.Address = "" }, "个人信息处理告知": func(a *request.Application) { a.Informed = false }, "获取方式": func(a *request.Application) { a.Way = "?" },
			"收到日期": func(a *request.Application) { a.On = workday.MustDate("2026-02-01") },
		} {
			b := a
			change(&b)
			if _, err := d.room.Submit(ctx, b); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestA72_CorrectionIsAskedOnceAndA73_RestartsTheClock(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if err := d.do(rc.Case, "clerk", request.ActCorrect, &request.CorrectForm{}); fault.FieldOf(err) != "需要补正的事项" {
			t.Fatalf("a notice without a point: %v", err)
		}
		d.must(rc.Case, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"写明是哪一年的规划"}})
		if due := d.due(rc.Case); due != "" {
			t.Fatalf("the clock runs to %s while the correction is out", due)
		}
		d.now = d.now.AddDate(0, 0, 14) // 2026-02-13
		d.must(rc.Case, "applicant", request.ActApplicant, &request.CorrectedForm{Content: "2025年规划", On: workday.DateOf(d.now)})
		if due := d.due(rc.Case); due != "2026-03-19" {
			t.Fatalf("20 working days from 13 February end on 19 March, not %s", due)
		}
		if err := d.do(rc.Case, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{"再写"}}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "一次") {
			t.Fatalf("asked twice: %v", err)
		}
	})
}

func TestA71_ExtendedOnceByTheUnitBeforeTheFirstDeadline(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if err := d.do(rc.Case, "clerk", request.ActExtend, &request.ExtendForm{Days: 10, Reason: "材料多"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk extended: %v", err)
		}
		if err := d.do(rc.Case, "disclosure_officer", request.ActExtend, &request.ExtendForm{Days: 21, Reason: "材料多"}); fault.FieldOf(err) != "延长天数" {
			t.Fatalf("21 days: %v", err)
		}
		d.must(rc.Case, "disclosure_officer", request.ActExtend, &request.ExtendForm{Days: 10, Reason: "材料多"})
		if due := d.due(rc.Case); due != "2026-03-19" {
			t.Fatalf("due %s", due)
		}
		if err := d.do(rc.Case, "disclosure_officer", request.ActExtend, &request.ExtendForm{Days: 5, Reason: "再延"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a second extension: %v", err)
		}
		late := d.submit(nil)
		d.must(late.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.now = d.now.AddDate(0, 0, 40)
		if err := d.do(late.Case, "disclosure_officer", request.ActExtend, &request.ExtendForm{Days: 5, Reason: "迟了"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("an extension after the deadline: %v", err)
		}
	})
}

func TestA76_ConsultingAThirdPartyStopsTheClock(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(rc.Case, "clerk", request.ActConsult, &request.ConsultForm{Who: "third_party", Name: "某公司", What: "合同"})
		if due := d.due(rc.Case); due != "" {
			t.Fatalf("due %s", due)
		}
		d.now = d.now.AddDate(0, 0, 5)
		if err := d.do(rc.Case, "clerk", request.ActReply, &request.PartyForm{Who: "third_party_2", On: workday.DateOf(d.now)}); fault.FieldOf(err) != "征求谁的意见" {
			t.Fatalf("a reply of nobody asked: %v", err)
		}
		d.must(rc.Case, "clerk", request.ActReply, &request.PartyForm{Who: "third_party", On: workday.DateOf(d.now), Agrees: "refuse"})
		if due := d.due(rc.Case); due != "2026-03-10" { // three working days more: 2 to 4 February
			t.Fatalf("due %s", due)
		}
	})
}

func TestA63_AnOnlineRequestIsConfirmedByItself(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(func(a *request.Application) { a.Channel, a.Delivery, a.Electronic = clock.Online, "online", true })
		if n, err := d.room.Sweep(ctx); err != nil || n != 0 {
			t.Fatalf("%d %v", n, err)
		}
		d.now = time.Date(2026, 2, 3, 0, 0, 1, 0, workday.Zone) // after the end of Monday, the next working day
		if n, err := d.room.Sweep(ctx); err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		c, err := d.kernel.Case(ctx, rc.Case)
		if err != nil || c.State != request.Working {
			t.Fatalf("%v %v", c.State, err)
		}
	})
}

func TestA28_WhoAskedStandsNowhereInTheClear(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		for _, table := range []string{"requests", "cases", "case_events", "case_facts", "case_tokens", "audit_log", "request_letters", "notices"} {
			rows, err := db.Reader().QueryContext(ctx, `SELECT * FROM `+table)
			if err != nil {
				t.Fatal(err)
			}
			cols, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				cells, into := make([]any, len(cols)), make([]any, len(cols))
				for i := range cells {
					into[i] = &cells[i]
				}
				if err := rows.Scan(into...); err != nil {
					t.Fatal(err)
				}
				for i, v := range cells {
					for _, secret := range []string{secretName, secretProof, secretPhone, rc.Code} {
						if strings.Contains(fmt.Sprintf("%s", v), secret) {
							t.Errorf("%s.%s holds %s", table, cols[i], secret)
						}
					}
				}
			}
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
		}
		who, err := d.room.Reveal(ctx, d.people["clerk"], rc.Case)
		if err != nil || who.Name != secretName || who.Proof != secretProof {
			t.Fatalf("%+v %v", who, err)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal'`).Scan(&n); err != nil || n != 1 {
			t.Fatalf("%d readings in the audit log, %v", n, err)
		}
	})
}

func TestTrack_NeedsTheCodeAndTheSecondFact(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		again, err := d.room.Submit(ctx, func() request.Application { a := d.application(); a.Token = "t1"; return a }())
		if err != nil || again.Number != rc.Number || again.Code != rc.Code {
			t.Fatalf("the same form got another receipt: %+v %v", again, err)
		}
		var said []string
		for _, x := range [][2]string{{rc.Code, "0000"}, {"AAAAA-AAAAA", "002X"}, {"", ""}} {
			_, _, err := d.room.Track(ctx, x[0], x[1])
			if fault.KindOf(err) != fault.NotFound {
				t.Fatalf("%v: %v", x, err)
			}
			said = append(said, fault.Text(err))
		}
		if said[0] != said[1] || said[1] != said[2] {
			t.Errorf("refusals tell apart what is wrong: %q", said)
		}
		if q := d.submit(nil); q.Number == rc.Number {
			t.Error("a number twice")
		}
	})
}
