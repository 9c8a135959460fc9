package exchange

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"gongkai/internal/fault"
)

// Attempts of one address, and addresses in a row that may fail before the
// site is left in peace.
const (
	attempts   = 3
	failuresUp = 10
)

// Fetch visits the site until the round is done or a bound is met. Killed
// anywhere, the next call goes on where it stopped. Errors: Forbidden for a
// private address, Unavailable when the site does not answer.
func (s *Site) Fetch(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "exchange.Fetch(%s)", s.start.Host)
	rules, err := s.robots(ctx)
	if err != nil {
		return err
	}
	if s.state != running && !s.opts.Resume {
		if err := s.newRound(ctx); err != nil {
			return err
		}
	}
	if err := s.walk(ctx, rules); err != nil {
		return err
	}
	// What an import waits for and was given away already is asked for again,
	// without a condition; once for pages, once for what those then name.
	for range 2 {
		n, err := s.askAgain(ctx)
		if err != nil || n == 0 {
			return err
		}
		if err := s.walk(ctx, rules); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) walk(ctx context.Context, rules *robotstxt.Group) error {
	bad := 0
	for visits := 1; ; visits++ {
		used, err := s.used(ctx)
		if err != nil {
			return err
		}
		full := used >= s.opts.MaxPages
		p, err := s.next(ctx, full)
		if err != nil {
			return err
		}
		if p == nil || s.bytes >= s.opts.MaxBytes {
			state := finished
			if full || s.bytes >= s.opts.MaxBytes {
				state = limited
			}
			return s.setState(ctx, state)
		}
		r, err := s.visit(ctx, rules, p)
		if err != nil {
			return err
		}
		if r.state == failed && (r.status == 0 || r.status >= 500 || r.status == http.StatusTooManyRequests) {
			bad++
		} else if r.status != 0 {
			bad = 0
		}
		if err := s.save(ctx, p, r); err != nil {
			return err
		}
		if bad >= failuresUp {
			return fault.Newf(fault.Unavailable, "exchange.walk", "旧站连续 %d 次没有正常回答（%s），先停下；已取到的都已保存，稍后再运行一次会接着取。", bad, r.reason)
		}
		if visits%50 == 0 {
			s.opts.Say(fmt.Sprintf("已访问 %d 页", used+1))
		}
	}
}

// visit asks for one address and reads the answer. An error ends the run.
func (s *Site) visit(ctx context.Context, rules *robotstxt.Group, p *pageRow) (*result, error) {
	leave := func(reason string) (*result, error) {
		return &result{kind: p.kind, state: skipped, reason: reason, column: p.column}, nil
	}
	u, err := url.Parse(p.url)
	if err != nil {
		return leave("网址读不懂")
	}
	if u.Host != s.scope.host {
		return leave("附件在别的网站")
	}
	if !rules.Test(u.RequestURI()) {
		return leave("旧站的 robots.txt 不允许")
	}
	if p.depth > s.opts.MaxDepth {
		return leave(fmt.Sprintf("离起始页超过 %d 层", s.opts.MaxDepth))
	}
	if p.kind != kindFile && !p.force {
		trap, err := s.barren(ctx, p)
		if err != nil {
			return nil, err
		}
		if trap {
			return leave("同样的页面没有尽头（日历或翻页陷阱）")
		}
	}
	limit := s.opts.MaxPageBytes
	if p.kind == kindFile || fileEnds[extension(u)] {
		limit = s.opts.MaxFileBytes
	}
	if p.force {
		p.etag, p.modified = "", ""
	}
	a := s.ask(ctx, p, limit)
	if a.err != nil {
		return nil, a.err
	}
	return s.judge(ctx, p, u, a)
}

// ask tries an address a few times, waiting as long as the site asks to.
func (s *Site) ask(ctx context.Context, p *pageRow, limit int64) (a *answer) {
	for n := 1; ; n++ {
		a = s.web.get(ctx, s.scope, p.url, p.etag, p.modified, limit)
		if a.err != nil || !a.again || n == attempts {
			return a
		}
		pause := max(a.after, time.Duration(n)*time.Second)
		if err := s.opts.Wait(ctx, pause); err != nil {
			return &answer{err: err}
		}
	}
}

// judge turns an answer into what is kept of it.
func (s *Site) judge(ctx context.Context, p *pageRow, u *url.URL, a *answer) (*result, error) {
	r := &result{kind: p.kind, status: a.status, column: p.column, bytes: int64(len(a.body))}
	if a.header != nil {
		r.etag, r.modified = clip(a.header.Get("ETag"), 200), clip(a.header.Get("Last-Modified"), 100)
	}
	switch {
	case a.fail != "" && (a.again || a.status >= 400):
		r.state, r.reason = failed, a.fail
	case a.fail != "":
		r.state, r.reason = skipped, a.fail
	case a.status == http.StatusNotModified:
		r.unchanged, r.state = true, fetched
	case a.location != "":
		s.follow(p, a.location, r)
	case a.status != http.StatusOK:
		r.state, r.reason = failed, fmt.Sprintf("旧站回答 %d", a.status)
	case p.kind == kindFile:
		s.judgeFile(ctx, p, a, r)
	default:
		s.judgePage(ctx, p, u, a, r)
	}
	if r.state != fetched {
		r.etag, r.modified = "", "" // asked for in full the next time
	}
	return r, ctx.Err()
}

// follow enters the target of a redirect as an address of its own, so that its
// bounds, robots.txt and loops are judged like those of any other.
func (s *Site) follow(p *pageRow, to string, r *result) {
	u, err := url.Parse(to)
	switch {
	case err != nil:
		r.state, r.reason = skipped, "转向的网址读不懂"
	case p.hops >= maxHops:
		r.state, r.reason = skipped, "转向次数太多"
	case p.kind != kindFile && !s.scope.inside(u):
		r.state, r.reason = skipped, "转到导入范围之外"
	default:
		r.state, r.to = moved, to
		r.links = []found{{url: to, kind: p.kind, depth: p.depth, hops: p.hops + 1, shape: shape(u), column: p.column, title: p.hintTitle, date: p.hintDate}}
	}
}

func (s *Site) judgePage(ctx context.Context, p *pageRow, u *url.URL, a *answer, r *result) {
	if !looksLikeHTML(a.body) && !strings.Contains(strings.ToLower(a.header.Get("Content-Type")), "html") {
		s.judgePaper(ctx, p, u, a, r)
		return
	}
	page, err := readPage(ctx, s.scope, u, a.body, a.header.Get("Content-Type"), p)
	if err != nil {
		r.state, r.kind, r.reason = failed, kindOther, fault.Text(err)
		return
	}
	r.state, r.kind, r.title, r.column = fetched, page.kind, clip(page.title, 500), clip(page.column, 100)
	r.links, r.files = page.links, page.files
	r.digest = digest(a.body)
	if page.kind != kindContent {
		return
	}
	r.title = "" // the words of a document stand in the library alone, where they can be expunged
	s.keepRecord(p, r, page)
}

// keepRecord lays a document aside for the import.
func (s *Site) keepRecord(p *pageRow, r *result, page *page) {
	body, err := page.record.line()
	if err != nil {
		r.state, r.reason = failed, "正文里有读不出来的字符"
		return
	}
	r.textDigest = digest([]byte(page.title), []byte(page.text), []byte(page.date))
	r.body = body
	if _, ok := s.wanted(r.column, p.url); !ok {
		r.state, r.reason, r.body, r.files, r.textDigest = skipped, "不在要导入的栏目里", nil, nil, ""
	}
}
