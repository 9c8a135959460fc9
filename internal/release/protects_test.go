package release_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// However often somebody says that it does not matter, a rule about personal or
// hidden data speaks as loud as before; another rule lowers itself.
func TestA25_RulesThatProtectNeverSoften(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		levels := map[string]string{"WORD.test": "confirm", "HID.change": "confirm", "HID.white": "block", "PII.mobile": "confirm", "PII.id": "block"}
		for rule, level := range levels {
			o.eyes.found = append(o.eyes.found, release.Finding{Rule: rule, Level: level, Place: "正文", Words: "按时供暖", Why: "x"})
		}
		id := o.begin(nil)
		for rule := range levels { // 30 answers of the last weeks, all of them dismissals
			for n := range 30 {
				if _, err := db.Writer().ExecContext(ctx, `INSERT INTO release_findings (case_id, mark, rule, level, place, from_at, to_at, words, suggest, why, present, found_at, state)
					VALUES ($1, $2, $3, 'confirm', '正文', 0, 1, 'x', '', '', 0, $4, 'dismissed')`, id, fmt.Sprintf("%s-%d", rule, n), rule, o.now.UnixMicro()); err != nil {
					t.Fatal(err)
				}
			}
		}
		s, err := o.room.Recheck(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Findings) != len(levels) {
			t.Fatalf("%d findings", len(s.Findings))
		}
		for _, f := range s.Findings {
			want := levels[f.Rule]
			if f.Rule == "WORD.test" {
				want = "hint"
			}
			if f.Level != want {
				t.Errorf("%s speaks as %s, want %s", f.Rule, f.Level, want)
			}
		}
		records, err := o.room.RuleRecords(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if r.Lowered != (r.Rule == "WORD.test") {
				t.Errorf("%s: lowered %v", r.Rule, r.Lowered)
			}
		}
	})
}

// No exception of an organ reaches a protecting rule, whether it is asked for
// or stands in the table already.
func TestA25_RulesThatProtectHaveNoException(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		until := workday.MustDate("2026-12-31")
		protecting := 0
		for _, r := range proofread.Rules() {
			personal := r.Kind != "" || strings.HasPrefix(r.ID, "HID.")
			if release.Protects(r.ID) != personal {
				t.Errorf("%s: protects %v", r.ID, release.Protects(r.ID))
			}
			if !personal {
				continue
			}
			protecting++
			_, err := o.room.AddException(ctx, o.people["head"], release.Exception{Organ: o.organ, Rule: r.ID, Until: until, Reason: "行业用语"})
			if fault.FieldOf(err) != "规则" || !strings.Contains(fault.Text(err), "只能逐份答复") {
				t.Errorf("%s: %v", r.ID, err)
			}
			o.id(`INSERT INTO check_exceptions (organ_id, rule, words, until_on, reason, login, at) VALUES ($1, $2, '', $3, 'x', 'head', 1) RETURNING id`, o.organ, r.ID, until.String())
			o.eyes.found = append(o.eyes.found, release.Finding{Rule: r.ID, Level: string(r.Level), Place: "正文", Words: "按时供暖", Why: "x"})
		}
		if n := len(o.slip(o.begin(nil)).Findings); n != protecting || n == 0 {
			t.Errorf("%d of %d findings are left beside the rows of the table", n, protecting)
		}
	})
}
