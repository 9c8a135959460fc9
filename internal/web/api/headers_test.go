package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"gongkai/internal/web/api"
	"gongkai/internal/web/ui"
)

func TestHeaders_TagAndRevalidation(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	first := s.ask(http.MethodGet, api.Root+"works/2")
	tag := first.Header().Get("ETag")
	if tag == "" || first.Header().Get("Cache-Control") != "public, no-cache" {
		t.Fatalf("%v", first.Header())
	}
	if w := s.ask(http.MethodGet, api.Root+"works/2", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	s.expunge(2, 0)
	if w := s.ask(http.MethodGet, api.Root+"works/2", "If-None-Match", tag); w.Code != http.StatusGone {
		t.Errorf("after the expunge: %d", w.Code)
	}
	full := s.ask(http.MethodGet, api.Root+"changes?limit=2")
	if !strings.Contains(full.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("a full page with rows behind it never moves: %q", full.Header().Get("Cache-Control"))
	}
	if last := s.ask(http.MethodGet, api.Root+"changes"); strings.Contains(last.Header().Get("Cache-Control"), "immutable") {
		t.Error("the last page moves")
	}
}

func TestHeaders_GzipHeadAndMethods(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	w := s.ask(http.MethodGet, api.Root+"openapi.json", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil || !strings.HasPrefix(string(b), "{") {
		t.Errorf("%v %.20s", err, b)
	}
	head := s.ask(http.MethodHead, api.Root+"works/1")
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d %d %v", head.Code, head.Body.Len(), head.Header())
	}
	for _, m := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if w := s.ask(m, api.Root+"works/1"); w.Code != http.StatusMethodNotAllowed || !strings.Contains(w.Header().Get("Allow"), "GET") {
			t.Errorf("%s: %d", m, w.Code)
		}
	}
}

func TestHeaders_OtherSitesMayRead(t *testing.T) {
	s := one(t, nil)
	for _, path := range []string{api.Root + "changes", "/feeds/latest", api.Root + "nothing"} {
		if w := s.ask(http.MethodGet, path, "Origin", "https://elsewhere.example"); w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	w := s.ask(http.MethodOptions, api.Root+"works/1", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET")
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Methods") == "" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
}

// What the headers promise is kept: waiting for Retry-After is enough, and
// Remaining requests are really let through.
func TestLimits_HeadersAreHonest(t *testing.T) {
	s := one(t, func(d *api.Deps) { d.Limits = api.Limits{PerSecond: 0.5, Burst: 3, Clients: 10} })
	ask := func(from string) (int, http.Header) {
		w := s.ask(http.MethodGet, api.Root+"changes", "RemoteAddr", from)
		return w.Code, w.Header()
	}
	for want := 2; want >= 0; want-- {
		code, h := ask("192.0.2.1:1")
		if code != http.StatusOK || h.Get("RateLimit-Remaining") != strconv.Itoa(want) || h.Get("RateLimit-Limit") != "3" {
			t.Fatalf("%d %v", code, h)
		}
	}
	code, h := ask("192.0.2.1:2")
	wait, err := strconv.Atoi(h.Get("Retry-After"))
	if code != http.StatusTooManyRequests || err != nil || wait != 2 || h.Get("RateLimit-Remaining") != "0" {
		t.Fatalf("%d %v", code, h)
	}
	if body := s.ask(http.MethodGet, api.Root+"changes", "RemoteAddr", "192.0.2.1:2").Body.String(); !strings.Contains(body, "请在 2 秒后再试") {
		t.Errorf("body %s", body)
	}
	if code, _ := ask("192.0.2.2:1"); code != http.StatusOK {
		t.Errorf("another client: %d", code)
	}
	s.now = s.now.Add(time.Duration(wait) * time.Second)
	if code, _ := ask("192.0.2.1:1"); code != http.StatusOK {
		t.Errorf("after Retry-After: %d", code)
	}
	_, h = ask("192.0.2.1:1")
	reset, err := strconv.Atoi(h.Get("RateLimit-Reset"))
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(time.Duration(reset) * time.Second)
	if _, h = ask("192.0.2.1:1"); h.Get("RateLimit-Remaining") != "2" {
		t.Errorf("after RateLimit-Reset the bucket is not full: %v", h)
	}
}

func TestLimits_SubscribersOfIPv6ShareTheirNetwork(t *testing.T) {
	s := one(t, func(d *api.Deps) { d.Limits = api.Limits{PerSecond: 1, Burst: 1, Clients: 10} })
	if w := s.ask(http.MethodGet, "/feeds/latest", "RemoteAddr", "[2001:db8::1]:1"); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	if w := s.ask(http.MethodGet, "/feeds/latest", "RemoteAddr", "[2001:db8::2]:1"); w.Code != http.StatusTooManyRequests {
		t.Errorf("same /64: %d", w.Code)
	}
	if w := s.ask(http.MethodGet, "/feeds/latest", "RemoteAddr", "[2001:db8:0:1::1]:1"); w.Code != http.StatusOK {
		t.Errorf("another /64: %d", w.Code)
	}
}

func TestClientAddr_ForwardedOnlyFromTrustedProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		trusted   []netip.Prefix
		want      string
	}{
		"nobody trusted":          {"192.0.2.1:5", []string{"198.51.100.7"}, nil, "192.0.2.1"},
		"not a proxy":             {"192.0.2.1:5", []string{"198.51.100.7"}, trusted, "192.0.2.1"},
		"through a proxy":         {"127.0.0.1:5", []string{"198.51.100.7"}, trusted, "198.51.100.7"},
		"forged before the proxy": {"127.0.0.1:5", []string{"203.0.113.9, 198.51.100.7"}, trusted, "198.51.100.7"},
		"two proxies":             {"127.0.0.1:5", []string{"203.0.113.9, 198.51.100.7, 10.0.0.3"}, trusted, "198.51.100.7"},
		"two headers":             {"127.0.0.1:5", []string{"203.0.113.9", "198.51.100.7"}, trusted, "198.51.100.7"},
		"nonsense":                {"127.0.0.1:5", []string{"198.51.100.7, x"}, trusted, "127.0.0.1"},
		"no header":               {"127.0.0.1:5", nil, trusted, "127.0.0.1"},
		"mapped":                  {"[::ffff:127.0.0.1]:5", []string{"198.51.100.7"}, trusted, "198.51.100.7"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
			for _, f := range c.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			if got := api.ClientAddr(r, c.trusted); got.String() != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLimits_MemoryIsBounded(t *testing.T) {
	n := api.BucketsAfter(api.Limits{PerSecond: 1, Burst: 5, Clients: 100}, 5000)
	if n != 100 {
		t.Errorf("%d buckets", n)
	}
}

func TestPage_InEveryVariant(t *testing.T) {
	s := one(t, nil)
	for _, v := range ui.Variants {
		w := s.ask(http.MethodGet, v.Link(api.Root))
		body := w.Body.String()
		if w.Code != http.StatusOK || strings.Count(body, "<h1>") != 1 || !strings.Contains(body, `lang="`+v.Lang()+`"`) || !strings.Contains(body, "/api/v1/changes?after=0") {
			t.Errorf("%s: %d %.200s", v.Prefix(), w.Code, body)
		}
		if strings.Contains(body, "<script>") || strings.Contains(body, "style=") {
			t.Errorf("%s: inline script or style", v.Prefix())
		}
	}
	if w := s.ask(http.MethodGet, "/elder/hant"+api.Root); w.Code != http.StatusNotFound {
		t.Errorf("variants in another order: %d", w.Code)
	}
	for _, e := range api.PageExamples() {
		if body := s.ask(http.MethodGet, api.Root).Body.String(); !strings.Contains(body, `id="example-`+e.Name+`"`) {
			t.Errorf("example %s is not on the page", e.Name)
		}
	}
}
