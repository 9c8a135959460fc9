package office

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// maxExport bounds one Excel file of the audit log; more is refused with the
// number, never cut off.
const maxExport = 20000

// auditView is a search in the audit log.
type auditView struct {
	frame
	Actor, Target, From, To string
	Acts, Outcomes          []option
	Rows                    []audit.Row
	Total                   int
	Pager                   ui.Pager
	Export                  string
	Wrong                   string
}

// auditFilter reads the search from the address; to is inclusive on screen.
func auditFilter(r *http.Request) (f audit.Filter, q url.Values, err error) {
	q = url.Values{}
	get := func(name string) string {
		v := shorten(queryValue(r, name), 120)
		if v != "" {
			q.Set(name, v)
		}
		return v
	}
	f = audit.Filter{Actor: get("actor"), Act: audit.Act(get("act")), Target: get("target"), Outcome: audit.Outcome(get("outcome"))}
	from, err := queryDay(get("from"), "从")
	if err != nil {
		return f, q, err
	}
	to, err := queryDay(get("to"), "到")
	if err != nil {
		return f, q, err
	}
	if !from.IsZero() {
		f.From = from.Time()
	}
	if !to.IsZero() {
		f.To = to.AddDays(1).Time()
		if !from.IsZero() && to.Before(from) {
			return f, q, fault.Field("office.audit", "到", textDayOrder)
		}
	}
	f.Before, err = cursor(r, "before")
	return f, q, err
}

func queryDay(s, label string) (workday.Date, error) {
	if s == "" {
		return workday.Date{}, nil
	}
	d, ok := workday.ParseDate(s)
	if !ok {
		return d, fault.Field("office.queryDay", label, textBadDay, label, shorten(s, 20))
	}
	return d, nil
}

func auditPage(o *Office, c *call) (*answer, error) {
	f, q, err := auditFilter(c.r)
	d := &auditView{frame: o.frame(c, textAudit), Actor: f.Actor, Target: f.Target, From: q.Get("from"), To: q.Get("to")}
	d.Acts = []option{{Name: textAnyAct}}
	for _, a := range audit.Acts {
		d.Acts = append(d.Acts, option{string(a), a.Chinese(), a == f.Act})
	}
	d.Outcomes = []option{{Name: textAnyOutcome}}
	for _, x := range []audit.Outcome{audit.Done, audit.Refused, audit.Failed} {
		d.Outcomes = append(d.Outcomes, option{string(x), x.Chinese(), x == f.Outcome})
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		d.Wrong = fault.Text(err)
		return o.page(c, "audit", statusFor(err), d)
	}
	var next int64
	if d.Rows, d.Total, next, err = o.access.SearchLog(c.ctx(), c.actor(), f); err != nil {
		return nil, err
	}
	d.Export = withQuery("/office/audit.xlsx", q)
	if f.Before > 0 {
		d.Pager.First = withQuery("/office/audit", q)
	}
	if next > 0 {
		q.Set("before", strconv.FormatInt(next, 10))
		d.Pager.Next = withQuery("/office/audit", q)
	}
	return o.page(c, "audit", http.StatusOK, d)
}

func auditSheet(o *Office, c *call) (*answer, error) {
	f, _, err := auditFilter(c.r)
	if err != nil {
		return nil, err
	}
	f.Before, f.Limit = 0, maxExport
	rows, total, _, err := o.access.SearchLog(c.ctx(), c.actor(), f)
	if err != nil {
		return nil, err
	}
	if total > maxExport {
		return nil, fault.Newf(fault.Invalid, "office.auditSheet", textExportMany, total, maxExport)
	}
	return excelAnswer("审计记录.xlsx", func(b *bytes.Buffer) error { return writeAudit(b, rows) })
}

func writeAudit(b *bytes.Buffer, rows []audit.Row) error {
	lines := [][]any{{"编号", "时间", "办理人", "事项", "对象", "结果", "说明"}}
	for _, r := range rows {
		lines = append(lines, []any{r.ID, ui.Minute(r.At), r.Actor, r.Act.Chinese(), r.Target, r.Outcome.Chinese(), r.Detail})
	}
	return writeLines(b, textAudit, 22, lines)
}

// ActorName shows who acted; a visitor and the console have names of their own.
func (d *auditView) ActorName(login string) string {
	switch login {
	case string(access.Visitor):
		return access.Visitor.Chinese()
	case "console":
		return "控制台"
	}
	return login
}
