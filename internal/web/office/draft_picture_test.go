package office

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/docfile"
	"gongkai/internal/release"
)

// A picture is uploaded with its words, stands behind the line that was named,
// and is seen on the slip, in the preview and in the package.
func TestDraft_PictureFromUploadToPackage(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		id := s.slip("qh-jyj", "clerk", slipText)
		edit := fmt.Sprintf("/office/releases/%d/edit", id)
		upload := func(alt, after, name string, body []byte) page {
			t.Helper()
			list := [][2]string{{"form_token", token(t, clerk.get(edit))}, {"alt", alt}, {"after", after}}
			b, kind := filesBodyAs(t, list, "file", name, body)
			return clerk.postRaw(fmt.Sprintf("/office/releases/%d/pictures", id), b, kind, "", 0)
		}
		s.has(clerk.get(edit), http.StatusOK, "正文图片", "表格（3 行）", "“一、做好准备”之后", `accesskey="p"`, "Alt+P")
		s.has(upload("", "end", "a.png", dot), http.StatusBadRequest, "“图片说明”：请写明图上是什么")
		s.has(upload("流程图", "end", "a.png", []byte("MZ program")), http.StatusBadRequest, "按文件内容识别", `value="流程图"`)
		s.has(upload("流程图", "end", "", nil), http.StatusBadRequest, "“图片”：请选择一张图片")
		s.done(upload("流程图", "2", "照片.bmp", dot)) // told by content, not by name
		s.has(clerk.get(edit), http.StatusOK, "一、做好准备\n〔图片：流程图〕\n按时供暖", "已在正文里")
		slip := clerk.get(slipPath(id))
		img := parsed(t, slip).Find(".slip-paper figure img")
		if img.Length() != 1 || img.AttrOr("alt", "") != "流程图" {
			t.Fatalf("%s", slip.words())
		}
		p := clerk.get(img.AttrOr("src", ""))
		if p.status != http.StatusOK || !strings.HasPrefix(p.body, "\x89PNG") {
			t.Errorf("the picture: %d", p.status)
		}
		s.has(clerk.get(fmt.Sprintf("/office/releases/%d/preview", id)), http.StatusOK, "公开页 关于做好冬季供暖工作的通知", img.AttrOr("src", ""))
		s.has(upload("流程图", "end", "a.png", dot), http.StatusBadRequest, "已经有一张图片叫“流程图”")
		s.done(upload("印样", "none", "a.png", dot))
		s.has(clerk.get(slipPath(id)), http.StatusOK, "图片“印样”没有放进正文")
		p = clerk.get(edit)
		drop := parsed(t, p).Find(`.picture-list form`).Last().AttrOr("action", "")
		s.done(clerk.send(p, drop, nil))
		s.done(clerk.submit(slipPath(id), act(id, release.ActSubmit), nil))
		s.done(people[access.Reviewer].submit(slipPath(id), act(id, release.ActPassReview), nil))
		s.done(people[access.SecrecyReviewer].submit(slipPath(id), act(id, release.ActPassSecrecy), nil))
		s.done(people[access.Signer].submit(slipPath(id), act(id, release.ActSign), nil))
		s.has(clerk.get(slipPath(id)), http.StatusOK, "data-until=")
		s.out()
		packed := unpacked(t, clerk.get(slipPath(id)+"/package.zip"))
		if b := packed["pictures/01-流程图.png"]; !bytes.HasPrefix(b, []byte("\x89PNG")) {
			t.Errorf("the package holds %d files and not the picture", len(packed))
		}
		if page := string(packed["index.html"]); !strings.Contains(page, `<img src="pictures/01-%E6%B5%81%E7%A8%8B%E5%9B%BE.png" alt="流程图">`) && !strings.Contains(page, `<img src="pictures/01-流程图.png" alt="流程图">`) {
			t.Errorf("%s", page)
		}
	})
}

func TestDraft_WordFileBringsTablesAndPictures(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		clerk := s.crew()[access.Clerk]
		s.slip("qh-jyj", "clerk", slipText)
		var file bytes.Buffer
		err := docfile.WriteDOCX(&file, docfile.DocxContent{Title: "关于停车的通知", Blocks: []docfile.Block{docfile.Paragraph{Text: "一、流程"}, docfile.Picture{Data: dot, Alt: "流程/图"},
			docfile.Table{Rows: [][]docfile.Cell{{{Text: "车型"}, {Text: "元"}}, {{Text: "小型车"}, {Text: "5"}}}}, docfile.Picture{Data: dot}}})
		if err != nil {
			t.Fatal(err)
		}
		p := clerk.get("/office/releases/new")
		list := [][2]string{{"form_token", token(t, p)}, {"once", "word-1"}, {"organ", "qh-jyj"}}
		b, kind := filesBodyAs(t, list, "file", "通知.docx", file.Bytes())
		p = clerk.postRaw("/office/releases/new/upload", b, kind, "", 0)
		s.done(p)
		s.has(clerk.get(p.header.Get("Location")), http.StatusOK, "一、流程\n〔图片：流程图〕\n车型\t元\n小型车\t5\n〔图片：图1〕", "已带入 2 张图片")
	})
}

func TestDraft_NumbersAreProposedAndTaken(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		clerk := s.crew()[access.Clerk]
		id := s.slip("qh-jyj", "clerk", "第一条　为了规范，制定本办法。\n第三条　依照第一条办理。\n第四条　本办法自公布之日起施行。\n")
		edit := fmt.Sprintf("/office/releases/%d/edit", id)
		s.has(clerk.get(edit), http.StatusOK, "条文序号不连续", "应当改 2 处", "第三条　依照第一条办理。")
		s.done(clerk.submit(edit, fmt.Sprintf("/office/releases/%d/renumber", id), nil))
		p := clerk.get(edit)
		s.has(p, http.StatusOK, "第二条　依照第一条办理。", "已改 2 处条文序号", "请核对正文里")
		if strings.Contains(p.body, "条文序号不连续") {
			t.Error("it is proposed again")
		}
	})
}

// Whoever opens the editor may choose an entry; it fills ground and reason of
// what is withheld and of nothing else, and the slip says which entry it was.
func TestA11_NegativeListFillsAndDecidesNothing(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk, officer := people[access.Clerk], people[access.DisclosureOfficer]
		entry := map[string]string{"organ": "qh-jyj", "matter": "供暖讨论记录", "ground": "DENY_PROCESS", "reason": "属于讨论记录", "keywords": "供暖、除雪", "from": "2026-01-01", "source": "教办〔2026〕1号"}
		s.has(clerk.get("/office/negative-list"), http.StatusOK, "清单是空的", "由政府信息公开工作机构填写")
		for field, want := range map[string]string{"matter": "“事项”：请填写", "ground": "“法律依据”：请选择", "reason": "“理由”：请填写", "source": "“出处”：请填写", "from": "“生效日期”：请填写"} {
			bad := map[string]string{}
			for k, v := range entry {
				bad[k] = v
			}
			bad[field] = ""
			s.has(officer.submit("/office/negative-list", "/office/negative-list", bad), http.StatusBadRequest, want)
		}
		s.done(officer.submit("/office/negative-list", "/office/negative-list", entry))
		s.has(officer.submit("/office/negative-list", "/office/negative-list", entry), http.StatusBadRequest, "清单里已经有“供暖讨论记录”")
		s.has(clerk.get("/office/negative-list"), http.StatusOK, "供暖讨论记录", "过程性信息", "教办〔2026〕1号")

		id := s.slip("qh-jyj", "clerk", slipText)
		edit := fmt.Sprintf("/office/releases/%d/edit", id)
		p := clerk.get(edit)
		s.has(p, http.StatusOK, "文稿里有“供暖”", "适用不适用，请您判断")
		if v, _ := parsed(t, p).Find(`[name="attribute"][checked]`).Attr("value"); v != string(release.Proactive) {
			t.Errorf("the hint changed the attribute to %q", v)
		}
		listed := parsed(t, p).Find("#f-listed option").Last().AttrOr("value", "")
		s.has(clerk.submit(edit, edit, map[string]string{"listed": listed, "use_listed": "1"}), http.StatusBadRequest, "先选定“不予公开”")
		s.done(clerk.submit(edit, edit, map[string]string{"attribute": "不予公开", "listed": listed, "use_listed": "1", "ground": "DENY_LAW"}))
		p = clerk.get(edit)
		if v := parsed(t, p).Find("#f-ground option[selected]").AttrOr("value", ""); v != "DENY_PROCESS" {
			t.Errorf("ground %q", v)
		}
		s.has(p, http.StatusOK, "属于讨论记录")
		s.has(clerk.get(slipPath(id)), http.StatusOK, "负面清单条目", "供暖讨论记录")
		s.has(clerk.submit(edit, edit, map[string]string{"attribute": "不予公开", "ground": "DENY_LAW", "reason": "另有规定", "listed": "9999"}), http.StatusBadRequest, "这一条对本机构不适用")

		sheet := officer.get("/office/negative-list.xlsx")
		at := fmt.Sprintf("/office/negative-list/%s/end", listed)
		s.done(officer.submit("/office/negative-list", at, nil))
		s.has(clerk.get("/office/negative-list"), http.StatusOK, "清单是空的")
		s.has(clerk.get(slipPath(id)), http.StatusOK, "供暖讨论记录") // a slip keeps what it used
		send := func(name string, body []byte) page {
			t.Helper()
			b, kind := filesBodyAs(t, [][2]string{{"form_token", token(t, officer.get("/office/negative-list"))}}, "file", name, body)
			return officer.postRaw("/office/negative-list/import", b, kind, "", 0)
		}
		s.has(send("a.xlsx", []byte("PK nothing")), http.StatusBadRequest, "不是能打开的 Excel 文件")
		s.done(send("清单.xlsx", []byte(sheet.body)))
		s.has(send("清单.xlsx", []byte(sheet.body)), http.StatusBadRequest, "第 2 行", "全部没有保存")
		s.has(clerk.get("/office/negative-list"), http.StatusOK, "供暖讨论记录")
	})
}

func TestSlips_FilteredByState(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		id := s.slip("qh-jyj", "clerk", slipText)
		s.slip("qh-jyj", "clerk", slipText+"\n另一份")
		s.done(clerk.submit(slipPath(id), act(id, release.ActSubmit), nil))
		s.has(clerk.get("/office/releases?state=checking"), http.StatusOK, "共 <strong>1</strong> 张", `value="checking" selected`)
		s.has(clerk.get("/office/releases?state=drafting&class=open"), http.StatusOK, "共 <strong>1</strong> 张", "state=drafting")
		s.has(clerk.get("/office/releases?state=published"), http.StatusOK, "没有符合条件的审签单")
		s.has(clerk.get("/office/releases?state=nonsense"), http.StatusBadRequest, "“步骤”：没有“nonsense”这一种")
	})
}
