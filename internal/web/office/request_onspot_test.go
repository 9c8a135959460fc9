package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

// A clerk answers at the counter with one form; a refusal stands beside its
// field, and the range is a setting of the organ.
func TestA70_AClerkAnswersAtTheCounter(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		s.user("counter", "qh-jyj", access.Clerk)
		unit, b := s.signIn("unit"), s.signIn("counter")
		s.answerProfile(unit)
		form := registerForm()
		form["on"] = s.access.Today().String()
		at := b.submit("/office/requests/new", "/office/requests/new", form).header.Get("Location")
		if !strings.HasPrefix(at, "/office/cases/") {
			t.Fatal(at)
		}
		given := map[string]string{"outcome": string(request.Grant), "content": "规划文本复印件一份", "paper": request.PaperSlip, "proof": "申请人在答复单上签名"}
		if p := b.act(at, request.ActOnSpot, given); p.status != http.StatusBadRequest || find(t, p, "#form-answer_on_spot .field-error").Text() == "" || !strings.Contains(p.words(), "“不涉及第三方”") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		given["no_third"] = "1"
		if p := b.act(at, request.ActOnSpot, given); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		words := b.get(at).words()
		for _, want := range []string{"已送达", "政府信息公开当场答复单", "当面送达"} {
			if !strings.Contains(words, want) {
				t.Errorf("the page lacks %s: %s", want, words)
			}
		}
		const settings = "/office/requests/settings"
		if p := unit.submit(settings+"?organ=qh-jyj", settings, map[string]string{"on_spot": onSpotNone}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if v, _ := find(t, unit.get(settings+"?organ=qh-jyj"), `#form-answer [name="on_spot"] option[selected]`).Attr("value"); v != onSpotNone {
			t.Errorf("the setting shows %q", v)
		}
		form["content"] = "2026年课后服务收费标准"
		next := b.submit("/office/requests/new", "/office/requests/new", form).header.Get("Location")
		if p := b.get(next); strings.Contains(p.body, "form-answer_on_spot") || !strings.Contains(p.words(), "规定不当场答复") {
			t.Errorf("offered against the setting: %s", p.words())
		}
	})
}
