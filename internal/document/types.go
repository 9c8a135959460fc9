// Package document holds what is published: works that keep their address for
// ever, editions that are never overwritten, the facts that decide validity on
// a date, and the relations between texts.
package document

import (
	"time"

	"gongkai/internal/officialdoc"
	"gongkai/internal/workday"
)

// Validity is the state of a work on a date (F-10..F-15).
type Validity string

const (
	NotYetInForce  Validity = "尚未施行" // F-10
	InForce        Validity = "有效"   // F-11
	PartlyRepealed Validity = "部分失效" // F-13
	Repealed       Validity = "废止"   // F-14
	Expired        Validity = "失效"   // F-15
)

// Edition standings on a date (F-11, F-12).
const (
	StandingCurrent = "现行"
	StandingAmended = "已修改"
)

// Basis says where the day an edition counts from was read.
type Basis string

const (
	BasisGiven    Basis = "given"    // the source states it
	BasisText     Basis = "text"     // a 施行 clause of the text itself: 据正文
	BasisPresumed Basis = "presumed" // its publication: 施行日期推定
	BasisUnknown  Basis = "unknown"  // 日期不详
)

// Chinese is what a page says of the basis.
func (b Basis) Chinese() string {
	switch b {
	case BasisGiven:
		return "来源载明"
	case BasisText:
		return "据正文"
	case BasisPresumed:
		return "施行日期推定"
	default:
		return "日期不详"
	}
}

// FactKind is a dated change to a work's validity.
type FactKind string

const (
	FactInForce      FactKind = "in_force"
	FactAmended      FactKind = "amended"
	FactRepealedPart FactKind = "repealed_part"
	FactRepealed     FactKind = "repealed"
	FactExpired      FactKind = "expired"
	FactWithdrawn    FactKind = "withdrawn"
	FactRestored     FactKind = "restored"
)

// Fact is one dated statement about a work's validity. A zero ValidOn is
// 日期不详. Provisions lists paths such as a12 or a12-2 for a part repeal.
type Fact struct {
	ID         int64
	Kind       FactKind
	ValidOn    workday.Date
	RecordedAt time.Time
	Authority  string // who or which text decided it
	ByWork     int64  // public id of the deciding work, 0 when unknown
	Reason     string
	Provisions []string
	Edition    int   // label of the edition whose source states it, 0 when it is of the work
	Supersedes int64 // id of the fact it replaces, 0 when none
}

// RelationKind links an edition to another work.
type RelationKind string

const (
	RelCites       RelationKind = "cites"
	RelBasedOn     RelationKind = "based_on"
	RelAmends      RelationKind = "amends"
	RelRepeals     RelationKind = "repeals"
	RelRepealsPart RelationKind = "repeals_part"
	RelForwards    RelationKind = "forwards"
	RelInterpreted RelationKind = "interprets"
)

// Chinese names the relation from the citing side.
func (k RelationKind) Chinese() string {
	switch k {
	case RelBasedOn:
		return "依据"
	case RelAmends:
		return "修改"
	case RelRepeals:
		return "废止"
	case RelRepealsPart:
		return "部分废止"
	case RelForwards:
		return "印发（转发）"
	case RelInterpreted:
		return "解读"
	default:
		return "引用"
	}
}

// Relation is a typed link from an edition (or one of its provisions) to a
// work (or one of its provisions). Work is 0 while the target is not in the library.
type Relation struct {
	Kind     RelationKind
	FromPath string
	Title    string // as the text writes it
	DocNo    string
	Work     int64 // public id, 0 when not in the library
	ToPath   string
	Validity Validity // of the target today, "" when not in the library
	Dateless bool     // the target is repealed on an unknown day
	Current  string   // title of the target in the library
}

// Backlink is a relation seen from its target.
type Backlink struct {
	Kind     RelationKind
	Work     int64
	Edition  int
	Title    string
	DocNo    string
	FromPath string
	ToPath   string
	Validity Validity
}

// OrganRef is an organ as an edition names it.
type OrganRef struct {
	ID   int64
	Code string
	Name string // the name it bore that day
	Now  string // its name today when that differs, else ""
	Role string // lead or joint
}

// File is an attachment or the source file of an edition.
type File struct {
	Position  int
	SHA256    string
	Name      string
	Size      int64
	MIME      string
	Role      string // source, attachment or picture
	TextState string // extracted, partial or none (未提取正文)
	Body      string // extracted text, only when asked for
}

// Record is a numbered correction to what we say about an edition.
type Record struct {
	No     int
	Field  string
	Old    string
	New    string
	Actor  string
	Reason string
	At     time.Time
}

// HistoryLine is a passing, revision or coming into force that the source names.
type HistoryLine struct {
	Date  workday.Date `json:"date,omitzero"`
	Event string       `json:"event"`
}

// Edition is a text as issued, with what we say about it today.
type Edition struct {
	ID             int64
	WorkID         int64 // internal
	Work           int64 // public id
	Label          int
	State          string // published, withdrawn or expunged
	Source         string
	ExternalID     string
	Title          string
	ShortTitle     string
	DocNo          string
	IndexNo        string
	RegistrationNo string
	Kind           string // 法律, 行政法规, 通知 …
	Category       string // branch of law, as the source sorts it
	Region         string // 山东 …; empty is national
	Attribute      string // 主动公开 …
	AdoptedOn      workday.Date
	PublishedOn    workday.Date
	EffectiveOn    workday.Date // as the source gives it
	ClauseOn       workday.Date // from the 施行 clause of its own text
	ExpiresOn      workday.Date
	SourceName     string // 信息来源
	SourceURL      string
	SourceStatus   string // the source's own flag
	Recipients     []string
	History        []HistoryLine
	Chars          int
	Articles       int
	Revision       int
	ReleasedAt     time.Time
	Organs         []OrganRef
	Topics         []string // two levels, 综合政务 then 其他

	// Computed from dates and facts:
	From     workday.Date // first day its text counts, zero when unknown
	Basis    Basis
	Until    workday.Date // first day the next edition counts, zero when none
	Standing string       // StandingCurrent or StandingAmended, on the day asked about
}

// Provision is one place in a text: rune offsets, anchor path, label.
type Provision struct {
	Kind    string // part subpart chapter section article paragraph item subitem heading preamble tail
	Path    string // a12, a12_1 (第十二条之一), a12-2 (its second 款), c3s2 …
	Label   string // 第十二条之一
	Heading string // 总则
	Start   int
	End     int
	Depth   int
}

// Placement is a work standing in a column.
type Placement struct {
	ColumnID    int64
	Code        string
	Name        string
	Type        string
	Description string
	Keywords    string
	Trail       []Crumb // site, parent columns, this column
}

// Crumb is one step of a path shown above a page.
type Crumb struct {
	Name string
	Href string // path without a variant prefix
}

// View is a work as a page or a command shows it for one day.
type View struct {
	Work         int64
	On           workday.Date // the day asked about
	Validity     Validity     // "" before the first text
	ValidityNote string       // 废止（日期不详） when that is so
	Since        workday.Date // the day Validity began, zero when unknown
	EndedBy      *Backlink    // the work that repealed it, when known
	ReplacedBy   *Backlink    // the work that took its place, when known
	Edition      *Edition     // the text that counted that day; nil before the first text
	Editions     []Edition    // all, oldest first; undated ones by label
	Text         string
	Provisions   []Provision
	DeadPaths    []string // provisions repealed in part by that day
	Facts        []Fact
	Relations    []Relation
	Backlinks    []Backlink
	Files        []File
	Records      []Record
	Placements   []Placement
	Previous     *Neighbour // 上一篇 in the first column
	Next         *Neighbour // 下一篇
	Owner        *OrganRef
	AskedEdition bool          // the text was chosen by its label, not by a day
	Takedowns    []TakedownAct // withdrawals and restorations, oldest first
	LogSeq       int64         // newest row of the publication log about this work
}

// Neighbour is a work next to another one in its column.
type Neighbour struct {
	Work  int64
	Title string
}

// Card is one line of a list.
type Card struct {
	Work      int64
	Title     string
	DocNo     string
	Kind      string
	Region    string
	OrganCode string
	OrganName string
	Topic     string
	Date      workday.Date // publication, else adoption
	From      workday.Date // in force since
	Validity  Validity
	Dateless  bool // repealed on an unknown day
	Editions  int
	Summary   string // one line of what it is
}

// Facet values a list can be narrowed by.
type Filter struct {
	Query    string // words in the title or a document number; empty is all
	Validity []string
	Kind     []string
	Region   []string // "national" is texts without a region
	Year     []string
	Organ    []string // organ codes
	Topic    []string // topic names
	Column   int64    // a column with its children; 0 is all
	Sort     string   // newest (default), oldest, force (in force since, newest first), title, work (public id; for whoever takes everything)
	Cursor   string   // opaque keyset position; empty is the first page
	Limit    int      // 1..100, default 20

	CardsOnly bool // leave the facets out, for lists that do not offer them
}

// FacetValue is one choice with its true count under the other choices.
type FacetValue struct {
	Value string
	Label string
	Count int
}

// Facet is one way to narrow a list.
type Facet struct {
	Name   string // validity kind region year organ topic
	Values []FacetValue
	More   int // values beyond those listed
}

// List is one page of cards with the true total.
type List struct {
	Cards    []Card
	Total    int
	Facets   []Facet
	Next     string // cursor of the next page, "" at the end
	Previous bool   // not the first page
}

// Column is a place on a site where works stand.
type Column struct {
	ID          int64
	Code        string
	Name        string
	Description string
	Keywords    string
	Type        string // E2a ColumnType: 政策文件, 信息公开指南 …
	Part        string // guide, rules, statutory or reports within 政府信息公开 (D-03), else ""
	Trail       []Crumb
	Children    []Column
	Count       int // works standing in it and below it
}

// Site is a government's website (E-60..E-68).
type Site struct {
	ID            int64
	Name          string
	Domain        string
	IDCode        string // 10-digit 政府网站标识码, "" until it is given
	ICP           string
	PoliceRecord  string
	Organiser     string
	Undertaker    string
	Contact       string
	IndexTemplate string
}

// Totals is what the library holds.
type Totals struct {
	Works        int
	Editions     int
	MultiEdition int // works with two or more texts
	Organs       int
	LogSize      int64
}

// FieldChange is a header fact that differs between two editions.
type FieldChange struct {
	Field string // 发文字号 …
	From  string
	To    string
}

// FileChange is an attachment present in one edition only, or changed.
type FileChange struct {
	Name   string
	Change string // added removed changed same
}

// Comparison is two editions of one work side by side.
type Comparison struct {
	Work     int64
	From, To Edition
	All      []Edition // for the pickers
	Segments []officialdoc.Segment
	Counts   officialdoc.Counts
	Header   []FieldChange
	Files    []FileChange
}

// At chooses the text of a work: by edition label when that is not 0, else by
// day; a zero day is today.
type At struct {
	On      workday.Date
	Edition int
	Staff   bool // texts of a withdrawn work too: never for a public page
}
