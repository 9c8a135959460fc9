package docfile

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"gongkai/internal/fault"
)

// sprintf is short for the many filled-in messages.
func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// xmlReader is a token stream over one part. It refuses DOCTYPE and entity
// declarations, keeps the nesting limit and watches the context. The decoder
// under it knows the five XML entities only and never opens anything.
type xmlReader struct {
	*budget
	d     *xml.Decoder
	name  string
	depth int
	n     int
}

// xmlPart opens an entry of the container as XML. The caller calls close.
func (a *archive) xmlPart(name string) (*xmlReader, func(), error) {
	rc, err := a.open(name)
	if err != nil {
		return nil, nil, err
	}
	// A close error after a completed read tells nothing that reading did not.
	return newXMLReader(a.budget, rc, name), func() { _ = rc.Close() }, nil
}

func newXMLReader(b *budget, r io.Reader, name string) *xmlReader {
	br := bufio.NewReader(r)
	var in io.Reader = br
	utf16 := false
	if head, err := br.Peek(2); err == nil && (bytes.Equal(head, []byte{0xff, 0xfe}) || bytes.Equal(head, []byte{0xfe, 0xff})) {
		in, utf16 = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(br), true
	}
	d := xml.NewDecoder(in)
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		if utf16 {
			return input, nil
		}
		enc, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		if enc == encoding.Nop {
			return input, nil
		}
		return enc.NewDecoder().Reader(input), nil
	}
	return &xmlReader{budget: b, d: d, name: name}
}

// next gives the next token, or nil at the end of the part. Tokens share the
// decoder's memory: copy text before the next call.
func (x *xmlReader) next() (xml.Token, error) {
	if x.n++; x.n&0x3ff == 0 {
		if err := x.check(); err != nil {
			return nil, err
		}
	}
	tok, err := x.d.Token()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		var syn *xml.SyntaxError
		if errors.As(err, &syn) && strings.Contains(syn.Msg, "entity") {
			return nil, &fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDoctype, path.Base(x.name)), Err: err}
		}
		return nil, partFault(x.name, err)
	}
	switch t := tok.(type) {
	case xml.StartElement:
		if x.depth++; x.depth > x.lim.MaxDepth {
			return nil, fault.New(fault.Invalid, op, msgTooDeep)
		}
	case xml.EndElement:
		x.depth--
	case xml.Directive:
		if bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(t)), []byte("DOCTYPE")) || bytes.Contains(bytes.ToUpper(t), []byte("ENTITY")) {
			return nil, fault.Newf(fault.Invalid, op, msgDoctype, path.Base(x.name))
		}
	}
	return tok, nil
}

// each calls f for every child element of the element that was just started
// (or of the whole part) until its end. f must consume the child's end, by
// each, skip or text.
func (x *xmlReader) each(f func(e xml.StartElement) error) error {
	return x.content(f, nil)
}

// content is each with the character data between the children.
func (x *xmlReader) content(f func(e xml.StartElement) error, chars func(s string) error) error {
	for {
		tok, err := x.next()
		if err != nil || tok == nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if err := f(t.Copy()); err != nil {
				return err
			}
		case xml.CharData:
			if chars != nil {
				if err := chars(string(t)); err != nil {
					return err
				}
			}
		case xml.EndElement:
			return nil
		}
	}
}

// skip passes over the element that was just started.
func (x *xmlReader) skip() error {
	for depth := 1; depth > 0; {
		tok, err := x.next()
		if err != nil || tok == nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// text gives all character data of the element that was just started.
func (x *xmlReader) text() (string, error) {
	var out strings.Builder
	for depth := 1; depth > 0; {
		tok, err := x.next()
		if err != nil || tok == nil {
			return out.String(), err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if out.Len()+len(t) > 4*x.lim.MaxTextRunes {
				return "", fault.Newf(fault.TooLarge, op, msgTextTooLong, x.lim.MaxTextRunes)
			}
			out.Write(t)
		}
	}
	return out.String(), nil
}

// root moves to the first element and gives it.
func (x *xmlReader) root() (xml.StartElement, error) {
	for {
		tok, err := x.next()
		if err != nil {
			return xml.StartElement{}, err
		}
		if tok == nil {
			return xml.StartElement{}, fault.Newf(fault.Invalid, op, msgDamagedPart, path.Base(x.name))
		}
		if t, ok := tok.(xml.StartElement); ok {
			return t.Copy(), nil
		}
	}
}

// attr gives an attribute by its local name, or "".
func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// on reads an OOXML boolean property: present means true unless val denies it.
func on(e xml.StartElement) bool {
	switch attr(e, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
