package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/request"
)

// The page of a request shows who was asked by number only; name and reasons
// stand behind a look that is on record, and nobody else finds them.
func TestA76_ThePageShowsThePartiesAndTheirNamesOnlyOnRecord(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		id := strings.Split(things.Replace("/office/requests/{id}/applicant"), "/")[3]
		at := "/office/cases/" + id
		if p := b.act(at, request.ActReply, map[string]string{"who": "third_party", "agrees": "refuse", "why": "单价是商业秘密"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		p := b.get(at)
		for _, want := range []string{"征求意见", "第三方", "不同意公开", "已答复"} {
			if !strings.Contains(p.words(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		for _, bad := range []string{"丁戊己公司", "单价是商业秘密", "MA01234X5K"} {
			if strings.Contains(p.body, bad) {
				t.Errorf("the page tells %q", bad)
			}
		}
		before := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal}))
		look := b.get(things.Replace("/office/requests/{id}/parties/{party}"))
		if look.status != http.StatusOK || !strings.Contains(look.words(), "丁戊己公司") || !strings.Contains(look.words(), "单价是商业秘密") {
			t.Errorf("%d %s", look.status, look.words())
		}
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal})); n != before+1 {
			t.Errorf("%d readings on record, before %d", n, before)
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		if p := s.signIn("stranger").get(things.Replace("/office/requests/{id}/parties/{party}")); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ got %d", p.status)
		}
		if p := b.get(strings.Replace(things.Replace("/office/requests/{id}/parties/{party}"), "third_party", "third_party_9", 1)); p.status != http.StatusNotFound {
			t.Errorf("nobody asked: %d", p.status)
		}
	})
}
