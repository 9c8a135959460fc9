package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// staffPage is one look at what somebody who is signed in can meet.
type staffPage struct {
	name    string
	pattern string            // its row of `routes --json`; "" for an answer that is no page of its own
	role    string            // who looks: the role that sees most there; "" is a visitor
	path    string            // address in the library of fillOffice
	status  int64             // 200 when 0
	form    string            // a form to send before looking, by its selector
	fill    map[string]string // what is written into it
}

// staffPages lists every page behind the sign-in, and the states of it that
// look different. A new GET route needs an entry here or in staffFiles.
var staffPages = []staffPage{
	{name: "signin", pattern: "/signin", path: "/signin"},
	{name: "signin refused", path: "/signin", form: "#form-signin", fill: map[string]string{"login": "nobody-here", "password": "falsch-und-lang-9"}, status: http.StatusUnauthorized},
	{name: "signin asked for", path: "/office", status: http.StatusUnauthorized},
	{name: "signout", pattern: "/signout", role: "clerk", path: "/signout"},
	{name: "home", pattern: "/office", role: "system_admin", path: "/office"},
	{name: "home of a clerk", role: "clerk", path: "/office"},
	{name: "forbidden", role: "clerk", path: "/office/people", status: http.StatusForbidden},
	{name: "not found", role: "library_manager", path: "/office/works/999999", status: http.StatusNotFound},
	{name: "no such page", role: "library_manager", path: "/office/no-such-page", status: http.StatusNotFound},

	{name: "account", pattern: "/office/account", role: "library_manager", path: "/office/account"},
	{name: "account second factor", role: "inspector", path: "/office/account", form: "#form-totp-start"},
	{name: "account password refused", role: "inspector", path: "/office/account", form: "#form-password", fill: map[string]string{"old": "not-the-password-1", "new": "short", "again": "other"}, status: http.StatusBadRequest},

	{name: "desk", pattern: "/office/import", role: "clerk", path: "/office/import"},
	{name: "desk of many organs", role: "library_manager", path: "/office/import"},
	{name: "batch", pattern: "/office/import/{batch}", role: "library_manager", path: "/office/import/1"},
	{name: "batch filtered", role: "clerk", path: "/office/import/1?state=failed"},
	{name: "item", pattern: "/office/import/{batch}/{item}", role: "library_manager", path: "/office/import/1/4"},
	{name: "item released", role: "library_manager", path: "/office/import/1/1"},
	{name: "item failed", role: "clerk", path: "/office/import/1/5"},
	{name: "item refused", role: "library_manager", path: "/office/import/1/3", form: "#form-sheet", fill: map[string]string{"title": ""}, status: http.StatusBadRequest},
	{name: "item merge", role: "library_manager", path: "/office/import/1/4", form: "#form-sheet", fill: map[string]string{"version": "1", "title": "关于做好第四项工作的通知"}, status: http.StatusConflict},

	{name: "works", pattern: "/office/works", role: "library_manager", path: "/office/works"},
	{name: "works none", role: "library_manager", path: "/office/works?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%BB%BD"},
	{name: "work", pattern: "/office/works/{id}", role: "library_manager", path: "/office/works/1"},
	{name: "work correct", role: "library_manager", path: "/office/works/1?edition=1&field=adopted_on"},
	{name: "work correct refused", role: "library_manager", path: "/office/works/1?edition=1&field=title", form: "#form-correct", fill: map[string]string{"value": "", "reason": ""}, status: http.StatusBadRequest},

	{name: "people", pattern: "/office/people", role: "system_admin", path: "/office/people"},
	{name: "people none", role: "system_admin", path: "/office/people?q=zzz"},
	{name: "person new", pattern: "/office/people/new", role: "system_admin", path: "/office/people/new"},
	{name: "person refused", role: "system_admin", path: "/office/people/new", form: "#form-person", fill: map[string]string{"name": "李一", "login": "!"}, status: http.StatusBadRequest},
	{name: "person made", role: "system_admin", path: "/office/people/new", form: "#form-person", fill: map[string]string{"name": "李一", "login": "liyi", "organ": deskOrgan, "role": "clerk"}},
	{name: "people import", pattern: "/office/people/import", role: "system_admin", path: "/office/people/import"},
	{name: "people import refused", role: "system_admin", path: "/office/people/import", form: "#form-import", status: http.StatusBadRequest},
	{name: "person", pattern: "/office/person/{login}", role: "system_admin", path: "/office/person/demo-clerk"},

	{name: "organs", pattern: "/office/organs", role: "system_admin", path: "/office/organs"},
	{name: "organ new", pattern: "/office/organs/new", role: "system_admin", path: "/office/organs/new"},
	{name: "organ refused", role: "system_admin", path: "/office/organs/new", form: "#form-organ", fill: map[string]string{"name": "", "code": "!"}, status: http.StatusBadRequest},
	{name: "organs import", pattern: "/office/organs/import", role: "system_admin", path: "/office/organs/import"},
	{name: "organs import refused", role: "system_admin", path: "/office/organs/import", form: "#form-import", status: http.StatusBadRequest},
	{name: "organ", pattern: "/office/organ/{code}", role: "system_admin", path: "/office/organ/" + deskOrgan},
	{name: "organ to read", role: "supervisor", path: "/office/organ/" + deskOrgan},
	{name: "leaders", pattern: "/office/organ/{code}/leaders", role: "library_manager", path: "/office/organ/" + deskOrgan + "/leaders"},
	{name: "leaders none", role: "library_manager", path: "/office/organ/qh-zf/leaders"},
	{name: "leader new", pattern: "/office/organ/{code}/leaders/new", role: "library_manager", path: "/office/organ/" + deskOrgan + "/leaders/new"},
	{name: "leader refused", role: "library_manager", path: "/office/organ/" + deskOrgan + "/leaders/new", form: "#form-leader", status: http.StatusBadRequest},
	{name: "leader", pattern: "/office/organ/{code}/leaders/{leader}", role: "library_manager", path: "/office/organ/" + deskOrgan + "/leaders/{leader}"},
	{name: "units", pattern: "/office/organ/{code}/units", role: "library_manager", path: "/office/organ/" + deskOrgan + "/units"},
	{name: "unit new", pattern: "/office/organ/{code}/units/new", role: "library_manager", path: "/office/organ/" + deskOrgan + "/units/new"},
	{name: "unit", pattern: "/office/organ/{code}/units/{unit}", role: "library_manager", path: "/office/organ/" + deskOrgan + "/units/{unit}"},

	{name: "audit", pattern: "/office/audit", role: "system_admin", path: "/office/audit"},
	{name: "audit none", role: "supervisor", path: "/office/audit?actor=zzz"},
	{name: "audit refused", role: "supervisor", path: "/office/audit?from=2026-13-40", status: http.StatusBadRequest},

	{name: "releases", pattern: "/office/releases", role: "disclosure_officer", path: "/office/releases"},
	{name: "releases none", role: "signer", path: "/office/releases?text=zzz"},
	{name: "slip", pattern: "/office/releases/{id}", role: "reviewer", path: "/office/releases/2"},
	{name: "slip drafted", role: "clerk", path: "/office/releases/1"},
	{name: "slip to sign", role: "signer", path: "/office/releases/3"},
	{name: "slip withheld", role: "disclosure_officer", path: "/office/releases/5"},
	{name: "slip print", pattern: "/office/releases/{id}/print", role: "reviewer", path: "/office/releases/2/print"},
	{name: "slip print secrecy", pattern: "/office/releases/{id}/print/secrecy", role: "secrecy_reviewer", path: "/office/releases/3/print/secrecy"},
	{name: "inspection", pattern: "/office/releases/inspection", role: "disclosure_officer", path: "/office/releases/inspection"},
	{name: "check rules", pattern: "/office/releases/rules", role: "clerk", path: "/office/releases/rules"},
	{name: "negative list", pattern: "/office/negative-list", role: "disclosure_officer", path: "/office/negative-list"},
	{name: "review body", pattern: "/office/review-body", role: "supervisor", path: "/office/review-body"},
	{name: "drafts together", pattern: "/office/releases/batch", role: "clerk", path: "/office/releases/batch"},
	{name: "exceptions", pattern: "/office/exceptions", role: "disclosure_officer", path: "/office/exceptions"},

	{name: "cases", pattern: "/office/cases", role: "supervisor", path: "/office/cases"},
	{name: "cases none", role: "clerk", path: "/office/cases?text=zzz"},
	{name: "case", pattern: "/office/cases/{case}", role: "supervisor", path: "/office/cases/{withdrawal}"},
	{name: "case to decide", role: "disclosure_officer", path: "/office/cases/{withdrawal}"},
	{name: "notices", pattern: "/office/notices", role: "reviewer", path: "/office/notices"},
	{name: "absence", pattern: "/office/absence", role: "disclosure_officer", path: "/office/absence"},
	{name: "absence refused", role: "disclosure_officer", path: "/office/absence", form: "#form-absence", status: http.StatusBadRequest},
	{name: "board", pattern: "/office/board", role: "supervisor", path: "/office/board"},
	{name: "calendar", pattern: "/office/calendar", role: "supervisor", path: "/office/calendar"},
	{name: "requests", pattern: "/office/requests", role: "disclosure_officer", path: "/office/requests"},
	{name: "request new", pattern: "/office/requests/new", role: "clerk", path: "/office/requests/new"},
	{name: "request refused", role: "clerk", path: "/office/requests/new", form: "#form-request", status: http.StatusBadRequest},
	{name: "request", role: "clerk", path: "/office/cases/{request}"},
	{name: "request archive", pattern: "/office/requests/archive", role: "clerk", path: "/office/requests/archive"},
	{name: "materials", pattern: "/office/requests/{id}/files", role: "clerk", path: "/office/requests/{papers}/files"},
	{name: "material", pattern: "/office/requests/{id}/files/{material}", role: "clerk", path: "/office/requests/{papers}/files/1"},
	{name: "request settings", pattern: "/office/requests/settings", role: "disclosure_officer", path: "/office/requests/settings"},
	{name: "fees", pattern: "/office/requests/fees", role: "clerk", path: "/office/requests/fees"},
	{name: "fees of no month", role: "clerk", path: "/office/requests/fees?month=2026-13", status: http.StatusBadRequest},
	{name: "fee prices", pattern: "/office/requests/fees/prices", role: "disclosure_officer", path: "/office/requests/fees/prices"},
	{name: "mend new", pattern: "/office/mends/new", role: "clerk", path: "/office/mends/new"},
	{name: "mend refused", role: "clerk", path: "/office/mends/new", form: "#form-mend", status: http.StatusBadRequest},
	{name: "mend asked", pattern: "/office/mends/{mend}/asked", role: "clerk", path: "/office/mends/{mend}/asked"},
	{name: "mend", role: "clerk", path: "/office/cases/{mend}"},
	{name: "disputes", pattern: "/office/requests/disputes", role: "clerk", path: "/office/requests/disputes"},
	{name: "dispute new", pattern: "/office/requests/disputes/new", role: "clerk", path: "/office/requests/disputes/new?request={request}"},
	{name: "dispute refused", role: "clerk", path: "/office/requests/disputes/new", form: "#form-dispute", status: http.StatusBadRequest},
	{name: "scans", pattern: "/office/requests/{id}/scans", role: "clerk", path: "/office/requests/{request}/scans"},
	{name: "talks", pattern: "/office/requests/{id}/contacts", role: "clerk", path: "/office/requests/{request}/contacts"},
	{name: "many requests", pattern: "/office/request-tables/batch", role: "clerk", path: "/office/request-tables/batch"},
	{name: "old register", pattern: "/office/request-tables/register", role: "clerk", path: "/office/request-tables/register"},
	{name: "applicant", pattern: "/office/requests/{id}/applicant", role: "clerk", path: "/office/requests/{request}/applicant"},
	{name: "talk", pattern: "/office/requests/{id}/messages", role: "clerk", path: "/office/requests/{request}/messages"},
	{name: "notes", pattern: "/office/requests/{id}/notes", role: "clerk", path: "/office/requests/{consulted}/notes"},
	{name: "help answer", pattern: "/office/helps/{help}/answer", role: "clerk", path: "/office/helps/{help}/answer"},
	{name: "help", role: "supervisor", path: "/office/cases/{help}"},
	{name: "councils", pattern: "/office/requests/councils", role: "clerk", path: "/office/requests/councils"},
	{name: "examples", pattern: "/office/requests/examples", role: "clerk", path: "/office/requests/examples"},
	{name: "example", pattern: "/office/requests/examples/entries/{example}", role: "clerk", path: "/office/requests/examples/entries/{example}"},
	{name: "to be public", pattern: "/office/requests/proactive", role: "clerk", path: "/office/requests/proactive"},
	{name: "council refused", role: "clerk", path: "/office/requests/councils", form: "#form-council", status: http.StatusBadRequest},
	{name: "letter", pattern: "/office/requests/{id}/letter", role: "clerk", path: "/office/requests/{consulted}/letter"},
	{name: "party", pattern: "/office/requests/{id}/parties/{party}", role: "clerk", path: "/office/requests/{consulted}/parties/third_party"},
	{name: "samplings", pattern: "/office/oversight", role: "supervisor", path: "/office/oversight"},
	{name: "sampling refused", role: "supervisor", path: "/office/oversight", form: "#form-sampling", status: http.StatusBadRequest},
	{name: "sampling", pattern: "/office/oversight/{sampling}", role: "supervisor", path: "/office/oversight/1"},
	{name: "sampled answer", pattern: "/office/sampled/{answer}", role: "supervisor", path: "/office/sampled/1"},
	{name: "outbox", pattern: "/office/outbox", role: "system_admin", path: "/office/outbox"},

	{name: "draft new", pattern: "/office/releases/new", role: "clerk", path: "/office/releases/new"},
	{name: "draft edit", pattern: "/office/releases/{id}/edit", role: "clerk", path: "/office/releases/1/edit"},
	{name: "draft versions", pattern: "/office/releases/{id}/versions", role: "clerk", path: "/office/releases/1/versions"},
}

// staffFiles are the addresses of the office that answer no page.
var staffFiles = map[string]string{
	"/office/requests/{id}/letters/{letter}/files/{stamped}": "the stamped letter as it came",
	"/office/requests/{id}/forms/{form}":                     "form to print",

	"/office/assets/{hash}/office.css":                 "style sheet",
	"/office/assets/{hash}/desk.js":                    "script",
	"/office/assets/{hash}/draft.js":                   "script",
	"/office/import/{batch}/{item}/file":               "the file as it came",
	"/office/people/blank.xlsx":                        "sheet",
	"/office/people/export.xlsx":                       "sheet",
	"/office/organs/blank.xlsx":                        "sheet",
	"/office/organs/export.xlsx":                       "sheet",
	"/office/organ/{code}/leaders/{leader}/photo.jpg":  "picture",
	"/office/assets/{hash}/duties.js":                  "script",
	"/office/cases.xlsx":                               "sheet",
	"/office/cases/{case}/timeline.xlsx":               "sheet",
	"/office/board.xlsx":                               "sheet",
	"/office/calendar/blank.xlsx":                      "sheet",
	"/office/duties.ics":                               "calendar program",
	"/office/releases.xlsx":                            "sheet",
	"/office/releases/inspection.xlsx":                 "sheet",
	"/office/negative-list.xlsx":                       "sheet",
	"/office/releases/{id}/pictures/{picture}":         "picture",
	"/office/releases/{id}/preview":                    "the public page",
	"/office/releases/{slip}/package.zip":              "package",
	"/office/oversight/{sampling}/result.xlsx":         "sheet",
	"/office/requests/{id}/package.zip":                "archive package",
	"/office/mends/{mend}/letters/{letter}":            "letter",
	"/office/requests/disputes.xlsx":                   "sheet",
	"/office/requests/fees.xlsx":                       "sheet",
	"/office/requests/{id}/files/{material}/original":  "document as it was collected",
	"/office/requests/{id}/files/{material}/pages/{n}": "picture of a page",
	"/office/requests/{id}/files/{material}/result":    "document to be handed out",
	"/office/assets/{hash}/redact.js":                  "script",
	"/office/requests/{id}/letters/{letter}":           "letter",
	"/office/requests/blank.docx":                      "form",
	"/office/requests/{id}/application.docx":           "form",
	"/office/requests/{id}/scans/{scan}":               "scan",
	"/office/request-tables/batch/blank.xlsx":          "sheet",
	"/office/request-tables/{import}":                  "table",
	"/office/request-tables/{import}/losses.xlsx":      "sheet",
	"/office/requests/proactive.xlsx":                  "sheet",
	"/office/requests/councils.xlsx":                   "sheet",
	"/office/requests/examples.xlsx":                   "sheet",
	"/office/helps/{help}/files/{scan}":                "scan",
	"/office/requests/{id}/opinions/{opinion}":         "scan",
	"/office/helps/{help}/shared/{material}":           "document as it was collected",
	"/office/requests/councils/minutes/{council}":      "the file as it came",
	"/office/audit.xlsx":                               "sheet",
	"/office/releases/{id}/files/{file}":               "the file as it came",
}

// routeRow is a line of `routes --json`.
type routeRow struct {
	Method  string         `json:"method"`
	Pattern string         `json:"pattern"`
	Roles   map[string]int `json:"roles"`
}

// ofStaff reports a page of the office: the sign-in, or what a visitor may not
// see.
func (r routeRow) ofStaff() bool {
	return r.Method == http.MethodGet && (strings.HasPrefix(r.Pattern, "/office") || strings.HasPrefix(r.Pattern, "/sign") || r.Roles["visitor"] == http.StatusUnauthorized)
}

// TestStaffPagesAreAllListed holds the list against the program's own table of
// routes: a page without an entry is forgotten by every check below.
func TestStaffPagesAreAllListed(t *testing.T) {
	rows := rows[routeRow](t, newLibrary(t, "sqlite").must(t, "routes", "--json"))
	table := map[string]routeRow{}
	for _, r := range rows {
		if r.ofStaff() {
			table[r.Pattern] = r
		}
	}
	listed := map[string]bool{}
	for _, p := range staffPages {
		if p.pattern == "" {
			continue
		}
		listed[p.pattern] = true
		row, ok := table[p.pattern]
		switch {
		case !ok:
			t.Errorf("%s: the program has no page %s", p.name, p.pattern)
		case p.role != "" && row.Roles[p.role] != http.StatusOK:
			t.Errorf("%s: %s may not see %s", p.name, p.role, p.pattern)
		}
	}
	for pattern := range table {
		if _, file := staffFiles[pattern]; file == listed[pattern] {
			t.Errorf("GET %s has no entry in staffPages or staffFiles, or one in both", pattern)
		}
	}
	for pattern := range staffFiles {
		if _, ok := table[pattern]; !ok {
			t.Errorf("the program has no file %s", pattern)
		}
	}
	if len(table) < 35 {
		t.Errorf("only %d routes of the office were read", len(table))
	}
}

// TestStaffPages opens every page of the office in Chromium and judges it in
// every way of staff_checks_test.go.
func TestStaffPages(t *testing.T) {
	s := filledOffice(t)
	byRole := map[string][]staffPage{}
	for _, p := range staffPages {
		byRole[p.role] = append(byRole[p.role], p)
	}
	for role, pages := range byRole {
		t.Run(firstWord(role, "visitor"), func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.size(1280)
			if role != "" {
				b.signIn(s.server, "demo-"+strings.ReplaceAll(role, "_", "-"))
			}
			for i, p := range pages {
				p.path = s.things.Replace(p.path)
				if bad := b.staffFaults(s.server, p, i); len(bad) > 0 {
					t.Errorf("%s %s\n  %s\n  %s", p.name, p.path, strings.Join(bad, "\n  "), b.picture(p.name))
				}
				b.rest()
			}
		})
	}
}

func firstWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
