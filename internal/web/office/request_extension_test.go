package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

// counter registers a confirmed request and gives its page.
func (s *site) counter(b *browser, content string) string {
	s.t.Helper()
	form := registerForm()
	form["content"] = content
	form["on"] = s.access.Today().String()
	at := b.submit("/office/requests/new", "/office/requests/new", form).header.Get("Location")
	if p := b.act(at, request.ActConfirm, nil); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	return at
}

// The asking waits in the head's own list with its due day and is the one open
// step of the page; a clerk, a second time and day 21 are refused with the
// reason, and a refusal leaves nothing.
func TestA71_TheHeadDecidesOnAnExtension(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("asker", "qh-jyj", access.Clerk)
		s.user("head", "qh-jyj", access.Head)
		s.user("far", "qh-gaj", access.Head)
		b, head := s.signIn("asker"), s.signIn("head")
		s.answerProfile(head)
		at, late := s.counter(b, "2025年布局规划"), s.counter(b, "2024年年检结论")
		ask := map[string]string{"days": "10", "why": "需要查阅纸质档案"}
		if p := b.act(at, request.ActAskExtension, map[string]string{"days": "21", "why": "多"}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“延长天数”：最多延长 20 个工作日") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		for _, x := range []string{at, late} {
			if p := b.act(x, request.ActAskExtension, ask); p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
		}
		if w := head.get("/office").words(); !strings.Contains(w, "决定是否延期") || !strings.Contains(w, "12月18日到期") {
			t.Errorf("the head's list: %s", w)
		}
		if p := head.get("/office"); find(t, p, ".duty").Length() < 2 {
			t.Errorf("duties: %s", p.words())
		}
		if p := head.get("/office?due=decide"); find(t, p, ".duty").Length() != 2 || !strings.Contains(p.words(), "等您决定 2") {
			t.Errorf("what waits for a decision: %s", p.words())
		}
		if p := b.get("/office"); strings.Contains(p.words(), "等您决定") {
			t.Errorf("a clerk has decisions to make: %s", p.words())
		}
		page := head.get(at)
		if v := find(t, page, `#form-grant_extension textarea[name="why"]`).Text(); v != "需要查阅纸质档案" {
			t.Errorf("the head does not see the reason: %q", v)
		}
		if find(t, page, "details.case-next[open] #form-grant_extension").Length() != 1 {
			t.Error("the decision is not the open step of the page")
		}
		if p := s.signIn("far").get(at); p.status != http.StatusNotFound {
			t.Errorf("the head of another organ: %d", p.status)
		}
		forged := url.Values{fieldToken: {b.formToken(at)}, "action": {string(request.ActGrantExtension)}, "version": {"3"}, "days": {"10"}, "why": {"我自己批"}, "once": {"forged"}}
		if p := b.post(at+"/act", forged); p.status != http.StatusForbidden {
			t.Errorf("the clerk granted: %d %s", p.status, p.words())
		}
		if p := head.act(at, request.ActGrantExtension, nil); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if w := b.get(at).words(); !strings.Contains(w, "政府信息公开延期答复告知书") || !strings.Contains(w, "已同意") || !strings.Contains(w, "只能") {
			t.Errorf("after the decision: %s", w)
		}
		if p := b.get(at); strings.Contains(p.body, "form-ask_extension") {
			t.Error("a second extension is offered")
		}
		s.clock.pass(31 * 24 * time.Hour) // 21 December, day 21
		head, b = s.signIn("head"), s.signIn("asker")
		if p := head.get(late); strings.Contains(p.body, `id="form-grant_extension"`) || !strings.Contains(p.words(), "届满") {
			t.Errorf("granting is offered on day 21: %s", p.words())
		}
		if p := head.act(late, request.ActReturnExtension, map[string]string{"why": "已经过期，请尽快答复"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if w := b.get(late).words(); !strings.Contains(w, "退回的原因：已经过期，请尽快答复") {
			t.Errorf("the clerk does not read why: %s", w)
		}
	})
}
