package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

// The disclosure officer enters a closed request into the library; an officer of
// another organ finds and reads it, and not the request; a role that answers no
// requests reads nothing.
func TestZ25_2_3c_OfficersOfAllOrgansReadTheLibrary(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("opener", "qh-jyj", access.Clerk)
		s.user("keeper", "qh-jyj", access.DisclosureOfficer)
		s.user("stranger", "qh-gaj", access.Clerk)
		s.user("watcher", "qh-jyj", access.Supervisor)
		b, keeper, other := s.signIn("opener"), s.signIn("keeper"), s.signIn("stranger")
		if p := other.get("/office/requests/examples"); p.status != http.StatusOK || !strings.Contains(p.words(), "案例库里还没有案例") {
			t.Errorf("%d %s", p.status, p.words())
		}
		at := b.submit("/office/requests/new", "/office/requests/new", registerForm()).header.Get("Location")
		b.act(at, request.ActWithdraw, map[string]string{"why": "书面撤回"})
		if _, err := s.db.Writer().ExecContext(ctx, `UPDATE requests SET outcome = 'DENY_LAW' WHERE case_id = $1`, strings.TrimPrefix(at, "/office/cases/")); err != nil {
			t.Fatal(err)
		}
		fields := map[string]string{"title": "布局规划中的名册不予公开", "facts": "申请公开学校布局规划的附件。甲乙丙提出。", "gist": "附件是名册"}
		if p := keeper.act(at, request.ActExample, fields); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“基本案情”：写到了申请人是谁") || !strings.Contains(p.body, "附件是名册") {
			t.Errorf("%d %s", p.status, p.words())
		}
		fields["facts"] = "申请公开学校布局规划的附件。"
		if p := keeper.act(at, request.ActExample, fields); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		entry := strings.Replace(at, "/office/cases/", "/office/requests/examples/entries/", 1)
		if p := keeper.get(at); !strings.Contains(p.words(), "已收入案例库：布局规划中的名册不予公开") {
			t.Error(p.words())
		}
		if p := other.get("/office/requests/examples?text=布局+名冊&outcome=DENY_LAW&organ=qh-jyj"); p.status != http.StatusOK || !strings.Contains(p.words(), "共 1 个案例") || !strings.Contains(p.body, entry) {
			t.Errorf("%d %s", p.status, p.words())
		}
		for _, q := range []string{"text=学籍", "organ=qh-gaj", "outcome=GRANT", "ground=DENY_THIRD", "year=2025"} {
			if p := other.get("/office/requests/examples?" + q); !strings.Contains(p.words(), "没有符合条件的案例") {
				t.Errorf("%s: %s", q, p.words())
			}
		}
		if p := other.get("/office/requests/examples?year=x"); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“办结年份”：没有“x”这一年") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := other.get(entry); p.status != http.StatusOK || !strings.Contains(p.words(), "附件是名册") || !strings.Contains(p.words(), "第十四条") || strings.Contains(p.body, at) {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := keeper.get(entry); !strings.Contains(p.body, at) {
			t.Error("no way to the request")
		}
		if p := other.get("/office/requests/examples.xlsx?text=布局"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		ask := func(content string) string {
			form := registerForm()
			form["content"], form["name"], form["proof"] = content, "丁戊己", "110105194912310038"
			at := b.submit("/office/requests/new", "/office/requests/new", form).header.Get("Location")
			b.act(at, request.ActConfirm, nil)
			return at
		}
		like, unlike := ask("2025年学校布局规划的附件"), ask("排水管网改造的合同")
		if p := b.get(like); !strings.Contains(p.words(), "相近的案例") || !strings.Contains(p.body, entry) {
			t.Errorf("no entry to follow: %s", p.words())
		}
		if p := b.get(unlike); p.status != http.StatusOK || strings.Contains(p.words(), "相近的案例") {
			t.Errorf("an entry about something else: %s", p.words())
		}
		for _, path := range []string{"/office/requests/examples", entry} {
			if p := s.signIn("watcher").get(path); p.status != http.StatusForbidden {
				t.Errorf("%s: %d", path, p.status)
			}
		}
		keeper.act(at, request.ActExampleOut, map[string]string{"why": "口径已经改变"})
		if p := other.get(entry); p.status != http.StatusGone || !strings.Contains(p.words(), "已经移出案例库") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := keeper.get(at); !strings.Contains(p.words(), "移出：口径已经改变") {
			t.Error(p.words())
		}
	})
}
