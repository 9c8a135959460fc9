package office

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// signInView is the form: first login and password, then the code.
type signInView struct {
	frame
	Form    form
	Code    bool // the second factor is asked for
	Blocked bool // the page asked for needs a sign-in
}

func signInPage(o *Office, c *call) (*answer, error) {
	return o.signInAnswer(c, http.StatusOK, queryValue(c.r, "next"), nil)
}

// signInAnswer shows the form. The answer to a page that needs a sign-in is the
// same for every address, so that it does not tell which exist; where to go on
// is read from the browser's referrer.
func (o *Office) signInAnswer(c *call, status int, next string, wrong error) (*answer, error) {
	d := &signInView{frame: o.frame(c, textSignIn), Blocked: status == http.StatusUnauthorized && wrong == nil}
	d.Wide = false
	d.Code = c.visit.Pending() != 0
	d.Form = form{ID: "signin", Action: "/signin", Token: c.form, Submit: textSignIn}
	if next = safeNext(next); next != "" {
		d.Form.Hidden = []option{{Name: "next", Value: next}}
	}
	if d.Code {
		d.Form.Fields = []field{{Name: "code", Label: "验证码", Kind: "text", Required: true, Max: 24, Complete: "one-time-code",
			Hint: "打开手机上的验证器，填写 6 位数字。手机不在身边时，可以填写一个恢复码。"}}
	} else {
		d.Form.Fields = []field{
			{Name: "login", Label: "登录名", Kind: "text", Required: true, Max: 64, Complete: "username"},
			{Name: "password", Label: "口令", Kind: "password", Required: true, Max: 200, Complete: "current-password"},
		}
	}
	var header string
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
		var early *access.Throttled
		if errors.As(wrong, &early) {
			header = strconv.Itoa(int(early.Wait.Seconds()) + 1)
		}
	}
	a, err := o.page(c, "signin", status, d)
	if err == nil && header != "" {
		a.header.Set("Retry-After", header)
	}
	return a, err
}

func signIn(o *Office, c *call) (*answer, error) {
	next := value(c.r, "next")
	if next == "" {
		next = referred(c.r)
	}
	refuse := func(err error) (*answer, error) {
		var early *access.Throttled
		switch {
		case errors.As(err, &early):
			return o.signInAnswer(c, http.StatusTooManyRequests, next, err)
		case fault.KindOf(err) == fault.Invalid:
			return o.signInAnswer(c, http.StatusUnauthorized, next, err)
		}
		return nil, err
	}
	if c.r.PostForm.Has("code") {
		person := c.visit.Pending()
		if person == 0 {
			return refuse(fault.Field("office.signIn", "", textCodeLate))
		}
		if err := o.access.VerifyCode(c.ctx(), person, value(c.r, "code"), c.address); err != nil {
			return refuse(err)
		}
		return o.enter(c, person, next)
	}
	device := ""
	if k, err := c.r.Cookie(deviceCookie); err == nil {
		device = k.Value
	}
	e, err := o.access.SignIn(c.ctx(), access.Attempt{Login: value(c.r, "login"), Password: secretValue(c.r, "password"), Address: c.address, Device: device})
	if err != nil {
		return refuse(err)
	}
	if e.NeedsCode {
		if err := c.visit.Await(e.Person); err != nil {
			return nil, err
		}
		to := "/signin"
		if next = safeNext(next); next != "" {
			to += "?next=" + url.QueryEscape(next)
		}
		return redirect(to), nil
	}
	return o.enter(c, e.Person, next)
}

// enter opens the session under a new token and marks the browser as known.
func (o *Office) enter(c *call, person int64, next string) (*answer, error) {
	who, err := o.access.Account(c.ctx(), person)
	if err != nil {
		return nil, err
	}
	if err := c.visit.Open(person, c.address, c.r.UserAgent()); err != nil {
		return nil, err
	}
	mark, err := o.access.DeviceMark(c.ctx(), person)
	if err != nil {
		return nil, err
	}
	c.cookies = append(c.cookies, &http.Cookie{Name: deviceCookie, Value: mark, Path: "/signin", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: o.secure(), MaxAge: 400 * 24 * 3600})
	if next = safeNext(next); next == "" {
		next = "/office"
		if ok, _ := access.Can(who.Actor, access.UseOffice, access.Thing{}); !ok {
			next = "/office/account"
		}
	}
	return redirect(next), nil
}

// safeNext keeps only pages of the office to go on to.
func safeNext(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || strings.ContainsAny(s, "\\\r\n") || len(s) > 300 {
		return ""
	}
	if u.Path != path.Clean(u.Path) || u.Path != "/office" && !strings.HasPrefix(u.Path, "/office/") {
		return ""
	}
	return s
}

// referred is the page on which the form stood.
func referred(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return u.RequestURI()
}

// signOutView asks once, because a link from elsewhere must not sign out.
type signOutView struct {
	frame
	Form form
}

func signOutPage(o *Office, c *call) (*answer, error) {
	d := &signOutView{frame: o.frame(c, textSignOut)}
	d.Wide = false
	d.Form = form{ID: "signout", Action: "/signout", Token: c.form, Submit: textSignOut}
	return o.page(c, "signout", http.StatusOK, d)
}

func signOut(o *Office, c *call) (*answer, error) {
	if c.who != nil {
		if err := o.access.Record(c.ctx(), c.who.Actor, audit.SignOut, "", audit.Done, ""); err != nil {
			return nil, err
		}
	}
	if err := c.visit.Close(); err != nil {
		return nil, err
	}
	return redirect("/signin"), nil
}
