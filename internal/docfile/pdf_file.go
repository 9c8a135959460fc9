package docfile

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"

	"gongkai/internal/fault"
)

// pdfFile finds the objects of a PDF held in memory. The reader is our own:
// every recursion, table and stream in it is bounded, so that a hostile file
// costs at most the budget. (github.com/ledongthuc/pdf, tried first, dies of a
// stack overflow, which Go cannot recover, on an object stream inside itself:
// see TestPDFLoops.) A file whose cross-references are broken is
// repaired by a scan for its objects.
type pdfFile struct {
	*budget
	data     []byte
	xref     map[int]pdfEntry
	trailer  pdfDict
	cache    map[int]any
	loading  map[int]bool
	packs    map[int]map[int]any // decoded object streams
	repaired bool
	work     int
	err      error
}

// pdfEntry is where an object stands: at an offset, or in an object stream.
type pdfEntry struct {
	offset int
	pack   int // number of the object stream, 0 for none
}

const (
	pdfMaxWork    = 40_000_000 // tokens and operators in one file
	pdfMaxObjects = 1 << 20
)

func openPDF(b *budget, data []byte) (*pdfFile, error) {
	f := &pdfFile{budget: b, data: data, xref: map[int]pdfEntry{}, cache: map[int]any{}, loading: map[int]bool{}, packs: map[int]map[int]any{}}
	if !f.readXrefs() || f.dict(f.trailer["Root"]) == nil || f.dict(f.dict(f.trailer["Root"])["Pages"]) == nil {
		if f.err == nil {
			f.repair()
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	if f.trailer["Encrypt"] != nil {
		return nil, fault.New(fault.Unsupported, op, msgEncryptedPDF)
	}
	if f.dict(f.trailer["Root"]) == nil {
		return nil, fault.New(fault.Invalid, op, msgTruncated)
	}
	return f, nil
}

// spend takes one unit of work and tells whether any is left.
func (f *pdfFile) spend() bool {
	if f.err != nil {
		return false
	}
	if f.work++; f.work > pdfMaxWork {
		f.err = fault.New(fault.TooLarge, op, msgTooComplex)
		return false
	}
	if f.work&0xfff == 0 {
		f.err = f.check()
	}
	return f.err == nil
}

func (f *pdfFile) fail(text string) {
	if f.err == nil {
		f.err = fault.New(fault.Invalid, op, text)
	}
}

func (f *pdfFile) lexer(data []byte, pos int, refs bool) *pdfLexer {
	return &pdfLexer{data: data, pos: min(max(pos, 0), len(data)), f: f, refs: refs}
}

// readXrefs follows the cross-reference sections from the last one back.
func (f *pdfFile) readXrefs() bool {
	i := bytes.LastIndex(f.data, []byte("startxref"))
	if i < 0 {
		return false
	}
	start, ok := f.lexer(f.data, i+9, false).object().(float64)
	seen := map[int]bool{}
	for queue := []float64{start}; ok && len(queue) > 0; {
		pos := int(queue[0])
		queue = queue[1:]
		if pos < 0 || pos >= len(f.data) || seen[pos] || len(seen) > 1000 {
			continue
		}
		seen[pos] = true
		trailer := f.readXref(pos)
		if trailer == nil {
			return false
		}
		if f.trailer == nil {
			f.trailer = trailer
		}
		for _, key := range []pdfName{"XRefStm", "Prev"} {
			if n, has := trailer[key].(float64); has {
				queue = append(queue, n)
			}
		}
	}
	return f.trailer != nil
}

// readXref reads one table or stream and gives its trailer.
func (f *pdfFile) readXref(pos int) pdfDict {
	l := f.lexer(f.data, pos, true)
	first := l.object()
	if first != pdfOp("xref") {
		s, ok := f.readObjectAt(pos, -1).(*pdfStream)
		if !ok || s.dict["Type"] != pdfName("XRef") {
			return nil
		}
		if !f.readXrefStream(s) {
			return nil
		}
		return s.dict
	}
	l.refs = false
	for {
		v := l.object()
		if v == pdfOp("trailer") {
			l.refs = true
			d, _ := l.object().(pdfDict)
			return d
		}
		start, ok1 := v.(float64)
		count, ok2 := l.object().(float64)
		if !ok1 || !ok2 {
			return nil
		}
		for i := range int(min(count, pdfMaxObjects)) {
			off, ok := l.object().(float64)
			_, ok2 := l.object().(float64)
			kind, ok3 := l.object().(pdfOp)
			if !ok || !ok2 || !ok3 {
				return nil
			}
			if kind == "n" {
				f.enter(int(start)+i, pdfEntry{offset: int(off)})
			}
		}
	}
}

// enter keeps the newest place of an object: sections are read newest first.
func (f *pdfFile) enter(num int, e pdfEntry) {
	if _, has := f.xref[num]; !has && len(f.xref) < pdfMaxObjects {
		f.xref[num] = e
	}
}

func (f *pdfFile) readXrefStream(s *pdfStream) bool {
	data, ok := f.decode(s)
	w, okW := s.dict["W"].(pdfArray)
	size, _ := s.dict["Size"].(float64)
	if !ok || !okW || len(w) != 3 {
		return false
	}
	var width [3]int
	for i := range width {
		n, _ := w[i].(float64)
		if n < 0 || n > 8 {
			return false
		}
		width[i] = int(n)
	}
	row := width[0] + width[1] + width[2]
	if row == 0 {
		return false
	}
	index, ok := s.dict["Index"].(pdfArray)
	if !ok {
		index = pdfArray{0.0, size}
	}
	for ; len(index) >= 2; index = index[2:] {
		start, _ := index[0].(float64)
		count, _ := index[1].(float64)
		for i := 0; i < int(count) && len(data) >= row && f.spend(); i++ {
			var v [3]int
			p := 0
			for k, n := range width {
				for _, c := range data[p : p+n] {
					v[k] = v[k]<<8 | int(c)
				}
				p += n
			}
			data = data[row:]
			if width[0] == 0 {
				v[0] = 1
			}
			switch v[0] {
			case 1:
				f.enter(int(start)+i, pdfEntry{offset: v[1]})
			case 2:
				f.enter(int(start)+i, pdfEntry{pack: v[1]})
			}
		}
	}
	return true
}

var pdfObjectMark = regexp.MustCompile(`(?:^|[\r\n\s>])(\d{1,8})[ \t\r\n]+(\d{1,5})[ \t\r\n]+obj\b`)

// repair builds the cross-references anew from the objects in the file.
func (f *pdfFile) repair() {
	f.repaired = true
	f.xref, f.cache, f.packs = map[int]pdfEntry{}, map[int]any{}, map[int]map[int]any{}
	old := f.trailer
	f.trailer = pdfDict{}
	for pos := 0; f.spend() && len(f.xref) < pdfMaxObjects; {
		m := pdfObjectMark.FindSubmatchIndex(f.data[pos:])
		if m == nil {
			break
		}
		num, err := strconv.Atoi(string(f.data[pos+m[2] : pos+m[3]]))
		if err == nil {
			f.xref[num] = pdfEntry{offset: pos + m[2]} // the last one counts
		}
		pos += m[1]
	}
	for pos := 0; f.spend(); {
		i := bytes.Index(f.data[pos:], []byte("trailer"))
		if i < 0 {
			break
		}
		pos += i + 7
		if d, ok := f.lexer(f.data, pos, true).object().(pdfDict); ok {
			for k, v := range d {
				f.trailer[k] = v
			}
		}
	}
	nums := make([]int, 0, len(f.xref))
	for num := range f.xref {
		nums = append(nums, num)
	}
	slices.Sort(nums)
	for _, num := range nums {
		v := f.object(num)
		d := f.dict(v)
		switch d["Type"] {
		case pdfName("ObjStm"):
			for inner := range f.pack(num) {
				f.enter(inner, pdfEntry{pack: num})
			}
		case pdfName("XRef"):
			for _, k := range []pdfName{"Root", "Info", "Encrypt"} {
				if d[k] != nil && f.trailer[k] == nil {
					f.trailer[k] = d[k]
				}
			}
		case pdfName("Catalog"):
			if f.trailer["Root"] == nil {
				f.trailer["Root"] = pdfRef{num: num}
			}
		}
		if f.err != nil {
			return
		}
	}
	if old["Encrypt"] != nil {
		f.trailer["Encrypt"] = old["Encrypt"]
	}
}

// object loads an indirect object; unknown ones are nil.
func (f *pdfFile) object(num int) any {
	if v, ok := f.cache[num]; ok {
		return v
	}
	e, ok := f.xref[num]
	if !ok || f.loading[num] || !f.spend() {
		return nil // also an object that needs itself to be read
	}
	f.loading[num] = true
	var v any
	if e.pack > 0 {
		v = f.pack(e.pack)[num]
	} else {
		v = f.readObjectAt(e.offset, num)
	}
	delete(f.loading, num)
	f.cache[num] = v
	return v
}

// readObjectAt reads "num gen obj …"; want -1 accepts any number.
func (f *pdfFile) readObjectAt(pos, want int) any {
	if pos < 0 || pos >= len(f.data) {
		return nil
	}
	l := f.lexer(f.data, pos, false)
	num, ok := l.object().(float64)
	_, ok2 := l.object().(float64)
	if !ok || !ok2 || l.object() != pdfOp("obj") || want >= 0 && int(num) != want {
		return nil
	}
	l.refs = true
	v := l.object()
	d, ok := v.(pdfDict)
	if !ok {
		return v
	}
	l.skipSpace()
	if !bytes.HasPrefix(l.data[l.pos:], []byte("stream")) {
		return d
	}
	l.pos += 6
	if l.peek(0) == '\r' {
		l.pos++
	}
	if l.peek(0) == '\n' {
		l.pos++
	}
	start := min(l.pos, len(f.data))
	n, ok := f.value(d["Length"]).(float64)
	end := start + int(n)
	if !ok || n < 0 || end > len(f.data) || !bytes.HasPrefix(bytes.TrimLeft(f.data[end:min(end+20, len(f.data))], "\r\n \t"), []byte("endstream")) {
		// The length is wrong or missing: the end mark decides.
		i := bytes.Index(f.data[start:], []byte("endstream"))
		if i < 0 {
			i = len(f.data) - start
		}
		f.work += i / 64 // many objects without an end must not scan for ever
		end = start + i
	}
	return &pdfStream{dict: d, raw: f.data[start:end]}
}

// pack decodes an object stream once.
func (f *pdfFile) pack(num int) map[int]any {
	if p, ok := f.packs[num]; ok {
		return p
	}
	f.packs[num] = map[int]any{} // a stream inside itself finds nothing
	if f.xref[num].pack > 0 {
		return nil
	}
	s, ok := f.object(num).(*pdfStream)
	if !ok {
		return nil
	}
	data, ok := f.decode(s)
	n, ok1 := f.value(s.dict["N"]).(float64)
	first, ok2 := f.value(s.dict["First"]).(float64)
	if !ok || !ok1 || !ok2 || first < 0 || int(first) > len(data) {
		return nil
	}
	l := f.lexer(data[:int(first)], 0, false)
	out := map[int]any{}
	for range int(min(n, pdfMaxObjects)) {
		id, ok1 := l.object().(float64)
		off, ok2 := l.object().(float64)
		if !ok1 || !ok2 || off < 0 || int(off) > len(data)-int(first) || f.err != nil {
			break
		}
		out[int(id)] = f.lexer(data, int(first)+int(off), true).object()
	}
	f.packs[num] = out
	return out
}

// value follows references.
func (f *pdfFile) value(v any) any {
	for range 16 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = f.object(r.num)
	}
	return nil
}

// dict follows references to a dictionary, a stream's included; nil if none.
func (f *pdfFile) dict(v any) pdfDict {
	switch v := f.value(v).(type) {
	case pdfDict:
		return v
	case *pdfStream:
		return v.dict
	}
	return nil
}

func (f *pdfFile) array(v any) pdfArray {
	a, _ := f.value(v).(pdfArray)
	return a
}

func (f *pdfFile) number(v any, def float64) float64 {
	if n, ok := f.value(v).(float64); ok {
		return n
	}
	return def
}

func (f *pdfFile) name(v any) pdfName {
	n, _ := f.value(v).(pdfName)
	return n
}
