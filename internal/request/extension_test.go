package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// The clerk asks, the head of the disclosure unit decides, the applicant is
// told; who asked never decides.
func TestA71_AnExtensionIsAskedForAndDecidedByTheHead(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		ask := func() *request.ExtendForm { return &request.ExtendForm{Days: 10, Reason: "材料多"} }
		for field, f := range map[string]*request.ExtendForm{"延长天数": {Days: 21, Reason: "多"}, "原因": {Days: 5}} {
			if err := d.do(id, "clerk", request.ActAskExtension, f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := d.do(id, "disclosure_officer", request.ActGrantExtension, ask()); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("granted what nobody asked: %v", err)
		}
		d.must(id, "clerk", request.ActAskExtension, ask())
		tasks, err := d.kernel.Tasks(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		var due string
		for _, x := range tasks {
			if x.Name == "extend" {
				due = x.DueAt.UTC().Format("2006-01-02")
			}
		}
		if due != "2026-03-05" { // 24:00 of 5 March: the first deadline, before which it must be decided
			t.Errorf("the head's task is due %q of %+v", due, tasks)
		}
		for who, act := range map[string]func() error{
			"the clerk":   func() error { return d.do(id, "clerk", request.ActGrantExtension, ask()) },
			"a signer":    func() error { return d.do(id, "signer", request.ActGrantExtension, ask()) },
			"twice asked": func() error { return d.do(id, "clerk", request.ActAskExtension, ask()) },
			"past it":     func() error { return d.do(id, "disclosure_officer", request.ActExtend, ask()) },
		} {
			if err := act(); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", who, err)
			}
		}
		if err := d.do(id, "disclosure_officer", request.ActReturnExtension, &request.NoteForm{}); fault.FieldOf(err) != "原因" {
			t.Errorf("sent back without a reason: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActReturnExtension, &request.NoteForm{Text: "先查电子档案"})
		if due := d.due(id); due != "2026-03-05" {
			t.Errorf("an asking that was sent back moved the clock to %s", due)
		}
		d.must(id, "clerk", request.ActAskExtension, ask())
		granted := ask()
		granted.Days = 8 // the head gives less
		d.must(id, "disclosure_officer", request.ActGrantExtension, granted)
		q := d.request(id)
		if e := q.Work.Extensions; len(e) != 2 || e[0].VerdictName() != "已退回" || e[0].Why != "先查电子档案" || e[1].VerdictName() != "已同意" || q.Work.OpenExtension() != nil {
			t.Fatalf("%+v", e)
		}
		if l := q.Letters[len(q.Letters)-1]; l.Kind != request.LetterExtension || !strings.Contains(l.Body, "延长8个工作日") || !strings.Contains(l.Body, "负责人同意") {
			t.Errorf("%+v", l)
		}
		if due := d.due(id); due != "2026-03-17" {
			t.Errorf("due %s", due)
		}
		if err := d.do(id, "clerk", request.ActAskExtension, ask()); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "一次") {
			t.Errorf("a second extension: %v", err)
		}
	})
}

// Whoever holds both roles does not decide on what they asked for.
// An asking that nobody decided ends with the answer: a later round neither
// waits for the head nor is kept from asking anew.
func TestA71_AnAskingEndsWithTheAnswer(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.working()
		d.must(id, "clerk", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: "检索量大"})
		d.decided(id, grant)
		q := d.request(id)
		if e := q.Work.Extensions[0]; e.Open() || e.VerdictName() != "没有决定，申请已先答复或者撤回" || e.DecidedOn != d.today() {
			t.Errorf("%+v", e)
		}
		d.must(id, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: d.today(), Proof: "送达回证1号"})
		d.must(id, "disclosure_officer", request.ActAnswerAnew, &request.AnewForm{Basis: "self", DecidedOn: d.today(), ReceivedOn: d.today()})
		d.must(id, "clerk", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: "重新检索"})
	})
}

func TestA71_NobodyGrantsTheirOwnAsking(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		d.must(id, "disclosure_officer", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: "材料多"})
		if err := d.do(id, "disclosure_officer", request.ActGrantExtension, &request.ExtendForm{Days: 5, Reason: "材料多"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("%v", err)
		}
	})
}

// On day 21 the head can no longer grant what was asked in time; it can only be
// sent back.
func TestA71_OnDay21AnExtensionIsRefused(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id, other := d.working(), d.working()
		d.must(id, "clerk", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: "材料多"})
		d.now = d.now.AddDate(0, 0, 34) // 5 March, day 20
		d.must(other, "clerk", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: "材料多"})
		d.now = d.now.AddDate(0, 0, 1) // 6 March, day 21
		if err := d.do(id, "disclosure_officer", request.ActGrantExtension, &request.ExtendForm{Days: 5, Reason: "材料多"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("granted on day 21: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActReturnExtension, &request.NoteForm{Text: "已经过期"})
		if err := d.do(id, "clerk", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: "材料多"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("asked on day 21: %v", err)
		}
	})
}
