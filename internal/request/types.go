package request

import (
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

// Kind is the workflow of a request.
const Kind casework.Kind = "request"

// ApplicantKind is who asks, as table three of the annual report counts.
type ApplicantKind string

// The kinds of applicants.
const (
	Natural  ApplicantKind = "natural"
	Business ApplicantKind = "business"
	Research ApplicantKind = "research"
	Charity  ApplicantKind = "charity"
	LawFirm  ApplicantKind = "law_firm"
	OtherOrg ApplicantKind = "other"
)

// ApplicantKinds lists them with their names.
var ApplicantKinds = []struct {
	Kind ApplicantKind
	Name string
}{{Natural, "公民"}, {Business, "商业企业"}, {Research, "科研机构"}, {Charity, "社会公益组织"}, {LawFirm, "法律服务机构"}, {OtherOrg, "其他组织"}}

// Ways of obtaining information.
var Ways = []struct{ Code, Name string }{{"electronic", "电子文件"}, {"paper", "纸质"}, {"inspect", "查阅、抄录"}}

// Deliveries are the channels by which the answer shall come.
var Deliveries = []struct{ Code, Name string }{{"online", "在本网站查看"}, {"mail", "电子邮箱"}, {"post", "邮寄"}, {"counter", "当面领取"}, {"fax", "传真"}}

// Applicant is who asks; it lies sealed in the library.
type Applicant struct {
	Kind    ApplicantKind `json:"kind"`
	Name    string        `json:"name"`
	Proof   string        `json:"proof"`   // number of the identity card, or unified credit code
	Leader  string        `json:"leader"`  // legal representative of an organisation
	Contact string        `json:"contact"` // contact person of an organisation
	Phone   string        `json:"phone"`
	Mail    string        `json:"mail"`
	Address string        `json:"address"`
}

// Item is one matter of a request with its decision.
type Item struct {
	What    string  `json:"what"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
	Way     string  `json:"way,omitempty"`     // how and where to get it
	Search  string  `json:"search,omitempty"`  // where was looked, by whom, with which words
	Content string  `json:"content,omitempty"` // what is given
	Owner   string  `json:"owner,omitempty"`   // who has it, with contact
	// Grounds are why the withheld part of a PARTIAL item is withheld (A3, A8.5).
	Grounds []Outcome `json:"grounds,omitempty"`
	Harm    string    `json:"harm,omitempty"` // what disclosure would harm (A3: DENY_SAFETY, DENY_THIRD)
	Sort    string    `json:"sort,omitempty"` // which of the kinds of article 16
}

// Decision is what the office decided on a request.
type Decision struct {
	Items   []Item    `json:"items"`
	Outcome Outcome   `json:"outcome"`
	Facts   string    `json:"facts,omitempty"` // what the letter tells of the proceedings beside its own lines
	Form    OtherForm `json:"form,omitzero"`
}

// Letter is a letter as it was issued.
type Letter struct {
	ID       int64
	Kind     string
	Number   string
	Title    string
	Body     string
	IssuedOn workday.Date
	Read     time.Time
	Template string // id of the template, "" for words of a chapter's own
	Version  int    // of the template
	Parts    []Section
	Files    []LetterFile
}

// Message is a word between applicant and office. Body is opened by
// Conversation only.
type Message struct {
	ID    int64
	From  bool   // from the applicant
	Login string // of the officer, "" from the applicant
	Body  string
	At    time.Time
	Read  time.Time // when the other side first saw it; zero while nobody did
}

// Request is a request as it stands. The applicant is read only by Reveal.
type Request struct {
	Case       int64
	Organ      int64
	Channel    clock.Channel
	Kind       ApplicantKind
	Content    string
	Features   string
	Way        string
	Delivery   string
	Electronic bool // the applicant agreed to electronic service
	FilledBy   string
	Submitted  time.Time
	ReceivedOn workday.Date // zero until it is confirmed
	Decision   Decision
	Outcome    Outcome
	LetterNo   string
	SignedBy   string
	SignedAt   time.Time
	ServedOn   workday.Date
	ServedHow  string
	Proof      string
	Letters    []Letter
	Draft      LetterDraft
	Messages   []Message
	Material   Materials // documents, see material.go
	Rating     *Rating   // nil while the applicant has not rated the answer
	Intake     Intake    // how it came in, and what it has to do with other requests
	Profile    *Profile  // of the answering organ; nil while nobody has entered it
	Repeats    int       // earlier requests of the same applicant to this organ; what others were asked stays theirs
	Fee        Fee
	Work       Work
	Disputes   []*Dispute // about its answer, the newest first
	Service    Service
	Examples   []Example // editions of its entry in the library of cases, the newest first
}

// The kinds of letters (A8.7).
const (
	LetterReceipt    = "receipt"
	LetterCorrection = "correction"
	LetterExtension  = "extension"
	LetterThird      = "third_party"
	LetterAnswer     = "answer"
)
