package publication

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Checked counts what Verify looked at.
type Checked struct {
	Log    int64 `json:"publication_log"`
	Hashes int64 `json:"log_hashes"`
	Heads  int64 `json:"log_seals"`
	Audit  int64 `json:"audit_log"`
	Events int64 `json:"case_events"`
	Works  int64 `json:"works"`
}

// pageRows is how many log rows are held in memory at once.
const pageRows = 1000

// Verify recomputes the log from its rows over one snapshot, in bounded
// memory: every leaf and tree hash, the head, dense numbers and public ids,
// every signed head, every audit row and case event and their seals. What does not fit is yielded,
// naming the row; where a leaf and its hash disagree, the tree above decides
// which of them was changed. Rows cut from the end together with hashes, head
// and signed heads are shown only by a signed head kept elsewhere.
func Verify(ctx context.Context, db *store.DB, yield func(Fault)) (checked Checked, err error) {
	defer fault.Wrap(&err, "publication.Verify")
	err = db.Snapshot(ctx, func(q *sql.Tx) error {
		v := &verifier{ctx: ctx, q: q, yield: yield}
		for _, step := range []func() error{v.keys, v.head, v.log, v.strays, v.headsLeft, v.ledgerRest, v.publicIDs} {
			if err := step(); err != nil {
				return err
			}
		}
		checked = v.checked
		return nil
	})
	return checked, err
}

// verifier is one run.
type verifier struct {
	ctx     context.Context
	q       *sql.Tx
	yield   func(Fault)
	checked Checked
	known   note.Verifiers

	size     int64  // rows the log should have
	headRoot string // as stored
	next     int64  // next public id, as stored
	edge     edge

	heads     []headRow // page of signed heads not yet reached
	headAfter int64
	headsDone bool
}

func (v *verifier) report(table, code string, id any, format string, args ...any) {
	v.yield(Fault{Code: code, Fault: fmt.Sprintf(format, args...), Table: table, ID: fmt.Sprint(id)})
}

// keys loads the verifiers that may have signed heads.
func (v *verifier) keys() error {
	rows, err := v.q.QueryContext(v.ctx, `SELECT name, verifier FROM log_keys ORDER BY name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var list []note.Verifier
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		key, err := note.NewVerifier(text)
		if err != nil || key.Name() != name {
			v.report("log_keys", "key", name, "存证公钥被改动")
			continue
		}
		list = append(list, key)
	}
	v.known = note.VerifierList(list...)
	return rows.Err()
}

// head finds how long the log is: head, rows and hashes each say so, and two
// of the three outvote a changed one.
func (v *verifier) head() error {
	var size, lastSeq, lastNo int64
	err := v.q.QueryRowContext(v.ctx, `SELECT size, root, next_public_id FROM log_head WHERE id = 1`).Scan(&size, &v.headRoot, &v.next)
	if errors.Is(err, sql.ErrNoRows) {
		v.report("log_head", "missing", 1, "存证日志的首部不见了")
		size, err = -1, nil
	}
	if err != nil {
		return err
	}
	if err := v.q.QueryRowContext(v.ctx, `SELECT (SELECT COALESCE(MAX(seq), 0) FROM publication_log), (SELECT COALESCE(MAX(no), -1) FROM log_hashes)`).Scan(&lastSeq, &lastNo); err != nil {
		return err
	}
	hashed := int64(0)
	if lastNo >= 0 {
		level, n := tlog.SplitStoredHashIndex(lastNo)
		hashed = (n + 1) << level
	}
	v.size = lastSeq
	if size == hashed {
		v.size = size
	}
	if size != v.size && size >= 0 {
		v.report("log_head", "size", 1, "首部记的长度是 %d，日志有 %d 行", size, v.size)
	}
	return nil
}

// logRow is a stored row with what its internal ids lead to.
type logRow struct {
	seq, at                    int64
	act                        Act
	workID, editionID          sql.NullInt64
	entry                      string
	public, editionWork, label sql.NullInt64
}

func (v *verifier) log() error {
	for from := int64(0); from < v.size; from += pageRows {
		to := min(from+pageRows, v.size)
		rows, err := v.rows(from, to)
		if err != nil {
			return err
		}
		hashes, err := v.hashes(tlog.StoredHashIndex(0, from), tlog.StoredHashIndex(0, to))
		if err != nil {
			return err
		}
		for n := from; n < to; n++ {
			if err := v.record(n, rows[n+1], hashes); err != nil {
				return err
			}
		}
	}
	if v.edge.rootText() != v.headRoot {
		v.report("log_head", "root", 1, "首部的根与日志算出的不符")
	}
	return nil
}

// rows reads log rows from+1 to to, by number.
func (v *verifier) rows(from, to int64) (map[int64]*logRow, error) {
	rows, err := v.q.QueryContext(v.ctx, `
		SELECT p.seq, p.at, p.act, p.work_id, p.edition_id, p.entry, w.public_id, e.work_id, e.label
		FROM publication_log p LEFT JOIN works w ON w.id = p.work_id LEFT JOIN editions e ON e.id = p.edition_id
		WHERE p.seq > $1 AND p.seq <= $2`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[int64]*logRow, to-from)
	for rows.Next() {
		var r logRow
		if err := rows.Scan(&r.seq, &r.at, &r.act, &r.workID, &r.editionID, &r.entry, &r.public, &r.editionWork, &r.label); err != nil {
			return nil, err
		}
		out[r.seq] = &r
	}
	v.checked.Log += int64(len(out))
	return out, rows.Err()
}

// hashes reads the stored hashes from up to, not including, to; one of a wrong length is left out.
func (v *verifier) hashes(from, to int64) (map[int64]tlog.Hash, error) {
	rows, err := v.q.QueryContext(v.ctx, `SELECT no, hash FROM log_hashes WHERE no >= $1 AND no < $2`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[int64]tlog.Hash, to-from)
	for rows.Next() {
		var no int64
		var b []byte
		if err := rows.Scan(&no, &b); err != nil {
			return nil, err
		}
		v.checked.Hashes++
		if len(b) == tlog.HashSize {
			out[no] = tlog.Hash(b)
		}
	}
	return out, rows.Err()
}

// record checks row n (from 0) and grows the tree by the leaf it trusts.
func (v *verifier) record(n int64, r *logRow, hashes map[int64]tlog.Hash) error {
	no := tlog.StoredHashIndex(0, n)
	stored, have := hashes[no]
	trusted := stored
	genuine := false
	switch {
	case r == nil:
		v.report("publication_log", "missing", n+1, "存证日志少了第 %d 行", n+1)
		if !have {
			v.report("log_hashes", "missing", no, "存证日志的哈希缺失或长度不对")
		}
	case !have:
		v.report("log_hashes", "missing", no, "存证日志的哈希缺失或长度不对")
		trusted, genuine = tlog.RecordHash([]byte(r.entry)), true
	default:
		leaf := tlog.RecordHash([]byte(r.entry))
		if genuine = leaf == stored; !genuine {
			entryFits, hashFits, err := v.judge(n, leaf, stored)
			if err != nil {
				return err
			}
			if !entryFits {
				v.report("publication_log", "entry", n+1, "第 %d 行的内容被改动", n+1)
			}
			if !hashFits {
				v.report("log_hashes", "hash", no, "存证日志的哈希被改动")
			}
			if entryFits {
				trusted, genuine = leaf, true
			}
		}
	}
	for i, h := range v.edge.add(trusted)[1:] {
		at := no + 1 + int64(i)
		if got, ok := hashes[at]; !ok {
			v.report("log_hashes", "missing", at, "存证日志的哈希缺失或长度不对")
		} else if got != h {
			v.report("log_hashes", "hash", at, "存证日志的哈希与各行算出的不符")
		}
	}
	if genuine {
		if err := v.columns(n+1, r); err != nil {
			return err
		}
	}
	return v.headsAt()
}

// judge asks the tree which of a leaf and a stored leaf hash it contains.
func (v *verifier) judge(n int64, leaf, stored tlog.Hash) (entryFits, hashFits bool, err error) {
	reader := hashReader(v.ctx, v.q)
	trees := []tlog.Tree{}
	if h, err := tlog.ParseHash(v.headRoot); err == nil {
		trees = append(trees, tlog.Tree{N: v.size, Hash: h})
	}
	signed, err := newestHead(v.ctx, v.q)
	if err == nil && signed.tree.N > n && signed.tree.N <= v.size {
		if _, _, err := openHead(signed.note, v.known); err == nil {
			trees = append(trees, signed.tree)
		}
	} else if err != nil && fault.KindOf(err) != fault.Internal {
		return false, false, err
	}
	for _, t := range trees {
		path, err := tlog.ProveRecord(t.N, n, reader)
		if err != nil {
			if fault.KindOf(err) == fault.Unavailable || v.ctx.Err() != nil {
				return false, false, err
			}
			continue // a hash on the way is missing, and is named where it stands
		}
		entryFits = entryFits || tlog.CheckRecord(path, t.N, t.Hash, n, leaf) == nil
		hashFits = hashFits || tlog.CheckRecord(path, t.N, t.Hash, n, stored) == nil
	}
	return entryFits, hashFits, nil
}
