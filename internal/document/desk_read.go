package document

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/store"
)

// A claim on a file ends by itself, so that what a killed node was reading is
// read by the next one; a living reader renews it.
const (
	deskClaim   = 20 * time.Second
	deskRenew   = 5 * time.Second
	deskTries   = 4 // a file that ends the process each time is given up
	deskReadMax = 2 * time.Minute
)

// DeskWork reads one waiting file or releases one ordered item, and reports
// whether there was anything to do. A node calls it again and again; any
// number of nodes may.
func (l *Library) DeskWork(ctx context.Context) (worked bool, err error) {
	defer fault.Wrap(&err, "document.DeskWork")
	if worked, err = l.releaseNext(ctx); worked || err != nil {
		return worked, err
	}
	it, tries, err := l.claimDesk(ctx)
	if err != nil || it == nil {
		return false, err
	}
	if tries > deskTries {
		it.State, it.Reasons = ItemFailed, []string{"读取多次中断，可能是文件本身有问题。请另存后重新上传。"}
		return true, l.finishReading(ctx, it, tries)
	}
	reading, cancel := context.WithTimeout(ctx, deskReadMax)
	defer cancel()
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renewDesk(reading, it.ID, tries)
	}()
	err = l.readDesk(reading, it)
	cancel()
	<-renewed
	if ctx.Err() != nil {
		return false, ctx.Err() // the claim runs out and another node reads it
	}
	if fault.KindOf(err) == fault.Unavailable && err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return false, err
	}
	if err != nil {
		it.State, it.Verdict, it.Reasons = ItemFailed, "", []string{fault.Text(err)}
		if errors.Is(err, context.DeadlineExceeded) {
			it.Reasons = []string{"读取超过 2 分钟，已停止。请拆分或另存后重新上传。"}
		}
	}
	if e := l.finishReading(ctx, it, tries); e != nil {
		return true, e
	}
	if fault.KindOf(err) == fault.Internal {
		return true, err // nil, or for the log of the node
	}
	return true, nil
}

// claimDesk takes the oldest file that nobody reads.
func (l *Library) claimDesk(ctx context.Context) (*DeskItem, int, error) {
	now := l.now()
	free := `(state = 'waiting' OR state = 'reading' AND claimed_until < $1)`
	var one int
	err := l.db.Reader().QueryRowContext(ctx, `SELECT 1 FROM desk_items WHERE `+free+` LIMIT 1`, now.UnixMicro()).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, store.Sentence("document.claimDesk", err)
	}
	var it *DeskItem
	var tries int
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		it = nil
		var id int64
		// The outer condition is checked again on the locked row: of two nodes one gets it.
		err := tx.QueryRowContext(ctx, `
			UPDATE desk_items SET state = 'reading', claimed_until = $2, tries = tries + 1
			WHERE id = (SELECT id FROM desk_items WHERE `+free+` ORDER BY id LIMIT 1) AND `+free+` RETURNING id, tries`,
			now.UnixMicro(), now.Add(deskClaim).UnixMicro()).Scan(&id, &tries)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		it, err = deskItem(ctx, tx, id, "")
		return err
	})
	return it, tries, err
}

func (l *Library) renewDesk(ctx context.Context, id int64, tries int) {
	tick := time.NewTicker(deskRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// A claim that cannot be renewed runs out, and finishReading finds another's number.
		_, _ = l.db.Writer().ExecContext(ctx, `UPDATE desk_items SET claimed_until = $3 WHERE id = $1 AND state = 'reading' AND tries = $2`,
			id, tries, l.now().Add(deskClaim).UnixMicro())
	}
}

// readDesk reads a stored file into its item.
func (l *Library) readDesk(ctx context.Context, it *DeskItem) (err error) {
	defer func() {
		if r := recover(); r != nil { // one bad file must not end the node
			err = fault.Newf(fault.Unsupported, "document.readDesk", "读取时出错，请另存后重新上传。")
		}
	}()
	f, err := l.files.Open(ctx, it.SHA256)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(f, DeskMaxFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	lim := docfile.DefaultLimits()
	lim.MaxBytes = DeskMaxFile
	doc, err := docfile.Read(ctx, it.Name, bytes.NewReader(data), int64(len(data)), lim)
	if err != nil {
		return err
	}
	it.Facts = DeskFacts{State: string(doc.State)}
	it.Facts.Coverage, it.Facts.Lost = coverage(doc)
	if doc.MIME != "" {
		it.MIME = doc.MIME
	}
	if doc.State == docfile.StateNone || strings.TrimSpace(doc.Text) == "" {
		it.State, it.Reasons = ItemFailed, append([]string{"没有读到正文，不能作为文件公开。"}, it.Facts.Coverage...)
		return nil
	}
	facts := officialdoc.Extract(doc.Text)
	c := contentOfFacts(&facts, doc.Text)
	if !facts.EffectiveOn.IsZero() {
		// As in contentOfFile: a clause is computed from the text again.
		if clause, ok := officialdoc.EffectiveClause(c.Text); !ok || clause.Date != facts.EffectiveOn {
			c.EffectiveOn = facts.EffectiveOn
		}
	}
	it.Facts.Marks, it.Facts.Body, it.Facts.Notes = facts.Marks, facts.Body, facts.Warnings
	if c.Title == "" {
		c.Title = strings.TrimSuffix(it.Name, filepath.Ext(it.Name))
		it.Facts.Notes = append(it.Facts.Notes, "正文里没有标题，暂用文件名作标题，请核对。")
	}
	if c.Attribute == "" {
		it.Facts.Notes = append(it.Facts.Notes, "正文里没有写明公开属性，请核对是否属于主动公开。")
	}
	it.Source, it.Sheet = doc.Text, sheetOf(c)
	return l.judge(ctx, l.db.Reader(), it)
}

// finishReading writes what was read, unless somebody else has the claim now.
func (l *Library) finishReading(ctx context.Context, it *DeskItem, tries int) error {
	facts, err := json.Marshal(it.Facts)
	if err != nil {
		return err
	}
	sheet, err := it.Sheet.text()
	if err != nil {
		return err
	}
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE desk_items SET state = $3, verdict = $4, reasons = $5, sheet = $6, source = $7, facts = $8, mime = $9, work = $10, label = $11,
				version = 1, claimed_until = 0, updated_at = $12
			WHERE id = $1 AND state = 'reading' AND tries = $2`,
			it.ID, tries, string(it.State), string(it.Verdict), listText(it.Reasons), sheet, strings.ReplaceAll(it.Source, "\x00", ""), string(facts), it.MIME,
			it.Work, it.Label, l.now().UnixMicro())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO desk_saves (item_id, version, actor, at, sheet) SELECT id, 1, '', $2, $3 FROM desk_items WHERE id = $1 AND tries = $4
			ON CONFLICT (item_id, version) DO NOTHING`, it.ID, l.now().UnixMicro(), sheet, tries)
		return err
	})
}

// coverage says what was read and what was lost or hidden.
func coverage(d *docfile.Document) (out []string, lost Lost) {
	merged := 0
	for _, b := range d.Blocks {
		t, ok := b.(docfile.Table)
		if !ok {
			continue
		}
		for _, row := range t.Rows {
			for _, c := range row {
				if c.ColSpan > 1 || c.RowSpan > 1 {
					merged++
				}
			}
		}
	}
	switch {
	case merged > 0:
		out = append(out, fmt.Sprintf("有 %d 张表格，其中 %d 处合并单元格：正文里按行列出文字，合并关系只保留在原文件里。", d.Tables, merged))
	case d.Tables > 0:
		out = append(out, fmt.Sprintf("有 %d 张表格，正文里按行列出文字。", d.Tables))
	}
	if d.Pictures > 0 {
		out = append(out, fmt.Sprintf("有 %d 幅图片：图片里的文字没有读入正文。", d.Pictures))
	}
	parts, beside := map[docfile.PartKind]int{}, 0
	for _, p := range d.Parts {
		parts[p.Kind]++
	}
	for _, k := range []struct {
		kind docfile.PartKind
		name string
	}{{docfile.PartHeader, "页眉"}, {docfile.PartFooter, "页脚"}, {docfile.PartFootnote, "脚注"}, {docfile.PartEndnote, "尾注"}, {docfile.PartTextBox, "文本框"}} {
		if n := parts[k.kind]; n > 0 {
			beside += n
			out = append(out, fmt.Sprintf("有 %d 处%s没有读入正文，只保留在原文件里。", n, k.name))
		}
	}
	for _, w := range d.Warnings {
		out = append(out, w.Text)
	}
	return out, Lost{Pictures: d.Pictures, Tables: d.Tables, Merged: merged, Parts: beside, Warnings: len(d.Warnings)}
}
