package document

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gongkai/internal/store"
	"gongkai/internal/zh"
)

// titles is what words are looked for in: the keys of every title and document
// number, in memory once somebody has asked for words. 100,000 titles take
// about 20 MB and are read through in milliseconds; the database needs a
// hundred times that for the same, because no index serves words inside a title.
type titles struct {
	version int64
	rows    []keyRow // ascending by work
}

// titles gives the sort keys as the caller's snapshot has them; version is that
// of the census of the same snapshot.
func (l *Library) titles(ctx context.Context, q store.Querier, version int64) (*titles, error) {
	l.memory.mu.Lock()
	known := l.memory.titles
	l.memory.mu.Unlock()
	if known != nil && known.version == version {
		return known, nil
	}
	if known == nil || known.version > version {
		known = &titles{}
	}
	changed, err := readTitles(ctx, q, known.version)
	if err != nil {
		return nil, err
	}
	t := &titles{version: version, rows: merge(known.rows, changed, func(a, b keyRow) int { return cmp.Compare(a.work, b.work) })}
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	if l.memory.titles == nil || l.memory.titles.version < version {
		l.memory.titles = t
	}
	return t, nil
}

// readTitles reads the rows that changed after a version, ascending by work.
func readTitles(ctx context.Context, q store.Querier, after int64) ([]keyRow, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT work_id, public_id, cell_id, editions, date_on, effective_from, title_key, doc_no_key FROM card_keys WHERE changed > $1 ORDER BY work_id`, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []keyRow
	for rows.Next() {
		var k keyRow
		if err := rows.Scan(&k.work, &k.public, &k.cell, &k.editions, &k.date, &k.from, &k.title, &k.docNo); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// found is the works whose title holds the words or whose number they are.
type found struct {
	in     *titles
	rows   []int32 // places in the titles
	cells  []int32 // of each row, its cell's place in the census
	counts []int   // by place in the census
}

func (t *titles) find(words string, c *census) *found {
	f := &found{in: t, counts: make([]int, len(c.cells))}
	title, docNo := zh.TitleKey(words), zh.DocNumberKey(words)
	if title == "" {
		return f
	}
	for i := range t.rows {
		k := &t.rows[i]
		if k.cell == 0 || !strings.Contains(k.title, title) && (docNo == "" || k.docNo != docNo) {
			continue
		}
		if at := c.index(k.cell); at >= 0 {
			f.counts[at]++
			f.rows, f.cells = append(f.rows, int32(i)), append(f.cells, int32(at))
		}
	}
	return f
}

// page picks the next works in an order after a cursor. It keeps no more than
// a page: a common word stands in half of all titles.
func (f *found) page(pass []bool, by order, after *mark, n int) []mark {
	var out []mark
	for i, at := range f.rows {
		if !pass[f.cells[i]] {
			continue
		}
		k := &f.in.rows[at]
		m := mark{by.of(k), k.public}
		if after != nil && by.compare(m, *after) <= 0 || len(out) == n && by.compare(m, out[n-1]) > 0 {
			continue
		}
		place, _ := slices.BinarySearchFunc(out, m, by.compare)
		out = slices.Insert(out, place, m)
		out = out[:min(n, len(out))]
	}
	return out
}
