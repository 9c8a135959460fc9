package docfile

import (
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
)

// bookRedactor builds a workbook from the sheets and cells that are shown.
type bookRedactor struct {
	*redactor
	book  *xlsxBook
	out   *officeOut
	shown map[string]map[string]string
	masks map[string]map[[2]int]int // by sheet: column and row to removal
	names map[string]string         // old sheet name to new
}

const (
	sheetMime = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	nsSheet   = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
)

// xlsx writes visible sheets with values in place of formulas, their layout,
// styles, theme, drawings, charts and pictures; nothing else.
func (r *redactor) xlsx(src *source, data []byte) ([]byte, error) {
	if err := screenXML(src.zip); err != nil {
		return nil, err
	}
	book, err := openBook(src.zip)
	if err != nil {
		return nil, err
	}
	b := &bookRedactor{redactor: r, book: book, out: newOfficeOut(), masks: map[string]map[[2]int]int{}, names: map[string]string{}}
	if err := b.places(); err != nil {
		return nil, err
	}
	spent := r.unpacked
	if b.shown, err = shownCells(r.budget, data); err != nil {
		return nil, err
	}
	r.unpacked = spent
	var own []relation
	if err := b.support(&own); err != nil {
		return nil, err
	}
	sheets := &xmlNode{name: "sheets", local: "sheets"}
	var kept []*xlsxSheet
	for _, s := range book.sheets {
		switch {
		case s.state == "hidden" || s.state == "veryHidden":
			r.drop(dropHiddenSheet)
			continue
		case s.root == nil || s.root.local != "worksheet":
			r.drop(dropPart)
			continue
		}
		name := b.out.name(s.part, "xl/worksheets/", "sheet", ".xml")
		if err := b.sheet(s, name); err != nil {
			return nil, err
		}
		kept = append(kept, s)
		b.names[s.name] = b.sheetName(s.name, len(kept))
		sheets.kids = append(sheets.kids, &xmlNode{name: "sheet", local: "sheet", attrs: []xmlAttr{
			{"name", "name", b.names[s.name]}, {"sheetId", "sheetId", sprintf("%d", len(kept))}, {"r:id", "id", relate(&own, "worksheet", name)}}})
	}
	if len(kept) == 0 {
		return nil, fault.New(fault.Invalid, opRedact, warnEmpty)
	}
	b.workbook(sheets, kept, own)
	b.countDropped()
	return b.out.bytes("xl/workbook.xml")
}

// places reads the removals that name cells or pictures.
func (b *bookRedactor) places() error {
	for i, m := range b.removals {
		switch {
		case m.Page > 0:
			return fault.Field(opRedact, sprintf("removals[%d]", i), msgRedactVague, i+1)
		case m.Part != "" && !b.book.zip.has(m.Part):
			return fault.Field(opRedact, "part", msgRedactPart, i+1, m.Part)
		case m.Sheet == "":
			continue
		}
		from, to, ranged := strings.Cut(strings.ReplaceAll(strings.ToUpper(m.Cells), "$", ""), ":")
		if !ranged {
			to = from
		}
		c1, r1, err1 := excelize.CellNameToCoordinates(from)
		c2, r2, err2 := excelize.CellNameToCoordinates(to)
		known := slices.ContainsFunc(b.book.sheets, func(s *xlsxSheet) bool { return s.name == m.Sheet })
		if err1 != nil || err2 != nil || !known || c2 < c1 || r2 < r1 || (c2-c1+1)*(r2-r1+1) > b.lim.MaxCells {
			return fault.Field(opRedact, "cells", msgRedactSheet, i+1, m.Sheet, m.Cells)
		}
		if b.masks[m.Sheet] == nil {
			b.masks[m.Sheet] = map[[2]int]int{}
		}
		for r := r1; r <= r2; r++ {
			for c := c1; c <= c2; c++ {
				b.masks[m.Sheet][[2]int{c, r}] = i
			}
		}
	}
	return nil
}

// sheetName keeps a name without removed words.
func (b *bookRedactor) sheetName(name string, n int) string {
	term := 0
	if b.hitsAny(name, &term) {
		b.found(term, sprintf(whereCells, sprintf("%d", n)))
		return sprintf("工作表%d", n)
	}
	return name
}

// support writes styles and theme.
func (b *bookRedactor) support(own *[]relation) error {
	rels, err := b.book.zip.relations(relsOf(b.book.main))
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.external || !b.book.zip.has(rel.target) || rel.kind != "styles" && rel.kind != "theme" {
			continue
		}
		root, err := b.book.zip.tree(rel.target)
		if err != nil {
			return err
		}
		name, mime := "xl/styles.xml", sheetMime+"styles+xml"
		if rel.kind == "theme" {
			name, mime = "xl/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml"
		}
		root.prune(func(n *xmlNode) bool {
			return n.local == "extLst" || n.local == "blipFill" || n.local == "custClrLst" || n.local == "!comment"
		})
		root.each(func(n *xmlNode) bool {
			term := 0
			for i := range n.attrs {
				if n.local == "numFmt" && n.attrs[i].local == "formatCode" && b.hitsAny(n.attrs[i].value, &term) {
					n.attrs[i].value = "General"
					b.found(term, sprintf(whereStory, "styles"))
				}
			}
			return true
		})
		b.rest(root, nil, sprintf(whereStory, rel.kind))
		b.out.named[rel.target] = name
		b.out.put(officePart{name: name, mime: mime, data: root.document()})
		relate(own, rel.kind, name)
	}
	return nil
}

// workbook writes the list of sheets with their print areas.
func (b *bookRedactor) workbook(sheets *xmlNode, kept []*xlsxSheet, own []relation) {
	root := &xmlNode{name: "workbook", local: "workbook", attrs: []xmlAttr{{"xmlns", "xmlns", nsSheet}, {"xmlns:r", "r", strings.TrimSuffix(relBase, "/")}}}
	if p := b.book.root.child("workbookPr"); isOne(p.attr("date1904")) {
		root.kids = append(root.kids, &xmlNode{name: "workbookPr", local: "workbookPr", attrs: []xmlAttr{{"date1904", "date1904", "1"}}})
	}
	root.kids = append(root.kids, sheets)
	names := &xmlNode{name: "definedNames", local: "definedNames"}
	if old := b.book.root.child("definedNames"); old != nil {
		for _, n := range old.kids {
			name, id := n.attr("name"), atoiIn(n.attr("localSheetId"), -1, len(b.book.sheets)-1)
			at := -1
			if id >= 0 {
				at = slices.Index(kept, b.book.sheets[id])
			}
			if name != "_xlnm.Print_Area" && name != "_xlnm.Print_Titles" || at < 0 || strings.ContainsAny(n.value(), "#\"[(") {
				b.drop(dropName)
				continue
			}
			var refs []string
			for _, ref := range strings.Split(n.value(), ",") {
				_, cells, _ := strings.Cut(ref, "!")
				refs = append(refs, "'"+strings.ReplaceAll(b.names[kept[at].name], "'", "''")+"'!"+cells)
			}
			names.kids = append(names.kids, &xmlNode{name: "definedName", local: "definedName", attrs: []xmlAttr{{"name", "name", name}, {"localSheetId", "localSheetId", sprintf("%d", at)}},
				kids: []*xmlNode{{text: strings.Join(refs, ",")}}})
		}
	}
	if len(names.kids) > 0 {
		root.kids = append(root.kids, names)
	}
	b.out.put(officePart{name: "xl/workbook.xml", mime: sheetMime + "sheet.main+xml", data: root.document(), rels: own})
}

func (b *bookRedactor) countDropped() {
	for _, name := range b.book.zip.names {
		base := strings.ToLower(path.Base(name))
		switch {
		case b.out.named[name] != "", path.Ext(name) == ".rels", base == "[content_types].xml", base == "sharedstrings.xml", name == b.book.main, base == "calcchain.xml":
		case strings.Contains(base, "comment"):
			b.drop(dropComment)
		case strings.Contains(name, "embeddings/"):
			b.drop(dropEmbedded)
		default:
			b.drop(dropPart)
		}
	}
}
