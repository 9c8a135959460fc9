package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

// manyRequests registers so many requests of one applicant; the last one is
// confirmed. It gives its page.
func (s *site) manyRequests(b *browser, n int) (at string) {
	s.t.Helper()
	for i := range n { // matters that have nothing in common, or the counter asks back
		v := registerForm()
		v["content"] = strings.Repeat(string(rune(0x4e00+i)), 6)
		p := b.submit("/office/requests/new", "/office/requests/new", v)
		if at = p.header.Get("Location"); p.status != http.StatusSeeOther {
			s.t.Fatalf("%d %s", p.status, p.words())
		}
	}
	if p := b.act(at, request.ActConfirm, nil); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	return at
}

func (s *site) answerProfile(b *browser) {
	s.t.Helper()
	if p := b.submit("/office/requests/settings?organ=qh-jyj", "/office/requests/settings", map[string]string{"kind": "department", "name": "清河市教育局", "prefix": "清教公开",
		"own": "清河市人民政府", "own_address": "人民路1号", "court": "清河市河东区人民法院", "court_address": "法院路1号"}); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
}

func TestC06_AFeeFromTheNoticeToTheReconciliationList(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		b := s.signIn("answerer")
		s.answerProfile(s.signIn("unit"))
		at := s.manyRequests(b, 11)
		if p := b.get(at); !strings.Contains(p.words(), "同一申请人这个月向本机关申请 11 件") {
			t.Errorf("C-01: the count is not shown: %s", p.words())
		}
		notice := map[string]string{"reason": "一个月申请十一件", "method": "items", "items": "1", "pay": "市财政非税账户 0001"}
		both := map[string]string{"reason": "多", "method": "items", "items": "1", "pages": "40", "pay": "账户"}
		if p := b.act(at, request.ActFeeNotice, both); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "只选一种方式") {
			t.Errorf("C-02: %d %s", p.status, p.words())
		}
		if p := b.act(at, request.ActFeeNotice, notice); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.act(at, request.ActFeeServed, map[string]string{"how": "counter", "proof": "签收单"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.act(at, request.ActFeePaid, map[string]string{"amount": "90", "receipt": "票0001"}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "少了 10 元") {
			t.Errorf("%d %s", p.status, p.words())
		}
		list := func() string { return b.get("/office/requests/fees").words() }
		if w := list(); !strings.Contains(w, "应缴 100 元，已缴 0 元，未缴 100 元") || strings.Contains(w, "甲乙丙") {
			t.Errorf("%s", w)
		}
		if p := b.act(at, request.ActFeePaid, map[string]string{"amount": "100", "receipt": "票0001"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if w := list(); !strings.Contains(w, "票0001") || !strings.Contains(w, "已缴清") || !strings.Contains(w, "未缴 0 元") {
			t.Errorf("C-10: %s", w)
		}
		if p := b.get("/office/requests/fees.xlsx"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		if p := b.get("/office/requests/fees?month=" + url.QueryEscape("去年")); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "请写成 2026-11") {
			t.Errorf("%d %s", p.status, p.words())
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		if w := s.signIn("stranger").get("/office/requests/fees").words(); strings.Contains(w, "票0001") {
			t.Errorf("another organ sees %s", w)
		}
	})
}

func TestC02_PricesOfAnOrganAreNeverDearer(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		b := s.signIn("unit")
		set := func(organ, items string) page {
			return b.submit("/office/requests/fees/prices?organ=qh-jyj", "/office/requests/fees/prices", map[string]string{"organ": organ, "items": items, "rise": "100", "pages": "30 0\n100 10\n200 20\n以上 40", "basis": "清河市收费标准"})
		}
		for items, want := range map[string]string{"10 0\n30 101": "高于国家标准", "ten 0": "第 1 行读不懂", "30 0\n10 0": "从小到大"} {
			if p := set("qh-jyj", items); p.status != http.StatusBadRequest || !strings.Contains(p.words(), want) {
				t.Errorf("%q: %d %s", items, p.status, p.words())
			}
		}
		if p := set("qh-gaj", "10 0\n30 50"); p.status != http.StatusNotFound {
			t.Errorf("prices of another organ: %d", p.status)
		}
		if p := set("qh-jyj", "10 0\n30 50\n40 200\n50 300"); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.words())
		}
	})
}
