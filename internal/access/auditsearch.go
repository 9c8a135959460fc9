package access

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// SearchLog searches the audit log within the actor's reach: whoever may search
// over all organs that have people sees every row, others the rows of people
// who belong to their organs. The search itself is recorded, because the log
// tells what people did. total counts all rows that fit.
func (s *Service) SearchLog(ctx context.Context, a Actor, f audit.Filter) (rows []audit.Row, total int, next int64, err error) {
	defer fault.Wrap(&err, "access.SearchLog")
	if f.Limit <= 0 {
		f.Limit = 50
	}
	err = s.db.Snapshot(ctx, func(q *sql.Tx) error {
		tree, err := LoadTree(ctx, q)
		if err != nil {
			return err
		}
		where, args, err := logWhere(ctx, q, tree, a, f)
		if err != nil {
			return err
		}
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_log`+where, args...).Scan(&total); err != nil {
			return err
		}
		if f.Before > 0 {
			args = append(args, f.Before)
			where += " AND id < $" + strconv.Itoa(len(args))
		}
		args = append(args, f.Limit+1)
		list, err := q.QueryContext(ctx, `SELECT id, at, actor, act, target, outcome, detail FROM audit_log`+where+` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
		if err != nil {
			return err
		}
		defer list.Close()
		for list.Next() {
			var r audit.Row
			var at int64
			if err := list.Scan(&r.ID, &at, &r.Actor, &r.Act, &r.Target, &r.Outcome, &r.Detail); err != nil {
				return err
			}
			r.At = time.UnixMicro(at).UTC()
			rows = append(rows, r)
		}
		return list.Err()
	})
	if err != nil {
		return nil, 0, 0, err
	}
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		next = rows[f.Limit-1].ID
	}
	return rows, total, next, s.Record(ctx, a, audit.ViewPersonal, "audit_log", audit.Done, logWords(f, total))
}

func logWhere(ctx context.Context, q *sql.Tx, t *Tree, a Actor, f audit.Filter) (string, []any, error) {
	conds, args := []string{"1 = 1"}, []any{}
	add := func(cond string, v any) {
		args = append(args, v)
		conds = append(conds, cond+" $"+strconv.Itoa(len(args)))
	}
	mine := scope("p.organ_id", t.Below(Holds(a, SearchAudit)...))
	var others int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM people p WHERE p.organ_id IS NOT NULL AND NOT (`+mine+`)`).Scan(&others); err != nil {
		return "", nil, err
	}
	if others > 0 {
		conds = append(conds, `actor IN (SELECT p.login FROM people p WHERE `+mine+`)`)
	}
	if f.Actor != "" {
		add("actor =", f.Actor)
	}
	if f.Act != "" {
		add("act =", string(f.Act))
	}
	if f.Target != "" {
		add("target =", f.Target)
	}
	if f.Outcome != "" {
		add("outcome =", string(f.Outcome))
	}
	if !f.From.IsZero() {
		add("at >=", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		add("at <", f.To.UnixMicro())
	}
	return " WHERE " + strings.Join(conds, " AND "), args, nil
}

func logWords(f audit.Filter, total int) string {
	var parts []string
	for _, p := range []struct{ name, value string }{{"办理人", f.Actor}, {"事项", f.Act.Chinese()}, {"对象", f.Target}, {"结果", f.Outcome.Chinese()}} {
		if p.value != "" {
			parts = append(parts, p.name+"="+p.value)
		}
	}
	if !f.From.IsZero() {
		parts = append(parts, "起="+f.From.Format("2006-01-02"))
	}
	return fmt.Sprintf(detailSearch, strings.Join(parts, " "), total)
}

// OwnActs lists what a person did last, for their own first page.
func (s *Service) OwnActs(ctx context.Context, a Actor, limit int) (_ []audit.Row, err error) {
	defer fault.Wrap(&err, "access.OwnActs(%s)", a.Login)
	rows, _, err := audit.List(ctx, s.db.Reader(), audit.Filter{Actor: a.Login, Limit: limit})
	return rows, err
}
