// Package access decides who may do what: people sign in, hold roles on organs
// and everything below them for a period, and Can answers from one table. It
// keeps passwords, second factors and sessions, slows down guessing, and
// writes an audit row for every sign-in and every refusal.
package access

// Role is what somebody is in the library. The words are promised in the
// output of commands: never rename.
type Role string

const (
	// Visitor is anybody who has not signed in.
	Visitor Role = "visitor"
	// Citizen has signed in but holds no staff role today.
	Citizen Role = "citizen"
	// Clerk drafts and handles the daily duties of an organ.
	Clerk Role = "clerk"
	// Reviewer reads drafts over and returns or passes them.
	Reviewer Role = "reviewer"
	// SecrecyReviewer decides whether a text may leave the house.
	SecrecyReviewer Role = "secrecy_reviewer"
	// LegalityReviewer decides whether a text is lawful.
	LegalityReviewer Role = "legality_reviewer"
	// Signer signs off a release.
	Signer Role = "signer"
	// DisclosureOfficer runs the disclosure work of an organ.
	DisclosureOfficer Role = "disclosure_officer"
	// Head answers for an organ.
	Head Role = "head"
	// Supervisor watches due times and returns work that is late.
	Supervisor Role = "supervisor"
	// Inspector checks sites and looks into the audit log.
	Inspector Role = "inspector"
	// LibraryManager keeps the library of documents.
	LibraryManager Role = "library_manager"
	// SystemAdmin keeps accounts, organs and settings, never content.
	SystemAdmin Role = "system_admin"
)

// Roles lists every role of the matrix, from the outside in.
var Roles = []Role{Visitor, Citizen, Clerk, Reviewer, SecrecyReviewer, LegalityReviewer, Signer, DisclosureOfficer,
	Head, Supervisor, Inspector, LibraryManager, SystemAdmin}

// StaffRoles are the roles that a grant can give.
var StaffRoles = Roles[2:]

// Staff reports a role that a grant can give.
func (r Role) Staff() bool {
	for _, s := range StaffRoles {
		if r == s {
			return true
		}
	}
	return false
}

// Chinese names the role on a page.
func (r Role) Chinese() string {
	if name, ok := roleNames[r]; ok {
		return name
	}
	return string(r)
}

// RoleNamed finds a role by its word or its Chinese name.
func RoleNamed(s string) (Role, bool) {
	for _, r := range Roles {
		if s == string(r) || s == roleNames[r] {
			return r, true
		}
	}
	return "", false
}

var roleNames = map[Role]string{
	Visitor: "访客", Citizen: "公民", Clerk: "办事员", Reviewer: "审核员", SecrecyReviewer: "保密审查员",
	LegalityReviewer: "合法性审核员", Signer: "签发人", DisclosureOfficer: "公开工作员", Head: "负责人",
	Supervisor: "督办员", Inspector: "检查员", LibraryManager: "资料库管理员", SystemAdmin: "系统管理员",
}
