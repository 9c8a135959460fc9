package request_test

import (
	"io"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// neighbour adds another organ with a clerk.
func (d *desk) neighbour(code string) (int64, access.Actor) {
	d.t.Helper()
	organ := d.id(`INSERT INTO organs (code, kind, created_at) VALUES ($1, '部门', 1) RETURNING id`, code)
	id := d.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, '邻居', $2, 1) RETURNING id`, code+"-clerk", organ)
	d.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, 'clerk', 'console', 1) RETURNING id`, id, organ)
	a, err := access.ActorOf(ctx, d.db.Reader(), id, workday.DateOf(d.now))
	if err != nil {
		d.t.Fatal(err)
	}
	return organ, a
}

// Another organ is asked in a case of its own: it answers by a day, with files,
// and the request stays out of its sight.
func TestHelp_AnotherOrganSeesTheQuestionAndNothingElse(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.room.KeepIn(filestore.Rows(db))
		_, far := d.neighbour("czj")
		id := d.working()
		ask := func() *request.AskOrganForm {
			return &request.AskOrganForm{Organ: "czj", Question: "2025年校舍资金的拨付文件是哪一份", DueOn: d.today().AddDays(5)}
		}
		for field, change := range map[string]func(*request.AskOrganForm){
			"请哪个机关协助":  func(f *request.AskOrganForm) { f.Organ = "jyj" },
			"需要协助的事项":  func(f *request.AskOrganForm) { f.Question = "查证件 " + secretProof },
			"请对方答复的日期": func(f *request.AskOrganForm) { f.DueOn = d.today().AddDays(-1) },
			"给对方看的材料":  func(f *request.AskOrganForm) { f.Files = []int64{99} },
		} {
			f := ask()
			change(f)
			if err := d.do(id, "clerk", request.ActAskOrgan, f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		named := ask()
		named.Question = "请查" + secretName + "要的文件"
		if err := d.do(id, "clerk", request.ActAskOrgan, named); fault.FieldOf(err) != "需要协助的事项" || strings.Contains(fault.Text(err), secretName) {
			t.Errorf("the question names the applicant: %v", err)
		}
		d.must(id, "clerk", request.ActAskOrgan, ask())
		h := d.request(id).Work.Helps[0]
		if _, err := d.kernel.View(ctx, far, id); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("the other organ opens the request: %v", err)
		}
		duties, err := d.kernel.Duties(ctx, far, casework.DutyFilter{})
		if err != nil || len(duties.Rows) != 1 || duties.Rows[0].Case != h.Case || !duties.Rows[0].DueAt.Equal(h.DueOn.AddDays(1).Time()) {
			t.Fatalf("%+v %v", duties, err)
		}
		if err := d.room.OpenHelp(ctx, far, &h); err != nil || h.Question != ask().Question {
			t.Fatalf("%+v %v", h, err)
		}
		if _, _, err := d.room.SharedOriginal(ctx, far, &h, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a file that was not chosen: %v", err)
		}
		const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
		if err := d.room.AddScans(ctx, far, h.Case, request.ScanHelp, 0, []io.Reader{strings.NewReader(pdf)}); err != nil {
			t.Fatal(err)
		}
		answer := func(text string) error {
			_, err := d.kernel.Apply(ctx, casework.Do{Case: h.Case, Action: request.ActHelpAnswer, Actor: far, Form: &request.HelpAnswerForm{Text: text}})
			return err
		}
		if err := answer(" "); fault.FieldOf(err) != "答复" {
			t.Errorf("%v", err)
		}
		if err := answer("见附件"); err != nil {
			t.Fatal(err)
		}
		h = d.request(id).Work.Helps[0]
		if err := d.room.OpenHelp(ctx, d.people["clerk"], &h); err != nil || h.Answer != "见附件" || len(h.Files) != 1 || h.AnsweredBy != far.Login || h.StateName() != "已答复" {
			t.Fatalf("%+v %v", h, err)
		}
		c, err := d.kernel.Case(ctx, id)
		if err != nil || !c.Has(request.ActHelpCame) || c.State != request.Working {
			t.Errorf("%+v %v", c, err)
		}
		var clear int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM request_helps WHERE question_sealed LIKE '%校舍%' OR answer_sealed LIKE '%附件%'`).Scan(&clear); err != nil || clear != 0 {
			t.Errorf("%d lie open, %v", clear, err)
		}
	})
}

// What is no longer needed is taken back; an answer that comes after the request
// ended is kept all the same.
func TestHelp_IsTakenBackAndMayComeLate(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		_, far := d.neighbour("czj")
		id := d.working()
		for range 2 {
			d.must(id, "clerk", request.ActAskOrgan, &request.AskOrganForm{Organ: "czj", Question: "有没有这份文件", DueOn: d.today()})
		}
		h := d.request(id).Work.Helps
		if err := d.do(id, "clerk", request.ActRecallHelp, &request.RecallHelpForm{Help: id, Reason: "找到了"}); fault.FieldOf(err) != "撤回哪一件" {
			t.Errorf("%v", err)
		}
		d.must(id, "clerk", request.ActRecallHelp, &request.RecallHelpForm{Help: h[0].Case, Reason: "找到了"})
		answer := func(help int64) error {
			_, err := d.kernel.Apply(ctx, casework.Do{Case: help, Action: request.ActHelpAnswer, Actor: far, Form: &request.HelpAnswerForm{Text: "没有"}})
			return err
		}
		if err := answer(h[0].Case); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("answered what was taken back: %v", err)
		}
		d.must(id, "clerk", request.ActWithdraw, &request.NoteForm{Text: "书面撤回"})
		if err := answer(h[1].Case); err != nil {
			t.Errorf("an answer after the end: %v", err)
		}
		if got := d.request(id).Work.Helps; got[0].StateName() != "已撤回" || got[1].StateName() != "已答复" {
			t.Errorf("%+v", got)
		}
	})
}

// What was taken back is closed to who was asked; why stands sealed. While an
// answer is out, the file is not destroyed.
func TestA28_HelpThatIsTakenBackLeavesNothingOpen(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.room.KeepIn(filestore.Rows(db))
		d.setProfile()
		_, far := d.neighbour("czj")
		id := d.working()
		shared := d.addFile(id, "来文.txt", []byte("给对方看的文字"))
		for range 2 {
			d.must(id, "clerk", request.ActAskOrgan, &request.AskOrganForm{Organ: "czj", Question: "有没有这份文件", DueOn: d.today(), Files: []int64{shared}})
		}
		h := d.request(id).Work.Helps
		if _, _, err := d.room.SharedOriginal(ctx, far, &h[0], shared); err != nil {
			t.Fatal(err)
		}
		const why = "申请人来电说不要了"
		d.must(id, "clerk", request.ActRecallHelp, &request.RecallHelpForm{Help: h[0].Case, Reason: why})
		back, err := d.room.FindHelp(ctx, h[0].Case)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.room.SharedOriginal(ctx, far, back, shared); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the files stay open to who is no longer asked: %v", err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM case_events WHERE data LIKE '%' || $1 || '%'`, why); n != 0 {
			t.Error("why it was taken back stands in the events")
		}
		notes, _, err := d.room.ReadNotes(ctx, d.people["clerk"], d.request(id), func(n request.Note) bool { return n.Kind == request.NoteRecall })
		if err != nil || len(notes) != 1 || notes[0].Body != why || notes[0].KindName() != "撤回协助请求的原因" {
			t.Errorf("%+v %v", notes, err)
		}
		d.must(id, "clerk", request.ActWithdraw, &request.NoteForm{Text: "书面撤回"})
		d.now = d.now.AddDate(11, 0, 0)
		c, q := d.view(id)
		if got := q.WhyKept(c, d.today()); !strings.Contains(got, "协助请求") {
			t.Errorf("destroyed while an answer is out: %q", got)
		}
		d.must(id, "clerk", request.ActRecallHelp, &request.RecallHelpForm{Help: h[1].Case, Reason: "不用了"})
		d.must(id, "disclosure_officer", request.ActAnonymise, &request.AnonymiseForm{Number: c.Number})
		if err := d.room.AddScans(ctx, d.people["clerk"], id, "other", 0, []io.Reader{strings.NewReader("%PDF-1.4\n%%EOF")}); fault.KindOf(err) != fault.Gone {
			t.Errorf("a scan is added to what was destroyed: %v", err)
		}
	})
}

// A written opinion lies with the opinion it came with, and with no other.
func TestM23_2_3b_AWrittenOpinionLiesWithItsOpinion(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.room.KeepIn(filestore.Rows(db))
		id := d.working()
		d.must(id, "clerk", request.ActAskCounsel, &request.AskCounselForm{Kind: "counsel", Name: "某律师事务所", Question: "是否可以公开"})
		of := d.request(id).Work.Counsels[0].ID
		if _, ok := d.request(id).CameWith(request.ScanCounsel, of); ok {
			t.Error("a file may come before the opinion")
		}
		d.must(id, "clerk", request.ActCounsel, &request.CounselForm{View: "lawful", Opinion: "可以公开", On: d.today()})
		if name, ok := d.request(id).CameWith(request.ScanCounsel, of); !ok || name != "法律顾问某律师事务所的意见" {
			t.Errorf("%q %v", name, ok)
		}
		if _, ok := d.request(id).CameWith(request.ScanHelp, of); ok {
			t.Error("an opinion passes for a unit's answer")
		}
		if err := d.room.AddScans(ctx, d.people["clerk"], id, request.ScanCounsel, of, []io.Reader{strings.NewReader("%PDF-1.4\n%%EOF")}); err != nil {
			t.Fatal(err)
		}
		q := d.request(id)
		if len(q.FilesOf(request.ScanCounsel, of)) != 1 || len(q.FilesOf(request.ScanCounsel, of+1)) != 0 || len(q.FilesOf(request.ScanHelp, of)) != 0 {
			t.Errorf("%+v", q.Intake.Scans)
		}
	})
}
