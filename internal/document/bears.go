package document

import (
	"context"

	"gongkai/internal/store"
	"gongkai/internal/zh"
)

// bears reports that a work has, or by its records once had, a title of a key:
// only then may anything point at it by that title.
func bears(ctx context.Context, q store.Querier, work int64, key string) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `
		SELECT COUNT(*) FROM editions WHERE work_id = $1 AND state = 'published' AND (title_key = $2 OR short_key = $2)`, work, key).Scan(&n); err != nil || n > 0 {
		return n > 0, err
	}
	old, err := strs(ctx, q, `
		SELECT r.old_value FROM edition_records r JOIN editions e ON e.id = r.edition_id
		WHERE e.work_id = $1 AND e.state = 'published' AND r.field IN ('title', 'short_title')`, work)
	if err != nil {
		return false, err
	}
	for _, title := range old {
		if zh.TitleKey(title) == key {
			return true, nil
		}
	}
	return false, nil
}

// namedFact is a fact that says by which work it came about.
type namedFact struct {
	id, by    int64
	authority string
}

// namedFacts reads them; where is a condition on work_facts f.
func namedFacts(ctx context.Context, q store.Querier, where string, args ...any) ([]namedFact, error) {
	rows, err := q.QueryContext(ctx, `SELECT f.id, f.by_work_id, f.authority FROM work_facts f WHERE f.by_work_id IS NOT NULL AND `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []namedFact
	for rows.Next() {
		var f namedFact
		if err := rows.Scan(&f.id, &f.by, &f.authority); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}
