package docfile

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gongkai/internal/fault"
)

// readHTML reads a web page: scripts, styles and form controls are left out,
// block elements become lines, data tables become tables.
func readHTML(out *builder, data []byte) error {
	text, charset, err := decodeHTML(out, data)
	if err != nil {
		return err
	}
	out.doc.Charset = charset
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		// The parser stops at 512 open elements.
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTooDeep, Err: err}
	}
	w := &htmlWalker{builder: out}
	if err := w.walk(root); err != nil {
		return err
	}
	return w.flush()
}

var metaCharset = regexp.MustCompile(`(?i)<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:-]{2,30})`)

// decodeHTML follows the byte order mark, then the declaration where the bytes
// obey it, then detection.
func decodeHTML(out *builder, data []byte) (text, charset string, err error) {
	if text, charset, ok := decodeBOM(data); charset != "" && ok {
		return text, charset, nil
	}
	declared := ""
	if m := metaCharset.FindSubmatch(data[:min(len(data), 8192)]); m != nil {
		declared = strings.ToLower(string(m[1]))
	}
	found, label, ok := decodeText(data)
	if declared == "" {
		if !ok {
			return "", "", fault.New(fault.Invalid, op, msgUnknownCharset)
		}
		return found, label, nil
	}
	enc, name := simplifiedchinese.GB18030, "GB18030"
	var text2 string
	var fits bool
	switch declared {
	case "gb2312", "gbk", "gb_2312-80", "gb18030", "x-gbk", "cp936", "936":
		text2, fits = decodeWith(enc, data)
	case "utf-8", "utf8":
		name = "UTF-8"
		text2 = strings.ToValidUTF8(string(data), "�")
		fits = strings.Count(text2, "�")*100 <= len(text2)
	default:
		if e, lerr := htmlindex.Get(declared); lerr == nil {
			name = strings.ToUpper(declared)
			text2, fits = decodeWith(e, data)
		}
	}
	switch {
	case ok && label == "UTF-8" && name != label && !isASCII(data):
		// Valid UTF-8 with hanzi is no accident, whatever the page declares.
		out.warn(WarnCharsetClash, warnCharsetClash, declared, label)
		return found, label, nil
	case fits:
		return text2, name, nil
	case ok:
		out.warn(WarnCharsetClash, warnCharsetClash, declared, label)
		return found, label, nil
	}
	return "", "", fault.New(fault.Invalid, op, msgUnknownCharset)
}

func isASCII(data []byte) bool {
	return bytes.IndexFunc(data, func(r rune) bool { return r >= 0x80 }) < 0
}

// htmlWalker turns the tree into paragraphs. The parser bounds the tree's
// depth, so recursion is safe.
type htmlWalker struct {
	*builder
	line  strings.Builder
	level int
	title bool
	pre   int
	n     int
	cell  *strings.Builder // set while the text goes to a table cell
	olNo  []int            // counters of open lists; 0 for an unnumbered list
}

func (w *htmlWalker) flush() error {
	text := w.line.String()
	w.line.Reset()
	if w.pre == 0 {
		// No-break spaces at the ends are layout; U+3000 is how an indent is typed.
		text = strings.Trim(text, " \t\n\u00a0")
	}
	if w.cell != nil {
		if text != "" {
			if w.cell.Len() > 0 {
				w.cell.WriteByte('\n')
			}
			w.cell.WriteString(text)
		}
		return nil
	}
	return w.paragraph(Paragraph{Text: text, Level: w.level, Title: w.title})
}

var htmlSkipped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true, atom.Object: true,
	atom.Embed: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Input: true, atom.Svg: true,
	atom.Video: true, atom.Audio: true, atom.Canvas: true, atom.Math: true,
}

var htmlBlocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Table: true, atom.Tr: true,
	atom.Td: true, atom.Th: true, atom.Caption: true, atom.Section: true, atom.Article: true, atom.Header: true,
	atom.Footer: true, atom.Nav: true, atom.Aside: true, atom.Main: true, atom.Blockquote: true, atom.Pre: true,
	atom.Center: true, atom.Form: true, atom.Fieldset: true, atom.Hr: true, atom.Address: true, atom.Figure: true,
	atom.Figcaption: true, atom.Body: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Details: true, atom.Summary: true,
}

func (w *htmlWalker) walk(n *html.Node) error {
	if w.n++; w.n&0xff == 0 {
		if err := w.check(); err != nil {
			return err
		}
	}
	switch n.Type {
	case html.TextNode:
		w.addText(n.Data)
		return nil
	case html.ElementNode:
		return w.element(n)
	case html.DocumentNode:
		return w.children(n)
	}
	return nil
}

func (w *htmlWalker) children(n *html.Node) error {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := w.walk(c); err != nil {
			return err
		}
	}
	return nil
}

func (w *htmlWalker) addText(s string) {
	if w.pre > 0 {
		w.line.WriteString(s)
		return
	}
	// ASCII white space collapses; U+3000 and U+00A0 are typed on purpose.
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\f':
			if l := w.line.Len(); l > 0 && !strings.HasSuffix(w.line.String()[l-1:], " ") {
				w.line.WriteByte(' ')
			}
		default:
			w.line.WriteRune(r)
		}
	}
}

func (w *htmlWalker) element(n *html.Node) error {
	switch {
	case htmlSkipped[n.DataAtom]:
		return nil
	case htmlHidden(n):
		if !blank(nodeText(n)) {
			w.counts[WarnHiddenText]++
		}
		return nil
	}
	switch n.DataAtom {
	case atom.Head:
		return w.head(n)
	case atom.Br:
		return w.flush()
	case atom.Img:
		w.doc.Pictures++
		return nil
	case atom.Table:
		if w.cell == nil && dataTable(n) {
			return w.dataTable(n)
		}
	}
	if !htmlBlocks[n.DataAtom] {
		return w.children(n)
	}
	if err := w.flush(); err != nil {
		return err
	}
	level, title := w.level, w.title
	if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
		w.level = int(n.Data[1] - '0')
	}
	switch n.DataAtom {
	case atom.Pre:
		w.pre++
		defer func() { w.pre-- }()
	case atom.Ul:
		w.olNo = append(w.olNo, 0)
		defer func() { w.olNo = w.olNo[:len(w.olNo)-1] }()
	case atom.Ol:
		start, err := strconv.Atoi(htmlAttr(n, "start"))
		if err != nil || start < 1 || start > 1<<20 {
			start = 1
		}
		w.olNo = append(w.olNo, start)
		defer func() { w.olNo = w.olNo[:len(w.olNo)-1] }()
	case atom.Li:
		if k := len(w.olNo) - 1; k >= 0 && w.olNo[k] > 0 {
			w.line.WriteString(strconv.Itoa(w.olNo[k]) + ". ")
			w.olNo[k]++
			w.counts[WarnAutoNumber]++
		}
	}
	if err := w.children(n); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.level, w.title = level, title
	return nil
}

func (w *htmlWalker) head(n *html.Node) error {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Title:
			w.meta("title", strings.Join(strings.Fields(nodeText(c)), " "))
		case atom.Meta:
			if strings.EqualFold(htmlAttr(c, "name"), "author") {
				w.meta("author", htmlAttr(c, "content"))
			}
		}
	}
	return nil
}

func htmlAttr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func htmlHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			s := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
			if strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "mso-hide:all") {
				return true
			}
		}
	}
	return false
}

// nodeText is the text under a node.
func nodeText(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data)
		}
	}
	return out.String()
}

// dataTable tells a table of data from one that only lays out the page: the
// latter holds other tables or has a single cell.
func dataTable(t *html.Node) bool {
	cells := 0
	for c := range t.Descendants() {
		switch c.DataAtom {
		case atom.Table:
			return false
		case atom.Td, atom.Th:
			cells++
		}
	}
	return cells > 1
}

func (w *htmlWalker) dataTable(t *html.Node) error {
	if err := w.flush(); err != nil {
		return err
	}
	g := &grid{budget: w.budget}
	name := ""
	for n := range t.Descendants() {
		switch n.DataAtom {
		case atom.Caption:
			name = strings.TrimSpace(nodeText(n))
			if err := w.paragraph(Paragraph{Text: name}); err != nil {
				return err
			}
		case atom.Tr:
			g.newRow()
		case atom.Td, atom.Th:
			text, err := w.cellText(n)
			if err != nil {
				return err
			}
			if err := g.add(Cell{Text: text, ColSpan: span(htmlAttr(n, "colspan")), RowSpan: span(htmlAttr(n, "rowspan"))}); err != nil {
				return err
			}
			if lastCell(n) {
				if err := g.endRow(); err != nil {
					return err
				}
			}
		}
	}
	return w.table(Table{Name: name, Rows: g.rows})
}

func lastCell(n *html.Node) bool {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.DataAtom == atom.Td || s.DataAtom == atom.Th {
			return false
		}
	}
	return true
}

func span(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

func (w *htmlWalker) cellText(n *html.Node) (string, error) {
	var cell strings.Builder
	w.cell = &cell
	defer func() { w.cell = nil }()
	if err := w.children(n); err != nil {
		return "", err
	}
	if err := w.flush(); err != nil {
		return "", err
	}
	return cell.String(), nil
}
