package office

// Chinese texts of the ways out of the office.
const (
	textOutbox       = "发出的消息"
	textResent       = "已放回待发队列，马上重发。"
	textMailAsked    = "验证码已发出，请到邮箱里查看，然后填在下面。"
	textMailSet      = "邮箱已确认，以后的办件提醒会发到这里。"
	textMailTest     = "测试邮件已经放入发送队列，一般一分钟内收到。"
	textMailDropped  = "邮箱已删去，不再发邮件提醒。"
	textWishes       = "提醒方式已保存。"
	textNoQuiet      = "不设"
	textAboutConfirm = "邮箱验证码"
	textAboutTest    = "测试邮件"
	textAboutHook    = "公开内容的变化"
	textAboutSeal    = "给文书盖电子印章"
)
