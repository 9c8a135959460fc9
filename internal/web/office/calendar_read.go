package office

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// notice is a year's arrangement as somebody handed it in.
type notice struct {
	way    string // paste, sheet or hand
	year   int
	number string
	region string
	days   []workday.Day
	places []string  // of each day, as 第 3 行; "" when the text has no rows
	faults []string  // of rows that could not be read
	rows   []handRow // as typed
}

// handRow is one span typed by hand; To empty is one day.
type handRow struct{ From, To, Kind, Name string }

// handRows is enough for the seven festivals and their make-up days.
const handRows = 16

// maxSpan bounds one row: no notice gives more days in a piece.
const maxSpan = 16

func readNotice(r *http.Request) (n notice, err error) {
	n.way, n.number, n.region = value(r, "way"), value(r, "notice"), value(r, "region")
	if n.way == "hand" {
		n.readRows(r)
	}
	if n.year, err = noticeYear(value(r, "year")); err != nil {
		return n, err
	}
	switch n.way {
	case "paste":
		err = n.readText(value(r, "text"))
	case "sheet":
		err = n.readSheet(r)
	case "hand":
		if len(n.days) == 0 && len(n.faults) == 0 {
			err = fault.Field("office.readNotice", "日期", "“日期”：请至少填写一行。")
		}
	default:
		err = fault.New(fault.Invalid, "office.readNotice", textBadForm)
	}
	if err == nil && n.number == "" {
		err = fault.Field("office.readNotice", "通知文号", "“通知文号”：请填写，以便说明期限依据的是哪份通知。")
	}
	n.regional()
	return n, err
}

func noticeYear(s string) (int, error) {
	year, err := strconv.Atoi(s)
	if err != nil || year < 2007 || year > 2100 {
		return 0, fault.Field("office.noticeYear", "年份", "“年份”：请填写四位数字，如 2027。")
	}
	return year, nil
}

// regional puts the days under the organ that they hold for.
func (n *notice) regional() {
	for i := range n.days {
		n.days[i].Region = n.region
	}
}

// readText reads the notice's own words; a text that does not agree with itself
// is refused with everything that is wrong.
func (n *notice) readText(text string) error {
	if text == "" {
		return fault.Field("office.readText", "通知全文", "“通知全文”：请把通知粘贴进来。")
	}
	got, faults := workday.ParseNotice(text)
	for _, f := range faults {
		n.faults = append(n.faults, fault.Text(f))
	}
	if len(faults) > 0 {
		return fault.Field("office.readText", "通知全文", "“通知全文”：%s", strings.Join(n.faults, ""))
	}
	if got.Year != n.year {
		return fault.Field("office.readText", "通知全文", "“通知全文”：这是%d年的通知，不是%d年的。", got.Year, n.year)
	}
	n.days, n.places = got.Days, make([]string, len(got.Days))
	if n.number == "" {
		n.number = got.Number
	}
	return nil
}

func (n *notice) readRows(r *http.Request) {
	n.rows = make([]handRow, handRows)
	for i := range n.rows {
		at := strconv.Itoa(i + 1)
		row := handRow{value(r, "from-"+at), value(r, "to-"+at), value(r, "kind-"+at), value(r, "name-"+at)}
		n.rows[i] = row
		if row.From != "" || row.To != "" || row.Name != "" {
			n.add(fmt.Sprintf("第 %d 行", i+1), row)
		}
	}
}

// add reads one row; what is wrong with it names row and column.
func (n *notice) add(place string, row handRow) {
	bad := func(format string, args ...any) { n.faults = append(n.faults, place+fmt.Sprintf(format, args...)) }
	from, ok := workday.ParseDate(row.From)
	if !ok {
		bad("“日期”写的是“%s”，没有这一天。请写成 2027-01-01 的样子。", shorten(row.From, 20))
		return
	}
	to := from
	if row.To != "" {
		if to, ok = workday.ParseDate(row.To); !ok {
			bad("“到”写的是“%s”，没有这一天。", shorten(row.To, 20))
			return
		}
	}
	if to.Before(from) || from.AddDays(maxSpan).Before(to) {
		bad("“到”要在“从”以后、%d 天以内。", maxSpan)
		return
	}
	var kind workday.Kind
	switch row.Kind {
	case "放假", "休息", "休", string(workday.Rest):
		kind = workday.Rest
	case "上班", "调休上班", "班", string(workday.Work):
		kind = workday.Work
	default:
		bad("“放假或上班”写的是“%s”，只能写放假或者上班。", shorten(row.Kind, 20))
		return
	}
	if row.Name == "" && kind == workday.Rest {
		bad("缺少名称，请写明是哪个节日。")
		return
	}
	for d := from; !d.After(to); d = d.AddDays(1) {
		n.days = append(n.days, workday.Day{Date: d, Kind: kind, Name: shorten(row.Name, 40), Year: n.year})
		n.places = append(n.places, place)
	}
}

// maxSheetRows is far above any notice.
const (
	maxSheetRows = 400
)

var sheetHead = []any{"日期", "放假或上班", "名称"}

func (n *notice) readSheet(r *http.Request) (err error) {
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return fault.Field("office.readSheet", "Excel 文件", textNoFile)
	}
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "office.readSheet", Field: "Excel 文件", Text: textBadForm, Err: err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	x, err := excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: 16 << 20, UnzipXMLSizeLimit: 8 << 20})
	if err != nil {
		return &fault.Error{Kind: fault.Unsupported, Op: "office.readSheet", Field: "Excel 文件", Text: "“Excel 文件”：读不了，请用下载的空表填写后另存为 .xlsx。", Err: err}
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	rows, err := x.GetRows(x.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		return &fault.Error{Kind: fault.Unsupported, Op: "office.readSheet", Field: "Excel 文件", Text: "“Excel 文件”：第一张表读不出来。", Err: err}
	}
	if len(rows) > maxSheetRows {
		return fault.Field("office.readSheet", "Excel 文件", "“Excel 文件”：有 %d 行，放假安排不会超过 %d 行，请核对。", len(rows), maxSheetRows)
	}
	for i, row := range rows {
		cell := func(at int) string {
			if at < len(row) {
				return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(row[at], ""), "\x00", ""))
			}
			return ""
		}
		if cell(0) == "" && cell(1) == "" && cell(2) == "" || i == 0 && cell(0) == sheetHead[0] {
			continue
		}
		n.add(fmt.Sprintf("第 %d 行", i+1), handRow{From: sheetDay(cell(0)), Kind: cell(1), Name: cell(2)})
	}
	if len(n.days) == 0 && len(n.faults) == 0 {
		return fault.Field("office.readSheet", "Excel 文件", "“Excel 文件”：表里没有日期。")
	}
	return nil
}

// sheetDay reads a cell as the ISO day it means: a day that Excel keeps as a
// number, or one written with slashes or in Chinese. Other words stay.
func sheetDay(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if t, err := excelize.ExcelDateToTime(n, false); err == nil && n == float64(int(n)) {
			return t.Format("2006-01-02")
		}
		return s
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/.-年月日", r) })
	if len(parts) != 3 {
		return s
	}
	var ymd [3]int
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return s
		}
		ymd[i] = n
	}
	return fmt.Sprintf("%04d-%02d-%02d", ymd[0], ymd[1], ymd[2])
}

// check names every fault, each with the rows that it concerns.
func (n *notice) check() []string {
	out := append([]string(nil), n.faults...)
	if len(n.days) == 0 {
		return out
	}
	for _, f := range workday.Check(n.year, n.days) {
		text := fault.Text(f)
		var rows []string
		for i, d := range n.days {
			if n.places[i] != "" && strings.HasPrefix(text, d.Date.Chinese()) && (len(rows) == 0 || rows[len(rows)-1] != n.places[i]) {
				rows = append(rows, n.places[i])
			}
		}
		if len(rows) > 0 {
			text = strings.Join(rows, "、") + "，" + text
		}
		out = append(out, text)
	}
	return out
}

// lines writes the days for the form that confirms them.
func (n *notice) lines() string {
	var b strings.Builder
	for _, d := range n.days {
		fmt.Fprintf(&b, "%s %s %s\n", d.Date, d.Kind, d.Name)
	}
	return b.String()
}

// confirmedNotice reads what the confirming form carries; it is checked again.
func confirmedNotice(r *http.Request) (n notice, err error) {
	n.number, n.region = value(r, "notice"), value(r, "region")
	if n.year, err = noticeYear(value(r, "year")); err != nil {
		return n, err
	}
	for i, line := range strings.Split(value(r, "days"), "\n") {
		parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
		for len(parts) < 3 {
			parts = append(parts, "")
		}
		if i < maxSheetRows && parts[0] != "" {
			n.add(fmt.Sprintf("第 %d 行", i+1), handRow{From: parts[0], Kind: parts[1], Name: parts[2]})
		}
	}
	if n.number == "" || len(n.days) == 0 {
		return n, fault.New(fault.Invalid, "office.confirmedNotice", textOldForm)
	}
	n.regional()
	return n, nil
}

// blankCalendar is the empty table with its headings and two lines as examples.
func blankCalendar(o *Office, c *call) (*answer, error) {
	year := o.access.Today().Year + 1
	return excelAnswer("放假安排空表.xlsx", func(b *bytes.Buffer) error {
		return writeLines(b, textCalendar, 18, [][]any{sheetHead, {fmt.Sprintf("%d-01-01", year), "放假", "元旦"}})
	})
}
