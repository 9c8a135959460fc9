package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/web/api"
)

// questions stand behind the addresses that need one.
var questions = map[string]string{
	"/works/{id}/compare":        "?from=1&to=2",
	"/leave":                     "?to=https://www.example.com/",
	"/search":                    "?q=河道",
	"/search/suggest":            "?q=河道",
	"/search/suggest.json":       "?q=河道",
	"/search/export.xlsx":        "?q=河道",
	"/search/export.csv":         "?q=河道",
	"/search/export.json":        "?q=河道",
	"/api/v1/search":             "?q=河道",
	"/api/v1/works/{id}/compare": "?from=1&to=2",
	"/feeds/search":              "?q=河道",
}

// address fills a pattern with things that exist. Names that mean different
// things in different rooms are told apart by what stands before them.
func address(t *testing.T, pattern string, seen things, assets map[string]string) string {
	t.Helper()
	path := strings.TrimSuffix(pattern, "{$}")
	if strings.Contains(path, "{hash}") {
		real := assets[path[strings.LastIndex(path, "/")+1:]]
		if real == "" {
			t.Fatalf("no page links to %s", pattern)
		}
		return real
	}
	work := int64(1) // two texts and a file
	if strings.HasPrefix(path, "/office/") {
		work = seen.work
	}
	path = strings.NewReplacer("{help}/files/{scan}", fmt.Sprintf("%d/files/%d", seen.help, seen.helpFile), "{help}/shared/{material}", fmt.Sprintf("%d/shared/%d", seen.help, seen.shared), "{help}", fmt.Sprint(seen.help), "{opinion}", fmt.Sprint(seen.helpFile+1)).Replace(path)
	path = strings.NewReplacer("/mends/{mend}/letters/{letter}", fmt.Sprintf("/mends/%d/letters/%d", seen.mend, seen.mendLetter), "{mend}", fmt.Sprint(seen.mend)).Replace(path)
	path = strings.Replace(path, "/requests/{id}/package.zip", fmt.Sprintf("/requests/%d/package.zip", seen.closed), 1)
	path = strings.Replace(path, "{example}", fmt.Sprint(seen.closed), 1)
	path = strings.NewReplacer("/columns/{id}", "/columns/1", "/releases/{id}", fmt.Sprintf("/releases/%d", seen.draft), "/requests/{id}", fmt.Sprintf("/requests/%d", seen.request),
		"{id}", fmt.Sprint(work), "{edition}", "1", "{n}", "1", "{no}", "1", "{code}", "qh-jyj", "{login}", "target", "{sha}", seen.photo, "{key}", seen.key,
		"{case}", fmt.Sprint(seen.duty), "{batch}", fmt.Sprint(seen.batch), "{item}", fmt.Sprint(seen.item), "{leader}", fmt.Sprint(seen.leader), "{unit}", fmt.Sprint(seen.unit),
		"{slip}", fmt.Sprint(seen.slip), "{file}", fmt.Sprint(seen.file), "{exception}", fmt.Sprint(seen.exception), "{picture}", fmt.Sprint(seen.picture), "{entry}", fmt.Sprint(seen.listed), "{letter}", fmt.Sprint(seen.letter), "{material}", fmt.Sprint(seen.material), "{scan}", fmt.Sprint(seen.scan), "{import}", fmt.Sprint(seen.table), "{party}", "third_party", "{sampling}", fmt.Sprint(seen.sampling), "{answer}", fmt.Sprint(seen.sampled), "{form}", "application", "{stamped}", "1", "{council}", fmt.Sprint(seen.council)).Replace(path)
	if strings.ContainsAny(path, "{}") {
		t.Fatalf("%s names a thing that the seeded library lacks: give it one in things()", pattern)
	}
	question := questions[pattern]
	if q, err := url.ParseQuery(strings.TrimPrefix(question, "?")); err == nil && question != "" {
		question = "?" + q.Encode()
	}
	return path + question
}

// assetsOf finds the addresses of styles and scripts on the pages that use
// them, each of which somebody who signed in may see.
func assetsOf(seen things, people ...*browser) map[string]string {
	out := map[string]string{}
	link := regexp.MustCompile(`(?:href|src)="(/(?:static|office/assets)/[^"]+)"`)
	for _, b := range people {
		for _, page := range []string{"/", "/office", "/office/import", fmt.Sprintf("/office/releases/%d/edit", seen.draft), fmt.Sprintf("/office/requests/%d/files/%d", seen.request, seen.material)} {
			for _, m := range link.FindAllStringSubmatch(b.get(page).body, -1) {
				out[m[1][strings.LastIndex(m[1], "/")+1:]] = m[1]
				if strings.HasPrefix(m[1], "/static/") {
					out["{name}"] = m[1]
				}
			}
		}
	}
	return out
}

// TestMatrix_EveryRouteEveryRole sends every route of the node as every role
// of design section 5, with things that exist and are in reach, so that 200
// means 200; and wants an audit row for each refusal.
func TestMatrix_EveryRouteEveryRole(t *testing.T) {
	nodes(t, func(n *node) {
		seed(n)
		seen := n.things()
		n.user("target", "qh-jyj", access.Clerk)
		accounts, err := n.Access.DemoAccounts(context.Background(), "console", password)
		n.must(err)
		browsers := map[access.Role]*browser{access.Visitor: n.browser()}
		for _, a := range accounts {
			browsers[a.Role] = n.signIn(a.Login, password)
		}
		if len(browsers) != 13 {
			n.t.Fatalf("%d roles", len(browsers))
		}
		assets := assetsOf(seen, browsers[access.LibraryManager], browsers[access.Clerk])
		routes, err := n.Routes()
		n.must(err)
		sent, refused := 0, 0
		before := n.count(`SELECT COUNT(*) FROM audit_log WHERE act = 'reach' AND outcome = 'refused'`)
		for _, rt := range routes {
			path := address(n.t, rt.Pattern, seen, assets)
			for _, role := range access.Roles {
				want, listed := rt.Roles[role]
				if !listed {
					n.t.Errorf("%s %s: the table lacks %s", rt.Method, rt.Pattern, role)
					continue
				}
				var form url.Values
				if rt.Method == http.MethodPost {
					form = url.Values{} // without a token: nothing is changed
				}
				p := browsers[role].send(rt.Method, path, form)
				if sent++; p.status != want {
					n.t.Errorf("%s %s as %s: %d, the table says %d: %.200s", rt.Method, path, role, p.status, want, p.words())
				}
				if p.status == http.StatusForbidden {
					refused++
				}
			}
		}
		if rows := n.count(`SELECT COUNT(*) FROM audit_log WHERE act = 'reach' AND outcome = 'refused'`) - before; rows != refused || refused == 0 {
			n.t.Errorf("%d refusals left %d audit rows", refused, rows)
		}
		n.t.Logf("%d routes, %d requests, %d refusals", len(routes), sent, refused)
	})
}

// seed gives the library what the public addresses name.
func seed(n *node) {
	n.t.Helper()
	importText(n.t, n.App, twoTexts())
	_, err := n.CatchUp(context.Background())
	n.must(err)
}

// doors are patterns that only lead into a room, or answer what is nowhere.
var doors = map[string][]string{
	"node":   append(api.Patterns(), "/", "/office", "/office/", "/signin", "/signout"),
	"api":    {"/"},
	"office": {"/"},
	"portal": {"/"},
}

// TestMatrix_EveryHandlerIsInTheTable walks the muxes themselves: what one
// answers to and what `routes --json` says are the same list.
func TestMatrix_EveryHandlerIsInTheTable(t *testing.T) {
	open(t, func(t *testing.T, a *app.App) {
		routes, err := a.Routes()
		if err != nil {
			t.Fatal(err)
		}
		table := map[string]bool{}
		for _, r := range routes {
			name := r.Method + " " + r.Pattern
			if table[name] {
				t.Errorf("%s stands twice in the table", name)
			}
			table[name] = true
		}
		found, err := a.MuxPatterns()
		if err != nil {
			t.Fatal(err)
		}
		for room, patterns := range found {
			for _, p := range patterns {
				if slices.Contains(doors[room], p) {
					continue
				}
				if !table[p] {
					t.Errorf("%s answers to %s, which the table lacks", room, p)
				}
				delete(table, p)
			}
		}
		for name := range table {
			t.Errorf("the table promises %s, which no mux answers to", name)
		}
	})
}

// TestMatrix_OtherMethodsChangeNothing: what the table does not name is never
// done, for anybody.
func TestMatrix_OtherMethodsChangeNothing(t *testing.T) {
	n := oneNode(t)
	seed(n)
	seen := n.things()
	n.user("target", "qh-jyj", access.Clerk)
	n.user("admin", "qh-zf", access.SystemAdmin)
	n.user("manager", "qh-zf", access.LibraryManager)
	browsers := map[string]*browser{"visitor": n.browser(), "admin": n.signIn("admin", password), "manager": n.signIn("manager", password)}
	assets := assetsOf(seen, browsers["manager"], n.signIn("press", password))
	routes, err := n.Routes()
	n.must(err)
	named := map[string]bool{}
	for _, rt := range routes {
		named[rt.Method+" "+rt.Pattern] = true
	}
	for _, rt := range routes {
		path := address(n.t, rt.Pattern, seen, assets)
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if named[method+" "+rt.Pattern] {
				continue
			}
			for who, b := range browsers {
				if p := b.send(method, path, url.Values{}); p.status < 400 || p.status >= 500 {
					n.t.Errorf("%s %s as %s: %d %.200s", method, path, who, p.status, p.words())
				}
			}
		}
	}
}
