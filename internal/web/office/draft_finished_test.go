package office

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/docfile"
)

func TestWordsFirst_WordComesBeforeTheFinishedFile(t *testing.T) {
	files := []draftFile{{Name: "红头.PDF"}, {Name: "a.ofd"}, {Name: "附表.xlsx"}, {Name: "正文.docx"}}
	if got := wordsFirst(files); !slices.Equal(got, []int{2, 3, 0, 1}) {
		t.Error(got)
	}
}

func TestUnlike_CountsParagraphsThatAreNotThere(t *testing.T) {
	laidOut := "关于停车的\n通知\n一、按时供暖，温\n度不低于18度。\n— 1 —\n二、不得收费。"
	for text, want := range map[string]int{"关于停车的通知\n一、按时供暖，温度不低于18度。": 0, "一、按时供暖，温度不低于16度。": 1, "短句。": 0, "〔图片：没有的流程图说明〕": 0} {
		if got := unlike(text, laidOut); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// sealedOFD is a page of text as an office system gives it out.
func sealedOFD(t *testing.T, lines ...string) []byte {
	t.Helper()
	page := ""
	for i, l := range lines {
		left := 20
		if i >= len(lines)-2 { // who issued it and when stand on the right
			left = 110
		}
		page += fmt.Sprintf(`<TextObject Boundary="%d %d 80 8" Size="5"><TextCode X="0" Y="5">%s</TextCode></TextObject>`, left, 20+10*i, l)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"OFD.xml", `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>`},
		{"Doc_0/Document.xml", `<Document><Pages><Page ID="1" BaseLoc="Pages/P0/Content.xml"/></Pages></Document>`},
		{"Doc_0/Pages/P0/Content.xml", `<Page><Content><Layer>` + page + `</Layer></Content></Page>`}} {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The finished file of the office system comes with its Word text: the words
// are those of the Word file, the number and the day those of the finished one,
// and a paragraph that differs is told.
func TestDraft_FinishedFileWithItsWordText(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		clerk := s.crew()[access.Clerk]
		s.slip("qh-jyj", "clerk", slipText)
		finished := sealedOFD(t, "清教〔2026〕61号", "关于停车的通知", "各学校：", "一、各学校要按时停车收费。", "清河市教育局", "2026年11月19日")
		for i, c := range []struct{ words, says string }{{"一、各学校要按时停车收费。", "和成品文件“成品.ofd”一致"}, {"一、各学校不得停车收费。", "有 1 段和成品文件“成品.ofd”不一样"}} {
			var word bytes.Buffer
			if err := docfile.WriteDOCX(&word, docfile.DocxContent{Title: "关于停车的通知", Blocks: []docfile.Block{docfile.Paragraph{Text: "各学校："}, docfile.Paragraph{Text: c.words}}}); err != nil {
				t.Fatal(err)
			}
			p := clerk.sendFiles("/office/releases/new/upload", [][2]string{{"form_token", token(t, clerk.get("/office/releases/new"))}, {"once", fmt.Sprint("both-", i)}, {"organ", "qh-jyj"}},
				[]sent{{"成品.ofd", finished}, {"正文.docx", word.Bytes()}}, "")
			s.done(p)
			page := clerk.get(p.header.Get("Location"))
			s.has(page, http.StatusOK, c.says, "成品.ofd")
			d := parsed(t, page)
			if words := d.Find("#f-text").Text(); !strings.Contains(words, c.words) || strings.Contains(words, "61号") {
				t.Errorf("the text is not that of the Word file: %q", words)
			}
			if no, day := d.Find("#f-doc_no").AttrOr("value", ""), d.Find("#f-adopted_on").AttrOr("value", ""); no != "清教〔2026〕61号" || day != "2026-11-19" {
				t.Errorf("the finished file gave %q of %q", no, day)
			}
		}
	})
}
