package portal

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

func TestCachedPageIsMadeOnce(t *testing.T) {
	s := newSite(t)
	first := s.get("/works/3")
	views := s.lib.views
	second := s.get("/works/3")
	if s.lib.views != views {
		t.Error("the second reader had the page made again")
	}
	if first.Body.String() != second.Body.String() || second.Header().Get("ETag") == "" {
		t.Error("the copies differ or have no tag")
	}
	s.get("/works/3?on=2016-05-01")
	if s.lib.views == views {
		t.Error("another query got the same page")
	}
	views = s.lib.views
	s.get("/hant/works/3")
	if s.lib.views == views {
		t.Error("another variant got the same page")
	}
}

func TestPublicationAndMidnightRenewPages(t *testing.T) {
	s := newSite(t)
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, workday.Zone)
	s.p.head.now = func() time.Time { return now }
	day := testToday
	s.p.deps.Today = func() workday.Date { return day }
	made := func() bool {
		before := s.lib.views
		s.get("/works/3")
		return s.lib.views > before
	}
	if !made() || made() {
		t.Fatal("the page is not kept")
	}
	s.log.seq = 2
	if made() {
		t.Error("the sequence was asked for within a second")
	}
	now = now.Add(time.Second)
	if !made() {
		t.Error("a publication did not renew the page")
	}
	day = day.AddDays(1)
	if !made() {
		t.Error("midnight did not renew the page")
	}
	asked := s.log.asked
	for range 10 {
		s.get("/works/1")
	}
	if s.log.asked != asked {
		t.Errorf("%d more questions for the sequence within a second", s.log.asked-asked)
	}
}

func TestWhatIsNotKept(t *testing.T) {
	t.Run("failures", func(t *testing.T) {
		s := newSite(t)
		s.lib.fail = errBroken
		if w := s.get("/works/3"); w.Code != 500 || strings.Contains(w.Body.String(), "fire") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d %s", w.Code, w.Header())
		}
		s.lib.fail = nil
		s.page("/works/3", http.StatusOK)
	})
	t.Run("while the library is filled", func(t *testing.T) {
		s := newSite(t)
		g := Progress{Running: true, Done: 120, Total: 2496, What: "法律法规"}
		s.p.deps.Progress = func() Progress { return g }
		if h := s.get("/").Header(); h.Get("Cache-Control") != "no-store" {
			t.Errorf("others may keep the page: %s", h.Get("Cache-Control"))
		}
		d := s.page("/", http.StatusOK)
		wantText(t, d.Find(".progress-bar"), "正在装入资料 120 / 2496（法律法规）")
		if d.Find("noscript meta").Length() == 0 && !strings.Contains(d.Find("noscript").Text(), `http-equiv="refresh"`) {
			t.Error("no refresh without scripts")
		}
		if b := s.get("/progress.json").Body.String(); b != `{"running":true,"done":120,"total":2496,"percent":4,"what":"法律法规","failed":""}` {
			t.Error(b)
		}
		g.Done = 200
		wantText(t, s.page("/", http.StatusOK).Find(".progress-bar"), "200 / 2496")
		g = Progress{Failed: "磁盘已满"}
		wantText(t, s.page("/", http.StatusOK).Find(".progress-bar"), "停了下来：磁盘已满")
		g = Progress{}
		if s.page("/", http.StatusOK).Find(".progress-bar").Length() != 0 {
			t.Error("the notice stays after the end")
		}
	})
	t.Run("answers of an index", func(t *testing.T) {
		s := newSite(t)
		var cached []bool
		s.p.Observe(func(o Observation) { cached = append(cached, o.Cached) })
		s.page("/search?q=a", http.StatusOK)
		s.page("/search?q=a", http.StatusOK)
		if cached[1] {
			t.Error("a search was kept although its index may lag behind the sequence")
		}
	})
	t.Run("without a sequence", func(t *testing.T) {
		s := newSite(t)
		s.log.fail = errors.New("database away")
		s.page("/works/3", http.StatusOK)
		views := s.lib.views
		s.page("/works/3", http.StatusOK)
		if s.lib.views == views {
			t.Error("a page of an unknown generation was kept")
		}
	})
}

func TestCacheKeepsToItsSize(t *testing.T) {
	c := newCache(10 * 1024)
	build := func(n int) func() (*page, bool, error) {
		return func() (*page, bool, error) {
			p, err := newPage(200, http.Header{"Content-Type": {"image/png"}}, bytes.Repeat([]byte("x"), n))
			return p, true, err
		}
	}
	if m := c.lookup("g", "x"); m != nil {
		t.Fatal("an empty cache has a page")
	}
	for i := range 50 {
		if _, _, err := c.get("g", strconv.Itoa(i), build(1500)); err != nil {
			t.Fatal(err)
		}
		if c.bytes > c.limit {
			t.Fatalf("%d bytes kept, limit %d", c.bytes, c.limit)
		}
	}
	if _, hit, _ := c.get("g", "49", build(1)); !hit {
		t.Error("the newest page has gone")
	}
	if _, hit, _ := c.get("g", "0", build(1500)); hit {
		t.Error("the oldest page is still there")
	}
	if _, _, err := c.get("g", "huge", build(20*1024)); err != nil {
		t.Fatal(err)
	}
	if _, hit, _ := c.get("g", "huge", build(1)); hit {
		t.Error("a page above the limit was kept")
	}
	if _, hit, _ := c.get("h", "49", build(1)); hit {
		t.Error("a page of another generation was given")
	}
}

func TestManyReadersOneMaking(t *testing.T) {
	c := newCache(1 << 20)
	var made atomic.Int32
	release := make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, _, err := c.get("g", "k", func() (*page, bool, error) {
				made.Add(1)
				<-release
				p, err := newPage(200, http.Header{}, []byte("x"))
				return p, true, err
			}); err != nil {
				t.Error(err)
			}
		}()
	}
	for made.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	wg.Wait()
	if n := made.Load(); n > 2 {
		t.Errorf("made %d times", n)
	}
}

func TestConditionalAndCompressed(t *testing.T) {
	s := newSite(t)
	plain := s.get("/works/3")
	if plain.Header().Get("Content-Encoding") != "" || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("plain: %v", plain.Header())
	}
	zipped := s.get("/works/3", "Accept-Encoding", "br, gzip;q=0.8")
	if zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != plain.Body.String() {
		t.Errorf("the compressed page differs: %v", err)
	}
	if w := s.get("/works/3", "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("compressed against the reader's will")
	}
	tag := plain.Header().Get("ETag")
	if w := s.get("/works/3", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("same tag: %d", w.Code)
	}
	if w := s.get("/works/3", "If-None-Match", `"other"`); w.Code != http.StatusOK {
		t.Errorf("other tag: %d", w.Code)
	}
	head := s.do(http.MethodHead, "/works/3")
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != strconv.Itoa(plain.Body.Len()) {
		t.Errorf("HEAD: %d %d %s", head.Code, head.Body.Len(), head.Header().Get("Content-Length"))
	}
	if got := plain.Header().Get("Cache-Control"); got != "public, max-age=30" {
		t.Errorf("Cache-Control %s", got)
	}
}

func TestAnswersCarrySecurityHeaders(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/works/3", "/nowhere", "/works/8", "/static/x/site.css", "/sitemap.xml"} {
		h := s.get(path).Header()
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self';") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// Browsers ask for this address beside whatever names no icon.
func TestFaviconIsThePictureItself(t *testing.T) {
	s := newSite(t)
	w := s.get("/favicon.ico")
	h := w.Header()
	if w.Code != 200 || h.Get("Content-Type") != "image/svg+xml" || h.Get("Cache-Control") != "public, max-age=86400" || w.Body.Len() > 2000 || !strings.Contains(w.Body.String(), "<svg") {
		t.Errorf("%d %v %d bytes", w.Code, h, w.Body.Len())
	}
	if again := s.get("/favicon.ico", "If-None-Match", h.Get("ETag")); again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("Cache-Control") != h.Get("Cache-Control") {
		t.Errorf("asked again: %d %v", again.Code, again.Header())
	}
	if head := s.do("HEAD", "/favicon.ico"); head.Code != 200 || head.Body.Len() != 0 {
		t.Errorf("HEAD: %d %d bytes", head.Code, head.Body.Len())
	}
}

func TestStaticFilesNeverChange(t *testing.T) {
	s := newSite(t)
	href, _ := s.page("/", 200).Find(`link[rel="stylesheet"]`).Attr("href")
	w := s.get(href)
	if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%s: %d %v", href, w.Code, w.Header())
	}
	if w := s.get("/static/old/site.css"); w.Code != 200 || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("old address: %d %s", w.Code, w.Header().Get("Cache-Control"))
	}
	if w := s.get("/static/old/none.css"); w.Code != 404 {
		t.Errorf("missing file: %d", w.Code)
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	s := newSite(t)
	for _, m := range []string{http.MethodPost, http.MethodDelete, http.MethodPut} {
		if w := s.do(m, "/works/3"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), "只供阅读") {
			t.Errorf("%s: %d", m, w.Code)
		}
	}
}

func TestKindsOfFaultBecomePages(t *testing.T) {
	for kind, status := range map[fault.Kind]int{fault.Internal: 500, fault.Invalid: 400, fault.NotFound: 404, fault.Forbidden: 403, fault.Conflict: 409, fault.TooLarge: 413, fault.Unsupported: 415, fault.Gone: 410, fault.Unavailable: 503} {
		s := newSite(t)
		s.lib.fail = &fault.Error{Kind: kind, Op: "secret.operation", Err: errBroken}
		w := s.get("/works/3")
		if w.Code != status || !strings.Contains(w.Body.String(), fault.Text(s.lib.fail)) || strings.Contains(w.Body.String(), "secret.operation") {
			t.Errorf("%s: %d", kind, w.Code)
		}
	}
}

func TestRequestsAreLoggedAndCounted(t *testing.T) {
	s := newSite(t)
	var lines bytes.Buffer
	s.p.LogTo(slog.New(slog.NewTextHandler(&lines, nil)))
	var seen []string
	s.p.Observe(func(o Observation) { seen = append(seen, fmt.Sprint(o.Page, " ", o.Status, " ", o.Cached)) })
	s.get("/works/3")
	id := s.get("/hant/works/3").Header().Get("X-Request-Id")
	s.get("/works/3")
	s.get("/works/99")
	if got := strings.Join(seen, " "); got != "文件 200 false 文件 200 false 文件 200 true 文件 404 false" {
		t.Errorf("counted %s", got)
	}
	if !strings.Contains(lines.String(), "id="+id) || !strings.Contains(lines.String(), "path=/hant/works/3") {
		t.Errorf("log %s", lines.String())
	}
	lines.Reset()
	s.lib.fail = errBroken
	s.get("/works/5")
	if !strings.Contains(lines.String(), "disk on fire") || !strings.Contains(lines.String(), "portal.work 5") {
		t.Errorf("the cause is not logged: %s", lines.String())
	}
}

func TestHostIsNotEchoedBlindly(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest(http.MethodGet, "/works/3", nil)
	r.Host = `evil"><script>`
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "evil") {
		t.Error("a host that is no host name stands in the page")
	}
}

func TestRoutesAreServed(t *testing.T) {
	s := newSite(t)
	names := map[string]bool{}
	for _, r := range s.p.Routes() {
		if r.Method == http.MethodPost {
			continue // forms: request_test.go
		}
		if r.Method != http.MethodGet || r.Page == "" || names[r.Page] {
			t.Errorf("route %+v", r)
		}
		names[r.Page] = true
		path := strings.NewReplacer("{key}", limitedKey, "{$}", "", "{id}", "11", "{edition}", "2", "{n}", "1", "{code}", "gwy", "{hash}", "x", "{name}", "site.css", "{sha}", fakeFace).Replace(r.Pattern)
		path = strings.Replace(path, "/works/11", "/works/3", 1)
		path = strings.Replace(path, "/organs/gwy/photos", "/organs/qhcg/photos", 1)
		if path == "/leave" {
			path += "?to=https://example.org"
		}
		if strings.HasPrefix(path, "/search/export.") {
			path += "?q=a" // an export needs a question
		}
		if w := s.get(path); w.Code != 200 && r.Page != "图标" {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestRenderSurvivesAReaderWhoLeaves(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/works/3", nil).WithContext(ctx))
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}

// BenchmarkCachedHit is a page that is already made and compressed.
func BenchmarkCachedHit(b *testing.B) {
	s := newSite(b)
	s.p.LogTo(slog.New(slog.DiscardHandler))
	r := httptest.NewRequest(http.MethodGet, "/works/1", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	s.h.ServeHTTP(httptest.NewRecorder(), r)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		s.h.ServeHTTP(&discard{h: http.Header{}}, r)
	}
}

// BenchmarkWorkPage is the same page made anew.
func BenchmarkWorkPage(b *testing.B) {
	s := newSite(b)
	s.p.LogTo(slog.New(slog.DiscardHandler))
	s.log.fail = errBroken
	for i := range b.N {
		r := httptest.NewRequest(http.MethodGet, "/works/2?edition=1", nil)
		r.Header.Set("X-N", strconv.Itoa(i))
		s.h.ServeHTTP(&discard{h: http.Header{}}, r)
	}
}

type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
