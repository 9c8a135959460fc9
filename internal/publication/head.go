// Package publication keeps the transparency log of everything published: one
// dense row an act, a Merkle tree over the rows (golang.org/x/mod/sumdb/tlog),
// and signed heads. A row shows that nothing was changed afterwards and tells
// nothing of what was said: it holds ids and salted digests, never words.
package publication

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Head is the locked end of the log within one transaction. It is not safe for
// concurrent use, and dies with the transaction.
type Head struct {
	tx     *sql.Tx
	edge   edge
	public int64 // next public id
	rows   [][]any
	hashes [][]any
	closed bool
}

// LockHead locks the one head row. Whoever appends waits here, so lock it last
// in the transaction, after every other row. It refuses to go on when the
// stored tree does not fit its root, since every leaf added to a damaged tree
// would spread the damage.
func LockHead(ctx context.Context, tx *sql.Tx, d store.Dialect) (h *Head, err error) {
	defer fault.Wrap(&err, "publication.LockHead")
	h = &Head{tx: tx}
	var size int64
	var root string
	err = tx.QueryRowContext(ctx, `SELECT size, next_public_id, root FROM log_head WHERE id = 1`+d.ForUpdate()).Scan(&size, &h.public, &root)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, damaged(errors.New("log_head has no row"))
	}
	if err != nil {
		return nil, store.Sentence("publication.LockHead", err)
	}
	if size < 0 {
		return nil, damaged(fmt.Errorf("log_head size %d", size))
	}
	if h.edge, err = loadEdge(ctx, tx, size); err != nil {
		return nil, err
	}
	if h.edge.rootText() != root {
		return nil, damaged(fmt.Errorf("root at size %d differs from log_head", size))
	}
	return h, nil
}

func damaged(err error) error {
	return &fault.Error{Kind: fault.Internal, Op: "publication", Text: "存证日志已损坏，已停止写入。请运行 gongkai verify 查明，再用备份恢复。", Err: err}
}

// NextPublicID hands out the next public work id. Ids are dense; one is given
// at a work's first release only, and goes back when the transaction fails.
func (h *Head) NextPublicID() int64 {
	id := h.public
	h.public++
	return id
}

// Size is the number of rows, with those appended in this transaction.
func (h *Head) Size() int64 { return h.edge.size }

// Append adds one act and gives its sequence number: dense from 1, in the
// order of commits. The row is written by Close.
func (h *Head) Append(ctx context.Context, e Entry) (seq int64, err error) {
	defer fault.Wrap(&err, "publication.Append(%s)", e.Act)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if h.closed {
		return 0, errors.New("the head is closed")
	}
	if err := e.check(); err != nil {
		return 0, err
	}
	seq = h.edge.size + 1
	text, err := e.canonical(seq)
	if err != nil {
		return 0, err
	}
	no := tlog.StoredHashIndex(0, h.edge.size)
	for i, hash := range h.edge.add(tlog.RecordHash([]byte(text))) {
		h.hashes = append(h.hashes, []any{no + int64(i), hash[:]})
	}
	h.rows = append(h.rows, []any{seq, e.At.UTC().UnixMicro(), string(e.Act), null(e.WorkID), null(e.EditionID), text})
	return seq, nil
}

// Close writes rows, hashes and head. A transaction that appended and does not
// close leaves the log as it was.
func (h *Head) Close(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "publication.Close")
	if h.closed {
		return nil
	}
	h.closed = true
	if err := store.InsertMany(ctx, h.tx, "publication_log (seq, at, act, work_id, edition_id, entry)", h.rows); err != nil {
		return err
	}
	if err := store.InsertMany(ctx, h.tx, "log_hashes (no, hash)", h.hashes); err != nil {
		return err
	}
	_, err = h.tx.ExecContext(ctx, `UPDATE log_head SET size = $1, next_public_id = $2, root = $3 WHERE id = 1`, h.edge.size, h.public, h.edge.rootText())
	return store.Sentence("publication.Close", err)
}

func null(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
