package release

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// reviewBody finds the mechanism of review that holds for an organ: its own,
// else that of the nearest organ above; nil when nobody has named one.
func reviewBody(ctx context.Context, q store.Querier, organ int64) (*ReviewBody, error) {
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, o := range tree.Above(organ) {
		b := ReviewBody{Organ: o}
		err := q.QueryRowContext(ctx, `SELECT body, responsible, procedure, legality FROM review_bodies WHERE organ_id = $1`, o).Scan(&b.Body, &b.Responsible, &b.Procedure, &b.Legality)
		if err == nil {
			return &b, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	return nil, nil
}

// ReviewBody tells who reviews before publication for an organ.
func (r *Room) ReviewBody(ctx context.Context, organ int64) (b *ReviewBody, err error) {
	defer fault.Wrap(&err, "release.ReviewBody(%d)", organ)
	return reviewBody(ctx, r.db.Reader(), organ)
}

// SetReviewBody names an organ's mechanism of review: the body, the person
// responsible and the procedure.
func (r *Room) SetReviewBody(ctx context.Context, a access.Actor, b ReviewBody) (err error) {
	defer fault.Wrap(&err, "release.SetReviewBody(%d)", b.Organ)
	for _, x := range []struct{ name, text string }{{"审查机构", b.Body}, {"责任人", b.Responsible}, {"审查程序", b.Procedure}} {
		if err := checkWords(x.name, x.text, true); err != nil {
			return err
		}
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO review_bodies (organ_id, body, responsible, procedure, legality, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (organ_id) DO UPDATE SET body = excluded.body, responsible = excluded.responsible, procedure = excluded.procedure, legality = excluded.legality,
			set_by = excluded.set_by, set_at = excluded.set_at`,
			b.Organ, strings.TrimSpace(b.Body), strings.TrimSpace(b.Responsible), strings.TrimSpace(b.Procedure), b.Legality, a.Login, r.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("organ:%d", b.Organ), Outcome: audit.Done, Detail: "公开前审查机制"})
	})
}
