package casework_test

import (
	"testing"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// A step is taken, handed on with a reason and urged; each has its refusals.
func TestCase_TakeHandOverUrge(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		id := h.begin("jyj", "clerk", "2026-11-18").ID
		h.must(id, "clerk", "submit")
		own := func(who string) casework.HandOver {
			return casework.HandOver{Case: id, Task: "review", Reason: "出差", Actor: h.people[who]}
		}
		hand := func(who, to string) error {
			x := own(who)
			x.To = to
			_, err := h.kernel.HandOver(ctx, x)
			return err
		}
		take := func(who string) error { _, err := h.kernel.Take(ctx, own(who)); return err }
		urge := func(who string) error { _, err := h.kernel.Urge(ctx, own(who)); return err }

		h.refused(take("signer"), fault.Forbidden, "没有办理这一步的权限")
		h.refused(take("far"), fault.NotFound, "没有找到")
		if err := take("reviewer"); err != nil {
			t.Fatal(err)
		}
		h.refused(take("reviewer"), fault.Forbidden, "已经在您手上")
		h.refused(take("head"), fault.Forbidden, "已经交给别人")
		_, err := h.do(id, "head", "pass")
		h.refused(err, fault.Forbidden, "已经交给别人")

		h.refused(hand("clerk2", "head"), fault.Forbidden, "只有承办人")
		h.refused(hand("reviewer", "nobody"), fault.Invalid, "没有这个账号")
		h.refused(hand("reviewer", "clerk2"), fault.Invalid, "没有办理这一步的权限")
		h.refused(hand("reviewer", "reviewer"), fault.Invalid, "已经在")
		x := own("reviewer")
		x.To, x.Reason = "head", "  "
		_, err = h.kernel.HandOver(ctx, x)
		h.refused(err, fault.Invalid, "“原因”")
		x = own("reviewer")
		x.To, x.Version = "head", 1
		_, err = h.kernel.HandOver(ctx, x)
		h.refused(err, fault.Conflict, "之前的情况")
		if err := hand("eye", "head"); err != nil {
			t.Errorf("a supervisor hands on: %v", err)
		}
		if got := h.task(id).Person; got != h.people["head"].Person {
			t.Errorf("the step is with %d", got)
		}

		h.refused(urge("reviewer"), fault.Forbidden, "没有办理这一步的权限")
		if err := urge("clerk"); err != nil {
			t.Errorf("who began it urges: %v", err)
		}
		h.refused(urge("clerk"), fault.Invalid, "今天已经催办过")
		if err := urge("eye"); err != nil {
			t.Errorf("another person urges: %v", err)
		}
		h.now = h.now.Add(4 * time.Hour)
		if err := urge("clerk"); err != nil {
			t.Errorf("four hours later: %v", err)
		}
		if got := h.task(id).Urged; got != 3 {
			t.Errorf("urged %d times", got)
		}
		notices, unread, _, err := h.kernel.Inbox(ctx, h.people["head"].Person, 0, 10)
		if err != nil || unread != 4 || !contains(notices[0].Text, "催办，请尽快办理") || !contains(notices[3].Text, "转给您办理") {
			t.Errorf("%+v, %d unread, %v", notices, unread, err)
		}
		h.must(id, "head", "pass")
	})
}

// Somebody who drafted it is not offered, and cannot be given, the step that
// needs another person.
func TestCase_CandidatesLeaveOutTheDrafter(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		id := h.begin("jyj", "officer", "2026-11-18").ID
		h.must(id, "officer", "submit")
		people, err := h.kernel.Candidates(ctx, h.task(id))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			if p.Login == "officer" || p.Login == "far" || p.Login == "clerk" {
				t.Errorf("%s is offered", p.Login)
			}
		}
		if len(people) != 2 {
			t.Errorf("%d people can take it: reviewer and head", len(people))
		}
		_, err = h.kernel.HandOver(ctx, casework.HandOver{Case: id, Task: "review", To: "officer", Reason: "出差", Actor: h.people["head"]})
		h.refused(err, fault.Invalid, "办过这件事项的前一步")
	})
}

// A deputy acts with the rights of somebody absent and both names are kept; the
// separation of duties holds for either of the two.
func TestCase_DeputyActsInAbsence(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		today := workday.DateOf(h.now)
		first, second := h.begin("jyj", "clerk", "2026-11-18").ID, h.begin("jyj", "clerk2", "2026-11-18").ID
		h.must(first, "clerk", "submit")
		h.must(second, "clerk2", "submit")
		_, err := h.do(first, "clerk2", "pass")
		h.refused(err, fault.Forbidden, "不能办理这件事")
		absence, err := h.kernel.SetAbsence(ctx, h.people["reviewer"], "reviewer", "clerk2", today, today.AddDays(3))
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.do(second, "clerk2", "pass")
		h.refused(err, fault.Forbidden, "前一步") // wrote it: not even as a deputy
		duties, err := h.kernel.Duties(ctx, h.people["clerk2"], casework.DutyFilter{})
		if err != nil || len(duties.Rows) != 1 || duties.Rows[0].Case != first {
			t.Errorf("the deputy's duties: %+v, %v", duties.Rows, err)
		}
		h.must(first, "clerk2", "pass")
		events, err := h.kernel.Timeline(ctx, first)
		if last := events[len(events)-1]; err != nil || last.Actor != "clerk2" || last.For != "reviewer" {
			t.Errorf("%+v, %v", last, err)
		}
		if c := h.get(first); !c.Did("reviewer", "pass") || !c.Did("clerk2", "pass") {
			t.Error("the act does not count for both")
		}
		third := h.begin("jyj", "clerk", "2026-11-18").ID
		h.must(third, "clerk", "submit")
		h.now = h.now.AddDate(0, 0, 4)
		_, err = h.do(third, "clerk2", "pass")
		h.refused(err, fault.Forbidden, "不能办理这件事") // the time is over
		h.now = h.now.AddDate(0, 0, -4)
		if err := h.kernel.EndAbsence(ctx, h.people["reviewer"], absence); err != nil {
			t.Fatal(err)
		}
		_, err = h.do(third, "clerk2", "pass")
		h.refused(err, fault.Forbidden, "不能办理这件事")
	})
}

// Deputies: bad periods, oneself, the administrator and other people's absences
// are refused.
func TestCase_DeputiesRefused(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		today := workday.DateOf(h.now)
		set := func(who, absent, deputy string, from, to workday.Date) error {
			_, err := h.kernel.SetAbsence(ctx, h.people[who], absent, deputy, from, to)
			return err
		}
		h.refused(set("clerk", "clerk", "clerk", today, today), fault.Invalid, "不能是请假的人自己")
		h.refused(set("clerk", "clerk", "clerk2", today, today.AddDays(-1)), fault.Invalid, "不能早于")
		h.refused(set("clerk", "clerk", "clerk2", today.AddDays(-9), today.AddDays(-1)), fault.Invalid, "已经过去")
		h.refused(set("clerk", "clerk", "clerk2", today, today.AddDays(181)), fault.Invalid, "180 天")
		h.refused(set("clerk", "clerk", "nobody", today, today), fault.Invalid, "没有这个账号")
		h.refused(set("clerk", "clerk", "admin", today, today), fault.Invalid, "系统管理员不办理业务")
		h.refused(set("clerk", "clerk2", "officer", today, today), fault.Forbidden, "只有本人")
		h.refused(set("far", "clerk", "clerk2", today, today), fault.Forbidden, "只有本人")
		if err := set("head", "clerk", "clerk2", today, today); err != nil {
			t.Errorf("the head sets it for somebody of the organ: %v", err)
		}
	})
}

// A reviewer who leaves holding steps blocks nothing: the supervisor gives them
// to somebody else, and the timeline says from whom.
func TestCase_ReviewerWhoLeavesIsReplaced(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		id := h.begin("jyj", "clerk", "2026-11-18").ID
		h.must(id, "clerk", "submit")
		if _, err := h.kernel.Take(ctx, casework.HandOver{Case: id, Task: "review", Actor: h.people["reviewer"]}); err != nil {
			t.Fatal(err)
		}
		h.exec(`UPDATE people SET disabled_at = $1 WHERE login = 'reviewer'`, h.now.UnixMicro())
		_, err := h.do(id, "head", "pass")
		h.refused(err, fault.Forbidden, "已经交给别人")
		_, err = h.kernel.HandOver(ctx, casework.HandOver{Case: id, Task: "review", To: "reviewer", Reason: "x", Actor: h.people["eye"]})
		h.refused(err, fault.Invalid, "已经停用")
		if _, err := h.kernel.HandOver(ctx, casework.HandOver{Case: id, Task: "review", To: "head", Reason: "原审核人已离职", Actor: h.people["eye"]}); err != nil {
			t.Fatal(err)
		}
		events, err := h.kernel.Timeline(ctx, id)
		if last := events[len(events)-1]; err != nil || !contains(string(last.Data), `"from":"reviewer"`) || !contains(string(last.Data), "原审核人已离职") {
			t.Errorf("%s, %v", last.Data, err)
		}
		h.must(id, "head", "pass")
	})
}

// The key of a duty calendar opens one person's duties, until it is changed,
// ended, or the account is closed.
func TestDutyKey_OpensOnePersonsDuties(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		first, err := h.kernel.NewDutyKey(ctx, h.people["clerk"])
		if err != nil {
			t.Fatal(err)
		}
		other, err := h.kernel.NewDutyKey(ctx, h.people["clerk2"])
		if err != nil || first == other || len(first) < 24 {
			t.Fatalf("%q %q %v", first, other, err)
		}
		if h.count(`SELECT COUNT(*) FROM duty_keys WHERE hash = $1`, first) != 0 {
			t.Error("the key itself is stored")
		}
		if a, err := h.kernel.ByDutyKey(ctx, first); err != nil || a.Login != "clerk" {
			t.Errorf("%s, %v", a.Login, err)
		}
		if _, err := h.kernel.NewDutyKey(ctx, h.people["clerk"]); err != nil {
			t.Fatal(err)
		}
		_, err = h.kernel.ByDutyKey(ctx, first)
		h.refused(err, fault.NotFound, "已经失效")
		h.exec(`UPDATE people SET disabled_at = 1 WHERE login = 'clerk2'`)
		if _, err := h.kernel.ByDutyKey(ctx, other); fault.KindOf(err) != fault.NotFound || err == nil {
			t.Errorf("a closed account: %v", err)
		}
	})
}
