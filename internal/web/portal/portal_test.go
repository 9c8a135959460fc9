package portal

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"

	foi "gongkai/internal/request"
	"gongkai/internal/workday"
)

func fakeDeps(lib *fakeLibrary, log *fakeLog) Deps {
	return Deps{Library: lib, Organs: fakeOrgans{}, Search: fakeSearch{lib}, Log: log, Requests: &fakeRequests{state: foi.Working, organ: 7}, Today: func() workday.Date { return testToday }, Build: "test"}
}

// site is a portal over the fake library.
type testSite struct {
	t   testing.TB
	lib *fakeLibrary
	log *fakeLog
	h   http.Handler
	p   *Portal
}

func newSite(t testing.TB) *testSite {
	t.Helper()
	s := &testSite{t: t, lib: newFakeLibrary(t), log: &fakeLog{seq: 1}}
	p, err := New(fakeDeps(s.lib, s.log))
	if err != nil {
		t.Fatal(err)
	}
	p.LogTo(slog.New(slog.DiscardHandler))
	s.p, s.h = p, p.Handler()
	return s
}

func (s *testSite) get(path string, headers ...string) *httptest.ResponseRecorder {
	return s.do(http.MethodGet, path, headers...)
}

func (s *testSite) do(method, path string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Host = "www.qinghe.example"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

// page is an HTML answer, checked for its status.
func (s *testSite) page(path string, status int) *goquery.Document {
	s.t.Helper()
	w := s.get(path)
	if w.Code != status {
		s.t.Fatalf("GET %s: status %d, want %d\n%.600s", path, w.Code, status, w.Body)
	}
	d, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func TestEveryPageAnswers(t *testing.T) {
	s := newSite(t)
	for _, path := range allPages {
		s.page(path, http.StatusOK)
	}
}

// allPages is one address of each page that answers with HTML.
var allPages = []string{
	"/", "/policies", "/policies?validity=%E6%9C%89%E6%95%88&sort=title", "/policies?q=nothing", "/works/1", "/works/2", "/works/3", "/works/3?edition=1", "/works/3?on=2016-05-01", "/works/3?on=2001-01-01",
	"/works/4", "/works/5", "/works/6", "/works/7", "/works/1/history", "/works/3/history", "/works/4/history", "/works/1/compare", "/works/3/compare?from=1&to=2", "/works/2/compare",
	"/works/3/proof", "/works/6/proof", "/works/3/files/2/0", "/works/3/files/2/1", "/works/3/files/2/2", "/works/3/files/2/3", "/organs", "/organs/qhcg", "/organs/gwy",
	"/columns/11", "/columns/10", "/search", "/search?q=%E5%81%9C%E8%BD%A6", "/search?q=%E6%89%BE%E4%B8%8D%E5%88%B0", "/disclosure/", "/sitemap", "/help", "/requests/new", "/requests/track", "/requests/opinion", "/styleguide", "/leave?to=https%3A%2F%2Fexample.org%2Fa",
}
