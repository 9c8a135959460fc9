package request

import (
	"fmt"
	"strings"
)

// OrganKind is what an organ is to table A-94.
type OrganKind string

// The rows of table A-94.
const (
	Department     OrganKind = "department"      // 工作部门 of a county-or-higher government, or its office in its own name
	LocalGovt      OrganKind = "government"      // township, county or city people's government
	ProvinceGovt   OrganKind = "province"        // provincial people's government
	Subdistrict    OrganKind = "subdistrict"     // 街道办事处 or other 派出机关
	Branch         OrganKind = "branch"          // 派出机构 of a department, in its own name
	DistrictBranch OrganKind = "district_branch" // 派出机构 set up by district, of a city's department
	Authorised     OrganKind = "authorised"      // organisation authorised by law
	Justice        OrganKind = "justice"         // local 司法行政部门
	Vertical       OrganKind = "vertical"        // 海关, 金融, 外汇, 税务, 国家安全
)

// OrganKinds lists them with their names for a choice.
var OrganKinds = []struct {
	Kind OrganKind
	Name string
}{
	{Department, "县级以上政府的工作部门（含以自己名义答复的办公厅、室）"}, {LocalGovt, "乡镇、县、市人民政府"}, {ProvinceGovt, "省级人民政府"},
	{Subdistrict, "街道办事处等派出机关"}, {Branch, "部门的派出机构（以自己名义）"}, {DistrictBranch, "市级部门按区设立的派出机构，如分局"},
	{Authorised, "法律、法规、规章授权的组织"}, {Justice, "司法行政部门"}, {Vertical, "海关、金融、外汇、税务、国家安全等垂直领导机关"},
}

// Body is an organ or court as a letter names it.
type Body struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Profile is what the remedy paragraph of an organ needs; it is kept per organ.
type Profile struct {
	Kind     OrganKind `json:"kind"`
	Name     string    `json:"name"`     // of the answering organ
	Own      Body      `json:"own"`      // people's government it belongs to, that set it up, or one level up for a government
	Seat     Body      `json:"seat"`     // government where a district branch sits
	Superior Body      `json:"superior"` // superior department, for vertical organs and 司法行政部门
	Court    Body      `json:"court"`    // the right court by A-115, with its address
	Online   string    `json:"online"`   // internet channel of reconsideration
	Prefix   string    `json:"prefix"`   // of letter numbers, as 清教公开
	Contact  string    `json:"contact"`  // unit, telephone, address on letters
}

// reviewers are the reconsideration organs to print, by table A-94; more than
// one means the applicant may choose.
func (p Profile) reviewers() []Body {
	switch p.Kind {
	case DistrictBranch:
		return []Body{p.Own, p.Seat}
	case Justice:
		return []Body{p.Own, p.Superior}
	case Vertical:
		return []Body{p.Superior}
	case ProvinceGovt:
		return []Body{{Name: p.Name, Address: p.Own.Address}}
	}
	return []Body{p.Own}
}

// Remedy is what a letter tells of the ways to contest it.
type Remedy struct {
	First     bool // reconsideration must come before a suit
	Reviewers []Body
	Court     Body
	Text      string
	Missing   []string // what the organ's record lacks, in Chinese; then Text is ""
	Rules     []string
}

// Remedies computes the remedy paragraph of a decision (A-90 to,
// table A-94). online says that the letter is served over the internet.
func Remedies(p Profile, o Outcome, online bool) Remedy {
	info, _ := o.Info()
	r := Remedy{First: info.First, Reviewers: p.reviewers(), Court: p.Court, Rules: []string{"A-90", "A-94", "A-99", "A-115"}}
	for i, b := range r.Reviewers {
		if b.Name == "" {
			r.Missing = append(r.Missing, fmt.Sprintf("第 %d 个行政复议机关的名称", i+1))
		}
		if b.Address == "" {
			r.Missing = append(r.Missing, fmt.Sprintf("第 %d 个行政复议机关的地址", i+1))
		}
	}
	if r.Court.Name == "" {
		r.Missing = append(r.Missing, "管辖法院的名称")
	}
	if r.Court.Address == "" {
		r.Missing = append(r.Missing, "管辖法院的地址")
	}
	if online && p.Online == "" {
		r.Missing = append(r.Missing, "行政复议的网上渠道（通过互联网送达的，应当同时提供）")
	}
	if len(r.Missing) > 0 {
		return r
	}
	r.Text = r.words(p, online)
	if r.First {
		r.Rules = append(r.Rules, "A-91", "A-93")
	} else {
		r.Rules = append(r.Rules, "A-92")
	}
	if online {
		r.Rules = append(r.Rules, "A-95")
	}
	return r
}

func (r Remedy) words(p Profile, online bool) string {
	var named []string
	for _, b := range r.Reviewers {
		named = append(named, fmt.Sprintf("%s（地址：%s）", b.Name, b.Address))
	}
	to := strings.Join(named, "或者")
	court := fmt.Sprintf("%s（地址：%s）", r.Court.Name, r.Court.Address)
	text := ""
	if r.First {
		text = fmt.Sprintf("如对本决定不服，可以自收到本决定之日起60日内，先向行政复议机关%s申请行政复议；对行政复议决定不服的，可以自收到行政复议决定书之日起15日内向%s提起行政诉讼。", to, court)
		if p.Kind == ProvinceGovt {
			text = fmt.Sprintf("如对本决定不服，可以自收到本决定之日起60日内，先向行政复议机关%s申请行政复议；对行政复议决定不服的，可以自收到行政复议决定书之日起15日内向%s提起行政诉讼，也可以向国务院申请裁决。", to, court)
		}
	} else {
		text = fmt.Sprintf("如对本答复不服，可以自收到本答复之日起60日内向%s申请行政复议，也可以自收到本答复之日起6个月内向%s提起行政诉讼。", to, court)
	}
	if online {
		text += fmt.Sprintf("申请行政复议也可以通过互联网办理：%s。", p.Online)
	}
	return text
}
