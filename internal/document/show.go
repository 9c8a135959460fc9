package document

import (
	"bytes"
	"encoding/json"
)

// Shown is a work as the show command and the public JSON give it.
type Shown struct {
	Work         int64    `json:"work"`
	Title        string   `json:"title"`
	DocNo        string   `json:"doc_no,omitempty"`
	Organ        string   `json:"organ,omitempty"`
	Topics       []string `json:"topics"`
	Validity     string   `json:"validity"`
	ValidityNote string   `json:"validity_note,omitempty"`
	Edition      int      `json:"edition"`
	ExternalID   string   `json:"external_id,omitempty"`
	EffectiveOn  string   `json:"effective_on,omitempty"`
	Basis        Basis    `json:"basis"`
	Text         string   `json:"text"`
}

// JSON is the promised form of a View; before the first text only the work and
// a null validity.
func (v *View) JSON() any {
	if v.Edition == nil {
		return struct {
			Work     int64   `json:"work"`
			Validity *string `json:"validity"`
		}{Work: v.Work}
	}
	e := v.Edition
	validity := string(v.Validity)
	switch {
	case v.AskedEdition && e.From.After(v.On):
		validity = string(NotYetInForce)
	case v.AskedEdition && e.Standing == StandingAmended:
		validity = StandingAmended // of an edition, not of the work (F-12)
	}
	return Shown{Work: v.Work, Title: e.Title, DocNo: e.DocNo, Organ: e.OrganNames(), Topics: nonNil(e.Topics),
		Validity: validity, ValidityNote: v.ValidityNote, Edition: e.Label, ExternalID: e.ExternalID,
		EffectiveOn: e.From.String(), Basis: e.Basis, Text: v.Text}
}

// Line is a value as one line of JSON without HTML escaping.
func Line(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
