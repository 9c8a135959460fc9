package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Widths of CSS pixels in which a page of the office may not scroll sideways:
// a desk, the same at 200 % zoom, a phone, and 1280 at 400 % (WCAG 1.4.10).
var staffWidths = []int64{1280, 640, 375, 320}

// readBuild lists what is wrong with the build of a page, in any look.
const readBuild = `(() => {
	const bad = [], q = (s, r) => [...(r || document).querySelectorAll(s)], say = s => bad.push(s);
	const short = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 140), shown = e => e.checkVisibility({visibilityProperty: true});
	const named = e => (e.getAttribute("aria-label") || e.innerText || e.title || "").trim() !== "";
	const h1 = q("h1");
	if (h1.length !== 1 || !h1[0].textContent.trim()) say(h1.length + " h1");
	if (!document.title.trim() || !document.title.includes(" - ") && !document.title.includes("－") && !document.title.includes("_") && !document.title.includes("｜")) say("title " + JSON.stringify(document.title) + " does not name page and site");
	if (document.documentElement.lang !== "zh-CN") say("lang " + document.documentElement.lang);
	let depth = 0;
	for (const h of q("h1, h2, h3, h4, h5, h6").filter(shown)) {
		const n = +h.tagName[1];
		if (n > depth + 1) say("heading " + h.tagName + " after level " + depth + ": " + h.textContent.trim());
		depth = n;
	}
	const skip = q("a[href], button, input:not([type=hidden]), select, textarea, summary")[0];
	if (!skip || skip.getAttribute("href") !== "#main" || !document.querySelector("main#main")) say("the first stop is no skip link to the main part");
	if (q("main").length !== 1) say(q("main").length + " main");
	for (const t of q("table")) {
		if (!t.caption || !t.caption.textContent.trim()) say("table without caption: " + short(t));
		for (const th of q("th", t)) if (!th.scope) say("th without scope: " + short(th));
	}
	for (const e of q("input:not([type=hidden]), select, textarea"))
		if (!(e.labels && e.labels.length) && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) say("no label: " + short(e));
	for (const e of q("a[href], button, summary")) if (shown(e) && !named(e) && !e.querySelector("[alt]:not([alt=''])")) say("no name: " + short(e));
	for (const e of q("[aria-describedby], [aria-labelledby]"))
		for (const id of ((e.getAttribute("aria-describedby") || "") + " " + (e.getAttribute("aria-labelledby") || "")).trim().split(/\s+/))
			if (!document.getElementById(id)) say("names #" + id + ", which is nowhere: " + short(e));
	for (const e of q("[aria-invalid=true]"))
		if (!(e.getAttribute("aria-describedby") || "").split(/\s+/).some(id => (document.getElementById(id) || {textContent: ""}).textContent.trim())) say("a fault without words: " + short(e));
	for (const f of document.forms) {
		if (!f.getAttribute("action")) say("form without address: " + short(f));
		if (f.method === "post" && !f.elements.form_token) say("form without token: " + short(f));
		if (![...f.elements].some(e => e.type === "submit") && [...f.elements].some(e => e.type !== "hidden")) say("form that only a script can send: " + short(f));
	}
	const seen = new Set();
	for (const e of q("[id]")) { if (seen.has(e.id)) say("two #" + e.id); seen.add(e.id); }
	for (const e of q("[tabindex]")) if (e.tabIndex > 0) say("tabindex above 0: " + short(e));
	for (const i of document.images) if (i.complete && i.naturalWidth === 0) say("broken picture " + i.src);
	for (const e of q("script:not([src]), style, [style]")) say("inline: " + short(e));
	for (const a of q("a[href^='#']")) if (a.hash.length > 1 && !document.getElementById(decodeURIComponent(a.hash.slice(1)))) say("leads nowhere on the page: " + short(a));
	return bad;
})()`

// readForced lists controls that have no edge when the system sets the colours
// and backgrounds vanish (forced colours).
const readForced = `[...document.querySelectorAll("input:not([type=hidden]):not(.choice), select, textarea, .button, .button-second, .button-small, .button-danger, .state, .desk-state")]
	.filter(e => e.checkVisibility() && e.type !== "checkbox" && e.type !== "radio")
	.filter(e => { const s = getComputedStyle(e); return s.borderTopStyle === "none" || parseFloat(s.borderTopWidth) < 1 })
	.map(e => "no edge in forced colours: " + e.outerHTML.replace(/\s+/g, " ").slice(0, 120))`

// readPrint lists parts of the screen that are still on paper.
const readPrint = `(() => {
	const bad = [...document.querySelectorAll(".office-header, .rail, .skip-link, .crumbs, .pager, .filter, .head-acts, .form-end, .display-settings")]
		.filter(e => e.checkVisibility()).map(e => "printed: ." + e.className);
	const h1 = document.querySelector("h1");
	if (!h1 || !h1.checkVisibility()) bad.push("the h1 is not printed");
	return bad;
})()`

// allFindings runs the checker with every rule, best practices and the size of
// targets (WCAG 2.5.8) among them; no rule is off and no impact let pass. One
// exception: the radio buttons of the display settings stand outside every
// landmark (rule region), because without scripts CSS needs them before the page.
func (b *tab) allFindings() []finding {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	if !js[bool](b, `"axe" in window`) {
		b.do(chromedp.Steps(func(ctx context.Context, s *chromedp.Target) (chromedp.Void, error) {
			_, err := chromedp.Evaluate[chromedp.Void](source)(ctx, s)
			return chromedp.Void{}, err
		}))
	}
	return js[[]finding](b, `axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then(r => r.violations
		.map(v => v.id === "region" ? {...v, nodes: v.nodes.filter(n => !n.html.includes('class="choice"'))} : v).filter(v => v.nodes.length)
		.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 5).map(n => n.html.slice(0, 300) + " — " + (n.failureSummary || "").split("\n").slice(0, 2).join(" ")) })))`)
}

// system sets what the system of the reader asks for.
func (b *tab) system(kind, scheme, forced string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind, Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "forced-colors", Value: forced}}})
		return err
	}))
}

// rest puts the tab back into its usual look.
func (b *tab) rest() {
	b.t.Helper()
	b.noScripts(false)
	b.system("", "light", "none")
	b.size(1280)
}

// staffFaults opens a page of the office, sends its form when it has one, and
// says what is wrong in any look. The colours in which the accessibility
// checker looks turn from page to page; the soak run takes all at all widths.
func (b *tab) staffFaults(s *server, p staffPage, turn int) (bad []string) {
	b.t.Helper()
	say := func(look string, list ...string) {
		for _, f := range list {
			bad = append(bad, look+": "+f)
		}
	}
	all := p.pattern != "" || soak()
	if p.form == "" && all { // as it stands without scripts; a form is sent without them anyway
		b.noScripts(true)
		b.open(s.url + p.path)
		say("no scripts", js[[]string](b, readBuild)...)
		b.noScripts(false)
	}
	b.faults()
	b.noScripts(p.form != "")
	b.open(s.url + p.path)
	if p.form != "" {
		b.sendForm(p)
		b.noScripts(false)
	}
	want := p.status
	if want == 0 {
		want = http.StatusOK
	}
	if got := b.status(); got != want {
		say("answer", fmt.Sprintf("status %d, want %d", got, want))
	}
	say("build", js[[]string](b, readBuild)...)

	schemes := []string{"light", "dark"}
	for i, width := range staffWidths {
		b.size(width)
		if wide := js[int64](b, `document.documentElement.scrollWidth`); wide > width {
			a := js[anatomy](b, fmt.Sprintf(readAnatomy, width))
			say(fmt.Sprint(width), fmt.Sprintf("scrolls sideways, %d px: %s", wide, strings.Join(a.Wide, "; ")))
		}
		for j, scheme := range schemes {
			if !soak() && (width == 640 || width == 320 || (i/2+j+turn)%2 == 0 || !all && (i/2+turn/2)%2 == 0) {
				continue // a page of its own is seen at both widths, a further state of it at one
			}
			b.system("", scheme, "none")
			for _, f := range b.allFindings() {
				say(fmt.Sprintf("%d %s", width, scheme), fmt.Sprintf("axe %s %s: %s\n      %s", f.Impact, f.ID, f.Help, strings.Join(f.Nodes, "\n      ")))
			}
		}
		b.system("", "light", "none")
		b.keep(p, width)
	}
	say("large letters", b.largest(375)...)
	b.size(1280)
	if all {
		say("keyboard", b.walk()...)
	}
	if soak() {
		b.size(375)
		say("keyboard on a phone", b.walk()...)
		b.size(1280)
	}
	b.system("", "light", "active")
	say("colours", js[[]string](b, readForced)...)
	b.size(718) // A4 within margins of 1 cm
	b.system("print", "light", "none")
	say("print", js[[]string](b, readPrint)...)
	if wide := js[int64](b, `document.documentElement.scrollWidth`); wide > 718 {
		a := js[anatomy](b, fmt.Sprintf(readAnatomy, 718))
		say("print", fmt.Sprintf("%d px wide: %s", wide, strings.Join(a.Wide, "; ")))
	}
	say("console", b.faults()...)
	return bad
}

// sendForm fills a form of the page, opens the part it lies in, and sends it.
func (b *tab) sendForm(p staffPage) {
	b.t.Helper()
	b.do(chromedp.WaitReady(chromedp.CSS(p.form)))
	for name, v := range p.fill {
		if !js[bool](b, fmt.Sprintf(`(e => !!e && (e.value = %q, true))(document.querySelector(%q))`, v, p.form+` [name="`+name+`"]`)) {
			b.t.Fatalf("%s: %s has no field %s", p.name, p.form, name)
		}
	}
	// The browser's own check would stop what the server has to refuse.
	js[bool](b, fmt.Sprintf(`(e => { e.noValidate = true; for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) d.open = true; return true })(document.querySelector(%q))`, p.form))
	b.follow(p.form + ` [type="submit"]`)
}

// largest chooses the largest letters in the display settings and looks for
// sideways scroll on a phone.
func (b *tab) largest(width int64) []string {
	b.t.Helper()
	b.size(width)
	wide := js[int64](b, `(() => { const c = document.querySelector("#size-3"); c.checked = true; const w = document.documentElement.scrollWidth; document.querySelector("#size-1").checked = true; return w })()`)
	if wide > width {
		return []string{fmt.Sprintf("%d px in %d", wide, width)}
	}
	return nil
}

// stop is where Tab has led: the number that walk gave the element, -1 for
// none, -2 for what has no number.
type stop struct {
	focused
	Stop int `json:"stop"`
}

const readStop = `({...` + readFocus + `, stop: (e => !e || e === document.body ? -1 : e.stop === undefined ? -2 : e.stop)(document.activeElement)})`

// tabKey presses Tab without the key coming up, which no page listens to.
var tabKey = chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
	_, err := cdp.Call(ctx, s, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9})
	return err
})

// walk goes through the page with Tab: every stop in the order of the page,
// each with a visible focus, none skipped, and at the end out of the page.
func (b *tab) walk() (bad []string) {
	b.t.Helper()
	all := js[int](b, `(() => {
		const start = document.createElement("i"); // Tab begins where the focus last was, so it is put before everything
		start.tabIndex = -1; document.body.prepend(start); start.focus(); start.remove(); window.scrollTo(0, 0);
		const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter(e => {
			if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})) return false;
			const d = e.closest("details:not([open])");
			if (d && !(e.tagName === "SUMMARY" && e.parentElement === d && !d.parentElement.closest("details:not([open])"))) return false;
			if (e.type !== "radio") return true;
			const group = [...document.querySelectorAll('input[type=radio][name="' + e.name + '"]')].filter(r => r.form === e.form);
			return e === (group.find(r => r.checked) || group[0]);
		});
		stops.forEach((e, i) => { e.stop = i });
		return stops.length;
	})()`)
	last := -1
	for range all*2 + 20 {
		b.do(tabKey)
		f := js[stop](b, readStop)
		at := f.Stop
		switch {
		case at == -1:
			if last != all-1 {
				bad = append(bad, fmt.Sprintf("Tab leaves the page after %d of %d stops", last+1, all))
			}
			return bad
		case at == -2 || at == last: // a box that scrolls, or a part of a date
		case at != last+1:
			bad = append(bad, fmt.Sprintf("Tab goes from stop %d to %d: %s #%s %q", last, at, f.Tag, f.ID, f.Text))
		}
		if at >= 0 {
			last = at
		}
		if !f.Visible {
			bad = append(bad, fmt.Sprintf("the focus on %s #%s %q %q cannot be seen", f.Tag, f.ID, f.Href, f.Text))
		}
	}
	return append(bad, fmt.Sprintf("Tab never leaves the page: %d stops, the last was %d", all, last))
}

// keep keeps a picture of the page when GONGKAI_E2E_PICTURES names a folder.
func (b *tab) keep(p staffPage, width int64) {
	dir := os.Getenv("GONGKAI_E2E_PICTURES")
	if dir == "" || width != 1280 && width != 375 {
		return
	}
	png := ask(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", strings.ReplaceAll(p.name, " ", "-"), width)), png, 0o644); err != nil {
		b.t.Error(err)
	}
}

// TestStaffChecksSeeFaults shows the checks a page with every fault they look
// for; a check that stays silent proves nothing about the good pages.
func TestStaffChecksSeeFaults(t *testing.T) {
	const faulty = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title></head><body>
		<p style="color:#ccc;background:#fff">看不清的字</p><h1>一</h1><h3>三</h3><div style="width:3000px;height:10px">太宽</div>
		<table><tr><th>甲</th></tr></table><form method="post"><input type="text" aria-invalid="true" id="a"><input type="text" aria-describedby="none" id="a" tabindex="3"></form>
		<a href="#nowhere">去</a><button aria-label=""></button><a href="/x" style="outline:none">链</a>
		<select class="filter" style="border:0"><option>一</option></select><input type="radio" id="size-1" name="size"><input type="radio" id="size-3" name="size">
		<script>document.addEventListener("keydown", e => { if (e.key === "Tab" && document.activeElement.className === "filter") e.preventDefault() }); console.error("坏了");</script></body></html>`
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if _, err := w.Write([]byte(faulty)); err != nil {
			t.Error(err)
		}
	}))
	defer web.Close()
	b := newTab(t)
	b.size(1280)
	all := strings.Join(b.staffFaults(&server{url: web.URL}, staffPage{name: "faulty", pattern: "/faulty", path: "/faulty", status: http.StatusTeapot}, 0), "\n")
	for _, want := range []string{"status 200, want 418", `title "" does not`, "lang en", "heading H3 after level 1", "no skip link", "0 main", "table without caption", "th without scope",
		"no label", "no name", "names #none", "a fault without words", "form without address", "form without token", "only a script can send", "two #a", "tabindex above 0", "inline", "leads nowhere",
		"1280: scrolls sideways", "640: scrolls sideways", "375: scrolls sideways", "320: scrolls sideways", "axe serious color-contrast", "axe critical label", "axe moderate", "Tab goes from stop",
		"cannot be seen", "Tab never leaves", "no edge in forced colours", "printed: .filter", "print: 3", "console.error"} {
		if !strings.Contains(all, want) {
			t.Errorf("no check said %q; they said\n%s", want, all)
		}
	}
}
