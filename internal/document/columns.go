package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// EnsureSite gives a new library its one site (政府信息公开, no identification
// code yet) with the column 政策文件, and returns the column where a document
// goes that names none.
func (l *Library) EnsureSite(ctx context.Context) (columnID int64, err error) {
	defer fault.Wrap(&err, "document.EnsureSite")
	columnID, err = defaultColumn(ctx, l.db.Reader())
	if !errors.Is(err, sql.ErrNoRows) {
		return columnID, err
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		if columnID, err = defaultColumn(ctx, tx); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var site int64
		err := tx.QueryRowContext(ctx, `SELECT id FROM sites ORDER BY id LIMIT 1`).Scan(&site)
		if errors.Is(err, sql.ErrNoRows) {
			site, err = PutSite(ctx, tx, Site{Name: "政府信息公开"}, nil)
		}
		if err != nil {
			return err
		}
		columnID, err = PutColumn(ctx, tx, site, nil, Column{Code: "policy", Name: "政策文件", Type: "政策文件", Part: "statutory",
			Description: "规章、行政规范性文件和其他政策文件", Keywords: "政策文件;规范性文件;法规"})
		return err
	})
	return columnID, err
}

func defaultColumn(ctx context.Context, q store.Querier) (id int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT id FROM columns ORDER BY CASE WHEN code = 'policy' THEN 0 ELSE 1 END, id LIMIT 1`).Scan(&id)
	return id, err
}

// PutSite enters a site; organ is the government it belongs to, nil when none is set.
func PutSite(ctx context.Context, tx *sql.Tx, s Site, organ any) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO sites (organ_id, name, domain, id_code, icp, police_record, organiser, undertaker, contact, index_template)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		organ, s.Name, s.Domain, s.IDCode, s.ICP, s.PoliceRecord, s.Organiser, s.Undertaker, s.Contact, s.IndexTemplate).Scan(&id)
	return id, err
}

// PutColumn enters a column by its code, or returns the one that is there.
func PutColumn(ctx context.Context, tx *sql.Tx, site int64, parent any, c Column) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT id FROM columns WHERE code = $1`, c.Code).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO columns (site_id, parent_id, code, name, description, keywords, type, part, position)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT COUNT(*) FROM columns)) RETURNING id`,
		site, parent, c.Code, c.Name, c.Description, c.Keywords, c.Type, c.Part).Scan(&id)
	return id, err
}

// Site is the library's site.
func (l *Library) Site(ctx context.Context) (*Site, error) {
	var s Site
	err := l.db.Reader().QueryRowContext(ctx, `
		SELECT id, name, domain, id_code, icp, police_record, organiser, undertaker, contact, index_template FROM sites ORDER BY id LIMIT 1`).
		Scan(&s.ID, &s.Name, &s.Domain, &s.IDCode, &s.ICP, &s.PoliceRecord, &s.Organiser, &s.Undertaker, &s.Contact, &s.IndexTemplate)
	if errors.Is(err, sql.ErrNoRows) {
		return &Site{Name: "政府信息公开"}, nil
	}
	return &s, store.Sentence("document.Site", err)
}

// columnRow is a column with its parent, before the tree is built.
type columnRow struct {
	Column
	parent int64
	site   int64
}

func columnRows(ctx context.Context, q store.Querier) ([]columnRow, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT c.id, COALESCE(c.parent_id, 0), c.site_id, c.code, c.name, c.description, c.keywords, c.type, c.part
		FROM columns c ORDER BY c.position, c.id`)
	if err != nil {
		return nil, store.Sentence("document.columnRows", err)
	}
	defer rows.Close()
	var out []columnRow
	for rows.Next() {
		var r columnRow
		if err := rows.Scan(&r.ID, &r.parent, &r.site, &r.Code, &r.Name, &r.Description, &r.Keywords, &r.Type, &r.Part); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func columnTree(rows []columnRow, parent int64, trail []Crumb, depth int) []Column {
	if depth > 8 {
		return nil // a cycle of parents must not hang a page
	}
	var out []Column
	for _, r := range rows {
		if r.parent != parent {
			continue
		}
		c := r.Column
		c.Trail = append(trail[:len(trail):len(trail)], Crumb{Name: c.Name, Href: fmt.Sprintf("/columns/%d", c.ID)})
		c.Children = columnTree(rows, c.ID, c.Trail, depth+1)
		out = append(out, c)
	}
	return out
}

// Columns is the tree of the main site's columns with counts. A work that
// stands in two columns counts in both, and once in the column above them.
func (l *Library) Columns(ctx context.Context) (out []Column, err error) {
	defer fault.Wrap(&err, "document.Columns")
	err = l.counting(ctx, func(q *sql.Tx, all *census) error {
		rows, err := columnRows(ctx, q)
		if err != nil || len(rows) == 0 {
			return err
		}
		main := slices.MinFunc(rows, func(a, b columnRow) int { return int(a.site - b.site) }).site
		rows = slices.DeleteFunc(rows, func(r columnRow) bool { return r.site != main })
		out = columnTree(rows, 0, nil, 0)
		countColumns(out, all)
		return nil
	})
	return out, err
}

// Column finds one column, of any site, with its counts.
func (l *Library) Column(ctx context.Context, id int64) (c *Column, err error) {
	defer fault.Wrap(&err, "document.Column(%d)", id)
	err = l.counting(ctx, func(q *sql.Tx, all *census) error {
		if c, err = findColumn(ctx, q, id); err != nil {
			return err
		}
		one := []Column{*c}
		countColumns(one, all)
		c = &one[0]
		return nil
	})
	return c, err
}

// countColumns counts the works in every column of a tree and below it.
func countColumns(tree []Column, all *census) {
	for i := range tree {
		below := columnIDs(&tree[i])
		for j := range all.cells {
			if x := &all.cells[j]; x.works > 0 && meet(below, x.columns) {
				tree[i].Count += x.works
			}
		}
		countColumns(tree[i].Children, all)
	}
}

// findColumn finds a column with what is below it, not counted.
func findColumn(ctx context.Context, q store.Querier, id int64) (*Column, error) {
	rows, err := columnRows(ctx, q)
	if err != nil {
		return nil, err
	}
	if c := columnIn(columnTree(rows, 0, nil, 0), id); c != nil {
		return c, nil
	}
	return nil, fault.New(fault.NotFound, fmt.Sprintf("document.findColumn(%d)", id), "没有这个栏目。")
}

func columnIn(tree []Column, id int64) *Column {
	for i := range tree {
		if tree[i].ID == id {
			return &tree[i]
		}
		if c := columnIn(tree[i].Children, id); c != nil {
			return c
		}
	}
	return nil
}

// columnIDs is a column and everything below it.
func columnIDs(c *Column) []int64 {
	out := []int64{c.ID}
	for i := range c.Children {
		out = append(out, columnIDs(&c.Children[i])...)
	}
	return out
}
