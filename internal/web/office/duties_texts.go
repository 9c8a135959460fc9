package office

// The words of the first page and of cases.
const (
	textNoDuties        = "今天没有要办的事。"
	textNoDutiesHere    = "这一类里没有等您办的事。"
	textCalendarMissing = "%d 年的放假安排还没有录入，涉及该年的期限都是暂定的。请在国务院办公厅通知公布后录入。"
	textUrged           = "已催办 %d 次"
	textStopped         = "停止计时"
	textUndated         = "不限时"
	textLate            = "已逾期，%s到期"
	textBefore          = "今天 %s 前"
	textDueToday        = "今天到期"
	textNoWorkdays      = "%s到期，其间没有工作日"
	textLeft            = "还剩 %d 个工作日，%s到期"
	textProvisional     = "（暂定）"
)
