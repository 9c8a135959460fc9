package publication

import (
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/fault"
)

// headRow is a row of log_seals.
type headRow struct {
	id, at, size int64
	note         string
}

// headsAt checks the signed heads of the present size of the tree.
func (v *verifier) headsAt() error {
	for {
		if len(v.heads) == 0 && !v.headsDone {
			if err := v.loadHeads(); err != nil {
				return err
			}
		}
		if len(v.heads) == 0 || v.heads[0].size > v.edge.size {
			return nil
		}
		h := v.heads[0]
		v.heads = v.heads[1:]
		if err := v.signedHead(h); err != nil {
			return err
		}
	}
}

// headsLeft checks the signed heads that speak of a longer log than there is.
func (v *verifier) headsLeft() error {
	for {
		if err := v.headsAt(); err != nil || len(v.heads) == 0 {
			return err
		}
		h := v.heads[0]
		v.heads = v.heads[1:]
		if err := v.signedHead(h); err != nil {
			return err
		}
	}
}

func (v *verifier) loadHeads() error {
	rows, err := v.q.QueryContext(v.ctx, `SELECT id, at, size, note FROM log_seals WHERE id > $1 ORDER BY id LIMIT 500`, v.headAfter)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h headRow
		if err := rows.Scan(&h.id, &h.at, &h.size, &h.note); err != nil {
			return err
		}
		v.heads = append(v.heads, h)
		v.headAfter = h.id
	}
	v.headsDone = len(v.heads) == 0
	return rows.Err()
}

func (v *verifier) signedHead(h headRow) error {
	v.checked.Heads++
	tree, at, err := openHead(h.note, v.known)
	if err != nil {
		v.report("log_seals", "signature", h.id, "签名首部被改动，或者签名的公钥不在名册上")
		return nil
	}
	if tree.N != h.size || at != time.UnixMicro(h.at).UTC().Format(timeLayout) {
		v.report("log_seals", "columns", h.id, "签名首部的长度或时间与签名内容不符")
		return nil
	}
	root := v.edge.root()
	switch {
	case tree.N > v.size:
		v.report("log_seals", "truncated", h.id, "日志被截短：签名时有 %d 行，现在有 %d 行", tree.N, v.size)
		return nil
	case tree.N != v.edge.size: // heads out of order, after a head with a changed size
		root, err = tlog.TreeHash(tree.N, hashReader(v.ctx, v.q))
		if err != nil && fault.KindOf(err) != fault.Internal {
			return err
		}
	}
	if root != tree.Hash {
		v.report("log_seals", "rewritten", h.id, "前 %d 行与当时签名的不符，日志被改写", tree.N)
	}
	return nil
}

// strays names rows outside the numbers that the log has.
func (v *verifier) strays() error {
	for _, s := range []struct {
		table, query string
		last         int64
	}{
		{"publication_log", `SELECT seq FROM publication_log WHERE seq < 1 OR seq > $1 ORDER BY seq`, v.size},
		{"log_hashes", `SELECT no FROM log_hashes WHERE no < 0 OR no > $1 ORDER BY no`, tlog.StoredHashCount(v.size) - 1},
		{"log_head", `SELECT id FROM log_head WHERE id <> $1 ORDER BY id`, 1},
	} {
		if err := v.each(s.query, func(id int64) { v.report(s.table, "stray", id, "多出的一行，不属于存证日志") }, s.last); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) each(query string, fn func(id int64), args ...any) error {
	rows, err := v.q.QueryContext(v.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		fn(id)
	}
	return rows.Err()
}

// publicIDs checks that the ids of published works run from 1 without a gap.
func (v *verifier) publicIDs() error {
	last, dense := int64(0), true
	for more := true; more; {
		more = false
		err := v.each(`SELECT public_id FROM works WHERE public_id > $1 ORDER BY public_id LIMIT 5000`, func(id int64) {
			more = true
			v.checked.Works++
			if id != last+1 {
				gap := fmt.Sprint(last + 1)
				if id > last+2 {
					gap += fmt.Sprintf("-%d", id-1)
				}
				v.report("works", "public_id", gap, "公开编号不连续")
				dense = false
			}
			last = id
		}, last)
		if err != nil {
			return err
		}
	}
	if err := v.each(`SELECT id FROM works WHERE public_id < 1`, func(id int64) { v.report("works", "public_id", id, "公开编号不对") }); err != nil {
		return err
	}
	if dense && v.next != last+1 {
		v.report("log_head", "next_public_id", 1, "下一个公开编号应为 %d，首部记的是 %d", last+1, v.next)
	}
	return nil
}
