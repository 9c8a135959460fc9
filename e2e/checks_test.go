package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestChecksSeeFaults shows the page checks a page with every fault they look
// for; a check that stays silent proves nothing about the good pages.
func TestChecksSeeFaults(t *testing.T) {
	const faulty = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title></head><body>
		<h1>一</h1><h1>二</h1><p style="color:#ccc;background:#fff">看不清的字</p><input type="text">
		<div style="width:3000px;height:10px">太宽</div><img src="/missing.png" alt="无"><script>console.error("坏了"); nowhere();</script></body></html>`
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/faulty" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if _, err := w.Write([]byte(faulty)); err != nil {
			t.Error(err)
		}
	}))
	defer web.Close()
	b := newTab(t)
	said := b.faultsOf(&server{url: web.URL}, sitePage{name: "faulty", path: "/faulty", status: http.StatusTeapot}, look{width: 375})
	all := strings.Join(said, "\n")
	for _, want := range []string{"status 200, want 418", "2 h1", "no title", `lang "en"`, "scrolls sideways", "broken picture", "axe serious color-contrast",
		"axe critical label", "console.error", "nowhere is not defined", "status 404 for"} {
		if !strings.Contains(all, want) {
			t.Errorf("no check said %q; they said\n%s", want, all)
		}
	}
	if again := b.faults(); len(again) != 0 {
		t.Errorf("faults are told twice: %q", again)
	}
}
