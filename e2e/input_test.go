package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadLines imports JSONL with every fault the list of bad input names. Each
// fault is told in Chinese with file, line and field; the good lines around it
// are imported; nothing of a bad one is kept.
func TestBadLines(t *testing.T) {
	cases := []struct {
		name, line string
		state      string
		say        string // in error or warnings
	}{
		{"good", `{"id":"g1","work_id":"g1","version":1,"title":"关于一的通知","text":"关于一的通知\n照办。\n"}`, "created", ""},
		{"broken", `{"id":"b1","title":"断了的`, "failed", "JSON"},
		{"no title", `{"id":"b2","title":"  ","text":"正文"}`, "failed", "title"},
		{"impossible date", `{"id":"w1","work_id":"w1","title":"关于二月三十日的通知","publish_date":"2026-02-30","text":"照办。"}`, "created", "publish_date"},
		{"full-width date", `{"id":"w2","work_id":"w2","title":"关于全角的通知","publish_date":"２０２０-０１-０２","text":"照办。"}`, "created", ""},
		{"wrong type", `{"id":"b3","title":["不是字"],"text":"正文"}`, "failed", "title"},
		{"NUL", `{"id":"b4","title":"关于空字符的通知","text":"前\u0000后"}`, "failed", "text"},
		{"label taken", `{"id":"g1b","work_id":"g1","version":1,"title":"关于一的通知","text":"关于一的通知\n另一个文本。\n"}`, "failed", "version"},
		{"negative label", `{"id":"b5","work_id":"b5","version":-1,"title":"关于负数的通知","text":"照办。"}`, "failed", "version"},
		{"path as attachment", `{"id":"b6","title":"关于附件路径的通知","text":"照办。","attachments":[{"name":"a","path":"/etc/passwd"}]}`, "failed", "attachments"},
		{"attachment not base64", `{"id":"b7","title":"关于附件编码的通知","text":"照办。","attachments":[{"name":"a.txt","data":"*"}]}`, "failed", "attachments"},
		{"unknown fact", `{"id":"b8","title":"关于效力的通知","text":"照办。","facts":[{"kind":"forgotten"}]}`, "failed", "facts"},
		{"unknown column", `{"id":"b9","title":"关于栏目的通知","text":"照办。","columns":["no-such"]}`, "failed", "columns"},
		{"cycle a", `{"id":"c1","work_id":"c1","title":"关于甲的决定","publish_date":"2020-01-01","text":"根据《关于乙的决定》，制定本决定。废止《关于乙的决定》。"}`, "created", ""},
		{"cycle b", `{"id":"c2","work_id":"c2","title":"关于乙的决定","publish_date":"2020-01-02","text":"根据《关于甲的决定》，制定本决定。废止《关于甲的决定》。"}`, "created", ""},
		{"repealed by itself", `{"id":"c3","work_id":"c3","title":"关于丙的决定","publish_date":"2020-01-02","text":"照办。","facts":[{"kind":"repealed","valid_on":"2021-01-01","by":"关于丙的决定"}]}`, "created", ""},
		{"path in a name", `{"id":"p1","work_id":"p1","title":"关于文件名的通知","text":"照办。","attachments":[{"name":"../../../etc/evil.txt","data":"5b6F6L+H"}]}`, "created", ""},
		{"good again", `{"id":"g2","work_id":"g2","version":1,"title":"关于二的通知","text":"关于二的通知\n照办。\n"}`, "created", ""},
	}
	onBothEngines(t, func(t *testing.T, l library) {
		path := filepath.Join(t.TempDir(), "lines.jsonl")
		var b strings.Builder
		for _, c := range cases {
			b.WriteString(c.line + "\n")
		}
		writeText(t, path, b.String())
		r := l.run(t, "import", "documents", path, "--source", "bad", "--state", "published")
		r.wantCode(t, exitRefused)
		got := rows[imported](t, r)
		if len(got) != len(cases)+1 {
			t.Fatalf("%d lines for %d", len(got), len(cases))
		}
		works, created := map[string]int64{}, 0
		for i, c := range cases {
			g := got[i]
			said := g.Error + strings.Join(g.Warnings, " ")
			if g.State != c.state || g.Line != i+1 {
				t.Errorf("%s: %+v, want %s", c.name, g, c.state)
			}
			if !strings.Contains(said, c.say) || c.state == "failed" && (!han(g.Error) || !strings.Contains(g.Error, fmt.Sprintf("第 %d 行", i+1)) || !strings.Contains(g.Error, "lines.jsonl")) {
				t.Errorf("%s: it says %q, which should name file, line and %q", c.name, said, c.say)
			}
			if c.state == "failed" && g.Work != nil {
				t.Errorf("%s: a failed line has work %d", c.name, *g.Work)
			}
			if g.Work != nil {
				works[g.ExternalID] = *g.Work
				created++
			}
		}
		l.clean(t)
		wantDense(t, l, created)
		if s := row[shown](t, l.must(t, "show", fmt.Sprint(works["w1"]))); s.EffectiveOn != "" || s.Basis != "unknown" {
			t.Errorf("the impossible date became %+v", s)
		}
		if s := row[shown](t, l.must(t, "show", fmt.Sprint(works["w2"]))); s.EffectiveOn != "2020-01-02" {
			t.Errorf("the full-width date became %+v", s)
		}
		// A circle of relations is shown, not followed for ever.
		s := l.serve(t)
		for _, id := range []string{"c1", "c2", "c3"} {
			s.page(t, fmt.Sprintf("/works/%d", works[id]), http.StatusOK)
			s.page(t, fmt.Sprintf("/works/%d/history", works[id]), http.StatusOK)
		}
		if name := s.page(t, fmt.Sprintf("/works/%d", works["p1"]), http.StatusOK).Find(".file-name").Text(); name != "evil.txt" {
			t.Errorf("the attachment is called %q", name)
		}
		for _, c := range []struct {
			path   string
			status int
		}{
			{fmt.Sprintf("/works/%d?on=2026-02-30", works["g1"]), http.StatusBadRequest},
			{fmt.Sprintf("/works/%d?on=%%00", works["g1"]), http.StatusBadRequest},
			{fmt.Sprintf("/works/%d?edition=0", works["g1"]), http.StatusBadRequest},
			{fmt.Sprintf("/works/%d/compare?from=1&to=2", works["g1"]), http.StatusNotFound},
			{fmt.Sprintf("/works/%d/compare?from=x&to=2", works["g1"]), http.StatusBadRequest},
			{"/works/0001", http.StatusNotFound},
			{"/works/9223372036854775808", http.StatusNotFound},
			{"/works/1/files/1/../../../../etc/passwd", http.StatusNotFound},
			{"/search?q=" + strings.Repeat("a", 201), http.StatusBadRequest},
			{"/policies?cursor=broken", http.StatusBadRequest},
		} {
			status, body := s.get(t, c.path)
			if status != c.status || !han(body) {
				t.Errorf("%s: status %d, want %d", c.path, status, c.status)
			}
		}
	})
}

// TestSameFileTwice gives one file twice, in one run and in two.
func TestSameFileTwice(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		dir := t.TempDir()
		path := filepath.Join(dir, "通知.txt")
		writeText(t, path, "关于防汛值班的通知\n各部门：\n汛期昼夜值班。\n某市人民政府办公室\n2024年5月6日\n")
		first := rows[imported](t, l.must(t, "import", "documents", path, path, dir, "--state", "published"))
		if sum := first[len(first)-1]; sum.Created != 1 || sum.Failed != 0 || sum.Created+sum.Unchanged != *sum.Read {
			t.Errorf("twice in one run: %+v", sum)
		}
		second := rows[imported](t, l.must(t, "import", "documents", path, "--state", "published"))
		if second[0].State != "unchanged" || *second[0].Work != *first[0].Work {
			t.Errorf("in a second run: %+v, first %+v", second[0], first[0])
		}
	})
}

// archive builds a zip; entries are name and content in turn.
func archive(t testing.TB, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(entries); i += 2 {
		w, err := z.Create(entries[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(entries[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const contentTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`

const rootRels = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

// docx builds a Word file around a body.
func docx(t testing.TB, before, body string, more ...string) []byte {
	t.Helper()
	return archive(t, append([]string{"[Content_Types].xml", contentTypes, "_rels/.rels", rootRels, "word/document.xml",
		`<?xml version="1.0"?>` + before + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`}, more...)...)
}

const docxLine = `<w:p><w:r><w:t>关于样例文件的通知</w:t></w:r></w:p><w:p><w:r><w:t>各部门照办。</w:t></w:r></w:p>`

// TestBadFiles reads and imports files that are broken or hostile: refused with
// a Chinese sentence that names the file, or kept with a warning. No process
// takes more than 300 MB over one.
func TestBadFiles(t *testing.T) {
	good := docx(t, "", docxLine)
	big := make([]byte, 1<<20)
	for _, c := range []struct {
		name, file string
		content    []byte
		size       int64 // grown to, when larger than the content
		refused    bool
		say        string
	}{
		{"good", "a.docx", good, 0, false, ""},
		{"empty", "a.docx", nil, 0, true, "0 字节"},
		{"truncated", "a.docx", good[:len(good)*2/3], 0, true, "损坏"},
		{"encrypted pdf", "a.pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</Filter/Standard/V 1/R 2/O<00>/U<00>/P -4>>endobj\ntrailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\n%%EOF\n"), 0, true, "加密"},
		{"pdf without text", "a.pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), 0, false, "没有文字层"},
		{"mislabelled", "a.txt", good, 0, false, "后缀"},
		{"zip bomb", "a.docx", docx(t, "", docxLine, "word/media/a.xml", strings.Repeat(" ", 310<<20)), 0, true, "炸弹"},
		{"entities", "a.docx", docx(t, `<!DOCTYPE w:document [<!ENTITY e SYSTEM "file:///etc/passwd">]>`, `<w:p><w:r><w:t>&e;</w:t></w:r></w:p>`), 0, true, "DOCTYPE"},
		{"path tricks", "a.docx", docx(t, "", docxLine, "../../../../tmp/gongkai-evil", "x"), 0, true, "路径"},
		{"macros", "a.docm", docx(t, "", docxLine, "word/vbaProject.bin", "\xd0\xcf\x11\xe0"), 0, false, "宏"},
		{"above the limit", "a.txt", big, 60 << 20, true, "超过"},
		{"unknown encoding", "a.txt", bytes.Repeat([]byte{0x81, 0xff, 0x00, 0x9c, 0x03, 0xfe}, 300), 0, true, "编码"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLibrary(t, "sqlite")
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
			if c.size > 0 {
				if err := os.Truncate(path, c.size); err != nil {
					t.Fatal(err)
				}
			}
			want := exitDone
			if c.refused {
				want = exitRefused
			}
			r := gongkai(t, "extract", path, "--json")
			r.wantCode(t, want)
			var facts struct {
				Error    string   `json:"error"`
				File     string   `json:"file"`
				Warnings []string `json:"warnings"`
			}
			if err := json.Unmarshal(r.stdout, &facts); err != nil || facts.File != path {
				t.Fatalf("%v: %s", err, r.stdout)
			}
			if said := facts.Error + strings.Join(facts.Warnings, " "); !strings.Contains(said, c.say) || c.refused && !han(facts.Error) {
				t.Errorf("extract says %q, not %q", said, c.say)
			}

			r = gongkaiIn(t, func(x *exec.Cmd) { x.Env = append(os.Environ(), "GOMEMLIMIT=300MiB") },
				append([]string{"import", "documents", path, "--state", "published"}, l.flags()...)...)
			r.wantCode(t, want)
			line := rows[imported](t, r)[0]
			if said := line.Error + strings.Join(line.Warnings, " "); !strings.Contains(said, c.say) || c.refused && !strings.Contains(line.Error, c.file) {
				t.Errorf("import says %q, not %q", said, c.say)
			}
			if c.refused && (line.State != "failed" || line.Work != nil) || !c.refused && line.State != "created" {
				t.Errorf("import: %+v", line)
			}
			if r.peak > 300<<20 {
				t.Errorf("the import took %d MB", r.peak>>20)
			}
			l.clean(t)
			if c.refused {
				if left := filesBelow(t, filepath.Join(l.data, "files")); len(left) > 0 {
					t.Errorf("a refused file left %q behind", left)
				}
			}
		})
	}
}

func filesBelow(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
