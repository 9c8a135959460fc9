package request_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/app"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// pdfLine is a line of a test page, in points from the bottom.
type pdfLine struct {
	y     int
	words string
}

// pdfWith writes a PDF of pages in Helvetica, with words in its properties, in
// a note and as invisible text of the first page.
func pdfWith(unseen string, pages ...[]pdfLine) []byte {
	var b bytes.Buffer
	var at []int
	obj := func(format string, args ...any) int {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(at))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
		return len(at)
	}
	b.WriteString("%PDF-1.4\n")
	obj("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>")
	tree := 1 + 3*len(pages) + 1
	kids := ""
	for i, lines := range pages {
		var s strings.Builder
		s.WriteString("BT /F1 14 Tf ")
		for _, l := range lines {
			fmt.Fprintf(&s, "1 0 0 1 72 %d Tm (%s) Tj ", l.y, l.words)
		}
		if i == 0 && unseen != "" {
			fmt.Fprintf(&s, "3 Tr 1 0 0 1 72 60 Tm (%s) Tj ", unseen)
		}
		s.WriteString("ET")
		note := obj("<</Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (%s)>>", unseen)
		content := obj("<</Length %d>>\nstream\n%s\nendstream", s.Len(), s.String())
		kids += fmt.Sprintf("%d 0 R ", obj("<</Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Annots [%d 0 R] /Resources <</Font <</F1 1 0 R>>>>>>", tree, content, note))
	}
	obj("<</Type /Pages /Count %d /Kids [%s]>>", len(pages), kids)
	root := obj("<</Type /Catalog /Pages %d 0 R>>", tree)
	info := obj("<</Author (%s) /Title (%s)>>", unseen, unseen)
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, root, info, xref)
	return b.Bytes()
}

// fileDesk is an office whose requests may hold documents.
func fileDesk(t *testing.T, db *store.DB) (*desk, filestore.Store) {
	t.Helper()
	d := open(t, db)
	files := filestore.Rows(db)
	d.room.KeepMaterials(request.MaterialDeps{Store: files, Pages: app.PagePictures, Text: app.PDFText})
	d.setProfile()
	return d, files
}

func (d *desk) gather() int64 {
	d.t.Helper()
	rc := d.submit(nil)
	d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
	return rc.Case
}

func (d *desk) addFile(id int64, name string, data []byte) int64 {
	d.t.Helper()
	f, err := d.room.AddMaterial(ctx, d.people["clerk"], id, request.NewMaterial{Name: name, Origin: "规划科档案"}, data)
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func (d *desk) fine(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) decideForm() *request.DecideForm {
	return &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "布局规划", Outcome: request.Partial, Content: "规划文本一份", Reason: "含有不应公开的内容", Grounds: []request.Outcome{request.DenyProcess}}}}}
}

// everythingIn unpacks a file as unzip, strings and pdftotext would, and joins
// what each of them gives.
func everythingIn(t *testing.T, data []byte) string {
	t.Helper()
	all := string(data)
	if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
		for _, f := range z.File {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(rc)
			if err != nil {
				t.Fatal(err)
			}
			all += "\n" + f.Name + "\n" + string(b)
		}
	}
	for rest := data; ; {
		i := bytes.Index(rest, []byte("stream\n"))
		if i < 0 {
			break
		}
		rest = rest[i+7:]
		if z, err := zlib.NewReader(bytes.NewReader(rest)); err == nil {
			b, _ := io.ReadAll(z) // a cut stream gives what it has
			all += "\n" + string(b)
		}
	}
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{{"strings", "-a", name}, {"pdftotext", "-layout", name, "-"}, {"pdfinfo", name}} {
		out, err := exec.Command(c[0], c[1:]...).Output()
		if err == nil {
			all += "\n" + string(out)
		}
	}
	return all
}

func needPoppler(t *testing.T) {
	t.Helper()
	for _, p := range []string{"pdftoppm", "pdftotext"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Fatal("poppler-utils is missing: run `make test`, which installs it")
		}
	}
}

const keptLine, alphaWords, betaWords, gammaWords = "KEPT-PARAGRAPH-ONE", "ALPHA-SECRET-NAME", "BETA-SECRET-FIRM", "GAMMA-SECRET-DRAFT"

// threeLayers is a request with a PDF redacted on three grounds: words, words,
// and a box; page three is withheld with the third.
func (d *desk) threeLayers() (id, file int64) {
	d.t.Helper()
	id = d.gather()
	data := pdfWith(alphaWords+" "+betaWords+" "+gammaWords, []pdfLine{{700, keptLine}, {650, "Owner " + alphaWords + " paid"}, {600, "Firm " + betaWords + " sold"}},
		[]pdfLine{{700, "SECOND-KEPT"}, {650, gammaWords}, {500, alphaWords}}, []pdfLine{{700, "THIRD " + gammaWords}})
	file = d.addFile(id, "规划.pdf", data)
	clerk := d.people["clerk"]
	d.fine(d.room.Rule(ctx, clerk, id, file, request.RuleForm{Choice: request.GiveAll}))
	d.fine(d.room.Mark(ctx, clerk, id, file, request.MarkForm{Words: alphaWords, Ground: "DENY_THIRD", Reason: "个人姓名"}))
	d.fine(d.room.Mark(ctx, clerk, id, file, request.MarkForm{Words: betaWords, Ground: "DENY_THIRD", Layer: "商业秘密", Reason: "企业报价"}))
	d.fine(d.room.Mark(ctx, clerk, id, file, request.MarkForm{Page: 2, X: 60, Y: 842 - 665, W: 400, H: 22, Ground: "DENY_PROCESS", Reason: "讨论稿"}))
	d.fine(d.room.Rule(ctx, clerk, id, file, request.RuleForm{Pages: []int{3}, Choice: request.KeepBack, Ground: "DENY_PROCESS", Reason: "讨论稿"}))
	return id, file
}

// served brings a request with its document to the applicant and gives what
// the applicant got.
func (d *desk) handOut(id, file int64) []byte {
	d.t.Helper()
	_, err := d.room.Build(ctx, d.people["clerk"], id, file)
	d.fine(err)
	d.must(id, "disclosure_officer", request.ActChecked, &request.CheckedForm{File: file, Looked: true})
	d.must(id, "clerk", request.ActDecide, d.decideForm())
	d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
	d.must(id, "signer", request.ActSign, &request.NoteForm{})
	d.must(id, "clerk", request.ActServe, &request.ServeForm{How: "post", On: workday.DateOf(d.now), Proof: "EMS1234567890"})
	return d.handedOut(id)
}

func (d *desk) materialsOf(id int64) *request.Request {
	d.t.Helper()
	v, err := d.kernel.View(ctx, d.people["disclosure_officer"], id)
	d.fine(err)
	return v.Data.(*request.Request)
}

func (d *desk) handedOut(id int64) []byte {
	d.t.Helper()
	list := d.materialsOf(id).Served()
	if len(list) != 1 {
		d.t.Fatalf("%d files were handed out", len(list))
	}
	_, data, err := d.room.HandedOut(ctx, casework.Applicant, id, list[0].ID)
	d.fine(err)
	return data
}

func wants(t *testing.T, when string, data []byte, there, gone []string) {
	t.Helper()
	all := everythingIn(t, data)
	words, ok, err := app.PDFText(ctx, data)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	for _, w := range gone {
		if strings.Contains(all, w) {
			t.Errorf("%s: %s is still in the file", when, w)
		}
	}
	for _, w := range there {
		if !strings.Contains(words, w) {
			t.Errorf("%s: %s is no longer in the text:\n%s", when, w, words)
		}
	}
}

// Check 6: what was removed is found by no reader, what stays is found; a layer
// that is lifted shows its own words and no others.
func TestA81_ThreeLayersOneLifted(t *testing.T) {
	needPoppler(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, _ := fileDesk(t, db)
		id, file := d.threeLayers()
		first := d.handOut(id, file)
		wants(t, "first", first, []string{keptLine, "SECOND-KEPT", "Owner", "paid", "Firm", "sold"}, []string{alphaWords, betaWords, gammaWords, "THIRD"})
		q := d.materialsOf(id)
		if len(q.Material.Layers) != 3 {
			t.Fatalf("%d layers", len(q.Material.Layers))
		}
		if v := q.Served()[0]; !slices.Contains(v.Report.Readers, "pdftotext") || v.Report.Removed != 4 || v.CheckedBy != "disclosure_officer" {
			t.Errorf("%+v", v)
		}
		if err := d.do(id, "clerk", request.ActLift, &request.LiftForm{Layer: q.Material.Layers[1].ID, On: "清政复决〔2026〕3号"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk lifted a layer: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActLift, &request.LiftForm{Layer: q.Material.Layers[1].ID, On: "清政复决〔2026〕3号"})
		if err := d.do(id, "clerk", request.ActGiveAgain, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a version that does not exist was handed out: %v", err)
		}
		_, err := d.room.Build(ctx, d.people["clerk"], id, file)
		d.fine(err)
		if err := d.do(id, "clerk", request.ActGiveAgain, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("an unchecked version was handed out: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActChecked, &request.CheckedForm{File: file, Looked: true})
		if got := d.handedOut(id); !bytes.Equal(got, first) {
			t.Error("what the applicant has changed before it was handed out")
		}
		d.must(id, "clerk", request.ActGiveAgain, &request.NoteForm{})
		wants(t, "second", d.handedOut(id), []string{keptLine, betaWords, "SECOND-KEPT"}, []string{alphaWords, gammaWords, "THIRD"})
		d.must(id, "disclosure_officer", request.ActLift, &request.LiftForm{Layer: q.Material.Layers[2].ID, On: "清政复决〔2026〕4号"})
		_, err = d.room.Build(ctx, d.people["clerk"], id, file)
		d.fine(err)
		d.must(id, "disclosure_officer", request.ActChecked, &request.CheckedForm{File: file, Looked: true})
		d.must(id, "clerk", request.ActGiveAgain, &request.NoteForm{})
		wants(t, "third", d.handedOut(id), []string{keptLine, betaWords, gammaWords, "THIRD"}, []string{alphaWords})
	})
}

func TestA81_NotOnePageWithoutADecision(t *testing.T) {
	needPoppler(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, _ := fileDesk(t, db)
		id := d.gather()
		file := d.addFile(id, "规划.pdf", pdfWith("", []pdfLine{{700, "ONE"}}, []pdfLine{{700, "TWO"}}, []pdfLine{{700, "THREE"}}))
		clerk := d.people["clerk"]
		d.fine(d.room.Rule(ctx, clerk, id, file, request.RuleForm{Pages: []int{2}, Choice: request.GiveAll}))
		if err := d.do(id, "clerk", request.ActDecide, d.decideForm()); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "材料1第1、3页还没有决定") {
			t.Fatalf("proposed with pages open: %v", err)
		}
		for field, f := range map[string]request.RuleForm{"决定": {Pages: []int{1}}, "依据": {Pages: []int{1}, Choice: request.KeepBack, Reason: "内部"},
			"理由": {Pages: []int{1}, Choice: request.KeepBack, Ground: "DENY_INTERNAL"}, "页码": {Pages: []int{4}, Choice: request.GiveAll}} {
			if err := d.room.Rule(ctx, clerk, id, file, f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		d.fine(d.room.Rule(ctx, clerk, id, file, request.RuleForm{Pages: []int{1, 3}, Choice: request.KeepBack, Ground: "DENY_INTERNAL", Reason: "内部流程"}))
		if err := d.do(id, "clerk", request.ActDecide, d.decideForm()); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "还没有按现在的决定生成提供件") {
			t.Fatalf("proposed without a file to give: %v", err)
		}
		_, err := d.room.Build(ctx, clerk, id, file)
		d.fine(err)
		d.must(id, "clerk", request.ActDecide, d.decideForm())
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		if err := d.do(id, "signer", request.ActSign, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "由另一个人复核") {
			t.Fatalf("signed without a second pair of eyes: %v", err)
		}
		if err := d.do(id, "clerk", request.ActChecked, &request.CheckedForm{File: file, Looked: true}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("who redacted checked: %v", err)
		}
		if err := d.do(id, "disclosure_officer", request.ActChecked, &request.CheckedForm{File: file}); fault.FieldOf(err) != "逐页看过" {
			t.Fatalf("checked without a look: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActChecked, &request.CheckedForm{File: file, Looked: true})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		if list := d.materialsOf(id).Attachments(); len(list) != 1 || list[0] != "规划.pdf（部分内容已遮盖）" {
			t.Errorf("the request lists %q", list)
		}
		if q := d.materialsOf(id); !strings.Contains(q.Letters[len(q.Letters)-1].Body, "附件：1．规划.pdf（部分内容已遮盖）") {
			t.Errorf("the letter lists no files:\n%s", q.Letters[len(q.Letters)-1].Body)
		}
		if err := d.room.Rule(ctx, clerk, id, file, request.RuleForm{Choice: request.GiveAll}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a page changed after the answer was signed: %v", err)
		}
	})
}

func TestA81_TheDrawerOfABoxNeverChecksIt(t *testing.T) {
	needPoppler(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, _ := fileDesk(t, db)
		id := d.gather()
		file := d.addFile(id, "规划.pdf", pdfWith("", []pdfLine{{700, "ONE"}}))
		d.fine(d.room.Mark(ctx, d.people["disclosure_officer"], id, file, request.MarkForm{Page: 1, X: 10, Y: 10, W: 50, H: 50, Ground: "DENY_THIRD", Reason: "签名"}))
		_, err := d.room.Build(ctx, d.people["clerk"], id, file)
		d.fine(err)
		if err := d.do(id, "disclosure_officer", request.ActChecked, &request.CheckedForm{File: file, Looked: true}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "换一位同事") {
			t.Fatalf("who drew the box checked it: %v", err)
		}
	})
}

// A failed check lets nothing out: here the second reader claims to see the word.
func TestA81_AFailedCheckKeepsNothing(t *testing.T) {
	needPoppler(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		d.room.KeepMaterials(request.MaterialDeps{Store: files, Pages: app.PagePictures, Text: func(context.Context, []byte) (string, bool, error) { return "ab " + alphaWords, true, nil }})
		id, file := d.threeLayers()
		count := func() (n int) { d.fine(files.Walk(ctx, func(filestore.Stored) error { n++; return nil })); return n }
		before := count()
		if _, err := d.room.Build(ctx, d.people["clerk"], id, file); fault.KindOf(err) != fault.Internal || !strings.Contains(fault.Text(err), "核验没有通过") {
			t.Fatalf("%v", err)
		}
		if m := d.materialsOf(id).Material; len(m.Files[0].Versions) != 0 || count() != before {
			t.Errorf("%d versions, %d contents", len(m.Files[0].Versions), count()-before)
		}
	})
}

func TestA25_HiddenDataNeverLeaves(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, _ := fileDesk(t, db)
		id := d.gather()
		var b bytes.Buffer
		d.fine(docfile.WriteDOCX(&b, docfile.DocxContent{Title: "规划", Blocks: []docfile.Block{docfile.Paragraph{Text: "可以公开的话"}, docfile.Paragraph{Text: "联系人张小明，手机13800138000"}}}))
		clerk := d.people["clerk"]
		file := d.addFile(id, "规划.docx", withComment(t, b.Bytes(), "领导说先别给"))
		_, look, err := d.room.Study(ctx, clerk, id, file)
		d.fine(err)
		if !slices.Contains(look.Hidden, "批注") {
			t.Fatalf("hidden: %q", look.Hidden)
		}
		i := slices.IndexFunc(look.Suggestions, func(s request.Suggestion) bool { return s.Words == "13800138000" })
		if i < 0 || !look.Suggestions[i].Sure && look.Suggestions[i].Why == "" {
			t.Fatalf("suggestions: %+v", look.Suggestions)
		}
		d.fine(d.room.Rule(ctx, clerk, id, file, request.RuleForm{Choice: request.GiveAll}))
		v, err := d.room.Build(ctx, clerk, id, file)
		d.fine(err)
		if v.Redacted {
			t.Error("nothing was named to be removed")
		}
		_, data, err := d.room.Built(ctx, clerk, id, file)
		d.fine(err)
		if all := everythingIn(t, data); strings.Contains(all, "领导说先别给") || !strings.Contains(all, "可以公开的话") {
			t.Error("the comment left, or the text did not")
		}
		d.fine(d.room.Dismiss(ctx, clerk, id, file, "13800138000"))
		d.fine(d.room.Mark(ctx, clerk, id, file, request.MarkForm{Words: "张小明", Ground: "DENY_THIRD", Reason: "个人姓名"}))
		if _, look, err = d.room.Study(ctx, clerk, id, file); err != nil || len(look.Suggestions) != 0 {
			t.Fatalf("%+v %v", look.Suggestions, err)
		}
		if err := d.room.Mark(ctx, clerk, id, file, request.MarkForm{Words: "没有这个词", Ground: "DENY_THIRD", Reason: "无"}); fault.FieldOf(err) != "要遮盖的词语" {
			t.Errorf("words that stand nowhere: %v", err)
		}
		v, err = d.room.Build(ctx, clerk, id, file)
		d.fine(err)
		_, data, err = d.room.Built(ctx, clerk, id, file)
		d.fine(err)
		if all := everythingIn(t, data); strings.Contains(all, "张小明") || !strings.Contains(all, "13800138000") || !v.Redacted {
			t.Error("the name stayed, or the number that was let pass went")
		}
		odd := d.addFile(id, "压缩.zip", []byte("PK\x03\x04 no archive at all"))
		d.fine(d.room.Rule(ctx, clerk, id, odd, request.RuleForm{Choice: request.GiveAll}))
		if _, err := d.room.Build(ctx, clerk, id, odd); fault.KindOf(err) != fault.Unsupported || !strings.Contains(fault.Text(err), "不能提供") {
			t.Errorf("a file that nobody can look into: %v", err)
		}
	})
}

// withComment plants a comment in a Word file.
func withComment(t *testing.T, docx []byte, words string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name string, data []byte) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "[Content_Types].xml" {
			data = bytes.Replace(data, []byte("</Types>"), []byte(`<Override PartName="/word/comments.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/></Types>`), 1)
		}
		if strings.HasSuffix(f.Name, "document.xml.rels") {
			data = bytes.Replace(data, []byte("</Relationships>"), []byte(`<Relationship Id="rc1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/></Relationships>`), 1)
		}
		put(f.Name, data)
	}
	put("word/comments.xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="0" w:author="李处长"><w:p><w:r><w:t>`+words+`</w:t></w:r></w:p></w:comment></w:comments>`))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
