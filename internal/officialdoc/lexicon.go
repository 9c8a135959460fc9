package officialdoc

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexiconKinds are the names of kinds (文种) a title can end with, longest
// first where one ends another. The first fifteen are those of the
// regulation on official documents (GB/T 9704); the rest are what notices print.
var lexiconKinds = []string{
	"决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报",
	"报告", "请示", "批复", "议案", "函", "纪要",
	"令", "工作要点", "条例", "办法", "细则", "规定", "规则", "规程", "规范",
	"章程", "制度", "准则", "方案", "预案", "规划", "计划", "要点", "措施",
	"标准", "清单", "目录", "指南", "指引", "解释", "公约", "守则", "总结",
	"修正案", "倡议书", "名单", "任务分解表", "答复", "安排", "纲要",
}

// lexiconKindTail is what may follow the kind in a title: (试行), (2025年版), (一) …
// It reads keys, where full-width brackets are half-width.
var lexiconKindTail = regexp.MustCompile(`\s*\((?:试行|暂行|修订|修正|修改|草案|征求意见稿|送审稿|[〇零一二三四五六七八九十]{1,4}|\d{4}年?[^()]{0,8})\)$`)

// lexiconKindOf gives the kind a title (as key) ends with, "" when it names none.
func lexiconKindOf(title string) string {
	title = strings.TrimSpace(title)
	for range 3 {
		cut := lexiconKindTail.FindStringIndex(title)
		if cut == nil {
			break
		}
		title = title[:cut[0]]
	}
	best := ""
	for _, k := range lexiconKinds {
		if strings.HasSuffix(title, k) && len(k) > len(best) {
			best = k
		}
	}
	if best == "" && strings.HasPrefix(title, "中华人民共和国") && strings.HasSuffix(title, "法") {
		return "法"
	}
	return best
}

// lexiconOrganEnd are the words a public organ's name ends with.
var lexiconOrganEnd = []string{
	"人民政府", "政府", "办公厅", "办公室", "委员会", "管委会", "管委", "党委", "党组", "工委", "纪委", "监委", "常委会", "人大",
	"政协", "国务院", "公署", "行署", "局", "厅", "部", "委", "署", "法院", "检察院", "院", "处", "科", "中心", "总队", "支队",
	"大队", "中队", "所", "站", "街道办", "政府办", "办", "人民代表大会", "领导小组", "指挥部", "联席会议", "协会", "学会", "联合会",
	"总会", "总工会", "工会", "团委", "妇联", "红十字会", "银行", "公司", "集团", "大学", "学院", "学校", "中学", "小学", "幼儿园",
	"专班", "总社", "供销社", "通讯社", "图书馆", "档案馆", "博物馆", "司令部", "武装部", "军区", "基金会", "研究院", "医院",
	"社", "会", "室", "秘书处", "军委", "理事会", "组",
}

// lexiconNotEnd are words that end like an organ and are none.
var lexiconNotEnd = []string{
	"全部", "内部", "外部", "局部", "干部", "大部", "机会", "社会", "培训会", "座谈会", "会议室", "晚会", "发布会", "听证会", "动员会",
}

// lexiconNotOrgan are words that no organ's name holds but a sentence does.
var lexiconNotOrgan = []string{
	"关于", "印发", "按照", "应当", "负责", "落实", "责任单位", "牵头", "有关部门", "各区", "各县", "各市", "各镇", "各单位", "各部门",
}

// lexiconIsOrgan says that a whole key is the name of one public organ: only
// Chinese letters, digits and brackets, 3 to 40 runes, ending as organs end.
func lexiconIsOrgan(key string) bool {
	n := utf8.RuneCountInString(key)
	if n < 3 || n > 40 {
		return false
	}
	for _, r := range key {
		if !unicode.Is(unicode.Han, r) && !strings.ContainsRune("()·〇", r) && (r < '0' || r > '9') {
			return false
		}
	}
	for _, w := range lexiconNotOrgan {
		if strings.Contains(key, w) {
			return false
		}
	}
	for _, w := range lexiconNotEnd {
		if strings.HasSuffix(key, w) {
			return false
		}
	}
	bare := key
	if strings.HasSuffix(bare, ")") {
		if i := strings.LastIndexByte(bare, '('); i > 0 {
			bare = bare[:i]
		}
	}
	for _, end := range lexiconOrganEnd {
		if strings.HasSuffix(bare, end) && bare != end || bare == "国务院" {
			return true
		}
	}
	return false
}

// lexiconField says what a header label of a document page names.
var lexiconField = map[string]string{
	"标题": "title", "名称": "title", "文件名称": "title", "信息名称": "title", "公文名称": "title", "文件标题": "title",
	"发文机关": "organ", "发布机构": "organ", "发布机关": "organ", "发文单位": "organ", "发文机构": "organ", "制发机关": "organ",
	"制发单位": "organ", "公开机关": "organ", "公开主体": "organ", "制定机关": "organ", "发布单位": "organ", "公开机构": "organ", "印发机关": "printer",
	"发文字号": "doc_no", "文号": "doc_no", "文件编号": "doc_no", "发文文号": "doc_no", "公文文号": "doc_no", "文件字号": "doc_no", "文件号": "doc_no",
	"索引号": "index_no", "信息索引号": "index_no", "索引": "index_no", "索取号": "index_no",
	"成文日期": "adopted_on", "生成日期": "adopted_on", "形成日期": "adopted_on", "制发日期": "adopted_on", "成文时间": "adopted_on",
	"发文日期": "published_on", "发布日期": "published_on", "公开日期": "published_on", "发布时间": "published_on", "公布日期": "published_on",
	"发文时间": "published_on", "公开时间": "published_on", "日期": "published_on", "时间": "published_on",
	"实施日期": "effective_on", "生效日期": "effective_on", "施行日期": "effective_on", "实施时间": "effective_on", "生效时间": "effective_on",
	"失效日期": "expires_on", "废止日期": "expires_on", "失效时间": "expires_on", "有效期至": "expires_on",
	"有效期": "expires_note", "有效期限": "expires_note",
	"主题分类": "topics", "主题类别": "topics", "信息分类": "topics", "分类": "topics",
	"有效性": "validity", "效力状态": "validity", "时效性": "validity", "文件状态": "validity", "文件有效性": "validity", "效力": "validity",
	"统一编号": "registration_no", "规范性文件统一编号": "registration_no", "统一登记号": "registration_no", "登记号": "registration_no",
	"公开方式": "attribute", "公开属性": "attribute", "信息公开选项": "attribute", "信息公开属性": "attribute", "公开类别": "attribute", "公开类型": "attribute",
	"信息来源": "source", "来源": "source", "文章来源": "source", "稿源": "source",
	"主题词": "other", "关键词": "other", "体裁分类": "other", "服务对象": "other", "公开范围": "other", "公开时限": "other", "签发人": "other",
	"字号": "other", "字体": "other", "浏览次数": "other", "点击数": "other", "阅读量": "other", "访问量": "other", "作者": "other", "责任编辑": "other", "组配分类": "other",
	"视力保护色": "other", "编辑": "other", "浏览量": "other", "点击量": "other", "语种": "other", "载体类型": "other", "信息格式": "other", "打印": "other", "分享到": "other", "分享": "other",
}

// lexiconAttributes are the disclosure attributes as the law names them.
var lexiconAttributes = []string{"主动公开", "依申请公开", "不予公开"}

// lexiconGambling are words of injected advertising (暗链): each alone is
// enough on a line that stands outside the document.
var lexiconGambling = regexp.MustCompile(`开奖|彩票|时时彩|十一选五|11选5|快三|赛车pk|pk10|六合彩|博彩|赌场|赌博|百家乐|娱乐城|棋牌|老虎机|体育投注|投注|下注|澳门新|葡京|真人荷官|双色球|代孕|私服|外围|裸聊|成人视频|办证刻章|代开发票`)

// lexiconHan counts the Chinese characters of s.
func lexiconHan(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}
