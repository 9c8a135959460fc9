package request_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/clock"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"

	"pgregory.net/rapid"
)

func company(a *request.Application) {
	a.Applicant = request.Applicant{Kind: request.Business, Name: "某某有限公司", Proof: "91350100M000100Y43", Leader: "甲乙", Contact: "丙丁", Phone: "13800000000"}
	a.Delivery, a.Door = "counter", &request.Door{Via: request.ViaCounter}
}

// Who has difficulty in writing tells it, and a clerk writes it down: the entry
// says so and who wrote, and the printed form has both signatures.
func TestA55_AnOralRequestIsWrittenDownByAClerk(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		lines := func(oral bool) string {
			rc := d.submit(func(a *request.Application) {
				a.Actor, a.FilledBy, a.Door = d.people["clerk"], "clerk", &request.Door{Via: request.ViaCounter, Oral: oral}
			})
			q := d.asked(rc.Case)
			if q.Intake.Oral != oral || q.FilledBy != "clerk" || q.Channel != clock.InPerson {
				t.Errorf("%+v, written by %q", q.Intake.Door, q.FilledBy)
			}
			who, err := d.room.Reveal(ctx, d.people["clerk"], rc.Case)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, b := range request.ApplicationForm(rc.Number, who, q).Blocks {
				if p, ok := b.(docfile.Paragraph); ok {
					text += p.Text + "\n"
				}
			}
			return text
		}
		told, written := lines(true), lines(false)
		for _, want := range []string{"代为填写", "第二十九条", "代填工作人员签名"} {
			if !strings.Contains(told, want) || strings.Contains(written, want) {
				t.Errorf("%q: told %q, written %q", want, told, written)
			}
		}
	})
}

// A registered letter is received on the day somebody signed for it, whenever
// the entry is made or confirmed.
func TestA61_APostedRequestIsReceivedWhenItIsSignedFor(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(func(a *request.Application) {
			a.Channel, a.Door, a.On = clock.PostSigned, &request.Door{Via: request.ViaSigned}, workday.MustDate("2026-01-28")
		})
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{On: d.today()})
		if got, due := d.asked(rc.Case).ReceivedOn.String(), d.due(rc.Case); got != "2026-01-28" || due != "2026-03-03" {
			t.Errorf("received on %s, due %s", got, due)
		}
	})
}

func TestA51_TheCounterFormAsksWhatTheLawAsks(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		for field, change := range map[string]func(*request.Application){
			"法定代表人":  func(a *request.Application) { a.Applicant.Leader = "" },
			"联系人":    func(a *request.Application) { a.Applicant.Contact = " " },
			"收到途径":   func(a *request.Application) { a.Door.Via = "pigeon" },
			"来自哪个系统": func(a *request.Application) { a.Door.Via = request.ViaSystem },
			"原系统编号":  func(a *request.Application) { a.Door.Via, a.Door.System = request.ViaSystem, "省平台" },
			"收到日期":   func(a *request.Application) { a.On = workday.MustDate("2006-01-30") },
		} {
			a := d.application()
			company(&a)
			change(&a)
			if _, err := d.room.Submit(ctx, a); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		a := d.application()
		company(&a)
		a.Channel, a.Door = clock.Online, &request.Door{Via: request.ViaSystem, System: "省平台", Number: "S-17"}
		rc, err := d.room.Submit(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		_, q, err := d.room.Track(ctx, rc.Code, "0Y43")
		if err != nil || q.Intake.System != "省平台" || q.Intake.Number != "S-17" || q.Intake.Oral {
			t.Fatalf("%+v %v", q, err)
		}
	})
}

func TestA51_AWrongCheckDigitWarnsAndNeverBlocks(t *testing.T) {
	natural := func(proof string) request.Applicant {
		return request.Applicant{Kind: request.Natural, Proof: proof}
	}
	for name, c := range map[string]struct {
		who  request.Applicant
		says string
	}{
		"a right number":      {natural("11010519491231002X"), ""},
		"a wrong check digit": {natural("110105194912310021"), "身份证件号码"},
		"a passport":          {natural("E12345678"), ""},
		"a right code":        {request.Applicant{Kind: request.Business, Proof: "91350100M000100Y43"}, ""},
		"a wrong code":        {request.Applicant{Kind: request.Business, Proof: "91350100M000100Y44"}, "统一社会信用代码"},
	} {
		got := strings.Join(request.Warnings(c.who), "；")
		if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.submit(func(a *request.Application) { a.Applicant.Proof = "110105194912310021" })
	})
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		low  int
		high int
	}{
		{"2025年义务教育布局规划", "２０２５年，义务教育布局规划。", 100, 100},
		{"2025年义务教育学校布局规划", "申请公开2025年义务教育学校布局专项规划", 60, 99},
		{"午餐采购合同", "2025年义务教育学校布局规划", 0, 10},
		{"", "甲", 0, 0}, {"甲", "甲", 100, 100}, {"甲", "乙", 0, 0},
	} {
		if got := request.Alike(c.a, c.b); got < c.low || got > c.high {
			t.Errorf("Alike(%q, %q) = %d", c.a, c.b, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		n := request.Alike(a, b)
		if n != request.Alike(b, a) || n < 0 || n > 100 {
			t.Fatalf("%d and %d", n, request.Alike(b, a))
		}
		if self := request.Alike(a, a); self != 0 && self != 100 {
			t.Fatalf("a text is %d%% like itself", self)
		}
	})
}

func TestNPREPEAT_EarlierRequestsOfTheSameApplicantAreShown(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		first := d.submit(nil)
		d.carryOut(first.Case)
		other := d.submit(func(a *request.Application) { a.Applicant.Proof = "110105194912310021" })
		again := d.submit(func(a *request.Application) {
			a.Content = "申请公开2025年全市义务教育学校布局规划文本"
		})
		q := d.asked(again.Case)
		if len(q.Intake.Prior) != 1 || q.Intake.Prior[0].Case != first.Case {
			t.Fatalf("%+v", q.Intake.Prior)
		}
		e := q.Intake.Prior[0]
		if !strings.Contains(e.Says(), "已于2026年1月30日答复（予以公开）") || !strings.Contains(e.Says(), "相近内容") {
			t.Error(e.Says())
		}
		if want := "清教公开〔2026〕1号"; !strings.Contains(e.RepeatReason(), want) || !strings.Contains(e.RepeatReason(), first.Number) {
			t.Error(e.RepeatReason())
		}
		if got := d.asked(other.Case).Intake.Prior; len(got) != 0 {
			t.Errorf("another applicant's requests: %+v", got)
		}
		before, err := d.room.Prior(ctx, d.organ, d.application().Applicant, "2025年全市义务教育学校布局规划")
		if err != nil || len(before) != 2 || before[0].Alike != 100 || before[0].Case != first.Case {
			t.Errorf("before registration: %+v %v", before, err)
		}
		elsewhere, err := d.room.Prior(ctx, d.organ+1, d.application().Applicant, "x")
		if err != nil || len(elsewhere) != 0 {
			t.Errorf("another organ sees %+v %v", elsewhere, err)
		}
	})
}

// carryOut carries a request to its service.
func (d *desk) carryOut(id int64) {
	d.t.Helper()
	d.must(id, "clerk", request.ActConfirm, &request.ConfirmForm{})
	d.must(id, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "布局规划", Outcome: request.Grant, Content: "规划文本一份"}}}})
	d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
	d.must(id, "signer", request.ActSign, &request.NoteForm{})
	d.must(id, "clerk", request.ActServe, &request.ServeForm{How: "counter", On: workday.DateOf(d.now), Proof: "回证1号"})
}

func (d *desk) asked(id int64) *request.Request {
	d.t.Helper()
	v, err := d.kernel.View(ctx, d.people["clerk"], id)
	if err != nil {
		d.t.Fatal(err)
	}
	return v.Data.(*request.Request)
}

type deadScanner struct{}

func (deadScanner) Scan(context.Context, io.Reader) (string, error) {
	return "", errors.New("nobody answers")
}

func TestScans_AreKeptReadAndFailClosed(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		pdf := "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
		d.room.KeepIn(filestore.Scanned(filestore.Rows(db), deadScanner{}))
		if err := d.room.AddScans(ctx, d.people["clerk"], rc.Case, "form", 0, []io.Reader{strings.NewReader(pdf)}); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("kept without a scan: %v", err)
		}
		d.room.KeepIn(filestore.Rows(db))
		for name, files := range map[string][]io.Reader{"none": nil, "empty": {strings.NewReader("")}, "text": {strings.NewReader(pdf), strings.NewReader("<html><body>x</body></html>")},
			"large": {io.MultiReader(strings.NewReader(pdf), bytes.NewReader(make([]byte, request.MaxScanBytes)))}} {
			if err := d.room.AddScans(ctx, d.people["clerk"], rc.Case, "form", 0, files); fault.FieldOf(err) != "文件" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(d.asked(rc.Case).Intake.Scans); n != 0 {
			t.Fatalf("%d scans of refused uploads", n)
		}
		if err := d.room.AddScans(ctx, d.people["clerk"], rc.Case, "form", 0, []io.Reader{strings.NewReader(pdf), strings.NewReader(pdf)}); err != nil {
			t.Fatal(err)
		}
		list := d.asked(rc.Case).Intake.Scans
		if len(list) != 2 || list[0].Ending() != ".pdf" || list[0].Name() != "申请表或者来信" {
			t.Fatalf("%+v", list)
		}
		_, b, err := d.room.ReadScan(ctx, d.people["clerk"], rc.Case, list[1].ID)
		if err != nil || string(b) != pdf {
			t.Fatalf("%q %v", b, err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal'`); n != 1 {
			t.Errorf("%d readings", n)
		}
		other := d.submit(nil)
		if _, _, err := d.room.ReadScan(ctx, d.people["clerk"], other.Case, list[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a scan of another request: %v", err)
		}
	})
}

func (d *desk) tally(query string, args ...any) (n int) {
	d.t.Helper()
	if err := d.db.Reader().QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestZ25_12b_ATalkIsANoteAndItsWordsAreSealed(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		secret := secretName + "说愿意改为查阅"
		for field, f := range map[string]*request.ContactForm{"沟通内容": {How: "phone", Whom: "applicant"}, "沟通方式": {Whom: "applicant", Body: "x"}, "和谁沟通": {How: "phone", Body: "x"},
			"沟通日期": {How: "phone", Whom: "applicant", Body: "x", On: workday.MustDate("2027-01-01")}} {
			if err := d.do(rc.Case, "clerk", request.ActContact, f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		before := d.due(rc.Case)
		d.must(rc.Case, "clerk", request.ActContact, &request.ContactForm{How: "phone", Whom: "applicant", Body: secret})
		if d.due(rc.Case) != before {
			t.Error("a telephone call moved the clock")
		}
		for _, q := range []string{`SELECT COUNT(*) FROM request_contacts WHERE body_sealed LIKE '%' || $1 || '%'`, `SELECT COUNT(*) FROM case_events WHERE data LIKE '%' || $1 || '%'`} {
			if n := d.tally(q, secretName); n != 0 {
				t.Errorf("%s: %d", q, n)
			}
		}
		list, err := d.room.ReadContacts(ctx, d.people["clerk"], rc.Case)
		if err != nil || len(list) != 1 || list[0].Body != secret || list[0].HowName() != "电话" {
			t.Fatalf("%+v %v", list, err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal'`); n != 1 {
			t.Errorf("%d readings", n)
		}
	})
}

func TestA62_AnOrdinaryLetterIsReceivedWhenTheApplicantConfirms(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(func(a *request.Application) {
			a.Channel, a.Door = clock.PostOrdinary, &request.Door{Via: request.ViaOrdinary}
		})
		if err := d.do(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{On: workday.MustDate("2026-01-29")}); fault.FieldOf(err) != "收到日期" {
			t.Errorf("confirmed before it came: %v", err)
		}
		d.now = time.Date(2026, 2, 2, 2, 0, 0, 0, time.UTC)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{On: workday.MustDate("2026-02-02")})
		if q := d.asked(rc.Case); q.ReceivedOn.String() != "2026-02-02" || d.due(rc.Case) != "2026-03-06" {
			t.Errorf("%s %s", q.ReceivedOn, d.due(rc.Case))
		}
	})
}

// second is another organ below the same head, with a clerk of its own.
func (d *desk) second() (code string, clerk access.Actor) {
	d.t.Helper()
	head := d.id(`INSERT INTO organs (code, kind, created_at) VALUES ('zf', '政府', 1) RETURNING id`)
	other := d.id(`INSERT INTO organs (code, kind, created_at) VALUES ('rsj', '部门', 1) RETURNING id`)
	d.id(`INSERT INTO organ_names (organ_id, name, name_key) VALUES ($1, '清河市人力资源和社会保障局', 'x') RETURNING id`, other)
	for _, id := range []int64{d.organ, other} {
		d.id(`INSERT INTO organ_parents (organ_id, parent_id) VALUES ($1, $2) RETURNING id`, id, head)
	}
	id := d.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ('rsclerk', '演示', $1, 1) RETURNING id`, other)
	d.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, id, other, string(access.Clerk))
	a, err := access.ActorOf(ctx, d.db.Reader(), id, workday.DateOf(d.now))
	if err != nil {
		d.t.Fatal(err)
	}
	return "rsj", a
}
