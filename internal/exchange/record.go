package exchange

import (
	"encoding/json"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"gongkai/internal/officialdoc"
)

// record is a document in the words of an imported line: the fields are those
// of a JSONL source of the library.
type record struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Type        string       `json:"type,omitempty"`
	Organs      []string     `json:"organs,omitempty"`
	DocNo       string       `json:"doc_no,omitempty"`
	IndexNo     string       `json:"index_no,omitempty"`
	RegNo       string       `json:"registration_no,omitempty"`
	Attribute   string       `json:"attribute,omitempty"`
	AdoptedOn   string       `json:"adopted_on,omitempty"`
	PublishDate string       `json:"publish_date,omitempty"`
	Effective   string       `json:"effective_date,omitempty"`
	ExpiresOn   string       `json:"expires_on,omitempty"`
	Status      string       `json:"status,omitempty"`
	Recipients  []string     `json:"recipients,omitempty"`
	Topics      []string     `json:"topics,omitempty"`
	Columns     []string     `json:"columns,omitempty"`
	URL         string       `json:"url"`
	SourceName  string       `json:"source_name,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
	Text        string       `json:"text"`
	Notes       []string     `json:"notes,omitempty"` // for the line that the import prints
}

type attachment struct {
	Name string `json:"name"`
	Data []byte `json:"data"` // base64 in JSON
}

func (r *record) line() ([]byte, error) { return json.Marshal(r) }

// newRecord reads a page's words through the anatomy of official documents,
// like a file, and adds what the page itself states.
func newRecord(address string, p *page, header, text string, notes []string) *record {
	whole := text
	if p.title != "" && !strings.HasPrefix(strings.TrimSpace(text), p.title) {
		whole = p.title + "\n" + whole
	}
	offset := 0
	if header != "" {
		offset = utf8.RuneCountInString(header) + 1
		whole = header + "\n" + whole
	}
	f := officialdoc.Extract(whole)
	r := &record{ID: address, URL: address, Title: p.title, Type: f.Kind, Organs: f.Organs, DocNo: f.DocNo, IndexNo: f.IndexNo, RegNo: f.RegistrationNo,
		Attribute: f.Attribute, AdoptedOn: f.AdoptedOn.String(), PublishDate: p.date, ExpiresOn: f.ExpiresOn.String(), Status: f.Validity,
		Recipients: f.Recipients, Topics: f.Topics, SourceName: p.source, Notes: append(notes, f.Warnings...)}
	if r.Title == "" {
		r.Title = f.Title
	}
	if r.PublishDate == "" {
		r.PublishDate = f.PublishedOn.String()
	}
	if r.SourceName == "" {
		r.SourceName = f.Source
	}
	if !f.EffectiveOn.IsZero() {
		// A clause of the text is computed again from the text; only a field of
		// the page is what the source gives (design section 8).
		if clause, ok := officialdoc.EffectiveClause(text); !ok || clause.Date != f.EffectiveOn {
			r.Effective = f.EffectiveOn.String()
		}
	}
	runes := []rune(whole)
	start, end := f.Body.Start, f.Body.End
	if end <= start || end > len(runes) {
		start, end = offset, len(runes)
	}
	r.Text = strings.Trim(string(runes[start:end]), "\n")
	return r
}

// fileName names an attachment as the page does, with its ending.
func fileName(text string, u *url.URL) string {
	last := path.Base(u.Path)
	ext := path.Ext(last)
	for _, pair := range strings.Split(u.RawQuery, "&") { // downfile.jsp?filename=a.pdf
		_, value, _ := strings.Cut(pair, "=")
		if v, err := url.QueryUnescape(value); err == nil && fileEnds[strings.ToLower(afterDot(v))] && !fileEnds[extension(u)] {
			last = path.Base(strings.ReplaceAll(v, `\`, "/"))
			ext = path.Ext(last)
		}
	}
	if !fileEnds[strings.ToLower(strings.TrimPrefix(ext, "."))] {
		ext = ""
	}
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return ' '
		}
		return r
	}, text)
	text = squeeze(text)
	switch {
	case fileEnds[strings.ToLower(afterDot(text))]:
		return clip(text, 150)
	case utf8.RuneCountInString(text) >= 3 && !strings.Contains(text, "下载") && ext != "":
		return strings.TrimSuffix(clip(text, 150), "…") + ext
	case utf8.ValidString(last) && last != "/" && last != ".":
		return clip(last, 150)
	}
	return "附件" + ext
}
