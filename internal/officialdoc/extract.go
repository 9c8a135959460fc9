package officialdoc

import "gongkai/internal/workday"

// Facts are what an official document's own text says about it (Z25-0.1,
// ZC21-T01). The first law is: an absent fact is an absent field, never a
// guess. A number, a date or an organ is read only where a document states its
// own (header fields, the lines around the title, the signature, the notes
// below it), never out of running text and never from a citation.
type Facts struct {
	Title string `json:"title,omitempty"`
	DocNo string `json:"doc_no,omitempty"` // 发文字号, as printed
	// Organ is the issuing organ (发文机关), the first of Organs when several issue jointly.
	Organ  string   `json:"organ,omitempty"`
	Organs []string `json:"organs,omitempty"`

	AdoptedOn   workday.Date `json:"adopted_on,omitzero"`   // 成文日期: field or 落款
	PublishedOn workday.Date `json:"published_on,omitzero"` // 发文日期, 发布日期 or the page's own date
	PrintedOn   workday.Date `json:"printed_on,omitzero"`   // 印发日期 of the 版记
	EffectiveOn workday.Date `json:"effective_on,omitzero"` // 施行日期 field, or the text's own 施行 clause
	ExpiresOn   workday.Date `json:"expires_on,omitzero"`   // 失效日期 field

	Attribute  string   `json:"attribute,omitempty"` // 主动公开, 依申请公开 or 不予公开
	IndexNo    string   `json:"index_no,omitempty"`
	Recipients []string `json:"recipients,omitempty"` // 主送机关 in the script of the source
	Kind       string   `json:"kind,omitempty"`       // 文种, in simplified characters
	Topics     []string `json:"topics,omitempty"`     // 主题分类, outer level first

	Sections    []Section `json:"sections,omitempty"`
	Attachments []string  `json:"attachments,omitempty"`

	Source         string `json:"source,omitempty"`          // 信息来源 of a page
	SourceTime     string `json:"source_time,omitempty"`     // YYYY-MM-DD HH:MM, only when the page gives a time
	Validity       string `json:"validity,omitempty"`        // 有效性 as the page states it
	ExpiresNote    string `json:"expires_note,omitempty"`    // 有效期5年, as the text states it
	RegistrationNo string `json:"registration_no,omitempty"` // 统一编号 of the register of normative documents

	// Body is the document proper in runes: no navigation, header table,
	// footer, sharing lines or injected advertising.
	Body     Span     `json:"body"`
	Warnings []string `json:"warnings,omitempty"` // Chinese sentences for the clerk
	Marks    []Mark   `json:"marks,omitempty"`    // where each fact was read
}

// Span is a range of runes, end exclusive.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Section is a numbered part of the document: heading or article. Path is the
// anchor of its provision (h2-1, c3, a12).
type Section struct {
	Path    string `json:"path"`
	Heading string `json:"heading,omitempty"`
	Text    string `json:"text,omitempty"` // its own words, without its subsections
}

// Mark says in which runes of the text a fact was read. Field is the JSON name.
type Mark struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Extract reads the facts of one document out of its plain text (LF lines). It
// never fails: what cannot be read is absent, and Warnings say what a person
// should look at. Its cost is linear in the length of the text.
func Extract(text string) Facts {
	x := extractor{lines: extractSplit(text)}
	x.cutTail()
	x.readHead()
	x.readSignature()
	x.readNotes()
	x.readAttachments()
	x.chooseTitle()
	x.chooseNumber()
	x.chooseOrgans()
	x.readBody(text)
	x.warn()
	return x.f
}

// extractor carries the lines and what has been read so far.
type extractor struct {
	f     Facts
	lines []extractLine

	head  int // first line of the document's text: recipients, paragraph or heading
	tail  int // line after the document's last
	docAt int // first line of the document proper, after page furniture

	titles  []extractTitle // candidates in the head, in order
	numbers []extractPiece // numbers that stand in document position, in order
	red     []extractPiece // organs named by the red head (机关名+文件)
	field   map[string]extractPiece

	signOrgans []extractPiece
	signAt     int // line of the signature's date (or lone organ), -1 without
	signDate   extractPiece
	annexes    []Mark         // where names of annexes stand, in the order of the text
	quoted     map[string]int // TitleKey of a 《》 in the document -> first line that names it
	spam       []int          // numbers (from 1) of lines left out as 疑似暗链
}

// extractPiece is a value and the runes it was read from.
type extractPiece struct {
	text       string
	start, end int
	line       int
}

func (x *extractor) mark(field string, start, end int) {
	x.f.Marks = append(x.f.Marks, Mark{field, start, end})
}

func (x *extractor) markPiece(field string, p extractPiece) { x.mark(field, p.start, p.end) }
