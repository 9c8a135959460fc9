package vault

// Every Chinese text of the package.
const (
	textMissing  = "个人信息的密钥 %s 不在本机，加密的内容读不出来，也不能写入新的。请把原来的密钥文件放回 %s，或者用 --vault-key 指明它的位置。"
	textInside   = "数据库（vault_keys）"
	textBroken   = "一项加密的个人信息打不开：它被改动过，或者不是存在这里的。"
	textBadFile  = "个人信息的密钥文件 %s 不完整或写法不对，请从保管处重新取得。"
	textNoRead   = "读不了个人信息的密钥文件 %s，请检查权限。"
	textNoWrite  = "不能保存个人信息的密钥文件 %s，请检查空间和权限。"
	textExists   = "%s 已经存在，没有覆盖。请换一个文件名。"
	textNoneMade = "这个资料库还没有加密的个人信息，没有密钥可以导出。"
)
