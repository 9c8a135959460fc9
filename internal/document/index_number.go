package document

import (
	"context"
	"database/sql"
	"errors"

	"gongkai/internal/zh"
)

// giveIndexNumber assigns the next number of the site's template to a document
// of this library's own organs that came without one (Z25-0.2, F-01, F-02). An
// outside body's document keeps what its source says: its number is not ours
// to give.
func (s *saver) giveIndexNumber(ctx context.Context, editionID int64, p *prepared) error {
	if p.content.IndexNo != "" || len(p.content.Organs) == 0 {
		return nil
	}
	var organ int64
	var credit, template string
	err := s.tx.QueryRowContext(ctx, `
		SELECT o.id, o.credit_code, (SELECT index_template FROM sites ORDER BY id LIMIT 1)
		FROM edition_organs eo JOIN organs o ON o.id = eo.organ_id
		WHERE eo.edition_id = $1 AND eo.position = 0 AND o.external = 0 AND o.credit_code <> ''`, editionID).Scan(&organ, &credit, &template)
	if errors.Is(err, sql.ErrNoRows) || template == "" {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := zh.ParseIndexTemplate(template)
	if err != nil {
		return err
	}
	year := s.today.Year
	if on := issuedContent(p.content); !on.IsZero() {
		year = on.Year
	}
	for {
		var serial int
		if err := s.tx.QueryRowContext(ctx, `
			INSERT INTO index_counters (organ_id, year, last) VALUES ($1, $2, 1)
			ON CONFLICT (organ_id, year) DO UPDATE SET last = index_counters.last + 1 RETURNING last`, organ, year).Scan(&serial); err != nil {
			return err
		}
		no, err := t.Format(credit, year, serial)
		if err != nil {
			return err
		}
		var taken int
		if err := s.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM editions WHERE index_no = $1`, no).Scan(&taken); err != nil {
			return err
		}
		if taken == 0 {
			_, err = s.tx.ExecContext(ctx, `UPDATE editions SET index_no = $2 WHERE id = $1`, editionID, no)
			return err
		}
	}
}
