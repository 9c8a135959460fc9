package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	foi "gongkai/internal/request"
)

// HandedOut gives the one file of the fake desk.
func (f *fakeRequests) HandedOut(_ context.Context, a access.Actor, _, version int64) (*foi.Version, []byte, error) {
	if a.Login != "applicant" || version != 5 {
		return nil, nil, fault.New(fault.NotFound, "fake", "没有这个文件。")
	}
	return &foi.Version{ID: 5, Name: "规划.pdf"}, []byte("%PDF-1.4 遮盖过的文件"), nil
}

// A file leaves only with the posted pair, under an address that tells nothing.
func TestA86_GivenFilesNeedTheCodeAndTheSecondFact(t *testing.T) {
	s := newSite(t)
	pair := func(code, file string) url.Values {
		return url.Values{"code": {code}, "second": {fakeSecond}, "file": {file}}
	}
	if w := s.send("/requests/file", pair(fakeCode, "6")); w.Code != http.StatusNotFound {
		t.Errorf("a file that was not handed out: %d", w.Code)
	}
	for name, v := range map[string]url.Values{"wrong code": pair("AAAAA-AAAAA", "5"), "no code": {"file": {"5"}}} {
		if w := s.send("/requests/file", v); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "%PDF") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := s.get("/requests/file"); w.Code == http.StatusOK {
		t.Errorf("the address alone gives %d", w.Code)
	}
}
