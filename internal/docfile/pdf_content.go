package docfile

import "unicode/utf8"

// pdfMatrix is a, b, c, d, e, f of the format.
type pdfMatrix [6]float64

var pdfIdentity = pdfMatrix{1, 0, 0, 1, 0, 0}

// mul is m before n.
func (m pdfMatrix) mul(n pdfMatrix) pdfMatrix {
	return pdfMatrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// pdfState is the part of the graphics state that places text.
type pdfState struct {
	ctm                                        pdfMatrix
	font                                       *pdfFont
	size, charSpace, wordSpace, lead, rise, hz float64
	paintState
}

// pdfPainter runs the content of one page and collects its text.
type pdfPainter struct {
	*pdfFile
	fonts    map[string]*pdfFont // for the whole file, by reference
	runs     []glyphRun
	unknown  int
	pictures int
	runes    int
	scene    *pdfScene // what is drawn besides text; nil when only words are asked for
}

const pdfFormDepth = 12 // forms inside forms

// paint runs one content stream with its resources.
func (p *pdfPainter) paint(data []byte, res pdfDict, ctm pdfMatrix, depth int) {
	l := p.lexer(data, 0, false)
	st := pdfState{ctm: ctm, hz: 1, paintState: p.startState()}
	var saved []pdfState
	mark := p.marker(res)
	tm, line := pdfIdentity, pdfIdentity
	var args []any
	num := func(i int) float64 {
		if i < len(args) {
			if v, ok := args[i].(float64); ok {
				return v
			}
		}
		return 0
	}
	move := func(x, y float64) {
		line = pdfMatrix{1, 0, 0, 1, x, y}.mul(line)
		tm = line
	}
	for {
		v := l.object()
		kw, ok := v.(pdfOp)
		if !ok {
			if len(args) < 64 {
				args = append(args, v)
			}
			continue
		}
		switch kw {
		case pdfEnd:
			return
		case "q":
			if len(saved) < 512 {
				saved = append(saved, st)
			}
		case "Q":
			if n := len(saved); n > 0 {
				st, saved = saved[n-1], saved[:n-1]
			}
		case "cm":
			st.ctm = pdfMatrix{num(0), num(1), num(2), num(3), num(4), num(5)}.mul(st.ctm)
		case "BT":
			tm, line = pdfIdentity, pdfIdentity
		case "Tf":
			if len(args) >= 2 {
				name, _ := args[0].(pdfName)
				st.font, st.size = p.resourceFont(res, name), num(1)
			}
		case "Tc":
			st.charSpace = num(0)
		case "Tw":
			st.wordSpace = num(0)
		case "Tz":
			st.hz = num(0) / 100
		case "TL":
			st.lead = num(0)
		case "Ts":
			st.rise = num(0)
		case "Td":
			move(num(0), num(1))
		case "TD":
			st.lead = -num(1)
			move(num(0), num(1))
		case "Tm":
			line = pdfMatrix{num(0), num(1), num(2), num(3), num(4), num(5)}
			tm = line
		case "T*":
			move(0, -st.lead)
		case "Tj", "'", "\"":
			if kw != "Tj" {
				if kw == "\"" {
					st.wordSpace, st.charSpace = num(0), num(1)
				}
				move(0, -st.lead)
			}
			if n := len(args); n > 0 {
				if s, ok := args[n-1].(pdfStr); ok {
					tm = p.show(&st, tm, s)
				}
			}
		case "TJ":
			if len(args) == 0 {
				break
			}
			list, _ := args[0].(pdfArray)
			for _, item := range list {
				switch item := item.(type) {
				case pdfStr:
					tm = p.show(&st, tm, item)
				case float64:
					tm = pdfMatrix{1, 0, 0, 1, -item / 1000 * st.size * st.hz, 0}.mul(tm)
				}
			}
		case "Do":
			if len(args) > 0 {
				name, _ := args[0].(pdfName)
				p.object(res, name, &st, depth)
			}
		case "BI":
			p.pictures++
			p.scene.picture(st.ctm)
			skipInlineImage(l)
		default:
			mark(kw, args, &st)
		}
		args = args[:0]
	}
}

// skipInlineImage passes over the bytes between BI and EI.
func skipInlineImage(l *pdfLexer) {
	for i := l.pos; i+3 < len(l.data); i++ {
		if pdfSpace(l.data[i]) && l.data[i+1] == 'E' && l.data[i+2] == 'I' && pdfSpace(l.data[i+3]) {
			l.pos = i + 3
			return
		}
	}
	l.pos = len(l.data)
}

// object draws a picture or runs a form.
func (p *pdfPainter) object(res pdfDict, name pdfName, st *pdfState, depth int) {
	ctm := st.ctm
	s, ok := p.value(p.dict(res["XObject"])[name]).(*pdfStream)
	if !ok || !p.spend() {
		return
	}
	switch p.name(s.dict["Subtype"]) {
	case "Image":
		p.pictures++
		p.scene.picture(ctm)
	case "Form":
		data, ok := p.decode(s)
		if !ok || depth >= pdfFormDepth {
			return
		}
		if m := p.array(s.dict["Matrix"]); len(m) == 6 {
			var fm pdfMatrix
			for i := range fm {
				fm[i] = p.number(m[i], 0)
			}
			ctm = fm.mul(ctm)
		}
		if own := p.dict(s.dict["Resources"]); own != nil {
			res = own
		}
		// Forms that call forms multiply: each call costs as much as its bytes.
		p.work += len(data) / 16
		defer p.inherit(st, s.dict["OC"])()
		p.paint(data, res, ctm, depth+1)
	}
}

// resourceFont finds a font of the resources; one reference is read once.
func (p *pdfPainter) resourceFont(res pdfDict, name pdfName) *pdfFont {
	entry := p.dict(res["Font"])[name]
	key := ""
	if r, ok := entry.(pdfRef); ok {
		key = sprintf("%d", r.num)
		if font, ok := p.fonts[key]; ok {
			return font
		}
	}
	d := p.dict(entry)
	if d == nil {
		return nil
	}
	font := p.font(d)
	if key != "" {
		p.fonts[key] = font
	}
	return font
}

// show places the glyphs of a string and gives the text matrix after it.
func (p *pdfPainter) show(st *pdfState, tm pdfMatrix, s pdfStr) pdfMatrix {
	if st.font == nil {
		return tm
	}
	for _, g := range st.font.glyphs(s) {
		if !p.spend() {
			return tm
		}
		m := tm.mul(st.ctm)
		text := g.text
		if text == "" {
			if text = "□"; g.width == 0 {
				text = ""
			} else {
				p.unknown++
			}
		}
		advance := g.width*st.size + st.charSpace
		if g.space {
			advance += st.wordSpace
		}
		advance *= st.hz
		if p.runes += utf8.RuneCountInString(text); text != "" && p.runes <= p.lim.MaxTextRunes {
			run := placeGlyph(m, st, g, text)
			run.marks = p.marks(m, st, g)
			p.runs = append(p.runs, run)
		}
		if st.font.vertical {
			tm = pdfMatrix{1, 0, 0, 1, 0, -(st.size + st.charSpace)}.mul(tm)
			continue
		}
		tm = pdfMatrix{1, 0, 0, 1, advance, 0}.mul(tm)
	}
	return tm
}

// placeGlyph gives the glyph's place in points with y growing downwards.
func placeGlyph(m pdfMatrix, st *pdfState, g pdfGlyph, text string) glyphRun {
	scaleX, scaleY := hypot(m[0], m[1]), hypot(m[2], m[3])
	x := m[2]*st.rise + m[4]
	y := m[3]*st.rise + m[5]
	return glyphRun{x: x, y: -y, w: g.width * st.size * st.hz * scaleX, size: max(st.size*scaleY, 0.1), text: text}
}
