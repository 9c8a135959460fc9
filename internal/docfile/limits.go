package docfile

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"gongkai/internal/fault"
)

const op = "docfile.Read"

// Limits bound what one file may cost. A zero field means its default.
type Limits struct {
	MaxBytes        int64 // bytes of the file itself; default 50 MB
	MaxUncompressed int64 // bytes of everything unpacked from it; default 300 MB
	MaxEntries      int   // entries of a container; default 5000
	MaxTextRunes    int   // runes of extracted text, parts included; default 5,000,000
	MaxDepth        int   // nesting of XML elements or PDF objects; default 200
	MaxCells        int   // grid positions of all tables; default 2,000,000
	MaxPages        int   // pages of a pdf or ofd; default 5000
	// Pictures asks for the pictures of a docx's body as blocks.
	Pictures bool
}

// DefaultLimits are the limits for a file from an ordinary upload.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes:        50 << 20,
		MaxUncompressed: 300 << 20,
		MaxEntries:      5000,
		MaxTextRunes:    5_000_000,
		MaxDepth:        200,
		MaxCells:        2_000_000,
		MaxPages:        5000,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	set := func(v *int, def int) {
		if *v <= 0 {
			*v = def
		}
	}
	if l.MaxBytes <= 0 {
		l.MaxBytes = d.MaxBytes
	}
	if l.MaxUncompressed <= 0 {
		l.MaxUncompressed = d.MaxUncompressed
	}
	set(&l.MaxEntries, d.MaxEntries)
	set(&l.MaxTextRunes, d.MaxTextRunes)
	set(&l.MaxDepth, d.MaxDepth)
	set(&l.MaxCells, d.MaxCells)
	set(&l.MaxPages, d.MaxPages)
	return l
}

// ReadAllLimited reads r whole, but stops with a fault of kind TooLarge as soon
// as more than limit bytes came, so that an endless stream costs no more memory
// than the limit. limit <= 0 means the default MaxBytes.
func ReadAllLimited(r io.Reader, limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = DefaultLimits().MaxBytes
	}
	var buf bytes.Buffer
	n, err := io.Copy(&buf, io.LimitReader(r, limit+1))
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "docfile.ReadAllLimited", Text: msgReadFailed, Err: err}
	}
	if n > limit {
		return nil, fault.Newf(fault.TooLarge, "docfile.ReadAllLimited", msgTooLarge, sizeText(limit))
	}
	return buf.Bytes(), nil
}

// sizeText prints a byte count as a person reads it.
func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	default:
		return fmt.Sprintf("%d 字节", n)
	}
}

// budget is what is left of the limits during one Read; every reader draws
// from the same one, so that many small parts cost as much as one large part.
type budget struct {
	ctx      context.Context
	lim      Limits
	unpacked int64
	runes    int
	cells    int
}

// check reports a cancelled context as a fault that keeps the cause.
func (b *budget) check() error {
	if err := b.ctx.Err(); err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: op, Text: msgCancelled, Err: err}
	}
	return nil
}

func (b *budget) unpack(n int64) error {
	b.unpacked += n
	if b.unpacked > b.lim.MaxUncompressed {
		return fault.New(fault.TooLarge, op, msgZipBomb)
	}
	return nil
}

func (b *budget) text(runes int) error {
	b.runes += runes
	if b.runes > b.lim.MaxTextRunes {
		return fault.Newf(fault.TooLarge, op, msgTextTooLong, b.lim.MaxTextRunes)
	}
	return nil
}

func (b *budget) cell(n int) error {
	b.cells += n
	if b.cells > b.lim.MaxCells {
		return fault.Newf(fault.TooLarge, op, msgTooManyCells, b.lim.MaxCells)
	}
	return nil
}

// meter counts unpacked bytes against the budget and watches the context.
type meter struct {
	r io.Reader
	b *budget
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.b.check(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	if berr := m.b.unpack(int64(n)); berr != nil {
		return 0, berr
	}
	return n, err
}
