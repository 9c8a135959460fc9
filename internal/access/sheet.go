package access

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// The table of people, in and out. Each row is one person; several roles stand
// in one cell with 、 between them and are held on the person's own organ.
const (
	sheetName     = "人员"
	otherSheet    = "其他授权"
	maxSheetRows  = 5000
	maxSheetBytes = 5 << 20
	maxUnzipped   = 64 << 20
)

// MaxSheetBytes bounds an Excel file of people.
const MaxSheetBytes = maxSheetBytes

// sheetColumns are the headings, in the order in which they are written; they
// are read in any order.
var sheetColumns = []string{colLogin, colName, colOrgan, colTitle, colRole, colFrom, colTo}

const (
	colLogin = "登录名"
	colName  = "姓名"
	colOrgan = "单位代码"
	colTitle = "职务"
	colRole  = "角色"
	colFrom  = "开始日期"
	colTo    = "结束日期"
)

// SheetRow is one person as the table gives them; Row is the row's number.
type SheetRow struct {
	Row    int
	Person NewPerson
}

// SheetFault is what is wrong with a row: its number and column (A, B …; "" for
// the whole row), the heading there, and a sentence that says how to mend it.
type SheetFault struct {
	Row    int
	Column string
	Field  string
	Text   string
}

// sheet is a table being read.
type sheet struct {
	f       *excelize.File
	name    string
	columns map[string]int // heading → column number from 1
	date04  bool
	faults  []SheetFault
}

func (t *sheet) fault(row int, heading, format string, args ...any) {
	column := ""
	if n, ok := t.columns[heading]; ok {
		column, _ = excelize.ColumnNumberToName(n) // numbers from a heading are in range
	}
	t.faults = append(t.faults, SheetFault{row, column, heading, fmt.Sprintf(format, args...)})
}

// ReadSheet reads a table of people. The error says why the file cannot be
// read as one at all; faults name rows that cannot be taken. Logins doubled
// within the file are faults; whether they or the organs exist is not asked
// here. It never panics, whatever the file holds.
func ReadSheet(r io.Reader) (rows []SheetRow, faults []SheetFault, err error) {
	defer func() {
		if p := recover(); p != nil { // the reader of Excel files is not ours, and files come from anywhere
			rows, faults, err = nil, nil, fault.New(fault.Unsupported, "access.ReadSheet", textSheetBroken)
		}
	}()
	b, err := io.ReadAll(io.LimitReader(r, maxSheetBytes+1))
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "access.ReadSheet", textSheetBroken)
	}
	if len(b) > maxSheetBytes {
		return nil, nil, fault.Newf(fault.TooLarge, "access.ReadSheet", textSheetLarge, maxSheetBytes>>20)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, nil, &fault.Error{Kind: fault.Unsupported, Op: "access.ReadSheet", Field: "文件", Text: textSheetBroken, Err: err}
	}
	defer f.Close()
	t := &sheet{f: f, columns: map[string]int{}}
	if err := t.open(); err != nil {
		return nil, nil, err
	}
	rows, err = t.read()
	return rows, t.faults, err
}

func (t *sheet) open() error {
	names := t.f.GetSheetList()
	if len(names) == 0 {
		return fault.New(fault.Unsupported, "access.sheet", textSheetBroken)
	}
	t.name = names[0]
	for _, n := range names {
		if n == sheetName {
			t.name = n
		}
	}
	if p, err := t.f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		t.date04 = *p.Date1904
	}
	return nil
}

func (t *sheet) read() ([]SheetRow, error) {
	merged, err := t.merged()
	if err != nil {
		return nil, err
	}
	lines, err := t.f.Rows(t.name)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unsupported, Op: "access.sheet", Text: textSheetBroken, Err: err}
	}
	var out []SheetRow
	first, doubled := map[string]int{}, map[int]int{}
	for n := 1; lines.Next(); n++ {
		cells, err := lines.Columns()
		if err != nil {
			return nil, errors.Join(&fault.Error{Kind: fault.Unsupported, Op: "access.sheet", Text: textSheetBroken, Err: err}, lines.Close())
		}
		if n == 1 {
			if err := t.heading(cells); err != nil {
				return nil, errors.Join(err, lines.Close())
			}
			continue
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" && merged[n] == "" {
			continue
		}
		if n > maxSheetRows+1 {
			return nil, errors.Join(fault.Newf(fault.TooLarge, "access.sheet", textSheetRows, maxSheetRows), lines.Close())
		}
		if area := merged[n]; area != "" {
			t.faults = append(t.faults, SheetFault{n, strings.TrimRight(strings.SplitN(area, ":", 2)[0], "0123456789"), "", fmt.Sprintf(textSheetMerged, area)})
			continue
		}
		before := len(t.faults)
		p := t.person(n, cells)
		if prior, ok := first[p.Login]; ok {
			t.fault(n, colLogin, textSheetDouble, p.Login, prior)
			doubled[prior] = n
		} else if p.Login != "" {
			first[p.Login] = n
		}
		if len(t.faults) == before {
			out = append(out, SheetRow{n, p})
		}
	}
	if err := errors.Join(lines.Error(), lines.Close()); err != nil {
		return nil, &fault.Error{Kind: fault.Unsupported, Op: "access.sheet", Text: textSheetBroken, Err: err}
	}
	out = slices.DeleteFunc(out, func(r SheetRow) bool { // which of the two is meant, nobody can know
		other, twice := doubled[r.Row]
		if twice {
			t.fault(r.Row, colLogin, textSheetDouble, r.Person.Login, other)
		}
		return twice
	})
	slices.SortStableFunc(t.faults, func(a, b SheetFault) int { return a.Row - b.Row })
	if len(t.columns) == 0 || len(out)+len(t.faults) == 0 {
		return nil, fault.New(fault.Invalid, "access.sheet", textSheetEmpty)
	}
	return out, nil
}

// merged gives for each row the merged area it stands in.
func (t *sheet) merged() (map[int]string, error) {
	areas, err := t.f.GetMergeCells(t.name)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unsupported, Op: "access.sheet", Text: textSheetBroken, Err: err}
	}
	out := map[int]string{}
	for _, a := range areas {
		_, from, e1 := excelize.CellNameToCoordinates(a.GetStartAxis())
		_, to, e2 := excelize.CellNameToCoordinates(a.GetEndAxis())
		if e1 != nil || e2 != nil {
			return nil, fault.New(fault.Unsupported, "access.sheet", textSheetBroken)
		}
		for n := max(from, 2); n <= min(to, maxSheetRows+2); n++ {
			if out[n] == "" {
				out[n] = a.GetStartAxis() + ":" + a.GetEndAxis()
			}
		}
	}
	return out, nil
}

func (t *sheet) heading(cells []string) error {
	for i, c := range cells {
		c = strings.TrimSpace(c)
		for _, want := range sheetColumns {
			if c == want {
				if _, twice := t.columns[c]; twice {
					return fault.Newf(fault.Invalid, "access.sheet", textSheetTwice, c)
				}
				t.columns[c] = i + 1
			}
		}
	}
	var missing []string
	for _, want := range sheetColumns[:3] {
		if _, ok := t.columns[want]; !ok {
			missing = append(missing, "“"+want+"”")
		}
	}
	if missing != nil {
		return fault.Newf(fault.Invalid, "access.sheet", textSheetHeading, strings.Join(missing, "、"))
	}
	return nil
}

func (t *sheet) cell(cells []string, heading string) string {
	n, ok := t.columns[heading]
	if !ok || n > len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[n-1])
}

func (t *sheet) person(n int, cells []string) NewPerson {
	p := NewPerson{Organ: t.cell(cells, colOrgan)}
	login, ok := org.CleanLogin(t.cell(cells, colLogin))
	switch {
	case login == "":
		t.fault(n, colLogin, textSheetMissing, colLogin)
	case !ok:
		t.fault(n, colLogin, textSheetLogin, shorten(login, 20))
	default:
		p.Login = login
	}
	var err error
	if p.Name, err = org.CleanName(colName, t.cell(cells, colName)); err != nil {
		t.fault(n, colName, "%s", fault.Text(err))
	}
	if p.Organ == "" {
		t.fault(n, colOrgan, textSheetMissing, colOrgan)
	}
	if title := t.cell(cells, colTitle); title != "" {
		if p.Title, err = org.CleanName(colTitle, title); err != nil {
			t.fault(n, colTitle, "%s", fault.Text(err))
		}
	}
	from, to := t.day(n, cells, colFrom), t.day(n, cells, colTo)
	if !from.IsZero() && !to.IsZero() && !to.After(from) {
		t.fault(n, colTo, textPeriodOrder)
	}
	for _, word := range strings.FieldsFunc(t.cell(cells, colRole), func(r rune) bool { return strings.ContainsRune("、，,;； \n", r) }) {
		r, known := RoleNamed(word)
		switch {
		case !known:
			t.fault(n, colRole, textRoleUnknown, shorten(word, 20))
		case !r.Staff():
			t.fault(n, colRole, textRoleGiven, r.Chinese())
		default:
			p.Grants = append(p.Grants, GrantSpec{Role: r, Organ: p.Organ, From: from, To: to})
		}
	}
	return p
}

// Days of the years 2000 to 2100 as Excel counts them.
const (
	firstSerial = 36526
	lastSerial  = 73415
)

// day reads a cell that must hold a real date. A text that looks like one is
// refused: in a text, the month and the day cannot be told apart for sure.
func (t *sheet) day(n int, cells []string, heading string) workday.Date {
	raw := t.cell(cells, heading)
	if raw == "" {
		return workday.Date{}
	}
	name, err := excelize.CoordinatesToCellName(t.columns[heading], n)
	if err != nil {
		t.fault(n, heading, textSheetDay, shorten(raw, 20))
		return workday.Date{}
	}
	kind, err := t.f.GetCellType(t.name, name)
	if err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeBool || kind == excelize.CellTypeError {
		t.fault(n, heading, textSheetTextDay, shorten(raw, 20))
		return workday.Date{}
	}
	if kind == excelize.CellTypeDate && len(raw) >= 10 {
		if d, ok := workday.ParseDate(raw[:10]); ok {
			return d
		}
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(v) || v < firstSerial || v > lastSerial {
		t.fault(n, heading, textSheetDay, shorten(raw, 20))
		return workday.Date{}
	}
	at, err := excelize.ExcelDateToTime(math.Floor(v), t.date04)
	if err != nil {
		t.fault(n, heading, textSheetDay, shorten(raw, 20))
		return workday.Date{}
	}
	d, _ := workday.NewDate(at.Year(), at.Month(), at.Day()) // the range above holds only real days
	return d
}

func excelDay(d workday.Date) any {
	if d.IsZero() {
		return nil
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
