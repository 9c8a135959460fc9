package office

import (
	"strings"
	"testing"

	"gongkai/internal/access"
)

// TestRequests_TheDoorPageSaysWhatWaits: the first page counts requests only,
// names what each asks about, and settings open with what was saved.
func TestRequests_TheDoorPageSaysWhatWaits(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		b, unit := s.signIn("answerer"), s.signIn("unit")
		s.answerProfile(unit)
		s.manyRequests(b, 1)
		if p := b.get("/office/requests"); !strings.Contains(p.body, `要办的申请 <span class="count">1</span>`) || !strings.Contains(p.words(), "一一一一一一") {
			t.Errorf("the door page: %s", p.words())
		}
		if p := unit.get("/office/requests/settings?organ=qh-jyj"); !strings.Contains(p.body, `value="清教公开"`) {
			t.Errorf("the saved settings are not shown: %s", p.words())
		}
		if got := actorName("applicant", nil); got != textAskerActor {
			t.Errorf("the record names the applicant %q", got)
		}
	})
}
