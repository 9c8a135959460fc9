package exchange

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/document"
)

// handler makes a small old site of its own for one test.
func handler(t *testing.T, h http.HandlerFunc) *oldSite {
	t.Helper()
	o := &oldSite{Server: httptest.NewServer(h)}
	t.Cleanup(o.Close)
	return o
}

const row = `<li><a href="%s">%s</a> 2014-06-01</li>`

func TestRetryAfter_IsHonoured(t *testing.T) {
	var tries atomic.Int32
	o := handler(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		case tries.Add(1) < 3:
			w.Header().Set("Retry-After", "70")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			io.WriteString(w, "<html><p>好了</p></html>")
		}
	})
	var waits []time.Duration
	site, err := Open(context.Background(), openSQLite(t), options(o, &waits))
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Fetch(context.Background()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range waits {
		if d == 70*time.Second {
			n++
		}
	}
	if n != 2 || tries.Load() != 3 {
		t.Errorf("waited %v, tried %d times", waits, tries.Load())
	}
}

func TestRobots(t *testing.T) {
	for _, c := range []struct {
		name, robots string
		pages        int
	}{
		{"for us alone", "User-agent: gongkai\nDisallow: /\n\nUser-agent: *\nAllow: /\n", 0},
		{"for others", "User-agent: baiduspider\nDisallow: /\n", 1},
		{"a page instead", "<html><body>Disallow: /</body></html>", 1},
		{"nonsense", "%%%\nCrawl-delay: soon\nDisallow /\n", 1},
		{"empty", "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var pages atomic.Int32
			o := handler(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					io.WriteString(w, c.robots)
					return
				}
				pages.Add(1)
				io.WriteString(w, "<html><p>好</p></html>")
			})
			site, err := Open(context.Background(), openSQLite(t), options(o, nil))
			if err != nil {
				t.Fatal(err)
			}
			if err := site.Fetch(context.Background()); err != nil {
				t.Fatal(err)
			}
			if int(pages.Load()) != c.pages {
				t.Errorf("%d pages", pages.Load())
			}
		})
	}
}

// TestWishesChange: drafts become public, columns are chosen and mapped, by
// running again with other options; what was given away is asked for again.
func TestWishesChange(t *testing.T) {
	old := newOldSite(t)
	db := openSQLite(t)
	w := newWorld(t, db)
	o := options(old, nil)
	o.Publish = false
	o.Columns = []ColumnRule{{Pattern: "规范*"}}
	states, _, site := w.run(t, o, 0)
	if len(states) != 3 {
		t.Fatalf("%v", states)
	}
	host := strings.TrimPrefix(old.URL, "http://")
	if id := work(t, NewAddresses(db), host, "/zwgk/t201203_2.html", ""); id != 0 {
		t.Errorf("a draft shows itself at its old address: %d", id)
	}
	r, err := site.Report(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Skipped, func(x Reason) bool { return x.Reason == "不在要导入的栏目里" && x.Pages == 4 }) {
		t.Errorf("%+v", r.Skipped)
	}
	o.Publish, o.Columns = true, []ColumnRule{{Pattern: "规范*", Code: "policy"}, {Pattern: "/zwgk/t201203_1*"}}
	states, _, _ = w.run(t, o, 0)
	if len(states) != 4 {
		t.Fatalf("%v", states)
	}
	id := work(t, NewAddresses(db), host, "/zwgk/t201203_2.html", "")
	v, err := w.lib.View(context.Background(), id, document.At{})
	if err != nil || len(v.Placements) != 1 || v.Placements[0].Code != "policy" {
		t.Errorf("%+v %v", v, err)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM drafts`) + count(t, db, `SELECT COUNT(*) FROM crawl_bodies`); n != 0 {
		t.Errorf("%d drafts and bodies stay", n)
	}
}

// TestPapersOfAList: a list that leads straight to files, and an attachment
// that two pages share.
func TestPapersOfAList(t *testing.T) {
	text := "关于印发甲方案的通知\n清政发〔2014〕3号\n各县区人民政府：\n" + words + "\n清河市人民政府\n2014年6月1日\n"
	o := handler(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/zwgk/", "/zwgk/again.html":
			io.WriteString(w, "<html><ul>"+strings.Join([]string{
				strings.NewReplacer("%s\"", "a.rtf\"", "%s<", "关于印发甲方案的通知<").Replace(row),
				strings.NewReplacer("%s\"", "b.html\"", "%s<", "关于印发乙方案的通知<").Replace(row),
				strings.NewReplacer("%s\"", "c.html\"", "%s<", "关于印发丙方案的通知<").Replace(row),
			}, "")+"</ul></html>")
		case "/zwgk/a.rtf":
			io.WriteString(w, text)
		case "/zwgk/b.html", "/zwgk/c.html":
			io.WriteString(w, "<html><h1>关于印发"+map[string]string{"/zwgk/b.html": "乙", "/zwgk/c.html": "丙"}[r.URL.Path]+"方案的通知</h1><p>"+words+`</p><a href="moved.doc">附件：共同的表.doc</a></html>`)
		case "/zwgk/moved.doc":
			http.Redirect(w, r, "/files/shared.doc", http.StatusFound)
		case "/files/shared.doc":
			io.WriteString(w, "表\n一\n二\n三\n")
		default:
			http.NotFound(w, r)
		}
	})
	db := openSQLite(t)
	w := newWorld(t, db)
	states, notes, _ := w.run(t, options(o, nil), 0)
	if len(states) != 3 {
		t.Fatalf("%v %v", states, notes)
	}
	host := strings.TrimPrefix(o.URL, "http://")
	for path, want := range map[string]struct{ title, file string }{
		"/zwgk/a.rtf":  {"关于印发甲方案的通知", "关于印发甲方案的通知.rtf"},
		"/zwgk/b.html": {"关于印发乙方案的通知", "附件：共同的表.doc"},
		"/zwgk/c.html": {"关于印发丙方案的通知", "附件：共同的表.doc"},
	} {
		v, err := w.lib.View(context.Background(), work(t, NewAddresses(db), host, path, ""), document.At{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if v.Edition.Title != want.title || len(v.Files) != 1 || v.Files[0].Name != want.file || !strings.Contains(v.Text, "贯彻执行") {
			t.Errorf("%s: %q %+v %.80q", path, v.Edition.Title, v.Files, v.Text)
		}
	}
	if n := count(t, db, `SELECT COUNT(*) FROM crawl_bodies`); n != 0 {
		t.Errorf("%d bodies stay", n)
	}

	// The words of the list serve to read the bare file again, until it is
	// expunged; a crawl that begins anew does not keep them either.
	noted := func() int {
		return count(t, db, `SELECT (SELECT COUNT(*) FROM crawl_pages WHERE title LIKE '%甲方案%' OR hint_title LIKE '%甲方案%') + (SELECT COUNT(*) FROM crawl_links WHERE name LIKE '%甲方案%')`)
	}
	if noted() == 0 {
		t.Error("nothing is noted of the file; this proof could not fail")
	}
	if err := w.lib.Expunge(context.Background(), work(t, NewAddresses(db), host, "/zwgk/a.rtf", ""), 0, "console", "测试"); err != nil {
		t.Fatal(err)
	}
	if n := noted(); n != 0 {
		t.Errorf("its title stands in %d rows", n)
	}
	again := options(o, nil)
	again.Start = o.URL + "/zwgk/again.html"
	if n := w.refused(t, again); n != 1 || noted() != 0 {
		t.Errorf("a new crawl: %d refused, its title stands in %d rows", n, noted())
	}
}

// TestExpunged_IsNotKeptBeside: what was expunged does not come back, and the
// crawl keeps none of its words.
func TestExpunged_IsNotKeptBeside(t *testing.T) {
	ctx := context.Background()
	old := newOldSite(t)
	db := openSQLite(t)
	w := newWorld(t, db)
	w.run(t, options(old, nil), 0)
	id := work(t, NewAddresses(db), strings.TrimPrefix(old.URL, "http://"), "/zwgk/t201203_2.html", "")
	if err := w.lib.Expunge(ctx, id, 0, "console", "测试"); err != nil {
		t.Fatal(err)
	}
	old.mu.Lock()
	old.notices[2] = "补充一句。"
	old.mu.Unlock()
	if n := w.refused(t, options(old, nil)); n != 1 {
		t.Errorf("%d refused", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM crawl_bodies`); n != 0 {
		t.Errorf("%d bodies stay", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM crawl_pages WHERE title LIKE '%第2项%' OR hint_title LIKE '%第2项%'`); n != 0 {
		t.Errorf("its title stands in %d rows", n)
	}
}

// refused fetches and imports where something was expunged, and counts what the
// library would not take.
func (w *world) refused(t *testing.T, o Options) (refused int) {
	t.Helper()
	ctx := context.Background()
	site, err := Open(ctx, w.db, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Fetch(ctx); err != nil {
		t.Fatal(err)
	}
	next, err := site.Items(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.lib.Import(ctx, source(next), document.ImportOptions{Source: site.Source(), Publish: true}, func(l document.ImportLine) error {
		if l.Error != "" {
			refused++
		}
		_, err := site.Done(ctx, Receipt{URL: l.ExternalID, Error: l.Error})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := site.Known(ctx); err != nil {
		t.Fatal(err)
	}
	return refused
}
