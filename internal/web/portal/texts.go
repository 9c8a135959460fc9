package portal

import "gongkai/internal/web/ui"

// Every Chinese text that does not stand in a template stands here.
const (
	textSite       = "政府信息公开"
	textHome       = "首页"
	textPolicies   = "政策文件"
	textOrgans     = "机构"
	textDisclosure = "政府信息公开"
	textSearch     = "搜索"
	textSiteMap    = "网站地图"
	textHelp       = "使用帮助"
	textHistory    = "历次文本"
	textCompare    = "文本比较"
	textProof      = "验证存证"
	textWithdrawn  = "已撤下的文件"
	textLimited    = "限定范围公开"
	textStyleGuide = "样式指南"
	textLeave      = "离开本站"

	textNoSuchPage    = "没有“%s”这个网址。"
	textNoSuchWork    = "没有编号为“%s”的文件，或者它还没有公开。"
	textNoSuchFile    = "这份文件没有这个附件。"
	textNoSuchMethod  = "这个地址只供阅读，不接收提交的内容。"
	textBadDay        = "“%s”写的是“%s”，没有这一天。请写成 2025-06-01 或 2025年6月1日。"
	textBadNumber     = "“%s”写的是“%s”。请写一个从 1 开始的数字。"
	textBadAddress    = "网址里有读不懂的字符，请检查后再试。"
	textBadSort       = "“排序”写的是“%s”。可以写 newest、oldest、force 或 title。"
	textBadLevel      = "“范围”写的是“%s”。可以写 document 或 article。"
	textBadLeave      = "要去的网址写得不对。请写以 http:// 或 https:// 开头的完整网址。"
	textLongQuery     = "搜索词请不要超过 %d 个字。"
	textBothAt        = "“日期”和“文本号”只能选一个：去掉其中一个再看。"
	textTable         = "正文中的表格 %d"
	textPreview       = "预览"
	textAmended       = "（这个文本已修改）"
	textNoTextYet     = "这一天还没有文本，没有可以下载的内容。"
	textUnknownKind   = "不能识别的格式"
	textAllYears      = "全部年份"
	textNationalLabel = "全国"

	textEventFirst    = "第 %d 个文本公布"
	textEventNext     = "第 %d 个文本公布（修改）"
	textEventForce    = "第 %d 个文本开始施行"
	textEventForcePre = "第 %d 个文本开始施行（施行日期推定）"
)

// factWords name a dated fact in a history.
var factWords = map[string]string{
	"in_force": "开始施行", "amended": "被修改", "repealed_part": "部分失效", "repealed": "废止",
	"expired": "失效", "withdrawn": "撤下", "restored": "恢复公开",
}

// facetNames name the ways to narrow a list.
var facetNames = map[string]string{
	"validity": "有效性", "kind": "文种", "region": "地区", "year": "年份", "organ": "发文机关", "topic": "主题",
}

var sortNames = []choice{{"newest", "最新公布"}, {"oldest", "最早公布"}, {"force", "最近施行"}, {"title", "按标题"}}

var fileChangeWords = map[string]string{"added": "新增", "removed": "删除", "changed": "内容有变", "same": "没有变化"}

var textStateWords = map[string]string{"extracted": "已提取正文", "partial": "只提取到部分正文", "none": "未提取正文"}

// menu lists the rooms that exist.
var menu = []ui.NavItem{
	{Name: textHome, Href: "/"},
	{Name: textPolicies, Href: "/policies"},
	{Name: textDisclosure, Href: "/disclosure/"},
	{Name: textOrgans, Href: "/organs"},
	{Name: "帮助", Href: "/help"},
}

// choice is a value of the address and its name on screen.
type choice struct{ Value, Name string }

// disclosureParts are the four parts of the room (handbook D-03) with what
// belongs there and by which article.
var disclosureParts = []disclosurePart{
	{Part: "guide", Name: "政府信息公开指南", What: "这里放政府信息公开指南：信息怎样分类和编排，怎样获取，以及公开工作机构的名称、地址、办公时间和联系电话。",
		Law: "《政府信息公开条例》第十二条要求编制、公布并及时更新。"},
	{Part: "rules", Name: "政府信息公开制度", What: "这里放政府信息公开方面的法规、规章和本地制度。",
		Law: "《政府信息公开条例》是这些制度的依据。"},
	{Part: "statutory", Name: "法定主动公开内容", What: "这里放依法应当主动公开的信息：法规规章和规范性文件、机构职能、规划、统计、许可与处罚、预算决算、收费、采购、重大项目、民生、应急等。",
		Law: "《政府信息公开条例》第二十条、第二十一条列明范围；信息形成或者变更之日起 20 个工作日内公开。"},
	{Part: "reports", Name: "政府信息公开年报", What: "这里放历年的政府信息公开工作年度报告，往年的一直保留。",
		Law: "《政府信息公开条例》第四十九条：县级以上政府部门每年 1 月 31 日前公布上一年度报告，政府信息公开工作主管部门每年 3 月 31 日前公布本级政府的报告。"},
}

type disclosurePart struct{ Part, Name, What, Law string }
