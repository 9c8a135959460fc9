package document

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"gongkai/internal/fault"
)

// Raw is a document as it lies in its source: a JSONL line, or a file.
type Raw struct {
	File string // as the user named it
	Line int    // of a JSONL file, from 1; 0 for a file of its own
	JSON []byte // the line
	Path string // the file
}

// Source yields documents one by one; io.EOF ends it. An error beside a Raw
// belongs to that document alone.
type Source interface {
	Next(ctx context.Context) (*Raw, error)
}

// maxLine bounds one JSONL line.
const maxLine = 64 << 20

// Lines reads a JSONL stream. name is what messages call it.
func Lines(name string, r io.Reader) Source {
	return &lineSource{name: name, r: bufio.NewReaderSize(r, 1<<20)}
}

type lineSource struct {
	name string
	r    *bufio.Reader
	line int
}

func (s *lineSource) Next(context.Context) (*Raw, error) {
	for {
		line, tooLong, err := s.read()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, &fault.Error{Kind: fault.Invalid, Op: "document.Lines(" + s.name + ")", Err: err,
				Text: s.name + "：读到一半中断，压缩包或文件不完整；已导入的内容都已保存，修好后可以接着导入。"}
		}
		if len(line) == 0 && err != nil {
			return nil, io.EOF
		}
		s.line++
		raw := &Raw{File: s.name, Line: s.line, JSON: line}
		if tooLong {
			return raw, fault.New(fault.TooLarge, "document.Lines", "这一行超过 64 MB，没有导入。")
		}
		if len(bytes.TrimSpace(line)) == 0 {
			if err != nil {
				return nil, io.EOF
			}
			continue
		}
		return raw, nil
	}
}

// read takes one line; of a line above the limit it keeps nothing.
func (s *lineSource) read() (line []byte, tooLong bool, err error) {
	for {
		part, err := s.r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			tooLong, line = true, nil
		} else if !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if tooLong {
				line = []byte{' '}
			}
			return line, tooLong, err
		}
	}
}

// Paths reads files and folders; a folder is walked in order of names. Hidden
// files are passed over.
func Paths(paths []string) (Source, error) {
	s := &pathSource{}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, &fault.Error{Kind: fault.NotFound, Op: "document.Paths", Err: err, Text: p + "：没有这个文件或文件夹。"}
		}
		if !info.IsDir() {
			s.files = append(s.files, p)
			continue
		}
		// The separator makes a link to a folder be walked like the folder.
		root := p + string(filepath.Separator)
		err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.HasPrefix(e.Name(), ".") && path != root {
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if e.Type().IsRegular() {
				s.files = append(s.files, path)
			}
			return nil
		})
		if err != nil {
			return nil, &fault.Error{Kind: fault.Unavailable, Op: "document.Paths", Err: err, Text: p + "：文件夹读不出来，请检查权限。"}
		}
	}
	s.files = slices.Compact(s.files)
	return s, nil
}

type pathSource struct {
	files  []string
	lines  Source
	closer func() error
}

func (s *pathSource) Next(ctx context.Context) (*Raw, error) {
	for {
		if s.lines != nil {
			raw, err := s.lines.Next(ctx)
			if !errors.Is(err, io.EOF) {
				return raw, err
			}
			s.lines = nil
			if err := s.closer(); err != nil {
				return nil, err
			}
		}
		if len(s.files) == 0 {
			return nil, io.EOF
		}
		path := s.files[0]
		s.files = s.files[1:]
		if !isLines(path) {
			return &Raw{File: path, Path: path}, nil
		}
		if err := s.open(path); err != nil {
			return &Raw{File: path}, err
		}
	}
}

func isLines(path string) bool {
	p := strings.ToLower(path)
	for _, end := range []string{".jsonl", ".jsonl.gz", ".jsonl.zst"} {
		if strings.HasSuffix(p, end) {
			return true
		}
	}
	return false
}

func (s *pathSource) open(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "document.open", Err: err, Text: "文件打不开，请检查权限。"}
	}
	var r io.Reader = f
	s.closer = f.Close
	switch {
	case strings.HasSuffix(strings.ToLower(path), ".gz"):
		z, err := gzip.NewReader(f)
		if err != nil {
			f.Close()
			return &fault.Error{Kind: fault.Invalid, Op: "document.open", Err: err, Text: "不是完整的 gzip 压缩文件。"}
		}
		r = z
	case strings.HasSuffix(strings.ToLower(path), ".zst"):
		z, err := zstd.NewReader(f, zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			f.Close()
			return &fault.Error{Kind: fault.Invalid, Op: "document.open", Err: err, Text: "不是完整的 zstd 压缩文件。"}
		}
		r = z
		s.closer = func() error { z.Close(); return f.Close() }
	}
	s.lines = Lines(path, r)
	return nil
}
