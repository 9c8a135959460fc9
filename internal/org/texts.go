package org

import "fmt"

// What users read about people and changes of organs.
const (
	textNameMissing  = "请填写%s。"
	textNameLong     = "“%s”最多 %d 个字。"
	textNameBytes    = "“%s”里有不能显示的字符，请删去后再试。"
	textBadLogin     = "登录名用 2 到 40 个英文字母、数字或 . _ -，以字母或数字开头。"
	textNoPerson     = "没有这个人员。"
	textBadCode      = "机构代码用 2 到 40 个小写字母、数字或 -，以字母开头。"
	textCodeTaken    = "已有代码为“%s”的机构，请换一个。"
	textBadCredit    = "统一社会信用代码“%s”的校验码不对，请核对（GB 32100）。"
	textCreditTaken  = "统一社会信用代码“%s”已经属于“%s”。"
	textFactLong     = "“%s”最多 %d 个字。"
	textNeedDay      = "请填写%s。"
	textNameSame     = "新名称和现在的名称相同。"
	textNameOrder    = "新名称的启用日期要晚于现名称的启用日期 %s。"
	textParentSelf   = "一个机构不能隶属于自己或自己的下属机构。"
	textParentOrder  = "新隶属关系的开始日期要晚于现隶属关系的开始日期 %s。"
	textParentSame   = "上级机构没有变化。"
	textMergeSelf    = "一个机构不能并入自己或自己的下属机构。"
	textMergeDone    = "这个机构已经并入“%s”。"
	textMergeReason  = "请写明机构变动的依据，例如批准文件的文号。"
	textOrganChanged = "这个机构的信息刚刚被别人修改过。请看过现在的内容后再填一次，您填的没有保存。"
)

func textLoginTaken(login string) string {
	return fmt.Sprintf("登录名“%s”已有人使用，请换一个。", login)
}
