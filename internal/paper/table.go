package paper

import (
	"strings"

	"gongkai/internal/docfile"
)

// table prints a table over the whole width with thin lines. A row is not
// parted between pages; the head of the table stands again on each page. The
// first of two columns is the narrow one, as in the forms of A8.7.
func (s *sheet) table(t docfile.Table) {
	cols := 0
	for _, row := range t.Rows {
		cols = max(cols, len(row))
	}
	if cols == 0 {
		return
	}
	at := columns(t, cols)
	s.setSize(cellSize)
	s.pdf.SetLineWidth(0.5)
	for i, row := range t.Rows {
		high, lines := s.rowLines(row, cols, at)
		if s.y+high > bottom {
			s.newPage()
			s.setSize(cellSize)
			if i > 0 && cols > 2 {
				headHigh, head := s.rowLines(t.Rows[0], cols, at)
				s.row(t.Rows[0], head, headHigh, cols, at)
			}
		}
		s.row(row, lines, high, cols, at)
	}
	s.setSize(bodySize)
	s.y += cellHigh / 2
}

// columns are the borders of the columns from the left of the type area.
func columns(t docfile.Table, cols int) []float64 {
	at := make([]float64, cols+1)
	for i := range at {
		at[i] = width * float64(i) / float64(cols)
	}
	if cols == 2 {
		at[1] = width * 0.28
	}
	return at
}

func cellOf(row []docfile.Cell, c, cols int) (docfile.Cell, int) {
	if c >= len(row) {
		return docfile.Cell{}, 1
	}
	return row[c], min(max(row[c].ColSpan, 1), cols-c)
}

func (s *sheet) rowLines(row []docfile.Cell, cols int, at []float64) (high float64, lines [][]string) {
	high, lines = cellHigh+2*cellPad, make([][]string, cols)
	for c := 0; c < cols; {
		cell, span := cellOf(row, c, cols)
		for _, part := range strings.Split(cell.Text, "\n") {
			lines[c] = append(lines[c], s.fold(part, 0, at[c+span]-at[c]-2*cellPad)...)
		}
		high = max(high, float64(len(lines[c]))*cellHigh+2*cellPad)
		c += span
	}
	return min(high, bottom-top), lines
}

func (s *sheet) row(row []docfile.Cell, lines [][]string, high float64, cols int, at []float64) {
	if s.err != nil {
		return
	}
	for c := 0; c < cols; {
		_, span := cellOf(row, c, cols)
		x, y := left+at[c], s.y
		s.pdf.RectFromUpperLeft(x, y, at[c+span]-at[c], high)
		y += (high - float64(len(lines[c]))*cellHigh) / 2
		for _, l := range lines[c] {
			s.write(x+cellPad, s.baseline(y, cellHigh), l)
			y += cellHigh
		}
		c += span
	}
	s.y += high
}
