package exchange

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gongkai/internal/document"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// oldSite plays a government site of 2008: GBK pages, frames, paging drawn by
// a script, session ids, traps. It counts what it is asked.
type oldSite struct {
	*httptest.Server
	mu      sync.Mutex
	asked   map[string]int
	atOnce  int
	most    int
	agents  map[string]bool
	fail    func(path string) bool // the site dies at an address
	robots  string
	notices map[int]string // words added to a document
}

func gbk(s string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		panic(err)
	}
	return b
}

const siteFrame = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>%s_清河市人民政府门户网站</title>%s</head><body>
<div class="header"><a href="/">首页</a><a href="/zwgk/index.html">政务公开</a><a href="http://other.example.com/">友情链接</a></div>
<div class="location">您现在的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政策文件</a></div>
<table width="980"><tr><td>%s</td></tr></table>
<div id="footer">主办：清河市人民政府办公室 网站标识码 0000000000 <a href="/zwgk/about.html">关于我们</a></div></body></html>`

func frame(title, head, body string) []byte { return gbk(fmt.Sprintf(siteFrame, title, head, body)) }

func noticeTitle(n int) string {
	return fmt.Sprintf("清河市人民政府关于做好第%d项重点工作的通知", n)
}

// notice is the page of one document.
func (o *oldSite) notice(n int, tagged bool) []byte {
	head := ""
	if tagged {
		head = fmt.Sprintf(`<meta name="ArticleTitle" content="%s"><meta name="PubDate" content="2012-03-%02d 10:30"><meta name="ContentSource" content="市政府办公室"><meta name="ColumnName" content="规范性文件">`, noticeTitle(n), n)
	}
	body := fmt.Sprintf(`<h1>%s</h1><p class="info">发布日期：2012-03-%02d 信息来源：市政府办公室 【字体：大 中 小】</p>
<div class="TRS_Editor"><p>清政发〔2012〕%d号</p><p>各县区人民政府，市政府各部门：</p>
<p>为做好第%d项重点工作，根据有关规定，结合本市实际，现就有关事项通知如下。各单位要认真抓好落实，及时报告进展情况。%s</p>
<table border="1"><tr><td>序号</td><td>任务</td></tr><tr><td>%d</td><td>道路养护</td></tr></table>
<p>清河市人民政府</p><p>2012年3月1日</p></div>
<div class="share">分享到：<a href="#">微博</a></div>`, noticeTitle(n), n, n, n, o.notices[n], n)
	switch n {
	case 1:
		body += `<p>附件：<a href="./P020120301.pdf">任务分工表.pdf</a> <a href="gone.doc">已丢失的附件</a> <a href="bomb.zip">图片包.zip</a></p>`
	case 2:
		body += `<p><a href="http://files.example.com/x.docx">站外附件</a></p>`
	}
	return frame(noticeTitle(n), head, body)
}

func (o *oldSite) list(from, to int, extra string) []byte {
	var b strings.Builder
	b.WriteString("<ul>")
	for n := from; n <= to; n++ {
		fmt.Fprintf(&b, `<li><a href="t201203_%d.html;jsessionid=AB%d">%s</a><span>2012-03-%02d</span></li>`, n, o.total(), noticeTitle(n), n)
	}
	b.WriteString("</ul>" + extra)
	return frame("政策文件", "", b.String())
}

func (o *oldSite) total() int {
	n := 0
	for _, k := range o.asked {
		n += k
	}
	return n
}

// fakeServer stands for a server in another process.
func fakeServer(address string) *httptest.Server { return &httptest.Server{URL: address} }

func newOldSite(t *testing.T) *oldSite {
	t.Helper()
	o := &oldSite{asked: map[string]int{}, agents: map[string]bool{}, notices: map[int]string{}, fail: func(string) bool { return false },
		robots: "User-agent: *\nDisallow: /zwgk/secret/\nCrawl-delay: 2\nthis line means nothing\n"}
	o.Server = httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(o.Close)
	return o
}

func (o *oldSite) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.asked[r.URL.RequestURI()]++
	o.agents[r.UserAgent()] = true
	if patient := r.URL.Path != "/zwgk/slow.html" && r.URL.Path != "/zwgk/endless.html" && !strings.HasSuffix(r.URL.Path, "packed.html") && !strings.HasSuffix(r.URL.Path, "bomb.zip"); patient {
		// Of the others the asker has left while they still write.
		o.atOnce++
		o.most = max(o.most, o.atOnce)
		defer func() { o.mu.Lock(); o.atOnce--; o.mu.Unlock() }()
	}
	page := o.page(r.URL.Path, r.URL.Query().Get("page"))
	down := o.fail(r.URL.Path)
	o.mu.Unlock()
	if down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	switch r.URL.Path {
	case "/robots.txt":
		io.WriteString(w, o.robots)
	case "/zwgk/self.html":
		http.Redirect(w, r, "/zwgk/self.html", http.StatusFound)
	case "/zwgk/ping.html":
		http.Redirect(w, r, "/zwgk/pong.html", http.StatusFound)
	case "/zwgk/pong.html":
		http.Redirect(w, r, "/zwgk/ping.html", http.StatusFound)
	case "/zwgk/away.html":
		http.Redirect(w, r, "http://other.example.com/zwgk/", http.StatusFound)
	case "/zwgk/old.html":
		http.Redirect(w, r, "/zwgk/t201203_3.html", http.StatusMovedPermanently)
	case "/zwgk/slow.html":
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	case "/zwgk/endless.html":
		w.Header().Set("Content-Type", "text/html")
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("<p>没有尽头</p>"), 1000)); err != nil {
				return
			}
		}
	case "/zwgk/short.html":
		w.Header().Set("Content-Length", "5000")
		io.WriteString(w, "<html><p>只有一半")
	case "/zwgk/packed.html":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 8 {
			z.Write(make([]byte, 1<<20))
		}
		z.Close()
	case "/zwgk/P020120301.pdf":
		w.Header().Set("Content-Type", "application/octet-stream")
		io.WriteString(w, "第一项 道路养护 市交通运输局\n第二项 河道清淤 市水务局\n")
	case "/zwgk/bomb.zip":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 8 {
			z.Write(make([]byte, 1<<20))
		}
		z.Close()
	default:
		if page == nil {
			http.NotFound(w, r)
			return
		}
		etag := `"` + digest(page)[:12] + `"`
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Type", "text/html")
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(page)
	}
}

// page is called under the lock.
func (o *oldSite) page(path, query string) []byte {
	var n, y int
	switch {
	case path == "/zwgk/":
		return gbk(`<html><head><title>政务公开</title></head><frameset cols="20%,80%"><frame src="menu.html"><frame src="index.html"></frameset></html>`)
	case path == "/zwgk/menu.html":
		return frame("目录", "", `<a href="index.html">政策文件</a><a href="index.html?sid=77">政策文件</a><a href="self.html">甲</a><a href="ping.html">乙</a><a href="away.html">丙</a>
			<a href="old.html">丁</a><a href="slow.html">戊</a><a href="endless.html">己</a><a href="short.html">庚</a><a href="packed.html">辛</a><a href="secret/a.html">壬</a>
			<a href="none.html">癸</a><a href="cal.html?page=1">日历</a><a href="javascript:go(1)">脚本</a><a href="#" onclick="window.open('t201203_9.html')">第九项</a><a href="/other/x.html">外面</a>`)
	case path == "/zwgk/index.html":
		return o.list(1, 3, `<script>createPageHTML(2, 0, "index", "html");</script>`)
	case path == "/zwgk/index_1.html":
		return o.list(4, 6, `<a href="index.html">上一页</a> <a href="copy_4.html">再看一遍</a>`)
	case path == "/zwgk/copy_4.html":
		return o.notice(4, true)
	case path == "/zwgk/cal.html":
		fmt.Sscan(query, &y)
		return frame("日历", "", fmt.Sprintf(`<a href="cal.html?page=%d">下一页</a>`, y+1))
	}
	if k, err := fmt.Sscanf(path, "/zwgk/t201203_%d.html", &n); k == 1 && err == nil {
		return o.notice(n, n%2 == 0)
	}
	return nil
}

// world is a library with its clock.
type world struct {
	db    *store.DB
	files filestore.Store
	lib   *document.Library
}

var day = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	files, err := filestore.Dir(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return &world{db, files, document.New(db, files, func() time.Time { return day })}
}

// options are those of a test: nothing sleeps, waits are counted.
func options(o *oldSite, waits *[]time.Duration) Options {
	return Options{Start: o.URL + "/zwgk/", Source: "旧站", Publish: true, AllowPrivate: true, Timeout: 300 * time.Millisecond, MaxPageBytes: 1 << 20, MaxFileBytes: 1 << 20,
		Delay: time.Second, Wait: func(ctx context.Context, d time.Duration) error {
			if waits != nil {
				*waits = append(*waits, d)
			}
			return ctx.Err()
		}}
}

type source func(context.Context) (*Item, error)

func (s source) Next(ctx context.Context) (*document.Raw, error) {
	item, err := s(ctx)
	if err != nil {
		return nil, err
	}
	return &document.Raw{File: item.URL, JSON: item.JSON}, nil
}

var errKilled = errors.New("killed")

// run fetches and imports; the import is killed after stopAfter documents.
func (w *world) run(t *testing.T, o Options, stopAfter int) (states map[string]string, notes []string, site *Site) {
	t.Helper()
	ctx := context.Background()
	site, err := Open(ctx, w.db, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Fetch(ctx); err != nil {
		t.Fatal(err)
	}
	states = map[string]string{}
	known, err := site.Known(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range known {
		states[k.URL] = "unchanged"
	}
	next, err := site.Items(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.lib.Import(ctx, source(next), document.ImportOptions{Source: site.Source(), Publish: o.Publish, Actor: "console"}, func(l document.ImportLine) error {
		if stopAfter > 0 && len(states) >= stopAfter {
			return errKilled
		}
		r := Receipt{URL: l.ExternalID, Draft: l.Draft, Error: l.Error}
		if l.Work != nil {
			r.Work = *l.Work
		}
		n, err := site.Done(ctx, r)
		notes = append(notes, n...)
		states[l.ExternalID] = string(l.State)
		if l.Error != "" {
			t.Errorf("%s: %s", l.ExternalID, l.Error)
		}
		return err
	})
	if err != nil && !(stopAfter > 0 && errors.Is(err, errKilled)) {
		t.Fatal(err)
	}
	if stopAfter == 0 {
		if err := site.KeepAliases(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return states, notes, site
}
