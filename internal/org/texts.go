package org

import "fmt"

// What users read about people and changes of organs.
const (
	textNameMissing   = "请填写%s。"
	textNameLong      = "“%s”最多 %d 个字。"
	textNameBytes     = "“%s”里有不能显示的字符，请删去后再试。"
	textBadLogin      = "登录名用 2 到 40 个英文字母、数字或 . _ -，以字母或数字开头。"
	textNoPerson      = "没有这个人员。"
	textBadCode       = "机构代码用 2 到 40 个小写字母、数字或 -，以字母开头。"
	textCodeTaken     = "已有代码为“%s”的机构，请换一个。"
	textBadPrefix     = "“发文机关代字”里的“%s”不是代字：只写年份前面的汉字，例如“清政办发”，几个之间用顿号隔开。"
	textBadCredit     = "统一社会信用代码“%s”的校验码不对，请核对（GB 32100）。"
	textCreditTaken   = "统一社会信用代码“%s”已经属于“%s”。"
	textFactLong      = "“%s”最多 %d 个字。"
	textNeedDay       = "请填写%s。"
	textNameSame      = "新名称和现在的名称相同。"
	textNameOrder     = "新名称的启用日期要晚于现名称的启用日期 %s。"
	textParentSelf    = "一个机构不能隶属于自己或自己的下属机构。"
	textParentOrder   = "新隶属关系的开始日期要晚于现隶属关系的开始日期 %s。"
	textParentSame    = "上级机构没有变化。"
	textMergeSelf     = "一个机构不能并入自己或自己的下属机构。"
	textMergeDone     = "这个机构已经并入“%s”。"
	textMergeReason   = "请写明机构变动的依据，例如批准文件的文号。"
	textBadWebsite    = "网址“%s”写得不对。请写完整的地址，以 http:// 或 https:// 开头。"
	textSameFacts     = "内容没有变化，没有保存。"
	textFutureDay     = "变动日期 %s 还没有到。请填变动实际发生的日期；不填就是今天。"
	textNoUndo        = "没有可以撤销的修改。"
	textChangeAudit   = "%s：%s，第 %d 号变动，指纹 %s"
	textTermOrder     = "离任日期要晚于任职日期。"
	textTermNone      = "请填写离任日期。"
	textGoneEntry     = "这一项已经删去。要修改，请先撤销删去。"
	textNoLeader      = "没有这位领导。"
	textNoUnit        = "没有这个机构或单位。"
	textManyLeaders   = "一个机构最多登记 %d 位领导。"
	textManyUnits     = "一个机构最多登记 %d 个内设机构和下设单位。"
	textUnitKind      = "类别请选“内设机构”或“下设单位”。"
	textUnitDouble    = "已有名称为“%s”的内设机构或下设单位。"
	textPhotoLarge    = "照片超过 %d MB，请缩小后再上传。"
	textPhotoType     = "照片只收 JPEG、PNG 或 WebP 格式，这个文件不是。"
	textPhotoBroken   = "这张照片读不出来，文件可能已损坏。请换一张。"
	textPhotoPixels   = "照片有 %d×%d 像素，太大了。请缩小到 %d 万像素以内。"
	textPhotoSmall    = "照片只有 %d×%d 像素，太小了。宽和高都至少要 %d 像素。"
	textNoPhoto       = "没有这张照片。"
	textSheetBroken   = "这个文件不是可以读取的 Excel 文件（.xlsx）。请下载空表填写后再上传。"
	textSheetLarge    = "Excel 文件超过 %d MB，请分成几个文件上传。"
	textSheetNone     = "文件里没有“机构”“领导”或“内设机构和下设单位”表。请下载空表填写。"
	textSheetEmpty    = "表里没有内容。请下载空表，从第 2 行开始填写。"
	textSheetRows     = "“%s”表超过 %d 行，请分成几个文件上传。"
	textSheetTwice    = "“%s”表第 1 行里“%s”出现了两次，请删去一个。"
	textSheetHeading  = "“%s”表第 1 行缺少“%s”。请下载空表，按它的表头填写。"
	textSheetMerged   = "%s 是合并单元格，不知道内容属于哪一行。请取消合并，每行单独填写。"
	textSheetMissing  = "没有填写“%s”。"
	textSheetReach    = "没有代码为“%s”的机构，或者它不在您的管理范围内。"
	textSheetRename   = "名称和现在的“%s”不同。更名请在机构页面登记；这里请填现在的名称。"
	textSheetMove     = "上级机构和现在的不同。请在机构页面登记隶属关系；这里请填现在的上级，或者空着。"
	textSheetChoice   = "“%s”写的是“%s”，没有这一种。请照空表的填写说明改。"
	textSheetDay      = "写的是“%s”，没有这一天。请用日期格式的单元格，或者写成 2024-03-01。"
	textSheetNamesake = "这个机构有两位在任领导叫“%s”。请在页面上修改。"
	textMoveEnd       = "已经在最%s，不能再移。"
	textOrganChanged  = "这个机构的信息刚刚被别人修改过。请看过现在的内容后再填一次，您填的没有保存。"
)

// FieldChangedOn is the label of the day on which a change happened.
const FieldChangedOn = "变动日期"

func textLoginTaken(login string) string {
	return fmt.Sprintf("登录名“%s”已有人使用，请换一个。", login)
}

func textPhotoLargeN() string { return fmt.Sprintf(textPhotoLarge, MaxPhotoBytes>>20) }
