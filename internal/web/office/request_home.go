package office

import (
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/request"
)

// firstDuties is how many requests the door page shows before the whole list.
const firstDuties = 5

// contentShown is how much of a request tells it from the next, in characters.
const contentShown = 36

// requestHome is the door to everything about requests: first what waits for
// the reader, then the way to the rest in three groups.
type requestHome struct {
	frame
	Register bool
	Late     int
	Count    int
	Rows     []requestDuty
	Groups   []doorGroup
	Facts    []applicantLine
}

// requestDuty is a duty of a request with what it asks about.
type requestDuty struct {
	dutyRow
	Content string
}

// doorGroup is a heading with its doors.
type doorGroup struct {
	ID, Name string
	Doors    []actDoor
}

// door leads to a page and says what it is for.
type door struct {
	Name, Href, What string
}

// actDoor is a door for those who may act behind it.
type actDoor struct {
	door
	act access.Act
}

var requestDoors = []doorGroup{
	{"find", "查找", []actDoor{
		{door{textRequestList, "/office/cases?kind=request", "全部申请，可以按状态、机构筛选，导出 Excel"}, access.HandleRequest},
		{door{textArchive, "/office/requests/archive", "办结的申请，按内容、结果、年份查找，下载档案包"}, access.HandleRequest},
		{door{textExamples, "/office/requests/examples", "值得参照的答复：依据什么、为什么、有没有争议"}, access.SeeRequest},
		{door{textProactive, "/office/requests/proactive", "几个人申请的、申请人建议公开的，决定要不要主动公开"}, access.HandleRequest},
		{door{textDisputes, "/office/requests/disputes", "复议、诉讼的答复期限和结果，争议发生率和被纠错败诉率"}, access.HandleRequest},
		{door{textFees, "/office/requests/fees", "收费通知、到账和票据，按月核对"}, access.HandleRequest},
		{door{textCouncils, "/office/requests/councils", "疑难申请由有关处室、单位一起研究的记录"}, access.HandleRequest},
	}},
	{"enter", "登记", []actDoor{
		{door{textNewRequest, "/office/requests/new", "当面、邮寄、传真、邮箱和其他系统收到的申请"}, access.HandleRequest},
		{door{textBatchEntry, "/office/request-tables/batch", "填一张 Excel 表，一次登记多件"}, access.HandleRequest},
		{door{textNewMend, "/office/mends/new", "公民、单位要求更正与自身有关的不准确记录"}, access.HandleRequest},
		{door{textTakeOver, "/office/request-tables/register", "以前用 Excel 登记的台账，保留旧编号"}, access.HandleRequest},
	}},
	{"setup", "设置", []actDoor{
		{door{textAnswerSetup, "/office/requests/settings", "文号、落款、复议机关和管辖法院"}, access.ApproveExtension},
		{door{textFeePrices, "/office/requests/fees/prices", "没有另设的，按国家标准收费"}, access.ApproveExtension},
		{door{"网上申请页", "/requests/new", "申请人看到的页面"}, access.HandleRequest},
	}},
}

// requestsPage is the door to everything about requests.
func requestsPage(o *Office, c *call) (*answer, error) {
	d := &requestHome{frame: o.frame(c, textRequests)}
	can := func(act access.Act) bool { ok, _ := access.Can(c.who.Actor, act, access.Thing{}); return ok }
	d.Register = can(access.HandleRequest)
	for _, g := range requestDoors {
		open := doorGroup{ID: g.ID, Name: g.Name}
		for _, x := range g.Doors {
			if can(x.act) {
				open.Doors = append(open.Doors, x)
			}
		}
		if len(open.Doors) > 0 {
			d.Groups = append(d.Groups, open)
		}
	}
	if err := o.requestDuties(c, d); err != nil {
		return nil, err
	}
	var err error
	if d.Facts, err = o.askedFacts(c); err != nil {
		return nil, err
	}
	return o.page(c, "request_home", http.StatusOK, d)
}

// requestDuties fills in the first requests that wait for the reader.
func (o *Office) requestDuties(c *call, d *requestHome) error {
	list, err := o.deps.Cases.Duties(c.ctx(), c.who.Actor, casework.DutyFilter{Kind: request.Kind, Limit: firstDuties})
	if err != nil {
		return err
	}
	years, err := o.deps.Cases.Years(c.ctx())
	if err != nil {
		return err
	}
	d.Count = list.All()
	d.Late = list.Counts[casework.Late]
	var ids []int64
	for _, x := range list.Rows {
		ids = append(ids, x.Case)
	}
	asked, err := o.deps.Requests.Asked(c.ctx(), ids)
	if err != nil {
		return err
	}
	for _, x := range list.Rows {
		d.Rows = append(d.Rows, requestDuty{o.dutyRow(x, years), shorten(asked[x.Case], contentShown)})
	}
	return nil
}

// requestOrgans are the organs for which the caller handles requests; where
// there is only one it needs no choice.
func (o *Office) requestOrgans(c *call, act access.Act) ([]option, error) {
	list, err := o.organOptions(c, act, textChoose)
	if err == nil && len(list) == 2 {
		return list[1:], nil
	}
	return list, err
}
