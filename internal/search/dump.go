package search

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/search/posting"
)

// Dump writes everything the index holds as lines of text, without its own row
// ids: two indexes that answer alike give the same dump, however they came
// about. Where the words stand is one sum a unit of a text, over all words and
// their places in it.
func (x *Index) Dump(ctx context.Context, to io.Writer) (err error) {
	defer fault.Wrap(&err, "search.Dump")
	w := bufio.NewWriter(to)
	err = x.snapshot(ctx, func(tx *sql.Tx) error {
		for _, q := range dumpQueries {
			if err := dumpRows(ctx, tx, w, q); err != nil {
				return err
			}
		}
		return dumpWords(ctx, tx, w)
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// dumpWords reads every list of every segment.
func dumpWords(ctx context.Context, tx *sql.Tx, w io.Writer) error {
	texts := map[int64]string{}
	err := eachRow(ctx, tx, `SELECT id, work, label FROM editions`, func(rows *sql.Rows) error {
		var id, work, label int64
		err := rows.Scan(&id, &work, &label)
		texts[id] = fmt.Sprintf("words\t%d\t%d", work, label)
		return err
	})
	if err != nil {
		return err
	}
	all, err := readSegments(ctx, tx)
	if err != nil {
		return err
	}
	sums := map[string]uint64{} // by line
	for _, s := range all {
		units, err := readSegment(ctx, tx, s.id)
		if err != nil {
			return err
		}
		err = eachRow(ctx, tx, fmt.Sprintf(`SELECT segment, word, titles, bodies FROM words WHERE segment = %d`, s.id), func(rows *sql.Rows) error {
			var segment int64
			var word string
			l, err := scanLists(rows, &segment, &word)
			for _, l := range []posting.List{l.titles, l.bodies} {
				units.Each(l, func(document, unit int, offset uint32) {
					if text := texts[units.Documents()[document]]; text != "" {
						h := fnv.New64a()
						fmt.Fprint(h, offset, word) // a hash never fails
						sums[fmt.Sprintf("%s\t%05d", text, unit)] += h.Sum64()
					}
				})
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, line := range slices.Sorted(maps.Keys(sums)) {
		if _, err := fmt.Fprintf(w, "%s\t%x\n", line, sums[line]); err != nil {
			return err
		}
	}
	return nil
}

func eachRow(ctx context.Context, tx *sql.Tx, query string, fn func(rows *sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
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
	`SELECT 'rows', (SELECT count(*) FROM editions), (SELECT count(*) FROM pieces), (SELECT sum(texts - gone) FROM segments)`,
}

func dumpRows(ctx context.Context, tx *sql.Tx, w io.Writer, query string) error {
	return eachRow(ctx, tx, query, func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
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
		return nil
	})
}
