package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// NewDeskBatch opens a batch of an organ.
func (l *Library) NewDeskBatch(ctx context.Context, organ int64, actor string) (id int64, err error) {
	defer fault.Wrap(&err, "document.NewDeskBatch(%d)", organ)
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `INSERT INTO desk_batches (organ_id, actor, created_at) VALUES ($1, $2, $3) RETURNING id`,
			organ, actor, l.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Upload, Target: batchTarget(id), Outcome: audit.Done, Detail: "新的导入批次"})
	})
	return id, err
}

func batchTarget(id int64) string       { return fmt.Sprintf("batch:%d", id) }
func itemTarget(batch, id int64) string { return fmt.Sprintf("batch:%d item:%d", batch, id) }

// AddDeskFile takes one file into a batch: its bytes first, then the row that
// names them. A file that is empty, too large or a program becomes a row in
// the state 失败 with the reason, so that nothing vanishes silently.
func (l *Library) AddDeskFile(ctx context.Context, batch int64, name, actor string, r io.Reader) (id int64, err error) {
	defer fault.Wrap(&err, "document.AddDeskFile(%d)", batch)
	name = strings.TrimSpace(path.Base(strings.ReplaceAll(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "�"), `\`, "/")))
	if name == "" || name == "." || name == "/" {
		name = "未命名文件"
	}
	name = clip(name, 200)
	blob, refusal, err := l.takeDeskBytes(ctx, r)
	if err != nil {
		return 0, err
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		var organ int64 // the lock keeps positions dense when two requests add at once
		if err := tx.QueryRowContext(ctx, `SELECT organ_id FROM desk_batches WHERE id = $1`+l.db.Dialect.ForUpdate(), batch).Scan(&organ); errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "document.AddDeskFile", "没有这个批次。")
		} else if err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(position), 0) + 1 FROM desk_items WHERE batch_id = $1`, batch).Scan(&n); err != nil {
			return err
		}
		if n > DeskMaxFiles {
			return fault.Newf(fault.TooLarge, "document.AddDeskFile", "一批最多 %d 个文件，请另开一批。", DeskMaxFiles)
		}
		state, reasons := ItemWaiting, "[]"
		if refusal != "" {
			state, reasons = ItemFailed, listText([]string{refusal})
		} else if err := filestore.Register(ctx, tx, blob, l.now()); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `
			INSERT INTO desk_items (batch_id, position, name, size, sha256, mime, state, reasons, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
			batch, n, name, blob.Size, blob.SHA256, blob.MIME, string(state), reasons, l.now().UnixMicro()).Scan(&id)
	})
	return id, err
}

// takeDeskBytes stores an upload, or says in a sentence why it is refused.
func (l *Library) takeDeskBytes(ctx context.Context, r io.Reader) (b filestore.Blob, refusal string, err error) {
	var first [1]byte
	switch _, err := io.ReadFull(r, first[:]); {
	case errors.Is(err, io.EOF):
		return b, "文件是空的（0 字节），请检查后重新选择文件。", nil
	case err != nil:
		return b, "", err
	}
	b, err = l.files.Put(ctx, io.MultiReader(strings.NewReader(string(first[:])), r), DeskMaxFile)
	if fault.KindOf(err) == fault.TooLarge && err != nil {
		return filestore.Blob{}, fmt.Sprintf("文件超过 %d MB，没有保存。请压缩图片或拆分后再上传。", DeskMaxFile>>20), nil
	}
	if err == nil && b.Executable() {
		// Unnamed bytes are swept after a day.
		return filestore.Blob{}, "这是程序文件，不是公文，没有保存。", nil
	}
	return b, "", err
}

func listText(list []string) string {
	b, err := json.Marshal(nonNil(list))
	if err != nil { // a list of strings always encodes
		return "[]"
	}
	return string(b)
}

// DeskBatches lists the newest batches of the given organs, before one (0 is
// the first page), with the counts of their items.
func (l *Library) DeskBatches(ctx context.Context, organs []int64, before int64, limit int) (out []DeskBatch, err error) {
	defer fault.Wrap(&err, "document.DeskBatches")
	if len(organs) == 0 {
		return nil, nil
	}
	args := []any{before, limit}
	for _, o := range organs {
		args = append(args, o)
	}
	which, err := ids(ctx, l.db.Reader(), `
		SELECT id FROM desk_batches WHERE (CAST($1 AS BIGINT) = 0 OR id < CAST($1 AS BIGINT)) AND organ_id IN (`+placeholders(3, len(organs))+`) ORDER BY id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	for _, id := range which {
		b, err := l.DeskBatch(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, *b)
	}
	return out, nil
}

// DeskBatch is one batch with its counts.
func (l *Library) DeskBatch(ctx context.Context, id int64) (b *DeskBatch, err error) {
	defer fault.Wrap(&err, "document.DeskBatch(%d)", id)
	b = &DeskBatch{ID: id, Counts: map[ItemState]int{}}
	var at int64
	err = l.db.Reader().QueryRowContext(ctx, `
		SELECT b.organ_id, b.actor, b.created_at,
			COALESCE((SELECT n.name FROM organ_names n WHERE n.organ_id = b.organ_id AND n.alias = 0 ORDER BY n.valid_from DESC, n.id DESC LIMIT 1), '')
		FROM desk_batches b WHERE b.id = $1`, id).Scan(&b.Organ, &b.Actor, &at, &b.OrganName)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "document.DeskBatch", "没有这个批次。")
	}
	if err != nil {
		return nil, err
	}
	b.At = instant(at)
	rows, err := l.db.Reader().QueryContext(ctx, `SELECT state, COUNT(*) FROM desk_items WHERE batch_id = $1 GROUP BY state`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s ItemState
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return nil, err
		}
		b.Counts[s] = n
		if s != ItemDropped {
			b.Total += n
		}
	}
	return b, rows.Err()
}

const deskItemColumns = `id, batch_id, position, name, size, sha256, mime, state, verdict, reasons, checked, version, sheet, facts, work, label, updated_at`

func scanDeskItem(row interface{ Scan(...any) error }, more ...any) (it DeskItem, err error) {
	var reasons, sheet, facts string
	var checked int
	var at int64
	dest := append([]any{&it.ID, &it.Batch, &it.Position, &it.Name, &it.Size, &it.SHA256, &it.MIME, &it.State, &it.Verdict, &reasons, &checked,
		&it.Version, &sheet, &facts, &it.Work, &it.Label, &at}, more...)
	if err := row.Scan(dest...); err != nil {
		return it, err
	}
	it.Checked, it.Updated = checked != 0, instant(at)
	return it, errors.Join(json.Unmarshal([]byte(reasons), &it.Reasons), json.Unmarshal([]byte(sheet), &it.Sheet), json.Unmarshal([]byte(facts), &it.Facts))
}

// DeskItems lists the items of a batch in the order they came, after a
// position, without their texts.
func (l *Library) DeskItems(ctx context.Context, batch int64, after, limit int) (out []DeskItem, err error) {
	defer fault.Wrap(&err, "document.DeskItems(%d)", batch)
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT `+deskItemColumns+` FROM desk_items WHERE batch_id = $1 AND position > $2 AND state <> 'dropped' ORDER BY position LIMIT $3`, batch, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		it, err := scanDeskItem(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, rows.Err()
}

// DeskItem is one item of a batch with its text.
func (l *Library) DeskItem(ctx context.Context, batch, id int64) (it *DeskItem, err error) {
	defer fault.Wrap(&err, "document.DeskItem(%d, %d)", batch, id)
	it, err = deskItem(ctx, l.db.Reader(), id, "")
	if err == nil && (it.Batch != batch || it.State == ItemDropped) {
		err = fault.New(fault.NotFound, "document.DeskItem", "没有这份文件。")
	}
	if err != nil {
		return nil, err
	}
	return it, nil
}

func deskItem(ctx context.Context, q store.Querier, id int64, lock string) (*DeskItem, error) {
	var source string
	it, err := scanDeskItem(q.QueryRowContext(ctx, `SELECT `+deskItemColumns+`, source FROM desk_items WHERE id = $1`+lock, id), &source)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "document.deskItem", "没有这份文件。")
	}
	it.Source = source
	return &it, err
}

// DropDeskItem takes a file out of its batch with every word that was read
// from it; its bytes go when nothing else holds them. What is public stays.
func (l *Library) DropDeskItem(ctx context.Context, batch, id int64, actor string) (err error) {
	defer fault.Wrap(&err, "document.DropDeskItem(%d, %d)", batch, id)
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		it, err := deskItem(ctx, tx, id, l.db.Dialect.ForUpdate())
		if err != nil {
			return err
		}
		if it.Batch != batch {
			return fault.New(fault.NotFound, "document.DropDeskItem", "没有这份文件。")
		}
		switch it.State {
		case ItemDropped:
			return nil
		case ItemOrdered, ItemReleased:
			return fault.New(fault.Conflict, "document.DropDeskItem", "这份文件已经确认公开，不能移出。需要撤下时请在公开页办理。")
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE desk_items SET state = 'dropped', name = '', sha256 = '', sheet = '{}', source = '', facts = '{}', reasons = '[]', verdict = '', updated_at = $2 WHERE id = $1`,
			id, l.now().UnixMicro()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM desk_saves WHERE item_id = $1`, id); err != nil {
			return err
		}
		if it.SHA256 != "" {
			if err := dropFiles(ctx, tx, []string{it.SHA256}, l.now()); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Import, Target: itemTarget(batch, id), Outcome: audit.Done, Detail: "移出批次"})
	})
}
