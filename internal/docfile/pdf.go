package docfile

import (
	"math"
	"strings"
	"unicode/utf16"

	"gongkai/internal/fault"
)

func hypot(a, b float64) float64 { return math.Hypot(a, b) }

// pdfPage is a page with what it inherits.
type pdfPage struct {
	dict   pdfDict
	res    pdfDict
	rotate int
	boxes  map[pdfName]any
}

// readPDF reads the text layer of a PDF: lines are rebuilt from positions, page
// after page. A file without a text layer is StateNone, an encrypted one a
// fault of kind Unsupported.
func readPDF(out *builder, data []byte) error {
	f, err := openPDF(out.budget, data)
	if err != nil {
		return err
	}
	if f.repaired {
		out.warn(WarnRepaired, warnRepaired)
	}
	pages, err := f.pages()
	if err != nil {
		return err
	}
	out.doc.Pages = len(pages)
	if len(pages) == 0 {
		return fault.New(fault.Invalid, op, msgTruncated)
	}
	fonts := map[string]*pdfFont{}
	lines := make([][]pageLine, len(pages))
	empty := []int{}
	for i, page := range pages {
		p := &pdfPainter{pdfFile: f, fonts: fonts}
		ok := p.page(page)
		if f.err != nil {
			return f.err
		}
		if !ok {
			out.warn(WarnPageUnreadable, warnPageUnreadable, i+1)
			out.doc.State = StatePartial
		}
		out.doc.Pictures += p.pictures
		out.counts[WarnGlyphs] += p.unknown
		if lines[i] = layoutLines(p.runs); len(lines[i]) == 0 && p.pictures > 0 {
			empty = append(empty, i+1)
		}
	}
	if err := layoutPages(out, lines); err != nil {
		return err
	}
	f.hidden(out, pages)
	switch {
	case len(out.doc.Blocks) == 0:
		out.doc.State = StateNone
		out.warn(WarnNoTextLayer, warnNoTextLayer)
	case len(empty) > 0:
		out.doc.State = StatePartial
		for _, n := range empty {
			out.warn(WarnNoTextLayer, warnPageNoText, n)
		}
	}
	return f.err
}

// page paints one page; ok is false when its content cannot be unpacked.
func (p *pdfPainter) page(page pdfPage) (ok bool) {
	var data []byte
	ok = true
	add := func(v any) {
		if s, is := p.value(v).(*pdfStream); is {
			d, fine := p.decode(s)
			ok = ok && fine
			data = append(append(data, d...), '\n')
		}
	}
	switch c := p.value(page.dict["Contents"]).(type) {
	case pdfArray:
		for _, v := range c {
			add(v)
			if p.err != nil {
				return false
			}
		}
	default:
		add(c)
	}
	p.paint(data, page.res, pageMatrix(page.rotate), 0)
	return ok
}

// pageMatrix turns a rotated page upright.
func pageMatrix(rotate int) pdfMatrix {
	switch ((rotate % 360) + 360) % 360 {
	case 90:
		return pdfMatrix{0, -1, 1, 0, 0, 0}
	case 180:
		return pdfMatrix{-1, 0, 0, -1, 0, 0}
	case 270:
		return pdfMatrix{0, 1, -1, 0, 0, 0}
	}
	return pdfIdentity
}

// pages walks the page tree; a node is entered once, so a loop ends.
func (f *pdfFile) pages() ([]pdfPage, error) {
	var pages []pdfPage
	seen := map[int]bool{}
	var walk func(v any, up pdfPage, depth int)
	walk = func(v any, up pdfPage, depth int) {
		if r, ok := v.(pdfRef); ok {
			if seen[r.num] {
				return
			}
			seen[r.num] = true
		}
		d := f.dict(v)
		if d == nil || depth > 64 || !f.spend() {
			return
		}
		if res := f.dict(d["Resources"]); res != nil {
			up.res = res
		}
		for _, key := range []pdfName{"MediaBox", "CropBox"} {
			if d[key] != nil {
				up.boxes = withBox(up.boxes, key, d[key])
			}
		}
		if n, ok := f.value(d["Rotate"]).(float64); ok {
			up.rotate = int(n)
		}
		if kids := f.array(d["Kids"]); kids != nil {
			for _, kid := range kids {
				walk(kid, up, depth+1)
			}
			return
		}
		if len(pages) >= f.lim.MaxPages {
			if f.err == nil {
				f.err = fault.Newf(fault.TooLarge, op, msgTooManyPages, f.lim.MaxPages)
			}
			return
		}
		up.dict = d
		pages = append(pages, up)
	}
	walk(f.dict(f.trailer["Root"])["Pages"], pdfPage{}, 0)
	return pages, f.err
}

// withBox adds an inherited box without changing the parent's.
func withBox(m map[pdfName]any, key pdfName, v any) map[pdfName]any {
	out := map[pdfName]any{key: v}
	for k, old := range m {
		if k != key {
			out[k] = old
		}
	}
	return out
}

// hidden reads what stands beside the pages: metadata, notes, files, scripts.
func (f *pdfFile) hidden(out *builder, pages []pdfPage) {
	info := f.dict(f.trailer["Info"])
	for key, name := range map[pdfName]string{"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords", "Creator": "application", "Producer": "producer", "CreationDate": "created", "ModDate": "modified"} {
		if s, ok := f.value(info[key]).(pdfStr); ok {
			out.meta(name, pdfText(s))
		}
	}
	root := f.dict(f.trailer["Root"])
	names := f.dict(root["Names"])
	if root["AA"] != nil || names["JavaScript"] != nil || f.name(f.dict(root["OpenAction"])["S"]) == "JavaScript" {
		out.warn(WarnActive, warnActive)
	}
	f.embedded(out, names["EmbeddedFiles"], 0)
	for _, p := range pages {
		for _, v := range f.array(p.dict["Annots"]) {
			a := f.dict(v)
			s, ok := f.value(a["Contents"]).(pdfStr)
			if kind := f.name(a["Subtype"]); !ok || kind == "Link" || kind == "Widget" {
				continue
			}
			out.counts[WarnComments]++
			if err := out.part(PartComment, pdfText(s)); err != nil {
				f.err = err
				return
			}
		}
	}
}

// embedded lists the files of the name tree.
func (f *pdfFile) embedded(out *builder, v any, depth int) {
	d := f.dict(v)
	if d == nil || depth > 16 || !f.spend() {
		return
	}
	for _, kid := range f.array(d["Kids"]) {
		f.embedded(out, kid, depth+1)
	}
	list := f.array(d["Names"])
	for i := 1; i < len(list) && len(out.doc.Embedded) < 1000; i += 2 {
		spec := f.dict(list[i])
		name, ok := f.value(spec["UF"]).(pdfStr)
		if !ok {
			name, _ = f.value(spec["F"]).(pdfStr)
		}
		file := f.dict(f.dict(spec["EF"])["F"])
		size := f.number(f.dict(file["Params"])["Size"], 0)
		text, _ := cleanText(pdfText(name))
		out.doc.Embedded = append(out.doc.Embedded, EmbeddedFile{Name: text, Size: int64(size)})
	}
}

// pdfText decodes a text string: UTF-16 or UTF-8 with a mark, else Latin.
func pdfText(s pdfStr) string {
	switch {
	case strings.HasPrefix(string(s), "\xfe\xff"):
		u := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(u))
	case strings.HasPrefix(string(s), "\xef\xbb\xbf"):
		return string(s[3:])
	}
	if text, charset, ok := decodeText([]byte(s)); ok && charset != "Big5" {
		return text
	}
	out := make([]rune, 0, len(s))
	for _, c := range []byte(s) {
		out = append(out, rune(c))
	}
	return string(out)
}
