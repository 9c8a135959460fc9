package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"gongkai/internal/document"
	"gongkai/internal/search"
	"gongkai/internal/web/api"
	"gongkai/internal/workday"
)

// ZC21-1.3b, ZC21-T08: what the site gives to others is what it shows itself;
// pages, commands and this interface read the same rows.
func TestZC211_3b_SameBytesAsTheCommands(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		ctx := context.Background()
		lib := s.app.Documents
		for path, at := range map[string]document.At{
			"works/1":               {},
			"works/1?on=2020-01-31": {On: workday.MustDate("2020-01-31")},
			"works/1?on=2010-01-01": {On: workday.MustDate("2010-01-01")},
			"works/1/editions/1":    {Edition: 1},
		} {
			v, err := lib.View(ctx, 1, at)
			if err != nil {
				s.t.Fatal(err)
			}
			want, err := document.Line(v.JSON())
			if err != nil {
				s.t.Fatal(err)
			}
			if got := s.ask(http.MethodGet, api.Root+path).Body.Bytes(); !bytes.Equal(got, want) {
				s.t.Errorf("%s:\n%s\nwant\n%s", path, got, want)
			}
		}
		res, err := s.app.Search(ctx, search.Query{Text: "河道", Limit: 10})
		if err != nil {
			s.t.Fatal(err)
		}
		want, err := document.Line(res)
		if err != nil {
			s.t.Fatal(err)
		}
		if got := s.ask(http.MethodGet, api.Root+"search?q="+url.QueryEscape("河道")).Body.Bytes(); !bytes.Equal(got, want) {
			s.t.Errorf("search:\n%s\nwant\n%s", got, want)
		}
		c, err := lib.Compare(ctx, 1, 1, 2)
		if err != nil {
			s.t.Fatal(err)
		}
		var got struct{ Segments []json.RawMessage }
		s.get(api.Root+"works/1/compare?from=1&to=2", &got)
		if len(got.Segments) != len(c.Segments) {
			s.t.Fatalf("%d segments, want %d", len(got.Segments), len(c.Segments))
		}
		for i := range c.Segments {
			if want, err := document.Line(c.Segments[i]); err != nil || string(got.Segments[i]) != strings.TrimSpace(string(want)) {
				s.t.Errorf("segment %d: %s, want %s (%v)", i, got.Segments[i], want, err)
			}
		}
	})
}

func TestSearch_PagesReachEveryHitOnce(t *testing.T) {
	s := one(t, nil)
	var lines strings.Builder
	for i := range 23 {
		lines.WriteString(law(map[string]any{"id": "d" + string(rune('a'+i)), "title": "河道管理通知" + string(rune('甲'+i)) + strings.Repeat("长", 200), "publish_date": "2025-01-02", "type": "规范性文件", "text": "河道管理。"}))
	}
	s.load(lines.String())
	for _, kind := range []string{"search?q=" + url.QueryEscape("河道") + "&limit=5", "works?limit=5&kind=" + url.QueryEscape("规范性文件"), "works?limit=5&sort=title", "works?limit=5&sort=work"} {
		seen := map[int64]int{}
		address := api.Root + kind
		for pages := 0; address != ""; pages++ {
			if pages > 5 {
				t.Fatal("paging does not end")
			}
			w := s.ask(http.MethodGet, address)
			var page struct {
				Total int
				Hits  []struct{ Work int64 }
				Works []struct{ Work int64 }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK || page.Total != 23 {
				t.Fatalf("%s: %d %v %s", address, w.Code, err, w.Body)
			}
			for _, h := range append(page.Hits, page.Works...) {
				seen[h.Work]++
			}
			link := w.Header().Get("Link")
			address, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">")
		}
		if len(seen) != 23 {
			t.Errorf("%s: %d works of 23", kind, len(seen))
		}
		for work, n := range seen {
			if n != 1 {
				t.Errorf("%s: work %d came %d times", kind, work, n)
			}
		}
	}
}

func TestProblems_ChineseWithField(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	long := strings.Repeat("河", 10_000)
	for name, c := range map[string]struct {
		path   string
		status int
		field  string
	}{
		"limit too large":      {"search?q=a&limit=101", 400, "limit"},
		"limit no number":      {"search?q=a&limit=x", 400, "limit"},
		"limit zero":           {"changes?limit=0", 400, "limit"},
		"limit overflow":       {"changes?limit=99999999999999999999", 400, "limit"},
		"no question":          {"search", 400, "q"},
		"long question":        {"search?q=" + url.QueryEscape(long), 400, "q"},
		"bad level":            {"search?q=a&level=word", 400, "level"},
		"bad day":              {"works/1?on=2020-02-30", 400, "on"},
		"bad day in search":    {"search?q=a&on=x", 400, "on"},
		"bad flag":             {"search?q=a&national=maybe", 400, "national"},
		"bad cursor":           {"search?q=a&cursor=zzz", 400, "cursor"},
		"bad list cursor":      {"works?cursor=zzz", 400, "cursor"},
		"nul in list cursor":   {"works?cursor=NToyMDIwAC0wMS0wMQ", 400, "cursor"}, // 5:2020 NUL -01-01
		"no text in cursor":    {"works?sort=title&cursor=NTr__g", 400, "cursor"},  // 5: FF FE
		"cursor by date":       {"works?sort=work&cursor=NToyMDIwLTAxLTAx", 400, "cursor"},
		"long list cursor":     {"works?cursor=" + strings.Repeat("a", 60_000), 400, "cursor"},
		"bad sort":             {"works?sort=x", 400, "sort"},
		"unknown parameter":    {"search?q=a&lmit=3", 400, "lmit"},
		"work no number":       {"works/abc", 400, "id"},
		"work missing":         {"works/999", 404, ""},
		"edition missing":      {"works/1/editions/9", 404, ""},
		"edition zero":         {"works/1/editions/0", 404, ""},
		"compare without to":   {"works/1/compare?from=1", 400, "to"},
		"organ missing":        {"organs/nowhere", 404, ""},
		"column missing":       {"works?column=99", 404, ""},
		"expunged":             {"works/3", 410, ""},
		"expunged editions":    {"works/3/editions", 410, ""},
		"cursor of the future": {"changes?after=999", 400, "after"},
		"negative cursor":      {"changes?after=-1", 400, "after"},
		"no such address":      {"nothing", 404, ""},
		"nul":                  {"search?q=a%00b", 400, "q"},
		"lone surrogate":       {"search?q=%ED%A0%80", 400, "q"},
		"broken escape":        {"search?q=%zz", 400, ""},
		"nul in path":          {"organs/a%00b", 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.ask(http.MethodGet, api.Root+c.path)
			var p api.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if w.Code != c.status || p.Status != c.status || p.Field != c.field {
				t.Errorf("%d %+v, want %d field %q", w.Code, p, c.status, c.field)
			}
			if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("type %q", ct)
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("a problem may be kept: %q", w.Header().Get("Cache-Control"))
			}
			for _, text := range []string{p.Title, p.Detail} {
				if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || len([]rune(text)) > 200 {
					t.Errorf("no short Chinese sentence: %q", text)
				}
			}
			if strings.Contains(p.Detail, "expected") || strings.Contains(p.Detail, "invalid") {
				t.Errorf("the framework's own words came through: %q", p.Detail)
			}
		})
	}
}

// Hostile but harmless questions get an ordinary answer.
func TestSearch_StrangeQuestionsAreAnswered(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	for _, q := range []string{"，。！？", "' OR 1=1 --", "\u202e河道", "%_\\", "\"", "NEAR(a b)", "a\tb\nc", strings.Repeat("河", 500)} {
		if w := s.ask(http.MethodGet, api.Root+"search?q="+url.QueryEscape(q)); w.Code != http.StatusOK {
			t.Errorf("%q: %d %s", q, w.Code, w.Body)
		}
		if w := s.ask(http.MethodGet, api.Root+"works?q="+url.QueryEscape(q)); w.Code != http.StatusOK {
			t.Errorf("works %q: %d %s", q, w.Code, w.Body)
		}
	}
}

// Every filter of the search narrows, and the next page keeps them all.
func TestSearch_FiltersNarrowAndStayOnTheNextPage(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	q := "search?q=" + url.QueryEscape("河道")
	for filter, want := range map[string]int{
		"": 2, "&kind=" + url.QueryEscape("规范性文件"): 1, "&kind=" + url.QueryEscape("规范性文件,地方性法规"): 2,
		"&kind=" + url.QueryEscape("规范性文件") + "&kind=" + url.QueryEscape("地方性法规"): 2, "&national=1": 0, "&national=true": 0,
		"&region=" + url.QueryEscape("清河"): 2, "&validity=" + url.QueryEscape("部分失效"): 1, "&organ=" + url.QueryEscape("清河市水务局"): 1,
		"&from=2025-01-01": 1, "&to=2020-12-31": 1, "&on=2016-01-01": 1,
	} {
		var page struct{ Total int }
		if code := s.get(api.Root+q+filter, &page); code != http.StatusOK || page.Total != want {
			t.Errorf("%s: %d, %d hits, want %d", filter, code, page.Total, want)
		}
	}
	w := s.ask(http.MethodGet, api.Root+q+"&limit=1&sort=newest&facets=1&from=2015-01-01&to=2026-01-01&region="+url.QueryEscape("清河"))
	link, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"sort": "newest", "facets": "1", "from": "2015-01-01", "to": "2026-01-01", "region": "清河", "limit": "1"} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("the next page has %s=%q, want %q", name, got, want)
		}
	}
}

func TestNextKey_OnlyWhenMoreRemains(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	var page map[string]any
	s.get(api.Root+"search?q="+url.QueryEscape("河道")+"&limit=1", &page)
	if page["next"] == nil {
		t.Errorf("no next: %v", page)
	}
	page = nil
	s.get(api.Root+"search?q="+url.QueryEscape("河道"), &page)
	if _, ok := page["next"]; ok {
		t.Errorf("next at the end: %v", page)
	}
}
