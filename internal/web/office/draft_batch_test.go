package office

import (
	"fmt"
	"net/http"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/release"
)

func TestA15_SettingManyAtOnceNeverWidensAnAudience(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("drafter", "qh-jyj", access.Clerk)
		id := s.slip("qh-jyj", "drafter", "各村：\n一、公布名单。")
		b := s.signIn("drafter")
		edit := fmt.Sprintf("/office/releases/%d/edit", id)
		if p := b.submit(edit, edit, map[string]string{"audience": "被征收村村民"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		const batch = "/office/releases/batch"
		if p := b.submit(batch, batch, map[string]string{"case": fmt.Sprint(id), "attribute": "主动公开", "reason": "涉及村民利益"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		v, err := s.deps.Cases.View(ctx, access.Actor{Login: casework.Product.Login}, id)
		if err != nil {
			t.Fatal(err)
		}
		if slip := v.Data.(*release.Slip); slip.Audience != "被征收村村民" || slip.Reason != "涉及村民利益" {
			t.Errorf("%q, %q", slip.Audience, slip.Reason)
		}
	})
}
