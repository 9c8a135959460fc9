package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/document"
	"gongkai/internal/org"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

const password = "xiaohe-liushui-9"

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// node is an App over a small story city that answers over the network.
type node struct {
	*app.App
	t     *testing.T
	clock *clock
	url   string
}

// nodes starts a node on an empty library of each engine.
func nodes(t *testing.T, fn func(n *node)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) { fn(startNode(t, c)) })
}

// oneNode starts a node on SQLite, for what no database takes part in.
func oneNode(t *testing.T) *node {
	t.Helper()
	return startNode(t, store.Config{DataDir: t.TempDir()})
}

func startNode(t *testing.T, c store.Config, change ...func(*app.Config)) *node {
	t.Helper()
	return startNodeLogging(t, c, slog.New(slog.DiscardHandler), change...)
}

// startNodeLogging starts a node that writes its log where a test reads it.
func startNodeLogging(t *testing.T, c store.Config, log *slog.Logger, change ...func(*app.Config)) *node {
	t.Helper()
	n := &node{t: t, clock: &clock{t: time.Date(2026, 11, 20, 9, 30, 0, 0, workday.Zone)}}
	config := app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: t.TempDir(), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	for _, f := range change {
		f(&config)
	}
	var err error
	if n.App, err = app.Open(context.Background(), config, log, n.clock.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.must(n.Close()) })
	n.must(n.SeedCity(context.Background()))
	h, err := n.Handler()
	n.must(err)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	n.url = server.URL
	return n
}

func (n *node) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// user enters an account with roles on an organ.
func (n *node) user(login, organ string, roles ...access.Role) {
	n.t.Helper()
	p := access.NewPerson{Login: login, Name: "演示" + login, Organ: organ, Password: password}
	for _, r := range roles {
		p.Grants = append(p.Grants, access.GrantSpec{Role: r, Organ: organ})
	}
	n.must(n.Access.AddUser(context.Background(), "console", p))
}

// browser keeps cookies, follows no redirect, and comes from an address of its own.
type browser struct {
	*node
	http.Client
	from string
}

var addresses struct {
	sync.Mutex
	n int
}

// browser opens one at an address that no other has.
func (n *node) browser() *browser {
	n.t.Helper()
	jar, err := cookiejar.New(nil)
	n.must(err)
	addresses.Lock()
	defer addresses.Unlock()
	addresses.n++
	from := fmt.Sprintf("10.%d.%d.%d", addresses.n>>16&255, addresses.n>>8&255, addresses.n&255)
	return &browser{n, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, from}
}

// reply is an answer that has been read.
type reply struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

func (b *browser) send(method, path string, form url.Values) reply {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, b.url+path, body)
	b.must(err)
	r.Header.Set("X-Forwarded-For", b.from)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	began := time.Now()
	res, err := b.Do(r)
	b.must(err)
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	b.must(err)
	return reply{res.StatusCode, res.Header, string(read), time.Since(began)}
}

func (b *browser) get(path string) reply { b.t.Helper(); return b.send(http.MethodGet, path, nil) }

// post sends a form with the token of this browser's pages.
func (b *browser) post(path string, form url.Values) reply {
	b.t.Helper()
	v := url.Values{"form_token": {b.token()}}
	for name, x := range form {
		v[name] = x
	}
	return b.send(http.MethodPost, path, v)
}

// token is what this browser's forms carry.
func (b *browser) token() string {
	b.t.Helper()
	for _, path := range []string{"/office/account", "/signin"} {
		d, err := goquery.NewDocumentFromReader(strings.NewReader(b.get(path).body))
		b.must(err)
		if v, ok := d.Find(`input[name="form_token"]`).First().Attr("value"); ok {
			return v
		}
	}
	b.t.Fatal("no form has a token")
	return ""
}

// try sends the sign-in form.
func (b *browser) try(login, password string) reply {
	b.t.Helper()
	return b.post("/signin", url.Values{"login": {login}, "password": {password}})
}

// signIn opens a browser in which somebody is signed in.
func (n *node) signIn(login, password string) *browser {
	n.t.Helper()
	b := n.browser()
	if p := b.try(login, password); p.status != http.StatusSeeOther {
		n.t.Fatalf("%s: %d %s", login, p.status, p.words())
	}
	return b
}

// words is the text of a page's main part.
func (p reply) words() string {
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil || d.Find("main").Length() == 0 {
		return p.body
	}
	return strings.Join(strings.Fields(d.Find("main").Text()), " ")
}

// count is the number of rows that a query counts.
func (n *node) count(query string, args ...any) (rows int) {
	n.t.Helper()
	n.must(n.DB.Reader().QueryRowContext(context.Background(), query, args...).Scan(&rows))
	return rows
}

func deskNotice(n int) string {
	return fmt.Sprintf("关于做好第%d项工作的通知\n清教发〔2024〕%d号\n\n各中小学校：\n现就有关事项通知如下。\n一、统一思想，落实第%d项工作。\n\n清河市教育局\n2024年3月%d日\n（此件公开发布）\n", n, n, n, n%28+1)
}

// things are what routes can name: all within the reach of a role that the
// education bureau, or the city above it, has given.
type things struct {
	batch, item, foreign int64 // foreign is a batch of the police
	work, police         int64 // one of each organ
	leader, unit         int64
	duty                 int64  // a case with a page of its own: a withdrawal that waits
	draft, file          int64  // a text that is being written, and a file beside it
	slip                 int64  // a text that went out by the release room
	exception            int64  // from a rule of checking
	picture, listed      int64  // of a draft; of the negative list
	mend, mendLetter     int64  // a correction that was signed
	scan, table          int64  // a scan of the request, an old register
	material             int64  // a document of it
	council              int64  // a meeting with minutes
	request, letter      int64  // a request that was confirmed in writing
	closed               int64  // a request that was withdrawn
	help, shared         int64  // help asked of another organ, with a document of the request
	helpFile             int64  // and what came with the answer
	sampling, sampled    int64  // a sample of answers, and one of them
	photo                string // digest of the leader's picture
	key                  string // of a text for a limited audience
}

// batch makes a batch of the import desk with texts that are read.
func (n *node) batch(organ string, texts ...string) (id int64, items []document.DeskItem) {
	n.t.Helper()
	ctx := context.Background()
	x, err := n.Organs.Organ(ctx, organ)
	n.must(err)
	id, err = n.Documents.NewDeskBatch(ctx, x.ID, "x")
	n.must(err)
	for i, text := range texts {
		_, err := n.Documents.AddDeskFile(ctx, id, fmt.Sprintf("%d.txt", i+1), "x", strings.NewReader(text))
		n.must(err)
	}
	n.rest()
	items, err = n.Documents.DeskItems(ctx, id, 0, 10)
	n.must(err)
	return id, items
}

// rest lets the desk work until nothing waits.
func (n *node) rest() {
	n.t.Helper()
	for worked := true; worked; {
		var err error
		worked, err = n.Documents.DeskWork(context.Background())
		n.must(err)
	}
}

func (n *node) release(batch, item int64, token string) {
	n.t.Helper()
	_, err := n.Documents.OrderRelease(context.Background(), document.DeskRelease{Batch: batch, Items: []int64{item}, Actor: "x", Token: token})
	n.must(err)
	n.rest()
}

func (n *node) things() (out things) {
	n.t.Helper()
	ctx := context.Background()
	n.pressroom().fill(&out)
	var items, police []document.DeskItem
	out.batch, items = n.batch("qh-jyj", deskNotice(901), deskNotice(902))
	out.item = items[0].ID
	n.release(out.batch, items[1].ID, "token-of-education")
	out.foreign, police = n.batch("qh-gaj", strings.ReplaceAll(deskNotice(903), "教育局", "公安局"), deskNotice(904))
	n.release(out.foreign, police[0].ID, "token-of-police")
	for of, x := range map[*int64][2]int64{&out.work: {out.batch, items[1].ID}, &out.police: {out.foreign, police[0].ID}} {
		done, err := n.Documents.DeskItem(ctx, x[0], x[1])
		n.must(err)
		if *of = done.Work; done.Work == 0 {
			n.t.Fatalf("not released: %v", done.Reasons)
		}
	}
	var picture bytes.Buffer
	n.must(jpeg.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 300, 420)), nil))
	photo, err := n.Organs.PutPhoto(ctx, &picture)
	n.must(err)
	x, err := n.Organs.Organ(ctx, "qh-jyj")
	n.must(err)
	by := org.By{Author: "console", Now: n.Now()}
	n.must(n.DB.Tx(ctx, func(tx *sql.Tx) error {
		f := org.LeaderFacts{Name: "澹台明溪", Post: "局长"}
		if err := photo.Hold(ctx, tx, &f, by.Now); err != nil {
			return err
		}
		out.photo = f.Photo
		if out.leader, err = org.AddLeader(ctx, tx, x, f, by); err != nil {
			return err
		}
		out.unit, err = org.AddUnit(ctx, tx, x, org.UnitFacts{Kind: org.InnerUnit, Name: "办公室"}, by)
		return err
	}))
	_, out.key = n.limited(x.ID)
	c, err := n.Releases.ProposeTakedown(ctx, release.NewTakedown{Organ: x.ID, Title: "关于河道的通知", Work: out.work, Ground: "mistake", Reason: "附件有误。", Token: "things", Actor: access.Actor{Login: "console"}})
	n.must(err)
	out.duty = c.ID
	return out
}

// twoTexts is a work with two texts and a file in the city's first column.
func twoTexts() string {
	file := base64.StdEncoding.EncodeToString([]byte("甲,乙\n1,2\n"))
	one := `{"id":"m1","work_id":"m1","version":1,"title":"清河市河道管理办法","publish_date":"2024-01-02","type":"规范性文件","issuing_body":"清河市人民政府","attachments":[{"name":"名单.csv","data":"` + file + `"}],"text":"第一条 为了保护河道。\n第二条 河道由市水务局管理。"}`
	return one + "\n" + strings.NewReplacer(`"id":"m1"`, `"id":"m2"`, `"version":1`, `"version":2`, "2024-01-02", "2025-01-02", "保护河道", "保护和管理河道").Replace(one) + "\n"
}
