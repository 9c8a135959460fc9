package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

const deskPassword = "xiaohe-liushui-9"

// deskNotice is a small official document.
func deskNotice(n int) string {
	return fmt.Sprintf("关于做好第%d项工作的通知\n清教发〔2024〕%d号\n\n各中小学校：\n现就有关事项通知如下。\n一、统一思想，落实第%d项工作。\n二、按时报送材料。\n\n清河市教育局\n2024年3月%d日\n（此件公开发布）\n", n, n, n, n%28+1)
}

// deskOrgan is the organ of these tests.
const deskOrgan = "qh-jyj"

// withPeople enters an organ with a clerk and a library manager.
func (l library) withPeople(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{DataDir: l.data, URL: l.dsn})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := org.Put(ctx, tx, org.Seed{Code: deskOrgan, Kind: "department", Names: []org.NamePeriod{{Name: "清河市教育局", From: workday.MustDate("2001-01-01")}}}, time.Now())
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for login, role := range map[string]string{"clerk": "clerk", "manager": "library_manager"} {
		args := append([]string{"user", "add", "--name", "演示" + login, "--login", login, "--role", role, "--organ", deskOrgan}, l.flags()...)
		gongkaiIn(t, func(c *exec.Cmd) { c.Stdin = strings.NewReader(deskPassword + "\n") }, args...).wantCode(t, exitDone)
	}
}

// staff is somebody signed in over plain HTTP.
type staff struct {
	t   *testing.T
	url string
	http.Client
}

func (s *server) staff(t *testing.T, login string) *staff {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &staff{t, s.url, http.Client{Jar: jar}}
	page := a.get("/signin")
	if _, body := a.post("/signin", url.Values{"form_token": {formValue(t, page, "form_token")}, "login": {login}, "password": {deskPassword}}); !strings.Contains(body, "退出") {
		t.Fatalf("%s cannot sign in", login)
	}
	return a
}

func (a *staff) get(path string) string {
	a.t.Helper()
	r, err := a.Get(a.url + path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(b)
}

func (a *staff) post(path string, v url.Values) (int, string) {
	a.t.Helper()
	r, err := a.PostForm(a.url+path, v)
	if err != nil {
		return 0, err.Error() // the node was killed
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, err.Error()
	}
	return r.StatusCode, string(b)
}

func formValue(t *testing.T, page, name string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, `name="`+name+`" value="`)
	if !ok {
		t.Fatalf("the page has no field %s: %s", name, head([]byte(page)))
	}
	v, _, _ := strings.Cut(after, `"`)
	return v
}

// upload opens a batch with n notices and returns its path.
func (a *staff) upload(organ string, n int) string {
	a.t.Helper()
	token := formValue(a.t, a.get("/office/import"), "form_token")
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range map[string]string{"form_token": token, "organ": organ} {
		if err := w.WriteField(k, v); err != nil {
			a.t.Fatal(err)
		}
	}
	for i := 1; i <= n; i++ {
		p, err := w.CreateFormFile("file", fmt.Sprintf("文件%03d.txt", i))
		if err != nil {
			a.t.Fatal(err)
		}
		if _, err := io.WriteString(p, deskNotice(i)); err != nil {
			a.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		a.t.Fatal(err)
	}
	r, err := a.Post(a.url+"/office/import", w.FormDataContentType(), &b)
	if err != nil {
		a.t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Request.URL.Path, "/office/import/") {
		a.t.Fatalf("%d at %s", r.StatusCode, r.Request.URL)
	}
	return r.Request.URL.Path
}

// await asks for a page until it is as wanted.
func (a *staff) await(path string, ok func(page string) bool) string {
	a.t.Helper()
	page := ""
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if page = a.get(path); ok(page) {
			return page
		}
	}
	a.t.Fatalf("%s never came to rest: %s", path, head([]byte(page)))
	return ""
}

func rested(page string) bool { return strings.Contains(page, `data-working="false"`) }

// TestDeskKilledWhileReadingAndReleasing kills the node in the middle of both.
// After the last start every file is read once and every document is public
// once, and verify is clean.
func TestDeskKilledWhileReadingAndReleasing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		const n = 120
		l.withPeople(t)
		s := l.serve(t)
		clerk := s.staff(t, "clerk")
		batch := clerk.upload(deskOrgan, n)
		time.Sleep(30 * time.Millisecond)
		s.kill()
		s = l.serve(t)
		page := s.staff(t, "clerk").await(batch, rested)
		if got := strings.Count(page, "将新建"); got != n {
			t.Fatalf("%d of %d files were read after the kill", got, n)
		}
		m := s.staff(t, "manager")
		page = m.get(batch)
		order := url.Values{"form_token": {formValue(t, page, "form_token")}, "once": {formValue(t, page, "once")}, "ready": {formValue(t, page, "ready")}, "all": {"1"}}
		if status, body := m.post(batch+"/release", order); status != http.StatusOK {
			t.Fatalf("%d %s", status, head([]byte(body)))
		}
		m.await(batch, func(page string) bool { return strings.Count(page, "desk-state desk-released") > n/8 })
		s.kill()
		left := 0
		s = l.serve(t)
		m = s.staff(t, "manager")
		if first := m.get(batch); !rested(first) {
			left = strings.Count(first, "desk-state desk-ordered")
		}
		// The form of before, sent once more: its token is known.
		order.Set("form_token", formValue(t, m.get(batch), "form_token"))
		if status, _ := m.post(batch+"/release", order); status != http.StatusOK {
			t.Errorf("the order sent again: %d", status)
		}
		page = m.await(batch, rested)
		if got := strings.Count(page, "desk-state desk-released"); got != n {
			t.Errorf("%d of %d are public", got, n)
		}
		t.Logf("%d of %d were still waiting after the second kill", left, n)
		status, body := s.get(t, "/api/v1/changes?after=0&limit=1000")
		var log struct {
			Changes []struct {
				Act  string
				Work int64
			}
		}
		if err := json.Unmarshal([]byte(body), &log); err != nil || status != http.StatusOK {
			t.Fatalf("%d %v", status, err)
		}
		released := map[int64]int{}
		for _, c := range log.Changes {
			if c.Act == "release" {
				released[c.Work]++
			}
		}
		for work, times := range released {
			if times != 1 {
				t.Errorf("work %d was released %d times", work, times)
			}
		}
		if len(released) != n {
			t.Errorf("%d works were released, want %d", len(released), n)
		}
		s.stop(t)
		l.clean(t)
	})
}

// signIn signs somebody in through the form.
func (b *tab) signIn(s *server, login string) {
	b.t.Helper()
	b.open(s.url + "/signin")
	b.do(chromedp.Focus(chromedp.CSS(`input[name="login"]`)))
	b.write(login)
	b.do(chromedp.Focus(chromedp.CSS(`input[name="password"]`)))
	b.write(deskPassword)
	b.follow(`main form button[type="submit"]`)
}

// awaitText waits until an element's text holds words.
func (b *tab) awaitText(css, words string) {
	b.t.Helper()
	for end := time.Now().Add(pageTimeout); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ready := js[bool](b, `document.readyState === "complete"`); ready && strings.Contains(b.text(css), words) {
			return
		}
	}
	b.t.Fatalf("%s never says %q: %s\n%s", css, words, b.text(css), b.picture("await"))
}

// look judges a page at a desk's width and a phone's: no faults of
// accessibility, nothing wider than the window; it keeps a picture when asked.
func (b *tab) look(name string) {
	b.t.Helper()
	for _, width := range []int64{1280, 375} {
		b.size(width)
		if f := b.findings(); len(f) > 0 {
			b.t.Errorf("%s at %d: %+v", name, width, f)
		}
		if wide := js[int](b, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
			b.t.Errorf("%s at %d: %d px wider than the window", name, width, wide)
		}
		if dir := os.Getenv("GONGKAI_E2E_PICTURES"); dir != "" {
			png := ask(b, chromedp.FullScreenshot(100))
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width)), png, 0o644); err != nil {
				b.t.Error(err)
			}
		}
	}
	b.size(1280)
}

// TestDeskInTheBrowser is the whole way: a clerk hands in a folder, corrects
// one document, the library manager releases, the public page shows it.
func TestDeskInTheBrowser(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withPeople(t)
	s := l.serve(t)
	dir := t.TempDir()
	var files []string
	for i := 1; i <= 20; i++ {
		name, text := fmt.Sprintf("文件%02d.txt", i), deskNotice(i)
		switch i {
		case 7:
			text = ""
		case 8:
			name, text = "文件08.html", "<!DOCTYPE html><html><body><p>"+strings.ReplaceAll(text, "\n", "</p><p>")+"</p><table><tr><td colspan=\"2\">甲</td></tr><tr><td>乙</td><td>丙</td></tr></table></body></html>"
		}
		files = append(files, filepath.Join(dir, name))
		if err := os.WriteFile(files[i-1], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b := newTab(t)
	b.size(1280)
	b.signIn(s, "clerk")
	b.open(s.url + "/office/import")
	if words := b.text("main"); !strings.Contains(words, "涉密不上网") || !strings.Contains(words, "最大 50 MB") {
		t.Errorf("the desk says %q", words)
	}
	b.look("desk")
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`#desk-drop input[type="file"]`), files))
	b.do(chromedp.Click(chromedp.CSS("#desk-drop button")))
	b.awaitText("h1", "第 1 批")
	b.awaitText(".total", "可公开 19")
	b.awaitText(".total", "失败 1")
	b.look("desk-batch")
	b.follow(".desk-table tbody tr:nth-child(3) a")
	if !js[bool](b, `document.querySelector("#place-doc_no").textContent === "清教发〔2024〕3号"`) {
		t.Error("the number is not marked in the source")
	}
	b.do(chromedp.Focus(chromedp.CSS("#sheet-title")))
	js[bool](b, `(document.querySelector("#sheet-title").select(), true)`)
	b.write("关于做好第3项重点工作的通知")
	b.follow("#form-sheet button")
	b.awaitText(".notice", "已保存")
	b.look("desk-item")

	m := newTab(t)
	m.size(1280)
	m.signIn(s, "manager")
	m.open(s.url + "/office/import/1")
	m.do(chromedp.Click(chromedp.CSS(".desk-table tbody tr:nth-child(3) input")))
	m.follow("#desk-release .button")
	m.awaitText(".total", "已公开 1")
	m.look("desk-released")
	m.follow(".desk-table tbody tr:nth-child(3) td a.sub")
	if title := m.text("h1"); title != "关于做好第3项重点工作的通知" {
		t.Errorf("the public page says %q", title)
	}
	work := strings.TrimPrefix(m.address(), "/works/")
	m.open(s.url + "/office/works/" + work + "?edition=1&field=adopted_on")
	m.look("desk-work")
	if bad := append(b.faults(), m.faults()...); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
	s.mergeAndFollow(t)
}

// mergeAndFollow releases a second document, joins it into the first, and
// follows its old address.
func (s *server) mergeAndFollow(t *testing.T) {
	t.Helper()
	a := s.staff(t, "manager")
	page := a.get("/office/import/1")
	ready := strings.Split(formValue(t, page, "ready"), ",")
	a.post("/office/import/1/release", url.Values{"form_token": {formValue(t, page, "form_token")}, "once": {formValue(t, page, "once")}, "item": {ready[0]}})
	a.await("/office/import/1", func(page string) bool { return strings.Contains(page, "已公开 2") })
	page = a.get("/office/works/1")
	if status, body := a.post("/office/works/1/merge", url.Values{"form_token": {formValue(t, page, "form_token")}, "once": {"merge-once-1"}, "drop": {"2"}, "reason": {"重复"}}); status != http.StatusOK {
		t.Fatalf("%d %s", status, head([]byte(body)))
	}
	a.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for from, to := range map[string]string{"/works/2": "/works/1", "/works/2/history": "/works/1/history", "/works/2?on=2024-06-01": "/works/1?on=2024-06-01", "/elder/works/2": "/elder/works/1"} {
		r, err := a.Get(s.url + from)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusMovedPermanently || r.Header.Get("Location") != to {
			t.Errorf("%s: %d to %q, want %s", from, r.StatusCode, r.Header.Get("Location"), to)
		}
	}
}
