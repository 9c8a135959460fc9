package release_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// notices counts the notices of a kind about a case, taken back (1) or not (0).
func (o *office) notices(id int64, kind string, cancelled int) (n int) {
	o.t.Helper()
	if err := o.db.Reader().QueryRowContext(context.Background(), `SELECT COUNT(*) FROM notices WHERE case_id = $1 AND kind = $2 AND cancelled = $3`, id, kind, cancelled).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

func (o *office) toSigning() int64 {
	o.t.Helper()
	id := o.begin(nil)
	o.gates(id)
	return id
}

func TestUndo_WithinFiveMinutesNothingGoesOut(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.toSigning()
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(4*time.Minute + 59*time.Second)
		if n := o.sweep(); n != 0 {
			t.Fatal("out before the five minutes were over")
		}
		o.must(id, "signer", release.ActUnsign, &release.ReasonForm{})
		if o.notices(id, "signed", 0) != 0 || o.notices(id, "signed", 1) != 1 {
			t.Error("the drafter will be told of a signature that was taken back")
		}
		o.now = o.now.Add(24 * time.Hour)
		if n := o.sweep(); n != 0 || len(o.shelf.orders) != 0 || o.state(id) != release.Signing {
			t.Fatalf("%d went out after the signature was taken back, state %s", n, o.state(id))
		}
		if s := o.slip(id); s.SignedBy != "" || s.SignedHow != "" || !s.ReleaseAt.IsZero() {
			t.Errorf("a signature is left: %+v", s)
		}
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(5 * time.Minute)
		if n := o.sweep(); n != 1 || o.state(id) != release.Published {
			t.Fatalf("signed again: %d out, state %s", n, o.state(id))
		}
		if err := o.do(id, "signer", release.ActUnsign, &release.ReasonForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("taken back after it was out: %v", err)
		}
	})
}

func TestRecall_FromEveryStateBeforeThePublic(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		steps := []func(id int64){
			func(id int64) { o.must(id, "clerk", release.ActSubmit, nil) },
			func(id int64) {
				o.must(id, "reviewer", release.ActPassReview, &release.OpinionForm{})
				o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{})
			},
			func(id int64) { o.must(id, "signer", release.ActSign, &release.SignForm{}) },
		}
		for n, from := range []casework.State{release.Checking, release.Signing, release.Releasing} {
			id := o.begin(nil)
			for _, step := range steps[:n+1] {
				step(id)
			}
			if s := o.state(id); s != from {
				t.Fatalf("%s, want %s", s, from)
			}
			if err := o.do(id, "clerk", release.ActRecall, &release.ReasonForm{}); fault.FieldOf(err) != "原因" || o.state(id) != from {
				t.Fatalf("recalled from %s without a reason: %v", from, err)
			}
			if err := o.do(id, "reviewer", release.ActRecall, &release.ReasonForm{Reason: "x"}); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("a reviewer recalled from %s: %v", from, err)
			}
			o.must(id, "clerk", release.ActRecall, &release.ReasonForm{Reason: "数字有误"})
			if s := o.slip(id); o.state(id) != release.Drafting || s.SignedBy != "" || !s.ReleaseAt.IsZero() || o.notices(id, "recalled", 0) == 0 {
				t.Fatalf("recalled from %s: %s, %+v", from, o.state(id), s)
			}
			o.now = o.now.Add(time.Hour)
			if o.sweep() != 0 {
				t.Fatalf("what was recalled from %s went out", from)
			}
			o.gates(id) // every gate again: the words may change
		}
		for _, id := range []int64{o.begin(nil), o.toSigning()} {
			if o.state(id) == release.Signing {
				o.must(id, "signer", release.ActSign, &release.SignForm{})
				o.now = o.now.Add(6 * time.Minute)
				o.sweep()
			}
			was := o.state(id)
			if err := o.do(id, "clerk", release.ActRecall, &release.ReasonForm{Reason: "x"}); fault.KindOf(err) != fault.Forbidden || o.state(id) != was {
				t.Errorf("recalled from %s: %v", was, err)
			}
		}
	})
}

func TestSetTime_PastRefusedFutureKept(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.toSigning()
		for _, c := range []struct {
			at   time.Time
			says string
		}{{o.now.Add(-time.Second), "已经过去了"}, {o.now.AddDate(-1, 0, 0), "已经过去了"}, {o.now.AddDate(0, 0, 368), "最多定在一年以内"}} {
			err := o.do(id, "signer", release.ActSign, &release.SignForm{At: c.at})
			if fault.FieldOf(err) != "发布时间" || !strings.Contains(fault.Text(err), c.says) || o.state(id) != release.Signing {
				t.Errorf("%s: %v", c.at, err)
			}
		}
		at := time.Date(2026, 11, 21, 1, 30, 0, 0, time.UTC)
		o.must(id, "signer", release.ActSign, &release.SignForm{At: at})
		tasks, err := o.kernel.Tasks(context.Background(), id)
		if err != nil || len(tasks) != 1 || !tasks[0].DueAt.Equal(at) {
			t.Errorf("%+v %v", tasks, err)
		}
		o.now = at.Add(-time.Microsecond)
		if o.sweep() != 0 {
			t.Error("before its time")
		}
		o.now = at
		if o.sweep() != 1 || !o.slip(id).Released.Equal(at) {
			t.Error("not at its time")
		}
		soon := o.toSigning() // a time within the five minutes does not shorten them
		o.must(soon, "signer", release.ActSign, &release.SignForm{At: o.now.Add(time.Minute)})
		if s := o.slip(soon); !s.ReleaseAt.Equal(o.now.Add(5 * time.Minute)) {
			t.Errorf("%s", s.ReleaseAt)
		}
	})
}

func TestEmergency_OutFirstReviewedAfterwards(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{})
		if err := o.do(id, "signer", release.ActSignUrgent, &release.SignForm{}); fault.FieldOf(err) != "紧急情况" {
			t.Fatalf("without a reason: %v", err)
		}
		o.must(id, "signer", release.ActSignUrgent, &release.SignForm{Reason: "河水上涨"})
		o.now = o.now.Add(5 * time.Minute)
		out := o.now
		if o.sweep() != 1 || o.state(id) != release.Afterwards || len(o.shelf.orders) != 1 {
			t.Fatalf("%s", o.state(id))
		}
		tasks, err := o.kernel.Tasks(context.Background(), id)
		if err != nil || len(tasks) != 1 || tasks[0].Name != "after" || !tasks[0].DueAt.Equal(out.Add(72*time.Hour)) {
			t.Errorf("%+v %v", tasks, err)
		}
		if err := o.do(id, "clerk", release.ActAfterReview, &release.OpinionForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the drafter: %v", err)
		}
		o.must(id, "reviewer", release.ActAfterReview, &release.OpinionForm{Outcome: release.AfterPassed, Opinion: "同意"})
		s := o.slip(id)
		if o.state(id) != release.Published {
			t.Errorf("%s", o.state(id))
		}
		for _, n := range release.FiveGates {
			g, ok := s.Gate(n)
			if !ok || g.State != release.Passed || n != release.Secrecy && (!strings.Contains(g.Opinion, "补审") || !g.At.Equal(o.now)) {
				t.Errorf("%s: %+v", n, g)
			}
		}
		if o.sweep() != 0 || len(o.shelf.orders) != 1 {
			t.Error("out twice")
		}
	})
}

// The emergency lane ends with its signature: what is signed later, on a calm
// day, has every gate.
func TestF22_AnEmergencyTakenBackLeavesNoGateOut(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		for name, back := range map[string]func(o *office, id int64){
			"taken back": func(o *office, id int64) { o.must(id, "signer", release.ActUnsign, &release.ReasonForm{}) },
			"recalled": func(o *office, id int64) {
				o.must(id, "clerk", release.ActRecall, &release.ReasonForm{Reason: "雨停了"})
			},
			"failed": func(o *office, id int64) {
				o.shelf.refuse = "这个文件已经公开。"
				o.now = o.now.Add(5 * time.Minute)
				if o.sweep() != 0 {
					t.Error("the library took it")
				}
				o.shelf.refuse = ""
			},
		} {
			id := o.begin(normative)
			o.must(id, "clerk", release.ActSubmit, nil)
			o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{})
			o.must(id, "signer", release.ActSignUrgent, &release.SignForm{Reason: "暴雨"})
			back(o, id)
			if s := o.slip(id); o.state(id) != release.Drafting || s.Urgent != "" || s.SignedBy != "" || s.SignedHow != "" {
				t.Fatalf("%s: %s, urgent %q, signed by %q %q", name, o.state(id), s.Urgent, s.SignedBy, s.SignedHow)
			}
			o.gates(id)
			if s := o.state(id); s != release.Checking {
				t.Errorf("%s: the slip is %s without its legality review", name, s)
			}
			o.must(id, "legality_reviewer", release.ActPassLegality, &release.OpinionForm{Outcome: release.Lawful, Opinion: "合法"})
			o.must(id, "signer", release.ActSign, &release.SignForm{})
			o.now = o.now.Add(5 * time.Minute)
			if o.sweep() != 1 || o.state(id) != release.Published {
				t.Errorf("%s: %s", name, o.state(id))
			}
		}
	})
}

// A look at what is due and the release itself are two moments: who signs anew
// for later in between is not overtaken.
func TestSetTime_SignedAnewWhileTheSweepLooks(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.toSigning()
		later := o.now.Add(48 * time.Hour)
		o.must(id, "signer", release.ActSign, &release.SignForm{At: later})
		_, err := o.kernel.Apply(context.Background(), casework.Do{Case: id, Action: release.ActPublish, Actor: casework.Product})
		if fault.KindOf(err) != fault.Forbidden || o.state(id) != release.Releasing || len(o.shelf.orders) != 0 {
			t.Fatalf("out before its time: %v", err)
		}
		o.now = later
		if o.sweep() != 1 {
			t.Error("not at its time")
		}
	})
}
