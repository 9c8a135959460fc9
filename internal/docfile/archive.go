package docfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"gongkai/internal/fault"
)

// archive is a zip container whose names, counts and declared sizes were
// checked before anything was unpacked.
type archive struct {
	*budget
	files map[string]*zip.File
	names []string // in the order of the directory
}

// minBombSize is the unpacked size below which a high ratio is harmless: a
// sparse sheet packs 500:1 and is still small.
const (
	minBombSize = 8 << 20
	maxRatio    = 250
)

// openArchive reads the directory of a zip file. It refuses unsafe names,
// encrypted entries, twin names, too many entries and declared bombs; what
// entries truly unpack to is counted again while reading.
func openArchive(b *budget, r io.ReaderAt, size int64) (*archive, error) {
	// The directory is counted on the raw bytes first, because the zip package
	// builds an object for each entry before one can object.
	if n, err := countSignature(b, r, size, []byte("PK\x01\x02")); err != nil {
		return nil, err
	} else if n > b.lim.MaxEntries {
		return nil, fault.Newf(fault.TooLarge, op, msgTooManyEntries, b.lim.MaxEntries)
	}
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
	}
	a := &archive{budget: b, files: make(map[string]*zip.File, len(zr.File))}
	var total uint64
	for _, f := range zr.File {
		if !safeEntryName(f.Name) {
			return nil, fault.New(fault.Invalid, op, msgUnsafePath)
		}
		if f.Flags&1 != 0 {
			return nil, fault.New(fault.Unsupported, op, msgEncryptedZip)
		}
		if f.UncompressedSize64 > minBombSize && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return nil, fault.New(fault.TooLarge, op, msgZipBomb)
		}
		total += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(b.lim.MaxUncompressed) || total > uint64(b.lim.MaxUncompressed) {
			return nil, fault.New(fault.TooLarge, op, msgZipBomb)
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if a.files[f.Name] != nil {
			return nil, fault.New(fault.Invalid, op, msgDuplicateEntry)
		}
		a.files[f.Name] = f
		a.names = append(a.names, f.Name)
	}
	return a, nil
}

// safeEntryName refuses names that would leave a folder when unpacked.
func safeEntryName(name string) bool {
	if name == "" || strings.ContainsAny(name, "\\\x00") || strings.HasPrefix(name, "/") || len(name) > 1024 {
		return false
	}
	if len(name) >= 2 && name[1] == ':' {
		return false
	}
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return false
		}
	}
	return true
}

// countSignature counts a byte string in the file, stopping past MaxEntries.
func countSignature(b *budget, r io.ReaderAt, size int64, sig []byte) (int, error) {
	const chunk = 1 << 16
	buf := make([]byte, chunk)
	count := 0
	for off := int64(0); off < size; off += int64(chunk - len(sig) + 1) {
		if err := b.check(); err != nil {
			return 0, err
		}
		n, err := r.ReadAt(buf[:min(int64(chunk), size-off)], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, &fault.Error{Kind: fault.Unavailable, Op: op, Text: msgReadFailed, Err: err}
		}
		if count += bytes.Count(buf[:n], sig); count > b.lim.MaxEntries {
			break
		}
	}
	return count, nil
}

func (a *archive) has(name string) bool { return a.files[name] != nil }

// open streams one entry; what comes out is counted against the budget.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.files[name]
	if f == nil {
		return nil, fault.Newf(fault.Invalid, op, msgMissingPart, path.Base(name))
	}
	rc, err := f.Open()
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: op, Text: msgTruncated, Err: err}
	}
	return struct {
		io.Reader
		io.Closer
	}{&meter{r: rc, b: a.budget}, rc}, nil
}

// bytes unpacks one small entry whole; more than limit bytes is a bomb.
func (a *archive) bytes(name string, limit int64) (data []byte, err error) {
	rc, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rc.Close()) }()
	data, err = io.ReadAll(io.LimitReader(rc, limit+1))
	if err != nil {
		return nil, partFault(name, err)
	}
	if int64(len(data)) > limit {
		return nil, fault.New(fault.TooLarge, op, msgZipBomb)
	}
	return data, nil
}

// partFault keeps our own faults and calls everything else a damaged part.
func partFault(name string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return &fault.Error{Kind: fault.Invalid, Op: op, Text: sprintf(msgDamagedPart, path.Base(name)), Err: err}
}
