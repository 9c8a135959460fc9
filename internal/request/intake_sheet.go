package request

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Bounds of a table that is handed in.
const (
	MaxTableBytes = 10 << 20
	maxTableRows  = 20000
	maxTableCols  = 100
	maxTableZip   = 128 << 20
)

// Grid is one sheet as it stands in its file, merged cells filled out. Row and
// column 0 are the first of the sheet.
type Grid struct {
	Sheet  string     `json:"sheet"`
	Rows   [][]string `json:"rows"`
	Copied [][2]int   `json:"copied,omitempty"` // cells that have their words from a merged one
	Others []string   `json:"others,omitempty"` // sheets with words that were not read
	copied map[[2]int]bool
}

// cell is the text of a position, "" outside.
func (g *Grid) cell(row, col int) string {
	if row >= len(g.Rows) || col < 0 || col >= len(g.Rows[row]) {
		return ""
	}
	return strings.TrimSpace(g.Rows[row][col])
}

func (g *Grid) fromMerged(row, col int) bool {
	if g.copied == nil {
		g.copied = map[[2]int]bool{}
		for _, at := range g.Copied {
			g.copied[at] = true
		}
	}
	return g.copied[[2]int{row, col}]
}

// empty reports a row without a word.
func (g *Grid) empty(row int) bool {
	return strings.TrimSpace(strings.Join(g.Rows[row], "")) == ""
}

func (g *Grid) columns() (n int) {
	for _, r := range g.Rows {
		n = max(n, len(r))
	}
	return n
}

// column is the letter of a column as Excel shows it.
func column(col int) string {
	name, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		return strconv.Itoa(col + 1)
	}
	return name
}

func tableBroken(err error) error {
	return &fault.Error{Kind: fault.Unsupported, Op: "request.readGrid", Field: "文件", Text: "“文件”：不是可以读取的 Excel 文件（.xlsx）。旧的 .xls 请在 Excel 或者 WPS 里另存为 .xlsx。", Err: err}
}

// readGrid reads the sheet of a file that score likes best. It never panics,
// whatever the file holds.
func readGrid(data []byte, score func(*Grid) int) (best *Grid, err error) {
	defer func() {
		if p := recover(); p != nil { // the reader of Excel files is not ours, and files come from anywhere
			best, err = nil, tableBroken(fmt.Errorf("%v", p))
		}
	}()
	if len(data) > MaxTableBytes {
		return nil, &fault.Error{Kind: fault.TooLarge, Op: "request.readGrid", Field: "文件", Text: fmt.Sprintf("“文件”：超过 %d MB，请分成几个文件。", MaxTableBytes>>20)}
	}
	x, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxTableZip, UnzipXMLSizeLimit: maxTableZip})
	if err != nil {
		return nil, tableBroken(err)
	}
	defer x.Close()
	most := -1
	var sheets []string
	for _, name := range x.GetSheetList() {
		g, err := readSheet(x, name)
		if err != nil {
			return nil, err
		}
		if len(g.Rows) == 0 {
			continue
		}
		sheets = append(sheets, name)
		if n := score(g); n > most {
			best, most = g, n
		}
	}
	if best == nil {
		return nil, fault.Field("request.readGrid", "文件", "“文件”：里面没有内容。")
	}
	for _, s := range sheets {
		if s != best.Sheet {
			best.Others = append(best.Others, s)
		}
	}
	return best, nil
}

func readSheet(x *excelize.File, name string) (*Grid, error) {
	rows, err := x.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, tableBroken(err)
	}
	g := &Grid{Sheet: name, Rows: rows}
	if len(rows) > maxTableRows {
		return nil, &fault.Error{Kind: fault.TooLarge, Op: "request.readGrid", Field: "文件", Text: fmt.Sprintf("“文件”：“%s”表超过 %d 行，请分成几个文件。", name, maxTableRows)}
	}
	if g.columns() > maxTableCols {
		return nil, &fault.Error{Kind: fault.TooLarge, Op: "request.readGrid", Field: "文件", Text: fmt.Sprintf("“文件”：“%s”表超过 %d 列。", name, maxTableCols)}
	}
	for i := range g.Rows {
		for j := range g.Rows[i] {
			g.Rows[i][j] = strings.ReplaceAll(strings.ToValidUTF8(g.Rows[i][j], ""), "\x00", "")
		}
	}
	merged, err := x.GetMergeCells(name)
	if err != nil {
		return nil, tableBroken(err)
	}
	for _, m := range merged {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil {
			return nil, tableBroken(fmt.Errorf("a merged cell without a place: %w", err1))
		}
		g.fill(r1-1, c1-1, min(r2-1, len(g.Rows)-1), min(c2-1, maxTableCols-1))
	}
	return g, nil
}

// fill gives every position of a merged cell its words.
func (g *Grid) fill(r1, c1, r2, c2 int) {
	words := g.cell(r1, c1)
	if words == "" {
		return
	}
	for r := r1; r <= r2; r++ {
		for c := c1; c <= c2; c++ {
			if r == r1 && c == c1 {
				continue
			}
			for len(g.Rows[r]) <= c {
				g.Rows[r] = append(g.Rows[r], "")
			}
			g.Rows[r][c] = words
			g.Copied = append(g.Copied, [2]int{r, c})
		}
	}
}

// sheetDay reads a day as people and Excel write it: 2025-03-07, 2025.3.7,
// 2025年3月7日, 20250307, or the serial number 45723. An hour behind the day is
// passed over. Days before 1949 or after 2100 are typing errors.
func sheetDay(s string) (workday.Date, bool) {
	s = strings.Map(func(c rune) rune {
		switch {
		case c >= '０' && c <= '９':
			return c - '０' + '0'
		case c == '．' || c == '。' || c == '/' || c == '／' || c == '-' || c == '－' || c == '—' || c == '年' || c == '月':
			return '.'
		case c == '　':
			return ' '
		}
		return c
	}, strings.TrimSpace(s))
	head, _, _ := strings.Cut(strings.ReplaceAll(s, "T", " "), " ")
	if strings.HasSuffix(head, "号") || strings.HasSuffix(head, "日") {
		head = strings.TrimSuffix(strings.TrimSuffix(head, "号"), "日")
	} else if i := strings.IndexAny(head, "日"); i > 0 {
		head = head[:i]
	}
	parts := strings.Split(strings.Trim(head, "."), ".")
	if len(parts) == 3 && len(parts[0]) == 4 {
		return civil(parts[0], parts[1], parts[2])
	}
	if len(parts) == 1 && len(head) == 8 {
		return civil(head[:4], head[4:6], head[6:])
	}
	n, err := strconv.ParseFloat(head, 64)
	if err != nil || len(parts) > 2 || math.IsNaN(n) || n < 18264 || n > 73415 { // 1950 to 2100
		return workday.Date{}, false
	}
	return workday.DateOf(time.Date(1899, 12, 30, 4, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))), true
}

func civil(y, m, d string) (workday.Date, bool) {
	year, err1 := strconv.Atoi(y)
	month, err2 := strconv.Atoi(m)
	dom, err3 := strconv.Atoi(d)
	if err1 != nil || err2 != nil || err3 != nil || year < 1949 || year > 2100 {
		return workday.Date{}, false
	}
	return workday.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, dom))
}
