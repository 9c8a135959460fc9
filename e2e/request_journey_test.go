package e2e

import (
	"bytes"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gongkai/internal/docfile"
)

// clicksOfGrant is the most that a simple grant may take from the first page of
// the clerk to the served letter, all people together, without signing in.
const clicksOfGrant = 15

// Most fields and steps of the citizen's form.
const (
	fieldsOfAsking = 12
	stepsOfAsking  = 3
)

// TestA50_AFormOfTwelveFieldsAndAGrantOfFifteenClicks counts, in the browser,
// the fields and steps of the citizen's form, and the clicks of everybody who
// works on a simple grant.
func TestA50_AFormOfTwelveFieldsAndAGrantOfFifteenClicks(t *testing.T) {
	l := newLibrary(t, "sqlite")
	d := openRequestDesk(t, l)
	fields, steps := d.ask("2025年普惠性民办幼儿园名单", "online", "")
	if fields > fieldsOfAsking || fields < 10 || steps > stepsOfAsking {
		t.Errorf("the form has %d fields in %d steps", fields, steps)
	}
	clerk := d.people["clerk"]
	d.duty(clerk, d.s)
	d.send(clerk, "#form-confirm")
	d.send(clerk, "#form-decide", entry{"outcome1", "GRANT"}, entry{"content1", "名单见附页，共 36 所。"})
	for _, step := range []struct{ login, action string }{{"legality-reviewer", "pass"}, {"signer", "sign"}} {
		b := d.people[step.login]
		d.duty(b, d.s)
		d.send(b, "#form-"+step.action)
	}
	d.duty(clerk, d.s)
	d.send(clerk, "#form-serve")
	t.Logf("%d fields, %d steps, %d clicks", fields, steps, d.clicks)
	if d.clicks > clicksOfGrant {
		t.Errorf("%d clicks, at most %d", d.clicks, clicksOfGrant)
	}
	d.told("granted", "已经送达", "政府信息公开答复书")
	d.s.stop(t)
	l.clean(t)
}

// TestA70_ARequestFromThePhoneToTheArchive is the whole procedure through the
// front door: correction, a third party, an extension, a redacted document,
// partial disclosure, review, signature, post and archive; after each step the
// applicant reads in plain words where the request stands.
func TestA70_ARequestFromThePhoneToTheArchive(t *testing.T) {
	l := newLibrary(t, "sqlite")
	d := openRequestDesk(t, l)
	d.ask("清河市第二实验学校的采购合同", "post", "清河市人民路2号")
	d.told("asked", "等待受理机关确认收到", "您提交了申请")
	clerk := d.people["clerk"]
	d.duty(clerk, d.s)
	d.at, _, _ = strings.Cut(clerk.address(), "#")

	d.act("clerk", "confirm")
	d.told("confirmed", "办理中", "受理机关确认收到申请", "最迟答复")

	d.act("clerk", "ask_correction", entry{"points", "写明是哪一年的合同\n写明是校服还是午餐的合同"})
	d.told("correction", "等您补正", "受理机关请您补正", "补正告知书")
	b := d.citizen
	b.follow(`form:has(input[name="letter"]) button`)
	b.look("journey-letter-on-page")
	b.size(375)
	b.open(d.s.url + "/requests/track")
	b.track(d.code, d.second)
	b.fill("#mend-content", "")
	b.put(`section[aria-labelledby="mend"]`, entry{"content", "清河市第二实验学校2025年校服采购合同"})
	b.follow(`section[aria-labelledby="mend"] .button`)
	b.awaitText(`[role="status"]`, "已经收到您的补正")
	d.told("corrected", "办理中", "您提交了补正", "2025年校服采购合同")

	d.act("clerk", "consult", entry{"who", "third_party"}, entry{"name", "示例服装有限公司"}, entry{"contact", "清河市工业路3号"}, entry{"proof", "91110000100000002Q"}, entry{"what", "校服采购合同中的单价"})
	d.told("consulted", "征求有关方面的意见", "不计入期限")
	d.thirdPartyAnswers()
	d.told("replied", "办理中", "受理机关收到有关方面的意见")

	d.act("head", "extend", entry{"days", "10"}, entry{"why", "需要核对供货清单"})
	d.told("extended", "告知您延期答复", "政府信息公开延期答复告知书")

	d.documents(sheet(t, []string{"校服采购合同", "供货单位：示例服装有限公司", "单价：捌拾捌元整", "联系人电话：13900001234"}, []string{"附件：供货清单", "冬装 600 套", "夏装 600 套"}, []string{"附页：内部询价记录", "丙方报价玖拾玖元整"}))
	d.told("documents", "办理中")

	d.act("clerk", "decide", entry{"outcome1", "PARTIAL"}, entry{"ground1", "DENY_THIRD"}, entry{"content1", "2025年校服采购合同，遮盖单价后提供。"},
		entry{"reason1", "合同单价是供货单位的商业秘密，供货单位不同意公开。"}, entry{"harm1", "公开单价会损害供货单位在后续采购中的竞争地位。"})
	d.told("decided", "审核中", "提出答复意见，进入审核")
	d.people["legality-reviewer"].open(d.s.url + strings.Replace(d.at, "/cases/", "/requests/", 1) + "/letter")
	d.people["legality-reviewer"].look("journey-composer")
	d.act("legality-reviewer", "pass")
	d.told("passed", "等待签发", "审核通过")
	d.act("signer", "sign")
	d.told("signed", "正在送达", "答复已经签发")

	d.act("clerk", "serve", entry{"how", "post"}, entry{"proof", "XA12345678911"})
	d.told("posted", "已经寄出（", "受理机关送出答复", "邮", "政府信息部分公开答复书", "复议")
	d.act("clerk", "service_signed", entry{"proof", "本人签收"})
	d.told("arrived", "已经送达", "答复书已经签收", "最迟")
	d.act("clerk", "archive")
	d.told("archived", "已经办结", "办结归档", "提供给您的文件")
	d.lettersAndPackage()
	for login, b := range d.people {
		if bad := b.faults(); len(bad) > 0 {
			t.Errorf("%s: %q", login, bad)
		}
	}
	if log := d.s.logged(); strings.Contains(log, d.code) || strings.Contains(log, "甲乙丙") || strings.Contains(log, "示例服装") {
		t.Error("the code or a name stands in the log")
	}
	d.s.stop(t)
	l.clean(t)
}

// thirdPartyAnswers is the supplier, who has the code from the letter.
func (d *requestDesk) thirdPartyAnswers() {
	d.t.Helper()
	clerk := d.people["clerk"]
	clerk.open(d.s.url + d.at)
	clerk.follow(`section[aria-labelledby="parties"] th a`)
	clerk.look("journey-party")
	code := js[string](clerk, `[...document.querySelectorAll(".fact")].find(f => f.querySelector("dt").innerText === "意见查询码").querySelector("dd").innerText.trim()`)
	b := newTab(d.t)
	b.size(375)
	b.open(d.s.url + "/requests/opinion")
	b.look("journey-opinion-1")
	b.size(375)
	b.fill("#opinion-code", code)
	b.fill("#opinion-second", "002Q")
	b.follow(".ask-end .button")
	if page := b.text("main"); strings.Contains(page, "甲乙丙") || !strings.Contains(page, "等您提出意见") {
		d.t.Errorf("the third party reads %s", page)
	}
	b.look("journey-opinion-2")
	b.size(375)
	b.choose("#opinion-choice", "partly")
	b.choose("#opinion-choice", "partly")
	b.fill("#opinion-reason", "单价是商业秘密，其余可以公开。")
	b.follow(".ask-end .button")
	b.awaitText(`[role="status"]`, "已经收到您的意见")
	b.look("journey-opinion-3")
	if bad := b.faults(); len(bad) > 0 {
		d.t.Errorf("%q", bad)
	}
}

// documents is the work on the contract: the clerk hands it in, decides page by
// page, blackens the price, and another person looks at the result.
func (d *requestDesk) documents(file string) {
	d.t.Helper()
	clerk := d.people["clerk"]
	clerk.open(d.s.url + d.at)
	clerk.follow(`section[aria-labelledby="materials"] .button-second`)
	clerk.look("journey-files")
	clerk.do(chromedp.SetUploadFiles(chromedp.CSS(`#form-material input[type="file"]`), []string{file}))
	d.send(clerk, "#form-material", entry{"name", "校服采购合同.pdf"}, entry{"origin", "后勤科 2025 年案卷第 3 号"})
	clerk.look("journey-file")
	d.send(clerk, "#form-rule", entry{"choice", "give"}, entry{"pages", "1-2"})
	d.send(clerk, "#form-rule", entry{"choice", "withhold"}, entry{"pages", "3"}, entry{"ground", "DENY_PROCESS"}, entry{"why", "内部询价的过程稿"})
	for _, words := range []string{"捌拾捌元整", "13900001234"} {
		d.send(clerk, "#form-words", entry{"words", words}, entry{"ground", "DENY_THIRD"}, entry{"why", "商业秘密和个人信息"})
	}
	clerk.look("journey-file-marked")
	d.send(clerk, "#form-build")
	clerk.look("journey-file-built")
	clerk.open(d.s.url + d.at)
	if js[bool](clerk, `!!document.querySelector("#form-check_redaction")`) {
		d.t.Error("who blackened may look at it a second time")
	}
	officer := d.people["disclosure-officer"]
	d.duty(officer, d.s)
	officer.look("journey-second-person")
	officer.follow(`section[aria-labelledby="materials"] .papers a`)
	officer.open(d.s.url + officer.address() + "?of=result&page=1")
	officer.look("journey-result")
	d.send(officer, "#form-check", entry{"looked", "1"})
}

// lettersAndPackage reads the letter as it is printed, the document as it was
// given, and the archive package.
func (d *requestDesk) lettersAndPackage() {
	t, clerk := d.t, d.people["clerk"]
	t.Helper()
	clerk.open(d.s.url + d.at)
	clerk.look("journey-archived")
	answer := js[[]string](clerk, `[...document.querySelectorAll('section[aria-labelledby="letters"] li')].filter(l => l.innerText.includes("部分公开答复书")).flatMap(l => [...l.querySelectorAll("p a")].map(a => a.getAttribute("href")))`)
	if len(answer) < 2 {
		t.Fatalf("the answer is offered as %q", answer)
	}
	words := pictured(t, "journey-letter", clerk.fetch(answer[1]))
	for _, want := range []string{"政府信息部分公开答复书", "清教公开〔", "甲乙丙", "第三十七条", "商业秘密", "竞争地位", "清河市人民政府", "60日", "复议", "清河市河东区人民法院", "清河市教育局"} {
		if !strings.Contains(words, want) {
			t.Errorf("the letter does not say %q: %s", want, words)
		}
	}
	word := clerk.fetch(answer[0])
	parts, err := docfile.PartText(t.Context(), word, "word/document.xml", docfile.Limits{})
	if err != nil || !strings.Contains(parts, "部分公开") {
		t.Errorf("the Word file: %v", err)
	}
	given := clerk.fetch(js[string](clerk, `document.querySelector('section[aria-labelledby="materials"] .papers a').getAttribute("href")`) + "/result")
	text := pictured(t, "journey-given", given)
	if strings.Contains(text, "捌拾捌") || strings.Contains(text, "13900001234") || strings.Contains(text, "玖拾玖") || !strings.Contains(text, "冬装") {
		t.Errorf("given: %s", text)
	}
	files := wantSums(t, clerk.fetch(js[string](clerk, `document.querySelector('a[href$="/package.zip"]').getAttribute("href")`)))
	if !bytes.Contains(files["index.html"], []byte("甲乙丙")) && len(files["index.html"]) < 500 {
		t.Error("the package opens with nothing")
	}
}

// inked measures a picture of a page: its size, and how many points are dark.
func inked(t *testing.T, path string) (w, h, ink int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	box := img.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0x6000 {
				ink++
			}
		}
	}
	return box.Dx(), box.Dy(), ink
}
