package document

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
)

// Expunge removes body, files and what could name the content of a work, or of
// one edition of it (label 0 is all), and leaves the tombstone: the row with
// its label, and the act in the log. Consumers of the log drop what they hold.
// Backups taken before keep the text; whoever ordered the removal must have
// them destroyed too.
func (l *Library) Expunge(ctx context.Context, work int64, label int, actor, reason string) (err error) {
	defer fault.Wrap(&err, "document.Expunge(%d, %d)", work, label)
	if strings.TrimSpace(reason) == "" {
		return fault.Field("document.Expunge", "reason", "请写明清除的理由和依据。")
	}
	var orphans []string
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		orphans = nil
		id, err := internalID(ctx, tx, work)
		if err != nil {
			return err
		}
		eds, err := loadEditions(ctx, tx, id)
		if err != nil {
			return err
		}
		var gone []Edition
		for _, e := range eds {
			if (label == 0 || e.Label == label) && e.State == "published" {
				gone = append(gone, e)
			}
		}
		if len(gone) == 0 {
			return fault.New(fault.NotFound, "document.Expunge", "没有可以清除的文本：这一版不存在，或者已经清除。")
		}
		for _, e := range gone {
			if err := expungeEdition(ctx, tx, e.ID); err != nil {
				return err
			}
		}
		if err := l.expungeWork(ctx, tx, id, eds, gone); err != nil {
			return err
		}
		if orphans, err = dropFiles(ctx, tx); err != nil {
			return err
		}
		target := fmt.Sprintf("work:%d", work)
		if label != 0 {
			target += fmt.Sprintf(" edition:%d", label)
		}
		if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Expunge, Target: target, Outcome: audit.Done, Detail: reason}); err != nil {
			return err
		}
		s := &saver{tx: tx, dialect: l.db.Dialect, now: l.now(), today: l.Today(), salt: newSalt, touched: []int64{id}}
		return s.expunged(ctx, id, gone)
	})
	if err != nil {
		return err
	}
	for _, sha := range orphans {
		if err := l.files.Delete(ctx, sha); err != nil {
			return err
		}
	}
	return l.db.Scrub(ctx)
}

// expungeEdition blanks what tells of the content. The external id stays, so
// that the source cannot bring the text back.
func expungeEdition(ctx context.Context, tx *sql.Tx, id int64) error {
	for _, table := range []string{"edition_texts", "edition_salts", "edition_files", "provisions", "relations", "edition_records", "edition_organs", "edition_topics"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE edition_id = $1`, id); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE editions SET state = 'expunged', content_key = '', title = '', title_key = '', short_title = '', short_key = '',
			doc_no = '', doc_no_key = '', index_no = '', registration_no = '', source_name = '', source_url = '',
			recipients = '[]', history = '[]', chars = 0, articles = 0 WHERE id = $1`, id)
	return err
}

// expungeWork removes what hangs on the work itself: drafts of it, and, when no
// text is left, its facts and what others say of its title.
func (l *Library) expungeWork(ctx context.Context, tx *sql.Tx, id int64, eds, gone []Edition) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM drafts WHERE work_id = $1`, id); err != nil {
		return err
	}
	left := 0
	for _, e := range eds {
		if e.State == "published" {
			left++
		}
	}
	if left > len(gone) {
		_, err := tx.ExecContext(ctx, `DELETE FROM work_cards WHERE work_id = $1`, id)
		return err
	}
	for _, query := range []string{
		`DELETE FROM work_facts WHERE work_id = $1`,
		`DELETE FROM placements WHERE work_id = $1`,
		`DELETE FROM work_cards WHERE work_id = $1`,
		`UPDATE relations SET to_work_id = NULL WHERE to_work_id = $1`,
		`UPDATE work_facts SET by_work_id = NULL WHERE by_work_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}

// dropFiles forgets files that no edition holds any more, and names their bytes.
func dropFiles(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM edition_files ef WHERE ef.sha256 = files.sha256) RETURNING sha256`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var sha string
		if err := rows.Scan(&sha); err != nil {
			return nil, err
		}
		out = append(out, sha)
	}
	return out, rows.Err()
}

// expunged writes the acts and the card of what is left.
func (s *saver) expunged(ctx context.Context, workID int64, gone []Edition) error {
	head, err := publication.LockHead(ctx, s.tx, s.dialect)
	if err != nil {
		return err
	}
	facts, err := factsDigest(ctx, s.tx, workID)
	if err != nil {
		return err
	}
	for _, e := range gone {
		if _, err := head.Append(ctx, publication.Entry{At: s.now, Act: publication.Expunge, WorkID: workID, EditionID: e.ID,
			Work: e.Work, Edition: e.Label, Digests: map[string]string{digestFacts: facts}}); err != nil {
			return err
		}
	}
	if err := writeCard(ctx, s.tx, workID, s.today); err != nil {
		return err
	}
	return head.Close(ctx)
}
