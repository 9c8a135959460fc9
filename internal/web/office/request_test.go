package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/request"
)

// registerForm is a filled form of a request that came over the counter.
func registerForm() map[string]string {
	return map[string]string{"organ": "qh-jyj", "channel": "in_person", "on": "2026-11-20", "content": "2025年义务教育学校布局规划", "kind": "natural", "name": "甲乙丙",
		"proof": "11010519491231002X", "phone": "13800000000", "address": "清河市某路1号", "way": "paper", "delivery": "post", "informed": "1"}
}

// requestThings fills the addresses of a request with one that exists.
func (s *site) requestThings() *strings.Replacer {
	s.t.Helper()
	s.user("answerer", "qh-jyj", access.Clerk)
	b := s.signIn("answerer")
	p := b.submit("/office/requests/new", "/office/requests/new", registerForm())
	at := p.header.Get("Location")
	if p.status != http.StatusSeeOther || !strings.HasPrefix(at, "/office/cases/") {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	id := strings.TrimPrefix(at, "/office/cases/")
	if p := b.act(at, request.ActConfirm, nil); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	if p := b.act(at, request.ActConsult, map[string]string{"who": "third_party", "name": "丁戊己公司", "what": "合同单价", "proof": "91110000MA01234X5K"}); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	var number string
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT number FROM cases WHERE id = $1`, id).Scan(&number); err != nil {
		s.t.Fatal(err)
	}
	if p := b.sendFiles("/office/requests/councils", [][2]string{{fieldToken, b.formToken("/office/requests/councils")}, {"organ", "qh-jyj"}, {"on", "2026-11-20"}, {"numbers", number}, {"people", "基教科、办公室"}, {"matter", "是否属于内部事务"}, {"conclusion", "可以公开"}}, []sent{{"纪要.txt", []byte("会商纪要")}}, ""); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	var letter int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM request_letters WHERE case_id = $1`, id).Scan(&letter); err != nil {
		s.t.Fatal(err)
	}
	other := registerForm()
	other["content"], other["name"], other["proof"], other["phone"] = "2019年食堂检查通报", "庚辛壬", "110105194912310038", "13900000000"
	closed := b.submit("/office/requests/new", "/office/requests/new", other).header.Get("Location")
	if p := b.act(closed, request.ActWithdraw, map[string]string{"why": "申请人书面撤回"}); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	archived := "/office/requests/" + strings.TrimPrefix(closed, "/office/cases/") + "/package.zip"
	if _, err := s.db.Writer().ExecContext(ctx, `INSERT INTO request_examples (case_id, edition, title, facts, gist, folded, outcome, grounds, closed_year, login, at) VALUES ($1, 1, '食堂检查通报', '申请公开检查通报', '可以公开', '食堂检查通报', 'GRANT', '', 2026, 'officer', 1)`, strings.TrimPrefix(closed, "/office/cases/")); err != nil {
		s.t.Fatal(err)
	}
	paper := s.material(id, "answerer")
	var request int64
	if _, err := fmt.Sscan(id, &request); err != nil {
		s.t.Fatal(err)
	}
	if err := s.deps.Requests.AddLetterFile(ctx, access.Actor{Login: "answerer"}, request, letter, "scan", "回执.pdf", strings.NewReader("%PDF-1.4\n%%EOF\n")); err != nil {
		s.t.Fatal(err)
	}
	help, shared, answered := s.askedOrgan(b, id)
	if err := s.deps.Requests.AddScans(ctx, access.Actor{Login: "answerer"}, request, "counsel", 1, openAll(onePDF)); err != nil {
		s.t.Fatal(err)
	}
	return strings.NewReplacer(append(append([]string{"{help}/files/{scan}", fmt.Sprintf("%d/files/%d", help, answered), "{help}/shared/{material}", fmt.Sprintf("%d/shared/%d", help, shared), "{help}", fmt.Sprint(help), "{opinion}", fmt.Sprint(answered + 1), "/office/requests/{id}/package.zip", archived, "/entries/{example}", "/entries/" + strings.TrimPrefix(closed, "/office/cases/")}, s.intakeThings(b, id)...), "/office/requests/{id}", "/office/requests/"+id, "/letters/{letter}/files/{stamped}", fmt.Sprintf("/letters/%d/files/1", letter), "/letters/{letter}", fmt.Sprintf("/letters/%d", letter), "/forms/{form}", "/forms/application", "/parties/{party}", "/parties/third_party", "/minutes/{council}", "/minutes/1",
		"/files/{material}/pages/{n}", fmt.Sprintf("/files/%d/pages/1", paper), "/files/{material}", fmt.Sprintf("/files/%d", paper))...)
}

// act does an act on the page of a case with the form that the page offers.
func (b *browser) act(at string, a casework.Action, values map[string]string) page {
	b.s.t.Helper()
	p := b.get(at)
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	v := url.Values{}
	f := d.Find(`main form:has(input[name="action"][value="` + string(a) + `"])`).First()
	if f.Length() == 0 {
		b.s.t.Fatalf("no form for %s:\n%s", a, d.Find("main").Text())
	}
	f.Find("input, select, textarea").Each(func(_ int, in *goquery.Selection) {
		value, _ := in.Attr("value")
		switch goquery.NodeName(in) {
		case "textarea":
			value = in.Text()
		case "select":
			value, _ = in.Find("option[selected]").Attr("value")
		}
		name, _ := in.Attr("name")
		v.Set(name, value)
	})
	for name, x := range values {
		v.Set(name, x)
	}
	to, _ := f.Attr("action")
	return b.post(to, v)
}

func TestA106_ARequestIsRegisteredHandledAndItsReadingsAreKept(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		bad := registerForm()
		bad["delivery"] = "mail"
		if p := b.submit("/office/requests/new", "/office/requests/new", bad); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "选择电子邮箱的，请填写邮箱") || !strings.Contains(p.body, "甲乙丙") {
			t.Errorf("%d %s", p.status, p.words())
		}
		page := b.get(things.Replace("/office/requests/{id}/applicant"))
		if page.status != http.StatusOK || !strings.Contains(page.words(), "11010519491231002X") {
			t.Errorf("%d %s", page.status, page.words())
		}
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal})); n != 1 {
			t.Errorf("%d readings are on record", n)
		}
		if p := b.get(things.Replace("/office/requests/{id}/letters/{letter}")); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		if p := other.get(things.Replace("/office/requests/{id}/applicant")); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ got %d", p.status)
		}
		if p := other.submit("/office/requests/new", "/office/requests/new", registerForm()); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ registered: %d %s", p.status, p.words())
		}
	})
}
