package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/publication"
)

// Event is the body of a request.
type Event struct {
	ID      string `json:"id"` // stable: the same in every try
	Hook    int64  `json:"hook"`
	Seq     int64  `json:"seq"`
	At      string `json:"at"` // UTC with microseconds
	Act     string `json:"act"`
	Work    *int64 `json:"work"`    // null for rows about no work
	Edition *int   `json:"edition"` // null for rows about a whole work
}

// NoticeEvent is the body of a request to a gateway. It holds ids and a login,
// by which the receiver finds the telephone, and no personal data.
type NoticeEvent struct {
	ID       string `json:"id"` // stable: the same in every try
	Hook     int64  `json:"hook"`
	Notice   int64  `json:"notice"`
	At       string `json:"at"` // UTC with microseconds
	Kind     string `json:"kind"`
	Login    string `json:"login"`
	Case     int64  `json:"case"`
	CaseKind string `json:"case_kind"`
	Number   string `json:"number"`
}

// eventNotice is the EventHeader of a gateway's requests.
const eventNotice = "notice"

// result is what one try came to.
type result struct {
	taken  bool
	clear  bool // not taken, and known not to be
	final  bool // refused in words that a further try would not change
	lost   bool // the words of a mail went out and no answer came: not to be tried again
	gone   bool // what the message was for is no more; nothing was sent
	later  bool // taken in hand; to be asked for again
	status int
	reason string // Chinese
	said   *reply
}

// answerBytes bounds what is read of an answer; of use in it is only an Answer.
const answerBytes = 16 << 10

// newClient is a client that goes nowhere but to the address itself: no proxy
// of the environment, no redirect, no network that is not public unless it is
// allowed. The address is checked when the connection is made, after the name
// was looked up, so that a name cannot point elsewhere in between.
func newClient(c Config) *http.Client {
	dialer := &net.Dialer{Timeout: c.Timeout, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !reachable(ap.Addr(), c.Allow) {
			return errForbidden
		}
		return nil
	}}
	return &http.Client{
		Timeout:       c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: c.Timeout, ResponseHeaderTimeout: c.Timeout, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, MaxIdleConns: 50, IdleConnTimeout: 30 * time.Second,
		},
	}
}

var errForbidden = errors.New("the address is not public")

// closed are networks that are not the public internet and that netip does
// not name: shared carrier space, protocol assignments, test and benchmark
// networks, what is reserved, and IPv6 forms that carry an IPv4 address.
var closed = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/32"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("::/96"),
}

// reachable tells whether a hook may live at an address.
func reachable(a netip.Addr, allow []netip.Prefix) bool {
	a = a.Unmap().WithZone("")
	for _, p := range allow {
		if p.Contains(a) {
			return true
		}
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range closed {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// send makes one try. Its failures are results, not errors: they are told to
// the person who looks at the message.
func (n *Notifier) send(ctx context.Context, m *message) result {
	body, event, err := n.body(ctx, m)
	if err != nil && fault.KindOf(err) == fault.Gone {
		return result{gone: true, reason: fault.Text(err)}
	}
	if err != nil {
		return result{clear: true, reason: fault.Text(err)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url, bytes.NewReader(body))
	if err != nil {
		return result{clear: true, reason: "推送地址写法不对。"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "gongkai-hook/1")
	req.Header.Set(IDHeader, m.id)
	req.Header.Set(EventHeader, event)
	req.Header.Set(SignatureHeader, Sign(m.secret, n.now(), body))
	res, err := n.client.Do(req)
	if errors.Is(err, errForbidden) {
		return result{clear: true, reason: "推送地址指向内部网络，没有发送。"}
	}
	if err != nil {
		return result{reason: "没有收到答复：连不上、超时，或者连接中断。"}
	}
	words, readErr := io.ReadAll(io.LimitReader(res.Body, answerBytes))
	closeErr := res.Body.Close()
	if e := errors.Join(readErr, closeErr); e != nil {
		n.log.Debug("hook answer", "message", m.id, "err", e) // the status has come, and it alone counts
	}
	out := result{status: res.StatusCode, taken: res.StatusCode >= 200 && res.StatusCode < 300}
	if out.taken && m.kind == kindLog && readErr == nil {
		out.said = readAnswer(body, words)
	}
	if !out.taken {
		out.reason = fmt.Sprintf("对方返回了 %d。", res.StatusCode)
		out.clear = res.StatusCode < 500 // a server that failed may have kept it all the same
		out.final = m.kind == kindGateway && out.clear && res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusRequestTimeout
	}
	return out
}

// body makes what is sent, and names the event.
func (n *Notifier) body(ctx context.Context, m *message) (body []byte, event string, err error) {
	if m.kind == kindGateway {
		s, err := n.subject(ctx, m.seq)
		if err != nil {
			return nil, "", err
		}
		body, err = json.Marshal(NoticeEvent{ID: m.id, Hook: m.hook, Notice: m.seq, At: s.at.UTC().Format(stamp), Kind: s.kind, Login: s.login,
			Case: s.caseID, CaseKind: s.caseKind, Number: s.number})
		return body, eventNotice, err
	}
	body, e, err := n.logBody(ctx, m)
	return body, e.Act, err
}

// stamp is how times stand in events.
const stamp = "2006-01-02T15:04:05.000000Z"

// logBody writes the event from the log, where alone it is kept.
func (n *Notifier) logBody(ctx context.Context, m *message) ([]byte, Event, error) {
	rows, err := publication.Changes(ctx, n.db.Reader(), m.seq-1, 1)
	if err != nil {
		return nil, Event{}, err
	}
	if len(rows) == 0 || rows[0].Seq != m.seq {
		return nil, Event{}, fault.New(fault.Internal, "notify.body", "日志里没有这一行。")
	}
	r := rows[0]
	e := Event{ID: m.id, Hook: m.hook, Seq: r.Seq, At: r.At.UTC().Format(stamp), Act: string(r.Act)}
	if r.Work != 0 {
		e.Work = &r.Work
	}
	if r.Edition != 0 {
		e.Edition = &r.Edition
	}
	b, err := json.Marshal(e)
	return b, e, err
}
