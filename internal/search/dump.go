package search

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"

	"gongkai/internal/fault"
)

// Dump writes everything the index holds as lines of text, without its own row
// ids: two indexes that answer alike give the same dump, however they came
// about. The words of the two FTS5 tables stand as one line a document and as
// totals, because a contentless table does not give them back.
func (x *Index) Dump(ctx context.Context, to io.Writer) (err error) {
	defer fault.Wrap(&err, "search.Dump")
	w := bufio.NewWriter(to)
	err = x.snapshot(ctx, func(tx *sql.Tx) error {
		for _, q := range dumpQueries {
			if err := dumpRows(ctx, tx, w, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

var dumpQueries = []string{
	`SELECT 'state', schema, analyser, seq FROM state`,
	`SELECT 'work', work, spans FROM works WHERE removed = 0 ORDER BY work`,
	`SELECT 'edition', work, label, digest, external_id, title, short_title, doc_no, kind, region, organ, date, hex(sizes)
		FROM editions ORDER BY work, label`,
	`SELECT 'name', n.key, n.what, e.work, e.label FROM names n JOIN editions e ON e.id = n.edition ORDER BY n.key, n.what, e.work, e.label`,
	fmt.Sprintf(`SELECT 'piece', e.work, e.label, p.id & %d, p.path, p.label, p.heading, p.text
		FROM pieces p JOIN editions e ON e.id = p.id >> %d ORDER BY e.work, e.label, p.id`, 1<<pieceBits-1, pieceBits),
	fmt.Sprintf(`SELECT 'learned', e.work, e.label, l.piece & %d, l.slot
		FROM learned l JOIN editions e ON e.id = l.piece >> %d ORDER BY e.work, e.label, l.piece`, 1<<pieceBits-1, pieceBits),
	`SELECT 'doc', e.work, e.label, hex(s.sz) FROM doc_docsize s JOIN editions e ON e.id = s.id ORDER BY e.work, e.label`,
	fmt.Sprintf(`SELECT 'art', e.work, e.label, s.id & %d, hex(s.sz)
		FROM art_docsize s JOIN editions e ON e.id = s.id >> %d ORDER BY e.work, e.label, s.id`, 1<<pieceBits-1, pieceBits),
	`SELECT 'rows', (SELECT count(*) FROM editions), (SELECT count(*) FROM doc_docsize), (SELECT count(*) FROM pieces), (SELECT count(*) FROM art_docsize)`,
}

func dumpRows(ctx context.Context, tx *sql.Tx, w io.Writer, query string) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		for i, v := range values {
			sep := "\t"
			if i == len(values)-1 {
				sep = "\n"
			}
			if _, err := fmt.Fprintf(w, "%v%s", v, sep); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}
