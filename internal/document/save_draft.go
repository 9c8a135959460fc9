package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"gongkai/internal/store"
)

// draftRow is a document that was read but not yet published.
type draftRow struct {
	id, workID int64
	contentKey string
	version    int
}

func findDraft(ctx context.Context, q store.Querier, source string, p *prepared) (*draftRow, error) {
	where, arg := `external_id = $2`, p.content.ExternalID
	if arg == "" {
		where, arg = `external_id IS NULL AND content_key = $2`, p.key
	}
	var d draftRow
	err := q.QueryRowContext(ctx, `SELECT id, work_id, content_key, version FROM drafts WHERE source = $1 AND `+where+` ORDER BY id LIMIT 1`, source, arg).
		Scan(&d.id, &d.workID, &d.contentKey, &d.version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &d, err
}

// saveDraft keeps a document aside until somebody publishes it. x is the
// published edition that it would change, nil for a new one.
func (s *saver) saveDraft(ctx context.Context, x *existing, d *draftRow, p *prepared) (*saved, error) {
	body, err := json.Marshal(p.content)
	if err != nil {
		return nil, err
	}
	if d != nil {
		out := &saved{outcome: Unchanged, workID: d.workID, draft: d.id, edition: p.content.Version}
		if d.contentKey == p.key {
			return out, nil
		}
		out.outcome = Updated
		_, err := s.tx.ExecContext(ctx, `UPDATE drafts SET version = version + 1, content_key = $2, body = $3, label = $4, updated_at = $5 WHERE id = $1`,
			d.id, p.key, string(body), p.content.Version, s.now.UnixMicro())
		if err != nil {
			return nil, err
		}
		return out, registerDraftFiles(ctx, s.tx, d.id, p.content.Files)
	}
	var workID int64
	var base sql.NullInt64
	if x != nil {
		workID, base = x.workID, sql.NullInt64{Int64: int64(x.label), Valid: true}
	} else {
		if workID, err = s.workFor(ctx, p); err != nil {
			return nil, err
		}
		if err := s.tx.QueryRowContext(ctx, `SELECT MAX(label) FROM editions WHERE work_id = $1`, workID).Scan(&base); err != nil {
			return nil, err
		}
	}
	var external any
	if p.content.ExternalID != "" {
		external = p.content.ExternalID
	}
	out := &saved{outcome: Created, workID: workID, edition: p.content.Version}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO drafts (work_id, base_edition, label, version, source, external_id, content_key, body, created_at, updated_at)
		VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $8) RETURNING id`,
		workID, base, p.content.Version, s.opts.Source, external, p.key, string(body), s.now.UnixMicro()).Scan(&out.draft)
	if err != nil {
		return nil, err
	}
	return out, registerDraftFiles(ctx, s.tx, out.draft, p.content.Files)
}

// dropDraft removes a draft that has become an edition.
func dropDraft(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM drafts WHERE id = $1`, id)
	return err
}
