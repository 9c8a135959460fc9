package casework

// Every sentence of the kernel that a user sees.
const (
	textNoCase     = "没有找到这件事项。"
	textNoAction   = "没有这种办理操作。"
	textWrongState = "这件事项现在是“%s”，不能这样办理。"
	textNotWaiting = "这一步现在不需要办理。"
	textNoRight    = "您没有办理这一步的权限。"
	textOthersTask = "这一步已经交给别人办理；确需您办的，请先转办给您。"
	textOwnWork    = "您办过这件事项的前一步，这一步要由另一个人办理。"
	textSystemOnly = "这一步到时由系统自动办理。"
	textMoved      = "%s 在 %s 已经办理了“%s”，您看到的是之前的情况。请刷新后再办。"
	textBadToken   = "这张表单的编号有误，没有办理。请刷新页面后重新提交。"
	textTokenUsed  = "这张表单已经提交过别的内容，这一次没有办理。请刷新页面后重新填写。"

	textMineAlready   = "这一步已经在您手上。"
	textNotHolder     = "只有承办人、负责人或督办员可以转办这一步。"
	textNoSuchPerson  = "“接办人”：没有这个账号，或者已经停用。"
	textCannotTake    = "“接办人”：%s 没有办理这一步的权限，不能接办。"
	textBarredPerson  = "“接办人”：%s 办过这件事项的前一步，这一步要由另一个人办理。"
	textSamePerson    = "“接办人”：这一步已经在 %s 手上。"
	textReasonMissing = "“原因”：请写明原因。"
	textReasonLong    = "“原因”：不能超过 500 个字。"
	textNotOver       = "这一步今天已经催办过，请等一等再催。"

	textAbsenceSelf   = "“代办人”：不能是请假的人自己。"
	textAbsenceOrder  = "“到”：不能早于“从”。"
	textAbsencePast   = "“到”：已经过去了。"
	textAbsenceLong   = "“到”：一次最多委托 180 天。"
	textAbsenceOther  = "只有本人、本机构负责人或系统管理员可以设置代办。"
	textAbsenceDeputy = "“代办人”：没有这个账号，或者已经停用。"
	textAbsenceAdmin  = "“代办人”：系统管理员不办理业务，不能代办。"
	textNoKey         = "这个日历地址已经失效。"
	textNoAbsence     = "没有找到这条代办设置。"
)

// ownActs are the names of the kernel's own acts.
var ownActs = map[Action]string{
	ActOpen: "登记", ActHandOver: "转办", ActTake: "领办", ActUrge: "催办", ActRecount: "重新计算期限",
}
