package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

// Another form than the one asked for is chosen in the form of the decision,
// wants its ground there, and stands on the page for who reviews.
func TestA100_AnotherFormIsChosenOnThePage(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		b := s.signIn("answerer")
		at := s.counter(b, "1952年的学校规划手稿")
		fields := map[string]string{"outcome1": "GRANT", "content1": "手稿一册", "form": "inspect", "form_reason": "复印会使纸张碎裂"}
		p := b.act(at, request.ActDecide, fields)
		if p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“换一种形式的依据”") || !strings.Contains(p.body, "复印会使纸张碎裂") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if find(t, p, `select[name="form"] option[value="paper"]`).Length() != 0 {
			t.Error("the form asked for is offered as another one")
		}
		fields["form_ground"] = "carrier"
		if p := b.act(at, request.ActDecide, fields); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.user("reader", "qh-jyj", access.LegalityReviewer)
		for _, want := range []string{"查阅、抄录", "可能危及政府信息载体安全", "复印会使纸张碎裂"} {
			if w := s.signIn("reader").get(at).words(); !strings.Contains(w, want) {
				t.Errorf("the reviewer does not see %q: %s", want, w)
			}
		}
	})
}
