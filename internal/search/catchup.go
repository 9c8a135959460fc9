package search

import (
	"context"
	"database/sql"

	"gongkai/internal/fault"
)

// Source is the publication log and the works behind it, as the index reads them.
type Source interface {
	// Head is the sequence of the newest row, 0 when the log is empty.
	Head(ctx context.Context) (int64, error)
	// Changes lists up to limit rows after a sequence, in order.
	Changes(ctx context.Context, after int64, limit int) ([]Change, error)
	// Load gives a work as it is now; nil when it is no longer published.
	Load(ctx context.Context, work int64) (*Item, error)
}

// Marker is a Source that can tell its history from every other.
type Marker interface {
	// Mark names the rows up to a sequence: another history has another mark.
	Mark(ctx context.Context, seq int64) (string, error)
}

func markOf(ctx context.Context, src Source, seq int64) (string, error) {
	m, ok := src.(Marker)
	if !ok || seq == 0 {
		return "", nil
	}
	return m.Mark(ctx, seq)
}

// Bounds of one step: rows of the log read at once, and bytes of text held in
// memory before they are written. A kill loses at most one such batch.
const (
	changesAtOnce = 5000
	bytesAtOnce   = 12 << 20
)

// Lag is how many rows of the log the index has not applied yet. An index of
// another history has applied none of them, and is never up to date.
func (x *Index) Lag(ctx context.Context, src Source) (rows int64, err error) {
	defer fault.Wrap(&err, "search.Lag")
	s, err := x.state(ctx)
	if err != nil {
		return 0, err
	}
	head, foreign, err := compare(ctx, src, s)
	if foreign {
		return max(head, 1), err
	}
	return head - s.seq, err
}

func (x *Index) state(ctx context.Context) (s state, err error) {
	err = x.snapshot(ctx, func(tx *sql.Tx) error {
		s, err = readState(ctx, tx)
		return err
	})
	return s, err
}

// compare tells the head of the log, and whether the index was filled from
// another history: one that is shorter, or has another mark at the same row.
func compare(ctx context.Context, src Source, s state) (head int64, foreign bool, err error) {
	if head, err = src.Head(ctx); err != nil || head < s.seq {
		return head, err == nil, err
	}
	mark, err := markOf(ctx, src, s.seq)
	return head, err == nil && mark != s.mark, err
}

// forget empties an index of another history, unless another process was faster.
func (x *Index) forget(ctx context.Context, seen state) error {
	return x.tx(ctx, func(tx *sql.Tx) error {
		s, err := readState(ctx, tx)
		if err != nil || s.gen != seen.gen {
			return err
		}
		return reset(ctx, tx, s.gen)
	})
}

// Rebuild empties the index and fills it from the first row of the log.
// Searches meanwhile find what is already back.
func (x *Index) Rebuild(ctx context.Context, src Source) (applied int64, err error) {
	defer fault.Wrap(&err, "search.Rebuild")
	x.writing.Lock()
	err = x.tx(ctx, func(tx *sql.Tx) error {
		s, err := readState(ctx, tx)
		if err != nil {
			return err
		}
		return reset(ctx, tx, s.gen)
	})
	x.writing.Unlock()
	if err != nil {
		return 0, err
	}
	return x.CatchUp(ctx, src)
}

// CatchUp applies the log up to its end and says how many rows. Documents and
// sequence change in one transaction, so a kill at any moment leaves an index
// that goes on from where it stands. When two processes catch up, the loser of
// a batch reads the new position and goes on from there.
func (x *Index) CatchUp(ctx context.Context, src Source) (applied int64, err error) {
	defer fault.Wrap(&err, "search.CatchUp")
	x.writing.Lock()
	defer x.writing.Unlock()
	for {
		s, err := x.state(ctx)
		if err != nil {
			return applied, err
		}
		_, foreign, err := compare(ctx, src, s)
		if err != nil {
			return applied, err
		}
		if foreign {
			if err := x.forget(ctx, s); err != nil {
				return applied, err
			}
			continue
		}
		seq := s.seq
		changes, err := src.Changes(ctx, seq, changesAtOnce)
		if err != nil {
			return applied, err
		}
		if len(changes) == 0 {
			return applied, nil
		}
		n, err := x.applyChanges(ctx, src, seq, changes)
		applied += n
		if err != nil {
			return applied, err
		}
	}
}

// applyChanges loads each work of a stretch of the log once, at its first row:
// it is loaded after the stretch was read, so the load is at least as new as
// the work's last row here, and the later rows need nothing more.
func (x *Index) applyChanges(ctx context.Context, src Source, seq int64, changes []Change) (int64, error) {
	var applied, pending int64
	var batch []*prepared
	size, upTo, erased := 0, seq, false
	flush := func() (bool, error) {
		mark, err := markOf(ctx, src, upTo)
		if err != nil {
			return false, err
		}
		ok, err := x.writeBatch(ctx, seq, state{seq: upTo, mark: mark, dirty: erased}, batch)
		if err != nil || !ok {
			return false, err
		}
		applied, pending, seq, batch, size, erased = applied+pending, 0, upTo, nil, 0, false
		return true, nil
	}
	seen := map[int64]bool{}
	for _, c := range changes {
		if c.Work != 0 && !seen[c.Work] {
			seen[c.Work] = true
			item, err := src.Load(ctx, c.Work)
			if err != nil {
				return applied, err
			}
			p := prepareItem(c.Work, item)
			batch, size = append(batch, p), size+p.size
		}
		upTo, pending, erased = c.Seq, pending+1, erased || c.Erased
		if size >= bytesAtOnce {
			if ok, err := flush(); err != nil || !ok {
				return applied, err
			}
		}
	}
	_, err := flush()
	return applied, err
}

// writeBatch commits one batch; false when another process was faster.
func (x *Index) writeBatch(ctx context.Context, from int64, to state, batch []*prepared) (ok bool, err error) {
	err = x.tx(ctx, func(tx *sql.Tx) error {
		s, err := readState(ctx, tx)
		if err != nil || s.seq != from {
			return err
		}
		w, err := newWriter(ctx, tx, s.gen+1)
		if err != nil {
			return err
		}
		for _, p := range batch {
			if err := w.put(ctx, p); err != nil {
				return err
			}
		}
		if err := w.writeSegment(ctx); err != nil {
			return err
		}
		if err := settle(ctx, tx); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE state SET seq = $1, gen = $2, mark = $3, dirty = $4 WHERE id = 1`, to.seq, s.gen+1, to.mark, s.dirty || to.dirty)
		ok = err == nil
		return err
	})
	return ok && err == nil, err
}
