package docfile

import (
	"context"
	"path"
	"slices"
	"strings"

	"gongkai/internal/fault"
)

// docxRedactor builds a Word file from the parts that are shown.
type docxRedactor struct {
	*redactor
	zip *archive
	out *officeOut
	// hidden are the styles whose words are not shown.
	hidden map[string]bool
}

const docxMime = "application/vnd.openxmlformats-officedocument.wordprocessingml."

// docx writes document, styles, numbering, fonts, theme, a few settings,
// headers, footers, notes, charts and pictures; nothing else.
func (r *redactor) docx(src *source) ([]byte, error) {
	d := &docxRedactor{redactor: r, zip: src.zip, out: newOfficeOut(), hidden: map[string]bool{}}
	rels, err := d.zip.relations("_rels/.rels")
	if err != nil {
		return nil, err
	}
	main := ""
	for _, rel := range rels {
		if rel.kind == "officeDocument" {
			main = rel.target
		}
	}
	if main == "" || !d.zip.has(main) {
		return nil, fault.Newf(fault.Invalid, opRedact, msgMissingPart, "document.xml")
	}
	if err := d.partsExist(); err != nil {
		return nil, err
	}
	if rels, err = d.zip.relations(relsOf(main)); err != nil {
		return nil, err
	}
	for _, rel := range rels {
		if rel.kind == "styles" && d.zip.has(rel.target) {
			if err := d.hiddenStyles(rel.target); err != nil {
				return nil, err
			}
		}
	}
	d.out.named[main] = "word/document.xml"
	var own []relation
	for _, rel := range rels {
		if err := d.support(rel, &own); err != nil {
			return nil, err
		}
	}
	if err := d.storyPart(main, "word/document.xml", docxMime+"document.main+xml", whereBody, own); err != nil {
		return nil, err
	}
	if n := len(d.out.files); n > 0 && d.out.files["word/media/image"] > 0 && len(r.patterns) > 0 {
		r.unsure(unsurePictures, d.out.files["word/media/image"])
	}
	d.countDropped()
	return d.out.bytes("word/document.xml")
}

// partsExist refuses a removal in a part that the file does not have.
func (d *docxRedactor) partsExist() error {
	for i, m := range d.removals {
		if m.Part != "" && !d.zip.has(m.Part) {
			return fault.Field(opRedact, "part", msgRedactPart, i+1, m.Part)
		}
		if m.Page > 0 || m.Sheet != "" {
			return fault.Field(opRedact, sprintf("removals[%d]", i), msgRedactVague, i+1)
		}
	}
	return nil
}

func (d *docxRedactor) hiddenStyles(part string) error {
	root, err := d.zip.tree(part)
	if err != nil {
		return err
	}
	for _, s := range root.kids {
		if s.local == "style" && s.child("rPr").child("vanish").on() {
			d.hidden[s.attr("styleId")] = true
		}
	}
	return nil
}

// settingsKept are the settings that change what is shown.
var settingsKept = []string{"zoom", "defaultTabStop", "characterSpacingControl", "evenAndOddHeaders", "mirrorMargins", "compat", "footnotePr", "endnotePr",
	"autoHyphenation", "displayBackgroundShape", "drawingGridHorizontalSpacing", "drawingGridVerticalSpacing", "displayHorizontalDrawingGridEvery",
	"displayVerticalDrawingGridEvery", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator", "gutterAtTop", "bordersDoNotSurroundHeader",
	"bordersDoNotSurroundFooter", "noLineBreaksAfter", "noLineBreaksBefore", "savePreviewPicture", "alignBordersAndEdges", "bookFoldPrinting"}

// support writes a part of the main document that holds no words.
func (d *docxRedactor) support(rel relation, own *[]relation) error {
	kinds := map[string]string{"styles": "styles", "numbering": "numbering", "fontTable": "fontTable", "settings": "settings", "theme": "theme"}
	stem := kinds[rel.kind]
	if stem == "" || rel.external || !d.zip.has(rel.target) {
		return nil
	}
	root, err := d.zip.tree(rel.target)
	if err != nil {
		return err
	}
	name, mime := "word/"+stem+".xml", docxMime+stem+"+xml"
	switch stem {
	case "settings":
		root.kids = slices.DeleteFunc(root.kids, func(n *xmlNode) bool { return !slices.Contains(settingsKept, n.local) })
		root.prune(func(n *xmlNode) bool {
			return n.local == "footnote" || n.local == "endnote" || n.local == "savePreviewPicture"
		})
	case "fontTable":
		root.prune(func(n *xmlNode) bool { return strings.HasPrefix(n.local, "embed") })
	case "numbering":
		root.prune(func(n *xmlNode) bool { return n.local == "numPicBullet" || n.local == "lvlPicBulletId" })
	case "theme":
		name, mime = "word/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml"
		root.prune(func(n *xmlNode) bool { return n.local == "extLst" || n.local == "blipFill" || n.local == "custClrLst" })
	}
	if stem != "theme" {
		d.wordTree(root, nil, "")
	}
	if err := d.redactTree(root, rel.target, sprintf(whereStory, stem)); err != nil {
		return err
	}
	d.out.named[rel.target] = name
	d.out.put(officePart{name: name, mime: mime, data: root.document()})
	relate(own, rel.kind, name)
	return nil
}

// storyPart writes a part with words: the document, a header, notes.
func (d *docxRedactor) storyPart(old, name, mime, where string, own []relation) error {
	root, rels, err := d.cleanStory(old)
	if err != nil {
		return err
	}
	if err := d.redactTree(root, old, where); err != nil {
		return err
	}
	if err := d.relink(root, rels, &own); err != nil {
		return err
	}
	if root.local == "document" {
		for _, kind := range []string{"footnotes", "endnotes"} {
			for _, rel := range rels {
				if rel.kind == kind && !rel.external && d.zip.has(rel.target) && d.out.named[rel.target] == "" {
					if err := d.aside(rel, &own); err != nil {
						return err
					}
				}
			}
		}
	}
	d.out.put(officePart{name: name, mime: mime, data: root.document(), rels: own})
	return nil
}

// cleanStory reads a part and leaves what is shown.
func (d *docxRedactor) cleanStory(old string) (*xmlNode, []relation, error) {
	root, err := d.zip.tree(old)
	if err != nil {
		return nil, nil, err
	}
	rels, err := d.zip.relations(relsOf(old))
	if err != nil {
		return nil, nil, err
	}
	d.wordTree(root, fieldsOf(root), "")
	return root, rels, nil
}

// aside writes a header, footer or notes part and relates it.
func (d *docxRedactor) aside(rel relation, own *[]relation) error {
	where := map[string]string{"header": whereHeader, "footer": whereFooter, "footnotes": whereFootnote, "endnotes": whereEndnote}[rel.kind]
	name := d.out.name(rel.target, "word/", rel.kind, ".xml")
	relate(own, rel.kind, name)
	return d.storyPart(rel.target, name, docxMime+rel.kind+"+xml", where, nil)
}

// relink gives every relation that stays its new id; an element whose target
// does not stay loses the attribute, a drawing without a picture goes.
func (d *docxRedactor) relink(root *xmlNode, rels []relation, own *[]relation) error {
	var failed error
	root.each(func(n *xmlNode) bool {
		for i := 0; i < len(n.attrs); i++ {
			a := &n.attrs[i]
			if !strings.Contains(a.name, ":") || strings.HasPrefix(a.name, "xmlns") || !slices.Contains([]string{"id", "embed", "link", "pict", "href", "relid"}, a.local) {
				continue
			}
			if strings.HasPrefix(a.name, "w:") || strings.HasPrefix(a.name, "o:") && a.local != "relid" {
				continue
			}
			id, err := d.target(target(rels, a.value), own)
			if err != nil && failed == nil {
				failed = err
			}
			if id == "" {
				n.attrs = slices.Delete(n.attrs, i, i+1)
				i--
				continue
			}
			a.value = id
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	root.prune(func(n *xmlNode) bool {
		lost := (n.local == "headerReference" || n.local == "footerReference" || n.local == "imagedata" || n.local == "blip" || n.local == "chart" && strings.Contains(n.space, "/chart")) && n.relation("id")+n.relation("embed")+n.relation("relid")+n.relation("pict") == ""
		return lost && n.local != "blip"
	})
	return nil
}

// target writes what a relation leads to, when that may stay.
func (d *docxRedactor) target(rel relation, own *[]relation) (id string, err error) {
	if rel.external || rel.target == "" || !d.zip.has(rel.target) {
		return "", nil
	}
	name := ""
	switch rel.kind {
	case "image":
		name, err = d.picturePart(d.out, d.zip, rel.target, "word/")
	case "chart":
		name, err = d.chartPart(d.out, d.zip, rel.target, "word/")
	case "header", "footer":
		if d.out.named[rel.target] == "" {
			err = d.aside(rel, own)
		}
		name = d.out.named[rel.target]
	}
	if err != nil || name == "" {
		return "", err
	}
	return relate(own, rel.kind, name), nil
}

// countDropped lists the entries that did not come along.
func (d *docxRedactor) countDropped() {
	for _, name := range d.zip.names {
		base := strings.ToLower(path.Base(name))
		switch {
		case d.out.named[name] != "", path.Ext(name) == ".rels", base == "[content_types].xml":
		case strings.HasPrefix(base, "comments"):
			d.drop(dropComment)
		case strings.Contains(name, "embeddings/"):
			d.drop(dropEmbedded)
		default:
			d.drop(dropPart)
		}
	}
}

// PartText is the text over which the Start and End of a Removal in a docx
// count: the paragraphs of one part as Redact would keep them, a line each.
func PartText(ctx context.Context, data []byte, part string, lim Limits) (string, error) {
	b := &budget{ctx: ctx, lim: lim.withDefaults()}
	a, err := openArchive(b, bytesReader(data), int64(len(data)))
	if err != nil {
		return "", err
	}
	if !a.has(part) {
		return "", fault.Newf(fault.NotFound, "docfile.PartText", msgRedactPart, 1, part)
	}
	d := &docxRedactor{redactor: &redactor{budget: b, dropped: map[string]int{}}, zip: a, hidden: map[string]bool{}}
	root, _, err := d.cleanStory(part)
	if err != nil {
		return "", err
	}
	return storyOf(root).text(), nil
}
