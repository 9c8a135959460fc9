package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
)

// logged is the log of a node, read while it writes.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// readable is a body with all that lies inside it: the entries of zip files,
// as docx, xlsx and archives are, and the words of PDF files.
func readable(body string) string {
	if strings.HasPrefix(body, "%PDF") {
		if text, ok, err := app.PDFText(context.Background(), []byte(body)); ok && err == nil {
			return body + text + strings.Join(strings.Fields(text), "")
		}
		return body
	}
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		return body
	}
	var b bytes.Buffer
	b.WriteString(body)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			continue
		}
		if inner, err := io.ReadAll(r); err == nil {
			b.WriteString(f.Name + "\n" + readable(string(inner)))
		}
		r.Close()
	}
	return b.String()
}

// spellings are the ways in which a value may stand in an address, a JSON text
// or a page.
func spellings(value string) []string {
	quoted := strings.Trim(strconv.QuoteToASCII(value), `"`)
	return slices.Compact([]string{value, url.QueryEscape(value), url.PathEscape(value), quoted})
}

// roots are what one of stands in every spelling of every value that is not
// made by the product, so that most texts are looked through quickly.
var roots = append(spellings("雀"), "canary-", "1387777000", "110105194912310CN", "MCNARY", "EA77007700", "JBSWY3DPEHPKCNRY")

// found are the secrets that a text tells.
func (p *planting) found(text string) (out []secret) {
	root := func(r string) bool { return strings.Contains(text, r) }
	code := func(what string) bool {
		c := p.values[what]
		return root(c) || root(strings.ReplaceAll(c, "-", ""))
	}
	if !slices.ContainsFunc(roots, root) && !code("query code") && !code("third party's code") {
		return nil
	}
	for _, s := range secrets {
		value := p.values[s.what]
		if slices.ContainsFunc(spellings(value), func(x string) bool { return strings.Contains(text, x) }) || s.value == "" && strings.Contains(text, strings.ReplaceAll(value, "-", "")) {
			out = append(out, s)
		}
	}
	return out
}

// ids are the numbers that a query gives.
func (n *node) ids(query string, args ...any) (out []string) {
	n.t.Helper()
	rows, err := n.DB.Reader().QueryContext(context.Background(), query, args...)
	n.must(err)
	defer rows.Close()
	for rows.Next() {
		var id string
		n.must(rows.Scan(&id))
		out = append(out, id)
	}
	n.must(rows.Err())
	return out
}

// paths fills a pattern with everything of this office that it can name; none
// when it names nothing of it.
func (p *planting) paths(pattern string) []string {
	list := []string{pattern}
	put := func(name string, values ...string) {
		var out []string
		for _, at := range list {
			if !strings.Contains(at, name) {
				out = append(out, at)
				continue
			}
			for _, v := range values {
				out = append(out, strings.Replace(at, name, v, 1))
			}
		}
		list = out
	}
	num := func(ids ...int64) (out []string) {
		for _, id := range ids {
			out = append(out, fmt.Sprint(id))
		}
		return out
	}
	switch {
	case strings.Contains(pattern, "/requests/{id}"):
		list = nil
		for _, id := range num(p.open, p.closed, p.moved, p.gone, p.left) {
			for _, letter := range p.ids(`SELECT id FROM request_letters WHERE case_id = $1`, id) {
				for _, file := range append(p.ids(`SELECT id FROM request_letter_files WHERE letter_id = $1`, letter), "0") {
					list = append(list, strings.NewReplacer("{id}", id, "{letter}", letter, "{stamped}", file).Replace(pattern))
				}
			}
		}
		put("{material}", p.ids(`SELECT id FROM request_materials WHERE case_id = $1`, p.open)...)
		put("{scan}", p.ids(`SELECT id FROM request_files WHERE case_id = $1`, p.open)...)
		put("{party}", "third_party")
		put("{form}", request.PrintForms...)
		put("{opinion}", p.ids(`SELECT id FROM request_files WHERE case_id = $1`, p.open)...)
		put("{n}", "1")
	case strings.Contains(pattern, "/cases/{case}"):
		put("{case}", num(p.open, p.closed, p.moved, p.gone, p.left, p.mend, p.dispute, p.help)...)
		put("{case}", p.ids(`SELECT case_id FROM request_intake WHERE import_id > 0`)...)
	case strings.Contains(pattern, "/mends/{mend}"):
		put("{mend}", num(p.mend)...)
		put("{letter}", p.ids(`SELECT id FROM request_letters WHERE case_id = $1`, p.mend)...)
	case strings.Contains(pattern, "{help}"):
		put("{help}", num(p.help)...)
		put("{scan}", p.ids(`SELECT id FROM request_files WHERE case_id = $1`, p.help)...)
		put("{material}", p.ids(`SELECT file_id FROM request_help_files WHERE case_id = $1`, p.help)...)
	case strings.Contains(pattern, "{import}"):
		put("{import}", num(p.register, p.batch)...)
	case strings.Contains(pattern, "{example}"):
		put("{example}", p.ids(`SELECT case_id FROM request_examples WHERE ended_at = 0`)...)
	case strings.Contains(pattern, "{council}"):
		put("{council}", num(p.council)...)
	case strings.Contains(pattern, "{sampling}"):
		put("{sampling}", num(p.sampling)...)
	case strings.Contains(pattern, "{answer}"):
		put("{answer}", num(p.one)...)
	default:
		return nil
	}
	slices.Sort(list)
	list = slices.Compact(list)
	for _, at := range list {
		if strings.HasSuffix(pattern, "/letters/{letter}") {
			list = append(list, at+"?as=pdf")
		}
	}
	return list
}

// planted starts a node that logs everything, and plants.
func planted(t *testing.T, fn func(n *node, p *planting, seen things, log *logged)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		log := &logged{}
		n := startNodeLogging(t, c, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		seed(n)
		seen := n.things()
		_, err := n.Access.DemoAccounts(context.Background(), "console", password)
		n.must(err)
		fn(n, n.plant(), seen, log)
	})
}

// TestA28_CanariesAreSeenOnlyWhereTheyMay walks every address as a visitor and
// as every role, in the bureau whose requests hold known values and in another
// one, and wants each value only where the table of places allows it.
func TestA28_CanariesAreSeenOnlyWhereTheyMay(t *testing.T) {
	planted(t, func(n *node, p *planting, seen things, log *logged) {
		seenAt := map[met]string{} // where
		walked := p.walk(seen, func(rt app.Route, path string, role access.Role, far bool, r reply) {
			text := readable(r.body)
			for name, values := range r.header {
				text += name + ": " + strings.Join(values, " ") + "\n"
			}
			for _, s := range p.found(text) {
				seenAt[met{rt.Pattern, role, s.what, far}] = path
				if !strings.Contains(r.header.Get("Cache-Control"), "no-store") {
					n.t.Errorf("%s may be kept by a cache (%q), with the %s", path, r.header.Get("Cache-Control"), s.what)
				}
			}
		})
		if walked < 2000 {
			n.t.Errorf("%d pages walked", walked)
		}
		comparePlaces(n.t, seenAt)
		n.t.Logf("%d pages walked, %d secrets", walked, len(secrets))
		p.stores(log)
	})
}

// walk gets every address that is open to somebody, as each to whom it is open.
func (p *planting) walk(seen things, each func(rt app.Route, path string, role access.Role, far bool, r reply)) (walked int) {
	p.t.Helper()
	accounts, err := p.Access.DemoAccounts(context.Background(), "console", password)
	p.must(err)
	near, far := map[access.Role]*browser{access.Visitor: p.browser()}, map[access.Role]*browser{}
	for _, a := range accounts {
		near[a.Role] = p.signIn(a.Login, password)
	}
	for _, role := range []access.Role{access.Clerk, access.Reviewer, access.SecrecyReviewer, access.LegalityReviewer, access.Signer, access.DisclosureOfficer, access.Head, access.Supervisor, access.LibraryManager, access.SystemAdmin} {
		login := "far-" + strings.ReplaceAll(string(role), "_", "-")
		p.user(login, "qh-gaj", role)
		far[role] = p.signIn(login, password)
	}
	assets := assetsOf(seen, near[access.LibraryManager], near[access.Clerk])
	routes, err := p.Routes()
	p.must(err)
	own, common := map[string][]string{}, map[string]string{}
	for _, rt := range routes {
		if rt.Method == http.MethodGet {
			own[rt.Pattern], common[rt.Pattern] = p.paths(rt.Pattern), address(p.t, rt.Pattern, seen, assets)
		}
	}
	// Each walks beside the others: what is out of reach answers in slots of time.
	var mu sync.Mutex
	var all sync.WaitGroup
	walker := func(b *browser, role access.Role, away bool) {
		all.Go(func() {
			for _, rt := range routes {
				if rt.Method != http.MethodGet || rt.Roles[role] != http.StatusOK || away && !strings.HasPrefix(rt.Pattern, "/office") {
					continue
				}
				list := own[rt.Pattern]
				if !away || !strings.Contains(rt.Pattern, "{") {
					list = append(slices.Clone(list), common[rt.Pattern])
				}
				for _, path := range list {
					r := b.get(path)
					mu.Lock()
					each(rt, path, role, away, r)
					walked++
					mu.Unlock()
				}
			}
		})
	}
	for role, b := range near {
		walker(b, role, false)
	}
	for role, b := range far {
		walker(b, role, true)
	}
	all.Wait()
	return walked
}

func placeIn(table, column string, row int64) vault.Place {
	return vault.Place{Table: table, Column: column, Row: row}
}

// TestA28_EverySealedColumnHasACanary: a new sealed column without a secret that
// is planted in it fails, and so does a secret that the planting does not bring
// to its column.
func TestA28_EverySealedColumnHasACanary(t *testing.T) {
	planted(t, func(n *node, p *planting, _ things, _ *logged) {
		hold := p.sealedHold()
		wanted := map[string]bool{}
		for _, s := range secrets {
			if p.values[s.what] == "" {
				n.t.Errorf("the %s has no value", s.what)
			}
			if s.sealed == "" {
				continue
			}
			wanted[s.sealed] = true
			if !slices.Contains(strings.Split(hold[s.sealed], "\n"), s.what) {
				n.t.Errorf("%s does not hold the %s", s.sealed, s.what)
			}
		}
		for column := range hold {
			if !wanted[column] {
				n.t.Errorf("%s has no canary: give it one in secrets and plant it", column)
			}
		}
		for _, s := range secrets { // the planting reached the columns of plain words too
			for _, at := range strings.Fields(s.plain) {
				table, column, _ := strings.Cut(at, ".")
				if n.count(`SELECT COUNT(*) FROM `+table+` WHERE `+column+` LIKE $1`, "%"+p.values[s.what]+"%") == 0 {
					n.t.Errorf("%s does not hold the %s", at, s.what)
				}
			}
		}
	})
}

// TestVault_ANewKeyTakesEverythingOver: after a change of keys nothing stays
// under the old one, and every secret still opens.
func TestVault_ANewKeyTakesEverythingOver(t *testing.T) {
	planted(t, func(n *node, p *planting, _ things, _ *logged) {
		ctx, before := context.Background(), p.sealedHold()
		key, sealed, err := n.RotateVault(ctx)
		n.must(err)
		if rows := n.count(`SELECT COUNT(*) FROM request_files WHERE seal_key <> $1`, key) + n.count(`SELECT COUNT(*) FROM requests WHERE contact_sealed NOT LIKE $1`, "vault1:"+key+":%"); rows > 0 || sealed < len(before) {
			n.t.Errorf("%d values and files stay under the old key, %d came over", rows, sealed)
		}
		if d := cmp.Diff(before, p.sealedHold()); d != "" {
			n.t.Errorf("under the new key (-before +after):\n%s", d)
		}
		var file int64
		n.must(n.DB.Reader().QueryRowContext(ctx, `SELECT id FROM request_files WHERE case_id = $1`, p.open).Scan(&file))
		if _, b, err := n.Requests.ReadScan(ctx, p.people["clerk"], p.open, file); err != nil || !strings.Contains(string(b), p.values["words of a scan"]) {
			n.t.Errorf("the scan under the new key: %q %v", b, err)
		}
		if who, err := n.Requests.Reveal(ctx, p.people["clerk"], p.closed); err != nil || who.Name != p.values["name"] {
			n.t.Errorf("the applicant under the new key: %+v %v", who, err)
		}
	})
}
