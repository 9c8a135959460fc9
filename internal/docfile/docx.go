package docfile

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"

	"gongkai/internal/fault"
)

// docxReader reads WordprocessingML. One value serves the body and, one after
// the other, headers, footers and notes.
type docxReader struct {
	*builder
	zip    *archive
	main   string // entry of the main part
	styles map[string]docxStyle
	lists  *docxLists
	// Pictures of the body, when Limits asks for them.
	images  map[string]string // relation -> entry
	alt     string            // of the drawing being read
	taken   int
	waiting []Picture // until the paragraph or table that holds them is over
}

// readDOCX reads a docx, docm or dotx. Tracked deletions and hidden text stay
// out of the body, tracked insertions are in it; the warnings say so.
func readDOCX(out *builder, a *archive) error {
	d := &docxReader{builder: out, zip: a}
	rels, err := a.relations("_rels/.rels")
	if err != nil {
		return err
	}
	for _, r := range rels {
		if r.kind == "officeDocument" {
			d.main = r.target
		}
	}
	if d.main == "" || !a.has(d.main) {
		return fault.Newf(fault.Invalid, op, msgMissingPart, "document.xml")
	}
	if rels, err = a.relations(relsOf(d.main)); err != nil {
		return err
	}
	if err := d.support(rels); err != nil {
		return err
	}
	d.imagesOf(rels)
	if err := d.part(d.main, func(x *xmlReader) error {
		if _, err := x.root(); err != nil {
			return err
		}
		return x.each(func(e xml.StartElement) error {
			if e.Name.Local == "body" {
				return d.body(x, &bodySink{d: d})
			}
			return x.skip()
		})
	}); err != nil {
		return err
	}
	d.images = nil
	if err := d.asides(rels); err != nil {
		return err
	}
	return d.container()
}

// part runs f over one XML entry.
func (d *docxReader) part(name string, f func(x *xmlReader) error) error {
	x, closePart, err := d.zip.xmlPart(name)
	if err != nil {
		return err
	}
	defer closePart()
	return f(x)
}

// support reads styles and numbering, which the body needs.
func (d *docxReader) support(rels []relation) error {
	d.styles = map[string]docxStyle{}
	d.lists = newDocxLists()
	for _, r := range rels {
		var f func(x *xmlReader) error
		switch r.kind {
		case "styles":
			f = d.readStyles
		case "numbering":
			f = d.lists.read
		}
		if f == nil || !d.zip.has(r.target) {
			continue
		}
		if err := d.part(r.target, f); err != nil {
			return err
		}
	}
	return nil
}

// asides reads the parts that stand outside the body.
func (d *docxReader) asides(rels []relation) error {
	kinds := map[string]PartKind{"header": PartHeader, "footer": PartFooter, "footnotes": PartFootnote, "endnotes": PartEndnote, "comments": PartComment}
	for _, r := range rels {
		kind, ok := kinds[r.kind]
		if r.external && (r.kind == "attachedTemplate" || r.kind == "oleObject" || r.kind == "image" || r.kind == "subDocument" || r.kind == "frame") {
			d.warn(WarnExternal, warnExternal)
		}
		if !ok || !d.zip.has(r.target) {
			continue
		}
		err := d.part(r.target, func(x *xmlReader) error {
			root, err := x.root()
			if err != nil {
				return err
			}
			if root.Name.Local == "hdr" || root.Name.Local == "ftr" {
				sink := &partSink{}
				if err := d.body(x, sink); err != nil {
					return err
				}
				return d.builder.part(kind, sink.text())
			}
			return x.each(func(e xml.StartElement) error {
				if t := attr(e, "type"); t == "separator" || t == "continuationSeparator" || t == "continuationNotice" {
					return x.skip()
				}
				sink := &partSink{}
				if err := d.body(x, sink); err != nil {
					return err
				}
				if kind == PartComment {
					d.counts[WarnComments]++
				}
				return d.builder.part(kind, sink.text())
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// container looks at the entries for macros, embedded files and metadata.
func (d *docxReader) container() error {
	noteEntries(d.builder, d.zip)
	return readOOXMLMeta(d.builder, d.zip)
}

// noteEntries notices macros and embedded files by their entry names.
func noteEntries(b *builder, a *archive) {
	for _, name := range a.names {
		base := strings.ToLower(path.Base(name))
		dir := strings.ToLower(path.Base(path.Dir(name)))
		switch {
		case base == "vbaproject.bin" || base == "vbadata.xml" || dir == "macrosheets":
			b.doc.Macros = true
		case dir == "activex":
			b.warn(WarnActive, warnActive)
		case dir == "embeddings" || dir == "attachments" && strings.Contains(strings.ToLower(name), "attach"):
			b.doc.Embedded = append(b.doc.Embedded, EmbeddedFile{Name: name, Size: int64(a.files[name].UncompressedSize64)})
		}
	}
}

// relation is one line of a .rels part.
type relation struct {
	id       string
	kind     string // last word of the type address
	target   string // entry name, or the address when external
	external bool
}

func relsOf(name string) string {
	return path.Join(path.Dir(name), "_rels", path.Base(name)+".rels")
}

// relations reads a .rels part; a missing one has no relations. Targets that
// leave the container are dropped.
func (a *archive) relations(name string) ([]relation, error) {
	if !a.has(name) {
		return nil, nil
	}
	x, closePart, err := a.xmlPart(name)
	if err != nil {
		return nil, err
	}
	defer closePart()
	if _, err := x.root(); err != nil {
		return nil, err
	}
	base := path.Dir(path.Dir(name))
	var rels []relation
	err = x.each(func(e xml.StartElement) error {
		r := relation{id: attr(e, "Id"), kind: path.Base(attr(e, "Type")), target: attr(e, "Target"), external: attr(e, "TargetMode") == "External"}
		if !r.external {
			if strings.HasPrefix(r.target, "/") {
				r.target = strings.TrimPrefix(path.Clean(r.target), "/")
			} else {
				r.target = path.Join(base, r.target)
			}
		}
		rels = append(rels, r)
		return x.skip()
	})
	return rels, err
}

// readOOXMLMeta reads docProps, which name people and tools.
func readOOXMLMeta(b *builder, a *archive) error {
	keys := map[string]string{
		"title": "title", "creator": "author", "lastModifiedBy": "last_modified_by", "subject": "subject", "keywords": "keywords",
		"description": "comments", "created": "created", "modified": "modified", "Company": "company", "Manager": "manager", "Application": "application",
	}
	for _, name := range []string{"docProps/core.xml", "docProps/app.xml"} {
		if !a.has(name) {
			continue
		}
		x, closePart, err := a.xmlPart(name)
		if err != nil {
			return err
		}
		err = readMetaElements(b, x, keys)
		closePart()
		if err != nil {
			return err
		}
	}
	return nil
}

// readMetaElements keeps the texts of the root's children that keys names.
func readMetaElements(b *builder, x *xmlReader, keys map[string]string) error {
	if _, err := x.root(); err != nil {
		return err
	}
	return x.each(func(e xml.StartElement) error {
		text, err := x.text()
		if key := keys[e.Name.Local]; key != "" && err == nil {
			b.meta(key, text)
		}
		return err
	})
}

// docxStyle is what a paragraph or character style says that matters here.
type docxStyle struct {
	level  int // heading level, 0 for none
	title  bool
	hidden bool
	num    string // list id, "" for none
	ilvl   int
	based  string
}

// readStyles reads styles.xml and resolves inheritance.
func (d *docxReader) readStyles(x *xmlReader) error {
	if _, err := x.root(); err != nil {
		return err
	}
	raw := map[string]docxStyle{}
	err := x.each(func(e xml.StartElement) error {
		if e.Name.Local != "style" {
			return x.skip()
		}
		id, s := attr(e, "styleId"), docxStyle{}
		var inner func(e xml.StartElement) error
		inner = func(e xml.StartElement) error {
			v := attr(e, "val")
			switch e.Name.Local {
			case "name":
				s.level, s.title = styleLevel(v)
			case "basedOn":
				s.based = v
			case "outlineLvl":
				if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 9 && !s.title {
					s.level = n + 1
				}
			case "numId":
				s.num = v
			case "ilvl":
				s.ilvl = atoiIn(v, 0, 8)
			case "vanish":
				s.hidden = on(e)
			case "pPr", "rPr", "numPr":
				return x.each(inner)
			}
			return x.skip()
		}
		if err := x.each(inner); err != nil {
			return err
		}
		raw[id] = s
		return nil
	})
	for id, s := range raw {
		for up, n := s.based, 0; up != "" && n < 20; n++ {
			p := raw[up]
			if s.level == 0 && !s.title {
				s.level = p.level
			}
			if s.num == "" {
				s.num, s.ilvl = p.num, max(s.ilvl, p.ilvl)
			}
			s.hidden = s.hidden || p.hidden
			up = p.based
		}
		d.styles[id] = s
	}
	return err
}

// styleLevel knows the built-in names; the number of 标题 1 may stand apart.
func styleLevel(name string) (level int, title bool) {
	n := strings.ToLower(strings.ReplaceAll(name, " ", ""))
	if n == "title" || n == "标题" {
		return 0, true
	}
	for _, prefix := range []string{"heading", "标题"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok {
			return atoiIn(rest, 0, 9), false
		}
	}
	return 0, false
}

// atoiIn reads a number and answers lo when it is none or out of range.
func atoiIn(s string, lo, hi int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < lo || n > hi {
		return lo
	}
	return n
}
