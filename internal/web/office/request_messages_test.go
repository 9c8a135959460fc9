package office

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/request"
)

func TestTalk_StaffReadAndAnswerAndEachReadingIsKept(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		at := things.Replace("/office/requests/{id}/messages")
		id, err := strconv.ParseInt(strings.Split(at, "/")[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.deps.Cases.Apply(ctx, casework.Do{Case: id, Action: request.ActMessage, Form: &request.MessageForm{Text: "请问进度如何"}, Actor: casework.Applicant}); err != nil {
			t.Fatal(err)
		}
		b := s.signIn("answerer")
		page := b.get("/office/cases/" + strconv.FormatInt(id, 10))
		if !strings.Contains(page.words(), "1 条还没有看") || strings.Contains(page.words(), "请问进度如何") {
			t.Errorf("%s", page.words())
		}
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal})); n != 0 {
			t.Errorf("%d readings before the words were opened", n)
		}
		if p := b.get(at); p.status != http.StatusOK || !strings.Contains(p.words(), "请问进度如何") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal})); n != 1 {
			t.Errorf("%d readings on record", n)
		}
		if p := b.submit(at, at, map[string]string{"message": ""}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“留言”：请填写") {
			t.Errorf("an empty word: %d %s", p.status, p.words())
		}
		if p := b.submit(at, at, map[string]string{"message": "下周答复"}); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.words())
		}
		list, err := s.deps.Requests.Conversation(ctx, casework.Applicant, id)
		if err != nil || len(list) != 2 || list[1].Body != "下周答复" || list[0].Read.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		for _, x := range s.audits(audit.Filter{}) {
			if strings.Contains(x.Detail, "进度") || strings.Contains(x.Detail, "下周") {
				t.Errorf("the audit log tells the words: %s", x.Detail)
			}
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		if p := other.get(at); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ got %d", p.status)
		}
		if p := other.post(at, url.Values{"message": {"冒充"}}); p.status == http.StatusSeeOther || p.status == http.StatusOK {
			t.Errorf("a clerk of another organ wrote: %d", p.status)
		}
	})
}

func TestZC21_15a_StaffSeeHowOftenNobodyHadToAskAndTheMarks(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		if err := s.deps.Requests.CountUnneeded(ctx, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.deps.Requests.CountUnneeded(ctx, 987654); err != nil { // a work that is not there any more
			t.Fatal(err)
		}
		p := s.signIn("answerer").get("/office/requests")
		if !strings.Contains(p.words(), "最近 30 天 2 次") || !strings.Contains(p.words(), "以前的答复1次") {
			t.Errorf("%s", p.words())
		}
	})
}
