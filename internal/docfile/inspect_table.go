package docfile

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sortedPairs gives a map's pairs in the order of its keys.
func sortedPairs(m map[string]string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func tableText(t Table) string {
	var out []string
	for _, row := range t.Rows {
		if line := rowText(row); !blank(line) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// inspectTable turns rows into columns under their headings.
func inspectTable(t Table) *InspectedTable {
	refs := func(row, col int) string { return sprintf(whereCell, row+1, col+1) }
	rows := make([][]InspectedCell, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = make([]InspectedCell, len(row))
		for j, c := range row {
			rows[i][j] = InspectedCell{Ref: refs(i, j), Text: c.Text, Hidden: c.Hidden}
		}
	}
	return columnsOf(t.Name, rows)
}

// columnsOf finds the heading row and groups what stands below it.
func columnsOf(name string, rows [][]InspectedCell) *InspectedTable {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	out := &InspectedTable{Name: name, Columns: make([]InspectedColumn, width)}
	head := headingRow(rows, width)
	for i, row := range rows {
		for j, c := range row {
			switch {
			case blank(c.Text):
			case i == head:
				out.Columns[j].Heading = strings.Join(strings.Fields(c.Text), "")
			default:
				out.Columns[j].Cells = append(out.Columns[j].Cells, c)
			}
		}
	}
	return out
}

// headingRow is the first of the first ten rows that fills half of the columns
// with short words and no long number; -1 when there is none. A title over the
// table fills one column only.
func headingRow(rows [][]InspectedCell, width int) int {
	for i, row := range rows[:min(len(rows), 10)] {
		filled, words := 0, true
		for _, c := range row {
			if blank(c.Text) {
				continue
			}
			filled++
			digits := 0
			for _, r := range c.Text {
				if unicode.IsDigit(r) {
					digits++
				}
			}
			words = words && digits < 6 && utf8.RuneCountInString(c.Text) <= 30
		}
		if words && filled > 0 && filled*2 >= width && (filled > 1 || width == 1) {
			return i
		}
	}
	return -1
}
