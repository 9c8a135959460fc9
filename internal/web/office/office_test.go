package office

import (
	"context"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/filestore"
	"gongkai/internal/org"
	"gongkai/internal/oversight"
	"gongkai/internal/release"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

var ctx = context.Background()

const password = "xiaohe-liushui-9"

type watch struct {
	mu sync.Mutex
	t  time.Time
}

func (c *watch) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *watch) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// site is a library with an office that answers over the network.
type site struct {
	*Office
	t      testing.TB
	db     *store.DB
	clock  *watch
	server *httptest.Server
}

// organCodes are the small tree of the tests: code and parent.
var organCodes = [][2]string{{"qh-zf", ""}, {"qh-jyj", "qh-zf"}, {"qh-sx", "qh-jyj"}, {"qh-gaj", "qh-zf"}}

func newSite(t testing.TB, db *store.DB) *site {
	t.Helper()
	c := &watch{t: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)}
	s, err := access.New(db, access.Options{Now: c.now, Hash: access.HashParams{Memory: 64, Time: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		names := map[string]string{"qh-zf": "清河市人民政府", "qh-jyj": "清河市教育局", "qh-sx": "清河市第一实验学校", "qh-gaj": "清河市公安局"}
		for _, o := range organCodes {
			seed := org.Seed{Code: o[0], Kind: "department", Names: []org.NamePeriod{{Name: names[o[0]], From: workday.MustDate("2001-01-01")}}}
			if o[1] != "" {
				seed.Parents = []org.ParentPeriod{{Code: o[1]}}
			}
			if _, err := org.Put(ctx, tx, seed, c.t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	cases := casework.New(db, c.now)
	requests := request.New(db, cases, vault.New(db, vault.Source{}), c.now).KeepIn(filestore.Rows(db))
	o, err := New(Deps{Access: s, DB: db, Organs: org.New(db).KeepIn(filestore.Rows(db)), Library: library(t, db, c), Cases: cases, Releases: release.New(db, cases, &stacks{}, reader{}, c.now), Requests: requests, Oversight: oversight.New(db, cases, seen{requests}, c.now), Files: filestore.Rows(db), Preview: shownAs, Site: func(context.Context) (*document.Site, error) {
		return &document.Site{Name: "清河市政府信息公开"}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	o.LogTo(slog.New(slog.NewTextHandler(io.Discard, nil)))
	server := httptest.NewServer(o.Handler())
	t.Cleanup(server.Close)
	return &site{o, t, db, c, server}
}

func run(t *testing.T, fn func(t *testing.T, s *site)) {
	storetest.Run(t, func(t *testing.T, db *store.DB) { fn(t, newSite(t, db)) })
}

// user enters an account with roles on an organ.
func (s *site) user(login, organ string, roles ...access.Role) {
	s.t.Helper()
	p := access.NewPerson{Login: login, Name: "演示" + login, Organ: organ, Password: password}
	for _, r := range roles {
		p.Grants = append(p.Grants, access.GrantSpec{Role: r, Organ: organ})
	}
	if err := s.access.AddUser(ctx, "console", p); err != nil {
		s.t.Fatal(err)
	}
}

// browser keeps cookies and does not follow redirects.
type browser struct {
	s *site
	http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer that has been read.
type page struct {
	status int
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) page {
	b.s.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	return page{res.StatusCode, res.Header, string(body)}
}

func (b *browser) get(path string) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.s.server.URL+path, nil)
	if err != nil {
		b.s.t.Fatal(err)
	}
	return b.do(r)
}

// post sends values as they are, without a token.
func (b *browser) post(path string, v url.Values) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.s.server.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// submit opens a page, finds the form that leads to action, and sends it with
// its hidden fields and the given values, as a person would.
func (b *browser) submit(from, action string, values map[string]string) page {
	b.s.t.Helper()
	return b.send(b.get(from), action, values)
}

func (b *browser) send(p page, action string, values map[string]string) page {
	b.s.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	f := d.Find(`main form[action="` + action + `"]`).First()
	if f.Length() == 0 {
		b.s.t.Fatalf("no form to %s on the page:\n%s", action, d.Find("main").Text())
	}
	v, fields := url.Values{}, map[string]bool{}
	f.Find("input, select, textarea").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		fields[name] = true
		if kind, _ := in.Attr("type"); kind == "radio" || kind == "checkbox" {
			if _, on := in.Attr("checked"); !on {
				return
			}
		}
		switch goquery.NodeName(in) {
		case "textarea":
			value = in.Text()
		case "select":
			value, _ = in.Find("option[selected]").Attr("value")
		}
		v.Set(name, value)
	})
	f.Find("button[name]").Each(func(_ int, in *goquery.Selection) { fields[in.AttrOr("name", "")] = true })
	for name, x := range values {
		if !fields[name] {
			b.s.t.Fatalf("the form to %s has no field %q", action, name)
		}
		v.Set(name, x)
	}
	return b.post(action, v)
}

// signIn opens a browser in which somebody is signed in.
func (s *site) signIn(login string) *browser {
	s.t.Helper()
	b := s.browser()
	if p := b.submit("/signin", "/signin", map[string]string{"login": login, "password": password}); p.status != http.StatusSeeOther {
		s.t.Fatalf("%s: %d %s", login, p.status, p.words())
	}
	return b
}

// words is the text of a page's main part.
func (p page) words() string {
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(d.Find("main").Text()), " ")
}

func (s *site) audits(f audit.Filter) []audit.Row {
	s.t.Helper()
	f.Limit = 500
	rows, _, err := audit.List(ctx, s.db.Reader(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// has fails unless a page has a status and holds words.
func (s *site) has(p page, status int, words ...string) {
	s.t.Helper()
	if p.status != status {
		s.t.Errorf("status %d, want %d: %s", p.status, status, p.words())
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			s.t.Errorf("the page lacks %q: %s", w, p.words())
		}
	}
}
