package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/paper"
	"gongkai/internal/request"
)

const textArchive = "档案库"

func archiveRoutes() []route {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	return []route{get("/office/requests/archive", textArchive, archivePage), get("/office/requests/{id}/package.zip", "下载档案包", archivePackage)}
}

// archiveView is the archive of closed requests.
type archiveView struct {
	frame
	Text     string
	Outcomes []option
	Years    []option
	Organs   []option
	Due      bool
	Filtered bool
	Total    int
	Rows     []archiveRow
	Next     string
	Wrong    string
}

type archiveRow struct {
	request.ArchivedRow
	OrganName, StateName, Words string
}

func archivePage(o *Office, c *call) (*answer, error) {
	d := &archiveView{frame: o.frame(c, textArchive, requestsCrumb)}
	f, q, err := o.archiveFilter(c, d)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		d.Wrong = fault.Text(err)
		return o.page(c, "request_archive", statusFor(err), d)
	}
	rows, total, next, err := o.deps.Requests.Archive(c.ctx(), f)
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	d.Total = total
	for _, r := range rows {
		d.Rows = append(d.Rows, archiveRow{r, names.name(r.Organ), o.deps.Cases.StateName(request.Kind, r.State), shorten(r.Content, 60)})
	}
	if next > 0 {
		q.Set("before", strconv.FormatInt(next, 10))
		d.Next = "/office/requests/archive?" + q.Encode()
	}
	return o.page(c, "request_archive", http.StatusOK, d)
}

// archiveFilter reads the filter of the address and fills its controls.
func (o *Office) archiveFilter(c *call, d *archiveView) (f request.ArchiveFilter, q url.Values, err error) {
	q = url.Values{}
	get := func(name string) string {
		v := shorten(queryValue(c.r, name), 80)
		if v != "" {
			q.Set(name, v)
		}
		return v
	}
	f = request.ArchiveFilter{Words: get("text"), Outcome: request.Outcome(get("outcome")), Due: get("due") != ""}
	year, organ := get("year"), get("organ")
	d.Text, d.Due, d.Filtered = f.Words, f.Due, len(q) > 0
	if f.Before, err = strconv.ParseInt(queryValue(c.r, "before"), 10, 64); err != nil {
		f.Before = 0 // the first page
	}
	d.Outcomes = []option{{Name: "全部"}}
	for _, x := range request.Outcomes {
		d.Outcomes = append(d.Outcomes, option{string(x.Code), x.Name, x.Code == f.Outcome})
	}
	this := o.access.Today().Year
	d.Years = []option{{Name: "全部"}}
	for y := this; y > this-20; y-- {
		d.Years = append(d.Years, option{strconv.Itoa(y), strconv.Itoa(y) + " 年", strconv.Itoa(y) == year})
	}
	if d.Organs, err = o.organOptions(c, access.HandleRequest, "全部"); err != nil {
		return f, q, err
	}
	if f.Organs, err = o.ownOrgans(c, access.HandleRequest); err != nil {
		return f, q, err
	}
	if year != "" {
		if f.Year, err = strconv.Atoi(year); err != nil || f.Year < 1990 || f.Year > 2200 {
			return f, q, fault.Field("office.archiveFilter", "办结年份", "“办结年份”：没有“%s”这一年。", year)
		}
	}
	if organ == "" {
		return f, q, nil
	}
	for i := range d.Organs {
		d.Organs[i].Chosen = d.Organs[i].Value == organ
	}
	id, err := org.ByCode(c.ctx(), o.deps.DB.Reader(), organ)
	if err == nil {
		err = o.may(c, access.HandleRequest, id)
	}
	f.Organs = []int64{id}
	return f, q, err
}

// archivePackage hands out the package of a closed request; it is on record.
func archivePackage(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	var logins []string
	for _, x := range v.Case.Done {
		logins = append(logins, x.Actor)
	}
	people, _, err := o.deps.Cases.Names(c.ctx(), logins, nil)
	if err != nil {
		return nil, err
	}
	p := request.PackageOf{Organ: names.name(v.Case.Organ), Name: func(login string) string {
		if n := people[login]; n != "" {
			return n
		}
		return map[string]string{"system": "系统", "applicant": "申请人", "third_party": "第三方"}[login]
	}}
	if printer, err := paper.Load(); err == nil { // without a font the package has its Word files
		p.PDF = printer.PDF
	}
	b, err := o.deps.Requests.Package(c.ctx(), c.actor(), v.Case.ID, p)
	if err != nil {
		return nil, err
	}
	return zipAnswer(fmt.Sprintf("档案包-%s.zip", v.Case.Number), b), nil
}
