package docfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"gongkai/internal/fault"
)

// xmlNode is an element, or character data when local is "". Finding hidden
// data and rebuilding a part both need to look ahead and back, which a token
// stream cannot; comments and processing instructions are never kept.
type xmlNode struct {
	name  string // with its prefix, as written
	local string
	space string // the prefix's address
	attrs []xmlAttr
	kids  []*xmlNode
	text  string
}

// xmlAttr is an attribute; name keeps its prefix, also xmlns declarations.
type xmlAttr struct{ name, local, value string }

const (
	maxTreeNodes = 3_000_000
	maxTreeBytes = 128 << 20
)

// tree reads a whole part. It refuses what newXMLReader refuses.
func (a *archive) tree(name string) (*xmlNode, error) {
	data, err := a.bytes(name, maxTreeBytes)
	if err != nil {
		return nil, err
	}
	return parseTree(a.budget, data, name)
}

// parseTree gives the root element and, in its order, the comments that stood
// in the part as kids named "!comment" of the element that held them.
func parseTree(b *budget, data []byte, name string) (*xmlNode, error) {
	x := newXMLReader(b, bytes.NewReader(data), name)
	x.d.Strict = true
	top := &xmlNode{}
	open := []*xmlNode{top}
	scopes := []map[string]string{{"xml": "http://www.w3.org/XML/1998/namespace"}}
	for n := 0; ; n++ {
		if n&0x3ff == 0 {
			if err := b.check(); err != nil {
				return nil, err
			}
		}
		if n > maxTreeNodes {
			return nil, fault.New(fault.TooLarge, op, msgTooComplex)
		}
		tok, err := x.d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, partFault(name, err)
		}
		up := open[len(open)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if len(open) > b.lim.MaxDepth {
				return nil, fault.New(fault.Invalid, op, msgTooDeep)
			}
			e := &xmlNode{name: rawName(t.Name), local: t.Name.Local}
			scope := scopes[len(scopes)-1]
			for _, at := range t.Attr {
				full := rawName(at.Name)
				if full == "xmlns" || at.Name.Space == "xmlns" {
					scope = withPrefix(scope, strings.TrimPrefix(strings.TrimPrefix(full, "xmlns"), ":"), at.Value)
				}
				e.attrs = append(e.attrs, xmlAttr{full, at.Name.Local, at.Value})
			}
			e.space = scope[t.Name.Space]
			up.kids = append(up.kids, e)
			open, scopes = append(open, e), append(scopes, scope)
		case xml.EndElement:
			if len(open) < 2 || up.name != rawName(t.Name) {
				return nil, fault.Newf(fault.Invalid, op, msgDamagedPart, path.Base(name))
			}
			open, scopes = open[:len(open)-1], scopes[:len(scopes)-1]
		case xml.CharData:
			if len(open) > 1 {
				up.kids = append(up.kids, &xmlNode{text: string(t)})
			}
		case xml.Comment:
			up.kids = append(up.kids, &xmlNode{name: "!comment", local: "!comment", kids: []*xmlNode{{text: string(t)}}})
		case xml.Directive:
			return nil, fault.Newf(fault.Invalid, op, msgDoctype, path.Base(name))
		}
	}
	var root *xmlNode
	for _, k := range top.kids {
		if k.local != "!comment" && root == nil {
			root = k
		}
	}
	if len(open) != 1 || root == nil {
		return nil, fault.Newf(fault.Invalid, op, msgDamagedPart, path.Base(name))
	}
	for _, k := range top.kids {
		if k.local == "!comment" {
			root.kids = append(root.kids, k)
		}
	}
	return root, nil
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func withPrefix(scope map[string]string, prefix, address string) map[string]string {
	next := make(map[string]string, len(scope)+1)
	for k, v := range scope {
		next[k] = v
	}
	next[prefix] = address
	return next
}

// write prints the element; comments are left out.
func (n *xmlNode) write(out *bytes.Buffer) {
	switch n.local {
	case "":
		writeEscaped(out, n.text, false)
		return
	case "!comment":
		return
	}
	out.WriteByte('<')
	out.WriteString(n.name)
	for _, a := range n.attrs {
		out.WriteByte(' ')
		out.WriteString(a.name)
		out.WriteString(`="`)
		writeEscaped(out, a.value, true)
		out.WriteByte('"')
	}
	if len(n.kids) == 0 {
		out.WriteString("/>")
		return
	}
	out.WriteByte('>')
	for _, k := range n.kids {
		k.write(out)
	}
	out.WriteString("</")
	out.WriteString(n.name)
	out.WriteByte('>')
}

// document prints a whole part.
func (n *xmlNode) document() []byte {
	var out bytes.Buffer
	out.WriteString(xmlHead)
	n.write(&out)
	return out.Bytes()
}

func writeEscaped(out *bytes.Buffer, s string, attr bool) {
	for _, r := range s {
		switch {
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '"' && attr:
			out.WriteString("&quot;")
		case r == '\r' || attr && (r == '\n' || r == '\t'):
			out.WriteString("&#" + sprintf("%d", r) + ";")
		default:
			out.WriteRune(r)
		}
	}
}

// each visits the node and everything under it; f answers false to stay out of
// a node's kids.
func (n *xmlNode) each(f func(n *xmlNode) bool) {
	if n == nil || !f(n) {
		return
	}
	for _, k := range n.kids {
		k.each(f)
	}
}

// value is all character data under the node, comments excepted.
func (n *xmlNode) value() string {
	if n == nil {
		return ""
	}
	var out strings.Builder
	n.each(func(k *xmlNode) bool {
		out.WriteString(k.text)
		return k.local != "!comment" || k == n
	})
	return out.String()
}

func (n *xmlNode) attr(local string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.local == local && !strings.HasPrefix(a.name, "xmlns") {
			return a.value
		}
	}
	return ""
}

// relation is the value of an attribute of the relationships' namespace (r:id,
// r:embed, r:link …), by its local name.
func (n *xmlNode) relation(local string) string {
	for _, a := range n.attrs {
		if a.local == local && strings.Contains(a.name, ":") {
			return a.value
		}
	}
	return ""
}

// child is the first kid with a local name, or nil.
func (n *xmlNode) child(local string) *xmlNode {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.local == local {
			return k
		}
	}
	return nil
}

// on reads an OOXML boolean property of the node; absent is false.
func (n *xmlNode) on() bool {
	if n == nil {
		return false
	}
	switch n.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
