package filestore

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// chunkReader reads a file from its rows, one row in memory at a time. It is
// not safe for concurrent use.
type chunkReader struct {
	ctx  context.Context // of Open: io.Reader has no place for one
	q    store.Querier
	sha  string
	size int64
	at   int64
	no   int64 // of the chunk in data, -1 for none
	data []byte
	shut bool
}

func (r *chunkReader) Read(p []byte) (int, error) {
	if r.shut {
		return 0, errors.New("filestore: read after close")
	}
	if r.at >= r.size {
		return 0, io.EOF
	}
	if no := r.at / chunk; no != r.no {
		if err := r.load(no); err != nil {
			return 0, err
		}
	}
	rest := r.data[min(r.at%chunk, int64(len(r.data))):]
	if len(rest) == 0 {
		return 0, differs(r.sha)
	}
	n := copy(p, rest)
	r.at += int64(n)
	return n, nil
}

func (r *chunkReader) load(no int64) error {
	r.no = -1
	err := r.q.QueryRowContext(r.ctx, `SELECT data FROM file_chunks WHERE sha256 = $1 AND no = $2`, r.sha, no).Scan(&r.data)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound("Read", r.sha)
	}
	if err != nil {
		return store.Sentence("filestore.Read("+r.sha+")", err)
	}
	r.no = no
	return nil
}

// Seek moves within the file, as io.Seeker says.
func (r *chunkReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, fault.New(fault.Invalid, "filestore.Seek", "")
	}
	r.at = offset
	return offset, nil
}

// Close ends reading.
func (r *chunkReader) Close() error {
	r.shut, r.data = true, nil
	return nil
}
