package publication

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Row is one act as the log holds it. Entry is the leaf, to the byte.
type Row struct {
	Seq     int64
	At      time.Time
	Act     Act
	Work    int64 // public id, 0 = none
	Edition int   // label, 0 = none
	Entry   string
}

// maxChanges bounds one page of the log.
const maxChanges = 1000

// HeadSeq is the newest sequence number, 0 for an empty log; page caches and
// consumers go by it.
func HeadSeq(ctx context.Context, q store.Querier) (seq int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT size FROM log_head WHERE id = 1`).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		err = damaged(errors.New("log_head has no row"))
	}
	return seq, store.Sentence("publication.HeadSeq", err)
}

// Changes gives the rows after a sequence number, in order, at most limit
// (1 to 1000). Numbers are dense in the order of commits, so a consumer that
// remembers the last one misses nothing.
func Changes(ctx context.Context, q store.Querier, after int64, limit int) (out []Row, err error) {
	defer fault.Wrap(&err, "publication.Changes(%d)", after)
	rows, err := q.QueryContext(ctx, `SELECT seq, at, act, entry FROM publication_log WHERE seq > $1 ORDER BY seq LIMIT $2`, after, min(max(limit, 1), maxChanges))
	if err != nil {
		return nil, store.Sentence("publication.Changes", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, store.Sentence("publication.Changes", rows.Err())
}

func scanRow(rows *sql.Rows) (Row, error) {
	var r Row
	var at int64
	if err := rows.Scan(&r.Seq, &at, &r.Act, &r.Entry); err != nil {
		return r, err
	}
	r.At = time.UnixMicro(at).UTC()
	l, err := parseLeaf(r.Entry)
	if err != nil {
		return r, damaged(err)
	}
	r.Work = l.Work
	if l.Edition != nil {
		r.Edition = *l.Edition
	}
	return r, nil
}

// Proof shows that a row stands in the log under a signed head. A row younger
// than the newest signed head has Size 0 and no path yet; within a minute it does.
type Proof struct {
	Row
	LeafHash string   // hex
	Size     int64    // size of the tree that the head signs
	RootHash string   // hex
	Path     []string // hex, from leaf to root (RFC 6962 audit path)
	Head     string   // signed note; its text is tlog.FormatTree and a time
}

// Proofs gives the rows about a work, by public id, newest first, each proved
// against the newest signed head.
func Proofs(ctx context.Context, db *store.DB, work int64) (out []Proof, err error) {
	defer fault.Wrap(&err, "publication.Proofs(%d)", work)
	err = db.Snapshot(ctx, func(q *sql.Tx) error {
		out = nil
		list, err := rowsOf(ctx, q, work)
		if err != nil {
			return err
		}
		head, err := newestHead(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range list {
			p, err := prove(ctx, q, r, head)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

func rowsOf(ctx context.Context, q store.Querier, work int64) (out []Row, err error) {
	rows, err := q.QueryContext(ctx, `
		SELECT p.seq, p.at, p.act, p.entry FROM publication_log p JOIN works w ON w.id = p.work_id
		WHERE w.public_id = $1 ORDER BY p.seq DESC`, work)
	if err != nil {
		return nil, store.Sentence("publication.rowsOf", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func prove(ctx context.Context, q store.Querier, r Row, head signedHead) (Proof, error) {
	leaf := tlog.RecordHash([]byte(r.Entry))
	p := Proof{Row: r, LeafHash: hex.EncodeToString(leaf[:])}
	if r.Seq > head.tree.N {
		return p, nil
	}
	path, err := tlog.ProveRecord(head.tree.N, r.Seq-1, hashReader(ctx, q))
	if err != nil {
		return p, err
	}
	if err := tlog.CheckRecord(path, head.tree.N, head.tree.Hash, r.Seq-1, leaf); err != nil {
		return p, damaged(err)
	}
	p.Size, p.RootHash, p.Head = head.tree.N, hex.EncodeToString(head.tree.Hash[:]), head.note
	for _, h := range path {
		p.Path = append(p.Path, hex.EncodeToString(h[:]))
	}
	return p, nil
}

// RootAt is the root of the log's first rows, in hex: it names that history and
// no other. "" for no rows. A log whose hashes are damaged gives an error.
func RootAt(ctx context.Context, q store.Querier, size int64) (root string, err error) {
	defer fault.Wrap(&err, "publication.RootAt(%d)", size)
	if size == 0 {
		return "", nil
	}
	h, err := tlog.TreeHash(size, hashReader(ctx, q))
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(h[:]), nil
}
