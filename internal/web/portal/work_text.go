package portal

import (
	"html"
	"html/template"
	"strings"
	"unicode/utf8"

	"gongkai/internal/document"
	"gongkai/internal/officialdoc"
	"gongkai/internal/zh"
)

// tocEntry is a line of the table of contents.
type tocEntry struct {
	Path     string
	Label    string
	Heading  string
	Children []tocEntry
}

// citation is a work that the text names in 《》.
type citation struct {
	href string
	dead string // Chinese word when it is no longer in force, else ""
}

// textView is a text ready for the page.
type textView struct {
	Body template.HTML
	TOC  []tocEntry
}

// textWriter turns a text and its provisions into nested anchors. Every word
// of the text is escaped; only the tags are ours.
type textWriter struct {
	b       strings.Builder
	runes   []rune
	list    []document.Provision
	title   string
	signers []string          // organs whose name stands alone on a line of the signature
	dead    map[string]string // path -> note
	cites   map[string]citation
	pending string                // number before its own words on the same line
	opened  []*document.Provision // begun since the last line
	chapter int                   // open headings, for the heading level
	tables  int                   // tables written, to tell them apart
	shown   pictures
}

// writeText makes the body of a work's page.
func writeText(e *document.Edition, text string, list []document.Provision, dead map[string]string, cites map[string]citation, shown pictures) textView {
	w := &textWriter{runes: []rune(text), title: e.Title, dead: dead, cites: cites, shown: shown}
	for _, o := range e.Organs {
		w.signers = append(w.signers, o.Name)
	}
	if !fits(list, len(w.runes)) {
		list = nil
	}
	w.list = list
	at, toc := 0, []tocEntry(nil)
	for i := 0; i < len(list); {
		w.lines(at, list[i].Start, nil, false)
		at = list[i].End
		var e []tocEntry
		i, e = w.node(i)
		toc = append(toc, e...)
	}
	w.lines(at, len(w.runes), nil, true)
	if entries(toc) < fewestEntries {
		toc = nil
	}
	return textView{Body: template.HTML(w.b.String()), TOC: toc} //nolint:gosec // built from escaped words only
}

// fewestEntries is the shortest table of contents worth its place.
const fewestEntries = 4

func entries(toc []tocEntry) int {
	n := len(toc)
	for _, e := range toc {
		n += entries(e.Children)
	}
	return n
}

// fits reports that the provisions nest within the text, as their package
// promises; a text whose provisions do not is shown plain rather than wrong.
func fits(list []document.Provision, size int) bool {
	var ends []int
	last := 0
	for _, p := range list {
		for len(ends) > p.Depth {
			last = ends[len(ends)-1]
			ends = ends[:len(ends)-1]
		}
		if p.Depth != len(ends) || p.Start < last || p.End < p.Start || p.End > size {
			return false
		}
		if len(ends) > 0 && p.End > ends[len(ends)-1] {
			return false
		}
		ends = append(ends, p.End)
		last = p.Start
	}
	return true
}

func headed(kind string) bool {
	return kind == "part" || kind == "subpart" || kind == "chapter" || kind == "section" || kind == "heading"
}

// node writes provision i with what stands below it; it returns the next one
// beside it and its lines of the table of contents.
func (w *textWriter) node(i int) (int, []tocEntry) {
	p := &w.list[i]
	asHeading := headed(p.Kind) && w.headingLine(p)
	tag := "div"
	if asHeading {
		tag = "section"
	}
	class := "prov prov-" + p.Kind
	note, isDead := w.dead[p.Path]
	if isDead {
		class += " dead"
	}
	w.b.WriteString("<" + tag + ` class="` + html.EscapeString(class) + `" id="` + html.EscapeString(p.Path) + `">`)
	if isDead {
		w.b.WriteString(`<p class="dead-note">` + html.EscapeString(note) + `</p>`)
	}
	w.opened = append(w.opened, p)
	at := p.Start
	if asHeading {
		at = w.heading(p)
		w.chapter++
	}
	next := i + 1
	var below []tocEntry
	for next < len(w.list) && w.list[next].Depth > p.Depth {
		child := &w.list[next]
		w.lines(at, child.Start, p, false)
		if n := w.tableOf(next); n > 0 {
			w.tableRows(next, n)
			at = w.list[next+n-1].End
			next += n
			continue
		}
		at = child.End
		var e []tocEntry
		next, e = w.node(next)
		below = append(below, e...)
	}
	w.lines(at, p.End, p, true)
	if asHeading {
		w.chapter--
	}
	w.b.WriteString("</" + tag + ">\n")
	if p.Kind == "article" || asHeading {
		heading := p.Heading
		if p.Label == "" && heading == "" {
			return next, below
		}
		return next, []tocEntry{{Path: p.Path, Label: p.Label, Heading: heading, Children: below}}
	}
	return next, below
}

// headingLine reports that the first line of a headed provision is a heading
// and not the beginning of a sentence.
func (w *textWriter) headingLine(p *document.Provision) bool {
	if p.Kind != "heading" {
		return true
	}
	line := strings.TrimSpace(string(w.runes[p.Start:w.lineEnd(p.Start, p.End)]))
	last, _ := utf8.DecodeLastRuneInString(line)
	return utf8.RuneCountInString(line) <= 40 && !strings.ContainsRune("。；，：、;,:", last)
}

func (w *textWriter) lineEnd(from, limit int) int {
	for k := from; k < limit; k++ {
		if w.runes[k] == '\n' {
			return k
		}
	}
	return limit
}

// heading writes the first line as a heading and returns where the rest begins.
func (w *textWriter) heading(p *document.Provision) int {
	start := p.Start
	end := w.lineEnd(start, p.End)
	for end == start && end < p.End { // blank lines before the heading
		start, end = end+1, w.lineEnd(end+1, p.End)
	}
	level := string(rune('0' + min(6, 3+w.chapter)))
	words := strings.TrimSpace(strings.TrimLeft(string(w.runes[start:end]), "# "))
	w.b.WriteString("<h" + level + ` class="prov-heading">` + html.EscapeString(words))
	w.anchor()
	w.b.WriteString("</h" + level + ">\n")
	return min(end+1, p.End)
}

// lines writes the runes between two provisions. A piece without a line end
// before a child is the child's number and goes into the child's first line.
func (w *textWriter) lines(from, to int, in *document.Provision, last bool) {
	if from >= to {
		return
	}
	text := string(w.runes[from:to])
	open := !last && !strings.HasSuffix(text, "\n")
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for k := 0; k < len(all); k++ {
		if open && k == len(all)-1 {
			w.pending += all[k]
			return
		}
		if rows := officialdoc.TableAhead(all[k:]); rows > 0 {
			w.table(all[k : k+rows])
			k += rows - 1
			continue
		}
		w.line(all[k], in)
	}
}

// line writes one paragraph of the text.
func (w *textWriter) line(s string, in *document.Provision) {
	if strings.TrimSpace(w.pending+s) == "" {
		w.pending = ""
		return
	}
	if w.figure(s) {
		return
	}
	class := ""
	kind := ""
	if in != nil {
		kind = in.Kind
	}
	bare := strings.TrimSpace(strings.TrimLeft(s, "# "))
	switch {
	case kind == "tail" && utf8.RuneCountInString(bare) <= 30 && !strings.HasPrefix(bare, "（") && !strings.HasPrefix(bare, "附"):
		class = ` class="signed"`
	case kind == "preamble" && w.signature(bare):
		class = ` class="signed"`
	case (kind == "preamble" || kind == "") && bare == w.title:
		class = ` class="text-title"`
	}
	w.b.WriteString("<p" + class + ">")
	if w.pending != "" {
		w.b.WriteString(`<span class="no">` + html.EscapeString(strings.TrimRight(w.pending, " \u3000\t")) + "</span>\u3000")
		w.pending = ""
	}
	w.ending(strings.TrimLeft(strings.TrimRight(s, " \u3000"), " \u3000#"))
	w.b.WriteString("</p>\n")
}

// ending writes words and their §, which never stands alone on a line.
func (w *textWriter) ending(s string) {
	runes := []rune(s)
	cut := len(runes) - 2
	if cut < 0 || w.begun() == nil || strings.ContainsAny(string(runes[cut:]), "《》") {
		w.inline(s)
		w.anchor()
		return
	}
	w.inline(string(runes[:cut]))
	w.b.WriteString(`<span class="nowrap">` + html.EscapeString(string(runes[cut:])))
	w.anchor()
	w.b.WriteString("</span>")
}

// signature reports a line of 落款 that stands before a text sent along: an
// issuing organ or a date alone.
func (w *textWriter) signature(line string) bool {
	if contains(w.signers, line) {
		return true
	}
	_, day := zh.ParseDate(line)
	return day && strings.HasSuffix(line, "日") && utf8.RuneCountInString(line) <= 12
}

// begun is the outermost provision that began on this line, or nil.
func (w *textWriter) begun() *document.Provision {
	for _, o := range w.opened {
		if o.Kind != "preamble" && o.Kind != "tail" {
			return o
		}
	}
	return nil
}

// anchor writes one § for the outermost provision that began on this line.
func (w *textWriter) anchor() {
	p := w.begun()
	w.opened = w.opened[:0]
	if p == nil {
		return
	}
	name := p.Label
	if name == "" {
		name = p.Heading
	}
	if name == "" {
		name = "本款"
	}
	w.b.WriteString(`<a class="anchor" href="#` + html.EscapeString(p.Path) + `" title="` + html.EscapeString(name) + `的地址" aria-label="` +
		html.EscapeString(name) + `的地址">§</a>`)
}

// inline writes words, turning the names of known works into links.
func (w *textWriter) inline(s string) {
	for len(w.cites) > 0 {
		from := strings.Index(s, "《")
		if from < 0 {
			break
		}
		length := strings.Index(s[from:], "》")
		if length < 0 {
			break
		}
		to := from + length + len("》")
		c, known := w.cites[citeKey(s[from:to])]
		if !known {
			w.b.WriteString(html.EscapeString(s[:to]))
			s = s[to:]
			continue
		}
		w.b.WriteString(html.EscapeString(s[:from]) + `<a class="cite" href="` + html.EscapeString(c.href) + `">` + html.EscapeString(s[from:to]) + "</a>")
		if c.dead != "" {
			w.b.WriteString(`<span class="cite-dead">（` + html.EscapeString(c.dead) + `）</span>`)
		}
		s = s[to:]
	}
	w.b.WriteString(html.EscapeString(s))
}

func citeKey(title string) string { return strings.Trim(title, "《》 \u3000") }
