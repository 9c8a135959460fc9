package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// StaleSheet is a save that another one overtook. Every field that differs
// stands in Fields with both values, so nothing of either is lost.
type StaleSheet struct {
	Version int    // of the other's save, to save upon
	Actor   string // login of who saved it
	Fields  []MergeField
	Merged  Sheet // what both agree on: fields that only one of them changed
}

// MergeField is one field that the two disagree about.
type MergeField struct {
	Field  SheetField
	Base   string // what both started from
	Theirs string // stored
	Mine   string // sent now
	Clash  bool   // both changed it, each to another value
}

// Error is the line for the log.
func (s *StaleSheet) Error() string {
	return fmt.Sprintf("sheet is at version %d", s.Version)
}

// SaveDeskItem writes a corrected sheet upon the version it was read at.
// Errors: SheetFaults naming each wrong field, *StaleSheet when somebody else
// saved meanwhile, Conflict when the item is already ordered or public.
func (l *Library) SaveDeskItem(ctx context.Context, batch, id int64, version int, sheet Sheet, actor string) (it *DeskItem, err error) {
	defer fault.Wrap(&err, "document.SaveDeskItem(%d, %d, %d)", batch, id, version)
	sheet = sheet.clean()
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		it, err = deskItem(ctx, tx, id, l.db.Dialect.ForUpdate())
		if err != nil {
			return err
		}
		if it.Batch != batch || it.State == ItemDropped {
			return fault.New(fault.NotFound, "document.SaveDeskItem", "没有这份文件。")
		}
		if !it.Open() {
			return fault.Newf(fault.Conflict, "document.SaveDeskItem", "这份文件现在是“%s”，不能再改。", it.State.Chinese())
		}
		if it.Version != version {
			return stale(ctx, tx, it, version, sheet)
		}
		if faults := sheet.check(); len(faults) > 0 {
			return faults
		}
		it.Sheet, it.Checked = sheet, true
		if err := columnExists(ctx, tx, sheet["column"]); err != nil {
			return err
		}
		if err := relationsExist(ctx, tx, sheet); err != nil {
			return err
		}
		if err := l.judge(ctx, tx, it); err != nil {
			return err
		}
		return l.writeSheet(ctx, tx, it, actor)
	})
	return it, err
}

func (l *Library) writeSheet(ctx context.Context, tx *sql.Tx, it *DeskItem, actor string) error {
	text, err := it.Sheet.text()
	if err != nil {
		return err
	}
	it.Version++
	if _, err := tx.ExecContext(ctx, `
		UPDATE desk_items SET version = $2, sheet = $3, state = $4, verdict = $5, reasons = $6, checked = 1, work = $7, label = $8, updated_at = $9 WHERE id = $1`,
		it.ID, it.Version, text, string(it.State), string(it.Verdict), listText(it.Reasons), it.Work, it.Label, l.now().UnixMicro()); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO desk_saves (item_id, version, actor, at, sheet) VALUES ($1, $2, $3, $4, $5)`,
		it.ID, it.Version, actor, l.now().UnixMicro(), text); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Import, Target: itemTarget(it.Batch, it.ID), Outcome: audit.Done,
		Detail: fmt.Sprintf("核对并保存，第 %d 次", it.Version)})
}

// stale compares the two saves with what they started from.
func stale(ctx context.Context, tx *sql.Tx, it *DeskItem, version int, mine Sheet) error {
	base := Sheet{}
	var text string
	err := tx.QueryRowContext(ctx, `SELECT sheet FROM desk_saves WHERE item_id = $1 AND version = $2`, it.ID, version).Scan(&text)
	switch {
	case err == nil:
		if err := json.Unmarshal([]byte(text), &base); err != nil {
			return err
		}
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	out := &StaleSheet{Version: it.Version, Merged: Sheet{}}
	if err := tx.QueryRowContext(ctx, `SELECT actor FROM desk_saves WHERE item_id = $1 AND version = $2`, it.ID, it.Version).Scan(&out.Actor); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, f := range SheetFields {
		m := MergeField{Field: f, Base: base[f.Name], Theirs: it.Sheet[f.Name], Mine: mine[f.Name]}
		out.Merged[f.Name] = m.Theirs
		if m.Theirs == m.Mine {
			continue
		}
		m.Clash = m.Theirs != m.Base && m.Mine != m.Base
		if m.Theirs == m.Base {
			out.Merged[f.Name] = m.Mine
		}
		out.Fields = append(out.Fields, m)
	}
	return out
}

func columnExists(ctx context.Context, tx *sql.Tx, code string) error {
	if code == "" {
		return nil
	}
	found, err := ids(ctx, tx, `SELECT id FROM columns WHERE code = $1`, code)
	if err == nil && len(found) == 0 {
		return SheetFaults{fault.Field("document.columnExists", "column", "没有代码为“%s”的栏目。", clip(code, 40))}
	}
	return err
}

func relationsExist(ctx context.Context, tx *sql.Tx, s Sheet) error {
	list, _ := s.relations() // check has passed the lines
	for _, r := range list {
		found, err := ids(ctx, tx, `SELECT work_id FROM work_cards WHERE public_id = $1`, r.Work)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return SheetFaults{fault.Field("document.relationsExist", "relations", "没有公开编号为 %d 的文件，不能建立关联。", r.Work)}
		}
	}
	return nil
}

// DeskSave is one saved state of an item's sheet.
type DeskSave struct {
	Version int
	Actor   string // login; "" is the reading itself
	At      string // 2026-11-20 10:03
	Changes []string
}

// DeskSaves lists who changed what, newest first.
func (l *Library) DeskSaves(ctx context.Context, id int64) (out []DeskSave, err error) {
	defer fault.Wrap(&err, "document.DeskSaves(%d)", id)
	rows, err := l.db.Reader().QueryContext(ctx, `SELECT version, actor, at, sheet FROM desk_saves WHERE item_id = $1 ORDER BY version LIMIT 200`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := Sheet{}
	for rows.Next() {
		var s DeskSave
		var at int64
		var text string
		if err := rows.Scan(&s.Version, &s.Actor, &at, &text); err != nil {
			return nil, err
		}
		now := Sheet{}
		if err := json.Unmarshal([]byte(text), &now); err != nil {
			return nil, err
		}
		s.At = localMinute(at)
		if s.Version > 1 {
			for _, f := range SheetFields {
				if last[f.Name] != now[f.Name] {
					s.Changes = append(s.Changes, fmt.Sprintf("%s：“%s”改为“%s”", f.Label, clip(last[f.Name], 60), clip(now[f.Name], 60)))
				}
			}
		}
		last = now
		out = append([]DeskSave{s}, out...)
	}
	return out, rows.Err()
}
