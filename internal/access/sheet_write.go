package access

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// WriteSheet writes the people within the actor's reach that fit the filter in
// the form that ReadSheet reads. Roles held elsewhere or for another period
// stand on a second sheet. The reading is recorded.
func (s *Service) WriteSheet(ctx context.Context, a Actor, f PeopleFilter, w io.Writer) (err error) {
	defer fault.Wrap(&err, "access.WriteSheet")
	f.After, f.Limit = 0, 1000
	var all []Member
	for {
		page, _, next, err := s.People(ctx, a, f)
		if err != nil {
			return err
		}
		if all = append(all, page...); next == 0 {
			break
		}
		f.After = next
	}
	if err := s.Record(ctx, a, audit.ViewPersonal, "people", audit.Done, textSheetOut); err != nil {
		return err
	}
	return writePeople(all, w)
}

// BlankSheet writes an empty table with headings and one sheet of explanation.
func BlankSheet(w io.Writer) error { return writePeople(nil, w) }

func writePeople(all []Member, w io.Writer) (err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	b := &book{x: x}
	b.do(x.SetSheetName("Sheet1", sheetName))
	b.sheet(sheetName, sheetColumns, []float64{18, 16, 14, 18, 30, 14, 14})
	other := false
	otherRow := 1
	for i, m := range all {
		own, rest := ownGrants(m)
		var roles []string
		row := []any{m.Login, m.Name, m.Organ.Code, m.Title, "", nil, nil}
		for _, h := range own {
			roles = append(roles, h.Role.Chinese())
			row[5], row[6] = excelDay(h.From), excelDay(h.To)
		}
		row[4] = strings.Join(roles, "、")
		b.row(sheetName, i+2, row)
		for _, h := range rest {
			if !other {
				other = true
				_, e := x.NewSheet(otherSheet)
				b.do(e)
				b.sheet(otherSheet, []string{colLogin, colRole, "机构代码", "机构", colFrom, colTo}, []float64{18, 18, 14, 30, 14, 14})
			}
			otherRow++
			b.row(otherSheet, otherRow, []any{m.Login, h.Role.Chinese(), h.Organ.Code, h.Organ.Name, excelDay(h.From), excelDay(h.To)})
		}
	}
	if _, e := x.NewSheet("填写说明"); e != nil {
		return e
	}
	for i, line := range sheetHelp {
		b.row("填写说明", i+1, []any{line})
	}
	b.do(x.SetColWidth("填写说明", "A", "A", 90))
	if b.err != nil {
		return b.err
	}
	_, err = x.WriteTo(w)
	return err
}

// ownGrants tells the roles that one row can say from those it cannot: the
// first sheet has one organ and one period a person.
func ownGrants(m Member) (own, rest []Held) {
	for _, h := range m.Grants {
		if h.Organ.ID == m.Organ.ID && (len(own) == 0 || h.From == own[0].From && h.To == own[0].To) {
			own = append(own, h)
		} else {
			rest = append(rest, h)
		}
	}
	return own, rest
}

// book collects the first error of many small writes.
type book struct {
	x   *excelize.File
	err error
}

func (b *book) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

// sheet writes the heading row, bold and kept in view, and the date columns' form.
func (b *book) sheet(name string, headings []string, widths []float64) {
	cells := make([]any, len(headings))
	for i, h := range headings {
		cells[i] = h
		col, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.x.SetColWidth(name, col, col, widths[i]))
	}
	b.row(name, 1, cells)
	bold, err := b.x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	b.do(err)
	b.do(b.x.SetRowStyle(name, 1, 1, bold))
	b.do(b.x.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

func (b *book) row(name string, n int, cells []any) {
	for i, c := range cells {
		if c == nil || c == "" {
			continue
		}
		at, err := excelize.CoordinatesToCellName(i+1, n)
		b.do(err)
		if text, ok := c.(string); ok {
			b.do(b.x.SetCellStr(name, at, text)) // never a formula, whatever it begins with
			continue
		}
		b.do(b.x.SetCellValue(name, at, c))
		format := "yyyy-mm-dd"
		style, err := b.x.NewStyle(&excelize.Style{CustomNumFmt: &format})
		b.do(err)
		b.do(b.x.SetCellStyle(name, at, at, style))
	}
}
