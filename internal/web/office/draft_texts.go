package office

// The words of the pages that begin and edit a draft.
const (
	textDrafts        = "发布"
	textNewDraft      = "新建发布"
	textEditDraft     = "修改文稿"
	textNoDraftText   = "请选择 Word 文件，或者粘贴正文。"
	textNoDraftOrgan  = "“机构”：请选择由哪个机构发布。"
	textDraftRead     = "已经读出标题、文号和日期，请核对，再选定公开属性。"
	textDraftBegun    = "已经新建，请填写标题和正文。"
	textDraftSaved    = "已保存为第 %d 稿。"
	textDraftUnread   = "这个文件没有读出正文，可能是扫描件。请另外上传可编辑的 Word 文件，或者粘贴正文。"
	textFileTooLarge  = "文件太大：一个文件最大 %d MB。"
	textFileAdded     = "已添加“%s”，并重新检查。"
	textFileDropped   = "已移出。"
	textDraftLocked   = "文稿已经送审，不能再改；要改请先撤回。"
	textMergeNeeded   = "%s 刚保存过这份文稿。您写的内容还在下面，请逐处比较后合并。"
	textBadAttribute  = "“公开属性”：请选择一种。"
	textVersionGone   = "没有这一稿。"
	textVersionBack   = "已取回第 %d 稿的文字，另存为新的一稿。"
	textNoBase        = "“修改哪份文件”：没有公开编号为 %s 的文件。"
	textBadRepealLine = "“废止清单”第 %d 行：请写成“公开编号 日期”，例如：128 2027-01-01；日期可以不写。"
)

// The words of setting several drafts at once, and of exceptions.
const (
	textBatch          = "批量确定公开属性"
	textBatchNone      = "请先勾选文稿。"
	textBatchPart      = "%d 份已经设好，%d 份没有设成，原因写在各行。"
	textBatchDone      = "%d 份文稿的公开属性已设为“%s”。"
	textExceptions     = "检查规则的例外"
	textExceptionSet   = "已设置例外，下一次检查起生效。"
	textExceptionEnded = "例外已经结束。"
)
