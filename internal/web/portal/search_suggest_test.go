package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Names come by their beginning, number, pinyin and initials, for scripts and
// for people without.
func TestSuggestions(t *testing.T) {
	s := newIndexSite(t)
	s.notices(3)
	for _, c := range []struct{ typed, text, what, href string }{
		{"清河市停车", "清河市停车场管理办法", "标题", "/works/3"},
		{"清政办字〔2021", "清政办字〔2021〕17号", "文号", "/works/3"},
		{"tingchechang", "清河市停车场管理办法", "标题", "/works/3"},
		{"tcc", "清河市停车场管理办法", "标题", "/works/3"},
	} {
		w := s.get("/search/suggest.json?q=" + url.QueryEscape(c.typed))
		var a suggestAnswer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 200 || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
			t.Fatalf("%s: %d %v %s", c.typed, w.Code, err, w.Body)
		}
		found := false
		for _, i := range a.Suggestions {
			found = found || i.Text == c.text && i.What == c.what && i.Href == c.href && i.Validity != ""
		}
		if !found {
			t.Errorf("%s: %s", c.typed, w.Body)
		}
		if d := s.page("/search/suggest?q="+url.QueryEscape(c.typed), 200); d.Find(`.suggest-plain a[href="`+c.href+`"]`).Length() != 1 {
			t.Errorf("%s without scripts: %s", c.typed, d.Find("main").Text())
		}
	}
	hant := s.get("/hant/search/suggest.json?q=tingchechang").Body.String()
	if !strings.Contains(hant, "清河市停車場管理辦法") || !strings.Contains(hant, `"/hant/works/3"`) {
		t.Errorf("traditional: %s", hant)
	}
	wantText(t, s.page("/search/suggest?q="+url.QueryEscape("齉齾"), 200).Find(".empty"), "没有这样的文件或者机构")
	bad := s.get("/search/suggest.json?q=%00")
	if bad.Code != http.StatusBadRequest || !strings.Contains(bad.Body.String(), "读不懂的字符") || !json.Valid(bad.Body.Bytes()) {
		t.Errorf("NUL: %d %s", bad.Code, bad.Body)
	}
	if c := s.get("/search/suggest.json?q=tcc").Header().Get("Cache-Control"); !strings.Contains(c, "max-age") {
		t.Errorf("suggestions are not cached: %q", c)
	}
}

// Home, head and search page name the address; it stays in the variant.
func TestSearchBoxesKnowWhereSuggestionsAre(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ page, want string }{
		{"/", "/search/suggest.json"}, {"/policies", ""}, {"/works/3", "/search/suggest.json"}, {"/search", "/search/suggest.json"}, {"/hant/elder/", "/hant/elder/search/suggest.json"},
	} {
		if got := s.page(c.page, 200).Find("[data-suggest] input[type=search]").First().Closest("[data-suggest]").AttrOr("data-suggest", ""); got != c.want {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
	}
}
