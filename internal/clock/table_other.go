package clock

const (
	inspection = "《政府网站与政务新媒体检查指标》（国办秘函〔2019〕19号）"
	siteGuide  = "《政府网站发展指引》（国办发〔2017〕47号）"
)

// otherLimits are those of sites, mailbox and patrol (handbook E). Windows of
// an inspection are looked at on their very day and do not move off a rest day.
var otherLimits = []Limit{
	{Rule: "E-05", Name: "每季度检查政府网站和政务新媒体并公布结果", Unit: QuarterEnd, Ends: []Event{DocumentPublished}, Basis: inspection, Mark: "V*"},
	{Rule: "E-11", Name: "站点无法访问的观察期", Number: 7, Unit: Day, Stays: true, Starts: []Event{Discovered}, Basis: inspection, Mark: "V*"},
	{Rule: "E-12", Name: "更新首页", Number: 14, Unit: Day, Stays: true, Starts: []Event{DocumentPublished}, Basis: inspection, Mark: "V*"},
	{Rule: "E-13.news", Name: "更新动态、要闻类栏目", Number: 14, Unit: Day, Stays: true, Starts: []Event{DocumentPublished}, Basis: inspection, Mark: "V*"},
	{Rule: "E-13.policy", Name: "更新通知公告、政策文件类一级栏目", Number: 6, Unit: Month, Stays: true, Starts: []Event{DocumentPublished}, Basis: inspection, Mark: "V*"},
	{Rule: "E-14", Name: "回应咨询留言，逾期单项否决", Number: 3, Unit: Month, Stays: true, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: inspection, Mark: "V*"},
	{Rule: "E-21", Name: "更新政务新媒体", Number: 14, Unit: Day, Stays: true, Starts: []Event{DocumentPublished}, Basis: inspection, Mark: "V*"},
	{Rule: "E-36", Name: "答复简单常见的咨询留言", Number: 5, Unit: WorkingDay, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: "政府网站检查通报", Mark: "V*"},
	{Rule: "E-47", Name: "办结“我为政府网站找错”留言，逾期扣分", Number: 1, Unit: Month, Stays: true, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: "政府网站与政务新媒体监管工作年度考核指标", Mark: "V*"},
	{Rule: "E-50", Name: "转交“我为政府网站找错”留言", Number: 1, Unit: WorkingDay, Starts: []Event{Submitted}, Basis: siteGuide, Mark: "M-high"},
	{Rule: "E-51", Name: "答复“我为政府网站找错”留言", Number: 3, Unit: WorkingDay, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: siteGuide, Mark: "V*"},
	{Rule: "E-54", Name: "找错留言未办结预警", Number: 20, Unit: Day, Stays: true, Starts: []Event{Submitted}, Ends: []Event{AnswerServed}, Basis: "系统规则（早于一个月的扣分期限）", Mark: "DECISION"},
	{Rule: "E-70", Name: "公布政府网站工作年度报表", Unit: FixedDate, Month: 1, Day: 31, Starts: []Event{PeriodEnded}, Ends: []Event{DocumentPublished}, Basis: siteGuide, Mark: "M-high"},
	{Rule: "E-71", Name: "网站临时下线后恢复（未核实）", Number: 30, Unit: Day, Stays: true, Basis: siteGuide, Mark: "M-mid"},
	{Rule: "G.alarm", Name: "录入下一年放假安排，逾期提醒管理员", Unit: FixedDate, Month: 12, Day: 1, Basis: "系统规则", Mark: "DECISION"},
}
