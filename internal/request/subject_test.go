package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// Blanks between the signs of a name hide nobody.
func TestA28_ASpacedNameIsStillTheName(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		spaced := strings.Join(strings.Split(secretName, ""), " ")
		if err := d.do(d.working(), "clerk", request.ActSubject, &request.SubjectForm{Subject: spaced + "要的合同"}); fault.FieldOf(err) != "内部简称" {
			t.Errorf("%q: %v", spaced, err)
		}
	})
}

// Lists tell requests apart by serial, kind of applicant and way, or by a short
// name of the house; neither ever says who asked.
func TestA28_ATitleTellsRequestsApartAndNamesNobody(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		titles := func() (out []string) {
			list, err := d.kernel.Duties(ctx, d.people["clerk"], casework.DutyFilter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list.Rows {
				out = append(out, x.Title)
			}
			return out
		}
		first := d.submit(nil).Case
		d.submit(func(a *request.Application) {
			a.Channel, a.Applicant.Kind, a.Applicant.Leader, a.Applicant.Contact = clock.Online, request.Business, "子丑寅", "卯辰巳"
		})
		if got := strings.Join(titles(), " "); !strings.Contains(got, "政府信息公开申请1号（公民，当面）") || !strings.Contains(got, "政府信息公开申请2号（法人、其他组织，网上）") {
			t.Fatal(got)
		}
		for name, subject := range map[string]string{"a number": "查" + secretPhone, "an identity": secretProof, "the name": secretName + "要的规划", "too long": strings.Repeat("规", 31), "two lines": "规划\n文本"} {
			err := d.do(first, "clerk", request.ActSubject, &request.SubjectForm{Subject: subject})
			if fault.FieldOf(err) != "内部简称" {
				t.Errorf("%s: %v", name, err)
			}
			if strings.Contains(fault.Text(err), secretName) {
				t.Errorf("the refusal names the applicant: %v", err)
			}
		}
		if err := d.do(first, "signer", request.ActSubject, &request.SubjectForm{Subject: "布局规划"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a signer renamed it: %v", err)
		}
		d.must(first, "clerk", request.ActSubject, &request.SubjectForm{Subject: "布局规划"})
		if got := strings.Join(titles(), " "); !strings.Contains(got, "布局规划（公开申请1号）") {
			t.Error(got)
		}
		d.must(first, "clerk", request.ActSubject, &request.SubjectForm{})
		if got := strings.Join(titles(), " "); !strings.Contains(got, "政府信息公开申请1号（公民，当面）") {
			t.Error(got)
		}
	})
}

// Who asked for a correction is destroyed after its time, with what was wrong
// and the letter; the case, its number and the event stay.
func TestA101_A28_WhoAskedForACorrectionIsDestroyedAfterItsTime(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id, err := d.room.OpenMend(ctx, d.people["clerk"], d.mendForm())
		if err != nil {
			t.Fatal(err)
		}
		gone := func() error {
			return d.do(id, "disclosure_officer", request.ActMendAnonymise, &request.AnonymiseForm{Number: "更正〔2026〕1号"})
		}
		if err := gone(); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("destroyed while open: %v", err)
		}
		d.must(id, "clerk", request.ActMendDecide, &request.MendDecideForm{Outcome: request.MendCorrected, Reason: "与户口簿不符"})
		d.must(id, "signer", request.ActMendSign, nil)
		d.must(id, "clerk", request.ActMendServe, &request.FeeServedForm{How: "counter", On: d.today(), Proof: "本人签收"})
		if err := gone(); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "保存期限到") {
			t.Fatalf("destroyed before its time: %v", err)
		}
		d.now = d.now.AddDate(request.KeepYears, 0, 1)
		if err := d.do(id, "disclosure_officer", request.ActMendAnonymise, &request.AnonymiseForm{Number: "更正"}); fault.FieldOf(err) != "申请编号" {
			t.Fatalf("%v", err)
		}
		if err := d.do(id, "clerk", request.ActMendAnonymise, &request.AnonymiseForm{Number: "更正〔2026〕1号"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("by a clerk: %v", err)
		}
		if err := gone(); err != nil {
			t.Fatal(err)
		}
		var kept string
		if err := db.Reader().QueryRowContext(ctx, `SELECT name_sealed || proof_sealed || contact_sealed || asked_sealed || blind || reason || served_proof FROM mend_records WHERE case_id = $1`, id).Scan(&kept); err != nil || kept != "" {
			t.Errorf("stays: %q %v", kept, err)
		}
		if err := db.Reader().QueryRowContext(ctx, `SELECT body || parts || facts FROM request_letters WHERE case_id = $1`, id).Scan(&kept); err != nil || kept != "" {
			t.Errorf("the letter stays: %q %v", kept, err)
		}
		if _, _, err := d.room.RevealMend(ctx, d.people["clerk"], id); fault.KindOf(err) != fault.Gone {
			t.Errorf("%v", err)
		}
		c, err := d.kernel.Case(ctx, id)
		if err != nil || !c.Has(request.ActMendAnonymise) || c.State != request.MendClosed {
			t.Errorf("%+v %v", c, err)
		}
		if err := gone(); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("twice: %v", err)
		}
	})
}
