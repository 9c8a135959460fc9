package e2e

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// chart is a picture as somebody would hand it in.
func chart(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 640, 320))
	for y := range 320 {
		for x := range 640 {
			c := color.RGBA{255, 255, 255, 255}
			if x/80%2 == 0 && y > 320-40*(x/80+1) {
				c = color.RGBA{30, 90, 160, 255}
			}
			m.Set(x, y, c)
		}
	}
	path := filepath.Join(t.TempDir(), "统计图.png")
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

// TestRelease_TheEditorOfBlocks writes a draft with the tools of the editor: a
// table in the grid, pasted from a spreadsheet, an article, a picture at the
// cursor, the outline, and the preview by its key.
func TestRelease_TheEditorOfBlocks(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withRelease(t, "清河市民政局")
	s := l.serve(t)
	s.nameBody(t)
	b := newTab(t)
	b.size(1280)
	b.signIn(s, "clerk")
	file := asWord(t, "清河市停车办法\n第一章　总则\n第一条　为了方便停车，制定本办法。\n第二条　收费标准如下：\n第四条　本办法自2027年1月1日起施行。")
	var h hands
	b.open(s.url + "/office/releases/new")
	h.choose(b, `#draft-upload input[type="file"]`, file)
	h.follow(b, `#draft-upload .button`)
	text := func() string { return js[string](b, `document.getElementById("f-text").value`) }
	cursor := func(words string) {
		t.Helper()
		js[bool](b, `(function(){var t=document.getElementById("f-text"),i=t.value.indexOf("`+words+`");t.focus();t.setSelectionRange(i,i);return i>=0})()`)
	}

	cursor("第二条")
	h.press(b, `[data-insert="table"]`)
	b.write("车型")
	js[bool](b, `(function(){var d=new DataTransfer();d.setData("text","车型\t首小时\t以后\r\n小型车\t5元\t2元\r\n大型车\t8元\t4元\r\n");return document.activeElement.dispatchEvent(new ClipboardEvent("paste",{clipboardData:d,bubbles:true,cancelable:true}))})()`)
	h.press(b, `[data-grid="drop-column"]`)
	b.look("editor-grid")
	h.press(b, `[data-grid="done"]`)
	if got := text(); !strings.Contains(got, "收费标准如下：\n首小时\t以后\n5元\t2元\n8元\t4元\n第四条") {
		t.Fatalf("the grid wrote %q", got)
	}
	cursor("小型车")
	cursor("8元")
	h.press(b, `[data-insert="table"]`)
	if n := js[int](b, `document.querySelectorAll(".draft-grid-table tr").length`); n != 3 {
		t.Errorf("the grid opened with %d rows", n)
	}
	js[bool](b, `(function(){var i=document.querySelectorAll(".draft-grid-table input");i[2].focus();i[2].dispatchEvent(new KeyboardEvent("keydown",{key:"ArrowDown",bubbles:true,cancelable:true}));return true})()`)
	if at := js[string](b, `document.activeElement.getAttribute("aria-label")`); at != "第 3 行第 1 列" {
		t.Errorf("the arrow led to %s", at)
	}
	h.press(b, `[data-grid="cancel"]`)
	cursor("第四条")
	h.press(b, `[data-insert="article"]`)
	if !strings.Contains(text(), "施行。\n第四条　") && !strings.Contains(text(), "\n第四条　\n") {
		t.Errorf("the article: %q", text())
	}
	js[bool](b, `(function(){var t=document.getElementById("f-text");t.value=t.value.replace(/\n第四条　$/,"").replace("\n第四条　\n","\n");return true})()`)

	cursor("为了方便")
	h.press(b, `[data-insert="picture"]`)
	b.write("停车位统计图")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#picture-file"), []string{chart(t)}))
	h.follow(b, `#picture-form button`)
	b.awaitText("#pictures", "已在正文里")
	if !strings.Contains(text(), "制定本办法。\n〔图片：停车位统计图〕\n第二条") || !strings.Contains(text(), "5元\t2元") {
		t.Fatalf("the picture stands in %q", text())
	}
	b.look("editor")
	h.press(b, "#draft-outline li:last-child button")
	if at := js[string](b, `(function(){var t=document.getElementById("f-text");return t.value.slice(t.selectionStart,t.selectionEnd)})()`); !strings.HasPrefix(at, "第四条") {
		t.Errorf("the outline led to %q", at)
	}
	b.awaitText(".draft-renumber", "照这样改")
	h.follow(b, `.draft-renumber button`)
	if !strings.Contains(text(), "第三条　本办法") {
		t.Errorf("renumbered: %q", text())
	}
	h.follow(b, `a[accesskey="p"]`)
	b.awaitText("main", "预览，尚未公开")
	if n := js[int](b, `[...document.querySelectorAll(".text img")].filter(i=>{i.loading="eager";return i.alt==="停车位统计图"}).length`); n != 1 {
		t.Errorf("%d pictures in the preview", n)
	}
	b.look("preview")
	b.open(s.url + "/office/releases/1")
	b.look("slip-picture")
	b.open(s.url + "/office/negative-list")
	b.look("negative-list")
	b.open(s.url + "/office/releases?state=drafting")
	b.look("release-list-state")
	if bad := b.faults(); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
}
