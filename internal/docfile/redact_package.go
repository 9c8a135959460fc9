package docfile

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"

	"gongkai/internal/fault"
)

// officeOut is an office file being built: only parts that were put into it
// exist, under names that it gives itself.
type officeOut struct {
	parts []officePart
	named map[string]string // old entry name to new
	files map[string]int    // how many of a kind
}

type officePart struct {
	name, mime string
	data       []byte
	rels       []relation
}

func newOfficeOut() *officeOut {
	return &officeOut{named: map[string]string{}, files: map[string]int{}}
}

// name gives the n-th part of a kind its name: word/header2.xml.
func (o *officeOut) name(old, dir, stem, ext string) string {
	o.files[dir+stem]++
	n := sprintf("%s%s%d%s", dir, stem, o.files[dir+stem], ext)
	o.named[old] = n
	return n
}

func (o *officeOut) put(p officePart) { o.parts = append(o.parts, p) }

// relate adds a relation to the list and gives its id.
func relate(rels *[]relation, kind, target string) string {
	for _, r := range *rels {
		if r.target == target && r.kind == kind {
			return r.id
		}
	}
	id := sprintf("rId%d", len(*rels)+1)
	*rels = append(*rels, relation{id: id, kind: kind, target: target})
	return id
}

// bytes writes the container. main is the first part's name.
func (o *officeOut) bytes(main string) ([]byte, error) {
	var types strings.Builder
	types.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>`)
	for _, p := range o.parts {
		if p.mime != "" {
			types.WriteString(`<Override PartName="/` + p.name + `" ContentType="` + p.mime + `"/>`)
		}
	}
	types.WriteString(`</Types>`)
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	write := func(name string, data []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: docxTime})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	err := write("[Content_Types].xml", []byte(types.String()))
	if err == nil {
		err = write("_rels/.rels", relsXML("", []relation{{id: "rId1", kind: "officeDocument", target: main}}))
	}
	for _, p := range o.parts {
		if err == nil {
			err = write(p.name, p.data)
		}
		if err == nil && len(p.rels) > 0 {
			err = write(relsOf(p.name), relsXML(path.Dir(p.name), p.rels))
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: opRedact, Text: msgWriteFailed, Err: err}
	}
	return buf.Bytes(), nil
}

func relsXML(from string, rels []relation) []byte {
	var out strings.Builder
	out.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range rels {
		target := r.target
		if from != "" {
			target = "/" + target
		}
		out.WriteString(`<Relationship Id="` + r.id + `" Type="` + relBase + r.kind + `" Target="` + escape(target) + `"/>`)
	}
	out.WriteString(`</Relationships>`)
	return []byte(out.String())
}

// picturePart puts a picture, made anew, into the file and gives its name.
func (r *redactor) picturePart(o *officeOut, a *archive, old, dir string) (string, error) {
	if n := o.named[old]; n != "" {
		return n, nil
	}
	if !a.has(old) {
		return "", nil
	}
	data, err := a.bytes(old, r.lim.MaxBytes)
	if err != nil {
		return "", err
	}
	blank := false
	for i, m := range r.removals {
		if m.Part == old {
			r.counts[RedactHit{Removal: i, Where: sprintf(whereMedia, old)}]++
			blank = true
		}
	}
	out, ext, err := r.remakePicture(data, old, blank)
	if err != nil {
		return "", err
	}
	name := o.name(old, dir+"media/", "image", ext)
	o.put(officePart{name: name, data: out})
	return name, nil
}

// chartPart puts a chart without its workbook into the file.
func (r *redactor) chartPart(o *officeOut, a *archive, old, dir string) (string, error) {
	if n := o.named[old]; n != "" {
		return n, nil
	}
	if !a.has(old) {
		return "", nil
	}
	root, err := a.tree(old)
	if err != nil {
		return "", err
	}
	root.prune(func(n *xmlNode) bool {
		switch n.local {
		case "externalData", "userShapes", "extLst", "printSettings", "!comment", "AlternateContent", "legacyDrawingHF":
			return true
		}
		return false
	})
	if err := r.redactTree(root, old, sprintf(whereDrawing, whereBody)); err != nil {
		return "", err
	}
	name := o.name(old, dir+"charts/", "chart", ".xml")
	o.put(officePart{name: name, mime: "application/vnd.openxmlformats-officedocument.drawingml.chart+xml", data: root.document()})
	return name, nil
}

// prune takes out the nodes under n that f names.
func (n *xmlNode) prune(f func(n *xmlNode) bool) {
	n.kids = slices.DeleteFunc(n.kids, f)
	for _, k := range n.kids {
		k.prune(f)
	}
}

// dropAttrs takes out the attributes that f names, here and below.
func (n *xmlNode) dropAttrs(f func(n *xmlNode, a xmlAttr) bool) {
	n.each(func(k *xmlNode) bool {
		k.attrs = slices.DeleteFunc(k.attrs, func(a xmlAttr) bool { return f(k, a) })
		return true
	})
}
