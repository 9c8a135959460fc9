package office

// Every Chinese text of the office that does not stand in a template.
const (
	textSite        = "政府信息公开"
	textNoPage      = "没有这个页面"
	textNotFound    = "没有找到您要的内容。网址可能写错了，或者它不在您的管理范围内。"
	textForbidden   = "您的角色不能办理这件事。如果需要，请联系本单位的系统管理员。"
	textCrossOrigin = "这次提交不是从本站的页面发出的，没有办理。请打开本站页面重新填写。"
	textUnavailable = "系统暂时繁忙，请稍后再试。"
	textOldForm     = "这张表单已经过期，没有保存。请返回上一页，刷新后重新填写。"
	textBadForm     = "提交的内容读不懂，没有保存。请刷新页面后重新填写。"
	textTooLarge    = "提交的内容超过 %d MB，没有保存。"
	textSlowDown    = "请稍后再试"
	textBadDay      = "“%s”写的是“%s”，没有这一天。请写成 2026-11-20。"
	textBadNumber   = "编号写得不对，请从页面上的按钮操作。"
	textNoFile      = "请选择要上传的 Excel 文件。"
	textRepeat      = "两次输入的新口令不一样。"

	textSignIn      = "登录"
	textSignOut     = "退出登录"
	textHome        = "办公首页"
	textAccount     = "我的账号"
	textPeople      = "人员"
	textNewPerson   = "新增人员"
	textImport      = "从 Excel 导入人员"
	textOrgans      = "机构"
	textNewOrgan    = "新增机构"
	textAudit       = "审计记录"
	textCodeLate    = "输入验证码的时间已过，请重新输入登录名和口令。"
	textAllOut      = "已退出其他全部登录。别的设备要重新登录。"
	textOneOut      = "已退出这个登录。"
	textPassword    = "口令已修改，其他设备上的登录已退出。下次请用新口令登录。"
	textTOTPOff     = "动态验证码已关闭。以后登录只需要口令。"
	textGranted     = "已授予“%s”角色，此人下一次打开页面时生效。"
	textRevoked     = "授权已收回，立即生效。"
	textDisabled    = "账号已停用，此人的全部登录已退出。"
	textEnabled     = "账号已恢复，此人可以用原来的口令登录。"
	textFactsSaved  = "机构资料已保存，公开页面随即更新。"
	textRenamed     = "新名称已登记，从 %s 起使用。之前的文件仍显示原名称。"
	textMoved       = "隶属关系已登记，从 %s 起生效。"
	textMerged      = "已登记并入“%s”。原机构的文件保留原名称。"
	textOrganImport = "从 Excel 导入机构"
	textSheetAgain  = "没有等待确认的文件，请重新上传。"
	textUndone      = "已撤销上一次修改。再撤销一次，就恢复到撤销以前。"
	textLeaders     = "领导信息"
	textNewLeader   = "新增领导"
	textLeaderAdded = "已保存，公开页面随即显示。"
	textLeaderEnded = "任期已结束。从 %s 起公开页面不再显示，历史保留。"
	textRemoved     = "已删去，公开页面不再显示。删错了可以撤销。"
	textOrderSaved  = "顺序已调整。"
	textUnits       = "内设机构和下设单位"
	textNewUnit     = "新增内设机构或下设单位"
	textPhotoHint   = "JPEG、PNG 或 WebP，最大 8 MB。上传后重新绘制，拍摄地点等附带信息不保留。"
	textOrganAdded  = "机构已新增。可以继续补充资料，或者为它添加人员。"
	textExportMany  = "符合条件的记录有 %d 条，一次最多导出 %d 条。请用日期缩小范围。"
	textAnyRole     = "全部角色"
	textAnyAct      = "全部事项"
	textAnyOutcome  = "全部结果"
	textChoose      = "请选择"
	textTop         = "（没有上级机构）"
	textDayOrder    = "“到”要晚于或等于“从”。"
)

// duties say in one line what a role can do here today; the first page shows
// them, so that nobody looks for what is not theirs.
var duties = map[string]string{
	"manage_people":    "添加人员、授予和收回角色、停用账号、用 Excel 批量导入",
	"manage_organs":    "新增机构，登记更名、合并、隶属关系、联系方式、领导和内设机构",
	"view_organs":      "查看机构资料和名称沿革",
	"/office/outbox":   "查看发不出去和结果不明的提醒，决定是否再发",
	"search_audit":     "查询谁在什么时候做了什么、被拒绝了什么",
	"read_draft":       "起草、审核、签发要公开的文件，看每份文件办到哪一步",
	"/office/requests": "收到的信息公开申请：登记、办理、答复、送达、归档",
	"import_documents": "上传历史文件，核对读出的标题、文号、日期，交资料库管理员确认公开",
	"correct_record":   "更正已公开文件的录入错误，登记废止和失效，关联和合并文件",
	"/office/cases":    "查看本机构和下属机构的全部事项，轮到谁、何时到期",
	"/office/board":    "各机构逾期、退回、办结的数字，逐个打开",
	"/office/notices":  "转办、催办、退回和期限变动的通知",
	"/office/absence":  "不在的时候请同事代为办理",
	"/office/calendar": "录入下一年的放假安排，重新计算期限",
	"own_account":      "修改口令、设置动态验证码、查看和退出登录",
}
