package e2e

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/app"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// citizens is how many people ask at once.
func citizens() int {
	if soak() {
		return 2000
	}
	return 150
}

// askedOrgans is among how many organs they choose.
const askedOrgans = 6

// citizen is somebody in front of a browser: one form with its token, sent
// again with the same token until a receipt is shown.
type citizen struct {
	no     int
	form   url.Values
	tries  int
	number string // what the receipt showed, "" before
	code   string
}

func (z *citizen) proof() string { return fmt.Sprintf("G%08d", z.no) }

// from is the citizen's address; the gate of the form counts by address.
func (z *citizen) from() string { return fmt.Sprintf("10.9.%d.%d", z.no>>8&255, z.no&255) }

// crowd is everybody who asks, and the nodes they can reach.
type crowd struct {
	t     *testing.T
	list  []*citizen
	at    []atomic.Pointer[server] // a node may be down for a while
	shown atomic.Int64             // receipts shown for the first time
	again atomic.Int64             // people whose first try was cut off
	web   *http.Client
}

// withAsked enters the organs that take requests.
func (l library) withAsked(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{DataDir: l.data, Database: l.dsn, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Tx(ctx, func(tx *sql.Tx) error {
		for i := range askedOrgans {
			seed := org.Seed{Code: fmt.Sprintf("qh-%d", i), Kind: "department", Names: []org.NamePeriod{{Name: fmt.Sprintf("清河市第%d局", i+1), From: workday.MustDate("2001-01-01")}}}
			if _, err := org.Put(ctx, tx, seed, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
}

// node starts a node that believes its proxy about the client's address.
func (l library) node(t *testing.T) *server {
	t.Helper()
	return l.serve(t, "--trusted-proxies", "127.0.0.0/8")
}

func newCrowd(t *testing.T, nodes ...*server) *crowd {
	c := &crowd{t: t, at: make([]atomic.Pointer[server], len(nodes)), web: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	for i, s := range nodes {
		c.at[i].Store(s)
	}
	for i := range citizens() {
		z := &citizen{no: i}
		z.form = url.Values{"token": {rand.Text()}, "shown": {"3"}, "content": {fmt.Sprintf("清河市第%d号闸门的检修记录", i)}, "organ": {fmt.Sprintf("qh-%d", i%askedOrgans)}, "kind": {"natural"}, "name": {fmt.Sprintf("演示%d", i)},
			"proof": {z.proof()}, "phone": {"000-0000"}, "how": {"online"}, "informed": {"1"}}
		c.list = append(c.list, z)
	}
	return c
}

// send posts a form from an address; an error is a node that went away.
func (c *crowd) send(s *server, from, path string, v url.Values) (status int, page *goquery.Document, err error) {
	r, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(v.Encode()))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", from)
	res, err := c.web.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, err
	}
	page, err = goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	return res.StatusCode, page, err
}

// receipt reads number and code of the page that was shown.
func receipt(page *goquery.Document) (number, code string) {
	return page.Find(".receipt-facts dd").First().Text(), page.Find(".receipt-code").Text()
}

// ask sends the form until a receipt is shown, each time to the next node.
func (c *crowd) ask(z *citizen) {
	for began := time.Now(); time.Since(began) < patience; {
		s := c.at[(z.no+z.tries)%len(c.at)].Load()
		z.tries++
		status, page, err := c.send(s, z.from(), "/requests/new", z.form)
		if err != nil { // the node was killed under the form
			if z.tries == 1 {
				c.again.Add(1)
			}
			time.Sleep(200 * time.Millisecond)
			continue
		}
		number, code := receipt(page)
		if status != http.StatusOK || number == "" || code == "" {
			c.t.Errorf("citizen %d: status %d: %s", z.no, status, page.Find("main").Text())
			return
		}
		z.number, z.code = number, code
		c.shown.Add(1)
		return
	}
	c.t.Errorf("citizen %d has no receipt after %d tries", z.no, z.tries)
}

// all lets everybody ask at once; every seventh presses the button twice.
func (c *crowd) all() *sync.WaitGroup {
	var wait sync.WaitGroup
	for _, z := range c.list {
		wait.Go(func() { c.ask(z) })
		if z.no%7 == 0 {
			twin := &citizen{no: z.no, form: z.form, tries: 1}
			wait.Go(func() {
				c.ask(twin)
				c.shown.Add(-1) // the same receipt, shown twice
			})
		}
	}
	return &wait
}

// until waits until so many receipts were shown.
func (c *crowd) until(n int) int {
	c.t.Helper()
	for began := time.Now(); time.Since(began) < patience; time.Sleep(time.Millisecond) {
		if k := int(c.shown.Load()); k >= n {
			return k
		}
	}
	c.t.Fatalf("%d receipts were shown, waiting for %d", c.shown.Load(), n)
	return 0
}

// each does a thing for everybody, sixteen at a time.
func (c *crowd) each(fn func(z *citizen)) {
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			for k := i; k < len(c.list); k += 16 {
				fn(c.list[k])
			}
		})
	}
	wait.Wait()
}

// whole wants every receipt to exist under its number, the same one for the
// form sent again on any node, and the numbers of each organ without a gap.
func (c *crowd) whole(l library) {
	t := c.t
	t.Helper()
	for i := range c.at {
		s := c.at[i].Load()
		c.each(func(z *citizen) {
			status, page, err := c.send(s, z.from(), "/requests/new", z.form)
			if err != nil {
				t.Error(err)
				return
			}
			if number, code := receipt(page); status != http.StatusOK || number != z.number || code != z.code {
				t.Errorf("citizen %d was shown %s %s and is shown %s %s when the form comes again (%d)", z.no, z.number, z.code, number, code, status)
			}
		})
	}
	c.each(func(z *citizen) {
		status, page, err := c.send(c.at[z.no%len(c.at)].Load(), z.from(), "/requests/track", url.Values{"code": {z.code}, "second": {z.proof()[5:]}})
		if err != nil {
			t.Error(err)
			return
		}
		if words := page.Find("main").Text(); status != http.StatusOK || !strings.Contains(words, z.number) || !strings.Contains(words, z.form.Get("content")) {
			t.Errorf("the receipt %s of citizen %d is not there (%d): %s", z.number, z.no, status, words)
		}
	})
	db := l.database(t)
	defer db.Close()
	have := map[string]string{}
	serials := map[string]map[int]bool{}
	rows, err := db.Query(`SELECT o.code, c.number, q.content FROM cases c JOIN requests q ON q.case_id = c.id JOIN organs o ON o.id = c.organ_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var organ, number, content string
		if err := rows.Scan(&organ, &number, &content); err != nil {
			t.Fatal(err)
		}
		if _, twice := have[content]; twice {
			t.Errorf("%s stands twice, the second time as %s", content, number)
		}
		have[content] = organ + number
		_, after, _ := strings.Cut(number, "〕")
		n, err := strconv.Atoi(strings.TrimSuffix(after, "号"))
		if err != nil {
			t.Fatal(err)
		}
		group := organ + strings.TrimSuffix(number, after)
		if serials[group] == nil {
			serials[group] = map[int]bool{}
		}
		if serials[group][n] {
			t.Errorf("%s of %s was given twice", number, organ)
		}
		serials[group][n] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for group, list := range serials {
		for n := 1; n <= len(list); n++ {
			if !list[n] {
				t.Errorf("%s: number %d of %d is missing", group, n, len(list))
			}
		}
	}
	for _, z := range c.list {
		if got := have[z.form.Get("content")]; got != z.form.Get("organ")+z.number {
			t.Errorf("citizen %d was shown %s and stands as %q", z.no, z.number, got)
		}
	}
	for what, query := range map[string]string{
		"cases":                     `SELECT COUNT(*) FROM cases`,
		"requests":                  `SELECT COUNT(*) FROM requests`,
		"tokens":                    `SELECT COUNT(*) FROM case_tokens`,
		"first events":              `SELECT COUNT(*) FROM case_events WHERE no = 1`,
		"cases with a clock":        `SELECT COUNT(DISTINCT case_id) FROM case_facts`,
		"numbers that were counted": `SELECT SUM(last) FROM case_counters`,
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n != len(c.list) {
			t.Errorf("%s: %d, want %d", what, n, len(c.list))
		}
	}
	l.clean(t)
}

// TestCheck4_SubmissionsWhileTheNodeIsKilled: everybody asks at once and the
// node is killed under them; the forms are sent again to the next node.
func TestCheck4_SubmissionsWhileTheNodeIsKilled(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		l.withAsked(t)
		s := l.node(t)
		c := newCrowd(t, s)
		began := time.Now()
		wait := c.all()
		n := len(c.list)
		var killed []int
		for _, mark := range []int{n / 3, n * 2 / 3} {
			c.until(mark)
			s.kill()
			killed = append(killed, int(c.shown.Load()))
			s = l.node(t)
			c.at[0].Store(s)
			if !soak() {
				break
			}
		}
		wait.Wait()
		took := time.Since(began)
		if c.again.Load() == 0 {
			t.Error("no form was cut off by the kill: nothing is proved")
		}
		c.whole(l)
		t.Logf("%s: %d people, killed at %v receipts, %d people cut off; all had a receipt after %s", l.engine, n, killed, c.again.Load(), took.Round(100*time.Millisecond))
	})
}

// TestCheck4_SubmissionsToTwoNodes: half of the people reach each node; one is
// killed, then the other, and both come back.
func TestCheck4_SubmissionsToTwoNodes(t *testing.T) {
	l := newLibrary(t, "postgres")
	l.withAsked(t)
	far := l
	far.index = t.TempDir()
	libraries := []library{l, far}
	c := newCrowd(t, l.node(t), far.node(t))
	began := time.Now()
	wait := c.all()
	n := len(c.list)
	var killed []int
	for i := range libraries { // the second one is alone for a while
		c.until(n * (1 + 2*i) / 6)
		c.at[i].Load().kill()
		killed = append(killed, int(c.shown.Load()))
	}
	for i, l := range libraries {
		c.at[i].Store(l.node(t))
	}
	wait.Wait()
	took := time.Since(began)
	if c.again.Load() == 0 {
		t.Error("no form was cut off by the kills: nothing is proved")
	}
	c.whole(l)
	t.Logf("two nodes: %d people, killed at %v receipts, %d people cut off; all had a receipt after %s", n, killed, c.again.Load(), took.Round(100*time.Millisecond))
}
