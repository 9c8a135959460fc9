package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gongkai/internal/docfile"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// guangzhou is a real notice of the Guangzhou government.
const guangzhou = "gz-07"

// Most clicks that a release may take, from the first page to the public one,
// all people together, without signing in.
const (
	clicksOfFour  = 25
	clicksOfPaper = 12
)

// withRelease enters an organ with the people of a release and its mechanism
// of review.
func (l library) withRelease(t *testing.T, name string) {
	t.Helper()
	l.withStaff(t, name, "clerk", "reviewer", "secrecy_reviewer", "signer", "head")
}

// withStaff enters an organ with a person a role, whose login is the role.
func (l library) withStaff(t *testing.T, name string, roles ...string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{DataDir: l.data, URL: l.dsn})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := org.Put(ctx, tx, org.Seed{Code: deskOrgan, Kind: "department", Names: []org.NamePeriod{{Name: name, From: workday.MustDate("2001-01-01")}}}, time.Now())
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		login := strings.ReplaceAll(role, "_", "-")
		args := append([]string{"user", "add", "--name", "演示" + login, "--login", login, "--role", role, "--organ", deskOrgan}, l.flags()...)
		gongkaiIn(t, func(c *exec.Cmd) { c.Stdin = strings.NewReader(deskPassword + "\n") }, args...).wantCode(t, exitDone)
	}
}

// asWord writes a text as the .docx that an office would hand in.
func asWord(t *testing.T, text string) string {
	t.Helper()
	var doc docfile.DocxContent
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: line})
		}
	}
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, doc); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "通知.docx")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// hands counts the clicks of everybody who works on one release.
type hands struct{ clicks int }

// go clicks something that leads to another page.
func (h *hands) follow(b *tab, css string) {
	b.t.Helper()
	h.clicks++
	b.follow(css)
}

// press clicks something that stays on the page.
func (h *hands) press(b *tab, css string) {
	b.t.Helper()
	h.clicks++
	b.do(chromedp.Click(chromedp.CSS(css)))
}

// choose picks files: a click on the field, and one in the window of the system.
func (h *hands) choose(b *tab, css string, files ...string) {
	b.t.Helper()
	h.clicks += 2
	b.do(chromedp.SetUploadFiles(chromedp.CSS(css), files))
}

// draft takes a Word file from the first page to its slip, with every doubt of
// the checks answered.
func (h *hands) draft(b *tab, s *server, file string) {
	b.t.Helper()
	b.open(s.url + "/office")
	h.follow(b, `.rail a[href="/office/releases"]`)
	b.look("release-list")
	h.follow(b, `main a[href="/office/releases/new"]`)
	b.look("release-new")
	h.choose(b, `#draft-upload input[type="file"]`, file)
	h.follow(b, `#draft-upload .button`)
	b.look("release-edit")
	if !js[bool](b, `!!document.querySelector('input[name="attribute"]:checked')`) {
		h.press(b, `input[name="attribute"][value="主动公开"]`)
	}
	// The notice is a joint one: the organ that does not lead has signed it too.
	js[bool](b, `(() => { const c = document.querySelector("#f-cosigned"); for (let d = c.closest("details"); d; d = d.parentElement.closest("details")) d.open = true; c.value = "广州市财政局　局长　2025年5月28日"; return true })()`)
	h.follow(b, `.draft-end .button`)
	for range 8 {
		open := `.hit-answer input[name="reason"][required]`
		if !js[bool](b, fmt.Sprintf(`!!document.querySelector(%q)`, ".hits:not(.hits-hint) "+open)) {
			return
		}
		b.look("release-findings")
		b.do(chromedp.Focus(chromedp.CSS(".hits:not(.hits-hint) " + open)))
		b.write("原文如此")
		h.follow(b, `.hits:not(.hits-hint) .hit-answer:has(input[name="reason"]) button`)
	}
}

// duty opens the one duty of somebody from their first page.
func (h *hands) duty(b *tab, s *server) {
	b.t.Helper()
	b.open(s.url + "/office")
	h.follow(b, `.duty-go a`)
}

// hurry ends the time for taking a signature back, as if five minutes had passed.
func (l library) hurry(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{DataDir: l.data, URL: l.dsn})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE releases SET release_at = 1 WHERE released_at = 0 AND release_at > 0`)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// nameBody lets the head name the organ's mechanism of review.
func (s *server) nameBody(t *testing.T) {
	t.Helper()
	head := s.staff(t, "head")
	page := head.get("/office/review-body?organ=" + deskOrgan)
	if _, body := head.post("/office/review-body", url.Values{"form_token": {formValue(t, page, "form_token")}, "organ": {deskOrgan}, "body": {"办公室"}, "responsible": {"办公室主任"},
		"procedure": {"起草人自查，负责人审核，保密审查人逐件审查，负责人签发"}}); !strings.Contains(body, "已登记") {
		t.Fatalf("the mechanism of review is not named: %s", head2(body))
	}
}

func head2(s string) string { return head([]byte(s)) }

// TestRelease_FourPeopleTakeANoticeToThePublic is the daily work: a Word file of
// a real notice goes from upload to the public page through four people, in at
// most 25 clicks in all.
func TestRelease_FourPeopleTakeANoticeToThePublic(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withRelease(t, "广州市民政局") // the organ that leads in the notice
	s := l.serve(t)
	s.nameBody(t)
	notice := byID(t, allDocuments(t), guangzhou)
	people := map[string]*tab{}
	for _, login := range []string{"clerk", "reviewer", "secrecy-reviewer", "signer"} {
		people[login] = newTab(t)
		people[login].size(1280)
		people[login].signIn(s, login)
	}
	h := &hands{}
	clerk := people["clerk"]
	_, words, ok := strings.Cut(notice.Text, "\n"+notice.DocNo+"\n"+"各区") // what stands before is the page it was read from
	if !ok {
		t.Fatal("the notice has no beginning")
	}
	h.draft(clerk, s, asWord(t, notice.Title+"\n"+notice.DocNo+"\n各区"+words))
	clerk.look("release-draft")
	slip := clerk.address()
	h.follow(clerk, "#form-submit .button")
	clerk.look("release-sent")
	for _, step := range []struct{ login, form string }{{"reviewer", "pass_review"}, {"secrecy-reviewer", "pass_secrecy"}, {"signer", "sign"}} {
		b := people[step.login]
		h.duty(b, s)
		b.look("release-" + step.form)
		h.follow(b, "#form-"+step.form+" .button")
	}
	signer := people["signer"]
	signer.awaitText(".notice-soon", "内可以收回")
	signer.look("release-undo")
	l.hurry(t)
	clerk.awaitPublic(s, slip)
	clerk.look("release-out")
	h.follow(clerk, `#channels a[href^="/works/"]`)
	if title := clerk.text("h1"); title != notice.Title {
		t.Errorf("the public page says %q, not %q", title, notice.Title)
	}
	if words := clerk.text("main"); !strings.Contains(words, "广州市") {
		t.Error("the public page has not the words of the notice")
	}
	t.Logf("%d clicks, at most %d", h.clicks, clicksOfFour)
	if h.clicks > clicksOfFour {
		t.Errorf("%d clicks", h.clicks)
	}
	for _, sheet := range []string{"/print", "/print/secrecy"} {
		clerk.open(s.url + strings.Split(slip, "#")[0] + sheet)
		clerk.look("release" + strings.ReplaceAll(sheet, "/", "-"))
	}
	for name, path := range map[string]string{"inspection": "/office/releases/inspection", "rules": "/office/releases/rules", "body": "/office/review-body", "register": "/office/releases"} {
		clerk.open(s.url + path)
		clerk.look("release-" + name)
	}
	for login, b := range people {
		if bad := b.faults(); len(bad) > 0 {
			t.Errorf("%s: %q", login, bad)
		}
	}
	s.stop(t)
	l.clean(t)
}

// awaitPublic waits until the slip says that the text is out.
func (b *tab) awaitPublic(s *server, slip string) {
	b.t.Helper()
	for end := time.Now().Add(pageTimeout); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		b.open(s.url + strings.Split(slip, "#")[0])
		if strings.Contains(b.text("main"), "看公开页面") {
			return
		}
	}
	b.t.Fatalf("never public: %s\n%s", b.text("main"), b.picture("public"))
}

// TestRelease_PaperSlipIsRegistered is the other way: signed on paper, the
// clerk hands in the scan, in at most 12 clicks.
func TestRelease_PaperSlipIsRegistered(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withRelease(t, "清河市教育局")
	s := l.serve(t)
	s.nameBody(t)
	scan := filepath.Join(t.TempDir(), "审签单.pdf")
	if err := os.WriteFile(scan, []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := newTab(t)
	b.size(1280)
	b.signIn(s, "clerk")
	h := &hands{}
	h.draft(b, s, asWord(t, deskNotice(3)))
	slip := b.address()
	h.press(b, `details:has(#form-register_paper) > summary`)
	b.do(chromedp.Focus(chromedp.CSS("#paper-signer")))
	b.write("局长甲")
	b.do(chromedp.Focus(chromedp.CSS("#paper-reviewer")))
	b.write("保密员乙")
	b.do(chromedp.Focus(chromedp.CSS("#paper-on")))
	b.writeDay("2026", "11", "20")
	h.choose(b, "#paper-scan", scan)
	b.look("release-paper")
	h.follow(b, "#form-register_paper button")
	b.awaitText(".notice-soon", "内可以收回")
	b.look("release-paper-done")
	l.hurry(t)
	b.awaitPublic(s, slip)
	h.follow(b, `#channels a[href^="/works/"]`)
	if title := b.text("h1"); title != "关于做好第3项工作的通知" {
		t.Errorf("the public page says %q", title)
	}
	t.Logf("%d clicks, at most %d", h.clicks, clicksOfPaper)
	if h.clicks > clicksOfPaper {
		t.Errorf("%d clicks", h.clicks)
	}
	if bad := b.faults(); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
}
