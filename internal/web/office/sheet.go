package office

import (
	"bytes"
	"errors"

	"github.com/xuri/excelize/v2"
)

// writeLines writes one sheet of lines, the first being the headings.
func writeLines(b *bytes.Buffer, name string, width float64, lines [][]any) (err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := x.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	w, err := x.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, max(1, len(lines[0])), width); err != nil {
		return err
	}
	for i, line := range lines {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, line); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = x.WriteTo(b)
	return err
}
