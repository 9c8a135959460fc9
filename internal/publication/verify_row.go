package publication

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/casework"
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

// seal checks the rows of a seal's leaf.
func (v *verifier) seal(seq int64, l leaf) error {
	for _, g := range ledgers {
		if want, ok := l.Digests[g.digest]; ok {
			return v.sealedRows(g, seq, l, want)
		}
	}
	v.report("publication_log", "entry", seq, "第 %d 行封存的内容读不出来", seq)
	return nil
}

func (v *verifier) sealedRows(g ledger, seq int64, l leaf, digest string) error {
	from, to, want := atoi(l.Detail["from"]), atoi(l.Detail["to"]), atoi(l.Detail["rows"])
	sum := newSealSum()
	named := false
	n, err := v.ledgerRows(g, `seal = $1 ORDER BY id`, func(id int64, stored string, intact bool) {
		sum.add(sealedLine{id, stored})
		if !intact || id < from || id > to {
			named = true
			v.report(g.table, g.digest, id, "%s被改动", g.name)
		}
	}, seq)
	if err != nil {
		return err
	}
	if named || sum.hex() == digest {
		return nil
	}
	id := fmt.Sprintf("%d-%d", from, to)
	if n != want {
		v.report(g.table, g.digest+"_count", id, "第 %d 行封存了 %d 条%s，现在有 %d 条", seq, want, g.name, n)
	} else {
		v.report(g.table, g.digest+"_seal", id, "%s与第 %d 行的封存不符", g.name, seq)
	}
	return nil
}

// ledgerRows reads at most what one seal covers, and counts.
func (v *verifier) ledgerRows(g ledger, where string, fn func(id int64, stored string, intact bool), args ...any) (n int64, err error) {
	if g.table == "case_events" {
		err = casework.EachEvent(v.ctx, v.q, where, args, func(id int64, e *casework.Event, stored string) error {
			fn(id, stored, e.Intact(stored))
			n++
			return nil
		})
		v.checked.Events += n
		return n, err
	}
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

// ledgerRest checks the rows that wait for their seal, and looks for rows whose
// seal is none.
func (v *verifier) ledgerRest() error {
	for _, g := range ledgers {
		if err := v.unsealed(g); err != nil {
			return err
		}
		if err := v.each(`
			SELECT a.id FROM `+g.table+` a LEFT JOIN publication_log p ON p.seq = a.seal
			WHERE a.seal IS NOT NULL AND (p.seq IS NULL OR p.act <> 'seal' AND p.entry NOT LIKE $1) ORDER BY a.id`,
			func(id int64) { v.report(g.table, g.digest, id, "%s的封存号不对", g.name) }, `{"act":"seal"%`); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) unsealed(g ledger) error {
	for after := int64(0); ; {
		n, err := v.ledgerRows(g, `seal IS NULL AND id > $1 ORDER BY id LIMIT 1000`, func(id int64, _ string, intact bool) {
			after = id
			if !intact {
				v.report(g.table, g.digest, id, "%s被改动", g.name)
			}
		}, after)
		if err != nil || n == 0 {
			return err
		}
	}
}

func atoi(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
