package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/zh"
)

// Moved says that a work is a double of another and its address leads there.
type Moved struct{ To int64 }

// Error is the line for the log.
func (m *Moved) Error() string { return fmt.Sprintf("moved to work %d", m.To) }

// movedTo is the work that a double became part of, 0 when it is none.
func movedTo(ctx context.Context, q store.Querier, work int64) (to int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT to_work FROM work_redirects WHERE from_work = $1`, work).Scan(&to)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return to, err
}

// goneOrMoved is the answer for a work of which no text is published any more.
func goneOrMoved(ctx context.Context, q store.Querier, work int64) error {
	to, err := movedTo(ctx, q, work)
	if err != nil {
		return err
	}
	if to != 0 {
		return &fault.Error{Kind: fault.Gone, Op: "document.goneOrMoved", Text: fmt.Sprintf("这份文件已并入第 %d 号文件。", to), Err: &Moved{to}}
	}
	w, err := withdrawnOf(ctx, q, work)
	if err != nil {
		return err
	}
	if w != nil {
		return &fault.Error{Kind: fault.Gone, Op: "document.goneOrMoved", Text: w.sentence(), Err: w}
	}
	return fault.New(fault.Gone, "document.goneOrMoved", "这份文件的内容已依法清除，只保留这条记录。")
}

// Merge joins a double into the work that stays.
type Merge struct {
	Keep, Drop int64 // public ids
	Reason     string
	Actor      string
	Token      string
}

// Merged is what became of a double's texts.
type Merged struct {
	Moved map[int]int // label there -> new label here
	Same  map[int]int // label there -> label here with the same text
}

// MergeWorks joins a double into the work that stays. Its texts become further
// editions there under the next free labels, with their records, files and
// links; a text that is there already is not doubled. The double's own rows
// become tombstones, because the log names them, and its address leads to the
// work that stays. Errors: Conflict when a text of the double has the dates of
// another text of the work that stays: then they are not one document.
func (l *Library) MergeWorks(ctx context.Context, m Merge) (out *Merged, err error) {
	defer fault.Wrap(&err, "document.MergeWorks(%d, %d)", m.Keep, m.Drop)
	if m.Reason = strings.TrimSpace(m.Reason); m.Reason == "" || len([]rune(m.Reason)) > 500 {
		return nil, fault.Field("document.MergeWorks", "reason", "请写明合并的理由，最多 500 字。")
	}
	if m.Drop == 0 || m.Keep == m.Drop {
		return nil, fault.Field("document.MergeWorks", "drop", "请填写另一份文件的公开编号，例如 12。")
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		x := &merging{tx: tx, lib: l, m: m, out: &Merged{Moved: map[int]int{}, Same: map[int]int{}}, ids: map[int]int64{}}
		_, _, err := once(ctx, tx, l.now(), m.Actor, m.Token, m, func() (string, error) { return "", x.all(ctx) })
		out = x.out
		return err
	})
	return out, err
}

// merging is one merge within its transaction.
type merging struct {
	tx         *sql.Tx
	lib        *Library
	m          Merge
	keep, drop int64 // internal ids
	kept, gone []Edition
	out        *Merged
	ids        map[int]int64 // new label -> id of the new edition
}

func (x *merging) all(ctx context.Context) error {
	for _, step := range []func(context.Context) error{x.load, x.choose, x.move, x.facts, x.places, x.links, x.log} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (x *merging) load(ctx context.Context) (err error) {
	for _, w := range []struct {
		public int64
		id     *int64
		eds    *[]Edition
		field  string
	}{{x.m.Keep, &x.keep, &x.kept, "keep"}, {x.m.Drop, &x.drop, &x.gone, "drop"}} {
		*w.id, err = internalID(ctx, x.tx, w.public)
		if err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return fault.Field("document.MergeWorks", w.field, "没有公开编号为 %d 的文件。", w.public)
			}
			return err
		}
		all, err := loadEditions(ctx, x.tx, *w.id)
		if err != nil {
			return err
		}
		for _, e := range all {
			if e.State == "published" {
				*w.eds = append(*w.eds, e)
			}
		}
		if unveil(all) > 0 {
			return fault.Field("document.MergeWorks", w.field, "第 %d 号文件已经撤下。请先恢复公开，再合并。", w.public)
		}
		if len(*w.eds) == 0 {
			return fault.Field("document.MergeWorks", w.field, "第 %d 号文件没有公开的文本，或者已经并入别的文件。", w.public)
		}
	}
	return nil
}

// choose pairs equal texts and refuses what cannot be one document.
func (x *merging) choose(ctx context.Context) error {
	for _, g := range x.gone {
		text, err := currentText(ctx, x.tx, g.ID)
		if err != nil {
			return err
		}
		for _, k := range x.kept {
			if k.Chars == g.Chars {
				other, err := currentText(ctx, x.tx, k.ID)
				if err != nil {
					return err
				}
				if other == text {
					x.out.Same[g.Label] = k.Label
					break
				}
			}
			if !g.From.IsZero() && g.From == k.From && g.PublishedOn == k.PublishedOn {
				return fault.Newf(fault.Conflict, "document.MergeWorks", "两份文件不能合并：第 %d 号文件的第 %d 版和第 %d 号文件的第 %d 版同一天公布、同一天施行，文字却不同。请先核对，需要时用“更正”改正日期或文字。",
					x.m.Drop, g.Label, x.m.Keep, k.Label)
			}
		}
	}
	return nil
}

// copied are the tables whose rows go along with a text, without their key.
var copied = []struct{ table, columns string }{
	{"edition_texts", "revision, body"},
	{"edition_records", "no, field, old_value, new_value, actor, reason, at"},
	{"source_claims", "field, value, at"},
	{"edition_organs", "position, organ_id, role, name_then"},
	{"edition_topics", "position, topic_id"},
	{"provisions", "position, kind, path, label, heading, start_rune, end_rune, depth"},
	{"edition_files", "position, sha256, name, role, text_state, body"},
	{"relations", "position, kind, from_path, to_title, to_key, to_doc_no, to_work_id, to_path, basis"},
}

const movedColumns = `source, title, title_key, short_title, short_key, doc_no, doc_no_key, index_no, registration_no, kind, category, region, attribute,
	adopted_on, published_on, effective_on, clause_on, expires_on, source_name, source_url, source_status, recipients, history, chars, articles, revision, released_at`

func (x *merging) move(ctx context.Context) error {
	next := 0
	if err := x.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(label), 0) FROM editions WHERE work_id = $1`, x.keep).Scan(&next); err != nil {
		return err
	}
	for _, g := range x.gone {
		if _, same := x.out.Same[g.Label]; !same {
			next++
			id, err := x.moveOne(ctx, g, next)
			if err != nil {
				return err
			}
			x.out.Moved[g.Label], x.ids[next] = next, id
		}
		if err := expungeEdition(ctx, x.tx, g.ID); err != nil {
			return err
		}
	}
	return nil
}

// moveOne writes a text again under its new label. It takes the identity of
// the document along, so that its source goes on to find it.
func (x *merging) moveOne(ctx context.Context, g Edition, label int) (id int64, err error) {
	var external sql.NullString
	var key string
	if err := x.tx.QueryRowContext(ctx, `SELECT external_id, content_key FROM editions WHERE id = $1`, g.ID).Scan(&external, &key); err != nil {
		return 0, err
	}
	if _, err := x.tx.ExecContext(ctx, `UPDATE editions SET external_id = NULL, content_key = '' WHERE id = $1`, g.ID); err != nil {
		return 0, err
	}
	var ext any
	if external.Valid {
		ext = external.String
	}
	if err := x.tx.QueryRowContext(ctx, `
		INSERT INTO editions (work_id, label, state, external_id, content_key, `+movedColumns+`)
		SELECT $2, $3, 'published', $4, $5, `+movedColumns+` FROM editions WHERE id = $1 RETURNING id`, g.ID, x.keep, label, ext, key).Scan(&id); err != nil {
		return 0, err
	}
	for _, t := range copied {
		if _, err := x.tx.ExecContext(ctx, `INSERT INTO `+t.table+` (edition_id, `+t.columns+`) SELECT $2, `+t.columns+` FROM `+t.table+` WHERE edition_id = $1`, g.ID, id); err != nil {
			return 0, err
		}
	}
	salt, err := newSalt()
	if err != nil {
		return 0, err
	}
	_, err = x.tx.ExecContext(ctx, `INSERT INTO edition_salts (edition_id, name, salt) VALUES ($1, 'edition', $2)`, id, salt)
	return id, err
}

// facts go along with the texts they came with.
func (x *merging) facts(ctx context.Context) error {
	for _, labels := range []map[int]int{x.out.Moved, x.out.Same} {
		for from, to := range labels {
			// Negative until all are mapped, so that no label is mapped twice.
			if _, err := x.tx.ExecContext(ctx, `UPDATE work_facts SET edition_label = $3 WHERE work_id = $1 AND edition_label = $2`, x.drop, from, -to); err != nil {
				return err
			}
		}
	}
	_, err := x.tx.ExecContext(ctx, `UPDATE work_facts SET work_id = $2, edition_label = CASE WHEN edition_label < 0 THEN -edition_label ELSE 0 END WHERE work_id = $1`, x.drop, x.keep)
	return err
}

// places brings the work that stays into the columns of the double.
func (x *merging) places(ctx context.Context) error {
	if _, err := x.tx.ExecContext(ctx, `
		INSERT INTO placements (work_id, column_id, from_on)
		SELECT CAST($2 AS BIGINT), p.column_id, CAST($3 AS TEXT) FROM placements p WHERE p.work_id = $1 AND p.to_on = ''
			AND NOT EXISTS (SELECT 1 FROM placements mine WHERE mine.work_id = $2 AND mine.column_id = p.column_id AND (mine.to_on = '' OR mine.from_on = $3))`,
		x.drop, x.keep, x.lib.Today().String()); err != nil {
		return err
	}
	_, err := x.tx.ExecContext(ctx, `DELETE FROM placements WHERE work_id = $1`, x.drop)
	return err
}

// links leads what pointed at the double to the work that stays, where that
// bears the title named, and closes links that stood open between two works of
// one title.
func (x *merging) links(ctx context.Context) error {
	if _, err := x.tx.ExecContext(ctx, `
		UPDATE relations SET to_work_id = CASE WHEN EXISTS (
			SELECT 1 FROM editions e WHERE e.work_id = $2 AND e.state = 'published' AND (e.title_key = relations.to_key OR e.short_key = relations.to_key))
			THEN CAST($2 AS BIGINT) END WHERE to_work_id = $1`, x.drop, x.keep); err != nil {
		return err
	}
	if _, err := x.tx.ExecContext(ctx, `
		UPDATE relations SET to_work_id = NULL WHERE to_work_id = $1 AND edition_id IN (SELECT id FROM editions WHERE work_id = $1)`, x.keep); err != nil {
		return err
	}
	rows, err := strs(ctx, x.tx, `SELECT DISTINCT authority FROM work_facts WHERE by_work_id = $1`, x.drop)
	if err != nil {
		return err
	}
	for _, authority := range rows {
		var n int
		if err := x.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM editions WHERE work_id = $1 AND state = 'published' AND (title_key = $2 OR short_key = $2)`, x.keep, zh.TitleKey(authority)).Scan(&n); err != nil {
			return err
		}
		var to any
		if n > 0 {
			to = x.keep
		}
		if _, err := x.tx.ExecContext(ctx, `UPDATE work_facts SET by_work_id = $3 WHERE by_work_id = $1 AND authority = $2`, x.drop, authority, to); err != nil {
			return err
		}
	}
	s := &saver{tx: x.tx, now: x.lib.now(), today: x.lib.Today()}
	for _, e := range append(x.kept[:len(x.kept):len(x.kept)], x.gone...) {
		p := &prepared{content: &Content{Title: e.Title}, titleKey: zh.TitleKey(e.Title)}
		if e.ShortTitle != "" && e.ShortTitle != e.Title {
			p.shortKey = zh.TitleKey(e.ShortTitle)
		}
		if err := s.resolveRelations(ctx, x.keep, p); err != nil {
			return err
		}
	}
	// Of itself a work says nothing.
	_, err = x.tx.ExecContext(ctx, `UPDATE relations SET to_work_id = NULL WHERE to_work_id = $1 AND edition_id IN (SELECT id FROM editions WHERE work_id = $1)`, x.keep)
	return err
}

// desk leads the items of the desk that became a text of the double to where
// that text stands now.
func (x *merging) desk(ctx context.Context) error {
	for _, labels := range []map[int]int{x.out.Moved, x.out.Same} {
		for from, to := range labels {
			if _, err := x.tx.ExecContext(ctx, `UPDATE desk_items SET work = $3, label = $4 WHERE work = $1 AND label = $2`, x.m.Drop, from, x.m.Keep, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// log writes the redirect, the audit row, the acts and the cards.
func (x *merging) log(ctx context.Context) error {
	now := x.lib.now()
	if _, err := x.tx.ExecContext(ctx, `UPDATE work_redirects SET to_work = $2 WHERE to_work = $1`, x.m.Drop, x.m.Keep); err != nil {
		return err
	}
	if _, err := x.tx.ExecContext(ctx, `INSERT INTO work_redirects (from_work, to_work, actor, reason, at) VALUES ($1, $2, $3, $4, $5)`,
		x.m.Drop, x.m.Keep, x.m.Actor, x.m.Reason, now.UnixMicro()); err != nil {
		return err
	}
	if err := x.desk(ctx); err != nil {
		return err
	}
	if err := audit.Record(ctx, x.tx, audit.Event{At: now, Actor: x.m.Actor, Act: audit.Amend, Target: fmt.Sprintf("work:%d", x.m.Drop), Outcome: audit.Done,
		Detail: fmt.Sprintf("并入第 %d 号文件：%s", x.m.Keep, x.m.Reason)}); err != nil {
		return err
	}
	head, err := publication.LockHead(ctx, x.tx, x.lib.db.Dialect)
	if err != nil {
		return err
	}
	here := map[string]string{"from_work": fmt.Sprint(x.m.Drop)}
	for _, g := range x.gone {
		label, moved := x.out.Moved[g.Label]
		if !moved {
			continue
		}
		digests, err := digestsOf(ctx, x.tx, x.keep, x.ids[label])
		if err != nil {
			return err
		}
		if _, err := head.Append(ctx, publication.Entry{At: now, Act: publication.Release, WorkID: x.keep, EditionID: x.ids[label], Work: x.m.Keep, Edition: label,
			Digests: digests, Detail: here}); err != nil {
			return err
		}
	}
	digests, err := digestsOf(ctx, x.tx, x.keep, 0)
	if err != nil {
		return err
	}
	if _, err := head.Append(ctx, publication.Entry{At: now, Act: publication.Update, WorkID: x.keep, Work: x.m.Keep, Digests: digests, Detail: here}); err != nil {
		return err
	}
	if digests, err = digestsOf(ctx, x.tx, x.drop, 0); err != nil {
		return err
	}
	for _, g := range x.gone {
		label, moved := x.out.Moved[g.Label]
		if !moved {
			label = x.out.Same[g.Label]
		}
		if _, err := head.Append(ctx, publication.Entry{At: now, Act: publication.Merge, WorkID: x.drop, EditionID: g.ID, Work: x.m.Drop, Edition: g.Label,
			Digests: digests, Detail: publication.MergeDetail(x.m.Keep, label)}); err != nil {
			return err
		}
	}
	for _, id := range []int64{x.keep, x.drop} {
		if err := writeCard(ctx, x.tx, id, x.lib.Today()); err != nil {
			return err
		}
	}
	return head.Close(ctx)
}
