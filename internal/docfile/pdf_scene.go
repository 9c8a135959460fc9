package docfile

import "math"

// pdfScene is what stands on a page besides its words, as far as it decides
// whether words can be seen. A nil scene notes nothing.
type pdfScene struct {
	fills  []pdfFill
	images []pdfBox
	glyphs int           // words drawn so far
	hidden map[int]bool  // switched-off layers by object number
	off    int           // open marked content of a switched-off layer
	outer  *paintState   // what a form takes over
	stack  []bool        // open marked content: switched off or not
	path   pdfPathBounds // the open path
}

// pdfBox is left, top, right, bottom with y growing downwards.
type pdfBox struct{ x0, y0, x1, y1 float64 }

// pdfFill is an opaque filled rectangle and the number of words drawn before.
type pdfFill struct {
	pdfBox
	white bool
	after int
}

type pdfPathBounds struct {
	box    pdfBox
	points int
	curved bool
}

// paintState is the part of the graphics state that decides what can be seen.
type paintState struct {
	mode  int // text rendering mode; 3 and 7 draw nothing
	white bool
	clear bool // fill opacity of nearly nothing
	blend bool // drawn so that what lies below shines through
	layer bool // in a layer that is switched off
}

// glyphMarks is how one glyph was drawn.
type glyphMarks struct {
	box   pdfBox
	state paintState
	index int // drawn as the n-th on its page
}

func (p *pdfPainter) startState() paintState {
	if p.scene != nil && p.scene.outer != nil {
		return *p.scene.outer
	}
	return paintState{}
}

// inherit hands the state to a form and gives the way back.
func (p *pdfPainter) inherit(st *pdfState, layer any) func() {
	if p.scene == nil {
		return func() {}
	}
	was := p.scene.outer
	now := st.paintState
	now.layer = now.layer || p.scene.off > 0 || p.switchedOff(layer)
	p.scene.outer = &now
	return func() { p.scene.outer = was }
}

// switchedOff tells a layer, or a group of layers that are all switched off.
func (p *pdfPainter) switchedOff(v any) bool {
	if r, ok := v.(pdfRef); ok && p.scene.hidden[r.num] {
		return true
	}
	d := p.dict(v)
	groups := p.array(d["OCGs"])
	if r, ok := d["OCGs"].(pdfRef); ok && groups == nil {
		return p.scene.hidden[r.num]
	}
	for _, g := range groups {
		if r, ok := g.(pdfRef); !ok || !p.scene.hidden[r.num] {
			return false
		}
	}
	return len(groups) > 0
}

// hiddenLayers reads which layers the file switches off at first.
func (f *pdfFile) hiddenLayers() map[int]bool {
	hidden := map[int]bool{}
	props := f.dict(f.dict(f.trailer["Root"])["OCProperties"])
	d := f.dict(props["D"])
	if f.name(d["BaseState"]) == "OFF" {
		for _, v := range f.array(props["OCGs"]) {
			if r, ok := v.(pdfRef); ok {
				hidden[r.num] = true
			}
		}
		for _, v := range f.array(d["ON"]) {
			if r, ok := v.(pdfRef); ok {
				delete(hidden, r.num)
			}
		}
	}
	for _, v := range f.array(d["OFF"]) {
		if r, ok := v.(pdfRef); ok {
			hidden[r.num] = true
		}
	}
	return hidden
}

// marks notes how a glyph is drawn and where.
func (p *pdfPainter) marks(m pdfMatrix, st *pdfState, g pdfGlyph) *glyphMarks {
	if p.scene == nil {
		return nil
	}
	p.scene.glyphs++
	out := &glyphMarks{state: st.paintState, index: p.scene.glyphs}
	out.state.layer = out.state.layer || p.scene.off > 0
	x0, x1, y0, y1 := 0.0, g.width*st.size*st.hz, -0.24*st.size+st.rise, 0.94*st.size+st.rise
	switch {
	case st.font.vertical:
		x0, x1, y0, y1 = -x1/2, x1/2, -1.05*st.size, 0.05*st.size
	case st.font.tall > 1:
		y0, y1 = -0.3*st.font.tall*st.size, st.font.tall*st.size
	}
	out.box = m.bounds(x0, y0, x1, y1)
	return out
}

// bounds is the box around a transformed rectangle, y downwards.
func (m pdfMatrix) bounds(x0, y0, x1, y1 float64) pdfBox {
	b := pdfBox{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, c := range [][2]float64{{x0, y0}, {x1, y0}, {x0, y1}, {x1, y1}} {
		b.add(m.at(c[0], c[1]))
	}
	return b
}

// at transforms a point; y grows downwards after it.
func (m pdfMatrix) at(x, y float64) (float64, float64) {
	return x*m[0] + y*m[2] + m[4], -(x*m[1] + y*m[3] + m[5])
}

func (b *pdfBox) add(x, y float64) {
	b.x0, b.y0, b.x1, b.y1 = min(b.x0, x), min(b.y0, y), max(b.x1, x), max(b.y1, y)
}

// covers tells whether the middle of o lies in b.
func (b pdfBox) covers(o pdfBox) bool {
	x, y := (o.x0+o.x1)/2, (o.y0+o.y1)/2
	return x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1
}

func (b pdfBox) overlaps(o pdfBox) bool {
	return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1
}

func (b pdfBox) moved(x, y float64) pdfBox { return pdfBox{b.x0 + x, b.y0 + y, b.x1 + x, b.y1 + y} }

func (s *pdfScene) picture(ctm pdfMatrix) {
	if s != nil {
		s.images = append(s.images, ctm.bounds(0, 0, 1, 1))
	}
}

func (b *pdfPathBounds) point(m pdfMatrix, x, y float64) {
	if b.points == 0 {
		b.box = pdfBox{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	}
	b.box.add(m.at(x, y))
	b.points++
}

// marker gives the function that follows the operators which decide what can
// be seen.
func (p *pdfPainter) marker(res pdfDict) func(kw pdfOp, args []any, st *pdfState) {
	s := p.scene
	if s == nil {
		return func(pdfOp, []any, *pdfState) {}
	}
	num := func(args []any, i int) float64 {
		if i < len(args) {
			v, _ := args[i].(float64)
			return v
		}
		return 0
	}
	return func(kw pdfOp, args []any, st *pdfState) {
		switch kw {
		case "Tr":
			st.mode = int(num(args, 0))
		case "g", "rg", "k", "sc", "scn":
			st.white = whiteColour(args)
		case "cs":
			st.white = false
		case "gs":
			if len(args) > 0 {
				name, _ := args[0].(pdfName)
				p.graphicsState(p.dict(p.dict(res["ExtGState"])[name]), st)
			}
		case "BMC", "BDC":
			off := false
			if len(args) == 2 && args[0] == any(pdfName("OC")) {
				name, _ := args[1].(pdfName)
				off = p.switchedOff(p.dict(res["Properties"])[name])
			}
			if len(s.stack) < 1<<12 {
				s.stack = append(s.stack, off)
				if off {
					s.off++
				}
			}
		case "EMC":
			if n := len(s.stack); n > 0 {
				if s.stack[n-1] {
					s.off--
				}
				s.stack = s.stack[:n-1]
			}
		case "m", "l":
			s.path.point(st.ctm, num(args, 0), num(args, 1))
		case "re":
			x, y := num(args, 0), num(args, 1)
			s.path.point(st.ctm, x, y)
			s.path.point(st.ctm, x+num(args, 2), y+num(args, 3))
		case "c", "v", "y":
			s.path.curved = true
		case "f", "F", "f*", "B", "B*", "b", "b*":
			if s.path.points > 1 && s.path.points <= 5 && !s.path.curved && !st.clear && !st.blend && !st.layer && s.off == 0 && len(s.fills) < 1<<14 {
				s.fills = append(s.fills, pdfFill{s.path.box, st.white, s.glyphs})
			}
			s.path = pdfPathBounds{}
		case "n", "S", "s":
			s.path = pdfPathBounds{}
		}
	}
}

// whiteColour tells white in grey, red-green-blue and process colours.
func whiteColour(args []any) bool {
	var c []float64
	for _, a := range args {
		if v, ok := a.(float64); ok {
			c = append(c, v)
		}
	}
	for _, v := range c {
		if len(c) == 4 && v > 0.03 || len(c) != 4 && v < 0.97 {
			return false
		}
	}
	return len(c) == 1 || len(c) == 3 || len(c) == 4
}

func (p *pdfPainter) graphicsState(d pdfDict, st *pdfState) {
	if v, ok := p.value(d["ca"]).(float64); ok {
		st.clear, st.blend = v < 0.05, v < 0.9
	}
	if mode := p.name(d["BM"]); mode != "" && mode != "Normal" && mode != "Compatible" {
		st.blend = true
	}
}

// whyHidden says why a glyph cannot be seen, "" when it can. page is the
// visible page.
func (s *pdfScene) whyHidden(r glyphRun, page pdfBox) string {
	m := r.marks
	switch {
	case m == nil:
		return ""
	case !page.overlaps(m.box):
		return pdfWhyOutside
	case m.state.layer:
		return pdfWhyLayer
	case m.state.mode == 3 || m.state.mode == 7 || m.state.clear:
		for _, image := range s.images {
			if image.covers(m.box) {
				return "" // the words of a scanned page
			}
		}
		return pdfWhyInvisible
	case r.size < 1.2:
		return pdfWhyTiny
	}
	ground := true // white
	for i := range s.fills {
		f := &s.fills[i]
		switch {
		case !f.covers(m.box):
		case f.after >= m.index:
			return pdfWhyCovered
		default:
			ground = f.white
		}
	}
	if m.state.white && ground {
		for _, image := range s.images {
			if image.covers(m.box) {
				return ""
			}
		}
		return pdfWhyWhite
	}
	return ""
}
