package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
	foi "gongkai/internal/request"
)

func (f *fakeRequests) OpinionAsked(_ context.Context, code, second string) (*foi.Asked, error) {
	if strings.ToUpper(code) != fakeCode || strings.ToUpper(second) != fakeSecond {
		return nil, fault.New(fault.NotFound, "fake", "没有。")
	}
	x := &foi.Asked{Case: 1, Number: "依申请〔2026〕1号", Organ: 7, Open: true, Party: foi.Party{Who: "third_party", Until: testToday.AddDays(9)},
		Letter: foi.Letter{Title: "征求第三方意见书", Body: "某公司：合同涉及贵方。", IssuedOn: testToday}}
	if f.said != "" {
		x.Open, x.Party.RepliedOn, x.Party.Opinion = false, testToday, f.said
	}
	return x, nil
}

func (f *fakeRequests) GiveOpinion(_ context.Context, _, _, opinion, reason, _ string) error {
	if f.fail != nil {
		return f.fail
	}
	f.said, f.because = opinion, reason
	return nil
}

func TestA76_AThirdPartyAnswersOnline(t *testing.T) {
	s := newSite(t)
	desk := s.desk()
	pair := func(change ...string) url.Values {
		f := url.Values{"code": {strings.ToLower(fakeCode)}, "second": {fakeSecond}, "token": {strings.Repeat("K", 26)}}
		for i := 0; i+1 < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		return f
	}
	w := s.send("/requests/opinion", pair())
	main := read(t, w, http.StatusOK).Find("main").Text()
	for _, want := range []string{"等您提出意见", "某公司：合同涉及贵方。", "不同意公开", "最迟在"} {
		if !strings.Contains(main, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if w.Header().Get("Cache-Control") != "no-store" || strings.Contains(main, fakeApplicant) {
		t.Errorf("%v %s", w.Header(), main)
	}
	desk.fail = fault.Field("room", "理由", "“理由”：请写明。")
	d := read(t, s.send("/requests/opinion", pair("act", "answer", "opinion", "refuse", "reason", "商业秘密")), http.StatusBadRequest)
	wantText(t, d.Find(".notice-bad"), "没有办理：“理由”：请写明。")
	if d.Find("#opinion-reason").Text() != "商业秘密" || d.Find("option[selected]").AttrOr("value", "") != "refuse" {
		t.Error("what was typed is lost")
	}
	desk.fail = nil
	d = read(t, s.send("/requests/opinion", pair("act", "answer", "opinion", "refuse", "reason", "商业秘密")), http.StatusOK)
	if desk.said != "refuse" || desk.because != "商业秘密" || d.Find("textarea").Length() != 0 || !strings.Contains(d.Find("main").Text(), "您已提出意见：不同意公开") {
		t.Errorf("%+v %s", desk, d.Find("main").Text())
	}
}

// Every wrong pair answers alike, after a wait, and cannot act.
func TestA76_EveryWrongPairOfAConsultationAnswersAlike(t *testing.T) {
	s := newSite(t)
	desk := s.desk()
	s.p.wrongWait = 30 * time.Millisecond
	first := ""
	for _, f := range []url.Values{{"code": {fakeCode}, "second": {"0000"}}, {"code": {"AAAAA-AAAAA"}, "second": {fakeSecond}}, {"code": {"x"}, "second": {"y"}, "act": {"answer"}, "opinion": {"agree"}}} {
		began := time.Now()
		d := read(t, s.send("/requests/opinion", f), http.StatusBadRequest)
		if time.Since(began) < s.p.wrongWait {
			t.Error("a wrong pair costs nothing")
		}
		d.Find("#opinion-code").RemoveAttr("value")
		said := d.Find("main").Text()
		if first == "" {
			first = said
		}
		if said != first || !strings.Contains(said, textWrongPair) {
			t.Errorf("%v: %s", f, said)
		}
	}
	if desk.said != "" {
		t.Error("a wrong pair could act")
	}
	read(t, s.send("/requests/opinion", url.Values{}), http.StatusBadRequest)
}
