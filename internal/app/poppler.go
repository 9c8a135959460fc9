package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"gongkai/internal/fault"
)

// pagesAtOnce bounds the page pictures that lie on the disk at a time; an A4
// page at 200 dots an inch takes 12 MB.
const pagesAtOnce = 16

const (
	msgNoPoppler = "这台机器没有 %s，不能处理 PDF。请先安装 poppler-utils 再试。"
	msgPoppler   = "画不出 PDF 的页面，请用办公软件重新导出 PDF 后再试。"
)

// PagePictures draws the pages of a PDF with poppler's pdftoppm, which must be
// on this machine (package poppler-utils). It is a docfile.PagePictures. The
// program gets no network and no shell, and ends with ctx.
func PagePictures(ctx context.Context, pdf []byte, dpi float64, each func(page int, picture image.Image) error) error {
	return withPages(pdf, func(program, file string) error {
		for first := 1; ; first += pagesAtOnce {
			n, err := drawSome(ctx, program, file, first, pagesAtOnce, dpi, each)
			if err != nil || n < pagesAtOnce {
				return err
			}
		}
	})
}

// PagePicture draws one page of a PDF. Errors as of PagePictures, NotFound past
// the last page.
func PagePicture(ctx context.Context, pdf []byte, page int, dpi float64) (out image.Image, err error) {
	err = withPages(pdf, func(program, file string) error {
		_, err := drawSome(ctx, program, file, page, 1, dpi, func(_ int, picture image.Image) error { out = picture; return nil })
		return err
	})
	if err == nil && out == nil {
		err = fault.New(fault.NotFound, "app.PagePicture", "")
	}
	return out, err
}

// withPages puts a PDF where the program finds it, for one use.
func withPages(pdf []byte, draw func(program, file string) error) (err error) {
	program, err := exec.LookPath("pdftoppm")
	if err != nil {
		return &fault.Error{Kind: fault.Unsupported, Op: "app.PagePictures", Text: fmt.Sprintf(msgNoPoppler, "pdftoppm"), Err: err}
	}
	dir, err := os.MkdirTemp("", "gongkai-pages-")
	if err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "app.withPages", Err: err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "app.withPages", Err: err}
	}
	return draw(program, file)
}

// drawSome draws up to count pages and hands them over; it gives their
// number, 0 past the last page.
func drawSome(ctx context.Context, program, file string, first, count int, dpi float64, each func(page int, picture image.Image) error) (int, error) {
	prefix := filepath.Join(filepath.Dir(file), "p")
	var said bytes.Buffer
	c := exec.CommandContext(ctx, program, "-cropbox", "-r", fmt.Sprintf("%.2f", dpi), "-f", fmt.Sprint(first), "-l", fmt.Sprint(first+count-1), file, prefix)
	c.Stderr = &said
	runErr := c.Run()
	names, err := filepath.Glob(prefix + "-*.ppm")
	if err != nil {
		return 0, err
	}
	if runErr != nil && (first == 1 || ctx.Err() != nil) {
		return 0, &fault.Error{Kind: fault.Unsupported, Op: "app.PagePictures", Text: msgPoppler, Err: fmt.Errorf("%w: %s", runErr, said.String())}
	}
	slices.Sort(names) // numbers are padded to one length
	for i, name := range names {
		picture, err := readPPM(name)
		if err != nil {
			return 0, &fault.Error{Kind: fault.Unsupported, Op: "app.PagePictures", Text: msgPoppler, Err: err}
		}
		if err := os.Remove(name); err != nil {
			return 0, err
		}
		if err := each(first+i, picture); err != nil {
			return 0, err
		}
	}
	return len(names), nil
}

// readPPM reads a binary colour picture (P6, 8 bits).
func readPPM(name string) (img *image.RGBA, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in := bufio.NewReaderSize(f, 1<<16)
	var magic string
	var w, h, top int
	if _, err := fmt.Fscan(in, &magic, &w, &h, &top); err != nil {
		return nil, err
	}
	if magic != "P6" || top != 255 || w < 1 || h < 1 || w*h > 1<<27 {
		return nil, fmt.Errorf("picture %s %d×%d/%d", magic, w, h, top)
	}
	if _, err := in.ReadByte(); err != nil {
		return nil, err
	}
	img = image.NewRGBA(image.Rect(0, 0, w, h))
	row := make([]byte, 3*w)
	for y := range h {
		if _, err := io.ReadFull(in, row); err != nil {
			return nil, err
		}
		out := img.Pix[y*img.Stride:]
		for x := range w {
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = row[3*x], row[3*x+1], row[3*x+2], 255
		}
	}
	return img, nil
}

// PDFText reads a PDF's words with poppler's pdftotext, a reader that shares
// nothing with ours. ok is false when the program is not on this machine.
func PDFText(ctx context.Context, pdf []byte) (text string, ok bool, err error) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", false, nil // its absence is no fault: docfile has verified already
	}
	var out, said bytes.Buffer
	c := exec.CommandContext(ctx, program, "-enc", "UTF-8", "-layout", "-", "-")
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(pdf), &out, &said
	if err := c.Run(); err != nil {
		return "", true, &fault.Error{Kind: fault.Unsupported, Op: "app.PDFText", Text: msgPoppler, Err: fmt.Errorf("%w: %s", err, said.String())}
	}
	return out.String(), true, nil
}
