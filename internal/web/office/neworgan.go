package office

import (
	"database/sql"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/org"
)

// newOrganView is the form for a new organ.
type newOrganView struct {
	frame
	Form form
}

// organKinds and organLevels are choices made of the names that org knows.
var organKinds, organLevels = choices(org.Kinds), choices(org.Levels)

func choices(list []org.Named) (out []option) {
	for _, n := range list {
		out = append(out, option{Value: n.Code, Name: n.Name})
	}
	return out
}

func (o *Office) newOrganForm(c *call) (form, error) {
	parents, err := o.organOptions(c, access.ManageOrgans, textChoose)
	if err != nil {
		return form{}, err
	}
	f := form{ID: "organ", Action: "/office/organs/new", Token: c.form, Submit: "新增机构", Fields: []field{
		{Name: "name", Label: "名称", Kind: "text", Required: true, Max: 40, Hint: "全称。"},
		{Name: "short", Label: "简称", Kind: "text", Max: 40, Hint: "可以不填。"},
		{Name: "code", Label: "机构代码", Kind: "text", Required: true, Max: 40, Hint: "小写字母、数字或 -，以字母开头；用在网址里，以后不能改。"},
		{Name: "parent", Label: "上级机构", Kind: "select", Required: true, Options: parents},
		{Name: "from", Label: "成立日期", Kind: "date", Hint: "不知道可以不填。"},
		{Name: "kind", Label: "类别", Kind: "select", Options: append([]option(nil), organKinds...)},
		{Name: "level", Label: "层级", Kind: "select", Options: append([]option(nil), organLevels...)},
		{Name: "region", Label: "地区", Kind: "text", Max: 40},
	}}
	f.Fields = append(f.Fields, factFields(org.Facts{})...)
	return f, nil
}

func newOrganPage(o *Office, c *call) (*answer, error) {
	f, err := o.newOrganForm(c)
	if err != nil {
		return nil, err
	}
	return o.page(c, "neworgan", http.StatusOK, &newOrganView{o.frame(c, textNewOrgan, organsCrumb), f})
}

func addOrgan(o *Office, c *call) (*answer, error) {
	code, err := o.tryOrgan(c)
	if err == nil {
		return told(c, "/office/organ/"+code, textOrganAdded), nil
	}
	if !mendable(err) {
		return nil, err
	}
	f, e := o.newOrganForm(c)
	if e != nil {
		return nil, e
	}
	f.fill(c.r)
	f.blame(err)
	return o.page(c, "neworgan", statusFor(err), &newOrganView{o.frame(c, textNewOrgan, organsCrumb), f})
}

func (o *Office) tryOrgan(c *call) (string, error) {
	from, err := dayValue(c.r, "from", "成立日期")
	if err != nil {
		return "", err
	}
	parent, err := o.target(c, "parent", "上级机构")
	if err != nil {
		return "", err
	}
	f := factsOf(c.r)
	s := org.Seed{Code: value(c.r, "code"), Kind: known(organKinds, value(c.r, "kind"), "other"), Level: known(organLevels, value(c.r, "level"), ""),
		Region: shorten(value(c.r, "region"), 40), CreditCode: f.CreditCode, Duties: f.Duties, Address: f.Address, Hours: f.Hours, Phone: f.Phone, Fax: f.Fax, Postcode: f.Postcode, Website: f.Website, Prefixes: f.Prefixes,
		Position: 900, Names: []org.NamePeriod{{Name: value(c.r, "name"), Short: shorten(value(c.r, "short"), 40), From: from}}}
	return s.Code, o.deps.DB.Tx(c.ctx(), func(tx *sql.Tx) error {
		_, err := org.Add(c.ctx(), tx, s, parent, from, o.now(c))
		return err
	})
}

func known(list []option, v, other string) string {
	for _, x := range list {
		if x.Value == v {
			return v
		}
	}
	return other
}
