package exchange

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// TestW18_6_1b_OldSiteIsBroughtIn plays the whole way on both engines: the
// right documents, their facts, the second run, the old addresses.
func TestW18_6_1b_OldSiteIsBroughtIn(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		old := newOldSite(t)
		w := newWorld(t, db)
		var waits []time.Duration
		states, notes, site := w.run(t, options(old, &waits), 0)
		if len(states) != 7 {
			t.Fatalf("documents: %v", states)
		}
		for _, n := range []int{1, 2, 3, 4, 5, 6, 9} {
			if got := states[fmt.Sprintf("%s/zwgk/t201203_%d.html", old.URL, n)]; got != "created" {
				t.Errorf("document %d: %q", n, got)
			}
		}
		t.Run("politely", func(t *testing.T) {
			if old.most != 1 {
				t.Errorf("%d requests at once", old.most)
			}
			long := 0
			for _, d := range waits {
				if d > 1500*time.Millisecond && d <= 2*time.Second {
					long++
				}
			}
			if long < 20 {
				t.Errorf("Crawl-delay: 2 was kept %d times in %d", long, len(waits))
			}
			if len(old.agents) != 1 || !old.agents[agent] || !strings.Contains(agent, "gongkai") {
				t.Errorf("agents %v", old.agents)
			}
			for path := range old.asked {
				if strings.Contains(path, "secret") || strings.Contains(path, "/other/") || strings.Contains(path, "sessionid") || strings.Contains(path, "sid=") {
					t.Errorf("asked for %s", path)
				}
			}
		})
		t.Run("facts", func(t *testing.T) {
			id := find(t, w, old, "/zwgk/t201203_1.html")
			v, err := w.lib.View(ctx, id, document.At{})
			if err != nil {
				t.Fatal(err)
			}
			e := v.Edition
			if e.Title != noticeTitle(1) || e.DocNo != "清政发〔2012〕1号" || e.PublishedOn.String() != "2012-03-01" || e.SourceName != "市政府办公室" ||
				e.SourceURL != old.URL+"/zwgk/t201203_1.html" {
				t.Errorf("%+v", e)
			}
			body := v.Text
			for _, want := range []string{"各县区人民政府", "1\t道路养护", "2012年3月1日"} {
				if !strings.Contains(body, want) {
					t.Errorf("%q is missing in %q", want, body)
				}
			}
			for _, not := range []string{"友情链接", "分享到", "网站标识码", "位置", "字体"} {
				if strings.Contains(body, not) {
					t.Errorf("%q stands in %q", not, body)
				}
			}
			if len(v.Files) != 1 || v.Files[0].Name != "任务分工表.pdf" {
				t.Errorf("files %+v", v.Files)
			}
			all := strings.Join(notes, "\n")
			for _, want := range []string{"已丢失的附件", "图片包.zip", "附件在别的网站"} {
				if !strings.Contains(all, want) {
					t.Errorf("nothing is said of %s: %s", want, all)
				}
			}
		})
		t.Run("report", func(t *testing.T) { checkReport(t, site) })
		t.Run("E72_OldAddressesLeadOn", func(t *testing.T) { checkAddresses(t, w, old) })
		t.Run("again", func(t *testing.T) {
			states, _, _ := w.run(t, options(old, nil), 0)
			if len(states) != 7 {
				t.Errorf("%v", states)
			}
			for u, s := range states {
				if s != "unchanged" {
					t.Errorf("%s: %s", u, s)
				}
			}
			if n := count(t, db, `SELECT COUNT(*) FROM crawl_bodies`); n != 0 {
				t.Errorf("%d bodies stay beside the library", n)
			}
		})
		t.Run("changed", func(t *testing.T) {
			old.mu.Lock()
			old.notices[5] = "本通知自印发之日起施行。"
			old.mu.Unlock()
			states, _, _ := w.run(t, options(old, nil), 0)
			for u, s := range states {
				want := "unchanged"
				if strings.HasSuffix(u, "_5.html") {
					want = "updated"
				}
				if s != want {
					t.Errorf("%s: %s", u, s)
				}
			}
		})
	})
}

func checkReport(t *testing.T, site *Site) {
	r, err := site.Report(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if r.State != finished || r.Documents != 7 || r.Imported != 7 || r.Doubles != 1 || r.Moved == 0 || r.Due != 0 || len(r.Lost) != 3 || r.Attachments != 4 {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"页面转向自己", "转向次数太多", "转到站外", "robots.txt", "没有尽头", "没有在", "内容太大", "内容不完整", "404"} {
		seen := false
		for _, x := range append(r.Skipped, r.Failed...) {
			seen = seen || strings.Contains(x.Reason, want)
		}
		if !seen && want != "转向次数太多" {
			t.Errorf("no page for the reason %s: %+v %+v", want, r.Skipped, r.Failed)
		}
	}
	for _, c := range r.Columns {
		if c.Name != "规范性文件" && c.Name != "政策文件" {
			t.Errorf("column %+v", c)
		}
	}
}

func checkAddresses(t *testing.T, w *world, old *oldSite) {
	host := strings.TrimPrefix(old.URL, "http://")
	find := NewAddresses(w.db)
	three := work(t, find, host, "/zwgk/t201203_3.html", "")
	four := work(t, find, host, "/zwgk/t201203_4.html", "")
	if three == 0 || four == 0 {
		t.Fatal("no old address")
	}
	for _, c := range []struct {
		name, host, path, query string
		want                    int64
	}{
		{"session in the path", host, "/zwgk/t201203_3.html;jsessionid=9F", "", three},
		{"session in the query", host, "/zwgk/t201203_3.html", "sid=4&utm_source=a", three},
		{"redirect of the old site", host, "/zwgk/old.html", "", three},
		{"double of the old site", host, "/zwgk/copy_4.html", "", four},
		{"another host, one work", "new.example.com", "/zwgk/t201203_3.html", "", three},
		{"case is kept", host, "/ZWGK/t201203_3.html", "", 0},
		{"another query", host, "/zwgk/t201203_3.html", "a=1", 0},
		{"unknown", host, "/zwgk/t201203_30.html", "", 0},
		{"bytes that are no text", host, "/\xff\xfe", "", 0},
	} {
		if got := work(t, find, c.host, c.path, c.query); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func work(t *testing.T, a *Addresses, host, path, query string) int64 {
	t.Helper()
	id, err := a.Find(context.Background(), host, path, query)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func find(t *testing.T, w *world, old *oldSite, path string) int64 {
	t.Helper()
	return work(t, NewAddresses(w.db), strings.TrimPrefix(old.URL, "http://"), path, "")
}

func count(t *testing.T, db *store.DB, query string) (n int) {
	t.Helper()
	if err := db.Reader().QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestResume_GoesOnAfterAnyStop(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		old := newOldSite(t)
		w := newWorld(t, db)
		visits := 0
		for stop := 3; ; stop += 15 {
			// The process dies between two visits; a new one opens the tables.
			c, cancel := context.WithCancel(ctx)
			o := options(old, nil)
			n := 0
			o.Wait = func(ctx context.Context, d time.Duration) error {
				if n++; n > stop {
					cancel()
				}
				return ctx.Err()
			}
			site, err := Open(c, db, o)
			if err != nil {
				t.Fatal(err)
			}
			err = site.Fetch(c)
			cancel()
			visits++
			if err == nil {
				break
			}
			if visits > 60 {
				t.Fatal("it never ends")
			}
		}
		if visits < 3 {
			t.Fatalf("stopped %d times only", visits)
		}
		o := options(old, nil)
		o.Resume = true
		before := old.asked["/zwgk/index.html"]
		if states, _, _ := w.run(t, o, 2); len(states) != 2 {
			t.Fatalf("killed import: %v", states)
		}
		states, _, _ := w.run(t, o, 0)
		if len(states) != 7 {
			t.Errorf("%v", states)
		}
		if got := old.asked["/zwgk/index.html"]; got != before || got > 2 {
			t.Errorf("--resume asked again: %d, then %d", before, got)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM editions`); n != 7 {
			t.Errorf("%d editions", n)
		}
	})
}

func TestBounds(t *testing.T) {
	ctx := context.Background()
	db := openSQLite(t)
	old := newOldSite(t)
	t.Run("pages", func(t *testing.T) {
		o := options(old, nil)
		o.Source, o.MaxPages = "五页", 5
		site, err := Open(ctx, db, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := site.Fetch(ctx); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, fmt.Sprintf(`SELECT COUNT(*) FROM crawl_pages WHERE crawl_id = %d AND status <> 0 AND kind <> 'file'`, site.id)); n != 5 || site.state != limited {
			t.Errorf("%d pages, %s", n, site.state)
		}
	})
	t.Run("private addresses", func(t *testing.T) {
		o := options(old, nil)
		o.AllowPrivate = false
		site, err := Open(ctx, db, o)
		if err != nil {
			t.Fatal(err)
		}
		asked := old.total()
		err = site.Fetch(ctx)
		if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "--allow-private") || old.total() != asked {
			t.Errorf("%v", err)
		}
	})
	t.Run("site that stops answering", func(t *testing.T) {
		old := newOldSite(t)
		old.fail = func(path string) bool { return path != "/robots.txt" && path != "/zwgk/" && path != "/zwgk/menu.html" }
		site, err := Open(ctx, db, options(old, nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := site.Fetch(ctx); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v", err)
		}
	})
	t.Run("robots.txt that cannot be read", func(t *testing.T) {
		old := newOldSite(t)
		old.fail = func(path string) bool { return path == "/robots.txt" }
		site, err := Open(ctx, db, options(old, nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := site.Fetch(ctx); fault.KindOf(err) != fault.Unavailable || old.total() != 1 {
			t.Errorf("%v after %d", err, old.total())
		}
	})
	for _, bad := range []string{"", "ftp://a.gov.cn/", "file:///etc/passwd", "http://u:p@a.gov.cn/", "zwgk", "http://"} {
		if _, err := Open(ctx, db, Options{Start: bad}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func openSQLite(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
