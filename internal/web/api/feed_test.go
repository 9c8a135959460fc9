package api_test

import (
	"context"
	"database/sql"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gongkai/internal/publication"
	"gongkai/internal/web/api"
)

type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Deleted []struct {
		Ref  string `xml:"ref,attr"`
		When string `xml:"when,attr"`
	} `xml:"http://purl.org/atompub/tombstones/1.0 deleted-entry"`
	Entries []struct {
		ID       string `xml:"id"`
		Title    string `xml:"title"`
		Updated  string `xml:"updated"`
		Summary  string `xml:"summary"`
		Category struct {
			Term string `xml:"term,attr"`
		} `xml:"category"`
		Link struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

func (s *site) feed(path string) atom {
	s.t.Helper()
	w := s.ask(http.MethodGet, path)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
		s.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	var f atom
	if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil {
		s.t.Fatalf("%s: %v\n%s", path, err, w.Body)
	}
	if f.ID == "" || f.Title == "" || len(f.Links) != 2 {
		s.t.Errorf("%s: %+v", path, f)
	}
	if _, err := time.Parse(time.RFC3339Nano, f.Updated); err != nil {
		s.t.Errorf("%s: updated %q", path, f.Updated)
	}
	return f
}

func TestFeeds_EveryKindNamesItsWorks(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		column := strconv.FormatInt(1, 10)
		for path, want := range map[string][]string{
			"/feeds/search?q=" + url.QueryEscape("河道"):                                                             {"清河市河道管理条例", "清河市水务局关于加强河道保护的通知"},
			"/feeds/search?kind=" + url.QueryEscape("地方性法规"):                                                       {"清河市河道管理条例"},
			"/feeds/search?year=2025":                                                                              {"清河市水务局关于加强河道保护的通知"},
			"/feeds/search?current=1&organ=qinghe-water":                                                           {"清河市水务局关于加强河道保护的通知"},
			"/feeds/search?q=" + url.QueryEscape("河道") + "&year=2020":                                              {"清河市河道管理条例"},
			"/feeds/search?q=" + url.QueryEscape("河道") + "&organ=" + url.QueryEscape("清河市水务局"):                     {"清河市水务局关于加强河道保护的通知"},
			"/feeds/search?q=" + url.QueryEscape("河道") + "&validity=" + url.QueryEscape("部分失效") + "&to=2020-12-31": {"清河市河道管理条例"},
			"/feeds/organs/qinghe-water":                                                                           {"清河市水务局关于加强河道保护的通知"},
			"/feeds/columns/" + column:                                                                             {"清河市河道管理条例", "清河市水务局关于加强河道保护的通知"},
		} {
			f := s.feed(path)
			titles := map[string]bool{}
			for _, e := range f.Entries {
				titles[e.Title] = true
				if !strings.HasPrefix(e.ID, "tag:www.qinghe.example,2026:works/") || !strings.HasPrefix(e.Link.Href, "https://www.qinghe.example/works/") {
					s.t.Errorf("%s: entry %+v", path, e)
				}
			}
			if len(titles) != len(want) {
				s.t.Errorf("%s: %v", path, titles)
			}
			for _, w := range want {
				if !titles[w] {
					s.t.Errorf("%s: %q is missing", path, w)
				}
			}
			if len(f.Deleted) != 1 || f.Deleted[0].Ref != "tag:www.qinghe.example,2026:works/3" {
				s.t.Errorf("%s: tombstones %+v", path, f.Deleted)
			}
		}
	})
}

// Times come from the log, ids stay, and what was expunged is not named again.
func TestFeeds_LatestFollowsTheLog(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	f := s.feed("/feeds/latest")
	if len(f.Entries) == 0 || f.Entries[0].Category.Term != "依法清除" || f.Entries[0].Title != "依法清除：第 3 号文件第 1 版" {
		t.Fatalf("%+v", f.Entries)
	}
	if len(f.Deleted) != 1 { // the release of work 3
		t.Errorf("tombstones %+v", f.Deleted)
	}
	released := f.Deleted[0].Ref
	if b := s.ask(http.MethodGet, "/feeds/latest").Body.String(); strings.Contains(b, "已清除的通知") {
		t.Error("the title of an expunged notice is in the feed")
	}
	s.now = s.now.Add(time.Hour)
	s.load(law(map[string]any{"id": "n3", "title": "新通知", "publish_date": "2025-06-06", "type": "规范性文件", "text": "内容。"}))
	g := s.feed("/feeds/latest")
	if g.Entries[0].Title != "发布：新通知" || g.Updated != "2026-11-20T02:30:00Z" || g.Entries[0].Updated != g.Updated {
		t.Errorf("newest entry %+v, updated %s", g.Entries[0], g.Updated)
	}
	if g.Entries[1].ID != f.Entries[0].ID || g.Deleted[0].Ref != released || g.ID != f.ID {
		t.Error("ids moved")
	}
}

// A withdrawn work is named by its number, and readers are told to drop it.
func TestFeeds_WithdrawnWork(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		ctx := context.Background()
		if err := s.app.DB.Tx(ctx, func(tx *sql.Tx) error {
			head, err := publication.LockHead(ctx, tx, s.app.DB.Dialect)
			if err != nil {
				return err
			}
			e := publication.Entry{At: s.now, Act: publication.Withdraw, Work: head.NextPublicID()}
			if err := tx.QueryRowContext(ctx, `INSERT INTO works (public_id, created_at) VALUES ($1, 1) RETURNING id`, e.Work).Scan(&e.WorkID); err != nil {
				return err
			}
			if _, err := head.Append(ctx, e); err != nil {
				return err
			}
			return head.Close(ctx)
		}); err != nil {
			s.t.Fatal(err)
		}
		if f := s.feed("/feeds/latest"); f.Entries[0].Title != "撤下：第 4 号文件" {
			s.t.Errorf("%+v", f.Entries[0])
		}
		if f := s.feed("/feeds/search?year=2025"); len(f.Deleted) != 2 || f.Deleted[0].Ref != "tag:www.qinghe.example,2026:works/4" {
			s.t.Errorf("%+v", f.Deleted)
		}
	})
}

func TestFeeds_OfOneWork(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	f := s.feed("/feeds/works/1")
	if f.Title != "《清河市河道管理条例》的变动" || len(f.Entries) < 2 || f.Entries[len(f.Entries)-1].Link.Href != "https://www.qinghe.example/works/1/history" {
		t.Fatalf("%+v", f)
	}
	gone := s.feed("/feeds/works/3")
	if len(gone.Entries) != 1 || len(gone.Deleted) != 1 || strings.Contains(gone.Title, "通知") {
		t.Errorf("%+v", gone)
	}
	for path, want := range map[string]int{"/feeds/works/99": 404, "/feeds/works/x": 404, "/feeds/organs/nowhere": 404, "/feeds/columns/99": 404,
		"/feeds/latest?q=a": 400, "/feeds/search?q=a&lmit=1": 400, "/feeds/search?on=x&q=a": 400, "/feeds/search?q=a&level=x": 400, "/feeds/search?q=a&from=x": 400, "/feeds/other": 404,
		"/feeds/search?q=" + strings.Repeat("a", 501): 400} {
		if w := s.ask(http.MethodGet, path); w.Code != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestFeeds_TagStaysUntilTheLogMoves(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	path := "/feeds/search?q=" + url.QueryEscape("河道")
	tag := s.ask(http.MethodGet, path).Header().Get("ETag")
	if w := s.ask(http.MethodGet, path, "If-None-Match", tag); tag == "" || w.Code != http.StatusNotModified {
		t.Errorf("%q: %d", tag, w.Code)
	}
	s.expunge(2, 0)
	if w := s.ask(http.MethodGet, path, "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("after an act: %d", w.Code)
	}
}

// A feed's self link names the feed itself, so that it can be found again.
func TestFeeds_SelfLinkIsTheSameFeed(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	f := s.feed("/feeds/search?kind=" + url.QueryEscape("规范性文件") + "&q=" + url.QueryEscape("河道") + "&current=true")
	self := strings.TrimPrefix(f.Links[0].Href, "https://www.qinghe.example")
	if g := s.feed(self); g.ID != f.ID || len(g.Entries) != len(f.Entries) {
		t.Errorf("%s: %s, %s", self, g.ID, f.ID)
	}
}

func TestRoutes_NameEveryAddress(t *testing.T) {
	s := one(t, nil)
	seen := map[string]bool{}
	for _, r := range s.api.Routes() {
		if r.Page == "" || r.Method != http.MethodGet || seen[r.Pattern] {
			t.Errorf("%+v", r)
		}
		seen[r.Pattern] = true
	}
	for _, want := range []string{api.Root + "changes", "/feeds/latest", "/feeds/search", api.Root + "openapi.json"} {
		if !seen[want] {
			t.Errorf("%s is missing", want)
		}
	}
}
