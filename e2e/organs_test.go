package e2e

import (
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// drawnPhoto writes a picture of nobody and returns its path.
func drawnPhoto(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 300, 400))
	for y := range 400 {
		for x := range 300 {
			m.SetRGBA(x, y, color.RGBA{uint8(x / 2), 120, uint8(y / 2), 255})
		}
	}
	path := filepath.Join(t.TempDir(), "照片.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestQ24_1b_LeaderFromTheFormToThePublicPage is the whole way: a library
// manager enters a leader with a photo and a unit, the public page shows both,
// and no longer after the term has ended.
func TestQ24_1b_LeaderFromTheFormToThePublicPage(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withPeople(t)
	s := l.serve(t)
	b := newTab(t)
	b.size(1280)
	b.signIn(s, "manager")
	at := s.url + "/office/organ/" + deskOrgan
	b.open(at + "/leaders")
	b.look("leaders-empty")
	b.follow(".head-acts a")
	b.look("leader-new")
	for name, words := range map[string]string{"name": "澹台明溪", "post": "党组书记、局长", "duties": "主持全面工作。", "cv": "大学学历。"} {
		b.do(chromedp.Focus(chromedp.CSS(`#form-leader [name="` + name + `"]`)))
		b.write(words)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`#form-leader input[type="file"]`), []string{drawnPhoto(t)}))
	b.follow("#form-leader button")
	b.awaitText(".notice", "公开页面随即显示")
	b.look("leaders")
	b.follow("tbody th a")
	b.look("leader")
	b.open(at + "/units/new")
	b.look("unit-new")
	b.do(chromedp.Focus(chromedp.CSS(`#form-unit [name="name"]`)))
	b.write("基础教育科")
	b.follow("#form-unit button")
	b.awaitText("main", "基础教育科")
	b.look("units")
	b.open(at)
	b.look("organ-office")

	public := s.url + "/organs/" + deskOrgan
	b.open(public)
	words := b.text("main")
	for _, want := range []string{"澹台明溪", "党组书记、局长", "主持全面工作。", "基础教育科"} {
		if !strings.Contains(words, want) {
			t.Errorf("the public page lacks %q", want)
		}
	}
	eventually(t, func() string { // the picture comes when it is looked at
		if !js[bool](b, `(i => { i.scrollIntoView(); return i.complete && i.naturalWidth === 180 && i.alt === "澹台明溪的照片" })(document.querySelector("img.leader-face"))`) {
			return "the photo is not on the public page"
		}
		return ""
	})
	b.look("organ-public")
	photo := js[string](b, `new URL(document.querySelector("img.leader-face").src).pathname`)

	b.open(at + "/leaders")
	b.follow("tbody th a")
	b.click("details.change summary")
	b.do(chromedp.Focus(chromedp.CSS(`#form-end [name="to"]`)))
	b.writeDay("2020", "01", "31")
	b.follow("#form-end button")
	b.awaitText(".notice", "任期已结束")
	if status, body := s.get(t, "/organs/"+deskOrgan); status != http.StatusOK || strings.Contains(body, "澹台明溪") {
		t.Errorf("%d: somebody who left is still shown", status)
	}
	if status, _ := s.get(t, photo); status != http.StatusNotFound {
		t.Errorf("the photo of somebody who left: %d", status)
	}
	if bad := b.faults(); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
	s.stop(t)
	l.clean(t)
}
