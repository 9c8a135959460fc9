package docfile

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// pdfFont turns the bytes of a shown string into text and widths.
type pdfFont struct {
	composite bool
	cmap      *pdfCMap
	decoder   encoding.Encoding // for the predefined Chinese encodings
	table     [256]string       // simple fonts: code to text
	widths    map[int]float64   // in em
	width     float64           // default
	estimate  bool              // widths are unknown and guessed from the text
	vertical  bool              // lines run downwards
	tall      float64           // height of a Type 3 glyph in em, 0 for the usual
}

// pdfGlyph is one shown code. text is "" when the file does not say what the
// glyph means.
type pdfGlyph struct {
	text  string
	width float64 // em
	space bool    // the one-byte code 32, which word spacing widens
}

func (f *pdfFile) font(d pdfDict) *pdfFont {
	font := &pdfFont{widths: map[int]float64{}, width: 0.5}
	if s, ok := f.value(d["ToUnicode"]).(*pdfStream); ok {
		font.cmap = f.cmap(s)
	}
	if f.name(d["Subtype"]) == "Type0" {
		f.compositeFont(font, d)
		return font
	}
	f.simpleEncoding(font, d)
	first := int(f.number(d["FirstChar"], 0))
	unit := 0.001
	if f.name(d["Subtype"]) == "Type3" {
		if m := f.array(d["FontMatrix"]); len(m) == 6 {
			unit = f.number(m[0], 0.001)
			if box := f.array(d["FontBBox"]); len(box) == 4 {
				font.tall = (f.number(box[3], 0) - f.number(box[1], 0)) * f.number(m[3], 0.001)
			}
		}
	}
	list := f.array(d["Widths"])
	for i, w := range list[:min(len(list), 256)] {
		font.widths[first+i] = f.number(w, 500) * unit
	}
	font.estimate = len(list) == 0
	if desc := f.dict(d["FontDescriptor"]); desc != nil {
		font.width = f.number(desc["MissingWidth"], 500) * 0.001
	}
	return font
}

func (f *pdfFile) compositeFont(font *pdfFont, d pdfDict) {
	font.composite, font.width = true, 1
	enc := string(f.name(d["Encoding"]))
	font.vertical = strings.HasSuffix(enc, "-V")
	switch {
	case strings.Contains(enc, "UCS2"), strings.Contains(enc, "UTF16"):
		font.decoder = utf.UTF16(utf.BigEndian, utf.IgnoreBOM)
	case strings.HasPrefix(enc, "GB"):
		font.decoder = simplifiedchinese.GB18030
	case strings.HasPrefix(enc, "ETen"), strings.HasPrefix(enc, "B5"), strings.HasPrefix(enc, "HK"):
		font.decoder = traditionalchinese.Big5
	}
	kids := f.array(d["DescendantFonts"])
	if len(kids) == 0 {
		return
	}
	kid := f.dict(kids[0])
	font.width = f.number(kid["DW"], 1000) / 1000
	if !strings.HasPrefix(enc, "Identity") {
		// Without the character collection's map a code's width is not known.
		font.estimate = true
		return
	}
	w := f.array(kid["W"])
	for i := 0; i+1 < len(w) && f.spend(); {
		first := int(f.number(w[i], 0))
		if list := f.array(w[i+1]); list != nil {
			for k, v := range list {
				font.widths[first+k] = f.number(v, 1000) / 1000
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			break
		}
		last, v := int(f.number(w[i+1], 0)), f.number(w[i+2], 1000)/1000
		for c := first; c <= last && c-first < 1<<16; c++ {
			font.widths[c] = v
		}
		f.work += max(0, min(last-first, 1<<16)) / 16
		i += 3
	}
}

// simpleEncoding fills the table of a one-byte font.
func (f *pdfFile) simpleEncoding(font *pdfFont, d pdfDict) {
	base := charmap.Windows1252
	enc := f.value(d["Encoding"])
	name, _ := enc.(pdfName)
	if dict, ok := enc.(pdfDict); ok {
		name = f.name(dict["BaseEncoding"])
	}
	if name == "MacRomanEncoding" {
		base = charmap.Macintosh
	}
	for i := range font.table {
		if r := base.DecodeByte(byte(i)); i >= 32 && r != utf8.RuneError {
			font.table[i] = string(r)
		}
	}
	dict, ok := enc.(pdfDict)
	if !ok {
		return
	}
	code := 0
	for _, v := range f.array(dict["Differences"]) {
		switch v := f.value(v).(type) {
		case float64:
			code = int(v)
		case pdfName:
			if code >= 0 && code < 256 {
				font.table[code] = glyphText(string(v))
			}
			code++
		}
	}
}

// glyphNames are the standard names that are not a letter themselves.
var glyphNames = map[string]string{
	"space": " ", "exclam": "!", "quotedbl": "\"", "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&",
	"quotesingle": "'", "parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+", "comma": ",", "hyphen": "-",
	"period": ".", "slash": "/", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
	"seven": "7", "eight": "8", "nine": "9", "colon": ":", "semicolon": ";", "less": "<", "equal": "=", "greater": ">",
	"question": "?", "at": "@", "bracketleft": "[", "backslash": "\\", "bracketright": "]", "asciicircum": "^",
	"underscore": "_", "grave": "`", "braceleft": "{", "bar": "|", "braceright": "}", "asciitilde": "~", "quoteright": "’",
	"quoteleft": "‘", "quotedblleft": "“", "quotedblright": "”", "endash": "–", "emdash": "—", "bullet": "•",
	"ellipsis": "…", "degree": "°", "section": "§", "multiply": "×", "divide": "÷", "periodcentered": "·", "fi": "fi", "fl": "fl",
	"nbspace": " ", "yen": "¥", "copyright": "©", "registered": "®", "trademark": "™", "plusminus": "±", "perthousand": "‰",
}

func glyphText(name string) string {
	if s, ok := glyphNames[name]; ok {
		return s
	}
	base, _, _ := strings.Cut(name, ".")
	if len(base) == 1 {
		return base
	}
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(base, prefix); ok && len(hex) >= 4 && len(hex) <= 6 {
			if v, err := strconv.ParseUint(hex, 16, 32); err == nil && utf8.ValidRune(rune(v)) {
				return string(rune(v))
			}
		}
	}
	return ""
}

// glyphs decodes a shown string.
func (p *pdfFont) glyphs(s pdfStr) []pdfGlyph {
	if !p.composite {
		return p.simpleGlyphs(s)
	}
	if p.cmap == nil && p.decoder != nil {
		out, err := p.decoder.NewDecoder().String(string(s))
		if err != nil {
			return nil
		}
		var glyphs []pdfGlyph
		for _, r := range out {
			g := pdfGlyph{text: string(r), width: textWidth(string(r))}
			if r == utf8.RuneError {
				g.text = ""
			}
			glyphs = append(glyphs, g)
		}
		return glyphs
	}
	var glyphs []pdfGlyph
	for i := 0; i < len(s); {
		n := 2
		if p.cmap != nil && p.cmap.one[s[i]] {
			n = 1
		}
		n = min(n, len(s)-i)
		code := 0
		for _, c := range []byte(s[i : i+n]) {
			code = code<<8 | int(c)
		}
		i += n
		g := pdfGlyph{width: p.width, space: n == 1 && code == 32}
		if p.cmap != nil {
			g.text = p.cmap.text(code)
		}
		if w, ok := p.widths[code]; ok {
			g.width = w
		} else if p.estimate && g.text != "" {
			g.width = textWidth(g.text)
		}
		glyphs = append(glyphs, g)
	}
	return glyphs
}

func (p *pdfFont) simpleGlyphs(s pdfStr) []pdfGlyph {
	glyphs := make([]pdfGlyph, 0, len(s))
	for _, c := range []byte(s) {
		g := pdfGlyph{text: p.table[c], width: p.width, space: c == 32}
		if p.cmap != nil {
			if t := p.cmap.text(int(c)); t != "" {
				g.text = t
			}
		}
		if w, ok := p.widths[int(c)]; ok {
			g.width = w
		} else if p.estimate {
			g.width = max(textWidth(g.text), 0.3)
		}
		glyphs = append(glyphs, g)
	}
	return glyphs
}

// pdfCMap maps codes to text.
type pdfCMap struct {
	one    [256]bool // first bytes that are a code alone
	chars  map[int]string
	ranges []pdfRange
}

type pdfRange struct {
	lo, hi int
	units  []uint16 // text of lo; the last unit counts up
}

func (m *pdfCMap) text(code int) string {
	if s, ok := m.chars[code]; ok {
		return s
	}
	for _, r := range m.ranges {
		if code >= r.lo && code <= r.hi {
			u := append([]uint16(nil), r.units...)
			last := len(u) - 1
			if last > 0 && utf16.IsSurrogate(rune(u[last-1])) {
				v := utf16.DecodeRune(rune(u[last-1]), rune(u[last])) + rune(code-r.lo)
				return plainGlyph(string(utf16.Decode(u[:last-1])) + string(v))
			}
			u[last] += uint16(code - r.lo)
			return plainGlyph(string(utf16.Decode(u)))
		}
	}
	return ""
}

// radicals are the signs of the block U+2E80 that producers write for the hanzi
// they look like; Unicode gives most of them no compatibility mapping.
var radicals = strings.NewReplacer("\u2e81", "厂", "\u2e84", "乙", "\u2e8b", "卩", "\u2e92", "尣", "\u2e9f", "母", "\u2ea0", "民", "\u2ea1", "氵",
	"\u2ea9", "王", "\u2eaa", "疋", "\u2eac", "示", "\u2ec1", "虎", "\u2ec4", "西", "\u2ec5", "见", "\u2ec6", "角", "\u2ec8", "讠", "\u2ec9", "贝",
	"\u2ecb", "车", "\u2ecc", "辶", "\u2ed1", "長", "\u2ed3", "长", "\u2ed4", "门", "\u2ed8", "青", "\u2ed9", "韦", "\u2eda", "页", "\u2edb", "风",
	"\u2edc", "飞", "\u2edd", "食", "\u2ee2", "马", "\u2ee3", "骨", "\u2ee4", "鬼", "\u2ee5", "鱼", "\u2ee6", "鸟", "\u2ee7", "卤", "\u2ee8", "麦",
	"\u2ee9", "黄", "\u2eea", "黾", "\u2eec", "齐", "\u2eee", "齿", "\u2eef", "龙", "\u2ef0", "龙", "\u2ef3", "龟")

// plainGlyph turns the radicals that some producers write for hanzi (U+2E80
// to U+2FDF) back into them, and drops what stands for "no text".
func plainGlyph(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r >= 0x2e80 && r <= 0x2fdf }) {
		s = norm.NFKC.String(radicals.Replace(s))
	}
	if strings.Trim(s, "\x00�\ufeff") == "" {
		return ""
	}
	return s
}

// cmap reads a ToUnicode program.
func (f *pdfFile) cmap(s *pdfStream) *pdfCMap {
	data, ok := f.decode(s)
	if !ok {
		return nil
	}
	m := &pdfCMap{chars: map[int]string{}}
	l := f.lexer(data, 0, false)
	var stack []any
	code := func(v any) (int, bool) {
		s, ok := v.(pdfStr)
		n := 0
		for _, c := range []byte(s) {
			n = n<<8 | int(c)
		}
		return n, ok && len(s) > 0 && len(s) <= 4
	}
	for {
		v := l.object()
		kw, ok := v.(pdfOp)
		if !ok {
			if len(stack) < 1<<16 {
				stack = append(stack, v)
			}
			continue
		}
		switch kw {
		case pdfEnd:
			return m
		case "endcodespacerange":
			for i := 0; i+1 < len(stack); i += 2 {
				lo, ok1 := stack[i].(pdfStr)
				hi, ok2 := stack[i+1].(pdfStr)
				if ok1 && ok2 && len(lo) == 1 && len(hi) == 1 {
					for c := int(lo[0]); c <= int(hi[0]); c++ {
						m.one[c] = true
					}
				}
			}
		case "endbfchar":
			for i := 0; i+1 < len(stack); i += 2 {
				c, ok1 := code(stack[i])
				if to, ok2 := stack[i+1].(pdfStr); ok1 && ok2 {
					m.chars[c] = plainGlyph(string(utf16.Decode(utf16Units(to))))
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(stack); i += 3 {
				lo, ok1 := code(stack[i])
				hi, ok2 := code(stack[i+1])
				if !ok1 || !ok2 || hi < lo {
					continue
				}
				switch to := stack[i+2].(type) {
				case pdfStr:
					if u := utf16Units(to); len(u) > 0 && len(m.ranges) < 1<<14 {
						m.ranges = append(m.ranges, pdfRange{lo: lo, hi: hi, units: u})
					}
				case pdfArray:
					for k, v := range to {
						if t, ok := v.(pdfStr); ok && lo+k <= hi {
							m.chars[lo+k] = plainGlyph(string(utf16.Decode(utf16Units(t))))
						}
					}
				}
			}
		}
		stack = stack[:0]
	}
}

func utf16Units(s pdfStr) []uint16 {
	if len(s) == 1 {
		return []uint16{uint16(s[0])}
	}
	u := make([]uint16, 0, min(len(s)/2, 64))
	for i := 0; i+1 < len(s) && len(u) < 64; i += 2 {
		u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return u
}
