package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/request"
)

// planted are values of private fields with the only pages of the planted
// request on which somebody who handles requests may meet each of them; a
// visitor, and whoever does not handle requests, meets none anywhere.
var planted = []struct{ what, value, places string }{
	{"applicant's name", "雀钱孙甲", `/applicant$|/letters?/|/letter$|/forms/|/application\.docx$|/mail|/package\.zip$`},
	{"identity number", "110105194912310CNX", `/applicant$|/application\.docx$|/forms/`},
	{"phone", "13877770001", `/applicant$|/application\.docx$|/forms/application$`},
	{"mail", "canary-q@example.invalid", `/applicant$|/application\.docx$|/forms/application$`},
	{"address", "雀鸣巷七十七号", `/applicant$|/application\.docx$|/letters?/|/forms/`},
	{"contact record", "雀来电说的话", `/contacts$`},
	{"internal note", "雀内部记录的话", `/notes$|/words$`},
	{"third party's name", "雀周吴商行", `/party|/parties|/letters?/|/opinions?`},
	{"third party's contact", "13877770002", `/party|/parties`},
}

// unzipped is a body with the entries of a zip file behind it, so that words in
// docx, xlsx and archives are read too.
func unzipped(body string) string {
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
			b.WriteString(f.Name + "\n" + unzipped(string(inner)))
		}
		r.Close()
	}
	return b.String()
}

// TestA28_CanariesAreSeenOnlyWhereTheyMay walks every address as every role
// over a request whose private fields hold known values, then reads the tables
// that must never know a person.
func TestA28_CanariesAreSeenOnlyWhereTheyMay(t *testing.T) {
	nodes(t, func(n *node) {
		ctx := context.Background()
		seed(n)
		seen := n.things()
		var person int64
		n.must(n.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = 'press'`).Scan(&person))
		clerk, err := access.ActorOf(ctx, n.DB.Reader(), person, n.Today())
		n.must(err)
		x, err := n.Organs.Organ(ctx, "qh-jyj")
		n.must(err)
		v := map[string]string{}
		for _, c := range planted {
			v[c.what] = c.value
		}
		receipt, err := n.Requests.Submit(ctx, request.Application{Organ: x.ID, Channel: "in_person", Content: "2023年学校布局规划", Way: "paper", Delivery: "post", Informed: true, FilledBy: clerk.Login, Actor: clerk, Token: "canary",
			Applicant: request.Applicant{Kind: request.Natural, Name: v["applicant's name"], Proof: v["identity number"], Phone: v["phone"], Mail: v["mail"], Address: v["address"]}})
		n.must(err)
		act := func(action casework.Action, form any) {
			n.t.Helper()
			_, err := n.Cases.Apply(ctx, casework.Do{Case: receipt.Case, Action: action, Actor: clerk, Form: form})
			n.must(err)
		}
		act(request.ActConfirm, &request.ConfirmForm{})
		act(request.ActNote, &request.NoteTextForm{Text: v["internal note"]})
		act(request.ActConsult, &request.ConsultForm{Who: "third_party", Name: v["third party's name"], Contact: v["third party's contact"], What: "合同单价"})
		act(request.ActContact, &request.ContactForm{How: "phone", Whom: "applicant", Body: v["contact record"]})
		scan := "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n% " + v["applicant's name"] + "\ntrailer\n<<>>\n%%EOF"
		n.must(n.Requests.AddScans(ctx, clerk, receipt.Case, "form", 0, []io.Reader{strings.NewReader(scan)}))
		var stored int
		n.must(n.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM request_files WHERE case_id = $1 AND digest <> '' AND seal_key <> ''`, receipt.Case).Scan(&stored))
		if stored != 1 {
			n.t.Errorf("%d scans lie sealed", stored)
		}

		accounts, err := n.Access.DemoAccounts(ctx, "console", password)
		n.must(err)
		browsers := map[access.Role]*browser{access.Visitor: n.browser()}
		for _, a := range accounts {
			browsers[a.Role] = n.signIn(a.Login, password)
		}
		assets := assetsOf(seen, browsers[access.LibraryManager], browsers[access.Clerk])
		routes, err := n.Routes()
		n.must(err)
		handles, met, walked := map[access.Role]bool{}, map[string]bool{}, 0
		own := fmt.Sprintf("/requests/%d", receipt.Case)
		for _, rt := range routes {
			if rt.Pattern == "/office/requests/{id}/applicant" {
				for role, status := range rt.Roles {
					handles[role] = status == http.StatusOK
				}
			}
		}
		for _, rt := range routes {
			if rt.Method != http.MethodGet {
				continue
			}
			paths := []string{address(n.t, rt.Pattern, seen, assets)}
			if p := strings.Replace(paths[0], fmt.Sprintf("/requests/%d", seen.request), own, 1); p != paths[0] {
				paths = []string{p}
			} else if strings.Contains(rt.Pattern, "/cases/{case}") {
				paths = append(paths, strings.Replace(paths[0], fmt.Sprint(seen.duty), fmt.Sprint(receipt.Case), 1))
			}
			for _, path := range paths {
				for _, role := range access.Roles {
					if rt.Roles[role] != http.StatusOK {
						continue
					}
					p := browsers[role].get(path)
					walked++
					text := unzipped(p.body)
					for name, values := range p.header {
						text += name + ": " + strings.Join(values, " ") + "\n"
					}
					for _, c := range planted {
						if !strings.Contains(text, c.value) {
							continue
						}
						if !handles[role] || !strings.Contains(path, own) || !regexp.MustCompile(c.places).MatchString(path) {
							n.t.Errorf("%s sees the %s on %s", role, c.what, path)
						}
						met[c.what] = true
					}
				}
			}
		}
		if !met["applicant's name"] || !met["identity number"] || walked < 300 {
			n.t.Errorf("%d pages walked, met %v: the walk shows nothing", walked, met)
		}
		for table, columns := range map[string]string{"audit_log": "target || ' ' || detail", "case_events": "data", "cases": "title", "work_cards": "title"} {
			for _, c := range planted {
				if rows := n.count(`SELECT COUNT(*) FROM `+table+` WHERE `+columns+` LIKE $1`, "%"+c.value+"%"); rows > 0 {
					n.t.Errorf("%s holds the %s", table, c.what)
				}
			}
		}

		// Another key: everything comes over, and what was sealed still opens.
		key, sealed, err := n.RotateVault(ctx)
		n.must(err)
		if rows := n.count(`SELECT COUNT(*) FROM request_files WHERE seal_key <> $1`, key) + n.count(`SELECT COUNT(*) FROM requests WHERE contact_sealed NOT LIKE $1`, "vault1:"+key+":%"); rows > 0 || sealed < 10 {
			n.t.Errorf("%d values and files stay under the old key, %d came over", rows, sealed)
		}
		var file int64
		n.must(n.DB.Reader().QueryRowContext(ctx, `SELECT id FROM request_files WHERE case_id = $1`, receipt.Case).Scan(&file))
		if _, b, err := n.Requests.ReadScan(ctx, clerk, receipt.Case, file); err != nil || string(b) != scan {
			n.t.Errorf("the scan under the new key: %q %v", b, err)
		}
		if who, err := n.Requests.Reveal(ctx, clerk, receipt.Case); err != nil || who.Name != v["applicant's name"] {
			n.t.Errorf("the applicant under the new key: %+v %v", who, err)
		}
	})
}
