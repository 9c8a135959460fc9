package org

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// MaxSheetBytes bounds an Excel file of organs.
const MaxSheetBytes = 5 << 20

const (
	maxSheetRows = 5000
	maxUnzipped  = 64 << 20
)

// The tables of organs, in and out: one sheet each, any of which may be left out.
const (
	sheetOrgans  = "机构"
	sheetLeaders = "领导"
	sheetUnits   = "内设机构和下设单位"
	sheetHelpTab = "填写说明"
)

const (
	colCode   = "机构代码"
	colName   = "名称"
	colShort  = "简称"
	colParent = "上级机构代码"
	colKind   = "类别"
	colLevel  = "层级"
	colRegion = "地区"
	colPerson = "姓名"
	colPost   = "职务"
	colFrom   = "任职日期"
	colTo     = "离任日期"
)

// sheetColumns are the headings of each sheet, in the order in which they are
// written; they are read in any order. The first needed ones must be there.
var sheetColumns = []struct {
	name   string
	needed int
	cols   []string
}{
	{sheetOrgans, 2, []string{colCode, colName, colShort, colParent, colKind, colLevel, colRegion, "统一社会信用代码", "主要职责", "办公地址", "办公时间", "联系电话", "传真", "邮政编码", "网址", factPrefixes}},
	{sheetLeaders, 3, []string{colCode, colPerson, colPost, "分工", "简历", colFrom, colTo}},
	{sheetUnits, 2, []string{colCode, colName, colKind, "职责", "负责人", "联系电话", "办公地址", "办公时间"}},
}

// SheetRow is one row as its sheet gives it. Cells hold the columns that the
// sheet has, "" where a cell is empty.
type SheetRow struct {
	Sheet   string
	Row     int
	cells   map[string]string
	columns map[string]int
}

// SheetFault is what is wrong with a row: its sheet, number and column (A, B …;
// "" for the whole row), the heading there, and how to mend it.
type SheetFault struct {
	Sheet  string
	Row    int
	Column string
	Field  string
	Text   string
}

// Where names the place of a fault for people: “领导”表第 12 行 C 列“职务”.
func (f SheetFault) Where() string {
	s := fmt.Sprintf("“%s”表第 %d 行", f.Sheet, f.Row)
	if f.Column != "" {
		s += " " + f.Column + " 列"
	}
	if f.Field != "" {
		s += "“" + f.Field + "”"
	}
	return s
}

// fault names a column of the row, when the sheet has it.
func (r SheetRow) fault(field, text string) SheetFault {
	f := SheetFault{Sheet: r.Sheet, Row: r.Row, Field: field, Text: text}
	if n, ok := r.columns[field]; ok {
		f.Column, _ = excelize.ColumnNumberToName(n) // a number from a heading is in range
	}
	return f
}

func sheetBroken(err error) error {
	return &fault.Error{Kind: fault.Unsupported, Op: "org.ReadSheets", Field: "文件", Text: textSheetBroken, Err: err}
}

// ReadSheets reads tables of organs, leaders and units. The error says why the
// file cannot be read at all; faults name rows that cannot be taken. Nothing is
// asked of the library here. It never panics, whatever the file holds.
func ReadSheets(r io.Reader) (rows []SheetRow, faults []SheetFault, err error) {
	defer func() {
		if p := recover(); p != nil { // the reader of Excel files is not ours, and files come from anywhere
			rows, faults, err = nil, nil, sheetBroken(fmt.Errorf("%v", p))
		}
	}()
	b, err := io.ReadAll(io.LimitReader(r, MaxSheetBytes+1))
	if err != nil {
		return nil, nil, sheetBroken(err)
	}
	if len(b) > MaxSheetBytes {
		return nil, nil, &fault.Error{Kind: fault.TooLarge, Op: "org.ReadSheets", Field: "文件", Text: fmt.Sprintf(textSheetLarge, MaxSheetBytes>>20), Err: errSheet}
	}
	x, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, nil, sheetBroken(err)
	}
	defer x.Close()
	known := false
	for _, s := range sheetColumns {
		if !slices.Contains(x.GetSheetList(), s.name) {
			continue
		}
		known = true
		got, bad, err := readTable(x, s.name, s.cols, s.needed)
		if err != nil {
			return nil, nil, err
		}
		rows, faults = append(rows, got...), append(faults, bad...)
	}
	if !known {
		return nil, nil, fault.Field("org.ReadSheets", "文件", textSheetNone)
	}
	if len(rows)+len(faults) == 0 {
		return nil, nil, fault.Field("org.ReadSheets", "文件", textSheetEmpty)
	}
	return rows, faults, nil
}

var errSheet = errors.New("sheet out of bounds")

func readTable(x *excelize.File, name string, cols []string, needed int) (rows []SheetRow, faults []SheetFault, err error) {
	lines, err := x.GetRows(name)
	if err != nil {
		return nil, nil, sheetBroken(err)
	}
	if len(lines) > maxSheetRows+1 {
		return nil, nil, fault.Field("org.ReadSheets", "文件", textSheetRows, name, maxSheetRows)
	}
	areas, err := x.GetMergeCells(name)
	if err != nil {
		return nil, nil, sheetBroken(err)
	}
	merged := map[int]string{}
	for _, a := range areas {
		_, from, e1 := excelize.CellNameToCoordinates(a.GetStartAxis())
		_, to, e2 := excelize.CellNameToCoordinates(a.GetEndAxis())
		if err := errors.Join(e1, e2); err != nil {
			return nil, nil, sheetBroken(err)
		}
		for n := max(from, 2); n <= min(to, maxSheetRows+1); n++ {
			merged[n] = a.GetStartAxis() + ":" + a.GetEndAxis()
		}
	}
	columns := map[string]int{}
	for i, line := range lines {
		if i == 0 {
			for j, c := range line {
				c = strings.TrimSpace(c)
				if !slices.Contains(cols, c) {
					continue
				}
				if _, twice := columns[c]; twice {
					return nil, nil, fault.Field("org.ReadSheets", "文件", textSheetTwice, name, c)
				}
				columns[c] = j + 1
			}
			for _, c := range cols[:needed] {
				if columns[c] == 0 {
					return nil, nil, fault.Field("org.ReadSheets", "文件", textSheetHeading, name, c)
				}
			}
			continue
		}
		r := SheetRow{Sheet: name, Row: i + 1, cells: map[string]string{}, columns: columns}
		if area := merged[i+1]; area != "" {
			faults = append(faults, r.fault("", fmt.Sprintf(textSheetMerged, area)))
			continue
		}
		for c, n := range columns {
			r.cells[c] = ""
			if n <= len(line) {
				r.cells[c] = strings.TrimSpace(line[n-1])
			}
		}
		if strings.TrimSpace(strings.Join(line, "")) != "" {
			rows = append(rows, r)
		}
	}
	return rows, faults, nil
}

// day reads a cell that holds a date: a cell of Excel's own kind, which is the
// count of days, or the ISO form.
func (r SheetRow) day(col string) (workday.Date, error) {
	s := r.cells[col]
	if s == "" {
		return workday.Date{}, nil
	}
	if d, ok := workday.ParseDate(s); ok {
		return d, nil
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil && v >= 7306 && v <= 73415 { // 1920 to 2100
		if at, err := excelize.ExcelDateToTime(float64(int(v)), false); err == nil {
			d, _ := workday.NewDate(at.Year(), at.Month(), at.Day()) // the range above holds only real days
			return d, nil
		}
	}
	return workday.Date{}, fault.Field("org.sheet", col, textSheetDay, s)
}
