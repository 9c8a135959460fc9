package app

import (
	"context"
	"errors"
	"slices"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/notify"
	"gongkai/internal/request"
	"gongkai/internal/vault"
)

// vaultSource says where this library's keys of personal columns lie: the file
// that the configuration names, else beside the data, else in the database.
func (a *App) vaultSource() vault.Source {
	src := vault.Source{File: a.Config.VaultKey, Now: a.Now}
	if src.File == "" && a.Config.Database == "" {
		src.File = vault.FileIn(a.Config.DataDir)
	}
	return src
}

// personal are all columns that the vault seals.
func personal() []vault.Column {
	return slices.Concat([]vault.Column{access.SealedColumn()}, notify.SealedColumns(), request.SealedColumns())
}

// keysOfFiles are the columns that name the keys of sealed files.
func keysOfFiles() []vault.Column { return request.SealedFiles() }

// SealPersonal seals what was stored in plain words, or under an older key, and
// counts it; files of requests too. It may be stopped anywhere; the next call goes on.
func (a *App) SealPersonal(ctx context.Context) (n int, err error) {
	var errs []error
	for _, c := range personal() {
		k, err := a.Vault.Rotate(ctx, c)
		n += k
		errs = append(errs, err)
	}
	k, err := a.Requests.SealFiles(ctx)
	return n + k, errors.Join(append(errs, err)...)
}

// RotateVault makes a new key and brings every personal value over to it.
func (a *App) RotateVault(ctx context.Context) (key string, n int, err error) {
	if key, err = a.Vault.AddKey(ctx); err != nil {
		return "", 0, err
	}
	n, err = a.SealPersonal(ctx)
	return key, n, errors.Join(err, a.Audit(ctx, audit.Event{Act: audit.Configure, Target: "vault:" + key, Outcome: audit.Done}))
}

// Unreadable lists the personal columns and files of which values cannot be read here,
// as after a restore without the key.
func (a *App) Unreadable(ctx context.Context) ([]vault.Unreadable, error) {
	return a.Vault.Check(ctx, append(personal(), keysOfFiles()...)...)
}

// sealAtStart brings a library of before the vault over. A missing key must not
// keep the public pages down: what needs it refuses by itself, and the log says why.
func (a *App) sealAtStart(ctx context.Context) {
	n, err := a.SealPersonal(ctx)
	if err != nil && ctx.Err() == nil {
		a.Log.Error("vault", "err", err)
	}
	if n > 0 {
		a.Log.Info("vault", "sealed", n)
	}
}
