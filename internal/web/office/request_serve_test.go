package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
)

func TestZ25_23b_TheArchiveFindsAClosedRequestAndItsPackage(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		at := s.requestThings().Replace("/office/requests/{id}/package.zip")
		b := s.signIn("answerer")
		p := b.get("/office/requests/archive?text=" + url.QueryEscape("食堂检查"))
		if p.status != http.StatusOK || !strings.Contains(p.body, at) || !strings.Contains(p.words(), "共 1 件") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.get("/office/requests/archive?text=" + url.QueryEscape("没有这样的")); !strings.Contains(p.words(), "没有符合条件的档案") {
			t.Errorf("%s", p.words())
		}
		if p := b.get("/office/requests/archive?due=1"); !strings.Contains(p.words(), "没有符合条件的档案") {
			t.Errorf("%s", p.words())
		}
		if p := b.get("/office/requests/archive?year=abc"); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "办结年份") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := b.get(at); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.Download})); n != 1 {
			t.Errorf("%d downloads on record", n)
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		if p := other.get(at); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ got %d", p.status)
		}
		if p := other.get("/office/requests/archive"); p.status != http.StatusOK || strings.Contains(p.words(), "食堂检查") {
			t.Errorf("%d %s", p.status, p.words())
		}
	})
}
