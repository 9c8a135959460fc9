package office

import (
	"net/http"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// disputeCases is the page of a dispute.
var disputeCases = caseKind{part: "case_dispute", facts: disputeFacts, forms: map[casework.Action]actForm{
	request.ActDisputeReply: {disputeDayFields("提交日期", "答复书、证据和依据提交给复议机关或者法院之日。"), readDisputeDay("提交日期")},
	request.ActDisputeResult: {func(v *casework.View, today workday.Date) []field {
		results := []option{{Name: textChoose}}
		for _, x := range request.Results {
			if x.Result != request.Pending {
				results = append(results, option{Value: string(x.Result), Name: x.Name + " → " + x.Column})
			}
		}
		out := []field{{Name: "result", Label: "结果", Kind: "select", Required: true, Options: results, Hint: "箭头后面是年度报告表四的栏目。"},
			{Name: "on", Label: "决定日期", Kind: "date", Required: true, Value: today.String()},
			{Name: "redo", Label: "责令重新答复", Kind: "select", Options: []option{{Value: "", Name: "否"}, {Value: "1", Name: "是"}}}}
		if d, ok := v.Data.(*request.Dispute); ok && d.Kind == request.Reconsidered {
			out = append(out, field{Name: "opinion", Label: "收到复议意见书的日期", Kind: "date", Hint: "没有复议意见书的不填；有的，60 日内报告落实情况。"})
		}
		return append(out, field{Name: "note", Label: "说明", Kind: "area", Max: 1000, Hint: "不要写当事人的姓名和证件号码。"})
	}, func(r *http.Request) (any, error) {
		on, err := dayValue(r, "on", "决定日期")
		if err != nil {
			return nil, err
		}
		opinion, err := dayValue(r, "opinion", "收到复议意见书的日期")
		return &request.DisputeResultForm{Result: request.Result(value(r, "result")), On: on, Redo: value(r, "redo") != "", Opinion: opinion, Note: longValue(r, "note")}, err
	}},
	request.ActDisputeTalk:   {disputeTalkFields, readDisputeTalk},
	request.ActDisputeReport: {disputeDayFields("报告日期", "向复议机关报告落实情况之日。"), readDisputeDay("报告日期")},
}}

func disputeDayFields(label, hint string) func(*casework.View, workday.Date) []field {
	return func(_ *casework.View, today workday.Date) []field {
		return []field{{Name: "on", Label: label, Kind: "date", Required: true, Value: today.String(), Hint: hint},
			{Name: "note", Label: "说明", Kind: "area", Max: 1000, Hint: "不要写当事人的姓名和证件号码。"}}
	}
}

func readDisputeDay(label string) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		on, err := dayValue(r, "on", label)
		return &request.DisputeDayForm{On: on, Note: longValue(r, "note")}, err
	}
}

func disputeTalkFields(_ *casework.View, today workday.Date) []field {
	return []field{{Name: "on", Label: "化解日期", Kind: "date", Required: true, Value: today.String()},
		{Name: "how", Label: "化解方式", Kind: "select", Required: true, Options: named(request.DisputeTalkWays)},
		{Name: "body", Label: "化解过程", Kind: "area", Required: true, Max: 1000, Hint: "争的是什么、怎样沟通、对方的意见、怎样解决。不要写当事人的姓名和证件号码。"},
		{Name: "came_to", Label: "结果如何", Kind: "select", Required: true, Options: named(request.TalkEnds), Hint: "对方撤回或者争议终止的，另外登记结果。"}}
}

func readDisputeTalk(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "化解日期")
	return &request.DisputeTalkForm{On: on, How: value(r, "how"), CameTo: value(r, "came_to"), Body: longValue(r, "body")}, err
}

func disputeFacts(v *casework.View) (any, error) {
	d, ok := v.Data.(*request.Dispute)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.disputeFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	return d, nil
}

// disputeChapter shows the disputes about a request on its page.
func disputeChapter() requestChapter {
	return requestChapter{parts: []casePart{{part: "request_dispute", facts: func(v *casework.View) (any, error) {
		q, ok := v.Data.(*request.Request)
		if !ok || len(q.Disputes) == 0 && q.ServedOn.IsZero() {
			return nil, nil
		}
		return q, nil
	}}}, routes: disputeRoutes()}
}
