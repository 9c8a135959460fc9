package access

// Names of form fields, as users see them.
const (
	fieldLogin       = "登录名"
	fieldPassword    = "口令"
	fieldOldPassword = "现在的口令"
	fieldNewPassword = "新口令"
	fieldCode        = "验证码"
	fieldRole        = "角色"
	fieldOrgan       = "机构"
	fieldFrom        = "开始日期"
	fieldTo          = "结束日期"
)

// Every Chinese text of this package that users read.
const (
	textNoSuchAct   = "系统里没有这项权限。"
	textSignInFirst = "请先登录。"
	textNotYours    = "只能办理自己账号的事。"
	textNoRole      = "您的角色不能办理这件事。如果需要，请联系本单位的系统管理员。"
	textOutOfScope  = "没有找到您要的内容。"
	textOwnDraft    = "起草的人不能审核、签发自己起草的内容，请交给别人办理。"

	textPasswordShort   = "新口令至少 %d 个字符。"
	textPasswordLong    = "新口令太长，最多 %d 个字节。"
	textPasswordControl = "新口令里有不能输入的控制字符。"
	textPasswordPattern = "新口令的字符太单一，请换一个更难猜的。"
	textPasswordDigits  = "新口令不能只有数字。"
	textPasswordCommon  = "这个口令太常见，容易被猜中，请换一个。"
	textPasswordLogin   = "新口令里不要包含登录名。"
	textPasswordSame    = "新口令不能和现在的口令一样。"
	textPasswordWrong   = "现在的口令不对。"

	textSignInWrong  = "登录名或口令不对。"
	textCodeWrong    = "验证码不对，或者已经用过。"
	textCodeFirst    = "请先输入登录名和口令。"
	textTooMany      = "失败次数太多，请在 %s 后再试。这段时间内即使口令正确也不会登录。"
	textTOTPDone     = "已经开启了动态验证码。要换手机，请先关闭再重新开启。"
	textTOTPStart    = "请先开始设置，再输入验证码。"
	textTOTPColumn   = "动态验证码的密钥"
	textTOTPNone     = "还没有开启动态验证码。"
	textSelf         = "不能修改自己的权限或停用自己的账号，请由另一位系统管理员办理。"
	textNoPerson     = "没有这个人员。"
	textNoGrant      = "没有这项授权。"
	textGrantEnded   = "这项授权已经结束。"
	textRoleUnknown  = "没有“%s”这个角色。"
	textRoleGiven    = "角色“%s”不能授予人员。"
	textOrganUnknown = "没有代码为“%s”的机构，或者它不在您的管理范围内。"
	textOrganNeeded  = "请选择机构。"
	textPeriodOrder  = "结束日期要晚于开始日期。"
	textGrantTwice   = "此人在这个机构已经有“%s”角色，时间重叠。"
	textMixed        = "系统管理员不能查看或处理公开内容，所以“系统管理员”不能和“%s”由同一人担任。"
	textDisabled     = "账号已经停用。"
	textEnabled      = "账号没有停用。"
	textNoSession    = "没有这个登录。"

	textSheetBroken  = "读不了这个文件。请用 Excel 或 WPS 另存为 .xlsx 后再上传；加了密码的文件请先去掉密码。"
	textSheetLarge   = "文件超过 %d MB。请分成几个文件上传。"
	textSheetRows    = "一次最多 %d 行，请分成几个文件上传。"
	textSheetEmpty   = "表里没有人员。请下载空表，从第 2 行开始填写。"
	textSheetHeading = "第 1 行表头缺少 %s。请下载空表，按它的表头填写。"
	textSheetTwice   = "第 1 行表头里“%s”出现了两次，请删去一个。"
	textSheetMerged  = "%s 是合并单元格，不知道内容属于哪一行。请取消合并，每行单独填写。"
	textSheetDouble  = "登录名“%s”和第 %d 行重复。每人一行，多个角色用顿号隔开。"
	textSheetMissing = "没有填写“%s”。"
	textSheetLogin   = "登录名写的是“%s”。登录名用 2 到 40 个英文字母、数字或 . _ -，以字母或数字开头。"
	textSheetTextDay = "写的是文字“%s”，不是日期。请把单元格格式改为“日期”后重新填写。"
	textSheetDay     = "写的是“%s”，没有这一天，或者不在 2000 年到 2100 年之间。"
	textSheetAudit   = "从 Excel 导入人员：保存 %d 人，有误 %d 处"
	textSheetOut     = "导出人员 Excel"

	detailSoon      = "尝试过密，来自 "
	detailWrong     = "登录名或口令不对，来自 "
	detailFrom      = "来自 "
	detailCodeSoon  = "验证码尝试过密，来自 "
	detailCodeWrong = "验证码不对，来自 "
	detailCode      = "动态验证码，来自 "
	detailRecovery  = "恢复码，来自 "
	detailOld       = "修改口令：现在的口令不对，来自 "
	detailChanged   = "修改口令，其他登录已退出"
	detailTOTPOn    = "开启动态验证码"
	detailTOTPOff   = "关闭动态验证码"
	detailTOTPWrong = "关闭动态验证码：口令不对"
	detailEnded     = "退出 %d 个登录"
	detailAdded     = "新增账号 "
	detailGrant     = "授予角色："
	detailRevoke    = "收回角色：第 %d 项授权"
	detailDisable   = "停用账号"
	detailEnable    = "恢复账号"
	detailReset     = "重设口令，关闭动态验证码，退出全部登录"
	detailSearch    = "查询审计记录 %s，共 %d 条"

	textMinutes = "%d 分钟"
	textSeconds = "%d 秒"
)

// sheetHelp stands on the last sheet of a table of people.
var sheetHelp = []string{
	"每人一行，从“人员”表的第 2 行开始填写；不要合并单元格。",
	"登录名：2 到 40 个英文字母、数字或 . _ -，不能和别人重复。",
	"单位代码：机构的代码，例如 qh-jyj；可以在“机构”页面查到。",
	"角色：可以填办事员、审核员、保密审查员、合法性审核员、签发人、公开工作员、负责人、督办员、检查员、资料库管理员、系统管理员；多个用顿号隔开。角色管本单位和下属机构。",
	"开始日期、结束日期：用日期格式的单元格；开始日期不填从今天起，结束日期不填长期有效，结束日期当天不再有效。",
	"系统管理员不能同时担任处理公开内容的角色。",
	"“其他授权”表只供查看，导入时不读。",
}
