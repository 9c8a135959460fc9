package docfile

import (
	"path"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsx inspects a workbook: each sheet as a table by columns, what is hidden in
// it, and every other entry of the container.
func (in *inspector) xlsx(src *source, data []byte) error {
	if err := screenXML(src.zip); err != nil {
		return err
	}
	book, err := openBook(src.zip)
	if err != nil {
		return err
	}
	for _, s := range book.sheets {
		if err := in.sheet(book, s); err != nil {
			return err
		}
	}
	in.unusedStrings(book)
	in.definedNames(book)
	for _, part := range src.zip.names {
		if err := in.xlsxEntry(book, part); err != nil {
			in.closed(KindMetadata, sprintf(whereXMLOther, part), faultText(err))
		}
	}
	if doc := src.zip; doc.has("xl/vbaProject.bin") {
		in.closed(KindEmbedded, whereMacros, warnMacros)
	}
	return in.check()
}

// sheet adds the grid, then the hidden parts of a visible sheet by themselves.
func (in *inspector) sheet(book *xlsxBook, s *xlsxSheet) error {
	kind, where := KindTable, sprintf(whereSheet, s.name)
	switch s.state {
	case "hidden":
		kind, where = KindHiddenSheet, sprintf(whereHidSheet, s.name)
	case "veryHidden":
		kind, where = KindVeryHidden, sprintf(whereVeryHid, s.name)
	}
	in.add(KindBody, where, s.name)
	if s.part == "" {
		return nil
	}
	var rows [][]InspectedCell
	byRow := map[int]int{}
	var hiddenRow, hiddenCol, formulas []InspectedCell
	hiddenFormat := map[string]bool{}
	err := book.eachCell(s, func(c xlsxCell, hidden bool) error {
		ref, err := excelize.CoordinatesToCellName(c.col, c.row)
		if err != nil {
			return nil // beyond the grid of the format: shown nowhere
		}
		if c.formula != "" && strings.ContainsAny(c.formula, "\"[") {
			formulas = append(formulas, InspectedCell{Ref: ref, Text: c.formula})
		}
		if blank(c.text) {
			return nil
		}
		i, ok := byRow[c.row]
		if !ok {
			i = len(rows)
			byRow[c.row] = i
			rows = append(rows, nil)
		}
		if err := in.cell(max(0, c.col-len(rows[i]))); err != nil {
			return err
		}
		for len(rows[i]) < c.col {
			rows[i] = append(rows[i], InspectedCell{})
		}
		cell := InspectedCell{Ref: ref, Text: c.text, Hidden: hidden || s.hiddenCols[c.col]}
		rows[i][c.col-1] = cell
		switch {
		case hidden:
			hiddenRow = append(hiddenRow, cell)
		case s.hiddenCols[c.col]:
			hiddenCol = append(hiddenCol, cell)
		}
		hiddenFormat[c.node.attr("s")] = true
		return nil
	})
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		t := columnsOf(s.name, rows)
		for i := range t.Columns {
			t.Columns[i].Letter, _ = excelize.ColumnNumberToName(i + 1)
			t.Columns[i].Hidden = s.hiddenCols[i+1]
		}
		text := make([]string, len(rows))
		for i, row := range rows {
			line := make([]string, len(row))
			for j, c := range row {
				line[j] = cellSpace.Replace(c.Text)
			}
			text[i] = strings.Join(line, "\t")
		}
		in.parts = append(in.parts, InspectedPart{Where: in.prefix + where, Kind: kind, Text: strings.Join(text, "\n"), Table: t, Opened: true})
	}
	if kind == KindTable {
		in.hiddenCells(KindHiddenRows, sprintf(whereHidRows, s.name, refSpan(hiddenRow)), hiddenRow)
		in.hiddenCells(KindHiddenColumns, sprintf(whereHidCols, s.name, refSpan(hiddenCol)), hiddenCol)
	}
	for _, c := range formulas {
		in.add(KindHiddenText, sprintf(whereFormula, s.name, c.Ref), c.Text)
	}
	in.sheetExtras(s)
	return nil
}

func (in *inspector) hiddenCells(kind InspectedKind, where string, cells []InspectedCell) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = c.Text
	}
	in.add(kind, where, strings.Join(text, "\n"))
}

// refSpan names the first and last cell: B3:B20.
func refSpan(cells []InspectedCell) string {
	switch len(cells) {
	case 0:
		return ""
	case 1:
		return cells[0].Ref
	}
	return cells[0].Ref + ":" + cells[len(cells)-1].Ref
}

// sheetExtras adds header, footer, validation and conditional formats.
func (in *inspector) sheetExtras(s *xlsxSheet) {
	if h := s.root.child("headerFooter"); h != nil {
		var lines []string
		for _, k := range h.kids {
			lines = append(lines, headerCodes(k.value()))
		}
		in.add(KindHeaderFooter, sprintf(whereSheetHead, s.name), strings.Join(lines, "\n"))
	}
	s.root.each(func(n *xmlNode) bool {
		switch n.local {
		case "sheetData":
			return false
		case "dataValidation":
			in.add(KindHiddenText, sprintf(whereValidate, s.name), strings.TrimSpace(n.attr("promptTitle")+"\n"+n.attr("prompt")+"\n"+n.attr("errorTitle")+"\n"+n.attr("error")+"\n"+n.value()))
			return false
		case "cfRule":
			in.add(KindHiddenText, sprintf(whereFormat, s.name), n.value()+" "+n.attr("text"))
			return false
		case "hyperlink":
			in.add(KindExternalLink, sprintf(whereLink, s.name), strings.TrimSpace(n.attr("display")+" "+n.attr("location")+" "+n.attr("tooltip")))
		case "scenario", "inputCells", "customSheetView", "protectedRange", "webPublishItem", "oleObject", "control":
			in.add(KindMetadata, sprintf(whereSheet, s.name), attributesText(n))
		}
		return true
	})
}

var headerMarks = strings.NewReplacer("&L", "\n", "&C", "\n", "&R", "\n", "&P", "", "&N", "", "&D", "", "&T", "", "&A", "", "&F", "", "&Z", "")

func headerCodes(s string) string { return strings.TrimSpace(headerMarks.Replace(s)) }

// unusedStrings are shared strings that no cell shows any more.
func (in *inspector) unusedStrings(book *xlsxBook) {
	var lines []string
	for i, si := range book.strings {
		if !book.used[i] {
			lines = append(lines, richText(si))
		}
		si.each(func(k *xmlNode) bool {
			if k.local == "rPh" {
				lines = append(lines, k.value())
			}
			return true
		})
	}
	in.add(KindHiddenText, whereUnused, strings.Join(lines, "\n"))
}

func (in *inspector) definedNames(book *xlsxBook) {
	book.root.each(func(n *xmlNode) bool {
		switch n.local {
		case "definedName":
			in.add(KindHiddenText, sprintf(whereDefined, n.attr("name")), strings.TrimSpace(n.value()+"\n"+n.attr("comment")+n.attr("description")))
		case "fileSharing", "absPath", "workbookProtection":
			in.add(KindMetadata, whereSettings, n.attr("userName")+n.attr("url"))
		}
		return true
	})
}

func (in *inspector) xlsxEntry(book *xlsxBook, part string) error {
	base, dir := path.Base(part), path.Dir(part)
	if path.Ext(base) == ".rels" {
		return in.links(book.zip, part)
	}
	if path.Ext(base) != ".xml" && path.Ext(base) != ".vml" {
		return in.binaryEntry(book.zip, part)
	}
	if base == "[Content_Types].xml" || part == book.main {
		return nil
	}
	for _, s := range book.sheets {
		if s.part == part {
			in.xmlComments(s.root, part)
			return nil
		}
	}
	root, err := book.zip.tree(part)
	if err != nil {
		return err
	}
	in.xmlComments(root, part)
	switch {
	case dir == "docProps":
		in.props(root)
	case root.local == "comments", root.local == "ThreadedComments":
		in.sheetNotes(root)
	case root.local == "personList", root.local == "users":
		in.add(KindMetadata, sprintf(whereCustom, part), attributesText(root))
	case strings.Contains(root.local, "pivot"):
		in.add(KindHiddenText, sprintf(wherePivot, base), pivotText(root))
	case root.local == "sst", root.local == "theme", root.local == "calcChain", root.local == "metadata":
	case root.local == "styleSheet":
		root.each(func(n *xmlNode) bool {
			if n.local == "numFmt" {
				in.add(KindHiddenText, sprintf(whereFormat, base), n.attr("formatCode"))
			}
			return true
		})
	case root.local == "externalLink":
		in.add(KindExternalLink, sprintf(whereLink, base), root.value()+"\n"+attributesText(root))
	case root.local == "connections", root.local == "queryTable", root.local == "MapInfo":
		in.add(KindMetadata, whereConnection, attributesText(root))
	case root.local == "worksheet":
		in.add(KindHiddenSheet, sprintf(whereXMLOther, part), treeText(root))
	case strings.Contains(dir, "drawings") || strings.Contains(dir, "charts") || strings.Contains(dir, "diagrams"):
		in.add(KindBody, sprintf(whereDrawing, base), drawingText(root))
	case root.local == "table":
		in.add(KindHiddenText, sprintf(whereXMLOther, part), attributesText(root))
	case strings.HasPrefix(dir, "customXml"):
		in.add(KindMetadata, sprintf(whereCustom, part), treeText(root))
	default:
		in.add(KindEmbedded, sprintf(whereXMLOther, part), treeText(root))
	}
	return nil
}

func (in *inspector) sheetNotes(root *xmlNode) {
	var authors []string
	root.each(func(n *xmlNode) bool {
		switch n.local {
		case "author":
			authors = append(authors, n.value())
		case "comment":
			who := ""
			if i := atoiIn(n.attr("authorId"), -1, len(authors)-1); i >= 0 {
				who = authors[i]
			}
			in.add(KindComment, whereSheetNote+" "+n.attr("ref")+" "+who, richText(n.child("text")))
			return false
		case "threadedComment":
			in.add(KindComment, whereSheetNote+" "+n.attr("ref"), n.child("text").value())
			return false
		}
		return true
	})
	sort.Strings(authors)
	in.add(KindMetadata, whereSheetNote, strings.Join(authors, "\n"))
}

// pivotText keeps the cached items of a pivot table: their v attributes and names.
func pivotText(root *xmlNode) string {
	var out []string
	root.each(func(n *xmlNode) bool {
		for _, k := range []string{"v", "name", "caption", "refreshedBy", "sheet"} {
			if v := n.attr(k); v != "" {
				out = append(out, plainNumber(v))
			}
		}
		return true
	})
	return strings.Join(out, "\n")
}

// drawingText is the words of shapes and charts with their alternative texts.
func drawingText(root *xmlNode) string {
	var out strings.Builder
	root.each(func(n *xmlNode) bool {
		switch n.local {
		case "t", "v":
			out.WriteString(n.value())
			return false
		case "p", "pt":
			out.WriteByte('\n')
		case "cNvPr", "docPr", "shape":
			out.WriteString("\n" + n.attr("descr") + "\n" + n.attr("title") + "\n" + n.attr("alt") + "\n")
		}
		return n.local != "!comment"
	})
	return out.String()
}
