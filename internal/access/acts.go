package access

// Act is something that needs a right. Each stands once in the table below.
type Act string

const (
	// OwnAccount is one's own password, second factor and sessions.
	OwnAccount Act = "own_account"
	// UseOffice opens the office at all.
	UseOffice Act = "use_office"
	// ManagePeople lists, adds and disables accounts and gives roles.
	ManagePeople Act = "manage_people"
	// ViewOrgans sees the tree of organs in the office.
	ViewOrgans Act = "view_organs"
	// ManageOrgans changes names, parents, facts and mergers.
	ManageOrgans Act = "manage_organs"
	// SearchAudit looks into the audit log.
	SearchAudit Act = "search_audit"
	// WatchOutbox sees what became of messages that left the office, and resends.
	WatchOutbox Act = "watch_outbox"
	// Configure changes sites, columns and settings.
	Configure Act = "configure"

	// ReadDraft sees unpublished texts and cases.
	ReadDraft Act = "read_draft"
	// WriteDraft makes and changes drafts.
	WriteDraft Act = "write_draft"
	// ImportDocuments brings documents in through the import desk.
	ImportDocuments Act = "import_documents"
	// CorrectRecord adds a numbered record to a published edition.
	CorrectRecord Act = "correct_record"
	// ReleaseHistorical publishes an imported document as a historical one.
	ReleaseHistorical Act = "release_historical"
	// MergeWorks joins doubles and relates documents.
	MergeWorks Act = "merge_works"
	// ReviewDraft passes or returns a draft.
	ReviewDraft Act = "review_draft"
	// ReviewAttribute is the disclosure unit's own look at a proposed attribute.
	ReviewAttribute Act = "review_attribute"
	// ReviewSecrecy decides the secrecy gate.
	ReviewSecrecy Act = "review_secrecy"
	// ReviewLegality decides the legality gate.
	ReviewLegality Act = "review_legality"
	// SignOff signs a release.
	SignOff Act = "sign_off"
	// Withdraw takes published content down or restores it.
	Withdraw Act = "withdraw"
	// HandleRequest works on a request for information or a letter.
	HandleRequest Act = "handle_request"
	// SeeRequest opens a request for information with its documents and letters,
	// to review or sign it; who asked is not part of it.
	SeeRequest Act = "see_request"
	// ApproveExtension is the disclosure unit's head giving more time.
	ApproveExtension Act = "approve_extension"
	// Supervise sees the board and urges.
	Supervise Act = "supervise"
	// Inspect runs checks of sites.
	Inspect Act = "inspect"
	// SetDeputies appoints who acts for somebody absent.
	SetDeputies Act = "set_deputies"
	// LoadCalendar brings in a year's notice of holidays (handbook G).
	LoadCalendar Act = "load_calendar"
)

// rule is one line of the table: who may, whether the act touches content, and
// whether somebody may do it to what they drafted themselves.
type rule struct {
	act     Act
	roles   []Role
	content bool
	second  bool // needs a second person: never the drafter
}

// keepers are the roles that work on content.
var keepers = []Role{Clerk, Reviewer, SecrecyReviewer, LegalityReviewer, Signer, DisclosureOfficer, Head, LibraryManager}

// rules is the one table of rights. The system administrator stands in no line
// that touches content (design section 7), a test holds that.
var rules = []rule{
	{act: OwnAccount, roles: Roles[1:]},
	{act: UseOffice, roles: StaffRoles},
	{act: ManagePeople, roles: []Role{SystemAdmin}},
	{act: ViewOrgans, roles: []Role{SystemAdmin, LibraryManager, DisclosureOfficer, Head, Supervisor, Inspector}},
	{act: ManageOrgans, roles: []Role{SystemAdmin, LibraryManager}},
	{act: SearchAudit, roles: []Role{SystemAdmin, Supervisor, Inspector}},
	{act: WatchOutbox, roles: []Role{SystemAdmin, Supervisor}},
	{act: Configure, roles: []Role{SystemAdmin}},

	{act: ReadDraft, roles: append([]Role{Supervisor}, keepers...), content: true},
	{act: WriteDraft, roles: []Role{Clerk, DisclosureOfficer, LibraryManager}, content: true},
	{act: ImportDocuments, roles: []Role{Clerk, LibraryManager}, content: true},
	{act: CorrectRecord, roles: []Role{LibraryManager}, content: true},
	{act: ReleaseHistorical, roles: []Role{LibraryManager}, content: true},
	{act: MergeWorks, roles: []Role{LibraryManager}, content: true},
	{act: ReviewDraft, roles: []Role{Reviewer, DisclosureOfficer, Head}, content: true, second: true},
	{act: ReviewAttribute, roles: []Role{DisclosureOfficer}, content: true, second: true},
	{act: ReviewSecrecy, roles: []Role{SecrecyReviewer}, content: true, second: true},
	{act: ReviewLegality, roles: []Role{LegalityReviewer}, content: true, second: true},
	{act: SignOff, roles: []Role{Signer, Head}, content: true, second: true},
	{act: Withdraw, roles: []Role{DisclosureOfficer, Head, LibraryManager}, content: true},
	{act: HandleRequest, roles: []Role{Clerk, DisclosureOfficer, Head}, content: true},
	{act: SeeRequest, roles: []Role{Clerk, LegalityReviewer, Signer, DisclosureOfficer, Head}, content: true},
	{act: ApproveExtension, roles: []Role{DisclosureOfficer, Head}, content: true},
	{act: Supervise, roles: []Role{Supervisor, Head, DisclosureOfficer}},
	{act: Inspect, roles: []Role{Inspector, Supervisor}},
	{act: SetDeputies, roles: []Role{Head, Supervisor}},
	{act: LoadCalendar, roles: []Role{SystemAdmin, Supervisor, DisclosureOfficer}},
}

func ruleOf(act Act) (rule, bool) {
	for _, r := range rules {
		if r.act == act {
			return r, true
		}
	}
	return rule{}, false
}

// May reports whether a role allows an act at all, wherever it is held. The
// permission matrix of the routes is made from it.
func May(r Role, act Act) bool {
	line, ok := ruleOf(act)
	if !ok {
		return false
	}
	for _, x := range line.roles {
		if x == r {
			return true
		}
	}
	return false
}

// TouchesContent reports an act on content; roles that allow one cannot be
// held beside that of the system administrator.
func TouchesContent(act Act) bool {
	line, ok := ruleOf(act)
	return ok && line.content
}

// worksOnContent reports a role that allows any act on content.
func worksOnContent(r Role) bool {
	for _, line := range rules {
		if line.content && May(r, line.act) {
			return true
		}
	}
	return false
}

// CaseActs lists the acts that a waiting step of a case may need.
func CaseActs() []Act {
	out := []Act{Supervise, Inspect, ManageOrgans}
	for _, line := range rules {
		if line.content {
			out = append(out, line.act)
		}
	}
	return out
}
