package docfile

import (
	"encoding/xml"

	"gongkai/internal/fault"
)

// tableElement reads one w:tbl. Positions that a cell covers are Merged; a
// vertical merge is written cell by cell in this format, so the cell that
// starts it is found by its column.
func (d *docxReader) tableElement(x *xmlReader) (Table, error) {
	t := Table{}
	open := map[int][2]int{} // column -> row, column of the cell that a merge continues
	count := 0
	var row func(e xml.StartElement) error
	row = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "sdt", "sdtContent", "customXml":
			return x.each(row)
		case "tr":
		default:
			return x.skip()
		}
		cells, deleted, err := d.rowElement(x)
		if err != nil {
			return err
		}
		if deleted {
			d.counts[WarnDeletions]++
			return nil
		}
		var line []Cell
		for _, c := range cells {
			col := len(line)
			if count += c.ColSpan; count > d.lim.MaxCells {
				return fault.Newf(fault.TooLarge, op, msgTooManyCells, d.lim.MaxCells)
			}
			start, merging := open[col]
			switch {
			case c.continues && merging:
				t.Rows[start[0]][start[1]].RowSpan++
				c.Cell = Cell{Merged: true, ColSpan: c.ColSpan}
			case c.restarts:
				open[col] = [2]int{len(t.Rows), col}
			default:
				delete(open, col)
			}
			span := c.ColSpan
			if c.Merged {
				c.ColSpan = 1
			}
			line = append(line, c.Cell)
			for i := 1; i < span; i++ {
				line = append(line, Cell{Merged: true})
			}
		}
		t.Rows = append(t.Rows, line)
		return nil
	}
	err := x.each(row)
	for i := range t.Rows {
		for j := range t.Rows[i] {
			c := &t.Rows[i][j]
			c.ColSpan, c.RowSpan = max(c.ColSpan, 1), max(c.RowSpan, 1)
		}
	}
	return t, err
}

type docxCell struct {
	Cell
	restarts, continues bool
}

// rowElement reads one w:tr and tells whether a tracked change deleted it.
func (d *docxReader) rowElement(x *xmlReader) (cells []docxCell, deleted bool, err error) {
	var child func(e xml.StartElement) error
	child = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "tc":
			c, err := d.cellElement(x)
			cells = append(cells, c)
			return err
		case "trPr":
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "del":
					deleted = true
				case "ins":
					d.counts[WarnInsertions]++
				case "gridBefore":
					for range atoiIn(attr(e, "val"), 0, 63) {
						cells = append(cells, docxCell{Cell: Cell{ColSpan: 1, RowSpan: 1}})
					}
				}
				return x.skip()
			})
		case "sdt", "sdtContent", "customXml":
			return x.each(child)
		}
		return x.skip()
	}
	err = x.each(child)
	return cells, deleted, err
}

func (d *docxReader) cellElement(x *xmlReader) (docxCell, error) {
	c := docxCell{Cell: Cell{ColSpan: 1, RowSpan: 1}}
	text := &partSink{}
	err := d.cellBody(x, text, &c)
	c.Text = text.text()
	return c, err
}

// cellBody is body with the cell's own properties taken out first.
func (d *docxReader) cellBody(x *xmlReader, to sink, c *docxCell) error {
	var run *docxPara
	var block func(e xml.StartElement) error
	block = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "tcPr":
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "gridSpan":
					c.ColSpan = max(1, atoiIn(attr(e, "val"), 1, maxSpan))
				case "vMerge":
					c.restarts = attr(e, "val") == "restart"
					c.continues = !c.restarts
				}
				return x.skip()
			})
		case "p":
			var err error
			run, err = d.paragraphElement(x, to, run)
			return err
		case "tbl":
			t, err := d.tableElement(x)
			if err != nil {
				return err
			}
			return to.addTable(t)
		case "sdt", "sdtContent", "customXml", "AlternateContent", "Choice":
			return x.each(block)
		case "ins", "moveTo":
			d.counts[WarnInsertions]++
			return x.each(block)
		case "del", "moveFrom":
			d.counts[WarnDeletions]++
		}
		return x.skip()
	}
	if err := x.each(block); err != nil {
		return err
	}
	if run != nil {
		return d.flushPara(to, run)
	}
	return nil
}
