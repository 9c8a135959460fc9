package office

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

// The words of the queue.
const (
	textProactive      = "拟转主动公开"
	textProactiveSaved = "已决定：%s，记入 %d 件申请。"
	textNoTitle        = "（申请内容里有个人情况，请自拟标题）"
)

// proactiveChapter is the queue of what several people asked for.
func proactiveChapter() requestChapter {
	return requestChapter{routes: []route{
		{method: http.MethodGet, pattern: "/office/requests/proactive", page: textProactive, act: access.HandleRequest, handler: proactivePage},
		{method: http.MethodPost, pattern: "/office/requests/proactive", page: textProactive, act: access.HandleRequest, handler: decideProactive},
		{method: http.MethodGet, pattern: "/office/requests/proactive.xlsx", page: textProactive, act: access.HandleRequest, handler: proactiveSheet},
	}}
}

// proactiveView is the queue with what was decided before.
type proactiveView struct {
	frame
	Wrong  string
	Organs []option
	Open   []groupRow
	Done   []proactiveRow
	Draft  bool // may begin a release
	Export string
}

type groupRow struct {
	request.Group
	OrganName string
	Rule      request.ProactiveRule
	Heading   string
	Links     []casework.Case
	First     int64
	Form      form
}

type proactiveRow struct {
	request.Proactive
	OrganName, AreaName string
	Links               []casework.Case
	Begin               string // address of a new release with the title
}

func proactivePage(o *Office, c *call) (*answer, error) { return o.proactive(c, http.StatusOK, nil) }

// proactiveRows reads the queue of the organ in the address, or of all in reach.
func (o *Office) proactiveRows(c *call) (d *proactiveView, err error) {
	d = &proactiveView{frame: o.frame(c, textProactive, requestsCrumb), Organs: []option{{Name: "全部机构"}}, Export: "/office/requests/proactive.xlsx"}
	d.Draft, _ = access.Can(c.who.Actor, access.WriteDraft, access.Thing{})
	reach, err := o.ownOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	asked, err := o.deps.Requests.AskedOrgans(c.ctx())
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	chosen := queryValue(c.r, "organ")
	if chosen != "" {
		d.Export += "?" + url.Values{"organ": {chosen}}.Encode()
	}
	for _, organ := range asked {
		if !slices.Contains(reach, organ) {
			continue
		}
		code := names.byID[organ].Code
		d.Organs = append(d.Organs, option{Value: code, Name: names.name(organ), Chosen: code == chosen})
		if chosen != "" && code != chosen {
			continue
		}
		list, rule, err := o.deps.Requests.Queue(c.ctx(), organ)
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			row := groupRow{Group: g, OrganName: names.name(organ), Rule: rule, Heading: g.Title, First: g.Asked[0].Case}
			if row.Heading == "" {
				row.Heading = textNoTitle
			}
			for _, a := range g.Asked {
				row.Links = append(row.Links, casework.Case{ID: a.Case, Number: a.Number})
			}
			row.Form = groupForm(d.Token, code, g)
			d.Open = append(d.Open, row)
		}
		done, err := o.deps.Requests.Decided(c.ctx(), organ)
		if err != nil {
			return nil, err
		}
		for _, p := range done {
			row := proactiveRow{Proactive: p, OrganName: names.name(organ), AreaName: request.AreaName(p.Area)}
			for i, id := range p.Cases {
				row.Links = append(row.Links, casework.Case{ID: id, Number: p.Numbers[i]})
			}
			if p.Moved() && d.Draft {
				row.Begin = "/office/releases/new?" + url.Values{"title": {p.Title}, "audience": {p.Audience}}.Encode()
			}
			d.Done = append(d.Done, row)
		}
	}
	return d, nil
}

// groupForm asks for the decision; the proposal of the product is chosen in it.
func groupForm(token, organ string, g request.Group) form {
	id := strconv.FormatInt(g.Asked[0].Case, 10)
	areas := []option{{Name: "不属于申请集中领域"}}
	for _, a := range request.Areas {
		areas = append(areas, option{Value: a.Code, Name: a.Name, Chosen: a.Code == g.Area.Code})
	}
	f := form{ID: "group-" + id, Action: "/office/requests/proactive", Token: token, Submit: "保存决定", Hidden: []option{{Name: "organ_code", Value: organ}, {Name: "first", Value: id}}, Fields: []field{
		{Name: "verdict", Label: "转不转", Kind: "select", Required: true, Options: named(request.ProactiveVerdicts)},
		{Name: "title", Label: "标题", Kind: "text", Required: true, Max: 200, Value: g.Title, Hint: "公开的是什么信息。不写申请人是谁。"},
		{Name: "area", Label: "领域", Kind: "select", Options: areas},
		{Name: "audience", Label: "公开范围", Kind: "text", Max: 200, Value: g.Area.Audience, Hint: "在特定范围内公开的，写明向谁公开；向社会公开的不填。"},
		{Name: "reason", Label: "理由", Kind: "area", Required: true, Max: 2000}}}
	for _, a := range g.Asked {
		f.Hidden = append(f.Hidden, option{Name: "case", Value: strconv.FormatInt(a.Case, 10)})
	}
	return f
}

func (o *Office) proactive(c *call, status int, wrong error) (*answer, error) {
	d, err := o.proactiveRows(c)
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		i := slices.IndexFunc(d.Open, func(g groupRow) bool { return strconv.FormatInt(g.First, 10) == value(c.r, "first") })
		if i < 0 {
			d.Wrong = fault.Text(wrong)
		} else {
			d.Open[i].Form.fill(c.r)
			d.Open[i].Form.blame(wrong)
		}
	}
	return o.page(c, "request_proactive", status, d)
}

func decideProactive(o *Office, c *call) (*answer, error) {
	p := request.Proactive{Title: value(c.r, "title"), Area: value(c.r, "area"), Audience: value(c.r, "audience"), Verdict: value(c.r, "verdict"), Reason: longValue(c.r, "reason")}
	for _, s := range c.r.PostForm["case"] {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil && !slices.Contains(p.Cases, id) {
			p.Cases = append(p.Cases, id)
		}
	}
	code := value(c.r, "organ_code")
	err := error(fault.Field("office.decideProactive", "机构", textNoDraftOrgan))
	if code != "" {
		if p.Organ, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), code); err == nil {
			if err = o.may(c, access.HandleRequest, p.Organ); err == nil {
				_, err = o.deps.Requests.Decide(c.ctx(), c.who.Actor, p)
			}
		}
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.proactive(c, statusFor(err), err)
	}
	return told(c, "/office/requests/proactive", fmt.Sprintf(textProactiveSaved, nameIn(request.ProactiveVerdicts, p.Verdict), len(p.Cases))), nil
}

func proactiveSheet(o *Office, c *call) (*answer, error) {
	d, err := o.proactiveRows(c)
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"状态", "机构", "信息", "领域", "不同申请人", "申请件数", "申请编号", "建议或者理由", "公开范围", "决定日期"}}
	for _, g := range d.Open {
		var numbers []string
		for _, a := range g.Asked {
			numbers = append(numbers, a.Number)
		}
		lines = append(lines, []any{"待决定", g.OrganName, g.Heading, g.Area.Name, g.Applicants, len(g.Asked), strings.Join(numbers, "、"), g.Says(), g.Area.Audience, ""})
	}
	for _, p := range d.Done {
		lines = append(lines, []any{nameIn(request.ProactiveVerdicts, p.Verdict), p.OrganName, p.Title, p.AreaName, "", len(p.Cases), strings.Join(p.Numbers, "、"), p.Reason, p.Audience, p.On.String()})
	}
	return excelAnswer(textProactive+".xlsx", func(b *bytes.Buffer) error { return writeLines(b, textProactive, 20, lines) })
}
