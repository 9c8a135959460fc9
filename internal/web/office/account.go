package office

import (
	"html/template"
	"net/http"
	"strings"

	"rsc.io/qr"

	"gongkai/internal/access"
	"gongkai/internal/fault"
)

// accountView is one's own password, second factor and sessions.
type accountView struct {
	frame
	Password form
	TOTP     totpView
	Sessions []sessionRow
	EndAll   form
	Held     []access.Held
	Contact  *contactView
	Feed     feedView
}

// totpView is the second factor in one of its states: off, being set up, just
// switched on (codes are shown once), or on.
type totpView struct {
	On     bool
	Codes  []string
	QR     template.HTML
	Secret string
	Start  form
	Enrol  form
	Drop   form
}

// sessionRow is a sign-in with its browser in words.
type sessionRow struct {
	access.Session
	Browser string
}

// browserName says in a few words what a browser calls itself; what it does not
// know it shows as it is.
func browserName(agent string) string {
	find := func(list [][2]string) string {
		for _, x := range list {
			if strings.Contains(agent, x[0]) {
				return x[1]
			}
		}
		return ""
	}
	name := find([][2]string{{"MicroMessenger", "微信"}, {"Edg/", "Edge"}, {"QAXBrowser", "奇安信浏览器"}, {"QIHU", "360 浏览器"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := find([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}})
	if name == "" {
		return shorten(agent, 40)
	}
	if system == "" {
		return name
	}
	return name + "，" + system
}

const pendingTOTP = "totp"

// account gathers the page; change alters it before it is shown.
func (o *Office) account(c *call, status int, change func(d *accountView)) (*answer, error) {
	d := &accountView{frame: o.frame(c, textAccount)}
	d.Password = form{ID: "password", Action: "/office/account/password", Token: c.form, Submit: "修改口令", Fields: []field{
		{Name: "old", Label: "现在的口令", Kind: "password", Required: true, Complete: "current-password"},
		{Name: "new", Label: "新口令", Kind: "password", Required: true, Complete: "new-password", Hint: "至少 8 个字符，不用常见口令；一句自己记得住的话最好。"},
		{Name: "again", Label: "再输入一次新口令", Kind: "password", Required: true, Complete: "new-password"},
	}}
	d.EndAll = form{ID: "end-all", Action: "/office/account/sessions/end-all", Token: c.form, Submit: "退出其他全部登录", Second: true}
	sessions, err := o.access.OpenSessions(c.ctx(), c.who.Person, c.visit.Token())
	if err != nil {
		return nil, err
	}
	for _, x := range sessions {
		d.Sessions = append(d.Sessions, sessionRow{x, browserName(x.Agent)})
	}
	if d.Held, err = o.access.Held(c.ctx(), c.who.Person); err != nil {
		return nil, err
	}
	if err := o.totp(c, &d.TOTP, d.Site.Name); err != nil {
		return nil, err
	}
	if d.Feed, err = o.feed(c); err != nil {
		return nil, err
	}
	if d.Contact, err = o.contact(c); err != nil {
		return nil, err
	}
	if change != nil {
		change(d)
	}
	return o.page(c, "account", status, d)
}

func (o *Office) totp(c *call, t *totpView, issuer string) error {
	t.On = c.who.TOTP
	t.Start = form{ID: "totp-start", Action: "/office/account/totp/start", Token: c.form, Submit: "开始设置", Second: true}
	t.Drop = form{ID: "totp-drop", Action: "/office/account/totp/drop", Token: c.form, Submit: "关闭动态验证码", Danger: true, Fields: []field{
		{Name: "totp-password", Label: "口令", Kind: "password", Required: true, Complete: "current-password", Hint: "关闭前请输入口令，确认是本人操作。"}}}
	address := c.visit.Secret(pendingTOTP)
	if address == "" || t.On {
		return nil
	}
	t.Secret = c.visit.Secret(pendingTOTP + ".secret")
	t.Enrol = form{ID: "totp-enrol", Action: "/office/account/totp", Token: c.form, Submit: "开启", Fields: []field{
		{Name: "code", Label: "验证码", Kind: "text", Required: true, Max: 10, Numeric: true, Complete: "one-time-code", Hint: "填写验证器上显示的 6 位数字。"}}}
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return err
	}
	t.QR = qrSVG(code)
	return nil
}

func accountPage(o *Office, c *call) (*answer, error) { return o.account(c, http.StatusOK, nil) }

func changePassword(o *Office, c *call) (*answer, error) {
	err := o.tryPassword(c)
	if err == nil {
		return told(c, "/office/account", textPassword), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.account(c, statusFor(err), func(d *accountView) { d.Password.blame(err) })
}

func (o *Office) tryPassword(c *call) error {
	fresh := secretValue(c.r, "new")
	if fresh != secretValue(c.r, "again") {
		return fault.Field("office.changePassword", "再输入一次新口令", textRepeat)
	}
	return o.access.ChangePassword(c.ctx(), c.actor(), c.address, secretValue(c.r, "old"), fresh, c.visit.Token())
}

func startTOTP(o *Office, c *call) (*answer, error) {
	site, err := o.deps.Site(c.ctx())
	if err != nil {
		return nil, err
	}
	issuer := site.Name
	if issuer == "" {
		issuer = textSite
	}
	secret, address, err := o.access.NewTOTP(issuer, c.who.Login)
	if err != nil {
		return nil, err
	}
	c.visit.SetSecret(pendingTOTP, address)
	c.visit.SetSecret(pendingTOTP+".secret", secret)
	return redirect("/office/account#totp"), nil
}

func enrolTOTP(o *Office, c *call) (*answer, error) {
	codes, err := o.access.EnrolTOTP(c.ctx(), c.actor(), c.visit.Secret(pendingTOTP+".secret"), value(c.r, "code"))
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.account(c, statusFor(err), func(d *accountView) {
			d.TOTP.Enrol.blame(err)
			if len(d.TOTP.Enrol.Fields) == 0 {
				d.TOTP.Start.Error = fault.Text(err)
			}
		})
	}
	c.visit.SetSecret(pendingTOTP, "")
	c.visit.SetSecret(pendingTOTP+".secret", "")
	c.who.TOTP = true
	return o.account(c, http.StatusOK, func(d *accountView) { d.TOTP.Codes = codes })
}

func dropTOTP(o *Office, c *call) (*answer, error) {
	err := o.access.DropTOTP(c.ctx(), c.actor(), secretValue(c.r, "totp-password"))
	if err == nil {
		return told(c, "/office/account", textTOTPOff), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.account(c, statusFor(err), func(d *accountView) { d.TOTP.Drop.blame(err) })
}

func endSession(o *Office, c *call) (*answer, error) {
	if err := o.access.EndSession(c.ctx(), c.actor(), value(c.r, "session")); err != nil {
		return nil, err
	}
	return told(c, "/office/account", textOneOut), nil
}

func endSessions(o *Office, c *call) (*answer, error) {
	if err := o.access.EndSessions(c.ctx(), c.actor(), c.visit.Token()); err != nil {
		return nil, err
	}
	return told(c, "/office/account", textAllOut), nil
}
