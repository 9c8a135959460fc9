package document

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// cellKey is one combination of what a list can be narrowed by. Organs and
// columns are sets of ids, written ascending and joined by commas, because a
// joint document counts once in the total and once with each of its organs.
type cellKey struct {
	validity, kind, region, year, topic, organs, columns string
}

// keyRow is what card_keys holds of a work.
type keyRow struct {
	work, public             int64
	cell                     int64
	editions                 int
	date, from, title, docNo string
}

// countCard brings the counted rows up to the card of a work as it stands in
// the transaction; a work without a card is taken out. It acts only when *err
// is nil, so that writeCard can defer it. The caller holds the head of the log:
// busy cells are then changed by one transaction at a time, and changed grows
// in the order of commits.
func countCard(ctx context.Context, tx *sql.Tx, workID int64, err *error) {
	if *err != nil {
		return
	}
	*err = recountCard(ctx, tx, workID)
	fault.Wrap(err, "document.countCard(%d)", workID)
}

func recountCard(ctx context.Context, tx *sql.Tx, workID int64) error {
	old, err := storedKey(ctx, tx, workID)
	if err != nil {
		return err
	}
	now, cell, columns, err := cardKey(ctx, tx, workID)
	if err != nil {
		return err
	}
	version, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	if old.cell != 0 {
		if _, err := tx.ExecContext(ctx, `UPDATE card_cells SET works = works - 1, editions = editions - $2, revised = revised - $3, changed = $4 WHERE id = $1`,
			old.cell, old.editions, several(old.editions), version); err != nil {
			return err
		}
	}
	if now != nil {
		if now.cell, err = addToCell(ctx, tx, cell, 1, now.editions, several(now.editions), version); err != nil {
			return err
		}
	} else if now = (&keyRow{work: workID, public: old.public}); old.work == 0 {
		return nil // never listed, still not listed
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO card_keys (work_id, public_id, cell_id, editions, date_on, effective_from, title_key, doc_no_key, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (work_id) DO UPDATE SET public_id = excluded.public_id, cell_id = excluded.cell_id, editions = excluded.editions, date_on = excluded.date_on,
			effective_from = excluded.effective_from, title_key = excluded.title_key, doc_no_key = excluded.doc_no_key, changed = excluded.changed`,
		now.work, now.public, now.cell, now.editions, now.date, now.from, now.title, now.docNo, version); err != nil {
		return err
	}
	if old.work != 0 {
		if _, err := tx.ExecContext(ctx, `DELETE FROM column_order WHERE work_id = $1`, workID); err != nil {
			return err
		}
	}
	rows := make([][]any, len(columns))
	for i, c := range columns {
		rows[i] = []any{workID, c, now.date, now.public}
	}
	return store.InsertMany(ctx, tx, columnOrderRow, rows)
}

const columnOrderRow = `column_order (work_id, column_id, date_on, public_id)`

// nextChange is the number of the change that a transaction is about to make.
func nextChange(ctx context.Context, q store.Querier) (n int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(changed), 0) + 1 FROM card_keys`).Scan(&n)
	return n, err
}

// addToCell adds works to the cell of a combination, which is made when it is new.
func addToCell(ctx context.Context, tx *sql.Tx, k cellKey, works, editions, revised int, version int64) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO card_cells (validity, kind, region, year, topic_name, organ_ids, column_ids, works, editions, revised, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (validity, kind, region, year, topic_name, organ_ids, column_ids) DO UPDATE SET works = card_cells.works + excluded.works,
			editions = card_cells.editions + excluded.editions, revised = card_cells.revised + excluded.revised, changed = excluded.changed
		RETURNING id`, k.validity, k.kind, k.region, k.year, k.topic, k.organs, k.columns, works, editions, revised, version).Scan(&id)
	return id, err
}

// storedKey is the row as counted before; its work is 0 when there is none.
func storedKey(ctx context.Context, q store.Querier, workID int64) (k keyRow, err error) {
	err = q.QueryRowContext(ctx, `SELECT work_id, public_id, cell_id, editions FROM card_keys WHERE work_id = $1`, workID).
		Scan(&k.work, &k.public, &k.cell, &k.editions)
	if errors.Is(err, sql.ErrNoRows) {
		return keyRow{}, nil
	}
	return k, err
}

// cardKey reads what a card counts as, with the columns the work stands in;
// nil for a work without a card.
func cardKey(ctx context.Context, q store.Querier, workID int64) (*keyRow, cellKey, []int64, error) {
	k := &keyRow{work: workID}
	var c cellKey
	var edition int64
	err := q.QueryRowContext(ctx, `
		SELECT public_id, edition_id, editions, date_on, effective_from, title_key, doc_no_key, validity, kind, region, year, topic_name FROM work_cards WHERE work_id = $1`, workID).
		Scan(&k.public, &edition, &k.editions, &k.date, &k.from, &k.title, &k.docNo, &c.validity, &c.kind, &c.region, &c.year, &c.topic)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, c, nil, nil
	}
	if err != nil {
		return nil, c, nil, err
	}
	organs, err := ids(ctx, q, `SELECT DISTINCT organ_id FROM edition_organs WHERE edition_id = $1 ORDER BY organ_id`, edition)
	if err != nil {
		return nil, c, nil, err
	}
	columns, err := ids(ctx, q, `SELECT DISTINCT column_id FROM placements WHERE work_id = $1 AND to_on = '' ORDER BY column_id`, workID)
	if err != nil {
		return nil, c, nil, err
	}
	c.organs, c.columns = joinIDs(organs), joinIDs(columns)
	return k, c, columns, nil
}

func joinIDs(list []int64) string {
	s := make([]string, len(list))
	for i, id := range list {
		s[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(s, ",")
}

// splitIDs reads what joinIDs wrote.
func splitIDs(s string) (out []int64, err error) {
	if s == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// addID keeps a list of ids ascending and without repetition.
func addID(list []int64, id int64) []int64 {
	i, found := slices.BinarySearch(list, id)
	if found {
		return list
	}
	return slices.Insert(list, i, id)
}

// several is 1 for a work of two or more texts.
func several(editions int) int {
	if editions > 1 {
		return 1
	}
	return 0
}
