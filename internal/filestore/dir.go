package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gongkai/internal/fault"
)

// dirStore keeps each file at ab/cdef…, named by its hash. A file appears
// there by rename, so it is whole or absent.
type dirStore struct {
	root   string
	create func() (sink, error)
}

// staleTemp is the age at which a temporary file belongs to nobody: an upload
// that is going on writes to its file far more often.
const staleTemp = 10 * time.Minute

// Dir opens a store in a folder, made when missing, and removes temporary
// files that a killed process left there.
func Dir(path string) (Store, error) {
	d := &dirStore{root: path}
	d.create = func() (sink, error) { return os.CreateTemp(d.temp(), "put-*") }
	if err := os.MkdirAll(d.temp(), 0o700); err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "filestore.Dir", Text: "不能建立附件文件夹，请检查路径和权限。", Err: err}
	}
	if err := d.clean(time.Now().Add(-staleTemp)); err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "filestore.Dir", Text: "不能整理附件文件夹，请检查权限。", Err: err}
	}
	return d, nil
}

func (d *dirStore) temp() string { return filepath.Join(d.root, "tmp") }

func (d *dirStore) path(sha string) string { return filepath.Join(d.root, sha[:2], sha[2:]) }

func (d *dirStore) clean(before time.Time) error {
	list, err := os.ReadDir(d.temp())
	if err != nil {
		return err
	}
	for _, e := range list {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.ModTime().Before(before) {
			if err := os.Remove(filepath.Join(d.temp(), e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func (d *dirStore) Put(ctx context.Context, r io.Reader, max int64) (b Blob, err error) {
	defer fault.Wrap(&err, "filestore.Put(max %d)", max)
	b, temp, err := spool(ctx, d.create, r, max)
	if err != nil {
		return Blob{}, err
	}
	if err := d.place(temp, b.SHA256); err != nil {
		return Blob{}, errors.Join(unwritten(err), os.Remove(temp))
	}
	return b, nil
}

func (d *dirStore) place(temp, sha string) error {
	folder := filepath.Dir(d.path(sha))
	switch err := os.Mkdir(folder, 0o700); {
	case err == nil:
		if err := syncDir(d.root); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if err := os.Rename(temp, d.path(sha)); err != nil {
		return err
	}
	return syncDir(folder)
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *dirStore) Open(_ context.Context, sha string) (io.ReadSeekCloser, error) {
	if !validSHA(sha) {
		return nil, notFound("Open", sha)
	}
	f, err := os.Open(d.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound("Open", sha)
	}
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "filestore.Open(" + sha + ")", Text: "附件暂时读不出来，请稍后再试。", Err: err}
	}
	return f, nil
}

func (d *dirStore) Has(_ context.Context, sha string) (bool, error) {
	if !validSHA(sha) {
		return false, nil
	}
	_, err := os.Stat(d.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (d *dirStore) Delete(_ context.Context, sha string) error {
	if !validSHA(sha) {
		return nil
	}
	err := os.Remove(d.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = syncDir(filepath.Dir(d.path(sha)))
	}
	if err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "filestore.Delete(" + sha + ")", Text: "附件没有删除，请检查附件文件夹的权限。", Err: err}
	}
	return nil
}

// DeleteIdle moves the file aside before it looks at its time, because another
// process may put the same content between a look and a removal.
func (d *dirStore) DeleteIdle(_ context.Context, sha string, before time.Time) (gone bool, err error) {
	defer fault.Wrap(&err, "filestore.DeleteIdle(%s)", sha)
	if !validSHA(sha) {
		return false, nil
	}
	info, err := os.Stat(d.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !info.ModTime().Before(before) {
		return false, err
	}
	aside := filepath.Join(d.temp(), fmt.Sprintf("idle-%s", sha))
	if err := os.Rename(d.path(sha), aside); err != nil {
		return false, err
	}
	if info, err = os.Stat(aside); err != nil {
		return false, err
	}
	if !info.ModTime().Before(before) {
		return false, os.Rename(aside, d.path(sha)) // same content, so replacing is harmless
	}
	return true, errors.Join(os.Remove(aside), syncDir(filepath.Dir(d.path(sha))))
}

func (d *dirStore) Walk(ctx context.Context, fn func(Stored) error) (err error) {
	defer fault.Wrap(&err, "filestore.Walk")
	folders, err := os.ReadDir(d.root)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if len(folder.Name()) != 2 || !folder.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(d.root, folder.Name()))
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			sha := folder.Name() + f.Name()
			if !validSHA(sha) {
				continue
			}
			info, err := f.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				return err
			}
			if err := fn(Stored{SHA256: sha, Size: info.Size(), PutAt: info.ModTime()}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *dirStore) Check(ctx context.Context, sha string) (err error) {
	defer fault.Wrap(&err, "filestore.Check(%s)", sha)
	f, err := d.Open(ctx, sha)
	if err != nil {
		return err
	}
	return errors.Join(rehash(ctx, f, sha), f.Close())
}
