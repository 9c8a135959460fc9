package testcity

// SlipSeed is a text of the story city on its way to the public: how far it
// has come, and why it stands there. All of it is invented.
type SlipSeed struct {
	Title     string
	DocNo     string
	Kind      string
	Text      string
	Attribute string
	Reason    string
	Ground    string
	Stage     string // draft, checking, signing, returned, withheld
	DaysAgo   int    // when the information was formed
}

// Slips lists the drafts with which the demonstration begins, one for each
// thing that a person of the education bureau may have to do today.
func Slips() []SlipSeed {
	return []SlipSeed{
		{Title: "清河市教育局关于调整2027年春季学期校历的通知", DocNo: "清教〔2026〕61号", Kind: "通知", Attribute: "主动公开", Stage: "draft", DaysAgo: 2,
			Text: "清河市教育局关于调整2027年春季学期校历的通知\n清教〔2026〕61号\n\n各区县教育局，局属各学校：\n\n经研究，现将2027年春季学期校历有关安排通知如下。\n\n一、开学时间\n\n全市中小学2027年2月22日开学，2月20日、21日教师到岗。\n\n二、放假时间\n\n7月3日放暑假。\n\n三、有关要求\n\n各学校要在11月30日前把校历告知学生和家长。\n\n清河市教育局\n2026年11月19日\n\n（此件公开发布）"},
		{Title: "清河市教育局关于公布2026年校外培训机构年检结果的公告", DocNo: "清教公告〔2026〕8号", Kind: "公告", Attribute: "主动公开", Stage: "checking", DaysAgo: 18,
			Text: "清河市教育局关于公布2026年校外培训机构年检结果的公告\n清教公告〔2026〕8号\n\n2026年全市应检校外培训机构42家，实检42家，其中合格39家，基本合格2家，不合格1家。现予公布。\n\n一、合格机构应当在教学场所显著位置公示年检结果。\n\n二、不合格机构应当在收到整改通知之日起30日内完成整改。\n\n清河市教育局\n2026年11月2日\n\n（此件公开发布）"},
		{Title: "清河市教育局关于做好冬季校园供暖和用电安全工作的通知", DocNo: "清教〔2026〕58号", Kind: "通知", Attribute: "主动公开", Stage: "signing", DaysAgo: 6,
			Text: "清河市教育局关于做好冬季校园供暖和用电安全工作的通知\n清教〔2026〕58号\n\n各区县教育局，局属各学校：\n\n一、11月25日前完成供暖设施、电气线路的检查。\n\n二、教室、宿舍不得使用明火取暖。\n\n三、发现隐患立即整改，整改情况在校内公示。\n\n清河市教育局\n2026年11月14日\n\n（此件公开发布）"},
		{Title: "清河市教育局关于组织教师资格定期注册的通知", DocNo: "清教〔2026〕55号", Kind: "通知", Attribute: "主动公开", Stage: "returned", DaysAgo: 9,
			Text: "清河市教育局关于组织教师资格定期注册的通知\n清教〔2026〕55号\n\n各学校：\n\n2026年教师资格定期注册工作于12月1日开始。请各学校于12月10日前汇总材料，送我局行政审批科。\n\n清河市教育局\n2026年11月11日\n\n（此件公开发布）"},
		{Title: "义务教育学校布局调整讨论稿", Kind: "意见", Attribute: "不予公开", Reason: "正在讨论、研究，尚未形成正式意见，公开会影响决策", Ground: "DENY_PROCESS", Stage: "withheld", DaysAgo: 4,
			Text: "义务教育学校布局调整讨论稿\n\n本稿供内部讨论，各方案均未定。"},
	}
}
