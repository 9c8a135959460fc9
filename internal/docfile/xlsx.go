package docfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
)

// readXLSX reads every sheet, hidden ones too, as a table of the values that
// the file shows. Formulas are never computed: their saved values are read.
func readXLSX(out *builder, src *source) (err error) {
	if err := screenXML(src.zip); err != nil {
		return err
	}
	data, err := src.all()
	if err != nil {
		return err
	}
	// Both size limits are one, so that the library never spills to disk.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: src.lim.MaxUncompressed, UnzipXMLSizeLimit: src.lim.MaxUncompressed,
	})
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, name := range f.GetSheetList() {
		if err := readSheet(out, f, name); err != nil {
			return err
		}
	}
	noteEntries(out, src.zip)
	for _, name := range src.zip.names {
		switch {
		case strings.HasPrefix(name, "xl/media/"):
			out.doc.Pictures++
		case strings.HasPrefix(name, "xl/externalLinks/") && path.Ext(name) == ".xml":
			out.warn(WarnExternal, warnExternal)
		case strings.HasPrefix(path.Base(name), "comments") && path.Ext(name) == ".xml":
			if err := sheetComments(out, src.zip, name); err != nil {
				return err
			}
		}
	}
	return readOOXMLMeta(out, src.zip)
}

// screenXML refuses DOCTYPE and entity declarations in any XML entry before a
// library sees it, and unpacks everything once under the budget.
func screenXML(a *archive) error {
	spent := a.unpacked
	for _, name := range a.names {
		if ext := strings.ToLower(path.Ext(name)); ext != ".xml" && ext != ".rels" && ext != ".vml" {
			continue
		}
		rc, err := a.open(name)
		if err != nil {
			return err
		}
		err = screenStream(name, rc)
		if cerr := rc.Close(); err == nil && cerr != nil {
			err = partFault(name, cerr)
		}
		if err != nil {
			return err
		}
	}
	a.unpacked = spent // the library unpacks the same bytes under its own limit
	return nil
}

func screenStream(name string, r io.Reader) error {
	const overlap = 16
	buf := make([]byte, 1<<16)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		window := bytes.ToUpper(buf[:kept+n])
		// UTF-16 parts hide the words from a byte search; drop the NULs.
		window = bytes.ReplaceAll(window, []byte{0}, nil)
		if bytes.Contains(window, []byte("<!DOCTYPE")) || bytes.Contains(window, []byte("<!ENTITY")) {
			return fault.Newf(fault.Invalid, op, msgDoctype, path.Base(name))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return partFault(name, err)
		}
		keep := min(kept+n, 2*overlap)
		copy(buf, buf[kept+n-keep:kept+n])
		kept = keep
	}
}

func readSheet(out *builder, f *excelize.File, name string) error {
	rows, err := f.Rows(name)
	if err != nil {
		var missing excelize.ErrSheetNotExist
		if errors.As(err, &missing) || strings.Contains(err.Error(), "not a worksheet") {
			return nil // a chart sheet has no cells
		}
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDamagedPart, name), Err: err}
	}
	t := Table{Name: name}
	if visible, err := f.GetSheetVisible(name); err == nil && !visible {
		t.Hidden = true
		out.warn(WarnHiddenSheet, warnHiddenSheet, name)
	}
	hidden, spent, pending := false, 0, 0
	for rows.Next() {
		if err := out.check(); err != nil {
			return errors.Join(err, rows.Close())
		}
		values, err := rows.Columns()
		if err != nil {
			return errors.Join(&fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDamagedPart, name), Err: err}, rows.Close())
		}
		for len(values) > 0 && values[len(values)-1] == "" {
			values = values[:len(values)-1]
		}
		if len(values) == 0 {
			pending++ // empty rows count only when something follows
			continue
		}
		if spent += len(values) + pending; spent+out.cells > out.lim.MaxCells {
			return errors.Join(fault.Newf(fault.TooLarge, op, msgTooManyCells, out.lim.MaxCells), rows.Close())
		}
		for ; pending > 0; pending-- {
			t.Rows = append(t.Rows, nil)
		}
		row := make([]Cell, len(values))
		rowHidden := rows.GetRowOpts().Hidden
		for i, v := range values {
			row[i] = Cell{Text: v, ColSpan: 1, RowSpan: 1, Hidden: rowHidden}
		}
		hidden = hidden || rowHidden
		t.Rows = append(t.Rows, row)
	}
	if err := errors.Join(rows.Error(), rows.Close()); err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDamagedPart, name), Err: err}
	}
	if err := sheetDetails(out, f, &t, &hidden); err != nil {
		return err
	}
	if hidden {
		out.warn(WarnHiddenCells, warnHiddenCells, name)
	}
	return out.table(t)
}

// sheetDetails marks merged ranges, hidden columns and formulas that were
// saved without a value.
func sheetDetails(out *builder, f *excelize.File, t *Table, hidden *bool) error {
	width := 0
	for _, row := range t.Rows {
		width = max(width, len(row))
	}
	for col := 1; col <= width; col++ {
		name, err := excelize.ColumnNumberToName(col)
		if err != nil {
			return &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
		}
		if visible, err := f.GetColVisible(t.Name, name); err == nil && !visible {
			for _, row := range t.Rows {
				if col <= len(row) {
					row[col-1].Hidden = true
				}
			}
			*hidden = true
		}
	}
	unsaved := 0
	for r, row := range t.Rows {
		if err := out.check(); err != nil {
			return err
		}
		for c := range row {
			if row[c].Text != "" {
				continue
			}
			ref, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				continue // outside the sheet's grid: nothing to look up
			}
			if formula, err := f.GetCellFormula(t.Name, ref); err == nil && formula != "" {
				unsaved++
			}
		}
	}
	if unsaved > 0 {
		out.warn(WarnFormula, warnFormula, t.Name, unsaved)
	}
	return mergeRanges(out, f, t)
}

// mergeRanges marks the positions that merged cells cover.
func mergeRanges(out *builder, f *excelize.File, t *Table) error {
	merges, err := f.GetMergeCells(t.Name, true)
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDamagedPart, t.Name), Err: err}
	}
	work := 0
	for _, m := range merges {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err := errors.Join(err1, err2); err != nil || r1 > len(t.Rows) || c2 < c1 || r2 < r1 {
			continue // a range outside the used part of the sheet covers no text
		}
		r2 = min(r2, len(t.Rows))
		for r := r1; r <= r2; r++ {
			row := t.Rows[r-1]
			for c := c1; c <= min(c2, len(row)); c++ {
				if work++; work > out.lim.MaxCells {
					return fault.Newf(fault.TooLarge, op, msgTooManyCells, out.lim.MaxCells)
				}
				if r == r1 && c == c1 {
					row[c-1].ColSpan, row[c-1].RowSpan = min(c2-c1+1, maxSpan), r2-r1+1
					continue
				}
				row[c-1].Merged, row[c-1].Text = true, ""
			}
		}
	}
	return nil
}

// sheetComments keeps cell comments apart.
func sheetComments(out *builder, a *archive, name string) error {
	x, closePart, err := a.xmlPart(name)
	if err != nil {
		return err
	}
	defer closePart()
	var walk func() error
	root, err := x.root()
	if err != nil || root.Name.Local != "comments" {
		return err
	}
	walk = func() error {
		return x.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "commentList":
				return walk()
			case "comment":
				text, err := x.text()
				if err != nil {
					return err
				}
				out.counts[WarnComments]++
				return out.part(PartComment, text)
			}
			return x.skip()
		})
	}
	return walk()
}
