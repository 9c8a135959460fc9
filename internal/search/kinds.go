package search

import (
	"context"
	"database/sql"
	"slices"

	"gongkai/internal/fault"
)

// Kinds lists the kinds of document that the index holds, in order, so that a
// mistyped one can be told from one without hits.
func (x *Index) Kinds(ctx context.Context) (out []string, err error) {
	defer fault.Wrap(&err, "search.Kinds")
	err = x.snapshot(ctx, func(tx *sql.Tx) error {
		cat, err := x.catalogFor(ctx, tx)
		if err != nil {
			return err
		}
		seen := map[string]bool{"": true}
		for _, e := range cat.order {
			if !seen[e.kind] {
				seen[e.kind] = true
				out = append(out, e.kind)
			}
		}
		slices.Sort(out)
		return nil
	})
	return out, err
}
