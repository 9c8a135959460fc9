package release

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Exception says that what a rule of the checks finds is right as it stands,
// within an organ and everything below it, until a day.
type Exception struct {
	ID     int64
	Organ  int64
	Rule   string
	Words  string // "" is every hit of the rule
	Until  workday.Date
	Reason string
	Login  string
	At     time.Time
}

// longestException is how long an exception may hold, in months: after that
// somebody must look again.
const longestException = 12

// AddException makes an exception. Rules about personal and hidden data have
// none: what they find is answered text by text.
func (r *Room) AddException(ctx context.Context, a access.Actor, e Exception) (id int64, err error) {
	defer fault.Wrap(&err, "release.AddException(%s)", e.Rule)
	bad := func(field, format string, args ...any) error {
		return fault.Field("release.AddException", field, "“"+field+"”："+format, args...)
	}
	today := workday.DateOf(r.now())
	e.Words, e.Reason = strings.TrimSpace(e.Words), strings.TrimSpace(e.Reason)
	switch {
	case e.Rule == "":
		return 0, bad("规则", "请选择规则。")
	case Protects(e.Rule):
		return 0, bad("规则", "个人信息和隐藏内容的规则不能设例外，只能逐份答复。")
	case !e.Until.After(today):
		return 0, bad("截止日期", "请选今天以后的日期。")
	case e.Until.After(today.AddMonths(longestException)):
		return 0, bad("截止日期", "最长一年，到期后重新看一次。")
	}
	if err := checkWords("理由", e.Reason, true); err != nil {
		return 0, err
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `INSERT INTO check_exceptions (organ_id, rule, words, until_on, reason, login, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
			e.Organ, e.Rule, e.Words, e.Until.String(), e.Reason, a.Login, r.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("organ:%d", e.Organ), Outcome: audit.Done, Detail: "检查规则例外 " + e.Rule})
	})
	return id, err
}

// EndException ends an exception now; its row stays.
func (r *Room) EndException(ctx context.Context, a access.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "release.EndException(%d)", id)
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE check_exceptions SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at = 0`, id, a.Login, r.now().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.NotFound, "release.EndException", "没有这条例外，或者已经结束。"))
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("exception:%d", id), Outcome: audit.Done, Detail: "结束检查规则例外"})
	})
}

// Exceptions lists those that hold today for an organ: its own and those of the
// organs above it.
func (r *Room) Exceptions(ctx context.Context, organ int64) ([]Exception, error) {
	return exceptions(ctx, r.db.Reader(), organ, workday.DateOf(r.now()))
}

func exceptions(ctx context.Context, q store.Querier, organ int64, on workday.Date) (out []Exception, err error) {
	defer fault.Wrap(&err, "release.exceptions(%d)", organ)
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, o := range tree.Above(organ) {
		if err := exceptionsOf(ctx, q, o, on, &out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func exceptionsOf(ctx context.Context, q store.Querier, organ int64, on workday.Date, out *[]Exception) error {
	rows, err := q.QueryContext(ctx, `SELECT id, rule, words, until_on, reason, login, at FROM check_exceptions
		WHERE organ_id = $1 AND ended_at = 0 AND until_on >= $2 ORDER BY rule, id`, organ, on.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		e := Exception{Organ: organ}
		var until string
		var at int64
		if err := rows.Scan(&e.ID, &e.Rule, &e.Words, &until, &e.Reason, &e.Login, &at); err != nil {
			return err
		}
		if e.Until, err = storedDay(until); err != nil {
			return err
		}
		e.At = instant(at)
		*out = append(*out, e)
	}
	return rows.Err()
}

// excepted reports a finding that an exception covers. An exception row does
// not reach a rule that has none, however it came to stand there.
func excepted(f Finding, list []Exception) bool {
	if Protects(f.Rule) {
		return false
	}
	for _, e := range list {
		if e.Rule == f.Rule && (e.Words == "" || e.Words == f.Words) {
			return true
		}
	}
	return false
}
