package release

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gongkai/internal/ground"
	"gongkai/internal/workday"
)

// stage says when a rule is asked: a draft may be incomplete, a signed text not.
type stage int

const (
	atSubmit stage = 1 << iota // 送审
	atSign                     // 签发
	always   = atSubmit | atSign
)

// Refusal is a rule of A1–A7 or F3 that keeps a slip from going on.
type Refusal struct {
	ID    string
	Text  string // Chinese, shown beside the button
	Field string // the field of the slip that mends it
}

// rule is one line of the table of refusals. broken gives the reason, "" when
// the slip is in order; it is a pure function.
type rule struct {
	id     string
	field  string
	when   stage
	broken func(s *Slip, today workday.Date) string
}

// rules is the one table of what keeps a text from going on.
var rules = []rule{
	{"text", "title", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.SecretDoubt {
			return ""
		}
		if strings.TrimSpace(s.Paper.Title) == "" {
			return "还没有标题。"
		}
		if strings.TrimSpace(s.Paper.Text) == "" {
			return "还没有正文。"
		}
		return ""
	}},
	{"pictures", "text", always, func(s *Slip, _ workday.Date) string { return s.unplaced() }},
	{"A-03", "organs", always, func(s *Slip, _ workday.Date) string {
		if len(s.Paper.Organs) == 0 && !s.Traits.SecretDoubt {
			return "还没有写发文机关；联合发文的，牵头机关写在最前面，由它公开。"
		}
		// A department's draft for its government bears the government's name.
		if len(s.Paper.Organs) > 1 && s.For == 0 && s.OrganName != "" && s.Paper.Organs[0] != s.OrganName {
			return fmt.Sprintf("联合发文由牵头机关公开。现在写在最前面的是%s，不是本机关；请由它办理，或者改正发文机关的顺序。", s.Paper.Organs[0])
		}
		return ""
	}},
	{"A-02", "for", always, func(s *Slip, _ workday.Date) string { return s.BaseRefused }},
	{"A-05", "cosigned", always, func(s *Slip, _ workday.Date) string { return s.notCosigned() }},
	{"A-05", "agreed", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.Others && s.Traits.Agreed == "" {
			return "内容涉及其他机关，要先同他们协商、确认，写明协商结果后才能送审。"
		}
		if s.Traits.NeedsApproval && s.Traits.Approval == "" {
			return "依法要先经批准才能公开，请写明批准机关、文号和日期。"
		}
		return ""
	}},
	{"A-11", "attribute", always, func(s *Slip, _ workday.Date) string {
		if !slices.Contains(Attributes, s.Attribute) {
			if s.For != 0 {
				return "" // A-13 says it in its own words
			}
			return "还没有确定公开属性。起草时就要选定：主动公开、依申请公开或者不予公开。"
		}
		if s.Attribute == OnRequest && strings.TrimSpace(s.Reason) == "" {
			return "定为“依申请公开”的，请写明理由。"
		}
		return ""
	}},
	{"A-13", "attribute", always, func(s *Slip, _ workday.Date) string {
		switch {
		case s.For == 0:
			return ""
		case !slices.Contains(Attributes, s.Attribute):
			return "代拟稿没有提出公开属性建议，按规定要退文。请先选定属性并写明理由。"
		case strings.TrimSpace(s.Reason) == "":
			return "代拟稿要说明公开属性建议的理由，没有理由的按规定要退文。"
		case len(s.Paper.Organs) > 0 && !strings.HasPrefix(s.Paper.Organs[0], s.ForName):
			return fmt.Sprintf("代拟稿以%s的名义发文，发文机关要先写它（或者它的办公室），现在写的是%s。", s.ForName, s.Paper.Organs[0])
		}
		return ""
	}},
	{"A-15", "audience", always, func(s *Slip, _ workday.Date) string {
		if s.Audience != "" && s.Attribute != Proactive {
			return "“在特定范围内公开”是主动公开的一种方式；不公开的文件不能填写公开范围。"
		}
		return ""
	}},
	{"A-16", "ground", always, func(s *Slip, _ workday.Date) string {
		if s.Attribute != Withheld {
			return ""
		}
		if _, ok := ground.Named(s.Ground); !ok {
			return "不予公开要选明法律依据（政府信息公开条例第十四条至第十六条），没有依据的不能保存为不予公开。"
		}
		if strings.TrimSpace(s.Reason) == "" {
			return "不予公开要写明理由，理由随文报批。"
		}
		return ""
	}},
	{"A-20", "", always, func(s *Slip, _ workday.Date) string {
		if s.Body == nil {
			return "本机关还没有明确公开前审查的机构、程序和责任人，请先在“审查机制”里登记。"
		}
		return ""
	}},
	{"A-23", "ground", always, func(s *Slip, _ workday.Date) string {
		if s.Attribute == Withheld && s.Ground == "DENY_SECRET" && s.Traits.Statutory != "" {
			return fmt.Sprintf("这是条例第二十条列明应当主动公开的信息（%s），依法应当公开的事项不得确定为国家秘密。", s.Traits.Statutory)
		}
		return ""
	}},
	{"A-25", "personal", always, func(s *Slip, _ workday.Date) string {
		if !s.Public() || s.Traits.Personal == "" {
			return ""
		}
		if !slices.ContainsFunc(PersonalGrounds, func(g struct{ Code, Name string }) bool { return g.Code == s.Traits.Personal }) {
			return "保留个人信息要选明依据：单独同意、法定职责、惩戒公示或者强制披露。"
		}
		if s.Traits.PersonalNote == "" {
			return "保留个人信息要写明是哪些信息、依据哪一条规定或者哪一份同意书。"
		}
		return ""
	}},
	{"A-27", "assessment", always, func(s *Slip, _ workday.Date) string {
		if s.Public() && s.Traits.Personal != "" && s.Traits.Assessment == "" {
			return "公开个人信息前要做个人信息保护影响评估，请填写评估报告编号。"
		}
		return ""
	}},
	{"W18-2.1d", "disclosure", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.Policy && s.Traits.PublicInterest && s.Attribute == Proactive && s.Traits.Disclosure == "" {
			return "涉及公共利益的政策文件，要在文件里写明哪些信息将公开、怎样公开，并在这里指出写在哪一条。"
		}
		return ""
	}},
	{"F-06", "doc_no", always, func(s *Slip, _ workday.Date) string {
		if s.Paper.DocNo != "" && !docNo.MatchString(s.Paper.DocNo) {
			return fmt.Sprintf("发文字号“%s”不合规范，应当像“某政办发〔2026〕15号”：年份四位，用六角括号，序号前不加“第”和零。", s.Paper.DocNo)
		}
		return ""
	}},
	{"A-14", "text", always, func(s *Slip, _ workday.Date) string {
		if n := note(s.Paper.Text); n != "" && s.Attribute != "" && n != s.Attribute {
			return fmt.Sprintf("正文附注写的是“%s”，公开属性选的是“%s”，两处要一致。", n, s.Attribute)
		}
		return ""
	}},
	{"F-17", "repeals", always, func(s *Slip, _ workday.Date) string {
		for _, r := range s.Paper.Repeals {
			if r.Work == 0 {
				return fmt.Sprintf("废止清单里的“%s”还没有对应到资料库里的文件。", r.Title)
			}
			if r.On.IsZero() && s.Paper.EffectiveOn.IsZero() && s.Paper.AdoptedOn.IsZero() {
				return fmt.Sprintf("废止“%s”没有日期：请填写废止日期，或者本文件的施行日期。", r.Title)
			}
		}
		return s.RepealRefused
	}},
	{"F-20", "normative", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.Normative && slices.Contains(internalKinds, s.Paper.Kind) {
			return fmt.Sprintf("“%s”不属于行政规范性文件，请取消勾选。内部制度、人事任免、表彰奖惩、会议纪要、工作报告和请示都不是。", s.Paper.Kind)
		}
		return ""
	}},
	{"F-21", "consulted", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.Normative && s.Traits.VitalInterest && s.Urgent == "" && s.Traits.Consulted == "" {
			return "涉及群众切身利益或者对权利义务有重大影响的规范性文件，要先公开征求意见，请写明征求意见的时间、方式和结果。"
		}
		return ""
	}},
	{"F-23", "materials", always, func(s *Slip, _ workday.Date) string {
		if !s.Traits.Normative || s.Urgent != "" {
			return ""
		}
		if s.Traits.Materials == "" {
			return "送合法性审核的材料不全：要有起草说明、制定依据、征求意见和采纳情况，请列出或者上传。"
		}
		if s.Traits.OwnLegality == "" {
			return "送合法性审核的材料不全：还缺起草单位自己的合法性审核意见。"
		}
		return ""
	}},
	{"F-28", "attribute", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.Normative && s.Attribute != "" && (s.Attribute != Proactive || s.Audience != "") {
			return "行政规范性文件必须向社会公布，未经公布的不得作为行政管理依据，公开属性只能是主动公开。"
		}
		return ""
	}},
	{"F-34", "fair_outcome", always, func(s *Slip, _ workday.Date) string {
		if s.Traits.Market && s.Traits.FairOutcome == "" {
			return "涉及经营者经济活动，要做公平竞争审查并写明结论，没有结论的不得出台。"
		}
		return ""
	}},
	{"A-21", "", atSign, func(s *Slip, _ workday.Date) string {
		g, ok := s.Gate(Secrecy)
		if !ok || g.State == Waiting || g.State == Returned {
			return "保密审查还没有通过。先审查、后公开，每一份都要审。"
		}
		if g, ok := s.Gate(OwnSecrecy); ok && (g.State == Waiting || g.State == Returned) {
			return "代拟稿由" + s.ForName + "公开，它自己的保密审查还没有通过。谁公开、谁审查。"
		}
		return ""
	}},
	{"A-22", "", atSign, func(s *Slip, _ workday.Date) string {
		for _, n := range []GateName{Secrecy, OwnSecrecy} {
			if g, _ := s.Gate(n); g.State == Referred {
				return "能否公开正在报请有关主管部门或者保密行政管理部门确定，答复之前不能公开。"
			}
		}
		return ""
	}},
	{"A-12", "", atSign, func(s *Slip, _ workday.Date) string {
		if s.Attribute == Proactive || s.Attribute == "" {
			return ""
		}
		if g, _ := s.Gate(Unit); g.State != Passed {
			return "拟不主动公开的文件，要先由本机关政府信息公开工作机构审核，再报批。"
		}
		return ""
	}},
	{"F-22", "", atSign, func(s *Slip, _ workday.Date) string {
		if !s.Traits.Normative || s.Urgent != "" {
			return ""
		}
		if g, _ := s.Gate(Legality); g.State != Passed {
			return "规范性文件没有经过合法性审核，不得提交集体讨论。征求意见、会签、参加讨论都不能代替审核。"
		}
		return ""
	}},
	{"F-24", "", atSign, func(s *Slip, _ workday.Date) string {
		if g, ok := s.Gate(Legality); ok && g.State == Passed && g.Outcome != Lawful {
			return fmt.Sprintf("合法性审核意见是“%s”，要修改后重新审核。", g.Outcome)
		}
		return ""
	}},
	{"F-26", "discussion", atSign, func(s *Slip, _ workday.Date) string {
		if s.Traits.Normative && s.Urgent == "" && s.Traits.Discussion == "" {
			return "规范性文件要经集体讨论决定，请写明会议和日期。"
		}
		return ""
	}},
	{"F-27", "registration_no", atSign, func(s *Slip, _ workday.Date) string {
		if s.Traits.Normative && s.Paper.RegistrationNo == "" {
			return "规范性文件要统一登记、统一编号、统一公布，请填写统一编号。"
		}
		return ""
	}},
	{"M23-5.1a", "", atSign, func(s *Slip, _ workday.Date) string {
		for _, n := range FiveGates {
			if g, _ := s.Gate(n); n != Secrecy && g.State != Passed {
				return fmt.Sprintf("五关里的%s还没有通过。", n.Chinese())
			}
		}
		return ""
	}},
	{"edition", "base", always, func(s *Slip, _ workday.Date) string {
		return s.overtaken()
	}},
	{"A-22.doubt", "secret_doubt", atSign, func(s *Slip, _ workday.Date) string { return s.textless() }},
	{"A-24", "", always, findingsOpen},
}

// overtaken says that somebody published a newer edition than the one the
// draft was made from.
func (s *Slip) overtaken() string {
	if s.BaseWork != 0 && s.Current != s.BaseLabel {
		return fmt.Sprintf("这份稿子是从第 %d 版改的，现在已经有第 %d 版，请先比较并合并修改。", s.BaseLabel, s.Current)
	}
	return ""
}

// textless keeps a slip without text from the public: what turns out to be no
// secret gets its text first, and goes through the gates with it.
func (s *Slip) textless() string {
	if s.Traits.SecretDoubt && s.Public() {
		return "这张单没有正文，不能公开。确认不涉密的，退回起草、取消“涉密疑问”并录入正文后重新送审。"
	}
	return ""
}

// findingsOpen keeps a text back while the checks found something that nobody
// has answered, or have not seen the newest words.
func findingsOpen(s *Slip, _ workday.Date) string {
	if s.Traits.SecretDoubt {
		return ""
	}
	if s.Checked < s.Version {
		return "正文改过，还没有重新检查，请点“重新检查”。"
	}
	blocks, confirms, unsure := 0, 0, 0
	for _, f := range s.Findings {
		switch {
		case f.Level == "block" && !(f.State == Dismissed && s.Traits.Personal != "" && strings.HasPrefix(f.Rule, "PII.")):
			blocks++
		case f.State != Open:
		case f.Level == "unsure":
			unsure++
		case f.Level == "confirm":
			confirms++
		}
	}
	switch {
	case blocks > 0:
		return fmt.Sprintf("检查发现 %d 处必须改正的问题，改好才能继续。", blocks)
	case unsure > 0:
		return fmt.Sprintf("有 %d 处内容打不开、查不了，要有人看过并签字确认。", unsure)
	case confirms > 0:
		return fmt.Sprintf("还有 %d 处疑问没有答复：改正，或者写明理由后忽略。", confirms)
	}
	return ""
}

// The outcomes of F-24.
const (
	Lawful   = "合法"
	Unlawful = "不合法"
	MustMend = "应当予以修改"
)

var docNo = regexp.MustCompile(`^[\p{Han}A-Za-z]+〔[12]\d{3}〕[1-9]\d*号$`) // F-07

// internalKinds are kinds that F-20 names as not normative.
var internalKinds = []string{"纪要", "报告", "请示", "议案", "通报", "函"}

// notes are the printed forms of the attribute.
var notes = regexp.MustCompile(`[（(]\s*此件(公开发布|主动公开|依申请公开|不予公开|不公开|删减后公开)\s*[）)]`)

// note reads the attribute that a text prints below its date, "" for none.
func note(text string) Attribute {
	m := notes.FindAllStringSubmatch(text, -1)
	if len(m) == 0 {
		return ""
	}
	switch m[len(m)-1][1] {
	case "依申请公开":
		return OnRequest
	case "不予公开", "不公开":
		return Withheld
	}
	return Proactive
}

// Refusals lists every rule that keeps a slip from a stage now.
func (s *Slip) refusals(when stage, today workday.Date) []Refusal {
	var out []Refusal
	for _, r := range rules {
		if r.when&when == 0 {
			continue
		}
		if text := r.broken(s, today); text != "" {
			out = append(out, Refusal{r.id, text, r.field})
		}
	}
	return out
}

// Missing is what stands between a slip and its next step, for the page.
func (s *Slip) Missing(signing bool, today workday.Date) []Refusal {
	if signing {
		return s.refusals(atSign, today)
	}
	return s.refusals(atSubmit, today)
}

// first is the reason shown beside a button; more are listed on the page.
func first(list []Refusal) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0].Text
	}
	return fmt.Sprintf("%s（另有 %d 项，见上方清单）", list[0].Text, len(list)-1)
}
