// Package ground is the table of legal grounds for not disclosing (handbook
// A3): one table for drafts that are withheld and for requests that are refused.
package ground

import "slices"

// Ground is a legal ground for not disclosing.
type Ground struct {
	Code string // stands in rows and in the annual report
	Name string
	Law  string // article of the Regulation
}

// All are the grounds of A3, in the order of the law.
var All = []Ground{
	{"DENY_SECRET", "依法确定为国家秘密", "第十四条"},
	{"DENY_LAW", "法律、行政法规禁止公开", "第十四条"},
	{"DENY_SAFETY", "公开后可能危及国家安全、公共安全、经济安全、社会稳定", "第十四条"},
	{"DENY_THIRD", "涉及商业秘密、个人隐私等，公开会损害第三方合法权益", "第十五条"},
	{"DENY_INTERNAL", "内部事务信息（人事管理、后勤管理、内部工作流程）", "第十六条第一款"},
	{"DENY_PROCESS", "过程性信息（讨论记录、过程稿、磋商信函、请示报告）", "第十六条第二款"},
	{"DENY_ENFORCE", "行政执法案卷信息", "第十六条第二款"},
}

// Named finds a ground by its code.
func Named(code string) (Ground, bool) {
	i := slices.IndexFunc(All, func(g Ground) bool { return g.Code == code })
	if i < 0 {
		return Ground{}, false
	}
	return All[i], true
}
