package document

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// What may have become of a published text that turned out wrong.
const (
	MendedByRecord   = "更正" // a record on it, or a newer edition
	MendedByTakedown = "撤下" // withdrawn or expunged
)

// Mended tells what was done about an edition of a work since a moment, "" for
// nothing. A text that was taken down and put back as it was is not mended.
func (l *Library) Mended(ctx context.Context, q store.Querier, work int64, label int, since time.Time) (how string, err error) {
	defer fault.Wrap(&err, "document.Mended(%d, %d)", work, label)
	if IsLimited(work) {
		err = q.QueryRowContext(ctx, `SELECT CASE
			WHEN (SELECT act FROM limited_acts WHERE limited_id = $1 ORDER BY id DESC LIMIT 1) = $3 THEN '`+MendedByTakedown+`'
			WHEN NOT EXISTS (SELECT 1 FROM limited_acts WHERE limited_id = $1 AND act = 'issue' AND label = $2 AND content <> '') THEN '`+MendedByTakedown+`'
			WHEN EXISTS (SELECT 1 FROM limited_acts WHERE limited_id = $1 AND act = 'issue' AND label > $2) THEN '`+MendedByRecord+`' ELSE '' END`,
			-work, label, string(limitedWithdraw)).Scan(&how)
		return how, err
	}
	err = q.QueryRowContext(ctx, `SELECT CASE WHEN w.withdrawn <> 0 OR e.state <> 'published' THEN '`+MendedByTakedown+`'
		WHEN EXISTS (SELECT 1 FROM editions n WHERE n.work_id = w.id AND n.label > $2 AND n.state = 'published') THEN '`+MendedByRecord+`'
		WHEN EXISTS (SELECT 1 FROM edition_records r WHERE r.edition_id = e.id AND r.at > $3) THEN '`+MendedByRecord+`' ELSE '' END
		FROM works w JOIN editions e ON e.work_id = w.id AND e.label = $2 WHERE w.public_id = $1`, work, label, since.UnixMicro()).Scan(&how)
	if errors.Is(err, sql.ErrNoRows) { // merged into another work, whose text stands now
		return MendedByRecord, nil
	}
	return how, err
}
