package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/web/api"
)

// double enters a work that is work 1 again, with a text of its own, and joins
// it into work 1. It returns the number of the double.
func (s *site) double() int64 {
	s.t.Helper()
	s.load(law(map[string]any{"id": "x-v1", "work_id": "x", "version": 7, "title": "清河市河道管理条例", "publish_date": "2023-03-01", "type": "地方性法规",
		"text": "第一条 为了管理河道，制定本条例。\n第二条 第三次修改。"}))
	var drop int64
	if err := s.app.DB.Reader().QueryRowContext(context.Background(), `SELECT MAX(public_id) FROM works`).Scan(&drop); err != nil {
		s.t.Fatal(err)
	}
	s.merge(1, drop)
	return drop
}

func (s *site) merge(keep, drop int64) {
	s.t.Helper()
	if _, err := s.app.Documents.MergeWorks(context.Background(), document.Merge{Keep: keep, Drop: drop, Reason: "重复导入", Actor: "tester", Token: "merging-" + string(rune('a'+drop))}); err != nil {
		s.t.Fatal(err)
	}
	s.catchUp()
}

// A double is no removal: its address leads, in JSON, to the same thing at the
// work that stays.
func TestMoved_EveryAddressLeadsToTheWorkThatStays(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		if drop := s.double(); drop != 4 {
			s.t.Fatalf("the double is work %d", drop)
		}
		for path, want := range map[string]string{
			"works/4":                     "works/1",
			"works/4?on=2023-06-01":       "works/1?on=2023-06-01",
			"works/4/editions":            "works/1/editions",
			"works/4/editions/7":          "works/1/editions/3",
			"works/4/editions/7/parts":    "works/1/editions/3/parts",
			"works/4/facts":               "works/1/facts",
			"works/4/compare?from=7&to=7": "works/1/compare?from=3&to=3",
		} {
			w := s.ask(http.MethodGet, api.Root+path)
			var p api.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				s.t.Fatalf("%s: %v %s", path, err, w.Body)
			}
			at := w.Header().Get("Location")
			if w.Code != http.StatusPermanentRedirect || at != api.Root+want || p.Location != at || p.MergedInto != 1 || !strings.Contains(p.Detail, "并入第 1 号") {
				s.t.Errorf("%s: %d to %q %+v", path, w.Code, at, p)
			}
			if w := s.ask(http.MethodGet, at); w.Code != http.StatusOK {
				s.t.Errorf("%s leads to %s: %d %s", path, at, w.Code, w.Body)
			}
		}
		if w := s.ask(http.MethodGet, api.Root+"works/4/editions/1"); w.Code != http.StatusNotFound {
			s.t.Errorf("an edition that the double never had: %d %s", w.Code, w.Body)
		}
		if w := s.ask(http.MethodGet, api.Root+"works/3"); w.Code != http.StatusGone {
			s.t.Errorf("what was expunged: %d", w.Code)
		}
		var log struct {
			Changes []struct {
				Act        string
				ActName    string `json:"act_name"`
				Work       int64
				MergedInto int64 `json:"merged_into"`
				AsEdition  int   `json:"as_edition"`
				Entry      string
			}
		}
		s.get(api.Root+"changes?after=0&limit=1000", &log)
		last := log.Changes[len(log.Changes)-1]
		if last.Act != "merge" || last.ActName != "并入" || last.Work != 4 || last.MergedInto != 1 || last.AsEdition != 3 || !strings.Contains(last.Entry, `"detail":{"as_edition":"3","merged_into":"1"}`) {
			s.t.Errorf("%+v", last)
		}
	})
}

// Feeds, search and the copy of a follower honour it.
func TestMoved_FeedsAndSearchForgetTheDouble(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		s.double()
		f := s.feed("/feeds/latest")
		if e := f.Entries[0]; e.Title != "并入《清河市河道管理条例》：第 4 号文件第 7 版" || e.Category.Term != "并入" || !strings.HasSuffix(e.Link.Href, "/works/1") || strings.Contains(e.Summary, "清除") {
			s.t.Errorf("%+v", e)
		}
		f = s.feed("/feeds/works/4")
		if f.Title != "第 4 号文件的变动（已并入《清河市河道管理条例》）" || len(f.Entries) != 1 || len(f.Deleted) != 1 {
			s.t.Errorf("%+v", f)
		}
		if f := s.feed("/feeds/search?year=2025"); len(f.Deleted) != 2 {
			s.t.Errorf("%+v", f.Deleted)
		}
		if b := s.ask(http.MethodGet, "/feeds/search?year=2025").Body.String(); !strings.Contains(b, "已并入第 1 号文件") {
			s.t.Error(b)
		}
		var hits struct{ Hits []struct{ Work int64 } }
		s.get(api.Root+"search?q="+url.QueryEscape("河道管理条例"), &hits)
		for _, h := range hits.Hits {
			if h.Work == 4 {
				s.t.Error("search still knows the double")
			}
		}
		// What stays is expunged later: nobody names it again.
		s.expunge(1, 0)
		if e := s.feed("/feeds/works/4"); strings.Contains(e.Title+e.Entries[0].Title, "河道") || e.Entries[0].Title != "并入第 1 号文件：第 4 号文件第 7 版" {
			s.t.Errorf("%+v", e)
		}
		if w := s.ask(http.MethodGet, api.Root+"works/4"); w.Code != http.StatusPermanentRedirect {
			s.t.Errorf("%d", w.Code)
		}
	})
}
