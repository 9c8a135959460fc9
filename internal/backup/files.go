package backup

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// allFiles writes the bytes of every file that had a row at the moment of the
// backup. Bytes never change, so reading them later is safe.
func (b *writer) allFiles() error {
	b.sum = sha256.New()
	for after := ""; ; {
		page, err := b.filePage(after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			b.man.Files.SHA256 = hex.EncodeToString(b.sum.Sum(nil))
			return nil
		}
		for _, f := range page {
			if err := b.file(f.sha, f.size); err != nil {
				return err
			}
		}
		after = page[len(page)-1].sha
	}
}

type fileRow struct {
	sha  string
	size int64
}

func (b *writer) filePage(after string) (out []fileRow, err error) {
	rows, err := b.q.QueryContext(b.ctx, `SELECT sha256, size FROM files WHERE sha256 > $1 ORDER BY sha256 LIMIT 500`, after)
	if err != nil {
		return nil, store.Sentence("backup.filePage", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f fileRow
		if err := rows.Scan(&f.sha, &f.size); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, store.Sentence("backup.filePage", rows.Err())
}

func (b *writer) file(sha string, size int64) (err error) {
	f, err := b.files.Open(b.ctx, sha)
	if err != nil {
		gone, err := b.expunged(sha, err)
		if gone {
			b.man.Files.Gone = append(b.man.Files.Gone, sha)
		}
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := b.p.begin(filesPrefix+sha, size); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(b.p.tw, sum), io.LimitReader(f, size))
	more, rerr := f.Read(make([]byte, 1))
	if err == nil && (n != size || more != 0 || rerr != io.EOF || hex.EncodeToString(sum.Sum(nil)) != sha) {
		err = fault.New(fault.Internal, "backup.Write", "")
	}
	if err != nil {
		gone, err := b.expunged(sha, err)
		if !gone {
			return err
		}
		// The entry is begun and tar cannot take it back: it is filled up, and
		// the manifest says that it counts for nothing.
		if _, err := io.CopyN(b.p.tw, zeros{}, size-n); err != nil {
			return err
		}
		b.man.Files.Gone = append(b.man.Files.Gone, sha)
	}
	b.man.Files.Count++
	b.man.Files.Bytes += size
	fmt.Fprintf(b.sum, "%s %d\n", sha, size)
	return nil
}

// expunged reports whether a file that could not be read has lost its row
// since the moment of the backup; if not, the error says that it is damaged.
func (b *writer) expunged(sha string, cause error) (bool, error) {
	if b.ctx.Err() != nil || fault.KindOf(cause) == fault.Unavailable {
		return false, cause
	}
	var one int
	err := b.live.QueryRowContext(b.ctx, `SELECT 1 FROM files WHERE sha256 = $1`, sha).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, store.Sentence("backup.expunged", err)
	}
	return false, &fault.Error{Kind: fault.Internal, Op: "backup.Write", Err: cause,
		Text: fmt.Sprintf("附件 %s 缺失或已损坏，备份没有完成。请运行 gongkai verify 查明，重新上传这个附件后再备份。", sha)}
}

// zeros gives zero bytes for ever.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
