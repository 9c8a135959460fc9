package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// click clicks the first visible element with the mouse and waits for the page
// it leads to.
func (b *tab) click(css string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(css)), chromedp.WaitReady(chromedp.CSS("main")))
}

// follow clicks a link and waits until its page is loaded.
func (b *tab) follow(css string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTimeout)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(css))); err != nil {
		b.t.Fatalf("following %s: %v\n%s", css, err, b.picture("follow"))
	}
}

// text is what a reader sees in an element.
func (b *tab) text(css string) string {
	b.t.Helper()
	return strings.TrimSpace(js[string](b, fmt.Sprintf(`(document.querySelector(%q) || {innerText: ""}).innerText`, css)))
}

// address is where the tab is, without the host.
func (b *tab) address() string {
	b.t.Helper()
	return js[string](b, `location.pathname + location.search + location.hash`)
}

// press sends keys one by one.
func (b *tab) press(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// write enters words as an input method does.
func (b *tab) write(words string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, input.InsertText, input.InsertTextParams{Text: words})
		return err
	}))
}

// writeDay types a day into the date field that has the focus. The order of
// its parts follows the browser's language, so both orders are tried.
func (b *tab) writeDay(year, month, day string) {
	b.t.Helper()
	want := year + "-" + month + "-" + day
	for _, keys := range []string{year + kb.ArrowRight + month + kb.ArrowRight + day, month + day + year} {
		b.press(keys)
		if js[string](b, `document.activeElement.value || ""`) == want {
			return
		}
		b.press(kb.ArrowLeft + kb.ArrowLeft + kb.ArrowLeft)
	}
	b.t.Fatalf("the date field does not take %s: it holds %q", want, js[string](b, `document.activeElement.value || ""`))
}

func (b *tab) wantAddress(want string) {
	b.t.Helper()
	if got := b.address(); got != want {
		b.t.Fatalf("the tab is at %s, want %s\n%s", got, want, b.picture("address"))
	}
}

// TestWithoutScripts reads as somebody whose browser runs no scripts: library,
// filter, work, comparison, the text of a day, by links and forms alone.
func TestWithoutScripts(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(1280)
	b.noScripts(true)
	b.open(s.url + "/")
	if js[bool](b, `"theme" in document.documentElement.dataset`) {
		t.Fatal("a script ran")
	}
	b.follow(`.site-nav a[href="/policies"]`)
	all := b.text(".total strong")
	b.follow(`section[aria-labelledby="facet-kind"] a`)
	if few := b.text(".total strong"); few == "" || few == all {
		t.Fatalf("the filter left %q of %q", few, all)
	}
	if b.text(".chips .chip") == "" {
		t.Error("the chosen condition is not shown as a chip")
	}
	b.follow(".chip-clear")
	b.do(chromedp.Focus(chromedp.CSS("#search-list")))
	b.write("国际商事法庭")
	b.follow(".list-head button")
	work := at(t, pairID).work
	b.follow(fmt.Sprintf(`.card-title a[href="/works/%d"]`, work))
	b.wantAddress(fmt.Sprintf("/works/%d", work))
	b.follow(fmt.Sprintf(`.band-links a[href="/works/%d/compare"]`, work))
	if n := js[int](b, `document.querySelectorAll(".compare-grid ins, .compare-grid del").length`); n == 0 {
		t.Error("the comparison marks nothing")
	}
	b.follow(`.compare-form button[type="submit"]`)
	b.wantAddress(fmt.Sprintf("/works/%d/compare?from=1&to=2", work))
	b.follow(`.compare-heads a`)
	b.do(chromedp.Focus(chromedp.CSS("#on")))
	b.writeDay("2020", "01", "15")
	b.follow(`.day-form button`)
	b.wantAddress(fmt.Sprintf("/works/%d?on=2020-01-15", work))
	if words := b.text(".notice"); !strings.Contains(words, "2020年1月15日") || !strings.Contains(words, "第 1 个文本") {
		t.Errorf("the page of the day says %q", words)
	}
	if bad := b.faults(); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
}

// focused describes the element that has the focus.
type focused struct {
	Tag     string `json:"tag"`
	ID      string `json:"id"`
	Href    string `json:"href"`
	Text    string `json:"text"`
	Visible bool   `json:"visible"` // the focus can be seen
}

// readFocus takes a date field as marked: Chromium marks the part inside it.
const readFocus = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {tag: "", id: "", href: "", text: "", visible: true};
	const ring = x => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none" };
	const seen = x => { const r = x.getBoundingClientRect(); return r.width > 4 && r.height > 4 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth };
	const marks = [e, ...(e.labels || [])];
	// The choices of the display settings stand before the page; the settings show their focus.
	if (e.matches(".choice")) marks.push(document.querySelector(".display-settings summary"));
	if (e.id) marks.push(...document.querySelectorAll('label[for="' + e.id + '"]'));
	return {tag: e.tagName.toLowerCase(), id: e.id, href: e.getAttribute("href") || "", text: (e.innerText || e.getAttribute("aria-label") || "").trim().slice(0, 40),
		visible: marks.some(x => ring(x) && seen(x)) || e.type === "date" && seen(e)};
})()`

// tabTo presses Tab until the focus is where it should be; each stop on the way
// must be visible.
func (b *tab) tabTo(what string, found func(f focused) bool) {
	b.t.Helper()
	for range 400 {
		b.press(kb.Tab)
		f := js[focused](b, readFocus)
		if !f.Visible {
			b.t.Errorf("%s: the focus on %s #%s %q %q cannot be seen\n%s", b.address(), f.Tag, f.ID, f.Href, f.Text, b.picture("focus-"+f.Tag+f.ID))
		}
		if found(f) {
			return
		}
	}
	b.t.Fatalf("%s: %s cannot be reached with Tab\n%s", b.address(), what, b.picture("tab"))
}

// enter presses Enter and waits for the page it opens.
func (b *tab) enter() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTimeout)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		b.t.Fatalf("Enter at %s: %v\n%s", b.address(), err, b.picture("enter"))
	}
}

// TestKeyboardOnly opens a work, compares its texts and asks for a day with
// Tab, Enter and letters alone; the skip link works.
func TestKeyboardOnly(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(1280)
	b.open(s.url + "/")

	b.press(kb.Tab)
	if f := js[focused](b, readFocus); f.Href != "#main" || !f.Visible {
		t.Errorf("the first stop is %+v, want the visible skip link", f)
	}
	b.press(kb.Enter)
	if id := js[string](b, `document.activeElement.id`); id != "main" {
		t.Errorf("the skip link leads to #%s", id)
	}
	b.tabTo("the search box", func(f focused) bool { return f.ID == "search-main" })
	b.write("国际商事法庭")
	b.enter()
	work := at(t, pairID).work
	here := fmt.Sprintf("/works/%d", work)
	b.tabTo("the hit", func(f focused) bool { return strings.HasPrefix(f.Href, here) })
	b.enter()
	if got := js[string](b, `location.pathname`); got != here {
		t.Fatalf("Enter on the hit led to %s", got)
	}
	b.tabTo("比较", func(f focused) bool { return f.Href == here+"/compare" })
	b.enter()
	if b.text(".compare-total") == "" {
		t.Error("the comparison has no summary")
	}
	b.tabTo("the list of changes", func(f focused) bool { return strings.HasPrefix(f.Href, "#") && f.Href != "#main" })
	b.press(kb.Enter)
	if !js[bool](b, `location.hash !== "" && document.querySelector(location.hash) !== null`) {
		t.Error("a change of the summary leads nowhere")
	}
	b.open(s.url + here)
	b.tabTo("the day", func(f focused) bool { return f.ID == "on" })
	b.writeDay("2020", "01", "15")
	b.enter()
	b.wantAddress(here + "?on=2020-01-15")
}
