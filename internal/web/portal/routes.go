package portal

import "net/http"

// handler makes one page; an error becomes an error page in serve.
type handler func(w http.ResponseWriter, r *http.Request) error

// Route is one address of the portal. The patterns are those of
// http.ServeMux, without the prefix of a variant.
type Route struct {
	Method  string
	Pattern string
	Page    string // Chinese name of the page

	handler handler
	live    bool // streams by itself, never through the page cache
	unkept  bool // made anew each time: it changes without the log, as an organ or an index does
}

// Routes is the table from which the portal's mux is built.
func (p *Portal) Routes() []Route {
	get := func(pattern, page string, h handler) Route {
		return Route{Method: http.MethodGet, Pattern: pattern, Page: page, handler: h}
	}
	post := func(pattern, page string, h handler) Route {
		return Route{Method: http.MethodPost, Pattern: pattern, Page: page, handler: h, live: true}
	}
	live := func(r Route) Route {
		r.live = true
		return r
	}
	unkept := func(r Route) Route {
		r.unkept = true
		return r
	}
	return []Route{
		get("/{$}", "首页", p.home),
		get("/policies", "政策文件", p.policies),
		get("/works/{id}", "文件", p.work),
		get("/works/{id}/history", "历次文本", p.history),
		get("/works/{id}/compare", "文本比较", p.compare),
		get("/works/{id}/proof", "验证存证", p.proof),
		get("/works/{id}/qr.svg", "二维码", p.workQR),
		get("/works/{id}/download.txt", "下载纯文本", p.downloadText),
		get("/works/{id}/download.html", "下载网页", p.downloadHTML),
		get("/works/{id}/download.docx", "下载 Word 文档", p.downloadWord),
		get("/works/{id}/download.json", "下载数据", p.downloadJSON),
		get("/works/{id}/files/{edition}/{n}", "附件", p.file),
		live(get("/works/{id}/files/{edition}/{n}/raw", "下载附件", p.rawFile)),
		live(get("/limited/{key}", "限定范围公开", p.limited)),
		live(get("/limited/{key}/files/{n}", "限定范围公开的附件", p.limitedFile)),
		get("/organs", "机构", p.organs),
		unkept(get("/organs/{code}", "机构详情", p.organ)),
		live(get("/organs/{code}/photos/{sha}", "领导照片", p.organPhoto)),
		get("/columns/{id}", "栏目", p.column),
		unkept(get("/search", "搜索", p.search)),
		unkept(get("/search/suggest", "找文件名", p.suggest)),
		unkept(get("/search/suggest.json", "搜索建议", p.suggestJSON)),
		live(get("/search/export.xlsx", "导出搜索结果（Excel）", p.export("xlsx"))),
		live(get("/search/export.csv", "导出搜索结果（CSV）", p.export("csv"))),
		live(get("/search/export.json", "导出搜索结果（JSON）", p.export("json"))),
		get("/disclosure/{$}", "政府信息公开", p.disclosure),
		live(get("/requests/new", textAsk, p.askForm)),
		post("/requests/new", "提交申请", p.ask),
		post("/requests/known", "这些已经公开", p.knownPart),
		post("/requests/enough", textEnough, p.enough),
		post("/requests/receipt.pdf", "申请回执（PDF）", p.receiptPDF),
		post("/requests/letter.pdf", "文书（PDF）", p.letterPDF),
		post("/requests/file", "随答复提供的文件", p.givenFile),
		live(get("/requests/track", textTrack, p.trackForm)),
		post("/requests/track", "申请进度", p.track),
		live(get("/requests/opinion", textOpinion, p.opinionForm)),
		post("/requests/opinion", "意见", p.opinion),
		get("/sitemap", "网站地图", p.siteMap),
		get("/sitemap.xml", "站点地图数据", p.siteMapXML),
		get("/robots.txt", "爬虫说明", p.robots),
		get("/help", "使用帮助", p.help),
		get("/styleguide", "样式指南", p.styleGuide),
		live(get("/leave", "离开提示", p.leave)),
		live(get("/progress.json", "装入进度", p.progressJSON)),
		live(get("/favicon.ico", "图标", p.favicon)),
		live(get("/static/{hash}/{name}", "样式与脚本", p.static)),
	}
}
