package oversight

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// MendKind is the workflow of what an organ has to mend after a sample.
const MendKind casework.Kind = "sampling_mend"

// The states and actions of mending.
const (
	ToMend  casework.State = "to_mend"
	ToCheck casework.State = "to_check"
	Mended  casework.State = "mended"

	ActReport casework.Action = "report_mended"
	ActAccept casework.Action = "accept_mended"
)

// Fault is one line of a sheet that an answer did not meet.
type Fault struct {
	Request int64  `json:"request"` // the case
	Number  string `json:"number"`
	Code    string `json:"code"`
	Note    string `json:"note"`
}

// Name is the line in words.
func (f Fault) Name() string {
	for _, c := range Criteria {
		if c.Code == f.Code {
			return c.Name
		}
	}
	return f.Code
}

// Mending is what an organ has to mend.
type Mending struct {
	Case     int64
	Sampling int64
	Faults   []Fault
	MendBy   workday.Date
	Report   string
}

// ReportForm says what was mended, or why something is accepted or sent back.
type ReportForm struct{ Text string }

func needsText(label string) func(*casework.Case, *Mending, any, workday.Date) error {
	return func(_ *casework.Case, _ *Mending, form any, _ workday.Date) error {
		switch n := len([]rune(strings.TrimSpace(form.(*ReportForm).Text))); {
		case n == 0:
			return fault.Field("oversight.needsText", label, "“%s”：请填写。", label)
		case n > 2000:
			return fault.Field("oversight.needsText", label, "“%s”：不能超过 2000 个字。", label)
		}
		return nil
	}
}

func (r *Room) workflow() casework.Workflow[*Mending] {
	type step = casework.Step[*Mending]
	form := func() any { return &ReportForm{} }
	note := func(_ context.Context, t *casework.Turn[*Mending]) error { t.Record(t.Form); return nil }
	return casework.Workflow[*Mending]{
		Kind: MendKind, Name: "抽查整改", Number: "抽查整改〔%d〕%d号", See: access.HandleRequest, Start: ToMend,
		States: []casework.StateInfo{{State: ToMend, Name: "待整改"}, {State: ToCheck, Name: "待核实"}, {State: Mended, Name: "已整改", Final: true}},
		Load: func(ctx context.Context, q store.Querier, c *casework.Case) (*Mending, error) {
			return readMending(ctx, q, c.ID)
		},
		Tasks: func(c *casework.Case, m *Mending) []casework.Task {
			if c.State == ToCheck {
				return []casework.Task{{Name: "check", Right: access.Supervise, NotBy: []casework.Action{ActReport}}}
			}
			return []casework.Task{{Name: "mend", Right: access.HandleRequest, Due: m.MendBy.AddDays(1).Time()}}
		},
		Steps: []step{
			{Action: ActReport, Name: "报告整改情况", From: []casework.State{ToMend}, To: []casework.State{ToCheck}, Task: "mend", Right: access.HandleRequest, Form: form, Check: needsText("整改情况"),
				Effect: func(ctx context.Context, t *casework.Turn[*Mending]) error {
					t.Record(t.Form)
					t.Tell("to_check", t.Case.Done[0].Actor, 0)
					_, err := t.Tx.ExecContext(ctx, `UPDATE mendings SET report = $2 WHERE case_id = $1`, t.Case.ID, strings.TrimSpace(t.Form.(*ReportForm).Text))
					return err
				}},
			{Action: ActAccept, Name: "确认整改到位", From: []casework.State{ToCheck}, To: []casework.State{Mended}, Task: "check", Right: access.Supervise, NotBy: []casework.Action{ActReport}, Form: form, Effect: note},
			{Action: casework.ActReturn, Name: "退回再改", From: []casework.State{ToCheck}, To: []casework.State{ToMend}, Task: "check", Right: access.Supervise, NotBy: []casework.Action{ActReport}, Form: form, Check: needsText("原因"),
				Effect: func(ctx context.Context, t *casework.Turn[*Mending]) error {
					t.TellHolders("returned", access.HandleRequest, t.Case.Organ, 0)
					return note(ctx, t)
				}},
		},
		Names:   map[string]string{"mend": "整改", "check": "核实整改"},
		Notices: map[string]string{"new": "%s：抽查发现的问题请按期整改。", "to_check": "%s已经报告整改，请核实。", "returned": "%s被退回，请再改。"},
	}
}

func readMending(ctx context.Context, q store.Querier, id int64) (m *Mending, err error) {
	defer fault.Wrap(&err, "oversight.readMending(%d)", id)
	m = &Mending{Case: id}
	var faults, by string
	err = q.QueryRowContext(ctx, `SELECT sampling_id, faults, mend_by, report FROM mendings WHERE case_id = $1`, id).Scan(&m.Sampling, &faults, &by, &m.Report)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "oversight.readMending", "没有找到这件整改。")
	}
	if err != nil {
		return nil, err
	}
	var ok bool
	if m.MendBy, ok = workday.ParseDate(by); !ok {
		return nil, fault.Newf(fault.Internal, "oversight.readMending", "a stored day reads %q", by)
	}
	return m, json.Unmarshal([]byte(faults), &m.Faults)
}

// Close ends a sample once every answer is scored: each organ with a fault gets
// a case with what it has to mend. It gives the number of those cases.
func (r *Room) Close(ctx context.Context, a access.Actor, id int64) (n int, err error) {
	defer fault.Wrap(&err, "oversight.Close(%d)", id)
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		s, err := r.locked(ctx, tx, a, `SELECT id FROM samplings WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if !s.ClosedAt.IsZero() {
			return fault.New(fault.Conflict, "oversight.Close", "这次抽查已经结束。")
		}
		list, err := answers(ctx, tx, id)
		if err != nil {
			return err
		}
		faults := map[int64][]Fault{}
		var organs []int64
		for _, x := range list {
			if x.ScoredAt.IsZero() {
				return fault.New(fault.Conflict, "oversight.Close", "还有没评分的答复，评完再结束。")
			}
			c, err := r.kernel.CaseIn(ctx, tx, x.Case)
			if err != nil {
				return err
			}
			for _, m := range x.Marks {
				if m.Verdict != Fails {
					continue
				}
				if faults[x.Organ] == nil {
					organs = append(organs, x.Organ)
				}
				faults[x.Organ] = append(faults[x.Organ], Fault{x.Case, c.Number, m.Code, m.Note})
			}
		}
		for _, organ := range organs {
			if err := r.open(ctx, tx, a, s, organ, faults[organ]); err != nil {
				return err
			}
		}
		n = len(organs)
		if _, err := tx.ExecContext(ctx, `UPDATE samplings SET closed_by = $2, closed_at = $3 WHERE id = $1`, id, a.Login, r.now().UnixMicro()); err != nil {
			return err
		}
		return r.record(ctx, tx, a, id, fmt.Sprintf("结束抽查，%d 个机构需要整改", n))
	})
	return n, err
}

func (r *Room) open(ctx context.Context, tx *sql.Tx, a access.Actor, s *Sampling, organ int64, faults []Fault) error {
	b, err := json.Marshal(faults)
	if err != nil {
		return err
	}
	_, _, err = casework.Open(ctx, r.kernel, tx, casework.Start{Kind: MendKind, Organ: organ, Title: "依申请公开抽查发现的问题", Actor: a}, func(ctx context.Context, t *casework.Turn[*Mending]) error {
		t.Record(map[string]int{"faults": len(faults)})
		t.TellHolders("new", access.HandleRequest, organ, 0)
		_, err := t.Tx.ExecContext(ctx, `INSERT INTO mendings (case_id, sampling_id, faults, mend_by) VALUES ($1, $2, $3, $4)`, t.Case.ID, s.ID, string(b), s.MendBy.String())
		return err
	})
	return err
}
