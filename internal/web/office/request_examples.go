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
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// The words of the library of cases (Z25-2.3c).
const (
	textExamples    = "案例库"
	textExample     = "案例"
	textExampleYear = "“办结年份”：没有“%s”这一年。"
)

// examplesChapter is the library of cases. An entry holds no personal word, by
// check, and its worth is that others follow it: whoever may open requests of
// any organ (SeeRequest) reads the entries of all. The request itself stays with
// those who may see it.
func examplesChapter() requestChapter {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.SeeRequest, handler: h}
	}
	return requestChapter{
		forms: map[casework.Action]actForm{
			request.ActExample:     {exampleFields, readExample},
			request.ActExampleMend: {exampleFields, readExample},
			request.ActExampleOut:  {noteFields("原因", true, "案例库里不再显示；以前的各版和原因留在办理记录里。"), readNote},
		},
		parts: []casePart{{part: "request_examples_like", read: examplesLike}, {part: "request_example_part", facts: func(v *casework.View) (any, error) {
			if q, ok := v.Data.(*request.Request); ok && len(q.Examples) > 0 {
				return q, nil
			}
			return nil, nil
		}}},
		routes: []route{
			get("/office/requests/examples", textExamples, examplesPage),
			get("/office/requests/examples.xlsx", "导出案例库", examplesSheet),
			get("/office/requests/examples/entries/{example}", textExample, examplePage),
		},
	}
}

// likeExamples is how many entries a request that is being answered shows.
const likeExamples = 3

// examplesLike are the entries that are like a request whose answer is not yet
// given, for those who may open them.
func examplesLike(o *Office, c *call, v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok || !slices.Contains([]casework.State{request.Working, request.Reviewing, request.Signing}, v.Case.State) || len(access.Holds(c.actor(), access.SeeRequest)) == 0 {
		return nil, nil
	}
	list, err := o.deps.Requests.ExamplesLike(c.ctx(), q.Content, likeExamples)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, nil
}

// exampleFields are those of an entry, filled with what stands.
func exampleFields(v *casework.View, _ workday.Date) []field {
	var e request.Example
	if q, ok := v.Data.(*request.Request); ok && q.Example() != nil {
		e = *q.Example()
	}
	return []field{
		{Name: "title", Label: "案例标题", Kind: "text", Required: true, Max: 60, Value: e.Title, Hint: "例如：申请公开校服采购合同，单价属于商业秘密的部分公开。"},
		{Name: "facts", Label: "基本案情", Kind: "area", Required: true, Max: 2000, Value: e.Facts, Hint: "申请公开什么、怎样办理。各机关办理申请的人都能看，不写申请人、第三方是谁。"},
		{Name: "gist", Label: "办理要点", Kind: "area", Required: true, Max: 2000, Value: e.Gist, Hint: "为什么这样答复；有复议决定、判决的写裁判要旨。答复结果、依据和争议情况自动带入。"}}
}

func readExample(r *http.Request) (any, error) {
	return &request.ExampleForm{Title: value(r, "title"), Facts: longValue(r, "facts"), Gist: longValue(r, "gist")}, nil
}

// examplesView is the library with its filter.
type examplesView struct {
	frame
	Text                             string
	Outcomes, Grounds, Organs, Years []option
	Filtered                         bool
	Total                            int
	Rows                             []exampleRow
	Next, Export, Wrong              string
}

type exampleRow struct {
	request.Example
	OrganName, Words string
}

// GroundNames are the grounds in one line.
func (r exampleRow) GroundNames() string {
	var out []string
	for _, g := range r.Grounds {
		if g != r.Outcome {
			out = append(out, g.Name())
		}
	}
	return strings.Join(out, "、")
}

// exampleFilter reads the filter of the address and fills its controls.
func (o *Office) exampleFilter(c *call, d *examplesView) (f request.ExampleFilter, q url.Values, err error) {
	q = url.Values{}
	get := func(name string) string {
		v := shorten(queryValue(c.r, name), 80)
		if v != "" {
			q.Set(name, v)
		}
		return v
	}
	f = request.ExampleFilter{Words: get("text"), Outcome: request.Outcome(get("outcome")), Ground: request.Outcome(get("ground"))}
	organ, year := get("organ"), get("year")
	d.Text, d.Filtered = f.Words, len(q) > 0
	if f.Before, err = strconv.ParseInt(queryValue(c.r, "before"), 10, 64); err != nil {
		f.Before = 0 // the first page
	}
	all := func() []option { return []option{{Name: "全部"}} }
	d.Outcomes, d.Grounds, d.Organs, d.Years = all(), all(), all(), all()
	for _, x := range request.Outcomes {
		d.Outcomes = append(d.Outcomes, option{string(x.Code), x.Name, x.Code == f.Outcome})
	}
	for _, g := range request.PartialGrounds {
		if g != request.OtherEnding {
			d.Grounds = append(d.Grounds, option{string(g), g.Name(), g == f.Ground})
		}
	}
	organs, years, err := o.deps.Requests.ExampleChoices(c.ctx())
	if err != nil {
		return f, q, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return f, q, err
	}
	found := organ == ""
	for _, id := range organs {
		code := names.byID[id].Code
		d.Organs = append(d.Organs, option{code, names.name(id), code == organ})
		if code == organ {
			f.Organ, found = id, true
		}
	}
	if !found {
		f.Organ = -1 // an organ without an entry: nothing
	}
	for _, y := range years {
		d.Years = append(d.Years, option{strconv.Itoa(y), strconv.Itoa(y) + " 年", strconv.Itoa(y) == year})
	}
	if year != "" {
		if f.Year, err = strconv.Atoi(year); err != nil || f.Year < 1990 || f.Year > 2200 {
			return f, q, fault.Field("office.exampleFilter", "办结年份", textExampleYear, year)
		}
	}
	return f, q, nil
}

// examples reads the page of the library that the address asks for.
func (o *Office) examples(c *call, f request.ExampleFilter) (out []exampleRow, total int, next int64, err error) {
	list, total, next, err := o.deps.Requests.Examples(c.ctx(), f)
	if err != nil {
		return nil, 0, 0, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, 0, 0, err
	}
	for _, e := range list {
		out = append(out, exampleRow{e, names.name(e.Organ), shorten(e.Facts, 60)})
	}
	return out, total, next, nil
}

func examplesPage(o *Office, c *call) (*answer, error) {
	d := &examplesView{frame: o.frame(c, textExamples, requestsCrumb)}
	f, q, err := o.exampleFilter(c, d)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		d.Wrong = fault.Text(err)
		return o.page(c, "request_examples", statusFor(err), d)
	}
	var next int64
	if d.Rows, d.Total, next, err = o.examples(c, f); err != nil {
		return nil, err
	}
	d.Export = "/office/requests/examples.xlsx?" + q.Encode()
	if next > 0 {
		q.Set("before", strconv.FormatInt(next, 10))
		d.Next = "/office/requests/examples?" + q.Encode()
	}
	return o.page(c, "request_examples", http.StatusOK, d)
}

// examplesSheet is the whole of the list that the page shows.
func examplesSheet(o *Office, c *call) (*answer, error) {
	f, _, err := o.exampleFilter(c, &examplesView{})
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"案例标题", "机构", "基本案情", "答复结果", "依据", "办理要点", "争议及结果", "办结年份", "写入日期"}}
	f.Before, f.Limit = 0, 200
	for more := true; more; more = f.Before > 0 {
		rows, _, next, err := o.examples(c, f)
		if err != nil {
			return nil, err
		}
		for _, e := range rows {
			lines = append(lines, []any{e.Title, e.OrganName, e.Facts, e.Outcome.Name(), strings.Join(e.Basis(), "\n"), e.Gist, e.Contested(), e.Year, e.On.String()})
		}
		f.Before = next
	}
	return excelAnswer(textExamples+".xlsx", func(b *bytes.Buffer) error { return writeLines(b, textExamples, 24, lines) })
}

// exampleView is the page of one entry.
type exampleView struct {
	frame
	exampleRow
	Request string // address of the request, "" for whom it is out of sight
}

func examplePage(o *Office, c *call) (*answer, error) {
	id, err := pathNumber(c.r, "example")
	if err != nil {
		return nil, err
	}
	e, err := o.deps.Requests.Example(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	d := &exampleView{frame: o.frame(c, e.Title, requestsCrumb, document.Crumb{Name: textExamples, Href: "/office/requests/examples"}), exampleRow: exampleRow{Example: *e, OrganName: names.name(e.Organ)}}
	switch err := o.may(c, access.SeeRequest, e.Organ); {
	case err == nil:
		d.Request = fmt.Sprintf("/office/cases/%d", e.Case)
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	}
	return o.page(c, "request_example", http.StatusOK, d)
}
