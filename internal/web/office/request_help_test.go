package office

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/request"
)

const (
	onePDF  = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
	oneText = "关于校园安全检查的来文"
)

func openAll(texts ...string) (out []io.Reader) {
	for _, x := range texts {
		out = append(out, strings.NewReader(x))
	}
	return out
}

// askedOrgan asks the police for help on a request of the education bureau and
// gives the numbers of the help, of the document shared and of the file answered.
func (s *site) askedOrgan(b *browser, id string) (help, shared, file int64) {
	s.t.Helper()
	var request1 int64
	if _, err := fmt.Sscan(id, &request1); err != nil {
		s.t.Fatal(err)
	}
	var err error
	if shared, err = s.deps.Requests.AddMaterial(ctx, access.Actor{Login: "answerer"}, request1, request.NewMaterial{Name: "来文.txt", Origin: "档案室"}, []byte(oneText)); err != nil {
		s.t.Fatal(err)
	}
	if p := b.act("/office/cases/"+id, request.ActAskOrgan, map[string]string{"organ": "qh-gaj", "question": "这份来文的正式件存在哪里", "until": s.access.Today().AddDays(3).String(), "file1": fmt.Sprint(shared)}); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	if err := s.deps.Requests.Rule(ctx, access.Actor{Login: "answerer"}, request1, shared, request.RuleForm{Choice: request.GiveAll}); err != nil { // nothing is left to decide when the answer is written
		s.t.Fatal(err)
	}
	if _, err := s.deps.Requests.Build(ctx, access.Actor{Login: "answerer"}, request1, shared); err != nil {
		s.t.Fatal(err)
	}
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT MAX(case_id) FROM request_helps`).Scan(&help); err != nil {
		s.t.Fatal(err)
	}
	if err := s.deps.Requests.AddScans(ctx, access.Actor{Login: "far"}, help, request.ScanHelp, 0, openAll(onePDF)); err != nil {
		s.t.Fatal(err)
	}
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT MAX(id) FROM request_files WHERE case_id = $1`, help).Scan(&file); err != nil {
		s.t.Fatal(err)
	}
	return help, shared, file
}

// The organ that was asked finds its own duty, opens question and chosen file,
// answers with a file, and reaches nothing of the request; a third organ
// reaches neither. Each look is on record.
func TestHelp_TheAskedOrganWorksOnItsOwnPage(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		s.user("police", "qh-gaj", access.Clerk)
		s.user("school", "qh-sx", access.Clerk)
		b, far, third := s.signIn("answerer"), s.signIn("police"), s.signIn("school")
		at := s.counter(b, "2025年校园安全检查来文")
		id := strings.TrimPrefix(at, "/office/cases/")
		help, shared, file := s.askedOrgan(b, id)
		if w := far.get("/office").words(); !strings.Contains(w, "答复协助") || strings.Contains(w, "校园安全") {
			t.Errorf("the other organ's list: %s", w)
		}
		own := fmt.Sprintf("/office/cases/%d", help)
		if w := far.get(own).words(); !strings.Contains(w, "这份来文的正式件存在哪里") || !strings.Contains(w, "来文.txt") || strings.Contains(w, "甲乙丙") || strings.Contains(w, "校园安全") {
			t.Errorf("its page: %s", w)
		}
		for _, path := range []string{at, at + "/timeline.xlsx", "/office/requests/" + id + "/files", "/office/requests/" + id + "/applicant", fmt.Sprintf("/office/requests/%s/files/%d/original", id, shared)} {
			if p := far.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: the asked organ got %d", path, p.status)
			}
		}
		base := fmt.Sprintf("/office/helps/%d", help)
		for path, want := range map[string]string{fmt.Sprintf("%s/shared/%d", base, shared): oneText, fmt.Sprintf("%s/files/%d", base, file): onePDF} {
			if p := far.get(path); p.status != http.StatusOK || p.body != want {
				t.Errorf("%s: %d", path, p.status)
			}
			if p := third.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: a third organ got %d", path, p.status)
			}
		}
		if p := far.get(fmt.Sprintf("%s/shared/%d", base, shared+1)); p.status != http.StatusNotFound {
			t.Errorf("a file that was not chosen: %d", p.status)
		}
		if p := third.get(own); p.status != http.StatusNotFound {
			t.Errorf("a third organ opens the help: %d", p.status)
		}
		if p := far.sendFiles(base+"/files", [][2]string{{fieldToken, far.formToken(own)}}, []sent{{"空.pdf", nil}}, ""); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“文件”") {
			t.Errorf("an empty file: %d %s", p.status, p.words())
		}
		if p := far.sendFiles(base+"/files", [][2]string{{fieldToken, far.formToken(own)}}, []sent{{"正式件.pdf", []byte(onePDF)}}, ""); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := far.act(own, request.ActHelpAnswer, map[string]string{"text": "存在市档案馆，见附件"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := far.sendFiles(base+"/files", [][2]string{{fieldToken, far.formToken("/office")}}, []sent{{"迟.pdf", []byte(onePDF)}}, ""); p.status != http.StatusConflict {
			t.Errorf("a file after the answer: %d %s", p.status, p.words())
		}
		if w := b.get(at).words(); !strings.Contains(w, "清河市公安局") || !strings.Contains(w, "附 2 个文件") || strings.Contains(w, "存在市档案馆") {
			t.Errorf("the page of the request: %s", w)
		}
		if p := b.get(base + "/answer"); !strings.Contains(p.words(), "存在市档案馆，见附件") || !strings.Contains(p.body, fmt.Sprintf("%s/files/%d", base, file)) {
			t.Errorf("the answer: %s", p.words())
		}
		if p := third.get(base + "/answer"); p.status != http.StatusNotFound {
			t.Errorf("a third organ reads the answer: %d", p.status)
		}
		if n := len(s.audits(audit.Filter{Actor: "police", Act: audit.ViewPersonal})); n < 3 {
			t.Errorf("%d looks of the other organ are on record", n)
		}
	})
}

// The written opinion stands beside the opinion for whoever reviews; scans that
// show the applicant do not open for them.
func TestM23_2_3b_TheReviewerOpensTheWrittenOpinion(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		s.user("lawyer", "qh-jyj", access.LegalityReviewer)
		b, lawyer := s.signIn("answerer"), s.signIn("lawyer")
		at := s.counter(b, "2025年布局规划")
		id := strings.TrimPrefix(at, "/office/cases/")
		b.act(at, request.ActAskCounsel, map[string]string{"kind": "counsel", "name": "某律师事务所", "question": "是否可以公开"})
		if p := b.act(at, request.ActCounsel, map[string]string{"view": "lawful", "opinion": "可以公开", "on": s.access.Today().String()}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		scans := "/office/requests/" + id + "/scans"
		with, ok := find(t, b.get(at), `a[href*="?with=counsel-"]`).Attr("href")
		if !ok {
			t.Fatal("nothing offers to add the written opinion")
		}
		of := with[strings.Index(with, "counsel-"):]
		if p := b.get(with); !strings.Contains(p.words(), "附在法律顾问某律师事务所的意见后面") {
			t.Errorf("%s", p.words())
		}
		send := func(role, with string) page {
			return b.sendFiles(scans, [][2]string{{fieldToken, b.formToken(scans)}, {"role", role}, {"with", with}}, []sent{{"件.pdf", []byte(onePDF)}}, "")
		}
		if p := send("counsel", "counsel-999"); p.status != http.StatusNotFound {
			t.Errorf("an opinion that is not there: %d", p.status)
		}
		if p := send("counsel", of); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := send("proof", ""); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		page := lawyer.get(at)
		href, ok := find(t, page, `#work ~ dl a[href*="/opinions/"]`).Attr("href")
		if !ok || strings.Contains(page.body, "?with=") {
			t.Fatalf("the reviewer's page: %s", page.words())
		}
		if p := lawyer.get(href); p.status != http.StatusOK || p.body != onePDF {
			t.Errorf("the opinion: %d", p.status)
		}
		var proof int64
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM request_files WHERE role = 'proof'`).Scan(&proof); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{fmt.Sprintf("%s/%d", scans, proof): http.StatusForbidden, fmt.Sprintf("/office/requests/%s/opinions/%d", id, proof): http.StatusNotFound} {
			if p := lawyer.get(path); p.status != want {
				t.Errorf("%s: the reviewer opens the applicant's proof: %d", path, p.status)
			}
		}
	})
}
