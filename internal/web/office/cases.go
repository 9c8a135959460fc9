package office

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/web/ui"
)

// casesView is the register over every case that somebody may see.
type casesView struct {
	frame
	Kinds, Organs, Classes []option
	Text                   string
	Board                  bool // kept to the organs of the board
	Filtered               bool
	Rows                   []caseRow
	Total                  int
	Pager                  ui.Pager
	Export                 string
	Wrong                  string
}

// caseRow is one case of the register.
type caseRow struct {
	*casework.Case
	KindName, OrganName, StateName string
	Steps, Who                     string
	Due                            dueWords
	Href                           string
}

var casesCrumb = document.Crumb{Name: textCases, Href: "/office/cases"}

// caseFilter reads the filter from the address; an organ is named by its code.
func (o *Office) caseFilter(c *call, organs *organNames) (f casework.CaseFilter, q url.Values, err error) {
	q = url.Values{}
	get := func(name string) string {
		v := shorten(queryValue(c.r, name), 80)
		if v != "" {
			q.Set(name, v)
		}
		return v
	}
	f = casework.CaseFilter{Kind: casework.Kind(get("kind")), Class: get("class"), Text: get("text"), Supervised: get("reach") == "board"}
	if f.Kind != "" && !slices.Contains(o.deps.Cases.Kinds(), f.Kind) {
		return f, q, fault.Field("office.caseFilter", "种类", "“种类”：没有“%s”这一种。", f.Kind)
	}
	if code := get("organ"); code != "" {
		id, ok := organs.byCode[code]
		if !ok {
			return f, q, fault.Field("office.caseFilter", "机构", "“机构”：没有代码为“%s”的机构。", code)
		}
		f.Organ = id
	}
	f.After, err = cursor(c.r, "after")
	return f, q, err
}

func casesPage(o *Office, c *call) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	f, q, wrong := o.caseFilter(c, organs)
	d := &casesView{frame: o.frame(c, textCases), Text: f.Text, Board: f.Supervised, Filtered: len(q) > 0}
	if err := o.caseChoices(c, d, f, q.Get("organ")); err != nil {
		return nil, err
	}
	var rows []*casework.Case
	var next int64
	if wrong == nil {
		rows, d.Total, next, wrong = o.deps.Cases.Cases(c.ctx(), c.actor(), f)
	}
	if wrong != nil {
		if !mendable(wrong) {
			return nil, wrong
		}
		d.Wrong = fault.Text(wrong)
		return o.page(c, "cases", statusFor(wrong), d)
	}
	if d.Rows, err = o.caseRows(c.ctx(), rows, organs); err != nil {
		return nil, err
	}
	d.Export = withQuery("/office/cases.xlsx", q)
	if f.After > 0 {
		d.Pager.First = withQuery("/office/cases", q)
	}
	if next > 0 {
		q.Set("after", strconv.FormatInt(next, 10))
		d.Pager.Next = withQuery("/office/cases", q)
	}
	return o.page(c, "cases", http.StatusOK, d)
}

func (o *Office) caseChoices(c *call, d *casesView, f casework.CaseFilter, organ string) error {
	d.Kinds = []option{{Name: textAnyKind}}
	for _, k := range o.deps.Cases.Kinds() {
		d.Kinds = append(d.Kinds, option{string(k), o.deps.Cases.KindName(k), k == f.Kind})
	}
	d.Classes = []option{{Name: textAnyClass}}
	for _, x := range classNames {
		d.Classes = append(d.Classes, option{x.class, x.name, x.class == f.Class})
	}
	var err error
	if d.Organs, err = o.organOptions(c, access.ReadDraft, textAnyOrgan); err != nil {
		return err
	}
	for i := range d.Organs {
		d.Organs[i].Chosen = organ != "" && d.Organs[i].Value == organ
	}
	return nil
}

func (o *Office) caseRows(ctx context.Context, cases []*casework.Case, organs *organNames) ([]caseRow, error) {
	years, err := o.deps.Cases.Years(ctx)
	if err != nil {
		return nil, err
	}
	tasks, err := o.deps.Cases.TasksOf(ctx, cases)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, list := range tasks {
		for _, t := range list {
			ids = append(ids, t.Person)
		}
	}
	_, names, err := o.deps.Cases.Names(ctx, nil, ids)
	if err != nil {
		return nil, err
	}
	out := make([]caseRow, len(cases))
	for i, x := range cases {
		row := caseRow{Case: x, KindName: o.deps.Cases.KindName(x.Kind), OrganName: organs.name(x.Organ), StateName: o.deps.Cases.StateName(x.Kind, x.State),
			Href: caseAddress(x.Kind, x.ID), Due: dueWords{textClosedCase, "calm"}}
		var steps, who []string
		for j, t := range tasks[x.ID] {
			if j == 0 {
				row.Due = wordsOfDue(t, years, o.access.Now())
			}
			steps = append(steps, o.deps.Cases.TaskName(x.Kind, t.Name))
			if w := waitsFor(t, organs, names); !slices.Contains(who, w) {
				who = append(who, w)
			}
		}
		row.Steps, row.Who = strings.Join(steps, "、"), strings.Join(who, "、")
		out[i] = row
	}
	return out, nil
}

// waitsFor names whom a step waits for: a person, or the roles of an organ.
func waitsFor(t casework.OpenTask, organs *organNames, people map[int64]string) string {
	if t.Person != 0 {
		return people[t.Person]
	}
	var roles []string
	for _, r := range access.StaffRoles {
		if access.May(r, access.Act(t.Right)) {
			roles = append(roles, r.Chinese())
		}
	}
	return fmt.Sprintf(textAnybody, organs.name(t.Organ), strings.Join(roles, "或"))
}

func casesSheet(o *Office, c *call) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	f, _, err := o.caseFilter(c, organs)
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"编号", "标题", "种类", "机构", "状态", "步骤", "轮到", "到期", "开始时间", "办结时间"}}
	f.After, f.Limit = 0, 500
	for {
		cases, total, next, err := o.deps.Cases.Cases(c.ctx(), c.actor(), f)
		if err != nil {
			return nil, err
		}
		if total > maxExport {
			return nil, fault.Newf(fault.Invalid, "office.casesSheet", textExportMany, total, maxExport)
		}
		rows, err := o.caseRows(c.ctx(), cases, organs)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			lines = append(lines, []any{r.Number, r.Title, r.KindName, r.OrganName, r.StateName, r.Steps, r.Who, r.Due.Text, ui.Minute(r.OpenedAt), ui.Minute(r.ClosedAt)})
		}
		if next == 0 {
			return excelAnswer("事项.xlsx", func(b *bytes.Buffer) error { return writeLines(b, textCases, 22, lines) })
		}
		f.After = next
	}
}

// organNames finds organs by id and code, as they are called today.
type organNames struct {
	byID   map[int64]org.Ref
	byCode map[string]int64
	order  []int64 // of the tree, from the top
}

func (o *Office) organNames(ctx context.Context) (*organNames, error) {
	nodes, err := o.deps.Organs.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &organNames{map[int64]org.Ref{}, map[string]int64{}, nil}
	var walk func([]org.Node)
	walk = func(list []org.Node) {
		for _, n := range list {
			out.byID[n.ID], out.byCode[n.Code] = n.Ref, n.ID
			out.order = append(out.order, n.ID)
			walk(n.Children)
		}
	}
	walk(nodes)
	return out, nil
}

func (n *organNames) name(id int64) string {
	if r, ok := n.byID[id]; ok {
		return r.Name
	}
	return textGoneOrgan
}
