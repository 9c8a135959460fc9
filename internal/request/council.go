package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// ActCouncil notes on a request that a meeting spoke of it.
const ActCouncil casework.Action = "council"

// Council is a meeting about hard requests (ZC21-1.5c, Z25-1.2c).
type Council struct {
	ID         int64
	Organ      int64
	HeldOn     workday.Date
	People     string // who took part: people of the house, units
	Matter     string
	Conclusion string
	Minutes    Paper    // empty without a file
	Cases      []int64  // the requests it spoke of
	Numbers    []string // of those
}

// CouncilForm links a meeting to a request.
type CouncilForm struct{ Council int64 }

// councils is the chapter of meetings.
func (r *Room) councils() chapter {
	return chapter{
		steps: []step{{Action: ActCouncil, Name: "会商", From: []casework.State{Submitted, Working, Correcting, Reviewing, Signing, Answered, Served}, Right: access.HandleRequest, Quiet: true,
			Form: func() any { return &CouncilForm{} }, Effect: r.counciled}},
		load: func(ctx context.Context, q store.Querier, out *Request) (err error) {
			out.Work.Councils, err = readCouncils(ctx, q, `JOIN request_council_cases x ON x.council_id = k.id WHERE x.case_id = $1`, out.Case)
			return err
		},
	}
}

func (r *Room) counciled(ctx context.Context, t *turn) error {
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_council_cases (council_id, case_id) VALUES ($1, $2)`, t.Form.(*CouncilForm).Council, t.Case.ID)
	return err
}

func readCouncils(ctx context.Context, q store.Querier, where string, args ...any) (out []Council, err error) {
	rows, err := q.QueryContext(ctx, `SELECT k.id, k.organ_id, k.held_on, k.people, k.matter, k.conclusion, k.file_sha, k.file_name FROM request_councils k `+where+` ORDER BY k.held_on DESC, k.id DESC LIMIT 500`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k Council
		var on string
		if err := rows.Scan(&k.ID, &k.Organ, &on, &k.People, &k.Matter, &k.Conclusion, &k.Minutes.SHA, &k.Minutes.Name); err != nil {
			return nil, err
		}
		if k.HeldOn, err = day(on); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// Councils lists the meetings of organs that a caller may see, newest first,
// with the numbers of the requests.
func (r *Room) Councils(ctx context.Context, may func(organ int64) bool) (out []Council, err error) {
	defer fault.Wrap(&err, "request.Councils")
	q := r.db.Reader()
	if out, err = readCouncils(ctx, q, ""); err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(k Council) bool { return !may(k.Organ) })
	for i := range out {
		rows, err := q.QueryContext(ctx, `SELECT c.id, c.number FROM request_council_cases x JOIN cases c ON c.id = x.case_id WHERE x.council_id = $1 ORDER BY c.id`, out[i].ID)
		if err != nil {
			return nil, err
		}
		if err := func() error {
			defer rows.Close()
			for rows.Next() {
				var id int64
				var number string
				if err := rows.Scan(&id, &number); err != nil {
					return err
				}
				out[i].Cases, out[i].Numbers = append(out[i].Cases, id), append(out[i].Numbers, number)
			}
			return rows.Err()
		}(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RecordCouncil keeps a meeting with its minutes and notes it on every request
// it spoke of, whole or not at all. numbers are those of requests of the organ.
func (r *Room) RecordCouncil(ctx context.Context, a access.Actor, k Council) (id int64, err error) {
	defer fault.Wrap(&err, "request.RecordCouncil(%d)", k.Organ)
	today := workday.DateOf(r.now())
	for _, x := range []struct{ field, text string }{{"参加人", k.People}, {"会商事项", k.Matter}, {"结论", k.Conclusion}} {
		if err := words(x.field, x.text, true); err != nil {
			return 0, err
		}
	}
	if k.HeldOn.IsZero() || k.HeldOn.After(today) {
		return 0, fault.Field("request.RecordCouncil", "会商日期", "“会商日期”：请填今天或者以前的一天。")
	}
	if len(k.Numbers) == 0 {
		return 0, fault.Field("request.RecordCouncil", "申请编号", "“申请编号”：请至少写一件申请的编号。")
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if k.Minutes.SHA != "" {
			if err := filestore.Register(ctx, tx, filestore.Blob{SHA256: k.Minutes.SHA, Size: k.Minutes.Size, MIME: k.Minutes.MIME}, r.now()); err != nil {
				return err
			}
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO request_councils (organ_id, held_on, people, matter, conclusion, file_sha, file_name, entered_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
			k.Organ, k.HeldOn.String(), strings.TrimSpace(k.People), strings.TrimSpace(k.Matter), strings.TrimSpace(k.Conclusion), k.Minutes.SHA, k.Minutes.Name, a.Login, r.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		for _, number := range k.Numbers {
			var c int64
			err := tx.QueryRowContext(ctx, `SELECT id FROM cases WHERE kind = $1 AND organ_id = $2 AND number = $3`, string(Kind), k.Organ, number).Scan(&c)
			if errors.Is(err, sql.ErrNoRows) {
				return fault.Field("request.RecordCouncil", "申请编号", "“申请编号”：本机关没有编号是“%s”的申请。", number)
			}
			if err != nil {
				return err
			}
			if _, err := r.kernel.ApplyIn(ctx, tx, casework.Do{Case: c, Action: ActCouncil, Actor: a, Form: &CouncilForm{Council: id}}); err != nil {
				if fault.KindOf(err) == fault.Forbidden {
					return fault.Field("request.RecordCouncil", "申请编号", "“申请编号”：%s：%s", number, fault.Text(err))
				}
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.CaseAct, Target: fmt.Sprintf("organ:%d", k.Organ), Outcome: audit.Done, Detail: "会商记录"})
	})
	return id, err
}
