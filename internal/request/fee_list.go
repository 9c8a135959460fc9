package request

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// FeeRow is one fee notice of the list by which finance checks its money.
type FeeRow struct {
	Case   int64
	Number string // of the case
	Organ  int64
	FeeNotice
}

// Receipts are the numbers of the fiscal receipts, in the order of payment.
func (x FeeRow) Receipts() string {
	var out []string
	for _, p := range x.Payments {
		out = append(out, p.Receipt)
	}
	return join(out)
}

// FeeNotices lists the notices that organs issued in a calendar month, as
// 2026-11, the oldest first. It holds no personal data. Errors: Invalid for
// what is no month.
func (r *Room) FeeNotices(ctx context.Context, organs []int64, month string) (out []FeeRow, err error) {
	defer fault.Wrap(&err, "request.FeeNotices(%s)", month)
	if _, ok := workday.ParseDate(month + "-01"); !ok || len(month) != len("2026-11") {
		return nil, fault.Field("request.FeeNotices", "月份", "“月份”：请写成 2026-11。")
	}
	if len(organs) == 0 {
		return nil, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT f.case_id, c.number, c.organ_id FROM request_fees f JOIN cases c ON c.id = f.case_id
		WHERE f.issued_on LIKE $1 AND c.organ_id IN (`+idList(organs)+`) ORDER BY f.issued_on, f.case_id`, month+"-%")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x FeeRow
		if err := rows.Scan(&x.Case, &x.Number, &x.Organ); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		n, err := readNotice(ctx, r.db.Reader(), out[i].Case)
		if err != nil {
			return nil, err
		}
		out[i].FeeNotice = *n
	}
	return out, nil
}

// idList writes ids of rows for a condition; ids are numbers of this program.
func idList(ids []int64) string {
	var out []string
	for _, id := range ids {
		out = append(out, fmt.Sprint(id))
	}
	return strings.Join(out, ", ")
}

// FeePrices are the prices of an organ: its own, else the national ones.
func (r *Room) FeePrices(ctx context.Context, organ int64) (t FeeTable, err error) {
	defer fault.Wrap(&err, "request.FeePrices(%d)", organ)
	return feePrices(ctx, r.db.Reader(), organ)
}

// ParseFeeSteps reads the steps of a price, one a line: the last unit of the
// step and its price in yuan, as 30 100. Errors: Invalid with the field.
func ParseFeeSteps(field, text string) (out []FeeStep, err error) {
	for i, line := range strings.Split(text, "\n") {
		cells := strings.Fields(line)
		if len(cells) == 0 {
			continue
		}
		bad := fault.Field("request.ParseFeeSteps", field, "“%s”：第 %d 行读不懂。每行写两个数：到第几个为止、每个多少元，例如 30 100；最后一行的第一个数可以写“以上”。", field, i+1)
		if len(cells) != 2 {
			return nil, bad
		}
		s := FeeStep{UpTo: endless}
		if cells[0] != "以上" {
			if n, err := fmt.Sscanf(cells[0], "%d", &s.UpTo); n != 1 || err != nil || s.UpTo < 1 || s.UpTo > maxUnits || fmt.Sprint(s.UpTo) != cells[0] {
				return nil, bad
			}
		}
		if s.Each, err = ParseYuan(field, cells[1]); err != nil {
			return nil, bad
		}
		out = append(out, s)
	}
	return out, nil
}

// FormatFeeSteps writes steps as ParseFeeSteps reads them.
func FormatFeeSteps(steps []FeeStep) string {
	var b strings.Builder
	for _, s := range steps {
		upTo := fmt.Sprint(s.UpTo)
		if s.UpTo >= endless {
			upTo = "以上"
		}
		fmt.Fprintf(&b, "%s %s\n", upTo, Yuan(s.Each))
	}
	return b.String()
}
