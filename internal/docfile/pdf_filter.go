package docfile

import (
	"bytes"
	"compress/flate"
	"io"
)

// decode unpacks a stream; ok is false for filters of pictures and for data
// that no filter accepts. Broken data gives what could be read before it.
func (f *pdfFile) decode(s *pdfStream) (data []byte, ok bool) {
	filters, params := pdfArray{}, pdfArray{}
	switch v := f.value(s.dict["Filter"]).(type) {
	case pdfName:
		filters, params = pdfArray{v}, pdfArray{s.dict["DecodeParms"]}
	case pdfArray:
		filters, params = v, f.array(s.dict["DecodeParms"])
	}
	if len(filters) > 8 {
		return nil, false
	}
	data = s.raw
	for i, filter := range filters {
		var parms pdfDict
		if i < len(params) {
			parms = f.dict(params[i])
		}
		switch f.name(filter) {
		case "FlateDecode", "Fl":
			data = f.inflate(data)
		case "LZWDecode", "LZW":
			data = f.unLZW(data, f.number(parms["EarlyChange"], 1) != 0)
		case "ASCIIHexDecode", "AHx":
			h, _ := f.lexer(append([]byte("<"), data...), 0, false).hex().(pdfStr)
			data = []byte(h)
		case "ASCII85Decode", "A85":
			data = un85(data)
		case "RunLengthDecode", "RL":
			data = f.unRun(data)
		default:
			return nil, false
		}
		if p := f.number(parms["Predictor"], 1); p > 1 {
			if data, ok = f.unpredict(data, parms, int(p)); !ok {
				return nil, false
			}
		}
		if f.err != nil {
			return nil, false
		}
	}
	return data, true
}

// take counts unpacked bytes; on an exhausted budget the file fails.
func (f *pdfFile) take(n int) bool {
	if f.err == nil {
		f.err = f.unpack(int64(n))
	}
	return f.err == nil
}

func (f *pdfFile) inflate(data []byte) []byte {
	if len(data) < 2 {
		return nil
	}
	// The two header bytes carry nothing that is needed, and the checksum at
	// the end is often cut off, so the raw deflate data are read.
	r := flate.NewReader(bytes.NewReader(data[2:]))
	var out bytes.Buffer
	_, err := io.Copy(&out, &meter{r: r, b: f.budget})
	// Damage ends the data early; only our own limits end the file.
	if f.err == nil && err != nil && (f.unpacked > f.lim.MaxUncompressed || f.ctx.Err() != nil) {
		f.err = err
	}
	return out.Bytes()
}

// unLZW reads the variable-width codes of PDF, high bit first.
func (f *pdfFile) unLZW(data []byte, early bool) []byte {
	var out []byte
	type entry struct {
		prev int
		last byte
		size int
	}
	table := make([]entry, 258, 4096)
	for i := range 256 {
		table[i] = entry{prev: -1, last: byte(i), size: 1}
	}
	width, bits, acc, prev := 9, 0, 0, -1
	for _, c := range data {
		acc, bits = acc<<8|int(c), bits+8
		if bits < width {
			continue
		}
		bits -= width
		code := acc >> bits & (1<<width - 1)
		acc &= 1<<bits - 1
		switch {
		case code == 256:
			table, width, prev = table[:258], 9, -1
			continue
		case code == 257:
			return out
		case code > len(table) || code == len(table) && prev < 0:
			return out
		}
		use := code
		if code == len(table) {
			use = prev
		}
		n := table[use].size
		if code == len(table) {
			n++
		}
		if !f.take(n) {
			return nil
		}
		at := len(out)
		out = append(out, make([]byte, n)...)
		i := at + table[use].size - 1
		for k := use; k >= 0; k, i = table[k].prev, i-1 {
			out[i] = table[k].last
		}
		if code == len(table) {
			out[len(out)-1] = out[at]
		}
		if prev >= 0 && len(table) < 4096 {
			table = append(table, entry{prev: prev, last: out[at], size: table[prev].size + 1})
		}
		prev = code
		limit := len(table)
		if early {
			limit++
		}
		for width < 12 && limit >= 1<<width {
			width++
		}
	}
	return out
}

func un85(data []byte) []byte {
	var out []byte
	var group [5]byte
	n := 0
	for _, c := range data {
		switch {
		case c == '~':
			data = nil
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
			continue
		case c < '!' || c > 'u':
			continue
		}
		if data == nil {
			break
		}
		group[n] = c - '!'
		if n++; n == 5 {
			out = append(out, join85(group)...)
			n = 0
		}
	}
	if n > 1 {
		for i := n; i < 5; i++ {
			group[i] = 84
		}
		out = append(out, join85(group)[:n-1]...)
	}
	return out
}

func join85(g [5]byte) []byte {
	v := uint32(0)
	for _, d := range g {
		v = v*85 + uint32(d)
	}
	return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
}

func (f *pdfFile) unRun(data []byte) []byte {
	var out []byte
	for i := 0; i < len(data); {
		n := int(data[i])
		i++
		switch {
		case n == 128:
			return out
		case n < 128:
			end := min(i+n+1, len(data))
			out = append(out, data[i:end]...)
			i = end
		case i < len(data):
			if !f.take(257 - n) {
				return nil
			}
			out = append(out, bytes.Repeat(data[i:i+1], 257-n)...)
			i++
		}
	}
	return out
}

// unpredict undoes the PNG predictors and the TIFF one for 8-bit samples.
func (f *pdfFile) unpredict(data []byte, parms pdfDict, predictor int) ([]byte, bool) {
	colors, bits := int(f.number(parms["Colors"], 1)), int(f.number(parms["BitsPerComponent"], 8))
	columns := int(f.number(parms["Columns"], 1))
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 {
		return nil, false
	}
	step, row := max(1, colors*bits/8), (columns*colors*bits+7)/8
	if predictor == 2 {
		if bits != 8 {
			return nil, false
		}
		for i := range data {
			if i%row >= step {
				data[i] += data[i-step]
			}
		}
		return data, true
	}
	out := make([]byte, 0, len(data))
	prev := make([]byte, row)
	for len(data) > 1 {
		kind := data[0]
		line := make([]byte, row)
		n := copy(line, data[1:])
		data = data[1+n:]
		for i := range line {
			var a, b, c byte
			b = prev[i]
			if i >= step {
				a, c = line[i-step], prev[i-step]
			}
			switch kind {
			case 1:
				line[i] += a
			case 2:
				line[i] += b
			case 3:
				line[i] += byte((int(a) + int(b)) / 2)
			case 4:
				line[i] += paeth(a, b, c)
			}
		}
		if n < row {
			line = line[:n]
		}
		out = append(out, line...)
		if n < row {
			break
		}
		prev = line
	}
	return out, true
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	abs := func(n int) int { return max(n, -n) }
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}
