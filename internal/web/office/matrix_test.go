package office

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
)

var update = flag.Bool("update", false, "write golden files")

// Every route for every role, on a running server: the answer is the one of
// the table, a refusal is an audit row, and refusals look alike.
func TestMatrix_EveryRouteEveryRole(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("target", "qh-jyj", access.Clerk)
		browsers := map[access.Role]*browser{access.Visitor: s.browser()}
		for _, r := range access.Roles[1:] {
			login := "demo-" + strings.ReplaceAll(string(r), "_", "-")
			if r == access.Citizen {
				s.user(login, "qh-zf")
			} else {
				s.user(login, "qh-zf", r)
			}
			browsers[r] = s.signIn(login)
		}
		paths := strings.NewReplacer("{login}", "target", "{code}", "qh-jyj")
		token := regexp.MustCompile(`(name="form_token" value=")[^"]*`)
		desk, faces, drafts, cases, slips, asked, mends := s.deskThings(), s.faceThings(), s.draftThings(), s.caseThings(), s.slipThings(), s.requestThings(), s.mendThings()
		sampled := s.samplingThings(strings.Split(asked.Replace("/office/requests/{id}/x"), "/")[3])
		bodies := map[string]string{} // by role and status
		for _, rt := range s.Routes() {
			path := rt.Pattern
			for _, r := range []*strings.Replacer{paths, mends, asked, drafts, desk, faces, cases, slips, sampled} {
				path = r.Replace(path)
			}
			if rt.Example != "" {
				path = rt.Example
			}
			for _, role := range access.Roles {
				refused := audit.Filter{Actor: "demo-" + strings.ReplaceAll(string(role), "_", "-"), Act: audit.Reach, Outcome: audit.Refused}
				before := len(s.audits(refused))
				var p page
				if rt.Method == http.MethodGet {
					p = browsers[role].get(path)
				} else {
					p = browsers[role].post(path, url.Values{})
				}
				want, listed := rt.Roles[role]
				if !listed || p.status != want {
					t.Errorf("%s %s as %s: %d, the table says %d: %s", rt.Method, rt.Pattern, role, p.status, want, p.words())
				}
				if after := len(s.audits(refused)); (after == before+1) != (p.status == http.StatusForbidden) {
					t.Errorf("%s %s as %s: %d audit rows of refusal more", rt.Method, rt.Pattern, role, after-before)
				}
				if p.status != http.StatusForbidden && p.status != http.StatusUnauthorized {
					continue
				}
				key := fmt.Sprint(role, p.status)
				body := token.ReplaceAllString(p.body, "$1")
				if seen, ok := bodies[key]; ok && seen != body {
					t.Errorf("%s %s as %s: the refusal differs from others", rt.Method, rt.Pattern, role)
				}
				bodies[key] = body
			}
		}
	})
}

// What the server answers to and what the table holds are one thing; this
// guards the way from the table to the server.
func TestMatrix_GoldenAndComplete(t *testing.T) {
	o := &Office{styleURL: "/office/assets/0/office.css"}
	var b strings.Builder
	acts := map[access.Act]bool{}
	for i, rt := range o.Routes() {
		fmt.Fprintf(&b, "%-4s %-40s", rt.Method, rt.Pattern)
		for _, r := range access.Roles {
			fmt.Fprintf(&b, " %d", rt.Roles[r])
		}
		b.WriteString("\n")
		row := o.routes()[i]
		acts[row.act] = true
		if rt.Page == "" || row.handler == nil || row.open == (row.act != "") {
			t.Errorf("%s %s is not complete", rt.Method, rt.Pattern)
		}
	}
	file := filepath.Join("testdata", "matrix.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("the matrix changed; if that is meant, run with -update:\n%s", b.String())
	}
	for _, room := range rooms {
		if !acts[room.act] {
			t.Errorf("the rail offers %s, but no route needs %s", room.name, room.act)
		}
	}
}

// A thing out of reach answers like a thing that does not exist, byte for
// byte, and both are audit rows.
func TestMatrix_OutOfReachIsMissing(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("far", "qh-gaj", access.Clerk)
		s.user("local", "qh-jyj", access.SystemAdmin)
		b := s.signIn("local")
		for _, c := range [][2]string{{"/office/person/far", "/office/person/nobody"}, {"/office/organ/qh-gaj", "/office/organ/nowhere"}, {"/office/organ/qh-zf", "/office/nothing"}} {
			out, missing := b.get(c[0]), b.get(c[1])
			if out.status != http.StatusNotFound || missing.status != http.StatusNotFound || out.body != missing.body {
				t.Errorf("%s: %d, %s: %d, same body %v", c[0], out.status, c[1], missing.status, out.body == missing.body)
			}
			if n := len(s.audits(audit.Filter{Target: "page:GET " + c[0], Outcome: audit.Refused})); n != 1 {
				t.Errorf("%s: %d audit rows", c[0], n)
			}
		}
		list := b.get("/office/people").body
		token := regexp.MustCompile(`name="form_token" value="([^"]*)"`).FindStringSubmatch(list)[1]
		for _, path := range []string{"/office/person/far/disable", "/office/person/far/reset", "/office/person/far/grant", "/office/organ/qh-gaj/facts"} {
			if p := b.post(path, url.Values{fieldToken: {token}, "role": {"clerk"}, "organ": {"qh-jyj"}}); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.status)
			}
		}
		if p := s.browser().get("/office/nothing"); p.status != http.StatusUnauthorized {
			t.Errorf("a visitor learns which pages exist: %d", p.status)
		}
	})
}
