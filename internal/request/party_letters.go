package request

import (
	"strings"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
)

// textOnline tells a third party where it may answer; the code is filled in
// when the letter is shown, so that the stored words do not hold it.
const textOnline = "也可以在本网站“提出意见”页面（网址后接 /requests/opinion）凭查询码" + CodeMark + "和证件号码的最后四位提出。"

// consultLetter is the template of a letter by whom it goes to (A8.7), with its facts.
func consultLetter(who clock.Party, f *ConsultForm, online bool) (string, Facts) {
	facts := Facts{"涉及内容": end(f.What)}
	switch who.Rule() {
	case "A-76":
		if online {
			facts["网上答复"] = textOnline
		}
		return LetterThird, facts
	case "A-77":
		facts["机关答复期限"] = "该信息由贵机关与本机关共同制作。依照" + regulation + "第三十四条，请自收到本函之日起15个工作日内提出意见；逾期没有提出意见的，视为同意公开。"
	default:
		facts["机关答复期限"] = "依照" + regulation + "第三十三条第三款，征求意见所需时间不计入答复期限，请尽快提出是否同意公开的意见和理由。"
	}
	return LetterOrgans, facts
}

// overrideFacts tell a third party what is disclosed against their word and
// why, with the remedy paragraph of A-92.
func overrideFacts(q *Request, p Party) (Facts, error) {
	if q.Profile == nil {
		return nil, fault.New(fault.Invalid, "request.overrideFacts", "还没有登记本机关的答复设置，不能写告知第三方公开决定书。")
	}
	rem := Remedies(*q.Profile, Grant, false)
	if len(rem.Missing) > 0 {
		return nil, fault.Newf(fault.Invalid, "request.overrideFacts", "救济途径写不全，还缺：%s。", join(rem.Missing))
	}
	var what []string
	for _, it := range q.Decision.Items {
		if it.Outcome == Grant || it.Outcome == Partial {
			what = append(what, "“"+strings.Trim(it.What, "“”")+"”")
		}
	}
	return Facts{"第三方答复日期": p.RepliedOn.Chinese(), "公开内容": end(join(what)), "公开理由": end(p.Override), "救济途径": strings.ReplaceAll(rem.Text, "本答复", "本决定")}, nil
}

// ToApplicant reports a letter that is the applicant's to read; those to third
// parties and other organs are not.
func (l Letter) ToApplicant() bool { return toApplicant[l.Kind] }
