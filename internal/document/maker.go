package document

import (
	"context"
	"database/sql"
	"errors"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Maker is what somebody who wants to amend or end a published work must know
// of it: what another organ made is that organ's to change.
type Maker struct {
	Title    string   // "" while the work stands in no list
	Validity Validity // today
	Organs   []int64  // who owns it or issued one of its texts; empty: nobody is named
}

// Made tells who made a work. NotFound when there is no such work.
func (l *Library) Made(ctx context.Context, q store.Querier, work int64) (m Maker, err error) {
	defer fault.Wrap(&err, "document.Made(%d)", work)
	if IsLimited(work) {
		var owner int64
		err := q.QueryRowContext(ctx, `SELECT organ_id FROM limited_works WHERE id = $1`, -work).Scan(&owner)
		if errors.Is(err, sql.ErrNoRows) {
			return m, errNoLimited()
		}
		return Maker{Organs: []int64{owner}}, err
	}
	id, err := internalID(ctx, q, work)
	if err != nil {
		return m, err
	}
	err = q.QueryRowContext(ctx, `SELECT title, validity FROM work_cards WHERE public_id = $1`, work).Scan(&m.Title, &m.Validity)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // what is taken down stands in no list
		return m, err
	}
	m.Organs, err = ids(ctx, q, `SELECT owner_organ_id FROM works WHERE id = $1 AND owner_organ_id IS NOT NULL
		UNION SELECT o.organ_id FROM edition_organs o JOIN editions e ON e.id = o.edition_id WHERE e.work_id = $1 AND e.state = 'published'`, id)
	return m, err
}
