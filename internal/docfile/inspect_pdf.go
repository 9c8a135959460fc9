package docfile

import (
	"bytes"
	"slices"
	"strings"
)

// pdf inspects a PDF: the shown words, words that cannot be seen, every text
// in the objects beside the pages, files inside, and what earlier saves left.
func (in *inspector) pdf(data []byte) error {
	doc := &Document{Format: FormatPDF, State: StateExtracted}
	out := newBuilder(&budget{ctx: in.ctx, lim: in.lim}, doc)
	if err := readPDF(out, data); err != nil {
		return err
	}
	out.finish()
	in.body(doc)
	for _, p := range doc.Parts {
		if p.Kind == PartFooter {
			in.add(KindHeaderFooter, whereFooter, p.Text)
		}
	}
	f, err := openPDF(in.budget, data)
	if err != nil {
		return err
	}
	pages, err := f.pages()
	if err != nil {
		return err
	}
	seen := in.pdfPages(f, pages)
	in.pdfObjects(f)
	in.pdfRevisions(data, doc.Text+"\n"+seen)
	if err := f.err; err != nil {
		return err
	}
	return nil
}

// pdfPages adds the words of each page that cannot be seen, by the reason, and
// gives all words of all pages.
func (in *inspector) pdfPages(f *pdfFile, pages []pdfPage) string {
	layers, fonts := f.hiddenLayers(), map[string]*pdfFont{}
	var all strings.Builder
	for i, page := range pages {
		p := f.seePage(page, fonts, layers)
		groups := map[string][]glyphRun{}
		var drawn []glyphRun // by annotations
		for _, r := range p.runs {
			all.WriteString(r.text)
			if why := p.scene.whyHidden(r, pdfBox{0, 0, p.w, p.h}); why != "" {
				groups[why] = append(groups[why], r)
			}
			if r.marks.index > p.own {
				drawn = append(drawn, r)
			}
		}
		all.WriteByte('\n')
		for _, why := range []string{pdfWhyInvisible, pdfWhyWhite, pdfWhyLayer, pdfWhyCovered, pdfWhyOutside, pdfWhyTiny} {
			kind := KindHiddenText
			if why == pdfWhyWhite {
				kind = KindWhiteText
			}
			in.add(kind, sprintf(wherePDFPage, i+1, why), linesText(groups[why]))
		}
		// Read does not draw form fields and annotations; what they show is
		// body to a reader all the same.
		in.add(KindAnnotation, sprintf(wherePDFPage, i+1, pdfWhyForm), linesText(drawn))
		if f.err != nil {
			break
		}
	}
	return all.String()
}

func linesText(runs []glyphRun) string {
	if len(runs) == 0 {
		return ""
	}
	var out []string
	for _, l := range layoutLines(slices.Clone(runs)) {
		out = append(out, l.text)
	}
	return strings.Join(out, "\n")
}

// pdfTextKeys sorts the text strings of dictionaries. Keys that are not listed
// are kept as metadata when they speak.
var pdfTextKeys = map[pdfName]InspectedKind{
	"Contents": KindAnnotation, "RC": KindAnnotation, "T": KindAnnotation, "TU": KindAnnotation, "TM": KindAnnotation, "Subj": KindAnnotation,
	"V": KindAnnotation, "DV": KindAnnotation, "Opt": KindAnnotation, "Alt": KindHiddenText, "ActualText": KindHiddenText, "E": KindHiddenText,
	"URI": KindExternalLink, "F": KindAttachment, "UF": KindAttachment, "Desc": KindAttachment, "Author": KindMetadata, "Title": KindMetadata,
	"Subject": KindMetadata, "Keywords": KindMetadata, "Creator": KindMetadata, "Producer": KindMetadata, "Name": KindMetadata,
	"Reason": KindMetadata, "Location": KindMetadata, "ContactInfo": KindMetadata, "JS": KindHiddenText,
}

// pdfSilentKeys hold bytes or words of the format.
var pdfSilentKeys = map[pdfName]bool{"ID": true, "DA": true, "DS": true, "Lang": true, "Registry": true, "Ordering": true, "CharSet": true, "Panose": true,
	"FontFamily": true, "M": true, "CreationDate": true, "ModDate": true, "Cert": true, "ByteRange": true, "O": true, "U": true, "NM": true,
	"Lookup": true, "Style": true, "CA": true, "AC": true, "LastModified": true, "OutputConditionIdentifier": true, "Info": true, "RegistryName": true,
	"CIDSet": true, "Checksum": true, "CheckSum": true, "CI": true}

// pdfObjects walks every object of the file, used or not.
func (in *inspector) pdfObjects(f *pdfFile) {
	used := f.reachable()
	nums := make([]int, 0, len(f.xref))
	for n := range f.xref {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	for _, n := range nums {
		v := f.object(n)
		if f.err != nil {
			return
		}
		s, stream := v.(*pdfStream)
		d := f.dict(v)
		in.pdfStrings(f, n, v, 0)
		switch kind := d["Type"]; {
		case !stream:
			if kind == pdfName("Page") && !used[n] {
				p := f.seePage(pdfPage{dict: d, res: f.dict(d["Resources"])}, map[string]*pdfFont{}, nil)
				in.add(KindEarlierRevision, sprintf(whereOrphan, n), linesText(p.runs))
			}
		case kind == pdfName("EmbeddedFile"):
			in.pdfFile(f, n, s)
		case kind == pdfName("Metadata"):
			if data, ok := f.decode(s); ok {
				in.add(KindMetadata, whereXMP, xmpText(data))
			}
		case d["Subtype"] == pdfName("Image"):
			if bytes.HasPrefix(s.raw, []byte("\xff\xd8\xff")) {
				in.picture(sprintf(wherePDFObject, n, wherePicture), s.raw)
			}
		case !used[n] && kind == nil:
			in.orphan(f, n, s)
		}
	}
	in.pdfStrings(f, 0, f.trailer, 0)
}

// orphan draws a content stream that no page uses, with the fonts of the file.
func (in *inspector) orphan(f *pdfFile, n int, s *pdfStream) {
	data, ok := f.decode(s)
	if !ok || !bytes.Contains(data, []byte("BT")) || !bytes.Contains(data, []byte("Tj")) && !bytes.Contains(data, []byte("TJ")) {
		return
	}
	p := &pdfPainter{pdfFile: f, fonts: map[string]*pdfFont{}}
	p.paint(data, f.anyResources(), pdfIdentity, 0)
	in.add(KindEarlierRevision, sprintf(whereOrphan, n), linesText(p.runs))
}

// anyResources are the resources of the first page.
func (f *pdfFile) anyResources() pdfDict {
	pages, err := f.pages()
	if err != nil || len(pages) == 0 {
		return nil
	}
	return pages[0].res
}

// pdfStrings adds the text strings directly in an object.
func (in *inspector) pdfStrings(f *pdfFile, n int, v any, depth int) {
	if depth > 32 {
		return
	}
	switch v := v.(type) {
	case *pdfStream:
		in.pdfStrings(f, n, v.dict, depth+1)
	case pdfArray:
		if len(v) > 0 && (v[0] == any(pdfName("Indexed")) || v[0] == any(pdfName("I"))) {
			return // a table of colours
		}
		for _, item := range v {
			if s, ok := item.(pdfStr); ok {
				if text := pdfText(s); len(text) > 14 || !plainWord(text) {
					in.pdfString(n, "Names", s)
				}
			} else {
				in.pdfStrings(f, n, item, depth+1)
			}
		}
	case pdfDict:
		keys := make([]pdfName, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			switch item := v[k].(type) {
			case pdfStr:
				in.pdfString(n, k, item)
			case pdfRef:
				if s, ok := f.value(item).(*pdfStream); ok && (k == "JS" || k == "RC" || k == "XFA") {
					if data, fine := f.decode(s); fine {
						in.pdfString(n, k, pdfStr(data))
					}
				}
			default:
				if !pdfSilentKeys[k] {
					in.pdfStrings(f, n, item, depth+1)
				}
			}
		}
	}
}

// plainWord tells the names that programs give to places: node00000017.
func plainWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_'
	}) < 0
}

func (in *inspector) pdfString(n int, key pdfName, s pdfStr) {
	text := pdfText(s)
	kind, known := pdfTextKeys[key]
	if pdfSilentKeys[key] || !known && !speaks(text) {
		return
	}
	if !known {
		kind = KindMetadata
	}
	if key == "JS" {
		in.add(kind, sprintf(whereScript, n), text)
		return
	}
	if n == 0 {
		in.add(kind, sprintf(whereMeta, string(key)), text)
		return
	}
	in.add(kind, sprintf(wherePDFObject, n, string(key)), text)
}

// pdfFile opens a file that is attached.
func (in *inspector) pdfFile(f *pdfFile, n int, s *pdfStream) {
	name := sprintf("%d", n)
	for num := range f.xref {
		d := f.dict(f.object(num))
		if r, ok := f.dict(d["EF"])["F"].(pdfRef); ok && r.num == n {
			if t, ok := f.value(d["UF"]).(pdfStr); ok {
				name = pdfText(t)
			} else if t, ok := f.value(d["F"]).(pdfStr); ok {
				name = pdfText(t)
			}
		}
	}
	where := sprintf(whereAttachment, name)
	data, ok := f.decode(s)
	if !ok {
		in.closed(KindAttachment, where, whyOldObject)
		return
	}
	in.inside(KindAttachment, where, name, data)
}

// reachable are the objects that the trailer leads to.
func (f *pdfFile) reachable() map[int]bool {
	used := map[int]bool{}
	queue := []any{f.trailer}
	for len(queue) > 0 && f.spend() {
		v := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		switch v := v.(type) {
		case pdfRef:
			if !used[v.num] {
				used[v.num] = true
				queue = append(queue, f.object(v.num))
			}
		case pdfArray:
			queue = append(queue, v...)
		case pdfDict:
			for _, item := range v {
				queue = append(queue, item)
			}
		case *pdfStream:
			queue = append(queue, v.dict)
		}
	}
	return used
}

// maxRevisions bounds the earlier versions that are opened.
const maxRevisions = 12

// pdfRevisions opens what the file was at each earlier save and adds the lines
// that today's version does not show; and objects that a later save replaced.
func (in *inspector) pdfRevisions(data []byte, now string) {
	shown := foldText(now).String()
	// The first mark of a linearized file ends its first section, no version.
	skip := bytes.Contains(data[:min(len(data), 2048)], []byte("/Linearized"))
	var ends []int
	for pos := 0; ; {
		i := bytes.Index(data[pos:], []byte("%%EOF"))
		if i < 0 {
			break
		}
		if pos += i + 5; !skip {
			ends = append(ends, pos)
		}
		skip = false
	}
	if len(ends) < 2 {
		return
	}
	ends = ends[:len(ends)-1]
	if len(ends) > maxRevisions {
		in.closed(KindEarlierRevision, sprintf(whereRevision, maxRevisions), whyRevision)
		ends = ends[len(ends)-maxRevisions:]
	}
	for i, end := range ends {
		where := sprintf(whereRevision, i+1)
		b := &budget{ctx: in.ctx, lim: in.lim}
		old, err := openPDF(b, data[:end])
		if err != nil {
			in.closed(KindEarlierRevision, where, whyRevision)
			continue
		}
		inner := &inspector{budget: b, prefix: in.prefix, depth: inspectDepth}
		inner.pdfRevision(old, where, shown)
		in.parts = append(in.parts, inner.parts...)
	}
}

// pdfRevision adds the lines of an earlier version that are not shown now.
func (in *inspector) pdfRevision(f *pdfFile, where, shown string) {
	pages, err := f.pages()
	if err != nil {
		in.closed(KindEarlierRevision, where, whyRevision)
		return
	}
	fonts := map[string]*pdfFont{}
	var lines []string
	for _, page := range pages {
		p := f.seePage(page, fonts, nil)
		for _, l := range layoutLines(p.runs) {
			if !strings.Contains(shown, foldText(l.text).String()) {
				lines = append(lines, l.text)
			}
		}
	}
	in.add(KindEarlierRevision, where, strings.Join(lines, "\n"))
	in.pdfObjects(f)
}
