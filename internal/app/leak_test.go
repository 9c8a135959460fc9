package app_test

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/access"
)

// pair is a thing that exists but is not the asker's, and one that does not
// exist at all.
type pair struct {
	login, method, hidden, missing string
}

// hiddenThings puts things of the police before people of education.
func hiddenThings(n *node) (list []pair, seen things) {
	n.t.Helper()
	seed(n)
	seen = n.things()
	importDraft(n.t, n.App, strings.ReplaceAll(strings.ReplaceAll(notice, "n1", "draft1"), "河道", "湖泊"))
	n.user("far", "qh-gaj", access.Clerk)
	n.user("clerk", "qh-jyj", access.Clerk)
	n.user("manager", "qh-jyj", access.LibraryManager)
	n.user("admin", "qh-jyj", access.SystemAdmin)
	_, police := n.batch("qh-gaj", deskNotice(905))
	batch, work := func(id int64) string { return fmt.Sprintf("/office/import/%d", id) }, func(id int64) string { return fmt.Sprintf("/office/works/%d", id) }
	const none = 987654
	get := func(login, hidden, missing string) { list = append(list, pair{login, http.MethodGet, hidden, missing}) }
	post := func(login, hidden, missing string) {
		list = append(list, pair{login, http.MethodPost, hidden, missing})
	}
	get("clerk", batch(seen.foreign), batch(none))
	get("clerk", fmt.Sprintf("%s/%d", batch(seen.foreign), police[0].ID), fmt.Sprintf("%s/%d", batch(none), police[0].ID))
	get("clerk", fmt.Sprintf("%s/%d", batch(seen.batch), police[0].ID), fmt.Sprintf("%s/%d", batch(seen.batch), none))
	get("manager", batch(seen.foreign), batch(none))
	get("manager", work(seen.police), work(none))
	get("admin", "/office/person/far", "/office/person/nobody")
	get("admin", "/office/organ/qh-gaj", "/office/organ/nowhere")
	get("admin", "/office/organ/qh-gaj/leaders", "/office/organ/nowhere/leaders")
	get("admin", "/office/organ/qh-gaj/units", "/office/organ/nowhere/units")
	post("clerk", fmt.Sprintf("%s/%d", batch(seen.foreign), police[0].ID), fmt.Sprintf("%s/%d", batch(none), police[0].ID))
	post("clerk", fmt.Sprintf("%s/%d/drop", batch(seen.foreign), police[0].ID), fmt.Sprintf("%s/%d/drop", batch(none), police[0].ID))
	post("manager", work(seen.police)+"/correct", work(none)+"/correct")
	post("manager", work(seen.police)+"/fact", work(none)+"/fact")
	post("manager", batch(seen.foreign)+"/release", batch(none)+"/release")
	post("manager", work(seen.police)+"/merge", work(none)+"/merge")
	post("admin", "/office/person/far/disable", "/office/person/nobody/disable")
	post("admin", "/office/person/far/reset", "/office/person/nobody/reset")
	post("admin", "/office/person/far/grant", "/office/person/nobody/grant")
	post("admin", "/office/organ/qh-gaj/facts", "/office/organ/nowhere/facts")
	post("admin", "/office/organ/qh-gaj/units/new", "/office/organ/nowhere/units/new")
	// What the bureau of education writes, decides and answers is not for the police.
	for _, form := range []string{"/office/releases/%d", "/office/releases/%d/edit", "/office/releases/%d/versions", "/office/releases/%d/print", fmt.Sprintf("/office/releases/%%d/files/%d", seen.file)} {
		get("far", fmt.Sprintf(form, seen.draft), fmt.Sprintf(form, none))
	}
	get("far", fmt.Sprintf("/office/releases/%d/package.zip", seen.slip), fmt.Sprintf("/office/releases/%d/package.zip", none))
	for _, id := range []int64{seen.draft, seen.slip, seen.duty, seen.request} {
		get("far", fmt.Sprintf("/office/cases/%d", id), fmt.Sprintf("/office/cases/%d", none))
		get("far", fmt.Sprintf("/office/cases/%d/timeline.xlsx", id), fmt.Sprintf("/office/cases/%d/timeline.xlsx", none))
		post("far", fmt.Sprintf("/office/cases/%d/take", id), fmt.Sprintf("/office/cases/%d/take", none))
		post("far", fmt.Sprintf("/office/cases/%d/act", id), fmt.Sprintf("/office/cases/%d/act", none))
	}
	for _, form := range []string{"/office/requests/%d/applicant", fmt.Sprintf("/office/requests/%%d/letters/%d", seen.letter), "/office/requests/%d/scans", fmt.Sprintf("/office/requests/%%d/scans/%d", seen.scan), "/office/requests/%d/contacts", "/office/requests/%d/application.docx"} {
		get("far", fmt.Sprintf(form, seen.request), fmt.Sprintf(form, none))
	}
	post("far", fmt.Sprintf("/office/releases/%d/act", seen.draft), fmt.Sprintf("/office/releases/%d/act", none))
	post("far", fmt.Sprintf("/office/releases/%d/files/%d/drop", seen.draft, seen.file), fmt.Sprintf("/office/releases/%d/files/%d/drop", none, seen.file))
	// A draft has no public number; none of the numbers near it may tell.
	draft := seen.police + 1
	for _, form := range []string{"/works/%d", "/works/%d/history", "/works/%d/download.txt", "/api/v1/works/%d", "/api/v1/works/%d/editions", "/feeds/works/%d"} {
		get("", fmt.Sprintf(form, draft), fmt.Sprintf(form, none))
	}
	return list, seen
}

// form is what a person would send; the values fit every form above.
func (p pair) send(b *browser, path, token string) reply {
	if p.method == http.MethodGet {
		return b.get(path)
	}
	return b.send(p.method, path, url.Values{"form_token": {token}, "version": {"1"}, "once": {"abcdefgh"}, "item": {"1"}, "role": {"clerk"}, "organ": {"qh-jyj"}, "name": {"甲科"}, "reason": {"测试"}})
}

// told is all that an answer shows, without what differs from one request to
// the next whatever is asked, and without the address that was asked.
func told(p reply, path string) string {
	h := p.header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Ratelimit-Remaining", "Ratelimit-Reset"} {
		h.Del(name)
	}
	var lines []string
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, " | "))
	}
	slices.Sort(lines)
	body := strings.ReplaceAll(p.body, path, "PATH")
	return fmt.Sprintf("%d\n%s\n\n%s", p.status, strings.Join(lines, "\n"), workAddress.ReplaceAllString(body, "/works/N"))
}

var workAddress = regexp.MustCompile(`/works/\d+`)

// TestDenied_ExistsButNotYoursIsMissing: a thing out of reach answers like one
// that does not exist: status, headers, length and every byte; and both leave
// an audit row.
func TestDenied_ExistsButNotYoursIsMissing(t *testing.T) {
	nodes(t, func(n *node) {
		list, _ := hiddenThings(n)
		browsers := map[string]*browser{"": n.browser()}
		for _, login := range []string{"clerk", "manager", "admin", "far"} {
			browsers[login] = n.signIn(login, password)
		}
		const refusals = `SELECT COUNT(*) FROM audit_log WHERE act = 'reach' AND outcome = 'refused'`
		for _, p := range list {
			b, token, rows := browsers[p.login], "", 0
			if p.login != "" {
				token = b.token()
			}
			rows = n.count(refusals)
			hidden, missing := p.send(b, p.hidden, token), p.send(b, p.missing, token)
			name := p.login + " " + p.method + " " + p.hidden
			if hidden.status != http.StatusNotFound || missing.status != http.StatusNotFound {
				n.t.Errorf("%s: %d, missing: %d: %.200s", name, hidden.status, missing.status, hidden.words())
			}
			if d := cmp.Diff(told(missing, p.missing), told(hidden, p.hidden)); d != "" {
				n.t.Errorf("%s: -missing +hidden\n%s", name, d)
			}
			if p.login != "" {
				if took := min(hidden.took, missing.took); took < evenSlot {
					n.t.Errorf("%s: answered after %v, in the middle of a slot", name, took)
				}
				if got := n.count(refusals) - rows; got != 2 {
					n.t.Errorf("%s: %d audit rows of two attempts", name, got)
				}
			}
		}
	})
}

// evenSlot is the grain of time that the office's 404 takes, so that looking
// for a thing longer does not show.
const evenSlot = 20 * time.Millisecond

// superiority is how often a value of a is above one of b, ties counting half:
// the statistic of Mann and Whitney on a scale of 0 to 1, 0.5 when both come
// from one distribution.
func superiority(a, b []time.Duration) float64 {
	type value struct {
		d   time.Duration
		ofA bool
	}
	all := make([]value, 0, len(a)+len(b))
	for _, d := range a {
		all = append(all, value{d, true})
	}
	for _, d := range b {
		all = append(all, value{d, false})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].d < all[j].d })
	rank := 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].d == all[i].d {
			j++
		}
		for _, v := range all[i:j] {
			if v.ofA {
				rank += float64(i+j+1) / 2
			}
		}
		i = j
	}
	n := float64(len(a))
	return (rank - n*(n+1)/2) / (n * float64(len(b)))
}

func TestSuperiority(t *testing.T) {
	d := func(list ...int) (out []time.Duration) {
		for _, x := range list {
			out = append(out, time.Duration(x))
		}
		return out
	}
	for _, c := range []struct {
		a, b []time.Duration
		want float64
	}{{d(3, 4), d(1, 2), 1}, {d(1, 2), d(3, 4), 0}, {d(1, 4), d(2, 3), 0.5}, {d(1, 1), d(1, 1), 0.5}, {d(2, 3), d(1, 2), 0.875}} {
		if got := superiority(c.a, c.b); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v over %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestDenied_TimeTellsNothing asks for hidden and missing things in turn and
// compares how long the answers took by their ranks. Without a difference the
// statistic lies within 0.5 ± 0.033 (one standard deviation at 150 and 150), so
// the bound of 0.15 is four and a half of them.
func TestDenied_TimeTellsNothing(t *testing.T) {
	if os.Getenv("GONGKAI_SOAK") == "" {
		t.Skip("a long proof: make soak (GONGKAI_SOAK=1) runs it")
	}
	const rounds, bound = 150, 0.15
	nodes(t, func(n *node) {
		list, _ := hiddenThings(n)
		browsers := map[string]*browser{"": n.browser()}
		for _, login := range []string{"clerk", "manager", "admin", "far"} {
			browsers[login] = n.signIn(login, password)
		}
		for _, p := range list {
			if p.method != http.MethodGet || p.login == "" && strings.HasPrefix(p.hidden, "/feeds/") {
				continue
			}
			b := browsers[p.login]
			var hidden, missing []time.Duration
			for i := range rounds {
				if i%2 == 0 { // each goes first as often as the other
					hidden = append(hidden, b.get(p.hidden).took)
				}
				missing = append(missing, b.get(p.missing).took)
				if i%2 == 1 {
					hidden = append(hidden, b.get(p.hidden).took)
				}
			}
			s := superiority(hidden, missing)
			n.t.Logf("%.3f of hidden slower; medians %v and %v: %s", s, median(hidden), median(missing), p.hidden)
			if math.Abs(s-0.5) > bound {
				n.t.Errorf("%s as %q: the time tells that it exists: %.3f", p.hidden, p.login, s)
			}
		}
	})
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[len(sorted)/2].Round(time.Microsecond)
}
