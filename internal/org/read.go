package org

import (
	"context"
	"database/sql"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

func day(s string) workday.Date {
	d, _ := workday.ParseDate(s) // stored days are ISO or empty, and empty is the unknown day
	return d
}

// nameNow is the name an organ bears today, as a subquery beside o.
const nameNow = `COALESCE((SELECT n.name FROM organ_names n WHERE n.organ_id = o.id AND n.alias = 0 ORDER BY n.valid_from DESC, n.id DESC LIMIT 1), '')`

// issuedCounts says how many published works each organ issued, alone or
// jointly: one grouped pass, because a count for each organ reads all works
// once an organ.
func issuedCounts(ctx context.Context, q store.Querier) (map[int64]int, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT eo.organ_id, COUNT(DISTINCT c.work_id) FROM work_cards c JOIN edition_organs eo ON eo.edition_id = c.edition_id GROUP BY eo.organ_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[int64]int{}
	for rows.Next() {
		var id int64
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		counts[id] = n
	}
	return counts, rows.Err()
}

// issuedBy is the same for one organ.
const issuedBy = `(SELECT COUNT(DISTINCT c.work_id) FROM edition_organs eo JOIN work_cards c ON c.edition_id = eo.edition_id WHERE eo.organ_id = o.id)`

// Organ is one organ with its names, parents and successors.
func (r *Registry) Organ(ctx context.Context, code string) (o *Organ, err error) {
	defer fault.Wrap(&err, "org.Organ(%s)", code)
	err = r.db.Snapshot(ctx, func(q *sql.Tx) error {
		id, err := ByCode(ctx, q, code)
		if err != nil {
			return err
		}
		o = &Organ{}
		var external int
		err = q.QueryRowContext(ctx, `
			SELECT o.id, o.code, `+nameNow+`, o.kind, o.credit_code, o.level, o.region, o.external, o.duties, o.address, o.hours, o.phone, o.fax, o.postcode, o.website, o.doc_prefixes, `+issuedBy+`
			FROM organs o WHERE o.id = $1`, id).
			Scan(&o.ID, &o.Code, &o.Name, &o.Kind, &o.CreditCode, &o.Level, &o.Region, &external, &o.Duties, &o.Address, &o.Hours, &o.Phone, &o.Fax, &o.Postcode, &o.Website, &o.Prefixes, &o.Count)
		if err != nil {
			return err
		}
		o.External = external != 0
		if o.Names, err = names(ctx, q, id); err != nil {
			return err
		}
		if n := len(o.Names); n > 0 {
			o.Short = o.Names[n-1].Short
		}
		if o.Parents, err = parents(ctx, q, id); err != nil {
			return err
		}
		if o.Children, err = refs(ctx, q, `
			SELECT o.id, o.code, `+nameNow+`, o.kind, `+issuedBy+` FROM organ_parents p JOIN organs o ON o.id = p.organ_id
			WHERE p.parent_id = $1 AND p.valid_to = '' ORDER BY o.position, o.id`, id); err != nil {
			return err
		}
		if o.Successors, err = successions(ctx, q, `s.from_organ = $1`, id); err != nil {
			return err
		}
		o.Former, err = successions(ctx, q, `s.to_organ = $1`, id)
		return err
	})
	return o, err
}

func names(ctx context.Context, q store.Querier, id int64) ([]NamePeriod, error) {
	rows, err := q.QueryContext(ctx, `SELECT name, short_name, valid_from, valid_to FROM organ_names WHERE organ_id = $1 AND alias = 0 ORDER BY valid_from, id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []NamePeriod
	for rows.Next() {
		var n NamePeriod
		var from, to string
		if err := rows.Scan(&n.Name, &n.Short, &from, &to); err != nil {
			return nil, err
		}
		n.From, n.To = day(from), day(to)
		out = append(out, n)
	}
	return out, rows.Err()
}

// parents walks up from an organ; the result runs from the top down.
func parents(ctx context.Context, q store.Querier, id int64) ([]Ref, error) {
	var out []Ref
	for range 8 { // a cycle of parents must not hang a page
		above, err := refs(ctx, q, `
			SELECT o.id, o.code, `+nameNow+`, o.kind, 0 FROM organ_parents p JOIN organs o ON o.id = p.parent_id
			WHERE p.organ_id = $1 AND p.valid_to = '' ORDER BY p.id LIMIT 1`, id)
		if err != nil || len(above) == 0 {
			return out, err
		}
		out = append(above, out...)
		id = above[0].ID
	}
	return out, nil
}

func refs(ctx context.Context, q store.Querier, query string, args ...any) ([]Ref, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Ref
	for rows.Next() {
		var r Ref
		if err := rows.Scan(&r.ID, &r.Code, &r.Name, &r.Kind, &r.Count); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func successions(ctx context.Context, q store.Querier, where string, id int64) ([]Succession, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT s.on_date, s.reason, f.code, COALESCE((SELECT n.name FROM organ_names n WHERE n.organ_id = f.id AND n.alias = 0 ORDER BY n.valid_from DESC LIMIT 1), ''),
			t.code, COALESCE((SELECT n.name FROM organ_names n WHERE n.organ_id = t.id AND n.alias = 0 ORDER BY n.valid_from DESC LIMIT 1), '')
		FROM organ_successions s JOIN organs f ON f.id = s.from_organ JOIN organs t ON t.id = s.to_organ WHERE `+where+` ORDER BY s.on_date, s.id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Succession
	for rows.Next() {
		var s Succession
		var on string
		if err := rows.Scan(&on, &s.Reason, &s.From.Code, &s.From.Name, &s.To.Code, &s.To.Name); err != nil {
			return nil, err
		}
		s.On = day(on)
		out = append(out, s)
	}
	return out, rows.Err()
}

// Tree is the organs of this library's own government, from the top. An organ
// that was taken over stays in the tree only through its successor's page.
func (r *Registry) Tree(ctx context.Context) (_ []Node, err error) {
	defer fault.Wrap(&err, "org.Tree")
	counts, err := issuedCounts(ctx, r.db.Reader())
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Reader().QueryContext(ctx, `
		SELECT o.id, o.code, `+nameNow+`, o.kind,
			COALESCE((SELECT p.parent_id FROM organ_parents p WHERE p.organ_id = o.id AND p.valid_to = '' ORDER BY p.id LIMIT 1), 0)
		FROM organs o WHERE o.external = 0 AND NOT EXISTS (SELECT 1 FROM organ_successions s WHERE s.from_organ = o.id)
		ORDER BY o.position, o.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	below := map[int64][]Ref{}
	for rows.Next() {
		var ref Ref
		var parent int64
		if err := rows.Scan(&ref.ID, &ref.Code, &ref.Name, &ref.Kind, &parent); err != nil {
			return nil, err
		}
		ref.Count = counts[ref.ID]
		below[parent] = append(below[parent], ref)
	}
	return grow(below, 0, 0), rows.Err()
}

func grow(below map[int64][]Ref, parent int64, depth int) []Node {
	if depth > 8 {
		return nil
	}
	var out []Node
	for _, ref := range below[parent] {
		out = append(out, Node{Ref: ref, Children: grow(below, ref.ID, depth+1)})
	}
	return out
}

// External lists issuing bodies outside the tree, those with most documents first.
func (r *Registry) External(ctx context.Context) (_ []Ref, err error) {
	defer fault.Wrap(&err, "org.External")
	counts, err := issuedCounts(ctx, r.db.Reader())
	if err != nil {
		return nil, err
	}
	list, err := refs(ctx, r.db.Reader(), `SELECT o.id, o.code, `+nameNow+`, o.kind, 0 FROM organs o WHERE o.external = 1 ORDER BY o.id`)
	for i := range list {
		list[i].Count = counts[list[i].ID]
	}
	slices.SortStableFunc(list, func(a, b Ref) int { return b.Count - a.Count })
	return list, err
}
