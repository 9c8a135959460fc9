package docfile

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// readText keeps a plain text as it is, with LF line ends; a csv becomes a
// table as well.
func readText(out *builder, text, charset string) error {
	text = out.clean(text)
	out.doc.Charset = charset
	if err := out.text(utf8.RuneCountInString(text)); err != nil {
		return err
	}
	if out.doc.Format == FormatCSV {
		return readCSV(out, text)
	}
	out.doc.Text = strings.TrimRight(text, "\n")
	return nil
}

// readCSV reads rows apart by comma, tab or semicolon, whichever stands most
// often in the first line. Rows that cannot be parsed leave the text as it is.
func readCSV(out *builder, text string) error {
	first, _, _ := strings.Cut(text, "\n")
	comma := ','
	for _, c := range []rune{'\t', ';'} {
		if strings.Count(first, string(c)) > strings.Count(first, string(comma)) {
			comma = c
		}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	t := Table{}
	widest := 0
	for {
		if err := out.check(); err != nil {
			return err
		}
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			out.doc.Text = strings.TrimRight(text, "\n")
			return nil //nolint:nilerr // an unreadable csv is still a readable text
		}
		row := make([]Cell, len(rec))
		for i, v := range rec {
			row[i].Text = v
		}
		t.Rows = append(t.Rows, row)
		if widest = max(widest, len(rec)); widest*len(t.Rows) > out.lim.MaxCells {
			return out.cell(widest * len(t.Rows))
		}
	}
	out.runes = 0 // the cells are the same text; they are counted again
	return out.table(t)
}
