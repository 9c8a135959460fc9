package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/zh"
)

// DeskRelease is the order to make items of a batch public.
type DeskRelease struct {
	Batch int64
	Items []int64
	Actor string // login, who answers for the release
	Token string // unique per form: sent twice it counts once
}

// OrderRelease marks items for release as 历史文件. What is marked is released
// even when the node is killed at once; each item in a transaction of its own,
// with its audit and log rows. Items that cannot be released are refused with
// the whole order, so that nobody signs for what they did not see. Returns how
// many were marked.
func (l *Library) OrderRelease(ctx context.Context, r DeskRelease) (n int, err error) {
	defer fault.Wrap(&err, "document.OrderRelease(%d)", r.Batch)
	r.Items = slices.Clone(r.Items)
	slices.Sort(r.Items)
	r.Items = slices.Compact(r.Items)
	if len(r.Items) == 0 {
		return 0, fault.Field("document.OrderRelease", "items", "请先勾选要公开的文件。")
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		n = len(r.Items)
		_, _, err := once(ctx, tx, l.now(), r.Actor, r.Token, []any{"release", r.Batch, r.Items}, func() (string, error) {
			for _, id := range r.Items {
				if err := l.markOrdered(ctx, tx, r, id); err != nil {
					return "", err
				}
			}
			return fmt.Sprint(n), audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: r.Actor, Act: audit.Publish, Target: batchTarget(r.Batch), Outcome: audit.Done,
				Detail: fmt.Sprintf("确认公开 %d 份历史文件", n)})
		})
		return err
	})
	return n, err
}

func (l *Library) markOrdered(ctx context.Context, tx *sql.Tx, r DeskRelease, id int64) error {
	it, err := deskItem(ctx, tx, id, l.db.Dialect.ForUpdate())
	if err != nil {
		return err
	}
	if it.Batch != r.Batch || it.State == ItemDropped {
		return fault.New(fault.NotFound, "document.markOrdered", "没有这份文件。")
	}
	if !it.Releasable() {
		return fault.Newf(fault.Conflict, "document.markOrdered", "第 %d 个文件“%s”现在是“%s”，不能公开。全部文件都没有公开，请取消勾选它后再试。",
			it.Position, clip(it.Name, 60), it.Word())
	}
	_, err = tx.ExecContext(ctx, `UPDATE desk_items SET state = 'ordered', ordered_by = $2, tries = 0, updated_at = $3 WHERE id = $1`, id, r.Actor, l.now().UnixMicro())
	return err
}

// releaseNext releases the oldest item that was ordered.
func (l *Library) releaseNext(ctx context.Context) (worked bool, err error) {
	next, err := ids(ctx, l.db.Reader(), `SELECT id FROM desk_items WHERE state = 'ordered' ORDER BY id LIMIT 1`)
	if err != nil || len(next) == 0 {
		return false, store.Sentence("document.releaseNext", err)
	}
	def, err := l.EnsureSite(ctx)
	if err != nil {
		return false, err
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error { return l.releaseItem(ctx, tx, next[0], def) })
	if err == nil || ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable {
		return err == nil, err
	}
	if e := l.refuseRelease(ctx, next[0], err); e != nil {
		return true, e
	}
	if fault.KindOf(err) == fault.Internal {
		return true, err // for the log of the node
	}
	return true, nil
}

// releaseItem makes one item public, in the transaction that also marks it.
func (l *Library) releaseItem(ctx context.Context, tx *sql.Tx, id, column int64) (err error) {
	defer fault.Wrap(&err, "document.releaseItem(%d)", id)
	it, err := deskItem(ctx, tx, id, l.db.Dialect.ForUpdate())
	if err != nil || it.State != ItemOrdered {
		return err // another node has done it
	}
	var actor string
	var organ int64
	if err := tx.QueryRowContext(ctx, `SELECT i.ordered_by, b.organ_id FROM desk_items i JOIN desk_batches b ON b.id = i.batch_id WHERE i.id = $1`, id).Scan(&actor, &organ); err != nil {
		return err
	}
	it.Checked = true
	if err := l.judge(ctx, tx, it); err != nil {
		return err
	}
	if it.State == ItemDoubt { // somebody released the same, or took the label, since the order
		return fault.New(fault.Conflict, "document.releaseItem", it.Reasons[0])
	}
	c := it.content()
	if err := c.check(); err != nil {
		return err
	}
	p, err := prepare(c)
	if err != nil {
		return err
	}
	s := &saver{tx: tx, dialect: l.db.Dialect, now: l.now(), today: l.Today(), salt: newSalt,
		opts: ImportOptions{Source: DeskSource, ColumnID: column, Publish: true, Actor: actor, ownerID: organ}}
	out, err := s.saveDesk(ctx, p, it.Sheet.number("work"))
	if err != nil {
		return err
	}
	if err := s.finish(ctx); err != nil {
		return err
	}
	if err := s.addRelations(ctx, out, it.Sheet); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE desk_items SET state = 'released', work = $2, label = $3, reasons = '[]', updated_at = $4 WHERE id = $1`,
		id, out.work, out.edition, l.now().UnixMicro()); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Publish, Target: fmt.Sprintf("work:%d edition:%d", out.work, out.edition), Outcome: audit.Done,
		Detail: fmt.Sprintf("历史文件，导入台第 %d 批第 %d 个文件", it.Batch, it.Position)})
}

// saveDesk writes a document as a new work, or as a further edition of target
// (a public id).
func (s *saver) saveDesk(ctx context.Context, p *prepared, target int64) (*saved, error) {
	x, err := find(ctx, s.tx, s.opts.Source, p)
	if err != nil {
		return nil, err
	}
	if x != nil {
		return nil, fault.Newf(fault.Conflict, "document.saveDesk", "这个文件已经公开，是第 %d 号文件的第 %d 版。", x.public, x.label)
	}
	if buried, err := expungedBefore(ctx, s.tx, s.opts.Source, tombstoneKeys(p)...); err != nil || buried {
		if err == nil {
			err = fault.New(fault.Gone, "document.saveDesk", "这份文件已依法清除，不能再次公开。")
		}
		return nil, err
	}
	out := &saved{outcome: Created}
	if target != 0 {
		out.outcome = Updated
		out.workID, err = internalID(ctx, s.tx, target)
	} else {
		out.workID, err = s.workFor(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	s.results = append(s.results, out)
	return out, s.release(ctx, out.workID, p, out)
}

// manualBase is the first position of links that people set: after all that
// follow from the text.
const manualBase = 100000

// addRelations writes the links of a sheet beside those of the text.
func (s *saver) addRelations(ctx context.Context, out *saved, sheet Sheet) error {
	list, _ := sheet.relations() // checked when it was saved
	if len(list) == 0 {
		return nil
	}
	edition, err := ids(ctx, s.tx, `SELECT id FROM editions WHERE work_id = $1 AND label = $2`, out.workID, out.edition)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := insertManual(ctx, s.tx, edition[0], r); err != nil {
			return err
		}
	}
	return nil
}

// insertManual links an edition to a work by a person's word.
func insertManual(ctx context.Context, q store.Querier, edition int64, r DeskRelation) error {
	var to int64
	var title, docNo string
	err := q.QueryRowContext(ctx, `SELECT work_id, title, doc_no FROM work_cards WHERE public_id = $1`, r.Work).Scan(&to, &title, &docNo)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Field("document.insertManual", "work", "没有公开编号为 %d 的文件，不能建立关联。", r.Work)
	}
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `
		INSERT INTO relations (edition_id, position, kind, from_path, to_title, to_key, to_doc_no, to_work_id, to_path, basis)
		SELECT $1, COALESCE(MAX(position), 0) + 1, $2, '', $3, $4, $5, $6, '', 'manual'
		FROM (SELECT position FROM relations WHERE edition_id = $1 AND basis = 'manual' UNION ALL SELECT CAST($7 AS INTEGER)) p`,
		edition, string(r.Kind), title, zh.TitleKey(title), docNo, to, manualBase)
	return err
}

// refuseRelease gives an ordered item back with the reason.
func (l *Library) refuseRelease(ctx context.Context, id int64, cause error) error {
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		it, err := deskItem(ctx, tx, id, l.db.Dialect.ForUpdate())
		if err != nil || it.State != ItemOrdered {
			return err
		}
		var actor string
		if err := tx.QueryRowContext(ctx, `SELECT ordered_by FROM desk_items WHERE id = $1`, id).Scan(&actor); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE desk_items SET state = 'doubt', reasons = $2, updated_at = $3 WHERE id = $1`,
			id, listText([]string{"没有公开：" + fault.Text(cause)}), l.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Publish, Target: itemTarget(it.Batch, id), Outcome: audit.Failed,
			Detail: fault.Text(cause)})
	})
}
