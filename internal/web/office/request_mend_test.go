package office

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/request"
)

func mendingForm() map[string]string {
	return map[string]string{"organ": "qh-jyj", "on": "2026-11-20", "record": "学籍档案", "asked": "出生日期写错", "evidence": "户口簿", "kind": "natural", "name": "甲乙丙", "proof": "11010519491231002X", "phone": "13800000000", "informed": "1"}
}

// mendThings fills the addresses of a correction with one that is signed.
func (s *site) mendThings() *strings.Replacer {
	s.t.Helper()
	s.user("mender", "qh-jyj", access.Clerk)
	s.user("mender-unit", "qh-jyj", access.DisclosureOfficer)
	s.user("mender-signer", "qh-jyj", access.Signer)
	s.answerProfile(s.signIn("mender-unit"))
	b := s.signIn("mender")
	at := b.submit("/office/mends/new", "/office/mends/new", mendingForm()).header.Get("Location")
	if p := b.act(at, request.ActMendDecide, map[string]string{"outcome": "corrected", "reason": "与户口簿不符"}); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	if p := s.signIn("mender-signer").act(at, request.ActMendSign, nil); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	id := strings.TrimPrefix(at, "/office/cases/")
	var letter int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM request_letters WHERE case_id = $1`, id).Scan(&letter); err != nil {
		s.t.Fatal(err)
	}
	return strings.NewReplacer("/mends/{mend}/letters/{letter}", fmt.Sprintf("/mends/%s/letters/%d", id, letter), "/mends/{mend}", "/mends/"+id)
}

func TestA101_ACorrectionFromTheCounterToItsLetter(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.mendThings()
		b := s.signIn("mender")
		bad := mendingForm()
		bad["evidence"] = ""
		if p := b.submit("/office/mends/new", "/office/mends/new", bad); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "申请人出示了什么证据") || !strings.Contains(p.body, "甲乙丙") {
			t.Errorf("%d %s", p.status, p.words())
		}
		asked := things.Replace("/office/mends/{mend}/asked")
		at := "/office/cases/" + strings.Split(asked, "/")[3]
		if p := b.get(at); strings.Contains(p.body, "甲乙丙") || strings.Contains(p.body, "出生日期写错") || !strings.Contains(p.words(), "最迟不得超过") || !strings.Contains(p.words(), "更正答复书") {
			t.Errorf("%s", p.words())
		}
		if p := b.get(asked); p.status != http.StatusOK || !strings.Contains(p.words(), "出生日期写错") || !strings.Contains(p.words(), "甲乙丙") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if n := len(s.audits(audit.Filter{Actor: "mender", Act: audit.ViewPersonal})); n != 1 {
			t.Errorf("%d readings on record", n)
		}
		if p := b.get(things.Replace("/office/mends/{mend}/letters/{letter}")); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		if p := b.act(at, request.ActMendServe, map[string]string{"how": "counter", "proof": "签收单"}); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.words())
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		if p := s.signIn("stranger").get(asked); p.status != http.StatusNotFound {
			t.Errorf("a clerk of another organ got %d", p.status)
		}
	})
}
