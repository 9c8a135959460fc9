package office

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// The words of the pages of corrections.
const (
	textNewMend    = "登记更正申请"
	textMendAsked  = "更正内容和申请人"
	textMendOpened = "已登记，请在期限内核实。"
)

// mendCases is the page of a correction.
var mendCases = caseKind{part: "case_mend", facts: mendFacts, forms: map[casework.Action]actForm{
	request.ActMendDecide: {func(v *casework.View, _ workday.Date) []field {
		outcomes := []option{{Name: textChoose}}
		m, _ := v.Data.(*request.Mend)
		f := []field{{Name: "outcome", Label: "处理结果", Kind: "select", Required: true}, {Name: "owner", Label: "有权更正的机关", Kind: "text", Max: 100, Hint: "不属于本机关职能的填写名称和联系方式。"},
			{Name: "reason", Label: "理由", Kind: "area", Max: 1000, Hint: "更正的写明改成什么、依据什么证据；不更正的写明为什么。会写进答复书，不要写证件号码。"}}
		for _, x := range request.MendOutcomes {
			outcomes = append(outcomes, option{string(x.Outcome), x.Name, m != nil && m.Outcome == x.Outcome})
		}
		f[0].Options = outcomes
		if m != nil {
			f[1].Value, f[2].Value = m.Owner, m.Reason
		}
		return f
	}, func(r *http.Request) (any, error) {
		return &request.MendDecideForm{Outcome: request.MendOutcome(value(r, "outcome")), Owner: value(r, "owner"), Reason: longValue(r, "reason")}, nil
	}},
	casework.ActReturn:       {noteFields("原因", true, "承办人会看到这个原因。"), readNote},
	request.ActMendSign:      {func(*casework.View, workday.Date) []field { return nil }, func(*http.Request) (any, error) { return nil, nil }},
	request.ActMendLeave:     {noteFields("原因", true, "申请人书面撤回的，写明日期和方式。"), readNote},
	request.ActMendAnonymise: {anonymiseFields, readAnonymise},
	request.ActMendServe:     feeChapter().forms[request.ActFeeServed],
}}

func mendFacts(v *casework.View) (any, error) {
	m, ok := v.Data.(*request.Mend)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.mendFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	return m, nil
}

// mendChapter brings the addresses of corrections.
func mendChapter() requestChapter {
	row := func(method, pattern, page string, h handler) route {
		return route{method: method, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	return requestChapter{routes: []route{
		row(http.MethodGet, "/office/mends/new", textNewMend, newMendPage),
		row(http.MethodPost, "/office/mends/new", textNewMend, addMend),
		row(http.MethodGet, "/office/mends/{mend}/asked", textMendAsked, mendAskedPage),
		row(http.MethodGet, "/office/mends/{mend}/letters/{letter}", "下载更正答复书", mendLetter),
	}}
}

func newMendPage(o *Office, c *call) (*answer, error) { return o.newMend(c, http.StatusOK, nil) }

func (o *Office) newMend(c *call, status int, wrong error) (*answer, error) {
	d := &formView{frame: o.frame(c, textNewMend, requestsCrumb), Heading: textNewMend, Lead: "公民、法人有证据证明行政机关提供的与其自身相关的政府信息记录不准确的，可以要求更正。默认 20 个工作日内办结，最长不超过两个月。"}
	organs, err := o.requestOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	var kinds []option
	for _, k := range request.ApplicantKinds {
		kinds = append(kinds, option{Value: string(k.Kind), Name: k.Name})
	}
	d.Form = form{ID: "mend", Action: "/office/mends/new", Token: d.Token, Submit: "登记", Hidden: []option{{Name: "once", Value: onceToken()}}, Fields: []field{
		{Name: "organ", Label: "机构", Kind: "select", Options: organs, Required: true},
		{Name: "on", Label: "收到日期", Kind: "date", Required: true, Value: o.access.Today().String()},
		{Name: "record", Label: "要更正的记录", Kind: "text", Required: true, Max: 200, Hint: "只写是哪种记录，例如：学籍档案。不要写姓名和号码。"},
		{Name: "asked", Label: "更正内容", Kind: "area", Required: true, Max: 4000, Hint: "哪里不准确，应当是什么。加密保存，查看留痕。"},
		{Name: "evidence", Label: "证据", Kind: "area", Required: true, Max: 2000, Hint: "申请人出示了什么证据。加密保存，查看留痕。"},
		{Name: "kind", Label: "申请人类别", Kind: "select", Options: kinds, Required: true},
		{Name: "name", Label: "姓名或者名称", Kind: "text", Required: true, Max: 100},
		{Name: "proof", Label: "身份证明", Kind: "text", Required: true, Max: 40, Hint: "身份证件号码；单位填统一社会信用代码。"},
		{Name: "phone", Label: "联系方式", Kind: "text", Max: 40, Hint: "电话、邮箱、地址至少填一项。"},
		{Name: "mail", Label: "电子邮箱", Kind: "text", Max: 100},
		{Name: "address", Label: "地址", Kind: "text", Max: 200},
		{Name: "informed", Label: "个人信息处理告知", Kind: "select", Options: []option{{Name: textChoose}, {Value: "1", Name: textPrivacyOffice}}, Required: true}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_form", status, d)
}

func addMend(o *Office, c *call) (*answer, error) {
	f, err := o.readMend(c)
	var id int64
	if err == nil {
		id, err = o.deps.Requests.OpenMend(c.ctx(), c.actor(), f)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.newMend(c, statusFor(err), err)
	}
	return told(c, caseAddress(request.MendCases, id), textMendOpened), nil
}

func (o *Office) readMend(c *call) (f request.MendForm, err error) {
	f = request.MendForm{Record: value(c.r, "record"), Asked: longValue(c.r, "asked"), Evidence: longValue(c.r, "evidence"), Informed: value(c.r, "informed") != "", Token: value(c.r, "once"),
		Applicant: request.Applicant{Kind: request.ApplicantKind(value(c.r, "kind")), Name: value(c.r, "name"), Proof: value(c.r, "proof"), Phone: value(c.r, "phone"), Mail: value(c.r, "mail"), Address: value(c.r, "address")}}
	if f.On, err = dayValue(c.r, "on", "收到日期"); err != nil {
		return f, err
	}
	code := value(c.r, "organ")
	if code == "" {
		return f, fault.Field("office.readMend", "机构", "“机构”：请选择。")
	}
	if f.Organ, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), code); err != nil {
		return f, err
	}
	return f, o.may(c, access.HandleRequest, f.Organ)
}

// mendCase reads the correction of the address within the caller's sight.
func (o *Office) mendCase(c *call) (*casework.View, *request.Mend, error) {
	id, err := pathNumber(c.r, "mend")
	if err != nil {
		return nil, nil, err
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, nil, err
	}
	m, ok := v.Data.(*request.Mend)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "office.mendCase", textNotFound)
	}
	return v, m, o.may(c, access.HandleRequest, v.Case.Organ)
}

func mendAskedPage(o *Office, c *call) (*answer, error) {
	v, _, err := o.mendCase(c)
	if err != nil {
		return nil, err
	}
	p, asked, err := o.deps.Requests.RevealMend(c.ctx(), c.actor(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	d := &formView{frame: o.frame(c, textMendAsked, requestsCrumb, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/cases/%d", v.Case.ID)}), Heading: textMendAsked, Lead: v.Case.Number + "。这次查看已经记入审计记录。"}
	for _, x := range []applicantLine{{"更正内容和证据", asked}, {"姓名或者名称", p.Name}, {"身份证明", p.Proof}, {"电话", p.Phone}, {"电子邮箱", p.Mail}, {"地址", p.Address}} {
		if x.Value != "" {
			d.Facts = append(d.Facts, x)
		}
	}
	return o.page(c, "request_form", http.StatusOK, d)
}

// mendLetter gives the answer as a Word file with the applicant's name in it.
func mendLetter(o *Office, c *call) (*answer, error) {
	v, m, err := o.mendCase(c)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "letter")
	if err != nil {
		return nil, err
	}
	for _, l := range m.Letters {
		if l.ID == id {
			p, _, err := o.deps.Requests.RevealMend(c.ctx(), c.actor(), v.Case.ID)
			if err != nil {
				return nil, err
			}
			return wordLetter(l.Title, strings.ReplaceAll(l.Body, request.ApplicantMark, p.Name))
		}
	}
	return nil, fault.New(fault.NotFound, "office.mendLetter", textNotFound)
}

// wordLetter is a letter as a Word file.
func wordLetter(title, body string) (*answer, error) {
	doc := docfile.DocxContent{Title: title}
	for _, line := range strings.Split(body, "\n") {
		if strings.TrimSpace(line) != "" {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: line})
		}
	}
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, doc); err != nil {
		return nil, err
	}
	h := http.Header{"Content-Type": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": title + ".docx"})}}
	return &answer{http.StatusOK, h, b.Bytes()}, nil
}
