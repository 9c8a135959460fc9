package portal

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

// oldPlaces answers for one old address and remembers what it was asked.
type oldPlaces struct {
	asked []string
	err   error
}

func (o *oldPlaces) Find(_ context.Context, host, path, rawQuery string) (int64, error) {
	o.asked = append(o.asked, host+path+"?"+rawQuery)
	if path == "/zwgk/T2012.html" && rawQuery == "id=3" {
		return 1, o.err
	}
	return 0, o.err
}

func TestE72_OldAddressesAreSentOn(t *testing.T) {
	s := newSite(t)
	old := &oldPlaces{}
	if w := s.get("/zwgk/T2012.html?id=3"); w.Code != http.StatusNotFound {
		t.Fatalf("without old addresses: %d", w.Code)
	}
	s.p.MovedFrom(old)
	for _, c := range []struct{ method, path, to string }{
		{"GET", "/zwgk/T2012.html?id=3", "/works/1"},
		{"HEAD", "/zwgk/T2012.html?id=3", "/works/1"},
		{"GET", "/hant/zwgk/T2012.html?id=3", "/hant/works/1"},
		{"GET", "/elder/zwgk/T2012.html?id=3", "/elder/works/1"},
		{"GET", "/hant/elder/zwgk/T2012.html?id=3", "/hant/elder/works/1"},
	} {
		w := s.do(c.method, c.path)
		if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != c.to {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Header().Get("Location"))
		}
	}
	if old.asked[0] != "www.qinghe.example/zwgk/T2012.html?id=3" {
		t.Errorf("asked for %q", old.asked[0])
	}
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/zwgk/t2012.html?id=3", http.StatusNotFound},
		{"GET", "/zwgk/T2012.html", http.StatusNotFound},
		{"POST", "/zwgk/T2012.html?id=3", http.StatusMethodNotAllowed},
	} {
		if w := s.do(c.method, c.path); w.Code != c.status {
			t.Errorf("%s %s: %d", c.method, c.path, w.Code)
		}
	}
	n := len(old.asked)
	if w := s.get("/policies"); w.Code != http.StatusOK || len(old.asked) != n {
		t.Error("a page of ours was looked for among the old ones")
	}
	old.err = errors.New("away")
	if w := s.get("/zwgk/T2012.html?id=3"); w.Code != http.StatusInternalServerError {
		t.Errorf("a failing look-up: %d", w.Code)
	}
}
