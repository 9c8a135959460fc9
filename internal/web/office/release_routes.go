package office

import (
	"net/http"

	"gongkai/internal/access"
)

// maxScan bounds the scan of a signed slip.
const maxScan = 20 << 20

// releaseRoutes are the addresses of the release room after the draft.
func releaseRoutes() []route {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.ReadDraft, handler: h}
	}
	post := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: act, handler: h}
	}
	act := post("/office/releases/{id}/act", "办理审签", access.ReadDraft, slipAct)
	act.upload, act.limit = true, maxScan+maxForm
	return []route{
		get("/office/releases", "发布审签", slipsPage),
		get("/office/releases.xlsx", "导出审签单", slipsSheet),
		get("/office/releases/inspection", "保密审查检查", inspectionPage),
		get("/office/releases/inspection.xlsx", "导出保密审查检查", inspectionSheet),
		get("/office/releases/rules", "检查规则", checkRulesPage),
		get("/office/releases/{id}", "审签单", slipPage),
		act,
		post("/office/releases/{id}/recheck", "重新检查", access.ReadDraft, recheckSlip),
		post("/office/releases/{id}/channel", "登记发布结果", access.WriteDraft, setChannel),
		post("/office/releases/{id}/takedown", "撤下恢复", access.WriteDraft, proposeTakedown),
		get("/office/releases/{slip}/package.zip", "省级平台数据包", slipPackage),
		get("/office/releases/{id}/print", "打印审签单", printSlip),
		get("/office/releases/{id}/print/secrecy", "打印保密审查单", printSecrecy),
		get("/office/review-body", "审查机制", reviewBodyPage),
		post("/office/review-body", "登记审查机制", access.Supervise, setReviewBody),
	}
}
