package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// calendarView is what the library knows of working days, and the three ways
// to bring in a year's notice. Nothing is saved before it was looked at.
type calendarView struct {
	frame
	Alarm   string
	Years   []workday.Source
	Shown   int // the year of the table
	Months  []monthTable
	Loads   []loadRow
	Paste   form
	Sheet   form
	Rows    []handRow
	Year    string // of the rows by hand
	Number  string // of the notice, by hand
	Regions []option
	Wrong   string // of the rows by hand
	Preview *calendarPreview
}

// loadRow is a notice that was brought in, with how far its recount is.
type loadRow struct {
	casework.Load
	For     string
	Waiting int
}

// calendarPreview is a notice as it was read.
type calendarPreview struct {
	Year     int
	Notice   string
	ForWhom  string
	Faults   []string
	Spans    []string // in words
	Months   []monthTable
	Confirm  form
	Replaces string
}

func calendarPage(o *Office, c *call) (*answer, error) {
	d, err := o.calendar(c)
	if err != nil {
		return nil, err
	}
	return o.page(c, "calendar", http.StatusOK, d)
}

// calendar gathers the page without a preview.
func (o *Office) calendar(c *call) (*calendarView, error) {
	years, err := o.deps.Cases.Years(c.ctx())
	if err != nil {
		return nil, err
	}
	today := o.access.Today()
	d := &calendarView{frame: o.frame(c, textCalendar), Shown: today.Year, Year: strconv.Itoa(today.Year + 1)}
	if year, missing := calendarMissing(years, today); missing {
		d.Alarm = fmt.Sprintf(textCalendarMissing, year)
	}
	d.Years = years.National().Years()
	slices.Reverse(d.Years)
	if n, err := strconv.Atoi(queryValue(c.r, "year")); err == nil && years.National().Known(n) {
		d.Shown = n
	}
	d.Months = yearTable(years.National(), d.Shown)
	if d.Loads, err = o.loadRows(c.ctx()); err != nil {
		return nil, err
	}
	if d.Regions, err = o.calendarRegions(c); err != nil {
		return nil, err
	}
	d.Paste = o.noticeForm(c, d, "paste", "读取并预览", field{Name: "text", Label: "通知全文", Kind: "area", Required: true, Max: 20000, Hint: "从国务院办公厅关于部分节假日安排的通知里整篇复制过来，逐条核对星期和天数。"})
	d.Sheet = o.noticeForm(c, d, "sheet", "上传并预览", field{Name: "file", Label: "Excel 文件", Kind: "file", Required: true, Hint: "三列：日期、放假或上班、名称。最大 1 MB。"})
	d.Sheet.Upload = true
	d.Rows = make([]handRow, handRows)
	return d, nil
}

// noticeForm is the form of one way, with the year and whom it holds for.
func (o *Office) noticeForm(c *call, d *calendarView, way, submit string, first field) form {
	return form{ID: way, Action: "/office/calendar/preview", Token: c.form, Submit: submit, Hidden: []option{{Value: way, Name: "way"}}, Fields: []field{
		{Name: "year", Label: "年份", Kind: "text", Required: true, Max: 4, Numeric: true, Value: d.Year}, first,
		{Name: "notice", Label: "通知文号", Kind: "text", Max: 120, Hint: "如国办发明电〔2026〕7号。粘贴全文时可以不填。"},
		{Name: "region", Label: "适用机构", Kind: "select", Options: slices.Clone(d.Regions), Hint: "地方另有放假安排的（如自治区的民族节日），选适用的机构，对它和下属机构有效。"}}}
}

// calendarRegions offers the whole country to whoever holds the right at the
// top of the tree, and the organs in reach.
func (o *Office) calendarRegions(c *call) ([]option, error) {
	options, err := o.organOptions(c, access.LoadCalendar, textWholeCountry)
	if err != nil {
		return nil, err
	}
	national, err := o.loadsNational(c)
	if err != nil {
		return nil, err
	}
	if !national {
		options[0] = option{Value: "-", Name: textChoose}
	}
	return options, nil
}

func (o *Office) loadsNational(c *call) (bool, error) {
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return false, err
	}
	for _, id := range access.Holds(c.who.Actor, access.LoadCalendar) {
		if len(tree.Above(id)) == 1 {
			return true, nil
		}
	}
	return false, nil
}

// mayLoadFor checks that a notice may be brought in for an organ.
func (o *Office) mayLoadFor(c *call, region string) error {
	options, err := o.calendarRegions(c)
	if err != nil {
		return err
	}
	for _, x := range options {
		if x.Value == region && region != "-" {
			return nil
		}
	}
	if region == "-" || region == "" {
		return fault.Field("office.mayLoadFor", "适用机构", "“适用机构”：您只能录入自己机构和下属机构的放假安排，请选一个机构。")
	}
	return fault.New(fault.NotFound, "office.mayLoadFor", "")
}

func (o *Office) loadRows(ctx context.Context) ([]loadRow, error) {
	loads, err := o.deps.Cases.Loads(ctx)
	if err != nil {
		return nil, err
	}
	organs, err := o.organNames(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]loadRow, len(loads))
	for i, l := range loads {
		out[i] = loadRow{Load: l, For: textCountry}
		if l.Region != "" {
			out[i].For = organs.name(organs.byCode[l.Region])
		}
		if out[i].Waiting, err = o.deps.Cases.Waiting(ctx, l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// previewCalendar reads a notice in one of the three ways and shows what it
// would mean, with every fault beside its row. Nothing is saved.
func previewCalendar(o *Office, c *call) (*answer, error) {
	d, err := o.calendar(c)
	if err != nil {
		return nil, err
	}
	n, err := readNotice(c.r)
	if err == nil {
		err = o.mayLoadFor(c, n.region)
	}
	d.Paste.fill(c.r)
	d.Sheet.fill(c.r)
	if n.way == "hand" {
		d.Rows, d.Year, d.Number = n.rows, value(c.r, "year"), value(c.r, "notice")
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		switch n.way {
		case "paste":
			d.Paste.blame(err)
		case "sheet":
			d.Sheet.blame(err)
		default:
			d.Wrong = fault.Text(err)
		}
		return o.page(c, "calendar", statusFor(err), d)
	}
	if d.Preview, err = o.calendarPreview(c, n); err != nil {
		return nil, err
	}
	status := http.StatusOK
	if len(d.Preview.Faults) > 0 {
		status = http.StatusBadRequest
	}
	return o.page(c, "calendar", status, d)
}

func (o *Office) calendarPreview(c *call, n notice) (*calendarPreview, error) {
	p := &calendarPreview{Year: n.year, Notice: n.number, ForWhom: textCountry, Faults: n.check()}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	if n.region != "" {
		p.ForWhom = organs.name(organs.byCode[n.region])
	}
	p.Spans = spans(n.days)
	if len(p.Faults) > 0 {
		return p, nil
	}
	years, err := o.deps.Cases.Years(c.ctx())
	if err != nil {
		return nil, err
	}
	days := slices.Clone(n.days)
	for i := range days {
		days[i].Year, days[i].Version = n.year, 1<<20 // above every version: the preview shows this notice
	}
	calendar, err := years.National().With(days)
	if err != nil {
		p.Faults = []string{fault.Text(err)}
		return p, nil
	}
	if n.region != "" {
		calendar = calendar.In(n.region)
	} else if years.National().Known(n.year) {
		p.Replaces = fmt.Sprintf(textReplaces, n.year)
	}
	p.Months = yearTable(calendar, n.year)
	p.Confirm = form{ID: "confirm", Action: "/office/calendar", Token: c.form, Submit: textConfirmLoad, Hidden: []option{
		{Value: strconv.Itoa(n.year), Name: "year"}, {Value: n.number, Name: "notice"}, {Value: n.region, Name: "region"}, {Value: n.lines(), Name: "days"}}}
	return p, nil
}

// recountNow is how long the answer waits for the recount of due times; what is
// left goes on by itself.
const recountNow = 2 * time.Second

// loadCalendar saves the notice that was looked at, after checking it again.
func loadCalendar(o *Office, c *call) (*answer, error) {
	n, err := confirmedNotice(c.r)
	if err == nil {
		err = o.mayLoadFor(c, n.region)
	}
	if err != nil {
		return nil, err
	}
	if faults := n.check(); len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "office.loadCalendar", strings.Join(faults, ""))
	}
	id, err := o.deps.Cases.LoadYear(c.ctx(), c.actor(), n.year, n.region, n.number, n.days)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(c.ctx(), recountNow)
	defer cancel()
	if _, err := o.deps.Cases.Recount(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		o.log.LogAttrs(c.ctx(), slog.LevelError, "recount", slog.String("id", c.id), slog.Any("err", err)) // saved all the same; it is tried again
	}
	loads, err := o.deps.Cases.Loads(c.ctx())
	if err != nil {
		return nil, err
	}
	words := fmt.Sprintf(textLoaded, n.year)
	for _, l := range loads {
		if l.ID == id && l.Done {
			words += fmt.Sprintf(textLoadMoved, l.Moved)
		} else if l.ID == id {
			words += textLoadGoesOn
		}
	}
	return told(c, "/office/calendar", words), nil
}

// spans says a notice's days in words, festival by festival.
func spans(days []workday.Day) []string {
	days = slices.Clone(days)
	slices.SortStableFunc(days, func(a, b workday.Day) int { return a.Date.Compare(b.Date) })
	var out []string
	for i := 0; i < len(days); {
		j := i + 1
		for j < len(days) && days[j].Kind == days[i].Kind && days[j].Name == days[i].Name && days[j].Date == days[j-1].Date.AddDays(1) {
			j++
		}
		from, to := days[i].Date, days[j-1].Date
		words := from.Chinese() + "（" + from.WeekdayName() + "）"
		if j-i > 1 {
			words += "至" + to.Chinese() + "（" + to.WeekdayName() + "）"
		}
		if days[i].Kind == workday.Work {
			words += "上班"
		} else {
			words += fmt.Sprintf("%s放假，共 %d 天", cmp.Or(days[i].Name, "节日"), j-i)
		}
		out = append(out, words)
		i = j
	}
	return out
}

// monthTable is a month in weeks from Monday; a zero day is an empty cell.
type monthTable struct {
	Name  string
	Weeks [][7]dayCell
	Work  int // working days
}

type dayCell struct {
	Day   int
	Class string // rest, work, off or plain
	Mark  string // 休 or 班
	Title string
}

func yearTable(calendar workday.Calendar, year int) []monthTable {
	out := make([]monthTable, 12)
	for m := range out {
		t := monthTable{Name: fmt.Sprintf("%d月", m+1)}
		first, _ := workday.NewDate(year, time.Month(m+1), 1)
		at := (int(first.Weekday()) + 6) % 7
		week := [7]dayCell{}
		for d := first; d.Month == first.Month; d = d.AddDays(1) {
			s := calendar.On(d)
			cell := dayCell{Day: d.Day, Title: s.Text()}
			switch {
			case s.Why == workday.Holiday || s.Why == workday.Statutory:
				cell.Class, cell.Mark = "rest", "休"
			case s.Why == workday.MakeUp:
				cell.Class, cell.Mark = "work", "班"
			case !s.Works:
				cell.Class = "off"
			}
			if s.Works {
				t.Work++
			}
			if week[at] = cell; at == 6 {
				t.Weeks, week, at = append(t.Weeks, week), [7]dayCell{}, 0
			} else {
				at++
			}
		}
		if at > 0 {
			t.Weeks = append(t.Weeks, week)
		}
		out[m] = t
	}
	return out
}

const (
	textCalendar     = "放假安排"
	textWholeCountry = "全国（国务院办公厅的通知）"
	textCountry      = "全国"
	textConfirmLoad  = "确认录入，并重新计算涉及的期限"
	textReplaces     = "%d年已经有放假安排。确认后以这一份为准。"
	textLoaded       = "%d年放假安排已录入。"
	textLoadMoved    = "已重新计算涉及的期限，%d 个到期时间有变动，办理人会收到通知。"
	textLoadGoesOn   = "正在重新计算涉及的期限，进度见下表。"
)
