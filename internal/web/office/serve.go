package office

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

const (
	formCookie   = "gongkai_form"   // token of forms before sign-in
	deviceCookie = "gongkai_device" // a browser in which somebody has signed in
	maxForm      = 256 << 10
	fieldToken   = "form_token"
)

// call is one request with who asks.
type call struct {
	r       *http.Request
	id      string
	address string
	visit   access.Visit
	who     *access.Account // nil for a visitor
	form    string          // token that forms of this page carry
	cookies []*http.Cookie  // to be set
	pattern string
}

func (c *call) ctx() context.Context { return c.r.Context() }

// actor is who asks, as access knows them.
func (c *call) actor() access.Actor {
	if c.who == nil {
		return access.Actor{}
	}
	return c.who.Actor
}

// answer is a whole answer; it is sent after the session has been stored.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// Handler answers /signin, /signout, /office and everything below it.
func (o *Office) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ui.SecurityHeaders(w.Header())
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Add("Vary", "Cookie")
		clean := path.Clean("/" + r.URL.Path)
		if clean != r.URL.Path {
			u := url.URL{Path: clean, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, u.String(), http.StatusPermanentRedirect)
			return
		}
		o.mux.ServeHTTP(w, r)
	})
}

// serve is the one place that answers: session, right, token, page, errors as
// pages, a line in the log and a count.
func (o *Office) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		a, c := o.answer(rt, w, r)
		if a.status == http.StatusNotFound {
			evenOut(r.Context(), began)
		}
		for k, v := range a.header {
			w.Header()[k] = v
		}
		if c != nil {
			for _, k := range c.cookies {
				http.SetCookie(w, k)
			}
		}
		ui.WriteStatus(w, r, a.status, a.body, nil)
		took := time.Since(began)
		level, id := slog.LevelInfo, ""
		if a.status >= 500 {
			level = slog.LevelError
		}
		if c != nil {
			id = c.id
		}
		o.log.LogAttrs(r.Context(), level, "request", slog.String("id", id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", a.status), slog.Duration("took", took))
		o.observe(Observation{rt.page, r.Method, a.status, took})
	})
}

func (o *Office) answer(rt route, w http.ResponseWriter, r *http.Request) (*answer, *call) {
	token := ""
	if k, err := r.Cookie(access.CookieName); err == nil {
		token = k.Value
	}
	ctx, err := o.sessions.Load(r.Context(), token)
	if err != nil {
		o.log.Error("session", "err", err)
		return plainAnswer(http.StatusServiceUnavailable, textUnavailable), nil
	}
	c := &call{r: r.WithContext(ctx), id: requestID(), address: clientAddress(r), pattern: rt.method + " " + rt.pattern}
	c.visit = o.access.Visit(ctx, o.sessions)
	a, err := o.run(rt, w, c)
	if err != nil {
		a = o.failure(c, err)
	}
	switch o.sessions.Status(ctx) {
	case scs.Modified:
		stored, expiry, err := o.sessions.Commit(ctx)
		if err != nil {
			o.log.Error("session", "id", c.id, "err", err)
			return plainAnswer(http.StatusServiceUnavailable, textUnavailable), c
		}
		o.sessions.WriteSessionCookie(ctx, w, stored, expiry)
	case scs.Destroyed:
		o.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	}
	w.Header().Set("Cache-Control", "no-store") // the session manager adds a weaker one
	return a, c
}

func (o *Office) run(rt route, w http.ResponseWriter, c *call) (*answer, error) {
	if err := o.origin.Check(c.r); err != nil {
		return nil, &fault.Error{Kind: fault.Forbidden, Op: "office.origin", Text: textCrossOrigin, Err: errCrossOrigin}
	}
	if id := c.visit.Person(); id != 0 {
		who, err := o.access.Account(c.ctx(), id)
		switch {
		case err == nil:
			c.who = who
		case fault.KindOf(err) == fault.NotFound: // disabled since
			if err := c.visit.Close(); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
	o.formToken(c)
	if !rt.open {
		if c.who == nil {
			return o.signInAnswer(c, http.StatusUnauthorized, "", nil)
		}
		if rt.pattern != "" {
			if ok, _ := access.Can(c.who.Actor, rt.act, access.Thing{}); !ok {
				return nil, fault.New(fault.Forbidden, "office.run", "")
			}
		}
		if c.who.MustChange && !rt.live {
			return redirect("/office/account"), nil
		}
	}
	if c.r.Method == http.MethodPost {
		read := o.readForm
		if rt.stream {
			read = func(w http.ResponseWriter, c *call, _ route) error { return openUpload(w, c) }
		}
		if err := read(w, c, rt); err != nil {
			return nil, err
		}
	}
	return rt.handler(o, c)
}

// readForm parses what was sent, within limits, and checks the form's token.
func (o *Office) readForm(w http.ResponseWriter, c *call, rt route) error {
	limit := max(maxForm, rt.limit)
	c.r.Body = http.MaxBytesReader(w, c.r.Body, limit)
	var err error
	if rt.upload && strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/") {
		err = c.r.ParseMultipartForm(limit)
	} else {
		err = c.r.ParseForm()
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.Newf(fault.TooLarge, "office.readForm", textTooLarge, limit>>20)
	}
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "office.readForm", Text: textBadForm, Err: err}
	}
	got := c.r.PostForm.Get(fieldToken)
	if got == "" && c.r.MultipartForm != nil {
		got = c.r.FormValue(fieldToken)
	}
	if c.form == "" || subtle.ConstantTimeCompare([]byte(got), []byte(c.form)) != 1 {
		return fault.New(fault.Invalid, "office.readForm", textOldForm)
	}
	return nil
}

// formToken finds the token of this browser's forms: the session's when
// somebody is signed in, else one kept in a cookie of its own.
func (o *Office) formToken(c *call) {
	if c.who != nil {
		c.form = c.visit.Form()
		return
	}
	if k, err := c.r.Cookie(formCookie); err == nil && len(k.Value) == 32 {
		c.form = k.Value
		return
	}
	if c.r.Method == http.MethodPost {
		return // a token made now could not be the one that was sent
	}
	c.form = rand.Text()[:16] + rand.Text()[:16]
	c.cookies = append(c.cookies, &http.Cookie{Name: formCookie, Value: c.form, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: o.secure()})
}

var errCrossOrigin = errors.New("cross-origin request")

// failure turns an error into a page. Refusals and things that are missing or
// out of reach are audit rows and look all alike.
func (o *Office) failure(c *call, err error) *answer {
	kind := fault.KindOf(err)
	status, heading := statusOf(kind)
	text := fault.Text(err)
	header := http.Header{}
	var early *access.Throttled
	switch {
	case errors.As(err, &early):
		status, heading = http.StatusTooManyRequests, textSlowDown
		header.Set("Retry-After", strconv.Itoa(int(early.Wait.Seconds())+1))
	case kind == fault.Forbidden && !errors.Is(err, errCrossOrigin):
		text = textForbidden
	case kind == fault.NotFound:
		text = textNotFound
	}
	if c.who != nil && (kind == fault.Forbidden || kind == fault.NotFound) {
		if e := o.access.Record(c.ctx(), c.who.Actor, audit.Reach, "page:"+c.r.Method+" "+shorten(c.r.URL.Path, 120), audit.Refused, strconv.Itoa(status)); e != nil {
			o.log.Error("audit", "id", c.id, "err", e)
		}
	}
	if kind == fault.Internal || kind == fault.Unavailable {
		o.log.Error("failure", "id", c.id, "err", err)
	}
	d := &failurePage{frame: o.frame(c, heading), Heading: heading, Text: text, Status: status}
	for i := range d.Rail {
		d.Rail[i].Current = false // a refusal looks the same wherever it comes from
	}
	if kind == fault.Internal || kind == fault.Unavailable {
		d.ID = c.id
	}
	a, e := o.page(c, "failure", status, d)
	if e != nil {
		o.log.Error("failure page", "id", c.id, "err", e)
		return plainAnswer(status, text)
	}
	for k, v := range header {
		a.header[k] = v
	}
	return a
}

// evenSlot is the grain of the time that an answer of 404 takes.
const evenSlot = 20 * time.Millisecond

// evenOut waits for the end of the slot in which the work was done. A thing out
// of reach takes a look or two more at the database than one that does not
// exist; by the clock nobody may tell them apart. The little that waking up
// still shows drowns in a random rest.
func evenOut(ctx context.Context, began time.Time) {
	wait := time.NewTimer(evenSlot - time.Since(began)%evenSlot + mathrand.N(evenSlot/4))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}

// missing answers addresses that no route has.
func missing(*Office, *call) (*answer, error) {
	return nil, fault.New(fault.NotFound, "office.missing", textNotFound)
}

func statusOf(k fault.Kind) (int, string) {
	switch k {
	case fault.Invalid:
		return http.StatusBadRequest, "填写的内容有误"
	case fault.NotFound:
		return http.StatusNotFound, "没有找到"
	case fault.Forbidden:
		return http.StatusForbidden, "不能办理"
	case fault.Conflict:
		return http.StatusConflict, "内容有冲突"
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge, "内容太大"
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType, "读不了这种格式"
	case fault.Gone:
		return http.StatusGone, "内容已依法撤下"
	case fault.Unavailable:
		return http.StatusServiceUnavailable, "暂时办不了"
	}
	return http.StatusInternalServerError, "页面出了故障"
}

func plainAnswer(status int, text string) *answer {
	return &answer{status, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, []byte(text + "\n")}
}

// redirect leads on after a form has done its work.
func redirect(to string) *answer {
	return &answer{http.StatusSeeOther, http.Header{"Location": {to}}, nil}
}

func requestID() string {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "unknown" // an id only helps to find a log line
	}
	return hex.EncodeToString(b[:])
}

// clientAddress is where the request comes from. Only a proxy on this machine
// is believed when it names somebody else, and only in its own, last entry.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		all := r.Header.Values("X-Forwarded-For")
		if len(all) > 0 {
			list := strings.Split(all[len(all)-1], ",")
			if named := net.ParseIP(strings.TrimSpace(list[len(list)-1])); named != nil {
				return named.String()
			}
		}
	}
	return host
}
