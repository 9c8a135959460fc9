package docfile

import "slices"

// seenPage is one page with every word on it and where it stands: points from
// the top left corner of the page as it is shown.
type seenPage struct {
	w, h    float64
	runs    []glyphRun // in the order of drawing; marks are set
	scene   *pdfScene
	own     int // words up to this index are the page's own, the rest annotations'
	unknown int
	images  int
	ok      bool
}

// seePage draws a page's words, the appearances of annotations and form fields
// too, and notes what hides them.
func (f *pdfFile) seePage(page pdfPage, fonts map[string]*pdfFont, layers map[int]bool) seenPage {
	p := &pdfPainter{pdfFile: f, fonts: fonts, scene: &pdfScene{hidden: layers}}
	out := seenPage{scene: p.scene}
	out.ok = p.page(page)
	out.own = p.scene.glyphs
	base := pageMatrix(page.rotate)
	for _, v := range f.array(page.dict["Annots"]) {
		p.appearance(f.dict(v), base)
	}
	view := f.pageBox(page)
	shown := base.bounds(view.x0, view.y0, view.x1, view.y1)
	out.w, out.h = shown.x1-shown.x0, shown.y1-shown.y0
	for i := range p.runs {
		r := &p.runs[i]
		r.x, r.y = r.x-shown.x0, r.y-shown.y0
		r.marks.box = r.marks.box.moved(-shown.x0, -shown.y0)
	}
	for i := range p.scene.fills {
		p.scene.fills[i].pdfBox = p.scene.fills[i].moved(-shown.x0, -shown.y0)
	}
	for i := range p.scene.images {
		p.scene.images[i] = p.scene.images[i].moved(-shown.x0, -shown.y0)
	}
	out.runs = slices.DeleteFunc(p.runs, func(r glyphRun) bool {
		return !finite(r.x) || !finite(r.y) || !finite(r.w) || !finite(r.size) || !finite(r.marks.box.x0) || !finite(r.marks.box.y1)
	})
	out.unknown, out.images = p.unknown, p.pictures
	return out
}

// pageBox is the visible box in the page's own coordinates, y upwards: the
// crop box within the media box, A4 when there is none.
func (f *pdfFile) pageBox(page pdfPage) pdfBox {
	box := func(key pdfName) (pdfBox, bool) {
		a := f.array(page.boxes[key])
		if len(a) != 4 {
			return pdfBox{}, false
		}
		x0, y0, x1, y1 := f.number(a[0], 0), f.number(a[1], 0), f.number(a[2], 0), f.number(a[3], 0)
		b := pdfBox{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
		return b, finite(b.x0) && finite(b.y0) && finite(b.x1) && finite(b.y1) && b.x1-b.x0 >= 1 && b.y1-b.y0 >= 1
	}
	media, ok := box("MediaBox")
	if !ok {
		media = pdfBox{0, 0, 595.276, 841.89}
	}
	if crop, ok := box("CropBox"); ok {
		cut := pdfBox{max(media.x0, crop.x0), max(media.y0, crop.y0), min(media.x1, crop.x1), min(media.y1, crop.y1)}
		if cut.x1-cut.x0 >= 1 && cut.y1-cut.y0 >= 1 {
			return cut
		}
	}
	return media
}

// appearance draws what an annotation or a form field shows.
func (p *pdfPainter) appearance(a pdfDict, base pdfMatrix) {
	const hidden, noView = 2, 32
	flags := int(p.number(a["F"], 0))
	if a == nil || flags&(hidden|noView) != 0 || !p.spend() {
		return
	}
	v := p.value(p.dict(a["AP"])["N"])
	if states, ok := v.(pdfDict); ok {
		v = p.value(states[p.name(a["AS"])])
	}
	form, ok := v.(*pdfStream)
	rect, box := p.array(a["Rect"]), pdfArray{}
	if ok {
		box = p.array(form.dict["BBox"])
	}
	if !ok || len(rect) != 4 || len(box) != 4 {
		return
	}
	data, fine := p.decode(form)
	if !fine {
		return
	}
	m := pdfIdentity
	if list := p.array(form.dict["Matrix"]); len(list) == 6 {
		for i := range m {
			m[i] = p.number(list[i], 0)
		}
	}
	// The transformed box of the form is fitted into the rectangle.
	t := m.bounds(p.number(box[0], 0), p.number(box[1], 0), p.number(box[2], 0), p.number(box[3], 0))
	r := pdfIdentity.bounds(p.number(rect[0], 0), p.number(rect[1], 0), p.number(rect[2], 0), p.number(rect[3], 0))
	fit := pdfIdentity
	if t.x1 > t.x0 && t.y1 > t.y0 {
		fit[0], fit[3] = (r.x1-r.x0)/(t.x1-t.x0), (r.y1-r.y0)/(t.y1-t.y0)
	}
	fit[4], fit[5] = r.x0-t.x0*fit[0], -r.y1+t.y1*fit[3]
	p.paint(data, p.dict(form.dict["Resources"]), m.mul(fit).mul(base), 1)
}
