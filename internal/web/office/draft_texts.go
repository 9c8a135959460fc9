package office

// The words of the pages that begin and edit a draft.
const (
	textDrafts         = "发布"
	textNewDraft       = "新建发布"
	textEditDraft      = "修改文稿"
	textNoDraftText    = "请选择 Word 文件，或者粘贴正文。"
	textNoDraftOrgan   = "“机构”：请选择由哪个机构发布。"
	textDraftRead      = "已经读出标题、文号和日期，请核对，再选定公开属性。"
	textDraftBegun     = "已经新建，请填写标题和正文。"
	textDraftSaved     = "已保存为第 %d 稿。"
	textDraftUnread    = "这个文件没有读出正文，可能是扫描件。请另外上传可编辑的 Word 文件，或者粘贴正文。"
	textFinishedUnread = "成品文件“%s”没有读出文字，没有和 Word 核对；它作为附件一并公开。"
	textFinishedUnlike = "Word 正文有 %d 段和成品文件“%s”不一样，请核对后再送审。"
	textFinishedAlike  = "Word 正文和成品文件“%s”一致，成品文件作为附件一并公开。"
	textFileTooLarge   = "文件太大：一个文件最大 %d MB。"
	textFileAdded      = "已添加“%s”，并重新检查。"
	textFileDropped    = "已移出。"
	textDraftLocked    = "文稿已经送审，不能再改；要改请先撤回。"
	textMergeNeeded    = "%s 刚保存过这份文稿。您写的内容还在下面，请逐处比较后合并。"
	textBadAttribute   = "“公开属性”：请选择一种。"
	textVersionGone    = "没有这一稿。"
	textVersionBack    = "已取回第 %d 稿的文字，另存为新的一稿。"
	textNoBase         = "“修改哪份文件”：没有公开编号为 %s 的文件。"
	textBadRepealLine  = "“废止清单”第 %d 行：请写成“公开编号 日期”，例如：128 2027-01-01；日期可以不写。"
)

// The words of pictures, new numbers and the preview of a draft.
const (
	textNoPicture     = "“图片”：请选择一张图片。"
	textNoAlt         = "“图片说明”：请写明图上是什么，读屏软件和看不到图片的人靠它了解内容。"
	textBadPlace      = "“放在哪里”：请从列表里选一处。"
	textPicturePlaced = "图片已放进正文，对应的一行是“%s”，可以整行移动。"
	textPictureLoose  = "图片已上传。请在正文里另起一行写“%s”，它就显示在那里。"
	textPictureStale  = "图片已上传，但别人刚改过正文，没有替您放进去。请在正文里另起一行写“%s”。"
	textPictureNo     = "图"
	textPicturesIn    = "已带入 %d 张图片，请核对每张的图片说明。"
	textPicturesLost  = "有 %d 张图片没有带入，请在“正文图片”里单独上传。"
	textNoPreview     = "这份文稿不录入正文，没有预览。"
	textPreviewTitle  = "还没有标题，填好标题再预览。"
	textRenumbered    = "已改 %d 处条文序号，另存为新的一稿。请核对正文里“依照第几条”这样的说法。"
	textNoRenumber    = "条文序号是连续的，没有要改的。"
	textListedFirst   = "“公开属性”：选用负面清单条目，先选定“不予公开”。"
)

// The words of the negative list.
const (
	textNegative   = "负面清单"
	textListed     = "已加入“%s”。"
	textListedMany = "已加入 %d 条。"
	textUnlisted   = "已结束“%s”，用过它的审签单不变。"
	textNotSheet   = "“文件”：不是能打开的 Excel 文件（.xlsx）。"
	textSheetHead  = "“文件”：第 %d 列应当是“%s”。请先导出，再照它的列填写。"
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
