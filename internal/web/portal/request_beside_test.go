package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	foi "gongkai/internal/request"
)

func (s *testSite) known(content, organ string) *goquery.Document {
	s.t.Helper()
	w := s.send("/requests/known", url.Values{"content": {content}, "organ": {organ}})
	d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil || w.Code != http.StatusOK {
		s.t.Fatal(w.Code, err)
	}
	return d
}

func TestM23_23a_BesideTheWordsStandsWhatWasAnsweredAndWhoseDutyItIs(t *testing.T) {
	s := newSite(t)
	d := s.known("公共停车场的管理办法", "")
	earlier := d.Find(`[aria-labelledby="ask-earlier-title"]`)
	if got := earlier.Find("li").Length(); got != 2 {
		t.Fatalf("%d earlier answers", got)
	}
	for _, want := range []string{"停车场收费标准", "已经公开", "网站“价格”栏目", "已经提供给申请人", "2025年"} {
		if !strings.Contains(earlier.Text(), want) {
			t.Errorf("earlier answers lack %q", want)
		}
	}
	if earlier.Find(`button[name="work"][value="0"]`).Length() != 1 {
		t.Error("only what is public makes a request unneeded")
	}
	hint := d.Find(".ask-hints li").First()
	for _, want := range []string{"清河市城市管理局", "以往 12 件相近的申请由它办理", "停车"} {
		if !strings.Contains(hint.Text(), want) {
			t.Errorf("the first hint lacks %q: %s", want, hint.Text())
		}
	}
	if v, _ := hint.Find("button[name=take]").Attr("value"); v != "qhcg" {
		t.Errorf("one tap takes %q", v)
	}
	// Without scripts the same stands in the page, and one tap takes the organ.
	f := asking("shown", "1", "organ", "", "take", "qhcg", "content", "公共停车场的管理办法")
	page := read(t, s.send("/requests/new", f), http.StatusOK)
	if v, _ := page.Find("#ask-organ option[selected]").Attr("value"); v != "qhcg" || page.Find("#step2").Length() != 0 {
		t.Errorf("taken: %q", v)
	}
	if !strings.Contains(page.Find(".ask-hints").Text(), "已经选了它") || page.Find(".ask-error").Length() != 0 {
		t.Error("the page does not say that the organ is chosen")
	}
	if s.known("量子物理", "").Find(".ask-hints").Length() != 0 {
		t.Error("an organ is suggested without a reason")
	}
	first, _ := page.Find("form.ask button[type=submit]").First().Attr("name")
	if first != "" {
		t.Errorf("the return key presses %q", first)
	}
}

func TestZC21_15a_WhoFoundItNeedNotAskAndIsCountedWithoutTheWords(t *testing.T) {
	s := newSite(t)
	desk := s.desk()
	button := s.known("停车", "").Find(`[aria-labelledby="ask-known-title"] button[name="work"]`).First()
	to, _ := button.Attr("formaction")
	work, _ := button.Attr("value")
	if to != "/requests/enough" || work == "" || work == "0" {
		t.Fatalf("the button goes to %q with %q", to, work)
	}
	d := read(t, s.send(to, asking("work", work)), http.StatusOK)
	if href, _ := d.Find(".ask-end a").Attr("href"); href != "/works/"+work || strings.Contains(d.Find("main").Text(), fakeApplicant) {
		t.Errorf("leads to %q", href)
	}
	read(t, s.send(to, url.Values{"work": {"0"}}), http.StatusOK)
	if len(desk.unneeded) != 2 || strconv.FormatInt(desk.unneeded[0], 10) != work || desk.unneeded[1] != 0 || len(desk.taken) != 0 {
		t.Errorf("%v", desk.unneeded)
	}
	for value, status := range map[string]int{"": http.StatusBadRequest, "x": http.StatusBadRequest, "-1": http.StatusBadRequest, "987654": http.StatusNotFound} {
		if w := s.send(to, url.Values{"work": {value}}); w.Code != status {
			t.Errorf("%q: %d", value, w.Code)
		}
	}
	if len(desk.unneeded) != 2 {
		t.Error("nonsense was counted")
	}
}

func TestA52_SeveralMattersCanBeSplitIntoSeveralRequests(t *testing.T) {
	s := newSite(t)
	content := "1. 公共停车场规划图\n2. 停车收费标准"
	if got := s.known(content, "").Find(`[aria-labelledby="ask-matters-title"] li`).Length(); got != 2 {
		t.Fatalf("%d matters", got)
	}
	three := read(t, s.send("/requests/new", asking("shown", "2", "content", content)), http.StatusOK)
	if got := three.Find(`button[name="split"]`).Text(); got != "分成 2 件分别提交" {
		t.Errorf("%q", got)
	}
	done := read(t, s.send("/requests/new", asking("content", content, "split", "2")), http.StatusOK)
	taken := s.desk().taken
	if len(taken) != 2 || taken[0].Content != "公共停车场规划图" || taken[1].Content != "停车收费标准" || taken[0].Token == taken[1].Token || taken[0].Applicant != taken[1].Applicant {
		t.Fatalf("%+v", taken)
	}
	if done.Find(".receipt").Length() != 2 || !strings.Contains(done.Find("main").Text(), "依申请〔2026〕2号") {
		t.Error(done.Find("main").Text())
	}
	read(t, s.send("/requests/new", asking("content", content)), http.StatusOK)
	read(t, s.send("/requests/new", asking("content", content, "split", "7")), http.StatusOK)
	if taken := s.desk().taken; len(taken) != 4 || taken[2].Content != content || taken[3].Content != content {
		t.Errorf("as one: %d", len(taken))
	}
}

func TestA51_AnOrganisationNamesWhoSpeaksForIt(t *testing.T) {
	s := newSite(t)
	d := read(t, s.send("/requests/new", asking("kind", "business", "proof", "91350100M000100Y43")), http.StatusBadRequest)
	if d.Find("#ask-speaker-error").Length() != 1 {
		t.Errorf("%s", d.Find(".ask-error").Text())
	}
	read(t, s.send("/requests/new", asking("kind", "business", "proof", "91350100M000100Y43", "speaker", "甲、乙")), http.StatusOK)
	read(t, s.send("/requests/new", asking("speaker", "丙、丁")), http.StatusOK)
	taken := s.desk().taken
	if len(taken) != 2 || taken[0].Applicant.Leader != "甲" || taken[0].Applicant.Contact != "乙" || taken[1].Applicant.Leader != "" {
		t.Errorf("%+v", taken)
	}
}

func TestA53_OneChoiceSaysFormAndChannel(t *testing.T) {
	s := newSite(t)
	for _, h := range askHows {
		read(t, s.send("/requests/new", asking("how", h.Code, "address", "某路一号", "mail", "a@example.cn")), http.StatusOK)
		taken := s.desk().taken
		if a := taken[len(taken)-1]; a.Way != h.Way || a.Delivery != h.Delivery || a.Electronic != (h.Code == "online" || h.Code == "mail") {
			t.Errorf("%s: %+v", h.Code, a)
		}
		if nameOf(askWays, h.Way) == "" || nameOf(askDeliveries, h.Delivery) == "" {
			t.Errorf("%s has no name on the tracking page", h.Code)
		}
	}
}

func TestA56_HintsGiveTheirReason(t *testing.T) {
	organs := []foi.Duties{
		{Code: "edu", Name: "清河市教育局", Short: "市教育局", Clauses: append(foi.ClausesOf("", "主管全市教育工作。"), foi.ClausesOf("基础教育科", "义务教育招生，学校布局规划；幼儿园管理")...)},
		{Code: "city", Name: "清河市城市管理局", Short: "市城管局", Clauses: foi.ClausesOf("", "停车场管理，市容环境")},
		{Code: "gov", Name: "清河市人民政府", Short: "市政府", Clauses: foi.ClausesOf("", "全市工作")},
	}
	for _, c := range []struct {
		content, code, reason string
		went                  map[string]int
	}{
		{"2025年义务教育学校布局规划", "edu", "它的“基础教育科”负责“学校布局规划”", nil},
		{"市城管局的学校布局规划意见", "city", "您写到了“市城管局”", nil},
		{"某某事项", "gov", "以往 5 件相近的申请由它办理", map[string]int{"gov": 5}},
		{"某某事项", "", "", nil},
	} {
		got := foi.HintsFor(c.content, organs, c.went)
		if c.code == "" {
			if got != nil {
				t.Errorf("%s: %+v", c.content, got)
			}
			continue
		}
		if len(got) == 0 || got[0].Code != c.code || !strings.Contains(got[0].Reason, c.reason) {
			t.Errorf("%s: %+v", c.content, got)
		}
	}
}
