package docfile

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"gongkai/internal/fault"
)

// PDFPage is a page as a person sees it: its size in points and the words on
// it, a line a line. Sure is false where words cannot be read, as on a scan.
type PDFPage struct {
	W, H float64
	Text string
	Sure bool
}

// Place is where a removal of words would blacken a PDF: a box in points from
// the top left of the page as shown.
type Place struct {
	Removal    int
	Page       int
	X, Y, W, H float64
}

const opPlaces = "docfile.Places"

// seeAll reads every page of a PDF.
func seeAll(b *budget, data []byte) ([]*redactedPage, error) {
	f, err := openPDF(b, data)
	if err != nil {
		return nil, err
	}
	list, err := f.pages()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Invalid, opPlaces, msgTruncated)
	}
	fonts, layers := map[string]*pdfFont{}, f.hiddenLayers()
	pages := make([]*redactedPage, len(list))
	for i, p := range list {
		pages[i] = &redactedPage{seenPage: f.seePage(p, fonts, layers), gone: map[int]bool{}}
		if f.err != nil {
			return nil, f.err
		}
		if err := b.text(len(pages[i].runs)); err != nil {
			return nil, err // the words of all pages are held at once
		}
	}
	return pages, nil
}

// PDFPages reads the pages of a PDF, for a person who decides page by page.
// Errors as of Read.
func PDFPages(ctx context.Context, data []byte, lim Limits) (out []PDFPage, err error) {
	defer caught(&err)
	r := &redactor{budget: &budget{ctx: ctx, lim: lim.withDefaults()}, counts: map[RedactHit]int{}}
	pages, err := seeAll(r.budget, data)
	if err != nil {
		return nil, err
	}
	for i, p := range pages {
		var lines []string
		for _, l := range readingLines(p.runs) {
			lines = append(lines, runText(l))
		}
		out = append(out, PDFPage{W: p.w, H: p.h, Text: strings.Join(lines, "\n"), Sure: r.readable(i, p) == nil})
	}
	return out, r.check()
}

// PDFPlaces finds where the words of removals stand on the pages of a PDF, as
// Redact would blacken them. Pages that cannot be read have no places; Redact
// refuses them. Removals that name boxes are passed over.
func PDFPlaces(ctx context.Context, data []byte, removals []Removal, lim Limits) (out []Place, err error) {
	defer caught(&err)
	r := &redactor{budget: &budget{ctx: ctx, lim: lim.withDefaults()}, removals: removals, patterns: patternsOf(removals), counts: map[RedactHit]int{}}
	pages, err := seeAll(r.budget, data)
	if err != nil {
		return nil, err
	}
	for i := range r.patterns { // one by one, so that each place knows its words
		one := &redactor{budget: r.budget, removals: removals, patterns: r.patterns[i : i+1], counts: map[RedactHit]int{}}
		if one.patterns[0].isLong() {
			one.long = one.patterns
		}
		for no, p := range pages {
			p.gone = map[int]bool{}
			if r.readable(no, p) != nil {
				p.boxes = []pdfBox{{}} // an unreadable page is passed over, not refused
			}
		}
		if err := one.markTerms(pages); err != nil {
			return nil, err
		}
		for no, p := range pages {
			for _, b := range p.stretches() {
				out = append(out, Place{Removal: r.patterns[i].term, Page: no + 1, X: b.x0, Y: b.y0, W: b.x1 - b.x0, H: b.y1 - b.y0})
			}
		}
	}
	return out, r.check()
}

// caught turns a panic in a parser into a fault.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = &fault.Error{Kind: fault.Unsupported, Op: opPlaces, Text: msgParserFailed, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
	}
}
