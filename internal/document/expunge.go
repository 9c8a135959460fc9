package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/publication"
	"gongkai/internal/zh"
)

// Expunge removes body, files and what could name the content of a work, or of
// one edition of it (label 0 is all), and leaves the tombstone: the row with
// its label, and the act in the log. Consumers of the log drop what they hold.
// Backups taken before keep the text; whoever ordered the removal must have
// them destroyed too.
//
// An error of kind Unavailable after the commit says that traces may be left
// in the database's files or among the attachments. Expunging again finishes:
// of what is expunged already only the traces are removed.
func (l *Library) Expunge(ctx context.Context, work int64, label int, actor, reason string) (err error) {
	defer fault.Wrap(&err, "document.Expunge(%d, %d)", work, label)
	if strings.TrimSpace(reason) == "" {
		return fault.Field("document.Expunge", "reason", "请写明清除的理由和依据。")
	}
	if IsLimited(work) {
		return l.expungeLimited(ctx, -work, label, actor, reason)
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		id, err := internalID(ctx, tx, work)
		if err != nil {
			return err
		}
		eds, err := loadEditions(ctx, tx, id)
		if err != nil {
			return err
		}
		x := &expunging{tx: tx, lib: l, id: id, eds: eds}
		if err := x.choose(label); err != nil {
			return err
		}
		if len(x.gone) > 0 {
			if err := x.all(ctx); err != nil {
				return err
			}
		}
		if err := x.crawled(ctx); err != nil {
			return err
		}
		target := fmt.Sprintf("work:%d", work)
		if label != 0 {
			target += fmt.Sprintf(" edition:%d", label)
		}
		if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Expunge, Target: target, Outcome: audit.Done, Detail: reason}); err != nil {
			return err
		}
		return x.log(ctx)
	})
	if err != nil {
		return err
	}
	// What fails here must not keep the other from being done.
	_, err = filestore.Remove(ctx, l.db, l.files)
	return errors.Join(err, l.db.Scrub(ctx))
}

// expunging is one removal within its transaction.
type expunging struct {
	tx   *sql.Tx
	lib  *Library
	id   int64     // of the work
	eds  []Edition // all of the work
	gone []Edition // those to remove; none when they are removed already
	shas []string  // files that they, and drafts of them, held
}

func (x *expunging) choose(label int) error {
	known := false
	for _, e := range x.eds {
		if label != 0 && e.Label != label {
			continue
		}
		known = true
		if e.State != "expunged" {
			x.gone = append(x.gone, e)
		}
	}
	if !known {
		return fault.New(fault.NotFound, "document.Expunge", "没有可以清除的文本：这份文件没有这一版。")
	}
	return nil
}

// whole reports that no published text is left.
func (x *expunging) whole() bool {
	left := 0
	for _, e := range x.eds {
		if e.State != "expunged" {
			left++
		}
	}
	return left == len(x.gone)
}

func (x *expunging) all(ctx context.Context) error {
	for _, e := range x.gone {
		shas, err := heldBy(ctx, x.tx, e.ID)
		if err != nil {
			return err
		}
		if err := bury(ctx, x.tx, e.ID, shas, x.lib.now()); err != nil {
			return err
		}
		if err := expungeEdition(ctx, x.tx, e.ID); err != nil {
			return err
		}
		x.shas = append(x.shas, shas...)
	}
	if err := x.drafts(ctx); err != nil {
		return err
	}
	if err := x.desk(ctx); err != nil {
		return err
	}
	if err := x.links(ctx); err != nil {
		return err
	}
	if err := x.work(ctx); err != nil {
		return err
	}
	return dropFiles(ctx, x.tx, x.shas, x.lib.now())
}

// expungeEdition blanks what tells of the content. The external id stays, so
// that the source cannot bring the text back.
func expungeEdition(ctx context.Context, tx *sql.Tx, id int64) error {
	for _, table := range []string{"edition_texts", "edition_salts", "edition_files", "provisions", "relations", "edition_records", "source_claims", "edition_organs", "edition_topics"} {
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

// drafts removes the drafts of what goes: of the whole work, or those that
// would change the expunged text. Drafts of its other texts stay.
func (x *expunging) drafts(ctx context.Context) error {
	var which []int64
	var err error
	if x.whole() {
		which, err = ids(ctx, x.tx, `SELECT id FROM drafts WHERE work_id = $1`, x.id)
	} else {
		for _, e := range x.gone {
			if e.ExternalID == "" || err != nil {
				continue
			}
			var some []int64
			some, err = ids(ctx, x.tx, `SELECT id FROM drafts WHERE source = $1 AND external_id = $2`, e.Source, e.ExternalID)
			which = append(which, some...)
		}
	}
	if err != nil {
		return err
	}
	for _, id := range which {
		if err := adopt(ctx, x.tx, id); err != nil {
			return err
		}
		shas, err := strs(ctx, x.tx, `SELECT sha256 FROM draft_files WHERE draft_id = $1`, id)
		if err != nil {
			return err
		}
		x.shas = append(x.shas, shas...)
		if _, err := x.tx.ExecContext(ctx, `DELETE FROM drafts WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// desk blanks what the import desk still holds of what goes: the items that
// became it, and uploads of the same files that nobody else has published.
func (x *expunging) desk(ctx context.Context) error {
	var items []int64
	for _, e := range x.gone {
		some, err := ids(ctx, x.tx, `SELECT id FROM desk_items WHERE work = $1 AND label = $2`, e.Work, e.Label)
		if err != nil {
			return err
		}
		items = append(items, some...)
	}
	for _, sha := range x.shas {
		some, err := ids(ctx, x.tx, `
			SELECT id FROM desk_items WHERE sha256 = $1 AND NOT EXISTS (SELECT 1 FROM edition_files f WHERE f.sha256 = $1)`, sha)
		if err != nil {
			return err
		}
		items = append(items, some...)
	}
	for _, id := range items {
		shas, err := strs(ctx, x.tx, `SELECT sha256 FROM desk_items WHERE id = $1 AND sha256 <> ''`, id)
		if err != nil {
			return err
		}
		x.shas = append(x.shas, shas...)
		for _, query := range []string{
			`DELETE FROM desk_saves WHERE item_id = $1`,
			`UPDATE desk_items SET state = CASE state WHEN 'released' THEN state ELSE 'dropped' END,
				name = '', sha256 = '', sheet = '{}', source = '', facts = '{}', reasons = '[]', verdict = '' WHERE id = $1`,
		} {
			if _, err := x.tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// links opens what other texts say of titles that the work no longer bears.
func (x *expunging) links(ctx context.Context) error {
	if _, err := x.tx.ExecContext(ctx, `
		UPDATE relations SET to_work_id = NULL WHERE to_work_id = $1 AND NOT EXISTS (
			SELECT 1 FROM editions e WHERE e.work_id = $1 AND e.state = 'published' AND (e.title_key = relations.to_key OR e.short_key = relations.to_key))`, x.id); err != nil {
		return err
	}
	rows, err := namedFacts(ctx, x.tx, `f.by_work_id = $1`, x.id)
	if err != nil {
		return err
	}
	for _, f := range rows {
		ok, err := bears(ctx, x.tx, x.id, zh.TitleKey(f.authority))
		if err != nil {
			return err
		}
		if ok {
			continue
		}
		if _, err := x.tx.ExecContext(ctx, `UPDATE work_facts SET by_work_id = NULL WHERE id = $1`, f.id); err != nil {
			return err
		}
	}
	return nil
}

// work removes what hangs on the work itself when no text is left.
func (x *expunging) work(ctx context.Context) error {
	if !x.whole() {
		return nil
	}
	for _, query := range []string{
		`UPDATE work_takedowns SET reason = '' WHERE work_id = $1`,
		`DELETE FROM work_facts WHERE work_id = $1`,
		`DELETE FROM placements WHERE work_id = $1`,
		`UPDATE relations SET to_work_id = NULL WHERE to_work_id = $1`,
		`UPDATE work_facts SET by_work_id = NULL WHERE by_work_id = $1`,
	} {
		if _, err := x.tx.ExecContext(ctx, query, x.id); err != nil {
			return err
		}
	}
	return nil
}

// log writes the acts and the card of what is left.
func (x *expunging) log(ctx context.Context) error {
	if len(x.gone) == 0 {
		return nil
	}
	head, err := publication.LockHead(ctx, x.tx, x.lib.db.Dialect)
	if err != nil {
		return err
	}
	digests, err := digestsOf(ctx, x.tx, x.id, 0)
	if err != nil {
		return err
	}
	for _, e := range x.gone {
		if _, err := head.Append(ctx, publication.Entry{At: x.lib.now(), Act: publication.Expunge, WorkID: x.id, EditionID: e.ID,
			Work: e.Work, Edition: e.Label, Digests: digests}); err != nil {
			return err
		}
	}
	if err := writeCard(ctx, x.tx, x.id, x.lib.Today()); err != nil {
		return err
	}
	return head.Close(ctx)
}
