package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/request"
)

// codes gives the query codes of the requests that were planted, by what stands
// behind them, each with its own second fact.
func (p *planting) codes() map[string][2]string {
	p.t.Helper()
	ctx, out := context.Background(), map[string][2]string{}
	for name, id := range map[string]int64{"open": p.open, "archived": p.closed, "withdrawn": p.left} {
		var sealed, proof string
		p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT code_sealed, proof_sealed FROM requests WHERE case_id = $1`, id).Scan(&sealed, &proof))
		code, err := p.Vault.Open(ctx, placeIn("requests", "code_sealed", id), sealed)
		p.must(err)
		second, err := p.Vault.Open(ctx, placeIn("requests", "proof_sealed", id), proof)
		p.must(err)
		out[name] = [2]string{code, second[len(second)-4:]}
	}
	out["third party"] = [2]string{p.values["third party's code"], "0CN3"}
	return out
}

// TestTrack_NothingTellsWhetherARequestExists: whatever of a pair is right, and
// whatever stands behind the code, a wrong pair gets the same status, headers
// and bytes, waits the same second, and leaves nothing in the library.
func TestTrack_NothingTellsWhetherARequestExists(t *testing.T) {
	planted(t, func(n *node, p *planting, _ things, _ *logged) {
		codes := p.codes()
		for name, x := range codes {
			at := map[bool]string{false: "/requests/track", true: "/requests/opinion"}[name == "third party"]
			if r := n.browser().send(http.MethodPost, at, urlValues("code", x[0], "second", x[1])); r.status != http.StatusOK {
				n.t.Fatalf("%s: the right pair: %d", name, r.status)
			}
		}
		rows := func() (all []int) {
			for _, table := range []string{"audit_log", "case_events", "notices", "outbox", "request_messages", "request_letters"} {
				all = append(all, n.count(`SELECT COUNT(*) FROM `+table))
			}
			return all
		}
		before := rows()
		pairs := map[string][2]string{"neither": {"AAAAA-AAAAA", "0000"}, "no code at all": {"随手写的字", "0000"}, "the second fact of one": {"AAAAA-AAAAA", codes["open"][1]}, "the code of one, the second fact of another": {codes["open"][0], codes["archived"][1]}}
		for name, x := range codes {
			pairs["the code of one: "+name] = [2]string{x[0], "0000"}
		}
		type said struct {
			text string
			took time.Duration
		}
		answers := map[string]map[string]said{}
		var mu sync.Mutex
		var all sync.WaitGroup
		paths := []string{"/requests/track", "/requests/opinion", "/requests/receipt.pdf", "/requests/letter.pdf", "/requests/file"}
		for _, path := range paths {
			answers[path] = map[string]said{}
			for name, x := range pairs {
				b := n.browser()
				all.Go(func() {
					r := b.send(http.MethodPost, path, urlValues("code", x[0], "second", x[1], "letter", "1", "file", "1", "act", "message", "message", "您好"))
					mu.Lock()
					defer mu.Unlock()
					answers[path][name] = said{strings.ReplaceAll(told(r, path), x[0], "CODE"), r.took}
				})
			}
		}
		all.Wait()
		for _, path := range paths {
			want := answers[path]["neither"].text
			if !strings.HasPrefix(want, "400\n") {
				n.t.Errorf("%s: a wrong pair: %.40s", path, want)
			}
			for name, got := range answers[path] {
				if d := cmp.Diff(want, got.text); d != "" {
					n.t.Errorf("%s with %s: -neither +it\n%s", path, name, d)
				}
				if got.took < time.Second {
					n.t.Errorf("%s with %s: answered after %v, guessing costs nothing", path, name, got.took)
				}
			}
		}
		if d := cmp.Diff(before, rows()); d != "" {
			n.t.Errorf("wrong pairs left rows:\n%s", d)
		}
	})
}

// TestA28_NumbersAndTotalsOfAnotherOrganStayHidden: whoever handles requests of
// another organ finds nothing by the number of a request, by its words or by who
// asked: lists, totals, tables and boards answer as for what does not exist.
func TestA28_NumbersAndTotalsOfAnotherOrganStayHidden(t *testing.T) {
	planted(t, func(n *node, p *planting, _ things, _ *logged) {
		ctx := context.Background()
		n.user("stranger", "qh-scj", access.Clerk, access.DisclosureOfficer, access.Head)
		b := n.signIn("stranger", password)
		c, err := n.Cases.Case(ctx, p.closed)
		n.must(err)
		for _, path := range []string{"/office/cases", "/office/cases.xlsx", "/office/requests/archive", "/office/requests", "/office/requests/fees", "/office/requests/fees.xlsx", "/office/requests/councils.xlsx", "/office/requests/disputes", "/office/requests/disputes.xlsx", "/office/requests/proactive", "/office/board"} {
			none := ""
			for _, word := range []string{"绝无此件", c.Number, p.values["content"], p.values["name"], "qh-jyj"} {
				r := b.get(path + "?q=" + url.QueryEscape(word) + "&text=" + url.QueryEscape(word))
				text := fmt.Sprint(r.status, readable(r.body))
				for _, x := range append(spellings(word), strings.ReplaceAll(url.QueryEscape(word), "%", "&#37;")) {
					text = strings.ReplaceAll(text, x, "WORD")
				}
				if strings.HasPrefix(r.body, "PK") { // a sheet says when it was made
					text = fmt.Sprint(r.status, len(p.found(text)))
				}
				if none == "" {
					none = text
				}
				if d := cmp.Diff(none, text); d != "" {
					n.t.Errorf("%s looked through for %s: -nothing +it\n%s", path, word, d)
				}
				if strings.Contains(readable(r.body), c.Number) && word != c.Number {
					n.t.Errorf("%s shows the number %s of another organ", path, c.Number)
				}
			}
		}
		// The same person asks another organ: that they asked here stays here.
		x, err := n.Organs.Organ(ctx, "qh-scj")
		n.must(err)
		who, err := n.Requests.Reveal(ctx, p.people["clerk"], p.closed)
		n.must(err)
		prior, err := n.Requests.Prior(ctx, x.ID, *who, p.values["content"])
		n.must(err)
		again, err := n.Requests.Submit(ctx, request.Application{Organ: x.ID, Channel: "in_person", Content: p.values["content"], Way: "paper", Delivery: "post", Informed: true, Token: "elsewhere", Applicant: *who})
		n.must(err)
		if q := n.request(again.Case); len(prior)+q.Repeats+len(q.Intake.Prior)+q.Work.Frequent.Year != 1 { // this one
			n.t.Errorf("another organ learns of earlier requests of the same person: %d, %d, %d, %d", len(prior), q.Repeats, len(q.Intake.Prior), q.Work.Frequent.Year)
		}
	})
}

// TestTrack_ALookupWithOneWrongHalfIsRefusedAlike prints, by their ranks, how
// long the lookup itself takes without the second of waiting before every wrong
// pair; a figure to read, no test fails on time.
func TestTrack_ALookupWithOneWrongHalfIsRefusedAlike(t *testing.T) {
	if os.Getenv("GONGKAI_SOAK") == "" {
		t.Skip("a long proof: make soak (GONGKAI_SOAK=1) runs it")
	}
	const rounds = 400
	planted(t, func(n *node, p *planting, _ things, _ *logged) {
		ctx := context.Background()
		for name, x := range p.codes() {
			look := func(code, second string) time.Duration {
				began := time.Now()
				var err error
				if name == "third party" {
					_, err = n.Requests.OpinionAsked(ctx, code, second)
				} else {
					_, _, err = n.Requests.Track(ctx, code, second)
				}
				if fault.KindOf(err) != fault.NotFound {
					n.t.Fatalf("%s: %v", name, err)
				}
				return time.Since(began)
			}
			var hidden, missing []time.Duration
			for i := range rounds {
				if i%2 == 0 {
					hidden = append(hidden, look(x[0], "0000"))
				}
				missing = append(missing, look("AAAAA-AAAAA", "0000"))
				if i%2 == 1 {
					hidden = append(hidden, look(x[0], "0000"))
				}
			}
			s := superiority(hidden, missing)
			n.t.Logf("%s: %.3f of right codes slower; medians %v and %v", name, s, median(hidden), median(missing))
		}
	})
}
