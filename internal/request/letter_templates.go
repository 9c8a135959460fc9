package request

import "slices"

// templateVersion numbers the words of this file. Whoever changes a word here
// adds one; letters keep the version they were written with.
const templateVersion = 5

// lockedLaw and lockedRemedy explain why a paragraph is not changed by hand.
const (
	lockedLaw    = "结果和依据由所选的答复结果决定（A8.5）；要改，请退回重新提出答复意见。"
	lockedRemedy = "救济途径按机关性质、答复结果和答复设置算出来（A-90 至 A-99、A-115），不能手工改；机关或者法院不对，请改答复设置。"
	lockedForm   = "换一种形式的依据和理由在答复意见里（A-100）；要改，请退回重新提出答复意见。"
	lockedLimit  = "期限由法律规定。"
)

// The ids of the letters that are not kinds of their own in types.go.
const (
	LetterApplication = "application"
	LetterOpinion     = "third_opinion"
	LetterOrgans      = "other_organ"
	LetterReasons     = "ask_reasons"
	LetterDelay       = "delay"
	LetterFee         = "fee"
	LetterOverride    = "third_decision"
	LetterDelivery    = "delivery_receipt"
	LetterRecord      = "record_correction"
)

// Templates are the documents of A8.7 beside the answers; those are made from
// Outcomes, one for each code, by answerTemplate.
var Templates = []Template{
	{ID: LetterApplication, Title: "政府信息公开申请表", Rules: []string{"A-50", "A-51", "A-52", "A-53"}, Unsent: true, Paras: []Para{
		{ID: "form", Label: "申请表", Rows: true, Locked: "申请表照登记的内容打印。", Text: "登记编号｜{登记编号?}\n向哪个机关申请｜{机关?}\n申请人类别｜{申请人类别?}\n姓名或者名称｜{姓名?}\n证件名称和号码（统一社会信用代码）｜{证件?}\n法定代表人、联系人｜{代表?}\n联系电话｜{电话?}\n电子邮箱｜{邮箱?}\n通信地址｜{地址?}\n所需信息的名称、文号或者其他特征描述｜{内容?}\n获取信息的方式｜{获取方式?}\n送达途径｜{送达途径?}\n申请日期｜{申请日期?}\n申请人签名（盖章）｜"},
		{ID: "note", Label: "说明", Text: "填写说明：请尽量写明所需信息的名称、文号或者便于查询的其他特征；不需要说明用途。填写有困难的，可以口头提出，由工作人员代为填写。个人信息只用于办理本件申请。"}}},
	{ID: LetterReceipt, Title: "政府信息公开申请登记回执", Rules: []string{"A-60", "A-70", "A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "收到", Text: "本机关于{收到日期}收到{您}的政府信息公开申请，登记编号为{登记编号}。"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "本机关将依照" + regulation + "第三十三条，自收到申请之日起20个工作日内答复；需要延长答复期限的，延长的期限最长不超过20个工作日，并另行告知。征求第三方和其他机关意见所需时间不计算在内。"},
		{ID: "due", Label: "最迟答复日期", Locked: lockedDue, Optional: true, Text: "按现在登记的情况，最迟答复日期{最迟答复日期}。"}}},
	{ID: LetterCorrection, Title: "政府信息公开申请补正告知书", Rules: []string{"A-72", "A-73", "A-74", "A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关于{收到日期}收到{您}提出的政府信息公开申请（登记编号：{登记编号}）。申请内容不明确，依照" + regulation + "第三十条，请对下列事项补正："},
		{ID: "points", Label: "补正事项", Text: "{补正事项}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "请在收到本告知书之日起{补正期限}个工作日内补正。答复期限自本机关收到补正之日起计算。没有正当理由逾期不补正的，视为放弃申请，本机关不再处理该申请。"}}},
	{ID: LetterExtension, Title: "政府信息公开延期答复告知书", Rules: []string{"A-71", "A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关于{收到日期}收到{您}提出的政府信息公开申请（登记编号：{登记编号}）。因{延期原因}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "依照" + regulation + "第三十三条，经本机关政府信息公开工作机构负责人同意，答复期限延长{延长天数}个工作日。"},
		{ID: "due", Label: "最迟答复日期", Locked: lockedDue, Optional: true, Text: "延长以后，最迟答复日期{最迟答复日期}。"}}},
	{ID: LetterTransfer, Title: "政府信息公开申请转送告知书", Rules: []string{"A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "{您}的政府信息公开申请（{登记编号}）已转送{接办机关}办理，该机关登记编号为{接办编号}。"},
		{ID: "reason", Label: "转送原因", Text: "转送原因：{转送原因}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "答复期限自该机关收到之日起依法计算。"}}},
	{ID: LetterThird, Title: "征求第三方意见书", Rules: []string{"A-76", "A-116"}, To: PartyMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关收到政府信息公开申请，申请公开的内容涉及贵方：{涉及内容}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "依照" + regulation + "第三十二条，请自收到本意见书之日起15个工作日内提出是否同意公开的意见；不同意公开的，请说明理由。逾期没有提出意见的，由本机关依照条例的规定决定是否公开。不同意公开且有合理理由的，本机关不予公开；本机关认为不公开可能对公共利益造成重大影响的，可以决定予以公开，并将决定公开的内容和理由书面告知。"},
		{ID: "online", Label: "网上答复", Text: "{网上答复}", Optional: true, Locked: "查询码在显示和下载时填入。"}}},
	{ID: LetterOpinion, Title: "第三方意见反馈表", Rules: []string{"A-76"}, Unsent: true, Paras: []Para{
		{ID: "form", Label: "反馈表", Rows: true, Locked: "由第三方填写。", Text: "征求意见的机关｜{机关?}\n登记编号｜{登记编号?}\n涉及的内容｜{涉及内容?}\n收到意见书的日期｜　　　　年　　月　　日\n意见（请选一项）｜□ 同意公开　　□ 不同意公开　　□ 部分同意公开\n不同意公开的部分和理由｜／／／\n单位盖章或者本人签名｜／\n填写日期｜　　　　年　　月　　日"},
		{ID: "note", Label: "说明", Text: "请自收到征求意见书之日起15个工作日内交回。"}}},
	{ID: LetterOrgans, Title: "征求其他机关意见函", Rules: []string{"A-77", "A-78", "A-116"}, To: PartyMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关收到政府信息公开申请，申请公开的内容涉及贵机关：{涉及内容}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "{机关答复期限}"}}},
	{ID: LetterReasons, Title: "政府信息公开申请说明理由告知书", Rules: []string{"A-79", "A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关于{收到日期}收到{您}提出的政府信息公开申请（登记编号：{登记编号}）。{您}申请公开政府信息的数量、频次明显超过合理范围：本年已提出{本年件数}件，本月已提出{本月件数}件。"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "依照" + regulation + "第三十五条，请在{说明期限}以前书面说明理由。本机关认为申请理由不合理的，不予处理；理由合理但是无法在规定期限内答复的，确定延迟答复的合理期限并告知{您}。"}}},
	{ID: LetterDelay, Title: "政府信息公开延迟答复告知书", Rules: []string{"A-79", "A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关于{收到日期}收到{您}提出的政府信息公开申请（登记编号：{登记编号}）。{您}说明的理由合理，因{延迟原因}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "本机关无法在规定期限内答复。依照" + regulation + "第三十五条，答复延迟{延迟天数}个工作日。"}}},
	{ID: LetterFee, Title: "政府信息公开信息处理费收费通知", Rules: []string{"C-06", "C-07", "C-09", "A-116"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关于{收到日期}收到{您}提出的政府信息公开申请（登记编号：{登记编号}）。{您}申请公开政府信息的数量、频次明显超过合理范围：{收费理由}"},
		{ID: "basis", Label: "依据和标准", Locked: "标准来自收费标准的设置。", Text: "依照" + regulation + "第四十二条和{收费依据}，本机关对这件申请收取信息处理费。收费标准：{收费标准}"},
		{ID: "sum", Label: "金额", Locked: "金额按收费标准算出。", Text: "收费金额：{计费方式}，{数量}，应缴{金额}元（大写：{大写}）。缴费方式：{缴费方式}"},
		{ID: "limit", Label: "期限", Locked: lockedLimit, Text: "请自收到本通知次日起{缴费期限}日内缴清，缴费后领取财政票据。缴清的，答复期限自缴清次日起重新计算；逾期未缴清的，视为放弃申请，本机关不再处理该申请。"}}},
	{ID: LetterOverride, Title: "告知第三方公开决定书", Rules: []string{"A-76", "A-92", "A-99"}, To: PartyMark, Paras: []Para{
		{ID: "body", Label: "经过", Text: "本机关就政府信息公开申请向贵方征求意见，贵方于{第三方答复日期}表示不同意公开。"},
		{ID: "result", Label: "决定", Locked: lockedLaw, Text: "经审查，本机关认为不公开可能对公共利益造成重大影响，依照" + regulation + "第十五条、第三十二条，决定公开下列内容：{公开内容}"},
		{ID: "reason", Label: "理由", Text: "理由：{公开理由}"},
		{ID: "remedy", Label: "救济途径", Locked: lockedRemedy, Text: "{救济途径}"}}},
	{ID: LetterDelivery, Title: "送达回证", Rules: []string{"A-84", "A-85"}, Unsent: true, Paras: []Para{
		{ID: "form", Label: "送达回证", Rows: true, Locked: "由送达人和受送达人填写。", Text: "送达机关｜{机关?}\n登记编号｜{登记编号?}\n送达文书名称和文号｜{文书?}\n受送达人｜" + ApplicantMark + "\n送达地址｜{送达地址?}\n送达方式｜{送达方式?}\n收到日期｜　　　　年　　月　　日　　时\n受送达人签名（盖章）｜／\n代收人签名和代收理由｜／\n送达人签名｜／\n备注｜／"},
		{ID: "note", Label: "说明", Text: "邮寄送达的，交中国邮政寄递，并附邮件凭证。"}}},
	{ID: LetterRecord, Title: "政府信息更正答复书", Rules: []string{"A-101"}, To: ApplicantMark, Paras: []Para{
		{ID: "body", Label: "事由", Text: "本机关于{收到日期}收到{您}提出的更正与自身相关的政府信息的申请（登记编号：{登记编号}），涉及的记录为：{涉及记录}"},
		{ID: "result", Label: "结果", Text: "经审核，依照" + regulation + "第四十一条，{更正结果}"},
		{ID: "remedy", Label: "救济途径", Locked: lockedRemedy, Text: "{救济途径}"}}},
}

// FindTemplate is a document of A8.7 by its id.
func FindTemplate(id string) (Template, bool) {
	i := slices.IndexFunc(Templates, func(t Template) bool { return t.ID == id })
	if i < 0 {
		return Template{}, false
	}
	t := Templates[i]
	t.Version = templateVersion
	return t, true
}
