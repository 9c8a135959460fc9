package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/filestore"
)

// counterScanner is a virus scanner in the test's hand.
type counterScanner struct{ down bool }

func (g *counterScanner) Scan(_ context.Context, r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	if err == nil && g.down {
		err = errors.New("nobody listens")
	}
	if bytes.Contains(b, []byte("EICAR-LIKE-TEST")) {
		return "Test.Signature", err
	}
	return "", err
}

// register fills in the counter form with scans, each by the name of its control.
func (b *browser) register(form map[string]string, scans [][2]string) page {
	b.s.t.Helper()
	const at = "/office/requests/new"
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	write := func(name, value string) {
		if err := m.WriteField(name, value); err != nil {
			b.s.t.Fatal(err)
		}
	}
	write(fieldToken, b.formToken(at))
	for name, value := range form {
		write(name, value)
	}
	for i, s := range scans {
		w, err := m.CreateFormFile(s[0], fmt.Sprintf("%d.pdf", i))
		if err != nil {
			b.s.t.Fatal(err)
		}
		if _, err := io.WriteString(w, s[1]); err != nil {
			b.s.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		b.s.t.Fatal(err)
	}
	return b.postRaw(at, &body, m.FormDataContentType(), "", 0)
}

func TestA51_ScansComeWithTheCounterForm(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("counter", "qh-jyj", access.Clerk)
		b := s.signIn("counter")
		dog := &counterScanner{}
		s.deps.Requests.KeepIn(filestore.Scanned(filestore.Rows(s.db), dog))
		form := registerForm()
		for name, c := range map[string]struct {
			control, body string
			down          bool
			status        int
			says          string
		}{
			"infected":     {"scan_envelope", scanBytes + "EICAR-LIKE-TEST", false, http.StatusBadRequest, "“信封和邮戳的扫描件”：第 1 个文件里查出病毒"},
			"scanner down": {"scan_form", scanBytes, true, http.StatusServiceUnavailable, "“申请表或者来信的扫描件”：第 1 个病毒扫描没有完成"},
			"a web page":   {"scan_proof", "<html><script>x</script></html>", false, http.StatusUnsupportedMediaType, "“身份证明的扫描件”：第 1 个文件不是图片、PDF 或者 Word"},
			"too large":    {"scan_form", scanBytes + strings.Repeat("x", 20<<20), false, http.StatusRequestEntityTooLarge, "超过 20 MB"},
			"far too much": {"scan_form", strings.Repeat("x", int(maxScanForm)), false, http.StatusRequestEntityTooLarge, "MB"},
		} {
			dog.down = c.down
			p := b.register(form, [][2]string{{c.control, c.body}})
			if p.status != c.status || !strings.Contains(p.words(), c.says) {
				t.Errorf("%s: %d %s", name, p.status, p.words())
			}
			if c.control == "scan_proof" && !strings.Contains(p.body, `value="甲乙丙"`) {
				t.Errorf("%s: the form was lost", name)
			}
		}
		dog.down = false
		var n int
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM requests`).Scan(&n); err != nil || n != 0 {
			t.Fatalf("%d requests of refused forms: %v", n, err)
		}
		form["name"] = ""
		s.has(b.register(form, [][2]string{{"scan_form", scanBytes}}), http.StatusBadRequest, textScansAgain)
		form["name"] = "甲乙丙"
		p := b.register(form, [][2]string{{"scan_form", scanBytes}, {"scan_form", scanBytes + " 2"}, {"scan_proof", scanBytes}})
		at := p.header.Get("Location")
		if p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(b.get(at), http.StatusOK, "3 个，")
		s.has(b.get(strings.Replace(at, "/cases/", "/requests/", 1)+"/scans"), http.StatusOK, "申请表或者来信", "身份证明")
	})
}
