package app_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/access"
)

var formToken = regexp.MustCompile(`(name="form_token" value=")[^"]*`)

// TestAttack_GuessingTellsNothingAndLocksNobodyOut sends a thousand wrong
// passwords from a thousand addresses to a login that exists and to one that
// does not: at each step both are answered in the same bytes. The person is
// told how long to wait, their known browser is not touched, and what the flood
// left in the database goes.
func TestAttack_GuessingTellsNothingAndLocksNobodyOut(t *testing.T) {
	nodes(t, func(n *node) {
		n.user("lin", "qh-jyj", access.Clerk)
		known := n.signIn("lin", password) // a browser in which lin has signed in before
		attacker := n.browser()
		token := attacker.token()
		guess := func(login string, i int) reply {
			attacker.from = fmt.Sprintf("172.16.%d.%d", i/250, i%250+1)
			return attacker.send(http.MethodPost, "/signin", url.Values{"form_token": {token}, "login": {login}, "password": {fmt.Sprintf("wrong-%d", i)}})
		}
		seen := func(p reply, login string) string {
			p.header.Del("Set-Cookie")
			return strings.ReplaceAll(formToken.ReplaceAllString(told(p, "/signin"), "$1"), `value="`+login+`"`, "LOGIN")
		}
		status := map[int]int{}
		for i := range 1000 {
			p := guess("lin", i)
			if status[p.status]++; p.status != http.StatusUnauthorized && p.status != http.StatusTooManyRequests {
				n.t.Fatalf("guess %d: %d %s", i, p.status, p.words())
			}
			if i < 8 {
				if d := cmp.Diff(seen(guess("nil", 5000+i), "nil"), seen(p, "lin")); d != "" {
					n.t.Errorf("try %d tells which login exists: -nil +lin\n%s", i, d)
				}
			}
		}
		if status[http.StatusUnauthorized] > 12 {
			n.t.Errorf("%d passwords were looked at without a wait", status[http.StatusUnauthorized])
		}

		home := n.browser()
		early := home.try("lin", password)
		if early.status != http.StatusTooManyRequests || early.header.Get("Retry-After") == "" || !strings.Contains(early.body, "失败次数太多") {
			n.t.Errorf("the person themselves: %d %v %s", early.status, early.header, early.words())
		}
		if p := known.get("/office"); p.status != http.StatusOK {
			n.t.Errorf("the open session ended: %d", p.status)
		}
		known.send(http.MethodPost, "/signout", url.Values{"form_token": {known.token()}})
		if p := known.try("lin", password); p.status != http.StatusSeeOther {
			n.t.Errorf("the known browser: %d %s", p.status, p.words())
		}
		var wait int
		if _, err := fmt.Sscan(early.header.Get("Retry-After"), &wait); err != nil || wait > 300 {
			n.t.Fatalf("Retry-After %q", early.header.Get("Retry-After"))
		}
		n.clock.pass(time.Duration(wait) * time.Second)
		if p := home.try("lin", password); p.status != http.StatusSeeOther {
			n.t.Errorf("after the wait that was named: %d %s", p.status, p.words())
		}

		if rows := n.count(`SELECT COUNT(*) FROM sign_in_guards`); rows < 900 {
			n.t.Errorf("%d rows: the flood was not counted by address", rows)
		}
		n.clock.pass(25 * time.Hour)
		guess("nil", 9000) // nobody has signed in since
		if rows := n.count(`SELECT COUNT(*) FROM sign_in_guards`); rows > 5 {
			n.t.Errorf("%d rows of yesterday's flood are kept", rows)
		}
		if rows := n.count(`SELECT COUNT(*) FROM audit_log WHERE act = 'sign_in' AND outcome = 'refused'`); rows < 1000 {
			n.t.Errorf("%d audit rows of 1,000 guesses", rows)
		}
	})
}

// TestAttack_StolenCookieEnds: a copy of a session's cookie opens nothing once
// the person has signed out, signed out everywhere, or changed the password.
func TestAttack_StolenCookieEnds(t *testing.T) {
	nodes(t, func(n *node) {
		n.user("lin", "qh-jyj", access.Clerk)
		at, err := url.Parse(n.url)
		n.must(err)
		next := password
		for _, c := range []struct {
			name, path string
			form       url.Values
			elsewhere  bool // the person acts in another browser than the one stolen from
		}{
			{"sign out", "/signout", url.Values{}, false},
			{"sign out everywhere", "/office/account/sessions/end-all", url.Values{}, true},
			{"change the password", "/office/account/password", url.Values{"old": {password}, "new": {"qinghe-chunfeng-7"}, "again": {"qinghe-chunfeng-7"}}, true},
		} {
			victim := n.signIn("lin", next)
			thief := n.browser()
			jar, err := cookiejar.New(nil)
			n.must(err)
			jar.SetCookies(at, victim.Jar.Cookies(at))
			thief.Jar = jar
			token := thief.token()
			if p := thief.get("/office"); p.status != http.StatusOK {
				n.t.Fatalf("%s: the stolen cookie never worked: %d", c.name, p.status)
			}
			actor := victim
			if c.elsewhere {
				actor = n.signIn("lin", next)
			}
			if p := actor.post(c.path, c.form); p.status != http.StatusSeeOther {
				n.t.Fatalf("%s: %d %s", c.name, p.status, p.words())
			}
			if c.form.Has("new") {
				next = c.form.Get("new")
			}
			for what, p := range map[string]reply{
				"reads":  thief.get("/office"),
				"writes": thief.send(http.MethodPost, "/office/account/totp/start", url.Values{"form_token": {token}}),
			} {
				if p.status != http.StatusUnauthorized {
					n.t.Errorf("after %s the thief %s: %d %.200s", c.name, what, p.status, p.words())
				}
			}
			if c.elsewhere {
				if p := actor.get("/office"); p.status != http.StatusOK {
					n.t.Errorf("after %s the person themselves is out: %d", c.name, p.status)
				}
			}
		}
		if p := n.browser().try("lin", password); p.status != http.StatusUnauthorized {
			n.t.Errorf("the old password: %d", p.status)
		}
	})
}

// TestAttack_CursorsFromNowhere: a cursor of another library, of the future, or
// made up, gets an answer that a person can read and never a fault.
func TestAttack_CursorsFromNowhere(t *testing.T) {
	nodes(t, func(n *node) {
		importText(n.t, n.App, small(0, 30))
		catchUp(n.t, n.App)
		n.user("admin", "qh-zf", access.SystemAdmin)
		n.user("inspector", "qh-zf", access.Inspector)
		n.user("manager", "qh-zf", access.LibraryManager)
		browsers := map[string]*browser{"": n.browser(), "admin": n.signIn("admin", password), "inspector": n.signIn("inspector", password), "manager": n.signIn("manager", password)}
		mark := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		for _, c := range []struct {
			as, path string
			status   int
		}{
			{"", "/api/v1/changes?after=31", 400}, {"", "/api/v1/changes?after=9223372036854775807", 400}, {"", "/api/v1/changes?after=30", 200},
			{"", "/api/v1/works?cursor=" + mark("999999999:9999-12-31"), 200}, {"", "/api/v1/works?sort=oldest&cursor=" + mark("999999999:9999-12-31"), 200},
			{"", "/api/v1/works?cursor=" + mark("x:2020-01-01"), 400}, {"", "/api/v1/works?cursor=" + mark("99999999999999999999:"), 400},
			{"", "/policies?cursor=" + mark("5:2020\x00-01-01"), 400}, {"", "/api/v1/works?cursor=" + mark("5:2020\x00-01-01"), 400},
			{"", "/policies?cursor=" + mark("5:\xff\xfe"), 400}, {"", "/api/v1/works?sort=title&cursor=" + mark("5:\xff\xfe"), 400},
			{"", "/policies?cursor=" + mark("5:"+strings.Repeat("a", 60_000)), 400}, {"", "/api/v1/works?cursor=" + mark("5:"+strings.Repeat("a", 60_000)), 400},
			{"", "/columns/1?cursor=" + mark("5:\x00"), 400}, {"", "/api/v1/works?sort=work&cursor=" + mark("5\x00"), 400},
			{"", "/api/v1/works?sort=work&cursor=" + mark("999999999"), 200}, {"", "/api/v1/works?sort=work&cursor=" + mark("5:2020-01-01"), 400}, {"", "/api/v1/works?cursor=" + mark("5"), 400},
			{"", "/policies?cursor=" + mark("999999999:9999-12-31"), 200}, {"", "/policies?cursor=zzz", 400}, {"", "/columns/1?cursor=zzz", 400},
			{"", "/api/v1/search?q=" + url.QueryEscape("河道") + "&cursor=" + mark("999999999"), 400},
			{"admin", "/office/people?after=9223372036854775807", 200}, {"admin", "/office/people?after=-1", 400}, {"admin", "/office/people?after=99999999999999999999", 400},
			{"inspector", "/office/audit?before=9223372036854775807", 200}, {"inspector", "/office/audit?before=x", 400},
			{"manager", "/office/import?before=9223372036854775807", 200}, {"manager", "/office/import?before=-5", 400},
		} {
			if p := browsers[c.as].get(c.path); p.status != c.status {
				n.t.Errorf("%s: %d, want %d: %.300s", c.path, p.status, c.status, p.words())
			}
		}
	})
}

// TestExport_WhileDocumentsChange pages through the whole library while others
// publish, amend and expunge between the pages: what existed throughout with
// its date unchanged is there exactly once, and the log names all the rest.
func TestExport_WhileDocumentsChange(t *testing.T) {
	nodes(t, func(n *node) {
		const standing = 60
		importText(n.t, n.App, small(0, standing))
		b := n.browser()
		for _, sort := range []string{"newest", "oldest", "force", "title", "work"} {
			var from, gone = n.count(`SELECT COALESCE(MAX(public_id), 0) FROM work_cards`), map[int64]bool{}
			before := map[int64]bool{}
			for id := range from {
				before[int64(id+1)] = true
			}
			got := n.takeAll(b, sort, func(pages int) {
				if pages > 6 {
					return
				}
				// New ones before and behind the reader, and one that goes.
				importText(n.t, n.App, small(1000+n.count(`SELECT COUNT(*) FROM works`)*2, 2))
				if doomed := int64(pages*standing/8 + 1); !gone[doomed] && n.count(`SELECT COUNT(*) FROM work_cards WHERE public_id = $1`, doomed) == 1 {
					gone[doomed] = true
					n.must(n.Documents.Expunge(context.Background(), doomed, 0, "tester", "测试"))
				}
			})
			for id := range before {
				there := n.count(`SELECT COUNT(*) FROM work_cards WHERE public_id = $1`, id) == 1
				if there && got[id] != 1 {
					n.t.Errorf("sort=%s: work %d came %d times", sort, id, got[id])
				}
			}
			for id, times := range got {
				if times != 1 {
					n.t.Errorf("sort=%s: work %d came %d times", sort, id, times)
				}
			}
		}
	})
}

// takeAll follows the list of works to its end, seven at a time, does meanwhile
// after each page, and counts how often each work came.
func (n *node) takeAll(b *browser, sort string, meanwhile func(page int)) map[int64]int {
	n.t.Helper()
	got, next := map[int64]int{}, "/api/v1/works?limit=7&sort="+sort
	for pages := 0; next != ""; pages++ {
		if pages > 100 {
			n.t.Fatal("paging does not end")
		}
		var page struct {
			Works []struct{ Work int64 }
		}
		p := b.get(next)
		if err := json.Unmarshal([]byte(p.body), &page); err != nil || p.status != http.StatusOK {
			n.t.Fatalf("%s: %d %v %s", next, p.status, err, p.body)
		}
		for _, w := range page.Works {
			got[w.Work]++
		}
		next, _, _ = strings.Cut(strings.TrimPrefix(p.header.Get("Link"), "<"), ">")
		next = strings.TrimPrefix(next, n.url)
		meanwhile(pages)
	}
	return got
}

// TestExport_WhileDatesMove: a new text moves the date of its work to the front
// or to the end of the list while somebody takes everything. By date works are
// lost; by number every work that existed throughout comes exactly once.
func TestExport_WhileDatesMove(t *testing.T) {
	nodes(t, func(n *node) {
		const standing = 40
		text := func(i, version int, date string) string {
			return fmt.Sprintf(`{"id":"d%d-%d","work_id":"d%d","version":%d,"title":"第%d号河道管理通知","publish_date":"%s","type":"规范性文件","text":"第一条 第%d号河道由市水务局管理，第%d版。"}`+"\n", i, version, i, version, i, date, i, version)
		}
		var lines strings.Builder
		for i := range standing {
			lines.WriteString(text(i, 1, fmt.Sprintf("2015-%02d-%02d", 1+i%12, 1+i%28)))
		}
		importText(n.t, n.App, lines.String())
		ids := map[int64]bool{}
		for id := range n.takeAll(n.browser(), "work", func(int) {}) {
			ids[id] = true
		}
		if len(ids) != standing {
			n.t.Fatalf("%d works of %d", len(ids), standing)
		}
		for round, sort := range []string{"newest", "work"} {
			got := n.takeAll(n.browser(), sort, func(page int) {
				if page > 4 {
					return
				}
				var moved strings.Builder
				for i := page; i < standing; i += 5 { // some already taken, some still ahead
					moved.WriteString(text(i, 2+round, fmt.Sprintf("20%02d-%02d-%02d", 16+5*round+page%2, 1+i%12, 1+page)))
				}
				moved.WriteString(text(standing+10*round+page, 1, "2020-01-01"))
				importText(n.t, n.App, moved.String())
			})
			lost := 0
			for id := range ids {
				if got[id] == 0 {
					lost++
				}
				if sort == "work" && got[id] != 1 {
					n.t.Errorf("work %d came %d times", id, got[id])
				}
			}
			if sort == "newest" && lost == 0 {
				n.t.Error("no date moved past the reader: this test shows nothing")
			}
			if moved := n.count(`SELECT COUNT(*) FROM work_cards WHERE editions = $1`, 2+round); moved < standing/2 {
				n.t.Errorf("sort=%s: only %d of %d works have the new text", sort, moved, standing)
			}
		}
	})
}
