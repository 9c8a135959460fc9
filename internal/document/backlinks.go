package document

import (
	"context"
	"fmt"

	"gongkai/internal/store"
)

// maxBacklinks bounds what a page lists; the count of a famous law is larger
// than anybody reads, and the rest is found by search.
const maxBacklinks = 300

// loadBacklinks lists what points at a work, the weightiest kind first. The
// first ones are picked from an index alone, the newest editions of each kind,
// before any card is read: twice as many as are shown, because texts that have
// been replaced have no line.
func loadBacklinks(ctx context.Context, q store.Querier, id int64) ([]Backlink, error) {
	const weight = `CASE r.kind WHEN 'repeals' THEN 0 WHEN 'repeals_part' THEN 1 WHEN 'amends' THEN 2 WHEN 'based_on' THEN 3 ELSE 4 END`
	rows, err := q.QueryContext(ctx, `
		SELECT r.kind, c.public_id, c.label, c.title, c.doc_no, r.from_path, r.to_path, c.validity
		FROM (SELECT r.id, r.kind, r.edition_id, r.from_path, r.to_path, r.position FROM relations r
			WHERE r.id IN (SELECT r.id FROM relations r WHERE r.to_work_id = $1 ORDER BY `+weight+`, r.edition_id DESC LIMIT $2)) r
		JOIN work_cards c ON c.edition_id = r.edition_id
		ORDER BY `+weight+`, c.date_on DESC, c.public_id, r.position
		LIMIT $3`, id, 2*maxBacklinks, maxBacklinks)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Backlink
	seen := map[string]bool{}
	for rows.Next() {
		var b Backlink
		if err := rows.Scan(&b.Kind, &b.Work, &b.Edition, &b.Title, &b.DocNo, &b.FromPath, &b.ToPath, &b.Validity); err != nil {
			return nil, err
		}
		key := fmt.Sprint(b.Kind, b.Work, b.ToPath)
		if !seen[key] {
			seen[key] = true
			out = append(out, b)
		}
	}
	return out, rows.Err()
}
