package portal

import "gongkai/internal/search"

// Texts of the search page, its suggestions and its exports.
const (
	textManyValues    = "“%s”选得太多或者写得太长：一次最多选 %d 项，每项不超过 %d 个字。"
	textBadSpan       = "“发文日期”从 %s 到 %s，开始比结束晚。请把两个日期对调。"
	textBadSearchSort = "“排序”写的是“%s”。可以写 relevance、newest 或 oldest。"
	textBadTab        = "“类别”写的是“%s”，没有这个类别。请去掉它再搜索。"
	textUnreadable    = "“%s”里有读不懂的字符（空字符或者不完整的编码）。请删去以后重新输入。"
	textWordless      = "“%s”里只有符号，没有可以查找的字、字母或数字。请写一个词、一个文号或者一个问题。"

	textExportBusy   = "现在有好几位读者在导出。请过半分钟再点一次，条件不会丢。"
	textExportMoving = "资料正在更新，导出的前后两部分会对不上，所以没有给您文件。请稍等一会儿再点一次。"
	textExportSlow   = "结果太多，一分钟内没有整理完。请加上年份、机构等条件，分几次导出。"
	textExportNoQ    = "“搜索词”是空的。请先搜索，再从结果页导出。"
	textExportCut    = "共 %d 条，本文件是排在前面的 %d 条。请加上年份、机构等条件，分几次导出。"
	textExportSheet  = "搜索结果"
	textExportNotes  = "说明"

	textSuggest     = "找文件名"
	textOrgan       = "机构"
	textExactNote   = "正好找到"
	textArticleNote = "正好找到这一条"
	textFormerNote  = "这是原来的标题或者文号，文件现在是"
)

// exportHeadings name the columns of a table, in the order of exportRow.cells.
var exportHeadings = []string{"序号", "标题", "条文", "发文字号", "发文机关", "文种", "发文日期", "有效性", "网址", "摘录"}

// exportWidths are the widths of those columns, in characters.
var exportWidths = []float64{7, 48, 14, 24, 26, 14, 13, 11, 38, 60}

// suggestNames say what a suggestion matched.
var suggestNames = map[string]string{search.SuggestTitle: "标题", search.SuggestShort: "简称", search.SuggestDocNo: "文号"}

// searchSorts are the orders that the index knows.
var searchSorts = []choice{{"", "最相关"}, {search.SortNewest, "最新公布"}, {search.SortOldest, "最早公布"}}

// exportFormats are what a list can be taken away as.
var exportFormats = []choice{{"xlsx", "Excel 表格"}, {"csv", "CSV"}, {"json", "JSON"}}

// kindTab is a class of kinds that people look for together.
type kindTab struct {
	value, name string
	kinds       []string
}

// kindTabs stand in this order. A tab shows only where the answer has such a
// kind, so that none is an empty promise.
var kindTabs = []kindTab{
	{"law", "法律法规", []string{"宪法", "法律", "法律解释", "有关法律问题和重大问题的决定", "修正案", "修改、废止的决定", "行政法规", "监察法规", "地方性法规", "经济特区法规", "自治条例", "单行条例", "司法解释"}},
	{"rule", "规章", []string{"规章", "部门规章", "地方政府规章"}},
	{"normative", "规范性文件", []string{"行政规范性文件", "规范性文件"}},
	{"paper", "公文", []string{"决议", "决定", "命令", "令", "公告", "通告", "意见", "通知", "通报", "报告", "批复", "函", "纪要", "办法", "方案", "规划", "工作要点", "指南"}},
	{"note", "解读", []string{"政策解读", "解读"}},
	{"answer", "问答", []string{"政策问答", "问答"}},
	{"call", "意见征集", []string{"意见征集", "征求意见", "民意征集"}},
}

func tabOf(value string) *kindTab {
	for i := range kindTabs {
		if kindTabs[i].value == value {
			return &kindTabs[i]
		}
	}
	return nil
}
