package org

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// sheetHelp stands on the last sheet.
var sheetHelp = []string{
	"三张表可以只填一张，也可以删去不用的表。每行一项，从第 2 行开始填写；不要合并单元格。",
	"机构：机构代码已有的修改资料，没有的新增；新增要填上级机构代码。更名、调整隶属关系、合并请在机构页面登记。",
	"统一社会信用代码 18 位，导入时核对校验码（GB 32100）。",
	"领导：同一机构里姓名相同的在任领导会被修改，否则新增。照片请在页面上传。",
	"任职日期、离任日期：用日期格式的单元格，或者写成 2024-03-01。",
	"内设机构和下设单位：类别填“内设机构”或“下设单位”，不填是内设机构；同一机构里名称相同的会被修改。",
	"空着的单元格会清空原来的内容；不想改的列可以整列删去。",
}

// WriteSheets writes the organs named by their codes with their leaders and
// units in the form that ReadSheets reads. No codes make an empty table.
func (r *Registry) WriteSheets(ctx context.Context, codes []string, w io.Writer) (err error) {
	defer fault.Wrap(&err, "org.WriteSheets")
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	b := &book{x: x, next: map[string]int{}}
	b.do(x.SetSheetName("Sheet1", sheetOrgans))
	for _, s := range sheetColumns {
		b.sheet(s.name, s.cols)
	}
	for _, code := range codes {
		if err := r.writeOrgan(ctx, b, code); err != nil {
			return err
		}
	}
	_, e := x.NewSheet(sheetHelpTab)
	b.do(e)
	for _, line := range sheetHelp {
		b.row(sheetHelpTab, line)
	}
	b.do(x.SetColWidth(sheetHelpTab, "A", "A", 100))
	if b.err != nil {
		return b.err
	}
	_, err = x.WriteTo(w)
	return err
}

func (r *Registry) writeOrgan(ctx context.Context, b *book, code string) error {
	o, err := r.Organ(ctx, code)
	if err != nil {
		return err
	}
	above := ""
	if n := len(o.Parents); n > 0 {
		above = o.Parents[n-1].Code
	}
	b.row(sheetOrgans, o.Code, o.Name, o.Short, above, nameOf(Kinds, o.Kind), nameOf(Levels, o.Level), o.Region, o.CreditCode, o.Duties, o.Address, o.Hours, o.Phone, o.Fax, o.Postcode, o.Website, o.Prefixes)
	leaders, err := r.Leaders(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, l := range leaders {
		if !l.Gone {
			b.row(sheetLeaders, o.Code, l.Name, l.Post, l.Duties, l.CV, l.From, l.To)
		}
	}
	units, err := r.Units(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, u := range units {
		if !u.Gone {
			b.row(sheetUnits, o.Code, u.Name, u.Kind.Chinese(), u.Duties, u.Head, u.Phone, u.Address, u.Hours)
		}
	}
	return nil
}

// book collects the first error of many small writes, and the next free row of
// each sheet.
type book struct {
	x    *excelize.File
	err  error
	next map[string]int
	day  int // style of dates
}

func (b *book) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) sheet(name string, headings []string) {
	if !slices.Contains(b.x.GetSheetList(), name) {
		_, err := b.x.NewSheet(name)
		b.do(err)
	}
	cells := make([]any, len(headings))
	for i, h := range headings {
		cells[i] = h
	}
	b.row(name, cells...)
	bold, err := b.x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	b.do(err)
	b.do(b.x.SetRowStyle(name, 1, 1, bold))
	b.do(b.x.SetColWidth(name, "A", "P", 18))
	b.do(b.x.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	if b.day == 0 {
		form := "yyyy-mm-dd"
		b.day, err = b.x.NewStyle(&excelize.Style{CustomNumFmt: &form})
		b.do(err)
	}
}

func (b *book) row(name string, cells ...any) {
	b.next[name]++
	for i, c := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, b.next[name])
		b.do(err)
		switch v := c.(type) {
		case string:
			if v != "" {
				b.do(b.x.SetCellStr(name, at, v)) // never a formula, whatever it begins with
			}
		case workday.Date:
			if !v.IsZero() {
				b.do(b.x.SetCellValue(name, at, time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC)))
				b.do(b.x.SetCellStyle(name, at, at, b.day))
			}
		}
	}
}
