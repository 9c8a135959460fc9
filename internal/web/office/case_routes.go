package office

import (
	"net/http"

	"gongkai/internal/access"
)

// maxNoticeFile bounds an uploaded table of a year's holidays.
const maxNoticeFile = 1 << 20

// caseRoutes are the addresses of the register, the page of a case, notices,
// deputies, the board and the calendar.
func caseRoutes() []route {
	get := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: act, handler: h}
	}
	post := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: act, handler: h}
	}
	preview := post("/office/calendar/preview", "预览放假安排", access.LoadCalendar, previewCalendar)
	preview.upload, preview.limit = true, maxNoticeFile+maxForm
	key := post("/office/account/calendar", "日历订阅地址", access.OwnAccount, newDutyKey)
	drop := post("/office/account/calendar/drop", "停用日历订阅地址", access.OwnAccount, dropDutyKey)
	return []route{
		{method: http.MethodGet, pattern: "/office/assets/{hash}/duties.js", page: "应办键盘脚本", open: true, live: true, handler: dutyScriptFile},
		{method: http.MethodGet, pattern: "/office/duties.ics", page: "应办日历", open: true, live: true, keyed: true, handler: dutyCalendar},
		key, drop,

		get("/office/cases", textCases, access.ReadDraft, casesPage),
		get("/office/cases.xlsx", "导出事项", access.ReadDraft, casesSheet),
		get("/office/cases/{case}", "事项详情", access.ReadDraft, casePage),
		get("/office/cases/{case}/timeline.xlsx", "导出办理记录", access.ReadDraft, timelineSheet),
		post("/office/cases/{case}/act", "办理事项", access.ReadDraft, actOnCase),
		post("/office/cases/{case}/take", "领办", access.ReadDraft, takeCase),
		post("/office/cases/{case}/hand", "转办", access.ReadDraft, handCase),
		post("/office/cases/{case}/urge", "催办", access.ReadDraft, urgeCase),

		get("/office/notices", textNotices, access.UseOffice, noticesPage),
		post("/office/notices", "通知标为已读", access.UseOffice, readNotices),

		get("/office/absence", textAbsence, access.UseOffice, absencePage),
		post("/office/absence", "设置代办", access.UseOffice, setAbsence),
		post("/office/absence/end", "结束代办", access.UseOffice, endAbsence),

		get("/office/board", textBoard, access.Supervise, boardPage),
		get("/office/board.xlsx", "导出督办看板", access.Supervise, boardSheet),

		get("/office/calendar", textCalendar, access.LoadCalendar, calendarPage),
		get("/office/calendar/blank.xlsx", "放假安排空表", access.LoadCalendar, blankCalendar),
		preview,
		post("/office/calendar", "录入放假安排", access.LoadCalendar, loadCalendar),
	}
}

func dutyScriptFile(*Office, *call) (*answer, error) {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/javascript; charset=utf-8"}}, dutyScript}, nil
}
