package portal

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	foi "gongkai/internal/request"
)

func TestQ24_10a_TheApplicantWritesOpensConsentsAndRates(t *testing.T) {
	s := newSite(t)
	desk := s.desk()
	desk.state = foi.Working
	d := read(t, s.send("/requests/track", track()), http.StatusOK)
	if d.Find(".talk-own").Length() != 1 || d.Find(".talk-office").Length() != 1 || d.Find("#rate").Length() != 0 {
		t.Fatal(d.Find("main").Text())
	}
	if d.Find(".track-letter").Length() != 0 {
		t.Error("a letter stands open before it is opened")
	}
	d = read(t, s.send("/requests/track", track("act", "message", "message", "请问进度")), http.StatusOK)
	wantText(t, d.Find(`.notice[role="status"]`), textMessageSent)
	last := desk.acts[len(desk.acts)-1]
	if last.Action != foi.ActMessage || last.Form.(*foi.MessageForm).Text != "请问进度" || last.Version != 0 || last.Actor.Login != casework.Applicant.Login || last.Token == "" {
		t.Errorf("%+v", last)
	}
	desk.fail = fault.Field("room", "留言", "“留言”：请填写。")
	d = read(t, s.send("/requests/track", track("act", "message", "message", "没送到的话")), http.StatusBadRequest)
	wantText(t, d.Find(".notice-bad"), "没有办理：“留言”：请填写。")
	if d.Find("#talk-message").Text() != "没送到的话" {
		t.Error("the words are lost")
	}
	desk.fail = nil
	d = read(t, s.send("/requests/track", track("act", "consent")), http.StatusOK)
	wantText(t, d.Find(`.notice[role="status"]`), textConsented)

	d = read(t, s.send("/requests/track", track("act", "letter", "letter", "1")), http.StatusOK)
	if !strings.Contains(d.Find(".track-letter").Text(), fakeApplicant+"：收到。") || len(desk.opened) != 1 {
		t.Errorf("%v %s", desk.opened, d.Find("main").Text())
	}
	for _, no := range []string{"2", "3", "", "99"} { // to a third party, unserved, none
		if w := s.send("/requests/track", track("act", "letter", "letter", no)); w.Code != http.StatusNotFound {
			t.Errorf("letter %q: %d", no, w.Code)
		}
	}
	if len(desk.opened) != 1 {
		t.Errorf("opened %v", desk.opened)
	}
	desk.state = foi.Served
	d = read(t, s.send("/requests/track", track()), http.StatusOK)
	if d.Find("#rate").Length() != 1 || d.Find(`input[name="mark"]`).Length() != 5 || d.Find("form input[value=consent]").Length() != 0 {
		t.Error("a served answer cannot be rated, or consent comes too late")
	}
	read(t, s.send("/requests/track", track("act", "rate", "mark", "9")), http.StatusBadRequest)
	d = read(t, s.send("/requests/track", track("act", "rate", "mark", "4", "word", "清楚")), http.StatusOK)
	if d.Find("#rate").Length() != 0 || !strings.Contains(d.Find("main").Text(), "评价：满意") || len(desk.marks) != 1 {
		t.Errorf("%v", desk.marks)
	}
	if d.Find("#suggest").Length() != 1 {
		t.Error("what was given cannot be suggested for all")
	}
	d = read(t, s.send("/requests/track", track("act", "suggest", "suggest", "大家都关心")), http.StatusOK)
	if d.Find("#suggest").Length() != 0 || !strings.Contains(d.Find("main").Text(), "您已建议主动公开") || len(desk.suggested) != 1 {
		t.Errorf("%v", desk.suggested)
	}
	read(t, s.send("/requests/track", track("act", "suggest")), http.StatusBadRequest)
	n := len(desk.acts)
	read(t, s.send("/requests/track", track("act", "message", "message", "x", "second", "0000")), http.StatusBadRequest)
	read(t, s.send("/requests/track", track("act", "rate", "mark", "1", "second", "0000")), http.StatusBadRequest)
	read(t, s.send("/requests/receipt.pdf", track("second", "0000")), http.StatusBadRequest)
	if len(desk.acts) != n || len(desk.marks) != 1 {
		t.Error("a wrong pair could act")
	}
}

func TestA90_TheTrackingPageSaysHowLongOneCanContest(t *testing.T) {
	s := newSite(t)
	s.desk().state = foi.Served
	main := read(t, s.send("/requests/track", track()), http.StatusOK).Find("main").Text()
	if !strings.Contains(main, "申请行政复议：最迟 2027年1月") || !strings.Contains(main, "还有 60 天") {
		t.Error(main)
	}
	s.desk().posted = true
	if main = read(t, s.send("/requests/track", track()), http.StatusOK).Find("main").Text(); !strings.Contains(main, "还没有签收日期") || strings.Contains(main, "还有 60 天") {
		t.Error(main)
	}
}

func TestA84_PostedIsNotServedBeforeItIsSignedFor(t *testing.T) {
	s := newSite(t)
	s.desk().state = foi.Served
	sent := foi.Attempt{No: 1, Round: 1, Channel: foi.ServePost, On: testToday.AddDays(-2), Result: foi.ServePosted, Proof: "EE123456785CN"}
	signed, back, mail := sent, sent, sent
	signed.SignedOn, signed.Result = testToday, foi.ServeDelivered
	back.Result = foi.ServeFailed
	mail.Channel = foi.ServeMail
	for name, c := range map[string]struct {
		attempts []foi.Attempt
		says     string
		next     string
	}{
		"posted": {[]foi.Attempt{sent}, "已经寄出（" + testToday.AddDays(-2).Chinese() + "）", "期限从您签收那一天起算"}, "signed for": {[]foi.Attempt{signed}, "已经送达", "请查看答复"},
		"came back": {[]foi.Attempt{back}, "没有送到，等待再次送达", "再次送达"}, "came back and posted again": {[]foi.Attempt{back, sent}, "已经寄出（" + testToday.AddDays(-2).Chinese() + "）", "还没有签收"},
		"by mail": {[]foi.Attempt{mail}, "已经发出（" + testToday.AddDays(-2).Chinese() + "）", "电子邮箱"}, "an old register knows no attempts": {nil, "已经送达", ""},
	} {
		s.desk().attempts = c.attempts
		now := read(t, s.send("/requests/track", track()), http.StatusOK).Find(".track-now")
		if got := now.Find("#now").Text(); got != c.says || !strings.Contains(now.Text(), c.next) {
			t.Errorf("%s: %q: %s", name, got, now.Text())
		}
	}
	s.desk().state = foi.Answered // where what came back goes
	for says, attempts := range map[string][]foi.Attempt{"没有送到，等待再次送达": {back}, "已经发出（" + testToday.AddDays(-2).Chinese() + "）": {mail}, "正在送达": nil} {
		s.desk().attempts = attempts
		if got := read(t, s.send("/requests/track", track()), http.StatusOK).Find("#now").Text(); got != says {
			t.Errorf("%q instead of %q", got, says)
		}
	}
}

func TestReceipt_IsAFileToKeepAndACodeToScan(t *testing.T) {
	s := newSite(t)
	done := read(t, s.send("/requests/new", asking()), http.StatusOK)
	if done.Find(".receipt-qr svg path").Length() != 1 {
		t.Error("no code to scan")
	}
	f := done.Find(`form[action="/requests/receipt.pdf"]`)
	code, _ := f.Find(`input[name="code"]`).Attr("value")
	second, _ := f.Find(`input[name="second"]`).Attr("value")
	if code != fakeCode || second != fakeSecond {
		t.Fatalf("%q %q", code, second)
	}
	w := s.send("/requests/receipt.pdf", track())
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF-") || w.Header().Get("Cache-Control") != "no-store" {
		if _, err := printer(); err != nil { // a machine without the font answers in words
			if w.Code < 500 || !strings.Contains(w.Body.String(), fault.Text(err)) {
				t.Errorf("%d %.300s", w.Code, w.Body)
			}
			return
		}
		t.Fatalf("%d %.300s", w.Code, w.Body)
	}
	if to := os.Getenv("GONGKAI_SHOTS"); to != "" {
		if err := os.WriteFile(to+"/receipt.pdf", w.Body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
