package portal

import (
	"strings"
	"testing"

	"gongkai/internal/document"
)

// A picture stands beside its paragraph with its words; one whose file is gone
// leaves its words, and the list of files names only what is not in the text.
func TestPicture_InTheTextOfAWork(t *testing.T) {
	text := "第一条　流程见图。\n〔图片：办理“流程”图〕\n〔图片：没有的图〕\n第二条　本办法自公布之日起施行。\n某局\n〔图片：印样〕\n"
	files := []document.File{{Position: 1, Name: "办理“流程”图.png", MIME: "image/png", Role: "picture"}, {Position: 2, Name: "印样.jpg", MIME: "image/jpeg", Role: "picture"},
		{Position: 3, Name: "没有放进正文.png", MIME: "image/png", Role: "picture"}, {Position: 4, Name: "没有的图.png", MIME: "image/png", Role: "attachment"}}
	shown := picturesOf(files, func(f document.File) string { return "/x/" + f.SHA256 + string(rune('0'+f.Position)) + "?a=1&b=2" })
	body := string(writeText(&document.Edition{}, text, provisionsOf(text), nil, nil, shown).Body)
	for _, want := range []string{`<img src="/x/1?a=1&amp;b=2" alt="办理“流程”图" loading="lazy"><figcaption>办理“流程”图`, `alt="印样"`, "〔图片：没有的<span"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Count(body, "<figure") != 2 || strings.Contains(body, "〔图片：印样〕") {
		t.Errorf("%s", body)
	}
	var left []string
	for _, f := range files {
		if !shownInText(text, f) {
			left = append(left, f.Name)
		}
	}
	if len(left) != 2 || left[0] != "没有放进正文.png" || left[1] != "没有的图.png" {
		t.Errorf("listed: %q", left)
	}
}
