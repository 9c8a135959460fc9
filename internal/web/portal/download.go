package portal

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// shownWork is a work as the show command and the API write it: same keys.
type shownWork struct {
	Work        int64              `json:"work"`
	Title       string             `json:"title"`
	DocNo       *string            `json:"doc_no"`
	Organ       *string            `json:"organ"`
	Topics      []string           `json:"topics"`
	Validity    *document.Validity `json:"validity"`
	Edition     int                `json:"edition"`
	ExternalID  *string            `json:"external_id"`
	EffectiveOn *workday.Date      `json:"effective_on"`
	Basis       document.Basis     `json:"basis"`
	Text        string             `json:"text"`
}

// notYet is the answer for a day before the first text.
type notYet struct {
	Work     int64 `json:"work"`
	Validity *bool `json:"validity"` // always null
}

// forDownload reads the work that the address asks for; nil Edition means
// that day has no text.
func (p *Portal) forDownload(r *http.Request) (*document.View, error) {
	q, err := readWork(r)
	if err != nil {
		return nil, err
	}
	return p.deps.Library.View(r.Context(), q.id, q.at)
}

func (p *Portal) textForDownload(r *http.Request) (*document.View, error) {
	v, err := p.forDownload(r)
	if err == nil && v.Edition == nil {
		return nil, fault.New(fault.NotFound, "portal.textForDownload", textNoTextYet)
	}
	return v, err
}

func attach(w http.ResponseWriter, mime, title, ending string) {
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", contentDisposition("attachment", shorten(title, 80)+ending))
}

func (p *Portal) downloadText(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.downloadText %s", r.PathValue("id"))
	v, err := p.textForDownload(r)
	if err != nil {
		return err
	}
	attach(w, "text/plain; charset=utf-8", v.Edition.Title, ".txt")
	var b strings.Builder
	b.WriteString(v.Edition.Title + "\n")
	if v.Edition.DocNo != "" {
		b.WriteString(v.Edition.DocNo + "\n")
	}
	b.WriteString("\n" + v.Text)
	if !strings.HasSuffix(v.Text, "\n") {
		b.WriteString("\n")
	}
	_, err = w.Write([]byte(b.String()))
	return err
}

// downloadPage is a file that stands alone: no layout, no address of ours but one.
type downloadPage struct {
	Title   string
	DocNo   string
	Facts   []factRow
	Body    template.HTML
	Address string
}

func (p *Portal) downloadHTML(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.downloadHTML %s", r.PathValue("id"))
	v, err := p.textForDownload(r)
	if err != nil {
		return err
	}
	facts, _ := workFacts(v, stateOf(v))
	shown, err := p.embedded(r.Context(), v)
	if err != nil {
		return err
	}
	b, err := p.templates.RenderPart(requestOf(r.Context()).variant, "download", "document", &downloadPage{
		Title: v.Edition.Title, DocNo: v.Edition.DocNo, Facts: facts,
		Body:    writeText(v.Edition, v.Text, v.Provisions, deadNotes(v), nil, shown).Body,
		Address: requestOf(r.Context()).base + workPath(v.Work),
	})
	if err != nil {
		return err
	}
	attach(w, "text/html; charset=utf-8", v.Edition.Title, ".html")
	_, err = w.Write(b)
	return err
}

func (p *Portal) downloadJSON(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.downloadJSON %s", r.PathValue("id"))
	v, err := p.forDownload(r)
	if err != nil {
		return err
	}
	var body any = notYet{Work: v.Work}
	title := viewTitle(v)
	if e := v.Edition; e != nil {
		s := shownWork{
			Work: v.Work, Title: e.Title, DocNo: orNull(e.DocNo), Organ: orNull(organNames(e)), Topics: append([]string{}, e.Topics...),
			Edition: e.Label, ExternalID: orNull(e.ExternalID), Basis: e.Basis, Text: v.Text,
		}
		if v.Validity != "" {
			s.Validity = &v.Validity
		}
		if !e.From.IsZero() {
			s.EffectiveOn = &e.From
		}
		body = s
	}
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	attach(w, "application/json; charset=utf-8", title, ".json")
	_, err = w.Write(append(b, '\n'))
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
