package api

import (
	"net/http"

	"gongkai/internal/web/ui"
)

// Every Chinese sentence of this package that is no description of a parameter.
const (
	textTitle        = "开放接口"
	textVersion      = "1.0"
	textAbout        = "本站公开的全部文件、历次文本、效力和发布日志，供程序读取。无需注册。字段名与命令行一致；效力、公开属性等用中文原词。"
	textWithdrawn    = "已撤下"
	textNotFound     = "没有这个地址。可用的地址见 " + Root + " 。"
	textMethod       = "这里只能读取（GET、HEAD）。"
	textBadEncoding  = "参数里有不能识别的字符，请用 UTF-8 并作百分号编码。"
	textBadQuery     = "网址的参数写法不对，请检查百分号编码。"
	textTooMany      = "请求过于频繁，请在 %d 秒后再试。"
	textBadDay       = "“%s”不是日期，请写成 2020-01-31 这样。"
	textBadCursor    = "翻页标记不完整，请从第一页重新开始。"
	textFutureCursor = "%d 超过了目前的最新序号 %d，请核对保存的位置；若本站刚从备份恢复，请从 0 重新读取。"
	textManyWords    = "全部版本合计约 %d 万字，请用 editions/{no} 逐版读取。"
	textBadYear      = "“%s”不是年份，请写成 2025 这样。"
	textLongQuery    = "最多 %d 个字。"
	textSite         = "政府信息公开"
)

// longestQuery bounds a question, in characters.
const longestQuery = 500

type statusText struct{ title, detail string }

// statusTexts name each kind of problem, with the sentence used when nothing
// better is known.
var statusTexts = map[int]statusText{
	http.StatusPermanentRedirect:     {"已并入另一份文件", "这份文件已并入另一份文件。"},
	http.StatusBadRequest:            {"参数有误", "参数有误，请检查后再试。"},
	http.StatusForbidden:             {"不能查看", "您不能查看这些内容。"},
	http.StatusNotFound:              {"没有找到", textNotFound},
	http.StatusMethodNotAllowed:      {"不支持这样访问", textMethod},
	http.StatusNotAcceptable:         {"没有这种格式", "这里只提供 JSON 格式。"},
	http.StatusConflict:              {"内容有冲突", "内容已有变化，请重新读取。"},
	http.StatusGone:                  {"已依法清除", "内容已依法清除，只保留记录。"},
	http.StatusRequestEntityTooLarge: {"内容太大", "内容超过了允许的大小。"},
	http.StatusUnsupportedMediaType:  {"读不了这种格式", "读不了这种格式。"},
	http.StatusTooManyRequests:       {"请求过于频繁", "请求过于频繁，请稍后再试。"},
	http.StatusInternalServerError:   {"系统故障", "系统出现故障，我们已经记录下来，请稍后再试。"},
	http.StatusServiceUnavailable:    {"暂时不可用", "系统暂时繁忙，请稍后再试。"},
}

// menu is the main menu of the public pages.
var menu = []ui.NavItem{
	{Name: "首页", Href: "/"}, {Name: "政策文件", Href: "/policies"}, {Name: "政府信息公开", Href: "/disclosure/"},
	{Name: "机构", Href: "/organs"}, {Name: "帮助", Href: "/help"},
}
