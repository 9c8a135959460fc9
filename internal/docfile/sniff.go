package docfile

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"gongkai/internal/fault"
)

// source is the file and what its content told about it.
type source struct {
	*budget
	r    io.ReaderAt
	size int64
	ext  string

	format  Format
	mime    string
	zip     *archive // for the zip formats
	text    string   // for txt, md and csv: the decoded text
	charset string
	kind    string // for FormatOther: what it is, in Chinese
	macros  bool
}

// extFormats says which format a suffix promises; suffixes that are absent
// promise nothing.
var extFormats = map[string]Format{
	"docx": FormatDOCX, "docm": FormatDOCX, "dotx": FormatDOCX, "dotm": FormatDOCX,
	"xlsx": FormatXLSX, "xlsm": FormatXLSX, "xltx": FormatXLSX,
	"html": FormatHTML, "htm": FormatHTML, "xhtml": FormatHTML, "shtml": FormatHTML,
	"pdf": FormatPDF, "odt": FormatODT, "ofd": FormatOFD, "rtf": FormatRTF,
	"txt": FormatText, "md": FormatMD, "csv": FormatCSV, "tsv": FormatCSV,
	"doc": FormatOther, "wps": FormatOther, "xls": FormatOther, "et": FormatOther, "ppt": FormatOther,
	"pptx": FormatOther, "zip": FormatOther, "rar": FormatOther, "7z": FormatOther,
	"jpg": FormatOther, "jpeg": FormatOther, "png": FormatOther, "gif": FormatOther, "tif": FormatOther, "bmp": FormatOther,
}

var mimes = map[Format]string{
	FormatDOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	FormatXLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	FormatODT:  "application/vnd.oasis.opendocument.text",
	FormatOFD:  "application/ofd",
	FormatPDF:  "application/pdf",
	FormatHTML: "text/html",
	FormatRTF:  "application/rtf",
	FormatText: "text/plain",
	FormatMD:   "text/markdown",
	FormatCSV:  "text/csv",
}

// label names the found format for the warning about a wrong suffix.
func (s *source) label() string {
	if s.format == FormatOther {
		kind, _, _ := strings.Cut(s.kind, "，")
		return kind
	}
	return string(s.format)
}

func (s *source) all() ([]byte, error) {
	data, err := ReadAllLimited(&meter{r: io.NewSectionReader(s.r, 0, s.size), b: &budget{ctx: s.ctx, lim: s.lim}}, s.lim.MaxBytes)
	if err != nil {
		return nil, err
	}
	return data, s.check()
}

// sniff finds the format from the content.
func (s *source) sniff() error {
	head, err := readAt(s.r, 0, 4096)
	if err != nil {
		return err
	}
	if len(head) == 0 {
		return fault.New(fault.Invalid, op, msgTruncated)
	}
	switch {
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		s.is(FormatPDF)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return s.sniffZip()
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return s.sniffOLE()
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		s.is(FormatRTF)
	default:
		return s.sniffText(head)
	}
	return nil
}

func (s *source) is(f Format) { s.format, s.mime = f, mimes[f] }

func (s *source) other(mime, kind string) { s.format, s.mime, s.kind = FormatOther, mime, kind }

// sniffZip tells the zip formats apart by the parts that each must have. A
// container of an unread kind is opened too, so that bombs and unsafe names
// are refused for attachments as well.
func (s *source) sniffZip() error {
	a, err := openArchive(s.budget, s.r, s.size)
	if err != nil {
		return err
	}
	s.zip = a
	switch {
	case a.has("[Content_Types].xml"):
		return s.sniffOOXML(a)
	case a.has("OFD.xml"):
		s.is(FormatOFD)
	case a.has("content.xml") && a.has("mimetype"):
		mime, err := a.bytes("mimetype", 1024)
		if err != nil {
			return err
		}
		s.other(strings.TrimSpace(string(mime)), kindBinary)
		if strings.HasPrefix(s.mime, mimes[FormatODT]) {
			s.is(FormatODT)
		}
	default:
		s.other("application/zip", kindZip)
	}
	return nil
}

// sniffOOXML reads the content types to find the main part's kind.
func (s *source) sniffOOXML(a *archive) error {
	x, closePart, err := a.xmlPart("[Content_Types].xml")
	if err != nil {
		return err
	}
	defer closePart()
	if _, err := x.root(); err != nil {
		return err
	}
	s.other("application/zip", kindZip)
	return x.each(func(e xml.StartElement) error {
		ct := attr(e, "ContentType")
		switch {
		case strings.Contains(ct, "wordprocessingml.document.main"), strings.Contains(ct, "wordprocessingml.template.main"),
			strings.Contains(ct, "ms-word.document.macroEnabled.main"), strings.Contains(ct, "ms-word.template.macroEnabledTemplate.main"):
			s.is(FormatDOCX)
		case strings.Contains(ct, "spreadsheetml.sheet.main"), strings.Contains(ct, "spreadsheetml.template.main"),
			strings.Contains(ct, "ms-excel.sheet.macroEnabled.main"), strings.Contains(ct, "ms-excel.template.macroEnabled.main"):
			s.is(FormatXLSX)
		case strings.Contains(ct, "presentationml") && s.format == FormatOther:
			s.other("application/vnd.openxmlformats-officedocument.presentationml.presentation", kindPPT)
		}
		return x.skip()
	})
}

// oleNames are directory entries of a compound file that tell its kind.
var oleNames = []struct{ name, mime, kind string }{
	{"WordDocument", "application/msword", kindDoc},
	{"Workbook", "application/vnd.ms-excel", kindXLS},
	{"Book", "application/vnd.ms-excel", kindXLS},
	{"PowerPoint Document", "application/vnd.ms-powerpoint", kindPPT},
}

// sniffOLE looks for stream names in the directory of a compound file. An
// entry is 128 bytes at a multiple of 128, its UTF-16 name first and the
// name's byte length (with the end mark) at 64, so no directory tree need be
// followed and none can loop.
func (s *source) sniffOLE() error {
	s.other("application/x-ole-storage", kindBinary)
	if s.ext == "wps" {
		s.kind = kindWPS
	}
	const chunk = 1 << 16
	for off := int64(0); off < s.size; off += chunk {
		if err := s.check(); err != nil {
			return err
		}
		buf, err := readAt(s.r, off, chunk)
		if err != nil {
			return err
		}
		for i := 0; i+128 <= len(buf); i += 128 {
			n := int(binary.LittleEndian.Uint16(buf[i+64:]))
			if n < 4 || n > 64 || n%2 != 0 || buf[i+66] == 0 || buf[i+66] > 5 {
				continue
			}
			name := make([]byte, 0, 32)
			for j := 0; j < n-2; j += 2 {
				if buf[i+j+1] != 0 {
					name = nil
					break
				}
				name = append(name, buf[i+j])
			}
			switch string(name) {
			case "EncryptedPackage":
				return fault.New(fault.Unsupported, op, msgEncryptedOOXML)
			case "_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR":
				s.macros = true
			}
			for _, k := range oleNames {
				if string(name) == k.name && s.kind != kindWPS {
					s.mime, s.kind = k.mime, k.kind
				}
			}
		}
	}
	return nil
}

// sniffText sorts what is left: text formats by their content (txt, md and csv
// by the suffix, since content cannot tell them apart), the rest unread.
func (s *source) sniffText(head []byte) error {
	m := mimetype.Detect(head)
	plain := false
	for p := m; p != nil; p = p.Parent() {
		plain = plain || p.Is("text/plain")
	}
	mime, _, _ := strings.Cut(m.String(), ";")
	named := s.ext == "txt" || s.ext == "md" || s.ext == "csv" || s.ext == "tsv" || extFormats[s.ext] == FormatHTML
	switch {
	case strings.HasPrefix(mime, "image/"):
		s.other(mime, kindImage)
		return nil
	case strings.HasPrefix(mime, "audio/"), strings.HasPrefix(mime, "video/"):
		s.other(mime, kindMedia)
		return nil
	case !plain && mime != "application/octet-stream":
		kind := kindBinary
		if strings.Contains(mime, "zip") || strings.Contains(mime, "rar") || strings.Contains(mime, "7z") || strings.Contains(mime, "tar") {
			kind = kindZip
		}
		s.other(mime, kind)
		return nil
	}
	data, err := s.all()
	if err != nil {
		return err
	}
	text, charset, ok := decodeText(data)
	switch {
	case !ok && (plain || named):
		return fault.New(fault.Invalid, op, msgUnknownCharset)
	case !ok:
		s.other(mime, kindBinary)
	case looksHTML(text) || extFormats[s.ext] == FormatHTML && strings.Contains(text, "<"):
		s.is(FormatHTML)
	case strings.HasPrefix(strings.TrimSpace(text), "<?xml"):
		s.other("text/xml", kindBinary)
	default:
		s.text, s.charset = text, charset
		s.is(FormatText)
		if f := extFormats[s.ext]; f == FormatMD || f == FormatCSV {
			s.is(f)
		}
	}
	return nil
}

// looksHTML tells an HTML page by its first tag.
func looksHTML(text string) bool {
	t := strings.ToLower(strings.TrimSpace(text[:min(len(text), 4096)]))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<meta", "<title", "<table", "<div", "<p>", "<p ", "<center", "<!--"} {
		if strings.HasPrefix(t, tag) {
			return true
		}
	}
	return strings.HasPrefix(t, "<?xml") && strings.Contains(t, "<html")
}
