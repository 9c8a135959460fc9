package office

import (
	"gongkai/internal/access"
	"gongkai/internal/casework"
)

// The words of the register and of the page of a case.
const (
	textCases        = "事项"
	textAnyKind      = "全部种类"
	textAnyOrgan     = "全部机构"
	textAnyClass     = "全部"
	textNobody       = "没有等待办理的步骤"
	textClosedCase   = "已办结"
	textAnybody      = "%s的%s"
	textGoneOrgan    = "（已撤销的机构）"
	textNoDueOfCase  = "没有办理期限"
	textPlannedHour  = "这个时间是事先定好的，不按期限计算。"
	textNoSum        = "这一步没有法定期限。"
	textLimitLine    = "%s：%s。依据：%s"
	textActDone      = "“%s”已办理，记为第 %d 号记录。%s"
	textActAgain     = "这张表单刚才已经提交过，没有重复办理。"
	textNowWaits     = "下一步：%s，轮到%s。"
	textNowClosed    = "这件事项已经办结。"
	textHanded       = "已转给%s，对方会收到通知。"
	textUrgedNow     = "已催办，等这一步的人会收到通知。"
	textTakenUp      = "这一步现在由您办理。"
	textNoForm       = "这种办理操作不在本页，请到它自己的页面办理。"
	textTimeline     = "办理记录"
	textNoCandidates = "没有别的人有办理这一步的权限。请先由系统管理员授予角色。"
	textSystemActor  = "系统"
	textThirdActor   = "被征求意见方"
	textAskerActor   = "申请人"
	textConsoleActor = "控制台"
	textReason       = "原因"
	textOpinion      = "意见"
	textNotices      = "通知"
	textNoticesRead  = "%d 条通知已标为已读。"
	textBoard        = "督办看板"
)

// classNames are the classes of a register, in the order of the board's columns.
var classNames = []struct{ class, name string }{
	{"open", "在办"}, {"late", "逾期"}, {"week", "本周到期"}, {"provisional", "期限暂定"}, {"stopped", "停止计时"}, {"returned", "退回过"}, {"closed", "近一年办结"},
}

// recordNames are the fields of the records that events keep, as people know
// them; what has no name here is not shown.
var recordNames = map[string]string{
	"task": "步骤", "from": "原办理人", "to": "接办人", "reason": "原因", "old": "原到期时间", "new": "新到期时间",
	"Reason": "原因", "Opinion": "意见", "Outcome": "结论", "Answer": "批复文号", "Ground": "法律依据", "ReviewOn": "下次复审日期",
	"Signer": "签发人", "Reviewer": "保密审查人", "On": "日期", "Number": "审签单编号", "Legality": "合法性审核意见编号",
	"how": "方式", "with": "对方", "number": "编号", "numbers": "编号", "received_on": "收到日期", "points": "补正事项数", "organ": "机关",
	"opinion": "意见", "outcome": "结论", "round": "轮次", "version": "稿次", "work": "公开文件编号", "ground": "法律依据",
	"days": "天数", "subject": "内部简称", "dispute_kind": "种类", "dispute_body": "复议机关或者法院", "dispute_result": "结果", "came_to": "结果如何",
	"fee_method": "收费方式", "fee_units": "数量", "fee_yuan": "金额（元）", "fee_receipt": "财政票据号", "Text": "意见或者原因",
	"party": "对方", "on": "日期", "agrees": "对方意见", "effect": "对答复期限", "until": "期限", "verdict": "认定", "place": "检索地点", "result": "检索结果", "counsel": "请谁出具", "view": "结论", "edition": "第几版", "help": "事由", "unit": "单位",
}

// homeDoors are pages without a word in the rail.
var homeDoors = []struct {
	name, href string
	act        access.Act
}{
	{textNotices, "/office/notices", access.UseOffice},
	{textAbsence, "/office/absence", access.UseOffice},
	{textCalendar, "/office/calendar", access.LoadCalendar},
	{textOutbox, "/office/outbox", access.WatchOutbox},
}

// ownKinds names the kinds of cases that have a page of their own.
var ownKinds = map[casework.Kind]string{"release": "/office/releases/%d"}
