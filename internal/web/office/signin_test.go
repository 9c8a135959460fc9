package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"gongkai/internal/access"
	"gongkai/internal/audit"
)

// cookie finds a cookie that an answer sets.
func (p page) cookie(name string) *http.Cookie {
	for _, c := range (&http.Response{Header: p.header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestSignIn_OpensTheOffice(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		b := s.browser()
		p := b.get("/office")
		s.has(p, http.StatusUnauthorized, "需要先登录")
		p = b.send(p, "/signin", map[string]string{"login": "lin", "password": password})
		if p.status != http.StatusSeeOther || p.header.Get("Location") != "/office" {
			t.Fatal(p.status, p.header)
		}
		k := p.cookie(access.CookieName)
		if k == nil || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Secure || k.MaxAge != 0 || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("cookie %+v, %v", k, p.header)
		}
		s.has(b.get("/office"), http.StatusOK, "演示lin，您好", "办事员", "清河市教育局", "登录")
		var stored string
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT token FROM sessions WHERE person_id IS NOT NULL`).Scan(&stored); err != nil || stored == k.Value {
			t.Error("the database holds the cookie itself", err)
		}
	})
}

func TestSignIn_Refusals(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		b := s.browser()
		for _, v := range []map[string]string{{"login": "lin", "password": "wrong"}, {"login": "nobody", "password": password}, {"login": "", "password": ""}} {
			p := b.submit("/signin", "/signin", v)
			s.has(p, http.StatusUnauthorized, "登录名或口令不对", `id="signin-login-error"`)
			if strings.Contains(p.body, `value="wrong"`) || p.cookie(access.CookieName) != nil {
				t.Error("a password or a session comes back")
			}
		}
		s.has(b.post("/signin", url.Values{"login": {"lin"}, "password": {password}}), http.StatusBadRequest, "表单已经过期")
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.server.URL+"/signin", strings.NewReader("login=lin"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		s.has(b.do(r), http.StatusForbidden, "不是从本站")
		for range 10 {
			b.submit("/signin", "/signin", map[string]string{"login": "lin", "password": "wrong"})
		}
		p := b.submit("/signin", "/signin", map[string]string{"login": "lin", "password": password})
		s.has(p, http.StatusTooManyRequests, "失败次数太多")
		if p.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		s.clock.pass(6 * time.Minute)
		if p := b.submit("/signin", "/signin", map[string]string{"login": "lin", "password": password}); p.status != http.StatusSeeOther {
			t.Error(p.status)
		}
	})
}

func TestSignIn_GoesOnToTheRightPlace(t *testing.T) {
	for next, ok := range map[string]bool{"/office/people?q=a": true, "/office": true, "//evil.example/office": false, "https://evil.example/": false,
		"/works/1": false, "/office/../signout": false, `/office\evil`: false, "/officeevil": false, "": false, "/office/x\r\nSet-Cookie: a=b": false, "javascript:alert(1)": false} {
		if (safeNext(next) != "") != ok {
			t.Errorf("%q: %q", next, safeNext(next))
		}
	}
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-zf", access.SystemAdmin)
		p := s.browser().submit("/signin?next=/office/people", "/signin", map[string]string{"login": "boss", "password": password})
		if p.header.Get("Location") != "/office/people" {
			t.Error(p.header)
		}
		s.user("gong", "")
		if p := s.browser().submit("/signin", "/signin", map[string]string{"login": "gong", "password": password}); p.header.Get("Location") != "/office/account" {
			t.Error(p.header)
		}
	})
}

// A token from before the sign-in, or a cookie stolen before the sign-out,
// opens nothing.
func TestSession_FixationAndTheft(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		lin := s.signIn("lin")
		home, err := url.Parse(s.server.URL)
		if err != nil {
			t.Fatal(err)
		}
		thief := s.browser()
		thief.Jar.SetCookies(home, lin.Jar.Cookies(home))
		s.has(thief.get("/office"), http.StatusOK)
		if p := lin.submit("/signout", "/signout", nil); p.status != http.StatusSeeOther {
			t.Fatal(p.status)
		}
		s.has(thief.get("/office"), http.StatusUnauthorized)
		s.has(lin.get("/office"), http.StatusUnauthorized)
		if rows := s.audits(audit.Filter{Actor: "lin", Act: audit.SignOut}); len(rows) != 1 {
			t.Error(rows)
		}

		// The thief's own session, planted in the victim's browser.
		s.user("thief", "qh-gaj", access.Clerk)
		mine, victim := s.signIn("thief"), s.browser()
		victim.Jar.SetCookies(home, mine.Jar.Cookies(home))
		if p := victim.submit("/signin", "/signin", map[string]string{"login": "lin", "password": password}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(victim.get("/office"), http.StatusOK, "演示lin")
		s.has(mine.get("/office"), http.StatusUnauthorized)

		planted := s.browser()
		planted.Jar.SetCookies(home, []*http.Cookie{{Name: access.CookieName, Value: "planted-token", Path: "/"}})
		p := planted.submit("/signin", "/signin", map[string]string{"login": "lin", "password": password})
		if k := p.cookie(access.CookieName); k == nil || k.Value == "planted-token" {
			t.Error("the token was not renewed at the sign-in")
		}
	})
}

func TestSession_SignOutEverywhereAndOne(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		s.user("boss", "qh-zf", access.SystemAdmin)
		a, b, c, boss := s.signIn("lin"), s.signIn("lin"), s.signIn("lin"), s.signIn("boss")
		p := a.get("/office/account")
		if n := strings.Count(p.body, `name="session"`); n != 2 {
			t.Fatalf("%d other sessions", n)
		}
		if r := a.send(p, "/office/account/sessions/end", nil); r.status != http.StatusSeeOther {
			t.Fatal(r.status, r.words())
		}
		left := 0
		for _, x := range []*browser{b, c} {
			if x.get("/office").status == http.StatusOK {
				left++
			}
		}
		if left != 1 {
			t.Errorf("%d of two other sessions are left", left)
		}
		if r := a.submit("/office/account", "/office/account/sessions/end-all", nil); r.status != http.StatusSeeOther {
			t.Fatal(r.status)
		}
		s.has(a.get("/office"), http.StatusOK)
		for _, x := range []*browser{b, c} {
			s.has(x.get("/office"), http.StatusUnauthorized)
		}
		// Somebody else's session is not there for others.
		token := goqueryValue(t, boss.get("/office/account"), `input[name="form_token"]`)
		s.has(boss.post("/office/account/sessions/end", url.Values{fieldToken: {token}, "session": {"0011223344556677"}}), http.StatusNotFound)

		if r := boss.submit("/office/person/lin", "/office/person/lin/disable", nil); r.status != http.StatusSeeOther {
			t.Fatal(r.status, r.words())
		}
		s.has(a.get("/office"), http.StatusUnauthorized)
	})
}

func goqueryValue(t *testing.T, p page, selector string) string {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	v, ok := d.Find(selector).First().Attr("value")
	if !ok {
		t.Fatalf("no %s on the page", selector)
	}
	return v
}

func TestSession_IdleAndAbsoluteLimits(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		b := s.signIn("lin")
		for range 24 * 60 / 25 {
			s.clock.pass(25 * time.Minute)
			if b.get("/office").status != http.StatusOK {
				break
			}
		}
		if at := s.clock.now().Sub(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)); at < access.AbsoluteLimit || at > access.AbsoluteLimit+25*time.Minute {
			t.Errorf("a busy session lasted %v", at)
		}
		b = s.signIn("lin")
		s.clock.pass(access.IdleLimit)
		s.has(b.get("/office"), http.StatusUnauthorized)
	})
}

func TestSecondFactor_OverThePages(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		b := s.signIn("lin")
		b.submit("/office/account", "/office/account/totp/start", nil)
		p := b.get("/office/account")
		d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		secret := d.Find(".totp-secret code").Text()
		if d.Find("svg.qr path").Length() != 1 || secret == "" {
			t.Fatal(p.words())
		}
		s.has(b.send(p, "/office/account/totp", map[string]string{"code": "12"}), http.StatusBadRequest, "验证码不对", `aria-invalid="true"`)
		code, err := totp.GenerateCode(secret, s.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		s.has(b.send(p, "/office/account/totp", map[string]string{"code": code}), http.StatusOK, "恢复码", "只显示这一次")
		if p = b.get("/office/account"); strings.Contains(p.body, `class="codes"`) || !strings.Contains(p.body, "已开启") {
			t.Error("the recovery codes are shown again, or the factor is off")
		}

		n := s.browser()
		if p = n.submit("/signin", "/signin", map[string]string{"login": "lin", "password": password}); p.header.Get("Location") != "/signin" {
			t.Fatal(p.status, p.header)
		}
		s.has(n.get("/office"), http.StatusUnauthorized)
		s.has(n.submit("/signin", "/signin", map[string]string{"code": "000000"}), http.StatusUnauthorized, "验证码不对")
		s.clock.pass(time.Minute)
		if code, err = totp.GenerateCode(secret, s.clock.now()); err != nil {
			t.Fatal(err)
		}
		if p = n.submit("/signin", "/signin", map[string]string{"code": code}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(n.get("/office"), http.StatusOK)

		late := s.browser()
		late.submit("/signin", "/signin", map[string]string{"login": "lin", "password": password})
		p = late.get("/signin")
		s.clock.pass(11 * time.Minute)
		s.has(late.send(p, "/signin", map[string]string{"code": code}), http.StatusUnauthorized, "时间已过")
	})
}

func TestCookies_AreSecureOnHTTPS(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		deps := s.deps
		deps.BaseURL = "https://zwgk.example.gov.cn"
		o, err := New(deps)
		if err != nil {
			t.Fatal(err)
		}
		o.LogTo(s.log)
		s.server.Config.Handler = o.Handler()
		p := s.browser().get("/signin")
		if k := p.cookie(formCookie); k == nil || !k.Secure || !k.HttpOnly || k.SameSite != http.SameSiteStrictMode {
			t.Errorf("%+v", k)
		}
		if !o.sessions.Cookie.Secure {
			t.Error("the session cookie may travel in the open")
		}
	})
}

func TestClientAddress(t *testing.T) {
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1000", "", "203.0.113.9"}, {"203.0.113.9:1000", "198.51.100.1", "203.0.113.9"}, {"127.0.0.1:1000", "198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:1000", "198.51.100.1, 203.0.113.5", "203.0.113.5"}, {"[::1]:9", "2001:db8::1", "2001:db8::1"}, {"127.0.0.1:1", "<script>", "127.0.0.1"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := clientAddress(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
