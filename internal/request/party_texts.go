package request

import (
	"fmt"
	"strings"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// consultTitle names the letter by whom it goes to (A8.7).
func consultTitle(who clock.Party) string {
	if who.Rule() == "A-76" {
		return "征求第三方意见书"
	}
	return "征求其他机关意见函"
}

// consultText is the letter to one party. Its name and code are filled in when
// the letter is shown, so that the stored words hold neither.
func consultText(who clock.Party, f *ConsultForm, online bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s：\n\n本机关收到政府信息公开申请，申请公开的内容涉及贵方：%s\n\n", PartyMark, end(f.What))
	switch who.Rule() {
	case "A-76":
		b.WriteString("依照" + regulation + "第三十二条，请自收到本函之日起15个工作日内书面提出是否同意公开的意见和理由。逾期没有提出意见的，由本机关依照条例的规定决定是否公开；不同意公开且有合理理由的，本机关不予公开；本机关认为不公开可能对公共利益造成重大影响的，可以决定予以公开，并将决定公开的内容和理由书面告知。")
	case "A-77":
		b.WriteString("该信息由贵机关与本机关共同制作。依照" + regulation + "第三十四条，请自收到本函之日起15个工作日内提出意见；逾期没有提出意见的，视为同意公开。")
	default:
		b.WriteString("依照" + regulation + "第三十三条第三款，征求意见所需时间不计入答复期限，请尽快提出是否同意公开的意见和理由。")
	}
	if online {
		fmt.Fprintf(&b, "\n\n也可以在本网站“提出意见”页面（网址后接 /requests/opinion）凭查询码%s和证件号码的最后四位提出。", CodeMark)
	}
	return b.String()
}

// thirdDecisionText tells a third party what is disclosed against their word and
// why, with the remedy paragraph of A-92.
func thirdDecisionText(q *Request, p Party, today workday.Date) (string, error) {
	if q.Profile == nil {
		return "", fault.New(fault.Invalid, "request.thirdDecisionText", "还没有登记本机关的答复设置，不能写告知第三方公开决定书。")
	}
	rem := Remedies(*q.Profile, Grant, false)
	if len(rem.Missing) > 0 {
		return "", fault.Newf(fault.Invalid, "request.thirdDecisionText", "救济途径写不全，还缺：%s。", join(rem.Missing))
	}
	var what []string
	for _, it := range q.Decision.Items {
		if it.Outcome == Grant || it.Outcome == Partial {
			what = append(what, "“"+strings.Trim(it.What, "“”")+"”")
		}
	}
	return fmt.Sprintf("%s：\n\n本机关就政府信息公开申请向贵方征求意见，贵方于%s表示不同意公开。经审查，依照%s第十五条、第三十二条，本机关决定公开下列内容：%s。理由：%s\n\n%s\n\n%s\n%s",
		PartyMark, p.RepliedOn.Chinese(), regulation, join(what), end(p.Override), strings.ReplaceAll(rem.Text, "本答复", "本决定"), q.Profile.Name, today.Chinese()), nil
}
