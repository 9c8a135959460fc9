package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gongkai/internal/docfile"
	"gongkai/internal/paper"
	"gongkai/internal/request"
)

// entry is what somebody puts into a control of a form, by its name.
type entry struct{ name, value string }

// requestDesk is the office of one organ with one request on its way.
type requestDesk struct {
	t      *testing.T
	s      *server
	people map[string]*tab
	hands
	citizen *tab
	code    string // of the applicant
	second  string
	at      string // address of the case
	looked  map[string]bool
	judged  map[string]bool // steps whose page for the applicant is judged in every look
}

// openRequestDesk serves an organ with everybody a request meets, each signed
// in, and lets the disclosure officer enter where its answers can be contested.
func openRequestDesk(t *testing.T, l library) *requestDesk {
	t.Helper()
	roles := []string{"clerk", "disclosure_officer", "legality_reviewer", "signer", "head"}
	l.withStaff(t, "清河市教育局", roles...)
	d := &requestDesk{t: t, s: l.serve(t), people: map[string]*tab{}, second: "001X", looked: map[string]bool{}, judged: map[string]bool{"correction": true, "arrived": true, "archived": true}}
	for _, role := range roles {
		login := strings.ReplaceAll(role, "_", "-")
		d.people[login] = newTab(t)
		d.people[login].size(1280)
		d.people[login].signIn(d.s, login)
	}
	officer := d.people["disclosure-officer"]
	officer.open(d.s.url + "/office/requests/settings")
	officer.put("#form-answer", entry{"organ", deskOrgan}, entry{"kind", "department"}, entry{"name", "清河市教育局"}, entry{"prefix", "清教公开"},
		entry{"own", "清河市人民政府"}, entry{"own_address", "清河市人民路1号，清河市司法局行政复议科"}, entry{"court", "清河市河东区人民法院"}, entry{"court_address", "清河市河东区法院路1号"},
		entry{"online", "https://fuyi.example.gov.cn"}, entry{"contact", "清河市教育局政府信息公开办公室，电话 0000-1234567"})
	officer.follow("#form-answer button")
	return d
}

// ask is a citizen on a phone who fills in the form and keeps the code; it
// gives the number of fields and of steps that the form showed.
func (d *requestDesk) ask(content, how, address string) (fields, steps int) {
	d.t.Helper()
	b := newTab(d.t)
	d.citizen = b
	b.size(375)
	b.open(d.s.url + "/requests/new?organ=" + deskOrgan)
	seen := map[string]bool{}
	count := func() {
		for _, name := range js[[]string](b, `[...document.querySelectorAll(".ask input, .ask select, .ask textarea")].filter(e => e.type !== "hidden").map(e => e.name)`) {
			seen[name] = true
		}
		steps++
	}
	count()
	b.fill("#ask-content", content)
	b.follow(".ask-end .button")
	b.awaitText("#step2", "您是谁")
	count()
	b.fill("#ask-name", "甲乙丙")
	b.fill("#ask-proof", "11010519491231001X")
	b.fill("#ask-phone", "13800000000")
	if address != "" {
		b.fill("#ask-address", address)
	}
	b.choose("#ask-how", how)
	b.click("#ask-informed")
	b.follow(".ask-end .button")
	b.awaitText("#step3", "核对并提交")
	count()
	proof := filepath.Join(d.t.TempDir(), "proof.pdf")
	if err := os.WriteFile(proof, []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#ask-papers"), []string{proof}))
	b.follow(".ask-end .button")
	b.awaitText("h1", "申请已经收到")
	if !strings.Contains(b.text(".receipt-facts"), "已收到 1 个文件") {
		d.t.Errorf("the receipt does not tell of the proof: %s", b.text(".receipt-facts"))
	}
	d.code = b.text(".receipt-code")
	return len(seen), steps
}

// told opens the applicant's page and wants these words on it, and none that
// are the office's own.
func (d *requestDesk) told(step string, words ...string) {
	d.t.Helper()
	b := d.citizen
	b.size(375)
	b.open(d.s.url + "/requests/track")
	b.track(d.code, d.second)
	page := b.text("main")
	for _, w := range words {
		if !strings.Contains(page, w) {
			d.t.Errorf("%s: the applicant is not told %q:\n%s\n%s", step, w, page, b.picture(step))
		}
	}
	for _, w := range []string{"演示clerk", "legality", "审查意见", "undefined", "service_", "third_party"} {
		if strings.Contains(page, w) {
			d.t.Errorf("%s: the applicant reads %q", step, w)
		}
	}
	if d.judged[step] {
		b.look("journey-track-" + step)
		b.size(375)
	} else if dir := os.Getenv("GONGKAI_E2E_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "journey-track-"+step+"-375.png"), ask(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
			d.t.Error(err)
		}
	}
}

// put writes into the controls of a form that is shown.
func (b *tab) put(form string, list ...entry) {
	b.t.Helper()
	for _, x := range list {
		css := form + ` [name="` + x.name + `"]`
		ok := js[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (!e) return false;
			for (let d = e.closest("details:not([open])"); d; d = d.parentElement.closest("details:not([open])")) d.open = true;
			e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === %q })()`, css, x.value, x.value))
		if !ok {
			b.t.Fatalf("%s does not take %q: %s\n%s", css, x.value, b.text("main"), b.picture("enter"))
		}
	}
}

// unfold opens whatever hides a form, and counts each click.
func (h *hands) unfold(b *tab, form string) {
	b.t.Helper()
	if !js[bool](b, fmt.Sprintf(`!!document.querySelector(%q)`, form)) {
		b.t.Fatalf("no %s: %s\n%s", form, b.text("main"), b.picture("unfold"))
	}
	for range 4 {
		if !js[bool](b, fmt.Sprintf(`(() => { const all = []; for (let d = document.querySelector(%q).closest("details:not([open])"); d; d = d.parentElement.closest("details:not([open])")) all.push(d);
			document.querySelectorAll("[data-unfold]").forEach(e => e.removeAttribute("data-unfold"));
			if (all.length) all[all.length-1].querySelector("summary").setAttribute("data-unfold", ""); return all.length > 0 })()`, form)) {
			return
		}
		h.press(b, "[data-unfold]")
	}
}

// send fills a form and sends it: a click for every control, two for a list,
// one for the button and one for every fold that hides it.
func (h *hands) send(b *tab, form string, list ...entry) {
	b.t.Helper()
	h.unfold(b, form)
	b.put(form, list...)
	for _, x := range list {
		h.clicks++
		if js[bool](b, fmt.Sprintf(`document.querySelector(%q).tagName === "SELECT"`, form+` [name="`+x.name+`"]`)) {
			h.clicks++
		}
	}
	h.follow(b, form+` .form-end button`)
	if js[bool](b, `!!document.querySelector(".notice-bad, .field-error")`) {
		b.t.Fatalf("%s is refused: %s\n%s", form, b.text("main"), b.picture("refused"))
	}
}

// act opens the case and does an act on it; each page is looked at once.
func (d *requestDesk) act(login, action string, list ...entry) {
	d.t.Helper()
	b := d.people[login]
	b.open(d.s.url + d.at)
	if key := "journey-" + action; !d.looked[key] {
		d.looked[key] = true
		b.look(key)
	}
	d.send(b, "#form-"+action, list...)
}

// sheet is a small document of an office as PDF: a page a list of lines.
func sheet(t *testing.T, pages ...[]string) string {
	t.Helper()
	printer, err := paper.Load()
	if err != nil {
		t.Fatal(err)
	}
	var doc docfile.DocxContent
	for i, page := range pages {
		if i > 0 {
			doc.Blocks = append(doc.Blocks, docfile.PageBreak{})
		}
		for _, line := range page {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: line})
		}
	}
	pdf, err := printer.PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "合同.pdf")
	if err := os.WriteFile(path, pdf, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// fetch reads a file that a link of the page leads to, as who is signed in.
func (b *tab) fetch(address string) []byte {
	b.t.Helper()
	text := js[string](b, fmt.Sprintf(`fetch(%q).then(r => { if (!r.ok) throw new Error("status " + r.status); return r.arrayBuffer() })
		.then(a => [...new Uint8Array(a)].map(x => x.toString(16).padStart(2, "0")).join(""))`, address))
	out, err := hex.DecodeString(text)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// pictured turns a PDF into pictures, kept where looks are kept, and gives its
// words; a page without ink or of another size than A4 fails.
func pictured(t *testing.T, name string, pdf []byte) string {
	t.Helper()
	dir := os.Getenv("GONGKAI_E2E_PICTURES")
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(path, pdf, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "72", "-png", path, filepath.Join(dir, name)).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, name+"-[0-9].png"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%s: %d pages, %v", name, len(pages), err)
	}
	for _, p := range pages {
		if w, h, ink := inked(t, p); w < 590 || w > 600 || h < 838 || h > 846 || ink < 500 {
			t.Errorf("%s is %d × %d with %d dark points", filepath.Base(p), w, h, ink)
		}
	}
	words, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(words)), "")
}

// wantSums unpacks an archive package and holds every file against its digest.
func wantSums(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	listed := 0
	for _, line := range strings.Split(strings.TrimSpace(string(files[request.Sums])), "\n") {
		sum, name, _ := strings.Cut(line, "  ")
		got := sha256.Sum256(files[name])
		if hex.EncodeToString(got[:]) != sum || len(files[name]) == 0 {
			t.Errorf("%s: the digest does not agree", name)
		}
		listed++
	}
	if listed != len(files)-1 || listed < 8 {
		t.Errorf("%d files, %d digests", len(files), listed)
	}
	return files
}
