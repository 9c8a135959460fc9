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
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// receivingPages is the chapter of receiving: the counter, scans, notes of
// talks, repeats, splitting, merging and handing on.
func receivingPages() requestChapter {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	post := func(pattern, page string, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	return requestChapter{
		forms: map[casework.Action]actForm{
			request.ActConfirm:  {confirmFields, readConfirm},
			request.ActContact:  {contactFields, readContact},
			request.ActSplit:    {splitFields, readSplit},
			request.ActMerge:    {mergeFields, readMerge},
			request.ActTransfer: {transferFields, readTransfer},
		},
		parts: []casePart{{part: "request_intake", facts: intakeFacts}},
		routes: append([]route{
			get("/office/requests/blank.docx", "空白申请表", blankApplication),
			get("/office/requests/{id}/application.docx", "打印申请表", applicationFile),
			get("/office/requests/{id}/scans", textScans, scansPage),
			withScans(post("/office/requests/{id}/scans", "上传扫描件", addScans)),
			get("/office/requests/{id}/scans/{scan}", "看扫描件", scanFile),
			{method: http.MethodGet, pattern: "/office/requests/{id}/opinions/{opinion}", page: "看意见和答复的材料", act: access.SeeRequest, handler: opinionFile},
			get("/office/requests/{id}/contacts", textContacts, contactsPage),
		}, importRoutes()...),
	}
}

const (
	textScans    = "扫描件"
	textContacts = "沟通记录"
)

// intakePart is what the page of a request shows of its receipt.
type intakePart struct {
	*request.Request
	ViaName string
	Filled  bool // a clerk wrote it down
	Same    []request.Prior
	Others  []request.Prior
}

func intakeFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.intakeFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	p := intakePart{Request: q, ViaName: q.Intake.Via.Name(), Filled: q.FilledBy != ""}
	for _, e := range q.Intake.Prior {
		if e.Alike >= request.SameMatter {
			p.Same = append(p.Same, e)
		} else {
			p.Others = append(p.Others, e)
		}
	}
	return p, nil
}

// confirmFields say what the confirmation of each channel is.
func confirmFields(v *casework.View, _ workday.Date) []field {
	q := v.Data.(*request.Request)
	hint := "网上、邮箱和传真申请，以双方确认之日为收到之日。"
	switch q.Channel {
	case "in_person":
		hint = "当面提交的，提交之日就是收到之日。"
	case "post_signed":
		hint = "邮寄签收的，签收之日就是收到之日。"
	case "post_ordinary":
		hint = "平常信函没有签收：收到当天请与申请人确认，以确认之日为收到之日。确认经过请记在“沟通记录”里。"
	}
	return []field{{Name: "on", Label: "收到日期", Kind: "date", Hint: hint + "不填就是今天。请在" + q.ConfirmBy().Chinese() + "（下一个工作日）以前确认，到时没有确认的，系统自动确认。"}}
}

func readConfirm(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "收到日期")
	return &request.ConfirmForm{On: on}, err
}

func named(list []struct{ Code, Name string }) []option {
	out := []option{{Name: textChoose}}
	for _, x := range list {
		out = append(out, option{Value: x.Code, Name: x.Name})
	}
	return out
}

func contactFields(_ *casework.View, today workday.Date) []field {
	return []field{{Name: "on", Label: "沟通日期", Kind: "date", Value: today.String()},
		{Name: "how", Label: "沟通方式", Kind: "select", Required: true, Options: named(request.ContactWays)},
		{Name: "whom", Label: "和谁沟通", Kind: "select", Required: true, Options: named(request.ContactPeople)},
		{Name: "body", Label: "沟通内容", Kind: "area", Required: true, Max: 4000, Hint: "加密保存，每次查看都会记录。电话沟通只是记录，不是新的申请，也不改变期限。"}}
}

func readContact(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "沟通日期")
	return &request.ContactForm{On: on, How: value(r, "how"), Whom: value(r, "whom"), Body: longValue(r, "body")}, err
}

func docxAnswer(name string, doc docfile.DocxContent) (*answer, error) {
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, doc); err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})}}, b.Bytes()}, nil
}

func blankApplication(*Office, *call) (*answer, error) {
	return docxAnswer("政府信息公开申请表.docx", request.ApplicationForm("", nil, nil))
}

func applicationFile(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	p, err := o.deps.Requests.Reveal(c.ctx(), c.actor(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	return docxAnswer("政府信息公开申请表 "+v.Case.Number+".docx", request.ApplicationForm(v.Case.Number, p, q))
}

func folded(under string, f field) field {
	f.Fold = under
	return f
}

// newRequestView is the counter form with what the applicant asked before.
type newRequestView struct {
	frame
	Lead  string
	Form  form
	Prior []request.Prior
}

func newRequestPage(o *Office, c *call) (*answer, error) {
	return o.newRequest(c, http.StatusOK, nil, nil)
}

func (o *Office) newRequest(c *call, status int, wrong error, before []request.Prior) (*answer, error) {
	d := &newRequestView{frame: o.frame(c, textNewRequest, requestsCrumb), Prior: before,
		Lead: "当面、邮寄、传真、邮箱和其他系统收到的申请在这里登记，和网上申请进同一本台账。书写有困难的，由您代为填写。"}
	organs, err := o.requestOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	vias := []option{{Name: textChoose}}
	for _, x := range request.Vias {
		vias = append(vias, option{Value: string(x.Via), Name: x.Name})
	}
	var kinds []option
	for _, k := range request.ApplicantKinds {
		kinds = append(kinds, option{Value: string(k.Kind), Name: k.Name})
	}
	text := func(name, label string, most int, hint string) field {
		return field{Name: name, Label: label, Kind: "text", Max: most, Hint: hint}
	}
	d.Form = form{ID: "request", Action: "/office/requests/new", Token: d.Token, Submit: "登记", Hidden: []option{{Name: "once", Value: onceToken()}}, Fields: []field{
		{Name: "organ", Label: "向哪个机关申请", Kind: "select", Options: organs, Required: true},
		{Name: "channel", Label: "收到途径", Kind: "select", Options: vias, Required: true, Hint: "只打了电话、没有书面申请的，不是申请；请记在有关申请的“沟通记录”里。"},
		{Name: "on", Label: "收到日期", Kind: "date", Required: true, Value: o.access.Today().String(), Hint: "邮寄的填签收或者到达的日期，传真和邮箱填收到的日期。"},
		folded("其他系统转来的", text("system", "来自哪个系统", 100, "")), folded("其他系统转来的", text("outer", "原系统编号", 100, "")),
		{Name: "oral", Label: "代为填写", Kind: "select", Options: []option{{Name: "申请人自己书写"}, {Value: "1", Name: "书写有困难，由我代为填写"}}, Hint: "代为填写的，登记后请打印申请表，向申请人宣读后由他签名或者按印。"},
		{Name: "content", Label: "您想了解什么", Kind: "area", Required: true, Max: 4000, Hint: "照申请表抄写。一件申请写了几件事的，登记后可以拆分。"},
		{Name: "kind", Label: "申请人类别", Kind: "select", Options: kinds, Required: true},
		{Name: "name", Label: "姓名或者名称", Kind: "text", Required: true, Max: 100},
		{Name: "proof", Label: "身份证明", Kind: "text", Required: true, Max: 40, Hint: "身份证件号码；单位填统一社会信用代码。"},
		folded("单位申请的", text("leader", "法定代表人", 100, "单位申请的必填。")), folded("单位申请的", text("contact", "联系人", 100, "单位申请的必填。")),
		text("phone", "联系方式", 40, "电话号码。电话、邮箱、地址至少填一项。"), text("mail", "电子邮箱", 100, ""), text("address", "地址", 200, ""),
		{Name: "way", Label: "获取方式", Kind: "select", Options: named(request.Ways)[1:], Required: true},
		{Name: "delivery", Label: "送达途径", Kind: "select", Options: named(request.Deliveries)[1:], Required: true},
		{Name: "informed", Label: "个人信息处理告知", Kind: "select", Options: []option{{Name: textChoose}, {Value: "1", Name: textPrivacyOffice}}, Required: true}}}
	d.Form.Upload = true
	d.Form.Fields = append(d.Form.Fields, scanFields(c.r)...)
	if len(before) > 0 || value(c.r, "seen") != "" {
		d.Form.Fields = append(d.Form.Fields, field{Name: "seen", Label: "同一申请人以前的申请", Kind: "select", Required: true, Options: []option{{Name: textChoose}, {Value: "1", Name: "已经看过，仍要另立一件"}}})
	}
	if wrong != nil || len(before) > 0 {
		d.Form.fill(c.r)
	}
	if wrong != nil {
		d.Form.blame(wrong)
	}
	return o.page(c, "request_intake_new", status, d)
}

func addRequest(o *Office, c *call) (*answer, error) {
	a, err := o.readRequest(c)
	if err == nil {
		a.Enclosed, err = readScans(c.r)
	}
	if err == nil {
		err = o.deps.Requests.Check(a)
	}
	if err == nil && value(c.r, "seen") == "" {
		same, e := o.sameMatter(c, a)
		if e != nil {
			return nil, e
		}
		if len(same) > 0 {
			return o.newRequest(c, http.StatusConflict, nil, same)
		}
	}
	var rc *request.Receipt
	if err == nil {
		rc, err = o.deps.Requests.Submit(c.ctx(), a)
	}
	if err != nil {
		if !mendable(err) && (fault.KindOf(err) != fault.Unavailable || fault.FieldOf(err) == "") {
			return nil, err
		}
		return o.newRequest(c, statusFor(err), err, nil)
	}
	said := fmt.Sprintf(textRegistered, rc.Number, rc.Code)
	if w := request.Warnings(a.Applicant); len(w) > 0 {
		said += "请核对：" + strings.Join(w, "；") + "。"
	}
	return told(c, fmt.Sprintf("/office/cases/%d", rc.Case), said), nil
}

// sameMatter finds what the applicant already asked in like words. A form that
// was sent twice is the kernel's affair: its token finds its own receipt.
func (o *Office) sameMatter(c *call, a request.Application) (out []request.Prior, err error) {
	if sent, err := o.deps.Requests.Sent(c.ctx(), a.Actor.Login, a.Token); err != nil || sent {
		return nil, err
	}
	list, err := o.deps.Requests.Prior(c.ctx(), a.Organ, a.Applicant, a.Content)
	for _, e := range list {
		if e.Alike >= request.SameMatter {
			out = append(out, e)
		}
	}
	return out, err
}

func (o *Office) readRequest(c *call) (a request.Application, err error) {
	on, err := dayValue(c.r, "on", "收到日期")
	if err != nil {
		return a, err
	}
	door := request.Door{Via: request.Via(value(c.r, "channel")), System: value(c.r, "system"), Number: value(c.r, "outer"), Oral: value(c.r, "oral") != ""}
	a = request.Application{On: on, Content: longValue(c.r, "content"), Way: value(c.r, "way"), Delivery: value(c.r, "delivery"), Door: &door,
		Informed: value(c.r, "informed") != "", FilledBy: c.who.Login, Token: value(c.r, "once"), Actor: c.who.Actor,
		Applicant: request.Applicant{Kind: request.ApplicantKind(value(c.r, "kind")), Name: value(c.r, "name"), Proof: value(c.r, "proof"), Leader: value(c.r, "leader"), Contact: value(c.r, "contact"),
			Phone: value(c.r, "phone"), Mail: value(c.r, "mail"), Address: value(c.r, "address")}}
	for _, x := range request.Vias {
		if x.Via == door.Via {
			a.Channel = x.Channel
		}
	}
	code := value(c.r, "organ")
	if code == "" {
		return a, fault.Field("office.readRequest", "向哪个机关申请", "“向哪个机关申请”：请选择。")
	}
	if a.Organ, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), code); err != nil {
		return a, err
	}
	return a, o.may(c, access.HandleRequest, a.Organ)
}
