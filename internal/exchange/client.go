package exchange

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// client asks one site, one request at a time, with a pause between two.
type client struct {
	http    *http.Client
	pause   time.Duration
	timeout time.Duration
	wait    func(context.Context, time.Duration) error
	now     func() time.Time
	last    time.Time
}

func newClient(o *Options) *client {
	d := &net.Dialer{Timeout: 15 * time.Second}
	if !o.AllowPrivate {
		d.Control = guard
	}
	return &client{pause: o.Delay, timeout: o.Timeout, wait: o.Wait, now: o.Now, http: &http.Client{
		Transport: &http.Transport{
			// No proxy: the guard must see the address of the site itself.
			DialContext: d.DialContext, MaxConnsPerHost: 1, MaxIdleConns: 1, IdleConnTimeout: 30 * time.Second,
			TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: o.Timeout, MaxResponseHeaderBytes: 64 << 10,
			DisableCompression: true, // unpacked here, within a bound
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what became of one request. fail says in Chinese why there is no
// usable body; again that another attempt may help; err stops the whole run.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	location string // of a redirect to another address of the site
	fail     string
	again    bool
	after    time.Duration // what Retry-After asks for
	err      error
}

func (a *answer) why() string {
	if a.fail != "" {
		return a.fail
	}
	return fmt.Sprintf("状态 %d", a.status)
}

// get asks for an address. Redirects that only change what is no part of an
// address (the scheme, a session id) are followed here; others are handed back.
func (c *client) get(ctx context.Context, where scope, address, etag, modified string, limit int64) *answer {
	target := address
	seen := map[string]bool{}
	for {
		if seen[target] {
			return &answer{fail: "页面转向自己"}
		}
		if len(seen) > maxHops {
			return &answer{fail: "转向次数太多"}
		}
		seen[target] = true
		a := c.once(ctx, target, etag, modified, limit)
		if a.err != nil || a.status < 300 || a.status > 399 || a.status == http.StatusNotModified {
			return a
		}
		base, err := url.Parse(target)
		if err != nil {
			return &answer{status: a.status, fail: "转向的网址读不懂"}
		}
		to := a.header.Get("Location")
		u, onHost := where.resolve(base, to)
		switch {
		case u == nil:
			return &answer{status: a.status, fail: "转向的网址读不懂"}
		case !onHost:
			return &answer{status: a.status, fail: "转到站外 " + clip(u.Host, 60)}
		case u.String() != address:
			a.location = u.String()
			return a
		}
		ref, err := base.Parse(to)
		if err != nil {
			return &answer{status: a.status, fail: "转向的网址读不懂"}
		}
		target = ref.String()
	}
}

// once makes one request, after the pause that the site is owed.
func (c *client) once(ctx context.Context, address, etag, modified string, limit int64) *answer {
	if !c.last.IsZero() {
		if err := c.wait(ctx, c.pause-c.now().Sub(c.last)); err != nil {
			return &answer{err: err}
		}
	}
	defer func() { c.last = c.now() }()
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, address, nil)
	if err != nil {
		return &answer{fail: "网址读不懂"}
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8")
	req.Header.Set("Accept-Language", "zh-CN,zh;q=0.9")
	req.Header.Set("Accept-Encoding", "gzip")
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	if modified != "" {
		req.Header.Set("If-Modified-Since", modified)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.failed(ctx, 0, err)
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
			a.again, a.after = true, c.retryAfter(resp.Header.Get("Retry-After"))
		}
		if resp.StatusCode > 399 || resp.StatusCode < 300 {
			a.fail = fmt.Sprintf("旧站回答 %d", resp.StatusCode)
		}
		return a
	}
	if resp.ContentLength > limit {
		a.fail = "内容太大，超过 " + sizeText(limit)
		return a
	}
	return c.read(ctx, a, resp, limit)
}

// read takes a body within the limit, packed and unpacked.
func (c *client) read(ctx context.Context, a *answer, resp *http.Response, limit int64) *answer {
	var r io.Reader = io.LimitReader(resp.Body, limit+1)
	switch strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))) {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			a.fail, a.again = "压缩的内容读不出来", true
			return a
		}
		r = io.LimitReader(z, limit+1)
	default:
		a.fail = "内容的压缩方式不认识"
		return a
	}
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, r); err != nil {
		return c.failed(ctx, a.status, err)
	}
	if int64(buf.Len()) > limit {
		a.fail = "内容太大，超过 " + sizeText(limit)
		return a
	}
	a.body = buf.Bytes()
	return a
}

// failed tells the end of our own run from a fault of the site.
func (c *client) failed(ctx context.Context, status int, err error) *answer {
	if ctx.Err() != nil {
		return &answer{err: ctx.Err()}
	}
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind == fault.Forbidden {
		return &answer{err: f}
	}
	var ne net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return &answer{status: status, fail: "旧站没有在 " + c.timeout.String() + " 内答完", again: true}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return &answer{status: status, fail: "内容不完整", again: true}
	}
	return &answer{status: status, fail: "连不上旧站", again: true}
}

// retryAfter reads seconds or a date, at most maxRetryAfter.
func (c *client) retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n >= 0 {
		return min(time.Duration(min(n, 86400))*time.Second, maxRetryAfter)
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, min(t.Sub(c.now()), maxRetryAfter))
	}
	return 0
}

func sizeText(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}
