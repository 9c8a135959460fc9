package office

import (
	"fmt"
	"net/http"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// personView is one account with the roles it holds and held.
type personView struct {
	frame
	Person   *org.Person
	Held     []heldRow
	Grant    form
	Acts     []form
	Password string // made by a reset, shown once
	Self     bool
}

type heldRow struct {
	access.Held
	State  string
	Revoke *form // nil when it is over
}

// grantState says in a word what a grant is worth today.
func grantState(h access.Held, today workday.Date) string {
	switch {
	case !h.Ended.IsZero():
		return "已收回"
	case h.Current:
		return "有效"
	case h.From.After(today):
		return "尚未开始"
	}
	return "已到期"
}

func personHref(login string) string { return "/office/person/" + login }

func (o *Office) person(c *call, status int, change func(d *personView)) (*answer, error) {
	p, held, err := o.access.Person(c.ctx(), c.actor(), c.r.PathValue("login"))
	if err != nil {
		return nil, err
	}
	if err := o.access.Record(c.ctx(), c.actor(), audit.ViewPersonal, fmt.Sprintf("person:%d", p.ID), audit.Done, p.Login); err != nil {
		return nil, err
	}
	at := personHref(p.Login)
	d := &personView{frame: o.frame(c, p.Name, peopleCrumb), Person: p, Self: p.ID == c.who.Person}
	for _, h := range held {
		row := heldRow{Held: h, State: grantState(h, o.access.Today())}
		over := !h.Ended.IsZero() || !h.To.IsZero() && !h.To.After(o.access.Today())
		if !over && !d.Self {
			row.Revoke = &form{ID: fmt.Sprintf("revoke-%d", h.ID), Action: at + "/revoke", Token: c.form, Submit: "收回", Second: true,
				Hidden: []option{{Name: "grant", Value: strconv.FormatInt(h.ID, 10)}}}
		}
		d.Held = append(d.Held, row)
	}
	organs, err := o.organOptions(c, access.ManagePeople, textChoose)
	if err != nil {
		return nil, err
	}
	for i := range organs {
		organs[i].Chosen = organs[i].Value == p.Organ.Code
	}
	d.Grant = form{ID: "grant", Action: at + "/grant", Token: c.form, Submit: "授予角色", Fields: []field{
		{Name: "role", Label: "角色", Kind: "select", Required: true, Options: roleOptions(textChoose, "")},
		{Name: "organ", Label: "机构", Kind: "select", Required: true, Options: organs, Hint: "在这个机构和它的下属机构有效。"},
		{Name: "from", Label: "开始日期", Kind: "date", Hint: "不填从今天起。"},
		{Name: "to", Label: "结束日期", Kind: "date", Hint: "不填为长期有效；当天起不再有效。"},
	}}
	d.Acts = []form{{ID: "reset", Action: at + "/reset", Token: c.form, Submit: "重设口令", Second: true}}
	if p.Disabled.IsZero() {
		d.Acts = append(d.Acts, form{ID: "disable", Action: at + "/disable", Token: c.form, Submit: "停用账号", Danger: true})
	} else {
		d.Acts = append(d.Acts, form{ID: "enable", Action: at + "/enable", Token: c.form, Submit: "恢复账号", Second: true})
	}
	if change != nil {
		change(d)
	}
	return o.page(c, "person", status, d)
}

func personPage(o *Office, c *call) (*answer, error) { return o.person(c, http.StatusOK, nil) }

// after shows the person's page again: with the news, or with what was wrong.
func (o *Office) after(c *call, err error, notice string) (*answer, error) {
	if err == nil {
		return told(c, personHref(c.r.PathValue("login")), notice), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.person(c, statusFor(err), func(d *personView) { d.Acts[0].Error = fault.Text(err) })
}

func grantRole(o *Office, c *call) (*answer, error) {
	role, err := o.tryGrant(c)
	if err == nil {
		return told(c, personHref(c.r.PathValue("login")), fmt.Sprintf(textGranted, role.Chinese())), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.person(c, statusFor(err), func(d *personView) {
		d.Grant.fill(c.r)
		d.Grant.blame(err)
	})
}

func (o *Office) tryGrant(c *call) (access.Role, error) {
	g := access.GrantSpec{Role: access.Role(value(c.r, "role")), Organ: value(c.r, "organ")}
	if g.Role == "" {
		return "", fault.Field("office.grant", "角色", "请选择角色。")
	}
	var err error
	if g.From, err = dayValue(c.r, "from", "开始日期"); err != nil {
		return "", err
	}
	if g.To, err = dayValue(c.r, "to", "结束日期"); err != nil {
		return "", err
	}
	return g.Role, o.access.Grant(c.ctx(), c.actor(), c.r.PathValue("login"), g)
}

func revokeRole(o *Office, c *call) (*answer, error) {
	id, err := strconv.ParseInt(value(c.r, "grant"), 10, 64)
	if err != nil {
		return nil, fault.Field("office.revoke", "授权", textBadNumber)
	}
	return o.after(c, o.access.Revoke(c.ctx(), c.actor(), c.r.PathValue("login"), id), textRevoked)
}

func disablePerson(o *Office, c *call) (*answer, error) {
	return o.after(c, o.access.Disable(c.ctx(), c.actor(), c.r.PathValue("login")), textDisabled)
}

func enablePerson(o *Office, c *call) (*answer, error) {
	return o.after(c, o.access.Enable(c.ctx(), c.actor(), c.r.PathValue("login")), textEnabled)
}

func resetPassword(o *Office, c *call) (*answer, error) {
	password, err := o.access.ResetPassword(c.ctx(), c.actor(), c.r.PathValue("login"))
	if err != nil {
		return o.after(c, err, "")
	}
	return o.person(c, http.StatusOK, func(d *personView) { d.Password = password })
}
