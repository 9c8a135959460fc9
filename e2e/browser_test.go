package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// pageTimeout bounds one page on a slow, busy machine.
const pageTimeout = time.Minute

// browser is the one Chromium of the run.
var browser struct {
	once   sync.Once
	ctx    context.Context
	cancel func()
	err    error
}

// startBrowser starts Chromium when the first page is needed.
func startBrowser() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		browser.err = fmt.Errorf("Chromium is missing. Run: apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-cjk")
		return
	}
	// The profile lies in a folder of this run, so nothing of a user is touched.
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "zh-CN"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	browser.ctx, browser.cancel = ctx, func() { stop(); stopAlloc() }
	// The first run binds the life of the browser, so it gets no time limit.
	browser.err = chromedp.Do(ctx)
}

func closeBrowser() {
	if browser.cancel != nil {
		browser.cancel()
	}
}

// tab is one page of the browser with a profile of its own.
type tab struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	statuses map[string]int64 // URL of a document -> status
	bad      []string         // console errors and failed requests since the last visit
}

// newTab opens a tab that is closed when the test ends.
func newTab(t testing.TB) *tab {
	t.Helper()
	browser.once.Do(startBrowser)
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, statuses: map[string]int64{}}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		if _, err := cdp.Call(ctx, s, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, s, cdplog.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, s, runtime.Enable, cdp.Empty{})
		return err
	}))
	return b
}

// hear collects what a careful developer would see in the console.
func (b *tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	say := func(format string, args ...any) { b.bad = append(b.bad, fmt.Sprintf(format, args...)) }
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		say("script: %s", text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			say("console.error with %d arguments", len(e.Args))
		}
	case *cdplog.EventEntryAdded:
		// The status of an answer is judged by itself, with its expected value.
		if e.Entry.Level == cdplog.EntryLevelError && !strings.HasPrefix(e.Entry.Text, "Failed to load resource") {
			say("console: %s (%s)", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			say("request failed: %s %s", e.Type, e.ErrorText)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.statuses[e.Response.URL] = e.Response.Status
		} else if e.Response.Status >= 400 {
			say("status %d for %s", e.Response.Status, e.Response.URL)
		}
	}
}

// faults hands over what was heard and forgets it.
func (b *tab) faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.bad
	b.bad = nil
	return list
}

// do runs steps in the tab; a failure ends the test.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := b.try(steps...); err != nil {
		b.t.Fatalf("%v\n%s", err, b.picture("step"))
	}
}

func (b *tab) try(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(b.ctx, pageTimeout)
	defer cancel()
	if chromedp.FromContext(b.ctx).Target == nil {
		// The first run binds the life of the tab, so it gets no time limit.
		return chromedp.Do(b.ctx, steps...)
	}
	return chromedp.Do(ctx, steps...)
}

// ask runs an action that gives a value.
func ask[T any](b *tab, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTimeout)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, b.picture("ask"))
	}
	return v
}

// js evaluates an expression in the page.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// open goes to an address and waits until the page is loaded.
func (b *tab) open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// status is that of the document shown.
func (b *tab) status() int64 {
	b.t.Helper()
	here := ask(b, chromedp.Location())
	here, _, _ = strings.Cut(here, "#")
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.statuses[here]
}

// size sets the window; the narrow one is a phone.
func (b *tab) size(width int64) {
	b.t.Helper()
	height := int64(900)
	if width < 600 {
		height = 740
	}
	b.do(chromedp.EmulateViewport(width, height))
}

// media chooses screen or print and the colours the system asks for.
func (b *tab) media(kind string, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// noScripts stops or allows the scripts of pages.
func (b *tab) noScripts(off bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return err
	}))
}

// picture keeps a screenshot of the tab and names it.
func (b *tab) picture(name string) string {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return "no picture: " + err.Error()
	}
	file := strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' || r == '?' || r == '&' || r == '=' {
			return '_'
		}
		return r
	}, b.t.Name()+"-"+name+".png")
	return "picture: " + keepEvidence(b.t, file, png)
}

// axe is the accessibility checker that e2e/package-lock.json pins.
var axe = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		return "", fmt.Errorf("axe-core is missing. Run: scripts/need-npm (%w)", err)
	}
	return string(b), nil
})

// finding is one rule of the checker that a page breaks.
type finding struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

// findings runs the checker and returns what is serious or critical.
func (b *tab) findings() []finding {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.Steps(func(ctx context.Context, s *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[chromedp.Void](source)(ctx, s)
		return chromedp.Void{}, err
	}))
	return js[[]finding](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => v.impact === "serious" || v.impact === "critical")
		.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 5).map(n => n.html + " — " + (n.failureSummary || "")) })))`)
}
