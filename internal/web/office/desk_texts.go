package office

// Chinese texts of the import desk and of the records on published documents.
const (
	textDesk         = "导入"
	textWorks        = "资料"
	textUploadLarge  = "一次上传的内容超过 %d MB，没有保存完。请分几次上传；已列在表中的文件不用再传。"
	textUploadCut    = "上传中断了。已列在表中的文件不用再传，其余的请重新上传。"
	textNoDeskFile   = "请选择至少一个文件。"
	textNoDeskOrgan  = "请选择文件属于哪个机构。"
	textTaken        = "已收到 %d 个文件，正在逐个读取。"
	textSaved        = "已保存。“%s”现在是“%s”。"
	textNoDeskClass  = "没有“%s”这种状态。"
	textDropped      = "已移出本批，读到的内容已全部删除。"
	textOrdered      = "已确认公开 %d 份历史文件，正在逐份写入资料库。"
	textCorrected    = "已登记为第 %d 号更正，公开页面随即显示。"
	textFactAdded    = "已登记。有效性随即按新的登记计算。"
	textRelated      = "已增加关联，公开页面随即显示。"
	textUnrelated    = "已删除关联。"
	textMergedWorks  = "第 %d 号文件已并入本文件，它的网址从现在起转到这里。"
	textDefaultPlace = "（默认栏目）"
	textNoAttribute  = "（未写明）"
	textNewWork      = "另一份新文件"
	textRegister     = "登记"
)
