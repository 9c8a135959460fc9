package docfile

import (
	"math/big"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
)

// xlsxBook is a workbook as its parts say it, without computing or formatting.
type xlsxBook struct {
	zip     *archive
	main    string
	root    *xmlNode
	sheets  []*xlsxSheet
	strings []*xmlNode // shared strings
	used    []bool     // shared strings that a cell shows
}

// xlsxSheet is one sheet; part is "" for a sheet whose entry is missing.
type xlsxSheet struct {
	name, state, part string
	root              *xmlNode
	hiddenCols        map[int]bool // from 1
}

// xlsxCell is one cell with its value as text.
type xlsxCell struct {
	node     *xmlNode
	col, row int // from 1
	text     string
	formula  string
	kind     string // the t attribute
}

// openBook reads the workbook, its shared strings and every sheet.
func openBook(a *archive) (*xlsxBook, error) {
	rels, err := a.relations("_rels/.rels")
	if err != nil {
		return nil, err
	}
	b := &xlsxBook{zip: a}
	for _, r := range rels {
		if r.kind == "officeDocument" {
			b.main = r.target
		}
	}
	if b.main == "" || !a.has(b.main) {
		return nil, fault.Newf(fault.Invalid, op, msgMissingPart, "workbook.xml")
	}
	if b.root, err = a.tree(b.main); err != nil {
		return nil, err
	}
	if rels, err = a.relations(relsOf(b.main)); err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range rels {
		targets[r.id] = r.target
		if r.kind == "sharedStrings" && a.has(r.target) {
			root, err := a.tree(r.target)
			if err != nil {
				return nil, err
			}
			for _, k := range root.kids {
				if k.local == "si" {
					b.strings = append(b.strings, k)
				}
			}
		}
	}
	b.used = make([]bool, len(b.strings))
	if sheets := b.root.child("sheets"); sheets != nil {
		for _, s := range sheets.kids {
			if s.local != "sheet" {
				continue
			}
			sh := &xlsxSheet{name: s.attr("name"), state: s.attr("state"), hiddenCols: map[int]bool{}}
			if t := targets[s.relation("id")]; a.has(t) {
				sh.part = t
				if sh.root, err = a.tree(t); err != nil {
					return nil, err
				}
				sh.columns()
			}
			b.sheets = append(b.sheets, sh)
		}
	}
	return b, nil
}

func isOne(s string) bool { return s == "1" || s == "true" }

// columns notes hidden columns, also those of width nothing.
func (s *xlsxSheet) columns() {
	cols := s.root.child("cols")
	if cols == nil {
		return
	}
	for _, c := range cols.kids {
		if c.local == "col" && (isOne(c.attr("hidden")) || c.attr("width") == "0") {
			from, to := atoiIn(c.attr("min"), 1, 16384), atoiIn(c.attr("max"), 1, 16384)
			for n := from; n <= to; n++ {
				s.hiddenCols[n] = true
			}
		}
	}
}

// eachCell visits the rows and their cells in order. hidden tells a hidden row.
func (b *xlsxBook) eachCell(s *xlsxSheet, f func(c xlsxCell, hiddenRow bool) error) error {
	if s.root == nil {
		return nil
	}
	data := s.root.child("sheetData")
	if data == nil {
		return nil
	}
	row := 0
	for _, r := range data.kids {
		if r.local != "row" {
			continue
		}
		row = max(row+1, atoiIn(r.attr("r"), 0, maxSheetRow))
		if n := r.attr("r"); n != "" {
			row = atoiIn(n, row, maxSheetRow)
		}
		hidden, col := isOne(r.attr("hidden")) || r.attr("ht") == "0", 0
		for _, c := range r.kids {
			if c.local != "c" {
				continue
			}
			col++
			if n, _, err := excelize.CellNameToCoordinates(c.attr("r")); err == nil {
				col = n
			}
			if err := b.zip.cell(1); err != nil {
				return err
			}
			cell := xlsxCell{node: c, col: col, row: row, kind: c.attr("t"), formula: c.child("f").value()}
			cell.text = b.cellText(c)
			if err := f(cell, hidden); err != nil {
				return err
			}
		}
	}
	return nil
}

// cellText is the value as stored; a large number is written out.
func (b *xlsxBook) cellText(c *xmlNode) string {
	v := c.child("v").value()
	switch c.attr("t") {
	case "s":
		if i := atoiIn(v, -1, len(b.strings)-1); i >= 0 {
			b.used[i] = true
			return richText(b.strings[i])
		}
		return ""
	case "inlineStr":
		return richText(c.child("is"))
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[v]
	case "str", "e", "d":
		return v
	}
	return plainNumber(v)
}

// richText is the text of an si or is element, without its phonetic guides.
func richText(n *xmlNode) string {
	var out strings.Builder
	if n == nil {
		return ""
	}
	n.each(func(k *xmlNode) bool {
		if k.local == "rPh" || k.local == "!comment" {
			return false
		}
		if k.local == "t" {
			out.WriteString(k.value())
			return false
		}
		return true
	})
	return out.String()
}

// plainNumber writes 1.3812345678E10 as 13812345678: telephone and identity
// numbers are often kept as numbers.
func plainNumber(v string) string {
	if !strings.ContainsAny(v, "eE") || len(v) > 32 {
		return v
	}
	if f, _, err := big.ParseFloat(v, 10, 128, big.ToNearestEven); err == nil && f.IsInt() && f.MantExp(nil) < 100 {
		return f.Text('f', 0)
	}
	return v
}

// shownCells gives what the file shows for each cell whose number format
// changes it (dates, masks), by sheet and reference.
func shownCells(b *budget, data []byte) (shown map[string]map[string]string, err error) {
	f, err := excelize.OpenReader(strings.NewReader(string(data)), excelize.Options{UnzipSizeLimit: b.lim.MaxUncompressed, UnzipXMLSizeLimit: b.lim.MaxUncompressed})
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
	}
	shown = map[string]map[string]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.Rows(name)
		if err != nil {
			continue // a chart sheet
		}
		cells := map[string]string{}
		for n := 1; rows.Next(); n++ {
			values, err := rows.Columns()
			if err != nil {
				break // the sheet's own tree was read already; a format that fails shows nothing
			}
			for i, v := range values {
				if v != "" {
					ref, err := excelize.CoordinatesToCellName(i+1, n)
					if err == nil {
						cells[ref] = v
					}
				}
			}
			if err := b.check(); err != nil {
				return nil, err
			}
		}
		if err := rows.Close(); err != nil {
			return nil, &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
		}
		shown[name] = cells
	}
	if err := f.Close(); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
	}
	return shown, nil
}

// target finds the relation of an element's id among rels.
func target(rels []relation, id string) relation {
	for _, r := range rels {
		if r.id == id {
			return r
		}
	}
	return relation{}
}
