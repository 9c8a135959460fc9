package app

import (
	"context"
	"errors"
	"fmt"
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
	Orphans  int64 `json:"orphans"` // bytes that nothing holds, which the daily sweep will take; no fault
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
	if err := filestore.Orphans(ctx, a.DB, a.Files, a.Now().Add(-filestore.Grace), func(filestore.Stored) error { c.Orphans++; return nil }); err != nil {
		return c, err
	}
	c.Index, err = a.verifyIndex(ctx, yield)
	return c, err
}

// Expunge removes a text for good: words, files, and what this node's index
// holds of it. Each part is done even when another fails; an error of kind
// Unavailable says that traces may be left, and expunging again finishes.
func (a *App) Expunge(ctx context.Context, work int64, edition int, reason string) (err error) {
	defer fault.Wrap(&err, "app.Expunge(%d, %d)", work, edition)
	err = a.Documents.Expunge(ctx, work, edition, a.Config.Actor, reason)
	if err == nil || fault.KindOf(err) == fault.Unavailable {
		return errors.Join(err, a.ForgetInIndex(ctx))
	}
	refused := audit.Event{Act: audit.Expunge, Target: fmt.Sprintf("work:%d", work), Outcome: audit.Refused}
	return errors.Join(err, a.Audit(ctx, refused))
}

// Backup writes the whole library to a file; the file appears only when it is
// complete.
func (a *App) Backup(ctx context.Context, file string) (err error) {
	defer fault.Wrap(&err, "app.Backup(%s)", filepath.Base(file))
	if err := a.Documents.AdoptDraftFiles(ctx); err != nil {
		return err
	}
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
