package docfile

import (
	"encoding/xml"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
)

// sheetFacts is what a sheet says besides its values.
type sheetFacts struct {
	hidden  [][2]int // first and last hidden column, from 1
	merges  []string // ranges such as A1:C2
	unsaved int      // formulas without a saved value

	rowNumber []int // sheet row of each row of the table
}

// scanWorkbook reads the sheets' structure in one pass and refuses sheets
// whose grid is larger than the limit before the values are read.
func scanWorkbook(out *builder, a *archive) (map[string]*sheetFacts, error) {
	spent := a.unpacked
	rels, err := a.relations("_rels/.rels")
	if err != nil {
		return nil, err
	}
	main := ""
	for _, r := range rels {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	if main == "" || !a.has(main) {
		return nil, fault.Newf(fault.Invalid, op, msgMissingPart, "workbook.xml")
	}
	targets, err := a.targets(relsOf(main))
	if err != nil {
		return nil, err
	}
	x, closePart, err := a.xmlPart(main)
	if err != nil {
		return nil, err
	}
	defer closePart()
	if _, err := x.root(); err != nil {
		return nil, err
	}
	facts := map[string]*sheetFacts{}
	grid := 0
	var sheet func(e xml.StartElement) error
	sheet = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "sheets":
			return x.each(sheet)
		case "sheet":
			if target := targets[relID(e)]; a.has(target) {
				f, n, err := scanSheet(out, a, target)
				if err != nil {
					return err
				}
				facts[attr(e, "name")] = f
				if grid += n; grid > a.lim.MaxCells {
					return fault.Newf(fault.TooLarge, op, msgTooManyCells, a.lim.MaxCells)
				}
			}
		}
		return x.skip()
	}
	err = x.each(sheet)
	a.unpacked = spent // the same bytes are unpacked again for the values
	return facts, err
}

// relID is the r:id attribute; a sheet has a sheetId beside it.
func relID(e xml.StartElement) string {
	for _, at := range e.Attr {
		if at.Name.Local == "id" && strings.Contains(at.Name.Space, "relationships") {
			return at.Value
		}
	}
	return ""
}

// targets gives the entries of a .rels part by relation id.
func (a *archive) targets(name string) (map[string]string, error) {
	rels, err := a.relations(name)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]string, len(rels))
	for _, r := range rels {
		if !r.external {
			byID[r.id] = r.target
		}
	}
	return byID, nil
}

const maxSheetRow = 1 << 20 // the format's own limit

// scanSheet reads one sheet's structure and the number of grid positions that
// its cells span.
func scanSheet(out *builder, a *archive, name string) (*sheetFacts, int, error) {
	x, closePart, err := a.xmlPart(name)
	if err != nil {
		return nil, 0, err
	}
	defer closePart()
	if _, err := x.root(); err != nil {
		return nil, 0, err
	}
	f, grid, bottom := &sheetFacts{}, 0, 0
	last := 0 // column reached in the open row
	var child func(e xml.StartElement) error
	child = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "cols", "sheetData", "mergeCells":
			return x.each(child)
		case "row":
			last = 0
			number := atoiIn(attr(e, "r"), 0, maxSheetRow)
			if r := attr(e, "r"); r != "" && number == 0 {
				return fault.Newf(fault.Invalid, op, msgDamagedPart, path.Base(name))
			}
			bottom = max(bottom, number)
			err := x.each(child)
			if grid += last; grid > out.lim.MaxCells {
				return fault.Newf(fault.TooLarge, op, msgTooManyCells, out.lim.MaxCells)
			}
			return err
		case "col":
			if h := attr(e, "hidden"); h == "1" || h == "true" {
				f.hidden = append(f.hidden, [2]int{atoiIn(attr(e, "min"), 1, 16384), atoiIn(attr(e, "max"), 1, 16384)})
			}
		case "mergeCell":
			if f.merges = append(f.merges, attr(e, "ref")); len(f.merges) > out.lim.MaxCells {
				return fault.Newf(fault.TooLarge, op, msgTooManyCells, out.lim.MaxCells)
			}
		case "c":
			last++
			if col, _, err := excelize.CellNameToCoordinates(attr(e, "r")); err == nil {
				last = max(last, col)
			}
			formula, value := false, false
			err := x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "f":
					formula = true
				case "v", "is":
					value = true
				}
				return x.skip()
			})
			if formula && !value {
				f.unsaved++
			}
			return err
		}
		return x.skip()
	}
	err = x.each(child)
	// Walking down a sparse sheet costs a little for each row, used or not.
	return f, grid + bottom/64, err
}

// hideColumns marks the cells of hidden columns and tells whether any is.
func (f *sheetFacts) hideColumns(t *Table) bool {
	for _, span := range f.hidden {
		for _, row := range t.Rows {
			for c := span[0]; c <= min(span[1], len(row)); c++ {
				row[c-1].Hidden = true
			}
		}
	}
	return len(f.hidden) > 0
}

// merge marks the positions that merged cells cover; index maps sheet rows to
// rows of the table.
func (f *sheetFacts) merge(out *builder, t *Table, index map[int]int) error {
	work := 0
	f.rowNumber = make([]int, len(t.Rows))
	for n, i := range index {
		f.rowNumber[i] = n
	}
	for _, ref := range f.merges {
		from, to, _ := strings.Cut(ref, ":")
		c1, r1, err1 := excelize.CellNameToCoordinates(from)
		c2, r2, err2 := excelize.CellNameToCoordinates(to)
		first, ok := index[r1]
		if err1 != nil || err2 != nil || !ok || c2 < c1 || r2 < r1 || c1 > len(t.Rows[first]) {
			continue // a damaged range, or one that starts outside the used part
		}
		head := &t.Rows[first][c1-1]
		head.ColSpan, head.RowSpan = min(c2-c1+1, maxSpan), 0
		for i := first; i < len(t.Rows) && f.rowNumber[i] <= r2; i++ {
			row := t.Rows[i]
			head.RowSpan++
			for c := c1; c <= min(c2, len(row)); c++ {
				if work++; work > out.lim.MaxCells {
					return fault.Newf(fault.TooLarge, op, msgTooManyCells, out.lim.MaxCells)
				}
				if i != first || c != c1 {
					row[c-1].Merged, row[c-1].Text = true, ""
				}
			}
		}
	}
	return nil
}
