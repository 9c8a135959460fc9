package office

import (
	"net/http"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/org"
)

// handler makes one page's answer; an error becomes an error page in serve.
type handler func(o *Office, c *call) (*answer, error)

// route is one address of the office. An open route is for everybody; act names
// the right that any other one needs.
type route struct {
	method  string
	pattern string
	page    string // Chinese name of the page
	act     access.Act
	open    bool
	keyed   bool  // opened by a key in the address; without one there is nothing there
	live    bool  // answers even while a first password waits to be changed
	stream  bool  // reads its own body as it comes, with the form's token
	upload  bool  // a form with a file, held in memory
	limit   int64 // bytes of a form, when they are more than usual
	handler handler
}

// routes is the one table of addresses. The server, the permission matrix and
// its test are made from it.
func (o *Office) routes() []route {
	get := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: act, handler: h}
	}
	post := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: act, handler: h}
	}
	open := func(r route) route { r.open, r.live = true, true; return r }
	live := func(r route) route { r.live = true; return r }
	stream := func(r route) route { r.stream = true; return r }
	large := func(r route) route { r.limit = maxCorrect; return r }
	upload := func(limit int64, r route) route { r.upload, r.limit = true, limit+maxForm; return r }
	return slices.Concat([]route{
		open(get("/signin", "登录", "", signInPage)),
		open(post("/signin", "登录", "", signIn)),
		open(get("/signout", "退出登录", "", signOutPage)),
		open(post("/signout", "退出登录", "", signOut)),
		open(get("/office/assets/{hash}/office.css", "办公样式", "", styleSheet)),
		open(get("/office/assets/{hash}/desk.js", "导入台脚本", "", deskScriptFile)),

		open(get("/office/assets/{hash}/draft.js", "文稿脚本", "", draftScriptFile)),

		get("/office", "今日应办", access.UseOffice, homePage),

		live(get("/office/account", "我的账号", access.OwnAccount, accountPage)),
		live(post("/office/account/password", "修改口令", access.OwnAccount, changePassword)),
		live(post("/office/account/totp/start", "设置动态验证码", access.OwnAccount, startTOTP)),
		live(post("/office/account/totp", "开启动态验证码", access.OwnAccount, enrolTOTP)),
		live(post("/office/account/totp/drop", "关闭动态验证码", access.OwnAccount, dropTOTP)),
		live(post("/office/account/sessions/end", "退出一个登录", access.OwnAccount, endSession)),
		live(post("/office/account/sessions/end-all", "退出全部登录", access.OwnAccount, endSessions)),

		get("/office/import", "导入台", access.ImportDocuments, deskPage),
		stream(post("/office/import", "上传文件", access.ImportDocuments, deskOpen)),
		get("/office/import/{batch}", "导入批次", access.ImportDocuments, batchPage),
		stream(post("/office/import/{batch}/files", "上传文件到批次", access.ImportDocuments, deskAdd)),
		post("/office/import/{batch}/release", "确认公开历史文件", access.ReleaseHistorical, deskRelease),
		get("/office/import/{batch}/{item}", "核对文件", access.ImportDocuments, itemPage),
		get("/office/import/{batch}/{item}/file", "下载原文件", access.ImportDocuments, itemFile),
		post("/office/import/{batch}/{item}", "保存核对结果", access.ImportDocuments, saveItem),
		post("/office/import/{batch}/{item}/drop", "移出批次", access.ImportDocuments, dropItem),

		get("/office/works", "资料", access.CorrectRecord, worksPage),
		get("/office/works/{id}", "文件资料", access.CorrectRecord, workPage),
		large(post("/office/works/{id}/correct", "更正补充", access.CorrectRecord, correctWork)),
		post("/office/works/{id}/fact", "登记效力", access.CorrectRecord, factWork),
		post("/office/works/{id}/relate", "关联文件", access.MergeWorks, relateWork),
		post("/office/works/{id}/merge", "合并重复文件", access.MergeWorks, mergeWork),

		get("/office/people", "人员", access.ManagePeople, peoplePage),
		get("/office/people/new", "新增人员", access.ManagePeople, newPersonPage),
		post("/office/people/new", "新增人员", access.ManagePeople, addPerson),
		get("/office/people/import", "导入人员", access.ManagePeople, importPage),
		upload(access.MaxSheetBytes, post("/office/people/import", "导入人员", access.ManagePeople, importPeople)),
		get("/office/people/blank.xlsx", "人员空表", access.ManagePeople, blankSheet),
		get("/office/people/export.xlsx", "导出人员", access.ManagePeople, exportPeople),
		get("/office/person/{login}", "人员详情", access.ManagePeople, personPage),
		post("/office/person/{login}/grant", "授予角色", access.ManagePeople, grantRole),
		post("/office/person/{login}/revoke", "收回角色", access.ManagePeople, revokeRole),
		post("/office/person/{login}/disable", "停用账号", access.ManagePeople, disablePerson),
		post("/office/person/{login}/enable", "恢复账号", access.ManagePeople, enablePerson),
		post("/office/person/{login}/reset", "重设口令", access.ManagePeople, resetPassword),

		get("/office/organs", "机构管理", access.ViewOrgans, organsPage),
		get("/office/organs/new", "新增机构", access.ManageOrgans, newOrganPage),
		post("/office/organs/new", "新增机构", access.ManageOrgans, addOrgan),
		get("/office/organs/import", "导入机构", access.ManageOrgans, organSheetPage),
		upload(org.MaxSheetBytes, post("/office/organs/import", "预览机构表", access.ManageOrgans, previewOrganSheet)),
		post("/office/organs/import/confirm", "确认导入机构", access.ManageOrgans, confirmOrganSheet),
		get("/office/organs/blank.xlsx", "机构空表", access.ManageOrgans, blankOrganSheet),
		get("/office/organs/export.xlsx", "导出机构", access.ManageOrgans, exportOrgans),
		get("/office/organ/{code}", "机构资料", access.ViewOrgans, organPage),
		post("/office/organ/{code}/facts", "修改机构资料", access.ManageOrgans, setFacts),
		post("/office/organ/{code}/name", "机构更名", access.ManageOrgans, renameOrgan),
		post("/office/organ/{code}/parent", "调整隶属关系", access.ManageOrgans, moveOrgan),
		post("/office/organ/{code}/merge", "机构合并", access.ManageOrgans, mergeOrgan),
		post("/office/organ/{code}/undo", "撤销机构资料的修改", access.ManageOrgans, undoFacts),

		get("/office/organ/{code}/leaders", "领导信息", access.ViewOrgans, leadersPage),
		get("/office/organ/{code}/leaders/new", "新增领导", access.ManageOrgans, newLeaderPage),
		upload(org.MaxPhotoBytes, post("/office/organ/{code}/leaders/new", "新增领导", access.ManageOrgans, addLeader)),
		get("/office/organ/{code}/leaders/{leader}", "领导详情", access.ViewOrgans, leaderPage),
		get("/office/organ/{code}/leaders/{leader}/photo.jpg", "领导照片", access.ViewOrgans, leaderPhoto),
		upload(org.MaxPhotoBytes, post("/office/organ/{code}/leaders/{leader}", "修改领导信息", access.ManageOrgans, changeLeader)),
		post("/office/organ/{code}/leaders/{leader}/end", "结束领导任期", access.ManageOrgans, endLeader),
		post("/office/organ/{code}/leaders/{leader}/remove", "删去领导信息", access.ManageOrgans, removeLeader),
		post("/office/organ/{code}/leaders/{leader}/move", "调整领导顺序", access.ManageOrgans, orderLeader),
		post("/office/organ/{code}/leaders/{leader}/undo", "撤销领导信息的修改", access.ManageOrgans, undoLeader),

		get("/office/organ/{code}/units", "内设机构", access.ViewOrgans, unitsPage),
		get("/office/organ/{code}/units/new", "新增内设机构", access.ManageOrgans, newUnitPage),
		post("/office/organ/{code}/units/new", "新增内设机构", access.ManageOrgans, addUnit),
		get("/office/organ/{code}/units/{unit}", "内设机构详情", access.ViewOrgans, unitPage),
		post("/office/organ/{code}/units/{unit}", "修改内设机构", access.ManageOrgans, changeUnit),
		post("/office/organ/{code}/units/{unit}/remove", "删去内设机构", access.ManageOrgans, removeUnit),
		post("/office/organ/{code}/units/{unit}/move", "调整内设机构顺序", access.ManageOrgans, orderUnit),
		post("/office/organ/{code}/units/{unit}/undo", "撤销内设机构的修改", access.ManageOrgans, undoUnit),

		live(post("/office/account/mail", "填写邮箱", access.OwnAccount, askMail)),
		live(post("/office/account/mail/confirm", "确认邮箱", access.OwnAccount, confirmMail)),
		live(post("/office/account/mail/test", "发测试邮件", access.OwnAccount, testMail)),
		live(post("/office/account/mail/drop", "删去邮箱", access.OwnAccount, dropMail)),
		live(post("/office/account/wishes", "保存提醒方式", access.OwnAccount, setWishes)),
		get("/office/outbox", "发出的消息", access.WatchOutbox, outboxPage),
		post("/office/outbox/resend", "重发消息", access.WatchOutbox, resendMessage),

		get("/office/audit", "审计记录", access.SearchAudit, auditPage),
		get("/office/audit.xlsx", "导出审计记录", access.SearchAudit, auditSheet),
	}, draftRoutes(), negativeRoutes(), caseRoutes(), releaseRoutes(), requestRoutes(), oversightRoutes())
}

// Route is one address with the status that each role gets for a request
// without a body, for a thing that exists and is in the role's reach. A form
// sent without its token is 400, so that is what a permitted role gets there;
// a visitor gets the sign-in form with 401, and a role without the right 403.
type Route struct {
	Method  string              `json:"method"`
	Pattern string              `json:"pattern"`
	Page    string              `json:"page"`
	Roles   map[access.Role]int `json:"roles"`
	Example string              `json:"example,omitempty"` // an address that fits the pattern, where one is fixed
}

// Routes is the permission matrix of the office as data.
func (o *Office) Routes() []Route {
	var out []Route
	for _, r := range o.routes() {
		row := Route{Method: r.method, Pattern: r.pattern, Page: r.page, Roles: map[access.Role]int{}}
		for _, role := range access.Roles {
			row.Roles[role] = r.expect(role)
		}
		if strings.Contains(r.pattern, "{hash}") {
			row.Example = o.styleURL
			switch {
			case strings.HasSuffix(r.pattern, "/desk.js"):
				row.Example = o.deskURL
			case strings.HasSuffix(r.pattern, "/draft.js"):
				row.Example = o.draftURL
			case strings.HasSuffix(r.pattern, "/redact.js"):
				row.Example = redactURL
			case strings.HasSuffix(r.pattern, "/duties.js"):
				row.Example = o.dutyURL
			}
		}
		out = append(out, row)
	}
	return out
}

func (r route) expect(role access.Role) int {
	switch {
	case r.keyed:
		return http.StatusNotFound
	case !r.open && role == access.Visitor:
		return http.StatusUnauthorized
	case !r.open && !access.May(role, r.act):
		return http.StatusForbidden
	case r.method == http.MethodPost:
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// Public makes the row of a public page, which is the same for every role.
func Public(method, pattern, page string) Route {
	row := Route{Method: method, Pattern: pattern, Page: page, Roles: map[access.Role]int{}}
	for _, role := range access.Roles {
		row.Roles[role] = http.StatusOK
	}
	return row
}
