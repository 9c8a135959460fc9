package filestore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// sink is what spooling needs of a file; tests put a full disk behind it.
type sink interface {
	io.Writer
	Sync() error
	Close() error
	Name() string
}

// spool copies r to a temporary file, at most max bytes, hashing on the way,
// and syncs it. On any error the file is removed.
func spool(ctx context.Context, create func() (sink, error), r io.Reader, max int64) (blob Blob, path string, err error) {
	f, err := create()
	if err != nil {
		return Blob{}, "", unwritten(err)
	}
	path = f.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
			path = ""
		}
	}()
	w := &hashing{w: f, sum: sha256.New()}
	n, err := copyBounded(ctx, w, r, max)
	if err == nil {
		err = unwritten(f.Sync())
	}
	if e := f.Close(); err == nil {
		err = unwritten(e)
	}
	if err != nil {
		return Blob{}, path, err
	}
	return Blob{SHA256: hex.EncodeToString(w.sum.Sum(nil)), Size: n, MIME: mimeOf(w.head)}, path, nil
}

// hashing writes through, and keeps hash and head of what went by.
type hashing struct {
	w    io.Writer
	sum  hash.Hash
	head []byte
}

func (h *hashing) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	h.sum.Write(p[:n])
	if room := sniffed - len(h.head); room > 0 {
		h.head = append(h.head, p[:min(n, room)]...)
	}
	return n, unwritten(err)
}

// copyBounded stops at the first byte above max, and when ctx ends. Errors of
// the reader come back as they are.
func copyBounded(ctx context.Context, w io.Writer, r io.Reader, max int64) (int64, error) {
	buf := make([]byte, 64<<10)
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, err := r.Read(buf)
		if n += int64(k); n > max {
			return n, tooLarge(max)
		}
		if _, werr := w.Write(buf[:k]); werr != nil {
			return n, werr
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("reading: %w", err)
		}
	}
}

// rehash compares content with its name.
func rehash(ctx context.Context, r io.Reader, sha string) error {
	sum := sha256.New()
	if _, err := copyBounded(ctx, sum, r, 1<<62); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != sha {
		return differs(sha)
	}
	return nil
}
