package audit

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Filter narrows a list; a zero field does not narrow. From is inclusive, To
// exclusive. Before is the cursor: only rows with a smaller id.
type Filter struct {
	Actor   string
	Act     Act
	Target  string
	Outcome Outcome
	From    time.Time
	To      time.Time
	Before  int64
	Limit   int // 1 to 500; 0 means 50
}

// List gives rows newest first, and the cursor for the next page, 0 at the end.
func List(ctx context.Context, q store.Querier, f Filter) (out []Row, next int64, err error) {
	defer fault.Wrap(&err, "audit.List")
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	where, args := f.where()
	args = append(args, limit+1)
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`
		SELECT id, at, actor, act, target, outcome, detail, seal FROM audit_log%s ORDER BY id DESC LIMIT $%d`, where, len(args)), args...)
	if err != nil {
		return nil, 0, store.Sentence("audit.List", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Row
		var at int64
		var seal sql.NullInt64
		if err := rows.Scan(&r.ID, &at, &r.Actor, &r.Act, &r.Target, &r.Outcome, &r.Detail, &seal); err != nil {
			return nil, 0, err
		}
		r.At, r.Seal = time.UnixMicro(at).UTC(), seal.Int64
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, store.Sentence("audit.List", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	return out, next, nil
}

func (f Filter) where() (string, []any) {
	var conds []string
	var args []any
	add := func(cond string, v any) {
		args = append(args, v)
		conds = append(conds, fmt.Sprintf("%s $%d", cond, len(args)))
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
	if f.Before > 0 {
		add("id <", f.Before)
	}
	if len(conds) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}
