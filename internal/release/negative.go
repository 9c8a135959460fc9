package release

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Listed is one entry of the negative list (负面清单): a matter that an organ
// has decided in general not to disclose. It fills ground and reason of a
// draft and hints at texts that may fall under it; it decides nothing.
type Listed struct {
	ID       int64
	Organ    int64
	Matter   string
	Ground   string // code of A3
	Reason   string
	Keywords string // parted by 、
	OwnOnly  bool   // for this organ alone, not for those below it
	From     workday.Date
	Until    workday.Date // last day, zero for no end
	Source   string       // the document that settled it
	Login    string
	At       time.Time
}

// Bounds of the list.
const (
	maxListedRows = 2000 // of one table
	maxMatter     = 200
	fieldMatter   = "事项"
)

func (e *Listed) check() error {
	bad := func(field, format string, args ...any) error {
		return fault.Field("release.Listed", field, "“"+field+"”："+format, args...)
	}
	for _, s := range []*string{&e.Matter, &e.Reason, &e.Keywords, &e.Source} {
		*s = strings.TrimSpace(*s)
	}
	_, known := ground.Named(e.Ground)
	switch {
	case e.Matter == "":
		return bad(fieldMatter, "请填写不予公开的是什么。")
	case len([]rune(e.Matter)) > maxMatter:
		return bad(fieldMatter, "不能超过 %d 个字。", maxMatter)
	case !known:
		return bad("法律依据", "请选择条例第十四条至第十六条的一种依据（A-16）。")
	case e.From.IsZero():
		return bad("生效日期", "请填写从哪一天起适用。")
	case !e.Until.IsZero() && e.Until.Before(e.From):
		return bad("截止日期", "不能早于生效日期。")
	}
	for _, x := range []struct {
		name, text string
		must       bool
	}{{"理由", e.Reason, true}, {"关键词", e.Keywords, false}, {"出处", e.Source, true}} {
		if err := checkWords(x.name, x.text, x.must); err != nil {
			return err
		}
	}
	return nil
}

// AddListed enters one entry. The right to keep the list of the organ is the
// caller's to check.
func (r *Room) AddListed(ctx context.Context, a access.Actor, e Listed) (err error) {
	defer fault.Wrap(&err, "release.AddListed(%d)", e.Organ)
	return r.addListed(ctx, a, []Listed{e}, func(err error, _ int) error { return err })
}

// ImportListed enters the entries of a table, all or none; an error names the
// row, counted as in the table with its heading.
func (r *Room) ImportListed(ctx context.Context, a access.Actor, list []Listed) (err error) {
	defer fault.Wrap(&err, "release.ImportListed")
	if len(list) == 0 || len(list) > maxListedRows {
		return fault.Field("release.ImportListed", "文件", "“文件”：应有 1 至 %d 行，现在有 %d 行。", maxListedRows, len(list))
	}
	return r.addListed(ctx, a, list, func(err error, i int) error {
		return fault.Field("release.ImportListed", "文件", "第 %d 行%s全部没有保存。", i+2, fault.Text(err))
	})
}

func (r *Room) addListed(ctx context.Context, a access.Actor, list []Listed, name func(error, int) error) error {
	for i := range list {
		if err := list[i].check(); err != nil {
			return name(err, i)
		}
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		for i, e := range list {
			var twice int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM negative_entries WHERE organ_id = $1 AND matter = $2 AND ended_at = 0`, e.Organ, e.Matter).Scan(&twice); err != nil {
				return err
			}
			if twice > 0 {
				return name(fault.Field("release.addListed", fieldMatter, "“事项”：清单里已经有“%s”，要改请先结束原来的一条。", e.Matter), i)
			}
			own := 0
			if e.OwnOnly {
				own = 1
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO negative_entries (organ_id, matter, ground, reason, keywords, own_only, from_on, until_on, source, login, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
				e.Organ, e.Matter, e.Ground, e.Reason, e.Keywords, own, e.From.String(), e.Until.String(), e.Source, a.Login, r.now().UnixMicro()); err != nil {
				return err
			}
			if err := audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("organ:%d", e.Organ), Outcome: audit.Done, Detail: "负面清单 " + e.Matter}); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndListed ends an entry now; its row stays, and slips that used it keep it.
func (r *Room) EndListed(ctx context.Context, a access.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "release.EndListed(%d)", id)
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE negative_entries SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at = 0`, id, a.Login, r.now().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.NotFound, "release.EndListed", "没有这一条，或者已经结束。"))
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("negative:%d", id), Outcome: audit.Done, Detail: "结束负面清单条目"})
	})
}

// ListedOf lists the entries of these organs that nobody ended, whatever their days.
func (r *Room) ListedOf(ctx context.Context, organs []int64) (out []Listed, err error) {
	defer fault.Wrap(&err, "release.ListedOf")
	for _, o := range organs {
		list, err := listedWhere(ctx, r.db.Reader(), `organ_id = $1 AND ended_at = 0`, o)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// ListedFor lists the entries that hold for an organ on a day: its own first,
// then those of the organs above it that hold for all below.
func (r *Room) ListedFor(ctx context.Context, organ int64, on workday.Date) ([]Listed, error) {
	return listedFor(ctx, r.db.Reader(), organ, on)
}

func listedFor(ctx context.Context, q store.Querier, organ int64, on workday.Date) (out []Listed, err error) {
	defer fault.Wrap(&err, "release.listedFor(%d)", organ)
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, o := range tree.Above(organ) {
		list, err := listedWhere(ctx, q, `organ_id = $1 AND ended_at = 0 AND from_on <= $2 AND (until_on = '' OR until_on >= $2)`, o, on.String())
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if o == organ || !e.OwnOnly {
				out = append(out, e)
			}
		}
	}
	return out, nil
}

// ListedEntry is one entry, also one that was ended since.
func (r *Room) ListedEntry(ctx context.Context, id int64) (*Listed, error) {
	list, err := listedWhere(ctx, r.db.Reader(), `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "release.ListedEntry", "没有这一条。")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func listedWhere(ctx context.Context, q store.Querier, where string, args ...any) (out []Listed, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, organ_id, matter, ground, reason, keywords, own_only, from_on, until_on, source, login, at FROM negative_entries WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Listed
		var own int
		var from, until string
		var at int64
		if err := rows.Scan(&e.ID, &e.Organ, &e.Matter, &e.Ground, &e.Reason, &e.Keywords, &own, &from, &until, &e.Source, &e.Login, &at); err != nil {
			return nil, err
		}
		e.OwnOnly, e.At = own != 0, instant(at)
		if e.From, err = storedDay(from); err != nil {
			return nil, err
		}
		if until != "" {
			if e.Until, err = storedDay(until); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// ListedHit is an entry whose words stand in a draft.
type ListedHit struct {
	Listed
	Word string
}

// ListedHits finds the entries of which a keyword stands in the title or the
// text, the first keyword each. A keyword of one character says too little.
func ListedHits(p *Paper, list []Listed) (out []ListedHit) {
	for _, e := range list {
		for _, w := range strings.FieldsFunc(e.Keywords, func(r rune) bool { return strings.ContainsRune("、，,；; \n", r) }) {
			if len([]rune(w)) > 1 && (strings.Contains(p.Title, w) || strings.Contains(p.Text, w)) {
				out = append(out, ListedHit{e, w})
				break
			}
		}
	}
	return out
}

// checkListed refuses an entry that does not hold for the organ today.
func checkListed(ctx context.Context, q store.Querier, s *Slip, id int64, on workday.Date) error {
	if id == 0 || id == s.Listed {
		return nil
	}
	list, err := listedFor(ctx, q, s.Organ, on)
	if err == nil && !slices.ContainsFunc(list, func(e Listed) bool { return e.ID == id }) {
		err = fault.Field("release.checkListed", "负面清单条目", "“负面清单条目”：这一条对本机构不适用，或者已经结束。")
	}
	return err
}
