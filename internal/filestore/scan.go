package filestore

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// Scanner looks for viruses. It names what it found, "" for nothing; an error
// means that it could not look.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (virus string, err error)
}

// Clamd asks a clamd daemon at unix:/path or host:port.
func Clamd(address string) Scanner {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return clamd{"unix", path}
	}
	return clamd{"tcp", address}
}

type clamd struct{ network, address string }

// Bounds of one scan; a daemon that says nothing for so long is taken as down.
const (
	scanTimeout = 2 * time.Minute
	scanChunk   = 64 << 10
)

// Scan streams the content to the daemon (command INSTREAM) and reads its word.
func (c clamd) Scan(ctx context.Context, r io.Reader) (virus string, err error) {
	defer fault.Wrap(&err, "filestore.Clamd(%s)", c.address)
	var d net.Dialer
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	conn, err := d.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) }) // wakes a blocked read or write
	defer stop()
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return "", err
	}
	sent := send(conn, r)
	// A daemon that refuses a stream says why before it closes the line.
	answer, err := bufio.NewReader(conn).ReadString(0)
	if err != nil {
		return "", errors.Join(sent, err)
	}
	answer = strings.TrimSuffix(strings.TrimPrefix(answer, "stream: "), "\x00")
	switch name, found := strings.CutSuffix(answer, " FOUND"); {
	case found:
		return name, nil
	case answer == "OK" && sent == nil:
		return "", nil
	}
	return "", errors.Join(sent, fmt.Errorf("clamd answered %q", answer))
}

// send cuts the content into chunks with their length in front, and a length of
// zero at the end.
func send(w io.Writer, r io.Reader) error {
	buf := make([]byte, 4+scanChunk)
	for {
		n, err := io.ReadFull(r, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := w.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			_, err := w.Write([]byte{0, 0, 0, 0})
			return err
		case err != nil:
			return err
		}
	}
}

// Scanned lets content into a store only after a scanner has looked at it and
// found nothing. It fails closed: when the scanner does not answer, nothing is
// stored (design section 7).
func Scanned(s Store, scanner Scanner) Store { return scanned{s, scanner} }

type scanned struct {
	Store
	scanner Scanner
}

// Put keeps the content aside until the scanner has answered.
func (s scanned) Put(ctx context.Context, r io.Reader, max int64) (b Blob, err error) {
	defer fault.Wrap(&err, "filestore.Scanned.Put")
	aside, err := os.CreateTemp("", "gongkai-scan-*")
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, aside.Close(), os.Remove(aside.Name())) }()
	n, err := io.Copy(aside, io.LimitReader(r, max+1))
	if err != nil {
		return b, err
	}
	if n <= max { // what is too large is refused by the store, in its own words
		if err := s.look(ctx, aside); err != nil {
			return b, err
		}
	}
	if _, err := aside.Seek(0, io.SeekStart); err != nil {
		return b, err
	}
	return s.Store.Put(ctx, aside, max)
}

// Look lets the scanner of a store see content that will be stored sealed,
// which a scanner cannot see into, or that is about to leave. A store without a
// scanner lets everything through. Errors: Invalid for a virus, Unavailable
// when the scanner does not answer.
func Look(ctx context.Context, s Store, f io.ReadSeeker) error {
	if x, ok := s.(scanned); ok {
		return x.look(ctx, f)
	}
	return nil
}

func (s scanned) look(ctx context.Context, f io.ReadSeeker) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	virus, err := s.scanner.Scan(ctx, f)
	if err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "filestore.look", Err: err, Text: "病毒扫描没有完成，文件没有保存，也没有送出。请稍后再传；一直这样请告诉系统管理员。"}
	}
	if virus != "" {
		return fault.Newf(fault.Invalid, "filestore.look", "文件里查出病毒（%s），没有保存。请杀毒后再传。", virus)
	}
	return nil
}
