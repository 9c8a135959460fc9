package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/workday"
)

// canaries are words of a limited text that may stand nowhere else; asked is
// one more of its words, by which it is looked for.
var canaries = []string{"金丝雀", "渡渡鸟", "巨骨舌鱼", "水杉胡同", "鸱鸮"}

const asked = "朱鹮"

// limited issues a text for a limited audience, with an attachment.
func (n *node) limited(organ int64) (work int64, key string) {
	n.t.Helper()
	ctx := context.Background()
	blob, err := n.Files.Put(ctx, strings.NewReader("姓名,户型\n鸱鸮,三室"), 1<<20)
	n.must(err)
	n.must(n.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
		work, _, err = n.Documents.Issue(ctx, tx, document.Issue{Organ: organ, Audience: "水杉胡同的住户", Actor: "console", Content: &document.Content{
			Title: "金丝雀朱鹮补偿方案", DocNo: "巨骨舌鱼发〔2026〕1号", Kind: "通知", Organs: []string{"清河市教育局"}, PublishedOn: workday.MustDate("2026-11-01"),
			Text:  "第一条 渡渡鸟朱鹮的补偿。\n第二条 按《清河市河道管理办法》办理。",
			Files: []document.ContentFile{{SHA256: blob.SHA256, Name: "鸱鸮名单.csv", Size: blob.Size, MIME: "text/csv", Role: "attachment", TextState: "none"}}}})
		return err
	}))
	key, err = n.Documents.LimitedKey(ctx, work)
	n.must(err)
	return work, key
}

// words is a body as text, also when it is an archive.
func unpacked(t *testing.T, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, "PK") {
		return body
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// A text for a limited audience stands behind its key and nowhere else: on no
// public route, in no feed, no answer to a program, no row of the log, no table
// of the public library and not in the index.
func TestA15_TheCanaryStandsBehindItsKeyOnly(t *testing.T) {
	nodes(t, func(n *node) {
		seed(n)
		ctx := context.Background()
		seen := n.things()
		_, err := n.CatchUp(ctx)
		n.must(err)
		b := n.browser()
		look := func(where, what string) {
			n.t.Helper()
			for _, c := range append([]string{seen.key}, canaries...) {
				if strings.Contains(what, c) {
					n.t.Errorf("%s holds %q", where, c)
				}
			}
		}
		if own := b.get("/limited/" + seen.key); own.status != http.StatusOK || !strings.Contains(own.body, "金丝雀") || !strings.Contains(own.body, "水杉胡同的住户") {
			n.t.Fatalf("the canary is not there: %d", own.status)
		}
		routes, err := n.Routes()
		n.must(err)
		asks := []string{"/search?q=" + asked, "/search/suggest?q=" + asked, "/search/suggest.json?q=" + asked, "/search/export.csv?q=" + asked, "/search/export.xlsx?q=" + asked,
			"/search/export.json?q=" + asked, "/api/v1/search?q=" + asked, "/api/v1/works?q=" + asked, "/policies?q=" + asked, "/feeds/search?q=" + asked, "/works/-1", "/works/0", "/api/v1/works/-1",
			"/feeds/works/-1", "/feeds/organs/qh-jyj", "/organs/qh-jyj", "/api/v1/changes?limit=1000", "/limited/" + strings.Repeat("a", 32), "/limited/", "/columns/1", "/policies?organ=qh-jyj"}
		for _, rt := range routes {
			if rt.Method == http.MethodGet && rt.Roles[access.Visitor] == http.StatusOK && !strings.HasPrefix(rt.Pattern, "/limited/") && !strings.Contains(rt.Pattern, "{hash}") {
				asks = append(asks, address(n.t, rt.Pattern, seen, nil))
			}
		}
		for _, path := range asks {
			look(path, unpacked(n.t, b.get(path).body))
			look("/hant"+path, b.get("/hant"+path).body)
		}
		var dump bytes.Buffer
		n.must(n.DumpIndex(ctx, &dump))
		look("the index", dump.String())
		for _, q := range []string{`SELECT entry FROM publication_log`, `SELECT note FROM log_seals`, `SELECT title || summary FROM work_cards`, `SELECT title || doc_no FROM editions`, `SELECT body FROM edition_texts`,
			`SELECT to_title FROM relations`, `SELECT name FROM edition_files`, `SELECT target || detail FROM audit_log`} {
			for _, row := range n.rows(q) {
				look(q, row)
			}
		}
		n.t.Logf("%d addresses", len(asks))
	})
}

func (n *node) rows(query string) (out []string) {
	n.t.Helper()
	rows, err := n.DB.Reader().QueryContext(context.Background(), query)
	n.must(err)
	defer rows.Close()
	for rows.Next() {
		var s string
		n.must(rows.Scan(&s))
		out = append(out, s)
	}
	n.must(rows.Err())
	return out
}

// A withdrawn work is gone from every list, search, feed and answer, and comes
// back whole; its address tells the reason, and so does the log.
func TestA33_ThroughTheWholeNode(t *testing.T) {
	nodes(t, func(n *node) {
		seed(n)
		ctx := context.Background()
		b := n.browser()
		act := func(restore bool, ground, reason string) {
			n.t.Helper()
			n.must(n.DB.Tx(ctx, func(tx *sql.Tx) error {
				return n.Documents.TakeDown(ctx, tx, document.TakeDown{Work: 1, Restore: restore, Ground: ground, Reason: reason, Actor: "console"})
			}))
			_, err := n.CatchUp(ctx)
			n.must(err)
		}
		// Pages are kept until the log is asked again, at most a second.
		eventually := func(want bool, said func() bool) bool {
			for range 100 {
				if said() == want {
					return true
				}
				time.Sleep(50 * time.Millisecond)
			}
			return false
		}
		// Addresses that name the work, its own, and those that list works.
		lists := []string{"/api/v1/search?q=河道", "/api/v1/works", "/feeds/search", "/sitemap.xml", "/search/export.json?q=河道", "/search/suggest.json?q=河道", "/organs/qh-zf"}
		own := []string{"/works/1", "/works/1/history", "/works/1/compare?from=1&to=2", "/works/1/download.txt", "/works/1/download.docx", "/works/1/download.json", "/works/1/files/1/1", "/works/1/files/1/1/raw",
			"/api/v1/works/1", "/api/v1/works/1/editions", "/api/v1/works/1/editions/1", "/api/v1/works/1/compare?from=1&to=2", "/api/v1/works/1/facts", "/works/1?edition=1", "/works/1?on=2024-06-01"}
		told := func(path string) bool {
			w := n.browser().get(path)
			return strings.Contains(w.body, "河道管理办法") || strings.Contains(w.body, "/works/1<")
		}
		for _, path := range lists {
			if !told(path) {
				n.t.Errorf("%s does not name it", path)
			}
		}
		act(false, "secret", "发布前没有审查")
		for _, path := range lists {
			if !eventually(false, func() bool { return told(path) }) {
				n.t.Errorf("%s still names it", path)
			}
		}
		for _, path := range own {
			w := b.get(path)
			if w.status != http.StatusGone || !strings.Contains(w.body, "发布前没有审查") || strings.Contains(w.body, "河道") {
				n.t.Errorf("%s: %d %.200s", path, w.status, w.body)
			}
		}
		if w := b.get("/api/v1/changes?limit=1000"); !strings.Contains(w.body, `"act":"withdraw"`) || !strings.Contains(w.body, `"reason":"发布前没有审查"`) {
			n.t.Errorf("changes: %s", w.body)
		}
		if w := b.get("/feeds/latest"); strings.Contains(w.body, "河道") || !strings.Contains(w.body, "内容已从公开页面撤下") {
			n.t.Errorf("latest: %s", w.body)
		}
		act(true, "restore", "补了审查")
		for _, path := range lists {
			if !eventually(true, func() bool { return told(path) }) {
				n.t.Errorf("%s did not come back", path)
			}
		}
		for _, path := range own {
			if w := b.get(path); w.status != http.StatusOK {
				n.t.Errorf("%s: %d", path, w.status)
			}
		}
		if w := b.get("/works/1/history"); !strings.Contains(w.body, "发布前没有审查") || !strings.Contains(w.body, "补了审查") {
			n.t.Error("the history lacks the two acts")
		}
	})
}
