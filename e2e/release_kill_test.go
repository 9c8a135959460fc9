package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/casework"
	"gongkai/internal/org"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// scheduledTexts is how many texts are set for one minute.
func scheduledTexts() int {
	if soak() {
		return 500
	}
	return 60
}

// scheduled holds texts that are signed and wait for one moment.
type scheduled struct {
	library
	n  int
	at time.Time
	db *sql.DB
}

// schedule brings texts through the gates by the acts of four people, and has
// them all signed for the same moment, a little ahead. The time for taking a
// signature back is over by then: the office's clock was an hour behind.
func (l library) schedule(t *testing.T, n int) *scheduled {
	t.Helper()
	ctx := context.Background()
	behind := func() time.Time { return time.Now().Add(-time.Hour) }
	a, err := app.Open(ctx, app.Config{DataDir: l.data, Database: l.dsn, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), behind)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var organ int64
	must(a.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
		organ, err = org.Put(ctx, tx, org.Seed{Code: "qh-swj", Kind: "department", Names: []org.NamePeriod{{Name: "清河市水务局", From: workday.MustDate("2001-01-01")}}}, behind())
		return err
	}))
	crew := map[access.Role]access.Actor{}
	for _, r := range []access.Role{access.Clerk, access.Reviewer, access.SecrecyReviewer, access.Signer} {
		login := strings.ReplaceAll(string(r), "_", "-")
		must(a.Access.AddUser(ctx, "console", access.NewPerson{Login: login, Name: "演示" + login, Organ: "qh-swj", Password: "qinghe-liushui-6", Grants: []access.GrantSpec{{Role: r, Organ: "qh-swj"}}}))
		var id int64
		must(a.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id))
		if crew[r], err = access.ActorOf(ctx, a.DB.Reader(), id, a.Today()); err != nil {
			t.Fatal(err)
		}
	}
	must(a.Releases.SetReviewBody(ctx, crew[access.Signer], release.ReviewBody{Organ: organ, Body: "办公室", Responsible: "办公室主任", Procedure: "起草、审核、保密审查、签发"}))
	var ids []int64
	do := func(id int64, r access.Role, act casework.Action, form any) {
		t.Helper()
		_, err := a.Cases.Apply(ctx, casework.Do{Case: id, Action: act, Actor: crew[r], Form: form})
		must(err)
	}
	for i := range n {
		c, err := a.Releases.Begin(ctx, release.NewSlip{Organ: organ, Opened: "paste", Actor: crew[access.Clerk], Token: fmt.Sprint(i),
			Paper: release.Paper{Title: fmt.Sprintf("关于第%d号闸门冬季检修的通知", i+1), Kind: "通知", Organs: []string{"清河市水务局"}, AdoptedOn: a.Today(),
				Text: fmt.Sprintf("各街道办事处：\n第%d号闸门将进行冬季检修，请做好准备。\n清河市水务局\n（此件公开发布）", i+1)},
			Decision: &release.Decision{Attribute: release.Proactive, FormedOn: a.Today()}})
		must(err)
		_, err = a.Releases.Recheck(ctx, c.ID)
		must(err)
		do(c.ID, access.Clerk, release.ActSubmit, nil)
		do(c.ID, access.Reviewer, release.ActPassReview, &release.OpinionForm{Opinion: "同意"})
		do(c.ID, access.SecrecyReviewer, release.ActPassSecrecy, &release.OpinionForm{Opinion: "不涉密"})
		ids = append(ids, c.ID)
	}
	at := time.Now().Add(3*time.Second + time.Duration(n)*30*time.Millisecond).Truncate(time.Second)
	for _, id := range ids {
		do(id, access.Signer, release.ActSign, &release.SignForm{At: at})
	}
	must(a.Close())
	s := &scheduled{library: l, n: n, at: at, db: l.database(t)}
	t.Cleanup(func() { s.db.Close() })
	return s
}

// out counts the texts that are public by now.
func (s *scheduled) out(t *testing.T) (n int) {
	t.Helper()
	if err := s.db.QueryRow(`SELECT COUNT(*) FROM releases WHERE released_at > 0`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// until waits until so many texts are out.
func (s *scheduled) until(t *testing.T, want int) (n int) {
	t.Helper()
	for began := time.Now(); time.Since(began) < patience; time.Sleep(2 * time.Millisecond) {
		if n = s.out(t); n >= want {
			return n
		}
	}
	t.Fatalf("%d of %d texts are out", n, want)
	return 0
}

// whole wants every text out once: one event, one work, numbers without a gap,
// a log that is dense and verifies.
func (s *scheduled) whole(t *testing.T) {
	t.Helper()
	for what, query := range map[string]string{
		"texts that are public":         `SELECT COUNT(*) FROM releases s JOIN cases c ON c.id = s.case_id WHERE c.state = 'published' AND c.closed_at > 0 AND s.failed = ''`,
		"works that texts became":       `SELECT COUNT(DISTINCT s.work) FROM releases s JOIN works w ON w.public_id = s.work`,
		"acts of publishing":            `SELECT COUNT(*) FROM case_events WHERE action = 'publish'`,
		"texts that were published":     `SELECT COUNT(DISTINCT case_id) FROM case_events WHERE action = 'publish'`,
		"works":                         `SELECT COUNT(*) FROM works`,
		"highest number of a work":      `SELECT MAX(public_id) FROM works`,
		"releases in the log":           `SELECT COUNT(*) FROM publication_log WHERE act = 'release'`,
		"editions":                      `SELECT COUNT(*) FROM editions WHERE state = 'published'`,
		"titles":                        `SELECT COUNT(DISTINCT title) FROM editions`,
		"works of the channel archive":  `SELECT COUNT(*) FROM release_channels WHERE channel = 'archive'`,
		"texts not before their moment": fmt.Sprintf(`SELECT COUNT(*) FROM releases WHERE released_at >= %d AND release_at = %d`, s.at.UnixMicro(), s.at.UnixMicro()),
	} {
		var n int
		if err := s.db.QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n != s.n {
			t.Errorf("%s: %d, want %d", what, n, s.n)
		}
	}
	wantDense(t, s.library, s.n)
	s.clean(t)
}

// served wants a node to find every text, and its feed to show the newest.
func (s *scheduled) served(t *testing.T, node *server) {
	t.Helper()
	ask := "/search?q=" + url.QueryEscape("闸门冬季检修")
	total := ""
	for began := time.Now(); total != fmt.Sprint(s.n) && time.Since(began) < time.Minute; time.Sleep(100 * time.Millisecond) {
		total = node.page(t, ask, http.StatusOK).Find(".total strong").Text()
	}
	if total != fmt.Sprint(s.n) {
		t.Fatalf("the search finds %q of %d texts", total, s.n)
	}
	page := node.page(t, ask, http.StatusOK)
	link, _ := page.Find(`.take-list a[href*="export.json"]`).Attr("href")
	var list struct {
		Results []struct{ Work int64 }
	}
	_, body := node.get(t, link)
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Results) != s.n {
		t.Fatalf("%v: %d results", err, len(list.Results))
	}
	seen := map[int64]bool{}
	for _, r := range list.Results {
		seen[r.Work] = true
	}
	if len(seen) != s.n {
		t.Errorf("%d works in %d results", len(seen), s.n)
	}
	feed, _ := page.Find(`.take-list a[type="application/atom+xml"]`).Attr("href")
	for _, feed := range []string{feed, "/feeds/latest"} {
		if status, body := node.get(t, feed); status != http.StatusOK || !strings.Contains(body, "号闸门冬季检修的通知") {
			t.Errorf("%s: %d %s", feed, status, head([]byte(body)))
		}
	}
	var ready struct {
		Index struct {
			Rows int `json:"rows_behind"`
		}
	}
	if _, body := node.get(t, "/readyz"); json.Unmarshal([]byte(body), &ready) != nil || ready.Index.Rows != 0 {
		t.Errorf("%s", body)
	}
}

// took tells how long after their moment the last text was out.
func (s *scheduled) took(t *testing.T) time.Duration {
	t.Helper()
	var last int64
	if err := s.db.QueryRow(`SELECT MAX(released_at) FROM releases`).Scan(&last); err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(last).Sub(s.at).Round(10 * time.Millisecond)
}

// TestCheck5_ScheduledForOneMinuteNodeKilled: a node is killed while texts
// that wait for one moment go out; the next one releases the others, each once.
func TestCheck5_ScheduledForOneMinuteNodeKilled(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		s := l.schedule(t, scheduledTexts())
		node := s.serve(t)
		if n := s.out(t); time.Now().Before(s.at) && n > 0 {
			t.Errorf("%d texts are out before their moment", n)
		}
		s.until(t, s.n/3)
		node.kill()
		killed := s.out(t)
		if killed >= s.n {
			t.Errorf("all %d texts were out when the node was killed: nothing is proved", s.n)
		}
		s.clean(t)
		wantDense(t, l, killed)
		node = s.serve(t)
		s.until(t, s.n)
		s.served(t, node)
		s.whole(t)
		t.Logf("%s: killed at %d of %d; all out %s after their moment, the start of the second node included", l.engine, killed, s.n, s.took(t))
	})
}

// TestCheck5_ScheduledForOneMinuteUndisturbed measures one node on its own.
func TestCheck5_ScheduledForOneMinuteUndisturbed(t *testing.T) {
	needSoak(t)
	onBothEngines(t, func(t *testing.T, l library) {
		s := l.schedule(t, scheduledTexts())
		node := s.serve(t)
		s.until(t, s.n)
		s.served(t, node)
		s.whole(t)
		t.Logf("%s: %d texts out %s after their moment", l.engine, s.n, s.took(t))
	})
}

// TestCheck5_ScheduledForOneMinuteTwoNodes: two nodes see the same texts due at
// the same moment; one is killed and comes back, then the other.
func TestCheck5_ScheduledForOneMinuteTwoNodes(t *testing.T) {
	s := newLibrary(t, "postgres").schedule(t, scheduledTexts())
	far := s.library
	far.index = t.TempDir()
	first, second := s.serve(t), far.serve(t)
	s.until(t, s.n/4)
	first.kill()
	one := s.until(t, s.n/2)
	first = s.serve(t)
	two := s.out(t)
	second.kill()
	s.until(t, s.n)
	second = far.serve(t)
	s.served(t, first)
	s.served(t, second)
	s.whole(t)
	for _, node := range []*server{first, second} {
		if log := node.logged(); strings.Contains(log, "release refused") {
			t.Errorf("a node quarrelled about a text:\n%s", tail(log))
		}
	}
	var failed int
	if err := s.db.QueryRow(`SELECT COUNT(*) FROM case_events WHERE action = 'fail'`).Scan(&failed); err != nil || failed > 0 {
		t.Errorf("%d texts failed, %v", failed, err)
	}
	t.Logf("two nodes: killed at %d and %d of %d; all out %s after their moment", one, two, s.n, s.took(t))
}
