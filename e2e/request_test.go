package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// fill writes into a field of the page.
func (b *tab) fill(css, words string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS(css)))
	b.write(words)
}

// choose takes an option of a select as somebody would.
func (b *tab) choose(css, value string) {
	b.t.Helper()
	js[bool](b, `(() => { const s = document.querySelector("`+css+`"); s.value = "`+value+`"; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`)
}

// TestA50_ACitizenAsksAndTracksOnAPhone asks for information on a phone, keeps
// the draft over a reload, reads the receipt, follows the request and takes it
// back; then once more without scripts.
func TestA50_ACitizenAsksAndTracksOnAPhone(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withPeople(t)
	s := l.serve(t)
	b := newTab(t)
	b.size(375)
	b.open(s.url + "/")
	b.follow(`main a[href="/requests/new"]`)
	b.fill("#ask-content", "清河市教育局2025年全市义务教育学校布局规划")
	b.awaitText("[data-known-list]", "已经公开")
	b.awaitText(".ask-hints", "清河市教育局")
	b.click(`.ask-hints button[value="` + deskOrgan + `"]`) // one tap takes it
	if got := js[string](b, `document.querySelector("#ask-organ").value`); got != deskOrgan {
		t.Errorf("the organ is %q", got)
	}
	b.awaitText(".ask-hints", "已经选了它")
	b.look("request-1")
	b.size(375)
	b.open(s.url + "/requests/new")
	if got := js[string](b, `document.querySelector("#ask-content").value`); got != "清河市教育局2025年全市义务教育学校布局规划" {
		t.Errorf("the draft is %q", got)
	}
	b.awaitText("[data-draft-note]", "上次在这台设备上")
	b.follow(".ask-end .button")
	b.awaitText("#step2", "您是谁")
	b.look("request-2")
	b.size(375)
	b.follow(".ask-end .button")
	b.awaitText(".notice-bad", "处需要修改")
	b.look("request-2-wrong")
	b.size(375)
	b.fill("#ask-name", "甲乙丙")
	b.fill("#ask-proof", "11010519491231001X")
	b.fill("#ask-phone", "13800000000")
	b.click("#ask-informed")
	if js[bool](b, `document.querySelector("#ask-speaker").offsetParent !== null`) {
		t.Error("a citizen is asked for a legal representative")
	}
	b.choose("#ask-kind", "business")
	if !js[bool](b, `document.querySelector("#ask-speaker").offsetParent !== null`) {
		t.Error("an organisation cannot name its legal representative")
	}
	b.choose("#ask-kind", "natural")
	if kept := js[string](b, `JSON.stringify(localStorage)`); strings.Contains(kept, "110105") || !strings.Contains(kept, "甲乙丙") {
		t.Errorf("the draft on the device: %s", kept)
	}
	b.follow(".ask-end .button")
	b.awaitText("#step3", "核对并提交")
	b.awaitText(".ask-field .notice", "再核对一遍")
	b.look("request-3")
	b.size(375)
	b.follow(".ask-end .button")
	b.awaitText("h1", "申请已经收到")
	code := b.text(".receipt-code")
	if len(code) != 11 || !strings.Contains(b.text("main"), "最迟 20") {
		t.Errorf("receipt: %s", b.text("main"))
	}
	if kept := js[int](b, `localStorage.getItem("gongkai-draft-ask") === null ? 0 : 1`); kept != 0 {
		t.Error("the draft outlives the receipt")
	}
	b.look("request-receipt")
	b.size(375)
	b.follow(`main a[href="/requests/track"]`)
	b.look("request-track")
	b.size(375)
	b.track(code, "0000")
	b.awaitText(".notice-bad", "不对")
	b.track("", "001X") // the code is still there
	b.awaitText("#now", "等待受理机关确认收到")
	b.wantAddress("/requests/track")
	b.click(`section[aria-labelledby="talk"] summary`)
	b.fill("#talk-message", "请问什么时候可以答复")
	b.follow(`section[aria-labelledby="talk"] .button`)
	b.awaitText(".talk-own", "请问什么时候可以答复")
	b.look("request-tracked")
	b.size(375)

	b.noScripts(true)
	b.open(s.url + "/requests/track")
	b.track(strings.ToLower(code), "001X")
	b.do(chromedp.Click(chromedp.CSS(`section[aria-labelledby="leave"] summary`)))
	b.follow(`section[aria-labelledby="leave"] button`)
	if got := b.text("#now"); got != "已经撤回" {
		t.Errorf("withdrawn: %s", got)
	}
	b.open(s.url + "/requests/new?organ=" + deskOrgan)
	b.fill("#ask-content", "学校布局")
	b.follow(".ask-end .button")
	if !strings.Contains(b.text(".ask-known"), "已经公开") || b.text("#step2") == "" {
		t.Errorf("step two without scripts: %s", b.text("main"))
	}
	if bad := b.faults(); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
	b.size(1280)
	b.noScripts(false)
	b.open(s.url + "/requests/new?organ=" + deskOrgan)
	js[bool](b, `(() => { document.querySelector("#ask-content").value = ""; return true })()`)
	b.fill("#ask-content", "1. 学校布局规划文本\n2. 学校午餐采购合同")
	b.awaitText(".ask-matters", "看起来有 2 件")
	b.look("request-matters")
	if log := s.logged(); strings.Contains(log, code) || strings.Contains(log, "001X") {
		t.Error("the code or the second fact stands in the log")
	}
	s.stop(t)
	l.clean(t)
}

func (b *tab) track(code, second string) {
	b.t.Helper()
	b.fill("#track-code", code)
	b.fill("#track-second", second)
	b.follow(".ask-end .button")
}
