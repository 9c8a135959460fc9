package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// forge posts an act that the page does not offer, as an old tab would.
func (b *browser) forge(at string, a casework.Action, values map[string]string) page {
	b.s.t.Helper()
	var version int
	if err := b.s.db.Reader().QueryRowContext(ctx, `SELECT version FROM cases WHERE id = `+strings.TrimPrefix(at, "/office/cases/")).Scan(&version); err != nil {
		b.s.t.Fatal(err)
	}
	v := url.Values{fieldToken: {b.formToken("/office")}, "action": {string(a)}, "version": {fmt.Sprint(version)}, "once": {"old tab " + string(a)}}
	for name, x := range values {
		v.Set(name, x)
	}
	return b.post(at+"/act", v)
}

// events counts what the timeline of a case keeps.
func (s *site) events(at string) (n int) {
	s.t.Helper()
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM case_events WHERE case_id = `+strings.TrimPrefix(at, "/office/cases/")).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// Bad input of a clerk, through the forms of the page: each is told in words
// beside its field, and nothing is kept of it.
func TestBadInput_AnswersToRequests(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		s.user("lawyer", "qh-jyj", access.LegalityReviewer)
		s.user("signer", "qh-jyj", access.Signer)
		b, unit := s.signIn("answerer"), s.signIn("unit")
		s.answerProfile(unit)
		ok := func(p page) {
			t.Helper()
			if p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
		}
		refused := func(at, name string, status int, words string, act func() page) {
			t.Helper()
			before := s.events(at)
			p := act()
			if p.status != status || !strings.Contains(p.words(), words) {
				t.Errorf("%s: %d %s", name, p.status, p.words())
			}
			if after := s.events(at); after != before {
				t.Errorf("%s left %d events", name, after-before)
			}
		}
		mended, asked, served, late := s.counter(b, "2025年布局规划"), s.counter(b, "2025年午餐采购合同"), s.counter(b, "2025年幼儿园名单"), s.counter(b, "2024年年检结论")

		ok(b.act(mended, request.ActCorrect, map[string]string{"points": "写明年份", "days": "5"}))
		ok(b.act(mended, request.ActNoticeServed, nil))
		ok(b.act(asked, request.ActConsult, map[string]string{"who": "third_party", "name": "丁戊己公司", "what": "合同单价"}))
		ok(b.act(asked, request.ActConsultGot, map[string]string{"who": "third_party"}))

		ok(b.act(served, request.ActDecide, map[string]string{"outcome1": string(request.GrantPublic), "way1": "清河市教育局网站"}))
		ok(s.signIn("lawyer").act(served, request.ActPass, nil))
		ok(s.signIn("signer").act(served, request.ActSign, nil))
		ok(b.act(served, request.ActServe, map[string]string{"how": "counter", "proof": "本人签收"}))
		refused(served, "a withdrawal after service", http.StatusForbidden, "现在是“已送达”", func() page {
			return b.forge(served, request.ActWithdraw, map[string]string{"why": "申请人书面撤回"})
		})
		if p := b.get(served); strings.Contains(p.body, "form-withdraw") {
			t.Error("a withdrawal is offered after service")
		}

		s.clock.pass(31 * 24 * time.Hour) // 21 December: day 21 of all of them
		b, unit = s.signIn("answerer"), s.signIn("unit")
		refused(late, "an extension on day 21", http.StatusForbidden, "届满", func() page {
			return unit.forge(late, request.ActExtend, map[string]string{"days": "5", "why": "材料多"})
		})
		content := map[string]string{"content": "2025年布局规划"}
		refused(mended, "a correction after the end", http.StatusBadRequest, "“正当理由”", func() page { return b.act(mended, request.ActCorrected, content) })
		content["excuse"] = "住院"
		ok(b.act(mended, request.ActCorrected, content))
		due := func() string { return find(t, b.get(asked), ".case-turn dd").Eq(1).Text() }
		before := due()
		ok(b.act(asked, request.ActReply, map[string]string{"who": "third_party", "agrees": "refuse", "why": "商业秘密"}))
		if w := b.get(asked).words(); !strings.Contains(w, "逾期答复") || due() != before {
			t.Errorf("a third party's late answer: %s, due %q then %q", w, before, due())
		}
	})
}

// A calendar that is loaded late moves the open requests, says so to who works
// on them, and leaves a closed one with the judgement of its day.
func TestBadInput_ACalendarLoadedLateMovesOpenRequestsOnly(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.clock.pass(61 * 24 * time.Hour) // 20 January 2027; the notice of 2027 is not loaded
		s.user("answerer", "qh-jyj", access.Clerk)
		s.user("eye", "qh-zf", access.Supervisor)
		b := s.signIn("answerer")
		open, ended := s.counter(b, "2025年布局规划"), s.counter(b, "2025年午餐采购合同")
		if p := b.act(ended, request.ActWithdraw, map[string]string{"why": "申请人书面撤回"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		due := func() string { return find(t, b.get(open), ".case-turn dd").Eq(1).Text() }
		before := due()
		if !strings.Contains(before, "暂定") {
			t.Fatalf("before the notice: %q", before)
		}
		closed := s.events(ended)
		eye := s.signIn("eye")
		s.has(eye.send(eye.submitHand(handForm(spans2027)), "/office/calendar", nil), http.StatusSeeOther)
		if w := due(); strings.Contains(w, "暂定") || strings.TrimSuffix(before, "（暂定）") == w {
			t.Errorf("before the notice %q, after it %q", before, w)
		}
		day := workday.MustDate("2027-01-20")
		years, err := s.deps.Cases.Years(ctx)
		if err != nil {
			t.Fatal(err)
		}
		last := day // the naive walk: day by day by the notice
		for n := 0; n < 20; {
			last = last.AddDays(1)
			if years.National().IsWorkday(last) {
				n++
			}
		}
		if w := due(); !strings.Contains(w, fmt.Sprintf("%d月%d日", int(last.Month), last.Day)) {
			t.Errorf("the page says %q, the walk %s", w, last)
		}
		if s.events(ended) != closed {
			t.Error("the closed request was touched")
		}
	})
}
