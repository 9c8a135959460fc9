// Package docfile reads the files that offices exchange (docx, html, pdf, txt,
// md, csv, xlsx, odt, ofd, rtf) into plain paragraphs and tables, and writes a
// minimal docx laid out after GB/T 9704. It is a pure room: it reads only the
// io.ReaderAt it is given, opens no file, no address and no clock, and executes
// nothing (macros, fields, scripts, external entities).
//
// Every file is hostile until proved otherwise: sizes, counts, depths and
// ratios are bounded by Limits, formats are told by content and not by name,
// and a panic in a parser becomes a fault of kind Unsupported.
package docfile

// Format is the kind of file, told from its content.
type Format string

// The formats that Read tells apart. FormatOther is everything that is kept as
// an attachment only.
const (
	FormatDOCX  Format = "docx"
	FormatHTML  Format = "html"
	FormatPDF   Format = "pdf"
	FormatText  Format = "txt"
	FormatMD    Format = "md"
	FormatCSV   Format = "csv"
	FormatXLSX  Format = "xlsx"
	FormatODT   Format = "odt"
	FormatOFD   Format = "ofd"
	FormatRTF   Format = "rtf"
	FormatOther Format = "other"
)

// ReadState says how much of the text was read.
type ReadState string

const (
	// StateExtracted: the whole text was read.
	StateExtracted ReadState = "extracted"
	// StatePartial: some of the text was lost or replaced; Warnings say what.
	StatePartial ReadState = "partial"
	// StateNone: 未提取正文, the file is an attachment only; Warnings say why.
	StateNone ReadState = "none"
)

// Document is what was read from one file.
type Document struct {
	Format Format
	MIME   string // media type told from the content
	State  ReadState
	// Text is the body: LF line ends, one paragraph a line, a table row a line
	// with its cells parted by tabs (a line break or tab inside a cell becomes
	// a space). Empty paragraphs of laid-out formats are left out; txt and md
	// keep every line.
	Text   string
	Blocks []Block // the same body with its structure; nil for txt and md
	// Parts are texts that stand outside the body: headers, footers, notes,
	// text boxes, comments.
	Parts    []Part
	Title    string // title from the metadata, not to be trusted
	Charset  string // character set of the source where it had a choice
	Pages    int    // pages where the format fixes them (pdf, ofd), else 0
	Tables   int
	Pictures int
	Macros   bool
	Warnings []Warning
	Embedded []EmbeddedFile
	// Meta is hidden data about people and tools: author, company,
	// last_modified_by, manager, application, subject, keywords, comments,
	// created, modified. Values are as found, never trusted.
	Meta map[string]string
}

// Block is one piece of the body: Paragraph, Table, Picture or PageBreak.
type Block interface{ block() }

// Paragraph is one paragraph of the body.
type Paragraph struct {
	Text   string // with the number in front where the list was numbered automatically; may hold LF for a line break
	Number string // the generated list number at the head of Text, else ""
	Level  int    // heading level 1–9, 0 for body text
	Title  bool   // the document's title style
	// Align and Right place a paragraph that is written; a reader leaves them.
	Align Align
	Right float64 // characters left empty at the right, with AlignRight
}

// Align says where a written paragraph stands.
type Align uint8

// The places.
const (
	AlignBody   Align = iota // indent of two characters
	AlignLeft                // flush left, as 主送机关
	AlignCentre              // in the middle, as 发文字号
	AlignRight               // at the right, as 署名 and 成文日期 (GB/T 9704-2012, 7.3.5)
)

// Table is one table; every row has one Cell for each grid column, covered
// positions included.
type Table struct {
	Name    string // sheet or caption name, may be ""
	Hidden  bool   // a hidden sheet
	Rows    [][]Cell
	Comment string // why the rows are not all, "" when they are
}

// Cell is one position of a table's grid.
type Cell struct {
	Text    string // paragraphs parted by LF
	ColSpan int    // columns covered, at least 1
	RowSpan int    // rows covered, at least 1
	Merged  bool   // covered by a cell to the left or above; Text is empty
	Hidden  bool   // stands in a hidden row or column
}

// PageBreak is a forced page break, or the border between two fixed pages.
type PageBreak struct{}

func (Paragraph) block() {}
func (Table) block()     {}
func (PageBreak) block() {}

// PartKind says where a text outside the body stood.
type PartKind string

// The places outside the body.
const (
	PartHeader   PartKind = "header"
	PartFooter   PartKind = "footer"
	PartFootnote PartKind = "footnote"
	PartEndnote  PartKind = "endnote"
	PartTextBox  PartKind = "textbox"
	PartComment  PartKind = "comment"
)

// Part is a text outside the body.
type Part struct {
	Kind PartKind
	Text string
}

// EmbeddedFile is a file inside the file. It is listed, never opened.
type EmbeddedFile struct {
	Name string // entry name inside the container
	Size int64  // bytes, as declared
}

// Warning is something that a person should know about the file.
type Warning struct {
	Code WarningCode
	Text string // Chinese, for the person who gave the file
}

// HasWarning tells whether a warning with the code was given.
func (d *Document) HasWarning(code WarningCode) bool {
	for _, w := range d.Warnings {
		if w.Code == code {
			return true
		}
	}
	return false
}
