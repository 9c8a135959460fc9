package docfile

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"strings"
)

// Picture is a picture of the body, behind the paragraph or table that holds
// it. It is read only when Limits.Pictures asks for it, and of docx only.
type Picture struct {
	Data []byte // as the file holds it, not looked into
	Alt  string // alternative text, "" when the file gives none
}

func (Picture) block() {}

// Bounds of the pictures that are taken out of one file.
const (
	maxTakenPictures = 100
	maxTakenBytes    = 20 << 20 // of one
)

// imagesOf notes where the pictures of the body lie.
func (d *docxReader) imagesOf(rels []relation) {
	if !d.lim.Pictures {
		return
	}
	d.images = map[string]string{}
	for _, r := range rels {
		if r.kind == "image" && !r.external && d.zip.has(r.target) {
			d.images[r.id] = r.target
		}
	}
}

// picture takes the picture that a drawing shows. One that is missing, too
// large or damaged is not taken; Document.Pictures has counted it.
func (d *docxReader) picture(e xml.StartElement) {
	id := attr(e, "embed")
	if id == "" {
		id = attr(e, "id")
	}
	entry, ok := d.images[id]
	if !ok || d.taken == maxTakenPictures {
		return
	}
	data, err := d.zip.bytes(entry, maxTakenBytes)
	if err != nil {
		return
	}
	d.taken++
	alt, _ := cleanText(d.alt)
	d.waiting = append(d.waiting, Picture{Data: data, Alt: strings.Join(strings.Fields(alt), " ")})
	d.alt = ""
}

// shown puts the pictures of the paragraph or table just read behind it.
func (d *docxReader) shown(err error) error {
	for _, p := range d.waiting {
		d.doc.Blocks = append(d.doc.Blocks, p)
	}
	d.waiting = nil
	return err
}

// docxPart is one entry of the container.
type docxPart struct{ name, data string }

// emuPerPixel is the size of a pixel at 96 dots an inch; emuWidth the type
// area's width of 156 mm, emuHeight the most of its height that one picture takes.
const (
	emuPerPixel = 9525
	emuWidth    = 156 * 36000
	emuHeight   = 200 * 36000
)

// writePicture writes a picture on a line of its own, as wide as the type area
// at most; false when it is neither JPEG nor PNG.
func writePicture(out *strings.Builder, p Picture, n int) bool {
	c, kind, err := image.DecodeConfig(bytes.NewReader(p.Data))
	if err != nil || kind != "jpeg" && kind != "png" || c.Width < 1 || c.Height < 1 {
		return false
	}
	w, h := c.Width*emuPerPixel, c.Height*emuPerPixel
	if w > emuWidth {
		w, h = emuWidth, max(1, h*emuWidth/w)
	}
	if h > emuHeight {
		w, h = max(1, w*emuHeight/h), emuHeight
	}
	fmt.Fprintf(out, `<w:p><w:pPr><w:spacing w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="center"/></w:pPr><w:r><w:drawing>`+
		`<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="picture %d" descr="%s"/>`+
		`<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">`+
		`<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="%d" name="picture %d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		w, h, n, n, escape(p.Alt), n, n, pictureRel(n), w, h)
	return true
}

func pictureRel(n int) string { return fmt.Sprintf("rIdP%d", n) }

func pictureEntry(p Picture, n int) string {
	if bytes.HasPrefix(p.Data, []byte("\xff\xd8\xff")) {
		return fmt.Sprintf("media/picture%d.jpeg", n)
	}
	return fmt.Sprintf("media/picture%d.png", n)
}

func pictureTypes(types string, list []Picture) string {
	if len(list) == 0 {
		return types
	}
	return strings.Replace(types, "</Types>", `<Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/></Types>`, 1)
}

func pictureRels(rels string, list []Picture) string {
	var b strings.Builder
	for i, p := range list {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%simage" Target="%s"/>`, pictureRel(i+1), relBase, pictureEntry(p, i+1))
	}
	return strings.Replace(rels, "</Relationships>", b.String()+"</Relationships>", 1)
}

func pictureParts(list []Picture) (out []docxPart) {
	for i, p := range list {
		out = append(out, docxPart{"word/" + pictureEntry(p, i+1), string(p.Data)})
	}
	return out
}
