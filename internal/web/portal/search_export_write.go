package portal

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/search"
)

// exportWriter is a format that a list can be taken away as.
type exportWriter struct {
	mime string
	to   func(w io.Writer, list *exported) error
}

var exportWriters = map[string]*exportWriter{
	"csv":  {"text/csv; charset=utf-8", writeCSV},
	"json": {"application/json; charset=utf-8", writeJSON},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", writeExcel},
}

// cells are the columns of exportHeadings.
func (e *exported) cells(i int) []string {
	h := e.Hits[i]
	return []string{strconv.Itoa(i + 1), h.Title, h.Article, h.DocNo, h.Organ, h.Kind, h.Date, h.Validity, e.href(h), h.Snippet}
}

// notes say what the list is of.
func (e *exported) notes() [][2]string {
	q := e.Question
	out := [][2]string{{"搜索词", q.Text}}
	if e.Instead != "" {
		out = append(out, [2]string{"实际查找", e.Instead})
	}
	d := &searchPage{}
	d.chips(q)
	for _, c := range d.Chips {
		out = append(out, [2]string{c.Title, c.Label})
	}
	if t := tabOf(q.Tab); t != nil {
		out = append(out, [2]string{"类别", t.name})
	}
	how := "同时含有全部词语"
	if e.Mode == search.ModeRelaxed {
		how = "没有同时含有全部词语的，按相关程度排列"
	}
	out = append(out, [2]string{"查找方式", how}, [2]string{"总数", strconv.Itoa(e.Total)}, [2]string{"本文件条数", strconv.Itoa(len(e.Hits))})
	if e.cut() {
		out = append(out, [2]string{"没有全部导出", fmt.Sprintf(textExportCut, e.Total, len(e.Hits))})
	}
	return append(out, [2]string{"导出日期", e.Day.Chinese()}, [2]string{"资料截至", fmt.Sprintf("公开日志第 %d 条", e.Position)},
		[2]string{"网址", e.Base + q.href()})
}

// harmless keeps a spreadsheet from taking a text for a formula, also where it
// drops blanks before one.
func harmless(s string) string {
	s = plainCell(s)
	if t := strings.TrimLeftFunc(s, unicode.IsSpace); t != "" && strings.ContainsRune("=+-@＝＋－＠|%", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

// plainCell is a text on one line, without signs that no cell takes.
func plainCell(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// writeCSV writes UTF-8 with the mark that Excel needs to read it as such. A
// last line of one cell says so when the list is longer.
func writeCSV(w io.Writer, e *exported) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(exportHeadings); err != nil {
		return err
	}
	for i := range e.Hits {
		row := e.cells(i)
		for k := range row {
			row[k] = harmless(row[k])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	if e.cut() {
		if err := c.Write([]string{fmt.Sprintf(textExportCut, e.Total, len(e.Hits))}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// exportHead is what stands before the results of a JSON file.
type exportHead struct {
	Query     string `json:"query"`
	Corrected string `json:"corrected,omitempty"`
	Mode      string `json:"mode"`
	Total     int    `json:"total"`
	Exported  int    `json:"exported"`
	Position  int64  `json:"position"`
	Day       string `json:"day"`
	URL       string `json:"url"`
	Note      string `json:"note,omitempty"`
}

// exportItem is one result of a JSON file; the keys are those of the command.
type exportItem struct {
	Work     int64  `json:"work"`
	Edition  int    `json:"edition"`
	Title    string `json:"title"`
	Article  string `json:"article,omitempty"`
	DocNo    string `json:"doc_no,omitempty"`
	Organ    string `json:"organ,omitempty"`
	Kind     string `json:"kind,omitempty"`
	Date     string `json:"date,omitempty"`
	Validity string `json:"validity"`
	URL      string `json:"url"`
	Snippet  string `json:"snippet,omitempty"`
}

// writeJSON writes one object whose last key holds the results, one a line.
func writeJSON(w io.Writer, e *exported) error {
	head := exportHead{Query: e.Question.Text, Corrected: e.Instead, Mode: e.Mode, Total: e.Total, Exported: len(e.Hits), Position: e.Position,
		Day: e.Day.String(), URL: e.Base + e.Question.href()}
	if e.cut() {
		head.Note = fmt.Sprintf(textExportCut, e.Total, len(e.Hits))
	}
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s,\"results\":[", b[:len(b)-1]) // errors stay in out until Flush
	for i, h := range e.Hits {
		b, err := json.Marshal(exportItem{h.Work, h.Edition, h.Title, h.Article, h.DocNo, h.Organ, h.Kind, h.Date, h.Validity, e.href(h), h.Snippet})
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(b)
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}

// writeExcel writes the list on one sheet and what it is of on another. Cells
// are written as texts, which no spreadsheet takes for a formula.
func writeExcel(w io.Writer, e *exported) (err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := x.SetSheetName("Sheet1", textExportSheet); err != nil {
		return err
	}
	if _, err := x.NewSheet(textExportNotes); err != nil {
		return err
	}
	bold, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	rows := func(yield func([]any) bool) {
		head := make([]any, len(exportHeadings))
		for i, t := range exportHeadings {
			head[i] = excelize.Cell{StyleID: bold, Value: t}
		}
		if !yield(head) {
			return
		}
		for i := range e.Hits {
			row := []any{i + 1}
			for _, t := range e.cells(i)[1:] {
				row = append(row, plainCell(t))
			}
			if !yield(row) {
				return
			}
		}
	}
	if err := writeSheet(x, textExportSheet, exportWidths, rows); err != nil {
		return err
	}
	notes := func(yield func([]any) bool) {
		for _, n := range e.notes() {
			if !yield([]any{excelize.Cell{StyleID: bold, Value: n[0]}, plainCell(n[1])}) {
				return
			}
		}
	}
	if err := writeSheet(x, textExportNotes, []float64{18, 80}, notes); err != nil {
		return err
	}
	_, err = x.WriteTo(w)
	return err
}

// writeSheet streams rows into a sheet, the first of them kept in view.
func writeSheet(x *excelize.File, name string, widths []float64, rows func(func([]any) bool)) error {
	s, err := x.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range widths {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if name == textExportSheet {
		if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return err
		}
	}
	n := 0
	for row := range rows {
		n++
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		if err := s.SetRow(at, row); err != nil {
			return err
		}
	}
	return s.Flush()
}
