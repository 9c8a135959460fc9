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
	facts, err := scanWorkbook(out, src.zip)
	if err != nil {
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
		if err := readSheet(out, f, name, facts[name]); err != nil {
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

// readSheet streams the shown values of one sheet. The library's own sheet
// model is never built: it writes out every gap of a sparse sheet.
func readSheet(out *builder, f *excelize.File, name string, facts *sheetFacts) error {
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
	hidden, spent, runes := false, 0, 0
	index := map[int]int{} // sheet row, from 1, to row of the table: empty rows are left out
	for n := 1; rows.Next(); n++ {
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
			continue
		}
		if spent += len(values); spent+out.cells > out.lim.MaxCells {
			return errors.Join(fault.Newf(fault.TooLarge, op, msgTooManyCells, out.lim.MaxCells), rows.Close())
		}
		row := make([]Cell, len(values))
		rowHidden := rows.GetRowOpts().Hidden
		for i, v := range values {
			row[i] = Cell{Text: v, ColSpan: 1, RowSpan: 1, Hidden: rowHidden}
			// One shared string may stand in every cell, so it is counted here.
			if runes += len(v) / 4; runes > out.lim.MaxTextRunes {
				return errors.Join(fault.Newf(fault.TooLarge, op, msgTextTooLong, out.lim.MaxTextRunes), rows.Close())
			}
		}
		index[n] = len(t.Rows)
		hidden = hidden || rowHidden
		t.Rows = append(t.Rows, row)
	}
	if err := errors.Join(rows.Error(), rows.Close()); err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDamagedPart, name), Err: err}
	}
	if facts != nil {
		hidden = facts.hideColumns(&t) || hidden
		if facts.unsaved > 0 {
			out.warn(WarnFormula, warnFormula, name, facts.unsaved)
		}
		if err := facts.merge(out, &t, index); err != nil {
			return err
		}
	}
	if hidden {
		out.warn(WarnHiddenCells, warnHiddenCells, name)
	}
	return out.table(t)
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
