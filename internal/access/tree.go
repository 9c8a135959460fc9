package access

import (
	"context"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Tree knows which organ stands below which today. A merged organ stands below
// the organ that took it over, so that its old duties stay in somebody's reach.
type Tree struct {
	above map[int64][]int64
	below map[int64][]int64
}

// LoadTree reads the tree.
func LoadTree(ctx context.Context, q store.Querier) (_ *Tree, err error) {
	defer fault.Wrap(&err, "access.LoadTree")
	t := &Tree{above: map[int64][]int64{}, below: map[int64][]int64{}}
	rows, err := q.QueryContext(ctx, `
		SELECT organ_id, parent_id FROM organ_parents WHERE valid_to = ''
		UNION SELECT from_organ, to_organ FROM organ_successions`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var from, to int64
		if err := rows.Scan(&from, &to); err != nil {
			return nil, err
		}
		t.above[from] = append(t.above[from], to)
		t.below[to] = append(t.below[to], from)
	}
	return t, rows.Err()
}

// Above is the organ itself and every organ above it.
func (t *Tree) Above(organ int64) []int64 { return reach(t.above, organ) }

// Below is the organs given and every organ below them.
func (t *Tree) Below(organs ...int64) []int64 { return reach(t.below, organs...) }

// reach walks a relation; a circle in the data must not hang it.
func reach(next map[int64][]int64, from ...int64) []int64 {
	var out []int64
	for queue := slices.Clone(from); len(queue) > 0; queue = queue[1:] {
		if slices.Contains(out, queue[0]) {
			continue
		}
		out = append(out, queue[0])
		queue = append(queue, next[queue[0]]...)
	}
	return out
}
