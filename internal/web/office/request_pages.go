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
	textRequestList   = "申请台账"
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
		withScans(post("/office/requests/new", textNewRequest, access.HandleRequest, addRequest)),
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
	Pick    []option // organs to choose from before the form opens
}

type applicantLine struct{ Name, Value string }

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
	d := &formView{frame: o.frame(c, textApplicant, requestsCrumb, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/cases/%d", v.Case.ID)}),
		Heading: textApplicant, Lead: v.Case.Number + "。这次查看已经记入审计记录。"}
	for _, x := range []applicantLine{{"姓名或者名称", p.Name}, {"身份证明", p.Proof}, {"法定代表人", p.Leader}, {"联系人", p.Contact}, {"电话", p.Phone}, {"电子邮箱", p.Mail}, {"地址", p.Address}} {
		if x.Value != "" {
			d.Facts = append(d.Facts, x)
		}
	}
	return o.page(c, "request_form", http.StatusOK, d)
}
