package exchange

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"gongkai/internal/fault"
)

// agent is how the product introduces itself; robotsName is what a site writes
// in robots.txt to speak to it.
const (
	robotsName = "gongkai"
	agent      = "Mozilla/5.0 (compatible; gongkai/1.0; import site; +robots.txt: gongkai)"
)

// directive keeps the lines that matter: anything else in the file, readable
// or not, says nothing to us (RFC 9309, section 2.2).
var directive = regexp.MustCompile(`(?im)^[ \t]*(?:user-agent|allow|disallow)[ \t]*:.*$|^[ \t]*crawl-delay[ \t]*:[ \t]*[0-9]+(?:\.[0-9]+)?[ \t]*(?:#.*)?$`)

// robots reads the site's wishes. A site without the file allows all; one that
// cannot say (5xx) is not asked further.
func (s *Site) robots(ctx context.Context) (*robotstxt.Group, error) {
	const op = "exchange.robots"
	address := &url.URL{Scheme: s.start.Scheme, Host: s.start.Host, Path: "/robots.txt"}
	got := s.web.get(ctx, s.scope, address.String(), "", "", 512<<10)
	if got.err != nil {
		return nil, got.err
	}
	var body []byte
	switch {
	case got.fail == "" && got.status == http.StatusOK && !looksLikeHTML(got.body):
		body = bytes.Join(directive.FindAll(bytes.TrimPrefix(got.body, []byte("\xef\xbb\xbf")), -1), []byte("\n"))
	case got.status >= 500 || got.status == http.StatusTooManyRequests || got.status == 0:
		return nil, fault.Newf(fault.Unavailable, op, "读不到旧站的 robots.txt（%s），不知道它允许抓取什么，先不抓取；请稍后再运行一次。", got.why())
	}
	data, err := robotstxt.FromBytes(body)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unsupported, Op: op, Err: err, Text: "旧站的 robots.txt 读不懂，没有抓取。"}
	}
	group := data.FindGroup(robotsName)
	s.web.pause = max(s.opts.Delay, min(group.CrawlDelay, maxRobotWait))
	if group.CrawlDelay > s.opts.Delay {
		s.opts.Say("旧站要求每次访问间隔 " + min(group.CrawlDelay, maxRobotWait).Round(time.Millisecond).String() + "，照办。")
	}
	return group, nil
}

func looksLikeHTML(b []byte) bool {
	head := strings.ToLower(string(bytes.TrimLeft(b[:min(len(b), 512)], "\xef\xbb\xbf \t\r\n")))
	for _, start := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<frameset", "<!--", "<meta", "<title", "<?xml", "<div", "<table"} {
		if strings.HasPrefix(head, start) {
			return true
		}
	}
	return false
}
