package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"gongkai/internal/fault"
)

// The archive is a tar compressed with zstd. Behind it stands a frame that
// zstd tools skip and that holds the SHA-256 of every byte before it, so that
// no changed byte goes unseen, whatever it meant to tar or zstd.
const (
	trailerMagic = 0x184D2A5D
	trailerSize  = 8 + sha256.Size
)

func trailer(sum []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, trailerMagic)
	b = binary.LittleEndian.AppendUint32(b, sha256.Size)
	return append(b, sum...)
}

// target gives errors of the place written to their own sentence, so that a
// full disk there is not taken for one of the database.
type target struct{ w io.Writer }

func (t target) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	return n, unwritable(err)
}

// packer writes an archive.
type packer struct {
	out io.Writer
	sum hash.Hash
	zw  *zstd.Encoder
	tw  *tar.Writer
	at  time.Time
}

func newPacker(w io.Writer, at time.Time) (*packer, error) {
	p := &packer{out: target{w}, sum: sha256.New(), at: at}
	var err error
	if p.zw, err = zstd.NewWriter(io.MultiWriter(p.out, p.sum), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20)); err != nil {
		return nil, err
	}
	p.tw = tar.NewWriter(p.zw)
	return p, nil
}

// begin opens an entry; the caller writes size bytes to p.tw.
func (p *packer) begin(name string, size int64) error {
	return p.tw.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: p.at.UTC().Truncate(time.Second), Format: tar.FormatPAX})
}

func (p *packer) entry(name string, data []byte) error {
	if err := p.begin(name, int64(len(data))); err != nil {
		return err
	}
	_, err := p.tw.Write(data)
	return err
}

func (p *packer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return p.entry(name, append(b, '\n'))
}

func (p *packer) close() error {
	if err := errors.Join(p.tw.Close(), p.zw.Close()); err != nil {
		return err
	}
	_, err := p.out.Write(trailer(p.sum.Sum(nil)))
	return err
}

// tail gives what r gives without the last trailerSize bytes, which it keeps,
// and sums what it gave.
type tail struct {
	r    io.Reader
	held []byte // at least trailerSize bytes while more may come
	sum  hash.Hash
	eof  bool
}

func newTail(r io.Reader) *tail { return &tail{r: r, sum: sha256.New()} }

func (t *tail) Read(p []byte) (int, error) {
	for len(t.held) <= trailerSize && !t.eof {
		buf := make([]byte, 64<<10)
		n, err := t.r.Read(buf)
		t.held = append(t.held, buf[:n]...)
		if err == io.EOF {
			t.eof = true
		} else if err != nil {
			return 0, err
		}
	}
	n := min(len(p), len(t.held)-trailerSize)
	if n <= 0 {
		return 0, io.EOF
	}
	copy(p, t.held[:n])
	t.sum.Write(t.held[:n])
	t.held = t.held[n:]
	return n, nil
}

// check reads to the end and compares the sum with the trailer.
func (t *tail) check() error {
	if _, err := io.Copy(io.Discard, t); err != nil {
		return broken(err)
	}
	if !bytes.Equal(t.held, trailer(t.sum.Sum(nil))) {
		return broken(errors.New("the digest at the end does not fit"))
	}
	return nil
}

// broken is the one answer to an archive that is not whole.
func broken(err error) error {
	var known *fault.Error
	if errors.As(err, &known) && known.Kind != fault.Internal {
		return err
	}
	return &fault.Error{Kind: fault.Invalid, Op: "backup.Restore", Text: "备份文件不完整或被改动过，没有恢复任何内容。请换一份备份。", Err: err}
}
