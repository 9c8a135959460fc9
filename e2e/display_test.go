package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"rsc.io/qr"

	"gongkai/internal/docfile"
)

// TestW18_03_ColoursAndSize chooses 护眼 and a larger type by the settings:
// both change what is seen, are kept for the next page, and work for one page
// without scripts.
func TestW18_03_ColoursAndSize(t *testing.T) {
	s := sharedSite(t)
	address := fmt.Sprintf("%s/works/%d", s.url, at(t, pairID).work)
	const ground = `getComputedStyle(document.querySelector(".page")).backgroundColor + getComputedStyle(document.body).backgroundColor`
	const size = `parseFloat(getComputedStyle(document.querySelector(".text p")).fontSize)`
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			b := newTab(t)
			b.size(1280)
			b.noScripts(!scripts)
			b.open(address)
			plainGround, plainSize := js[string](b, ground), js[float64](b, size)
			b.do(chromedp.Click(chromedp.CSS(".display-settings summary")))
			b.do(chromedp.Click(chromedp.CSS(`label[for="theme-care"]`)))
			careGround := js[string](b, ground)
			b.do(chromedp.Click(chromedp.CSS(`label[for="size-3"]`)))
			if careGround == plainGround {
				t.Errorf("护眼 changes no colour: %s", careGround)
			}
			if got := js[float64](b, size); got <= plainSize {
				t.Errorf("特大 gives %v px, standard is %v px", got, plainSize)
			}
			if !scripts {
				return
			}
			b.open(s.url + "/policies")
			if got := js[string](b, ground); got != careGround {
				t.Errorf("the next page has lost 护眼: %s, want %s", got, careGround)
			}
		})
	}
}

// TestElderLarge wants 22 px text and targets of 60 px in 长者模式.
func TestElderLarge(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(375)
	b.open(fmt.Sprintf("%s/elder/works/%d", s.url, at(t, noticeID).work))
	if got := js[float64](b, `parseFloat(getComputedStyle(document.querySelector(".text p")).fontSize)`); got < 22 {
		t.Errorf("the text is %v px", got)
	}
	small := js[[]string](b, `[...document.querySelectorAll(".site-nav a, button")].filter(e => e.offsetParent && e.getBoundingClientRect().height < 60)
		.map(e => e.innerText + " " + Math.round(e.getBoundingClientRect().height) + "px")`)
	if len(small) > 0 {
		t.Errorf("below 60 px: %q", small)
	}
}

// TestTraditional reads in 繁體: title and text are converted, every link of
// the site stays in /hant, and 简体 leads back to the same page.
func TestTraditional(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(1280)
	path := fmt.Sprintf("/works/%d", at(t, pairID).work)
	b.open(s.url + "/hant" + path)
	if got := b.text("h1"); got != "最高人民法院關於設立國際商事法庭若干問題的規定" {
		t.Errorf("h1 is %q", got)
	}
	leaving := js[[]string](b, `[...document.querySelectorAll("a[href^='/']")].filter(a => a.hreflang !== "zh-CN")
		.map(a => a.getAttribute("href")).filter(h => !h.startsWith("/hant/") && !["/signin", "/feeds/latest", "/api/v1/"].includes(h))`)
	if len(leaving) > 0 {
		t.Errorf("links that leave /hant: %q", leaving)
	}
	forms := js[[]string](b, `[...document.forms].map(f => f.getAttribute("action")).filter(a => !a.startsWith("/hant/"))`)
	if len(forms) > 0 {
		t.Errorf("forms that leave /hant: %q", forms)
	}
	b.follow(fmt.Sprintf(`.band-links a[href="/hant%s/compare"]`, path))
	if !strings.HasPrefix(b.address(), "/hant"+path+"/compare") {
		t.Errorf("the comparison is at %s", b.address())
	}
	b.follow(`.site-tools a[hreflang="zh-CN"]`)
	b.wantAddress(path + "/compare")
	// A text in traditional script keeps it on the plain page too.
	b.open(fmt.Sprintf("%s/works/%d", s.url, at(t, hantID).work))
	if got := b.text("h1"); !strings.Contains(got, "威海市人民政府辦公室關于進一步做好政務公開工作的通知") {
		t.Errorf("the plain page has changed the source's script: %q", got)
	}
}

// TestPrint prints a work on A4: the file holds title and text, and nothing of
// the frame around them.
func TestPrint(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(1280)
	b.open(fmt.Sprintf("%s/works/%d", s.url, at(t, pairID).work))
	file := ask(b, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	doc, err := docfile.Read(context.Background(), "work.pdf", bytes.NewReader(file), int64(len(file)), docfile.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	// Chromium writes some hanzi of Noto as the radicals that look the same.
	text := strings.ReplaceAll(strings.Join(strings.Fields(doc.Text), ""), "⺠", "民")
	for _, want := range []string{"最高人民法院关于设立国际商事法庭若干问题的规定", "第一条", "发文机关"} {
		if !strings.Contains(text, want) {
			t.Errorf("the print lacks %q: %s", want, keepEvidence(t, "print.pdf", file))
		}
	}
	for _, frame := range []string{"显示设置", "长者模式", "跳到正文"} {
		if strings.Contains(text, frame) {
			t.Errorf("the print shows %q: %s", frame, keepEvidence(t, "print.pdf", file))
		}
	}
}

// TestZ25_06_QRCode scans the code as a camera would, point by point: it names
// the address of its page.
func TestZ25_06_QRCode(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(1280)
	path := fmt.Sprintf("/works/%d", at(t, pairID).work)
	b.open(s.url + path)
	if got := b.text(".qr"); !strings.Contains(got, "扫码使用手机浏览本页") {
		t.Errorf("beside the code stands %q", got)
	}
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	want := "http://" + u.Host + path
	for _, level := range []qr.Level{qr.L, qr.M, qr.Q, qr.H} {
		code, err := qr.Encode(want, level)
		if err != nil {
			t.Fatal(err)
		}
		if b.shows(code) {
			return
		}
	}
	t.Errorf("the code does not name %s\n%s", want, b.picture("qr"))
}

// shows compares the picture of the code with a matrix, with any quiet zone of
// up to eight points.
func (b *tab) shows(code *qr.Code) bool {
	b.t.Helper()
	var bits strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				bits.WriteByte('1')
			} else {
				bits.WriteByte('0')
			}
		}
	}
	return js[bool](b, fmt.Sprintf(`(() => {
		const img = document.querySelector(".qr img"), n = %d, want = %q;
		for (let quiet = 0; quiet <= 8; quiet++) {
			const side = n + 2 * quiet, c = document.createElement("canvas");
			c.width = c.height = side * 8;
			const g = c.getContext("2d");
			g.fillStyle = "#fff"; g.fillRect(0, 0, c.width, c.height);
			g.drawImage(img, 0, 0, c.width, c.height);
			let got = "";
			for (let y = 0; y < n; y++) for (let x = 0; x < n; x++)
				got += g.getImageData((x + quiet) * 8 + 4, (y + quiet) * 8 + 4, 1, 1).data[0] < 128 ? "1" : "0";
			if (got === want) return true;
		}
		return false;
	})()`, code.Size, bits.String()))
}
