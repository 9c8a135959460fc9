package request

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"gongkai/internal/docfile"
)

// Template is the text of a letter as data (A8.7): paragraphs with named facts
// in braces. A letter keeps the id and version it was written with, so words
// are changed only together with the version.
type Template struct {
	ID      string
	Version int
	Title   string
	Rules   []string
	To      string // mark of the addressee, "" for a form without one
	Paras   []Para
	Unsent  bool // a form to be filled in by hand: no number, no signature
}

// Para is one paragraph of a template. A fact with a question mark, as {经过?},
// may be empty; any other that is empty is missing.
type Para struct {
	ID, Label, Text string
	Locked          string // why nobody changes it; "" for a free paragraph
	Optional        bool   // left away when its facts are empty
	Rows            bool   // its lines are the rows of a table, cells parted by ｜
}

// Facts are what a template is filled with, by their Chinese names.
type Facts map[string]string

// Section is a paragraph of a letter as it is printed.
type Section struct {
	ID     string        `json:"id"`
	Label  string        `json:"label,omitempty"`
	Text   string        `json:"text"`
	Base   string        `json:"base,omitempty"` // the template's words, where somebody changed them
	Locked string        `json:"locked,omitempty"`
	Align  docfile.Align `json:"align,omitempty"`
	Right  float64       `json:"right,omitempty"` // characters, see docfile.Paragraph
	Rows   bool          `json:"rows,omitempty"`
}

// Changed reports that somebody wrote other words than the template.
func (s Section) Changed() bool { return s.Base != "" && s.Base != s.Text }

// Composed is a letter as it will print, with what it still lacks.
type Composed struct {
	Template string
	Version  int
	Kind     string
	Title    string
	Number   string
	Sections []Section
	Facts    Facts
	Missing  []Gap
	Remedy   Remedy
}

// Gap is something a letter may not go without.
type Gap struct {
	Name  string // what is missing
	Where string // id of the section of the letter, or an address of the office
}

// Names lists what is missing.
func (c *Composed) Names() (out []string) {
	for _, g := range c.Missing {
		out = append(out, g.Name)
	}
	return out
}

// Body is the letter as plain text, paragraphs apart by an empty line.
func (c *Composed) Body() string {
	var parts []string
	for _, s := range c.Sections {
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, "\n\n")
}

var factMark = regexp.MustCompile(`\{([^{}?]+)(\??)\}`)

// fill puts facts into a text and reports the names of those that are missing.
func (f Facts) fill(text string) (out string, missing []string) {
	out = factMark.ReplaceAllStringFunc(text, func(m string) string {
		p := factMark.FindStringSubmatch(m)
		v := f[p[1]]
		if v == "" && p[2] == "" && !slices.Contains(missing, p[1]) {
			missing = append(missing, p[1])
		}
		return v
	})
	return out, missing
}

// names are the facts that a text cannot do without.
func (p Para) names() (out []string) {
	for _, m := range factMark.FindAllStringSubmatch(p.Text, -1) {
		if m[2] == "" {
			out = append(out, m[1])
		}
	}
	return out
}

// write fills a template. Edits are other words for free paragraphs, by id.
func (t Template) write(f Facts, edits map[string]Edit) *Composed {
	c := &Composed{Template: t.ID, Version: t.Version, Kind: t.ID, Title: t.Title, Number: f[factNumber], Facts: maps.Clone(f)}
	if c.Facts == nil {
		c.Facts = Facts{}
	}
	if c.Number != "" {
		c.Sections = append(c.Sections, Section{ID: "number", Label: "文号", Text: c.Number, Locked: "文号由系统编，或者用本机关自己的文号。", Align: docfile.AlignCentre})
	}
	if t.To != "" {
		c.Sections = append(c.Sections, Section{ID: "to", Label: "抬头", Text: t.To + "：", Locked: "名称在显示和下载时填入，库里不存。", Align: docfile.AlignLeft})
	}
	for _, p := range t.Paras {
		if p.Optional && slices.ContainsFunc(p.names(), func(n string) bool { return f[n] == "" }) {
			continue
		}
		text, missing := f.fill(p.Text)
		s := Section{ID: p.ID, Label: p.Label, Text: text, Locked: p.Locked, Rows: p.Rows}
		if e, ok := edits[p.ID]; ok && p.Locked == "" && e.Base == text && e.Text != text {
			s.Base, s.Text = text, e.Text
		}
		c.Sections = append(c.Sections, s)
		for _, m := range missing {
			c.Missing = append(c.Missing, Gap{m, "p-" + p.ID})
		}
	}
	if !t.Unsent {
		c.sign(f)
	}
	return c
}

// The facts that every letter knows.
const (
	factOrgan    = "机关"
	factNumber   = "文号"
	factReceived = "收到日期"
	factCase     = "登记编号"
	factToday    = "日期"
	factContact  = "联系方式"
	factYou      = "您"
)

// dateWide and signWide are how wide a text is in characters: digits take half.
func wide(text string) (n float64) {
	for _, c := range text {
		if c < 0x2000 {
			n += 0.5
		} else {
			n++
		}
	}
	return n
}

// sign ends a letter: organ and day at the right with the organ over the middle
// of the day, where the seal goes, and the contact as 附注 (GB/T 9704-2012,
// 7.3.5.1 and 7.3.6).
func (c *Composed) sign(f Facts) {
	organ, day := f[factOrgan], f[factToday]
	if organ == "" {
		c.Missing = append(c.Missing, Gap{"落款机关（用印处）", answerSettings})
		return
	}
	atDay, atOrgan := 4.0, 4+(wide(day)-wide(organ))/2
	if atOrgan < 2 { // a long name keeps two characters from the margin
		atDay, atOrgan = 2+(wide(organ)-wide(day))/2, 2
	}
	c.Sections = append(c.Sections, Section{ID: "organ", Label: "落款", Text: organ, Locked: "落款和用印处来自答复设置。", Align: docfile.AlignRight, Right: atOrgan},
		Section{ID: "day", Label: "日期", Text: day, Locked: "成文日期是签发的日期。", Align: docfile.AlignRight, Right: atDay})
	if f[factContact] != "" {
		c.Sections = append(c.Sections, Section{ID: "contact", Label: "附注", Text: "（联系方式：" + f[factContact] + "）", Locked: "联系方式来自答复设置。"})
	}
}

// answerSettings is where a letter's lasting facts are entered.
const answerSettings = "/office/requests/settings"

// Edit is other words for a free paragraph. Base is what the template said
// then; when the decision changes so that it says something else, the edit lapses.
type Edit struct {
	Base string `json:"base"`
	Text string `json:"text"`
}

// Layout is a letter ready for docfile.WriteDOCX and paper. name stands for the
// marks in it, by mark.
func Layout(title string, sections []Section, name map[string]string) docfile.DocxContent {
	doc := docfile.DocxContent{Title: title}
	put := func(s string) string {
		for mark, n := range name {
			s = strings.ReplaceAll(s, mark, n)
		}
		return s
	}
	for _, s := range sections {
		if s.Rows {
			var t docfile.Table
			for _, line := range strings.Split(s.Text, "\n") {
				var row []docfile.Cell
				for _, cell := range strings.Split(line, "｜") {
					row = append(row, docfile.Cell{Text: put(strings.ReplaceAll(cell, "／", "\n"))})
				}
				t.Rows = append(t.Rows, row)
			}
			doc.Blocks = append(doc.Blocks, t)
			continue
		}
		for _, line := range strings.Split(s.Text, "\n") {
			if strings.TrimSpace(line) != "" {
				doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: put(line), Align: s.Align, Right: s.Right})
			}
		}
	}
	return doc
}

// Sections are the paragraphs of an issued letter. A letter of an earlier
// version, or of a chapter that writes its own words, is cut by its lines.
func (l Letter) Sections() []Section {
	if len(l.Parts) > 0 {
		return l.Parts
	}
	var out []Section
	for i, line := range strings.Split(l.Body, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		s := Section{Text: line}
		switch {
		case line == l.Number:
			s.Align = docfile.AlignCentre
		case i < 5 && strings.HasSuffix(line, "：") && len(out) < 2:
			s.Align = docfile.AlignLeft
		}
		out = append(out, s)
	}
	return out
}
