package office

import (
	"fmt"
	"net/http"
	"strconv"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// feeChapter is what fees add to the page of a request (handbook C).
func feeChapter() requestChapter {
	return requestChapter{parts: []casePart{{part: "request_fee", facts: feeFacts}}, routes: feeRoutes(), forms: map[casework.Action]actForm{
		request.ActFeeNotice: {feeNoticeFields, readFeeNotice},
		request.ActFeeServed: {func(_ *casework.View, today workday.Date) []field {
			return []field{{Name: "how", Label: "送达方式", Kind: "select", Required: true, Options: serviceWays(), Hint: "照申请人要求的方式送达。"},
				{Name: "on", Label: "送达日期", Kind: "date", Required: true, Value: today.String(), Hint: "申请人收到之日；缴费的 30 日从次日起算。"},
				{Name: "proof", Label: "凭证", Kind: "text", Max: 200, Hint: "邮件号码、送达回证编号。邮寄和当面必填。"}}
		}, func(r *http.Request) (any, error) {
			on, err := dayValue(r, "on", "送达日期")
			return &request.FeeServedForm{How: value(r, "how"), On: on, Proof: value(r, "proof")}, err
		}},
		request.ActFeePaid:  {feePaidFields, readFeePaid},
		request.ActFeeWaive: {noteFields("原因", true, "免收以后，答复期限从次日起重新计算。"), readNote},
		request.ActFeeLapse: {func(*casework.View, workday.Date) []field { return nil }, func(*http.Request) (any, error) { return nil, nil }},
	}}
}

// serviceWays are the ways by which a letter reaches an applicant.
func serviceWays() []option {
	return []option{{Name: textChoose}, {Value: "online", Name: "网上"}, {Value: "mail", Name: "电子邮箱"}, {Value: "post", Name: "中国邮政寄送"}, {Value: "counter", Name: "当面"}}
}

func feeNoticeFields(v *casework.View, _ workday.Date) []field {
	f := v.Data.(*request.Request).Fee
	return []field{
		{Name: "reason", Label: "理由", Kind: "area", Required: true, Max: 1000, Hint: fmt.Sprintf(textFeeCount, f.Asked, f.Before)},
		{Name: "method", Label: "收费方式", Kind: "select", Required: true, Options: []option{{Name: textChoose}, {Value: string(request.ByItems), Name: request.ByItems.Name()}, {Value: string(request.ByPages), Name: request.ByPages.Name()}}, Hint: "只能选一种，发出后不能换。"},
		{Name: "items", Label: "件数", Kind: "text", Numeric: true, Hint: "按件计收的填写：本件可以拆成几件，不拆的填 1。"},
		{Name: "pages", Label: "页数", Kind: "text", Numeric: true, Hint: "按量计收的填写：A4 及以下幅面，单面一页。"},
		{Name: "points", Label: "答复的内容", Kind: "select", Options: []option{{Value: "", Name: "提供信息"}, {Value: "1", Name: "只告知已公开信息的获取途径"}}, Hint: "只告知获取途径的，不能按量计收。"},
		{Name: "pay", Label: "缴费方式", Kind: "area", Required: true, Max: 500, Hint: "写明开户行、账号或者缴款地点、缴款码。"}}
}

// wholeValue reads a whole number; empty is 0.
func wholeValue(r *http.Request, name, label string) (int, error) {
	s := value(r, name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fault.Field("office.wholeValue", label, "“%s”：请填写大于 0 的整数。", label)
	}
	return n, nil
}

func readFeeNotice(r *http.Request) (any, error) {
	f := &request.FeeNoticeForm{Method: request.FeeMethod(value(r, "method")), Points: value(r, "points") != "", Reason: longValue(r, "reason"), HowToPay: longValue(r, "pay")}
	var err error
	if f.Items, err = wholeValue(r, "items", "件数"); err != nil {
		return f, err
	}
	f.Pages, err = wholeValue(r, "pages", "页数")
	return f, err
}

func feePaidFields(v *casework.View, today workday.Date) []field {
	n := v.Data.(*request.Request).Fee.Notice
	if n == nil {
		return nil
	}
	return []field{{Name: "amount", Label: "缴费金额", Kind: "text", Required: true, Max: 20, Value: request.Yuan(n.Open()), Hint: "元。缴清才重新计算答复期限。"},
		{Name: "part", Label: "是否缴清", Kind: "select", Options: []option{{Value: "", Name: "缴清"}, {Value: "1", Name: "分次缴纳"}}},
		{Name: "on", Label: "缴费日期", Kind: "date", Required: true, Value: today.String()},
		{Name: "receipt", Label: "财政票据号", Kind: "text", Required: true, Max: 60, Hint: "开给申请人的财政票据号码。"}}
}

func readFeePaid(r *http.Request) (any, error) {
	amount, err := request.ParseYuan("缴费金额", value(r, "amount"))
	if err != nil {
		return nil, err
	}
	on, err := dayValue(r, "on", "缴费日期")
	return &request.FeePaidForm{Amount: amount, Part: value(r, "part") != "", On: on, Receipt: value(r, "receipt")}, err
}

// feePart is what the page of a request shows of its fee.
type feePart struct {
	request.Fee
	Yuan, Paid, Open, Settled string // of the notice
}

// feeFacts leaves the part away where nothing speaks for a fee: no notice, and
// no more items in the month than are free of charge.
func feeFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.feeFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	f := q.Fee
	if f.Notice == nil {
		if f.Prices.ByItem(f.Asked) == 0 {
			return nil, nil
		}
		return feePart{Fee: f}, nil
	}
	return feePart{Fee: f, Yuan: request.Yuan(f.Notice.Amount), Paid: request.Yuan(f.Notice.Paid), Open: request.Yuan(f.Notice.Open()), Settled: settledNames[f.Notice.Settled]}, nil
}

var settledNames = map[string]string{"": "待缴费", request.FeeSettledPaid: "已缴清", request.FeeSettledWaived: "免收", request.FeeSettledLapsed: "逾期未缴"}
