package app_test

import (
	"slices"
	"strings"
	"testing"

	"gongkai/internal/access"
)

// Who may meet private fields: those who handle requests; with them those who
// review and sign; with them those who supervise. Everybody else, a visitor
// among them, meets none anywhere.
var (
	handlers  = []access.Role{access.Clerk, access.DisclosureOfficer, access.Head}
	deciders  = append(slices.Clone(handlers), access.LegalityReviewer, access.Signer)
	readers   = append(slices.Clone(deciders), access.Supervisor)
	keepers   = append(slices.Clone(handlers), access.Supervisor)
	overseers = []access.Role{access.DisclosureOfficer, access.Head, access.Supervisor}
)

// place is an address with the private fields that roles may read on it.
type place struct {
	route string
	roles []access.Role
	what  string
}

// places is every address on which a private field may stand, with the roles
// that may read it there: the roles of the bureau itself and, for the
// supervisor, of the government above it. Nothing else is allowed; and what is
// allowed is met, so that no line stays that means nothing.
var places = []place{
	{"/office/cases/{case}", readers, "content, council's conclusion, council's matter, counsel, counsel's opinion, fee's proof of service, fiscal receipt, how to pay, matter of a decision, name of a document, name of a stamped file, origin of a document, other system's number, points of a correction, reason of a decision, reason of a fee, reason of a return, reason of a transfer, reason of an erasure, reason of an extension, search note, search words, searcher, what the party is asked, why more time is asked for, why no more time"},
	{"/office/cases/{case}", keepers, "note of a dispute, number of a dispute, reason of a mending, record to mend"},
	{"/office/cases/{case}", handlers, "postal number, who signed for the post, why the post came back"},
	{"/office/cases/{case}/timeline.xlsx", readers, "fiscal receipt, reason of a return"},
	{"/office/cases/{case}/timeline.xlsx", keepers, "number of a dispute"},
	{"/office/mends/{mend}/asked", handlers, "evidence, mender, mender's identity, mender's phone, what is wrong"},
	{"/office/mends/{mend}/letters/{letter}", handlers, "mender, reason of a mending, record to mend"},
	{"/office/request-tables/{import}", handlers, "old register's content"},
	{"/office/request-tables/{import}/losses.xlsx", handlers, "bad line's applicant"},
	{"/office/requests", handlers, "content"},
	{"/office/requests/archive", handlers, "content, old register's content"},
	{"/office/requests/councils", handlers, "council's conclusion, council's matter, council's people, name of the minutes"},
	{"/office/requests/councils.xlsx", handlers, "council's conclusion, council's matter, council's people, name of the minutes"},
	{"/office/requests/councils/minutes/{council}", handlers, "minutes, name of the minutes"},
	{"/office/requests/disputes", handlers, "number of a dispute"},
	{"/office/requests/disputes.xlsx", handlers, "number of a dispute"},
	{"/office/requests/fees", handlers, "fiscal receipt"},
	{"/office/requests/fees.xlsx", handlers, "fiscal receipt"},
	{"/office/requests/proactive", handlers, "content"},
	{"/office/requests/proactive.xlsx", handlers, "content"},
	{"/office/requests/{id}/applicant", handlers, "address, company, contact person, identity, mail, name, phone, representative, unit code"},
	{"/office/requests/{id}/application.docx", handlers, "address, company, contact person, content, identity, mail, name, phone, representative, unit code"},
	{"/office/requests/{id}/contacts", handlers, "contact record"},
	{"/office/requests/{id}/files", deciders, "name of a document, name of a layer, origin of a document"},
	{"/office/requests/{id}/files/{material}", deciders, "name of a document, name of a layer, origin of a document, reason of a mark, redacted words, words of a document, words for the neighbour"},
	{"/office/requests/{id}/files/{material}/original", handlers, "name of a document, redacted words, words of a document, words for the neighbour"},
	{"/office/requests/{id}/files/{material}/result", deciders, "name of a document, words of a document"},
	{"/office/requests/{id}/forms/{form}", handlers, "address, company, contact person, content, identity, mail, name, phone, representative, unit code, what the party is asked"},
	{"/office/requests/{id}/letter", deciders, "name of a stamped file"},
	{"/office/requests/{id}/letters/{letter}", handlers, "company, how to pay, matter of a decision, name, points of a correction, reason of a decision, reason of a fee, reason of a transfer, reason of an extension, third party, third party's code, what the party is asked"},
	{"/office/requests/{id}/letters/{letter}/files/{stamped}", handlers, "name of a stamped file, words of a stamped file"},
	{"/office/requests/{id}/messages", handlers, "message in, message out, rating word"},
	{"/office/requests/{id}/notes", handlers, "applicant's withdrawal, consent to a transfer, help answer, help asked, note, reasons, suggestion, words of a withdrawal"},
	{"/office/requests/{id}/package.zip", handlers, "address, content, fiscal receipt, how to pay, identity, mail, matter of a decision, name, phone, points of a correction, postal number, reason of a decision, reason of a fee, reason of a return, reason of a transfer, who signed for the post, why the post came back, message in, name of a stamped file, words of a stamped file"},
	{"/office/requests/{id}/parties/{party}", handlers, "third party, third party's code, third party's contact, third party's reason, what the party is asked"},
	{"/office/requests/{id}/scans/{scan}", handlers, "words of a scan, words of a written opinion"},
	{"/office/sampled/{answer}", overseers, "how to pay, matter of a decision, points of a correction, reason of a decision, reason of a fee"},
	{"/office/requests/{id}/opinions/{opinion}", deciders, "words of a written opinion"},
	{"/office/helps/{help}/answer", handlers, "neighbour's answer, neighbour's question"},
	{"/office/helps/{help}/files/{scan}", handlers, "words from the neighbour"},
	{"/office/helps/{help}/shared/{material}", handlers, "words for the neighbour"},
}

// elsewhere is what another organ, which was asked for help, may read: the
// question, the documents chosen for it and its own answer, and nothing else of
// the request.
var elsewhere = []place{
	{"/office/cases/{case}", handlers, "neighbour's answer, neighbour's question"},
	{"/office/helps/{help}/answer", handlers, "neighbour's answer, neighbour's question"},
	{"/office/helps/{help}/files/{scan}", handlers, "words from the neighbour"},
	{"/office/helps/{help}/shared/{material}", handlers, "words for the neighbour"},
}

// met is what somebody of a role saw under a route.
type met struct {
	route string
	role  access.Role
	what  string
	away  bool // somebody of another organ
}

// comparePlaces wants what was met to be the table of places, neither more nor
// less.
func comparePlaces(t *testing.T, seen map[met]string) {
	t.Helper()
	allowed := map[met]bool{}
	for _, away := range []bool{false, true} {
		for _, p := range map[bool][]place{false: places, true: elsewhere}[away] {
			for _, what := range strings.Split(p.what, ", ") {
				if !slices.ContainsFunc(secrets, func(s secret) bool { return s.what == what }) {
					t.Errorf("%s allows %q, which is no secret", p.route, what)
				}
				for _, role := range p.roles {
					allowed[met{p.route, role, what, away}] = true
				}
			}
		}
	}
	for m, path := range seen {
		if !allowed[m] {
			t.Errorf("%s sees the %s on %s (%s, of another organ: %v)", m.role, m.what, path, m.route, m.away)
		}
	}
	for m := range allowed {
		if seen[m] == "" {
			t.Errorf("%s does not see the %s on %s, as the table says (of another organ: %v)", m.role, m.what, m.route, m.away)
		}
	}
}
