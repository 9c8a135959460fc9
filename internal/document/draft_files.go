package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// registerDraftFiles writes which files a draft holds, in the transaction that
// writes the draft, so that a sweep leaves their bytes alone and a backup takes
// them along. What the draft no longer holds is let go.
func registerDraftFiles(ctx context.Context, tx *sql.Tx, draftID int64, files []ContentFile) (err error) {
	defer fault.Wrap(&err, "document.registerDraftFiles(%d)", draftID)
	if _, err := tx.ExecContext(ctx, `DELETE FROM draft_files WHERE draft_id = $1`, draftID); err != nil {
		return err
	}
	var at int64
	if err := tx.QueryRowContext(ctx, `SELECT updated_at FROM drafts WHERE id = $1`, draftID).Scan(&at); err != nil {
		return err
	}
	for _, f := range files {
		if err := filestore.Register(ctx, tx, filestore.Blob{SHA256: f.SHA256, Size: f.Size, MIME: f.MIME}, instant(at)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO draft_files (draft_id, sha256) VALUES ($1, $2) ON CONFLICT (draft_id, sha256) DO NOTHING`, draftID, f.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// adoptDraftFiles registers the files of drafts that an earlier build wrote,
// which named them in the body alone. It finds nothing when all is registered.
func (l *Library) adoptDraftFiles(ctx context.Context) error {
	for after := int64(0); ; {
		batch, err := ids(ctx, l.db.Reader(), `
			SELECT id FROM drafts d WHERE id > $1 AND body LIKE '%"files":[%'
				AND NOT EXISTS (SELECT 1 FROM draft_files f WHERE f.draft_id = d.id) ORDER BY id LIMIT 100`, after)
		if err != nil || len(batch) == 0 {
			return store.Sentence("document.adoptDraftFiles", err)
		}
		err = l.db.Tx(ctx, func(tx *sql.Tx) error {
			for _, id := range batch {
				if err := adopt(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = batch[len(batch)-1]
	}
}

func adopt(ctx context.Context, tx *sql.Tx, id int64) error {
	var body string
	switch err := tx.QueryRowContext(ctx, `SELECT body FROM drafts WHERE id = $1`, id).Scan(&body); {
	case err == sql.ErrNoRows:
		return nil // published or dropped meanwhile
	case err != nil:
		return err
	}
	var c Content
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return nil // verify names the broken draft
	}
	return registerDraftFiles(ctx, tx, id, c.Files)
}

// unheld is true of a row of files that nothing needs any more: no edition, no
// draft, no release slip, no text for a limited audience, no request for information,
// no leader of an organ as a picture, and no record of an attachment that was replaced.
const unheld = `
	NOT EXISTS (SELECT 1 FROM edition_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM draft_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM desk_items h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM release_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_letter_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_councils h WHERE h.file_sha = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_counsels h WHERE h.file_sha = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_notes h WHERE h.file_sha = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM limited_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_materials h WHERE h.sealed = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_letter_files h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM request_versions h WHERE h.sealed = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM organ_photos h WHERE h.sha256 = files.sha256)
	AND NOT EXISTS (SELECT 1 FROM edition_records h WHERE h.field = 'files' AND h.old_value LIKE '%' || files.sha256 || '%')`

// dropFiles forgets those of the named files that nothing holds any more, and
// orders that their bytes be removed.
func dropFiles(ctx context.Context, tx *sql.Tx, shas []string, now time.Time) error {
	for _, sha := range shas {
		gone, err := strs(ctx, tx, `DELETE FROM files WHERE sha256 = $1 AND `+unheld+` RETURNING sha256`, sha)
		if err != nil {
			return err
		}
		for _, sha := range gone {
			if err := filestore.Order(ctx, tx, sha, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropIdle does the same with every file that has been in nobody's hands for long.
func (l *Library) dropIdle(ctx context.Context, tx *sql.Tx) error {
	idle, err := strs(ctx, tx, `SELECT sha256 FROM files WHERE created_at < $1 AND `+unheld+` ORDER BY sha256`, l.now().Add(-filestore.Grace).UnixMicro())
	if err != nil {
		return err
	}
	return dropFiles(ctx, tx, idle, l.now())
}

// heldBy names the files of an edition, with those that records say it had.
func heldBy(ctx context.Context, tx *sql.Tx, edition int64) ([]string, error) {
	out, err := strs(ctx, tx, `SELECT sha256 FROM edition_files WHERE edition_id = $1`, edition)
	if err != nil {
		return nil, err
	}
	lists, err := strs(ctx, tx, `SELECT old_value FROM edition_records WHERE edition_id = $1 AND field = 'files' AND old_value <> ''`, edition)
	if err != nil {
		return nil, err
	}
	for _, list := range lists {
		for line := range strings.SplitSeq(list, "\n") {
			out = append(out, line[strings.LastIndex(line, " ")+1:])
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Sweep finishes removals that were ordered, and removes bytes that nothing
// holds and that were handed in more than filestore.Grace ago: of imports that
// failed or were only tried. Call it once a day. Returns the number of files.
func (l *Library) Sweep(ctx context.Context) (removed int, err error) {
	defer fault.Wrap(&err, "document.Sweep")
	if err := l.adoptDraftFiles(ctx); err != nil {
		return 0, err
	}
	if err := l.db.Tx(ctx, func(tx *sql.Tx) error { return l.dropIdle(ctx, tx) }); err != nil {
		return 0, err
	}
	ordered, err := filestore.Remove(ctx, l.db, l.files)
	if err != nil {
		return ordered, err
	}
	idle, err := filestore.Sweep(ctx, l.db, l.files, l.now())
	return ordered + idle, err
}
