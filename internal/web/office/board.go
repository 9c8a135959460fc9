package office

import (
	"bytes"
	"net/http"
	"net/url"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
)

// boardView is the supervisor's table: organs by classes of cases, every number
// a link to the cases that it counts.
type boardView struct {
	frame
	Kinds    []dutyTab
	Problems bool   // only organs with something late or returned
	Toggle   string // address of the other of the two views
	Columns  []string
	Rows     []boardRow
	Sum      boardRow
	Export   string
	Dense    bool // many rows: smaller print, so that one A4 page holds them
	Empty    string
}

type boardRow struct {
	Name  string
	Cells []boardCell
	Bad   bool
}

type boardCell struct {
	Count int
	Href  string
	Class string
}

// counts are the numbers of a tally in the order of classNames.
func counts(t casework.Tally) []int {
	return []int{t.Open, t.Late, t.Week, t.Provisional, t.Stopped, t.Returned, t.Closed}
}

// board gathers the table; kind narrows it to one kind of case.
func (o *Office) board(c *call, kind casework.Kind, problems bool) (rows []boardRow, sum boardRow, err error) {
	tallies, err := o.deps.Cases.Board(c.ctx(), c.actor())
	if err != nil {
		return nil, sum, err
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, sum, err
	}
	byOrgan := map[int64][]int{}
	for _, t := range tallies {
		if kind != "" && t.Kind != kind {
			continue
		}
		have := byOrgan[t.Organ]
		if have == nil {
			have = make([]int, len(classNames))
			byOrgan[t.Organ] = have
		}
		for i, n := range counts(t) {
			have[i] += n
		}
	}
	sums := make([]int, len(classNames))
	for _, id := range organs.order {
		numbers := byOrgan[id]
		if numbers == nil {
			continue
		}
		row := boardRow{Name: organs.name(id), Bad: numbers[1] > 0 || numbers[5] > 0, Cells: boardCells(numbers, organs.byID[id].Code, kind)}
		if problems && !row.Bad {
			continue
		}
		for i, n := range numbers {
			sums[i] += n
		}
		rows = append(rows, row)
	}
	sum = boardRow{Name: "合计", Cells: boardCells(sums, "", kind)}
	if problems {
		for i := range sum.Cells {
			sum.Cells[i].Href = "" // no one list holds just these organs
		}
	}
	return rows, sum, nil
}

func boardCells(numbers []int, organ string, kind casework.Kind) []boardCell {
	out := make([]boardCell, len(numbers))
	for i, n := range numbers {
		q := url.Values{"class": {classNames[i].class}, "reach": {"board"}}
		if organ != "" {
			q.Set("organ", organ)
		}
		if kind != "" {
			q.Set("kind", string(kind))
		}
		out[i] = boardCell{Count: n, Class: classNames[i].class}
		if n > 0 {
			out[i].Href = withQuery("/office/cases", q)
		}
	}
	return out
}

// boardChoice reads kind and view from the address.
func (o *Office) boardChoice(c *call) (kind casework.Kind, problems bool, err error) {
	kind, problems = casework.Kind(queryValue(c.r, "kind")), queryValue(c.r, "only") == "problems"
	for _, k := range o.deps.Cases.Kinds() {
		if k == kind {
			return kind, problems, nil
		}
	}
	if kind != "" {
		return "", problems, fault.Field("office.boardChoice", "种类", "“种类”：没有“%s”这一种。", shorten(string(kind), 20))
	}
	return kind, problems, nil
}

func boardAddress(path string, kind casework.Kind, problems bool) string {
	q := url.Values{}
	if kind != "" {
		q.Set("kind", string(kind))
	}
	if problems {
		q.Set("only", "problems")
	}
	return withQuery(path, q)
}

func boardPage(o *Office, c *call) (*answer, error) {
	kind, problems, err := o.boardChoice(c)
	if err != nil {
		return nil, err
	}
	d := &boardView{frame: o.frame(c, textBoard), Problems: problems, Toggle: boardAddress("/office/board", kind, !problems), Export: boardAddress("/office/board.xlsx", kind, problems)}
	if d.Rows, d.Sum, err = o.board(c, kind, problems); err != nil {
		return nil, err
	}
	d.Dense = len(d.Rows) > 30
	d.Kinds = []dutyTab{{Name: textAnyKind, Href: boardAddress("/office/board", "", problems), Current: kind == ""}}
	for _, k := range o.deps.Cases.Kinds() {
		d.Kinds = append(d.Kinds, dutyTab{Name: o.deps.Cases.KindName(k), Href: boardAddress("/office/board", k, problems), Current: k == kind})
	}
	for _, x := range classNames {
		d.Columns = append(d.Columns, x.name)
	}
	d.Empty = "您督办的机构还没有事项。"
	if problems {
		d.Empty = "没有逾期或者退回过的事项。"
	}
	return o.page(c, "board", http.StatusOK, d)
}

func boardSheet(o *Office, c *call) (*answer, error) {
	kind, problems, err := o.boardChoice(c)
	if err != nil {
		return nil, err
	}
	rows, sum, err := o.board(c, kind, problems)
	if err != nil {
		return nil, err
	}
	head := []any{"机构"}
	for _, x := range classNames {
		head = append(head, x.name)
	}
	lines := [][]any{head}
	for _, r := range append(rows, sum) {
		line := []any{r.Name}
		for _, cell := range r.Cells {
			line = append(line, cell.Count)
		}
		lines = append(lines, line)
	}
	return excelAnswer(textBoard+".xlsx", func(b *bytes.Buffer) error { return writeLines(b, textBoard, 14, lines) })
}
