package backup

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// ToFile writes a backup to a file that only its owner reads. The file appears
// whole and on disk, or not at all; an older one of that name stays until then.
func ToFile(ctx context.Context, db *store.DB, files filestore.Store, path string, now time.Time) (err error) {
	defer fault.Wrap(&err, "backup.ToFile")
	return unwritable(filestore.WriteWhole(path, 0o600, func(w io.Writer) error { return Write(ctx, db, files, w, now) }))
}

// FromFile fills an empty library from a file.
func FromFile(ctx context.Context, db *store.DB, files filestore.Store, path string) (err error) {
	defer fault.Wrap(&err, "backup.FromFile")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Newf(fault.NotFound, "backup.FromFile", "找不到备份文件 %s。", path)
	}
	if err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "backup.FromFile", Text: "读不了备份文件，请检查权限。", Err: err}
	}
	return errors.Join(Restore(ctx, db, files, f), f.Close())
}

// unwritable gives errors of the place written to a sentence.
func unwritable(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "backup.ToFile", Text: "备份没有完成：目标位置不能写入，请检查路径、权限和磁盘空间。", Err: err}
}
