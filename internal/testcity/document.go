package testcity

// Document is one line of the record format in which all documents are
// handed out: the fields of the law collection, and what official pages add.
// Dates are ISO text as the source gives them, unread.
type Document struct {
	ID             string        `json:"id"`
	WorkID         string        `json:"work_id"`
	Version        int           `json:"version"`
	Title          string        `json:"title"`
	TitleByLibrary bool          `json:"title_given_by_library,omitempty"` // the text itself has no title
	ShortName      string        `json:"short_name,omitempty"`
	Type           string        `json:"type,omitempty"`
	Category       string        `json:"category,omitempty"`
	Region         string        `json:"region,omitempty"`
	IssuingBody    string        `json:"issuing_body,omitempty"`
	Organs         []string      `json:"organs,omitempty"` // in place of issuing_body, lead first
	DocNo          string        `json:"doc_no,omitempty"`
	IndexNo        string        `json:"index_no,omitempty"`
	RegistrationNo string        `json:"registration_no,omitempty"`
	Attribute      string        `json:"attribute,omitempty"`
	AdoptedOn      string        `json:"adopted_on,omitempty"`
	PublishDate    string        `json:"publish_date,omitempty"`
	EffectiveDate  string        `json:"effective_date,omitempty"`
	ExpiresOn      string        `json:"expires_on,omitempty"` // last day in force
	Status         string        `json:"status,omitempty"`
	Recipients     []string      `json:"recipients,omitempty"`
	Topics         []string      `json:"topics,omitempty"`  // the path from the top: 综合政务, 政务公开
	Columns        []string      `json:"columns,omitempty"` // codes of Columns
	URL            string        `json:"url,omitempty"`
	SourceName     string        `json:"source_name,omitempty"`
	SourceKind     string        `json:"source_kind,omitempty"` // what the text was taken from
	History        []HistoryLine `json:"history,omitempty"`
	Facts          []Fact        `json:"facts,omitempty"`
	Attachments    []Attachment  `json:"attachments,omitempty"`
	Text           string        `json:"text"`
}

// HistoryLine is a passing, revision or coming into force that a source names.
type HistoryLine struct {
	Date  string `json:"date"`
	Event string `json:"event"`
}

// Fact is a dated statement about validity: repealed, repealed_part, expired,
// withdrawn, restored, in_force or amended. By is the title of the deciding
// text; Provisions are paths such as a17 or a12_1 (第十二条之一).
type Fact struct {
	Kind       string   `json:"kind"`
	ValidOn    string   `json:"valid_on,omitempty"`
	Authority  string   `json:"authority,omitempty"`
	By         string   `json:"by,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Provisions []string `json:"provisions,omitempty"`
}

// Attachment is a file that comes with a document; Data is base64 in JSON.
type Attachment struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}
