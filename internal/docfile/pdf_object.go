package docfile

import (
	"bytes"
	"strconv"
)

// The objects of a PDF file as Go values: nil, bool, float64 and these.
type (
	pdfName  string
	pdfStr   string // bytes of a string object
	pdfOp    string // a keyword or operator
	pdfArray []any
	pdfDict  map[pdfName]any
	pdfRef   struct{ num, gen int }
)

// pdfStream is a dictionary with undecoded data.
type pdfStream struct {
	dict pdfDict
	raw  []byte
}

// pdfLexer reads objects from bytes. It never fails: what cannot be read is
// nil, and the end of input is pdfOp(""). spend bounds the work over all
// lexers of one file.
type pdfLexer struct {
	data  []byte
	pos   int
	depth int
	f     *pdfFile
	// refs is set where "1 0 R" is a reference, that is outside content streams.
	refs bool
}

const pdfEnd = pdfOp("")

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelim(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *pdfLexer) skipSpace() {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		if c == '%' {
			for l.pos < len(l.data) && l.data[l.pos] != '\n' && l.data[l.pos] != '\r' {
				l.pos++
			}
			continue
		}
		if !pdfSpace(c) {
			return
		}
		l.pos++
	}
}

// object reads the next object or keyword.
func (l *pdfLexer) object() any {
	l.skipSpace()
	if l.pos >= len(l.data) || !l.f.spend() {
		return pdfEnd
	}
	switch c := l.data[l.pos]; {
	case c == '/':
		return l.name()
	case c == '(':
		return l.literal()
	case c == '<' && l.peek(1) == '<':
		l.pos += 2
		return l.dict()
	case c == '<':
		return l.hex()
	case c == '[':
		l.pos++
		return l.array()
	case c == '>' && l.peek(1) == '>':
		l.pos += 2
		return pdfOp(">>")
	case c == ']' || c == '}' || c == '{' || c == ')' || c == '>':
		l.pos++
		return pdfOp(string(c))
	}
	start := l.pos
	for l.pos < len(l.data) && !pdfSpace(l.data[l.pos]) && !pdfDelim(l.data[l.pos]) {
		l.pos++
	}
	word := string(l.data[start:l.pos])
	switch word {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if c := word[0]; c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || !finite(n) && n > 1e12 {
			return 0.0
		}
		if l.refs && n >= 0 && n == float64(int(n)) {
			if r, ok := l.reference(int(n)); ok {
				return r
			}
		}
		return n
	}
	return pdfOp(word)
}

func (l *pdfLexer) peek(n int) byte {
	if l.pos+n < len(l.data) {
		return l.data[l.pos+n]
	}
	return 0
}

// reference looks ahead for "gen R" after a number.
func (l *pdfLexer) reference(num int) (pdfRef, bool) {
	i := l.pos
	for i < len(l.data) && pdfSpace(l.data[i]) {
		i++
	}
	start := i
	for i < len(l.data) && l.data[i] >= '0' && l.data[i] <= '9' && i-start < 6 {
		i++
	}
	if i == start {
		return pdfRef{}, false
	}
	gen, err := strconv.Atoi(string(l.data[start:i]))
	if err != nil {
		return pdfRef{}, false
	}
	sp := i
	for i < len(l.data) && pdfSpace(l.data[i]) {
		i++
	}
	if i == sp || i >= len(l.data) || l.data[i] != 'R' || i+1 < len(l.data) && !pdfSpace(l.data[i+1]) && !pdfDelim(l.data[i+1]) {
		return pdfRef{}, false
	}
	l.pos = i + 1
	return pdfRef{num, gen}, true
}

func (l *pdfLexer) name() any {
	l.pos++
	var out []byte
	for l.pos < len(l.data) && !pdfSpace(l.data[l.pos]) && !pdfDelim(l.data[l.pos]) {
		c := l.data[l.pos]
		if c == '#' && l.pos+2 < len(l.data) {
			if v, err := strconv.ParseUint(string(l.data[l.pos+1:l.pos+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				l.pos += 3
				continue
			}
		}
		out = append(out, c)
		l.pos++
	}
	return pdfName(out)
}

func (l *pdfLexer) literal() any {
	l.pos++
	var out []byte
	for depth := 1; l.pos < len(l.data); {
		c := l.data[l.pos]
		l.pos++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return pdfStr(out)
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return pdfStr(out)
}

func (l *pdfLexer) escape(out []byte) []byte {
	c := l.peek(0)
	l.pos++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\r':
		if l.peek(0) == '\n' {
			l.pos++
		}
		return out
	case '\n':
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	v := int(c - '0')
	for range 2 {
		d := l.peek(0)
		if d < '0' || d > '7' {
			break
		}
		v = v*8 + int(d-'0')
		l.pos++
	}
	return append(out, byte(v))
}

func (l *pdfLexer) hex() any {
	l.pos++
	var out []byte
	high, half := 0, false
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		l.pos++
		if c == '>' {
			break
		}
		v := unhex(c)
		if v < 0 {
			continue
		}
		if half {
			out = append(out, byte(high<<4|v))
		}
		high, half = v, !half
	}
	if half {
		out = append(out, byte(high<<4))
	}
	return pdfStr(out)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// deep guards the recursion of arrays and dictionaries.
func (l *pdfLexer) deep() bool {
	l.depth++
	return l.depth > l.f.lim.MaxDepth
}

func (l *pdfLexer) array() any {
	defer func() { l.depth-- }()
	if l.deep() {
		l.f.fail(msgTooDeep)
		return nil
	}
	out := pdfArray{}
	for {
		switch v := l.object().(type) {
		case pdfOp:
			if v == "]" || v == pdfEnd {
				return out
			}
			if v == ">>" || v == "endobj" {
				l.pos -= len(v)
				return out
			}
		default:
			out = append(out, v)
		}
	}
}

func (l *pdfLexer) dict() any {
	defer func() { l.depth-- }()
	if l.deep() {
		l.f.fail(msgTooDeep)
		return nil
	}
	out := pdfDict{}
	for {
		key := l.object()
		switch k := key.(type) {
		case pdfName:
			v := l.object()
			if o, ok := v.(pdfOp); ok {
				if o == ">>" || o == pdfEnd {
					return out
				}
				continue
			}
			out[k] = v
		case pdfOp:
			if k == ">>" || k == pdfEnd || k == "endobj" || k == "stream" {
				if k == "stream" || k == "endobj" {
					l.pos -= len(k)
				}
				return out
			}
		}
	}
}
