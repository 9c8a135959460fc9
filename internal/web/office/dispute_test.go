package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

func TestZC21T18_ADisputeFromTheRequestToTheFigures(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		id := strings.Split(things.Replace("/office/requests/{id}/applicant"), "/")[3]
		form := map[string]string{"organ": "qh-jyj", "kind": "review", "body": "清河市人民政府", "number": "清府复〔2026〕1号", "received": "2026-11-20", "accepted": "2026-11-18", "request": id}
		bad := map[string]string{"organ": "qh-jyj", "kind": "suit", "body": "清河市河东区人民法院", "number": "", "received": "2026-11-20"}
		if p := b.submit("/office/requests/disputes/new", "/office/requests/disputes/new", bad); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "案号") || !strings.Contains(p.body, "清河市河东区人民法院") {
			t.Errorf("%d %s", p.status, p.words())
		}
		p := b.submit("/office/requests/disputes/new?request="+id, "/office/requests/disputes/new", form)
		at := p.header.Get("Location")
		if p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if w := b.get(at).words(); !strings.Contains(w, "2026年12月4日") || !strings.Contains(w, "最迟2027年1月18日") { // ten working days, A-96: sixty days, of which the last is a Sunday
			t.Errorf("%s", w)
		}
		if p := b.act(at, request.ActDisputeTalk, map[string]string{"on": "2026-11-20", "how": "meeting", "came_to": "", "body": "当面说明检索过程"}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“结果如何”：请选择") || !strings.Contains(p.body, "当面说明检索过程") {
			t.Errorf("%d %s", p.status, p.words())
		}
		for _, came := range []string{"going", "agreed"} { // M23-2.3c
			if p := b.act(at, request.ActDisputeTalk, map[string]string{"on": "2026-11-20", "how": "meeting", "came_to": came, "body": "当面说明检索过程"}); p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
		}
		s.has(b.get(at), http.StatusOK, "化解过程", "2026年11月20日 当面沟通", "，达成一致", "当面说明检索过程")
		s.has(b.get("/office/requests/disputes"), http.StatusOK, "2 次，达成一致")
		if p := b.act(at, request.ActDisputeResult, map[string]string{"result": "overruled", "redo": "1"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		page := b.get("/office/requests/disputes")
		for _, want := range []string{"被纠错、败诉 1 件", "审结 1 件", "复议、诉讼 1 件", "清府复〔2026〕1号", "责令重新答复", "100.0%"} {
			if !strings.Contains(page.words(), want) {
				t.Errorf("the register lacks %q: %s", want, page.words())
			}
		}
		for _, show := range []string{"contested", "lost", "decided", "open", "answers"} {
			if p := b.get("/office/requests/disputes?show=" + show); p.status != http.StatusOK || strings.Contains(p.words(), "清府复") != (show != "open" && show != "answers") {
				t.Errorf("%s: %d %s", show, p.status, p.words())
			}
			if p := b.get("/office/requests/disputes.xlsx?show=" + show); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
				t.Errorf("%s: %d", show, p.status)
			}
		}
		if p := b.get("/office/requests/disputes?show=nothing"); p.status != http.StatusNotFound {
			t.Errorf("%d", p.status)
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		if w := other.get("/office/requests/disputes").words(); strings.Contains(w, "清府复") {
			t.Errorf("another organ sees %s", w)
		}
		for _, path := range []string{at, "/office/requests/disputes/new?request=" + id} {
			if p := other.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.status)
			}
		}
	})
}
