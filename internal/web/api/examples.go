package api

import (
	"embed"
	"strings"
)

// exampleFiles are the answers shown on the page; a test fetches each from a
// real library and compares.
//
//go:embed examples/*.json
var exampleFiles embed.FS

// example is a request that the page shows.
type example struct {
	name  string // file of the answer
	title string
	path  string // below Root
}

var examples = []example{
	{"search", "查“河道”，每页两条", "search?q=河道&limit=2"},
	{"search-article", "按条文查，只要有效的", "search?q=河道保护&level=article&current=1"},
	{"works", "有效的规范性文件，新的在前", "works?kind=规范性文件&current=1&limit=2"},
	{"works-filtered", "一个栏目里某一年的文件", "works?year=2025&column=1&limit=2"},
	{"work", "一份文件今天的文本与效力", "works/1"},
	{"work-on", "同一份文件在 2020 年 1 月 31 日", "works/1?on=2020-01-31"},
	{"work-before", "那一天还没有这份文件", "works/1?on=2010-01-01"},
	{"editions", "历次文本", "works/1/editions"},
	{"editions-text", "历次文本，连同全文", "works/1/editions?text=1"},
	{"edition", "第 1 版", "works/1/editions/1"},
	{"parts", "第 2 版的条款、附件、引用和更正", "works/1/editions/2/parts"},
	{"facts", "效力登记", "works/1/facts"},
	{"compare", "比较第 1 版和第 2 版", "works/1/compare?from=1&to=2"},
	{"organ", "一个机构", "organs/qinghe-water"},
	{"changes", "从头读发布日志，每页两条", "changes?after=0&limit=2"},
	{"gone", "依法清除的文件（状态码 410）", "works/3"},
	{"mistake", "参数写错（状态码 400）", "search?q=河道&limit=0"},
}

// answer is the stored answer of an example.
func (e example) answer() (string, error) {
	b, err := exampleFiles.ReadFile("examples/" + e.name + ".json")
	return strings.TrimSpace(string(b)), err
}
