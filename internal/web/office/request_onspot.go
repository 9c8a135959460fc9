package office

import (
	"net/http"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// The ranges of answers on the spot that an organ chooses from; the default,
// what gives the information, has no value.
const (
	onSpotNone = "none"
	onSpotWide = "wide"
)

// onSpotRanges are the choices with the present one.
func onSpotRanges(p *request.Profile) []option {
	var more []string
	for _, o := range request.OnSpotOutcomes {
		more = append(more, o.Name())
	}
	return []option{{Name: "只有已主动公开、予以公开（不涉及第三方）"}, {Value: onSpotNone, Name: "都不当场答复", Chosen: p.OnSpot != nil && len(p.OnSpot) == 0},
		{Value: onSpotWide, Name: strings.Join(more, "、"), Chosen: len(p.OnSpot) > 0}}
}

// onSpotChapter is the form of an answer at the counter.
func onSpotChapter() requestChapter {
	return requestChapter{forms: map[casework.Action]actForm{request.ActOnSpot: {onSpotFields, readOnSpot}}}
}

func onSpotFields(v *casework.View, _ workday.Date) []field {
	q, ok := v.Data.(*request.Request)
	if !ok || q.Profile == nil { // refused before a form is shown
		return nil
	}
	outcomes, papers := []option{{Name: textChoose}}, []option{{Name: textChoose}}
	wide := false
	for _, o := range q.Profile.OnSpotAllowed() {
		outcomes = append(outcomes, option{Value: string(o), Name: o.Name()})
		wide = wide || o != request.Grant && o != request.GrantPublic
	}
	for _, p := range request.OnSpotPapers {
		papers = append(papers, option{Value: p.Code, Name: p.Name})
	}
	out := []field{
		{Name: "what", Label: "申请的信息", Kind: "text", Required: true, Max: 300, Value: shorten(q.Content, 60)},
		{Name: "outcome", Label: "答复结果", Kind: "select", Required: true, Options: outcomes},
		{Name: "content", Label: "提供的内容", Kind: "area", Max: 2000, Hint: "予以公开的写明当场说明了什么、交给申请人什么。"},
		{Name: "no_third", Label: "不涉及第三方", Kind: "select", Hint: "予以公开的要先核对。涉及商业秘密、个人隐私的不能当场答复。", Options: []option{{Name: textChoose}, {Value: "1", Name: "已经核对，不涉及第三方"}}},
		{Name: "way", Label: "获取方式", Kind: "text", Max: 500, Hint: "已主动公开的写明网址或者获取途径。"}}
	if wide {
		out = append(out, field{Name: "reason", Label: "理由", Kind: "area", Max: 2000, Fold: "不提供的理由、负责公开的机关"}, field{Name: "owner", Label: "负责公开的机关", Kind: "text", Max: 300, Fold: "不提供的理由、负责公开的机关"})
	}
	return append(out,
		field{Name: "paper", Label: "出具文书", Kind: "select", Required: true, Options: papers, Hint: "办理后编文号，在“文书”里打印；答复单上有申请人签名的地方。"},
		field{Name: "proof", Label: "凭证", Kind: "text", Required: true, Max: 200, Hint: "例如：申请人在当场答复单上签名。不写姓名和证件号码。"})
}

func readOnSpot(r *http.Request) (any, error) {
	return &request.OnSpotForm{Paper: value(r, "paper"), NoThird: value(r, "no_third") != "", Proof: value(r, "proof"),
		Item: request.Item{What: value(r, "what"), Outcome: request.Outcome(value(r, "outcome")), Content: longValue(r, "content"), Way: value(r, "way"), Reason: longValue(r, "reason"), Owner: value(r, "owner")}}, nil
}
