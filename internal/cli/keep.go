package cli

import (
	"fmt"

	"gongkai/internal/app"
	"gongkai/internal/publication"
)

type migrateCmd struct{}

// Run makes or upgrades the library.
func (c *migrateCmd) Run(r *run) error {
	return r.with(func(a *app.App) error {
		if _, err := a.Documents.EnsureSite(r.ctx); err != nil {
			return err
		}
		return r.print(map[string]any{"migrated": true, "engine": string(a.DB.Dialect)})
	})
}

type verifyCmd struct{}

// Run checks log, seals, files, index and counts: a line a fault, then totals.
func (c *verifyCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		faults := 0
		var printed error
		checked, err := a.Verify(r.ctx, func(f publication.Fault) {
			faults++
			if err := r.print(f); err != nil {
				printed = err
			}
		})
		if err != nil {
			return err
		}
		if printed != nil {
			return printed
		}
		if err := r.print(map[string]any{"checked": checked, "faults": faults}); err != nil {
			return err
		}
		if faults > 0 {
			return errFaults
		}
		return nil
	})
}

type backupCmd struct {
	File string `arg:"" help:"备份写到哪个文件。"`
}

// Run writes a backup; the library may be serving.
func (c *backupCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		if err := a.Backup(r.ctx, c.File); err != nil {
			return err
		}
		return r.print(map[string]any{"backup": c.File})
	})
}

type restoreCmd struct {
	File string `arg:"" help:"备份文件。"`
}

// Run restores a backup into an empty library.
func (c *restoreCmd) Run(r *run) error {
	return r.with(func(a *app.App) error {
		if err := a.Restore(r.ctx, c.File); err != nil {
			return err
		}
		lost, err := a.Unreadable(r.ctx)
		if err != nil {
			return err
		}
		for _, u := range lost {
			fmt.Fprintln(r.errs, u.Sentence(), "请把原来的密钥文件放回数据文件夹的 keys/vault.key，或者用 --vault-key 指明。")
		}
		return r.print(map[string]any{"restored": c.File})
	})
}

type expungeCmd struct {
	Work    int64  `arg:"" help:"作品编号。"`
	Edition int    `help:"只清除这一版；不写则清除全部版本。"`
	Reason  string `help:"理由和依据，会写入审计记录。" required:""`
}

// Run removes a text everywhere and leaves the tombstone.
func (c *expungeCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		if err := a.Expunge(r.ctx, c.Work, c.Edition, c.Reason); err != nil {
			return err
		}
		out := map[string]any{"work": c.Work, "expunged": true}
		if c.Edition != 0 {
			out["edition"] = c.Edition
		}
		return r.print(out)
	})
}
