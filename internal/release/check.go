package release

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Recheck looks a slip's present text and files over and keeps what was found.
// A finding that a person answered keeps its answer while its words stand in
// the text; one that is gone counts as accepted. It takes the slip as it
// stands: when somebody saves or hangs a file on it meanwhile, it stays
// unchecked.
func (r *Room) Recheck(ctx context.Context, id int64) (s *Slip, err error) {
	defer fault.Wrap(&err, "release.Recheck(%d)", id)
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	looked, err := r.readSlip(ctx, r.db.Reader(), id, c.Organ)
	if err != nil {
		return nil, err
	}
	found, err := r.checker.Check(ctx, looked)
	if err != nil {
		return nil, err
	}
	lowered, err := r.lowered(ctx)
	if err != nil {
		return nil, err
	}
	excepting, err := r.Exceptions(ctx, looked.Organ)
	if err != nil {
		return nil, err
	}
	now := r.now().UnixMicro()
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		// The lock keeps a file from coming between this look and its note.
		if _, err := r.kernel.CaseIn(ctx, tx, id); err != nil {
			return err
		}
		have, err := files(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE release_findings SET present = 0 WHERE case_id = $1`, id); err != nil {
			return err
		}
		for _, f := range found {
			if excepted(f, excepting) {
				continue
			}
			if lowered[f.Rule] {
				f.Level = lower(f.Level)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO release_findings (case_id, mark, rule, level, place, from_at, to_at, words, suggest, why, present, found_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11) ON CONFLICT (case_id, mark) DO UPDATE SET level = excluded.level, place = excluded.place,
				from_at = excluded.from_at, to_at = excluded.to_at, suggest = excluded.suggest, why = excluded.why, present = 1`,
				id, mark(f), f.Rule, f.Level, f.Place, f.From, f.To, clip(f.Words), f.Suggest, f.Why, now); err != nil {
				return err
			}
		}
		if slices.Equal(have, looked.Files) {
			if _, err := tx.ExecContext(ctx, `UPDATE releases SET checked = $2 WHERE case_id = $1 AND version = $2`, id, looked.Version); err != nil {
				return err
			}
		}
		s, err = r.readSlip(ctx, tx, id, c.Organ)
		return err
	})
	return s, err
}

// mark is the same for the same words at the same place under the same rule.
func mark(f Finding) string {
	if f.Mark != "" {
		return f.Mark
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, f.Place, f.Words}, "\x00")))
	return hex.EncodeToString(sum[:12])
}

func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// Protects reports a rule about personal or hidden data. What it finds is
// answered in each text by itself: the rule never speaks more softly and has no
// exception that reaches beyond one text.
func Protects(rule string) bool {
	return strings.HasPrefix(rule, "PII.") || strings.HasPrefix(rule, "HID.")
}

// RuleRecord is how a rule of the checks did in the last 90 days.
type RuleRecord struct {
	Rule      string
	Hits      int
	Accepted  int // gone from the text without having been dismissed
	Dismissed int
	Lowered   bool // it was dismissed so often that it now speaks more softly
}

// How a rule lowers its own level: of at least so many answers in 90 days, at
// least this share were dismissals. Rules that protect a person never soften.
const (
	lowerAnswers = 20
	lowerPercent = 80
	rulePeriod   = 90 * 24 * time.Hour
)

// RuleRecords tells how each rule did, the most hits first.
func (r *Room) RuleRecords(ctx context.Context) ([]RuleRecord, error) {
	return ruleRecords(ctx, r.db.Reader(), r.now().Add(-rulePeriod))
}

func ruleRecords(ctx context.Context, q store.Querier, since time.Time) (out []RuleRecord, err error) {
	defer fault.Wrap(&err, "release.ruleRecords")
	rows, err := q.QueryContext(ctx, `SELECT rule, COUNT(*), SUM(CASE WHEN present = 0 AND state <> 'dismissed' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'dismissed' THEN 1 ELSE 0 END)
		FROM release_findings WHERE found_at >= $1 GROUP BY rule ORDER BY 2 DESC, rule`, since.UnixMicro())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x RuleRecord
		if err := rows.Scan(&x.Rule, &x.Hits, &x.Accepted, &x.Dismissed); err != nil {
			return nil, err
		}
		n := x.Accepted + x.Dismissed
		x.Lowered = n >= lowerAnswers && x.Dismissed*100 >= n*lowerPercent && !Protects(x.Rule)
		out = append(out, x)
	}
	return out, rows.Err()
}

func (r *Room) lowered(ctx context.Context) (map[string]bool, error) {
	list, err := r.RuleRecords(ctx)
	out := map[string]bool{}
	for _, x := range list {
		out[x.Rule] = x.Lowered
	}
	return out, err
}

func lower(level string) string {
	switch level {
	case "block":
		return "confirm"
	case "confirm":
		return "hint"
	}
	return level
}

// Place names where a finding stands in a file of the slip.
func Place(f File, where string) string {
	if where == "" {
		return fmt.Sprintf("附件“%s”", f.Name)
	}
	return fmt.Sprintf("附件“%s”：%s", f.Name, where)
}
