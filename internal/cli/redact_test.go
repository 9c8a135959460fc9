package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/docfile"
)

// wordFile writes a Word file with paragraphs.
func wordFile(t *testing.T, name string, paragraphs ...string) string {
	t.Helper()
	var blocks []docfile.Block
	for _, p := range paragraphs {
		blocks = append(blocks, docfile.Paragraph{Text: p})
	}
	var buf bytes.Buffer
	if err := docfile.WriteDOCX(&buf, docfile.DocxContent{Blocks: blocks}); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, name, buf.String())
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// onePage is a PDF with one line of Latin words at 72, 700.
const onePage = "%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type /Pages /Count 1 /Kids [3 0 R]>>\nendobj\n" +
	"3 0 obj\n<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>>>>>>>\nendobj\n" +
	"4 0 obj\n<</Length 69>>\nstream\nBT /F 14 Tf 72 700 Td (Open words and 11010519491231002X here) Tj ET \nendstream\nendobj\ntrailer\n<</Root 1 0 R /Info <</Author (Someone)>>>>\n"

func TestRedact_Word(t *testing.T) {
	in, out := wordFile(t, "a.docx", "申请人张三，住清河市。"), filepath.Join(t.TempDir(), "o.docx")
	code, said, errs := command(t, "张三\n\n王五\n", "redact", in, "--terms", "-", "-o", out)
	if code != exitDone {
		t.Fatal(errs)
	}
	var line redacted
	if err := json.Unmarshal([]byte(said), &line); err != nil {
		t.Fatal(err)
	}
	if len(line.Hits) != 1 || line.Hits[0].Line != 1 || line.Hits[0].Where != "正文" || len(line.Missing) != 1 || line.Missing[0] != 3 {
		t.Errorf("%s", said)
	}
	if strings.Contains(said+errs, "张三") || !strings.Contains(errs, "第 3 行在文件里没有找到") {
		t.Errorf("%s %s", said, errs)
	}
	_, said, _ = command(t, "", "extract", out)
	if data, err := os.ReadFile(out); err != nil || len(data) == 0 || strings.Contains(said, "张三") {
		t.Errorf("%v %s", err, said)
	}
}

func TestRedact_PDF(t *testing.T) {
	in, out := writeFile(t, "a.pdf", onePage), filepath.Join(t.TempDir(), "o.pdf")
	terms := writeFile(t, "terms", "\ufeff1101 0519 4912 31002x\r\n")
	if code, _, errs := command(t, "", "redact", in, "--terms", terms, "--out", out); code != exitDone {
		t.Fatal(errs)
	}
	data, err := os.ReadFile(out)
	if err != nil || bytes.Contains(data, []byte("Someone")) {
		t.Errorf("%v", err)
	}
	doc, err := docfile.Read(t.Context(), "o.pdf", bytes.NewReader(data), int64(len(data)), docfile.Limits{})
	if err != nil || !strings.Contains(doc.Text, "Open words and") || strings.Contains(doc.Text, "1101") || !strings.Contains(doc.Text, "here") {
		t.Errorf("%v %q", err, doc.Text)
	}
	boxes := writeFile(t, "boxes", `{"page":1,"x":70,"y":128,"w":34,"h":18}`+"\n")
	if code, _, errs := command(t, "", "redact", in, "--boxes", boxes, "-o", out); code != exitDone {
		t.Fatal(errs)
	}
	data, err = os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err = docfile.Read(t.Context(), "o.pdf", bytes.NewReader(data), int64(len(data)), docfile.Limits{}); err != nil || strings.Contains(doc.Text, "Open") || !strings.Contains(doc.Text, "words") {
		t.Errorf("%v %q", err, doc.Text)
	}
}

func TestRedact_Refusals(t *testing.T) {
	word, pdf, terms := wordFile(t, "a.docx", "张三"), writeFile(t, "a.pdf", onePage), writeFile(t, "terms", "张三\n")
	out := filepath.Join(t.TempDir(), "o")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"neither list":    {[]string{word, "-o", out}, exitUsage, "--terms"},
		"both lists":      {[]string{word, "--terms", terms, "--boxes", terms, "-o", out}, exitUsage, "用法"},
		"no output":       {[]string{word, "--terms", terms}, exitUsage, "用法"},
		"onto itself":     {[]string{word, "--terms", terms, "-o", word}, exitUsage, "-o"},
		"missing file":    {[]string{"/没有.docx", "--terms", terms, "-o", out}, exitRefused, "打不开"},
		"empty list":      {[]string{word, "--terms", writeFile(t, "e", "\n \n"), "-o", out}, exitRefused, "没有说明"},
		"unreadable box":  {[]string{pdf, "--boxes", terms, "-o", out}, exitUsage, "第 1 行"},
		"unknown box key": {[]string{pdf, "--boxes", writeFile(t, "b", `{"page":1,"width":3}`), "-o", out}, exitUsage, "第 1 行"},
		"box off the end": {[]string{pdf, "--boxes", writeFile(t, "b", `[{"page":9,"x":1,"y":1,"w":3,"h":3}]`), "-o", out}, exitRefused, "第 9 页"},
		"format":          {[]string{writeFile(t, "a.html", "<html><p>张三"), "--terms", terms, "-o", out}, exitRefused, "另存为"},
	} {
		t.Run(name, func(t *testing.T) {
			code, said, errs := command(t, "", append([]string{"redact"}, c.args...)...)
			if code != c.code || !strings.Contains(errs, c.says) || said != "" && c.code != exitUsage {
				t.Errorf("code %d\n%s\n%s", code, said, errs)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a file was written")
			}
		})
	}
	t.Run("no pdftoppm", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if code, _, errs := command(t, "", "redact", pdf, "--terms", terms, "-o", out); code != exitRefused || !strings.Contains(errs, "poppler-utils") {
			t.Errorf("%d %s", code, errs)
		}
	})
}
