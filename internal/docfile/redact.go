package docfile

import (
	"context"
	"fmt"
	"image"
	"runtime/debug"
	"slices"

	"gongkai/internal/fault"
)

// Removal is one thing to take out of a file: a term wherever it stands, or a
// place. A place is a box on a page (pdf; a picture counts as page 1, in
// pixels), a span of the words of a part (docx), cells (xlsx), or a picture's
// entry (docx, xlsx).
type Removal struct {
	Term string `json:"term,omitempty"`
	// Page from 1; X, Y, W, H in points from the top left of the page as shown.
	Page int     `json:"page,omitempty"`
	X    float64 `json:"x,omitempty"`
	Y    float64 `json:"y,omitempty"`
	W    float64 `json:"w,omitempty"`
	H    float64 `json:"h,omitempty"`
	// Part is an entry's name: word/document.xml with Start and End, runes of
	// what PartText gives, end exclusive; or word/media/image1.png, whole.
	Part  string `json:"part,omitempty"`
	Start int    `json:"start,omitempty"`
	End   int    `json:"end,omitempty"`
	// Sheet and Cells name cells: 名单, B3 or B3:B20.
	Sheet string `json:"sheet,omitempty"`
	Cells string `json:"cells,omitempty"`
}

// PagePictures draws every page of a PDF from 1 on, in order, at a resolution
// in dots an inch, as its crop box shows it. The program that does it stands
// outside this package, which starts nothing.
type PagePictures func(ctx context.Context, pdf []byte, dpi float64, each func(page int, picture image.Image) error) error

// RedactOptions are what Redact needs besides the file. Pages is needed for a
// PDF only.
type RedactOptions struct {
	Limits Limits
	Pages  PagePictures
	Anew   bool // build the file anew although nothing is named, to leave hidden data behind
}

// RedactReport says what was done. It holds no removed words.
type RedactReport struct {
	Format Format
	Hits   []RedactHit
	// Missing are the removals, by index, that were found nowhere.
	Missing []int
	// Dropped lists in Chinese what was left out because it is not shown:
	// comments, tracked changes, hidden sheets, metadata.
	Dropped []string
	// Unsure lists in Chinese what a person must look at.
	Unsure []string
}

// RedactHit counts where a removal was found.
type RedactHit struct {
	Removal int
	Where   string
	Count   int
}

// mask stands for removed words; its length says nothing of theirs.
const mask = "■■■"

const opRedact = "docfile.Redact"

// maxRemovals bounds the work of one call.
const maxRemovals = 10_000

// redactor is one run of Redact.
type redactor struct {
	*budget
	removals []Removal
	patterns []pattern
	long     []pattern
	report   RedactReport
	counts   map[RedactHit]int
	dropped  map[string]int
	order    []string
}

// Redact builds the file anew from what may stay, then reads the result with
// the readers of this package and looks for every removed term in texts,
// attributes, names and unpacked bytes. When one is found, or a place cannot be
// judged, it answers an error and no bytes. Formats: docx, xlsx, pdf, txt, md,
// csv, jpeg, png.
//
// Errors: Invalid (a removal that names no place, a damaged file, a scanned
// page that words cannot be looked for on), TooLarge, Unsupported (format,
// encryption, no page pictures), Internal (a removed term was found in the
// result), Unavailable.
func Redact(ctx context.Context, name string, data []byte, removals []Removal, o RedactOptions) (out []byte, report RedactReport, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, &fault.Error{Kind: fault.Unsupported, Op: opRedact, Text: msgParserFailed, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	r := &redactor{budget: &budget{ctx: ctx, lim: o.Limits.withDefaults()}, removals: removals, counts: map[RedactHit]int{}, dropped: map[string]int{}}
	if err := r.prepare(data, o.Anew); err != nil {
		return nil, report, err
	}
	src := &source{budget: r.budget, r: bytesReader(data), size: int64(len(data)), ext: extension(name)}
	if err := src.sniff(); err != nil {
		return nil, report, err
	}
	r.report.Format = src.format
	switch {
	case src.format == FormatDOCX:
		out, err = r.docx(src)
	case src.format == FormatXLSX:
		out, err = r.xlsx(src, data)
	case src.format == FormatPDF:
		out, err = r.pdf(data, o.Pages)
	case src.format == FormatText || src.format == FormatMD || src.format == FormatCSV:
		out, err = r.plainText(src.text), nil
	case src.mime == "image/jpeg" || src.mime == "image/png":
		out, err = r.pictureFile(data)
	default:
		err = fault.New(fault.Unsupported, opRedact, msgRedactFormat)
	}
	if err == nil {
		err = r.verify(name, out)
	}
	if err != nil {
		return nil, report, err
	}
	return out, r.finish(), r.check()
}

// prepare checks the removals and folds the terms.
func (r *redactor) prepare(data []byte, anew bool) error {
	switch {
	case len(data) == 0:
		return fault.New(fault.Invalid, opRedact, msgEmptyFile)
	case int64(len(data)) > r.lim.MaxBytes:
		return fault.Newf(fault.TooLarge, opRedact, msgTooLarge, sizeText(r.lim.MaxBytes))
	case len(r.removals) == 0 && !anew:
		return fault.Field(opRedact, "removals", msgRedactNothing)
	case len(r.removals) > maxRemovals:
		return fault.Newf(fault.TooLarge, opRedact, msgRedactTooMany, maxRemovals)
	}
	for i, m := range r.removals {
		term, box, part, cells := m.Term != "", m.Page > 0 && m.W > 0 && m.H > 0, m.Part != "", m.Sheet != "" && m.Cells != ""
		if n := count(term, box, part, cells); n != 1 || term && len(foldText(m.Term).runes) == 0 || m.Start > m.End || m.Start < 0 {
			return fault.Field(opRedact, sprintf("removals[%d]", i), msgRedactVague, i+1)
		}
	}
	r.patterns = patternsOf(r.removals)
	for _, p := range r.patterns {
		if p.isLong() {
			r.long = append(r.long, p)
		}
	}
	return r.check()
}

func count(flags ...bool) int {
	n := 0
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

// isLong tells a term that is looked for across borders.
func (p pattern) isLong() bool { return len([]rune(p.fold)) >= longRunes }

// certain tells a term that does not stand in bytes or names by chance.
func (p pattern) certain() bool {
	for _, c := range p.fold {
		if c >= 0x80 {
			return true
		}
	}
	return len(p.fold) >= 6
}

func (r *redactor) found(removal int, where string) {
	r.counts[RedactHit{Removal: removal, Where: where}]++
}

// drop counts something that was left out.
func (r *redactor) drop(what string) {
	if r.dropped[what] == 0 {
		r.order = append(r.order, what)
	}
	r.dropped[what]++
}

func (r *redactor) unsure(format string, args ...any) {
	if s := sprintf(format, args...); !slices.Contains(r.report.Unsure, s) {
		r.report.Unsure = append(r.report.Unsure, s)
	}
}

func (r *redactor) finish() RedactReport {
	seen := map[int]bool{}
	for h, n := range r.counts {
		h.Count = n
		r.report.Hits = append(r.report.Hits, h)
		seen[h.Removal] = true
	}
	slices.SortFunc(r.report.Hits, func(a, b RedactHit) int {
		if a.Removal != b.Removal {
			return a.Removal - b.Removal
		}
		if a.Where < b.Where {
			return -1
		}
		return 1
	})
	for i := range r.removals {
		if !seen[i] {
			r.report.Missing = append(r.report.Missing, i)
		}
	}
	for _, what := range r.order {
		r.report.Dropped = append(r.report.Dropped, sprintf(dropCount, what, r.dropped[what]))
	}
	return r.report
}
