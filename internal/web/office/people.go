package office

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/web/ui"
)

// peopleView is the list of accounts within one's reach.
type peopleView struct {
	frame
	Query, Organ string
	Roles        []option
	Members      []access.Member
	Total        int
	Pager        ui.Pager
	Export       string
	Filtered     bool
}

func peopleFilter(r *http.Request) (access.PeopleFilter, error) {
	f := access.PeopleFilter{Query: shorten(queryValue(r, "q"), 60), Organ: queryValue(r, "organ"), Limit: 50}
	if s := queryValue(r, "role"); s != "" {
		role, ok := access.RoleNamed(s)
		if !ok {
			return f, fault.Field("office.peopleFilter", "角色", "没有“%s”这个角色。", shorten(s, 20))
		}
		f.Role = role
	}
	after, err := cursor(r, "after")
	f.After = after
	return f, err
}

// cursor reads the place in a list from the address.
func cursor(r *http.Request, name string) (int64, error) {
	s := queryValue(r, name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.Field("office.cursor", name, textBadNumber)
	}
	return n, nil
}

func peoplePage(o *Office, c *call) (*answer, error) {
	f, err := peopleFilter(c.r)
	if err != nil {
		return nil, err
	}
	d := &peopleView{frame: o.frame(c, textPeople), Query: f.Query, Organ: f.Organ, Filtered: f.Query != "" || f.Organ != "" || f.Role != ""}
	d.Roles = roleOptions(textAnyRole, f.Role)
	var next int64
	if d.Members, d.Total, next, err = o.access.People(c.ctx(), c.actor(), f); err != nil {
		return nil, err
	}
	q := url.Values{}
	for name, v := range map[string]string{"q": f.Query, "organ": f.Organ, "role": string(f.Role)} {
		if v != "" {
			q.Set(name, v)
		}
	}
	d.Export = withQuery("/office/people/export.xlsx", q)
	if f.After > 0 {
		d.Pager.First = withQuery("/office/people", q)
	}
	if next > 0 {
		q.Set("after", strconv.FormatInt(next, 10))
		d.Pager.Next = withQuery("/office/people", q)
	}
	if err := o.access.Record(c.ctx(), c.actor(), audit.ViewPersonal, "people", audit.Done, ""); err != nil {
		return nil, err
	}
	return o.page(c, "people", http.StatusOK, d)
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func roleOptions(first string, chosen access.Role) []option {
	out := []option{{Name: first}}
	for _, r := range access.StaffRoles {
		out = append(out, option{string(r), r.Chinese(), r == chosen})
	}
	return out
}

// organOptions lists the organs on which somebody may do an act, as a tree.
func (o *Office) organOptions(c *call, act access.Act, first string) ([]option, error) {
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	nodes, err := o.deps.Organs.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	reach := map[int64]bool{}
	for _, id := range tree.Below(access.Holds(c.who.Actor, act)...) {
		reach[id] = true
	}
	out := []option{{Name: first}}
	var walk func(list []org.Node, indent string)
	walk = func(list []org.Node, indent string) {
		for _, n := range list {
			if reach[n.ID] {
				out = append(out, option{Value: n.Code, Name: indent + n.Name + "（" + n.Code + "）"})
			}
			walk(n.Children, indent+"　")
		}
	}
	walk(nodes, "")
	return out, nil
}

// newPersonView is the form for one account; after it, the first password.
type newPersonView struct {
	frame
	Form     form
	Login    string
	Password string // shown once
}

func (o *Office) newPersonForm(c *call) (form, error) {
	organs, err := o.organOptions(c, access.ManagePeople, textChoose)
	if err != nil {
		return form{}, err
	}
	return form{ID: "person", Action: "/office/people/new", Token: c.form, Submit: "新增人员", Fields: []field{
		{Name: "name", Label: "姓名", Kind: "text", Required: true, Max: 40, Complete: "off"},
		{Name: "login", Label: "登录名", Kind: "text", Required: true, Max: 40, Complete: "off", Hint: "2 到 40 个英文字母、数字或 . _ -，不能和别人重复，以后不能改。"},
		{Name: "organ", Label: "机构", Kind: "select", Required: true, Options: organs},
		{Name: "title", Label: "职务", Kind: "text", Max: 40, Complete: "off", Hint: "可以不填。"},
		{Name: "role", Label: "角色", Kind: "select", Options: roleOptions("暂不授予角色", ""), Hint: "在上面的机构和它的下属机构有效。更多角色可以以后再加。"},
		{Name: "to", Label: "结束日期", Kind: "date", Hint: "不填为长期有效；当天起不再有效。"},
	}}, nil
}

func newPersonPage(o *Office, c *call) (*answer, error) {
	f, err := o.newPersonForm(c)
	if err != nil {
		return nil, err
	}
	return o.page(c, "newperson", http.StatusOK, &newPersonView{frame: o.frame(c, textNewPerson, peopleCrumb), Form: f})
}

var peopleCrumb = document.Crumb{Name: textPeople, Href: "/office/people"}

func addPerson(o *Office, c *call) (*answer, error) {
	password, login, err := o.tryPerson(c)
	if err != nil && !mendable(err) {
		return nil, err
	}
	d := &newPersonView{frame: o.frame(c, textNewPerson, peopleCrumb), Login: login, Password: password}
	if err == nil {
		return o.page(c, "newperson", http.StatusOK, d)
	}
	f, e := o.newPersonForm(c)
	if e != nil {
		return nil, e
	}
	f.fill(c.r)
	f.blame(err)
	d.Form = f
	return o.page(c, "newperson", statusFor(err), d)
}

func (o *Office) tryPerson(c *call) (password, login string, err error) {
	p := access.NewPerson{Login: value(c.r, "login"), Name: value(c.r, "name"), Organ: value(c.r, "organ"), Title: value(c.r, "title")}
	to, err := dayValue(c.r, "to", "结束日期")
	if err != nil {
		return "", "", err
	}
	if role := value(c.r, "role"); role != "" {
		p.Grants = []access.GrantSpec{{Role: access.Role(role), Organ: p.Organ, To: to}}
	}
	if password, err = o.access.AddPerson(c.ctx(), c.actor(), p); err != nil {
		return "", "", err
	}
	login, _ = org.CleanLogin(p.Login) // it was just accepted
	return password, login, nil
}

const excelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func excelAnswer(name string, write func(b *bytes.Buffer) error) (*answer, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	h := http.Header{"Content-Type": {excelType}, "Content-Disposition": {"attachment; filename*=UTF-8''" + url.PathEscape(name)}}
	return &answer{http.StatusOK, h, b.Bytes()}, nil
}

func exportPeople(o *Office, c *call) (*answer, error) {
	f, err := peopleFilter(c.r)
	if err != nil {
		return nil, err
	}
	return excelAnswer("人员.xlsx", func(b *bytes.Buffer) error { return o.access.WriteSheet(c.ctx(), c.actor(), f, b) })
}

func blankSheet(*Office, *call) (*answer, error) {
	return excelAnswer("人员（空表）.xlsx", func(b *bytes.Buffer) error { return access.BlankSheet(b) })
}
