package office

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/web/ui"
)

var releasesCrumb = document.Crumb{Name: textReleases, Href: "/office/releases"}

// slipsView is the register of slips.
type slipsView struct {
	frame
	Tabs     []dutyTab
	Text     string
	Class    string
	Organs   []option
	States   []option
	Rows     []slipRow
	Total    int
	Pager    ui.Pager
	Export   string
	Write    bool
	Filtered bool
	Wrong    string
}

type slipRow struct {
	caseRow
	Class string // of the state mark
}

// slipFilter reads the filter of the register: that of all cases, of slips alone.
func (o *Office) slipFilter(c *call, organs *organNames) (casework.CaseFilter, url.Values, error) {
	f, q, err := o.caseFilter(c, organs)
	f.Kind = release.SlipKind
	q.Del("kind")
	if state := shorten(queryValue(c.r, "state"), 80); state != "" && err == nil {
		q.Set("state", state)
		f.State = casework.State(state)
		if !contains(slipStateCodes(), state) {
			err = fault.Field("office.slipFilter", "步骤", "“步骤”：没有“%s”这一种。", state)
		}
	}
	return f, q, err
}

func slipsPage(o *Office, c *call) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	f, q, wrong := o.slipFilter(c, organs)
	d := &slipsView{frame: o.frame(c, textReleases), Text: f.Text, Class: f.Class, Filtered: len(q) > 0}
	d.Write, _ = access.Can(c.who.Actor, access.WriteDraft, access.Thing{})
	if d.Organs, err = o.organOptions(c, access.ReadDraft, textAnyOrgan); err != nil {
		return nil, err
	}
	choose(d.Organs, q.Get("organ"))
	d.States = o.slipStates(q.Get("state"))
	d.tabs(q)
	var list []*casework.Case
	var next int64
	if wrong == nil {
		list, d.Total, next, wrong = o.deps.Cases.Cases(c.ctx(), c.actor(), f)
	}
	if wrong != nil {
		if !mendable(wrong) {
			return nil, wrong
		}
		d.Wrong = fault.Text(wrong)
		return o.page(c, "release_list", statusFor(wrong), d)
	}
	rows, err := o.caseRows(c.ctx(), list, organs)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		d.Rows = append(d.Rows, slipRow{r, slipStateClass(r.State)})
	}
	d.Export = withQuery("/office/releases.xlsx", q)
	if f.After > 0 {
		d.Pager.First = withQuery("/office/releases", q)
	}
	if next > 0 {
		q.Set("after", strconv.FormatInt(next, 10))
		d.Pager.Next = withQuery("/office/releases", q)
	}
	return o.page(c, "release_list", http.StatusOK, d)
}

func (d *slipsView) tabs(q url.Values) {
	for _, x := range append([]option{{Name: textAnyClass}}, slipClasses()...) {
		tab := url.Values{}
		for k, v := range q {
			tab[k] = v
		}
		tab.Del("class")
		if x.Value != "" {
			tab.Set("class", x.Value)
		}
		d.Tabs = append(d.Tabs, dutyTab{Name: x.Name, Href: withQuery("/office/releases", tab), Count: -1, Current: x.Value == d.Class})
	}
}

// slipStateOrder are the states of a slip in the order of its way.
var slipStateOrder = []casework.State{release.Drafting, release.Checking, release.Signing, release.Releasing, release.Afterwards, release.Mending, release.Published, release.Kept, release.Dropped}

func slipStateCodes() (out []string) {
	for _, s := range slipStateOrder {
		out = append(out, string(s))
	}
	return out
}

func (o *Office) slipStates(chosen string) []option {
	out := []option{{Name: textAnyState}}
	for _, s := range slipStateOrder {
		out = append(out, option{string(s), o.deps.Cases.StateName(release.SlipKind, s), string(s) == chosen})
	}
	return out
}

// slipClasses are the classes of the register that a slip can be in.
func slipClasses() (out []option) {
	for _, x := range classNames {
		if x.class != "stopped" && x.class != "provisional" {
			out = append(out, option{Value: x.class, Name: x.name})
		}
	}
	return out
}

// choose marks the chosen one of some options.
func choose(list []option, value string) {
	for i := range list {
		list[i].Chosen = value != "" && list[i].Value == value
	}
}

// slipStateClass is the look of a state mark; the word says it as well.
func slipStateClass(s casework.State) string {
	switch s {
	case release.Published:
		return "state-good"
	case release.Signing, release.Releasing, release.Afterwards:
		return "state-soon"
	case release.Dropped, release.Mending:
		return "state-dead"
	}
	return "state-none"
}

// slipsSheet is the register as Excel: exactly the list on the page, whole.
func slipsSheet(o *Office, c *call) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	f, _, err := o.slipFilter(c, organs)
	if err != nil {
		return nil, err
	}
	f.After, f.Limit = 0, 500
	lines := [][]any{{"审签编号", "标题", "机构", "状态", "步骤", "轮到", "到期", "建立时间", "办结时间"}}
	for {
		list, total, next, err := o.deps.Cases.Cases(c.ctx(), c.actor(), f)
		if err != nil {
			return nil, err
		}
		if total > maxExport {
			return nil, fault.Newf(fault.Invalid, "office.slipsSheet", textExportMany, total, maxExport)
		}
		rows, err := o.caseRows(c.ctx(), list, organs)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			lines = append(lines, []any{r.Number, r.Title, r.OrganName, r.StateName, r.Steps, r.Who, r.Due.Text, ui.Minute(r.OpenedAt), ui.Minute(r.ClosedAt)})
		}
		if f.After = next; next == 0 {
			return excelAnswer("发布审签单.xlsx", func(b *bytes.Buffer) error { return writeLines(b, textReleases, 22, lines) })
		}
	}
}
