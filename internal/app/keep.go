package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"gongkai/internal/audit"
	"gongkai/internal/backup"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/publication"
)

// Audit records an act at the console.
func (a *App) Audit(ctx context.Context, e audit.Event) error {
	e.At, e.Actor = a.Now(), a.Config.Actor
	return audit.Record(ctx, a.DB.Writer(), e)
}

// Checked counts the rows that Verify looked at.
type Checked struct {
	publication.Checked
	Editions int   `json:"editions"`
	Files    int64 `json:"files"`
	Index    int64 `json:"index"`
}

// Verify checks the log and its seals, every edition, every file, and this
// node's index, and yields each fault with its table and row.
func (a *App) Verify(ctx context.Context, yield func(publication.Fault)) (c Checked, err error) {
	defer fault.Wrap(&err, "app.Verify")
	if c.Checked, err = publication.Verify(ctx, a.DB, yield); err != nil {
		return c, err
	}
	if c.Editions, err = a.Documents.Verify(ctx, yield); err != nil {
		return c, err
	}
	if c.Files, err = filestore.Verify(ctx, a.DB, a.Files, func(f filestore.Fault) {
		yield(publication.Fault(f))
	}); err != nil {
		return c, err
	}
	c.Index, err = a.verifyIndex(ctx, yield)
	return c, err
}

// verifyIndex brings the index up to the log and compares the number of works.
func (a *App) verifyIndex(ctx context.Context, yield func(publication.Fault)) (int64, error) {
	if _, err := a.CatchUp(ctx); err != nil {
		return 0, err
	}
	x, err := a.Index(ctx)
	if err != nil {
		return 0, err
	}
	n, err := x.Works(ctx)
	if err != nil {
		return 0, err
	}
	totals, err := a.Documents.Totals(ctx)
	if err != nil {
		return n, err
	}
	if n != int64(totals.Works) {
		yield(publication.Fault{Code: "index", Fault: "检索索引与资料库的件数不符，可删除索引文件夹后重建", Table: "index", ID: "*"})
	}
	return n, nil
}

// Backup writes the whole library to a file; the file appears only when it is
// complete.
func (a *App) Backup(ctx context.Context, file string) (err error) {
	defer fault.Wrap(&err, "app.Backup(%s)", filepath.Base(file))
	if err := backup.ToFile(ctx, a.DB, a.Files, file, a.Now()); err != nil {
		return err
	}
	return a.Audit(ctx, audit.Event{Act: audit.Backup, Target: "library", Outcome: audit.Done})
}

// Restore fills an empty library from a backup. A backup carries no private
// key, so this node's own key signs from here on.
func (a *App) Restore(ctx context.Context, file string) (err error) {
	defer fault.Wrap(&err, "app.Restore(%s)", filepath.Base(file))
	f, err := os.Open(file)
	if err != nil {
		return &fault.Error{Kind: fault.NotFound, Op: "app.Restore", Err: err, Text: file + "：备份文件打不开。"}
	}
	err = backup.Restore(ctx, a.DB, a.Files, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return a.Audit(ctx, audit.Event{Act: audit.RestoreBackup, Target: "library", Outcome: audit.Done})
}
