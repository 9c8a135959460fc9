package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// sums is what a cell counts.
type sums struct{ works, editions, revised int }

// tally is what the counted rows must be, read from the cards.
type tally struct {
	keys    []keyRow          // ascending by work; cell is not filled in
	cells   []cellKey         // of each key
	counts  map[cellKey]sums  // only what counts something
	columns map[int64][]int64 // the columns of a work
}

// takeTally reads all cards once. Rows are narrow: a library of 100,000 works
// takes about a second.
func takeTally(ctx context.Context, q store.Querier) (*tally, error) {
	t := &tally{counts: map[cellKey]sums{}, columns: map[int64][]int64{}}
	organs := map[int64][]int64{}
	for _, set := range []struct {
		into  map[int64][]int64
		query string
	}{
		{organs, `SELECT c.work_id, eo.organ_id FROM work_cards c JOIN edition_organs eo ON eo.edition_id = c.edition_id`},
		{t.columns, `SELECT p.work_id, p.column_id FROM placements p JOIN work_cards c ON c.work_id = p.work_id WHERE p.to_on = ''`},
	} {
		if err := collectIDs(ctx, q, set.query, set.into); err != nil {
			return nil, err
		}
	}
	rows, err := q.QueryContext(ctx, `
		SELECT work_id, public_id, editions, date_on, effective_from, title_key, doc_no_key, validity, kind, region, year, topic_name FROM work_cards ORDER BY work_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k keyRow
		var c cellKey
		if err := rows.Scan(&k.work, &k.public, &k.editions, &k.date, &k.from, &k.title, &k.docNo, &c.validity, &c.kind, &c.region, &c.year, &c.topic); err != nil {
			return nil, err
		}
		c.organs, c.columns = joinIDs(organs[k.work]), joinIDs(t.columns[k.work])
		n := t.counts[c]
		t.counts[c] = sums{n.works + 1, n.editions + k.editions, n.revised + several(k.editions)}
		t.keys, t.cells = append(t.keys, k), append(t.cells, c)
	}
	return t, rows.Err()
}

func collectIDs(ctx context.Context, q store.Querier, query string, into map[int64][]int64) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var work, id int64
		if err := rows.Scan(&work, &id); err != nil {
			return err
		}
		into[work] = addID(into[work], id)
	}
	return rows.Err()
}

// ensureCounted counts the cards again when the counted rows do not add up to
// them: after an upgrade from a version without them, and after a restore,
// which puts back cards only.
func (l *Library) ensureCounted(ctx context.Context) error {
	if even, err := addsUp(ctx, l.db.Reader()); err != nil || even {
		return err
	}
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := l.holdHead(ctx, tx); err != nil {
			return err
		}
		// Another node may have counted while this one waited.
		if even, err := addsUp(ctx, tx); err != nil || even {
			return err
		}
		return recount(ctx, tx)
	})
}

// holdHead makes the transaction the only one that changes cards. The log
// itself is not read: a damaged log must not take the lists down with it.
func (l *Library) holdHead(ctx context.Context, tx *sql.Tx) error {
	var id int
	err := tx.QueryRowContext(ctx, `SELECT id FROM log_head WHERE id = 1`+l.db.Dialect.ForUpdate()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // without a head nobody can publish
	}
	return err
}

func addsUp(ctx context.Context, q store.Querier) (bool, error) {
	var counted, keys, cards int
	err := q.QueryRowContext(ctx, `
		SELECT (SELECT COALESCE(SUM(works), 0) FROM card_cells), (SELECT COUNT(*) FROM card_keys WHERE cell_id <> 0), (SELECT COUNT(*) FROM work_cards)`).
		Scan(&counted, &keys, &cards)
	return counted == cards && keys == cards, err
}

// recount writes all counted rows anew. Cells and keys of works that are gone
// stay, emptied, so that what other nodes hold in memory is emptied too.
func recount(ctx context.Context, tx *sql.Tx) (err error) {
	defer fault.Wrap(&err, "document.recount")
	t, err := takeTally(ctx, tx)
	if err != nil {
		return err
	}
	version, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE card_cells SET works = 0, editions = 0, revised = 0, changed = $1`,
		`UPDATE card_keys SET cell_id = 0, editions = 0, date_on = '', effective_from = '', title_key = '', doc_no_key = '', changed = $1`,
	} {
		if _, err := tx.ExecContext(ctx, query, version); err != nil {
			return err
		}
	}
	for _, query := range []string{
		`DELETE FROM card_keys WHERE EXISTS (SELECT 1 FROM work_cards c WHERE c.work_id = card_keys.work_id)`,
		`DELETE FROM column_order`,
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	cells := map[cellKey]int64{}
	for c, n := range t.counts {
		if cells[c], err = addToCell(ctx, tx, c, n.works, n.editions, n.revised, version); err != nil {
			return err
		}
	}
	keys, order := make([][]any, 0, len(t.keys)), [][]any{}
	for i, k := range t.keys {
		keys = append(keys, []any{k.work, k.public, cells[t.cells[i]], k.editions, k.date, k.from, k.title, k.docNo, version})
		for _, c := range t.columns[k.work] {
			order = append(order, []any{k.work, c, k.date, k.public})
		}
	}
	if err := store.InsertMany(ctx, tx, `card_keys (work_id, public_id, cell_id, editions, date_on, effective_from, title_key, doc_no_key, changed)`, keys); err != nil {
		return err
	}
	return store.InsertMany(ctx, tx, columnOrderRow, order)
}

// cubeFaults counts the cards again and names what the counted rows say
// differently: combinations, sort keys, the order of columns.
func cubeFaults(ctx context.Context, q store.Querier) (out []string, err error) {
	defer fault.Wrap(&err, "document.cubeFaults")
	t, err := takeTally(ctx, q)
	if err != nil {
		return nil, err
	}
	cells, err := readCells(ctx, q, 0)
	if err != nil {
		return nil, err
	}
	byID := map[int64]cellKey{}
	for _, c := range cells {
		byID[c.id] = c.key
		if want := t.counts[c.key]; want != c.sums {
			out = append(out, fmt.Sprintf("%s/%s/%s/%s 的计数是 %d 件，应为 %d 件", c.key.validity, c.key.kind, c.key.region, c.key.year, c.works, want.works))
		}
		delete(t.counts, c.key)
	}
	for k, want := range t.counts {
		out = append(out, fmt.Sprintf("%s/%s/%s/%s 没有计数，应为 %d 件", k.validity, k.kind, k.region, k.year, want.works))
	}
	stored, err := readTitles(ctx, q, 0)
	if err != nil {
		return nil, err
	}
	wrong, i := 0, 0
	for _, k := range stored {
		if k.cell == 0 {
			continue
		}
		if i == len(t.keys) || byID[k.cell] != t.cells[i] {
			wrong++
		} else if want := t.keys[i]; k.work != want.work || k.public != want.public || k.date != want.date || k.from != want.from || k.title != want.title || k.docNo != want.docNo {
			wrong++
		}
		i++
	}
	if wrong += max(0, len(t.keys)-i); wrong > 0 {
		out = append(out, fmt.Sprintf("列表的排序依据有 %d 件与卡片不符", wrong))
	}
	n, err := columnFaults(ctx, q)
	if n > 0 {
		out = append(out, fmt.Sprintf("栏目顺序有 %d 处与卡片不符", n))
	}
	return out, err
}

func columnFaults(ctx context.Context, q store.Querier) (n int, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM column_order x WHERE NOT EXISTS (SELECT 1 FROM placements p JOIN work_cards c ON c.work_id = p.work_id
				WHERE p.work_id = x.work_id AND p.column_id = x.column_id AND p.to_on = '' AND c.date_on = x.date_on AND c.public_id = x.public_id))
			+ (SELECT COUNT(*) FROM placements p JOIN work_cards c ON c.work_id = p.work_id
				WHERE p.to_on = '' AND NOT EXISTS (SELECT 1 FROM column_order x WHERE x.work_id = p.work_id AND x.column_id = p.column_id))`).Scan(&n)
	return n, err
}

// counts reports what the counted rows say differently from the cards.
func (v *verifier) counts() error {
	faults, err := cubeFaults(v.ctx, v.q)
	for _, f := range faults {
		v.report("card_cells", "count", "*", "%s", f)
	}
	return err
}
