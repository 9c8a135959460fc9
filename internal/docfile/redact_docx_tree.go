package docfile

import (
	"slices"
	"strings"
)

// wordSpaces are parts of the namespaces whose elements may stay.
var wordSpaces = []string{"wordprocessingml/2006/main", "ooxml/wordprocessingml/main", "drawingml", "officeDocument/2006/math", "markup-compatibility/2006",
	"urn:schemas-microsoft-com:vml", "office:word", "wordprocessingShape", "wordprocessingGroup", "wordprocessingCanvas", "office/drawing/2010/main"}

// wordPrefixes are the prefixes of attributes that may stay.
var wordPrefixes = []string{"w", "r", "xml", "xmlns", "m", "mc", "v", "wp", "a"}

func keptSpace(space string) bool {
	if space == "wps" || space == "" {
		return true
	}
	return slices.ContainsFunc(wordSpaces, func(s string) bool { return strings.Contains(space, s) })
}

// droppedWords are elements that say nothing to a reader of the page.
var droppedWords = map[string]string{
	"del": dropDeleted, "moveFrom": dropDeleted, "commentRangeStart": "", "commentRangeEnd": "", "commentReference": dropComment, "annotationRef": "",
	"bookmarkStart": dropBookmark, "bookmarkEnd": "", "proofErr": "", "permStart": "", "permEnd": "", "lastRenderedPageBreak": "",
	"moveFromRangeStart": "", "moveFromRangeEnd": "", "moveToRangeStart": "", "moveToRangeEnd": "", "customXmlInsRangeStart": "", "customXmlInsRangeEnd": "",
	"customXmlDelRangeStart": "", "customXmlDelRangeEnd": "", "customXmlMoveFromRangeStart": "", "customXmlMoveFromRangeEnd": "", "customXmlMoveToRangeStart": "",
	"customXmlMoveToRangeEnd": "", "altChunk": dropEmbedded, "subDoc": dropEmbedded, "control": dropEmbedded, "OLEObject": dropEmbedded, "sdtPr": "", "sdtEndPr": "",
	"customXmlPr": "", "smartTagPr": "", "rPrChange": dropTracked, "pPrChange": dropTracked, "sectPrChange": dropTracked, "tblPrChange": dropTracked,
	"tcPrChange": dropTracked, "trPrChange": dropTracked, "tblPrExChange": dropTracked, "tblGridChange": dropTracked, "numberingChange": dropTracked,
	"cellIns": "", "cellMerge": "", "delText": "", "delInstrText": "", "rsids": "", "rsid": "", "hlinkClick": dropLink, "hlinkHover": dropLink, "extLst": "",
	"attachedSchema": "", "docVars": "", "printerSettings": "", "ffData": "", "relIds": dropSmartArt, "textpathok": "", "!comment": "",
	"tblCaption": "", "tblDescription": "", "contentPart": dropEmbedded, "videoFile": dropEmbedded, "audioFile": dropEmbedded,
}

// unwrapped are elements whose content stays in their place.
var unwrapped = map[string]string{"ins": dropTracked, "moveTo": dropTracked, "hyperlink": dropLink, "smartTag": "", "sdt": dropControl, "sdtContent": "",
	"customXml": "", "dir": "", "bdo": "", "fldSimple": dropField}

// wordTree leaves in a WordprocessingML tree what is shown: changes accepted,
// hidden words, notes of programs and traces of people gone.
func (d *docxRedactor) wordTree(n *xmlNode, fields map[*xmlNode]bool, parent string) {
	var kids []*xmlNode
	for _, k := range n.kids {
		kids = append(kids, d.wordKid(n, k, fields)...)
	}
	n.kids = kids
	if n.local == "body" || n.local == "tc" || n.local == "hdr" || n.local == "ftr" || n.local == "txbxContent" || n.local == "footnote" || n.local == "endnote" {
		d.joinDeletedMarks(n)
	}
	n.attrs = slices.DeleteFunc(n.attrs, func(a xmlAttr) bool { return !d.keptAttr(n, a) })
	for i := range n.attrs {
		if a := &n.attrs[i]; n.local == "docPr" || n.local == "cNvPr" {
			if a.local == "name" {
				a.value = "obj"
			}
		}
	}
}

func (d *docxRedactor) keptAttr(n *xmlNode, a xmlAttr) bool {
	prefix, _, has := strings.Cut(a.name, ":")
	switch {
	case a.name == "xmlns":
		return true
	case prefix == "xmlns" && has:
		return keptSpace(a.value) || strings.Contains(a.value, "officeDocument") && strings.Contains(a.value, "relationships") || strings.Contains(a.value, "microsoft-com:office:office")
	case has && !slices.Contains(wordPrefixes, prefix):
		return prefix == "o" && (a.local == "relid" || a.local == "gfxdata" && false)
	case strings.HasPrefix(a.local, "rsid"), a.local == "Ignorable", a.local == "author", a.local == "date" && n.local != "dateFormat", a.local == "initials",
		a.local == "paraId", a.local == "textId", a.local == "gfxdata", a.local == "href", a.local == "src" && n.local == "imagedata":
		return false
	}
	return true
}

// wordKid gives what takes the place of one kid.
func (d *docxRedactor) wordKid(up, k *xmlNode, fields map[*xmlNode]bool) []*xmlNode {
	if k.local == "" {
		return []*xmlNode{k}
	}
	marksOnly := len(k.kids) == 0 && (up.local == "rPr" || up.local == "trPr" || up.local == "numPr")
	switch {
	case k.local == "!comment", fields[k]:
		if fields[k] && k.local == "instrText" {
			d.drop(dropField)
		}
		return nil
	case marksOnly && (k.local == "ins" || k.local == "moveTo"):
		d.drop(dropTracked)
		return nil
	case marksOnly && up.local == "rPr" && (k.local == "del" || k.local == "moveFrom"):
		return []*xmlNode{k} // read by joinDeletedMarks
	case k.local == "tr" && k.child("trPr").child("del") != nil, k.local == "tc" && k.child("tcPr").child("cellDel") != nil && len(up.kids) > 1:
		d.drop(dropDeleted)
		return nil
	case k.local == "r" && d.vanished(k):
		d.drop(dropHidden)
		return nil
	case !keptSpace(k.space):
		return nil
	case k.local == "AlternateContent":
		return d.alternate(k, fields)
	case k.local == "fldSimple" && keptField(k.attr("instr")):
		d.wordTree(k, fields, up.local)
		for i := range k.attrs {
			if k.attrs[i].local == "instr" {
				k.attrs[i].value = " " + fieldWord(k.attrs[i].value) + " "
			}
		}
		return []*xmlNode{k}
	}
	if what, drop := droppedWords[k.local]; drop {
		if what != "" {
			d.drop(what)
		}
		return nil
	}
	if what, open := unwrapped[k.local]; open && strings.Contains(k.space, "wordprocessingml") {
		if what != "" {
			d.drop(what)
		}
		d.wordTree(k, fields, up.local)
		return k.kids
	}
	d.wordTree(k, fields, up.local)
	if k.local == "instrText" {
		k.kids = []*xmlNode{{text: " " + fieldWord(k.value()) + " "}}
	}
	return []*xmlNode{k}
}

// alternate keeps the newer drawing of shapes, else what old programs show.
func (d *docxRedactor) alternate(k *xmlNode, fields map[*xmlNode]bool) []*xmlNode {
	choice := k.child("Choice")
	switch need := choice.attr("Requires"); {
	case choice != nil && (need == "wps" || need == "wpg" || need == "wpc" || need == ""):
		k.kids = []*xmlNode{choice}
		d.wordTree(k, fields, "")
		return []*xmlNode{k}
	}
	if old := k.child("Fallback"); old != nil {
		d.wordTree(old, fields, "")
		return old.kids
	}
	return nil
}

func (d *docxRedactor) vanished(run *xmlNode) bool {
	pr := run.child("rPr")
	if pr == nil {
		return false
	}
	if v := pr.child("vanish"); v != nil {
		return v.on()
	}
	return pr.child("specVanish").on() || d.hidden[pr.child("rStyle").attr("val")]
}

// joinDeletedMarks runs a paragraph whose mark was deleted into the next one,
// as accepting the change does.
func (d *docxRedactor) joinDeletedMarks(n *xmlNode) {
	var out []*xmlNode
	var open *xmlNode
	for _, k := range n.kids {
		if k.local == "p" {
			if open != nil {
				joined := append([]*xmlNode{}, withoutProps(open)...)
				rest := withoutProps(k)
				head := k.kids[:len(k.kids)-len(rest)]
				k.kids = append(append(append([]*xmlNode{}, head...), joined...), rest...)
				open = nil
			}
			pr := k.child("pPr").child("rPr")
			deleted := pr.child("del") != nil || pr.child("moveFrom") != nil
			if pr != nil {
				pr.kids = slices.DeleteFunc(pr.kids, func(e *xmlNode) bool { return e.local == "del" || e.local == "moveFrom" })
			}
			if deleted {
				d.drop(dropDeleted)
				open = k
				continue
			}
		} else if open != nil {
			out, open = append(out, open), nil
		}
		out = append(out, k)
	}
	if open != nil {
		out = append(out, open)
	}
	n.kids = out
}

func withoutProps(p *xmlNode) []*xmlNode {
	for i, k := range p.kids {
		if k.local != "pPr" {
			return p.kids[i:]
		}
	}
	return nil
}

func fieldWord(instr string) string {
	if words := strings.Fields(instr); len(words) > 0 {
		return strings.ToUpper(words[0])
	}
	return ""
}

// keptField tells the fields that count pages; the others keep their result.
func keptField(instr string) bool {
	switch fieldWord(instr) {
	case "PAGE", "NUMPAGES", "SECTIONPAGES":
		return true
	}
	return false
}

// fieldsOf finds the nodes of every field whose code must go.
func fieldsOf(root *xmlNode) map[*xmlNode]bool {
	type field struct {
		code  strings.Builder
		nodes []*xmlNode
	}
	gone := map[*xmlNode]bool{}
	var open []*field
	var orphans []*xmlNode
	root.each(func(n *xmlNode) bool {
		switch n.local {
		case "fldChar":
			switch n.attr("fldCharType") {
			case "begin":
				open = append(open, &field{nodes: []*xmlNode{n}})
			case "separate":
				if len(open) > 0 {
					open[len(open)-1].nodes = append(open[len(open)-1].nodes, n)
				}
			case "end":
				if len(open) == 0 {
					orphans = append(orphans, n)
					break
				}
				f := open[len(open)-1]
				open, f.nodes = open[:len(open)-1], append(f.nodes, n)
				if !keptField(f.code.String()) {
					for _, k := range f.nodes {
						gone[k] = true
					}
					break
				}
				first := true
				for _, k := range f.nodes {
					if k.local == "instrText" && !first {
						gone[k] = true
					} else if k.local == "instrText" {
						k.kids, first = []*xmlNode{{text: " " + fieldWord(f.code.String()) + " "}}, false
					}
				}
			}
			return false
		case "instrText":
			if len(open) == 0 {
				orphans = append(orphans, n)
				return false
			}
			f := open[len(open)-1]
			f.code.WriteString(n.value())
			f.nodes = append(f.nodes, n)
			return false
		}
		return true
	})
	for _, f := range open {
		orphans = append(orphans, f.nodes...)
	}
	for _, n := range orphans {
		gone[n] = true
	}
	return gone
}
