package docfile

import (
	"path"
	"strings"
)

// docx inspects a Word file: what Read shows as body and tables, then every
// entry of the container by what it holds.
func (in *inspector) docx(src *source, name string) error {
	doc, err := in.reread(src, name)
	if err != nil {
		return err
	}
	in.body(doc)
	for _, part := range src.zip.names {
		if err := in.docxEntry(src.zip, part); err != nil {
			in.closed(KindMetadata, sprintf(whereXMLOther, part), faultText(err))
		}
	}
	return in.check()
}

func (in *inspector) docxEntry(a *archive, part string) error {
	base, dir := path.Base(part), path.Dir(part)
	stem := strings.TrimRight(strings.TrimSuffix(base, ".xml"), "0123456789")
	if path.Ext(base) == ".rels" {
		return in.links(a, part)
	}
	if path.Ext(base) != ".xml" && path.Ext(base) != ".vml" {
		return in.binaryEntry(a, part)
	}
	if base == "[Content_Types].xml" {
		return nil
	}
	root, err := a.tree(part)
	if err != nil {
		return err
	}
	in.xmlComments(root, part)
	switch {
	case dir == "docProps":
		in.props(root)
	case root.local == "document":
		in.words(root, whereBody, "")
	case root.local == "hdr":
		in.words(root, whereHeader, KindHeaderFooter)
	case root.local == "ftr":
		in.words(root, whereFooter, KindHeaderFooter)
	case root.local == "footnotes":
		in.words(root, whereFootnote, KindNote)
	case root.local == "endnotes":
		in.words(root, whereEndnote, KindNote)
	case root.local == "comments":
		in.comments(root)
	case root.local == "glossaryDocument":
		in.words(root, whereGlossary, KindHiddenText)
	case root.local == "settings":
		in.settings(root)
	case root.local == "people", stem == "commentsExtended", stem == "commentsIds", stem == "commentsExtensible":
		in.attributes(root, KindMetadata, sprintf(whereCustom, part), "author", "userId", "providerId", "done")
	case root.local == "styles", root.local == "fonts", root.local == "numbering", root.local == "theme", root.local == "webSettings":
	case dir == "customXml" || strings.HasPrefix(base, "item"):
		in.add(KindMetadata, sprintf(whereCustom, part), treeText(root))
	default:
		in.add(KindEmbedded, sprintf(whereXMLOther, part), treeText(root))
	}
	return nil
}

// wordsOf collects the texts of one story, each sort for itself.
type wordsOf struct {
	in      *inspector
	where   string
	shown   map[string]*strings.Builder // text by kind and place
	order   []string
	kinds   map[string]InspectedKind
	trackID string
}

func (w *wordsOf) put(kind InspectedKind, where, text string) {
	key := string(kind) + "\x00" + where
	b := w.shown[key]
	if b == nil {
		b = &strings.Builder{}
		w.shown[key], w.kinds[key] = b, kind
		w.order = append(w.order, key)
	}
	b.WriteString(text)
}

// endLine ends the open line of every sort of text.
func (w *wordsOf) endLine() {
	for _, key := range w.order {
		if s := w.shown[key].String(); s != "" && !strings.HasSuffix(s, "\n") {
			w.shown[key].WriteByte('\n')
		}
	}
}

// words walks a story. kind is what its plain words are; "" when they were
// already added as body.
func (in *inspector) words(root *xmlNode, where string, kind InspectedKind) {
	w := &wordsOf{in: in, where: where, shown: map[string]*strings.Builder{}, kinds: map[string]InspectedKind{}}
	if kind == "" {
		w.walk(root, "", "")
	} else {
		w.walk(root, kind, where)
	}
	for _, key := range w.order {
		_, place, _ := strings.Cut(key, "\x00")
		in.add(w.kinds[key], place, w.shown[key].String())
	}
}

// walk carries the sort of text that the surroundings make of plain words.
func (w *wordsOf) walk(n *xmlNode, kind InspectedKind, where string) {
	switch n.local {
	case "ins", "moveTo":
		if len(n.kids) > 0 {
			who := trackedBy(n)
			w.put(KindTrackedInsert, sprintf(whereInsert, w.where)+who, n.visible())
		}
	case "del", "moveFrom":
		kind, where = KindTrackedDelete, sprintf(whereDelete, w.where)+trackedBy(n)
	case "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "cellIns", "cellDel", "tblGridChange":
		w.put(KindMetadata, whereProps, n.attr("author")+" "+n.attr("date")+"\n")
		return
	case "r":
		if k := w.runKind(n); k != "" && kind != KindTrackedDelete {
			kind, where = k, sprintf(map[InspectedKind]string{KindHiddenText: whereHidden, KindWhiteText: whereWhite}[k], w.where)
		}
	case "txbxContent", "textbox":
		if kind == "" || kind == KindBody {
			kind, where = KindBody, whereTextBox
		}
	case "t", "delText":
		if kind != "" {
			w.put(kind, where, n.value())
		}
		return
	case "instrText", "delInstrText":
		w.put(KindHiddenText, sprintf(whereField, w.where), n.value())
		return
	case "fldSimple":
		w.put(KindHiddenText, sprintf(whereField, w.where), n.attr("instr")+"\n")
	case "fldChar":
		w.put(KindHiddenText, sprintf(whereField, w.where), " ")
		for _, k := range []string{"helpText", "statusText", "name", "default", "listEntry"} {
			n.each(func(e *xmlNode) bool {
				if e.local == k {
					w.put(KindHiddenText, sprintf(whereControl, w.where), e.attr("val")+"\n")
				}
				return true
			})
		}
	case "docPr", "cNvPr", "shape", "rect", "tblCaption", "tblDescription", "roundrect", "group":
		for _, a := range n.attrs {
			if a.local == "descr" || a.local == "title" || a.local == "alt" || a.local == "val" || a.local == "string" || a.local == "name" && n.local != "shape" {
				w.put(KindHiddenText, sprintf(whereAlt, w.where), a.value+"\n")
			}
		}
	case "textpath":
		w.put(KindBody, sprintf(whereDrawing, w.where), n.attr("string")+"\n")
	case "bookmarkStart":
		if name := n.attr("name"); !strings.HasPrefix(name, "_") {
			w.put(KindMetadata, whereBookmark, name+"\n")
		}
	case "sdtPr":
		n.each(func(e *xmlNode) bool {
			for _, a := range e.attrs {
				if e.local == "alias" || e.local == "tag" || e.local == "listItem" || e.local == "date" {
					w.put(KindHiddenText, sprintf(whereControl, w.where), a.value+"\n")
				}
			}
			return true
		})
	case "Fallback":
		return // the same words as in Choice, drawn for old programs
	}
	for _, k := range n.kids {
		w.walk(k, kind, where)
	}
	switch n.local {
	case "p", "footnote", "endnote", "tc", "comment", "ins", "del":
		w.endLine()
	}
}

// runKind tells hidden and white runs. White on a dark ground is a heading of
// a table, so that a run or cell with its own shading is let pass.
func (w *wordsOf) runKind(r *xmlNode) InspectedKind {
	pr := r.child("rPr")
	if pr == nil {
		return ""
	}
	if pr.child("vanish").on() || pr.child("specVanish").on() {
		return KindHiddenText
	}
	c := strings.ToUpper(pr.child("color").attr("val"))
	if strings.HasPrefix(c, "FFFFFF") || c == "FEFEFE" || pr.child("color").attr("themeColor") == "background1" {
		if pr.child("shd") == nil && pr.child("highlight") == nil {
			return KindWhiteText
		}
	}
	if size := pr.child("sz").attr("val"); size == "1" || size == "2" {
		return KindHiddenText
	}
	return ""
}

// visible is the text of the runs under n that are not deleted.
func (n *xmlNode) visible() string {
	var out strings.Builder
	n.each(func(k *xmlNode) bool {
		switch k.local {
		case "del", "moveFrom", "instrText", "!comment", "rPr", "Fallback":
			return false
		case "t":
			out.WriteString(k.value())
			return false
		case "tab":
			out.WriteByte('\t')
		case "br", "cr":
			out.WriteByte('\n')
		}
		return true
	})
	return out.String()
}

// trackedBy names who tracked a change and when: both are facts in the file.
func trackedBy(n *xmlNode) string {
	if who := strings.TrimSpace(n.attr("author") + " " + n.attr("date")); who != "" {
		return " " + who
	}
	return ""
}

func (in *inspector) comments(root *xmlNode) {
	for _, c := range root.kids {
		if c.local == "comment" {
			in.add(KindComment, sprintf(whereComment, strings.TrimSpace(c.attr("author")+" "+c.attr("date"))), c.visible())
		}
	}
}

func (in *inspector) props(root *xmlNode) {
	for _, k := range root.kids {
		if k.local == "property" {
			in.add(KindMetadata, sprintf(whereMeta, k.attr("name")), k.value())
			continue
		}
		switch k.local {
		case "", "TotalTime", "Words", "Characters", "CharactersWithSpaces", "Lines", "Paragraphs", "Pages", "DocSecurity", "ScaleCrop", "LinksUpToDate", "SharedDoc", "HyperlinksChanged", "AppVersion", "revision":
		default:
			in.add(KindMetadata, sprintf(whereMeta, k.local), treeText(k))
		}
	}
}

func (in *inspector) settings(root *xmlNode) {
	root.each(func(n *xmlNode) bool {
		switch n.local {
		case "docVar":
			in.add(KindMetadata, whereSettings, n.attr("name")+" "+n.attr("val"))
		case "mailMerge":
			in.add(KindMetadata, whereSettings, attributesText(n))
		}
		return true
	})
}

// attributes adds the values of the named attributes under root.
func (in *inspector) attributes(root *xmlNode, kind InspectedKind, where string, names ...string) {
	var out []string
	root.each(func(n *xmlNode) bool {
		for _, name := range names {
			if v := n.attr(name); v != "" {
				out = append(out, v)
			}
		}
		return true
	})
	in.add(kind, where, strings.Join(out, "\n"))
}

func attributesText(root *xmlNode) string {
	var out strings.Builder
	root.each(func(n *xmlNode) bool {
		for _, a := range n.attrs {
			if !strings.HasPrefix(a.name, "xmlns") {
				out.WriteString(a.value + "\n")
			}
		}
		return true
	})
	return out.String()
}

// treeText is everything that an unknown part says: texts and attributes that
// hold more than a number or a word of the format.
func treeText(root *xmlNode) string {
	var out []string
	root.each(func(n *xmlNode) bool {
		if n.local == "!comment" {
			return false
		}
		if t := strings.TrimSpace(n.text); t != "" {
			out = append(out, t)
		}
		for _, a := range n.attrs {
			if !strings.HasPrefix(a.name, "xmlns") && speaks(a.value) {
				out = append(out, a.value)
			}
		}
		return true
	})
	return strings.Join(out, "\n")
}

// speaks tells a value that a person may have written from one of the format.
func speaks(s string) bool {
	if len(s) < 2 || strings.Contains(s, "schemas.") || strings.HasPrefix(s, "#") {
		return false
	}
	digits := 0
	for _, r := range s {
		if r >= 0x80 {
			return true
		}
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 6 || strings.ContainsAny(s, " @\\")
}

func (in *inspector) xmlComments(root *xmlNode, part string) {
	root.each(func(n *xmlNode) bool {
		if n.local == "!comment" {
			in.add(KindComment, sprintf(whereXMLComment, part), n.kids[0].text)
			return false
		}
		return true
	})
}

// links adds the targets outside the file.
func (in *inspector) links(a *archive, part string) error {
	rels, err := a.relations(part)
	for _, r := range rels {
		if r.external {
			in.add(KindExternalLink, sprintf(whereLink, r.kind), r.target)
		}
	}
	return err
}

// binaryEntry inspects what is no XML: pictures, embedded files, macros.
func (in *inspector) binaryEntry(a *archive, part string) error {
	base := strings.ToLower(path.Base(part))
	where, kind := sprintf(whereEmbedded, part), KindEmbedded
	switch {
	case base == "vbaproject.bin", base == "vbadata.xml", strings.Contains(base, "printersettings"), strings.HasSuffix(base, ".odttf"):
		return nil // macros were said already; printers and fonts hold no words
	case strings.Contains(part, "/media/"), strings.HasPrefix(part, "Pictures/"):
		where = sprintf(whereMedia, part)
	case strings.HasPrefix(base, "thumbnail"):
		where = whereThumb
	}
	data, ok := in.entry(a, kind, where, part)
	if !ok {
		return nil
	}
	switch {
	case isPicture(data), strings.HasSuffix(base, ".emf"), strings.HasSuffix(base, ".wmf"), strings.HasSuffix(base, ".svg"):
		in.picture(where, data)
	case strings.HasSuffix(base, ".bin") && !looksZip(data):
		in.add(kind, where, path.Base(part))
		in.closed(kind, where, whyOldObject)
	default:
		in.inside(kind, where, path.Base(part), data)
	}
	return nil
}

func looksZip(data []byte) bool {
	return strings.HasPrefix(string(data[:min(4, len(data))]), "PK\x03\x04")
}
