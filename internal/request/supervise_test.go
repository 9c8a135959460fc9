package request_test

import (
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// TestA111_WhoSupervisesSeesWhatTheBoardCounts: guidance and inspection reach
// every request of the organs below, to read and to urge, not to handle.
func TestA111_WhoSupervisesSeesWhatTheBoardCounts(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		above := d.id(`INSERT INTO organs (code, kind, created_at) VALUES ('zf', '政府', 1) RETURNING id`)
		if _, err := db.Writer().ExecContext(ctx, `INSERT INTO organ_parents (organ_id, parent_id, valid_from) VALUES ($1, $2, '2001-01-01')`, d.organ, above); err != nil {
			t.Fatal(err)
		}
		id := d.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ('eye', '督办', $1, 1) RETURNING id`, above)
		d.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, id, above, string(access.Supervisor))
		eye, err := access.ActorOf(ctx, db.Reader(), id, workday.DateOf(d.now))
		if err != nil {
			t.Fatal(err)
		}
		d.people["eye"] = eye
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		board, err := d.kernel.Board(ctx, eye)
		if err != nil || len(board) != 1 || board[0].Open != 1 {
			t.Fatalf("%+v %v", board, err)
		}
		list, total, _, err := d.kernel.Cases(ctx, eye, casework.CaseFilter{Kind: request.Kind, Class: "open", Supervised: true})
		if err != nil || total != board[0].Open || list[0].ID != rc.Case {
			t.Fatalf("%d of the board's %d: %v", total, board[0].Open, err)
		}
		v, err := d.kernel.View(ctx, eye, rc.Case)
		if err != nil || len(v.Buttons) != 0 {
			t.Fatalf("%+v %v", v, err)
		}
		if err := d.do(rc.Case, "eye", request.ActExtend, &request.ExtendForm{Days: 5, Reason: "x"}); err == nil {
			t.Error("who supervises extends")
		}
		if _, err := d.kernel.Urge(ctx, casework.HandOver{Case: rc.Case, Task: "handle", Actor: eye, Reason: "请尽快办理"}); err != nil {
			t.Errorf("urge: %v", err)
		}
	})
}
