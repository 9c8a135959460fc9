package office

import (
	"gongkai/internal/casework"
	"gongkai/internal/release"
)

// The words of the pages of the release room, after the draft.
const (
	textReleases   = "发布审签"
	textAnyState   = "全部步骤"
	textSlip       = "审签单"
	textInspection = "保密审查检查"
	textCheckRules = "检查规则"
	textReviewBody = "审查机制"

	textSlipRechecked = "已按现在的正文和附件重新检查，共 %d 处。"
	textNoScan        = "“审签单扫描件”：请选择签好字的审签单扫描件。"
	textScanLarge     = "“审签单扫描件”：最大 %d MB。"
	textScanKind      = "“审签单扫描件”：请上传 PDF、图片或者 OFD 文件。"
	textScanKept      = "扫描件已经保存，不用重新上传。"
	textBadHour       = "“发布时间”写的是“%s”，没有这个时间。请写成 2026-11-20 09:30。"
	textMeanwhile     = "您打开这一页以后，别人办理过这张审签单，所以这一次没有办理。请看下面写明的变化，再决定怎么办。"
	textChannelSaved  = "已登记“%s”的发布结果。"
	textBadChannelURL = "“网址”：请写以 http:// 或 https:// 开头的完整网址。"
	textTakedownSent  = "已提出，等另一个人批准。批准以后公开页面只留说明，不会变成空白。"
	textNotOut        = "这份文件没有向社会公开，没有可以下载的数据包。"
	textNotSlip       = "没有找到这张审签单。"
	textBadYear       = "“年份”写的是“%s”，请写 2000 至 2100 之间的年份。"
	textBadSample     = "“%s”写的是“%s”，请写 1 至 %d 之间的数字。"
	textBodySaved     = "已登记“%s”的审查机制，新送审的文稿随即按它办理。"
	textBodyOrgan     = "“机构”：请选择登记哪个机构的审查机制。"
	textSecrecySheet  = "保密审查单"
	textUnopened      = "打不开的内容"
	textNotSent       = "未送审"
	textAnyMoment     = "马上"
	textOwnBodyOnly   = "“合法性审核机构”：没有代码为“%s”的机构。"
)

// afterAct says what an act did and what comes next.
var afterAct = map[casework.Action]string{
	release.ActSubmit:       "已送审。审核人和保密审查人已收到通知，各关同时进行；要改可以撤回。",
	release.ActPassReview:   "已通过。其余各关都通过以后转给签发人。",
	release.ActPassSecrecy:  "保密审查已通过，您的姓名、时间和意见已记入审签单。",
	release.ActPassOwn:      "公开机关保密审查已通过，您的姓名、时间和意见已记入审签单。",
	release.ActPassUnit:     "公开属性复核已通过。",
	release.ActPassLegality: "合法性审核意见已记入审签单。",
	release.ActRefer:        "已登记报请确定。收到答复以前不能公开；收到以后请填答复文号再通过。",
	release.ActReturn:       "已退回，起草人会收到您写的原因。",
	release.ActSign:         "已签发。五分钟内可以收回，时间一到自动发布。",
	release.ActSignUrgent:   "已应急签发。五分钟内可以收回；公开以后请在三天内补审其他各关。",
	release.ActUnsign:       "签发已收回，没有对外公开。",
	release.ActPaper:        "线下审签已登记。五分钟内可以收回，时间一到自动发布。",
	release.ActRecall:       "已撤回，可以继续修改。改好以后要重新送审。",
	release.ActDrop:         "这张审签单已作废，内容留存备查。",
	release.ActAfterReview:  "补审意见已记入审签单。",

	release.ActAfterLegality: "补做的合法性审核意见已记入审签单。",
	release.ActMended:        "已确认纠正，这张审签单办结。",
	release.ActAnswer:        "已记下您的答复。",
}

// phrases are opinions ready to be chosen; the first one is chosen already, so
// that who agrees needs one click.
var phrases = map[casework.Action][]string{
	release.ActPassReview:   {"同意。", "内容准确、表述规范，同意。", "依据充分，与现行政策一致，同意。"},
	release.ActPassSecrecy:  {"经审查，不涉及国家秘密、商业秘密和不宜公开的内容，可以公开。", "经审查，不涉密，可以公开。", "涉密内容已删除，其余可以公开。"},
	release.ActPassOwn:      {"经本机关审查，不涉及国家秘密、商业秘密和不宜公开的内容，可以公开。", "经本机关审查，不涉密，可以公开。"},
	release.ActPassUnit:     {"公开属性和理由符合规定，同意。", "同意。"},
	release.ActPassLegality: {"主体、权限、内容和程序符合法律、法规、规章规定。", "合法，建议按程序提交集体讨论。"},
	release.ActSign:         {"同意发布。", "同意。"},
	release.ActSignUrgent:   {"情况紧急，同意立即发布。"},
	release.ActAfterReview:  {"补审完毕，同意。"},

	release.ActAfterLegality: {"主体、权限、内容和程序符合法律、法规、规章规定。"},
	release.ActMended:        {"已核对公开页面，问题已经纠正。"},
}

// reasons are common reasons, offered below the field.
var reasons = map[casework.Action][]string{
	release.ActReturn: {"请核对引用文件的名称和文号。", "请按检查结果修改后再送。", "请补充公开属性的理由。"},
	release.ActRecall: {"内容需要修改。"},
	release.ActUnsign: {"内容需要再核对。"},
	release.ActDrop:   {"不再印发。", "重复建立。"},
	release.ActRefer:  {"能否公开不能确定，报请有关主管部门确定。"},
}

// nextSteps say what comes next in each state, in one line.
var nextSteps = map[casework.State]string{
	release.Drafting: "改好以后送审；已经在纸上或者办公系统里签过字的，登记线下审签。", release.Checking: "各关都通过以后，转给签发人。",
	release.Signing: "签发以后等五分钟自动发布，也可以定时。", release.Releasing: "到时间自动发布，在此之前可以收回。",
	release.Afterwards: "已经公开。请补审其他各关。", release.Mending: "补审没有通过，文件还在公开。请马上更正，或者撤下。", release.Published: "已经公开。请登记各渠道的发布结果。",
	release.Kept: "不对外公开，已归档；不予公开的会按期复审。", release.Dropped: "已作废。",
}

// textMendedNext follows once the library shows that the text was mended.
const textMendedNext = "已经%s，等审核人核对公开页面后确认办结。"

// textNotPassed is the state of a gate that a review afterwards did not pass.
const textNotPassed = "补审不通过"

var gateStates = map[string]string{release.Waiting: "等待", release.Passed: "通过", release.Returned: "退回", release.Referred: "报请确定"}

// levelWords name the levels of findings, the gravest first.
var levelWords = map[string]string{"block": "必须改正", "unsure": "查不了", "confirm": "请确认", "hint": "提示"}

var signedWords = map[string]string{release.SignedHere: "系统内签发", release.SignedPaper: "纸质审签单", release.SignedOffice: "办公系统"}

var channelStates = []option{{Value: "waiting", Name: "等待发布"}, {Value: "done", Name: "已发布"}, {Value: "failed", Name: "没有成功"}, {Value: "unclear", Name: "结果不明"}}

// packageReadme goes into the package for a provincial platform.
const packageReadme = `省级平台数据包

文件：%s
审签编号：%s
本站地址：%s

包里有什么
index.html      正文，语义化 HTML，不含样式和脚本，可以直接粘贴到平台的编辑器
attachments/    附件，文件名前的数字是顺序
pictures/       正文里的图片，有图片时才有
metadata.json   标题、文号、日期、主题、附件清单和校验值，供程序读取
metadata.xlsx   同样的内容，一行一个文件，供人工登记
README.txt      本说明

怎样用
1. 在省级平台新建信息，按 metadata.xlsx 填写各项。
2. 把 index.html 的正文粘贴进去，逐个上传 attachments 里的附件；正文有图片的，在平台的编辑器里换成 pictures 里的文件。
3. 发布以后，把平台上的网址填回本系统审签单的“发布渠道”，没有成功也请登记原因。
`
