package org

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// LeaderFacts are what the page of an organ says of a leader (Q24-1b). To is
// exclusive and zero while the term lasts; Photo and Thumb are digests of
// pictures in the file store, "" for none.
type LeaderFacts struct {
	Name   string       `json:"name"`
	Post   string       `json:"post"`
	Duties string       `json:"duties"`
	CV     string       `json:"cv"`
	Photo  string       `json:"photo"`
	Thumb  string       `json:"thumb"`
	From   workday.Date `json:"from"`
	To     workday.Date `json:"to"`
}

// Leader is one leader of an organ. Stamp is the number of the newest change,
// which forms carry. Gone is an entry that was taken back.
type Leader struct {
	ID    int64
	Organ int64
	LeaderFacts
	Stamp int64
	Gone  bool
}

// On reports whether the leader is in office on a day.
func (l *Leader) On(day workday.Date) bool {
	return !l.Gone && !l.From.After(day) && (l.To.IsZero() || l.To.After(day))
}

// maxLeaders bounds the leaders of one organ, those of former times included.
const maxLeaders = 300

// clean trims the facts and refuses what cannot stand.
func (f *LeaderFacts) clean() (err error) {
	if f.Name, err = CleanName("姓名", f.Name); err != nil {
		return err
	}
	if f.Post, err = CleanName("职务", f.Post); err != nil {
		return err
	}
	for _, x := range []struct {
		name  string
		limit int
		value *string
	}{{"分工", 1000, &f.Duties}, {"简历", 4000, &f.CV}} {
		if *x.value, err = cleanText(x.name, *x.value, x.limit); err != nil {
			return err
		}
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.To.After(f.From) {
		return fault.Field("org.Leader", "离任日期", textTermOrder)
	}
	return nil
}

// cleanText keeps what both engines can store and refuses what is too long.
func cleanText(field, s string, limit int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""), "\r\n", "\n"))
	if len([]rune(s)) > limit {
		return "", fault.Field("org.cleanText", field, textFactLong, field, limit)
	}
	return s, nil
}

// AddLeader enters a leader behind the others.
func AddLeader(ctx context.Context, tx *sql.Tx, o *Organ, f LeaderFacts, by By) (id int64, err error) {
	defer fault.Wrap(&err, "org.AddLeader(%s)", o.Code)
	if err := f.clean(); err != nil {
		return 0, err
	}
	n, last, err := countEntries(ctx, tx, "organ_leaders", o.ID)
	if err != nil {
		return 0, err
	}
	if n >= maxLeaders {
		return 0, fault.Newf(fault.Invalid, "org.AddLeader", textManyLeaders, maxLeaders)
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO organ_leaders (organ_id, position, name, post) VALUES ($1, $2, $3, $4) RETURNING id`, o.ID, last+1, f.Name, f.Post).Scan(&id)
	if err != nil {
		return 0, store.Sentence("org.AddLeader", err)
	}
	if err := writeLeader(ctx, tx, id, &f, false); err != nil {
		return 0, err
	}
	return id, note(ctx, tx, o, WhatLeader, id, Added, f.label(), nil, f, by)
}

func (f *LeaderFacts) label() string { return f.Name + "（" + f.Post + "）" }

// ChangeLeader corrects what is said of a leader. Errors: Invalid when nothing
// differs.
func ChangeLeader(ctx context.Context, tx *sql.Tx, o *Organ, l *Leader, f LeaderFacts, by By) (err error) {
	return changeLeader(ctx, tx, o, l, f, Changed, by)
}

// EndLeader ends a leader's term on a day, the first on which it is over.
func EndLeader(ctx context.Context, tx *sql.Tx, o *Organ, l *Leader, to workday.Date, by By) error {
	if to.IsZero() {
		return fault.Field("org.EndLeader", "离任日期", textTermNone)
	}
	f := l.LeaderFacts
	f.To = to
	return changeLeader(ctx, tx, o, l, f, Ended, by.since(to))
}

func changeLeader(ctx context.Context, tx *sql.Tx, o *Organ, l *Leader, f LeaderFacts, deed Deed, by By) (err error) {
	defer fault.Wrap(&err, "org.ChangeLeader(%s, %d)", o.Code, l.ID)
	if err := f.clean(); err != nil {
		return err
	}
	if l.Gone {
		return fault.New(fault.Invalid, "org.ChangeLeader", textGoneEntry)
	}
	if f == l.LeaderFacts {
		return fault.New(fault.Invalid, "org.ChangeLeader", textSameFacts)
	}
	if err := writeLeader(ctx, tx, l.ID, &f, false); err != nil {
		return err
	}
	return note(ctx, tx, o, WhatLeader, l.ID, deed, f.label(), l.LeaderFacts, f, by)
}

// RemoveLeader takes an entry back that was made by mistake. Undo restores it.
func RemoveLeader(ctx context.Context, tx *sql.Tx, o *Organ, l *Leader, by By) (err error) {
	defer fault.Wrap(&err, "org.RemoveLeader(%s, %d)", o.Code, l.ID)
	if l.Gone {
		return fault.New(fault.Invalid, "org.RemoveLeader", textGoneEntry)
	}
	if err := writeLeader(ctx, tx, l.ID, nil, true); err != nil {
		return err
	}
	return note(ctx, tx, o, WhatLeader, l.ID, Removed, l.label(), l.LeaderFacts, nil, by)
}

// writeLeader puts facts into the row of a leader; gone hides it and leaves
// the facts as they are.
func writeLeader(ctx context.Context, tx *sql.Tx, id int64, f *LeaderFacts, gone bool) error {
	if gone {
		_, err := tx.ExecContext(ctx, `UPDATE organ_leaders SET gone = 1 WHERE id = $1`, id)
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE organ_leaders SET name = $1, post = $2, duties = $3, cv = $4, photo = $5, thumb = $6, term_from = $7, term_to = $8, gone = 0 WHERE id = $9`,
		f.Name, f.Post, f.Duties, f.CV, f.Photo, f.Thumb, f.From.String(), f.To.String(), id)
	if err != nil {
		return err
	}
	for _, sha := range []string{f.Photo, f.Thumb} {
		if sha == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO organ_photos (sha256, leader_id) VALUES ($1, $2) ON CONFLICT (sha256, leader_id) DO NOTHING`, sha, id); err != nil {
			return err
		}
	}
	return nil
}

const leaderColumns = `l.id, l.organ_id, l.name, l.post, l.duties, l.cv, l.photo, l.thumb, l.term_from, l.term_to, l.gone,
	COALESCE((SELECT MAX(c.id) FROM organ_changes c WHERE c.organ_id = l.organ_id AND c.what = 'leader' AND c.subject = l.id AND c.act <> 'order'), 0)`

func leaders(ctx context.Context, q store.Querier, rest string, args ...any) (out []Leader, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+leaderColumns+` FROM organ_leaders l WHERE `+rest, args...)
	if err != nil {
		return nil, store.Sentence("org.leaders", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Leader
		var from, to string
		var gone int
		if err := rows.Scan(&l.ID, &l.Organ, &l.Name, &l.Post, &l.Duties, &l.CV, &l.Photo, &l.Thumb, &from, &to, &gone, &l.Stamp); err != nil {
			return nil, err
		}
		l.From, l.To, l.Gone = day(from), day(to), gone != 0
		out = append(out, l)
	}
	return out, rows.Err()
}

// Leaders lists the leaders of an organ in their order, those of former times
// and entries taken back included; On tells who is in office.
func (r *Registry) Leaders(ctx context.Context, organ int64) (_ []Leader, err error) {
	defer fault.Wrap(&err, "org.Leaders(%d)", organ)
	return leaders(ctx, r.db.Reader(), `l.organ_id = $1 ORDER BY l.position, l.id`, organ)
}

// Leader reads one leader of an organ. Errors: NotFound.
func (r *Registry) Leader(ctx context.Context, organ, id int64) (*Leader, error) {
	return leaderIn(ctx, r.db.Reader(), organ, id)
}

func leaderIn(ctx context.Context, q store.Querier, organ, id int64) (*Leader, error) {
	list, err := leaders(ctx, q, `l.organ_id = $1 AND l.id = $2`, organ, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "org.Leader", textNoLeader)
	}
	return &list[0], nil
}

// LockLeader reads a leader for changing it and refuses when it is no longer
// the one the form was made from. Errors: NotFound, Conflict.
func LockLeader(ctx context.Context, tx *sql.Tx, d store.Dialect, o *Organ, id, stamp int64) (_ *Leader, err error) {
	defer fault.Wrap(&err, "org.LockLeader(%s, %d)", o.Code, id)
	if err := lockEntry(ctx, tx, d, "organ_leaders", id, textNoLeader); err != nil {
		return nil, err
	}
	l, err := leaderIn(ctx, tx, o.ID, id)
	if err == nil && l.Stamp != stamp {
		return nil, fault.New(fault.Conflict, "org.LockLeader", textOrganChanged)
	}
	return l, err
}

// lockEntry holds a row until the transaction ends; table is one of ours.
func lockEntry(ctx context.Context, tx *sql.Tx, d store.Dialect, table string, id int64, missing string) error {
	err := tx.QueryRowContext(ctx, `SELECT id FROM `+table+` WHERE id = $1`+d.ForUpdate(), id).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "org.lockEntry", missing)
	}
	return err
}

// countEntries counts the rows of an organ in one of our tables and gives the
// last place.
func countEntries(ctx context.Context, q store.Querier, table string, organ int64) (n, last int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MAX(position), 0) FROM `+table+` WHERE organ_id = $1`, organ).Scan(&n, &last)
	return n, last, err
}
