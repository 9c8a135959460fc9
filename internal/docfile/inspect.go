package docfile

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
)

// InspectedKind says what sort of place a part of a file is.
type InspectedKind string

// The places where words or facts stand in a file.
const (
	KindBody            InspectedKind = "body"
	KindTable           InspectedKind = "table"
	KindHiddenSheet     InspectedKind = "hidden_sheet"
	KindVeryHidden      InspectedKind = "very_hidden"
	KindHiddenRows      InspectedKind = "hidden_rows"
	KindHiddenColumns   InspectedKind = "hidden_columns"
	KindTrackedInsert   InspectedKind = "tracked_insert"
	KindTrackedDelete   InspectedKind = "tracked_delete"
	KindComment         InspectedKind = "comment"
	KindNote            InspectedKind = "note"
	KindMetadata        InspectedKind = "metadata"
	KindFileName        InspectedKind = "file_name"
	KindEXIF            InspectedKind = "exif"
	KindEmbedded        InspectedKind = "embedded"
	KindEarlierRevision InspectedKind = "earlier_revision"
	KindWhiteText       InspectedKind = "white_text"
	KindHiddenText      InspectedKind = "hidden_text"
	KindHeaderFooter    InspectedKind = "header_footer"
	KindAnnotation      InspectedKind = "annotation"
	KindAttachment      InspectedKind = "attachment"
	KindExternalLink    InspectedKind = "external_link"
)

// InspectedPart is one place of a file that holds words or facts.
type InspectedPart struct {
	Where string // Chinese, for a person: 工作表“名单”（隐藏） B3:B20
	Kind  InspectedKind
	Text  string // LF line ends
	// Table is the grid of a table or sheet, nil elsewhere; Text holds it too.
	Table *InspectedTable
	// Opened is false where there is something that could not be read; Why then
	// says in Chinese what. Such a part is a case of "cannot tell".
	Opened bool
	Why    string
}

// InspectedTable is a table by columns, so that a column can be judged by its heading.
type InspectedTable struct {
	Name    string
	Columns []InspectedColumn
}

// InspectedColumn is one column; Cells are the filled ones below the heading.
type InspectedColumn struct {
	Heading string
	Letter  string // A, B … in a sheet; "" elsewhere
	Hidden  bool
	Cells   []InspectedCell
}

// InspectedCell is one filled cell.
type InspectedCell struct {
	Ref    string // B3 in a sheet, 第3行第2列 elsewhere
	Text   string
	Hidden bool // in a hidden row or column
}

// Inspection is everything found in one file.
type Inspection struct {
	Format Format
	Parts  []InspectedPart
}

// CannotTell lists the parts that could not be opened.
func (i Inspection) CannotTell() []InspectedPart {
	var out []InspectedPart
	for _, p := range i.Parts {
		if !p.Opened {
			out = append(out, p)
		}
	}
	return out
}

// inspectDepth bounds files inside files.
const inspectDepth = 3

// inspector collects the parts of one file and of the files inside it.
type inspector struct {
	*budget
	parts  []InspectedPart
	prefix string // where the inner file stands, "" at the top
	depth  int
}

// Inspect lists every part of a file that holds words or facts, hidden ones
// too. A file or part that cannot be opened (damaged, encrypted, beyond a
// limit, of an unread kind) is a part with Opened false and is no error.
// Errors: Invalid for an empty file, Unavailable when ctx ended.
func Inspect(ctx context.Context, name string, data []byte, lim Limits) (Inspection, error) {
	if len(data) == 0 {
		return Inspection{}, fault.New(fault.Invalid, "docfile.Inspect", msgEmptyFile)
	}
	in := &inspector{budget: &budget{ctx: ctx, lim: lim.withDefaults()}}
	if err := in.check(); err != nil {
		return Inspection{}, err
	}
	format := in.file(name, data)
	return Inspection{Format: format, Parts: in.parts}, in.check()
}

// file inspects one file, the outer one or one inside it.
func (in *inspector) file(name string, data []byte) Format {
	in.add(KindFileName, whereFileName, name)
	if int64(len(data)) > in.lim.MaxBytes {
		in.closed(KindBody, whereFile, sprintf(msgTooLarge, sizeText(in.lim.MaxBytes)))
		return FormatOther
	}
	src := &source{budget: in.budget, r: bytes.NewReader(data), size: int64(len(data)), ext: extension(name)}
	err := in.guard(func() error {
		if err := src.sniff(); err != nil {
			return err
		}
		return in.contents(src, name, data)
	})
	if err != nil {
		in.closed(KindBody, whereFile, fault.Text(err))
	}
	return src.format
}

// guard turns a panic in a parser into a fault.
func (in *inspector) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &fault.Error{Kind: fault.Unsupported, Op: "docfile.Inspect", Text: msgParserFailed, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	return f()
}

func (in *inspector) contents(src *source, name string, data []byte) error {
	switch src.format {
	case FormatDOCX:
		return in.docx(src, name)
	case FormatXLSX:
		return in.xlsx(src, data)
	case FormatPDF:
		return in.pdf(data)
	case FormatHTML:
		return in.html(src, data)
	case FormatODT:
		return in.odt(src, name)
	case FormatOFD:
		return in.ofd(src, name)
	case FormatRTF:
		in.closed(KindMetadata, whereRTF, whyRTF)
		return in.plain(src, name)
	case FormatText, FormatMD, FormatCSV:
		return in.plain(src, name)
	}
	return in.other(src, data)
}

// plain takes what Read gives: body, tables and metadata.
func (in *inspector) plain(src *source, name string) error {
	doc, err := in.reread(src, name)
	if err != nil {
		return err
	}
	in.body(doc)
	in.meta(doc)
	return nil
}

// reread is Read with the budget of the inspection.
func (in *inspector) reread(src *source, name string) (*Document, error) {
	// The same bytes and words are counted once more when they become parts.
	spent, runes, cells := in.unpacked, in.runes, in.cells
	defer func() { in.unpacked, in.runes, in.cells = spent, runes, cells }()
	return guarded(func() (*Document, error) { return read(in.budget, name, src.r, src.size) })
}

// body adds paragraphs and tables.
func (in *inspector) body(doc *Document) {
	var lines []string
	n := 0
	for _, blk := range doc.Blocks {
		switch blk := blk.(type) {
		case Paragraph:
			lines = append(lines, blk.Text)
		case Table:
			n++
			in.parts = append(in.parts, InspectedPart{Where: in.prefix + sprintf(whereTable, n), Kind: KindTable, Text: tableText(blk), Table: inspectTable(blk), Opened: true})
		}
	}
	if doc.Blocks == nil {
		lines = []string{doc.Text}
	}
	in.add(KindBody, whereBody, strings.Join(lines, "\n"))
	if doc.State == StateNone && doc.Format != FormatOther {
		in.closed(KindBody, whereBody, whyScan)
	}
	for _, w := range doc.Warnings {
		switch w.Code {
		case WarnPageUnreadable, WarnPartUnreadable, WarnGlyphs, WarnRepaired:
			in.closed(KindBody, whereBody, w.Text)
		case WarnNoTextLayer:
			if doc.State != StateNone {
				in.closed(KindBody, whereBody, w.Text)
			}
		}
	}
	if doc.Macros {
		in.closed(KindEmbedded, whereMacros, warnMacros)
	}
}

// meta adds the metadata that Read knows.
func (in *inspector) meta(doc *Document) {
	in.add(KindMetadata, sprintf(whereMeta, "title"), doc.Title)
	for key, value := range sortedPairs(doc.Meta) {
		in.add(KindMetadata, sprintf(whereMeta, key), value)
	}
}

// add keeps a text that is not blank.
func (in *inspector) add(kind InspectedKind, where, text string) {
	text, _ = cleanText(text)
	if text = strings.Trim(text, "\n "); blank(text) {
		return
	}
	if in.text(utf8.RuneCountInString(text)) != nil {
		in.closed(kind, where, sprintf(msgTextTooLong, in.lim.MaxTextRunes))
		return
	}
	in.parts = append(in.parts, InspectedPart{Where: in.prefix + where, Kind: kind, Text: text, Opened: true})
}

// closed notes something that could not be read.
func (in *inspector) closed(kind InspectedKind, where, why string) {
	for _, p := range in.parts {
		if !p.Opened && p.Where == in.prefix+where && p.Why == why {
			return
		}
	}
	in.parts = append(in.parts, InspectedPart{Where: in.prefix + where, Kind: kind, Why: why})
}

// inside inspects a file that stands in this one.
func (in *inspector) inside(kind InspectedKind, where, name string, data []byte) {
	in.add(kind, where, name)
	if in.depth >= inspectDepth {
		in.closed(kind, where, whyTooDeep)
		return
	}
	if len(data) == 0 {
		return
	}
	prefix := in.prefix
	in.prefix, in.depth = prefix+where+" › ", in.depth+1
	in.file(name, data)
	in.prefix, in.depth = prefix, in.depth-1
}

// entry unpacks one entry of a container for inside; false when it cannot be.
func (in *inspector) entry(a *archive, kind InspectedKind, where, name string) ([]byte, bool) {
	data, err := a.bytes(name, in.lim.MaxBytes)
	if err != nil {
		in.closed(kind, where, fault.Text(err))
	}
	return data, err == nil
}

// other is a file that Read does not read: picture, archive, old office file.
func (in *inspector) other(src *source, data []byte) error {
	switch {
	case src.zip != nil && src.mime == "application/zip":
		for _, name := range src.zip.names {
			where := sprintf(whereEntry, name)
			if inner, ok := in.entry(src.zip, KindEmbedded, where, name); ok {
				in.inside(KindEmbedded, where, name, inner)
			}
		}
	case strings.HasPrefix(src.mime, "image/"):
		in.picture(wherePicture, data)
		in.closed(KindBody, wherePicture, whyPicture)
	default:
		in.closed(KindBody, whereFile, sprintf(warnNotExtracted, src.kind))
	}
	return nil
}
