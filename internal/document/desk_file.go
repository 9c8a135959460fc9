package document

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// DeskFile reads the bytes that were uploaded as an item, at most DeskMaxFile,
// and notes who took them. Errors: NotFound when nothing was kept of it.
func (l *Library) DeskFile(ctx context.Context, it *DeskItem, actor string) (data []byte, err error) {
	defer fault.Wrap(&err, "document.DeskFile(%d, %d)", it.Batch, it.ID)
	if it.SHA256 == "" {
		return nil, fault.New(fault.NotFound, "document.DeskFile", "这个文件没有保存。")
	}
	f, err := l.files.Open(ctx, it.SHA256)
	if err != nil {
		return nil, err
	}
	data, err = io.ReadAll(io.LimitReader(f, DeskMaxFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return data, l.db.Tx(ctx, func(tx *sql.Tx) error {
		return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Download, Target: itemTarget(it.Batch, it.ID), Outcome: audit.Done, Detail: "下载上传的原文件"})
	})
}
