package release_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// urgent brings a text out by the emergency lane.
func (o *office) urgent(change func(*release.NewSlip)) int64 {
	o.t.Helper()
	id := o.begin(change)
	o.must(id, "clerk", release.ActSubmit, nil)
	o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{})
	o.must(id, "signer", release.ActSignUrgent, &release.SignForm{Reason: "河水上涨"})
	o.now = o.now.Add(5 * time.Minute)
	if o.sweep() != 1 || o.state(id) != release.Afterwards {
		o.t.Fatalf("the slip is %s", o.state(id))
	}
	return id
}

// told lists who got a notice of a kind about a slip.
func (o *office) told(id int64, kind string) (out []string) {
	o.t.Helper()
	for login, a := range o.people {
		var n int
		if err := o.db.Reader().QueryRowContext(context.Background(), `SELECT COUNT(*) FROM notices WHERE case_id = $1 AND kind = $2 AND person_id = $3 AND cancelled = 0`, id, kind, a.Person).Scan(&n); err != nil {
			o.t.Fatal(err)
		}
		if n > 0 {
			out = append(out, login)
		}
	}
	return out
}

// waits lists the open tasks of a slip.
func (o *office) waits(id int64) (out []string) {
	o.t.Helper()
	tasks, err := o.kernel.Tasks(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, t := range tasks {
		out = append(out, t.Name)
	}
	slices.Sort(out)
	return out
}

func TestF22_TheEmergencyLaneLeavesTheLegalityReviewToItsReviewer(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.urgent(normative)
		if got := o.waits(id); !slices.Equal(got, []string{"after", "after_legality"}) {
			t.Fatalf("%v wait", got)
		}
		if told := o.told(id, "to_after"); !slices.Contains(told, "reviewer") || !slices.Contains(told, "legality_reviewer") || slices.Contains(told, "clerk") {
			t.Errorf("%v were told that they shall review", told)
		}
		for who, a := range map[string]casework.Action{"reviewer": release.ActAfterLegality, "legality_reviewer": release.ActAfterReview, "signer": release.ActAfterReview, "clerk": release.ActAfterLegality} {
			if err := o.do(id, who, a, &release.OpinionForm{Outcome: release.Lawful, Opinion: "合法"}); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s %s: %v", who, a, err)
			}
		}
		o.must(id, "reviewer", release.ActAfterReview, &release.OpinionForm{Outcome: release.AfterPassed})
		if g, _ := o.slip(id).Gate(release.Legality); o.state(id) != release.Afterwards || g.State != release.Waiting {
			t.Fatalf("after the reviewer alone: %s, %+v", o.state(id), g)
		}
		if err := o.do(id, "legality_reviewer", release.ActAfterLegality, &release.OpinionForm{Opinion: "合法"}); fault.FieldOf(err) != "审核结论" {
			t.Errorf("without an outcome: %v", err)
		}
		o.must(id, "legality_reviewer", release.ActAfterLegality, &release.OpinionForm{Outcome: release.Lawful, Opinion: "内容合法"})
		if g, _ := o.slip(id).Gate(release.Legality); o.state(id) != release.Published || g.Login != "legality_reviewer" || g.Outcome != release.Lawful {
			t.Errorf("%s, %+v", o.state(id), g)
		}
	})
}

func TestA21_WhoDraftedDoesNotReviewAfterwards(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.hireBoth()
		id := o.begin(func(n *release.NewSlip) { n.Actor = o.people["both"] })
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{})
		o.must(id, "signer", release.ActSignUrgent, &release.SignForm{Reason: "河水上涨"})
		o.now = o.now.Add(5 * time.Minute)
		o.sweep()
		err := o.do(id, "both", release.ActAfterReview, &release.OpinionForm{Outcome: release.AfterPassed})
		if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "另一个人") {
			t.Errorf("%v", err)
		}
		o.must(id, "reviewer", release.ActAfterReview, &release.OpinionForm{Outcome: release.AfterFailed, Opinion: "第一条数字有误"})
		o.shelf.mended[o.slip(id).Work] = "更正"
		if err := o.do(id, "both", release.ActMended, &release.OpinionForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the drafter says that it is mended: %v", err)
		}
	})
}

func TestEmergency_WhatDidNotPassIsMendedBeforeTheSlipCloses(t *testing.T) {
	failed := map[string]struct {
		who  string
		act  casework.Action
		form release.OpinionForm
		rest casework.Action // the other review afterwards
	}{
		"reviewer":         {"reviewer", release.ActAfterReview, release.OpinionForm{Outcome: release.AfterFailed, Opinion: "第一条数字有误"}, release.ActAfterLegality},
		"unlawful":         {"legality_reviewer", release.ActAfterLegality, release.OpinionForm{Outcome: release.Unlawful, Opinion: "第三条增设许可"}, release.ActAfterReview},
		"shall be changed": {"legality_reviewer", release.ActAfterLegality, release.OpinionForm{Outcome: release.MustMend, Opinion: "第三条要改"}, release.ActAfterReview},
	}
	for name, c := range failed {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, db *store.DB) {
				o := open(t, db)
				id := o.urgent(normative)
				empty := c.form
				empty.Opinion = ""
				if err := o.do(id, c.who, c.act, &empty); fault.FieldOf(err) != "意见" || o.state(id) != release.Afterwards {
					t.Fatalf("not passed without a word: %v", err)
				}
				form := c.form
				o.must(id, c.who, c.act, &form)
				if o.state(id) != release.Mending || !slices.Contains(o.waits(id), "mend") || !slices.Contains(o.waits(id), "mended") {
					t.Fatalf("%s: %v", o.state(id), o.waits(id))
				}
				if told := o.told(id, "after_failed"); !slices.Contains(told, "clerk") || !slices.Contains(told, "signer") || slices.Contains(told, "legality_reviewer") {
					t.Errorf("%v were told that it did not pass", told)
				}
				refused := func(says string) {
					t.Helper()
					err := o.do(id, "reviewer", release.ActMended, &release.OpinionForm{})
					if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), says) || o.state(id) != release.Mending {
						t.Fatalf("want %q: %v", says, err)
					}
				}
				refused("要先更正或者撤下")
				o.shelf.mended[o.slip(id).Work] = "撤下"
				refused("已经撤下，但是")
				if c.rest == release.ActAfterReview {
					o.must(id, "reviewer", c.rest, &release.OpinionForm{Outcome: release.AfterPassed})
				} else {
					o.must(id, "legality_reviewer", c.rest, &release.OpinionForm{Outcome: release.Lawful, Opinion: "合法"})
				}
				if o.state(id) != release.Mending {
					t.Fatalf("the last review closed it: %s", o.state(id))
				}
				o.must(id, "reviewer", release.ActMended, &release.OpinionForm{Opinion: "已核对"})
				if o.state(id) != release.Published || len(o.waits(id)) != 0 {
					t.Errorf("%s: %v", o.state(id), o.waits(id))
				}
			})
		})
	}
}

func TestEmergency_AnOutcomeIsChosen(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.urgent(nil)
		for _, outcome := range []string{"", release.Lawful, "随便"} {
			if err := o.do(id, "reviewer", release.ActAfterReview, &release.OpinionForm{Outcome: outcome, Opinion: "同意"}); fault.FieldOf(err) != "补审结论" {
				t.Errorf("%q: %v", outcome, err)
			}
		}
	})
}
