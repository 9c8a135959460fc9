package docfile

import "gongkai/internal/fault"

// grid lays cells with spans on a table's grid, as HTML and ODF write them: a
// cell goes to the next free position, and positions it covers are marked.
type grid struct {
	*budget
	rows  [][]Cell
	carry []int // per column: rows below that a cell above still covers
	count int
}

const maxSpan = 1000 // what browsers allow for a column span

func (g *grid) newRow() {
	g.rows = append(g.rows, nil)
}

// put adds a position, refusing tables that are spans and little else.
func (g *grid) put(c Cell) error {
	if g.count++; g.count+g.cells > g.lim.MaxCells {
		return fault.Newf(fault.TooLarge, op, msgTooManyCells, g.lim.MaxCells)
	}
	last := len(g.rows) - 1
	g.rows[last] = append(g.rows[last], c)
	return nil
}

// covered marks positions that a cell of an earlier row reaches into.
func (g *grid) covered() error {
	last := len(g.rows) - 1
	for col := len(g.rows[last]); col < len(g.carry) && g.carry[col] > 0; col++ {
		g.carry[col]--
		if err := g.put(Cell{Merged: true}); err != nil {
			return err
		}
	}
	return nil
}

func (g *grid) add(c Cell) error {
	if len(g.rows) == 0 {
		g.newRow()
	}
	if err := g.covered(); err != nil {
		return err
	}
	c.ColSpan = min(max(c.ColSpan, 1), maxSpan)
	c.RowSpan = min(max(c.RowSpan, 1), 1<<16)
	col := len(g.rows[len(g.rows)-1])
	if err := g.put(c); err != nil {
		return err
	}
	for i := 1; i < c.ColSpan; i++ {
		if err := g.put(Cell{Merged: true}); err != nil {
			return err
		}
	}
	for len(g.carry) < col+c.ColSpan {
		g.carry = append(g.carry, 0)
	}
	for i := col; i < col+c.ColSpan; i++ {
		g.carry[i] = c.RowSpan - 1
	}
	return nil
}

// endRow marks what earlier cells cover at the end of the row.
func (g *grid) endRow() error {
	if len(g.rows) == 0 {
		return nil
	}
	return g.covered()
}
