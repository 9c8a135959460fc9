package office

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

const (
	settingsAt      = "/office/requests/settings"
	textPickOrgan   = "先选机构，再填写或者修改它的答复设置。"
	textSettingsSet = "已设置，点开修改"
	textSettingsNo  = "还没有设置，不能签发答复书"
)

func answerSetupPage(o *Office, c *call) (*answer, error) {
	return o.answerSetup(c, http.StatusOK, nil)
}

// answerSetup shows the record of one organ with its present values; without an
// organ in the address it lists those within reach.
func (o *Office) answerSetup(c *call, status int, wrong error) (*answer, error) {
	d := &formView{frame: o.frame(c, textAnswerSetup, document.Crumb{Name: textRequests, Href: "/office/requests"}), Heading: textAnswerSetup, Lead: textPickOrgan}
	organs, err := o.organOptions(c, access.ApproveExtension, textChoose)
	if err != nil {
		return nil, err
	}
	code := queryValue(c.r, "organ")
	if wrong != nil {
		code = value(c.r, "organ")
	}
	if code == "" && len(organs) == 2 {
		code = organs[1].Value
	}
	if code == "" {
		for _, x := range organs[1:] {
			_, p, err := o.profileOf(c, x.Value)
			if err != nil {
				return nil, err
			}
			what := textSettingsNo
			if p != nil {
				what = textSettingsSet
			}
			d.Doors = append(d.Doors, door{strings.TrimLeft(x.Name, "　"), settingsAt + "?" + url.Values{"organ": {x.Value}}.Encode(), what})
		}
		if wrong != nil {
			d.Lead = fault.Text(wrong)
		}
		return o.page(c, "request_form", status, d)
	}
	id, p, err := o.profileOf(c, code)
	if err != nil {
		return nil, err
	}
	if err := o.may(c, access.ApproveExtension, id); err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	d.Heading = textAnswerSetup + "：" + names.name(id)
	d.Lead = "答复书的文号、落款和救济途径按这里写。复议机关和法院写错，答复就可能被撤销，请核对后保存。"
	if p == nil {
		p = &request.Profile{Kind: request.Department, Name: names.name(id)}
	}
	d.Form = profileForm(d.Token, code, p)
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_form", status, d)
}

func (o *Office) profileOf(c *call, code string) (int64, *request.Profile, error) {
	id, err := org.ByCode(c.ctx(), o.deps.DB.Reader(), code)
	if err != nil {
		return 0, nil, err
	}
	p, err := o.deps.Requests.Profile(c.ctx(), id)
	return id, p, err
}

// profileForm holds the present values of an organ.
func profileForm(token, code string, p *request.Profile) form {
	text := func(name, label, value, hint string, required bool) field {
		return field{Name: name, Label: label, Kind: "text", Value: value, Max: 200, Hint: hint, Required: required}
	}
	number := func(name, label string, value int, hint string) field {
		f := field{Name: name, Label: label, Kind: "text", Numeric: true, Max: 4, Hint: hint}
		if value > 0 {
			f.Value = strconv.Itoa(value)
		}
		return f
	}
	either := func(name, label string, on bool, hint, no, yes string) field {
		return field{Name: name, Label: label, Kind: "select", Hint: hint, Options: []option{{Name: no}, {Value: "1", Name: yes, Chosen: on}}}
	}
	var kinds []option
	for _, k := range request.OrganKinds {
		kinds = append(kinds, option{Value: string(k.Kind), Name: k.Name, Chosen: k.Kind == p.Kind})
	}
	hot := request.DefaultProactive
	folded := func(under string, fields ...field) []field {
		for i := range fields {
			fields[i].Fold = under
		}
		return fields
	}
	f := form{ID: "answer", Action: settingsAt, Token: token, Submit: "保存", Hidden: []option{{Name: "organ", Value: code}}, Fields: []field{
		{Name: "kind", Label: "机关性质", Kind: "select", Options: kinds, Required: true, Hint: "决定由哪个机关复议。"},
		text("name", "落款机关", p.Name, "答复书落款的全称。", true), text("prefix", "文号", p.Prefix, "机关代字，例如：清教公开。", true),
		text("contact", "联系方式", p.Contact, "印在答复书末尾。", false),
		text("own", "所属人民政府", p.Own.Name, "工作部门填本级人民政府；政府填上一级；街道办事处填设立它的政府。", true), text("own_address", "所属人民政府的复议机构地址", p.Own.Address, "", true),
		text("court", "管辖法院", p.Court.Name, "被告是县级以上政府的由中级人民法院管辖。", true), text("court_address", "管辖法院地址", p.Court.Address, "", true),
		either("assigned", "法院的级别", p.Assigned, "", "按级别管辖：县级以上政府由中级法院、其他机关由基层法院管辖", "集中管辖或者指定管辖"),
		text("online", "行政复议网上渠道", p.Online, "通过互联网送达的，应当同时提供。", false),
		either("counsel", "法律顾问意见必经", p.Counsel, "", "由承办人决定是否请法律顾问", "审核前必须有法律顾问或者公职律师的意见"),
		{Name: "on_spot", Label: "当场答复的范围", Kind: "select", Hint: "申请人当面提出、当场能答复的，承办人可以一步答复并送达，不经过审核和签发。不予公开的不能当场答复。", Options: onSpotRanges(p)}}}
	f.Fields = append(f.Fields, folded("按区设立的分局、垂直领导机关另填",
		text("seat", "所在地人民政府", p.Seat.Name, "只有按区设立的分局填写。", false), text("seat_address", "所在地人民政府的复议机构地址", p.Seat.Address, "", false),
		text("superior", "上一级主管部门", p.Superior.Name, "只有垂直领导机关和司法行政部门填写。", false), text("superior_address", "上一级主管部门地址", p.Superior.Address, "", false))...)
	f.Fields = append(f.Fields, folded("保存年限、转主动公开的条件，不填按通常的办",
		number("keep", "保存年限", p.Keep, "办结后申请人信息保存几年，不填是 "+strconv.Itoa(request.KeepYears)+" 年，不少于 "+strconv.Itoa(request.LeastYears)+" 年。"),
		number("hot_applicants", "转主动公开的人数", p.Proactive.Applicants, "几位不同的申请人申请相近的信息，就研究转主动公开。不填是 "+strconv.Itoa(hot.Applicants)+" 位，只能更少。"),
		number("hot_months", "转主动公开的月数", p.Proactive.Months, "在几个月以内。不填是 "+strconv.Itoa(hot.Months)+" 个月，只能更长。"),
		number("hot_alike", "转主动公开的相近程度", p.Proactive.Alike, "字句相同的百分比。不填是 "+strconv.Itoa(hot.Alike)+"，只能更低。"))...)
	return f
}

// readProfile reads the record; values that the form does not hold stay.
func readProfile(r *http.Request, p request.Profile) (request.Profile, error) {
	v := func(name string) string { return value(r, name) }
	body := func(name string) request.Body { return request.Body{Name: v(name), Address: v(name + "_address")} }
	p.Kind, p.Name, p.Prefix = request.OrganKind(v("kind")), v("name"), v("prefix")
	p.Own, p.Seat, p.Superior, p.Court = body("own"), body("seat"), body("superior"), body("court")
	p.Online, p.Contact, p.Assigned, p.Counsel = v("online"), v("contact"), v("assigned") != "", v("counsel") != ""
	p.OnSpot = nil
	switch v("on_spot") {
	case onSpotNone:
		p.OnSpot = []request.Outcome{}
	case onSpotWide:
		p.OnSpot = request.OnSpotOutcomes
	}
	for _, x := range []struct {
		name, label string
		to          *int
	}{{"keep", "保存年限", &p.Keep}, {"hot_applicants", "转主动公开的人数", &p.Proactive.Applicants}, {"hot_months", "转主动公开的月数", &p.Proactive.Months}, {"hot_alike", "转主动公开的相近程度", &p.Proactive.Alike}} {
		*x.to = 0
		if s := v(x.name); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 {
				return p, fault.Field("office.readProfile", x.label, "“%s”：请填整数，或者不填。", x.label)
			}
			*x.to = n
		}
	}
	return p, nil
}

func saveAnswerSetup(o *Office, c *call) (*answer, error) {
	code := value(c.r, "organ")
	if code == "" {
		err := fault.Field("office.saveAnswerSetup", "机构", textNoDraftOrgan)
		return o.answerSetup(c, statusFor(err), err)
	}
	id, old, err := o.profileOf(c, code)
	if err != nil {
		return nil, err
	}
	if err := o.may(c, access.ApproveExtension, id); err != nil {
		return nil, err
	}
	if old == nil {
		old = &request.Profile{}
	}
	p, err := readProfile(c.r, *old)
	if err == nil {
		err = o.deps.Requests.SetProfile(c.ctx(), c.actor(), id, p)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.answerSetup(c, statusFor(err), err)
	}
	return told(c, settingsAt+"?"+url.Values{"organ": {code}}.Encode(), textAnswerSaved), nil
}
