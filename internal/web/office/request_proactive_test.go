package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
)

// Three people ask for the same: the queue shows the numbers of their requests
// and nobody's name, takes the decision, and leads to a release with its title.
func TestA104_ZC21_1_5d_TheQueueLeadsFromRequestsToARelease(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("answerer", "qh-jyj", access.Clerk)
		b := s.signIn("answerer")
		for i := range 3 {
			v := registerForm()
			v["content"], v["name"], v["proof"] = "申请公开新村集体土地征收补偿安置方案", fmt.Sprintf("庚辛壬%d", i), fmt.Sprintf("11010519491231003%d", i)
			if p := b.submit("/office/requests/new", "/office/requests/new", v); p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
		}
		const at = "/office/requests/proactive"
		p := b.get(at)
		for _, want := range []string{"新村集体土地征收补偿安置方案", "3 位不同的申请人，共 3 件", "建议在特定范围内公开", "依申请〔"} {
			if !strings.Contains(p.words(), want) {
				t.Errorf("the queue lacks %q: %s", want, p.words())
			}
		}
		if strings.Contains(p.body, "庚辛壬") {
			t.Error("the queue tells who asked")
		}
		d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		send := url.Values{"title": {"新村土地征收补偿安置方案"}, "verdict": {"move"}, "area": {"land"}, "audience": {"新村村民"}, "reason": {""}}
		d.Find(`form[action="` + at + `"] input[type=hidden]`).Each(func(_ int, in *goquery.Selection) {
			name, _ := in.Attr("name")
			v, _ := in.Attr("value")
			send.Add(name, v)
		})
		if p := b.post(at, send); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“理由”：请填写") {
			t.Errorf("%d %s", p.status, p.words())
		}
		send.Set("reason", "村民都关心")
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		if strings.Contains(other.get(at).body, "新村") {
			t.Error("a clerk of another organ sees the queue")
		}
		foreign := url.Values{}
		for k, v := range send {
			foreign[k] = v
		}
		foreign.Set(fieldToken, other.formToken("/office/requests/councils"))
		if p := other.post(at, foreign); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ decides: %d", p.status)
		}
		if p := b.post(at, send); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		p = b.get(at)
		if !strings.Contains(p.words(), "现在没有要决定的") || !strings.Contains(p.words(), "转（向新村村民公开）") {
			t.Error(p.words())
		}
		d, err = goquery.NewDocumentFromReader(strings.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		link, _ := d.Find(`a[href^="/office/releases/new?"]`).Attr("href")
		begin := b.get(link)
		if begin.status != http.StatusOK || !strings.Contains(begin.body, `value="新村土地征收补偿安置方案"`) || !strings.Contains(begin.body, `name="audience" value="新村村民"`) {
			t.Errorf("%q %d", link, begin.status)
		}
		paste := url.Values{fieldToken: {b.formToken(link)}, "once": {"x1"}, "organ": {"qh-jyj"}, "title": {"新村土地征收补偿安置方案"}, "audience": {"新村村民"}, "text": {"补偿标准如下。"}}
		made := b.post("/office/releases/new", paste)
		if made.status != http.StatusSeeOther {
			t.Fatalf("%d %s", made.status, made.words())
		}
		if p := b.get(made.header.Get("Location")); !strings.Contains(p.body, "新村村民") {
			t.Error("the draft forgot its audience")
		}
		if p := b.get(at + ".xlsx"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
	})
}
