package office

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"gongkai/internal/notify"
)

// contactView is how one is told of cases outside the office.
type contactView struct {
	Works   bool // this node sends mail
	Mail    string
	Pending string
	Ask     form
	Confirm form
	Wishes  form
	Test    form
	Drop    form
}

// quietHours are the choices for the quiet hours: none, then each full hour.
func quietHours(chosen int) []option {
	out := []option{{"-1", textNoQuiet, chosen < 0}}
	for h := range 24 {
		out = append(out, option{strconv.Itoa(h), fmt.Sprintf("%d:00", h), h == chosen})
	}
	return out
}

func onOff(on bool) []option { return []option{{"1", "开", on}, {"0", "关", !on}} }

// contact gathers the section of the account page; nil where the office was
// built without a way out.
func (o *Office) contact(c *call) (*contactView, error) {
	if o.deps.Notices == nil {
		return nil, nil
	}
	n, err := o.deps.Notices(c.ctx())
	if err != nil {
		return nil, err
	}
	now, err := n.Contact(c.ctx(), c.who.Person)
	if err != nil {
		return nil, err
	}
	v := &contactView{Works: n.MailWorks()}
	if v.Mail, v.Pending, err = n.Address(c.ctx(), now); err != nil {
		return nil, err
	}
	v.Ask = form{ID: "mail-ask", Action: "/office/account/mail", Token: c.form, Submit: "发送验证码", Second: true, Fields: []field{
		{Name: "mail", Label: "邮箱", Kind: "email", Required: true, Max: 254, Complete: "email", Hint: "我们先往这个邮箱发一个验证码；填写验证码以后才会使用。"}}}
	v.Confirm = form{ID: "mail-confirm", Action: "/office/account/mail/confirm", Token: c.form, Submit: "确认邮箱", Fields: []field{
		{Name: "mail-code", Label: "验证码", Kind: "text", Required: true, Max: 10, Numeric: true, Complete: "one-time-code", Hint: "邮件里的 6 位数字，30 分钟内有效。没有收到就看看垃圾邮件，或者重新发送。"}}}
	v.Test = form{ID: "mail-test", Action: "/office/account/mail/test", Token: c.form, Submit: "发一封测试邮件", Second: true}
	v.Drop = form{ID: "mail-drop", Action: "/office/account/mail/drop", Token: c.form, Submit: "删去邮箱", Second: true}
	v.Wishes = form{ID: "wishes", Action: "/office/account/wishes", Token: c.form, Submit: "保存提醒方式"}
	if now.HasMail {
		v.Wishes.Fields = append(v.Wishes.Fields, field{Name: "by-mail", Label: "用邮件提醒我", Kind: "select", Options: onOff(now.ByMail)})
	}
	gateway, err := n.HasGateway(c.ctx())
	if err != nil {
		return nil, err
	}
	if gateway {
		v.Wishes.Fields = append(v.Wishes.Fields, field{Name: "by-gateway", Label: "用短信或办公应用提醒我", Kind: "select", Options: onOff(now.ByGateway)})
	}
	for _, g := range notify.Groups {
		v.Wishes.Fields = append(v.Wishes.Fields, field{Name: "kind-" + g.Kind, Label: g.Name, Kind: "select", Options: onOff(!slices.Contains(now.Off, g.Kind))})
	}
	v.Wishes.Fields = append(v.Wishes.Fields,
		field{Name: "quiet-from", Label: "免打扰时间", Kind: "select", Options: quietHours(now.QuietFrom), Hint: "从几点开始。这段时间里的提醒，到结束时一起发。"},
		field{Name: "quiet-to", Label: "免打扰到几点", Kind: "select", Options: quietHours(now.QuietTo)})
	return v, nil
}

// contactAct does one of the section's acts and shows the page again, with the
// error beside the form that pick names.
func (o *Office) contactAct(c *call, done string, pick func(*contactView) *form, act func(*notify.Notifier) error) (*answer, error) {
	if o.deps.Notices == nil {
		return missing(o, c)
	}
	n, err := o.deps.Notices(c.ctx())
	if err != nil {
		return nil, err
	}
	if err = act(n); err == nil {
		return told(c, "/office/account#mail", done), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.account(c, statusFor(err), func(d *accountView) {
		f := pick(d.Contact)
		f.fill(c.r)
		f.blame(err)
	})
}

func askMail(o *Office, c *call) (*answer, error) {
	return o.contactAct(c, textMailAsked, func(v *contactView) *form { return &v.Ask }, func(n *notify.Notifier) error {
		return n.AskMail(c.ctx(), c.who.Person, c.who.Login, value(c.r, "mail"))
	})
}

func confirmMail(o *Office, c *call) (*answer, error) {
	return o.contactAct(c, textMailSet, func(v *contactView) *form {
		if v.Pending == "" { // its form is not on the page any more
			return &v.Ask
		}
		return &v.Confirm
	}, func(n *notify.Notifier) error {
		return n.ConfirmMail(c.ctx(), c.who.Person, c.who.Login, value(c.r, "mail-code"))
	})
}

func testMail(o *Office, c *call) (*answer, error) {
	return o.contactAct(c, textMailTest, func(v *contactView) *form { return &v.Test }, func(n *notify.Notifier) error {
		return n.TestMail(c.ctx(), c.who.Person, c.who.Login)
	})
}

func dropMail(o *Office, c *call) (*answer, error) {
	return o.contactAct(c, textMailDropped, func(v *contactView) *form { return &v.Drop }, func(n *notify.Notifier) error {
		return n.DropMail(c.ctx(), c.who.Person, c.who.Login)
	})
}

func setWishes(o *Office, c *call) (*answer, error) {
	return o.contactAct(c, textWishes, func(v *contactView) *form { return &v.Wishes }, func(n *notify.Notifier) error {
		now, err := n.Contact(c.ctx(), c.who.Person)
		if err != nil {
			return err
		}
		w := notify.Wishes{ByMail: switched(c.r, "by-mail", now.ByMail), ByGateway: switched(c.r, "by-gateway", now.ByGateway), QuietFrom: fullHour(c.r, "quiet-from"), QuietTo: fullHour(c.r, "quiet-to")}
		for _, g := range notify.Groups {
			if !switched(c.r, "kind-"+g.Kind, true) {
				w.Off = append(w.Off, g.Kind)
			}
		}
		return n.SetWishes(c.ctx(), c.who.Person, c.who.Login, w)
	})
}

// switched reads a switch; one that was not on the page stays as it is.
func switched(r *http.Request, name string, now bool) bool {
	switch value(r, name) {
	case "1":
		return true
	case "0":
		return false
	}
	return now
}

// fullHour reads an hour; what is none becomes one that SetWishes refuses.
func fullHour(r *http.Request, name string) int {
	h, err := strconv.Atoi(value(r, name))
	if err != nil {
		return 99
	}
	return h
}
