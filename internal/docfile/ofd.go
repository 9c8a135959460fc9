package docfile

import (
	"encoding/xml"
	"math"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
)

// ofdReader reads the national fixed-layout format (GB/T 33190): OFD.xml names
// documents, a document names pages, a page draws text at places given in mm.
type ofdReader struct {
	*builder
	zip   *archive
	pages [][]pageLine
}

func readOFD(out *builder, a *archive) error {
	o := &ofdReader{builder: out, zip: a}
	var roots []string
	err := o.part("OFD.xml", func(x *xmlReader) error {
		return x.each(func(e xml.StartElement) error {
			if e.Name.Local != "DocBody" {
				return x.skip()
			}
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "DocInfo":
					return o.info(x, len(roots) == 0)
				case "DocRoot":
					text, err := x.text()
					roots = append(roots, ofdPath("", "", text))
					return err
				}
				return x.skip()
			})
		})
	})
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		return fault.Newf(fault.Invalid, op, msgMissingPart, "Document.xml")
	}
	if len(roots) > out.lim.MaxPages {
		return fault.Newf(fault.TooLarge, op, msgTooManyPages, out.lim.MaxPages)
	}
	for _, root := range roots {
		if err := o.document(root); err != nil {
			return err
		}
	}
	out.doc.Pages = len(o.pages)
	if err := layoutPages(out, o.pages); err != nil {
		return err
	}
	if len(out.doc.Blocks) == 0 {
		out.doc.State = StateNone
		out.warn(WarnNoTextLayer, warnNoTextOFD)
	}
	for _, name := range a.names {
		if strings.Contains(name, "/Attachs/") && path.Ext(name) != ".xml" {
			out.doc.Embedded = append(out.doc.Embedded, EmbeddedFile{Name: name, Size: int64(a.files[name].UncompressedSize64)})
		}
	}
	return nil
}

// part opens an entry, passes its root element and runs f over the children.
func (o *ofdReader) part(name string, f func(x *xmlReader) error) error {
	x, closePart, err := o.zip.xmlPart(name)
	if err != nil {
		return err
	}
	defer closePart()
	if _, err := x.root(); err != nil {
		return err
	}
	return f(x)
}

// ofdPath resolves a location: from the container's root when it starts with a
// slash, else from the file that names it, under base when one is given.
func ofdPath(from, base, loc string) string {
	loc = strings.TrimSpace(strings.ReplaceAll(loc, "\\", "/"))
	if strings.HasPrefix(loc, "/") {
		return strings.TrimPrefix(path.Clean(loc), "/")
	}
	return path.Join(path.Dir(from), base, loc)
}

func (o *ofdReader) info(x *xmlReader, first bool) error {
	keys := map[string]string{"Title": "title", "Author": "author", "Subject": "subject", "Abstract": "comments", "Creator": "application", "CreationDate": "created", "ModDate": "modified"}
	return x.each(func(e xml.StartElement) error {
		text, err := x.text()
		if key := keys[e.Name.Local]; key != "" && first && err == nil {
			o.meta(key, text)
		}
		return err
	})
}

// document reads the templates and pages that Document.xml lists.
func (o *ofdReader) document(root string) error {
	templates, pages := map[string]string{}, []string{}
	err := o.part(root, func(x *xmlReader) error {
		return x.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "CommonData":
				return x.each(func(e xml.StartElement) error {
					if e.Name.Local == "TemplatePage" {
						templates[attr(e, "ID")] = ofdPath(root, "", attr(e, "BaseLoc"))
					}
					return x.skip()
				})
			case "Pages":
				return x.each(func(e xml.StartElement) error {
					if e.Name.Local == "Page" {
						pages = append(pages, ofdPath(root, "", attr(e, "BaseLoc")))
					}
					return x.skip()
				})
			case "Actions":
				o.warn(WarnActive, warnActive)
			}
			return x.skip()
		})
	})
	if err != nil {
		return err
	}
	if len(o.pages)+len(pages) > o.lim.MaxPages {
		return fault.Newf(fault.TooLarge, op, msgTooManyPages, o.lim.MaxPages)
	}
	seen := map[string]bool{}
	for _, name := range pages {
		if err := o.check(); err != nil {
			return err
		}
		body, used, err := o.page(name)
		if err != nil {
			return err
		}
		for _, id := range used {
			// A template is drawn on every page; its words are a header once.
			tpl := templates[id]
			if tpl == "" || seen[tpl] || !o.zip.has(tpl) {
				continue
			}
			seen[tpl] = true
			runs, _, err := o.page(tpl)
			if err != nil {
				return err
			}
			for _, l := range layoutLines(runs) {
				if err := o.builder.part(PartHeader, l.text); err != nil {
					return err
				}
			}
		}
		o.pages = append(o.pages, layoutLines(body))
	}
	return nil
}

// page reads one Content.xml: its text and the templates it uses.
func (o *ofdReader) page(name string) (runs []glyphRun, templates []string, err error) {
	err = o.part(name, func(x *xmlReader) error {
		var child func(e xml.StartElement) error
		child = func(e xml.StartElement) error {
			switch e.Name.Local {
			case "Template":
				templates = append(templates, attr(e, "TemplateID"))
			case "Content", "Layer", "PageBlock":
				return x.each(child)
			case "TextObject":
				if attr(e, "Visible") == "false" {
					o.counts[WarnHiddenText]++
					return x.skip()
				}
				r, err := o.textObject(x, e)
				runs = append(runs, r...)
				return err
			case "ImageObject":
				o.doc.Pictures++
			}
			return x.skip()
		}
		return x.each(child)
	})
	return runs, templates, err
}

// textObject reads the TextCodes of one object and places them on the page.
func (o *ofdReader) textObject(x *xmlReader, e xml.StartElement) ([]glyphRun, error) {
	box, ctm := floats(attr(e, "Boundary")), floats(attr(e, "CTM"))
	size := 3.5
	if s := floats(attr(e, "Size")); len(s) > 0 {
		size = s[0]
	}
	scale := 1.0
	if len(ctm) == 6 {
		scale = max(math.Hypot(ctm[2], ctm[3]), 1e-3)
	}
	var runs []glyphRun
	px, py := 0.0, 0.0
	err := x.each(func(e xml.StartElement) error {
		if e.Name.Local != "TextCode" {
			return x.skip()
		}
		if v := floats(attr(e, "X")); len(v) > 0 {
			px = v[0]
		}
		if v := floats(attr(e, "Y")); len(v) > 0 {
			py = v[0]
		}
		text, err := x.text()
		if err != nil {
			return err
		}
		text = strings.Trim(o.clean(text), "\n")
		if err := o.text(utf8.RuneCountInString(text)); err != nil {
			return err
		}
		runs = append(runs, placeText(text, px, py, size, scale, box, ctm, deltas(attr(e, "DeltaX")), deltas(attr(e, "DeltaY")))...)
		return nil
	})
	// Runs are counted while they are read; the same words are counted again as paragraphs.
	for _, r := range runs {
		o.runes -= utf8.RuneCountInString(r.text)
	}
	return runs, err
}

// placeText gives each sign its own run where the distances are known, else
// one run for the whole text.
func placeText(text string, x, y, size, scale float64, box, ctm, dx, dy []float64) []glyphRun {
	at := func(x, y float64) (float64, float64) {
		if len(ctm) == 6 {
			x, y = ctm[0]*x+ctm[2]*y+ctm[4], ctm[1]*x+ctm[3]*y+ctm[5]
		}
		if len(box) >= 2 {
			x, y = x+box[0], y+box[1]
		}
		return x, y
	}
	if len(dx) == 0 && len(dy) == 0 {
		px, py := at(x, y)
		return []glyphRun{{x: px, y: py, w: textWidth(text) * size * scale, size: size * scale, text: text}}
	}
	var runs []glyphRun
	i := 0
	for _, r := range text {
		px, py := at(x, y)
		runs = append(runs, glyphRun{x: px, y: py, w: textWidth(string(r)) * size * scale, size: size * scale, text: string(r)})
		if i < len(dx) {
			x += dx[i]
		} else if len(dy) == 0 {
			x += textWidth(string(r)) * size
		}
		if i < len(dy) {
			y += dy[i]
		}
		i++
	}
	return runs
}

// textWidth estimates a text's width in em.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		if r < 0x2000 {
			w += 0.5
		} else {
			w++
		}
	}
	return w
}

func floats(s string) []float64 {
	var out []float64
	for _, f := range strings.Fields(s) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || !finite(v) || len(out) > 1<<16 {
			return nil
		}
		out = append(out, v)
	}
	return out
}

// deltas expands "g 4 3.5" to four times 3.5.
func deltas(s string) []float64 {
	var out []float64
	f := strings.Fields(s)
	for i := 0; i < len(f) && len(out) < 1<<16; i++ {
		n := 1
		if f[i] == "g" && i+2 < len(f) {
			n, i = atoiIn(f[i+1], 1, 1<<14), i+2
		}
		v, err := strconv.ParseFloat(f[i], 64)
		if err != nil || !finite(v) {
			return out
		}
		for range n {
			out = append(out, v)
		}
	}
	return out
}
