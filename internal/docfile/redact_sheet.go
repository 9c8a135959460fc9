package docfile

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetKept are the elements of a sheet that lay it out, in the format's order.
var sheetKept = []string{"sheetPr", "sheetViews", "sheetFormatPr", "cols", "sheetData", "mergeCells", "conditionalFormatting", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "drawing"}

// sheet writes one visible sheet.
func (b *bookRedactor) sheet(s *xlsxSheet, name string) error {
	where := sprintf(whereCells, s.name)
	if err := b.cells(s, where); err != nil {
		return err
	}
	root := s.root
	root.kids = slices.DeleteFunc(root.kids, func(n *xmlNode) bool {
		if slices.Contains(sheetKept, n.local) {
			return false
		}
		switch n.local {
		case "", "dimension", "phoneticPr", "ignoredErrors", "extLst", "legacyDrawing", "sheetCalcPr", "sheetProtection":
		case "hyperlinks":
			b.drop(dropLink)
		default:
			b.drop(dropValidation)
		}
		return true
	})
	root.prune(func(n *xmlNode) bool {
		switch n.local {
		case "extLst", "!comment", "selection", "pivotSelection":
			return true
		case "cfRule":
			term := 0
			text := n.value() + n.attr("text")
			if strings.Contains(text, `"`) || b.hitsAny(text, &term) || n.attr("text") != "" {
				b.drop(dropCondition)
				return true
			}
		}
		return false
	})
	root.prune(func(n *xmlNode) bool { return n.local == "conditionalFormatting" && n.child("cfRule") == nil })
	root.dropAttrs(func(n *xmlNode, a xmlAttr) bool {
		prefix, _, has := strings.Cut(a.name, ":")
		return a.local == "codeName" || a.local == "Ignorable" || a.local == "uid" || n.local == "pageSetup" && a.name == "r:id" || has && prefix != "r" && prefix != "xml" && a.name != "xmlns:r"
	})
	var own []relation
	if err := b.drawings(s, root, &own); err != nil {
		return err
	}
	if h := root.child("headerFooter"); h != nil {
		for _, k := range h.kids {
			l := line{text: []rune(k.value())}
			t := &xmlNode{text: k.value()}
			for i := range l.text {
				l.slots = append(l.slots, slot{t, i})
			}
			gone := map[slot]bool{}
			for _, hit := range foldRunes(l.text).find(b.patterns) {
				b.found(hit.term, sprintf(whereSheetHead, s.name))
				for _, sl := range l.slots[hit.from:hit.to] {
					gone[sl] = true
				}
			}
			maskLine(&l, gone)
			k.kids = []*xmlNode{t}
		}
	}
	b.rest(root, nil, where)
	b.out.put(officePart{name: name, mime: sheetMime + "worksheet+xml", data: root.document(), rels: own})
	return nil
}

// cells turns every cell into a plain value without removed words.
func (b *bookRedactor) cells(s *xlsxSheet, where string) error {
	shared := map[*xmlNode]bool{}
	err := b.book.eachCell(s, func(c xlsxCell, hidden bool) error {
		n := c.node
		if hidden || s.hiddenCols[c.col] {
			if !blank(c.text) {
				b.drop(dropHiddenCells)
			}
			shared[n] = true
			return nil
		}
		if c.formula != "" || n.child("f") != nil {
			b.drop(dropFormula)
		}
		ref, err := excelize.CoordinatesToCellName(c.col, c.row)
		if err != nil {
			shared[n] = true
			return nil // beyond the grid: shown nowhere
		}
		style := n.attr("s")
		attrs := []xmlAttr{{"r", "r", ref}}
		if style != "" {
			attrs = append(attrs, xmlAttr{"s", "s", style})
		}
		n.attrs = attrs
		b.cellValue(s, c, ref, where)
		return b.check()
	})
	data := s.root.child("sheetData")
	if err != nil || data == nil {
		return err
	}
	for _, row := range data.kids {
		row.kids = slices.DeleteFunc(row.kids, func(n *xmlNode) bool { return n.local != "c" || shared[n] })
	}
	return nil
}

// cellValue writes what the cell shows. A number that holds a removed term,
// or shows one, goes whole.
func (b *bookRedactor) cellValue(s *xlsxSheet, c xlsxCell, ref, where string) {
	n := c.node
	old := n.kids
	n.kids = nil
	if m, ok := b.masks[s.name][[2]int{c.col, c.row}]; ok {
		b.found(m, where)
		n.setInline([]*xmlNode{textNode(mask)})
		return
	}
	number := c.kind == "" || c.kind == "n" || c.kind == "d" || c.kind == "b" || c.kind == "e"
	term := 0
	if shown := b.shown[s.name][ref]; b.hitsAny(c.text, &term) && number || shown != c.text && !strings.Contains(shown, "#") && b.hitsAny(shown, &term) && (number || !b.hitsAny(c.text, &term)) {
		b.found(term, where)
		n.setInline([]*xmlNode{textNode(mask)})
		return
	}
	switch {
	case c.text == "":
	case number:
		v := &xmlNode{kids: old}
		n.kids = []*xmlNode{{name: "v", local: "v", kids: []*xmlNode{{text: v.child("v").value()}}}}
		if c.kind != "" && c.kind != "n" {
			n.attrs = append(n.attrs, xmlAttr{"t", "t", c.kind})
		}
	default:
		n.setInline(b.inlineRuns(c, old, where))
	}
}

func textNode(s string) *xmlNode {
	return &xmlNode{name: "t", local: "t", attrs: []xmlAttr{{"xml:space", "space", "preserve"}}, kids: []*xmlNode{{text: s}}}
}

func (n *xmlNode) setInline(kids []*xmlNode) {
	n.attrs = append(n.attrs, xmlAttr{"t", "t", "inlineStr"})
	n.kids = []*xmlNode{{name: "is", local: "is", kids: kids}}
}

// inlineRuns copies a cell's text with the fonts of its runs.
func (b *bookRedactor) inlineRuns(c xlsxCell, old []*xmlNode, where string) []*xmlNode {
	from := (&xmlNode{kids: old}).child("is")
	if c.kind == "s" {
		from = b.book.strings[atoiIn((&xmlNode{kids: old}).child("v").value(), 0, len(b.book.strings)-1)]
	}
	is := &xmlNode{name: "is", local: "is"}
	switch {
	case from == nil:
		is.kids = []*xmlNode{textNode(c.text)}
	default:
		for _, k := range from.kids {
			switch k.local {
			case "t":
				is.kids = append(is.kids, textNode(k.value()))
			case "r":
				run := &xmlNode{name: "r", local: "r"}
				if p := k.child("rPr"); p != nil {
					run.kids = append(run.kids, p.copied())
				}
				run.kids = append(run.kids, textNode(k.child("t").value()))
				is.kids = append(is.kids, run)
			}
		}
	}
	st := storyOf(is)
	gone := map[slot]bool{}
	for i := range st.lines {
		l := &st.lines[i]
		for _, h := range foldRunes(l.text).find(b.patterns) {
			b.found(h.term, where)
			for _, sl := range l.slots[h.from:h.to] {
				gone[sl] = true
			}
		}
		maskLine(l, gone)
	}
	return is.kids
}

// copied is a deep copy with names without prefixes.
func (n *xmlNode) copied() *xmlNode {
	out := &xmlNode{name: n.local, local: n.local, text: n.text, attrs: slices.Clone(n.attrs)}
	for _, k := range n.kids {
		if k.local != "!comment" {
			out.kids = append(out.kids, k.copied())
		}
	}
	return out
}

// drawings writes the sheet's drawing with its pictures and charts.
func (b *bookRedactor) drawings(s *xlsxSheet, root *xmlNode, own *[]relation) error {
	at := slices.IndexFunc(root.kids, func(n *xmlNode) bool { return n.local == "drawing" })
	if at < 0 {
		return nil
	}
	rels, err := b.book.zip.relations(relsOf(s.part))
	if err != nil {
		return err
	}
	rel := target(rels, root.kids[at].relation("id"))
	if rel.external || !b.book.zip.has(rel.target) {
		root.kids = slices.Delete(root.kids, at, at+1)
		return nil
	}
	tree, err := b.book.zip.tree(rel.target)
	if err != nil {
		return err
	}
	inner, err := b.book.zip.relations(relsOf(rel.target))
	if err != nil {
		return err
	}
	tree.prune(func(n *xmlNode) bool {
		switch n.local {
		case "extLst", "hlinkClick", "hlinkHover", "!comment", "AlternateContent", "relIds":
			return true
		}
		return false
	})
	var links []relation
	var failed error
	tree.each(func(n *xmlNode) bool {
		for i := 0; i < len(n.attrs); i++ {
			a := &n.attrs[i]
			switch {
			case (n.local == "cNvPr" || n.local == "docPr") && a.local == "name":
				a.value = "obj"
			case (a.local == "embed" || a.local == "link" || a.local == "id") && strings.HasPrefix(a.name, "r:"):
				r := target(inner, a.value)
				name, err := "", error(nil)
				switch {
				case r.external:
				case r.kind == "image":
					name, err = b.picturePart(b.out, b.book.zip, r.target, "xl/")
				case r.kind == "chart":
					name, err = b.chartPart(b.out, b.book.zip, r.target, "xl/")
				}
				if err != nil {
					failed = err
				}
				if name == "" {
					n.attrs = slices.Delete(n.attrs, i, i+1)
					i--
					continue
				}
				a.value = relate(&links, r.kind, name)
			}
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if err := b.redactTree(tree, rel.target, sprintf(whereDrawing, s.name)); err != nil {
		return err
	}
	name := b.out.name(rel.target, "xl/drawings/", "drawing", ".xml")
	b.out.put(officePart{name: name, mime: "application/vnd.openxmlformats-officedocument.drawing+xml", data: tree.document(), rels: links})
	for i := range root.kids[at].attrs {
		if a := &root.kids[at].attrs[i]; a.local == "id" {
			a.value = relate(own, "drawing", name)
		}
	}
	return nil
}
