package search

import (
	"context"
	"database/sql"

	"gongkai/internal/search/posting"
	"gongkai/internal/zh"
)

// writer holds the statements of one batch.
type writer struct {
	tx  *sql.Tx
	gen int64

	builder *posting.Builder
	segment int64 // that the builder becomes, 0 while it is empty

	work, edition, name, piece, learned, word *sql.Stmt
}

const insertWord = `INSERT INTO words (segment, word, titles, bodies) VALUES ($1, $2, $3, $4)`

func newWriter(ctx context.Context, tx *sql.Tx, gen int64) (*writer, error) {
	w := &writer{tx: tx, gen: gen, builder: posting.NewBuilder()}
	for _, s := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&w.work, `INSERT INTO works (work, gen, removed, spans) VALUES ($1, $2, $3, $4)
			ON CONFLICT (work) DO UPDATE SET gen = excluded.gen, removed = excluded.removed, spans = excluded.spans`},
		{&w.edition, `INSERT INTO editions (work, label, digest, external_id, title, short_title, doc_no, kind, region, organ, date, sizes, segment)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`},
		{&w.name, `INSERT INTO names (key, what, edition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`},
		{&w.piece, `INSERT INTO pieces (id, path, label, heading, text) VALUES ($1, $2, $3, $4, $5)`},
		{&w.learned, `INSERT INTO learned (piece, slot) VALUES ($1, $2)`},
		{&w.word, insertWord},
	} {
		stmt, err := tx.PrepareContext(ctx, s.text) // closed with the transaction
		if err != nil {
			return nil, err
		}
		*s.to = stmt
	}
	return w, nil
}

// put makes the index hold exactly this state of a work. A text that is
// already there stays as it is, so a change of validity costs two rows.
func (w *writer) put(ctx context.Context, p *prepared) error {
	if _, err := w.work.ExecContext(ctx, p.work, w.gen, p.gone, p.spans); err != nil {
		return err
	}
	have, err := w.stored(ctx, p.work)
	if err != nil {
		return err
	}
	kept := map[int]bool{}
	for _, e := range p.edits {
		if old, ok := have[e.Label]; ok && old.digest == e.digest {
			kept[e.Label] = true
		}
	}
	for label, old := range have {
		if kept[label] {
			continue
		}
		if err := w.remove(ctx, old); err != nil {
			return err
		}
	}
	for _, e := range p.edits {
		if kept[e.Label] {
			continue
		}
		if err := w.add(ctx, p.work, e); err != nil {
			return err
		}
	}
	return nil
}

type storedEdition struct {
	id     int64
	label  int
	digest string
}

func (w *writer) stored(ctx context.Context, work int64) (map[int]storedEdition, error) {
	rows, err := w.tx.QueryContext(ctx, `SELECT id, label, digest FROM editions WHERE work = $1`, work)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int]storedEdition{}
	for rows.Next() {
		var e storedEdition
		if err := rows.Scan(&e.id, &e.label, &e.digest); err != nil {
			return nil, err
		}
		out[e.label] = e
	}
	return out, rows.Err()
}

func (w *writer) remove(ctx context.Context, e storedEdition) error {
	first := e.id << pieceBits
	for _, s := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM names WHERE edition = $1`, []any{e.id}},
		{`UPDATE segments SET gone = gone + 1 WHERE id = (SELECT segment FROM editions WHERE id = $1)`, []any{e.id}},
		{`DELETE FROM editions WHERE id = $1`, []any{e.id}},
		{`DELETE FROM pieces WHERE id >= $1 AND id < $2`, []any{first, first + 1<<pieceBits}},
		{`DELETE FROM learned WHERE piece >= $1 AND piece < $2`, []any{first, first + 1<<pieceBits}},
	} {
		if _, err := w.tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) add(ctx context.Context, work int64, e preparedEdition) (err error) {
	if w.segment == 0 {
		if w.segment, err = newSegment(ctx, w.tx); err != nil {
			return err
		}
	}
	res, err := w.edition.ExecContext(ctx, work, e.Label, e.digest, e.ExternalID, e.Title, e.ShortTitle, e.DocNo,
		e.Kind, e.Region, e.Organ, e.Date.String(), packSizes(e.Articles), w.segment)
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	for _, n := range namesOf(e.ItemEdition) {
		if _, err := w.name.ExecContext(ctx, n.key, n.what, id); err != nil {
			return err
		}
	}
	var headings []byte
	pieces := make([][]byte, len(e.Articles))
	heading := ""
	for i, a := range e.Articles {
		row := id<<pieceBits | int64(i)
		if _, err := w.piece.ExecContext(ctx, row, a.Path, a.Label, a.Heading, a.Text); err != nil {
			return err
		}
		if slot, ok := lay().arts[PieceKey(a.Label, a.Text)]; ok && a.Label != "" {
			if _, err := w.learned.ExecContext(ctx, row, slot); err != nil {
				return err
			}
		}
		if a.Heading != heading {
			heading = a.Heading
			headings = appendTokens(headings, zh.Fold(heading))
		}
		pieces[i] = appendDocNumbers(appendTokens(nil, zh.Fold(a.Text)), a.Text)
	}
	w.builder.Add(id, titleTokens(e.ItemEdition), headings, pieces)
	return nil
}

// titleTokens are the words of the title and the number of the document.
func titleTokens(e ItemEdition) []byte {
	b := appendTokens(nil, zh.Fold(e.Title))
	if e.DocNo != "" {
		b = append(b, docNoMark...)
		b = append(b, zh.DocNumberKey(e.DocNo)...)
		b = append(b, ' ')
	}
	return b
}
