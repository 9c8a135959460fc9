// Package request is disclosure on request, from receipt to archive (handbook
// A8, C): the application, its clocks, what is asked back and asked of others,
// the decision with its ground, the letters with their remedy paragraph, and
// service. A request is a case of the kernel; who asked lies encrypted.
package request

import "slices"

// Outcome is how an item of a request ends (A8.5).
type Outcome string

// The outcomes. The codes stand in rows and in the annual report.
const (
	GrantPublic  Outcome = "GRANT_PUBLIC"
	Grant        Outcome = "GRANT"
	Partial      Outcome = "PARTIAL"
	DenySecret   Outcome = "DENY_SECRET"
	DenyLaw      Outcome = "DENY_LAW"
	DenySafety   Outcome = "DENY_SAFETY"
	DenyThird    Outcome = "DENY_THIRD"
	DenyInternal Outcome = "DENY_INTERNAL"
	DenyProcess  Outcome = "DENY_PROCESS"
	DenyEnforce  Outcome = "DENY_ENFORCE"
	DenyQuery    Outcome = "DENY_QUERY"
	NotHeld      Outcome = "NA_NOTHELD"
	NotOurs      Outcome = "NA_NOTOURS"
	WouldCreate  Outcome = "NA_CREATE"
	Unclear      Outcome = "NA_UNCLEAR"
	Petition     Outcome = "NP_PETITION"
	Repeat       Outcome = "NP_REPEAT"
	Publication  Outcome = "NP_PUBLICATION"
	Excessive    Outcome = "NP_EXCESSIVE"
	Confirmation Outcome = "NP_CONFIRM"
	NoCorrection Outcome = "OT_NOCORRECT"
	NoFee        Outcome = "OT_NOFEE"
	OtherEnding  Outcome = "OT_OTHER"
)

// OutcomeInfo is one line of A8.5.
type OutcomeInfo struct {
	Code   Outcome
	Name   string // Chinese
	Letter string // name of the letter
	Law    string // article that the letter must quote
	Says   string // what the letter says of the result; %s is the information asked for
	Needs  []Need // what the composer insists on
	Row    string // row of table three of the annual report
	// First reports a refusal that must go to reconsideration before a court.
	First bool
}

// Need is something that a letter of an outcome cannot do without.
type Need string

// The needs.
const (
	NeedReason  Need = "reason"  // why, in words
	NeedWay     Need = "way"     // how and where to get the information
	NeedSearch  Need = "search"  // record of the search: where, who, which words
	NeedContent Need = "content" // the information itself, or how it will be given
	NeedOwner   Need = "owner"   // the organ that has it, when it can be determined
)

const regulation = "《中华人民共和国政府信息公开条例》"

// Outcomes is the table of A8.5 in its order.
var Outcomes = []OutcomeInfo{
	{GrantPublic, "已主动公开", "政府信息公开告知书", regulation + "第三十六条第（一）项", "您申请公开的%s已经主动公开，获取的方式、途径如下。", []Need{NeedWay}, "（一）予以公开", false},
	{Grant, "予以公开", "政府信息公开答复书", regulation + "第三十六条第（二）项", "您申请公开的%s可以公开，本机关予以提供。", []Need{NeedContent}, "（一）予以公开", false},
	{Partial, "部分公开", "政府信息部分公开答复书", regulation + "第三十七条", "您申请公开的%s中含有不应当公开或者不属于政府信息的内容，能够作区分处理，本机关提供可以公开的内容，其余部分不予公开。", []Need{NeedContent, NeedReason}, "（二）部分公开", true},
	{DenySecret, "属于国家秘密", "政府信息不予公开告知书", regulation + "第十四条、第三十六条第（三）项", "您申请公开的%s依法确定为国家秘密，本机关不予公开。", []Need{NeedReason}, "（三）1", true},
	{DenyLaw, "法律、行政法规禁止公开", "政府信息不予公开告知书", regulation + "第十四条、第三十六条第（三）项", "您申请公开的%s属于法律、行政法规禁止公开的政府信息，本机关不予公开。", []Need{NeedReason}, "（三）2", true},
	{DenySafety, "危及国家安全、公共安全、经济安全、社会稳定", "政府信息不予公开告知书", regulation + "第十四条、第三十六条第（三）项", "您申请公开的%s公开后可能危及国家安全、公共安全、经济安全、社会稳定，本机关不予公开。", []Need{NeedReason}, "（三）3", true},
	{DenyThird, "损害第三方合法权益", "政府信息不予公开告知书", regulation + "第十五条、第三十六条第（三）项", "您申请公开的%s涉及商业秘密、个人隐私等，公开会对第三方合法权益造成损害，本机关不予公开。", []Need{NeedReason}, "（三）4", true},
	{DenyInternal, "内部事务信息", "政府信息不予公开告知书", regulation + "第十六条第一款、第三十六条第（三）项", "您申请公开的%s属于内部事务信息，本机关不予公开。", []Need{NeedReason}, "（三）5", true},
	{DenyProcess, "过程性信息", "政府信息不予公开告知书", regulation + "第十六条第二款、第三十六条第（三）项", "您申请公开的%s属于过程性信息，本机关不予公开。", []Need{NeedReason}, "（三）6", true},
	{DenyEnforce, "行政执法案卷信息", "政府信息不予公开告知书", regulation + "第十六条第二款、第三十六条第（三）项", "您申请公开的%s属于行政执法案卷信息，本机关不予公开。", []Need{NeedReason}, "（三）7", true},
	{DenyQuery, "属于行政查询事项", "政府信息公开告知书", regulation + "第三十六条第（七）项", "您申请公开的%s属于登记资料，有关法律、行政法规对它的获取有特别规定，请依照该规定办理。", []Need{NeedReason, NeedWay}, "（三）8", false},
	{NotHeld, "信息不存在", "政府信息不存在告知书", regulation + "第三十六条第（四）项", "经检索，您申请公开的%s不存在。", []Need{NeedSearch}, "（四）1", false},
	{NotOurs, "不属于本机关公开", "非本机关政府信息告知书", regulation + "第三十六条第（五）项", "您申请公开的%s不属于本机关负责公开。", []Need{NeedReason, NeedOwner}, "（四）1", false},
	{WouldCreate, "需要加工、分析", "政府信息公开告知书", regulation + "第三十八条", "您申请公开的%s需要本机关对现有政府信息进行加工、分析，本机关不予提供。", []Need{NeedReason}, "（四）2", false},
	{Unclear, "补正后仍不明确", "政府信息公开告知书", regulation + "第三十条", "经补正，您申请公开的内容仍然不明确，本机关无法提供。", []Need{NeedReason}, "（四）3", false},
	{Petition, "信访、投诉、举报", "政府信息公开告知书", regulation + "第三十九条第一款", "您以政府信息公开申请的形式进行信访、投诉、举报等活动，本机关不作为政府信息公开申请处理。", []Need{NeedReason, NeedWay}, "（五）1", false},
	{Repeat, "重复申请", "政府信息公开告知书", regulation + "第三十六条第（六）项", "您就%s重复申请公开，本机关已经答复，不再重复处理。", []Need{NeedReason}, "（五）2", false},
	{Publication, "要求提供公开出版物", "政府信息公开告知书", regulation + "第三十九条第二款", "您申请公开的%s属于公开出版物，本机关不作为政府信息公开申请处理，获取的途径如下。", []Need{NeedWay}, "（五）3", false},
	{Excessive, "频次明显超过合理范围", "政府信息公开告知书", regulation + "第三十五条", "您申请公开的数量、频次明显超过合理范围，说明的理由不合理，本机关不予处理。", []Need{NeedReason}, "（五）4", false},
	{Confirmation, "要求确认或者重新出具", "政府信息公开告知书", regulation + "第三十六条", "您要求本机关对您已经获取的%s进行确认或者重新出具，本机关不予处理。", []Need{NeedReason}, "（五）5", false},
	{NoCorrection, "逾期不补正", "政府信息公开告知书", regulation + "第三十条", "您没有在规定期限内补正，又没有正当理由，视为放弃申请，本机关不再处理。", nil, "（六）1", false},
	{NoFee, "逾期未缴费", "政府信息公开告知书", "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）", "您没有在规定期限内缴纳信息处理费，视为放弃申请，本机关不再处理。", nil, "（六）2", false},
	{OtherEnding, "其他处理", "政府信息公开告知书", regulation + "第二条", "您申请的%s不属于政府信息。", []Need{NeedReason}, "（六）3", false},
}

// Info is the line of an outcome; false for a code that does not stand in A8.5.
func (o Outcome) Info() (OutcomeInfo, bool) {
	i := slices.IndexFunc(Outcomes, func(x OutcomeInfo) bool { return x.Code == o })
	if i < 0 {
		return OutcomeInfo{}, false
	}
	return Outcomes[i], true
}

// Name is the outcome in Chinese; an unknown code shows itself.
func (o Outcome) Name() string {
	if info, ok := o.Info(); ok {
		return info.Name
	}
	return string(o)
}

// Together is the outcome of a request with several items (A8.5: PARTIAL wins,
// and is counted only there): PARTIAL as soon as something is given and
// something is withheld or is no government information; else the first that
// gives something; else the first.
func Together(items []Outcome) Outcome {
	var given Outcome
	withheld := false
	for _, o := range items {
		switch {
		case o == Partial:
			return Partial
		case o == Grant || o == GrantPublic:
			if given == "" {
				given = o
			}
		case slices.Contains(PartialGrounds, o):
			withheld = true
		}
	}
	switch {
	case given != "" && withheld:
		return Partial
	case given != "":
		return given
	case len(items) == 0:
		return ""
	}
	return items[0]
}

// PartialGrounds are the reasons why a part of an item may be kept back (art
// 37): the grounds of A3, or that it is no government information.
var PartialGrounds = []Outcome{DenySecret, DenyLaw, DenySafety, DenyThird, DenyInternal, DenyProcess, DenyEnforce, DenyQuery, OtherEnding}

// Sorts are the kinds of information that article 16 names (A3).
var Sorts = map[Outcome][]string{DenyInternal: {"人事管理", "后勤管理", "内部工作流程"}, DenyProcess: {"讨论记录", "过程稿", "磋商信函", "请示报告"}}

// NeedsHarm reports a ground of which the letter says what disclosure would harm.
func NeedsHarm(o Outcome) bool { return o == DenySafety || o == DenyThird }
