package publication

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gongkai/internal/audit"
)

// columns compares the row's own columns with its genuine leaf.
func (v *verifier) columns(seq int64, r *logRow) error {
	l, err := parseLeaf(r.entry)
	at := time.UnixMicro(r.at).UTC().Format(timeLayout)
	switch {
	case err != nil:
		v.report("publication_log", "entry", seq, "第 %d 行的内容读不出来", seq)
		return nil
	case l.Seq != seq, l.Act != r.act, l.At != at, l.Work == 0 && (r.workID.Valid || r.editionID.Valid):
		v.report("publication_log", "columns", seq, "第 %d 行的各栏与存证内容不符", seq)
	}
	if l.Work != 0 {
		if err := v.binding(seq, r, l); err != nil {
			return err
		}
	}
	if l.Act == Seal {
		return v.seal(seq, l)
	}
	return nil
}

// binding checks that the internal ids of a row lead to the public ones in its leaf.
func (v *verifier) binding(seq int64, r *logRow, l leaf) error {
	changed := func() {
		v.report("publication_log", "columns", seq, "第 %d 行的各栏与存证内容不符", seq)
	}
	if r.public.Int64 != l.Work {
		other, err := v.exists(`SELECT 1 FROM works WHERE public_id = $1`, l.Work)
		if err != nil {
			return err
		}
		if other || !r.workID.Valid {
			changed()
		} else {
			v.report("works", "public_id", r.workID.Int64, "作品不见了，或者公开编号与存证不符（应为 %d）", l.Work)
		}
		return nil
	}
	if !r.editionID.Valid || r.editionWork == r.workID && l.Edition != nil && r.label.Int64 == int64(*l.Edition) {
		return nil
	}
	if l.Edition == nil {
		changed()
		return nil
	}
	other, err := v.exists(`SELECT 1 FROM editions WHERE work_id = $1 AND label = $2`, r.workID, *l.Edition)
	if err != nil {
		return err
	}
	if other {
		changed()
	} else {
		v.report("editions", "label", r.editionID.Int64, "版本不见了，或者编号、所属作品与存证不符")
	}
	return nil
}

func (v *verifier) exists(query string, args ...any) (bool, error) {
	var one int
	err := v.q.QueryRowContext(v.ctx, query, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// seal checks the audit rows of a seal's leaf.
func (v *verifier) seal(seq int64, l leaf) error {
	from, to, want := atoi(l.Detail["from"]), atoi(l.Detail["to"]), atoi(l.Detail["rows"])
	sum := newAuditSum()
	named := false
	n, err := v.auditRows(`seal = $1 ORDER BY id`, func(id int64, stored string, intact bool) {
		sum.add(auditLine{id, stored})
		if !intact || id < from || id > to {
			named = true
			v.report("audit_log", "audit", id, "审计记录被改动")
		}
	}, seq)
	if err != nil {
		return err
	}
	if named || sum.hex() == l.Digests[auditDigest] {
		return nil
	}
	id := fmt.Sprintf("%d-%d", from, to)
	if n != want {
		v.report("audit_log", "audit_count", id, "第 %d 行封存了 %d 条审计记录，现在有 %d 条", seq, want, n)
	} else {
		v.report("audit_log", "audit_seal", id, "审计记录与第 %d 行的封存不符", seq)
	}
	return nil
}

// auditRows reads at most what one seal covers, and counts.
func (v *verifier) auditRows(where string, fn func(id int64, stored string, intact bool), args ...any) (n int64, err error) {
	rows, err := v.q.QueryContext(v.ctx, `SELECT id, at, actor, act, target, outcome, detail, digest FROM audit_log WHERE `+where, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var e audit.Event
		var id, at int64
		var stored string
		if err := rows.Scan(&id, &at, &e.Actor, &e.Act, &e.Target, &e.Outcome, &e.Detail, &stored); err != nil {
			return n, err
		}
		e.At = time.UnixMicro(at).UTC()
		fn(id, stored, audit.Intact(e, stored))
		n++
	}
	v.checked.Audit += n
	return n, rows.Err()
}

// auditRest checks the rows that wait for their seal, and looks for rows whose
// seal is none.
func (v *verifier) auditRest() error {
	for after := int64(0); ; {
		n, err := v.auditRows(`seal IS NULL AND id > $1 ORDER BY id LIMIT 1000`, func(id int64, _ string, intact bool) {
			after = id
			if !intact {
				v.report("audit_log", "audit", id, "审计记录被改动")
			}
		}, after)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	return v.each(`
		SELECT a.id FROM audit_log a LEFT JOIN publication_log p ON p.seq = a.seal
		WHERE a.seal IS NOT NULL AND (p.seq IS NULL OR p.act <> 'seal' AND p.entry NOT LIKE $1) ORDER BY a.id`,
		func(id int64) { v.report("audit_log", "audit", id, "审计记录的封存号不对") }, `{"act":"seal"%`)
}

func atoi(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
