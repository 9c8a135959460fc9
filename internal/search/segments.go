package search

import (
	"context"
	"database/sql"
	"errors"
	"math/bits"

	"gongkai/internal/search/posting"
)

// Words are kept in segments: every batch writes one, and never changes it.
// Segments of like size are joined, so that there are never many; each text
// is in exactly one. All that happens in the transaction of the batch.
const (
	joinAt     = 4        // so many segments of one rank become one
	rankBits   = 2        // a rank is four times as large as the one below
	lowestRank = 14       // in bits: up to 16 KB are the lowest
	joinBytes  = 64 << 20 // a larger segment is not made out of smaller ones
)

// writeSegment writes what the builder of a batch holds.
func (w *writer) writeSegment(ctx context.Context) error {
	if w.segment == 0 {
		return nil
	}
	size := 0
	err := w.builder.Words(func(word string, titles, bodies []byte) error {
		size += len(word) + len(titles) + len(bodies)
		_, err := w.word.ExecContext(ctx, w.segment, word, titles, bodies)
		return err
	})
	if err != nil {
		return err
	}
	return fillSegment(ctx, w.tx, w.segment, size, w.builder.Segment())
}

// newSegment takes a number that no other segment had.
func newSegment(ctx context.Context, tx *sql.Tx) (int64, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO segments (texts, gone, size, units) VALUES (0, 0, 0, '')`)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func fillSegment(ctx context.Context, tx *sql.Tx, id int64, size int, s *posting.Segment) error {
	_, err := tx.ExecContext(ctx, `UPDATE segments SET texts = $1, size = $2, units = $3 WHERE id = $4`, len(s.Documents()), size, s.Bytes(), id)
	return err
}

type storedSegment struct {
	id, texts, gone, size int64
}

// rank tells segments of like size.
func (s storedSegment) rank() int { return max(bits.Len64(uint64(s.size))-lowestRank, 0) / rankBits }

func readSegments(ctx context.Context, tx *sql.Tx) (out []storedSegment, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, texts, gone, size FROM segments ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s storedSegment
		if err := rows.Scan(&s.id, &s.texts, &s.gone, &s.size); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// settle joins segments until no rank has too many and none is mostly gone.
func settle(ctx context.Context, tx *sql.Tx) error {
	for {
		all, err := readSegments(ctx, tx)
		if err != nil {
			return err
		}
		next := unsettled(all)
		if next == nil {
			return nil
		}
		if err := joinSegments(ctx, tx, next); err != nil {
			return err
		}
	}
}

// unsettled gives the segments that are to become one; nil when all is well.
func unsettled(all []storedSegment) []int64 {
	ranks, sizes := map[int][]int64{}, map[int]int64{}
	for _, s := range all {
		if s.gone*2 > s.texts {
			return []int64{s.id}
		}
		k := s.rank()
		ranks[k], sizes[k] = append(ranks[k], s.id), sizes[k]+s.size
		if len(ranks[k]) == joinAt && sizes[k] <= joinBytes {
			return ranks[k]
		}
	}
	return nil
}

// joinSegments writes segments as one, without the texts that are gone.
func joinSegments(ctx context.Context, tx *sql.Tx, ids []int64) (err error) {
	parts := make([]*posting.Segment, len(ids))
	live := map[int64]bool{}
	for i, id := range ids {
		if parts[i], err = readSegment(ctx, tx, id); err != nil {
			return err
		}
		if err := liveTexts(ctx, tx, id, live); err != nil {
			return err
		}
	}
	joint := posting.Join(parts, func(number int64) bool { return live[number] })
	if len(live) > 0 {
		whole, err := newSegment(ctx, tx)
		if err != nil {
			return err
		}
		size, err := joinWords(ctx, tx, ids, whole, joint)
		if err != nil {
			return err
		}
		if err := fillSegment(ctx, tx, whole, size, joint.Segment()); err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE editions SET segment = $1 WHERE segment = $2`, whole, id); err != nil {
				return err
			}
		}
	}
	for _, id := range ids {
		for _, stmt := range []string{`DELETE FROM words WHERE segment = $1`, `DELETE FROM segments WHERE id = $1`} {
			if _, err := tx.ExecContext(ctx, stmt, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func readSegment(ctx context.Context, tx *sql.Tx, id int64) (*posting.Segment, error) {
	var units []byte
	if err := tx.QueryRowContext(ctx, `SELECT units FROM segments WHERE id = $1`, id).Scan(&units); err != nil {
		return nil, err
	}
	return posting.ReadSegment(units)
}

func liveTexts(ctx context.Context, tx *sql.Tx, segment int64, into map[int64]bool) error {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM editions WHERE segment = $1`, segment)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		into[id] = true
	}
	return rows.Err()
}

// wordRows reads the words of a segment in order.
type wordRows struct {
	rows *sql.Rows
	word string
	wordLists
	ended bool
}

func (w *wordRows) next() (err error) {
	if !w.rows.Next() {
		w.ended = true
		return w.rows.Err()
	}
	var segment int64
	w.wordLists, err = scanLists(w.rows, &segment, &w.word)
	return err
}

// joinWords writes the joint lists of all words and tells their bytes.
func joinWords(ctx context.Context, tx *sql.Tx, ids []int64, to int64, joint *posting.Joint) (size int, err error) {
	write, err := tx.PrepareContext(ctx, insertWord)
	if err != nil {
		return 0, err
	}
	from := make([]*wordRows, len(ids))
	for i, id := range ids {
		rows, err := tx.QueryContext(ctx, `SELECT segment, word, titles, bodies FROM words WHERE segment = $1 ORDER BY word`, id)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		from[i] = &wordRows{rows: rows}
		if err := from[i].next(); err != nil {
			return 0, err
		}
	}
	for {
		var first *wordRows
		for _, f := range from {
			if !f.ended && (first == nil || f.word < first.word) {
				first = f
			}
		}
		if first == nil {
			return size, nil
		}
		word := first.word
		var titles, bodies posting.Writer
		for i, f := range from {
			if f.ended || f.word != word {
				continue
			}
			joint.Move(i, f.titles, &titles)
			joint.Move(i, f.bodies, &bodies)
			if err := f.next(); err != nil {
				return size, err
			}
		}
		t, b := titles.Bytes(), bodies.Bytes()
		if len(t)+len(b) == 0 {
			continue // only texts that are gone had it
		}
		size += len(word) + len(t) + len(b)
		if _, err := write.ExecContext(ctx, to, word, t, b); err != nil {
			return size, err
		}
	}
}
