package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/web/api"
)

// topical enters works of two years and three topics, and gives the column that
// they stand in.
func (s *site) topical() (column int64) {
	s.t.Helper()
	var b strings.Builder
	for i, topic := range []string{"教育", "教育", "文化", "水利"} {
		b.WriteString(law(map[string]any{"id": fmt.Sprintf("t%d", i), "title": fmt.Sprintf("第%d号通知", i), "publish_date": fmt.Sprintf("%d-05-06", 2024+i%2), "type": "规范性文件",
			"organs": []string{"清河市教育局"}, "topics": []string{topic, "其他"}, "text": "第一条　内容" + strconv.Itoa(i) + "。\n"}))
	}
	s.load(b.String())
	var list struct{ Works []struct{ Work int64 } }
	s.get(api.Root+"works", &list)
	v, err := s.app.Documents.View(s.t.Context(), list.Works[0].Work, document.At{})
	if err != nil || len(v.Placements) != 1 {
		s.t.Fatalf("%+v %v", v, err)
	}
	return v.Placements[0].ColumnID
}

// Year, topic and column narrow the list and every feed of works alike.
func TestFilters_YearTopicColumnInListsAndFeeds(t *testing.T) {
	each(t, func(s *site) {
		column := s.topical()
		var organ struct {
			Works []struct {
				OrganCode string `json:"organ_code"`
			}
		}
		s.get(api.Root+"works", &organ)
		topic := "topic=" + url.QueryEscape("教育")
		for query, want := range map[string]int{
			"": 4, "year=2025": 2, "year=2024,2025": 4, topic: 2, topic + "&year=2024": 1, "year=1999": 0, topic + "&year=2025&kind=" + url.QueryEscape("规范性文件"): 1,
			"q=" + url.QueryEscape("第3号") + "&year=2025": 1,
		} {
			var list struct{ Total int }
			if s.get(api.Root+"works?"+query+"&column="+strconv.FormatInt(column, 10), &list); list.Total != want {
				s.t.Errorf("list %s: %d, want %d", query, list.Total, want)
			}
			for _, base := range []string{"/feeds/search?column=" + strconv.FormatInt(column, 10) + "&", "/feeds/columns/" + strconv.FormatInt(column, 10) + "?", "/feeds/organs/" + organ.Works[0].OrganCode + "?"} {
				f := s.feed(base + query)
				if len(f.Entries) != want {
					s.t.Errorf("%s%s: %d entries, want %d", base, query, len(f.Entries), want)
				}
				self := strings.TrimPrefix(f.Links[0].Href, "https://www.qinghe.example")
				if g := s.feed(self); len(g.Entries) != want || g.ID != f.ID {
					s.t.Errorf("%s%s calls itself %s, which is another feed", base, query, self)
				}
				if page := f.Links[1].Href; query != "" && !strings.HasPrefix(page, "https://www.qinghe.example/policies?") {
					s.t.Errorf("%s%s leads to %s", base, query, page)
				}
			}
		}
	})
}

func TestFilters_RefusalsNameTheField(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	for path, field := range map[string]string{
		api.Root + "works?year=25": "year", api.Root + "works?year=2025,x": "year", "/feeds/search?year=x": "year", "/feeds/columns/1?year=x": "year", "/feeds/columns/1?column=2": "column",
		"/feeds/organs/qinghe-water?organ=x": "organ", "/feeds/organs/qinghe-water?column=x": "column", "/feeds/columns/1?current=2": "current", "/feeds/latest?year=2025": "year",
	} {
		w := s.ask(http.MethodGet, path)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// The list of editions gives every text whole where that is asked for, and only
// there; of an expunged one there is none.
func TestEditions_WithTheirTexts(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		type list struct {
			Editions []struct {
				Edition int
				State   string
				Text    string
			}
		}
		var plain, full list
		s.get(api.Root+"works/1/editions", &plain)
		s.get(api.Root+"works/1/editions?text=1", &full)
		for i, e := range full.Editions {
			var one struct{ Text string }
			s.get(fmt.Sprintf("%sworks/1/editions/%d", api.Root, e.Edition), &one)
			if e.Text == "" || e.Text != one.Text || plain.Editions[i].Text != "" {
				s.t.Errorf("edition %d: %q, %q", e.Edition, e.Text, one.Text)
			}
		}
		s.expunge(1, 1)
		var left list
		s.get(api.Root+"works/1/editions?text=1", &left)
		if left.Editions[0].State != "expunged" || left.Editions[0].Text != "" || left.Editions[1].Text == "" {
			s.t.Errorf("%+v", left.Editions)
		}
		defer api.SetMaxTexts(20)()
		w := s.ask(http.MethodGet, api.Root+"works/1/editions?text=1")
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "逐版读取") {
			s.t.Errorf("%d %.200s", w.Code, w.Body)
		}
	})
}
