package document

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// pager finds the works of a page without words. Sorted rows come from an index
// of card_keys alone; which of them the filter lets through is known in memory
// from their cell, so both engines read the same few rows.
type pager struct {
	q     *sql.Tx
	all   *census
	n     *counted
	by    order
	after *mark
	want  int
}

// walkLimit is the number of rows that a walk along the sort order may read
// before the works of the chosen cells are looked up instead. Tests lower it.
var walkLimit = 3000

// page walks along the order while matches are dense, and looks up the matching
// cells when they are rare: each way is cheap where the other is dear.
func (p *pager) page(ctx context.Context) ([]mark, error) {
	var out []mark
	if p.n.total == 0 {
		return nil, nil
	}
	from, read := p.after, 0
	if from == nil {
		from = p.start()
	}
	// Rows to read when matches lie evenly; they seldom do, so a walk is begun
	// only when it promises to be much the cheaper way.
	even := p.all.total.works / p.n.total * p.want
	for chunk := max(p.want, even); 4*even <= p.n.total && read+chunk <= walkLimit; chunk *= 2 {
		rows, err := p.read(ctx, "", from, chunk)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if at := p.all.index(r.cell); at >= 0 && p.n.pass[at] {
				if out = append(out, r.mark); len(out) == p.want {
					return out, nil
				}
			}
		}
		if len(rows) < chunk {
			return out, nil
		}
		from, read = &rows[len(rows)-1].mark, read+chunk
	}
	rest, err := p.lookUp(ctx, from, p.want-len(out))
	return append(out, rest...), err
}

// start skips the years beside which nothing can match.
func (p *pager) start() *mark {
	switch {
	case p.by.column != "date_on":
		return nil
	case p.by.desc:
		return &mark{p.n.first + "~", 0} // behind every day of that year
	}
	return &mark{p.n.last, 0}
}

type cellMark struct {
	mark
	cell int64
}

// lookUp sorts the works of the matching cells.
func (p *pager) lookUp(ctx context.Context, from *mark, n int) ([]mark, error) {
	var in []string
	for i := range p.all.cells {
		if p.n.pass[i] {
			in = append(in, strconv.FormatInt(p.all.cells[i].id, 10))
		}
	}
	rows, err := p.read(ctx, `k.cell_id IN (`+strings.Join(in, ",")+`)`, from, n)
	out := make([]mark, len(rows))
	for i, r := range rows {
		out[i] = r.mark
	}
	return out, err
}

func (p *pager) read(ctx context.Context, condition string, from *mark, n int) ([]cellMark, error) {
	args := []any{n}
	if from != nil {
		args = append(args, p.by.place(from)...)
	}
	rows, err := p.q.QueryContext(ctx, p.by.query(condition, from != nil), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []cellMark
	for rows.Next() {
		var m cellMark
		if err := rows.Scan(&m.id, &m.cell, &m.key); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// place is what stands for a mark in a query, from $2 on.
func (o order) place(m *mark) []any {
	if o.column == "" {
		return []any{m.id}
	}
	return []any{m.key, m.id}
}

// query reads the next keys in an order, $1 of them, behind the place from $2 on.
func (o order) query(condition string, behind bool) string {
	dir, op := "ASC", ">"
	if o.desc {
		dir, op = "DESC", "<"
	}
	key, sorted, place := `k.`+o.column, `k.`+o.column+` `+dir+`, k.public_id `+dir, `(k.`+o.column+`, k.public_id) `+op+` ($2, $3)`
	if o.column == "" {
		key, sorted, place = `''`, `k.public_id `+dir, `k.public_id `+op+` $2`
	}
	var parts []string
	if condition != "" {
		parts = append(parts, condition)
	}
	if behind {
		parts = append(parts, place)
	}
	where := ""
	if len(parts) > 0 {
		where = " WHERE " + strings.Join(parts, " AND ")
	}
	return `SELECT k.public_id, k.cell_id, ` + key + ` FROM card_keys k` + where + ` ORDER BY ` + sorted + ` LIMIT $1`
}
