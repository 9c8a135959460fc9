package portal

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/workday"
)

// long is the same site answering without the short way: its cache forgets the
// addresses after every request.
func (s *testSite) long(method, path string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	s.p.pages.mu.Lock()
	clear(s.p.pages.asked)
	s.p.pages.mu.Unlock()
	return s.do(method, path, headers...)
}

func TestShortWayAnswersAsTheLongOne(t *testing.T) {
	tag := ""
	asks := map[string][]string{
		"plain":           nil,
		"gzip":            {"Accept-Encoding", "gzip"},
		"browser":         {"Accept-Encoding", "gzip, deflate, br, zstd"},
		"odd order":       {"Accept-Encoding", "br;q=1, *;q=0.1"},
		"gzip refused":    {"Accept-Encoding", "gzip;q=0"},
		"other tag":       {"If-None-Match", `"x"`},
		"same tag":        {"If-None-Match", ""},
		"same tag zipped": {"If-None-Match", "", "Accept-Encoding", "gzip"},
		"any tag":         {"If-None-Match", "*"},
	}
	s := newSite(t)
	for _, path := range []string{"/", "/works/3", "/hant/works/3", "/hant/elder/works/3", "/works/3?on=2016-05-01", "/works/3?b=2&a=1", "/works/%33",
		"/works/3/qr.svg", "/works/3/download.txt", "/works/3/download.json", "/works/3/download.docx", "/works/3/history", "/sitemap.xml", "/robots.txt", "/organs"} {
		tag = s.get(path).Header().Get("ETag")
		for name, headers := range asks {
			headers = append([]string(nil), headers...)
			for i, h := range headers {
				if h == "" {
					headers[i] = tag
				}
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				var cached []bool
				s.p.Observe(func(o Observation) { cached = append(cached, o.Cached) })
				miss := s.long(method, path, headers...)
				hit := s.do(method, path, headers...)
				if !cached[0] || !cached[1] {
					t.Fatalf("%s %s %s: not from the cache: %v", method, path, name, cached)
				}
				if miss.Header().Get("X-Request-Id") == hit.Header().Get("X-Request-Id") || len(hit.Header().Get("X-Request-Id")) != 16 {
					t.Errorf("%s %s %s: request id %q", method, path, name, hit.Header().Get("X-Request-Id"))
				}
				miss.Header().Del("X-Request-Id")
				hit.Header().Del("X-Request-Id")
				if d := cmp.Diff(miss.Header(), hit.Header()); d != "" {
					t.Errorf("%s %s %s: headers\n%s", method, path, name, d)
				}
				if miss.Code != hit.Code || !bytes.Equal(miss.Body.Bytes(), hit.Body.Bytes()) {
					t.Errorf("%s %s %s: %d %d bytes, want %d %d", method, path, name, hit.Code, hit.Body.Len(), miss.Code, miss.Body.Len())
				}
			}
		}
	}
}

// The long way is passed only by what was asked in the same words before.
func TestShortWayIsTaken(t *testing.T) {
	s := newSite(t)
	next := 0
	h := s.p.Front(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next++
		s.h.ServeHTTP(w, r)
	}))
	ask := func(method, host, path string) bool {
		r := httptest.NewRequest(method, path, nil)
		r.Host = host
		before := next
		h.ServeHTTP(httptest.NewRecorder(), r)
		return next == before
	}
	for _, x := range []struct {
		name, method, host, path string
		short                    bool
	}{
		{"first", "GET", "a", "/works/3", false},
		{"second", "GET", "a", "/works/3", true},
		{"HEAD", "HEAD", "a", "/works/3", true},
		{"other method", "POST", "a", "/works/3", false},
		{"other host", "GET", "b", "/works/3", false},
		{"other variant", "GET", "a", "/hant/works/3", false},
		{"other query", "GET", "a", "/works/3?on=2016-05-01", false},
		{"missing page", "GET", "a", "/works/99", false},
		{"missing page again", "GET", "a", "/works/99", false},
		{"search", "GET", "a", "/search?q=a", false},
		{"search again", "GET", "a", "/search?q=a", false},
	} {
		if got := ask(x.method, x.host, x.path); got != x.short {
			t.Errorf("%s: short way %v", x.name, got)
		}
	}
	now := time.Now()
	s.p.head.now = func() time.Time { return now }
	ask("GET", "a", "/works/3")
	now = now.Add(time.Second)
	if ask("GET", "a", "/works/3") {
		t.Error("the sequence was due, yet nobody asked for it")
	}
	if !ask("GET", "a", "/works/3") {
		t.Error("the same sequence lost the page")
	}
	s.log.seq++
	now = now.Add(time.Second)
	ask("GET", "a", "/policies")
	if ask("GET", "a", "/works/3") {
		t.Error("a page of an old sequence was sent")
	}
	s.p.deps.Today = func() workday.Date { return testToday.AddDays(1) }
	if ask("GET", "a", "/works/3") {
		t.Error("a page of yesterday was sent")
	}
	s.p.deps.Progress = func() Progress { return Progress{Running: true} }
	if ask("GET", "a", "/works/3") {
		t.Error("a kept page was sent while the library is filled")
	}
}

func TestShortWayIsLoggedAndCounted(t *testing.T) {
	s := newSite(t)
	var lines bytes.Buffer
	s.p.LogTo(slog.New(slog.NewTextHandler(&lines, nil)))
	var seen []string
	s.p.Observe(func(o Observation) { seen = append(seen, fmt.Sprint(o.Page, o.Method, o.Status, o.Cached)) })
	s.get("/hant/works/3")
	id := s.get("/hant/works/3").Header().Get("X-Request-Id")
	tag := s.get("/hant/works/3").Header().Get("ETag")
	s.get("/hant/works/3", "If-None-Match", tag)
	if want := []string{"文件GET200 false", "文件GET200 true", "文件GET200 true", "文件GET304 true"}; !cmp.Equal(seen, want) {
		t.Errorf("counted %q, want %q", seen, want)
	}
	line := ""
	for l := range strings.Lines(lines.String()) {
		if strings.Contains(l, "id="+id) {
			line = l
		}
	}
	for _, want := range []string{"msg=request", "method=GET", "path=/hant/works/3", "status=200", "cached=true"} {
		if !strings.Contains(line, want) {
			t.Errorf("no %s in %q", want, line)
		}
	}
}

func TestAddressesAreBounded(t *testing.T) {
	s := newSite(t)
	for i := range 50 {
		s.get("/works/3?x=1&y=2" + strings.Repeat("&", i))
	}
	c := s.p.pages
	if len(c.asked) > 2*addressesPerPage {
		t.Errorf("%d addresses of one page are kept", len(c.asked))
	}
	c.mu.Lock()
	for c.order.Len() > 0 {
		c.drop(c.order.Back())
	}
	c.mu.Unlock()
	if len(c.asked) != 0 || c.bytes != 0 {
		t.Errorf("the empty cache holds %d addresses and %d bytes", len(c.asked), c.bytes)
	}
}

// gathered serves h as an App does.
func gathered(t *testing.T, h http.Handler) (base string) {
	srv := httptest.NewUnstartedServer(h)
	srv.Listener = GatherListener{srv.Listener}
	srv.Config.ConnContext = GatherContext
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestGatheredAnswersArriveWhole(t *testing.T) {
	s := newSite(t)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := r.URL.Query().Get("n"); n != "" {
			var size int
			if _, err := fmt.Sscan(n, &size); err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Length", n)
			writeWhole(w, r, http.StatusOK, bytes.Repeat([]byte{'x'}, size))
			return
		}
		s.h.ServeHTTP(w, r)
	})
	base := gathered(t, h)
	get := func(method, path string, headers ...string) (*http.Response, []byte) {
		q, err := http.NewRequest(method, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			q.Header.Set(headers[i], headers[i+1])
		}
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err := r.Body.Close(); err != nil {
			t.Error(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return r, body
	}
	for _, n := range []int{0, 1, 100, 2047, 2048, 2049, 3500, 3900, 4000, 4095, 4096, 4097, 5000, 7900, 8192, 9000, 100_000, 3_000_000} {
		if _, body := get("GET", fmt.Sprintf("/?n=%d", n)); len(body) != n || strings.Trim(string(body), "x") != "" {
			t.Errorf("%d bytes came as %d", n, len(body))
		}
	}
	for _, path := range []string{"/works/3", "/robots.txt", "/", "/works/99"} {
		r, first := get("GET", path)
		for range 3 {
			if _, again := get("GET", path); path != "/works/99" && !bytes.Equal(first, again) {
				t.Errorf("%s: the answers differ", path)
			}
			if _, body := get("HEAD", path); len(body) != 0 {
				t.Errorf("HEAD %s has a body", path)
			}
			if tag := r.Header.Get("ETag"); tag != "" {
				if same, body := get("GET", path, "If-None-Match", tag); same.StatusCode != http.StatusNotModified || len(body) != 0 {
					t.Errorf("%s: %d with its own tag", path, same.StatusCode)
				}
			}
			if one, body := get("GET", path, "Connection", "close"); path != "/works/99" && (!bytes.Equal(first, body) || !one.Close) {
				t.Errorf("%s: other bytes on a connection that ends", path)
			}
		}
	}
}

// An answer is out when writeWhole returns: nothing of it waits for the handler
// to end and costs another system call.
func TestGatheredAnswerIsOutAtOnce(t *testing.T) {
	read := make(chan struct{})
	base := gathered(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "6000")
		writeWhole(w, r, http.StatusOK, bytes.Repeat([]byte{'x'}, 6000))
		select {
		case <-read:
		case <-time.After(10 * time.Second):
			t.Error("part of the answer waits")
		}
	}))
	r, err := http.Get(base)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r.Body); err != nil || len(body) != 6000 {
		t.Errorf("%d bytes: %v", len(body), err)
	}
	close(read)
	if err := r.Body.Close(); err != nil {
		t.Error(err)
	}
}
