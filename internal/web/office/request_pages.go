package office

import (
	"fmt"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
)

// The words of the pages of requests.
const (
	textRequests      = "依申请公开"
	textNewRequest    = "登记申请"
	textApplicant     = "申请人信息"
	textAnswerSetup   = "答复设置"
	textRegistered    = "已登记，编号 %s，查询码 %s。请把查询码告诉申请人。"
	textAnswerSaved   = "答复设置已保存，以后签发的答复书按它写。"
	textPrivacyOffice = "已向申请人告知个人信息处理的目的、方式、种类、保存期限和权利"
)

// requestRoutes are the addresses of requests beside the generic page of a case.
func requestRoutes() []route {
	get := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: act, handler: h}
	}
	post := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: act, handler: h}
	}
	list := []route{
		get("/office/requests", textRequests, access.HandleRequest, requestsPage),
		get("/office/requests/new", textNewRequest, access.HandleRequest, newRequestPage),
		post("/office/requests/new", textNewRequest, access.HandleRequest, addRequest),
		get("/office/requests/settings", textAnswerSetup, access.ApproveExtension, answerSetupPage),
		post("/office/requests/settings", textAnswerSetup, access.ApproveExtension, saveAnswerSetup),
		get("/office/requests/{id}/applicant", textApplicant, access.HandleRequest, applicantPage),
	}
	for _, c := range requestChapters() {
		list = append(list, c.routes...)
	}
	return list
}

// formView is a page that holds one form.
type formView struct {
	frame
	Heading string
	Lead    string
	Form    form
	Facts   []applicantLine
	Doors   []door
}

type applicantLine struct{ Name, Value string }

// requestsPage is the door to everything about requests.
func requestsPage(o *Office, c *call) (*answer, error) {
	d := &formView{frame: o.frame(c, textRequests), Heading: textRequests, Lead: "网上、当面、邮寄、传真的申请在一本台账里，每件都写着轮到谁、何时到期。"}
	for _, x := range []struct {
		door
		act access.Act
	}{
		{door{"台账", "/office/cases?kind=request", "全部申请，可以按状态、机构筛选，导出 Excel"}, access.HandleRequest},
		{door{"登记申请", "/office/requests/new", "当面、邮寄、传真、邮箱和其他系统收到的申请，代为填写"}, access.HandleRequest},
		{door{"档案库", "/office/requests/archive", "办结的申请，按内容、结果、年份查找，下载档案包"}, access.HandleRequest},
		{door{"信息处理费", "/office/requests/fees", "收费通知、到账和票据，按月对账，导出 Excel"}, access.HandleRequest},
		{door{"复议诉讼台账", "/office/requests/disputes", "答复举证的期限、结果、争议发生率和被纠错败诉率"}, access.HandleRequest},
		{door{"登记更正申请", "/office/mends/new", "与申请人自身相关的记录不准确的，核实后更正"}, access.HandleRequest},
		{door{"批量登记", "/office/request-tables/batch", "填一张 Excel 表，一次登记多件"}, access.HandleRequest},
		{door{"接收旧台账", "/office/request-tables/register", "以前的 Excel 台账收进来，旧编号保留，附收录差异表"}, access.HandleRequest},
		{door{"会商记录", "/office/requests/councils", "疑难申请的联合会商，可以导出 Excel"}, access.HandleRequest},
		{door{"拟转主动公开", "/office/requests/proactive", "好几个人申请的、申请人建议公开的，决定要不要主动公开"}, access.HandleRequest},
		{door{"答复设置", "/office/requests/settings", "文号、落款、复议机关和管辖法院"}, access.ApproveExtension},
		{door{"网上申请页", "/requests/new", "申请人看到的页面"}, access.HandleRequest},
	} {
		if ok, _ := access.Can(c.who.Actor, x.act, access.Thing{}); ok {
			d.Doors = append(d.Doors, x.door)
		}
	}
	var err error
	if d.Facts, err = o.askedFacts(c); err != nil {
		return nil, err
	}
	return o.page(c, "request_form", http.StatusOK, d)
}

// door leads to a page and says what it is for.
type door struct{ Name, Href, What string }

// requestCase reads the request of the address for somebody who handles it.
func (o *Office) requestCase(c *call) (*casework.View, *request.Request, error) {
	return o.requestFor(c, access.HandleRequest)
}

// requestFor reads the request of the address for somebody with a right on its
// organ.
func (o *Office) requestFor(c *call, act access.Act) (*casework.View, *request.Request, error) {
	id, err := pathNumber(c.r, "id")
	if err != nil {
		return nil, nil, err
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, nil, err
	}
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "office.requestFor", textNotFound)
	}
	return v, q, o.may(c, act, v.Case.Organ)
}

func applicantPage(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	p, err := o.deps.Requests.Reveal(c.ctx(), c.actor(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	d := &formView{frame: o.frame(c, textApplicant, document.Crumb{Name: textRequests, Href: "/office/cases?kind=request"}, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/cases/%d", v.Case.ID)}),
		Heading: textApplicant, Lead: v.Case.Number + "。这次查看已经记入审计记录。"}
	for _, x := range []applicantLine{{"姓名或者名称", p.Name}, {"身份证明", p.Proof}, {"法定代表人", p.Leader}, {"联系人", p.Contact}, {"电话", p.Phone}, {"电子邮箱", p.Mail}, {"地址", p.Address}} {
		if x.Value != "" {
			d.Facts = append(d.Facts, x)
		}
	}
	return o.page(c, "request_form", http.StatusOK, d)
}
