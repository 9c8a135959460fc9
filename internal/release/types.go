// Package release is the way of a text to the public: a draft with its
// disclosure attribute fixed at the source, checks, the five gates with the
// secrecy review of every item, sign-off by another person, and publication
// now, at a set time or to a limited audience (handbook A1–A7, F3). The slip
// is a case of the kernel; what is withheld becomes a case that comes up for
// review again, and what is taken down one with its own clock.
package release

import (
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// The three workflows of the room.
const (
	SlipKind     casework.Kind = "release"
	WithheldKind casework.Kind = "withheld"
	TakedownKind casework.Kind = "takedown"
)

// Attribute is whether a text is disclosed.
type Attribute string

// The three values of A-10; limited scope is an audience, not a value.
const (
	Proactive Attribute = "主动公开"
	OnRequest Attribute = "依申请公开"
	Withheld  Attribute = "不予公开"
)

// Attributes lists the three values in order.
var Attributes = []Attribute{Proactive, OnRequest, Withheld}

// Paper is the text of a slip with its header facts, as it would be published.
type Paper struct {
	Title          string       `json:"title"`
	DocNo          string       `json:"doc_no,omitempty"`
	IndexNo        string       `json:"index_no,omitempty"`
	RegistrationNo string       `json:"registration_no,omitempty"` // 统一编号 of a normative document (F-08, F-27)
	Kind           string       `json:"kind,omitempty"`            // one of the kinds of F4, as 通知
	Organs         []string     `json:"organs,omitempty"`          // the lead organ first
	AdoptedOn      workday.Date `json:"adopted_on,omitzero"`
	EffectiveOn    workday.Date `json:"effective_on,omitzero"`
	ExpiresOn      workday.Date `json:"expires_on,omitzero"`
	Recipients     []string     `json:"recipients,omitempty"`
	Topics         []string     `json:"topics,omitempty"`
	Columns        []string     `json:"columns,omitempty"`     // codes
	SourceName     string       `json:"source_name,omitempty"` // where a forwarded text comes from
	SourceURL      string       `json:"source_url,omitempty"`
	Text           string       `json:"text"`
	Repeals        []Repeal     `json:"repeals,omitempty"`
}

// Repeal is an earlier text that this one ends (F-17).
type Repeal struct {
	Work  int64        `json:"work"` // public id
	Title string       `json:"title"`
	On    workday.Date `json:"on,omitzero"` // zero: the day this text takes effect
}

// Traits are what the office knows of a text beyond its words; guards ask them.
type Traits struct {
	Policy         bool     `json:"policy,omitempty"`          // a policy document (A-12, W18-2.1d)
	PublicInterest bool     `json:"public_interest,omitempty"` // concerns the public interest
	Disclosure     string   `json:"disclosure,omitempty"`      // what the text itself says will be public (W18-2.1d)
	Normative      bool     `json:"normative,omitempty"`       // 行政规范性文件 (F-20)
	VitalInterest  bool     `json:"vital_interest,omitempty"`  // major impact on rights and duties (F-21)
	Consulted      string   `json:"consulted,omitempty"`       // how the public was asked, or why not (F-21)
	Materials      string   `json:"materials,omitempty"`       // what goes to the legality review (F-23)
	OwnLegality    string   `json:"own_legality,omitempty"`    // the drafting unit's own legality opinion (F-23, F-25)
	Discussion     string   `json:"discussion,omitempty"`      // when and where it was discussed collectively (F-26)
	Market         bool     `json:"market,omitempty"`          // touches business activity (F-34)
	FairOutcome    string   `json:"fair_outcome,omitempty"`    // conclusion of the fair-competition review
	Others         bool     `json:"others,omitempty"`          // touches another organ
	Agreed         string   `json:"agreed,omitempty"`          // how it was agreed with them
	Cosigned       string   `json:"cosigned,omitempty"`        // of a joint text: a line each other organ, who signed for it and when
	NeedsApproval  bool     `json:"needs_approval,omitempty"`  // a law wants an approval first
	Approval       string   `json:"approval,omitempty"`        // its number and day
	Statutory      string   `json:"statutory,omitempty"`       // item of article 20, P01–P15
	Duty           string   `json:"duty,omitempty"`            // rule of the publishing clock: "" is A-30; A-31.licence, A-32 …
	Personal       string   `json:"personal,omitempty"`        // why personal data stay in: consent, duty, punishment, compulsory
	PersonalNote   string   `json:"personal_note,omitempty"`
	Assessment     string   `json:"assessment,omitempty"`   // number of the impact assessment
	SecretDoubt    bool     `json:"secret_doubt,omitempty"` // slip without text: the text must not enter the system
	Late           string   `json:"late,omitempty"`         // why it goes out after its last day
	Channels       []string `json:"channels,omitempty"`     // where it goes beside the site: see ChannelNames
	Clarifies      string   `json:"clarifies,omitempty"`    // false information that this text puts right
}

// Grounds on which personal data may stay in a published text.
var PersonalGrounds = []struct{ Code, Name string }{
	{"consent", "已取得本人单独同意"}, {"duty", "履行法定职责必需"}, {"punishment", "依法惩戒公示"}, {"compulsory", "依法强制披露"},
}

// GateName is one check that a text passes before sign-off.
type GateName string

// The five gates (五关) and those that only some texts need.
const (
	Political GateName = "political"
	Legal     GateName = "legal"
	Policy    GateName = "policy"
	Secrecy   GateName = "secrecy"
	Wording   GateName = "wording"
	Unit      GateName = "unit"     // the disclosure unit looks at what is not public
	Legality  GateName = "legality" // 合法性审核 of a normative document (F-22)
	// OwnSecrecy is the review by the organ that publishes what a department
	// drafted for it: who publishes reviews.
	OwnSecrecy GateName = "own_secrecy"
)

// FiveGates are those of every text, in the order of the paper slip.
var FiveGates = []GateName{Political, Legal, Policy, Secrecy, Wording}

// Chinese names a gate.
func (g GateName) Chinese() string {
	return map[GateName]string{Political: "政治关", Legal: "法律关", Policy: "政策关", Secrecy: "保密关", Wording: "文字关",
		Unit: "公开属性复核", Legality: "合法性审核", OwnSecrecy: "公开机关保密审查"}[g]
}

// The states of a gate.
const (
	Waiting  = "waiting"
	Passed   = "passed"
	Returned = "returned"
	Referred = "referred" // 报请确定
)

// Gate is one gate in one round.
type Gate struct {
	Round    int
	Name     GateName
	State    string
	Reviewer string // name as it stands on the slip
	Login    string
	At       time.Time
	Opinion  string
	Outcome  string // of the legality review: 合法, 不合法, 应当予以修改 (F-24)
	Offline  bool   // seen on paper or in the office system
}

// Finding is what a check found in the text.
type Finding struct {
	Mark    string // the same for the same words under the same rule
	Rule    string
	Level   string // block, confirm, hint, unsure: unsure is a part that could not be opened
	Place   string // Chinese: where, as 正文 or 附件 1“名单”
	From    int    // runes of the text, when Place is the text
	To      int
	Words   string
	Suggest string
	Why     string
	State   string
	Said    string
	Login   string
}

// The states of a finding. One that is gone from the text without having been
// dismissed counts as accepted; a part that could not be opened is signed for.
const (
	Open      = "open"
	Dismissed = "dismissed"
	Signed    = "signed"
)

// File is something that belongs to a slip.
type File struct {
	ID     int64
	Role   string // original, attachment, scan, material, picture
	Name   string
	SHA256 string
	Size   int64
	MIME   string
}

// The roles of files.
const (
	Original   = "original"
	Attachment = "attachment"
	Scan       = "scan"
	Material   = "material"
	Picture    = "picture" // stands in the text, beside its mark
)

// Slip is a release as it stands.
type Slip struct {
	Case      int64
	Organ     int64
	OrganName string // as it bears it today
	Drafter   string // login
	Paper     Paper
	Version   int
	Checked   int    // the version that the checks have seen
	Opened    string // how the text came: word, paste, finished, blank
	Traits    Traits
	Attribute Attribute
	Reason    string
	Ground    string
	Listed    int64  // entry of the negative list that ground and reason came from, 0 for none
	Audience  string // a limited audience in words; "" is everybody
	For       int64  // the government for which a department drafts (代拟稿, A-13)
	ForName   string // its name today
	BaseWork  int64  // public id of the work that this text amends, 0 for a new one
	BaseLabel int    // the edition that the draft was made from
	FormedOn  workday.Date
	Urgent    string // reason of the emergency lane
	SignedBy  string
	SignedHow string // system, paper, office
	SignedAt  time.Time
	PlannedAt time.Time // zero: as soon as it is signed
	ReleaseAt time.Time // when it goes out; undo is possible until then
	Released  time.Time
	Mended    string // what was done since a review afterwards found it wrong: 更正, 撤下
	Work      int64
	Label     int
	Failed    string // why the last attempt to publish failed
	Gates     []Gate // of the present round
	Round     int
	Findings  []Finding // that are in the present text
	Files     []File
	Channels  []Channel
	Body      *ReviewBody // who reviews before publication; nil when nobody is named
	ForBody   *ReviewBody // that of the government for which it is drafted (F-25)
	Current   int         // newest edition of BaseWork, 0 for none
	// Why the works that the slip amends and repeals are not its own to change.
	BaseRefused, RepealRefused string
}

// Gate finds a gate of the present round.
func (s *Slip) Gate(n GateName) (Gate, bool) {
	for _, g := range s.Gates {
		if g.Name == n {
			return g, true
		}
	}
	return Gate{}, false
}

// Public reports a text that goes to the public or to a limited audience.
func (s *Slip) Public() bool { return s.Attribute == Proactive }

// Channel is a place beside the site where a text goes, with its result.
type Channel struct {
	Name    string
	State   string // waiting, done, failed, unclear
	Address string // 回填网址
	Note    string
	At      time.Time
}

// ReviewBody is an organ's mechanism of review before publication.
type ReviewBody struct {
	Organ       int64
	Body        string
	Responsible string
	Procedure   string
	Legality    int64 // organ whose people do the legality review (F-25), 0: the organ itself
}

// undoTime is how long a signed text waits, visibly, before it goes out.
const undoTime = 5 * time.Minute

// StatutoryItems are the matters of article 20 (handbook A5).
var StatutoryItems = []struct{ Code, Name string }{
	{"P01", "行政法规、规章和规范性文件"}, {"P02", "机关职能、机构设置、联系方式、负责人"}, {"P03", "规划计划"}, {"P04", "统计信息"},
	{"P05", "行政许可和其他对外管理服务事项及结果"}, {"P06", "行政处罚、行政强制"}, {"P07", "预算、决算"}, {"P08", "行政事业性收费"}, {"P09", "政府采购"},
	{"P10", "重大建设项目"}, {"P11", "扶贫、教育、医疗、社会保障、就业"}, {"P12", "突发公共事件应急"}, {"P13", "环境、卫生、安全生产、食品药品、产品质量监督检查"},
	{"P14", "公务员招考"}, {"P15", "其他法定应当主动公开的信息"},
}
