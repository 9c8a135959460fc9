package document

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"gongkai/internal/store"
)

// cell is a row of card_cells, read for counting.
type cell struct {
	id              int64
	key             cellKey
	organs, columns []int64
	sums
}

// census is all cells as they stood at a version. It is never changed once
// made; a newer one shares what did not change.
type census struct {
	version int64
	cells   []cell // ascending by id
	total   sums
	years   []yearCount // newest first
}

// yearCount tells where a walk by date finds its works.
type yearCount struct {
	year  string
	works int
}

// memory keeps the newest census and titles that this process has read. What
// it holds is checked against the version in the database at every use, so it
// is as true as the snapshot that asks.
type memory struct {
	mu     sync.Mutex
	census *census
	titles *titles
}

const versionQuery = `SELECT COALESCE(MAX(changed), 0) FROM card_keys`

// census gives the cells as the caller's snapshot has them, reading only those
// that changed since they were last read. q must be one unchanging state.
func (l *Library) census(ctx context.Context, q store.Querier) (*census, error) {
	var version int64
	if err := q.QueryRowContext(ctx, versionQuery).Scan(&version); err != nil {
		return nil, err
	}
	l.memory.mu.Lock()
	known := l.memory.census
	l.memory.mu.Unlock()
	if known != nil && known.version == version {
		return known, nil
	}
	if known == nil || known.version > version { // a snapshot older than what is known reads for itself
		known = &census{}
	}
	changed, err := readCells(ctx, q, known.version)
	if err != nil {
		return nil, err
	}
	c := &census{version: version, cells: merge(known.cells, changed, func(a, b cell) int { return cmp.Compare(a.id, b.id) })}
	c.count()
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	if l.memory.census == nil || l.memory.census.version < version {
		l.memory.census = c
	}
	return c, nil
}

// merge replaces and adds what changed; both lists are ascending.
func merge[T any](old, changed []T, compare func(a, b T) int) []T {
	out := make([]T, 0, len(old)+len(changed))
	i := 0
	for _, c := range changed {
		for i < len(old) && compare(old[i], c) < 0 {
			out = append(out, old[i])
			i++
		}
		if i < len(old) && compare(old[i], c) == 0 {
			i++
		}
		out = append(out, c)
	}
	return append(out, old[i:]...)
}

func (c *census) count() {
	years := map[string]int{}
	for i := range c.cells {
		n := c.cells[i].sums
		c.total.works += n.works
		c.total.editions += n.editions
		c.total.revised += n.revised
		if n.works > 0 {
			years[c.cells[i].key.year] += n.works
		}
	}
	for y, n := range years {
		c.years = append(c.years, yearCount{y, n})
	}
	slices.SortFunc(c.years, func(a, b yearCount) int {
		return cmp.Compare(b.year, a.year)
	})
}

// index finds a cell by its id, -1 when it is unknown.
func (c *census) index(id int64) int {
	i, found := slices.BinarySearchFunc(c.cells, id, func(x cell, id int64) int { return cmp.Compare(x.id, id) })
	if !found {
		return -1
	}
	return i
}

const cellsQuery = `
	SELECT id, validity, kind, region, year, topic_name, organ_ids, column_ids, works, editions, revised FROM card_cells WHERE changed > $1 ORDER BY id`

// readCells reads the cells that changed after a version, ascending by id.
func readCells(ctx context.Context, q store.Querier, after int64) (out []cell, err error) {
	rows, err := q.QueryContext(ctx, cellsQuery, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c cell
		if err := rows.Scan(&c.id, &c.key.validity, &c.key.kind, &c.key.region, &c.key.year, &c.key.topic, &c.key.organs, &c.key.columns, &c.works, &c.editions, &c.revised); err != nil {
			return nil, err
		}
		if c.organs, err = splitIDs(c.key.organs); err != nil {
			return nil, err
		}
		if c.columns, err = splitIDs(c.key.columns); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
