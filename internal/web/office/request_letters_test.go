package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/request"
)

// The composer shows the letter as it will print, names what is missing with a
// link, explains what is locked, and shows what was changed to who signs.
func TestA99_TheComposerShowsTheLetterAndItsHoles(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		id := strings.Split(things.Replace("/office/requests/{id}/applicant"), "/")[3]
		at, composer := "/office/cases/"+id, "/office/requests/"+id+"/letter"
		if p := b.act(at, request.ActReply, map[string]string{"who": "third_party", "agrees": "agree"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.act(at, request.ActDecide, map[string]string{"outcome1": "PARTIAL", "content1": "合同文本一份", "reason1": "含有商业秘密", "ground1": "DENY_THIRD", "harm1": "公开单价会损害企业的竞争地位"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		p := b.get(composer)
		for _, want := range []string{"政府信息部分公开答复书", "第三十七条、第十五条", "公开单价会损害企业的竞争地位", "还缺什么", "答复设置", "和模板的不同", "没有改动", "为什么不能改"} {
			if !strings.Contains(p.words(), want) {
				t.Errorf("the composer lacks %q:\n%s", want, p.words())
			}
		}
		if strings.Contains(p.body, "甲乙丙") || !strings.Contains(p.body, `href="/office/requests/settings"`) {
			t.Error("the composer names the applicant, or does not lead to what is missing")
		}
		organ := s.organID("qh-jyj")
		if err := s.deps.Requests.SetProfile(ctx, access.Actor{Login: "answerer"}, organ, request.Profile{Kind: request.Department, Name: "清河市教育局", Prefix: "清教公开", Own: request.Body{Name: "清河市人民政府", Address: "人民路1号"}, Court: request.Body{Name: "清河市河东区人民法院", Address: "法院路1号"}}); err != nil {
			t.Fatal(err)
		}
		p = b.get(composer)
		if !strings.Contains(p.words(), "都齐了") || !strings.Contains(p.words(), "先向行政复议机关申请行政复议") {
			t.Errorf("%s", p.words())
		}
		p = b.submit(composer, composer, map[string]string{"t-content": "提供的内容：合同文本一份，单价已遮盖。", "number": "清教公开〔2026〕7号"})
		if p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.user("reader", "qh-jyj", access.LegalityReviewer)
		reviewer := s.signIn("reader")
		p = reviewer.get(composer)
		if !strings.Contains(p.body, "<ins>") || !strings.Contains(p.words(), "单价已遮盖") || !strings.Contains(p.words(), "清教公开〔2026〕7号") || strings.Contains(p.body, "<textarea") {
			t.Errorf("the reviewer does not see the change, or may write: %s", p.words())
		}
		if p := reviewer.post(composer, url.Values{}); p.status != http.StatusForbidden {
			t.Errorf("the reviewer wrote: %d", p.status)
		}
		bad := b.submit(composer, composer, map[string]string{"number": "没有格式"})
		if bad.status != http.StatusBadRequest || !strings.Contains(bad.words(), "请写完整的文号") {
			t.Errorf("%d %s", bad.status, bad.words())
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		if p := s.signIn("stranger").get(composer); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ got %d", p.status)
		}
	})
}

// Letters and forms come as Word and as PDF; a stamped letter comes back.
func TestA8_7_LettersAreHandedOutAsWordAndPDF(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		for _, at := range []string{"/office/requests/{id}/letters/{letter}", "/office/requests/{id}/forms/{form}"} {
			at = things.Replace(at)
			if p := b.get(at); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
				t.Errorf("%s: %d", at, p.status)
			}
			if p := b.get(at + "?as=pdf"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "%PDF-1.7") {
				t.Errorf("%s: %d %s", at, p.status, p.words())
			}
		}
		if p := b.get(things.Replace("/office/requests/{id}/letters/{letter}/files/{stamped}")); p.status != http.StatusOK || !strings.HasPrefix(p.body, "%PDF-1.4") {
			t.Errorf("%d", p.status)
		}
		p := b.get(strings.Replace(things.Replace("/office/requests/{id}/applicant"), "/applicant", "/letter", 1))
		if !strings.Contains(p.words(), "盖章扫描件：回执.pdf") {
			t.Errorf("%s", p.words())
		}
	})
}
