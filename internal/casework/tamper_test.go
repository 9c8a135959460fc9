package casework_test

import (
	"strings"
	"testing"
	"time"

	"gongkai/internal/publication"
)

// A changed row of the timeline is named by the check of the log.
func TestVerify_NamesATamperedEvent(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		id := h.begin("jyj", "clerk", "2026-11-18").ID
		h.must(id, "clerk", "submit")
		h.must(id, "reviewer", "pass")
		verify := func() (faults []string) {
			if _, err := publication.Verify(ctx, h.db, func(f publication.Fault) { faults = append(faults, f.Table+" "+f.ID+" "+f.Fault) }); err != nil {
				t.Fatal(err)
			}
			return faults
		}
		if got := verify(); len(got) > 0 {
			t.Fatalf("before: %q", got)
		}
		for column, value := range map[string]string{"actor": "head", "to_state": "done", "data": `{"did":"other"}`, "for_login": "signer"} {
			var row, was string
			if err := h.db.Reader().QueryRowContext(ctx, `SELECT id, `+column+` FROM case_events WHERE case_id = $1 AND no = 3`, id).Scan(&row, &was); err != nil {
				t.Fatal(err)
			}
			h.exec(`UPDATE case_events SET `+column+` = $1 WHERE id = `+row, value)
			if got := strings.Join(verify(), "\n"); !strings.Contains(got, "case_events "+row+" ") {
				t.Errorf("%s changed: %q", column, got)
			}
			h.exec(`UPDATE case_events SET `+column+` = $1 WHERE id = `+row, was)
		}
		h.exec(`UPDATE case_events SET at = at + $1 WHERE case_id = $2 AND no = 1`, time.Hour.Microseconds(), id)
		if got := verify(); len(got) == 0 {
			t.Error("a moved time is not found")
		}
	})
}
