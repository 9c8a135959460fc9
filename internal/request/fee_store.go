package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// month is the calendar month whose items count together with a request: that
// of its receipt, while nobody has confirmed it that of its submission.
func (q *Request) month() string {
	on := q.ReceivedOn
	if on.IsZero() {
		on = workday.DateOf(q.Submitted)
	}
	return fmt.Sprintf("%04d-%02d", on.Year, on.Month)
}

// loadFee reads what stands about the fee of a request.
func (r *Room) loadFee(ctx context.Context, q store.Querier, out *Request) (err error) {
	f := &out.Fee
	f.Month = out.month()
	if f.Asked, f.Before, err = itemsOf(ctx, q, out); err != nil {
		return err
	}
	if f.Prices, err = feePrices(ctx, q, out.Organ); err != nil {
		return err
	}
	n, err := readNotice(ctx, q, out.Case)
	if err != nil || n == nil {
		return err
	}
	f.Notice = n
	f.Before = n.before(f.Before)
	return nil
}

func (n *FeeNotice) before(now int) int {
	if n.Method == ByItems {
		return n.Before // as it was counted
	}
	return now
}

func readNotice(ctx context.Context, q store.Querier, id int64) (*FeeNotice, error) {
	var n FeeNotice
	var issued, delivered, settled string
	var due int64
	err := q.QueryRowContext(ctx, `SELECT method, units, before_units, amount, reason, how_to_pay, number, issued_on, delivered_on, delivered_how, proof, settled, settled_on, why,
		COALESCE((SELECT MAX(t.due_at) FROM case_tasks t WHERE t.case_id = f.case_id AND t.name = 'await_fee'), 0) FROM request_fees f WHERE f.case_id = $1`, id).
		Scan(&n.Method, &n.Units, &n.Before, &n.Amount, &n.Reason, &n.HowToPay, &n.Number, &issued, &delivered, &n.DeliveredHow, &n.Proof, &n.Settled, &settled, &n.Why, &due)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n.Due = instant(due) // what the kernel computed, with the calendar that is loaded
	for _, x := range []struct {
		into *workday.Date
		s    string
	}{{&n.IssuedOn, issued}, {&n.DeliveredOn, delivered}, {&n.SettledOn, settled}} {
		if *x.into, err = day(x.s); err != nil {
			return nil, err
		}
	}
	n.Payments, err = payments(ctx, q, id)
	for _, p := range n.Payments {
		n.Paid += p.Amount
	}
	return &n, err
}

func payments(ctx context.Context, q store.Querier, id int64) (out []Payment, err error) {
	rows, err := q.QueryContext(ctx, `SELECT amount, paid_on, receipt, by_login FROM request_fee_payments WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Payment
		var on string
		if err := rows.Scan(&p.Amount, &on, &p.Receipt, &p.By); err != nil {
			return nil, err
		}
		if p.On, err = day(on); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// itemsOf counts what the applicant of a request asked of its organ in its
// month, by blind digest: all of it, and what came before this request. A
// request counts as one item, or as the items of its notice; what was withdrawn
// had no decision and does not count, and what went into another case or on to
// another organ counts there (C-03).
func itemsOf(ctx context.Context, q store.Querier, x *Request) (all, before int, err error) {
	month := x.month()
	first, ok := workday.ParseDate(month + "-01")
	if !ok {
		return 0, 0, fault.Newf(fault.Internal, "request.itemsOf", "no such month: %q", month)
	}
	err = q.QueryRowContext(ctx, `SELECT COALESCE(SUM(n), 0), COALESCE(SUM(CASE WHEN id < $1 THEN n ELSE 0 END), 0) FROM (
		SELECT o.case_id AS id, CASE WHEN f.method = 'items' AND f.settled <> 'waived' THEN f.units ELSE 1 END AS n
		FROM requests me JOIN requests o ON o.blind = me.blind AND me.blind <> '' JOIN cases c ON c.id = o.case_id LEFT JOIN request_fees f ON f.case_id = o.case_id
		WHERE me.case_id = $1 AND c.organ_id = $2 AND c.state <> 'withdrawn' AND `+CountedOnce+`
		AND (o.received_on LIKE $3 OR o.received_on = '' AND o.submitted_at >= $4 AND o.submitted_at < $5)) AS counted`,
		x.Case, x.Organ, month+"-%", first.Time().UnixMicro(), first.AddMonths(1).Time().UnixMicro()).Scan(&all, &before)
	return all, before, err
}

// countItems holds the month of the applicant until the transaction ends and
// counts what came before the request in it.
func (r *Room) countItems(ctx context.Context, tx *sql.Tx, x *Request, items int) (before int, err error) {
	if _, err := tx.ExecContext(ctx, `INSERT INTO request_fee_months (organ_id, blind, month, items) SELECT $2, blind, $3, $4 FROM requests WHERE case_id = $1
		ON CONFLICT (organ_id, blind, month) DO UPDATE SET items = request_fee_months.items + excluded.items`, x.Case, x.Organ, x.month(), items); err != nil {
		return 0, err
	}
	_, before, err = itemsOf(ctx, tx, x)
	return before, err
}

func insertNotice(ctx context.Context, tx *sql.Tx, q *Request) error {
	n := q.Fee.Notice
	prices, err := json.Marshal(q.Fee.Prices)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO request_fees (case_id, month, method, units, before_units, amount, prices, reason, how_to_pay, number, issued_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, q.Case, q.Fee.Month, string(n.Method), n.Units, n.Before, n.Amount, string(prices), n.Reason, n.HowToPay, n.Number, n.IssuedOn.String())
	return err
}

// insertPayment keeps a payment. A fiscal receipt of the organ stands for one
// payment only.
func insertPayment(ctx context.Context, t *turn, f *FeePaidForm) error {
	res, err := t.Tx.ExecContext(ctx, `INSERT INTO request_fee_payments (case_id, organ_id, amount, paid_on, receipt, by_login, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (organ_id, receipt) DO NOTHING`, t.Case.ID, t.Case.Organ, f.Amount, f.On.String(), f.Receipt, t.Actor.Login, t.Now.UnixMicro())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.Field("request.insertPayment", "财政票据号", "“财政票据号”：%s 已经登记在另一笔缴费上，一张票据只能登记一次（C-10）。", f.Receipt)
}

// settle closes the matter of a fee.
func (r *Room) settle(ctx context.Context, t *turn, how string, on workday.Date, why string) error {
	n := t.Data.Fee.Notice
	n.Settled, n.SettledOn, n.Why = how, on, why
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_fees SET settled = $2, settled_on = $3, why = $4 WHERE case_id = $1`, t.Case.ID, how, on.String(), why)
	return err
}

// feePrices are the prices of an organ: its own, else the national ones.
func feePrices(ctx context.Context, q store.Querier, organ int64) (t FeeTable, err error) {
	var raw string
	err = q.QueryRowContext(ctx, `SELECT prices FROM request_fee_prices WHERE organ_id = $1`, organ).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return NationalFees, nil
	}
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal([]byte(raw), &t)
}

// SetFeePrices enters the prices of an organ; they may be lower than the
// national ones and never dearer. The caller checks the right.
func (r *Room) SetFeePrices(ctx context.Context, a access.Actor, organ int64, t FeeTable) (err error) {
	defer fault.Wrap(&err, "request.SetFeePrices(%d)", organ)
	t.Rule = NationalFees.Rule
	if t.Basis == "" {
		t.Basis = NationalFees.Basis
	}
	if err := t.Tightens(); err != nil {
		return err
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO request_fee_prices (organ_id, prices, set_by, set_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organ_id) DO UPDATE SET prices = excluded.prices, set_by = excluded.set_by, set_at = excluded.set_at`, organ, string(raw), a.Login, r.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("organ:%d", organ), Outcome: audit.Done, Detail: "信息处理费标准"})
	})
}
