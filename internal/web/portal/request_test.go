package portal

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	foi "gongkai/internal/request"
)

// desk is the fake desk behind a site.
func (s *testSite) desk() *fakeRequests {
	s.p.wrongWait = 0
	return s.p.deps.Requests.(*fakeRequests)
}

// send posts a form as a browser on this site does.
func (s *testSite) send(path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = "www.qinghe.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func read(t *testing.T, w *httptest.ResponseRecorder, status int) *goquery.Document {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d\n%.800s", w.Code, status, w.Body)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", w.Header().Get("Cache-Control"))
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, "request", d)
	return d
}

// asking is a whole form of step three.
func asking(change ...string) url.Values {
	f := url.Values{"token": {strings.Repeat("K", 26)}, "shown": {"3"}, "content": {"停车场管理办法的修改说明"}, "organ": {"qhcg"}, "kind": {"natural"}, "name": {fakeApplicant}, "proof": {"11010519491231002X"},
		"phone": {"13800000000"}, "how": {"online"}, "informed": {"1"}}
	for i := 0; i+1 < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

// fieldsOf are the names that a form sends, without hidden ones.
func fieldsOf(d *goquery.Document) (out []string) {
	d.Find("form.ask").Find("input:not([type=hidden]), select, textarea").Each(func(_ int, e *goquery.Selection) {
		out = append(out, e.AttrOr("name", "?"))
	})
	return out
}

func TestA54_TheFormGrowsInThreeStepsOfTwelveFieldsWithoutAPurpose(t *testing.T) {
	s := newSite(t)
	w := s.get("/requests/new?organ=qhcg")
	one := read(t, w, http.StatusOK)
	if got := strings.Join(fieldsOf(one), " "); got != "content organ" {
		t.Fatalf("step one asks for %s", got)
	}
	token, _ := one.Find(`input[name="token"]`).Attr("value")
	if len(token) != tokenLength {
		t.Errorf("token %q", token)
	}
	two := read(t, s.send("/requests/new", url.Values{"token": {token}, "shown": {"1"}, "content": {"停车"}, "organ": {"qhcg"}}), http.StatusOK)
	if two.Find("#step2").Length() != 1 || two.Find("#step3").Length() != 0 {
		t.Fatal("step two does not follow step one")
	}
	wantText(t, two.Find("#ask-known-title"), "这些已经公开")
	if n := two.Find(".ask-known li").Length(); n < 1 || n > knownHits {
		t.Errorf("%d public documents beside the request", n)
	}
	three := read(t, s.send("/requests/new", asking("token", token, "shown", "2")), http.StatusOK)
	if three.Find("#step3").Length() != 1 || len(s.desk().taken) != 0 {
		t.Fatal("step three does not follow step two, or the request was taken too early")
	}
	if got := fieldsOf(three); len(got) > 12 || len(got) < 10 {
		t.Errorf("%d fields: %s", len(got), got)
	}
	if words := three.Find("form.ask label").Text(); strings.Contains(words, "用途") || strings.Contains(words, "特殊需要") {
		t.Error("somebody is asked for a purpose")
	}
	done := read(t, s.send("/requests/new", asking("token", token)), http.StatusOK)
	wantText(t, done.Find(".receipt-code"), fakeCode)
	for _, want := range []string{"依申请〔2026〕1号", "最迟 2026年12月1", "怎么算的"} {
		if !strings.Contains(done.Find("main").Text(), want) {
			t.Errorf("the receipt lacks %q", want)
		}
	}
	if n := done.Find(".sum li").Length(); n < 3 {
		t.Errorf("the sum has %d lines", n)
	}
	if a := s.desk().taken[0]; a.Organ != 1 || a.Token != token || a.Applicant.Proof != "11010519491231002X" || !a.Electronic || !a.Informed || a.Channel != "online" {
		t.Errorf("%+v", a)
	}
}

func TestA28_ThePrivacyNoticeStandsBeforePersonalInput(t *testing.T) {
	s := newSite(t)
	body := s.send("/requests/new", asking("shown", "1")).Body.String()
	notice, input := strings.Index(body, `id="privacy"`), strings.Index(body, `name="name"`)
	if notice < 0 || input < notice {
		t.Fatalf("notice at %d, first personal field at %d", notice, input)
	}
	for _, want := range []string{"谁来处理", "清河市城市管理局", "用来做什么", "处理哪些", "保存多久", "您的权利"} {
		if !strings.Contains(body[notice:], want) {
			t.Errorf("the notice lacks %q", want)
		}
	}
	d := read(t, s.send("/requests/new", asking("informed", "")), http.StatusBadRequest)
	wantText(t, d.Find("#ask-informed-error"), textInformed)
}

func TestA51_ErrorsStandBesideTheirFieldAndNothingIsLost(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ field, value, at string }{
		{"content", " ", "content"}, {"content", strings.Repeat("字", 4001), "content"}, {"organ", "gwy", "organ"}, {"organ", "", "organ"}, {"kind", "king", "kind"}, {"name", "", "name"},
		{"name", strings.Repeat("名", 101), "name"}, {"proof", "", "proof"}, {"phone", "", "phone"}, {"mail", "甲乙", "mail"}, {"how", "post", "address"}, {"how", "mail", "mail"}, {"how", "x", "how"},
		{"how", "", "how"}, {"speaker", strings.Repeat("名", 201), "speaker"}, {"speaker", "甲、乙、丙", "speaker"},
	} {
		f := asking(c.field, c.value)
		d := read(t, s.send("/requests/new", f), http.StatusBadRequest)
		if d.Find("#ask-"+c.at+"-error").Length() != 1 || d.Find(`.notice-bad a[href="#ask-`+c.at+`"]`).Length() != 1 {
			t.Errorf("%s=%.20q: no error beside %s: %s", c.field, c.value, c.at, d.Find(".ask-error").Text())
		}
		if d.Find(".ask-error").Length() != 1 {
			t.Errorf("%s=%.20q: %s", c.field, c.value, d.Find(".ask-error").Text())
		}
		for _, kept := range []string{"content", "name", "proof", "phone"} {
			e := d.Find("#ask-" + kept)
			if got := e.AttrOr("value", e.Text()); got != strings.TrimSpace(f.Get(kept)) {
				t.Errorf("%s=%.20q: %s was lost: %.20q", c.field, c.value, kept, got)
			}
		}
	}
	if len(s.desk().taken) != 0 {
		t.Error("a bad form was taken")
	}
	// The room's own refusal finds its field too; a used token asks once more.
	s.desk().fail = fault.Field("room", "联系方式", "“联系方式”：至少填一项。")
	d := read(t, s.send("/requests/new", asking()), http.StatusBadRequest)
	wantText(t, d.Find("#ask-phone-error"), "“联系方式”：至少填一项。")
	s.desk().fail = fault.New(fault.Conflict, "room", "用过")
	d = read(t, s.send("/requests/new", asking()), http.StatusBadRequest)
	wantText(t, d.Find("#ask-content-error"), textUsedToken)
	if v, _ := d.Find(`input[name="token"]`).Attr("value"); v == asking().Get("token") {
		t.Error("the used token is offered again")
	}
	s.desk().fail = nil
	if d = read(t, s.send("/requests/new", asking("token", "guess")), http.StatusOK); d.Find("#step3").Length() != 1 || len(s.desk().taken) != 0 {
		t.Error("a form with a token that can be guessed was taken")
	}
}

func TestA51_AWrongCheckDigitWarnsAndNeverBlocks(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ kind, proof, warn string }{
		{"natural", "110105194912310021", textCheckID}, {"natural", "11010519491231002X", ""}, {"natural", "１１０１０５１９４９１２３１００２ｘ", ""}, {"natural", "E12345678", ""},
		{"business", "91350100M000100Y43", ""}, {"business", "91350100M000100Y44", textCheckUnit},
	} {
		d := read(t, s.send("/requests/new", asking("shown", "2", "kind", c.kind, "proof", c.proof, "speaker", "甲、乙")), http.StatusOK)
		if got := strings.TrimSpace(d.Find(".ask-field .notice").Text()); got != c.warn {
			t.Errorf("%s %s: %q", c.kind, c.proof, got)
		}
		read(t, s.send("/requests/new", asking("kind", c.kind, "proof", c.proof, "speaker", "甲、乙")), http.StatusOK)
	}
}

func TestA103_PeopleWhoCannotWriteAreToldWhereToGo(t *testing.T) {
	d := read(t, newSite(t).get("/requests/new?organ=qhcg"), http.StatusOK)
	for _, want := range []string{"口头提出", "代为填写", "清河市和平路 1 号", "0000-1234567"} {
		if !strings.Contains(d.Find(".ask-help").Text(), want) {
			t.Errorf("the help lacks %q", want)
		}
	}
}

func TestRequests_OnlyFromThisSiteAndNotTooOften(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/requests/new", "/requests/known", "/requests/enough", "/requests/track", "/requests/opinion", "/requests/receipt.pdf", "/requests/letter.pdf"} {
		if w := s.send(path, asking(), "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), textCrossOrigin) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s from elsewhere: %d", path, w.Code)
		}
		if w := s.send(path, url.Values{"content": {strings.Repeat("字", maxRequestForm)}}); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with too much: %d", path, w.Code)
		}
	}
	full := func(*http.Request) (time.Duration, bool) { return 90 * time.Second, false }
	s.p.deps.Asking, s.p.deps.Tracking = full, full
	for path, f := range map[string]url.Values{"/requests/new": asking(), "/requests/track": {"code": {fakeCode}, "second": {fakeSecond}}, "/requests/opinion": {"code": {fakeCode}, "second": {fakeSecond}}} {
		w := s.send(path, f)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "90" || !strings.Contains(w.Body.String(), "请过 2 分钟再试") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	if len(s.desk().taken) != 0 {
		t.Error("a request was taken beyond the rate")
	}
}

func TestRequests_KnownListIsAPart(t *testing.T) {
	s := newSite(t)
	w := s.send("/requests/known", url.Values{"content": {"停车"}})
	if w.Code != 200 || !strings.Contains(w.Body.String(), "这些已经公开") || strings.Contains(w.Body.String(), "<html") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %.200s", w.Code, w.Body)
	}
	if body := s.send("/requests/known", url.Values{"content": {"找不到"}}).Body.String(); !strings.Contains(body, "没有找到已经公开的相近内容") {
		t.Error(body)
	}
	if w := s.send("/requests/known", url.Values{}); w.Code != http.StatusBadRequest {
		t.Errorf("without words: %d", w.Code)
	}
}

func track(change ...string) url.Values {
	f := url.Values{"code": {strings.ToLower(fakeCode)}, "second": {fakeSecond}, "version": {"4"}, "token": {strings.Repeat("K", 26)}}
	for i := 0; i+1 < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

func TestTrack_EveryWrongPairAnswersAlike(t *testing.T) {
	s := newSite(t)
	s.desk()
	var first string
	for _, f := range []url.Values{track("second", "0000"), track("code", "AAAAA-AAAAA"), track("code", "x", "second", "y"), track("second", strings.Repeat("9", 500))} {
		d := read(t, s.send("/requests/track", f), http.StatusBadRequest)
		d.Find("#track-code").RemoveAttr("value")
		said := d.Find("main").Text()
		if first == "" {
			first = said
		}
		if said != first || !strings.Contains(said, textWrongPair) {
			t.Errorf("%v: %s", f, said)
		}
	}
	s.p.wrongWait = 60 * time.Millisecond
	began := time.Now()
	s.send("/requests/track", track("second", "0000"))
	if took := time.Since(began); took < s.p.wrongWait {
		t.Errorf("a wrong pair costs %v", took)
	}
	read(t, s.send("/requests/track", url.Values{}), http.StatusBadRequest)
}

func TestTrack_ShowsWhatIsTheApplicantsAndNothingElse(t *testing.T) {
	s := newSite(t)
	s.desk()
	d := read(t, s.send("/requests/track", track()), http.StatusOK)
	main := d.Find("main").Text()
	for _, want := range []string{"办理中", "轮到谁", "受理机关确认收到申请", "您提交了申请", "政府信息公开申请登记回执", "纸质", "什么时候答复", "下周", "撤回申请", "不服怎么办", "投诉、举报"} {
		if !strings.Contains(main, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{foi.ApplicantMark, "征求意见函", "商业秘密", "部分公开答复书", "答复如下", "zhang", "li", "退回", "先向行政复议机关"} {
		if strings.Contains(main, bad) {
			t.Errorf("the page tells %q", bad)
		}
	}
	if d.Find("#mend").Length() != 0 {
		t.Error("a request that is worked on can be mended")
	}
	s.desk().state = foi.Served
	main = read(t, s.send("/requests/track", track()), http.StatusOK).Find("main").Text()
	if !strings.Contains(main, "政府信息部分公开答复书") || !strings.Contains(main, "先向行政复议机关清河市人民政府") || strings.Contains(main, "我要撤回") {
		t.Errorf("a served answer: %s", main)
	}
	for state, words := range stateWords {
		s.desk().state = state
		if main := read(t, s.send("/requests/track", track()), http.StatusOK).Find("main").Text(); !strings.Contains(main, words.Name) {
			t.Errorf("%s: %s", state, main)
		}
	}
}

func TestA72_A73_TheApplicantMendsAndWithdraws(t *testing.T) {
	s := newSite(t)
	desk := s.desk()
	desk.state = foi.Correcting
	d := read(t, s.send("/requests/track", track()), http.StatusOK)
	if d.Find("#mend-content").Text() != "布局规划" {
		t.Error("the form does not begin with what was written")
	}
	desk.fail = fault.Field("room", "补正内容", "“补正内容”：请填写。")
	d = read(t, s.send("/requests/track", track("act", "mend", "content", "")), http.StatusBadRequest)
	wantText(t, d.Find(".notice-bad"), "没有办理：“补正内容”：请填写。")
	desk.fail = nil
	d = read(t, s.send("/requests/track", track("act", "mend", "content", "2025年规划")), http.StatusOK)
	wantText(t, d.Find(`.notice[role="status"]`), textMended)
	last := desk.acts[len(desk.acts)-1]
	if f := last.Form.(*foi.CorrectedForm); f.Content != "2025年规划" || f.On != testToday || last.Action != foi.ActApplicant || last.Version != 4 || last.Actor.Login != casework.Applicant.Login || last.Token == "" {
		t.Errorf("%+v %+v", last, f)
	}
	d = read(t, s.send("/requests/track", track("act", "withdraw", "reason", "已经找到")), http.StatusOK)
	wantText(t, d.Find("#now"), "已经撤回")
	if last := desk.acts[len(desk.acts)-1]; last.Action != foi.ActTakeBack || last.Form.(*foi.NoteForm).Text != "已经找到" {
		t.Errorf("%+v", last)
	}
	desk.fail = fault.New(fault.Forbidden, "kernel", "已经办结。")
	d = read(t, s.send("/requests/track", track("act", "withdraw")), http.StatusBadRequest)
	wantText(t, d.Find(".notice-bad"), "没有办理：已经办结。")
	n := len(desk.acts)
	read(t, s.send("/requests/track", track("act", "withdraw", "second", "0000")), http.StatusBadRequest)
	if len(desk.acts) != n {
		t.Error("a wrong pair could act")
	}
}
