package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
)

// The record of an organ shows its present values; the chooser comes first, a
// wrong value keeps what was typed, and nobody sets another organ's.
func TestA99_TheAnswerSettingsShowWhatIsSet(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		s.user("wide", "qh-zf", access.DisclosureOfficer)
		b := s.signIn("unit")
		s.answerProfile(b)
		const at = "/office/requests/settings"
		if p := s.signIn("wide").get(at); !strings.Contains(p.body, at+"?organ=qh-jyj") || !strings.Contains(p.words(), "还没有设置") {
			t.Errorf("no chooser: %s", p.words())
		}
		one := at + "?organ=qh-jyj"
		value := func(name string) string {
			v, _ := find(t, b.get(one), `#form-answer [name="`+name+`"]`).Attr("value")
			return v
		}
		if p := b.submit(one, at, map[string]string{"keep": "3"}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“保存年限”：请填 5 到 100") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := b.submit(one, at, map[string]string{"hot_applicants": "9"}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "地方只能更严") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := b.submit(one, at, map[string]string{"keep": "20", "counsel": "1", "hot_applicants": "2", "hot_months": "24"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		for name, want := range map[string]string{"court": "清河市河东区人民法院", "prefix": "清教公开", "keep": "20", "hot_applicants": "2", "hot_months": "24", "hot_alike": ""} {
			if got := value(name); got != want {
				t.Errorf("%s shows %q, want %q", name, got, want)
			}
		}
		if p := b.get(at + "?organ=qh-gaj"); p.status != http.StatusNotFound {
			t.Errorf("another organ's settings: %d", p.status)
		}
	})
}
