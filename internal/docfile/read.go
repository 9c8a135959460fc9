package docfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"

	"gongkai/internal/fault"
)

// Read reads one file of size bytes. name serves only to tell txt, md and csv
// apart and to warn when it contradicts the content.
//
// A file that this package does not read (doc, wps, picture, archive …) is not
// an error: its State is StateNone and a warning says why. Errors are faults:
// Invalid (empty, damaged, unsafe, unknown encoding), TooLarge (a limit),
// Unsupported (encrypted, or a parser gave up) and Unavailable (cancelled; the
// cause keeps ctx.Err).
//
// When ctx ends, Read returns at once; the parsing itself stops at its next
// check, and every loop in it is bounded by lim. Until then it may still read
// from r, so a caller that cancels keeps r readable or lets it answer errors.
func Read(ctx context.Context, name string, r io.ReaderAt, size int64, lim Limits) (*Document, error) {
	lim = lim.withDefaults()
	switch {
	case size <= 0:
		return nil, fault.New(fault.Invalid, op, msgEmptyFile)
	case size > lim.MaxBytes:
		return nil, fault.Newf(fault.TooLarge, op, msgTooLarge, sizeText(lim.MaxBytes))
	}
	b := &budget{ctx: ctx, lim: lim}
	if err := b.check(); err != nil {
		return nil, err
	}
	type result struct {
		doc *Document
		err error
	}
	done := make(chan result, 1)
	go func() {
		doc, err := guarded(func() (*Document, error) { return read(b, name, r, size) })
		done <- result{doc, err}
	}()
	select {
	case res := <-done:
		return res.doc, res.err
	case <-ctx.Done():
		return nil, b.check()
	}
}

// guarded turns a panic in a parser, ours or a library's, into a fault.
func guarded(f func() (*Document, error)) (doc *Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			doc = nil
			err = &fault.Error{Kind: fault.Unsupported, Op: op, Text: msgParserFailed, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	return f()
}

func read(b *budget, name string, r io.ReaderAt, size int64) (*Document, error) {
	src := &source{budget: b, r: r, size: size, ext: extension(name)}
	if err := src.sniff(); err != nil {
		return nil, err
	}
	doc := &Document{Format: src.format, MIME: src.mime, State: StateExtracted}
	out := newBuilder(b, doc)
	var err error
	switch src.format {
	case FormatDOCX:
		err = readDOCX(out, src.zip)
	case FormatODT:
		err = readODT(out, src.zip)
	case FormatOFD:
		err = readOFD(out, src.zip)
	case FormatXLSX:
		err = readXLSX(out, src)
	case FormatHTML:
		err = withBytes(src, func(data []byte) error { return readHTML(out, data) })
	case FormatPDF:
		err = withBytes(src, func(data []byte) error { return readPDF(out, data) })
	case FormatRTF:
		err = withBytes(src, func(data []byte) error { return readRTF(out, data) })
	case FormatText, FormatMD, FormatCSV:
		err = readText(out, src.text, src.charset)
	default:
		doc.State = StateNone
		doc.Macros = src.macros
		out.warn(WarnNotExtracted, warnNotExtracted, src.kind)
	}
	if err != nil {
		return nil, err
	}
	if want, known := extFormats[src.ext]; known && want != src.format {
		out.warn(WarnMislabelled, warnMislabelled, src.ext, src.label())
	}
	out.finish()
	return doc, b.check()
}

func withBytes(src *source, f func([]byte) error) error {
	data, err := src.all()
	if err != nil {
		return err
	}
	return f(data)
}

// extension is the lower-case suffix of a name without the dot; letters and
// digits only, because it is shown.
func extension(name string) string {
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	if len(ext) > 8 || strings.IndexFunc(ext, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) >= 0 {
		return ""
	}
	return ext
}

// readAt reads up to n bytes at off; a short file is not an error.
func readAt(r io.ReaderAt, off int64, n int) ([]byte, error) {
	buf := make([]byte, n)
	m, err := r.ReadAt(buf, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: op, Text: msgReadFailed, Err: err}
	}
	return buf[:m], nil
}
