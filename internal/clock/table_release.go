package clock

const budgetLaw = "《中华人民共和国预算法》"

// releaseLimits are those of proactive disclosure (handbook A4 to A6, B1, F).
var releaseLimits = []Limit{
	{Rule: "A-26", Name: "重新评估不予公开的信息", Number: 12, Unit: Month, Starts: []Event{InformationFormed}, Basis: regulation + "第十八条（定期评估，默认12个月）", Mark: "DECISION"},
	{Rule: "A-27", Name: "保存个人信息保护影响评估报告和处理记录", Number: 36, Unit: Month, Least: true, Starts: []Event{InformationFormed}, Basis: "《中华人民共和国个人信息保护法》第五十六条", Mark: "V"},
	{Rule: "A-30", Name: "公开主动公开的政府信息", Number: 20, Unit: WorkingDay, Starts: []Event{InformationFormed}, Ends: []Event{DocumentPublished}, Basis: regulation + "第二十六条", Mark: "V"},
	{Rule: "P02", Name: "更新领导信息", Number: 20, Unit: WorkingDay, Starts: []Event{InformationFormed}, Ends: []Event{DocumentPublished}, Basis: regulation + "第二十条第（二）项、第二十六条", Mark: "V"},
	{Rule: "A-31", Name: "公示行政许可、行政处罚决定", Number: 7, Unit: WorkingDay, Starts: []Event{DecisionMade}, Ends: []Event{DocumentPublished}, Basis: "《国务院办公厅关于全面推行行政执法公示制度执法全过程记录制度重大执法决定法制审核制度的指导意见》（国办发〔2018〕118号）", Mark: "V"},
	{Rule: "A-31.other", Name: "公示其他行政执法决定", Number: 20, Unit: WorkingDay, Starts: []Event{DecisionMade, InformationFormed}, Ends: []Event{DocumentPublished}, Basis: "国办发〔2018〕118号", Mark: "V"},
	{Rule: "A-31.statistics", Name: "公开上年度行政执法总体情况", Unit: FixedDate, Month: 1, Day: 31, Starts: []Event{PeriodEnded}, Ends: []Event{DocumentPublished}, Basis: "国办发〔2018〕118号", Mark: "V"},
	{Rule: "A-32", Name: "公开政府预算、决算", Number: 20, Unit: Day, Starts: []Event{BudgetApproved}, Ends: []Event{DocumentPublished}, Basis: budgetLaw + "第十四条", Mark: "V"},
	{Rule: "A-32.department", Name: "公开部门预算、决算", Number: 20, Unit: Day, Starts: []Event{BudgetApproved}, Ends: []Event{DocumentPublished}, Basis: budgetLaw + "第十四条", Mark: "V"},
	{Rule: "A-33", Name: "撤回已公开的行政处罚决定并说明理由", Number: 3, Unit: WorkingDay, Starts: []Event{DecisionVoided, DecisionMade, InformationFormed}, Ends: []Event{DocumentPublished}, Basis: "《中华人民共和国行政处罚法》第四十八条、第八十五条", Mark: "V"},
	{Rule: "A-34", Name: "公开法治政府建设年度报告", Unit: FixedDate, Month: 3, Day: 31, Starts: []Event{PeriodEnded}, Ends: []Event{DocumentPublished}, Basis: "《法治政府建设与责任落实督察工作规定》（4月1日之前）", Mark: "V*"},
	{Rule: "A-36", Name: "公开建议提案办理答复", Number: 20, Unit: WorkingDay, Starts: []Event{InformationFormed}, Ends: []Event{DocumentPublished}, Basis: "国办发〔2014〕46号和省级规定", Mark: "V*"},
	{Rule: "A-37", Name: "公开部门所属单位预算、决算", Number: 20, Unit: Day, Starts: []Event{BudgetApproved}, Ends: []Event{DocumentPublished}, Basis: "《中华人民共和国预算法实施条例》第六条", Mark: "V"},
	{Rule: "A-38", Name: "公开预算执行审计工作报告", Number: 20, Unit: WorkingDay, Starts: []Event{InformationFormed}, Ends: []Event{DocumentPublished}, Basis: budgetLaw + "第八十九条，" + regulation + "第二十六条", Mark: "V"},
	{Rule: "B-01", Name: "报送并公布部门政府信息公开工作年度报告", Unit: FixedDate, Month: 1, Day: 31, Starts: []Event{PeriodEnded}, Ends: []Event{DocumentPublished}, Basis: regulation + "第四十九条", Mark: "V"},
	{Rule: "B-02", Name: "公布本级政府信息公开工作年度报告", Unit: FixedDate, Month: 3, Day: 31, Starts: []Event{PeriodEnded}, Ends: []Event{DocumentPublished}, Basis: regulation + "第四十九条", Mark: "V"},
	{Rule: "B-06", Name: "报送并公布乡镇、街道政府信息公开工作年度报告", Unit: FixedDate, Month: 1, Day: 31, Starts: []Event{PeriodEnded}, Ends: []Event{DocumentPublished}, Basis: regulation + "第四十九条（乡镇未另行规定）", Mark: "DECISION"},
	{Rule: "F-21", Name: "行政规范性文件公开征求意见", Number: 30, Unit: Day, Least: true, Starts: []Event{DocumentPublished}, Ends: []Event{Closed}, Basis: "《规章制定程序条例》第十五条、第三十六条", Mark: "DECISION"},
	{Rule: "F-22", Name: "完成合法性审核", Number: 15, Unit: WorkingDay, Basis: "国办发〔2018〕115号", Mark: "V"},
	{Rule: "F-22.least", Name: "合法性审核的最短时间", Number: 5, Unit: WorkingDay, Least: true, Ends: []Event{Closed}, Basis: "国办发〔2018〕115号", Mark: "V"},
	{Rule: "F-30", Name: "有效期届满前评估的起始日", Number: -6, Unit: Month, Starts: []Event{PeriodEnded}, Basis: "规范性文件管理办法（有效期届满前6个月内评估）", Mark: "V*"},
	{Rule: "F-32", Name: "规章、规范性文件报送备案", Number: 30, Unit: Day, Starts: []Event{DocumentPublished}, Basis: "《规章制定程序条例》第三十四条，《中华人民共和国立法法》第一百零九条，地方备案审查条例", Mark: "V"},
	{Rule: "F-32.superior", Name: "规范性文件报上级政府备案（未核实，以本省规定为准）", Number: 15, Unit: Day, Starts: []Event{DocumentPublished}, Basis: "省级规定", Mark: "M-low"},
	{Rule: "F-43", Name: "公开政策解读材料", Number: 3, Unit: WorkingDay, Starts: []Event{DocumentPublished}, Basis: "国办发〔2016〕19号", Mark: "V*"},
	{Rule: "F-50", Name: "特别重大、重大突发事件发布权威信息", Number: 5, Unit: Hour, Starts: []Event{Discovered}, Basis: "国办发〔2016〕61号和地方通知", Mark: "M-high"},
	{Rule: "F-50.press", Name: "特别重大、重大突发事件举行新闻发布会", Number: 24, Unit: Hour, Starts: []Event{Discovered}, Basis: "国办发〔2016〕61号", Mark: "V"},
	{Rule: "F-51", Name: "回应其他政务舆情", Number: 48, Unit: Hour, Starts: []Event{Discovered}, Basis: "国办发〔2016〕61号", Mark: "V"},
	{Rule: "F-64", Name: "重大行政决策公开征求意见", Number: 30, Unit: Day, Least: true, Starts: []Event{DocumentPublished}, Ends: []Event{Closed}, Basis: "《重大行政决策程序暂行条例》第十五条", Mark: "V"},
	{Rule: "F-65", Name: "听证材料送达参加人的最后一日", Number: -7, Unit: Day, Basis: "《重大行政决策程序暂行条例》第十六条", Mark: "V"},
	{Rule: "F-66", Name: "反馈公众意见采纳情况（地方规定，国家未定期限）", Number: 1, Unit: Month, Starts: []Event{Closed}, Ends: []Event{DocumentPublished}, Basis: "地方政务公开工作要点", Mark: "V*"},
	{Rule: "F-69", Name: "重大行政决策合法性审查的最短时间", Number: 7, Unit: WorkingDay, Least: true, Ends: []Event{Closed}, Basis: "《重大行政决策程序暂行条例》第二十六条", Mark: "V"},
}
