package request

import (
	"fmt"
	"slices"
	"strings"
)

// OrganKind is what an organ is to table A-94.
type OrganKind string

// The rows of table A-94.
const (
	Department     OrganKind = "department"      // 工作部门 of a county-or-higher government, or its office in its own name
	Township       OrganKind = "township"        // township people's government; a basic court hears it
	LocalGovt      OrganKind = "government"      // county or city people's government
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
	{Department, "县级以上政府的工作部门（含以自己名义答复的办公厅、室）"}, {Township, "乡镇人民政府"}, {LocalGovt, "县、市、区人民政府"}, {ProvinceGovt, "省级人民政府"},
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
	Assigned bool      `json:"assigned"` // the court hears by 集中管辖 or 指定管辖 (S4 art 18), its level is not looked at
	Online   string    `json:"online"`   // internet channel of reconsideration
	Prefix   string    `json:"prefix"`   // of letter numbers, as 清教公开
	Contact  string    `json:"contact"`  // unit, telephone, address on letters
	Keep     int       `json:"keep"`     // years for which files are kept, 0 is the default (KeepYears)
	Counsel  bool      `json:"counsel"`  // a review needs the opinion of counsel (M23-2.3b)

	// OnSpot are the outcomes that may be answered at the counter at once;
	// nil is the default, empty is none.
	OnSpot []Outcome `json:"on_spot"`

	Proactive ProactiveRule `json:"proactive"` // when requests show that something should be public; zero numbers are the default
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

// Remedies computes the remedy paragraph of one outcome (A-90 to,
// table A-94). online says that the letter is served over the internet.
// PARTIAL counts as a refusal here; DecisionRemedy looks at its grounds.
func Remedies(p Profile, o Outcome, online bool) Remedy {
	info, _ := o.Info()
	return remedyOf(p, []bool{info.First}, online)
}

// DecisionRemedy computes the remedy paragraph of a decision by its items: what
// is withheld by articles 14 to 16 goes to reconsideration first, every
// other item is free; where both stand in one letter each is told apart.
func DecisionRemedy(p Profile, d Decision, online bool) Remedy {
	var first []bool
	for _, it := range d.Items {
		first = append(first, it.First())
	}
	return remedyOf(p, first, online)
}

// First reports whether an item withholds something by articles 14 to 16
// . A partial disclosure does when one of its grounds does, or when it
// names none.
func (it Item) First() bool {
	if it.Outcome != Partial || len(it.Grounds) == 0 {
		info, _ := it.Outcome.Info()
		return info.First
	}
	return slices.ContainsFunc(it.Grounds, func(o Outcome) bool { info, _ := o.Info(); return info.First })
}

func remedyOf(p Profile, first []bool, online bool) Remedy {
	r := Remedy{First: slices.Contains(first, true), Reviewers: p.reviewers(), Court: p.Court, Rules: []string{"A-90", "A-94", "A-99", "A-115"}}
	for i, b := range r.Reviewers {
		nth := ""
		if len(r.Reviewers) > 1 {
			nth = fmt.Sprintf("第 %d 个", i+1)
		}
		if b.Name == "" {
			r.Missing = append(r.Missing, nth+"行政复议机关的名称")
		}
		if b.Address == "" {
			r.Missing = append(r.Missing, nth+"行政复议机关的地址")
		}
	}
	if r.Court.Name == "" {
		r.Missing = append(r.Missing, "管辖法院的名称")
	} else if p.wrongCourt() {
		r.Missing = append(r.Missing, "级别正确的管辖法院：被告是县级以上人民政府的，由中级人民法院管辖，其他机关由基层人民法院管辖（A-115）")
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
	r.Text = r.words(p, first, online)
	if r.First {
		r.Rules = append(r.Rules, "A-91", "A-93")
	}
	if slices.Contains(first, false) {
		r.Rules = append(r.Rules, "A-92")
	}
	if online {
		r.Rules = append(r.Rules, "A-95")
	}
	return r
}

// wrongCourt tells a court of the wrong level. Vertical organs may be
// customs, whose cases a basic court does not hear, so they are not looked at.
func (p Profile) wrongCourt() bool {
	if p.Assigned || p.Kind == Vertical {
		return false
	}
	intermediate := strings.Contains(p.Court.Name, "中级")
	return intermediate != (p.Kind == LocalGovt || p.Kind == ProvinceGovt)
}

// numerals count items.
var numerals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// those names the items of a kind: 上述第一项、第三项.
func those(first []bool, want bool) string {
	var names []string
	for i, f := range first {
		if f == want {
			names = append(names, "第"+numerals[i%len(numerals)]+"项")
		}
	}
	return "上述" + join(names)
}

// afterReview is the path behind a reconsideration that had to come first:
// 15 days from its decision, whatever it says, or from the end of its period when
// none came; also before the court at the seat of the organ that reconsidered
// . A province reconsiders by itself, so there is no second seat, and its
// decision may go to the State Council instead.
func afterReview(p Profile, court string) string {
	ruling := ""
	if p.Kind == ProvinceGovt {
		ruling = "，也可以向国务院申请裁决"
	} else {
		court += "或者行政复议机关所在地有管辖权的人民法院"
	}
	return fmt.Sprintf("对行政复议决定（包括不予受理、驳回行政复议申请的决定）不服的，可以自收到行政复议决定书之日起15日内向%s提起行政诉讼%s；行政复议机关逾期不作决定的，可以自行政复议期限届满之日起15日内提起行政诉讼。", court, ruling)
}

func (r Remedy) words(p Profile, first []bool, online bool) string {
	var named []string
	for _, b := range r.Reviewers {
		named = append(named, fmt.Sprintf("%s（地址：%s）", b.Name, b.Address))
	}
	to := strings.Join(named, "或者")
	court := fmt.Sprintf("%s（地址：%s）", r.Court.Name, r.Court.Address)
	about := func(want bool, all string) string {
		if slices.Contains(first, !want) {
			return those(first, want) + all
		}
		return "本" + all
	}
	text := ""
	if r.First {
		text = fmt.Sprintf("如对%s不服，应当先向行政复议机关申请行政复议：可以自收到本决定之日起60日内，先向行政复议机关%s申请行政复议；%s", about(true, "决定"), to, afterReview(p, court))
	}
	if slices.Contains(first, false) {
		text += fmt.Sprintf("如对%s不服，可以自收到本答复之日起60日内向%s申请行政复议，也可以自收到本答复之日起6个月内向%s提起行政诉讼。", about(false, "答复"), to, court)
		if p.Kind == ProvinceGovt {
			text += "申请行政复议后对行政复议决定不服的，可以提起行政诉讼，也可以向国务院申请裁决。"
		}
	}
	if online {
		text += fmt.Sprintf("申请行政复议也可以通过互联网办理：%s。", p.Online)
	}
	return text
}
