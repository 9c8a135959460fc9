package clock

const (
	regulation = "《中华人民共和国政府信息公开条例》"
	feeRules   = "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）"
)

// requestLimits are those of disclosure on request (handbook A8, C).
var requestLimits = []Limit{
	{Rule: "A-60", Name: "当面提交的，提交之日为收到之日", Moves: "A-70", Basis: regulation + "第三十一条", Mark: "V"},
	{Rule: "A-61", Name: "邮寄签收的，签收之日为收到之日", Moves: "A-70", Basis: regulation + "第三十一条", Mark: "V"},
	{Rule: "A-62", Name: "平常信函，与申请人确认之日为收到之日", Moves: "A-70", Basis: regulation + "第三十一条", Mark: "V"},
	{Rule: "A-63", Name: "网上提交和传真，双方确认之日为收到之日", Moves: "A-70", Basis: regulation + "第三十一条", Mark: "V"},
	{Rule: "A-62.confirm", Name: "与申请人确认收到平常信函", Number: 0, Unit: Day, Stays: true, Starts: []Event{Arrived}, Ends: []Event{ConfirmedWithApplicant}, Basis: regulation + "第三十一条", Mark: "V"},
	{Rule: "A-63.confirm", Name: "确认收到网上提交的申请", Number: 1, Unit: WorkingDay, Starts: []Event{Submitted}, Ends: []Event{StaffConfirmed, BothConfirmed}, Basis: regulation + "第三十一条；系统规则：次一工作日结束自动确认", Mark: "DECISION"},
	{Rule: "A-70", Name: "答复政府信息公开申请", Way: Answering, Number: 20, Unit: WorkingDay, Ends: []Event{AnswerServed, Posted}, Basis: regulation + "第三十三条", Mark: "V"},
	{Rule: "A-71", Name: "延长答复期限（最多20个工作日，一次）", Moves: "A-70", Basis: regulation + "第三十三条", Mark: "V"},
	{Rule: "A-72", Name: "一次性告知补正", Way: Correcting, Number: 7, Unit: WorkingDay, Ends: []Event{CorrectionNoticeSent}, Basis: regulation + "第三十条", Mark: "V"},
	{Rule: "A-73", Name: "收到补正后重新计算答复期限", Moves: "A-70", Basis: regulation + "第三十条", Mark: "V"},
	{Rule: "A-74", Name: "无正当理由逾期不补正的，视为放弃申请", Moves: "A-70", Basis: regulation + "第三十条", Mark: "V"},
	{Rule: "A-75", Name: "申请人补正", Stated: true, Number: 15, Unit: WorkingDay, Bearer: Citizen, Starts: []Event{CorrectionNoticeServed, CorrectionNoticeSent}, Ends: []Event{CorrectionReceived}, Basis: regulation + "第三十条（合理期限，默认15个工作日）", Mark: "DECISION"},
	{Rule: "A-76", Name: "征求第三方意见的时间不计入答复期限", Moves: "A-70", Basis: regulation + "第三十二条、第三十三条", Mark: "V"},
	{Rule: "A-76.parallel", Name: "同时征求多方意见的时间合并计算", Moves: "A-70", Basis: regulation + "第三十二条至第三十四条", Mark: "DECISION"},
	{Rule: "A-76.reply", Name: "第三方提出意见", Way: Replying, Number: 15, Unit: WorkingDay, Bearer: Citizen, Starts: []Event{ConsultReceived}, Ends: []Event{ReplyReceived}, Basis: regulation + "第三十二条", Mark: "V"},
	{Rule: "A-77", Name: "征求共同制作机关意见的时间不计入答复期限", Moves: "A-70", Basis: regulation + "第三十三条、第三十四条", Mark: "V"},
	{Rule: "A-77.reply", Name: "共同制作机关提出意见", Way: Replying, Number: 15, Unit: WorkingDay, Starts: []Event{ConsultReceived}, Ends: []Event{ReplyReceived}, Basis: regulation + "第三十四条", Mark: "V"},
	{Rule: "A-78", Name: "征求其他机关意见的时间不计入答复期限", Moves: "A-70", Basis: regulation + "第三十三条", Mark: "V"},
	{Rule: "A-79", Name: "数量、频次明显超过合理范围，告知合理延迟", Moves: "A-70", Basis: regulation + "第三十五条", Mark: "V"},
	{Rule: "A-84", Name: "答复日期：当面送达为签收之日，邮寄为交邮之日", Moves: "A-70", Basis: "国办公开办函〔2016〕235号", Mark: "V"},
	{Rule: "A-101", Name: "更正与申请人自身相关的信息", Number: 20, Unit: WorkingDay, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: regulation + "第四十一条（条例未规定期限，默认20个工作日）", Mark: "DECISION"},
	{Rule: "A-101.longest", Name: "更正与申请人自身相关的信息，最长", Number: 2, Unit: Month, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: "《中华人民共和国行政诉讼法》第四十七条", Mark: "DECISION"},
	{Rule: "C-06", Name: "处理期限内发出收费通知", Moves: "A-70", Basis: feeRules, Mark: "M-high"},
	{Rule: "C-07", Name: "申请人缴纳信息处理费", Number: 30, Unit: Day, Bearer: Citizen, Starts: []Event{FeeNoticeReceived}, Ends: []Event{FeePaid}, Basis: feeRules, Mark: "M-high"},
	{Rule: "C-08", Name: "缴清费用次日起重新计算处理期限", Moves: "A-70", Basis: feeRules, Mark: "M-high"},
}

const (
	reconsideration = "《中华人民共和国行政复议法》"
	litigation      = "《中华人民共和国行政诉讼法》"
	interpretation  = "《最高人民法院关于适用〈中华人民共和国行政诉讼法〉的解释》"
)

// remedyLimits are those of reconsideration and litigation (handbook A8.6).
var remedyLimits = []Limit{
	{Rule: "A-90", Name: "申请行政复议", Number: 60, Unit: Day, Bearer: Citizen, Untold: 12, Starts: []Event{AnswerServed, SignedFor}, Basis: reconsideration + "第二十条", Mark: "V"},
	{Rule: "A-90.longest", Name: "申请行政复议，最长", Number: 60, Unit: Month, Bearer: Citizen, Starts: []Event{AnswerServed}, Basis: reconsideration + "第二十一条", Mark: "V"},
	{Rule: "A-92", Name: "直接提起行政诉讼", Number: 6, Unit: Month, Bearer: Citizen, Untold: 12, Starts: []Event{AnswerServed, SignedFor}, Basis: litigation + "第四十六条，" + interpretation + "第六十四条", Mark: "V"},
	{Rule: "A-92.longest", Name: "提起行政诉讼，最长", Number: 60, Unit: Month, Bearer: Citizen, Starts: []Event{AnswerServed}, Basis: litigation + "第四十六条", Mark: "V"},
	{Rule: "A-93", Name: "不服复议决定提起行政诉讼", Number: 15, Unit: Day, Bearer: Citizen, Untold: 12, Starts: []Event{ReconsiderationServed}, Basis: litigation + "第四十五条，" + interpretation + "第六十四条", Mark: "V"},
	{Rule: "A-93.silence", Name: "复议机关逾期不作决定，提起行政诉讼", Number: 15, Unit: Day, Bearer: Citizen, Starts: []Event{PeriodEnded}, Basis: litigation + "第四十五条", Mark: "V"},
	{Rule: "A-96", Name: "复议机关作出复议决定（普通程序）", Number: 60, Unit: Day, Ends: []Event{ReconsiderationServed}, Basis: reconsideration + "第六十二条", Mark: "V"},
	{Rule: "A-96.extended", Name: "复议机关作出复议决定（普通程序，经批准延长）", Number: 90, Unit: Day, Ends: []Event{ReconsiderationServed}, Basis: reconsideration + "第六十二条", Mark: "V"},
	{Rule: "A-96.simple", Name: "复议机关作出复议决定（简易程序）", Number: 30, Unit: Day, Ends: []Event{ReconsiderationServed}, Basis: reconsideration + "第五十三条、第六十二条", Mark: "V"},
	{Rule: "A-96.court", Name: "人民法院审结（简易程序）", Number: 45, Unit: Day, Basis: litigation + "第八十二条、第八十三条", Mark: "V"},
	{Rule: "A-117", Name: "逾期未答复，申请行政复议", Number: 60, Unit: Day, Bearer: Citizen, Starts: []Event{PeriodEnded}, Basis: "《中华人民共和国行政复议法实施条例》第十六条", Mark: "V"},
	{Rule: "A-117.suit", Name: "逾期未答复，提起行政诉讼", Number: 6, Unit: Month, Bearer: Citizen, Starts: []Event{PeriodEnded}, Basis: interpretation + "第六十六条", Mark: "V"},
	{Rule: "A-118", Name: "提交行政复议答复书和证据（普通程序）", Number: 10, Unit: WorkingDay, Basis: reconsideration + "第四十八条、第八十八条", Mark: "V"},
	{Rule: "A-118.simple", Name: "提交行政复议答复书和证据（简易程序）", Number: 5, Unit: WorkingDay, Basis: reconsideration + "第五十四条、第八十八条", Mark: "V"},
	{Rule: "A-118.court", Name: "提交答辩状和证据", Number: 15, Unit: Day, Basis: litigation + "第六十七条", Mark: "V"},
	{Rule: "A-118.report", Name: "报告行政复议意见书的落实情况", Number: 60, Unit: Day, Basis: reconsideration + "第七十六条", Mark: "V"},
}
