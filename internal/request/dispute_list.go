package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

const disputeColumns = `d.case_id, d.request_id, d.kind, d.simple, d.body, d.number, d.received_on, d.accepted_on, d.replied_on, d.result, d.decided_on, d.redo, d.opinion_on, d.reported_on, d.note`

func scanDispute(row interface{ Scan(...any) error }, more ...any) (*Dispute, error) {
	var d Dispute
	var simple, redo int
	var received, accepted, replied, decided, opinion, reported string
	err := row.Scan(append([]any{&d.Case, &d.Request, &d.Kind, &simple, &d.Body, &d.Number, &received, &accepted, &replied, &d.Result, &decided, &redo, &opinion, &reported, &d.Note}, more...)...)
	if err != nil {
		return nil, err
	}
	d.Simple, d.Redo = simple != 0, redo != 0
	for _, x := range []struct {
		into *workday.Date
		s    string
	}{{&d.ReceivedOn, received}, {&d.AcceptedOn, accepted}, {&d.RepliedOn, replied}, {&d.DecidedOn, decided}, {&d.OpinionOn, opinion}, {&d.ReportedOn, reported}} {
		if *x.into, err = day(x.s); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

func readDispute(ctx context.Context, q store.Querier, id int64) (d *Dispute, err error) {
	defer fault.Wrap(&err, "request.readDispute(%d)", id)
	d, err = scanDispute(q.QueryRowContext(ctx, `SELECT `+disputeColumns+` FROM disputes d WHERE d.case_id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "request.readDispute", "没有找到这件争议。")
	}
	if err != nil {
		return nil, err
	}
	return d, loadTalks(ctx, q, d)
}

// DisputeShow names what of the register is shown; the words stand in addresses.
type DisputeShow string

// What is shown. Contested are reviews and suits received in the year, Decided
// those decided in it, Lost of these the ones in which the organ was put right.
const (
	ShowAll       DisputeShow = ""
	ShowContested DisputeShow = "contested"
	ShowDecided   DisputeShow = "decided"
	ShowLost      DisputeShow = "lost"
	ShowOpen      DisputeShow = "open"
)

// DisputeRow is one dispute of the register.
type DisputeRow struct {
	*Dispute
	CaseNumber    string
	Organ         int64
	State         string
	RequestNumber string // "" for one that stands alone
}

// condition is the part of a list in SQL; $1 is the pattern of the year.
func (s DisputeShow) condition() (string, bool) {
	contested := `d.kind <> 'complaint'`
	switch s {
	case ShowAll:
		return `(d.received_on LIKE $1 OR d.decided_on LIKE $1)`, true
	case ShowContested:
		return contested + ` AND d.received_on LIKE $1`, true
	case ShowDecided:
		return contested + ` AND d.decided_on LIKE $1`, true
	case ShowLost:
		return contested + ` AND d.decided_on LIKE $1 AND d.result IN ('overruled', 'unlawful')`, true
	case ShowOpen:
		return `d.result = '' AND d.received_on <= $1`, true
	}
	return "", false
}

// Disputes lists the register of organs in a year, the newest first. Open ones
// are all that were received up to the end of the year.
func (r *Room) Disputes(ctx context.Context, organs []int64, year int, show DisputeShow) (out []DisputeRow, err error) {
	defer fault.Wrap(&err, "request.Disputes(%d)", year)
	where, ok := show.condition()
	if !ok {
		return nil, fault.New(fault.Invalid, "request.Disputes", "没有这样的清单。")
	}
	if len(organs) == 0 {
		return nil, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT `+disputeColumns+`, c.number, c.organ_id, c.state, COALESCE(a.number, '') FROM disputes d JOIN cases c ON c.id = d.case_id
		LEFT JOIN cases a ON a.id = d.request_id WHERE `+where+` AND c.organ_id IN (`+idList(organs)+`) ORDER BY d.received_on DESC, d.case_id DESC`, show.argument(year))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x DisputeRow
		if x.Dispute, err = scanDispute(rows, &x.CaseNumber, &x.Organ, &x.State, &x.RequestNumber); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	list := make([]*Dispute, len(out))
	for i, x := range out {
		list[i] = x.Dispute
	}
	return out, loadTalks(ctx, r.db.Reader(), list...)
}

func (s DisputeShow) argument(year int) string {
	if s == ShowOpen {
		return fmt.Sprintf("%04d-12-31", year)
	}
	return fmt.Sprintf("%04d-%%", year)
}

// AnswerRow is an answer that was served, beside which disputes are counted.
type AnswerRow struct {
	Case     int64
	Number   string
	Organ    int64
	LetterNo string
	Outcome  Outcome
	ServedOn workday.Date
}

// Answers lists the answers that organs served in a year, the newest first.
func (r *Room) Answers(ctx context.Context, organs []int64, year int) (out []AnswerRow, err error) {
	defer fault.Wrap(&err, "request.Answers(%d)", year)
	if len(organs) == 0 {
		return nil, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT q.case_id, c.number, c.organ_id, q.letter_no, q.outcome, q.served_on FROM requests q JOIN cases c ON c.id = q.case_id
		WHERE q.served_on LIKE $1 AND c.organ_id IN (`+idList(organs)+`) ORDER BY q.served_on DESC, q.case_id DESC`, fmt.Sprintf("%04d-%%", year))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x AnswerRow
		var on string
		if err := rows.Scan(&x.Case, &x.Number, &x.Organ, &x.LetterNo, &x.Outcome, &on); err != nil {
			return nil, err
		}
		if x.ServedOn, err = day(on); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// DisputeFigures are the two figures of a year with what they are counted from
// (M23-2.3d).
type DisputeFigures struct {
	Contested, Answers int // 争议发生率
	Lost, Decided      int // 被纠错败诉率
}

// Rate writes a share in percent with one place; "—" of nothing.
func Rate(part, whole int) string {
	if whole == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}

// Figures counts the two figures of organs in a year.
func (r *Room) Figures(ctx context.Context, organs []int64, year int) (f DisputeFigures, err error) {
	defer fault.Wrap(&err, "request.Figures(%d)", year)
	for _, x := range []struct {
		show DisputeShow
		into *int
	}{{ShowContested, &f.Contested}, {ShowDecided, &f.Decided}, {ShowLost, &f.Lost}} {
		list, err := r.Disputes(ctx, organs, year, x.show)
		if err != nil {
			return f, err
		}
		*x.into = len(list)
	}
	list, err := r.Answers(ctx, organs, year)
	f.Answers = len(list)
	return f, err
}

// disputeChapter brings the disputes about a request to its page.
func (r *Room) disputeChapter() chapter { return chapter{load: loadDisputes} }

func loadDisputes(ctx context.Context, q store.Querier, out *Request) (err error) {
	defer fault.Wrap(&err, "request.loadDisputes(%d)", out.Case)
	rows, err := q.QueryContext(ctx, `SELECT `+disputeColumns+` FROM disputes d WHERE d.request_id = $1 ORDER BY d.case_id DESC`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDispute(rows)
		if err != nil {
			return err
		}
		out.Disputes = append(out.Disputes, d)
	}
	return rows.Err()
}
