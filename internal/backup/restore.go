package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// oldestSchema is the first schema whose rows fit today's tables as they are,
// new columns taking their defaults. A migration that rewrites rows raises it.
const oldestSchema = 6

// maxEntry bounds header, manifest and one part of a table in memory.
const maxEntry = 1 << 30

// Restore fills an empty library from an archive: all of it or nothing. It
// changes nothing when the library holds anything (Conflict), when the archive
// is cut, changed or ill-formed (Invalid), or comes from a newer program
// (Unsupported). An archive that can be read twice is checked whole first.
func Restore(ctx context.Context, db *store.DB, files filestore.Store, r io.Reader) (err error) {
	defer fault.Wrap(&err, "backup.Restore")
	if err := mustBeEmpty(ctx, db.Reader()); err != nil {
		return err
	}
	if s, ok := r.(io.ReadSeeker); ok {
		at, err := s.Seek(0, io.SeekCurrent)
		if err == nil { // a pipe has Seek and cannot
			if err := newTail(s).check(); err != nil {
				return err
			}
			if _, err := s.Seek(at, io.SeekStart); err != nil {
				return broken(err)
			}
		}
	}
	t := newTail(r)
	zr, err := zstd.NewReader(t, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return broken(err)
	}
	defer zr.Close()
	u := &reader{ctx: ctx, db: db, files: files, tail: t, zr: zr, tr: tar.NewReader(zr)}
	if err := u.all(); err != nil {
		return errors.Join(err, u.takeBack())
	}
	return nil
}

func mustBeEmpty(ctx context.Context, q store.Querier) error {
	name, err := occupied(ctx, q)
	if err == nil && name != "" {
		err = fault.Newf(fault.Conflict, "backup.Restore", "资料库里已有内容（%s），只能恢复到空的数据文件夹或数据库，没有改动任何内容。", name)
	}
	return err
}

type reader struct {
	ctx   context.Context
	db    *store.DB
	files filestore.Store
	tail  *tail
	zr    *zstd.Decoder
	tr    *tar.Reader
	entry *tar.Header // not yet consumed, nil at the end

	head  header
	sums  manifest // of what was read
	put   []string // bytes that were not there before
	doubt []string // entries that are not what their name says
}

func (u *reader) all() error {
	if err := u.next(); err != nil {
		return err
	}
	if err := u.readHeader(); err != nil {
		return err
	}
	if err := u.readFiles(); err != nil {
		return err
	}
	begun := false
	return u.db.Tx(u.ctx, func(tx *sql.Tx) error {
		if begun { // the archive cannot be read a second time
			return fault.New(fault.Unavailable, "backup.Restore", "数据库中途冲突，没有恢复任何内容，请停下其他程序再试。")
		}
		begun = true
		return u.readRows(tx)
	})
}

// takeBack removes the bytes that a failed restore had put.
func (u *reader) takeBack() error {
	var errs []error
	for _, sha := range u.put {
		errs = append(errs, u.files.Delete(context.WithoutCancel(u.ctx), sha))
	}
	return errors.Join(errs...)
}

// next moves to the next entry. Only plain files are accepted; every name is
// compared with the ones that may stand there, so no path is ever followed.
func (u *reader) next() error {
	h, err := u.tr.Next()
	if err == io.EOF {
		u.entry = nil
		return nil
	}
	if err != nil {
		return broken(err)
	}
	if h.Typeflag != tar.TypeReg || h.Size < 0 {
		return broken(fmt.Errorf("entry %q of type %q", h.Name, h.Typeflag))
	}
	u.entry = h
	return nil
}

// body reads the present entry whole and moves on.
func (u *reader) body() ([]byte, error) {
	if u.entry.Size > maxEntry {
		return nil, broken(fmt.Errorf("entry %q of %d bytes", u.entry.Name, u.entry.Size))
	}
	var b bytes.Buffer // grows with what is there, not with what the entry claims
	if _, err := io.Copy(&b, u.tr); err != nil {
		return nil, broken(err)
	}
	return b.Bytes(), u.next()
}

func (u *reader) is(name string) bool { return u.entry != nil && u.entry.Name == name }

func (u *reader) readHeader() error {
	if !u.is(headerName) {
		return broken(errors.New("no header"))
	}
	b, err := u.body()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &u.head); err != nil {
		return broken(err)
	}
	version, err := schemaVersion(u.ctx, u.db.Reader())
	if err != nil {
		return err
	}
	switch {
	case u.head.Format != format, u.head.Schema > version:
		return fault.New(fault.Unsupported, "backup.Restore", "这份备份来自更新的版本，请先升级程序再恢复。")
	case u.head.Schema < oldestSchema:
		return fault.New(fault.Unsupported, "backup.Restore", "这份备份来自太旧的版本，请先用当时的程序恢复，再升级。")
	}
	return nil
}

func (u *reader) readFiles() error {
	sum := sha256.New()
	for u.entry != nil && strings.HasPrefix(u.entry.Name, filesPrefix) {
		sha, size := strings.TrimPrefix(u.entry.Name, filesPrefix), u.entry.Size
		if raw, err := hex.DecodeString(sha); err != nil || len(raw) != sha256.Size {
			return broken(fmt.Errorf("entry %q", u.entry.Name))
		}
		if err := u.readFile(sha, size); err != nil {
			return err
		}
		u.sums.Files.Count++
		u.sums.Files.Bytes += size
		fmt.Fprintf(sum, "%s %d\n", sha, size)
		if err := u.next(); err != nil {
			return err
		}
	}
	u.sums.Files.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func (u *reader) readFile(sha string, size int64) error {
	had, err := u.files.Has(u.ctx, sha)
	if err != nil {
		return err
	}
	blob, err := u.files.Put(u.ctx, u.tr, size)
	if err != nil {
		if u.ctx.Err() != nil {
			return err
		}
		return broken(err)
	}
	if blob.SHA256 != sha {
		u.doubt = append(u.doubt, sha) // the manifest may say that it was expunged meanwhile
		return u.files.Delete(u.ctx, blob.SHA256)
	}
	if !had {
		u.put = append(u.put, sha)
	}
	return nil
}

// readManifest compares what was read with what was written, and reads the
// archive to its last byte.
func (u *reader) readManifest() error {
	if !u.is(manifestName) {
		return broken(errors.New("no manifest where it should stand"))
	}
	b, err := u.body()
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return broken(err)
	}
	for _, sha := range u.doubt {
		if !slices.Contains(m.Files.Gone, sha) {
			return broken(fmt.Errorf("file %s differs from its name", sha))
		}
	}
	if m.Format != u.head.Format || m.Schema != u.head.Schema || !slices.Equal(m.Tables, u.sums.Tables) || !equalFiles(m.Files, u.sums.Files) {
		return broken(errors.New("counts or digests differ from the manifest"))
	}
	if u.entry != nil {
		return broken(fmt.Errorf("entry %q behind the manifest", u.entry.Name))
	}
	if _, err := io.Copy(io.Discard, u.zr); err != nil {
		return broken(err)
	}
	return u.tail.check()
}

func equalFiles(a, b fileSums) bool {
	return a.Count == b.Count && a.Bytes == b.Bytes && a.SHA256 == b.SHA256
}
