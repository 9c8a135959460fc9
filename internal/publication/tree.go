package publication

import (
	"context"
	"fmt"
	"math/bits"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/store"
)

// edge is the right-hand rim of the tree: of each set bit of size, the root of
// the complete subtree it stands for. It is all that adding a leaf needs.
type edge struct {
	size  int64
	nodes [63]tlog.Hash
}

// add appends a leaf and gives the hashes to store, from tlog.StoredHashIndex(0, n) on.
func (e *edge) add(h tlog.Hash) []tlog.Hash {
	out := []tlog.Hash{h}
	level := 0
	for n := e.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(e.nodes[level], h)
		out = append(out, h)
		level++
	}
	e.nodes[level] = h
	e.size++
	return out
}

// root is the tree hash at the present size.
func (e *edge) root() tlog.Hash {
	var h tlog.Hash
	first := true
	for level, n := 0, e.size; n > 0; level, n = level+1, n>>1 {
		if n&1 == 0 {
			continue
		}
		if first {
			h, first = e.nodes[level], false
		} else {
			h = tlog.NodeHash(e.nodes[level], h)
		}
	}
	return h
}

// rootText is how log_head spells the root; an empty log has none.
func (e *edge) rootText() string {
	if e.size == 0 {
		return ""
	}
	return e.root().String()
}

func loadEdge(ctx context.Context, q store.Querier, size int64) (edge, error) {
	e := edge{size: size}
	var levels []int
	var indexes []int64
	for n := uint64(size); n != 0; n &= n - 1 {
		level := bits.TrailingZeros64(n)
		levels = append(levels, level)
		indexes = append(indexes, tlog.StoredHashIndex(level, size>>level-1))
	}
	hashes, err := readHashes(ctx, q, indexes)
	if err != nil {
		return e, err
	}
	for i, level := range levels {
		e.nodes[level] = hashes[i]
	}
	return e, nil
}

// hashReader lets tlog read stored hashes.
func hashReader(ctx context.Context, q store.Querier) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) { return readHashes(ctx, q, indexes) }
}

func readHashes(ctx context.Context, q store.Querier, indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	marks := make([]string, len(indexes))
	args := make([]any, len(indexes))
	for i, no := range indexes {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), no
	}
	found := make(map[int64]tlog.Hash, len(indexes))
	rows, err := q.QueryContext(ctx, `SELECT no, hash FROM log_hashes WHERE no IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, store.Sentence("publication.readHashes", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no int64
		var b []byte
		if err := rows.Scan(&no, &b); err != nil {
			return nil, err
		}
		if len(b) != tlog.HashSize {
			return nil, damaged(fmt.Errorf("log_hashes %d has %d bytes", no, len(b)))
		}
		found[no] = tlog.Hash(b)
	}
	if err := rows.Err(); err != nil {
		return nil, store.Sentence("publication.readHashes", err)
	}
	out := make([]tlog.Hash, len(indexes))
	for i, no := range indexes {
		h, ok := found[no]
		if !ok {
			return nil, damaged(fmt.Errorf("log_hashes %d is missing", no))
		}
		out[i] = h
	}
	return out, nil
}
