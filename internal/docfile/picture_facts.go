package docfile

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/gif" // sizes only
	_ "image/jpeg"
	_ "image/png"
	"regexp"
	"strings"
	"unicode/utf16"
)

// maxPixels is the largest picture that is opened; a decoded pixel costs 4 bytes.
const maxPixels = 60_000_000

func isPicture(data []byte) bool {
	h := string(data[:min(len(data), 16)])
	return strings.HasPrefix(h, "\xff\xd8\xff") || strings.HasPrefix(h, "\x89PNG") || strings.HasPrefix(h, "GIF8") ||
		strings.HasPrefix(h, "RIFF") && strings.HasSuffix(h[:min(len(h), 12)], "WEBP") || len(h) > 11 && h[4:8] == "ftyp" && heifBrand(h[8:12]) ||
		strings.HasPrefix(h, "II*\x00") || strings.HasPrefix(h, "MM\x00*") || strings.HasPrefix(h, "BM") && len(data) > 54
}

func heifBrand(b string) bool {
	switch b {
	case "heic", "heix", "hevc", "mif1", "msf1", "avif", "heim", "heis":
		return true
	}
	return false
}

// pictureSize reads width and height from the header, without decoding.
func pictureSize(data []byte) (w, h int, ok bool) {
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		return c.Width, c.Height, true
	}
	return 0, 0, false
}

// picture adds what a picture says besides its pixels: EXIF, XMP, comments.
func (in *inspector) picture(where string, data []byte) {
	if w, h, ok := pictureSize(data); ok && w*h > maxPixels {
		in.closed(KindEXIF, where, sprintf(whyBigPixels, w, h))
	}
	facts, ok := pictureFacts(data)
	for _, f := range facts {
		in.add(KindEXIF, sprintf(whereEXIF, where, f.name), f.text)
	}
	if !ok {
		in.closed(KindEXIF, where, whyEXIF)
	}
	switch {
	case bytes.HasPrefix(data, []byte("\x01\x00\x00\x00")) && len(data) > 44 && string(data[40:44]) == " EMF":
		in.add(KindHiddenText, where, wideStrings(data))
		in.closed(KindEmbedded, where, whyVector)
	case bytes.HasPrefix(data, []byte("\xd7\xcd\xc6\x9a")):
		in.closed(KindEmbedded, where, whyVector)
	case bytes.Contains(data[:min(len(data), 1024)], []byte("<svg")):
		if root, err := parseTree(in.budget, data, "svg"); err == nil {
			in.add(KindBody, where, treeText(root))
			in.xmlComments(root, where)
		} else {
			in.closed(KindEmbedded, where, faultText(err))
		}
	}
}

type pictureFact struct{ name, text string }

// pictureFacts walks the segments of a picture; ok is false when they are
// damaged before the pixels begin.
func pictureFacts(data []byte) (facts []pictureFact, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return jpegFacts(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return pngFacts(data)
	case bytes.HasPrefix(data, []byte("RIFF")) && len(data) > 12:
		return riffFacts(data[12:])
	case bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")):
		return tiffFacts(data), true
	case len(data) > 12 && string(data[4:8]) == "ftyp":
		return heifFacts(data), true
	}
	return nil, true
}

func jpegFacts(data []byte) (facts []pictureFact, ok bool) {
	for i := 2; i+4 <= len(data); {
		if data[i] != 0xff {
			return facts, false
		}
		marker := data[i+1]
		if marker == 0xff {
			i++
			continue
		}
		if marker == 0xda || marker == 0xd9 {
			return append(facts, trailing(data)...), true
		}
		n := int(binary.BigEndian.Uint16(data[i+2:]))
		if n < 2 || i+2+n > len(data) {
			return facts, false
		}
		seg := data[i+4 : i+2+n]
		switch {
		case marker == 0xe1 && bytes.HasPrefix(seg, []byte("Exif\x00\x00")):
			facts = append(facts, tiffFacts(seg[6:])...)
		case marker == 0xe1 && bytes.HasPrefix(seg, []byte("http://ns.adobe.com/xap")):
			facts = append(facts, xmpFact(seg)...)
		case marker == 0xed:
			facts = append(facts, pictureFact{"IPTC", printable(seg)})
		case marker == 0xfe:
			text, _, _ := decodeText(seg)
			facts = append(facts, pictureFact{"comment", text})
		}
		i += 2 + n
	}
	return facts, false
}

// trailing finds a second picture or text after the end of a JPEG.
func trailing(data []byte) []pictureFact {
	if i := bytes.LastIndex(data, []byte("\xff\xd9")); i >= 0 && len(data)-i > 18 {
		return []pictureFact{{"trailing", printable(data[i+2:])}}
	}
	return nil
}

func pngFacts(data []byte) (facts []pictureFact, ok bool) {
	for i := 8; i+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[i:]))
		if n < 0 || i+12+n > len(data) {
			return facts, false
		}
		kind, body := string(data[i+4:i+8]), data[i+8:i+8+n]
		switch kind {
		case "tEXt", "iTXt", "zTXt":
			key, rest, _ := bytes.Cut(body, []byte{0})
			facts = append(facts, pictureFact{printable(key), pngText(kind, rest)})
		case "eXIf":
			facts = append(facts, tiffFacts(body)...)
		case "IEND":
			if rest := data[i+12:]; len(rest) > 16 {
				facts = append(facts, pictureFact{"trailing", printable(rest)})
			}
			return facts, true
		}
		i += 12 + n
	}
	return facts, false
}

// pngText unpacks the text of a chunk, at most 1 MB.
func pngText(kind string, rest []byte) string {
	switch {
	case kind == "zTXt" && len(rest) > 1:
		return printable(inflateSome(rest[1:], 1<<20))
	case kind == "iTXt" && len(rest) > 2:
		packed := rest[0] == 1
		_, rest, _ = bytes.Cut(rest[2:], []byte{0})
		_, rest, _ = bytes.Cut(rest, []byte{0})
		if packed {
			rest = inflateSome(rest, 1<<20)
		}
		if bytes.Contains(rest, []byte("<x:xmpmeta")) {
			return xmpText(rest)
		}
	}
	return printable(rest)
}

func riffFacts(data []byte) (facts []pictureFact, ok bool) {
	for len(data) >= 8 {
		n := int(binary.LittleEndian.Uint32(data[4:]))
		if n < 0 || 8+n > len(data) {
			return facts, false
		}
		body := data[8 : 8+n]
		switch string(data[:4]) {
		case "EXIF":
			facts = append(facts, tiffFacts(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))...)
		case "XMP ":
			facts = append(facts, xmpFact(body)...)
		}
		data = data[min(len(data), 8+n+n%2):]
	}
	return facts, true
}

// heifFacts looks for the EXIF block and XMP in the item data of HEIC and AVIF:
// the items' table tells lengths that the blocks tell themselves.
func heifFacts(data []byte) (facts []pictureFact) {
	for _, mark := range []string{"Exif\x00\x00II*\x00", "Exif\x00\x00MM\x00*"} {
		if i := bytes.Index(data, []byte(mark)); i >= 0 {
			facts = append(facts, tiffFacts(data[i+6:])...)
		}
	}
	return append(facts, xmpFact(data)...)
}

func xmpFact(data []byte) []pictureFact {
	i, j := bytes.Index(data, []byte("<x:xmpmeta")), bytes.Index(data, []byte("</x:xmpmeta>"))
	if i < 0 || j < i {
		return nil
	}
	return []pictureFact{{"XMP", xmpText(data[i:j])}}
}

var (
	xmlTag   = regexp.MustCompile(`<[^>]*>`)
	xmpValue = regexp.MustCompile(`([\w:]+)="([^"]*)"`)
)

// xmpText keeps the values of an XMP packet, without its addresses.
func xmpText(data []byte) string {
	s := string(data)
	var out []string
	for _, m := range xmpValue.FindAllStringSubmatch(s, 2000) {
		if !strings.HasPrefix(m[1], "xmlns") && m[1] != "rdf:about" && !strings.HasPrefix(m[2], "http://ns.adobe") {
			out = append(out, m[1]+" "+m[2])
		}
	}
	for _, line := range strings.Split(xmlTag.ReplaceAllString(s, "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "<") {
			out = append(out, line)
		}
	}
	return xmlUnescape.Replace(strings.Join(out, "\n"))
}

var xmlUnescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// printable keeps runs of at least four characters that can be read.
func printable(data []byte) string {
	text, _, ok := decodeText(data)
	if !ok {
		text = strings.ToValidUTF8(string(data), "\x00")
	}
	var out []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0xfffd }) {
		if len(s) >= 4 {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n")
}

// wideStrings finds UTF-16 text of at least two hanzi or eight letters in a
// vector picture.
func wideStrings(data []byte) string {
	var out []string
	for _, from := range []int{0, 1} {
		var run []uint16
		flush := func() {
			text := string(utf16.Decode(run))
			if han := strings.IndexFunc(text, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) >= 0; han && len(run) >= 2 || len(run) >= 8 {
				out = append(out, text)
			}
			run = run[:0]
		}
		for i := from; i+1 < len(data); i += 2 {
			u := binary.LittleEndian.Uint16(data[i:])
			if u >= 0x20 && u < 0x7f || u >= 0x3000 && u < 0xa000 || u >= 0xff00 && u < 0xff60 {
				run = append(run, u)
				continue
			}
			flush()
		}
		flush()
	}
	return strings.Join(out, "\n")
}
